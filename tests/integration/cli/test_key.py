"""`assessment key` as a user has it: real processes beside a database, and beside a running service."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from assessment.service.keys import generate
from tests.integration.cli.conftest import Run, Serving

Serve = Callable[..., Serving]


@pytest.fixture
def partner(run: Run) -> str:
    made: dict[str, str] = json.loads(run("partner", "create", "Acme Agency", "--json").stdout)
    return made["partner"]


def made(run: Run, partner: str, *options: str) -> dict[str, Any]:
    done = run("key", "create", partner, *options, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    created: dict[str, Any] = json.loads(done.stdout)
    return created


def test_a_restricted_key_is_made_with_scopes_and_an_expiry(run: Run, partner: str) -> None:
    options = ["--kind", "restricted", "--scope", "scores:write", "--scope", "catalogue:read", "--name", "Reports"]
    created = made(run, partner, *options, "--mode", "test", "--expires", "90d")
    assert created["key"].startswith("alm_rk_test_")
    assert (created["scopes"], created["name"]) == (["scores:write", "catalogue:read"], "Reports")
    lasts = datetime.fromisoformat(created["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=89) < lasts <= timedelta(days=90)


def test_a_key_is_printed_once_with_a_word_of_warning(run: Run, partner: str) -> None:
    done = run("key", "create", partner, "--expires", "2999-12-31")
    assert re.fullmatch(r"id   key_\w{26}\nkey  alm_sk_live_\w{33}\n", done.stdout)
    assert done.stderr == "It works until 2999-12-31 00:00 UTC.\nThe key is shown this once: keep it.\n"


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--kind", "restricted"], 1, "/scopes: A restricted key may do what its scopes name."),
        (["--kind", "restricted", "--scope", "keys"], 1, "/scopes/0: No such scope. Allowed: catalogue:read,"),
        (["--kind", "publishable", "--origin", "http://a.example"], 1, "/origins/0: 'http://a.example' must begin"),
        (["--kind", "master"], 2, "'master' is not one of"),
        (["--expires", "soon"], 2, "neither a time"),
        (["--expires", "9999-12-31T23:59-12:00"], 1, "/expires_at: A key expires before the year 10000."),
        (["--expires", "2020-01-01"], 1, "/expires_at: A key expires in the future"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_a_sentence(
    run: Run, partner: str, options: list[str], code: int, said: str
) -> None:
    done = run("key", "create", partner, *options)
    assert done.returncode == code
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr


def test_partners_and_keys_that_are_not_there_are_said(run: Run, partner: str) -> None:
    for arguments in (("create", "Acme"), ("list", "Acme")):
        done = run("key", *arguments)
        assert (done.returncode, "There is no partner 'Acme'." in done.stderr) == (1, True)
    for command in ("roll", "revoke"):
        done = run("key", command, "key_x")
        assert (done.returncode, "There is no key 'key_x'." in done.stderr) == (1, True)


def test_keys_are_listed_with_what_became_of_them(run: Run, partner: str) -> None:
    kept = made(run, partner, "--kind", "publishable", "--origin", "https://a.example")
    gone = made(run, partner, "--kind", "restricted", "--scope", "scores:write")
    old = made(run, partner, "--name", "Old one", "--mode", "test")
    assert run("key", "revoke", gone["id"]).stdout.startswith(f"{gone['id']} is revoked since 20")
    rolled = json.loads(run("key", "roll", old["id"], "--overlap", "0", "--json").stdout)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    lines = [line.split(maxsplit=3) for line in run("key", "list", partner).stdout.splitlines()]
    shown = {line[0]: " ".join(line[2:]) for line in lines}
    assert shown[kept["id"]] == "active https://a.example"
    assert " ".join(shown[gone["id"]].split()) == f"revoked {today} scores:write"
    assert " ".join(shown[old["id"]].split()) == f"expired {today} Old one"
    assert shown[rolled["id"]] == "active Old one"
    assert len(lines) == 6
    listed = json.loads(run("key", "list", partner, "--mode", "test", "--json").stdout)
    assert [one["id"] for one in listed] == [rolled["id"], old["id"]]
    assert listed[1]["replaced_by"] == rolled["id"]
    assert "key" not in listed[0]


def test_inspect_tells_a_key_from_a_mistyped_one_without_a_database(run: Run, partner: str) -> None:
    text = made(run, partner, "--mode", "test")["key"]
    done = run("key", "inspect", stdin=f"{text}\n")
    assert (done.returncode, done.stdout) == (0, f"A well-formed secret key of test mode: {text[:16]}…\n")
    assert run("key", "inspect", text).stdout == done.stdout
    shown = json.loads(run("key", "inspect", "-", "--json", stdin=text).stdout)
    assert shown == {"well_formed": True, "kind": "secret", "mode": "test", "prefix": text[:16]}
    wrong = run("key", "inspect", text[:-1] + ("0" if text[-1] != "0" else "1"))
    assert (wrong.returncode, wrong.stdout) == (1, "This is no key: its form or its check digits are wrong.\n")
    assert json.loads(run("key", "inspect", "--json", stdin="").stdout) == {
        "well_formed": False, "kind": None, "mode": None, "prefix": None}  # fmt: skip


def test_inspect_needs_no_database(run: Run, tmp_path: Path) -> None:
    text = generate("publishable", "live").text
    done = run("key", "inspect", text, ASSESSMENT_DATABASE_URL="postgresql+asyncpg://127.0.0.1:1/x")
    assert done.stdout == f"A well-formed publishable key of live mode: {text[:16]}…\n"
    assert list(tmp_path.iterdir()) == []


def test_keys_change_while_the_service_runs(run: Run, serve: Serve) -> None:
    service = serve()
    (partner,) = re.findall(r"partner +(ptnr_\w+)", service.output)[:1]
    created = made(run, partner)
    headers = {"Authorization": f"Bearer {created['key']}"}
    assert httpx.get(f"{service.address}/v1/rubrics", headers=headers, timeout=30).status_code == 200
    assert run("key", "revoke", created["id"]).returncode == 0
    time.sleep(1)
    assert httpx.get(f"{service.address}/v1/rubrics", headers=headers, timeout=30).status_code == 401


def test_the_first_publishable_key_works_from_pages_of_this_machine_at_once(serve: Serve) -> None:
    service = serve()
    found = re.search(r"publishable key +(alm_pk_live_\w+)", service.output)
    assert found is not None
    port = service.address.rpartition(":")[2]
    for origin in (f"http://localhost:{port}", f"http://127.0.0.1:{port}"):
        headers = {"Authorization": f"Bearer {found[1]}", "Origin": origin}
        answer = httpx.get(f"{service.address}/v1/rubrics/alignment-quick", headers=headers, timeout=30)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, origin)
        assert origin in service.output
    headers = {"Authorization": f"Bearer {found[1]}", "Origin": "http://localhost:1"}
    assert httpx.get(f"{service.address}/v1/rubrics", headers=headers, timeout=30).status_code == 403
