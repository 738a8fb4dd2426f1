"""Handlers of API keys: create, list, read, roll, revoke. A secret key manages those of its own mode."""

from __future__ import annotations

import msgspec
from litestar import post, route

from assessment.api.admission import AnyRequest, admit, named_in_path, services_of
from assessment.api.body import decode, decode_nothing, read_body
from assessment.api.idempotency import Answering, once
from assessment.api.operation import ETAG, LOCATION, NOT_MODIFIED, READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.query import NoQuery, in_query, read_query
from assessment.api.reply import Reply, encode, request_id, tagged
from assessment.api.shape import fit
from assessment.api.shown_once import NEVER_KEPT, ShownOnce
from assessment.api.wire import keys as wire
from assessment.api.wire.assessments import Nothing
from assessment.errors import KeyInactive, LastSecretKey, ResourceNotFound
from assessment.service import api_keys as service
from assessment.service.key_views import ApiKeyView, CreatedKey, NewApiKey
from assessment.service.keys import generate, parse_head
from assessment.service.receipts import Receipt

_PRIVATE = ((b"cache-control", b"private, no-cache"),)


@post(
    "/v1/keys",
    opt=described(
        Op(
            id="create_key",
            summary="Create a key",
            description="Its text is in the answer, this once. A restricted key names its scopes, a publishable key "
            "the origins of its pages. A live key makes live keys, a test key makes test keys.",
            tag="Account",
            body=wire.KeyRequest,
            answers={201: Answer(wire.NewKey, "The key with its text.", (LOCATION,))},
        )
    ),
)
async def create_key(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request)
    asked = fit(decode(body), wire.KeyRequest)
    new = NewApiKey(**msgspec.structs.asdict(asked))
    secret = ShownOnce(request, "key", _remake)

    async def work(receipt: Receipt | None) -> Reply:
        answering = Answering(receipt, _created)
        await service.create(
            services_of(request), principal, new, bits=secret.bits, request_id=_id_of(request), keep=answering.keep
        )
        return answering.reply

    return await once(request, principal, body, work, redact=secret.redact, restore=secret.restore)


@route(
    "/v1/keys",
    http_method=READ,
    opt=described(
        Op(
            id="list_keys",
            summary="List the keys",
            description="The partner's keys of this key's mode, newest first, without their texts.",
            tag="Account",
            answers={200: Answer(wire.KeyPage, "A page of keys.")},
            query=wire.KeysQuery,
        )
    ),
)
async def list_keys(request: AnyRequest) -> Reply:
    principal = await admit(request)
    query = read_query(request.scope["query_string"], wire.KeysQuery)
    with in_query():
        page = await service.list_page(services_of(request), principal, limit=query.limit, cursor=query.cursor)
    data = [_key(view) for view in page.data]
    return Reply(200, encode(wire.KeyPage(data, page.has_more, page.next_cursor)), _PRIVATE)


@route(
    "/v1/keys/{key_id:str}",
    http_method=READ,
    opt=described(
        Op(
            id="get_key",
            summary="Get a key",
            description="What it may do, until when, and when it was last used; never its text.",
            tag="Account",
            answers={200: Answer(wire.ApiKey, "The key.", (ETAG,)), 304: NOT_MODIFIED},
            problems=(ResourceNotFound,),
        )
    ),
)
async def get_key(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    view = await service.get(services_of(request), principal, named_in_path(request, "key_id"))
    return tagged(request.scope, encode(_key(view)), headers=_PRIVATE)


@post(
    "/v1/keys/{key_id:str}/roll",
    opt=described(
        Op(
            id="roll_key",
            summary="Roll a key",
            description="Makes a new key that may do the same, until when the old one may, and lets the old one expire "
            "after the overlap: a day, if nothing is said. Takes no body, or one.",
            tag="Account",
            body=wire.RollRequest,
            body_required=False,
            answers={201: Answer(wire.NewKey, "The new key with its text, this once.", (LOCATION,))},
            problems=(ResourceNotFound, KeyInactive),
        )
    ),
)
async def roll_key(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request, optional=True)
    asked = fit(decode(body) if body else {}, wire.RollRequest)
    secret = ShownOnce(request, "key", _remake)

    async def work(receipt: Receipt | None) -> Reply:
        answering = Answering(receipt, _created)
        await service.roll(
            services_of(request),
            principal,
            named_in_path(request, "key_id"),
            asked.overlap_seconds,
            bits=secret.bits,
            request_id=_id_of(request),
            keep=answering.keep,
        )
        return answering.reply

    return await once(request, principal, body, work, redact=secret.redact, restore=secret.restore)


@post(
    "/v1/keys/{key_id:str}/revoke",
    status_code=200,
    opt=described(
        Op(
            id="revoke_key",
            summary="Revoke a key",
            description="It stops working at once, everywhere within a second, and for ever. Revoking it again changes "
            "nothing. The last active secret key of a mode stays: create another one first. Takes no body, or `{}`.",
            tag="Account",
            body=Nothing,
            body_required=False,
            answers={200: Answer(wire.ApiKey, "The revoked key.")},
            problems=(ResourceNotFound, LastSecretKey),
        )
    ),
)
async def revoke_key(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    body = await read_body(request, optional=True)
    decode_nothing(body)

    async def work(receipt: Receipt | None) -> Reply:
        answering = Answering(receipt, _revoked)
        await service.revoke(
            services_of(request),
            principal,
            named_in_path(request, "key_id"),
            request_id=_id_of(request),
            keep=answering.keep,
        )
        return answering.reply

    return await once(request, principal, body, work)


def _id_of(request: AnyRequest) -> str:
    return request_id(request.scope).decode()


def _remake(head: str, bits: int) -> str:
    return generate(*parse_head(head), bits).text


def _created(created: CreatedKey) -> Reply:
    body = encode(wire.NewKey(**msgspec.structs.asdict(created.view), key=created.text))
    return Reply(201, body, ((b"location", f"/v1/keys/{created.view.id}".encode()), *NEVER_KEPT))


def _revoked(view: ApiKeyView) -> Reply:
    return Reply(200, encode(_key(view)), _PRIVATE)


def _key(view: ApiKeyView) -> wire.ApiKey:
    """The use case's view in its wire shape."""
    return wire.ApiKey(**msgspec.structs.asdict(view))


HANDLERS = (create_key, list_keys, get_key, roll_key, revoke_key)
