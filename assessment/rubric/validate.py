"""How a document becomes a model, and how each thing pydantic objects to is told to the author."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from assessment.errors import Problem
from assessment.rubric.document import Document, Place

_SLUG_HINT = "an id of lower-case letters and digits, joined by single hyphens, such as `wash-hands`"
PATTERN_HINTS = {
    r"^[a-z0-9]+(?:-[a-z0-9]+)*$": _SLUG_HINT,
    r"^\d{4}\.\d{1,3}$": 'a year and a number in quotes, such as "2026.1"',
    r"^[a-z]{2}$": "a language of two lower-case letters, such as en",
    r"^[A-Z0-9][A-Za-z0-9.-]*$": "letters, digits, dots and hyphens, starting with a capital or a digit, such as K1.Q2",
    r"^[a-z0-9]+(?:_[a-z0-9]+)*$": "a code of lower-case letters and digits, joined by underscores: `n_not_published`",
}

_PHRASES = (
    (r"^(?:Input|String|List|Dictionary) should", "must"),
    (r" after validation", ""),
    (r"be an object", "have keys with values"),
    (r"be a valid dictionary", "have keys with values"),
    (r"be a valid array", "be a list"),
    (r"be a valid string", "be text"),
    (r"be a valid integer", "be a whole number"),
    (r"be a valid boolean", "be true or false"),
    (r"be a valid ", "be a "),
)


def validate(document: Document, shape: Any) -> tuple[Any, list[Problem]]:
    """The document as `shape` (a model, or a list of models); with problems there is no model."""
    try:
        # Strict models take enums and dates from their text form in JSON mode only.
        return TypeAdapter(shape).validate_json(json.dumps(document.data)), []
    except ValidationError as error:
        return None, list(_problems(document, shape, error))


def _problems(document: Document, shape: Any, error: ValidationError) -> Iterator[Problem]:
    for details in error.errors(include_url=False):
        place: Place = tuple(part for part in details["loc"] if part != "[key]")
        code, detail = _tell(shape, place, details)
        yield document.problem(_where(document, place, details), code, detail)


def _where(document: Document, place: Place, details: ErrorDetails) -> Place:
    """The place that has a line: what a missing field is missing from, and the field that a model's sentence begins
    with (``n is null: …``)."""
    if details["type"] == "missing":
        return place[:-1]
    field = details["msg"].removeprefix("Value error, ").split(" ")[0]
    return (*place, field) if (*place, field) in document.lines else place


def _tell(shape: Any, place: Place, details: ErrorDetails) -> tuple[str, str]:
    """Code and sentence for one error of pydantic."""
    name = f"`{spell(place)}`" if place else "the file"
    got = details["input"]
    shown = "" if isinstance(got, dict | list) else json.dumps(got, ensure_ascii=False)
    match details["type"]:
        case "missing":
            found = "missing", f"{name} is missing"
        case "extra_forbidden":
            found = "unknown_key", _tell_unknown_key(shape, place)
        case "value_error":
            found = "invalid_value", details["msg"].removeprefix("Value error, ")
        case "string_pattern_mismatch":
            hint = PATTERN_HINTS[details["ctx"]["pattern"]]
            found = "invalid_value", f"{name} must be {hint}; got {shown}"
        case "string_type" if shown and got is not None:
            found = "wrong_type", f'{name} must be text; write "{shown}" in quotes'
        case kind:
            code = "wrong_type" if kind.endswith(("_type", "_parsing")) else "invalid_value"
            given = "is empty: it " if got is None else ""
            found = code, f"{name} {given}{_wanted(details['msg'])}" + (f"; got {shown}" if shown and not given else "")
    return found


def _wanted(said: str) -> str:
    """Pydantic's sentence as it goes on after the name of a field."""
    for theirs, ours in _PHRASES:
        said = re.sub(theirs, ours, said)
    return said


def _tell_unknown_key(shape: Any, place: Place) -> str:
    known = sorted(_fields_at(shape, place[:-1]))
    unknown = str(place[-1])
    near = difflib.get_close_matches(unknown, known, n=1)
    meant = f" (did you mean `{near[0]}`?)" if near else ""
    return f"`{spell(place)}` is not known{meant}; allowed here: {', '.join(known)}"


def _fields_at(shape: Any, place: Place) -> list[str]:
    """The keys that are allowed at `place` of a shape."""
    shape = _bare(shape)
    for part in place:
        shape = _bare(_inside(shape, part))
    return list(_by_key(shape))


def _inside(shape: Any, part: str | int) -> Any:
    if get_origin(shape) is list:
        return get_args(shape)[0]
    if get_origin(shape) is dict:
        return get_args(shape)[1]
    return _by_key(shape)[str(part)].annotation


def _by_key(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _bare(annotation: Any) -> Any:
    """The annotation without `Annotated[…]` and `| None`."""
    while get_origin(annotation) in {Annotated, Union, UnionType}:
        annotation = next(inner for inner in get_args(annotation) if inner is not type(None))
    return annotation


def spell(place: Place) -> str:
    """A place as an author reads it: ``questions[0].weight.value``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")
