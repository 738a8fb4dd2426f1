"""Answers in Arrow columns: what each row's cell says of a question, by codes, and which cells say nothing allowed.

A column of texts is read by its different texts: each is looked at once, by the reader that all answers go through. A
column of lists (of a multiple choice) is read by the sets of options that occur.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from assessment.errors import InvalidAnswers, InvalidInput, Problem
from assessment.scoring.answers import Response, level_of, read_responses
from assessment.scoring.cells import read_cell
from assessment.scoring.columnar import Functions, Picks
from assessment.scoring.compiled import CompiledQuestion, CompiledRubric
from assessment.scoring.states import Places, Yes

FUNCTION = "function"
"""The column that says for whom a row answers."""
MOST_TEXTS = 4096
"""Different texts of a column that are remembered: reasons why something does not apply can be any."""
_WRONG = -1
_STRANGER = 1 << 40
"""Added to a set of options by one that the question does not have."""


class QuestionColumn:
    """Reads the column of one question."""

    def __init__(self, rubric: CompiledRubric, question: CompiledQuestion, places: Places) -> None:
        self._rubric = rubric
        self._question = question
        self._places = places
        self._by_level = {level: place for place, level in enumerate(places.levels)}
        self._place_of_text = lru_cache(MOST_TEXTS)(self._read_text)
        self._bits = {option: 1 << n for n, option in enumerate(question.option_ids)}
        unknown = 1 << len(question.option_ids) if question.multiple else 0
        self._place_of_set = np.full(unknown, _WRONG, np.int64)
        """By bits of options; worked out when a set first occurs."""

    def check(self, kind: pa.DataType) -> None:
        """Raise InvalidInput for a type of column that cannot hold answers to the question."""
        within = _values_of(kind) if self._question.multiple and _is_list(kind) else kind
        if not (pa.types.is_null(kind) or _is_text(within)):
            allowed = "texts or lists of texts" if self._question.multiple else "texts"
            detail = f"Column {self._question.id!r} has {kind}; answers to it are {allowed}."
            raise InvalidInput(detail, errors=[Problem(self._question.id, "wrong_type", detail)])

    def read(self, column: pa.Array) -> tuple[Picks | None, Yes | None]:
        """What the rows answer, and which of them say something that is not allowed. None where there is nothing."""
        if column.null_count == len(column):
            return None, None
        if _is_list(column.type):
            return self._read_lists(column)
        codes, texts = encode(column)
        places = np.array([self._place_of_text(text) for text in texts], np.int64)
        wrong = places == _WRONG
        if not wrong.any():
            return Picks(codes, places), None
        places[wrong] = self._places.missing
        return Picks(codes, places), wrong[codes]

    def problems(self, cell: object) -> list[Problem]:
        """What is wrong with one cell."""
        answer = read_cell(cell, multiple=self._question.multiple) if isinstance(cell, str) else cell
        try:
            read_responses(self._rubric, [Response({self._question.id: answer})])
        except InvalidAnswers as error:
            return [Problem(self._question.id, one.code, one.detail) for one in error.errors]
        return []

    def _read_text(self, text: str | None) -> int:
        """The place that a text leads to, or _WRONG."""
        answer = None if text is None else read_cell(text, multiple=self._question.multiple)
        if answer is None:
            return self._places.missing
        try:
            (sheet,) = read_responses(self._rubric, [Response({self._question.id: answer})])
        except InvalidAnswers:
            return _WRONG
        level = sheet.levels[self._question.index]
        if level is not None:
            return self._by_level[level]
        state = sheet.states[self._question.index]
        return self._places.not_applicable if state == "not_applicable" else self._places.missing

    def _read_lists(self, column: pa.Array) -> tuple[Picks, Yes | None]:
        """Options are powers of two, so a list's sum is its set; one that was given twice has another number of bits
        than the list has options."""
        codes, texts = encode(column.values)
        powers = np.array([_STRANGER if text is None else self._bits.get(text, _STRANGER) for text in texts], np.int64)
        totals = np.concatenate([np.zeros(1, np.int64), np.cumsum(powers[codes])])
        offsets = column.offsets.to_numpy()
        sets = totals[offsets[1:]] - totals[offsets[:-1]]
        lengths = np.diff(offsets)
        nothing = column.is_null().to_numpy(zero_copy_only=False)
        wrong = (sets >= len(self._place_of_set)) | (np.bitwise_count(sets) != lengths)
        wrong &= ~nothing
        sets[wrong | nothing] = 0
        places = self._place_of_set
        if (places[sets] == _WRONG).any():
            for one in np.unique(sets).tolist():
                chosen = [option for option, bit in self._bits.items() if one & bit]
                places[one] = self._by_level[level_of(self._question, chosen)]
        if nothing.any():
            sets[nothing] = len(places)
            places = np.append(places, self._places.missing)
        return Picks(sets, places), wrong if wrong.any() else None


class FunctionColumn:
    """Reads the column that says for whom each row answers."""

    id = FUNCTION

    def __init__(self, rubric: CompiledRubric) -> None:
        self._rubric = rubric
        self._known = {function.id for function in rubric.source.head.functions}

    def check(self, kind: pa.DataType) -> None:
        """Raise InvalidInput for a type of column that cannot hold functions."""
        if not (pa.types.is_null(kind) or _is_text(kind)):
            detail = f"Column {FUNCTION!r} has {kind}; functions are texts."
            raise InvalidInput(detail, errors=[Problem(FUNCTION, "wrong_type", detail)])

    def read(self, column: pa.Array) -> tuple[Functions | None, Yes | None]:
        """For whom the rows answer, and which of them name a function that the rubric does not have."""
        if column.null_count == len(column):
            return None, None
        codes, texts = encode(column)
        names = [(text or "").strip() or None for text in texts]
        wrong = np.array([name is not None and name not in self._known for name in names], np.bool_)
        known = [None if bad else name for name, bad in zip(names, wrong.tolist(), strict=True)]
        return Functions(codes, known), wrong[codes] if wrong.any() else None

    def problems(self, cell: object) -> list[Problem]:
        """What is wrong with one cell."""
        name = str(cell).strip()
        try:
            read_responses(self._rubric, [Response({}, name)])
        except InvalidAnswers as error:
            return [Problem(FUNCTION, one.code, f"{name!r}: {one.detail}") for one in error.errors]
        return []


def encode(column: pa.Array) -> tuple[npt.NDArray[np.integer], Sequence[str | None]]:
    """A column of texts as codes, and the text of each code; None is nothing."""
    if pa.types.is_null(column.type):
        return np.zeros(len(column), np.int32), [None]
    if not pa.types.is_dictionary(column.type):
        if pa.types.is_string_view(column.type):
            column = column.cast(pa.large_string())
        column = column.dictionary_encode()
    texts = column.dictionary.to_pylist()
    codes = column.indices
    if codes.null_count:
        codes = codes.cast(pa.int32()).fill_null(len(texts))
        texts.append(None)
    return codes.to_numpy(zero_copy_only=False), texts


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
    )


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _values_of(kind: pa.DataType) -> pa.DataType:
    return kind.value_type
