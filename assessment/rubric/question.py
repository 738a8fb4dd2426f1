"""Dimensions and their questions: options, weights with their reasons, and the studies beside them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from assessment.rubric.base import AnswerLevel, Model, Slug, Text, Weight


class Kind(StrEnum):
    """How a question is answered: one option, or any number of them."""

    SINGLE = "single"
    MULTIPLE = "multiple"


class Nature(StrEnum):
    """Whether a record could settle the answer, or only an opinion exists."""

    FACT = "fact"
    PERCEPTION = "perception"


class Scale(StrEnum):
    """Whether a question's options have an order, from worst to best or from least to most, or only differ."""

    ORDINAL = "ordinal"
    NOMINAL = "nominal"


class Wording(StrEnum):
    """What is known of the words that a study asked in, and so how close ours can be."""

    PUBLISHED = "published"
    REPORTED = "reported"
    UNKNOWN = "unknown"


class Option(Model):
    """One choice: `level` (0–4) for a single-choice question, `points` for a multiple-choice one; neither in a rubric
    without levels."""

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
    """Which of our answer levels, or in a rubric without levels which of our options, stand for which categories of
    the study, worst group first."""

    levels: list[AnswerLevel] = Field(default_factory=list)
    options: list[Slug] = Field(default_factory=list)
    categories: Annotated[list[Slug], Field(min_length=1)]

    @model_validator(mode="after")
    def _stands_for_one_kind(self) -> Self:
        if bool(self.levels) == bool(self.options):
            raise ValueError("a group names either levels or options")
        return self


class PublishedGap(Model):
    """Two functions' shares that a study printed for the same item, to set beside an organisation's own.

    `category` is the finding's category whose shares are compared, `level` (or, in a rubric without levels, `options`)
    where ours begin to count as it. `judgement` says what in the match between wordings is ours.
    """

    finding: Slug
    category: Slug
    level: Annotated[int, Field(ge=1, le=4)] | None = None
    options: list[Slug] = Field(default_factory=list)
    judgement: Text

    @model_validator(mode="after")
    def _says_what_counts(self) -> Self:
        if (self.level is None) == (not self.options):
            raise ValueError("a published gap names either the level or the options that count")
        return self


class Benchmark(Model):
    """Where an answer lies among a study's respondents.

    The groups cover each answer level 0–4 exactly once, in order; every category of the finding is in
    a group or in `drop` (don't know, no answer). `function` picks one of the finding's per-function
    distributions. `judgement` says what in the match between wordings is ours.

    In a rubric without levels the groups cover the options instead, in order where they have one. Of a multiple
    choice each group is one option and the share that chose it; options without a published share are in no group.
    """

    finding: Slug
    function: Slug | None = None
    groups: Annotated[list[CategoryGroup], Field(min_length=2)]
    drop: list[Slug] = Field(default_factory=list)
    approximate: bool = False
    judgement: Text


class Question(Model):
    """`about` is the function whose own behaviour the question judges; studies find that functions flatter their own.

    `wording` says, where a question repeats a study's own, how much of the study's words is known. A rubric without
    levels must say it, weighs nothing, and says in `known` what is known where no study published a share.
    """

    id: Slug
    title: Text
    help: Text
    kind: Kind = Kind.SINGLE
    nature: Nature = Nature.FACT
    audience: Annotated[list[Slug], Field(min_length=1)]
    scale: Scale = Scale.ORDINAL
    about: Slug | None = None
    options: Annotated[list[Option], Field(min_length=2, max_length=20)]
    weight: QuestionWeight | None = None
    benchmarks: list[Benchmark] = Field(default_factory=list)
    published_gaps: list[PublishedGap] = Field(default_factory=list)
    evidence: list[Slug] = Field(default_factory=list)
    wording: Wording | None = None
    known: Text | None = None
    judgement: Text | None = None


class Dimension(Model):
    """Questions that belong together. `core`, `weight` and `weight_reason` only with levels."""

    id: Slug
    title: Text
    summary: Text
    core: bool | None = None
    weight: Weight | None = None
    weight_reason: Text | None = None
    questions: Annotated[list[Question], Field(min_length=1)]
