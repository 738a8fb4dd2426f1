"""What an operator can set, each by an environment variable with the prefix ASSESSMENT_."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL

_RATE = re.compile(r"([1-9]\d{0,8})/(second|minute|hour|day)")
_OF_CLIENTS = {"ASSESSMENT_API_KEY", "ASSESSMENT_BASE_URL"}
"""What the clients read, which may be set where the service runs."""
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_STORES = ("redis", "rediss", "redis+unix", "redis+cluster", "redis+sentinel", "valkey", "valkeys", "valkey+unix")


def read_rate(rate: str) -> tuple[int, int] | None:
    """``"600/minute"`` as (600, 60); None for a text that switches the limit off."""
    found = _RATE.fullmatch(rate)
    return None if found is None else (int(found[1]), _SECONDS[found[2]])


def _check_rate(rate: str) -> str:
    if rate and read_rate(rate) is None:
        raise ValueError("must be a number per second, minute, hour or day, such as 600/minute, or empty for no limit")
    return rate


def _check_store(url: str | None) -> str | None:
    if url is None:
        return None
    if urlsplit(url).scheme not in _STORES:
        raise ValueError(f"must start with one of {', '.join(f'{scheme}://' for scheme in _STORES)}")
    if find_spec("limits") is None or find_spec("redis") is None:
        raise ValueError("needs what talks to Redis; run: pip install 'alignment-assessment[redis]'")
    return url


def _check_replica(url: str | None) -> str | None:
    if url is not None and not url.startswith("postgresql+asyncpg://"):
        # Without what was given, which may hold a password.
        raise ValueError("must be the address of a replica, such as postgresql+asyncpg://user@replica/name")
    return url


def _check_public_url(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or "@" in url:
        raise ValueError("must be an address such as https://assessment.example, with a path at most")
    return url.rstrip("/")


def _check_start_key(key: str | None) -> str | None:
    if key is not None and not key.startswith("alm_pk_"):
        # Without what was given: it may be a secret key, and this one is shown to everybody.
        raise ValueError("must be a publishable key (alm_pk_…), since the start page shows it to every browser")
    return key


def _check_proxies(proxies: str) -> str:
    for proxy in filter(None, map(str.strip, proxies.split(","))):
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            raise ValueError(
                f"must be addresses or networks of your own proxies with commas between; {proxy!r} is neither, and "
                "trusting everybody would let anybody pose as any address"
            ) from None
    return proxies


Rate = Annotated[str, AfterValidator(_check_rate)]


class Settings(BaseSettings):
    """The defaults serve one machine with an embedded SQLite database and need nothing set."""

    model_config = SettingsConfigDict(env_prefix="ASSESSMENT_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_url: Annotated[str | None, AfterValidator(_check_public_url)] = None
    """Where people reach the service, for links that they are sent; None is where a request for one came to."""
    start_key: Annotated[str | None, AfterValidator(_check_start_key)] = None
    """The publishable key with which the start page starts assessments; None is the one in `data_dir`, if any."""
    data_dir: Path = Path("data")
    database_url: str | None = None
    """`postgresql+asyncpg://…` or `sqlite+aiosqlite:///…`; None is `assessment.db` in `data_dir`."""
    read_database_url: Annotated[str | None, AfterValidator(_check_replica)] = None
    """A streaming replica of the PostgreSQL, for reads that it has everything for; None reads from the primary."""
    rubrics_dir: Path | None = None
    """Folder of rubrics and studies; None is the one that came with the package."""
    auto_migrate: bool = False
    """Bring a PostgreSQL database to the current revision at start-up. SQLite always is."""
    writers: Annotated[int, Field(ge=1, le=4)] = 1
    """Connections that write to PostgreSQL. SQLite has one, whatever this says."""
    write_queue_limit: Annotated[int, Field(ge=1)] = 1024
    """Writes that may wait before callers are turned away."""
    read_connections: Annotated[int, Field(ge=1, le=100)] = 4
    pooler: bool = False
    """Whether PostgreSQL is behind a pooler that gives a connection for a transaction at a time, as PgBouncer can."""
    allow_lossy_database: bool = False
    """Accept a PostgreSQL that may lose acknowledged writes, if it is reached by a unix socket. For tests only."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """Processes that answer. Several need PostgreSQL."""
    drain_seconds: Annotated[float, Field(ge=0, le=600)] = 0
    """How long a process that was told to end (SIGTERM) still takes requests while `/ready` already says 503."""
    log_format: Literal["auto", "json", "console"] = "auto"
    """`auto` is console at a terminal and JSON anywhere else."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """`info` has a line for each request."""
    metrics_host: str = "127.0.0.1"
    metrics_port: Annotated[int, Field(ge=0, le=65535)] | None = None
    """Port of Prometheus's `/metrics`, for all workers together; None shows none."""
    otel: bool = False
    """Send a span for each request by OpenTelemetry, which its own OTEL_* variables set up."""
    rate_limit_secret: Rate = "60000/minute"  # noqa: S105  # a rate
    """Requests of one secret or restricted key; empty for no limit."""
    rate_limit_publishable: Rate = "6000/minute"
    """Requests of one publishable key, from all its origins together."""
    rate_limit_origin: Rate = "3000/minute"
    """Requests of one publishable key from one of its origins."""
    rate_limit_invitation: Rate = "300/minute"
    """Requests of one invitation."""
    rate_limit_anonymous: Rate = "600/minute"
    """Requests from one client address without a valid key, or from an origin that the key does not list."""
    rate_limit_url: Annotated[str | None, AfterValidator(_check_store)] = None
    """A Redis or Valkey where several processes count together; None counts in each process."""
    trusted_proxies: Annotated[str, AfterValidator(_check_proxies)] = "127.0.0.1,::1"
    """Addresses or networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    body_seconds: Annotated[float, Field(gt=0, le=3600)] = 30
    """How long a body may take to arrive; after that only while it keeps coming at 16 KiB a second on average."""
    connection_limit: Annotated[int, Field(ge=1)] = 1000
    """Connections that one process holds open; further ones are told to come back."""
    most_at_once: Annotated[int, Field(ge=8, le=1000)] = 128
    """Requests that one process works on at once; beyond that reads are told to come back, then scores, and
    submissions last."""
    retention_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    """Days after which assessments are deleted, with organisations that have none left; None keeps them."""

    benchmark_release_days: Annotated[int, Field(ge=0, le=3650)] = 30
    """Days between editions of cohort benchmarks that the service releases by itself; 0 leaves it to the command."""
    deliver: bool = True
    """Send events to webhook endpoints from the processes that answer; otherwise `assessment deliver` does it alone."""
    webhook_private_networks: bool = False
    """Let webhook endpoints be `http://` and lie inside the operator's network. For development only."""

    @model_validator(mode="after")
    def refuse_what_cannot_work(self) -> Self:
        """Each refusal says what to do instead."""
        if self.workers > 1 and self.url.startswith("sqlite"):
            raise ValueError(
                f"{self.workers} workers on SQLite: it has one writer, so one process serves it. Set "
                "ASSESSMENT_DATABASE_URL to a PostgreSQL, or leave ASSESSMENT_WORKERS at 1"
            )
        if self.read_database_url is not None and self.url.startswith("sqlite"):
            raise ValueError(
                "ASSESSMENT_READ_DATABASE_URL names a replica, and SQLite has none. Set ASSESSMENT_DATABASE_URL to the "
                "PostgreSQL that it is a replica of, or leave it out"
            )
        if self.workers > 1 and sys.platform == "win32":
            raise ValueError("Several workers share a socket, which this platform does not do; leave workers at 1")
        if self.metrics_port and self.metrics_port == self.port:
            raise ValueError(f"Port {self.port} is taken by the API; set ASSESSMENT_METRICS_PORT to another one")
        if self.otel and find_spec("opentelemetry") is None:
            raise ValueError(
                "ASSESSMENT_OTEL is on and OpenTelemetry is not installed: install alignment-assessment[otel], "
                "or switch it off"
            )
        return self

    def cautions(self) -> list[str]:
        """What works and may still not be meant, each with what to do."""
        found = []
        if self.workers > 1 and self.rate_limit_url is None:
            found.append(
                f"Each of {self.workers} workers counts requests for itself, so limits are up to {self.workers} times "
                "what they say. Set ASSESSMENT_RATE_LIMIT_URL to a Redis or Valkey to count together."
            )
        if self.allow_lossy_database:
            found.append(
                "ASSESSMENT_ALLOW_LOSSY_DATABASE is on: a PostgreSQL behind a unix socket may lose what was "
                "acknowledged. Switch it off unless this is a test."
            )
        if self.webhook_private_networks:
            found.append(
                "ASSESSMENT_WEBHOOK_PRIVATE_NETWORKS is on: whoever may create webhook endpoints can have this service "
                "send to machines of its own network. Switch it off unless this is for development."
            )
        known = {f"ASSESSMENT_{name.upper()}" for name in type(self).model_fields} | _OF_CLIENTS
        unknown = sorted(name for name in os.environ if name.startswith("ASSESSMENT_") and name.upper() not in known)
        found += [f"{name} is no setting and does nothing; README.md lists the settings." for name in unknown]
        return found

    @property
    def url(self) -> str:
        """The database address in use."""
        if self.database_url is not None:
            return self.database_url
        # Through URL, because a folder's name may hold what has a meaning in an address.
        file = str(self.data_dir.absolute() / "assessment.db")
        return URL.create("sqlite+aiosqlite", database=file).render_as_string()
