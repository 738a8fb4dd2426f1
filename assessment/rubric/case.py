"""Worked examples of a rubric, which are executed as tests."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from assessment.rubric.base import Model, RatingLevel, Slug, Text


class ExpectedPlace(Model):
    """Where an answer must lie beside a study: `position` is its ridit (null where the options have no order),
    `same` the share of the study that answered the same (null of a multiple choice). `function` tells benchmarks
    by function apart, `finding` those of several findings."""

    question: Slug
    finding: Slug | None = None
    function: Slug | None = None
    position: Annotated[float, Field(ge=0, le=1)] | None
    same: Annotated[float, Field(ge=0, le=1)] | None

    def means(self, finding: str, function: str | None) -> bool:
        """Whether the benchmark on this finding, for this function, is the one meant."""
        return self.finding in (None, finding) and self.function in (None, function)


class Expectation(Model):
    """What a case expects; scores to two decimals on 0–100, positions and shares to four on 0–1.

    With levels `score` and `level` must be given; without, `position` (the mean over the questions) and `beside`.
    `supported_gaps` are the dimensions on which the two functions differ by a supported gap, `disputed` the questions,
    `inconsistencies` the checks.
    """

    score: float | None = None
    level: RatingLevel | None = None
    position: Annotated[float, Field(ge=0, le=1)] | None = None
    beside: list[ExpectedPlace] = Field(default_factory=list)
    level_by_score: RatingLevel | None = None
    caps: list[Slug] | None = None
    bounds: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    dimensions: dict[Slug, float | None] = Field(default_factory=dict)
    top_recommendations: list[Slug] | None = None
    supported_gaps: list[Slug] | None = None
    disputed: list[Slug] | None = None
    inconsistencies: list[Slug] | None = None
    reason: str | None = None


class CaseResponse(Model):
    function: Slug | None = None
    seniority: Literal["executive", "director", "manager", "specialist"] | None = None
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
