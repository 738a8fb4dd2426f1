"""Reads query strings strictly: unknown, repeated, undecodable or ill-typed parameters are named, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Meta, inspect

from assessment.api.refusals import InvalidQuery
from assessment.api.shape import describe, summary
from assessment.errors import InvalidInput, Problem, pointer

T = TypeVar("T", bound=msgspec.Struct)

_DIGITS = re.compile(r"-?[0-9]{1,18}")


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No query parameters."""


class LocaleQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Query of the rubric endpoints."""

    locale: Annotated[
        str | None,
        Meta(description="Language of the texts; one of the rubric's `locales`. Its own language without it."),
    ] = None


def read_query(query: bytes, kind: type[T]) -> T:
    """The query string as a `kind`, whose fields are texts, whole numbers or literals.

    Raises InvalidQuery; its pointers start with `/query`.
    """
    if not query:
        return msgspec.convert({}, kind)
    problems: list[Problem] = []
    values = _split(query, problems)
    parameters = _parameters(kind)
    found: dict[str, Any] = {}
    for name, value in values.items():
        parameter = parameters.get(name)
        if parameter is None:
            allowed = f"Allowed: {', '.join(parameters)}." if parameters else "This address takes none."
            problems.append(Problem(pointer("query", name), "unknown_parameter", f"No such parameter. {allowed}"))
            continue
        try:
            found[name] = _convert(value, *parameter)
        except msgspec.ValidationError:
            shown = value if len(value) <= 80 else value[:79] + "…"
            detail = f"Must be {describe(parameter[1])}, not {shown!r}."
            problems.append(Problem(pointer("query", name), "invalid_parameter", detail))
    if problems:
        raise InvalidQuery(summary(problems), errors=problems)
    return msgspec.convert(found, kind)


@contextmanager
def in_query() -> Iterator[None]:
    """What a use case finds wrong with its fields is wrong with the query: it cannot know that they stood in one."""
    try:
        yield
    except InvalidInput as error:
        errors = [Problem("/query" + problem.pointer, problem.code, problem.detail) for problem in error.errors]
        raise InvalidQuery(error.detail, errors=errors) from None


def utc(moment: datetime | None) -> datetime | None:
    """A time of a query in UTC. Raises InvalidQuery."""
    if moment is None:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        detail = "The time is outside the years 1 to 9999 in UTC."
        raise InvalidQuery(detail, errors=[Problem("/query", "invalid_parameter", detail)]) from None


def _convert(value: str, kind: Any, info: inspect.Type) -> Any:
    """Text to a field's type; numbers in plain digits only, not whatever a lax parser lets through."""
    number = isinstance(info, inspect.IntType) and _DIGITS.fullmatch(value)
    return msgspec.convert(int(value) if number else value, kind)


def _split(query: bytes, problems: list[Problem]) -> dict[str, str]:
    values: dict[str, str] = {}
    for part in query.split(b"&"):
        if not part:
            continue
        name, _, value = part.partition(b"=")
        try:
            key, text = _decoded(name), _decoded(value)
        except UnicodeDecodeError:
            problems.append(Problem("/query", "invalid_encoding", "A parameter is not percent-encoded UTF-8."))
            continue
        if "\x00" in key or "\x00" in text:
            problems.append(Problem("/query", "nul_character", "A parameter contains the NUL character."))
        elif key in values:
            problems.append(Problem(pointer("query", key), "repeated_parameter", "Give this parameter once."))
        else:
            values[key] = text
    return values


def _decoded(part: bytes) -> str:
    return unquote_to_bytes(part.replace(b"+", b" ")).decode()


@cache
def _parameters(kind: type[msgspec.Struct]) -> dict[str, tuple[Any, inspect.Type]]:
    """The parameters by name: the annotation of each, and what is allowed. Looked up once for each kind of query."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    annotations = {field.name: field.type for field in msgspec.structs.fields(kind)}
    return {field.encode_name: (annotations[field.name], _without_null(field.type)) for field in info.fields}


def _without_null(kind: inspect.Type) -> inspect.Type:
    """A query has no null, so the words for what is allowed leave it out."""
    if isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(kind, inspect.UnionType):
        return next(member for member in kind.types if not isinstance(member, inspect.NoneType))
    return kind
