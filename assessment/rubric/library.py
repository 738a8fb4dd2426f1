"""A whole rubrics folder read and held against every rule, whatever state it is in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assessment.errors import Problem
from assessment.rubric.document import problem_at
from assessment.rubric.index import StudyIndex
from assessment.rubric.load import RubricSource, StudySource, read_rubric, read_studies
from assessment.rubric.rules.bridges import check_bridges
from assessment.rubric.rules.cases import check_cases
from assessment.rubric.rules.consistency import check_consistency
from assessment.rubric.rules.head import check_head
from assessment.rubric.rules.levels import check_levels
from assessment.rubric.rules.questions import check_questions
from assessment.rubric.rules.recommendations import check_recommendations
from assessment.rubric.rules.studies import check_studies
from assessment.rubric.rules.translations import check_translations

STUDIES = "studies"
LOCK = "published.lock"
_KNOWN_FILES = frozenset({LOCK, "README.md", "schema.json"})


@dataclass(frozen=True)
class Library:
    """What could be read of a rubrics folder, and everything that is wrong with it apart from the lock."""

    directory: Path
    rubrics: list[RubricSource]
    studies: list[StudySource]
    index: StudyIndex
    problems: list[Problem]


def read_library(directory: Path) -> Library:
    """Read `<id>/<version>/` and `studies/` of a rubrics folder.

    Rules about content are held against the files whose shape is right; a reference into the studies is only
    called unknown when every study could be read.
    """
    studies, problems = read_studies(directory / STUDIES)
    index = StudyIndex.build((source.study for source in studies), complete=not problems)
    rubrics: list[RubricSource] = []
    problems += _strange_files(directory)
    for folder in _version_folders(directory):
        source, found = read_rubric(folder)
        problems += found
        if source is not None:
            rubrics.append(source)
    dimensions = {name for source in rubrics for name in source.rubric.head.dimensions}
    all_read = len(rubrics) == len(_version_folders(directory))
    problems += check_studies(studies, index, dimensions if all_read else ())
    for source in rubrics:
        problems += check_rubric(source, index)
    problems += check_bridges(rubrics)
    return Library(directory, rubrics, studies, index, problems)


def check_rubric(source: RubricSource, index: StudyIndex) -> list[Problem]:
    """Every rule for one version of a rubric, given the studies. What belongs to levels is there or not as a whole;
    until it is, nothing else can be judged. Translations are held against a rubric that is right: a wrong id in it
    would be told again for each of them."""
    problems = list(check_levels(source))
    if not problems:
        problems += check_head(source, index)
        problems += check_consistency(source)
        problems += check_questions(source, index)
        problems += check_recommendations(source, index)
        problems += check_cases(source)
    if not problems:
        problems += check_translations(source)
    return problems


def _version_folders(directory: Path) -> list[Path]:
    return [version for rubric in _folders(directory) if rubric.name != STUDIES for version in _folders(rubric)]


def _folders(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.is_dir() and not path.name.startswith("."))


def _strange_files(directory: Path) -> Iterator[Problem]:
    """Files beside the folders `<id>/` and `<id>/<version>/`, where nothing reads them."""
    for folder in (directory, *(path for path in _folders(directory) if path.name != STUDIES)):
        known = _KNOWN_FILES if folder == directory else frozenset[str]()
        for path in sorted(folder.iterdir()):
            if path.is_file() and path.name not in known and not path.name.startswith("."):
                detail = "nothing reads this; a rubric lies in <id>/<version>/, a study in studies/<id>.yaml"
                yield problem_at(path, 1, "unknown_file", detail)
