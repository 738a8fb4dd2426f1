"""Fits decoded JSON to a wire struct, without coercion, and names everything that does not fit at once."""

from __future__ import annotations

import json
from functools import cache
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, inspect

from assessment.errors import InvalidInput, Problem, pointer

T = TypeVar("T", bound=msgspec.Struct)
Path = tuple[str | int, ...]
MOST_PROBLEMS = 500
"""Where explaining stops: more than that nobody reads, and a hostile document has hundreds of thousands."""


def fit(document: Any, kind: type[T], path: Path = ()) -> T:
    """`document` as a `kind`. Raises InvalidInput with a JSON pointer for every field that does not fit."""
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        problems: list[Problem] = []
        _explain(document, _type_info(kind), path, problems)
        if not problems:
            problems.append(Problem(pointer(*path), "invalid_value", str(error)))
        raise InvalidInput(summary(problems), errors=problems) from None


def summary(problems: list[Problem]) -> str:
    """One sentence for `detail`: the first problem, and how many more there are."""
    first = problems[0]
    more = f" ({len(problems) - 1} more in `errors`.)" if len(problems) > 1 else ""
    return f"{first.pointer or 'The body'}: {first.detail}{more}"


@cache
def _type_info(kind: Any) -> inspect.Type:
    return inspect.type_info(kind)


def _plain(kind: inspect.Type) -> inspect.Type:
    return kind.type if isinstance(kind, inspect.Metadata) else kind


def _explain(value: Any, kind: inspect.Type, path: Path, problems: list[Problem]) -> None:
    kind = _plain(kind)
    if isinstance(kind, inspect.UnionType):
        if value is None and any(isinstance(member, inspect.NoneType) for member in kind.types):
            return
        rest = [member for member in kind.types if not isinstance(member, inspect.NoneType)]
        if len(rest) == 1:
            _explain(value, rest[0], path, problems)
        elif not any(_fits(value, member) for member in _candidates(value, rest)):
            detail = f"Must be {describe(kind)}, not {_shown(value)}."
            problems.append(Problem(pointer(*path), "wrong_type", detail))
        return
    if isinstance(kind, inspect.StructType) and isinstance(value, dict):
        _explain_struct(value, kind, path, problems)
        return
    if isinstance(kind, inspect.ListType) and isinstance(value, list):
        if _has_length(value, kind, path, "items", problems):
            for place, item in enumerate(value):
                _explain(item, kind.item_type, (*path, place), problems)
        return
    if isinstance(kind, inspect.DictType) and isinstance(value, dict):
        if _has_length(value, kind, path, "entries", problems):
            for key, item in value.items():
                _explain(key, kind.key_type, (*path, key), problems)
                _explain(item, kind.value_type, (*path, key), problems)
        return
    _explain_scalar(value, kind, path, problems)


def _candidates(value: Any, members: list[inspect.Type]) -> list[inspect.Type]:
    """An int is held against the union's int, if it has one, and never passes as its float."""
    ints = [member for member in members if isinstance(_plain(member), inspect.IntType)]
    return ints if type(value) is int and ints else members


def _fits(value: Any, kind: inspect.Type) -> bool:
    problems: list[Problem] = []
    _explain(value, kind, (), problems)
    return not problems


def _explain_struct(value: dict[str, Any], kind: inspect.StructType, path: Path, problems: list[Problem]) -> None:
    fields = {field.encode_name: field for field in kind.fields}
    for key in value:
        if len(problems) >= MOST_PROBLEMS:
            return
        if key not in fields:
            detail = f"There is no such field here. Allowed: {', '.join(fields)}."
            problems.append(Problem(pointer(*path, key), "unknown_field", detail))
    for name, field in fields.items():
        if name in value:
            _explain(value[name], field.type, (*path, name), problems)
        elif field.required:
            detail = f"This field is needed: {describe(field.type)}."
            problems.append(Problem(pointer(*path, name), "missing_field", detail))


def _has_length(value: list[Any] | dict[str, Any], kind: Any, path: Path, unit: str, problems: list[Problem]) -> bool:
    """Whether what is in it is worth a look: not when it is far too much, nor when enough is wrong already."""
    low, high = kind.min_length or 0, kind.max_length
    if len(value) < low or (high is not None and len(value) > high):
        allowed = f"{low:,} to {high:,}" if high is not None else f"at least {low:,}"
        detail = f"Has {len(value):,} {unit}; allowed are {allowed}."
        problems.append(Problem(pointer(*path), "wrong_length", detail))
    return len(value) <= max(high or 0, MOST_PROBLEMS) and len(problems) < MOST_PROBLEMS


def _explain_scalar(value: Any, kind: inspect.Type, path: Path, problems: list[Problem]) -> None:
    """One problem, unless `value` is of that kind: the type alone, or a bound of it."""
    expected = describe(kind)
    if isinstance(kind, inspect.LiteralType):
        if value not in kind.values or type(value) is not type(kind.values[0]):
            problems.append(Problem(pointer(*path), "not_allowed", f"Must be {expected}, not {_shown(value)}."))
        return
    allowed = _PYTHON.get(type(kind))
    if allowed is not None and type(value) not in allowed:
        problems.append(Problem(pointer(*path), "wrong_type", f"Must be {expected}, not {_shown(value)}."))
        return
    try:
        msgspec.convert(value, _annotated(kind))
    except msgspec.ValidationError:
        problems.append(Problem(pointer(*path), "out_of_bounds", f"Must be {expected}, not {_shown(value)}."))


_PYTHON: dict[Any, tuple[type, ...]] = {
    inspect.StrType: (str,),
    inspect.IntType: (int,),
    inspect.FloatType: (float, int),
    inspect.BoolType: (bool,),
    inspect.ListType: (list,),
    inspect.DictType: (dict,),
    inspect.StructType: (dict,),
    inspect.NoneType: (type(None),),
}


def _annotated(kind: inspect.Type) -> Any:
    """The Python annotation of a scalar with its bounds."""
    if isinstance(kind, inspect.StrType):
        return Annotated[str, Meta(min_length=kind.min_length, max_length=kind.max_length, pattern=kind.pattern)]
    if isinstance(kind, inspect.IntType):
        return Annotated[int, Meta(ge=kind.ge, le=kind.le)]
    if isinstance(kind, inspect.FloatType):
        return Annotated[float, Meta(ge=kind.ge, le=kind.le)]
    return Any


def describe(kind: inspect.Type) -> str:
    """What is allowed, in words: ``"a whole number from 1 to 4"``."""
    kind = _plain(kind)
    if isinstance(kind, inspect.UnionType):
        words = [describe(member) for member in kind.types if not isinstance(member, inspect.NoneType)]
        return " or ".join(words) + (" or null" if len(words) < len(kind.types) else "")
    if isinstance(kind, inspect.LiteralType):
        return "one of " + ", ".join(repr(choice) for choice in kind.values)
    if isinstance(kind, inspect.StrType):
        return _describe_text(kind)
    if isinstance(kind, inspect.IntType):
        return "a whole number" + _range(kind.ge, kind.le)
    if isinstance(kind, inspect.FloatType):
        return "a number" + _range(kind.ge, kind.le)
    words_by_type: dict[type[inspect.Type], str] = {
        inspect.BoolType: "true or false",
        inspect.ListType: "a list",
        inspect.DictType: "an object",
        inspect.StructType: "an object",
        inspect.NoneType: "null",
        inspect.DateTimeType: "a time with its offset, such as 2026-01-31T12:00:00Z",
    }
    return words_by_type.get(type(kind), "a value")


def _describe_text(kind: inspect.StrType) -> str:
    text = "a text"
    if kind.max_length is not None:
        text += f" of {kind.min_length or 0} to {kind.max_length} characters"
    if kind.pattern is not None:
        text += ", not blank" if kind.pattern == r"\S" else f" that matches {kind.pattern}"
    return text


def _range(low: int | float | None, high: int | float | None) -> str:
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if low is not None:
        return f" of {low} or more"
    return f" of {high} or less" if high is not None else ""


def _shown(value: Any) -> str:
    """The value in JSON, short enough to read."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"
