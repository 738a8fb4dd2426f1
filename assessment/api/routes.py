"""Every route of the API, with an OPTIONS answer that names all methods of its address."""

from __future__ import annotations

from collections.abc import Iterable

from litestar import route
from litestar.handlers import HTTPRouteHandler

from assessment.api import (
    assessments,
    audit,
    benchmarks,
    catalogue,
    change,
    cors,
    docs,
    events,
    invitations,
    invited,
    keys,
    organisations,
    reports,
    responses,
    scores,
    share_links,
    status,
    webhook_actions,
    webhook_endpoints,
)
from assessment.api.admission import AnyRequest, services_of
from assessment.api.operation import OPT
from assessment.api.reply import Reply
from assessment.api.retirement import telling_of_retirement
from assessment.service.origins import is_known_origin

FOR_PAGES = "for_pages"
"""The key of a handler's `opt` by which a room beside the API says that pages of other origins may ask it."""


def handlers(beside: Iterable[HTTPRouteHandler] = ()) -> list[HTTPRouteHandler]:
    """Every handler, OPTIONS included, and those `beside` the API."""
    documented = [
        *catalogue.HANDLERS,
        *scores.HANDLERS,
        *assessments.HANDLERS,
        *responses.HANDLERS,
        *invitations.HANDLERS,
        *invited.HANDLERS,
        *reports.HANDLERS,
        *share_links.HANDLERS,
        *benchmarks.HANDLERS,
        *organisations.HANDLERS,
        *change.HANDLERS,
        *webhook_endpoints.HANDLERS,
        *webhook_actions.HANDLERS,
        *events.HANDLERS,
        *keys.HANDLERS,
        *audit.HANDLERS,
        *status.HANDLERS,
        *docs.HANDLERS,
        *beside,
    ]
    # First, because Litestar adds an OPTIONS of its own to any address that has none yet.
    return [*_options(documented), *telling_of_retirement(documented)]


def _options(documented: Iterable[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    methods: dict[str, set[str]] = {}
    of_pages: dict[str, set[str]] = {}
    for handler in documented:
        for path in handler.paths:
            named = {str(method) for method in handler.http_methods}
            methods.setdefault(path, {"OPTIONS"}).update(named)
            if handler.opt[OPT].for_pages if OPT in handler.opt else FOR_PAGES in handler.opt:
                of_pages.setdefault(path, set()).update(named)
    return [_answer_options(path, sorted(allowed), sorted(of_pages.get(path, ()))) for path, allowed in methods.items()]


def _answer_options(path: str, allowed: list[str], of_pages: list[str]) -> HTTPRouteHandler:
    reply_headers = ((b"allow", ", ".join(allowed).encode()),)

    @route(path, http_method=["OPTIONS"], name=f"options {path}")
    async def options(request: AnyRequest) -> Reply:
        if not of_pages:
            return Reply(204, headers=reply_headers)
        origin = cors.origin_of(request.scope)
        # A preflight has no key: a page learns that some key lists its origin, and its requests are judged one by one.
        known = origin is not None and await is_known_origin(services_of(request), origin)
        return Reply(204, headers=(*reply_headers, *cors.answer_preflight(origin, of_pages, known=known)))

    return options
