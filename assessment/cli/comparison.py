"""Two groups' answers laid out for a terminal: their gaps, disputed facts, what studies found beside, and agreement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assessment.scoring.perceived import Agreement, Comparison, Gap, GroupLevel, Perception, PublishedGapBeside

Mark = Callable[[str], str]
"""A study's number in the list of sources."""

NOT_TESTABLE = (
    "Not testable below 4 + 4: with fewer than four people on a side no test can tell a gap from chance, which is not "
    "the same as no gap."
)


def lay_out_perception(perception: Perception, titles: Mapping[str, str], mark: Mark) -> Iterator[RenderableType]:
    """Everything about the groups; `titles` are those of the dimensions."""
    people = ", ".join(f"{one.function} {one.respondents}" for one in perception.respondents)
    yield _line(f"Answered: {people}." if people else "Nobody said which function they answer for.")
    if perception.withheld:
        yield _line(
            f"Withheld in whole or part, so that nobody's answer can be told: {', '.join(perception.withheld)}."
        )
    for comparison in (perception.functions, perception.seniority):
        if comparison is not None:
            yield from _comparison(comparison, titles, mark)
    for one in perception.agreement:
        yield _line(_agreement(one))
    yield _line(perception.meaning, "dim")


def _comparison(comparison: Comparison, titles: Mapping[str, str], mark: Mark) -> Iterator[RenderableType]:
    first, second = comparison.groups
    # Without levels no dimension has a score, and questions are all there is to compare.
    rows = comparison.dimensions or comparison.questions
    if not any(gap.delta is not None or any(group.mean is not None for group in gap.groups) for gap in rows):
        yield _line(f"{first.capitalize()} and {second}: too few people of a group answered for figures.", "dim")
    else:
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=True)
        table.add_column("", ratio=1)
        for name in (first.capitalize(), second.capitalize(), "Gap"):
            table.add_column(name, justify="right", no_wrap=True)
        for name in ("Size", "p", "Supported"):
            table.add_column(name, no_wrap=True)
        for gap in rows:
            table.add_row(titles.get(gap.id, gap.id), *(_mean(group) for group in gap.groups), *_figures(gap))
        yield table
    if not all(gap.testable for gap in rows):
        yield _line(NOT_TESTABLE, "dim")
    for gap in comparison.questions:
        if gap.supported and gap.size == "large":
            yield _point(gap.id, f"{first} and {second} differ by {_signed(gap.gap)}, and by more than chance.")
        if gap.disputed:
            yield _point(gap.id, f"disputed. {gap.request}")
        if gap.own_behaviour is not None:
            other = second if gap.own_behaviour == first else first
            yield _point(gap.id, f"{gap.own_behaviour} sees its own behaviour markedly better than {other} does.")
        for beside in gap.published:
            yield _point(gap.id, _published(beside, first, second, mark))


def _mean(group: GroupLevel) -> str:
    return "–" if group.mean is None else f"{group.mean:.2f}"


def _figures(gap: Gap) -> tuple[str, str, str, str]:
    supported = "–" if gap.supported is None else "yes" if gap.supported else "no"
    p = "–" if gap.p_adjusted is None else f"{gap.p_adjusted:.4f}"
    return _signed(gap.gap), gap.size or "–", p, supported


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.2f}"


def _published(beside: PublishedGapBeside, first: str, second: str, mark: Mark) -> str:
    one, other = beside.shares
    size = "n not published" if beside.n is None else f"n {beside.n:,}"
    text = f"in a study {first} {one:.0%}, {second} {other:.0%} (h {beside.cohens_h:+.2f}; {size}) {mark(beside.study)}"
    if beside.own_shares is None:
        return text
    here, there = beside.own_shares
    return f"{text}; here {here:.0%} and {there:.0%} (h {beside.own_cohens_h or 0.0:+.2f})"


def _agreement(one: Agreement) -> str:
    who = "Everybody" if one.group is None else one.group.capitalize()
    parts = []
    if one.r_wg_j is not None and one.band is not None and one.average_deviation is not None:
        parts.append(
            f"r_WG(J) {one.r_wg_j:.2f} ({one.band.replace('_', ' ')}) and mean deviation {one.average_deviation:.2f} "
            f"over {one.questions} question{'' if one.questions == 1 else 's'}"
        )
    if one.alpha is not None:
        parts.append(f"alpha {one.alpha:.2f} ({one.alpha_reading})")
    return f"Agreement. {who}: {'; '.join(parts) or 'no question that two answered'}."


def _line(text: str, style: str = "") -> Padding:
    return Padding(Text(text, style=style), (0, 0, 0, 2))


def _point(name: str, text: str) -> Padding:
    return Padding(Text.assemble(("• ", "bold"), (name, "cyan"), f": {text}"), (0, 0, 0, 2))
