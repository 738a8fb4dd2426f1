"""The shape of a rubric as its author writes it: strict, frozen pydantic models of the YAML files.

A rubric is a folder `rubrics/<id>/<version>/`:

- `rubric.yaml` → `RubricHead` (functions; with levels also aggregation, weighting, gates, target)
- `dimensions/<dimension>.yaml` → `Dimension` with its questions, one file each
- `recommendations.yaml` → a list of `Recommendation`; only with levels
- `cases/*.yaml` → `Case`, worked examples that are executed as tests
- `locales/*.yaml` → `Translation`, the texts in another language

Nothing here knows what a rubric is about; the vocabulary of a field lives in its files.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from assessment.rubric.base import Model, Slug, Text
from assessment.rubric.case import Case
from assessment.rubric.head import RubricHead
from assessment.rubric.question import Dimension, Question
from assessment.rubric.translation import Translation


class Effort(StrEnum):
    """Effort of a recommendation; worth 1, 2 and 4 points in the ranking (judgement)."""

    SMALL = "S"
    MEDIUM = "M"
    LARGE = "L"


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
    when: list[Trigger] = Field(default_factory=list)
    when_gap: bool = False
    evidence: Annotated[list[Slug], Field(min_length=1)]
    judgement: bool

    @model_validator(mode="after")
    def _can_fire(self) -> Self:
        if not self.when and not self.when_gap:
            raise ValueError("a recommendation needs a trigger in when, or when_gap")
        return self


class Rubric(Model):
    """One version of a rubric, all its files together."""

    head: RubricHead
    dimensions: Annotated[list[Dimension], Field(min_length=1)]
    recommendations: list[Recommendation]
    cases: list[Case] = Field(default_factory=list)
    translations: list[Translation] = Field(default_factory=list)

    @property
    def questions(self) -> list[Question]:
        """Every question, in dimension order."""
        return [question for dimension in self.dimensions for question in dimension.questions]

    @property
    def locales(self) -> list[str]:
        """The languages it can be had in: its own, then the others by name."""
        return [self.head.locale, *sorted(one.locale for one in self.translations)]
