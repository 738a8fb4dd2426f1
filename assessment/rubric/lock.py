"""published.lock: the digest of every published version, so that what is published never changes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from assessment.errors import Problem
from assessment.rubric.digest import digest_of
from assessment.rubric.document import problem_at
from assessment.rubric.library import LOCK, Library, read_library
from assessment.rubric.load import RubricSource, refusal

_HEADER = """\
# Written by `assessment rubric publish`. A line is added when a version is published and never changes.
"""
_LINE = re.compile(r"([a-z0-9-]+)@(\d{4}\.\d{1,3}) (sha256:[0-9a-f]{64})")


class Locked(NamedTuple):
    """One line of the lock."""

    digest: str
    line: int


def publish(directory: Path) -> list[str]:
    """Add every published version (one whose rubric.yaml has a `published` date) that the lock does not have yet.

    Existing lines stay as they are, byte for byte. Refused with InvalidRubric while anything in the folder breaks
    a rule. Returns the references added, such as ``kitchen@2026.1``.
    """
    library = read_library(directory)
    locked, lock_problems = read_lock(directory / LOCK)
    problems = [*library.problems, *lock_problems, *_check_locked(library, locked)]
    if problems:
        raise refusal(problems)
    new = [source for source in library.rubrics if _is_published(source) and source.reference not in locked]
    if not new:
        return []
    path = directory / LOCK
    before = path.read_text("utf-8") if path.exists() else _HEADER
    if not before.endswith("\n"):
        before += "\n"
    lines = [f"{source.reference} {digest_of(source.rubric, library.index)}\n" for source in new]
    draft = path.with_name(f".{LOCK}.{os.getpid()}")
    draft.write_text(before + "".join(lines), "utf-8")
    draft.replace(path)
    return [source.reference for source in new]


def check_lock(library: Library) -> list[Problem]:
    """What is wrong between a rubrics folder and its lock."""
    locked, problems = read_lock(library.directory / LOCK)
    problems += _check_locked(library, locked)
    problems += [
        _not_locked(source) for source in library.rubrics if _is_published(source) and source.reference not in locked
    ]
    return problems


def read_lock(path: Path) -> tuple[dict[str, Locked], list[Problem]]:
    """The lines of a lock by reference; a folder without a lock has nothing published."""
    locked: dict[str, Locked] = {}
    problems: list[Problem] = []
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    for number, text in enumerate(lines, start=1):
        if not text.strip() or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            detail = "a line is `<id>@<version> sha256:<64 hex digits>`; only `assessment rubric publish` writes here"
            problems.append(problem_at(path, number, "lock_syntax", detail))
            continue
        reference = f"{match[1]}@{match[2]}"
        if reference in locked:
            detail = f"{reference} is locked twice; the first is on line {locked[reference].line}, which counts"
            problems.append(problem_at(path, number, "duplicate", detail))
        locked.setdefault(reference, Locked(match[3], number))
    return locked, problems


def _is_published(source: RubricSource) -> bool:
    return source.rubric.head.published is not None


def _check_locked(library: Library, locked: dict[str, Locked]) -> Iterator[Problem]:
    """Locked versions that are gone or have changed; digests are compared once nothing else is wrong."""
    sources = {source.reference: source for source in library.rubrics}
    for reference, entry in locked.items():
        rubric_id, version = reference.split("@")
        if not (library.directory / rubric_id / version).is_dir():
            detail = f"{reference} was published and its folder {rubric_id}/{version} is gone; bring it back"
            yield problem_at(library.directory / LOCK, entry.line, "published_gone", detail)
        elif reference in sources and not library.problems:
            source = sources[reference]
            digest = digest_of(source.rubric, library.index)
            if digest != entry.digest:
                detail = (
                    f"{reference} is published and has changed since, here or in a figure of a study it uses "
                    f"(locked {entry.digest[:19]}…, now {digest[:19]}…): undo the change, "
                    "or publish it as a new version in a new folder"
                )
                yield source.head.problem(("version",), "published_changed", detail)


def _not_locked(source: RubricSource) -> Problem:
    detail = f"{source.reference} has a published date but is not in {LOCK}: run `assessment rubric publish`"
    return source.head.problem(("published",), "not_locked", detail)
