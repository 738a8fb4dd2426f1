"""The contract's history: what is committed is what the contracts say, and what breaks clients needs a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assessment.api.contracts.history import read_history, render
from assessment.errors import InvalidInput

COMMITTED = Path(__file__).parents[2] / "openapi"
GONE = "GET /v1/things: is not there any more"


def contract(version: str, *paths: str) -> dict[str, Any]:
    operation = {"summary": "List things", "responses": {"200": {"description": "They."}}}
    return {
        "openapi": "3.1.0",
        "info": {"version": version, "title": "Things"},
        "paths": {path: {"get": operation} for path in paths},
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two released versions, and the contract as it is without what was in the second."""
    (tmp_path / "released").mkdir()
    put(tmp_path, "released/1.0.0.json", contract("1.0.0"))
    put(tmp_path, "released/1.10.0.json", contract("1.10.0", "/v1/things"))
    put(tmp_path, "openapi.json", contract("1.10.0"))
    return tmp_path


def put(folder: Path, name: str, document: Any) -> None:
    (folder / name).write_text(json.dumps(document), encoding="utf-8")


def test_the_committed_page_is_what_the_contracts_say_and_nothing_breaks_unannounced() -> None:
    history = read_history(COMMITTED)
    assert history.objections == []
    assert (COMMITTED / "changes.md").read_text(encoding="utf-8") == render(history), "Run: make contract"


def test_versions_stand_by_number_the_latest_first(folder: Path) -> None:
    page = render(read_history(folder))
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## Not released yet",
        "## 1.10.0",
        "## 1.0.0",
    ]
    assert "- GET /v1/things: is new: List things." in page
    assert f"- {GONE}." in page


def test_what_breaks_clients_is_refused(folder: Path) -> None:
    [objection] = read_history(folder).objections
    assert (objection.pointer, objection.code) == (GONE, "breaks_clients")


@pytest.mark.parametrize(("version", "is_refused"), [("1.11.0", True), ("2.0.0", False)])
def test_a_new_major_version_may_break_clients(folder: Path, version: str, is_refused: bool) -> None:
    put(folder, "openapi.json", contract(version))
    assert bool(read_history(folder).objections) is is_refused


@pytest.mark.parametrize(("version", "is_refused"), [("0.3.5", True), ("0.4.0", False)])
def test_below_one_a_new_minor_version_may(folder: Path, version: str, is_refused: bool) -> None:
    for name in ("1.0.0", "1.10.0"):
        (folder / "released" / f"{name}.json").unlink()
    put(folder, "released/0.3.4.json", contract("0.3.4", "/v1/things"))
    put(folder, "openapi.json", contract(version))
    assert bool(read_history(folder).objections) is is_refused


def test_a_reason_allows_it_and_stands_in_the_page(folder: Path) -> None:
    allowed = f'- since: 1.10.0\n  change: "{GONE}"\n  reason: Nobody used it.\n'
    (folder / "allowed.yaml").write_text(allowed, encoding="utf-8")
    history = read_history(folder)
    assert history.objections == []
    assert f"- {GONE}. Why: Nobody used it." in render(history)


def test_a_reason_for_nothing_is_refused(folder: Path) -> None:
    (folder / "allowed.yaml").write_text(f'- since: 1.0.0\n  change: "{GONE}"\n  reason: No.\n', encoding="utf-8")
    assert [one.code for one in read_history(folder).objections] == ["breaks_clients", "allowed_for_nothing"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("released/latest.json", "{}", "is no version of three numbers"),
        ("openapi.json", "{", "is not JSON"),
        ("openapi.json", '{"openapi": "3.1.0"}', "is no version of three numbers"),
        ("openapi.json", "{}", "must begin with 3"),
        ("allowed.yaml", "- since: 1.0.0\n", "missing required field `change`"),
        ("allowed.yaml", "- [", "cannot be read"),
    ],
)
def test_a_file_that_is_wrong_is_named(folder: Path, name: str, content: str, said: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=said):
        read_history(folder)


def test_a_folder_without_released_contracts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no contract in"):
        read_history(tmp_path)
