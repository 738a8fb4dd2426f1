"""What an author sees: everything that is wrong with a rubrics folder, or with one part of it."""

from __future__ import annotations

from pathlib import Path

from assessment.errors import Problem
from assessment.rubric.document import problem_at
from assessment.rubric.library import STUDIES, read_library
from assessment.rubric.lock import check_lock

# From rubrics/<id>/<version>/dimensions/x.yaml up to rubrics/.
_HIGHEST = 4


def check(path: Path) -> list[Problem]:
    """Every mistake in `path`, by file and line: a rubrics folder, or a rubric, version, study or file in one.

    The whole folder is always read, because references and ids reach across files; of its problems those inside
    `path` are returned. Pointers are ``file:line`` with the file spelled as `path` is.
    """
    if not path.exists():
        return [problem_at(path, 1, "not_found", "there is no such file or folder")]
    path = _spelled_to_its_root(path)
    root = folder_of(path)
    if root is None:
        detail = "this is no rubrics folder and lies in none: one has studies/<id>.yaml and <id>/<version>/rubric.yaml"
        return [problem_at(path, 1, "not_a_rubrics_folder", detail)]
    library = read_library(root)
    problems = sorted({*library.problems, *check_lock(library)}, key=_by_file_and_line)
    inside = [problem for problem in problems if _file_of(problem).is_relative_to(path)]
    if library.index.complete or path == root or path.is_relative_to(root / STUDIES):
        return inside
    # References into unreadable studies could not be checked, so silence would mislead.
    return inside + [problem for problem in problems if _file_of(problem).is_relative_to(root / STUDIES)]


def _spelled_to_its_root(path: Path) -> Path:
    """`path` as given when its rubrics folder can be reached by its own parts, else absolute."""
    return path if ".." not in path.parts and folder_of(path) is not None else path.resolve()


def folder_of(path: Path) -> Path | None:
    """The rubrics folder that `path` is or lies in, as far as the parts of `path` reach."""
    for folder in (path, *path.parents)[: _HIGHEST + 1]:
        if (folder / STUDIES).is_dir() or next(folder.glob("*/*/rubric.yaml"), None) is not None:
            return folder
    return None


def _file_of(problem: Problem) -> Path:
    return Path(problem.pointer.rpartition(":")[0])


def _by_file_and_line(problem: Problem) -> tuple[str, int, str, str]:
    file, _, line = problem.pointer.rpartition(":")
    return file, int(line), problem.code, problem.detail
