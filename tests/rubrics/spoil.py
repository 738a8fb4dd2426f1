"""How tests change authored files, and how they read what the check says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from assessment.errors import Problem


def replace(path: Path, old: str, new: str) -> None:
    """Replace the one place where `old` stands."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), "utf-8")


def told(problems: Iterable[Problem], folder: Path) -> list[str]:
    """Problems as ``file:line: [code] detail``, with files spelled from the rubrics folder."""
    return [f"{p.pointer}: [{p.code}] {p.detail}".replace(f"{folder.as_posix()}/", "") for p in problems]
