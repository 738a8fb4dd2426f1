"""Requests generated from the contract, all phases: no 5xx, nothing undocumented, nothing invalid let through."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from assessment.app import create_app
from assessment.service.context import open_services
from assessment.service.partners import create_partner
from assessment.settings import Settings

EXAMPLES = {"ci": 20, "full": 2_000}


async def _secret_key(settings: Settings) -> str:
    async with open_services(settings) as services:
        return (await create_partner(services, "Contract")).secret_key


def _config(key: str, examples: int) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "headers": {"Authorization": f"Bearer {key}"},
            "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
            "continue-on-failure": True,
            # It says how busy the machine is.
            "suppress-health-check": ["too_slow"],
            # What fits the schema may still name a question that no rubric has, or a cursor of no list.
            "checks": {
                "positive_data_acceptance": {"enabled": False},
                # Without If-Match what does not exist is 404, and what exists wants it: 428.
                "missing_required_header": {"expected-statuses": [401, 403, 404, 415, 422, 428]},
            },
            "operations": [
                {
                    # A bad item gets a problem in its place; the batch itself is answered with 200.
                    "include-name": "POST /v1/scores/batch",
                    "checks": {"negative_data_rejection": {"enabled": False}},
                }
            ],
        }
    )


@pytest.fixture
def trials(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--trials"))


# Of what it draws from when it words a message that nobody is shown; our schemas are large.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_generated_requests_find_nothing_undocumented(tmp_path: Path, trials: str) -> None:
    settings = Settings(data_dir=tmp_path, rate_limit_anonymous="")
    key = asyncio.run(_secret_key(settings))
    config = _config(key, EXAMPLES[trials])
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(settings), config=config)
    failures: list[str] = []
    checks = 0
    phases = set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            for found in (check for checked in event.recorder.checks.values() for check in checked):
                checks += 1
                if found.failure_info is not None:
                    failure = found.failure_info.failure
                    failures.append(f"{failure.operation}: {failure.title}: {failure.message}")
        elif isinstance(event, events.PhaseFinished) and event.status == Status.SUCCESS:
            phases.add(event.phase.name.name)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            failures.append(repr(event))
    print(f"{checks} checks in {sorted(phases)}")  # noqa: T201  # a trial says what it tried
    assert failures == []
    assert {"COVERAGE", "FUZZING", "STATEFUL_TESTING"} <= phases
    assert checks > 5_000
