"""A result laid out for a terminal: level, score, dimensions, place among the studies, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assessment.cli.comparison import lay_out_perception
from assessment.rubric.index import StudyIndex
from assessment.rubric.model import Rubric
from assessment.rubric.question import Kind
from assessment.rubric.studies import Study
from assessment.scoring.result import (
    Bounds,
    Change,
    QuestionBenchmark,
    QuestionResult,
    RecommendationResult,
    Result,
)

COLOURS = {1: "red", 2: "yellow", 3: "cyan", 4: "green"}
"""A colour for each rating level; the words always say the same, so that nothing hangs on it."""

NO_RATING = {
    "nothing_answered": "Nothing is answered that counts.",
    "core_dimension_unscored": "Too little is answered in a core dimension: at least half of it is needed.",
    "no_dimension_scored": "Too little is answered in every dimension: at least half of one is needed.",
}

EFFORTS = {"S": "small", "M": "medium", "L": "large"}


class Names(NamedTuple):
    """Titles by id, for everything that a result names by id alone."""

    levels: Mapping[int, str]
    options: Mapping[tuple[str, str], str]
    multiple: Set[str]
    gates: Mapping[str, str]


def lay_out(result: Result, rubric: Rubric, studies: Mapping[str, Study], top: int) -> RenderableType:
    """Everything that a person needs to read a result, in the order of their questions."""
    names = _names_of(rubric)
    sources = Sources(studies)
    parts: list[RenderableType] = [_headline(result, rubric, names)]
    parts += section("What holds the rating back", _caps(result, names))
    parts += section("Dimensions", [_dimensions(result, names)])
    parts += section("How the functions see it", _perception(result, sources))
    parts += section("Answers that contradict each other", _inconsistencies(result))
    parts += section("Among the respondents of the studies", _positions(result, sources))
    parts += section("What to do first", _recommendations(result.recommendations[:top], names, sources))
    parts += section("The shortest way to the next level", _next_level(result, names))
    parts += section("Sources", sources.listed())
    parts.append(Text(f"\n{result.rubric.digest} · engine {result.engine}", style="dim"))
    return Group(*parts)


class Sources:
    """The studies that were referred to, numbered as they come up."""

    def __init__(self, studies: Mapping[str, Study]) -> None:
        self._studies = studies
        index = StudyIndex.build(studies.values())
        self._owner = {id_: study.id for id_, (study, _) in (*index.findings.items(), *index.practices.items())}
        self._numbers: dict[str, int] = {}

    def mark(self, study_id: str) -> str:
        """The study's number in brackets."""
        return f"[{self._numbers.setdefault(study_id, len(self._numbers) + 1)}]"

    def marks(self, evidence: list[str]) -> str:
        """The numbers of the studies behind findings and practices, each once."""
        return "".join(dict.fromkeys(self.mark(self._owner[one]) for one in evidence))

    def listed(self) -> Iterator[RenderableType]:
        for study_id, number in self._numbers.items():
            study = self._studies[study_id]
            year = "year not published" if study.year is None else str(study.year)
            size = "n not published" if study.n is None else f"n {study.n:,}"
            text = Text.assemble((f"[{number}] ", "bold"), f"{study.publisher}: {study.title}, {year}. ")
            text.append(f"{study.population}; {size}; quality {study.quality.grade}.", style="dim")
            yield Padding(text, (0, 0, 0, 2))


def _names_of(rubric: Rubric) -> Names:
    return Names(
        levels={level.number: level.name for level in rubric.head.levels},
        options={(one.id, option.id): option.title for one in rubric.questions for option in one.options},
        multiple={question.id for question in rubric.questions if question.kind is Kind.MULTIPLE},
        gates={gate.id: gate.title for gate in rubric.head.gates},
    )


def section(title: str, content: Iterator[RenderableType] | list[RenderableType]) -> Iterator[RenderableType]:
    parts = list(content)
    if parts:
        yield Text(f"\n{title}", style="bold")
        yield from parts


def _headline(result: Result, rubric: Rubric, names: Names) -> RenderableType:
    title = f"{rubric.head.title} {rubric.head.version}"
    lines: list[RenderableType] = []
    colour = "default"
    if result.score is None or result.rating is None:
        lines.append(Text.assemble(("No rating. ", "bold"), NO_RATING.get(result.reason or "", result.reason or "")))
        if result.bounds is not None:
            lines.append(Text(f"With what is answered, the score can be anything from {_range(result.bounds)}."))
    else:
        colour = COLOURS[result.rating.level]
        cuts = [round(level.from_ * 100) for level in rubric.head.levels if level.from_]
        head = Text.assemble((f"Level {result.rating.level} of 4: {result.rating.name}", f"bold {colour}"))
        head.append(f"    {result.score:.2f} of 100", style="bold")
        lines += [head, _bar(result.score, 48, colour), _cuts(cuts, 48), *_confidence(result, names)]
    summary = next((level.summary for level in rubric.head.levels if _is_level(result, level.number)), None)
    if summary:
        lines.append(Text(f"\n{summary}", style="italic"))
    return Panel(Group(*lines), title=title, title_align="left", box=ROUNDED, border_style=colour, padding=(0, 2))


def _is_level(result: Result, number: int) -> bool:
    return result.rating is not None and result.rating.level == number


def _confidence(result: Result, names: Names) -> Iterator[Text]:
    bounds, stability = result.bounds, result.stability
    if bounds is None or bounds.lower == bounds.upper:
        yield Text("Every question that applies is answered.")
    elif bounds.firm:
        yield Text(f"Missing answers leave {_range(bounds)}: they cannot change the rating.")
    else:
        levels = " or ".join(f"{number} {names.levels[number]}" for number in bounds.levels)
        yield Text(f"Missing answers leave {_range(bounds)}: the rating could be {levels}.")
    if stability is not None:
        how = "gives" if stability.agreeing == 1 else "give"
        yield Text(
            f"{stability.agreeing} of {stability.scenarios} ways to compute the score {how} the same level "
            f"({stability.lowest:.2f} to {stability.highest:.2f})."
        )
        one = stability.leave_one_out
        if one is not None:
            yield Text(f"Without any single question it would lie between {one.lowest:.2f} and {one.highest:.2f}.")
    if result.equal_weights_score is not None:
        yield Text(f"With equal weights it is {result.equal_weights_score:.2f}.")
    if result.single_perspective:
        yield Text("One function alone has answered: this is one side's view.")


def _range(bounds: Bounds) -> str:
    return f"{bounds.lower:.2f} to {bounds.upper:.2f}"


def _bar(score: float, width: int, colour: str) -> Text:
    full = round(score / 100 * width)
    return Text.assemble(("█" * full, colour), ("░" * (width - full), "dim"))


def _cuts(cuts: list[int], width: int) -> Text:
    """Where the next levels begin, under the bar."""
    line = [" "] * (width + 3)
    for cut in cuts:
        place = round(cut / 100 * width)
        line[place : place + 3] = f"^{cut}"[:3]
    return Text("".join(line).rstrip(), style="dim")


def _caps(result: Result, names: Names) -> Iterator[RenderableType]:
    if result.rating is None:
        return
    for cap in result.rating.caps:
        missing = "not met" if cap.status == "failed" else "not shown by the answers"
        title = names.gates.get(cap.gate, cap.gate.replace("-", " ").capitalize())
        text = Text.assemble(("• ", "bold"), (title, "bold"), f" – {missing}; no higher than level {cap.limit} ")
        text.append(f"({names.levels[cap.limit]}). {cap.reason}")
        yield Padding(text, (0, 0, 0, 2))


def _dimensions(result: Result, names: Names) -> Table:
    table = bare_table()
    table.add_column("* core", ratio=1)
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("", width=16, no_wrap=True)
    table.add_column("Level", no_wrap=True)
    table.add_column("Known", justify="right", no_wrap=True)
    table.add_column("Lost", justify="right", no_wrap=True)
    for part in result.dimensions:
        title = part.title + (" *" if part.core else "")
        answered = "–" if part.completeness is None else f"{part.completeness:.0%}"
        lost = "–" if part.points_lost is None else f"{part.points_lost:.2f}"
        if part.score is None or part.level is None:
            table.add_row(title, "–", "not enough known", "", answered, lost)
            continue
        colour = COLOURS[part.level]
        level = Text(f"{part.level} {names.levels[part.level]}", style=colour)
        table.add_row(title, f"{part.score:.2f}", _bar(part.score, 16, colour), level, answered, lost)
    return table


def _perception(result: Result, sources: Sources) -> Iterator[RenderableType]:
    if result.perception is not None:
        titles = {dimension.id: dimension.title for dimension in result.dimensions}
        yield from lay_out_perception(result.perception, titles, sources.mark)


def _inconsistencies(result: Result) -> Iterator[RenderableType]:
    for one in result.inconsistencies:
        answers = ", ".join(f"{answer.question} at {answer.level:g}" for answer in one.answers)
        text = Text.assemble(("• ", "bold"), (one.title, "bold"), f" ({answers}). {one.explanation}")
        yield Padding(text, (0, 0, 0, 2))


def bare_table() -> Table:
    return Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=True)


def _positions(result: Result, sources: Sources) -> Iterator[RenderableType]:
    rows = [(question, one) for question in result.questions for one in question.benchmarks]
    if not rows or result.benchmark_position is None:
        return
    position = result.benchmark_position
    text = f"{position.mean_ridit:.2f} over {position.answers} answers. {position.meaning}"
    yield Padding(Text(text), (0, 0, 0, 2))
    table = bare_table()
    table.add_column("Question", ratio=1)
    table.add_column("Position", justify="right", no_wrap=True)
    table.add_column("", width=10, no_wrap=True)
    table.add_column("95 %", no_wrap=True)
    table.add_column("Study", no_wrap=True)
    for question, one in rows:
        table.add_row(*_position(question, one, sources))
    yield table
    for legend in (
        "A position is the share of a study's respondents below the answer, plus half of those beside it.",
        "≈ a share was printed roughly or derived from others. n – means that n was not published.",
    ):
        yield Padding(Text(legend, style="dim"), (0, 0, 0, 2))


def _position(question: QuestionResult, one: QuestionBenchmark, sources: Sources) -> tuple[str | Text, ...]:
    name = Text(question.id, style="cyan")
    if one.function is not None:
        name.append(f" ({one.function})", style="dim")
    ridit = one.ridit or 0.0  # only a rubric without levels has benchmarks without one
    rough = "≈ " if one.approximate or one.derived else ""
    interval = "" if one.interval is None else f"{one.interval[0] * 100:.0f}–{one.interval[1] * 100:.0f}"
    size = "–" if one.n is None else f"{one.n:,}"
    study = f"{sources.mark(one.study)} {one.year or 'year –'}, n {size}"
    return name, f"{rough}{ridit:.0%}", _bar(ridit * 100, 10, "magenta"), interval, study


def _recommendations(chosen: list[RecommendationResult], names: Names, sources: Sources) -> Iterator[RenderableType]:
    for one in chosen:
        title = Text.assemble((f"{one.rank}. ", "bold"), (one.title, "bold"))
        title.append(f"  +{one.gain:.2f} points", style="green")
        title.append(f" · {EFFORTS[one.effort]} effort · {one.owner}{' · judgement' if one.judgement else ''}")
        if one.opens_gate is not None:
            title.append(f" · opens “{names.gates.get(one.opens_gate, one.opens_gate)}”", style="yellow")
        yield Padding(title, (0, 0, 0, 2))
        yield Padding(Text(one.action), (0, 0, 0, 5))
        yield Padding(Text(f"{one.expected} {sources.marks(one.evidence)}", style="dim"), (0, 0, 0, 5))


def _next_level(result: Result, names: Names) -> Iterator[RenderableType]:
    following = result.next_level
    if following is None:
        return
    steps = "one step" if len(following.changes) == 1 else f"{len(following.changes)} steps"
    name, score = names.levels[following.level], f"{following.score_after:.2f}"
    text = f"Level {following.level} {name} in {steps}, at a score of {score}:"
    yield Padding(Text(text), (0, 0, 0, 2))
    by_question: dict[str, list[Change]] = {}
    for change in following.changes:
        by_question.setdefault(change.question, []).append(change)
    for question, changes in by_question.items():
        yield Padding(_steps(question, changes, names), (0, 0, 0, 4))


def _steps(question: str, steps: list[Change], names: Names) -> Text:
    """All steps of one question in a line: from where, to where, and by which option."""
    first, last = steps[0].from_level, steps[-1].to_level
    line = Text.assemble((question, "cyan"))
    line.append(f"  {'unanswered' if first is None else f'{first:g}'} → {last:g}  ", style="bold")
    titles = [names.options[question, step.option] for step in steps]
    return line.append("; ".join(titles) if question in names.multiple else titles[-1])
