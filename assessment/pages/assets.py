"""What the hosted pages load: stylesheets, by the hash of what they say."""

from __future__ import annotations

from litestar import Response, route

from assessment.errors import NotFound
from assessment.pages.failure import ERRORS
from assessment.pages.front import AnyRequest, front_of
from assessment.pages.render import respond, stylesheet
from assessment.report.html import stylesheet as report_stylesheet

FOR_EVER = "public, max-age=31536000, immutable"


@route("/pages/{name:str}", http_method=["GET", "HEAD"], exception_handlers=ERRORS)
async def get_stylesheet(request: AnyRequest) -> Response[bytes]:
    await front_of(request).admit_anyone(request)
    body = dict((stylesheet(), report_stylesheet())).get(request.scope["path_params"]["name"])
    if body is None:
        raise NotFound
    return respond(request, 200, body, "text/css", {"cache-control": FOR_EVER, "x-content-type-options": "nosniff"}, ())


HANDLERS = (get_stylesheet,)
