"""The tool that looks up what studies found: by id, or by words."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Annotated, Any

from msgspec import Meta, Struct

from assessment.errors import InvalidInput, Problem, StudyNotFound
from assessment.mcp import said
from assessment.mcp.desk import Desk
from assessment.mcp.said import Told
from assessment.rubric.catalog import Catalog
from assessment.rubric.studies import Category, Finding, Practice, Study

FOUND_SHOWN = 10


class LookUpFinding(Struct, frozen=True, forbid_unknown_fields=True):
    """Either the id of a finding or a practice, or words to search for."""

    finding: Annotated[
        Annotated[str, Meta(min_length=1, max_length=100)] | None,
        Meta(description="Id of a finding or a practice, as `evidence` and `finding` name it elsewhere."),
    ] = None
    text: Annotated[
        Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")] | None,
        Meta(description="Words that all have to occur, such as `lead follow-up`, in a claim, a study or a publisher."),
    ] = None
    dimension: Annotated[
        Annotated[str, Meta(max_length=100)] | None, Meta(description="Only what speaks to this dimension.")
    ] = None


class ShareFound(Struct, frozen=True):
    """An answer and its share of respondents."""

    title: Annotated[str, Meta(description="The answer as the study words it.")]
    share: Annotated[float, Meta(description="Share, 0–1.")]
    derived: Annotated[bool, Meta(description="Whether it was derived from what is printed.")]
    function: Annotated[str | None, Meta(description="The function it was printed for; null for everybody.")]


class RatioFound(Struct, frozen=True):
    """How many times as common one thing is beside another."""

    value: Annotated[float, Meta(description="The ratio as published.")]
    kind: Annotated[str, Meta(description="`likelihood_ratio` or `risk_ratio`; the two are not interchangeable.")]
    outcome: Annotated[str, Meta(description="The outcome it is about.")]
    caution: Annotated[str, Meta(description="How it must not be read.")]


class Against(Struct, frozen=True):
    """Another finding that says otherwise."""

    finding: Annotated[str, Meta(description="Finding id.")]
    note: Annotated[str, Meta(description="How to read the two together.")]


class FindingFound(Struct, frozen=True):
    """One published figure or statement, or a piece of advice, with its source."""

    id: Annotated[str, Meta(description="Its id.")]
    kind: Annotated[str, Meta(description="What it can be used for; `practice` is advice without a figure.")]
    claim: Annotated[str, Meta(description="What was found or advised, in our words.")]
    dimension: Annotated[str | None, Meta(description="Dimension it speaks to.")]
    shares: Annotated[list[ShareFound], Meta(description="The shares.")]
    ratio: Annotated[RatioFound | None, Meta(description="The ratio of an association; else null.")]
    study: Annotated[str, Meta(description="Study id: the resource study://{id}.")]
    title: Annotated[str, Meta(description="Title of the study.")]
    publisher: Annotated[str, Meta(description="Who published it; of a practice also who gives the advice.")]
    year: Annotated[int | None, Meta(description="Year; null when not published.")]
    population: Annotated[str, Meta(description="Who was asked.")]
    n: Annotated[int | None, Meta(description="Sample size; null when not published.")]
    read: Annotated[str, Meta(description="`primary`: we read the study itself. `secondary`: an account of it.")]
    quality: Annotated[str, Meta(description="Grade A to E by four facts.")]
    quality_reason: Annotated[str, Meta(description="Those facts in words.")]
    caution: Annotated[str | None, Meta(description="How it must not be read.")]
    contradicts: Annotated[list[Against], Meta(description="Findings that say otherwise.")]


class FindingsFound(Struct, frozen=True):
    """What was found."""

    findings: Annotated[list[FindingFound], Meta(description="At most ten, by study.")]
    more: Annotated[int, Meta(description="How many more have these words; say more of them.")]


async def look_up_finding(desk: Desk, arguments: Any) -> Told:
    desk.require("catalogue:read")
    asked = desk.documents.fit(arguments, LookUpFinding)
    catalog = desk.rubrics.catalog
    if asked.finding is not None and asked.text is None and asked.dimension is None:
        found = [_by_id(catalog, asked.finding)]
    elif asked.finding is None and (asked.text is not None or asked.dimension is not None):
        words = (asked.text or "").casefold().split()
        found = [
            one
            for one in _everything(catalog)
            if asked.dimension in (None, one.dimension) and all(word in _searched(one) for word in words)
        ]
    else:
        detail = "Give either `finding`, or `text` or `dimension` or both of these."
        raise InvalidInput(detail, errors=[Problem("/finding", "one_of", detail)])
    shown = FindingsFound(found[:FOUND_SHOWN], max(0, len(found) - FOUND_SHOWN))
    return Told(shown, _text(shown))


def _by_id(catalog: Catalog, wanted: str) -> FindingFound:
    by_id = {one.id: one for one in _everything(catalog)}
    if wanted not in by_id:
        near = ", ".join(difflib.get_close_matches(wanted, by_id, n=3))
        alike = f" Alike: {near}." if near else ""
        raise StudyNotFound(f"No study has a finding or a practice {wanted!r}.{alike} `text` searches all of them.")
    return by_id[wanted]


def _everything(catalog: Catalog) -> Iterator[FindingFound]:
    for study in catalog.studies.values():
        yield from (_finding(study, one) for one in study.findings)
        yield from (_practice(study, one) for one in study.practices)


def _searched(one: FindingFound) -> str:
    titles = " ".join(share.title for share in one.shares)
    return f"{one.id} {one.claim} {titles} {one.title} {one.publisher} {one.population} {one.dimension}".casefold()


def _finding(study: Study, one: Finding) -> FindingFound:
    shares = list(_shares(one.shares, None))
    for function, categories in one.by_function.items():
        shares += _shares(categories, function)
    ratio = one.ratio
    return _of(
        study,
        id=one.id,
        kind=one.kind.value,
        claim=one.claim,
        dimension=one.dimension,
        shares=shares,
        ratio=None if ratio is None else RatioFound(ratio.value, ratio.kind, ratio.outcome, ratio.caution),
        publisher=study.publisher,
        population=one.population or study.population,
        n=study.size_of(one)[0],
        caution=one.caution,
        contradicts=[Against(other.finding, other.note) for other in one.contradicts],
    )


def _practice(study: Study, one: Practice) -> FindingFound:
    return _of(
        study,
        id=one.id,
        kind="practice",
        claim=one.advice,
        dimension=one.dimension,
        shares=[],
        ratio=None,
        publisher=f"{study.publisher} ({one.said_by})",
        population=study.population,
        n=study.n,
        caution=None,
        contradicts=[],
    )


def _of(study: Study, **own: Any) -> FindingFound:
    """What is said of a study alone, with what one of its findings says."""
    quality = study.quality
    return FindingFound(
        study=study.id,
        title=study.title,
        year=study.year,
        read=study.read,
        quality=quality.grade,
        quality_reason=quality.note,
        **own,
    )


def _shares(categories: list[Category], function: str | None) -> Iterator[ShareFound]:
    for one in categories:
        yield ShareFound(one.title, one.share, one.derived, function)


def _text(found: FindingsFound) -> str:
    if not found.findings:
        return "Nothing has all of these words. Try fewer or others."
    lines = [line for one in found.findings for line in _lines(one)]
    return "\n".join([*lines, f"{found.more} more: say more words."] if found.more else lines)


def _lines(one: FindingFound) -> Iterator[str]:
    source = said.source(one.publisher, one.year, one.population, one.n)
    yield f"- {one.id} ({one.kind}): {one.claim} [{one.title}. {source}; quality {one.quality}, read {one.read}]"
    if one.shares:
        yield "  " + "; ".join(_share(share) for share in one.shares)
    if one.ratio is not None:
        kind = one.ratio.kind.replace("_", " ")
        yield f"  {one.ratio.outcome}: {kind} {one.ratio.value:g}. {one.ratio.caution}"
    if one.caution is not None:
        yield f"  Caution: {one.caution}"
    for other in one.contradicts:
        yield f"  Otherwise: {other.finding}. {other.note}"


def _share(one: ShareFound) -> str:
    who = "" if one.function is None else f"{one.function}: "
    return f"{who}{one.title} {'≈ ' if one.derived else ''}{said.percent(one.share)}"
