"""Settings that cannot work are refused, and ones that may not be meant are told, each with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from assessment.settings import Settings

POSTGRESQL = "postgresql+asyncpg://user@localhost/name"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSESSMENT_TEST_POSTGRES_URL", raising=False)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"workers": 2}, "2 workers on SQLite: it has one writer, so one process serves it"),
        ({"workers": 3, "database_url": "sqlite+aiosqlite:////x.db"}, "Set ASSESSMENT_DATABASE_URL to a PostgreSQL"),
        ({"port": 9000, "metrics_port": 9000}, "Port 9000 is taken by the API; set ASSESSMENT_METRICS_PORT"),
        ({"workers": 0}, "greater than or equal to 1"),
        ({"log_format": "xml"}, "'auto', 'json' or 'console'"),
        ({"public_url": "assessment.example"}, "must be an address such as https://assessment.example"),
        ({"public_url": "ftp://assessment.example"}, "must be an address such as"),
        ({"public_url": "https://user@assessment.example"}, "must be an address such as"),
        ({"public_url": "https://assessment.example/?a=b"}, "must be an address such as"),
        ({"drain_seconds": -1}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_work_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Settings(**given)  # type: ignore[arg-type]  # wrong ones are what is tried


def test_tracing_without_its_packages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessment.settings.find_spec", lambda name: None)
    with pytest.raises(ValidationError, match=r"install alignment-assessment\[otel\], or switch it off"):
        Settings(otel=True)


def test_the_defaults_give_no_cause_for_caution() -> None:
    assert Settings().cautions() == []


@pytest.mark.parametrize("name", ["ASSESSMENT_API_KEY", "ASSESSMENT_BASE_URL"])
def test_what_clients_on_the_same_machine_read_gives_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "theirs")
    assert Settings().cautions() == []


def test_what_may_not_be_meant_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSESSMENT_DATABSE_URL", "secret")
    found = Settings(
        workers=3,
        database_url=POSTGRESQL,
        allow_lossy_database=True,
        webhook_private_networks=True,
        data_dir=Path("x"),
    ).cautions()
    assert [caution.split(". ")[0] for caution in found] == [
        "Each of 3 workers counts requests for itself, so limits are up to 3 times what they say",
        "ASSESSMENT_ALLOW_LOSSY_DATABASE is on: a PostgreSQL behind a unix socket may lose what was acknowledged",
        "ASSESSMENT_WEBHOOK_PRIVATE_NETWORKS is on: whoever may create webhook endpoints can have this service send to "
        "machines of its own network",
        "ASSESSMENT_DATABSE_URL is no setting and does nothing; README.md lists the settings.",
    ]
    assert "secret" not in "".join(found)
