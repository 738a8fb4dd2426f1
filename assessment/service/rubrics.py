"""The rubrics that can be used now, each compiled once."""

from __future__ import annotations

from typing import Any

from assessment.errors import RubricNotFound
from assessment.rubric.catalog import Catalog, parse_reference
from assessment.rubric.model import Rubric
from assessment.rubric.translate import translated
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric


class Rubrics:
    """Compiled rubrics by reference (`alignment`, `alignment@2026.1`)."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._compiled: dict[tuple[str, str], CompiledRubric] = {}
        self._by_reference: dict[str, CompiledRubric] = {}
        self.readers: dict[type, Any] = {}
        """What reads each kind of request that carries answers: made of all these rubrics, and kept with them."""
        self._texts: dict[tuple[str, str, str], Rubric] = {}

    def compile_published(self) -> list[CompiledRubric]:
        """Compile every published version, so that no request pays for it."""
        return [self._compile(entry.rubric.head.id, entry.rubric.head.version) for entry in self.catalog.entries()]

    def get(self, reference: str) -> CompiledRubric:
        """The version referred to, the latest published one when none is named. Raises RubricNotFound."""
        known = self._by_reference.get(reference)
        if known is None:
            # Only what exists is remembered, so that made-up references take no memory.
            known = self._by_reference[reference] = self._compile(*parse_reference(reference))
        return known

    def by_reference(self) -> dict[str, CompiledRubric]:
        """Every reference that `get` takes, with its version."""
        heads = [entry.rubric.head for entry in self.catalog.entries()]
        references = [reference for head in heads for reference in (head.id, f"{head.id}@{head.version}")]
        return {reference: self.get(reference) for reference in references}

    def pinned(self, rubric_id: str, version: str, digest: str) -> CompiledRubric:
        """The very version that an assessment was created with. Raises RubricNotFound when it is not installed."""
        found = self._compile(rubric_id, version)
        if found.used.digest != digest:
            raise RubricNotFound(f"{rubric_id}@{version} is not the one this assessment was created with ({digest}).")
        return found

    def texts(self, rubric: CompiledRubric, locale: str) -> Rubric:
        """The rubric in a language. Raises InvalidInput for one that it does not have."""
        key = (rubric.used.id, rubric.used.version, locale)
        known = self._texts.get(key)
        if known is None:
            known = self._texts[key] = translated(rubric.source, locale)
        return known

    def _compile(self, rubric_id: str, version: str | None) -> CompiledRubric:
        entry = self.catalog.find(rubric_id, version)
        key = (entry.rubric.head.id, entry.rubric.head.version)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = compile_rubric(entry.rubric, self.catalog.studies, entry.digest)
        return found
