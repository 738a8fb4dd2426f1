"""Requests that schemathesis generates from the served contract, against a real server, and what it finds."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

CONFORMANCE = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
"""What must hold whatever was sent, and by whomever; that good input is taken and bad input refused is tested with the
contract."""


@dataclass
class Round:
    """What one run over the contract sent and found."""

    requests: int = 0
    phases: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    breakdowns: list[str] = field(default_factory=list)
    """What went wrong with the generator itself, which says nothing about the server."""


def generate(
    url: str, headers: Mapping[str, str], *, seed: int, examples: int, coverage: bool, tried: Callable[[int], None]
) -> Round:
    """Run all phases over the contract once; `tried` is told of requests as they are made."""
    settings: dict[str, Any] = {
        "headers": dict(headers),
        "seed": seed,
        "workers": 2,
        "generation": {"max-examples": examples, "database": "none"},
        "continue-on-failure": True,
        # It says how busy the machine is.
        "suppress-health-check": ["too_slow"],
        "checks": {"enabled": False} | {check: {"enabled": True} for check in CONFORMANCE},
        "phases": {"coverage": {"enabled": coverage}},
    }
    config = SchemathesisConfig.from_dict(settings)
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", config=config)
    found = Round()
    for event in _run(schema):
        if isinstance(event, events.ScenarioFinished):
            sent = len(event.recorder.interactions)
            found.requests += sent
            found.phases.add(event.phase.name)
            tried(sent)
            for check in (check for checked in event.recorder.checks.values() for check in checked):
                if check.failure_info is not None:
                    failure = check.failure_info.failure
                    found.failures.append(f"{failure.operation}: {failure.title}: {failure.message}")
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found.breakdowns.append(repr(event))
    return found


def _run(schema: Any) -> Iterator[Any]:
    """What happens in a run."""
    with warnings.catch_warnings():
        # Of what it draws from when it words a message that nobody is shown; our schemas are large.
        warnings.filterwarnings("ignore", "Generating overly large repr")
        yield from from_schema(schema).execute()
