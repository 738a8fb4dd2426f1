"""The rubrics and studies that are in use: loaded once, checked, and looked up by id and version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import assessment
from assessment.errors import RubricNotFound, StudyNotFound
from assessment.rubric.bridges import Span, find_span, version_order
from assessment.rubric.digest import digest_of
from assessment.rubric.index import StudyIndex
from assessment.rubric.library import read_library
from assessment.rubric.load import refusal
from assessment.rubric.lock import check_lock
from assessment.rubric.model import Rubric
from assessment.rubric.studies import Finding, Practice, Study


@dataclass(frozen=True)
class Entry:
    """One version of a rubric; `digest` is ``sha256:<hex>`` of all that scoring depends on."""

    rubric: Rubric
    digest: str
    published: bool

    @property
    def reference(self) -> str:
        return f"{self.rubric.head.id}@{self.rubric.head.version}"


class Catalog:
    """Published rubrics, and the studies they stand on."""

    def __init__(self, entries: Sequence[Entry], index: StudyIndex) -> None:
        ordered = sorted(entries, key=lambda entry: (entry.rubric.head.id, version_order(entry.rubric.head.version)))
        self._entries = {entry.reference: entry for entry in ordered}
        self._index = index

    @classmethod
    def load(cls, directory: Path) -> Catalog:
        """Load a rubrics folder; InvalidRubric lists every mistake, in the files and against published.lock."""
        library = read_library(directory)
        problems = [*library.problems, *check_lock(library)]
        if problems:
            raise refusal(problems)
        entries = [
            Entry(source.rubric, digest_of(source.rubric, library.index), source.rubric.head.published is not None)
            for source in library.rubrics
        ]
        return cls(entries, library.index)

    @property
    def studies(self) -> Mapping[str, Study]:
        return MappingProxyType(dict(self._index.studies))

    def entries(self, *, drafts: bool = False) -> list[Entry]:
        """All published versions, by id, then from the oldest version to the newest."""
        return [entry for entry in self._entries.values() if drafts or entry.published]

    def find(self, rubric_id: str, version: str | None = None, *, drafts: bool = False) -> Entry:
        """A published version, the latest when `version` is None; `drafts` admits unpublished ones too."""
        found = [
            entry
            for entry in self.entries(drafts=drafts)
            if entry.rubric.head.id == rubric_id and version in {None, entry.rubric.head.version}
        ]
        if not found:
            asked = rubric_id if version is None else f"{rubric_id}@{version}"
            there = ", ".join(entry.reference for entry in self.entries(drafts=drafts)) or "none"
            raise RubricNotFound(f"No published rubric is called `{asked}`; there are: {there}")
        return found[-1]

    def span(self, rubric_id: str, one: tuple[str, str], other: tuple[str, str]) -> Span | None:
        """What lets scores of two published versions of a rubric be compared, each given by version and digest; None
        when nothing does, or when what is needed to tell is not here."""
        if one[0] == other[0] and one != other:
            return None
        digests = dict((one, other))
        heads = {
            entry.rubric.head.version: entry.rubric.head
            for entry in self.entries()
            if entry.rubric.head.id == rubric_id
            and digests.get(entry.rubric.head.version, entry.digest) == entry.digest
        }
        return find_span(heads, one[0], other[0])

    def study(self, study_id: str) -> Study:
        try:
            return self._index.studies[study_id]
        except KeyError:
            raise StudyNotFound(f"No study has the id `{study_id}`") from None

    def finding(self, finding_id: str) -> tuple[Study, Finding]:
        """A finding with its study; StudyNotFound for an id that no study has."""
        try:
            return self._index.findings[finding_id]
        except KeyError:
            raise StudyNotFound(f"No study has a finding with the id `{finding_id}`") from None

    def practice(self, practice_id: str) -> tuple[Study, Practice]:
        """A practice with its study; StudyNotFound for an id that no study has."""
        try:
            return self._index.practices[practice_id]
        except KeyError:
            raise StudyNotFound(f"No study has a practice with the id `{practice_id}`") from None


def parse_reference(reference: str) -> tuple[str, str | None]:
    """``"kitchen"`` is the latest version of a rubric, ``"kitchen@2026.1"`` a certain one."""
    rubric_id, at, version = reference.partition("@")
    return rubric_id, version if at else None


def default_directory() -> Path:
    """The rubrics that come with the package: inside an installed wheel, else beside it in the repository."""
    package = Path(assessment.__file__).parent
    shipped = package / "_rubrics"
    return shipped if shipped.is_dir() else package.parent / "rubrics"
