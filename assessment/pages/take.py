"""The page behind an invitation's link: read who asks, answer, save, submit."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from litestar import Response, post, route

from assessment.errors import (
    AssessmentCompleted,
    Forbidden,
    InvalidInput,
    InvitationInvalid,
    Problem,
    ResourceNotFound,
    ResponseSubmitted,
)
from assessment.pages import words
from assessment.pages.build import find_script
from assessment.pages.failure import ERRORS
from assessment.pages.form import CONFIRM, SUBMIT, Form, answers_of, fill_form, read_form
from assessment.pages.front import AnyRequest, front_of, services_of
from assessment.pages.layout import lay_out, left_open, question_of
from assessment.pages.locale import choose_locale
from assessment.pages.render import page, see_other
from assessment.scoring.compiled import CompiledRubric
from assessment.service import invited as service
from assessment.service.context import Invited

_OWN = ("same-origin", "none")
_SAVED = b"saved"
_CHECK = b"check"
"""Queries of our own; any other is what mail programs add to links, and ignored."""


@route("/take/{token:str}", http_method=["GET", "HEAD"], exception_handlers=ERRORS)
async def show_invitation(request: AnyRequest) -> Response[bytes]:
    invited = await _admit(request)
    view = await service.read(services_of(request), invited)
    if view.status in ("submitted", "closed"):
        return page(request, "over.html", view=view)
    rubric = _rubric_of(request, view)
    draft = view.draft or service.DraftView({}, None)
    form = fill_form(draft.answers, draft.seniority, rubric.source)
    query = request.scope["query_string"]
    if query == _CHECK and view.draft is not None:
        return _show_review(request, view, rubric, form)
    return _show_form(request, view, rubric, form, saved=query == _SAVED)


@post("/take/{token:str}", status_code=200, exception_handlers=ERRORS)
async def take_form(request: AnyRequest) -> Response[bytes]:
    await _require_own_page(request)
    invited = await _admit(request)
    body = await front_of(request).read_form(request)
    view = await service.read(services_of(request), invited)
    if view.status in ("submitted", "closed"):
        return _go(request)
    rubric = _rubric_of(request, view)
    form = read_form(body, rubric.source)
    # Somebody else may be faster, or the same person in another window: the page says how it stands then.
    with suppress(AssessmentCompleted, ResponseSubmitted, ResourceNotFound):
        if form.action != CONFIRM:
            draft = {} if view.draft is None else view.draft.answers
            try:
                answers = answers_of(form, rubric, draft)
                await service.save(services_of(request), invited, service.OwnChange(answers, form.seniority or None))
            except InvalidInput as error:
                return _show_form(request, view, rubric, form, problems=error.errors)
            if form.action != SUBMIT:
                return _go(request, _SAVED)
            if left_open(rubric.source, view.function, form):
                return _go(request, _CHECK)
        await service.submit(services_of(request), invited)
    return _go(request)


@route(["/take", "/take/{token:str}/{rest:path}"], http_method=["GET", "HEAD"], exception_handlers=ERRORS)
async def refuse_other(request: AnyRequest) -> Response[bytes]:
    """A link that lost its end, or has too much of it."""
    await front_of(request).admit_anyone(request)
    raise InvitationInvalid


def _show_form(
    request: AnyRequest,
    view: service.InvitedView,
    rubric: CompiledRubric,
    form: Form,
    *,
    saved: bool = False,
    problems: Sequence[Problem] = (),
) -> Response[bytes]:
    titles = {question.id: question.title for question in rubric.source.questions}
    summary = {name: titles[name] for name in map(question_of, problems) if name is not None and name in titles}
    # What is wrong with what the form sent is told by the form.
    script = None if problems else find_script("widget.js")
    return page(
        request,
        "take.html",
        422 if problems else 200,
        scripts=script is not None,
        script=script and script.name,
        token=request.scope["path_params"]["token"],
        locale=choose_locale(request),
        view=view,
        head=rubric.source.head,
        function=_title_of(rubric, view.function),
        parts=lay_out(rubric.source, view.function, form, problems),
        form=form,
        seniorities=words.SENIORITIES,
        saved=saved,
        summary=summary,
        seniority_problems=[words.explain(one) for one in problems if one.pointer == "/seniority"],
    )


def _show_review(request: AnyRequest, view: service.InvitedView, rubric: CompiledRubric, form: Form) -> Response[bytes]:
    lists = left_open(rubric.source, view.function, form)
    count = sum(len(questions) for _, questions in lists)
    total = len(rubric.source.questions)
    return page(
        request, "review.html", view=view, lists=lists, answered=total - count, total=total, here=_here(request)
    )


def _title_of(rubric: CompiledRubric, function: str) -> str:
    return next(one.title for one in rubric.source.head.functions if one.id == function)


def _rubric_of(request: AnyRequest, view: service.InvitedView) -> CompiledRubric:
    used = view.rubric
    return services_of(request).rubrics.pinned(used.id, used.version, used.digest)


async def _admit(request: AnyRequest) -> Invited:
    return await front_of(request).admit_invited(request, request.scope["path_params"]["token"])


def _go(request: AnyRequest, query: bytes = b"") -> Response[bytes]:
    place = _here(request)
    return see_other(request, f"{place}?{query.decode()}" if query else place)


def _here(request: AnyRequest) -> str:
    return f"{front_of(request).way_up(request)}take/{request.scope['path_params']['token']}"


async def _require_own_page(request: AnyRequest) -> None:
    """Raises Forbidden for a form on a page of somebody else. Who knows the address needs no such form, so this is a
    second line: a browser that says neither is let through, and so is `Origin: null`, which our own form has, since
    its page asks for no referrer."""
    given: dict[bytes, bytes] = dict(request.scope["headers"])
    site = given.get(b"sec-fetch-site")
    if site is not None:
        own = site.decode("latin-1") in _OWN
    else:
        origin = given.get(b"origin", b"null").decode("latin-1")
        own = origin == "null" or origin in _origins(request, given.get(b"host", b"").decode("latin-1"))
    if not own:
        await front_of(request).admit_anyone(request)
        raise Forbidden("The form was sent from a page of another site.")


def _origins(request: AnyRequest, host: str) -> set[str]:
    """Where this service may be reached: as the request says, and as the operator does."""
    found = {f"{request.scope['scheme']}://{host}"}
    public_url: str | None = request.scope["litestar_app"].state["public_url"]
    if public_url is not None:
        parts = urlsplit(public_url)
        found.add(f"{parts.scheme}://{parts.netloc}")
    return found


HANDLERS = (show_invitation, take_form, refuse_other)
