"""A result without levels laid out for a terminal: each answer, who in the study gave the same, and its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assessment.cli.comparison import lay_out_perception
from assessment.cli.table import Sources, bare_table, section
from assessment.rubric.model import Rubric
from assessment.rubric.question import Kind, Question
from assessment.rubric.studies import Study
from assessment.scoring.result import QuestionBenchmark, QuestionResult, Result

STATES = {"unanswered": "not answered", "dont_know": "don't know", "not_applicable": "does not apply"}

WITHHELD = "withheld: too few people to show"

LEGENDS = (
    "The same: share of the study's respondents who gave this answer; below it the 95 % interval where n is known.",
    "A position is the share of a study's respondents below the answer, plus half of those beside it; "
    "– where answers have no order.",
    "≈ a share was printed roughly or derived from others.",
)


def lay_out(result: Result, rubric: Rubric, studies: Mapping[str, Study]) -> RenderableType:
    """Every question beside its study, in the rubric's order."""
    sources = Sources(studies)
    asked = {question.id: question for question in rubric.questions}
    parts: list[RenderableType] = [_headline(result, rubric)]
    for dimension in result.dimensions:
        rows = [question for question in result.questions if question.dimension == dimension.id]
        parts += section(dimension.title, [_compare(rows, asked, sources)])
    parts += [Padding(Text(legend, style="dim"), (0, 0, 0, 2)) for legend in LEGENDS]
    if result.perception is not None:
        parts += section("How the functions see it", list(lay_out_perception(result.perception, {}, sources.mark)))
    parts += section("Sources", sources.listed())
    parts.append(Text(f"\n{result.rubric.digest} · engine {result.engine}", style="dim"))
    return Group(*parts)


def _headline(result: Result, rubric: Rubric) -> RenderableType:
    answered = sum(question.state == "answered" for question in result.questions)
    count = (
        f"{answered} of {len(result.questions)} questions" if len(result.questions) > 1 else f"{answered} of 1 question"
    )
    lines = [Text("No rating: the answers are set beside the study's.", style="bold"), Text(f"{count} answered.")]
    position = result.benchmark_position
    if position is not None:
        answers = "answer" if position.answers == 1 else "answers"
        lines.append(Text(f"Position {position.mean_ridit:.0%} over {position.answers} {answers}. {position.meaning}"))
    title = f"{rubric.head.title} {rubric.head.version}"
    return Panel(Group(*lines), title=title, title_align="left", box=ROUNDED, padding=(0, 2))


def _compare(rows: list[QuestionResult], asked: Mapping[str, Question], sources: Sources) -> Table:
    table = bare_table()
    table.add_column("Your answer", ratio=1)
    table.add_column("The same", justify="right", no_wrap=True)
    table.add_column("Position", justify="right", no_wrap=True)
    table.add_column("Study", no_wrap=True)
    for row in rows:
        for cells in _rows(row, asked[row.id], sources):
            table.add_row(*cells)
    return table


def _rows(row: QuestionResult, question: Question, sources: Sources) -> Iterator[tuple[str | Text, ...]]:
    """A row for each benchmark; of a multiple choice one for each option chosen as well."""
    if row.state != "answered":
        yield _name(row).append(STATES[row.state], style="dim"), "–", "–", ""
    elif not row.benchmarks:
        answer = _name(row).append(_chosen(row), style="default").append(f"\n{row.known}", style="dim")
        yield answer, "–", "–", f"{sources.marks(question.evidence)}\nno share published"
    for one in row.benchmarks:
        if question.kind is Kind.MULTIPLE:
            yield from _options(row, one, sources)
        else:
            same, position = _share(one.same, one.same_interval, one), _share(one.ridit, one.interval, one)
            yield _answer(row, one), same, position, _study(one, sources)


def _options(row: QuestionResult, one: QuestionBenchmark, sources: Sources) -> Iterator[tuple[str | Text, ...]]:
    """Each option chosen, with the share of the study that chose it."""
    share_of = {option: share for group, share in zip(one.options, one.shares, strict=True) for option in group}
    yield _name(row).append("" if row.chosen else _chosen(row), style="default"), "", "–", _study(one, sources)
    for option in row.chosen:
        yield f"• {_weighed(option.title, option.share)}", _share(share_of.get(option.option), None, one), "", ""


def _name(row: QuestionResult, function: str | None = None) -> Text:
    name = Text(row.id, style="cyan")
    if function is not None:
        name.append(f" ({function})", style="dim")
    return name.append("\n")


def _answer(row: QuestionResult, one: QuestionBenchmark) -> Text:
    """What was chosen, and as which answer of the study it counts where ours are finer."""
    text = _name(row, one.function)
    if one.own is None:
        return text.append(WITHHELD, style="dim")
    counted = [(title, share) for title, share in zip(one.titles, one.own, strict=True) if share]
    beside = "; ".join(_weighed(title, share) for title, share in counted)
    if one.function is None or len(row.chosen) == 1:
        text.append(_chosen(row), style="default")
        finer = any(len(group) > 1 and share for group, share in zip(one.options, one.own, strict=True))
        return text.append(f"\ncounts as: {beside}", style="dim") if finer else text
    return text.append(beside, style="default")


def _chosen(row: QuestionResult) -> str:
    """The options chosen, with the share of the respondents where it is not all of them."""
    if row.withheld and not row.chosen:
        return WITHHELD
    return "; ".join(_weighed(one.title, one.share) for one in row.chosen) or "none of them"


def _weighed(title: str, share: float) -> str:
    return title if share == 1 else f"{title} ({share:.0%})"


def _share(share: float | None, interval: tuple[float, float] | None, one: QuestionBenchmark) -> str:
    if share is None:
        return "–"
    rough = "≈ " if one.approximate or one.derived else ""
    between = "" if interval is None else f"\n{interval[0] * 100:.0f}–{interval[1] * 100:.0f}"
    return f"{rough}{share:.0%}{between}"


def _study(one: QuestionBenchmark, sources: Sources) -> str:
    year = "year not published" if one.year is None else str(one.year)
    size = "n not published" if one.n is None else f"n {one.n:,}"
    return f"{sources.mark(one.study)} {year}\n{size}"
