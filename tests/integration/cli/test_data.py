"""`assessment data`, `retention` and `audit`, beside a running service."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.integration.cli.conftest import Run, Serving
from tests.integration.cli.test_backup import BODY, create, flat
from tests.integration.cli.test_serve import get, secret_key_of

Serve = Callable[..., Serving]


class Account:
    """A service with one assessment in it."""

    def __init__(self, service: Serving, run: Run) -> None:
        self.service = service
        self.key = secret_key_of(service.output)
        self.assessment = create(service, self.key)
        self.organisation = get(service, f"/v1/assessments/{self.assessment}", self.key).json()["organisation"]["id"]
        self.partner = run("partner", "list").stdout.split()[0]


@pytest.fixture
def account(serve: Serve, run: Run) -> Account:
    return Account(serve(), run)


def test_an_export_is_what_a_partner_would_get_itself(account: Account, run: Run, tmp_path: Path) -> None:
    done = run("data", "export", account.partner, account.organisation, "-o", "northwind.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    document = json.loads((tmp_path / "northwind.json").read_text())
    own = get(account.service, f"/v1/organisations/{account.organisation}/export", account.key).json()
    assert document["assessments"] == own["assessments"]
    assert [event["actor"] for event in document["audit_events"]] == ["assessment data export"]
    printed = run("data", "export", account.partner, account.organisation)
    assert json.loads(printed.stdout)["assessments"] == own["assessments"]


def test_an_export_never_overwrites_a_file(account: Account, run: Run, tmp_path: Path) -> None:
    (tmp_path / "northwind.json").write_text("precious")
    done = run("data", "export", account.partner, account.organisation, "-o", "northwind.json")
    assert (done.returncode, flat(done.stderr)) == (1, "Error: Cannot write northwind.json: File exists.")
    assert (tmp_path / "northwind.json").read_text() == "precious"


def test_erasing_asks_first(account: Account, run: Run) -> None:
    refused = run("data", "erase", account.partner, account.organisation, stdin="n\n")
    assert refused.returncode == 1
    assert "Erase Northwind with its 1 assessments?" in refused.stderr
    assert get(account.service, f"/v1/assessments/{account.assessment}", account.key).status_code == 200
    done = run("data", "erase", account.partner, account.organisation, stdin="y\n")
    assert done.stdout == f"{account.organisation} is erased, with 1 assessments.\n"
    assert get(account.service, f"/v1/assessments/{account.assessment}", account.key).status_code == 404
    again = run("data", "erase", account.partner, account.organisation, "--yes")
    assert (again.returncode, flat(again.stderr)) == (
        1,
        f"Error: {account.partner} has no organisation {account.organisation}.",
    )


def test_an_organisation_of_test_mode_is_found_too(serve: Serve, run: Run) -> None:
    service = serve()
    made = json.loads(run("partner", "create", "Acme", "--mode", "test", "--json").stdout)
    headers = {"Authorization": f"Bearer {made['secret_key']}"}
    answer = httpx.post(f"{service.address}/v1/assessments", json=BODY, headers=headers, timeout=20).json()
    done = run("data", "erase", made["partner"], answer["organisation"]["id"], "--yes")
    assert done.returncode == 0
    assert get(service, "/v1/organisations", made["secret_key"]).json()["data"] == []


@pytest.mark.parametrize("command", [("data", "export"), ("data", "erase")])
def test_what_is_no_partner_is_said(run: Run, command: tuple[str, str]) -> None:
    done = run(*command, "acme", "org_01k9zqf3v8e3rb4m5n6p7q8r9t")
    assert done.returncode == 1
    assert "'acme' is no partner's id (ptnr_…). List them: assessment partner list" in flat(done.stderr)


def test_retention_says_first_and_deletes_then(account: Account, run: Run, tmp_path: Path) -> None:
    for table in ("assessments", "organisations"):
        # A test may write to the file while nobody else does.
        with closing(sqlite3.connect(tmp_path / "data" / "assessment.db")) as connection:
            connection.execute(f"UPDATE {table} SET created_at = created_at - 10 * 86400 * 1000000")
            connection.commit()
    said = run("retention", "apply", "--days", "9", "--dry-run")
    assert said.stdout.startswith("1 assessments and 1 organisations from before ")
    assert said.stdout.endswith(" UTC would be deleted.\n")
    assert get(account.service, f"/v1/assessments/{account.assessment}", account.key).status_code == 200
    done = run("retention", "apply", ASSESSMENT_RETENTION_DAYS="9")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(" UTC were deleted.\n")
    assert get(account.service, f"/v1/assessments/{account.assessment}", account.key).status_code == 404
    assert "1 assessments" not in run("retention", "apply", "--days", "9").stdout


def test_retention_without_an_age_is_wrong_usage(run: Run) -> None:
    done = run("retention", "apply")
    assert done.returncode == 2
    assert "Say how old: --days N, or set ASSESSMENT_RETENTION_DAYS." in flat(done.stderr)


def test_a_service_with_the_setting_applies_retention_at_its_start(
    account: Account, serve: Serve, tmp_path: Path
) -> None:
    account.service.stop()
    with closing(sqlite3.connect(tmp_path / "data" / "assessment.db")) as connection:
        connection.execute("UPDATE assessments SET created_at = created_at - 3 * 86400 * 1000000")
        connection.commit()
    service = serve(ASSESSMENT_RETENTION_DAYS="2")
    for _ in range(200):
        if get(service, f"/v1/assessments/{account.assessment}", account.key).status_code == 404:
            return
    raise AssertionError("The assessment is still there.")


def test_the_audit_log_is_shown_newest_first(account: Account, run: Run) -> None:
    run("data", "export", account.partner, account.organisation)
    run("data", "erase", account.partner, account.organisation, "--yes")
    lines = run("audit", account.partner).stdout.splitlines()
    shown = [line.split()[2:5] for line in lines]
    assert shown == [
        ["organisation.erased", account.organisation, "assessment"],
        ["organisation.exported", account.organisation, "assessment"],
        ["partner.created", account.partner, "assessment"],
    ]
    assert '{"assessments": 1, "idempotency_records": 0, "events": 2}' in lines[0]
    only = run("audit", account.partner, "--target", account.organisation, "--action", "organisation.erased", "--json")
    assert [json.loads(line)["actor"] for line in only.stdout.splitlines()] == ["assessment data erase"]
    wrong = run("audit", account.partner, "--action", "eaten")
    assert (wrong.returncode, "'action' must be one of" in flat(wrong.stderr)) == (1, True)
    assert run("audit", "acme").returncode == 1
