"""A rubric as it is served: everything that someone else needs to compute the same score."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


class Level(Struct, frozen=True, rename={"from_": "from"}):
    """A level of the rating."""

    number: Annotated[int, Meta(description="1 is lowest.", ge=1, le=4)]
    name: Annotated[str, Meta(description="Name.")]
    summary: Annotated[str, Meta(description="What it means.")]
    from_: Annotated[float, Meta(description="Lowest score of the level, as a share of 1 (score 0–100 over 100).")]


class Dimension(Struct, frozen=True):
    """A dimension."""

    id: Annotated[str, Meta(description="Dimension id.")]
    title: Annotated[str, Meta(description="Title.")]
    summary: Annotated[str, Meta(description="What it covers.")]
    core: Annotated[bool, Meta(description="Whether the rating is at most this dimension's level plus `core_rule`.")]
    weight: Annotated[float | None, Meta(description="Weight between dimensions; null without levels.")]
    weight_reason: Annotated[str | None, Meta(description="Why it has that weight; null without levels.")]


class Option(Struct, frozen=True):
    """An option: `level` where one is chosen, `points` where any number are, neither in a rubric without levels."""

    id: Annotated[str, Meta(description="Option id: what an answer names.")]
    title: Annotated[str, Meta(description="Text.")]
    level: Annotated[int | None, Meta(description="Level 0–4 of the answer. Else null.")]
    points: Annotated[
        float | None, Meta(description="Points of a multiple choice; they add up, to 4 at most. Else null.")
    ]


class StudyBenchmark(Struct, frozen=True):
    """A published distribution that answers are set beside."""

    finding: Annotated[str, Meta(description="Finding id.")]
    study: Annotated[str, Meta(description="Study id.")]
    publisher: Annotated[str, Meta(description="Who published the study.")]
    year: Annotated[int | None, Meta(description="Year of the study; null when not published.")]
    population: Annotated[str, Meta(description="Who was asked.")]
    n: Annotated[int | None, Meta(description="Sample size; null when not published.")]
    n_reason: Annotated[str | None, Meta(description="Why there is no n.")]
    function: Annotated[
        str | None, Meta(description="The function whose distribution this is, if printed by function.")
    ]
    shares: Annotated[
        list[float],
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
    ridits: Annotated[
        list[float],
        Meta(
            description="Ridit of an answer at level 0, 1, 2, 3 and 4; in a rubric without levels of each option, and "
            "empty where options have no order."
        ),
    ]
    approximate: Annotated[bool, Meta(description="Whether a share was printed only roughly.")]
    derived: Annotated[bool, Meta(description="Whether a share was derived from others.")]
    judgement: Annotated[str, Meta(description="What in the match of wordings is our judgement.")]


class PublishedGap(Struct, frozen=True):
    """What a study found two functions to differ by on the same item."""

    finding: Annotated[str, Meta(description="Finding id.")]
    study: Annotated[str, Meta(description="Study id.")]
    publisher: Annotated[str, Meta(description="Who published the study.")]
    year: Annotated[int | None, Meta(description="Year of the study; null when not published.")]
    population: Annotated[str, Meta(description="Who was asked.")]
    n: Annotated[int | None, Meta(description="Sample size of the study; null when not published.")]
    category: Annotated[str, Meta(description="The answer whose shares are compared.")]
    shares: Annotated[dict[str, float], Meta(description="Function id → published share that gave it.")]
    n_by_function: Annotated[dict[str, int], Meta(description="How many of each were asked; empty if not published.")]
    level: Annotated[int | None, Meta(description="Our lowest level that counts as it; null where `options` say it.")]
    options: Annotated[list[str], Meta(description="Our options that count as it; empty where `level` says it.")]
    judgement: Annotated[str, Meta(description="What in the match of wordings is our judgement.")]


class WeightAssociation(Struct, frozen=True):
    """The published ratio that a question's weight follows from."""

    finding: Annotated[str, Meta(description="Finding that carries the ratio.")]
    agrees_with: Annotated[str | None, Meta(description="Finding of an independent study that points the same way.")]
    nearness: Annotated[
        str, Meta(description="How near the finding is to the question: a key of `weighting.nearness`.")
    ]


class Question(Struct, frozen=True):
    """A question."""

    id: Annotated[str, Meta(description="Question id: the key of its answer.")]
    dimension: Annotated[str, Meta(description="Dimension id.")]
    title: Annotated[str, Meta(description="The question.")]
    help: Annotated[str, Meta(description="How to answer it.")]
    kind: Annotated[Literal["single", "multiple"], Meta(description="One option, or any number of them.")]
    nature: Annotated[Literal["fact", "perception"], Meta(description="Whether a record could settle the answer.")]
    scale: Annotated[
        Literal["ordinal", "nominal"],
        Meta(description="Whether the options run in an order, from worst to best or least to most, or only differ."),
    ]
    wording: Annotated[
        Literal["published", "reported", "unknown"] | None,
        Meta(
            description="How much is known of the words a study asked in; null where no study's question is repeated."
        ),
    ]
    known: Annotated[
        str | None, Meta(description="What is known where no study published a share to compare with; else null.")
    ]
    weight: Annotated[float | None, Meta(description="Weight inside the dimension; null without levels.")]
    weight_base: Annotated[float | None, Meta(description="The weight before evidence; null without levels.")]
    weight_association: Annotated[
        WeightAssociation | None, Meta(description="The ratio it follows from; null without one.")
    ]
    weight_reason: Annotated[str | None, Meta(description="Why it has that weight; null without levels.")]
    audience: Annotated[list[str], Meta(description="Functions that should answer it.")]
    about: Annotated[
        str | None, Meta(description="The function whose own behaviour it judges; null where it judges nobody's.")
    ]
    options: Annotated[list[Option], Meta(description="The options, in order.")]
    benchmarks: Annotated[list[StudyBenchmark], Meta(description="Distributions that studies published.")]
    published_gaps: Annotated[
        list[PublishedGap], Meta(description="Gaps between functions that studies published on the same item.")
    ]
    evidence: Annotated[list[str], Meta(description="Ids of the findings and practices behind it.")]
    judgement: Annotated[str | None, Meta(description="What in the question is our judgement; null if nothing is.")]


class Condition(Struct, frozen=True):
    """A question answered at a level or above."""

    question: Annotated[str, Meta(description="Question id.")]
    level: Annotated[int, Meta(description="Level needed.", ge=0, le=4)]


class AnyOf(Struct, frozen=True):
    """A clause."""

    any_of: Annotated[list[Condition], Meta(description="One of these must hold.")]


class Requirement(Struct, frozen=True):
    """What a gate that is not about levels needs."""

    kind: Annotated[Literal["perception"], Meta(description="Both functions answered, with no large, supported gap.")]
    functions: Annotated[list[str], Meta(description="The two functions.")]


class Gate(Struct, frozen=True):
    """What a level needs besides its score."""

    id: Annotated[str, Meta(description="Gate id.")]
    title: Annotated[str, Meta(description="The condition in words.")]
    level: Annotated[int, Meta(description="The level that needs it; without it the rating stays below.", ge=2, le=4)]
    all_of: Annotated[list[AnyOf], Meta(description="Each of these must hold; empty where `requires` is given.")]
    requires: Annotated[
        Requirement | None, Meta(description="Another kind of condition; null where `all_of` is given.")
    ]
    evidence: Annotated[list[str], Meta(description="Ids of the findings behind it.")]
    judgement: Annotated[str, Meta(description="What in it is our judgement.")]


class Bound(Struct, frozen=True):
    """A question answered at a level or above, or at a level or below."""

    question: Annotated[str, Meta(description="Question id.")]
    at_least: Annotated[float | None, Meta(description="Lowest level that counts; null where `at_most` is given.")]
    at_most: Annotated[float | None, Meta(description="Highest level that counts; null where `at_least` is given.")]


class ConsistencyCheck(Struct, frozen=True):
    """Answers that cannot all be right."""

    id: Annotated[str, Meta(description="Id of the check.")]
    title: Annotated[str, Meta(description="The contradiction in a line.")]
    when: Annotated[list[Bound], Meta(description="It is one when all of these hold.")]
    explanation: Annotated[str, Meta(description="Why it is one, and what to ask.")]


class Bridge(Struct, frozen=True):
    """An earlier version whose scores can be set beside this one's as they stand."""

    version: Annotated[str, Meta(description="The earlier version.")]
    overall: Annotated[bool, Meta(description="Whether the overall score can be compared.")]
    dimensions: Annotated[list[str], Meta(description="The dimensions that can be; all of them when it is empty.")]
    reason: Annotated[str, Meta(description="Why.")]


class Aggregation(Struct, frozen=True):
    """How scores combine."""

    within: Annotated[
        Literal["weighted_mean"], Meta(description="Within a dimension: Σ w·v / Σ w over answered questions.")
    ]
    between: Annotated[
        Literal["shifted_geometric"],
        Meta(description="Between dimensions with scores s: exp(Σ w·ln(s + d) / Σ w) − d, with d = `shift`."),
    ]
    shift: Annotated[float, Meta(description="The shift d, on the scale 0–1.")]
    core_rule: Annotated[int, Meta(description="How far the rating may exceed the lowest level of a core dimension.")]
    half_rule: Annotated[float, Meta(description="Share of a dimension's weight that must be answered for a score.")]
    reason: Annotated[str, Meta(description="Why so.")]


class Weighting(Struct, frozen=True):
    """The rule by which a published ratio becomes a weight:
    weight = base · (1 + strength · nearness · min(1, ln ratio / ln ceiling_ratio))."""

    ceiling_ratio: Annotated[float, Meta(description="Ratio that counts in full.")]
    start: Annotated[float, Meta(description="Strength to start from.")]
    step: Annotated[float, Meta(description="What each fact about the evidence adds to the strength or takes off.")]
    limit: Annotated[float, Meta(description="Highest strength.")]
    small_sample: Annotated[int, Meta(description="n under which a step is taken off.")]
    large_sample: Annotated[int, Meta(description="n from which a step is added, both arms being printed.")]
    nearness: Annotated[dict[str, float], Meta(description="Nearness of a finding to a question, by name.")]
    base: Annotated[dict[str, float], Meta(description="Weights before evidence, by name.")]
    reason: Annotated[str, Meta(description="Why so.")]


class Target(Struct, frozen=True):
    """The level that recommendations aim at."""

    default: Annotated[int, Meta(description="Unless `target_level` says otherwise.", ge=1, le=4)]
    reason: Annotated[str, Meta(description="Why.")]
    aim_higher: Annotated[str, Meta(description="Who should aim higher.")]
    stay_lower: Annotated[str, Meta(description="Who may stay lower.")]
    evidence: Annotated[list[str], Meta(description="Ids of the findings behind it.")]


class Function(Struct, frozen=True):
    """A part of the organisation that may answer."""

    id: Annotated[str, Meta(description="Function id.")]
    title: Annotated[str, Meta(description="Title.")]


class Trigger(Struct, frozen=True):
    """A question whose level is too low."""

    question: Annotated[str, Meta(description="Question id.")]
    below: Annotated[float, Meta(description="It fires under this level.")]


class Recommendation(Struct, frozen=True):
    """A move that a rubric can recommend."""

    id: Annotated[str, Meta(description="Recommendation id.")]
    title: Annotated[str, Meta(description="The move in a line.")]
    action: Annotated[str, Meta(description="What to do.")]
    owner: Annotated[str, Meta(description="Who should own it.")]
    effort: Annotated[Literal["S", "M", "L"], Meta(description="Effort: S = 1, M = 2, L = 4 points in the ranking.")]
    expected: Annotated[str, Meta(description="What the studies say of it, with their figures.")]
    when: Annotated[list[Trigger], Meta(description="It fires when any of these holds.")]
    when_gap: Annotated[bool, Meta(description="Whether a large, supported gap between functions fires it too.")]
    evidence: Annotated[list[str], Meta(description="Ids of findings and practices.")]
    judgement: Annotated[bool, Meta(description="Whether it rests on judgement alone.")]


class Rubric(Struct, frozen=True):
    """A version of a rubric, whole."""

    id: Annotated[str, Meta(description="Rubric id.")]
    version: Annotated[str, Meta(description="Version; what is published under it never changes.")]
    title: Annotated[str, Meta(description="Title.")]
    summary: Annotated[str, Meta(description="What it assesses.")]
    locale: Annotated[
        str,
        Meta(
            description="Language of the texts here. Reasons of weights, gates and the like, judgements, and what is "
            "told of studies stay in the rubric's own, the first of `locales`."
        ),
    ]
    locales: Annotated[list[str], Meta(description="Languages it can be had in, its own first.")]
    published_at: Annotated[
        str, Meta(description="When the version was published.", extra_json_schema={"format": "date-time"})
    ]
    digest: Annotated[str, Meta(description="SHA-256 of everything in the version that scoring depends on.")]
    minutes: Annotated[int, Meta(description="How long it takes to answer.", ge=1)]
    functions: Annotated[list[Function], Meta(description="Who may answer.")]
    levels: Annotated[
        list[Level],
        Meta(description="The levels of the rating, lowest first; empty where answers are only set beside a study."),
    ]
    dimensions: Annotated[list[Dimension], Meta(description="The dimensions.")]
    questions: Annotated[list[Question], Meta(description="The questions, by dimension.")]
    gates: Annotated[list[Gate], Meta(description="What levels need besides their score.")]
    consistency_checks: Annotated[
        list[ConsistencyCheck], Meta(description="Contradictions that a result names as `inconsistencies`.")
    ]
    bridges: Annotated[list[Bridge], Meta(description="Earlier versions that can be compared with this one.")]
    aggregation: Annotated[Aggregation | None, Meta(description="How scores combine; null without levels.")]
    weighting: Annotated[Weighting | None, Meta(description="How weights follow from evidence; null without levels.")]
    target: Annotated[Target | None, Meta(description="The level to aim at; null without levels.")]
    recommendations: Annotated[list[Recommendation], Meta(description="The moves it can recommend.")]


class RubricPage(Struct, frozen=True):
    """A page of rubrics."""

    data: Annotated[list[Rubric], Meta(description="The versions, by id and version.")]
    has_more: Annotated[bool, Meta(description="Whether there are more after these.")]
    next_cursor: Annotated[str | None, Meta(description="`cursor` for the next page; null at the end.")]
