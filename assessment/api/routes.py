"""Every route of the API, with an OPTIONS answer that names all methods of its address."""

from __future__ import annotations

from collections.abc import Iterable

from litestar import route
from litestar.handlers import HTTPRouteHandler

from assessment.api import assessments, catalogue, docs, scores, status
from assessment.api.reply import Reply
from assessment.api.session import AnyRequest


def handlers() -> list[HTTPRouteHandler]:
    """Every handler, OPTIONS included."""
    documented = [
        *catalogue.HANDLERS,
        *scores.HANDLERS,
        *assessments.HANDLERS,
        *status.HANDLERS,
        *docs.HANDLERS,
    ]
    # First, because Litestar adds an OPTIONS of its own to any address that has none yet.
    return [*_options(documented), *documented]


def _options(documented: Iterable[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    methods: dict[str, set[str]] = {}
    for handler in documented:
        for path in handler.paths:
            methods.setdefault(path, {"OPTIONS"}).update(str(method) for method in handler.http_methods)
    return [_answer_options(path, ", ".join(sorted(allowed))) for path, allowed in methods.items()]


def _answer_options(path: str, allowed: str) -> HTTPRouteHandler:
    reply_headers = ((b"allow", allowed.encode()),)

    @route(path, http_method=["OPTIONS"], name=f"options {path}")
    async def options(request: AnyRequest) -> Reply:
        return Reply(204, headers=reply_headers)

    return options
