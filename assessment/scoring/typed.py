"""Answers in a struct made for one rubric: read from bytes into their places, each the key of what it says.

msgspec reads such a struct in less than it takes to make a dictionary of the same bytes, refuses every question and
option that the rubric does not have, and hands out the same text for an option each time, so that looking it up costs
next to nothing.
"""

from __future__ import annotations

import math
from collections.abc import ItemsView, Mapping, Sequence
from itertools import combinations
from typing import Annotated, Any, Literal, TypeAlias, cast

import msgspec
from msgspec import Meta
from msgspec.structs import astuple

from assessment.scoring.result import State

Row: TypeAlias = tuple[float | None, State, tuple[str, ...]]
"""What an answer says: its level, its state, and the options chosen in the rubric's order."""

MOST_SETS = 256
"""Sets of options of one multiple choice that are looked up; those of longer ones are added up each time."""

NOTHING: Row = (None, "unanswered", ())
_Remarked: TypeAlias = dict[str, str | list[str]]
"""An answer with remarks, or why there is none."""


class TypedAnswers(msgspec.Struct, frozen=True, gc=False):
    """One person's answers to one rubric version, a field for each question in its order: an option, a tuple of
    options, an object as it was sent, or None where nothing was."""

    def items(self) -> ItemsView[str, object]:
        """The answers given, by question id, as they were sent."""
        return {
            question: list(answer) if type(answer) is tuple else answer
            for question, answer in zip(self.__struct_encode_fields__, astuple(self), strict=True)
            if answer is not None
        }.items()

    def count_keys(self) -> int:
        """Keys of the JSON object that these answers were read from, if none came twice."""
        given = [answer for answer in astuple(self) if answer is not None]
        return len(given) + sum(len(answer) for answer in given if type(answer) is dict)

    def least_keys(self) -> int:
        """A number that `count_keys` is never below, found faster. They are equal where everything is answered by
        options alone, and by one at least."""
        answers = astuple(self)
        return len(answers) if all(answers) else 0


Answers: TypeAlias = Mapping[str, object] | TypedAnswers
"""One person's answers by question id."""


class Reader(msgspec.Struct, frozen=True, gc=False):
    """The struct of one rubric's answers, and for each question what every answer to it says."""

    kind: type[TypedAnswers]
    whole: type[TypedAnswers]
    """The same for those that answer everything by options alone, which it takes and no others."""
    rows: tuple[Mapping[Any, Row], ...]
    """Of an answer that has no row, more has to be looked at: it is an object, or names an option twice."""


class _Choices(dict[tuple[str, ...] | None, Row]):
    """Rows of a multiple choice by the options in the rubric's order; others are put into it first."""

    def __init__(self, top: float, levels: Mapping[str, float]) -> None:
        super().__init__({None: NOTHING})
        self._top = top
        self._levels = levels
        if 2 ** len(levels) <= MOST_SETS:
            for size in range(len(levels) + 1):
                self.update((chosen, self._row(chosen)) for chosen in combinations(levels, size))

    def __missing__(self, chosen: tuple[str, ...]) -> Row:
        unique = set(chosen)
        if len(unique) < len(chosen):
            raise KeyError(chosen)
        return self._row(tuple(option for option in self._levels if option in unique))

    def _row(self, chosen: tuple[str, ...]) -> Row:
        return points(self._top, self._levels, chosen), "answered", chosen


def points(top: float, levels: Mapping[str, float], chosen: Sequence[str]) -> float:
    """Level of a multiple choice: the points of the options chosen, at most the highest level."""
    return min(top, math.fsum(levels[option] for option in chosen))


def make_reader(questions: Sequence[tuple[str, bool, float, Mapping[str, float]]]) -> Reader:
    """The reader for questions, each given as (id, whether multiple, highest level, level of each option)."""
    fields: list[tuple[str, Any]] = []
    rows: list[Mapping[Any, Row]] = []
    for place, (_, multiple, top, levels) in enumerate(questions):
        option: Any = Literal[tuple(levels)]
        if multiple:
            choice: Any = Annotated[tuple[option, ...], Meta(max_length=len(levels))]
            rows.append(_Choices(top, levels))
        else:
            choice = option
            rows.append({None: NOTHING} | {name: (level, "answered", (name,)) for name, level in levels.items()})
        fields.append((f"q{place}", choice))
    names = {f"q{place}": question for place, (question, *_) in enumerate(questions)}
    kind = _make("Answers", [(name, choice | _Remarked, None) for name, choice in fields], TypedAnswers, names)
    return Reader(kind, _make("WholeAnswers", fields, kind, names), tuple(rows))


def _make(
    name: str,
    fields: Sequence[tuple[str, Any] | tuple[str, Any, None]],
    base: type[TypedAnswers],
    names: dict[str, str],
) -> type[TypedAnswers]:
    made = msgspec.defstruct(
        name, fields, bases=(base,), rename=names, forbid_unknown_fields=True, frozen=True, gc=False, kw_only=True
    )
    return cast("type[TypedAnswers]", made)
