"""Reads a request body once and refuses what another reader could understand differently.

The checks that a normal body needs are a few counts over its bytes; only a body that fails one of them is
looked at exactly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import msgspec
from litestar import Request
from litestar.datastructures import State

from assessment.api.refusals import (
    BodyMissing,
    BodyTooLarge,
    DuplicateKeys,
    InvalidEncoding,
    LoneSurrogates,
    MalformedJson,
    NestingTooDeep,
    NulCharacters,
    NumberOutOfRange,
    UnsupportedMediaType,
)
from assessment.errors import InvalidInput, PayloadRefused, Problem, pointer

BODY_LIMIT = 256 * 1024
DEPTH_LIMIT = 32
PROBLEMS_SHOWN = 20
_DRAIN_LIMIT = 8 * 1024 * 1024

_decode = msgspec.json.Decoder().decode
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"{}[]")
_JSON_TYPE = re.compile(rb'application/json(?:\s*;\s*charset\s*=\s*"?utf-8"?)?\s*', re.IGNORECASE)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


async def read_json(request: Request[Any, Any, State], limit: int = BODY_LIMIT) -> Any:
    """The body as plain Python values. Raises a PayloadRefused with its own code for everything unacceptable."""
    declared = _check_headers(request)
    body = await _read(request, limit, declared)
    return decode(body)


async def read_nothing(request: Request[Any, Any, State]) -> None:
    """Accept an empty body or an empty JSON object, for actions that take no input."""
    body = await _read(request, BODY_LIMIT, None)
    if not body:
        return
    _check_headers(request)
    if decode(body) != {}:
        raise InvalidInput("This action takes no input: send no body, or {}.")


def _check_headers(request: Request[Any, Any, State]) -> int | None:
    """Raises UnsupportedMediaType; returns the declared length."""
    kind = length = None
    for name, value in request.scope["headers"]:
        if name == b"content-type":
            kind = value
        elif name == b"content-length":
            length = value
        elif name == b"content-encoding" and value.lower() != b"identity":
            raise UnsupportedMediaType("Send the body without Content-Encoding.")
    if kind != b"application/json" and (kind is None or not _JSON_TYPE.fullmatch(kind)):
        shown = "no Content-Type" if kind is None else repr(kind[:80].decode("latin-1"))
        raise UnsupportedMediaType(f"The body was sent with {shown}; send it with Content-Type: application/json.")
    return int(length) if length is not None and length.isdigit() else None


async def _read(request: Request[Any, Any, State], limit: int, declared: int | None) -> bytes:
    receive = request.receive
    message: Any = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False) and len(body) <= limit:
        return body
    parts = [body]
    size = len(body)
    # What is too large is still read and thrown away, within reason: a client that is cut off while it sends
    # sees a broken connection instead of the answer.
    while message.get("more_body", False) and size <= max(limit, _DRAIN_LIMIT) and (declared or 0) <= _DRAIN_LIMIT:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise PayloadRefused("The connection was closed before the whole body had arrived.")
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
    if size > limit or (declared or 0) > limit:
        raise BodyTooLarge(f"The body may have at most {limit:,} bytes.")
    return b"".join(parts)


def decode(body: bytes) -> Any:
    """Decode strictly: one meaning, bounded depth, and nothing that a database cannot keep."""
    if not body:
        raise BodyMissing("Send a JSON object as the body.")
    try:
        document = _decode(body)
    except RecursionError:
        raise _too_deep() from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _explain(body, error)
    # Every key has a colon, so as many colons as distinct keys leaves no room for a second one.
    if body.count(b":") != _count_keys(document, 1) or (b"\\" in body and b"\\u" in body):
        _inspect(body)
    return document


def _count_keys(node: Any, depth: int) -> int:
    """Distinct keys of an object or a list and everything in it. Raises NestingTooDeep."""
    count = 0
    if type(node) is dict:
        count = len(node)
        node = node.values()
    elif type(node) is not list:
        return 0
    if depth > DEPTH_LIMIT:
        raise _too_deep()
    for child in node:
        # Most children are texts; the recursion is for the few others.
        if type(child) is not str:
            count += _count_keys(child, depth + 1)
    return count


def _too_deep() -> NestingTooDeep:
    return NestingTooDeep(f"Objects and lists may be nested {DEPTH_LIMIT} deep at most.")


def _check_depth(body: bytes) -> None:
    """The same for a body that could not be decoded."""
    depth = 0
    for byte in _STRING.sub(b"", body).translate(None, _NOT_BRACKETS):
        depth += 1 if byte in b"{[" else -1
        if depth > DEPTH_LIMIT:
            raise _too_deep()


class _Pairs(dict[str, Any]):
    """An object that remembers which of its keys came twice."""

    duplicates: list[str]


def _pairs(pairs: list[tuple[str, Any]]) -> _Pairs:
    found = _Pairs(pairs)
    found.duplicates = []
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                found.duplicates.append(key)
            seen.add(key)
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedJson(f"{name} is not a JSON number.")


def _explain(body: bytes, error: Exception) -> NoReturn:
    """Say exactly why a body could not be decoded."""
    if body.startswith(_BOMS):
        raise InvalidEncoding("The body starts with a byte order mark; send plain UTF-8 without one.") from error
    try:
        text = body.decode()
    except UnicodeDecodeError as bad:
        raise InvalidEncoding(f"The byte at position {bad.start} is not UTF-8.") from error
    _check_depth(body)
    try:
        document = json.loads(text, object_pairs_hook=_pairs, parse_constant=_refuse_constant)
    except json.JSONDecodeError as bad:
        raise MalformedJson(f"{bad.msg} at line {bad.lineno}, column {bad.colno}.") from error
    except ValueError as bad:
        raise NumberOutOfRange("A number in the body has too many digits.") from bad
    _refuse_oddities(document)
    raise NumberOutOfRange("A number in the body is out of range.") from error


def _inspect(body: bytes) -> None:
    """Raises when the (well-formed) body has a duplicate key, a NUL character or a lone surrogate."""
    _refuse_oddities(json.loads(body, object_pairs_hook=_pairs))


def _refuse_oddities(document: Any) -> None:
    duplicates: list[Problem] = []
    nuls: list[Problem] = []
    surrogates: list[Problem] = []
    for path, node in _walk(document, ()):
        if isinstance(node, _Pairs):
            for key in node.duplicates:
                detail = f"The key {_shown(key)} is given more than once."
                duplicates.append(Problem(_printable(pointer(*path, key)), "duplicate_key", detail))
        elif "\x00" in node:
            nuls.append(Problem(_printable(pointer(*path)), "nul_character", "The NUL character is not allowed."))
        elif not node.isascii() and any("\ud800" <= character <= "\udfff" for character in node):
            detail = "A \\uD800–\\uDFFF escape must be one of a pair."
            surrogates.append(Problem(_printable(pointer(*path)), "lone_surrogate", detail))
    for refusal, found in ((DuplicateKeys, duplicates), (NulCharacters, nuls), (LoneSurrogates, surrogates)):
        if found:
            raise refusal(f"{found[0].detail} See {found[0].pointer or '/'}.", errors=found[:PROBLEMS_SHOWN])


def _walk(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every object and every text, keys included, with where it stands."""
    if isinstance(node, _Pairs):
        yield path, node
        for key, child in node.items():
            yield (*path, key), key
            yield from _walk(child, (*path, key))
    elif isinstance(node, list):
        for place, child in enumerate(node):
            yield from _walk(child, (*path, place))
    elif isinstance(node, str):
        yield path, node


def _printable(text: str) -> str:
    """A pointer through a key that cannot itself be sent as UTF-8 or must not hold NUL."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\u0000")


def _shown(key: str) -> str:
    shown = _printable(key)
    return repr(shown if len(shown) <= 80 else shown[:79] + "…")
