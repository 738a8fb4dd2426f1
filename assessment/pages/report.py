"""The page behind a share link: the report of one assessment, and the same as PDF."""

from __future__ import annotations

from contextlib import suppress

from litestar import Response, route

from assessment.errors import InvalidInput, ResourceNotFound
from assessment.pages.failure import SHARED_ERRORS
from assessment.pages.front import AnyRequest, front_of, services_of
from assessment.pages.locale import LOCALES, query_of
from assessment.pages.render import personal, policy, respond
from assessment.report.document import Document
from assessment.report.html import Language, Links, stylesheet
from assessment.report.source import ReportInput
from assessment.service import ids, reports, share_links
from assessment.service.context import Shared
from assessment.service.file_names import name_report
from assessment.service.reports import HTML, PDF


@route("/r/{token:str}", http_method=["GET", "HEAD"], exception_handlers=SHARED_ERRORS)
async def show_report(request: AnyRequest) -> Response[bytes]:
    shared, source, document = await _read(request)
    here = f"{front_of(request).way_up(request)}r/{request.scope['path_params']['token']}"
    links = Links(
        pdf=f"{here}/report.pdf?locale={source.locale}" if reports.makes_pdf() else None,
        languages=tuple(
            Language(locale, LOCALES.get(locale, locale), f"{here}?locale={locale}")
            for locale in source.rubric.source.locales
            if locale != source.locale
        ),
    )
    place = f"{front_of(request).way_up(request)}pages/{stylesheet()[0]}"
    body = await reports.lay_out(services_of(request), document, stylesheet_at=place, links=links)
    return _shown(request, shared, body, HTML, personal(policy(forms=False)))


@route("/r/{token:str}/report.pdf", http_method=["GET", "HEAD"], exception_handlers=SHARED_ERRORS)
async def show_pdf(request: AnyRequest) -> Response[bytes]:
    shared, source, document = await _read(request)
    body = await reports.print_pdf(services_of(request), document)
    day = None if source.completed_at is None else source.completed_at.date()
    name = name_report(source.rubric.used.id, source.organisation, day, ".pdf")
    # A browser's own viewer works inside the policy of what it shows.
    headers = personal("frame-ancestors 'none'") | {"content-disposition": front_of(request).shown_as(name)}
    return _shown(request, shared, body, PDF, headers)


@route(
    ["/r", "/r/{token:str}/{rest:path}", "/r/{token:str}/report.pdf/{rest:path}"],
    http_method=["GET", "HEAD"],
    exception_handlers=SHARED_ERRORS,
)
async def refuse_longer(request: AnyRequest) -> Response[bytes]:
    """A link that lost its end, or has too much of it."""
    await front_of(request).admit_anyone(request)
    raise ResourceNotFound


async def _read(request: AnyRequest) -> tuple[Shared, ReportInput, Document]:
    """The report that the link shows. Raises RateLimited before the link is looked up, and ResourceNotFound where it
    shows nothing."""
    await front_of(request).admit_anyone(request)
    services = services_of(request)
    shared = await share_links.follow(services, request.scope["path_params"]["token"])
    source = await _assemble(request, shared)
    return shared, source, await reports.write(services, source)


async def _assemble(request: AnyRequest, shared: Shared) -> ReportInput:
    """In the language that the address asks for, else that of the link, else the rubric's own: what mail programs add
    to links is no reason to show nothing, and neither is a translation that is not there any more."""
    named = ids.to_text("asmt", shared.assessment_id)
    for locale in (query_of(request).get("locale"), shared.locale):
        with suppress(InvalidInput):
            if locale is not None:
                return await reports.assemble(services_of(request), shared, named, locale)
    return await reports.assemble(services_of(request), shared, named)


def _shown(request: AnyRequest, shared: Shared, body: bytes, kind: str, headers: dict[str, str]) -> Response[bytes]:
    if request.method == "GET":
        share_links.note_view(services_of(request), shared)
    return respond(request, 200, body, kind, headers, ())


HANDLERS = (show_report, show_pdf, refuse_longer)
