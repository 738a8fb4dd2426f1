"""`rubric.yaml`: levels, functions, gates, how scores combine, and what a version says of earlier ones."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from assessment.rubric.base import AnswerLevel, Locale, Model, RatingLevel, Slug, Text, Version, Weight


class Level(Model):
    """A rating level: reached by score from `from` (0–1) on."""

    number: RatingLevel
    name: Text
    summary: Text
    from_: Annotated[float, Field(alias="from", ge=0, lt=1)]


class Function(Model):
    """A part of the organisation that may answer, for example sales."""

    id: Slug
    title: Text


class Condition(Model):
    """A question answered at `level` or above."""

    question: Slug
    level: AnswerLevel


class AnyOf(Model):
    any_of: Annotated[list[Condition], Field(min_length=1)]


class Requirement(Model):
    """What a gate of another kind needs: both `functions` have answered, with no large, supported gap between them."""

    kind: Literal["perception"]
    functions: Annotated[list[Slug], Field(min_length=2, max_length=2)]


class Gate(Model):
    """What a level needs besides its score: every clause of `all_of`, or the requirement in `requires`."""

    id: Slug
    title: Text
    level: Annotated[int, Field(ge=2, le=4)]
    all_of: list[AnyOf] = Field(default_factory=list)
    requires: Requirement | None = None
    evidence: list[Slug] = Field(default_factory=list)
    judgement: Text

    @model_validator(mode="after")
    def _states_something(self) -> Self:
        if bool(self.all_of) == (self.requires is not None):
            raise ValueError("a gate has either conditions in all_of or a requirement in requires")
        return self


class Aggregation(Model):
    """How scores combine: weighted mean within a dimension, shifted geometric mean between dimensions."""

    within: Literal["weighted_mean"] = "weighted_mean"
    between: Literal["shifted_geometric"] = "shifted_geometric"
    shift: Annotated[float, Field(gt=0, le=1)]
    core_rule: Annotated[int, Field(ge=0, le=3)]
    half_rule: Annotated[float, Field(ge=0, le=1)] = 0.5
    reason: Text


class Weighting(Model):
    """The rule that turns a published ratio into a question weight::

        weight = base · (1 + strength · nearness · min(1, ln ratio / ln ceiling_ratio))

    strength starts at `start`; `step` is taken off when n is unknown or under `small_sample`; added when n
    is `large_sample` or more and both arms are printed; added when an independent study agrees; the sum is
    clipped to 0..`limit`.
    """

    ceiling_ratio: Annotated[float, Field(gt=1)]
    start: Annotated[float, Field(ge=0, le=1)]
    step: Annotated[float, Field(ge=0, le=1)]
    limit: Annotated[float, Field(ge=0, le=1)]
    small_sample: Annotated[int, Field(gt=0)]
    large_sample: Annotated[int, Field(gt=0)]
    nearness: dict[Slug, Annotated[float, Field(ge=0, le=1)]]
    base: dict[Slug, Weight]
    reason: Text


class Bound(Model):
    """A question answered at `at_least` or above, or at `at_most` or below."""

    question: Slug
    at_least: Annotated[float, Field(gt=0, le=4)] | None = None
    at_most: Annotated[float, Field(ge=0, lt=4)] | None = None

    @model_validator(mode="after")
    def _bounds_one_side(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a bound names either at_least or at_most")
        return self


class ConsistencyCheck(Model):
    """Answers that cannot all be right: every bound of `when` holds. `explanation` says why, and what to ask."""

    id: Slug
    title: Text
    when: Annotated[list[Bound], Field(min_length=2, max_length=6)]
    explanation: Text


class Bridge(Model):
    """An earlier version whose scores can be set beside this one's as they stand, and why.

    `dimensions` are those that can be compared, all of them when it is empty; `overall` says whether the overall score
    can.
    """

    version: Version
    overall: bool = True
    dimensions: list[Slug] = Field(default_factory=list)
    reason: Text


class Reliability(Model):
    """What a pilot has measured of the overall score: its standard deviation over organisations, in points of 0–100,
    and its test-retest reliability. Without it a change is judged from the respondents' spread."""

    deviation: Annotated[float, Field(gt=0, le=50)]
    retest: Annotated[float, Field(ge=0, lt=1)]
    source: Text


class Target(Model):
    """The level that recommendations aim at unless the caller says otherwise, and who should say otherwise."""

    default: RatingLevel
    reason: Text
    aim_higher: Text
    stay_lower: Text
    evidence: list[Slug] = Field(default_factory=list)


class Maturity(NamedTuple):
    """What a rubric that rates by levels has, and one that sets answers beside a study has not."""

    levels: list[Level]
    aggregation: Aggregation
    weighting: Weighting
    target: Target


class RubricHead(Model):
    """`rubric.yaml`. `published` is the day the version was frozen; without it the version is a draft.

    Without `levels` the rubric repeats a study's own questions: answers are set beside the study's, and nothing is
    scored. Then `aggregation`, `weighting`, `target` and `gates` are left out too.
    """

    id: Slug
    version: Version
    title: Text
    summary: Text
    locale: Locale
    minutes: Annotated[int, Field(ge=1, le=120)]
    published: date | None = None
    functions: Annotated[list[Function], Field(min_length=1)]
    levels: Annotated[list[Level], Field(min_length=4, max_length=4)] = Field(default_factory=list)
    aggregation: Aggregation | None = None
    weighting: Weighting | None = None
    target: Target | None = None
    dimensions: Annotated[list[Slug], Field(min_length=1)]
    gates: list[Gate] = Field(default_factory=list)
    consistency_checks: list[ConsistencyCheck] = Field(default_factory=list)
    bridges: list[Bridge] = Field(default_factory=list)
    reliability: Reliability | None = None

    @property
    def maturity(self) -> Maturity | None:
        """The levels with all that a rating needs; None in a rubric without levels."""
        if not self.levels or self.aggregation is None or self.weighting is None or self.target is None:
            return None
        return Maturity(self.levels, self.aggregation, self.weighting, self.target)
