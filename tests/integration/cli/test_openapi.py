"""`assessment openapi`: contracts compared at a terminal, by exit code and in words."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.cli.conftest import Run

COMMITTED = Path(__file__).parents[3] / "openapi" / "openapi.json"


def test_a_contract_is_compared_with_an_earlier_one(run: Run, tmp_path: Path) -> None:
    before = json.loads(COMMITTED.read_bytes())
    del before["paths"]["/v1/errors"]
    (tmp_path / "before.json").write_text(json.dumps(before), encoding="utf-8")
    done = run("openapi", "compare", "before.json")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        ["added   GET /v1/errors: is new: List the error codes", "1 change; none breaks clients."],
    )
    done = run("openapi", "compare", str(COMMITTED), "before.json")
    assert (done.returncode, done.stdout.splitlines()) == (1, ["breaks  GET /v1/errors: is not there any more"])
    assert done.stderr == "Error: 1 of 1 changes breaks clients.\n"


def test_what_breaks_clients_fails_where_no_reason_is_given(run: Run, tmp_path: Path) -> None:
    before = {"openapi": "3.1.0", "info": {"version": "1.0.0"}, "paths": {"/v1/things": {"get": {"responses": {}}}}}
    (tmp_path / "released").mkdir()
    (tmp_path / "released" / "1.0.0.json").write_text(json.dumps(before), encoding="utf-8")
    (tmp_path / "openapi.json").write_text(json.dumps(before | {"paths": {}}), encoding="utf-8")
    done = run("openapi", "history", ".", "-o", "changes.md")
    assert done.returncode == 1
    assert "GET /v1/things: is not there any more: breaks clients of 1.0.0" in done.stderr
    assert "- GET /v1/things: is not there any more." in (tmp_path / "changes.md").read_text(encoding="utf-8")


def test_what_is_no_contract_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    done = run("openapi", "compare", str(COMMITTED), "list.json")
    assert (done.returncode, done.stderr) == (1, "Error: This is no OpenAPI document: it has no `paths`.\n")
