"""The locked requirements: hashes for everything, no address of a package index, one version for both files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "requirements"


def pins(name: str) -> dict[str, str]:
    """Name, with its marker where it has one, → version: a package may differ between Python versions."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    found = re.findall(r"^([a-z0-9.-]+)==(\S+)(?: (; [^\\\n]*\S))?", text, flags=re.M)
    return {f"{package} {marker}".strip(): version for package, version, marker in found}


@pytest.mark.parametrize("name", ["serve.lock", "dev.lock", "bench.lock"])
def test_every_requirement_has_hashes_and_no_line_has_an_address(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"^(?=[a-z])", text, flags=re.M)[1:]
    assert len(blocks) == len(pins(name)) > 30
    assert all("--hash=sha256:" in block for block in blocks)


def test_what_is_developed_with_is_what_is_served() -> None:
    # Without the markers, which grow with what a package is needed for.
    served, developed = (
        {(package.partition(" ")[0], version) for package, version in pins(name).items()}
        for name in ("serve.lock", "dev.lock")
    )
    assert served <= developed


def test_the_build_backend_is_locked_so_that_nothing_else_is_fetched() -> None:
    assert {"hatchling", "editables"} <= pins("dev.lock").keys()
