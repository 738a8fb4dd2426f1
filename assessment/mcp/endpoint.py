"""The address `/mcp`: one message a POST, with the keys, quotas and limits of the API."""

from __future__ import annotations

import asyncio
from typing import Any, Literal, Protocol, cast

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State
from msgspec import UNSET, UnsetType

from assessment.errors import AssessmentError
from assessment.mcp.desk import Documents, Scope
from assessment.mcp.protocol import load
from assessment.service import assessments
from assessment.service.context import Principal, Services

AnyRequest = Request[Any, Any, State]
Headers = tuple[tuple[bytes, bytes], ...]
INVALID_REQUEST, INTERNAL_ERROR = -32600, -32603
"""Codes of JSON-RPC."""


class Front(Protocol):
    """Gates, bodies and statuses; the application gives the API's."""

    async def admit_caller(self, request: AnyRequest) -> Principal: ...

    def require(self, principal: Principal, scope: str, *, publishable: bool) -> None: ...

    async def read_message(self, request: AnyRequest) -> tuple[bytes, Any]: ...

    def judge(self, request: AnyRequest, error: Exception) -> tuple[AssessmentError, int, Headers]: ...

    def answer_error(self, request: AnyRequest, error: Exception) -> Any: ...

    def document_of(self, request: AnyRequest, error: AssessmentError) -> Any: ...

    def fields_of(self, request: AnyRequest) -> Headers: ...

    def told_of_origin(self, request: AnyRequest) -> Headers: ...


class Message(msgspec.Struct, frozen=True):
    """What every message of JSON-RPC has; the protocol reads the rest."""

    jsonrpc: Literal["2.0"]
    id: str | int | UnsetType | None = UNSET
    method: str | UnsetType = UNSET
    params: dict[str, Any] | UnsetType = UNSET
    result: Any = UNSET
    error: Any = UNSET


class KeyDesk:
    """The desk of whoever sent a request with a key."""

    def __init__(self, request: AnyRequest, principal: Principal) -> None:
        self._front = _front_of(request)
        self._request = request
        self._principal = principal
        self._services = cast("Services", _state_of(request)["services"])
        self.rubrics = self._services.rubrics
        self.documents = _documents_of(request)

    def require(self, scope: Scope, *, publishable: bool = True) -> None:
        self._front.require(self._principal, scope, publishable=publishable)

    async def stored_result(self, assessment: str) -> bytes:
        return await assessments.result(self._services, self._principal, assessment)

    def judge(self, error: Exception) -> AssessmentError:
        return self._front.judge(self._request, error)[0]


def answer_refusal(request: AnyRequest, error: Exception) -> Any:
    """A problem document; for a client of the protocol, which takes `text/event-stream` beside plain JSON, inside an
    error of JSON-RPC, since it shows its user no other body."""
    front = _front_of(request)
    if "text/event-stream" not in request.headers.get("accept", ""):
        return front.answer_error(request, error)
    known, status, headers = front.judge(request, error)
    code = INTERNAL_ERROR if status >= 500 else INVALID_REQUEST
    said = {"code": code, "message": known.detail, "data": front.document_of(request, known)}
    body = msgspec.json.encode({"jsonrpc": "2.0", "id": None, "error": said})
    return _respond(request, status, body, (*headers, (b"content-type", b"application/json")))


# A page of an origin that its publishable key lists may ask, so browsers are told so beforehand.
@post("/mcp", opt={"for_pages": True}, status_code=200, exception_handlers={Exception: cast("Any", answer_refusal)})
async def answer_message(request: AnyRequest) -> Response[bytes]:
    front = _front_of(request)
    principal = await front.admit_caller(request)
    body, message = await front.read_message(request)
    _documents_of(request).fit(message, Message)
    if not load.cache_info().currsize:
        # It takes about half a second, once, and others are served meanwhile.
        await asyncio.to_thread(load)
    status, headers, content = await load().answer(KeyDesk(request, principal), request.scope, request.receive, body)
    return _respond(request, status, content, tuple(headers))


def _respond(request: AnyRequest, status: int, body: bytes, headers: Headers) -> Response[bytes]:
    front = _front_of(request)
    fields = (*front.fields_of(request), *front.told_of_origin(request), *headers)
    # The framework counts the body itself.
    told = {name.decode(): value.decode() for name, value in fields if name != b"content-length"}
    return Response(body, status_code=status, headers=told)


def _state_of(request: AnyRequest) -> State:
    return request.scope["litestar_app"].state


def _front_of(request: AnyRequest) -> Front:
    return cast("Front", _state_of(request)["front"])


def _documents_of(request: AnyRequest) -> Documents:
    return cast("Documents", _state_of(request)["documents"])


HANDLERS = (answer_message,)
