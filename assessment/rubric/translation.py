"""A rubric's texts in another language, `locales/<locale>.yaml`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assessment.rubric.base import Locale, Model, Slug, Text

LevelKey = Literal["1", "2", "3", "4"]


class LevelTexts(Model):
    name: Text
    summary: Text


class DimensionTexts(Model):
    title: Text
    summary: Text


class QuestionTexts(Model):
    """`options` has the text of each option by its id."""

    title: Text
    help: Text
    options: dict[Slug, Text]


class RecommendationTexts(Model):
    title: Text
    action: Text
    owner: Text
    expected: Text


class GateTexts(Model):
    title: Text


class CheckTexts(Model):
    title: Text
    explanation: Text


class TargetTexts(Model):
    reason: Text
    aim_higher: Text
    stay_lower: Text


class Translation(Model):
    """Every text that respondents and readers of a report see, by the ids of the rubric; `levels` by their numbers.

    Reasons of weights, judgements and what studies said stay in the rubric's own language.
    """

    locale: Locale
    title: Text
    summary: Text
    functions: dict[Slug, Text]
    levels: dict[LevelKey, LevelTexts] = Field(default_factory=dict)
    dimensions: dict[Slug, DimensionTexts]
    questions: dict[Slug, QuestionTexts]
    recommendations: dict[Slug, RecommendationTexts] = Field(default_factory=dict)
    gates: dict[Slug, GateTexts] = Field(default_factory=dict)
    consistency_checks: dict[Slug, CheckTexts] = Field(default_factory=dict)
    target: TargetTexts | None = None
