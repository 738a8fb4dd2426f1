"""`assessment benchmark`, beside a running service."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assessment.service.context import open_services
from assessment.settings import Settings
from tests.integration.cli.conftest import Run, Serving
from tests.integration.cli.test_backup import flat
from tests.integration.cli.test_serve import get
from tests.integration.service.helpers import new_principal
from tests.integration.service.pools import fill

Serve = Callable[..., Serving]
QUICK = "alignment-quick@2026.1"


@pytest.fixture
async def pool(tmp_path: Path) -> None:
    """Twelve organisations in the database that the commands find in their folder."""
    async with open_services(Settings(data_dir=tmp_path / "data", rate_limit_anonymous="")) as services:
        await fill(services, await new_principal(services), 0, 12)


@pytest.mark.usefixtures("pool")
def test_a_release_says_of_each_cohort_what_became_of_it(run: Run) -> None:
    dry = run("benchmark", "release", "--rubric", QUICK, "--dry-run")
    assert f"{QUICK}: edition 1 would be released, from a pool of 12 organisations." in dry.stdout
    done = run("benchmark", "release", "--rubric", QUICK)
    assert done.returncode == 0, done.stderr
    assert f"{QUICK}: edition 1 is released, from a pool of 12 organisations." in done.stdout
    rows = [flat(line) for line in done.stdout.splitlines()]
    assert "All organisations 12 released" in rows
    assert "Software and IT services 12 released" in rows
    again = run("benchmark", "release", "--rubric", QUICK, COLUMNS="160")
    assert "edition 2 is released" in again.stdout
    said = "All organisations 12 carried forward from edition 1 fewer than 5 of its members have changed"
    assert said in flat(again.stdout)


@pytest.mark.usefixtures("pool")
def test_an_edition_is_shown_with_the_studies_beside_it(run: Run, serve: Serve) -> None:
    before = run("benchmark", "show", QUICK)
    assert before.returncode == 0, before.stderr
    assert f"{QUICK} has no edition yet: the studies' figures stand alone." in flat(before.stdout)
    run("benchmark", "release", "--rubric", QUICK)
    shown = run("benchmark", "show", QUICK, COLUMNS="160")
    assert f"{QUICK}, edition 1 of 20" in shown.stdout
    [line] = [flat(line) for line in shown.stdout.splitlines() if line.strip().startswith("All organisations")]
    assert line.startswith("All organisations 12 ")
    assert line.endswith("– – edition 1")
    assert "Suppressed: Agriculture" in flat(shown.stdout)
    assert "n not published" in flat(shown.stdout)
    assert "agreed to it" in flat(shown.stdout)
    as_json = run("benchmark", "show", QUICK, "--json")
    service = serve()
    key = run("partner", "create", "Another", "--json")
    answered = get(service, f"/v1/benchmarks/{QUICK}", json.loads(key.stdout)["secret_key"])
    assert json.loads(as_json.stdout) == answered.json()


@pytest.mark.usefixtures("pool")
def test_without_a_pool_there_is_no_edition(run: Run) -> None:
    done = run("benchmark", "release", "--rubric", "alignment@2026.1")
    assert flat(done.stdout) == "alignment@2026.1: nobody is in the pool, so there is no edition."
    everything = run("benchmark", "release")
    assert f"{QUICK}: edition 1 is released" in everything.stdout
    assert everything.stdout.count("nobody is in the pool") >= 1


def test_what_does_not_exist_is_said(run: Run) -> None:
    for arguments in (("show", "nothing"), ("release", "--rubric", "nothing")):
        done = run("benchmark", *arguments)
        assert done.returncode == 1
        assert "No published rubric is called `nothing`" in flat(done.stderr)
    done = run("benchmark", "show", QUICK, "--edition", "3")
    assert (done.returncode, flat(done.stderr)) == (1, f"Error: {QUICK} has no edition 3; there are: none yet.")
