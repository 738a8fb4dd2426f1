"""The tool that plans the next level: a smallest set of steps, and the moves that make them."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from assessment.mcp import said
from assessment.mcp.desk import Desk
from assessment.mcp.said import Told
from assessment.mcp.scores import Move, find_result, move_of, say_move, say_standing
from assessment.rubric.question import Kind
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.result import Change, NextLevel, Result, RubricUsed


class StepToTake(Struct, frozen=True):
    """One step on one question."""

    question: Annotated[str, Meta(description="Question id.")]
    title: Annotated[str, Meta(description="The question.")]
    dimension: Annotated[str, Meta(description="Dimension id.")]
    from_level: Annotated[float | None, Meta(description="Level before; null when it was not answered.")]
    to_level: Annotated[float, Meta(description="Level after.")]
    adds: Annotated[bool, Meta(description="Whether the option is added to those chosen (a multiple choice).")]
    option: Annotated[str, Meta(description="The option to move to, or to add.")]
    option_title: Annotated[str, Meta(description="Its text: what has to be true.")]


class Reached(Struct, frozen=True):
    """The next level and the way there."""

    level: Annotated[int, Meta(description="The level reached.")]
    name: Annotated[str, Meta(description="Its name.")]
    score_after: Annotated[float, Meta(description="The score with the steps.")]
    steps: Annotated[list[StepToTake], Meta(description="No smaller set reaches it; in the order to take them.")]


class Plan(Struct, frozen=True):
    """From where the organisation stands to the next level."""

    rubric: Annotated[RubricUsed, Meta(description="The rubric version that was used.")]
    score: Annotated[float | None, Meta(description="The score now; null without a rating.")]
    level: Annotated[int | None, Meta(description="The level now; null without a rating.")]
    next_level: Annotated[Reached | None, Meta(description="Null where `reason` says why.")]
    reason: Annotated[str | None, Meta(description="Why there is no next level to plan; null where there is.")]
    moves: Annotated[list[Move], Meta(description="Recommendations that respond to the answers to change, best first.")]


async def plan_next_level(desk: Desk, arguments: Any) -> Told:
    result, rubric = await find_result(desk, arguments)
    reached = None if result.next_level is None else _reached(result.next_level, rubric)
    changed = set() if reached is None else {step.question for step in reached.steps}
    moves = [move_of(one) for one in result.recommendations if changed & {answer.question for answer in one.because}]
    plan = Plan(
        rubric=result.rubric,
        score=result.score,
        level=None if result.rating is None else result.rating.level,
        next_level=reached,
        reason=None if reached is not None else _why_none(result, rubric),
        moves=moves,
    )
    return Told(plan, _text(plan, say_standing(result, rubric)))


def _reached(found: NextLevel, rubric: CompiledRubric) -> Reached:
    names = {level.number: level.name for level in rubric.source.head.levels}
    return Reached(found.level, names[found.level], found.score_after, [_step(one, rubric) for one in found.changes])


def _step(change: Change, rubric: CompiledRubric) -> StepToTake:
    dimension, question = next(
        (dimension, question)
        for dimension in rubric.source.dimensions
        for question in dimension.questions
        if question.id == change.question
    )
    title = next(option.title for option in question.options if option.id == change.option)
    return StepToTake(
        question=question.id,
        title=question.title,
        dimension=dimension.id,
        from_level=change.from_level,
        to_level=change.to_level,
        adds=question.kind is Kind.MULTIPLE,
        option=change.option,
        option_title=title,
    )


def _why_none(result: Result, rubric: CompiledRubric) -> str:
    if not rubric.has_levels:
        return "The rubric sets answers beside a study and has no levels."
    if result.rating is None:
        return "Too little is answered for a rating. Answer more first: get_questions has the questions."
    if result.rating.level == len(rubric.source.head.levels):
        return "This is the highest level."
    return "No steps on answers reach it. explain_result says what is not met; it may be how both functions see it."


def _text(plan: Plan, standing: str) -> str:
    if plan.next_level is None:
        return f"{standing}\n{plan.reason}"
    goal = plan.next_level
    steps = "One step reaches" if len(goal.steps) == 1 else f"{len(goal.steps)} steps reach"
    lines = [standing, f"{steps} level {goal.level} ({goal.name}), with a score of {goal.score_after:.2f}:"]
    lines += [
        f"- {step.question}: {step.title} From {said.level(step.from_level)} to {said.level(step.to_level)}: "
        f"{'add ' if step.adds else ''}{step.option_title} ({step.option})"
        for step in goal.steps
    ]
    if plan.moves:
        lines += ["Moves that help:", *(say_move(one) for one in plan.moves)]
    return "\n".join(lines)
