"""Who is asking: the principal behind the key of a request, and the services it may use."""

from __future__ import annotations

from typing import Any, cast

from litestar import Request
from litestar.datastructures import State

from assessment.api.shelf import Shelf
from assessment.errors import Forbidden, Unauthenticated
from assessment.service.context import Principal, Services
from assessment.service.partners import authenticate

AnyRequest = Request[Any, Any, State]


def services_of(request: AnyRequest) -> Services:
    """The services that the application opened."""
    return cast("Services", request.scope["litestar_app"].state["services"])


def shelf_of(request: AnyRequest) -> Shelf:
    """The catalogue in ready bytes."""
    return cast("Shelf", request.scope["litestar_app"].state["shelf"])


async def secret_key(request: AnyRequest) -> Principal:
    """The principal of a secret key. Raises Unauthenticated without a valid key, Forbidden for another kind."""
    header = None
    for name, value in request.scope["headers"]:
        if name == b"authorization":
            if header is not None:
                raise Unauthenticated("The request has two Authorization headers; send one.")
            header = value
    if header is None:
        raise Unauthenticated("Send your secret key in the header Authorization: Bearer <key>.")
    scheme, _, key = header.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("Send the key as Authorization: Bearer <key>; no other scheme is taken.")
    principal = await authenticate(services_of(request), key.strip())
    if principal.kind != "secret":
        raise Forbidden("This is a publishable key; a secret key (alm_sk_…) is needed here.")
    return principal
