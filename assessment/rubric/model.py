"""The shape of a rubric as its author writes it: strict, frozen pydantic models of the YAML files.

A rubric is a folder `rubrics/<id>/<version>/`:

- `rubric.yaml` → `RubricHead` (levels, functions, aggregation, weighting, gates, target)
- `dimensions/<dimension>.yaml` → `Dimension` with its questions, one file each
- `recommendations.yaml` → a list of `Recommendation`
- `cases/*.yaml` → `Case`, worked examples that are executed as tests

Nothing here knows what a rubric is about; the vocabulary of a field lives in its files.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=64)]
Version = Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d{1,3}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
AnswerLevel = Annotated[int, Field(ge=0, le=4)]
RatingLevel = Annotated[int, Field(ge=1, le=4)]
Weight = Annotated[float, Field(gt=0, le=10)]


class Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, str_strip_whitespace=True)


class Kind(StrEnum):
    """How a question is answered: one option, or any number of them."""

    SINGLE = "single"
    MULTIPLE = "multiple"


class Nature(StrEnum):
    """Whether a record could settle the answer, or only an opinion exists."""

    FACT = "fact"
    PERCEPTION = "perception"


class Effort(StrEnum):
    """Effort of a recommendation; worth 1, 2 and 4 points in the ranking (judgement)."""

    SMALL = "S"
    MEDIUM = "M"
    LARGE = "L"


class Option(Model):
    """One choice: `level` (0–4) for a single-choice question, `points` for a multiple-choice one."""

    id: Slug
    title: Text
    level: AnswerLevel | None = None
    points: Annotated[float, Field(gt=0, le=4)] | None = None


class Association(Model):
    """The published ratio that tilts a question's weight.

    `finding` carries the ratio; `agrees_with` is a finding of an independent study that points the
    same way; `nearness` is a key of the rubric's `weighting.nearness`.
    """

    finding: Slug
    agrees_with: Slug | None = None
    nearness: Slug


class QuestionWeight(Model):
    """A question's weight inside its dimension: authored value, what it follows from, and why in words.

    `value` must equal what the rubric's `weighting` rule gives for `base` and `association`, to six decimals.
    """

    value: Weight
    base: Weight
    association: Association | None = None
    reason: Text


class CategoryGroup(Model):
    """Which of our answer levels stand for which categories of the study, worst group first."""

    levels: Annotated[list[AnswerLevel], Field(min_length=1)]
    categories: Annotated[list[Slug], Field(min_length=1)]


class Benchmark(Model):
    """Where an answer lies among a study's respondents.

    The groups cover each answer level 0–4 exactly once, in order; every category of the finding is in
    a group or in `drop` (don't know, no answer). `function` picks one of the finding's per-function
    distributions. `judgement` says what in the match between wordings is ours.
    """

    finding: Slug
    function: Slug | None = None
    groups: Annotated[list[CategoryGroup], Field(min_length=2)]
    drop: list[Slug] = []
    approximate: bool = False
    judgement: Text


class Question(Model):
    id: Slug
    title: Text
    help: Text
    kind: Kind = Kind.SINGLE
    nature: Nature = Nature.FACT
    audience: Annotated[list[Slug], Field(min_length=1)]
    options: Annotated[list[Option], Field(min_length=2, max_length=20)]
    weight: QuestionWeight
    benchmarks: list[Benchmark] = []
    evidence: list[Slug] = []
    judgement: Text | None = None


class Dimension(Model):
    id: Slug
    title: Text
    summary: Text
    core: bool
    weight: Weight
    weight_reason: Text
    questions: Annotated[list[Question], Field(min_length=1)]


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
    all_of: list[AnyOf] = []
    requires: Requirement | None = None
    evidence: list[Slug] = []
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
    """The rule that turns a published ratio into a question weight (method B.2)::

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


class Target(Model):
    """The level that recommendations aim at unless the caller says otherwise, and who should say otherwise."""

    default: RatingLevel
    reason: Text
    aim_higher: Text
    stay_lower: Text
    evidence: list[Slug] = []


class RubricHead(Model):
    """`rubric.yaml`. `published` is the day the version was frozen; without it the version is a draft."""

    id: Slug
    version: Version
    title: Text
    summary: Text
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    minutes: Annotated[int, Field(ge=1, le=120)]
    published: date | None = None
    functions: Annotated[list[Function], Field(min_length=1)]
    levels: Annotated[list[Level], Field(min_length=4, max_length=4)]
    aggregation: Aggregation
    weighting: Weighting
    target: Target
    dimensions: Annotated[list[Slug], Field(min_length=1)]
    gates: list[Gate] = []


class Trigger(Model):
    """A recommendation fires when the question's level is under `below`."""

    question: Slug
    below: Annotated[float, Field(gt=0, le=4)]


class Recommendation(Model):
    """A move to make. It fires when any trigger in `when` holds, or, with `when_gap`, when the two functions'
    views differ by a large, supported gap."""

    id: Slug
    title: Text
    action: Text
    owner: Text
    effort: Effort
    expected: Text
    when: list[Trigger] = []
    when_gap: bool = False
    evidence: Annotated[list[Slug], Field(min_length=1)]
    judgement: bool

    @model_validator(mode="after")
    def _can_fire(self) -> Self:
        if not self.when and not self.when_gap:
            raise ValueError("a recommendation needs a trigger in when, or when_gap")
        return self


class Expectation(Model):
    """What a case expects; scores to two decimals on 0–100."""

    score: float | None
    level: RatingLevel | None
    level_by_score: RatingLevel | None = None
    caps: list[Slug] | None = None
    bounds: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    dimensions: dict[Slug, float | None] = {}
    top_recommendations: list[Slug] | None = None
    reason: str | None = None


class CaseResponse(Model):
    function: Slug | None = None
    answers: dict[Slug, Any]


class Case(Model):
    """A worked example: answers in, what must come out. Answers are written as in the API."""

    title: Text
    why: Text
    answers: dict[Slug, Any] | None = None
    responses: list[CaseResponse] | None = None
    target_level: RatingLevel | None = None
    expect: Expectation

    @model_validator(mode="after")
    def _one_kind_of_input(self) -> Self:
        if (self.answers is None) == (self.responses is None):
            raise ValueError("a case gives either answers or responses")
        return self


class Rubric(Model):
    """One version of a rubric, all its files together."""

    head: RubricHead
    dimensions: Annotated[list[Dimension], Field(min_length=1)]
    recommendations: list[Recommendation]
    cases: list[Case] = []

    @property
    def questions(self) -> list[Question]:
        """Every question, in dimension order."""
        return [question for dimension in self.dimensions for question in dimension.questions]
