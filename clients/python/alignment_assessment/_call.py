"""One call of an operation, and the HTTP request that it makes. Touches no network."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from alignment_assessment._model import Model
from alignment_assessment.download import Download
from alignment_assessment.errors import AlignmentError

T = TypeVar("T")
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the contract."""

    id: str
    method: str
    path: str
    needs_key: bool = True
    changes: bool = True
    """Whether it has an effect, of which an idempotency key lets there be one."""

    @property
    def repeatable(self) -> bool:
        """Whether nothing becomes of it but its answer, however often it is sent."""
        return self.method == "GET" or not self.changes

    @property
    def takes_idempotency_key(self) -> bool:
        return self.method == "POST" and self.changes


@dataclass(frozen=True, slots=True, repr=False)
class Call(Generic[T]):
    """An operation with what is sent to it, and what it returns: a type to decode, bytes, or nothing."""

    operation: Operation
    returns: type[T]
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str | Model | Download | None] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    accept: str = JSON


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """What is sent, the same bytes at each try."""

    method: str
    target: str
    """Path and query."""
    headers: dict[str, str]
    content: bytes | None

    @property
    def idempotency_key(self) -> str | None:
        return self.headers.get("Idempotency-Key")


def build(call: Call[Any]) -> Request:
    """The request of a call, with an idempotency key of its own if it takes one and was given none."""
    headers = {"Accept": call.accept}
    for name, value in call.headers.items():
        if value is not None:
            headers[name] = _header(name, value)
    if call.operation.takes_idempotency_key:
        headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
    content = None
    if call.body is not None:
        content = msgspec.json.encode({name: value for name, value in call.body.items() if value is not msgspec.UNSET})
        headers["Content-Type"] = JSON
    return Request(call.operation.method, _target(call), headers, content)


def _target(call: Call[Any]) -> str:
    for name, value in call.path.items():
        if not isinstance(value, str) or not value or value in {".", ".."}:
            # An empty segment or dots would name another operation.
            raise AlignmentError(f"{name} must be an id, not {value!r}.")
    path = call.operation.path.format_map({name: quote(value, safe="") for name, value in call.path.items()})
    query = urlencode([(name, _parameter(value)) for name, value in call.query.items() if value is not None])
    return f"{path}?{query}" if query else path


def _parameter(value: Any) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise AlignmentError(f"{value!r} has no time zone, so it names no moment.")
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)


def _header(name: str, value: str | Model | Download) -> str:
    if isinstance(value, str):
        if not (value.isascii() and value.isprintable()):
            raise AlignmentError(f"{name} takes printable ASCII characters.")
        return value
    etag = value.etag
    if etag is None:
        raise AlignmentError(f"This {type(value).__name__} came without an ETag, so it cannot be the {name} of a call.")
    return etag
