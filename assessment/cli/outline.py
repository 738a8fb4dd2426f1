"""A rubric laid out for a terminal: its levels, dimensions, questions and gates."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from assessment.rubric.model import AnyOf, Gate, Rubric


def lay_out(rubric: Rubric, digest: str) -> RenderableType:
    """The rubric in the order in which an author writes it."""
    return Group(*_parts(rubric, digest))


def _parts(rubric: Rubric, digest: str) -> Iterator[RenderableType]:
    head = rubric.head
    published = f"published {head.published}" if head.published else "a draft"
    yield Text(f"{head.title} {head.version}", style="bold")
    yield Text(head.summary)
    yield Text(f"{len(rubric.questions)} questions, about {head.minutes} minutes; {published}; {digest}", style="dim")
    yield Text("\nLevels", style="bold")
    for level in head.levels:
        text = Text.assemble((f"{level.number} {level.name}", "bold"), f" from {level.from_ * 100:g}: {level.summary}")
        yield Padding(text, (0, 0, 0, 2))
    for dimension in rubric.dimensions:
        core = ", core" if dimension.core else ""
        yield Text.assemble((f"\n{dimension.title}", "bold"), (f"  weight {dimension.weight:g}{core}", "dim"))
        for question in dimension.questions:
            text = Text.assemble((question.id, "cyan"), f"  {question.title}")
            text.append(f"  weight {question.weight.value:g}", style="dim")
            yield Padding(text, (0, 0, 0, 2))
    yield Text("\nGates", style="bold")
    for gate in head.gates:
        yield Padding(Text.assemble((gate.title, "bold"), f" (level {gate.level}): {_needs(gate)}"), (0, 0, 0, 2))


def _needs(gate: Gate) -> str:
    if gate.requires is not None:
        return f"answers of {' and '.join(gate.requires.functions)} without a large, supported gap"
    return "; ".join(_clause(clause) for clause in gate.all_of)


def _clause(clause: AnyOf) -> str:
    return " or ".join(f"{condition.question} at {condition.level}" for condition in clause.any_of)
