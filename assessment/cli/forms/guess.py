"""Which column of a form's export is what, as far as its header and its cells tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import SequenceMatcher
from typing import NamedTuple

from assessment.cli.forms.export import ROW, WHY, FormExport
from assessment.cli.forms.rows import read_time
from assessment.cli.forms.wording import (
    SEPARATORS,
    Wording,
    fold,
    function_texts,
    in_every_language,
    option_texts,
)
from assessment.rubric.model import Rubric
from assessment.rubric.question import Kind, Question
from assessment.scoring.answers import SENIORITIES

LIKE = 0.8
"""How alike a header and a question's title must be to be taken for each other."""
MOST_WORDS = 20
"""Different texts of a column that says a function or a seniority: more is free text."""
KNOWN = 0.5
"""The share of different texts in a column that must be known."""
TIMES = (
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y/%m/%d %I:%M:%S %p %z",
    "%Y/%m/%d %H:%M:%S",
)
"""How form tools write times that are not ISO 8601."""
# Words of a header, in the languages of the rubrics, and what they make the column.
_HEADERS = {
    "external_id": r"(company|organi[sz]ation|account|customer|firmen|kunden)[ _-]?(id|nr|number|nummer)",
    "name": r"company|organi[sz]ation|employer|unternehmen|firma|entreprise|société|empresa|organización|compañía",
    "domain": r"domain|website|webseite|site web|sitio web",
    "industry": r"industry|sector|branche|secteur|industria",
    "size": r"employees|headcount|company size|mitarbeit\w*|beschäftigte|effectif|empleados",
    "region": r"region|country|land|pays|région|país|región",
    "function": r"function|team|department|funktion|abteilung|bereich|fonction|équipe|función|equipo|departamento",
    "seniority": r"seniority|job level|position|hierarchie\w*|niveau|nivel",
    "reference": r"respondent id|response id|submission id|token|id|#|teilnehmer\w*|antwort-id",
    "answered_at": r"timestamp|submit(ted)?( date| at)?|completion time|end date|fertigstellung\w*|zeitstempel|"
    r"horodateur|marca temporal",
}
_DONT_KNOW = (
    "don't know|do not know|i don't know|i do not know|not sure|unsure|weiß nicht|weiß ich nicht|ich weiß es nicht|"
    "je ne sais pas|no sé|no lo sé"
)
_NOT_APPLICABLE = (
    "not applicable|n/a|does not apply|does not apply to us|trifft nicht zu|trifft auf uns nicht zu|nicht zutreffend|"
    "sans objet|non applicable|ne s'applique pas|no aplica|no se aplica"
)
_NONE = (
    "none|none of these|none of the above|keine|keine davon|keines davon|nichts davon|aucun|aucune|aucun de ceux-ci|"
    "ninguno|ninguna|ninguno de estos|ninguno de los anteriores"
)
_WORDS = {
    kind: frozenset(map(fold, words.split("|")))
    for kind, words in (("dont_know", _DONT_KNOW), ("not_applicable", _NOT_APPLICABLE), ("none", _NONE))
}


class Match(NamedTuple):
    """The columns of a question, why they are taken for it, and texts in them that stand for nothing known."""

    columns: list[str]
    certain: bool
    unknown: list[str]


class Guess(NamedTuple):
    """What each column seems to be. `fields` has columns by what they say, `words` what the texts of a column stand
    for (None where that is not known), `states` the form's words for no answer."""

    questions: Mapping[str, Match]
    fields: Mapping[str, str]
    words: Mapping[str, Mapping[str, str | None]]
    states: Mapping[str, Sequence[str]]
    time_formats: Sequence[str | None]
    unused: Sequence[str]


class _Column(NamedTuple):
    name: str
    question: str
    choice: str | None
    texts: list[str]
    """What stands in its cells, each text once, in the order of the rows."""


def guess(rubric: Rubric, export: FormExport) -> Guess:
    languages = in_every_language(rubric)
    wordings = {question.id: Wording(option_texts(languages, question)) for question in rubric.questions}
    free = list(_columns(export))
    taken: dict[str, list[_Column]] = {}
    certain: set[str] = set()
    for score, name, columns in sorted(_candidates(rubric, languages, wordings, free), key=lambda one: -one[0]):
        if name not in taken and all(column in free for column in columns):
            taken[name] = columns
            free = [column for column in free if column not in columns]
            if score >= 2:
                certain.add(name)
    questions: dict[str, Match] = {}
    states: dict[str, list[str]] = {kind: [] for kind in _WORDS}
    for question in rubric.questions:
        if question.id not in taken:
            continue
        unknown = _unknown(question, taken[question.id], wordings[question.id], states)
        names = [column.name for column in taken[question.id]]
        questions[question.id] = Match(names, question.id in certain, unknown)
    fields, words = _fields(free, Wording(function_texts(languages)))
    used = set(fields.values())
    times = next((column.texts for column in free if column.name == fields.get("answered_at")), [])
    unused = [column.name for column in free if column.name not in used]
    return Guess(questions, fields, words, states, list(_time_formats(times)), unused)


def _columns(export: FormExport) -> Iterator[_Column]:
    for place, name in enumerate(export.columns):
        if name not in (ROW, WHY):
            cells = (row.cells[place].strip() for row in export.rows if place < len(row.cells))
            question, divided, choice = name.rpartition(" > ")
            texts = list(dict.fromkeys(cell for cell in cells if cell))
            yield _Column(name, question if divided else name, choice if divided else None, texts)


def _candidates(
    rubric: Rubric, languages: Sequence[Rubric], wordings: Mapping[str, Wording], columns: Sequence[_Column]
) -> Iterator[tuple[float, str, list[_Column]]]:
    """Columns that may be those of a question, with how much says so: 3 for the very title, 2 and more for a like one,
    less for cells alone."""
    titles = [
        (question, [fold(same.title) for one in languages for same in one.questions if same.id == question.id])
        for question in rubric.questions
    ]
    for question, known in titles:
        wording = wordings[question.id]
        if question.kind is Kind.MULTIPLE:
            yield from _groups(question, known, wording, columns)
        for column in columns:
            if column.choice is not None:
                continue
            likeness = _likeness(fold(column.question), known)
            found = [text for text in column.texts if _is_known(text, question, wording)]
            share = len(found) / len(column.texts) if column.texts else 0.0
            if likeness >= LIKE:
                yield 2 + likeness, question.id, [column]
            elif share >= KNOWN and len(found) > 1:
                yield share, question.id, [column]


def _groups(
    question: Question, titles: Sequence[str], wording: Wording, columns: Sequence[_Column]
) -> Iterator[tuple[float, str, list[_Column]]]:
    """Columns of which each is one choice: those under one question, or those that are called like options."""
    under: dict[str, list[_Column]] = {}
    for column in columns:
        if column.choice is not None:
            under.setdefault(column.question, []).append(column)
    for above, group in under.items():
        likeness = _likeness(fold(above), titles)
        if likeness >= LIKE:
            yield 2 + likeness, question.id, group
    called = [column for column in columns if column.choice is None and wording.find(column.name) is not None]
    if len(called) > 1:
        yield 2, question.id, called


def _likeness(text: str, titles: Iterable[str]) -> float:
    best = 0.0
    for title in titles:
        matcher = SequenceMatcher(None, text, title, autojunk=False)
        if matcher.real_quick_ratio() > LIKE and matcher.quick_ratio() > LIKE:
            best = max(best, matcher.ratio())
    return best


def _is_known(text: str, question: Question, wording: Wording) -> bool:
    if wording.find(text) is not None:
        return True
    parts = wording.split(text, SEPARATORS) if question.kind is Kind.MULTIPLE else []
    return len(parts) > 1 and all(wording.find(part) is not None for part in parts)


def _unknown(
    question: Question, columns: Sequence[_Column], wording: Wording, states: dict[str, list[str]]
) -> list[str]:
    """Texts that stand for no option; those that say that there is no answer are added to `states`."""
    unknown: dict[str, None] = {}
    for column in columns:
        for text in column.texts:
            divide = question.kind is Kind.MULTIPLE and len(columns) == 1
            for part in wording.split(text, SEPARATORS) if divide else [text]:
                if isinstance(wording.find(part), str):
                    continue
                kind = next((kind for kind, words in _WORDS.items() if fold(part) in words), None)
                if kind is None or (kind == "none" and question.kind is Kind.SINGLE):
                    unknown[part] = None
                elif part not in states[kind]:
                    states[kind].append(part)
    return list(unknown)


def _fields(columns: Sequence[_Column], functions: Wording) -> tuple[dict[str, str], dict[str, dict[str, str | None]]]:
    """What the other columns say of organisation and respondent: by their cells, else by words of their header."""
    wordings = {"function": functions, "seniority": Wording([(one, one) for one in SENIORITIES])}
    fields: dict[str, str] = {}
    for name, wording in wordings.items():
        for column in columns:
            known = [text for text in column.texts if _by_its_words(text, wording) is not None]
            if name not in fields and known and len(known) >= KNOWN * len(column.texts):
                fields[name] = column.name
    for name, pattern in _HEADERS.items():
        for column in columns:
            free = name not in fields and column.name not in fields.values()
            free &= name not in wordings or len(column.texts) <= MOST_WORDS
            if free and re.search(rf"(?<!\w)({pattern})(?!\w)", fold(column.name)):
                fields[name] = column.name
    words: dict[str, dict[str, str | None]] = {}
    for name, wording in wordings.items():
        texts = next((column.texts for column in columns if column.name == fields.get(name)), [])
        words[name] = {text: _by_its_words(text, wording) for text in texts if wording.find(text) is None}
    return fields, words


def _by_its_words(text: str, wording: Wording) -> str | None:
    """The id of a text, or the one id that is named in it: `sales` of `Inside sales team`."""
    found = wording.find(text)
    if isinstance(found, str):
        return found
    named = {one for one in wording.ids if fold(one) in fold(text).split()}
    return named.pop() if len(named) == 1 else None


def _time_formats(texts: Sequence[str]) -> Iterator[str | None]:
    """Every form that all of the times have; None for ISO 8601."""
    for form in (None, *TIMES):
        with suppress(ValueError):
            for text in texts:
                read_time(text, form)
            if texts:
                yield form
