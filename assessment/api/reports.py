"""Handler of the report: a page or a PDF, whichever the request would rather have."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Annotated

from litestar import route
from msgspec import Meta, Struct

from assessment.api.accept import preferred
from assessment.api.admission import AnyRequest, admit, named_in_path, services_of
from assessment.api.assessment_views import PRIVATE
from assessment.api.disposition import shown_as
from assessment.api.operation import CONTENT_DISPOSITION, ETAG, NOT_MODIFIED, READ, Answer, Header, described
from assessment.api.operation import Operation as Op
from assessment.api.query import in_query, read_query
from assessment.api.refusals import NotAcceptable
from assessment.api.reply import Headers, Reply, is_known
from assessment.errors import AssessmentOpen, DamagedResult, PdfNotInstalled, ResourceNotFound, RubricNotFound
from assessment.report.html import stylesheet
from assessment.service import reports as service
from assessment.service.file_names import name_report
from assessment.service.reports import HTML, PDF

OFFERS = (HTML, PDF)
_CONTENT_TYPES = {HTML: b"text/html; charset=utf-8", PDF: b"application/pdf"}
VARY = Header("Vary", "`Accept`, since it decides what is sent.")


class ReportQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the report."""

    locale: Annotated[
        str | None,
        Meta(
            description="Language of the report; one of the rubric's `locales`. The rubric's own language without it."
        ),
    ] = None


@route(
    "/v1/assessments/{assessment_id:str}/report",
    http_method=READ,
    opt=described(
        Op(
            id="get_report",
            scope="assessments:read",
            publishable=True,
            summary="Get the report of an assessment",
            description="The stored result for reading and printing, with its charts and sources, as a page "
            "(`text/html`) or as `application/pdf`, by the header Accept. What has changed since the assessment before "
            "and where it stands among others are as they are now; the edition is named.",
            tag="Assessments",
            answers={
                200: Answer(
                    None,
                    "The report.",
                    (ETAG, CONTENT_DISPOSITION, VARY),
                    media_type=HTML,
                    other_types=(PDF,),
                ),
                304: NOT_MODIFIED,
            },
            query=ReportQuery,
            problems=(
                ResourceNotFound,
                AssessmentOpen,
                RubricNotFound,
                DamagedResult,
                NotAcceptable,
                PdfNotInstalled,
            ),
        )
    ),
)
async def get_report(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], ReportQuery)
    assessment_id = named_in_path(request, "assessment_id")
    services = services_of(request)
    media_type = _require_acceptable(request, assessment_id)
    with in_query():
        source = await service.assemble(services, principal, assessment_id, query.locale)
    document = await service.write(services, source)
    etag = f'"{service.fingerprint(document, media_type)}"'.encode()
    headers: Headers = ((b"etag", etag), (b"vary", b"Accept"), *PRIVATE)
    if is_known(request.scope, etag):
        return Reply(304, headers=headers)
    lay_out = service.print_pdf if media_type == PDF else service.lay_out
    body = await lay_out(services, document)
    day = None if source.completed_at is None else source.completed_at.date()
    name = name_report(source.rubric.used.id, source.organisation, day, ".pdf" if media_type == PDF else ".html")
    headers = (*headers, *_guards(), (b"content-disposition", shown_as(name).encode()))
    return Reply(200, body, headers, _CONTENT_TYPES[media_type])


@cache
def _guards() -> Headers:
    """A page with what somebody typed does nothing on our origin but show itself, in the stylesheet that it has in
    it."""
    style = base64.b64encode(hashlib.sha256(stylesheet()[1]).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; frame-ancestors 'none'"
    return (
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    )


def _require_acceptable(request: AnyRequest, assessment_id: str) -> str:
    """What is sent. Raises NotAcceptable."""
    found = preferred(request.scope, OFFERS)
    if found is None:
        raise NotAcceptable(
            f"A report is {HTML} or {PDF}: name one of them in Accept, or send none. The result as JSON is at "
            f"/v1/assessments/{assessment_id}/result."
        )
    return found


HANDLERS = (get_report,)
