"""Reads a body that carries answers in one pass, into structs made for the rubrics.

A wire struct is made once more for every reference to a rubric: `answers` become the struct of that rubric's answers,
and `rubric` the tag that says which of them all a body is. Where that takes a body as it stands, `decode` and `fit`
would take it too, and their structs would say the same; to whatever it does not take they say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, reduce
from operator import is_not, or_
from types import GenericAlias, UnionType
from typing import Annotated, Any, Generic, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import FieldInfo, astuple, fields

from assessment.api.body import has_as_many_keys, is_suspect
from assessment.api.wire.scores import Answers
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.typed import TypedAnswers
from assessment.service.rubrics import Rubrics

T = TypeVar("T", bound=msgspec.Struct)
_Field: TypeAlias = tuple[str, Any] | tuple[str, Any, Any]
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class TypedReader(Generic[T]):
    """Reads requests of one wire struct, whose field `rubric` refers to the rubric of its answers."""

    def __init__(self, kind: type[T], rubrics: Rubrics) -> None:
        by_reference = rubrics.by_reference()
        self._decode: Callable[[bytes | msgspec.Raw], T] = _decoder(
            [_make_request(kind, *named) for named in by_reference.items()]
        )
        # By the number of their keys, which is that of the colons in their bytes.
        whole: dict[int, list[type[msgspec.Struct]]] = {}
        if "answers" in kind.__struct_fields__:
            for reference, rubric in by_reference.items():
                made = _make_whole_request(kind, reference, rubric)
                whole.setdefault(2 + len(rubric.questions), []).append(made)
        self._decode_whole: dict[int, Callable[[bytes], T]] = {keys: _decoder(made) for keys, made in whole.items()}

    def read(self, body: bytes) -> T | None:
        """What a body says that nothing is known of, or None."""
        colons = body.count(b":")
        if (decode_whole := self._decode_whole.get(colons)) is not None:
            try:
                # All keys that it needs are there, so none of them twice, and no text that was not foreseen.
                return decode_whole(body)
            except _UNREADABLE:
                pass
        if is_suspect(body) or (found := self.read_again(body)) is None:
            return None
        if colons == 1 + _count(found, TypedAnswers.least_keys):
            return found
        return found if has_as_many_keys(body, 1 + _count(found, TypedAnswers.count_keys)) else None

    def read_again(self, part: bytes | msgspec.Raw) -> T | None:
        """The same of a part of what was decoded strictly before."""
        try:
            return self._decode(part)
        except _UNREADABLE:
            return None


def reader_of(rubrics: Rubrics, kind: type[T]) -> TypedReader[T]:
    """The reader of a wire struct, made when it is first asked for."""
    reader: TypedReader[T] | None = rubrics.readers.get(kind)
    if reader is None:
        reader = rubrics.readers[kind] = TypedReader(kind, rubrics)
    return reader


def _decoder(kinds: Sequence[type[msgspec.Struct]]) -> Callable[[bytes | msgspec.Raw], Any]:
    """Decodes to one of these, by their tags; where there are none, nothing."""
    return msgspec.json.Decoder(reduce(or_, kinds, msgspec.UnsetType)).decode


def _make_request(kind: type[msgspec.Struct], reference: str, rubric: CompiledRubric) -> type[msgspec.Struct]:
    """`kind` for one reference: the same attributes, of which `rubric` is the class's own."""
    typed = {name: _typed(hint, rubric.reader.kind) for name, hint in _hints(kind).items()}
    made = [_field(field, typed[field.name]) for field in fields(kind) if field.name != "rubric"]
    return _tagged(kind, reference, made, {})


def _make_whole_request(kind: type[msgspec.Struct], reference: str, rubric: CompiledRubric) -> type[msgspec.Struct]:
    """The same of nothing but a rubric and all answers to it: the other attributes are the class's own too."""
    rest = {field.name: field.default for field in fields(kind) if field.name not in {"rubric", "answers"}}
    return _tagged(kind, reference, [("answers", rubric.reader.whole)], rest)


def _tagged(
    kind: type[msgspec.Struct], reference: str, made: list[_Field], attributes: dict[str, Any]
) -> type[msgspec.Struct]:
    return msgspec.defstruct(
        kind.__name__,
        made,
        tag_field="rubric",
        tag=reference,
        namespace={"rubric": reference, **attributes},
        forbid_unknown_fields=True,
        frozen=True,
        gc=False,
    )


def _typed(hint: Any, answers: type[TypedAnswers]) -> Any:
    """A type hint with the struct of answers wherever it has `Answers`."""
    if hint == Answers:
        return answers
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        hints = _hints(hint)
        typed = {name: _typed(inner, answers) for name, inner in hints.items()}
        changed = [_field(field, typed[field.name]) for field in fields(hint) if typed[field.name] != hints[field.name]]
        return msgspec.defstruct(hint.__name__, changed, bases=(hint,), kw_only=True, frozen=True) if changed else hint
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any or Any in inner:
        raise TypeError("How deep it is and which keys are in it is not looked at here.")
    if origin is Annotated:
        return Annotated[(_typed(inner[0], answers), *inner[1:])]
    if origin in (Union, UnionType):
        return reduce(or_, (_typed(one, answers) for one in inner))
    return GenericAlias(list, _typed(inner[0], answers)) if origin is list else hint


@cache
def _hints(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _field(field: FieldInfo, hint: Any) -> _Field:
    if field.required:
        return field.name, hint
    factory = field.default_factory
    return field.name, hint, field.default if factory is msgspec.NODEFAULT else msgspec.field(default_factory=factory)


def _count(given: msgspec.Struct, count: Callable[[TypedAnswers], int]) -> int:
    """Keys of the JSON object that `given` was read from, but for those that came with their default."""
    defaults, nested = _shape(type(given))
    values = astuple(given)
    keys = sum(map(is_not, values, defaults))
    for place in nested:
        value = values[place]
        if value is defaults[place]:
            continue
        if isinstance(value, TypedAnswers):
            keys += count(value)
        elif isinstance(value, msgspec.Struct):
            keys += _count(value, count)
        elif isinstance(value, list):
            keys += sum(_count(one, count) for one in value)
        elif isinstance(value, dict):
            # An object of its own is made for who sends none, so an empty one says nothing.
            keys += len(value) or -1
    return keys


@cache
def _shape(kind: type[msgspec.Struct]) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    """The defaults of a struct's fields, and the places of those that may have keys in them."""
    nested = (place for place, field in enumerate(fields(kind)) if _has_keys(_hints(kind)[field.name]))
    return tuple(field.default for field in fields(kind)), tuple(nested)


def _has_keys(hint: Any) -> bool:
    if isinstance(hint, type) and issubclass(hint, dict | msgspec.Struct):
        return True
    return get_origin(hint) is dict or any(map(_has_keys, get_args(hint)))
