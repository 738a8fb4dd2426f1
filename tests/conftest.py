"""What every test may ask for: a fresh, migrated database on each engine, and services that run on it."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from assessment.rubric.catalog import Catalog, default_directory
from assessment.service.context import Services, open_services
from assessment.settings import Settings
from assessment.store.engine import Database
from assessment.store.migrate import upgrade
from tests.postgres import postgres_server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--trials",
        choices=["ci", "full"],
        default="ci",
        help="How long the trials of promises run: the count of CI, or the full one.",
    )
    parser.addoption("--screenshots", metavar="DIR", help="Where the browser tests keep how each step looks.")


# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")

ENGINES = ("sqlite", "postgresql")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server, by the address of its maintenance database."""
    with postgres_server() as url:
        yield url


async def _administer(url: str, *statements: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def _migrate(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.aclose()


def _named(url: str, name: str) -> str:
    parsed: URL = make_url(url).set(database=name)
    return parsed.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a migrated database that others are copied from."""
    name = "assessment_template"

    async def create() -> None:
        await _administer(
            postgres_url,
            f"DROP DATABASE IF EXISTS {name}",
            f"CREATE DATABASE {name} TEMPLATE template0",
        )
        await _migrate(_named(postgres_url, name))

    asyncio.run(create())
    yield name
    asyncio.run(_administer(postgres_url, f"DROP DATABASE {name}"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file that others are copied from."""
    path = tmp_path_factory.mktemp("template") / "assessment.db"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each engine in turn: what uses it runs on SQLite and on PostgreSQL."""
    return str(request.param)


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database on each engine."""
    if engine_name == "sqlite":
        path = tmp_path / "assessment.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_url")
    template = request.getfixturevalue("postgres_template")
    name = f"assessment_{next(_numbers)}"
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    asyncio.run(_administer(server, drop, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    yield _named(server, name)
    asyncio.run(_administer(server, drop))


@pytest.fixture
def empty_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a single table on each engine."""
    if engine_name == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'assessment.db'}"
        return
    server = request.getfixturevalue("postgres_url")
    name = f"assessment_{next(_numbers)}"
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    asyncio.run(_administer(server, drop, f"CREATE DATABASE {name} TEMPLATE template0"))
    yield _named(server, name)
    asyncio.run(_administer(server, drop))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.aclose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a service on a fresh database."""
    return Settings(data_dir=tmp_path, database_url=database_url, allow_lossy_database=True)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The rubrics and studies of this repository."""
    return Catalog.load(default_directory())


@pytest.fixture
async def services(settings: Settings, catalog: Catalog) -> AsyncIterator[Services]:
    """A whole service without HTTP, on a fresh database of each engine."""
    async with open_services(settings, catalog) as opened:
        yield opened
