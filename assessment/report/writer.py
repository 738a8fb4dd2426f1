"""What every section writes with: the words, the rubric's texts by id, and the studies numbered as they come up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable

from assessment.report.document import Column, Run, RunStyle, Text
from assessment.report.source import ReportInput
from assessment.report.words import Words, join, words_in
from assessment.rubric.index import StudyIndex
from assessment.rubric.question import Question
from assessment.rubric.studies import Study
from assessment.scoring.result import RecommendationResult

LONGEST_NAME = 160
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
STUDIES_LOCALE = "en"
"""What the studies' files are written in."""


class Writer:
    """One report being written."""

    def __init__(self, source: ReportInput) -> None:
        self.source = source
        self.result = source.result
        self.words: Words = words_in(source.locale)
        self.index = StudyIndex.build(source.studies.values())
        head = source.texts.head
        self._own = head.locale
        self.dimensions = {dimension.id: dimension for dimension in source.texts.dimensions}
        self.questions: dict[str, Question] = {question.id: question for question in source.texts.questions}
        self.levels = {level.number: level for level in head.levels}
        self.gates = {gate.id: gate for gate in head.gates}
        self.functions = {function.id: function.title for function in head.functions}
        self._options = {
            (question.id, option.id): option.title for question in source.texts.questions for option in question.options
        }
        self._moves = {move.id: move for move in source.texts.recommendations}
        self._numbers: dict[str, int] = {}

    def run(self, text: str, lang: str, style: RunStyle = "plain") -> Run:
        """A text in a language, which is named where it is not the report's."""
        return Run(text, None if lang == self.words.locale else lang, style)

    def own(self, text: str, style: RunStyle = "plain") -> Run:
        """A text of the rubric as it is translated, or not."""
        return self.run(text, self._own, style)

    def authored(self, text: str, style: RunStyle = "plain") -> Run:
        """A text that stays in the language of the rubric's authors."""
        return self.run(text, self.source.rubric.source.head.locale, style)

    def studied(self, text: str, style: RunStyle = "plain") -> Run:
        """A text of a study's file."""
        return self.run(text, STUDIES_LOCALE, style)

    def dimension(self, name: str) -> str:
        return self.dimensions[name].title

    def question(self, name: str) -> str:
        return self.questions[name].title

    def option(self, question: str, option: str) -> str:
        return self._options[question, option]

    def level(self, number: int) -> str:
        return self.levels[number].name

    def function(self, name: str) -> str:
        """A function's title; `leadership` and `rest` are seniorities where no function has the name."""
        return self.functions.get(name, name)

    def move(self, one: RecommendationResult) -> tuple[str, str, str, str]:
        """(title, action, owner, expected) in the report's language."""
        move = self._moves[one.id]
        return move.title, move.action, move.owner, move.expected

    def cite(self, study: str) -> Run:
        """The study's number in the list of sources."""
        number = self._numbers.setdefault(study, len(self._numbers) + 1)
        return Run(f"[{number}]", href=f"#source-{number}")

    def cited(self) -> Iterable[tuple[int, Study]]:
        """The studies cited so far, by their numbers."""
        return [(number, self.source.studies[study]) for study, number in self._numbers.items()]

    def evidence(self, references: Iterable[str]) -> Text:
        """Findings and practices by their labels, each with its study's number."""
        runs: list[Run] = []
        for reference in references:
            study, entry = self.index.findings.get(reference) or self.index.practices[reference]
            runs += [Run(", ")] if runs else []
            runs += [Run(f"{entry.label or entry.id}\u00a0"), self.cite(study.id)]
        return join(*runs)

    def columns(self, group: str, *names: str, figures: Container[str] = ()) -> tuple[Column, ...]:
        """The columns of a table; those of `figures` are aligned at their end."""
        return tuple(
            Column(self.words.text(f"{group}.column_{name}"), "end" if name in figures else "start") for name in names
        )

    def size(self, n: int | None) -> str:
        return self.words.say("source.no_n") if n is None else self.words.say("source.n", number=self.words.number(n))

    def year(self, year: int | None) -> str:
        return self.words.say("source.no_year") if year is None else str(year)


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """What somebody typed as one line without what no page can show: control characters, lone surrogates, and marks
    that would turn the direction of the text around it. A longer one is cut."""
    kept = "".join(
        " " if letter.isspace() else letter
        for letter in _DIRECTION.sub("", text)
        if letter.isspace() or (unicodedata.category(letter) not in {"Cc", "Cs", "Cn"} and letter not in "\ufffe\uffff")
    )
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
