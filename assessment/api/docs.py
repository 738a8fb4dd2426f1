"""The contract and its page: Swagger UI from the package's own files, without an outside request."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from litestar import route

from assessment.api.admission import AnyRequest, admit_anyone
from assessment.api.contract import render
from assessment.api.operation import ETAG, NOT_MODIFIED, READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.query import NoQuery, read_query
from assessment.api.reply import Reply, etag_of, tagged
from assessment.errors import NotFound

CONTENT_SECURITY_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""`unsafe-inline` for styles only: Swagger UI sets style attributes."""

_PAGE_HEADERS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_ASSETS = {
    "swagger-ui.css": b"text/css; charset=utf-8",
    "swagger-ui-bundle.js": b"text/javascript; charset=utf-8",
    "docs.js": b"text/javascript; charset=utf-8",
}


@cache
def _asset(name: str) -> tuple[bytes, bytes]:
    body = (files("assessment.api") / "static" / name).read_bytes()
    return body, etag_of(body)


@route(
    "/openapi.json",
    http_method=READ,
    opt=described(
        Op(
            id="get_contract",
            summary="Get this contract",
            description="The OpenAPI 3.1 document of everything here.",
            tag="Service",
            answers={200: Answer(dict, "The document.", (ETAG,)), 304: NOT_MODIFIED},
            public=True,
        )
    ),
)
async def get_contract(request: AnyRequest) -> Reply:
    await admit_anyone(request)
    read_query(request.scope["query_string"], NoQuery)
    state = request.scope["litestar_app"].state
    if "contract" not in state:
        # Worked out when first asked for, so that starting does not wait for it.
        state["contract"] = render(request.scope["litestar_app"])
    return tagged(request.scope, state["contract"])


@route("/docs", http_method=READ)
async def get_docs(request: AnyRequest) -> Reply:
    await admit_anyone(request)
    body = (files("assessment.api") / "static" / "docs.html").read_bytes()
    return Reply(200, body, _PAGE_HEADERS, b"text/html; charset=utf-8")


@route("/docs/{name:str}", http_method=READ)
async def get_docs_asset(request: AnyRequest) -> Reply:
    await admit_anyone(request)
    name = request.scope["path_params"]["name"]
    if name not in _ASSETS:
        raise NotFound("The docs have no such file.")
    body, etag = _asset(name)
    headers = ((b"cache-control", b"public, max-age=86400"), (b"x-content-type-options", b"nosniff"))
    reply = tagged(request.scope, body, etag=etag, headers=headers)
    reply.media_type = _ASSETS[name]
    return reply


HANDLERS = (get_contract, get_docs, get_docs_asset)
