"""Reads a request body once and refuses what another reader could understand differently.

The checks that a normal body needs are a few counts over its bytes; only a body that fails one of them is
looked at exactly.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import msgspec
from litestar import Request
from litestar.datastructures import State

from assessment.api.admission import intake_of
from assessment.api.intake import Begun
from assessment.api.refusals import (
    BodyMissing,
    DuplicateKeys,
    InvalidEncoding,
    LoneSurrogates,
    MalformedJson,
    NestingTooDeep,
    NulCharacters,
    NumberOutOfRange,
    TooManyParts,
    UnsupportedMediaType,
)
from assessment.errors import InvalidInput, Problem, pointer

BODY_LIMIT = 256 * 1024
DEPTH_LIMIT = 32
PROBLEMS_SHOWN = 20
HEAVY = 64 * 1024
"""Bodies over this size are looked at one after the other, and other requests are served in between."""
PARTS_LIMIT = 50_000
"""Objects and lists in one body. An empty one takes two bytes to send and up to fifty times as many to keep."""

_decode = decode_again = msgspec.json.Decoder().decode
"""For what was decoded strictly before."""
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_KEY_ENDS = re.compile(rb'"\s*:')
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"{}[]")
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""A NUL or a surrogate, or a text that only looks like one."""
_JSON_TYPE = re.compile(rb'application/json(?:\s*;\s*charset\s*=\s*"?utf-8"?)?\s*', re.IGNORECASE)
_FORM_TYPE = re.compile(rb'application/x-www-form-urlencoded(?:\s*;\s*charset\s*=\s*"?utf-8"?)?\s*', re.IGNORECASE)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


async def read_json(request: Request[Any, Any, State], limit: int = BODY_LIMIT) -> Any:
    """The body as plain Python values. Raises a PayloadRefused with its own code for everything unacceptable."""
    return decode(await read_body(request, limit))


async def read_body(request: Request[Any, Any, State], limit: int = BODY_LIMIT, *, optional: bool = False) -> bytes:
    """The bytes of the body, sent as JSON and not decoded yet. An `optional` one that is empty needs no type."""
    declared = None if optional else _check_headers(request)
    body = await _read(request, limit, declared)
    if optional and body:
        _check_headers(request)
    return body


async def read_form_body(request: Request[Any, Any, State], limit: int) -> bytes:
    """The bytes of a body that a page's form sent, not decoded yet."""
    return await _read(request, limit, _check_headers(request, _FORM_TYPE, "application/x-www-form-urlencoded"))


def decode_nothing(body: bytes) -> None:
    """Accept an empty body or an empty JSON object, for actions that take no input."""
    if body and decode(body) != {}:
        raise InvalidInput("This action takes no input: send no body, or {}.")


def _check_headers(
    request: Request[Any, Any, State], allowed: re.Pattern[bytes] = _JSON_TYPE, wanted: str = "application/json"
) -> int | None:
    """Raises UnsupportedMediaType; returns the declared length."""
    kind = length = None
    for name, value in request.scope["headers"]:
        if name == b"content-type":
            kind = value
        elif name == b"content-length":
            length = value
        elif name == b"content-encoding" and value.lower() != b"identity":
            raise UnsupportedMediaType("Send the body without Content-Encoding.")
    if kind != wanted.encode() and (kind is None or not allowed.fullmatch(kind)):
        shown = "no Content-Type" if kind is None else repr(kind[:80].decode("latin-1"))
        raise UnsupportedMediaType(f"The body was sent with {shown}; send it with Content-Type: {wanted}.")
    return int(length) if length is not None and length.isdigit() else None


async def _read(request: Request[Any, Any, State], limit: int, declared: int | None) -> bytes:
    begun = Begun(request.receive())
    message = begun.message
    # Nearly always the whole body came with the head: then nothing is waited for, and nothing timed or counted.
    if message is not None and not message.get("more_body", False):
        body: bytes = message.get("body", b"")
        if len(body) <= limit:
            return body
    intake = intake_of(request)
    body = await intake.gather(begun, request.receive, limit, declared or 0)
    if len(body) > HEAVY:
        await intake.take_turns(len(body))
    return body


def decode(body: bytes) -> Any:
    """Decode strictly: one meaning, bounded depth, and nothing that a database cannot keep."""
    if not body:
        raise BodyMissing("Send a JSON object as the body.")
    if _has_many_brackets(body):
        _check_parts(body)
    try:
        document = _decode(body)
    except RecursionError:
        raise _too_deep() from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _explain(body, error)
    if not has_as_many_keys(body, _count_keys(document, 1)) or _has_odd_escapes(body):
        _inspect(body)
    return document


def has_as_many_keys(body: bytes, distinct: int) -> bool:
    """Whether a well-formed body with so many distinct keys has certainly none of them twice. Every key ends in a
    quote and a colon: as many of those as keys leave no room for another. A text that holds one too leaves it open."""
    return body.count(b":") == distinct or len(_KEY_ENDS.findall(body)) == distinct


def is_suspect(body: bytes) -> bool:
    """Whether `decode` would look closer at it, whatever it says: for those who read it in another way."""
    return _has_odd_escapes(body) or _has_many_brackets(body)


def _has_odd_escapes(body: bytes) -> bool:
    # One byte is found several times as fast as two.
    return b"\\" in body and _SUSPECT.search(body) is not None


def _has_many_brackets(body: bytes) -> bool:
    # A body has no more brackets than bytes, and few have so many.
    return len(body) > PARTS_LIMIT and body.count(b"{") + body.count(b"[") > PARTS_LIMIT


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
        kind = type(child)  # most children are texts; the recursion is for the few others
        if kind is dict or kind is list:
            count += _count_keys(child, depth + 1)
    return count


def _too_deep() -> NestingTooDeep:
    return NestingTooDeep(f"Objects and lists may be nested {DEPTH_LIMIT} deep at most.")


def _check_parts(body: bytes) -> None:
    """Raises TooManyParts; a body full of brackets may still have them all in its texts."""
    bare = _STRING.sub(b"", body)
    if bare.count(b"{") + bare.count(b"[") > PARTS_LIMIT:
        # Those that are deep as well are told so, if that shows at the beginning.
        _check_depth(bare[:4096])
        raise TooManyParts(f"The body may have at most {PARTS_LIMIT:,} objects and lists.")


def _check_depth(body: bytes) -> None:
    """The same for a body that could not be decoded."""
    depth = 0
    for byte in _STRING.sub(b"", body).translate(None, _NOT_BRACKETS):
        depth += 1 if byte in b"{[" else -1
        if depth > DEPTH_LIMIT:
            raise _too_deep()


class _Pairs(dict[str, Any]):
    """An object that remembers which of its keys came twice."""

    __slots__ = ("duplicates",)

    duplicates: Sequence[str]


def _pairs(pairs: list[tuple[str, Any]]) -> _Pairs:
    found = _Pairs(pairs)
    found.duplicates = ()
    if len(found) != len(pairs):
        times = Counter(key for key, _ in pairs)
        found.duplicates = [key for key in found if times[key] > 1]
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
