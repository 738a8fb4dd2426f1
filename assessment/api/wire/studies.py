"""A study as it is served: who asked whom, how it was read, how good it is, and every figure taken from it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Kind = Literal["distribution", "partial_distribution", "prevalence", "association", "perception_gap", "direction"]
Read = Literal["primary", "secondary"]


class Share(Struct, frozen=True):
    """A category of answers and its share."""

    id: Annotated[str, Meta(description="Category id.")]
    title: Annotated[str, Meta(description="The category as the study words it.")]
    share: Annotated[float, Meta(description="Share of respondents, 0–1.", ge=0, le=1)]
    derived: Annotated[bool, Meta(description="Whether it was derived from what is printed.")]


class Ratio(Struct, frozen=True):
    """How many times as common one thing is beside another."""

    value: Annotated[float, Meta(description="The ratio as published.")]
    kind: Annotated[
        Literal["likelihood_ratio", "risk_ratio"],
        Meta(
            description="P(practice | success) / P(practice | failure), or P(success | practice) / P(success | none)."
        ),
    ]
    outcome: Annotated[str, Meta(description="The outcome it is about.")]
    arms_printed: Annotated[bool, Meta(description="Whether both shares behind it are printed.")]
    caution: Annotated[str, Meta(description="How it must not be read.")]


class Contradiction(Struct, frozen=True):
    """Another finding that says otherwise."""

    finding: Annotated[str, Meta(description="Finding id.")]
    note: Annotated[str, Meta(description="How to read the two together.")]


class Finding(Struct, frozen=True):
    """One published figure, or one statement without a figure."""

    id: Annotated[str, Meta(description="Finding id.")]
    label: Annotated[str | None, Meta(description="Short citation.")]
    kind: Annotated[Kind, Meta(description="What it can be used for.")]
    claim: Annotated[str, Meta(description="What was found, in our words.")]
    dimension: Annotated[str | None, Meta(description="Dimension it speaks to; null for none in particular.")]
    shares: Annotated[list[Share], Meta(description="The shares, worst first where an order exists.")]
    by_function: Annotated[dict[str, list[Share]], Meta(description="Shares printed for each function.")]
    ratio: Annotated[Ratio | None, Meta(description="The ratio of an association; else null.")]
    population: Annotated[str, Meta(description="Who was asked.")]
    n: Annotated[int | None, Meta(description="Sample size; null when not published.")]
    n_reason: Annotated[str | None, Meta(description="Why there is no n.")]
    n_by_function: Annotated[
        dict[str, int], Meta(description="How many of each function were asked; empty if not published.")
    ]
    approximate: Annotated[bool, Meta(description="Whether a share was printed only roughly.")]
    order_is_judgement: Annotated[bool, Meta(description="Whether the order of the shares is our choice.")]
    sum_note: Annotated[str | None, Meta(description="Why the shares do not add up to 1; null where they do.")]
    derived_from: Annotated[list[str], Meta(description="Findings it was derived from.")]
    contradicts: Annotated[list[Contradiction], Meta(description="Findings that say otherwise.")]
    caution: Annotated[str | None, Meta(description="How it must not be read.")]


class Practice(Struct, frozen=True):
    """Advice that the study gives."""

    id: Annotated[str, Meta(description="Practice id.")]
    label: Annotated[str | None, Meta(description="Short citation.")]
    advice: Annotated[str, Meta(description="The advice.")]
    said_by: Annotated[str, Meta(description="Who gives it.")]
    dimension: Annotated[str | None, Meta(description="Dimension it speaks to; null for none in particular.")]


class Source(Struct, frozen=True):
    """Where the study was read."""

    title: Annotated[str, Meta(description="Title.")]
    by: Annotated[str, Meta(description="Author or publisher.")]
    year: Annotated[int | None, Meta(description="Year; null when not stated.")]
    address: Annotated[str | None, Meta(description="Where to find it.")]
    label: Annotated[str | None, Meta(description="Short citation.")]
    read: Annotated[Read, Meta(description="The study itself, or an account of it.")]


class Quality(Struct, frozen=True):
    """Four facts, one point each: 4 is A, 3 is B, 2 is C, 1 is D, 0 is E."""

    grade: Annotated[Literal["A", "B", "C", "D", "E"], Meta(description="The grade that the facts give.")]
    sample_size_published: Annotated[bool, Meta(description="The sample size is published.")]
    read_in_primary: Annotated[bool, Meta(description="The study itself was read.")]
    wording_published: Annotated[bool, Meta(description="The wording of the questions is published.")]
    sampling_described: Annotated[bool, Meta(description="How respondents were found is described.")]
    reason: Annotated[str, Meta(description="The facts in words.")]


class Study(Struct, frozen=True):
    """A study, whole."""

    id: Annotated[str, Meta(description="Study id.")]
    label: Annotated[str | None, Meta(description="Short citation.")]
    title: Annotated[str, Meta(description="Title.")]
    publisher: Annotated[str, Meta(description="Who published it.")]
    year: Annotated[
        int | None, Meta(description="Year of the field work, else of publication; null when not published.")
    ]
    year_reason: Annotated[str | None, Meta(description="Why there is no year.")]
    population: Annotated[str, Meta(description="Who was asked.")]
    n: Annotated[int | None, Meta(description="Sample size; null when not published.")]
    n_reason: Annotated[str | None, Meta(description="Why there is no n.")]
    n_note: Annotated[str | None, Meta(description="The same in words, or what to know about n.")]
    read: Annotated[Read, Meta(description="Whether the study itself was read, or an account of it.")]
    sources: Annotated[list[Source], Meta(description="Where it was read.")]
    quality: Annotated[Quality, Meta(description="The quality grade and what gives it.")]
    findings: Annotated[list[Finding], Meta(description="Every figure taken from it.")]
    practices: Annotated[list[Practice], Meta(description="Advice it gives.")]


class StudyPage(Struct, frozen=True):
    """A page of studies."""

    data: Annotated[list[Study], Meta(description="The studies, by id.")]
    has_more: Annotated[bool, Meta(description="Whether there are more after these.")]
    next_cursor: Annotated[str | None, Meta(description="`cursor` for the next page; null at the end.")]
