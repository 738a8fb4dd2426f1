"""Who is asking, and whether that key may do what it asks: the one gate that every handler passes first."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any, cast

from litestar import Request
from litestar.datastructures import State

from assessment.api import cors, limits
from assessment.api.fields import values_of
from assessment.api.intake import Intake
from assessment.api.observe import PRINCIPAL
from assessment.api.operation import OPT, Operation
from assessment.api.own_origin import own_origin
from assessment.api.shelf import Shelf
from assessment.errors import AssessmentError, Forbidden, OriginNotAllowed, ScopeMissing, Unauthenticated
from assessment.service.client_tokens import require_token
from assessment.service.context import Principal, Services
from assessment.service.keys import parse
from assessment.service.origins import is_known_origin
from assessment.service.partners import authenticate, recall

AnyRequest = Request[Any, Any, State]


def services_of(request: AnyRequest) -> Services:
    """The services that the application opened."""
    return cast("Services", request.scope["litestar_app"].state["services"])


def shelf_of(request: AnyRequest) -> Shelf:
    """The catalogue in ready bytes."""
    return cast("Shelf", request.scope["litestar_app"].state["shelf"])


def named_in_path(request: AnyRequest, parameter: str) -> str:
    """What the address names in the place of `parameter`."""
    named: str = request.scope["path_params"][parameter]
    return named


def intake_of(request: AnyRequest) -> Intake:
    """What bodies on their way may take."""
    return cast("Intake", request.scope["litestar_app"].state["intake"])


async def admit(request: AnyRequest) -> Principal:
    """The principal of the request's key. Raises Unauthenticated without a valid key, Forbidden for one that may not
    do what the handler's Operation says, OriginNotAllowed for a publishable key used from elsewhere, ResourceNotFound
    for one that asks for what it has no token of. Nothing of the body has been read by then."""
    scope = cast("Any", request.scope)
    operation = operation_of(request)
    if operation.publishable:
        cors.tell_apart(scope)
    try:
        principal = await identify(request)
    except Unauthenticated:
        if operation.publishable:
            await _let_page_read_refusal(request)
        raise
    require(principal, operation.scope, publishable=operation.publishable)
    if principal.kind == "publishable":
        await _require_client_token(request, principal)
    return principal


async def admit_caller(request: AnyRequest) -> Principal:
    """The principal of the request's key, where only its body says what is asked: `require` is told that later. Raises
    Unauthenticated without a valid key, RateLimited, and OriginNotAllowed for any key from a page that is neither of an
    origin that the key lists nor the service's own."""
    scope = cast("Any", request.scope)
    cors.tell_apart(scope)
    try:
        principal = await identify(request)
    except Unauthenticated:
        await _let_page_read_refusal(request)
        raise
    origin = cors.origin_of(scope)
    if principal.kind != "publishable" and origin not in (None, own_origin(scope)):
        raise OriginNotAllowed(
            "A page of another origin may use a publishable key that lists it, and no other key. From a program of "
            "your own, send no header Origin."
        )
    return principal


def require(principal: Principal, scope: str | None, *, publishable: bool) -> None:
    """Raise Forbidden where the key may not do what takes this scope (None: what only a secret key may do), or is for
    pages and they may not."""
    if principal.kind == "publishable" and not publishable:
        raise Forbidden("A publishable key may not do this; a secret key (alm_sk_…) on your server may.")
    if principal.kind == "restricted":
        if scope is None:
            raise Forbidden("A restricted key may not do this, whatever its scopes; a secret key (alm_sk_…) may.")
        if scope not in principal.scopes:
            held = ", ".join(sorted(principal.scopes))
            raise ScopeMissing(f"This needs the scope {scope}. The key has: {held}.")


async def _require_client_token(request: AnyRequest, principal: Principal) -> None:
    scope = request.scope
    assessment_id = scope["path_params"].get("assessment_id")
    if assessment_id is not None:
        await require_token(services_of(request), principal, assessment_id, _client_token_of(scope))


async def let_known_page_read(request: AnyRequest) -> None:
    """Let a page read the answer, a refusal as well, where any publishable key lists its origin. What the answer tells
    is decided by what the request came with."""
    scope = cast("Any", request.scope)
    cors.tell_apart(scope)
    origin = cors.origin_of(scope)
    # What comes with a database that is away is said by the request itself.
    with suppress(AssessmentError):
        if origin and await is_known_origin(services_of(request), origin):
            cors.let_read(scope, origin)


async def _let_page_read_refusal(request: AnyRequest) -> None:
    """A publishable key that is not valid any more lists no origins, but a page of a known one may learn why."""
    origin = cors.origin_of(request.scope)
    # What comes with this failure is no reason for another one.
    with suppress(AssessmentError):
        key = parse(key_of(request))
        if origin and key and key.kind == "publishable" and await is_known_origin(services_of(request), origin):
            cors.let_read(request.scope, origin)


def _client_token_of(scope: Any) -> str | None:
    found = values_of(scope, cors.CLIENT_TOKEN.lower().encode())
    return found[0].decode("latin-1") if len(found) == 1 else None


async def admit_anyone(request: AnyRequest) -> None:
    """What handlers call that need no key: whoever asks is counted by address."""
    await limits.count_stranger(request.scope)


async def note_caller(request: AnyRequest) -> None:
    """Count a request that has no handler, with its key or without. Raises RateLimited."""
    with suppress(Unauthenticated, OriginNotAllowed):
        await identify(request)


async def identify(request: AnyRequest) -> Principal:
    """The principal of the request's key, counted against its quotas. Raises Unauthenticated without a valid key and
    OriginNotAllowed for a publishable key used from elsewhere, which are counted by address, and RateLimited."""
    scope = cast("Any", request.scope)
    services = services_of(request)
    try:
        key = key_of(request)
        principal = recall(services, key) or await authenticate(
            services, key, partial(limits.refuse_spent_stranger, scope)
        )
    except Unauthenticated:
        await limits.count_stranger(scope)
        raise
    scope[PRINCIPAL] = principal
    if principal.kind == "publishable":
        origin = cors.origin_of(scope)
        if origin is None or (origin not in principal.origins and origin != own_origin(scope)):
            # Whoever copied the key must not be able to spend its quota from a page of their own.
            await limits.count_stranger(scope)
            raise _not_listed(principal)
        cors.let_read(scope, origin)
    await limits.count(scope, principal)
    return principal


def _not_listed(principal: Principal) -> OriginNotAllowed:
    listed = ", ".join(sorted(principal.origins)) or "none, so that it works nowhere"
    return OriginNotAllowed(
        "A publishable key is for pages of the origins that it lists, which browsers name in the header Origin, and "
        f"for the service's own. It lists: {listed}."
    )


def operation_of(request: AnyRequest) -> Operation:
    """What the handler of the request declares about itself."""
    return cast("Operation", request.route_handler.opt[OPT])


def key_of(request: AnyRequest) -> str:
    """The key in the Authorization header. Raises Unauthenticated."""
    found = values_of(request.scope, b"authorization")
    if not found:
        raise Unauthenticated("Send your API key in the header Authorization: Bearer <key>.")
    if len(found) > 1:
        raise Unauthenticated("The request has two Authorization headers; send one.")
    scheme, _, key = found[0].decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("Send the key as Authorization: Bearer <key>; no other scheme is taken.")
    return key.strip()
