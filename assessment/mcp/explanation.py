"""What explaining a result answers: conditions not met, points lost, and what each answer stands beside."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from assessment.scoring.result import BenchmarkPosition, ChosenOption, Inconsistency, RubricUsed, Stability, Unit


class OfDimension(Struct, frozen=True, forbid_unknown_fields=True):
    """Which answers are explained."""

    dimension: Annotated[
        Annotated[str, Meta(max_length=100)] | None,
        Meta(description="Id of the one dimension whose answers are explained; all of them without it."),
    ] = None


class Condition(Struct, frozen=True):
    """A condition that is not met."""

    question: Annotated[str | None, Meta(description="Question id; null where a dimension is meant.")]
    dimension: Annotated[str | None, Meta(description="Dimension id; null where a question is meant.")]
    title: Annotated[str, Meta(description="The question, or the dimension's title.")]
    needs_level: Annotated[float, Meta(description="The level that is needed.")]
    has_level: Annotated[float | None, Meta(description="The level there is; null when nothing shows it.")]


class HeldBack(Struct, frozen=True):
    """A gate, or the core rule, that is not passed."""

    gate: Annotated[str, Meta(description="Id of the gate, or `core-rule`.")]
    limit: Annotated[int, Meta(description="The highest level possible while this holds.")]
    binds: Annotated[bool, Meta(description="Whether it lowers the level that the score alone would give.")]
    status: Annotated[str, Meta(description="`failed`: an answer contradicts it. `unverified`: no answer shows it.")]
    reason: Annotated[str, Meta(description="The same in a sentence.")]
    unmet: Annotated[list[Condition], Meta(description="What is missing.")]


class PointsLost(Struct, frozen=True):
    """What a dimension takes off 100."""

    dimension: Annotated[str, Meta(description="Dimension id.")]
    title: Annotated[str, Meta(description="Title.")]
    core: Annotated[bool, Meta(description="Whether the rating can exceed its level by one at most.")]
    score: Annotated[float | None, Meta(description="Its score; null when under half of it is answered.")]
    level: Annotated[int | None, Meta(description="Its level by that score.")]
    points_lost: Annotated[float | None, Meta(description="All of them add up to 100 minus the score.")]


class Beside(Struct, frozen=True):
    """Where an answer lies among the respondents of a study."""

    finding: Annotated[str, Meta(description="Finding id.")]
    publisher: Annotated[str, Meta(description="Who published the study.")]
    year: Annotated[int | None, Meta(description="Year; null when not published.")]
    population: Annotated[str, Meta(description="Who was asked.")]
    n: Annotated[int | None, Meta(description="Sample size; null when not published.")]
    function: Annotated[str | None, Meta(description="The function whose distribution it is, if printed by function.")]
    ridit: Annotated[Unit | None, Meta(description="Share who answered lower, plus half of those with the same.")]
    interval: Annotated[tuple[Unit, Unit] | None, Meta(description="95 % interval of it; null without n.")]
    same: Annotated[Unit | None, Meta(description="Share who answered the same; null in a rubric with levels.")]
    rough: Annotated[bool, Meta(description="Whether a share was printed roughly, or derived from others.")]
    judgement: Annotated[str, Meta(description="What in the match of wordings is our judgement.")]


class Associated(Struct, frozen=True):
    """A published ratio between the practice and an outcome."""

    finding: Annotated[str, Meta(description="Finding id.")]
    publisher: Annotated[str, Meta(description="Who published the study.")]
    year: Annotated[int | None, Meta(description="Year; null when not published.")]
    population: Annotated[str, Meta(description="Who was asked.")]
    n: Annotated[int | None, Meta(description="Sample size; null when not published.")]
    ratio: Annotated[float, Meta(description="The ratio as published.")]
    kind: Annotated[str, Meta(description="`likelihood_ratio` or `risk_ratio`.")]
    outcome: Annotated[str, Meta(description="The outcome it is about.")]
    caution: Annotated[str, Meta(description="How it must not be read.")]


class AnswerExplained(Struct, frozen=True):
    """One question: what was answered, what it counts, what it stands beside."""

    question: Annotated[str, Meta(description="Question id.")]
    title: Annotated[str, Meta(description="The question.")]
    dimension: Annotated[str, Meta(description="Dimension id.")]
    state: Annotated[str, Meta(description="Only `answered` counts; nothing else is scored as worst or as best.")]
    level: Annotated[float | None, Meta(description="0–4; null without levels.")]
    means: Annotated[str | None, Meta(description="Text of the option at that level; null between two options.")]
    chosen: Annotated[list[ChosenOption], Meta(description="What was chosen in a rubric without levels.")]
    weight: Annotated[float | None, Meta(description="Weight inside the dimension.")]
    weight_reason: Annotated[str | None, Meta(description="Why it has that weight.")]
    known: Annotated[str | None, Meta(description="What is known where no study published a share.")]
    judgement: Annotated[str | None, Meta(description="What in the question is our judgement.")]
    disputed: Annotated[bool, Meta(description="Functions differ by two levels or more on a fact; the lower counts.")]
    beside: Annotated[list[Beside], Meta(description="Studies' answers to the same; empty where there are none.")]
    associations: Annotated[list[Associated], Meta(description="Ratios published for this practice.")]


class Explanation(Struct, frozen=True):
    """Why a result is what it is."""

    rubric: Annotated[RubricUsed, Meta(description="The rubric version that was used.")]
    score: Annotated[float | None, Meta(description="Overall score; null with `reason`.")]
    level: Annotated[int | None, Meta(description="Level awarded; null with `reason`.")]
    level_by_score: Annotated[int | None, Meta(description="Level by the score alone.")]
    reason: Annotated[str | None, Meta(description="Why there is no score.")]
    held_back: Annotated[list[HeldBack], Meta(description="Every condition not met, lowest limit first.")]
    points_lost: Annotated[list[PointsLost], Meta(description="By dimension, most first.")]
    stability: Annotated[Stability | None, Meta(description="How the score fares under 16 other ways to compute it.")]
    benchmark_position: Annotated[BenchmarkPosition | None, Meta(description="Mean of the answers' ridits.")]
    inconsistencies: Annotated[list[Inconsistency], Meta(description="Answers that contradict each other.")]
    answers: Annotated[list[AnswerExplained], Meta(description="By question, in the rubric's order.")]
