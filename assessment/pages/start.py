"""The start page: what the service is, and an assessment to begin with; and where the demonstration is."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from litestar import Response, route

from assessment.errors import Unauthenticated
from assessment.pages.build import find_script
from assessment.pages.failure import ERRORS
from assessment.pages.front import AnyRequest, front_of, services_of
from assessment.pages.locale import LOCALES, choose_locale, query_of, words_of
from assessment.pages.render import public_page
from assessment.rubric.head import RubricHead
from assessment.rubric.studies import Study
from assessment.service.partners import authenticate

OFFERED = ("alignment-quick", "alignment")
"""The rubrics that one can start with, where the operator has them: the short one and the complete one."""


class Choice(msgspec.Struct, frozen=True):
    """A rubric to start with."""

    id: str
    name: str
    minutes: int
    questions: int
    chosen: bool


@route("/", http_method=["GET", "HEAD"], exception_handlers=ERRORS)
async def show_start(request: AnyRequest) -> Response[bytes]:
    await front_of(request).admit_anyone(request)
    locale = choose_locale(request)
    choices = _choices(request, query_of(request).get("rubric", ""), words_of(locale)["start"])
    script = find_script("widget.js")
    obstacle = await _find_obstacle(request) or ("build" if script is None else "rubrics" if not choices else None)
    return public_page(
        request,
        "start.html",
        scripts=obstacle is None,
        lang=locale,
        words=words_of(locale),
        locales=LOCALES,
        choices=choices,
        rubric=next((choice.id for choice in choices if choice.chosen), None),
        obstacle=obstacle,
        script=script and script.name,
        key=request.scope["litestar_app"].state["start_key"] if obstacle is None else None,
        studies=sorted(services_of(request).catalog.studies.values(), key=_place),
    )


@route("/demo", http_method=["GET", "HEAD"], exception_handlers=ERRORS)
async def show_demo(request: AnyRequest) -> Response[bytes]:
    await front_of(request).admit_anyone(request)
    return public_page(request, "demo.html", service=front_of(request).public_address(request))


def _choices(request: AnyRequest, asked: str, words: dict[str, str]) -> list[Choice]:
    found = dict(_offered(request))
    chosen = asked if asked in found else next(iter(found), None)
    return [
        Choice(name, words["short" if name == OFFERED[0] else "complete"], head.minutes, questions, name == chosen)
        for name, (head, questions) in found.items()
    ]


def _offered(request: AnyRequest) -> Iterator[tuple[str, tuple[RubricHead, int]]]:
    """The heads of what is offered, newest version of each."""
    newest = {entry.rubric.head.id: entry.rubric for entry in services_of(request).catalog.entries()}
    for name in OFFERED:
        if name in newest:
            yield name, (newest[name].head, len(newest[name].questions))


async def _find_obstacle(request: AnyRequest) -> str | None:
    """Why no assessment can be started here, if so."""
    key: str | None = request.scope["litestar_app"].state["start_key"]
    if key is None:
        return "key"
    try:
        principal = await authenticate(services_of(request), key)
    except Unauthenticated:
        return "revoked"
    own = front_of(request).own_origin(request)
    here = front_of(request).public_address(request)
    return None if own is not None or here in principal.origins else "origin"


def _place(study: Study) -> tuple[int, str]:
    return -(study.year or 0), study.publisher


HANDLERS = (show_start, show_demo)
