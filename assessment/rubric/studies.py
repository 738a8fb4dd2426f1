"""The shape of a study: who asked whom, what was found, and how far it can be trusted.

One file `rubrics/studies/<id>.yaml` is one study. A finding is one published figure (or one published
statement without a figure); a practice is advice that the study's author or someone quoted in it gives.
The quality grade is never authored: it follows from four facts (`Quality`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from assessment.rubric.base import Model, Slug, Text

Share = Annotated[float, Field(ge=0, le=1)]
Label = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Za-z0-9.-]*$", max_length=24)]
ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:_[a-z0-9]+)*$", max_length=64)]


class FindingKind(StrEnum):
    """What a published figure can be used for.

    distribution: shares of every answer; partial_distribution: some shares, the rest derived or missing;
    prevalence: the share that does one thing; association: a practice and an outcome; perception_gap: two
    functions on the same thing; direction: a statement without a figure.
    """

    DISTRIBUTION = "distribution"
    PARTIAL_DISTRIBUTION = "partial_distribution"
    PREVALENCE = "prevalence"
    ASSOCIATION = "association"
    PERCEPTION_GAP = "perception_gap"
    DIRECTION = "direction"


class Category(Model):
    """One answer and its share (0–1), as printed, or `derived` from what is printed."""

    id: Slug
    title: Text
    share: Share
    derived: bool = False


class Ratio(Model):
    """How many times as common: `likelihood_ratio` is P(practice | success) / P(practice | failure),
    `risk_ratio` is P(success | practice) / P(success | no practice). The two are not interchangeable."""

    value: Annotated[float, Field(gt=0)]
    kind: Literal["likelihood_ratio", "risk_ratio"]
    outcome: Text
    arms_printed: bool
    caution: Text


class Contradiction(Model):
    """Another finding that says otherwise (or seems to), and how to read the two together."""

    finding: Slug
    note: Text


class Finding(Model):
    """One published figure. `n` and `population` are the study's unless given here; `n_by_function` is how many of
    each function were asked, where that was published.

    `shares` run from worst to best where an order exists; `order_is_judgement` says that we chose it.
    Shares that do not add up to 1 within rounding need a `sum_note` that says why.
    """

    id: Slug
    label: Label | None = None
    kind: FindingKind
    claim: Text
    dimension: Slug | None = None
    shares: list[Category] = Field(default_factory=list)
    by_function: dict[Slug, list[Category]] = Field(default_factory=dict)
    ratio: Ratio | None = None
    n: Annotated[int, Field(gt=0)] | None = None
    n_reason: ReasonCode | None = None
    n_by_function: dict[Slug, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)
    population: Text | None = None
    approximate: bool = False
    order_is_judgement: bool = False
    sum_note: Text | None = None
    derived_from: list[Slug] = Field(default_factory=list)
    contradicts: list[Contradiction] = Field(default_factory=list)
    caution: Text | None = None


class Practice(Model):
    """Advice, with the person who gave it."""

    id: Slug
    label: Label | None = None
    advice: Text
    said_by: Text
    dimension: Slug | None = None


class Source(Model):
    """Where the study was read: the study itself, or an account of it. `label` is the short citation."""

    title: Text
    by: Text
    year: int | None = None
    address: Text | None = None
    label: Label | None = None
    read: Literal["primary", "secondary"]


class Quality(Model):
    """The four facts that grade a study: one point each; A = 4, B = 3, C = 2, D = 1, E = 0."""

    sample_size_published: bool
    read_in_primary: bool
    wording_published: bool
    sampling_described: bool
    note: Text

    @property
    def grade(self) -> str:
        points = self.sample_size_published + self.read_in_primary + self.wording_published + self.sampling_described
        return "EDCBA"[points]


class Study(Model):
    """One study. `n` is null when no sample size was published; `n_reason` then says so as a code
    (`n_not_published`) and `n_note` in words. `year` is the year of the field work, else of publication;
    null needs `year_reason`."""

    id: Slug
    label: Label | None = None
    title: Text
    publisher: Text
    year: int | None
    year_reason: Text | None = None
    population: Text
    n: Annotated[int, Field(gt=0)] | None
    n_reason: ReasonCode | None = None
    n_note: Text | None = None
    read: Literal["primary", "secondary"]
    sources: Annotated[list[Source], Field(min_length=1)]
    quality: Quality
    findings: list[Finding]
    practices: list[Practice] = Field(default_factory=list)

    @model_validator(mode="after")
    def _says_why_something_is_missing(self) -> Self:
        if self.n is None and self.n_reason is None:
            raise ValueError("n is null: say why in n_reason")
        if self.year is None and self.year_reason is None:
            raise ValueError("year is null: say why in year_reason")
        return self

    def size_of(self, finding: Finding) -> tuple[int | None, str | None]:
        """The sample size behind a finding and, where there is none, the reason: a finding's own n or n_reason
        outranks the study's."""
        if finding.n is not None:
            return finding.n, None
        if finding.n_reason is not None:
            return None, finding.n_reason
        return self.n, self.n_reason if self.n is None else None
