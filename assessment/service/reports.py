"""Reports: what one is made of, gathered for whoever may read the result, and made of it in threads.

Nothing is frozen but the result itself: what has changed since the assessment before, and where the organisation
stands among others, is as it is when the report is read, with the edition named.
"""

from __future__ import annotations

import hashlib
from functools import cache, partial
from importlib.metadata import version
from importlib.util import find_spec

import msgspec

from assessment import __version__
from assessment.errors import DamagedResult, NothingBefore, ResourceNotFound
from assessment.report.compose import compose
from assessment.report.document import Document
from assessment.report.html import Links, render_html, stylesheet
from assessment.report.pdf import render_pdf
from assessment.report.source import Peers, ReportInput, Since, read_result
from assessment.scoring.cohort import Cut
from assessment.service import ids
from assessment.service.benchmarks import StandingView, stand_in
from assessment.service.change import change
from assessment.service.context import Reader, Services
from assessment.service.drafts import rubric_of
from assessment.service.reading import from_replica
from assessment.service.share_links import require_completed
from assessment.store.assessments import find_assessment
from assessment.store.results import find_result

HTML, PDF = "text/html", "application/pdf"
NO_LINKS = Links()
CUTS: tuple[Cut, ...] = ("all", "industry", "size")


@from_replica
async def assemble(services: Services, reader: Reader, assessment_id: str, locale: str | None = None) -> ReportInput:
    """What the report of a completed assessment is made of, in a language of its rubric or in the rubric's own. Raises
    ResourceNotFound, AssessmentOpen, RubricNotFound, DamagedResult, or InvalidInput for a language that there is not.
    """
    wanted = ids.find_id("asmt", assessment_id)
    async with services.database.read(reader) as session:
        found = await find_assessment(session, reader.partner_id, reader.mode, wanted)
        if found is None:
            raise ResourceNotFound
        require_completed(found)
        rubric = rubric_of(services.rubrics, found)
        texts = services.rubrics.texts(rubric, locale or rubric.source.head.locale)
        stored = await find_result(session, reader.partner_id, reader.mode, wanted)
        if stored is None:
            # It was deleted between the two queries.
            raise ResourceNotFound
        encoded = await services.results.unseal(session, stored)
    try:
        result = read_result(encoded)
    except (msgspec.ValidationError, msgspec.DecodeError):
        raise DamagedResult from None
    row, organisation = found
    return ReportInput(
        result=result,
        rubric=rubric,
        texts=texts,
        locale=texts.head.locale,
        studies=services.catalog.studies,
        organisation=organisation.name,
        completed_at=row.completed_at,
        assessment=assessment_id,
        confidentiality="named" if row.confidentiality == "named" else "grouped",
        since=await _since(services, reader, assessment_id),
        peers=await _peers(services, reader, assessment_id),
    )


async def _since(services: Services, reader: Reader, assessment_id: str) -> Since | None:
    """What has changed since the assessment before; None where there is none."""
    try:
        found = await change(services, reader, assessment_id)
    except NothingBefore:
        return None
    return Since(found.since.completed_at, found.change, found.questions, found.recommendations)


async def _peers(services: Services, reader: Reader, assessment_id: str) -> tuple[Peers, ...]:
    """Where it stands among all, and in those cohorts of its organisation that an edition has."""
    standings = zip(CUTS, await stand_in(services, reader, assessment_id, CUTS), strict=True)
    return tuple(_peers_of(cut, view) for cut, view in standings if cut == "all" or view.cohort is not None)


def _peers_of(cut: Cut, view: StandingView) -> Peers:
    cohort = view.cohort
    edition = view.edition if cohort is None else cohort.released_in or view.edition
    return Peers(
        cut=cut,
        title="" if cohort is None else cohort.title,
        figures=None if cohort is None else cohort.body.score,
        place=view.score.place,
        reason=view.reason,
        edition=None if edition is None else edition.number,
        released_at=None if edition is None else edition.released_at,
    )


async def write(services: Services, source: ReportInput) -> Document:
    """The report, not laid out yet. Raises Overloaded."""
    return await services.composing.run(partial(compose, source))


def fingerprint(document: Document, media_type: str) -> str:
    """Equal only for reports that are equal to the byte, before any of them is laid out."""
    layout = _typesetter() if media_type == PDF else stylesheet()[0]
    return hashlib.sha256(msgspec.json.encode([__version__, media_type, layout, document])).hexdigest()[:32]


@cache
def _typesetter() -> str:
    return version("typst") if makes_pdf() else ""


async def lay_out(
    services: Services, document: Document, *, stylesheet_at: str | None = None, links: Links = NO_LINKS
) -> bytes:
    """The report as a page, with its own stylesheet in it unless one lies at an address. Raises Overloaded."""
    return await services.composing.run(partial(render_html, document, stylesheet_at=stylesheet_at, links=links))


def makes_pdf() -> bool:
    """Whether what makes PDFs is installed."""
    return find_spec("typst") is not None


async def print_pdf(services: Services, document: Document) -> bytes:
    """The report as PDF. Raises PdfNotInstalled or Overloaded."""
    return await services.printing.run(partial(render_pdf, document))
