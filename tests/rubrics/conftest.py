"""A small, right rubric in a field of its own, in a folder that a test may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"


@pytest.fixture
def kitchen(tmp_path: Path) -> Path:
    """A rubrics folder with one published rubric and two studies."""
    return Path(shutil.copytree(DATA, tmp_path / "rubrics"))
