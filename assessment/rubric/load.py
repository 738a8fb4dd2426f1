"""How rubric folders and study files become models, with every mistake of shape named by file and line.

What a reference points at, and whether figures agree, is the business of `assessment.rubric.check`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assessment.errors import InvalidRubric, Problem
from assessment.rubric.case import Case
from assessment.rubric.document import Document, problem_at, read_document
from assessment.rubric.head import RubricHead
from assessment.rubric.model import Recommendation, Rubric
from assessment.rubric.question import Dimension
from assessment.rubric.studies import Study
from assessment.rubric.translation import Translation
from assessment.rubric.validate import validate

# The files of a version folder, and its folders of files.
_PARTS = {"rubric.yaml": False, "recommendations.yaml": False, "dimensions": True, "cases": True, "locales": True}
_PARTS_TOLD = (
    "a version folder holds rubric.yaml, recommendations.yaml, dimensions/<dimension>.yaml, cases/<case>.yaml and "
    "locales/<locale>.yaml"
)


@dataclass(frozen=True)
class StudySource:
    """A study and the document it was read from."""

    study: Study
    document: Document


@dataclass(frozen=True)
class RubricSource:
    """A rubric and the documents it was read from; `dimensions`, `cases` and `translations` stand in the rubric's
    order. A rubric without levels has no document of recommendations."""

    directory: Path
    rubric: Rubric
    head: Document
    dimensions: list[Document]
    recommendations: Document | None
    cases: list[Document]
    translations: list[Document]

    @property
    def reference(self) -> str:
        return f"{self.rubric.head.id}@{self.rubric.head.version}"


def load_rubric(directory: Path) -> Rubric:
    """The rubric in a version folder `rubrics/<id>/<version>`; InvalidRubric lists every mistake of shape."""
    source, problems = read_rubric(directory)
    if source is None:
        raise refusal(problems)
    return source.rubric


def load_studies(directory: Path) -> dict[str, Study]:
    """Every study of a folder `rubrics/studies`, by id; InvalidRubric lists every mistake of shape."""
    sources, problems = read_studies(directory)
    if problems:
        raise refusal(problems)
    return {source.study.id: source.study for source in sources}


def refusal(problems: Sequence[Problem]) -> InvalidRubric:
    """All mistakes as one error whose text is readable by itself."""
    lines = "\n".join(f"{problem.pointer}: {problem.detail}" for problem in problems)
    count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
    return InvalidRubric(f"{count} in the rubric files\n{lines}", errors=problems)


def read_studies(directory: Path) -> tuple[list[StudySource], list[Problem]]:
    """Every study that can be read, by file name, and what is wrong with the others."""
    sources: list[StudySource] = []
    problems = [*_strangers(directory, {}, "a study is one file `<id>.yaml`")]
    for path in _yaml_files(directory):
        document, study = _read(path, Study, problems)
        if document is not None and study is not None:
            sources.append(StudySource(study, document))
    return sources, problems


def read_rubric(directory: Path, *, translations: bool = True) -> tuple[RubricSource | None, list[Problem]]:
    """The rubric of a version folder, or every mistake of shape in all its files; without `translations` those are
    passed over."""
    problems = [*_strangers(directory, _PARTS, _PARTS_TOLD, yaml_files=False)]
    for name in (name for name, is_folder in _PARTS.items() if is_folder):
        problems += _strangers(directory / name, {}, f"{name}/ holds only .yaml files")
    head_document, head = _read(directory / "rubric.yaml", RubricHead, problems)
    listed = _read_recommendations(directory / "recommendations.yaml", head, problems)
    parts = {path.stem: _read(path, Dimension, problems) for path in _yaml_files(directory / "dimensions")}
    cases = [_read(path, Case, problems) for path in _yaml_files(directory / "cases")]
    locale_files = _yaml_files(directory / "locales") if translations else []
    locales = [_read(path, Translation, problems) for path in locale_files]
    if head is not None and head_document is not None:
        problems += _missing_parts(directory, head_document, head, list(parts))
    if problems:
        return None, problems
    ordered = [parts[name] for name in head.dimensions]
    rubric = Rubric(
        head=head,
        dimensions=[dimension for _, dimension in ordered],
        recommendations=listed[1],
        cases=[case for _, case in cases],
        translations=[translation for _, translation in locales],
    )
    return RubricSource(
        directory,
        rubric,
        _certain(head_document),
        [_certain(document) for document, _ in ordered],
        listed[0],
        [_certain(document) for document, _ in cases],
        [_certain(document) for document, _ in locales],
    ), []


def _certain(document: Document | None) -> Document:
    assert document is not None  # without problems every file was read
    return document


def _read_recommendations(
    path: Path, head: RubricHead | None, problems: list[Problem]
) -> tuple[Document | None, list[Recommendation]]:
    """Recommendations rest on levels, so a rubric without levels has no such file."""
    if head is None or head.levels:
        document, listed = _read(path, list[Recommendation], problems)
        return document, listed or []
    if path.exists():
        detail = "a rubric without `levels` recommends nothing: add levels to rubric.yaml, or remove this file"
        problems.append(problem_at(path, 1, "needs_levels", detail))
    return None, []


def _read(path: Path, shape: Any, problems: list[Problem]) -> tuple[Document | None, Any]:
    """The document and its model, or None for each after adding what is wrong to `problems`."""
    if not path.is_file():
        problems.append(problem_at(path, 1, "missing_file", f"the file {path.name} is missing"))
        return None, None
    document, found = read_document(path)
    if document is None:
        problems += found
        return None, None
    model, found = validate(document, shape)
    problems += found
    return document, model


def _missing_parts(directory: Path, document: Document, head: RubricHead, present: list[str]) -> Iterator[Problem]:
    """Dimensions that rubric.yaml names without a file, names twice, or does not name."""
    for index, name in enumerate(head.dimensions):
        if name not in present:
            detail = f"the dimension `{name}` has no file dimensions/{name}.yaml"
            yield document.problem(("dimensions", index), "missing_file", detail)
        elif name in head.dimensions[:index]:
            yield document.problem(("dimensions", index), "duplicate", f"the dimension `{name}` is listed twice")
    for name in present:
        if name not in head.dimensions:
            path = directory / "dimensions" / f"{name}.yaml"
            detail = "rubric.yaml does not list this dimension; add it to `dimensions` there, or remove the file"
            yield problem_at(path, 1, "unlisted_file", detail)


def _yaml_files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.glob("*.yaml") if not path.name.startswith("."))


def _strangers(directory: Path, allowed: dict[str, bool], what: str, *, yaml_files: bool = True) -> Iterator[Problem]:
    """Files and folders that nothing reads: a name in `allowed` says whether it is a folder. Hidden ones are the
    editor's or the system's own."""
    for path in sorted(directory.iterdir()) if directory.is_dir() else []:
        known = allowed.get(path.name) is path.is_dir() or (yaml_files and path.suffix == ".yaml" and path.is_file())
        if not known and not path.name.startswith("."):
            yield problem_at(path, 1, "unknown_file", f"nothing reads this; {what}")
