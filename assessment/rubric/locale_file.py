"""Writes `locales/<locale>.yaml` to start a translation from, or to go on with one when texts have been added."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from assessment.errors import InvalidInput
from assessment.rubric.document import read_document
from assessment.rubric.load import read_rubric, refusal
from assessment.rubric.translate import Texts, texts_of

_SCHEMA = "# yaml-language-server: $schema=../../../schema.json#/$defs/Translation\n"
_WIDTH = 118


def write_locale_file(directory: Path, locale: str) -> tuple[Path, int]:
    """Write the translation of the rubric in a version folder anew, with every text of the rubric in its order: those
    that are there as they are, the others empty, so that the check names them. Returns the file and how many are empty.

    What the rubric does not have is kept at the end of its part, for the check to name. Comments are kept at the top
    alone, and a file that lacks nothing is left as it is. Raises InvalidRubric; InvalidInput for the rubric's own
    language.
    """
    source, problems = read_rubric(directory, translations=False)
    if source is None:
        raise refusal(problems)
    if locale == source.rubric.head.locale:
        raise InvalidInput(f"`{locale}` is the rubric's own language, whose texts stand in its other files.")
    path = directory / "locales" / f"{locale}.yaml"
    given, top = _read_given(path)
    merged: Texts = {"locale": locale, **_merge(texts_of(source.rubric), given)}
    if list(_walk(merged)) != list(_walk(given)):
        _write(path, top + _render(merged))
    return path, sum(text == "" for _, text in _walk(merged))


def _read_given(path: Path) -> tuple[Texts, str]:
    """What the file has, with the comments that it begins with."""
    if not path.exists():
        schema = path.parents[3] / "schema.json"
        return {}, _SCHEMA if schema.exists() else ""
    document, problems = read_document(path)
    if document is None or not isinstance(document.data, dict):
        if document is not None:
            problems = [document.problem((), "wrong_type", "the file must have keys with values")]
        raise refusal(problems)
    lines = path.read_text("utf-8-sig").splitlines(keepends=True)
    end = next(index for index, line in enumerate(lines) if not line.startswith("#"))
    return document.data, "".join(lines[:end])


def _merge(originals: Texts, given: Texts) -> Texts:
    merged: Texts = {}
    for key, original in originals.items():
        there = given.get(key)
        if isinstance(original, dict) and (there is None or isinstance(there, dict)):
            merged[key] = _merge(original, there or {})
        else:
            merged[key] = "" if there is None else there
    return merged | {key: part for key, part in given.items() if key not in originals and key != "locale"}


def _walk(texts: Texts, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text with its place, in order."""
    for key, part in texts.items():
        if isinstance(part, dict):
            yield from _walk(part, (*place, key))
        else:
            yield (*place, key), part


def _render(texts: Texts) -> str:
    return yaml.safe_dump(_number_levels(texts), allow_unicode=True, sort_keys=False, width=_WIDTH)


def _number_levels(texts: Texts) -> dict[str, Any]:
    """As numbers the keys of levels stand without quotes."""
    levels = texts.get("levels")
    if not isinstance(levels, dict):
        return texts
    return {**texts, "levels": {int(key) if key.isdecimal() else key: part for key, part in levels.items()}}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, "utf-8")
    draft.replace(path)
