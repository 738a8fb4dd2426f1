"""What scoring returns: the Result and its parts, in the shape that is stored and sent.

Scores are on 0–100 with two decimals; shares, ridits, weights of evidence and completeness on 0–1 with
four. Numbers are rounded here and nowhere before. No field has a default, so that the contract says
`required` for each of them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from assessment.scoring.perceived import FunctionAnswers, Perception

State = Literal["answered", "not_applicable", "dont_know", "unanswered"]
Number = Annotated[float, Meta(ge=0, le=100)]
Unit = Annotated[float, Meta(ge=0, le=1)]
Signed = Annotated[float, Meta(ge=-1, le=1)]


class RubricUsed(Struct, frozen=True, gc=False):
    """Which rubric gave this result."""

    id: Annotated[str, Meta(description="Rubric id.")]
    version: Annotated[str, Meta(description="Rubric version; what is published under it never changes.")]
    digest: Annotated[str, Meta(description="SHA-256 of everything in the version that scoring depends on.")]


class Unmet(Struct, frozen=True, gc=False):
    """One condition that is not met: of a question, or (core rule) of a dimension."""

    question: Annotated[str | None, Meta(description="The question, or null where a dimension is meant.")]
    dimension: Annotated[str | None, Meta(description="The dimension, or null where a question is meant.")]
    needs_level: Annotated[float, Meta(description="The level that is needed.")]
    has_level: Annotated[float | None, Meta(description="The level there is; null when nothing shows it.")]


class Cap(Struct, frozen=True, gc=False):
    """A condition that keeps the rating at or below a level."""

    gate: Annotated[str, Meta(description="Id of the gate, or `core-rule`.")]
    limit: Annotated[int, Meta(description="The highest level possible while this holds.", ge=1, le=4)]
    status: Annotated[
        Literal["failed", "unverified"],
        Meta(description="`failed`: an answer contradicts the condition. `unverified`: no answer shows it."),
    ]
    unmet: Annotated[list[Unmet], Meta(description="What is missing; one alternative of each clause is enough.")]
    reason: Annotated[str, Meta(description="The same in a sentence.")]


class Rating(Struct, frozen=True, gc=False):
    """The level awarded, and what holds it back."""

    level: Annotated[int, Meta(description="1–4: the level awarded.", ge=1, le=4)]
    name: Annotated[str, Meta(description="The level's name.")]
    level_by_score: Annotated[int, Meta(description="The level by the score alone.", ge=1, le=4)]
    caps: Annotated[list[Cap], Meta(description="Every condition not met, whether or not it binds at this score.")]


class Bounds(Struct, frozen=True, gc=False):
    """What the score could be if every missing answer were the worst, or the best."""

    lower: Annotated[Number, Meta(description="Score with every missing answer at level 0.")]
    upper: Annotated[Number, Meta(description="Score with every missing answer at level 4.")]
    levels: Annotated[list[int], Meta(description="Rating levels that are possible, lowest first.")]
    firm: Annotated[bool, Meta(description="Whether missing answers cannot change the rating.")]


class LeaveOneOut(Struct, frozen=True, gc=False):
    """How far a single question moves the score."""

    lowest: Annotated[Number, Meta(description="Lowest score with one question left out.")]
    lowest_without: Annotated[str, Meta(description="The question left out for it.")]
    highest: Annotated[Number, Meta(description="Highest score with one question left out.")]
    highest_without: Annotated[str, Meta(description="The question left out for it.")]


class Stability(Struct, frozen=True, gc=False):
    """How the score fares under 16 other ways to compute it: evidence or equal weights, levels or ridits, and
    four ways to combine dimensions."""

    scenarios: Annotated[int, Meta(description="Scenarios computed.")]
    agreeing: Annotated[int, Meta(description="Scenarios whose score lies in the same level.")]
    lowest: Annotated[Number, Meta(description="Lowest score of all scenarios.")]
    highest: Annotated[Number, Meta(description="Highest score of all scenarios.")]
    leave_one_out: Annotated[LeaveOneOut | None, Meta(description="Null with fewer than two answers.")]


class DimensionResult(Struct, frozen=True, gc=False):
    """One dimension."""

    id: Annotated[str, Meta(description="Dimension id.")]
    title: Annotated[str, Meta(description="Dimension title.")]
    core: Annotated[bool, Meta(description="Whether the rating can exceed this dimension's level by one at most.")]
    weight: Annotated[float | None, Meta(description="Weight between dimensions; null in a rubric without levels.")]
    score: Annotated[
        Number | None,
        Meta(description="Null when under half of the dimension is answered, and in a rubric without levels."),
    ]
    level: Annotated[int | None, Meta(description="Level by the dimension's score, 1–4.")]
    completeness: Annotated[Unit | None, Meta(description="Answered over applicable weight; null when none applies.")]
    points_lost: Annotated[
        Number | None, Meta(description="Share of the points missing to 100; the dimensions' shares add up to it.")
    ]


class QuestionBenchmark(Struct, frozen=True, gc=False):
    """Where an answer lies among the respondents of one study. A rubric with levels groups the study's answers by
    `levels`, one without by its `options`; what only the other kind has is empty or null."""

    finding: Annotated[str, Meta(description="Finding id.")]
    study: Annotated[str, Meta(description="Study id.")]
    publisher: Annotated[str, Meta(description="Who published the study.")]
    year: Annotated[int | None, Meta(description="Year of the study; null when not published.")]
    population: Annotated[str, Meta(description="Who was asked.")]
    n: Annotated[int | None, Meta(description="Sample size; null when not published.")]
    shares: Annotated[
        list[Unit],
        Meta(
            description="Share of respondents in each group of levels, worst first, or of options in the rubric's "
            "order. Of a multiple choice the share that chose each option: they do not add up to 1."
        ),
    ]
    levels: Annotated[
        list[list[int]],
        Meta(description="Our answer levels that each share stands for; empty in a rubric without levels."),
    ]
    options: Annotated[
        list[list[str]], Meta(description="Our options that each share stands for; empty in a rubric with levels.")
    ]
    titles: Annotated[
        list[str], Meta(description="The study's answer behind each share; empty in a rubric with levels.")
    ]
    own: Annotated[
        list[Unit] | None,
        Meta(
            description="Share of the organisation's respondents in each of these groups, each function having an "
            "equal voice. Null in a rubric with levels, and where it is withheld."
        ),
    ]
    same: Annotated[
        Unit | None,
        Meta(
            description="Share of the study's respondents who gave the same answer; of several people's answers the "
            "mean. Null in a rubric with levels, of a multiple choice, and where it is withheld."
        ),
    ]
    same_interval: Annotated[
        tuple[Unit, Unit] | None,
        Meta(description="95 % interval of `same` (Wilson's for one answer), as if the sample were random."),
    ]
    ridit: Annotated[
        Unit | None,
        Meta(
            description="Share of respondents below this answer plus half of those beside it. Null only in a rubric "
            "without levels: where options have no order, or answers are withheld."
        ),
    ]
    interval: Annotated[
        tuple[Unit, Unit] | None, Meta(description="95 % interval, as if the sample were random; null without n.")
    ]
    interval_reason: Annotated[
        str | None,
        Meta(description="Why there is no interval: a reason without n, else `no_order` or `withheld`."),
    ]
    approximate: Annotated[bool, Meta(description="Whether a share was printed only roughly.")]
    derived: Annotated[bool, Meta(description="Whether a share was derived from others.")]
    function: Annotated[
        str | None, Meta(description="The function whose distribution this is, if printed by function.")
    ]
    judgement: Annotated[str, Meta(description="What in the match of wordings is our judgement.")]


class QuestionAssociation(Struct, frozen=True, gc=False):
    """A published ratio between the practice and an outcome."""

    finding: Annotated[str, Meta(description="Finding id.")]
    study: Annotated[str, Meta(description="Study id.")]
    year: Annotated[int | None, Meta(description="Year of the study; null when not published.")]
    ratio: Annotated[float, Meta(description="The ratio as published.")]
    kind: Annotated[Literal["likelihood_ratio", "risk_ratio"], Meta(description="Which ratio it is.")]
    outcome: Annotated[str, Meta(description="The outcome it is about.")]
    n: Annotated[int | None, Meta(description="Sample size; null when not published.")]
    caution: Annotated[str, Meta(description="How it must not be read.")]


class FunctionLevel(Struct, frozen=True, gc=False):
    """What one function answered, on average."""

    function: Annotated[str, Meta(description="Function id.")]
    level: Annotated[float, Meta(description="Mean level, 0–4.")]


class ChosenOption(Struct, frozen=True, gc=False):
    """An option that was chosen in a rubric without levels."""

    option: Annotated[str, Meta(description="Option id.")]
    title: Annotated[str, Meta(description="Text of the option.")]
    share: Annotated[
        Unit, Meta(description="Share of the respondents who chose it, each function having an equal voice.")
    ]


class QuestionResult(Struct, frozen=True, gc=False):
    """One question: what was answered, what it counts, and what the studies say."""

    id: Annotated[str, Meta(description="Question id.")]
    dimension: Annotated[str, Meta(description="Dimension id.")]
    state: Annotated[State, Meta(description="Only `answered` counts; nothing else is scored as 0 or as best.")]
    level: Annotated[
        float | None,
        Meta(description="0–4; fractions come from multiple choice or several people. Null without levels."),
    ]
    value: Annotated[Unit | None, Meta(description="Level over 4.")]
    weight: Annotated[float | None, Meta(description="Weight inside the dimension; null in a rubric without levels.")]
    weight_reason: Annotated[str | None, Meta(description="Why it has that weight; null in a rubric without levels.")]
    chosen: Annotated[
        list[ChosenOption],
        Meta(description="What was chosen, in the rubric's order; empty with levels, and where it is withheld."),
    ]
    withheld: Annotated[
        bool,
        Meta(
            description="Whether, in a rubric without levels, the answers are withheld: so few people gave them, or "
            "were left beside those of another group, that one person's could be told."
        ),
    ]
    wording: Annotated[
        Literal["published", "reported", "unknown"] | None,
        Meta(description="How much is known of the study's own words; null where no study's question is repeated."),
    ]
    known: Annotated[
        str | None, Meta(description="What is known where no study published a share to compare with; else null.")
    ]
    judgement: Annotated[str | None, Meta(description="What in the question is our judgement; null if nothing is.")]
    disputed: Annotated[
        bool, Meta(description="A fact on which functions differ by two levels or more; the lower counts.")
    ]
    benchmark_kind: Annotated[
        Literal["distribution", "prevalence", "none"], Meta(description="How much of a benchmark the studies offer.")
    ]
    benchmarks: Annotated[
        list[QuestionBenchmark], Meta(description="Empty where no study has one, or nothing was answered.")
    ]
    associations: Annotated[list[QuestionAssociation], Meta(description="Ratios published for this practice.")]


class BenchmarkPosition(Struct, frozen=True, gc=False):
    """The mean of the questions' ridits."""

    mean_ridit: Annotated[Unit, Meta(description="Mean ridit over the questions with a benchmark.")]
    answers: Annotated[int, Meta(description="How many questions went into it.")]
    meaning: Annotated[str, Meta(description="How to read it, and how not.")]


class Because(Struct, frozen=True, gc=False):
    """An answer that a recommendation responds to."""

    question: Annotated[str, Meta(description="Question id.")]
    level: Annotated[float, Meta(description="The level answered.")]


class RecommendationResult(Struct, frozen=True, gc=False):
    """A move to make, ranked by what it gains for its effort."""

    id: Annotated[str, Meta(description="Recommendation id.")]
    title: Annotated[str, Meta(description="The move in a line.")]
    action: Annotated[str, Meta(description="What to do.")]
    owner: Annotated[str, Meta(description="Who should own it.")]
    effort: Annotated[Literal["S", "M", "L"], Meta(description="Effort: S = 1, M = 2, L = 4 points in the ranking.")]
    rank: Annotated[int, Meta(description="1 is first.", ge=1)]
    gain: Annotated[
        float, Meta(description="Points of score for one step up. Never a promise of revenue.", ge=0, le=100)
    ]
    opens_gate: Annotated[str | None, Meta(description="The gate for which this is the last thing missing.")]
    because: Annotated[list[Because], Meta(description="The answers it responds to.")]
    expected: Annotated[str, Meta(description="What the studies say of it, with their figures.")]
    evidence: Annotated[list[str], Meta(description="Ids of findings and practices.")]
    judgement: Annotated[bool, Meta(description="Whether it rests on judgement alone, with no published figure.")]


class Change(Struct, frozen=True, gc=False):
    """One step on one question."""

    question: Annotated[str, Meta(description="Question id.")]
    from_level: Annotated[float | None, Meta(description="Level before; null when the question was not answered.")]
    to_level: Annotated[float, Meta(description="Level after.")]
    option: Annotated[str, Meta(description="The option to move to, or to add.")]


class NextLevel(Struct, frozen=True, gc=False):
    """A smallest set of one-step changes that reaches the next level, gates and core rule included."""

    level: Annotated[int, Meta(description="The level reached.", ge=2, le=4)]
    changes: Annotated[list[Change], Meta(description="The steps, in the order to take them.")]
    score_after: Annotated[Number, Meta(description="The score with them.")]


class TargetReached(Struct, frozen=True, gc=False):
    """The level aimed at."""

    level: Annotated[int, Meta(description="Target level.", ge=1, le=4)]
    reached: Annotated[bool | None, Meta(description="Whether the rating is at or above it; null without a rating.")]


class Inconsistency(Struct, frozen=True, gc=False):
    """Answers that cannot all be right."""

    id: Annotated[str, Meta(description="Id of the check in the rubric.")]
    title: Annotated[str, Meta(description="The contradiction in a line.")]
    explanation: Annotated[str, Meta(description="Why it is one, and what to ask.")]
    answers: Annotated[list[Because], Meta(description="The answers that contradict each other.")]


class Result(Struct, frozen=True, gc=False):
    """The whole result."""

    rubric: Annotated[RubricUsed, Meta(description="The rubric version that was used.")]
    engine: Annotated[str, Meta(description="Version of the scorer.")]
    score: Annotated[Number | None, Meta(description="Overall score; null with `reason` when too little is answered.")]
    rating: Annotated[Rating | None, Meta(description="Level awarded; null with `reason` when too little is answered.")]
    reason: Annotated[
        str | None,
        Meta(
            description="Why there is no score: too little is answered, or `rubric_without_levels`, which sets answers "
            "beside a study and rates nothing."
        ),
    ]
    bounds: Annotated[
        Bounds | None, Meta(description="The range that missing answers leave open; null in a rubric without levels.")
    ]
    stability: Annotated[Stability | None, Meta(description="How robust the score is; null without a score.")]
    completeness: Annotated[Unit, Meta(description="Answered over applicable weight.")]
    equal_weights_score: Annotated[Number | None, Meta(description="The score with every question weighing the same.")]
    single_perspective: Annotated[
        bool, Meta(description="Whether one function alone has answered where the rubric wants two to.")
    ]
    respondents: Annotated[list[FunctionAnswers], Meta(description="Who answered; empty when no function was given.")]
    dimensions: Annotated[list[DimensionResult], Meta(description="Every dimension, in the rubric's order.")]
    questions: Annotated[list[QuestionResult], Meta(description="Every question, in the rubric's order.")]
    benchmark_position: Annotated[BenchmarkPosition | None, Meta(description="Null without a benchmarked answer.")]
    perception: Annotated[
        Perception | None, Meta(description="How the groups of respondents compare; null unless two groups answered.")
    ]
    inconsistencies: Annotated[list[Inconsistency], Meta(description="Answers that contradict each other.")]
    recommendations: Annotated[list[RecommendationResult], Meta(description="Best first.")]
    next_level: Annotated[
        NextLevel | None, Meta(description="Null at the highest level, without a rating, or when no steps reach it.")
    ]
    target: Annotated[TargetReached | None, Meta(description="The target level; null in a rubric without levels.")]
