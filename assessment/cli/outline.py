"""A rubric laid out for a terminal: its levels, dimensions, questions and gates."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from assessment.rubric.head import AnyOf, Bound, Gate
from assessment.rubric.model import Rubric
from assessment.rubric.question import Dimension, Question


def lay_out(rubric: Rubric, digest: str) -> RenderableType:
    """The rubric in the order in which an author writes it."""
    return Group(*_parts(rubric, digest))


def _parts(rubric: Rubric, digest: str) -> Iterator[RenderableType]:
    head = rubric.head
    published = f"published {head.published}" if head.published else "a draft"
    yield Text(f"{head.title} {head.version}", style="bold")
    yield Text(head.summary)
    yield Text(f"{len(rubric.questions)} questions, about {head.minutes} minutes; {published}; {digest}", style="dim")
    yield Text("\nLevels" if head.levels else "\nNo levels: answers are set beside a study.", style="bold")
    for level in head.levels:
        text = Text.assemble((f"{level.number} {level.name}", "bold"), f" from {level.from_ * 100:g}: {level.summary}")
        yield Padding(text, (0, 0, 0, 2))
    for dimension in rubric.dimensions:
        yield Text.assemble((f"\n{dimension.title}", "bold"), (_weight(dimension), "dim"))
        for question in dimension.questions:
            text = Text.assemble((question.id, "cyan"), f"  {question.title}")
            text.append(_beside(question), style="dim")
            yield Padding(text, (0, 0, 0, 2))
    if head.gates:
        yield Text("\nGates", style="bold")
    for gate in head.gates:
        yield Padding(Text.assemble((gate.title, "bold"), f" (level {gate.level}): {_needs(gate)}"), (0, 0, 0, 2))
    if head.consistency_checks:
        yield Text("\nContradictions", style="bold")
    for check in head.consistency_checks:
        when = " with ".join(_bound(bound) for bound in check.when)
        yield Padding(Text.assemble((check.title, "bold"), f": {when}"), (0, 0, 0, 2))


def _bound(bound: Bound) -> str:
    if bound.at_most is None:
        return f"{bound.question} at {bound.at_least:g} or above"
    return f"{bound.question} at {bound.at_most:g} or below"


def _weight(dimension: Dimension) -> str:
    if dimension.weight is None:
        return ""
    return f"  weight {dimension.weight:g}{', core' if dimension.core else ''}"


def _beside(question: Question) -> str:
    """What the question weighs, or, where nothing does, how many distributions its answers are set beside."""
    if question.weight is not None:
        return f"  weight {question.weight.value:g}"
    count = len(question.benchmarks)
    return "  no published share" if not count else f"  {count} published distribution{'s' if count > 1 else ''}"


def _needs(gate: Gate) -> str:
    if gate.requires is not None:
        return f"answers of {' and '.join(gate.requires.functions)} without a large, supported gap"
    return "; ".join(_clause(clause) for clause in gate.all_of)


def _clause(clause: AnyOf) -> str:
    return " or ".join(f"{condition.question} at {condition.level}" for condition in clause.any_of)
