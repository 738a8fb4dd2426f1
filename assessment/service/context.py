"""What use cases work with: the database, the write queue, the rubrics, and who is asking."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Literal

import msgspec

from assessment.errors import DatabaseUnavailable, MigrationsPending, Overloaded, ShuttingDown
from assessment.rubric.catalog import Catalog, default_directory
from assessment.service import ids
from assessment.service.press import Press
from assessment.service.results import ResultVault
from assessment.service.rubrics import Rubrics
from assessment.service.views import OrganisationView
from assessment.settings import Settings
from assessment.store.engine import Database
from assessment.store.migrate import is_ahead, is_current, require_row_level_security, upgrade
from assessment.store.queue import WriteQueue

READY_SECONDS = 2
"""A check of readiness that takes longer is a no."""


class Principal(msgspec.Struct, frozen=True, dict=True):
    """Who is asking: whatever is read or written belongs to this partner and mode."""

    partner_id: uuid.UUID
    key_id: uuid.UUID
    kind: Literal["secret", "publishable", "restricted"]
    mode: Literal["live", "test"]
    scopes: frozenset[str] = frozenset()
    """What a restricted key may do."""
    origins: frozenset[str] = frozenset()
    """Where a publishable key may be used from."""

    @cached_property
    def partner(self) -> str:
        """The partner's id as clients see it."""
        return ids.to_text("ptnr", self.partner_id)

    @cached_property
    def key(self) -> str:
        """The key's id as clients see it."""
        return ids.to_text("key", self.key_id)


class Invited(msgspec.Struct, frozen=True):
    """Who holds an invitation: one person who answers one assessment, and is nobody else to the service. No use case
    of a partner takes one."""

    partner_id: uuid.UUID
    mode: Literal["live", "test"]
    assessment_id: uuid.UUID
    invitation_id: uuid.UUID


class Shared(msgspec.Struct, frozen=True):
    """Who holds a share link: somebody who reads the report of one assessment, and is nobody else to the service."""

    partner_id: uuid.UUID
    mode: Literal["live", "test"]
    assessment_id: uuid.UUID
    link_id: uuid.UUID
    locale: str | None
    """The language that the link was made for."""


Reader = Principal | Shared
"""Who may read what a report is made of."""


class Store:
    """An open database: reads through `database`, every write through `queue`."""

    def __init__(self, database: Database, queue: WriteQueue) -> None:
        self.database = database
        self.queue = queue
        self.draining = False
        """Whether the process has been told to end: what it was sent is still answered."""
        self.known_keys: dict[bytes, tuple[float, Principal]] = {}
        """Keys that were found valid a moment ago, with the time until which that holds."""
        self.noted_uses: dict[uuid.UUID, float] = {}
        """When the use of a key was last written down."""
        self.known_origins: tuple[float, frozenset[str]] = (0.0, frozenset())
        """Origins that publishable keys list, with the time until which that holds."""
        self.known_organisations: dict[tuple[uuid.UUID, str, str], tuple[uuid.UUID, OrganisationView]] = {}
        """Organisations by partner, mode and external id. One that has been deleted since is noticed by the database,
        which refuses what points to it."""


class Services(Store):
    """An open database, the rubrics, and what packs and unpacks results."""

    def __init__(self, store: Store, rubrics: Rubrics, results: ResultVault) -> None:
        super().__init__(store.database, store.queue)
        self.results = results
        self.rubrics = rubrics
        self.in_flight: set[tuple[uuid.UUID, str, bytes]] = set()
        """Idempotency keys that this process works on."""
        self.catalog = rubrics.catalog
        self.composing = Press(threads=1, waiting=64)
        """Writes reports, some 50 ms each."""
        self.printing = Press(threads=2, waiting=16)
        """Makes PDFs of them, up to a second each."""


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """Open the database: create the data folder, refuse a database that could lose what is acknowledged, migrate it
    (SQLite always, PostgreSQL with `auto_migrate`) and start the writers. Closes in the opposite order."""
    if settings.database_url is None:
        # Answers of people lie there: not for other accounts of the machine.
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(
        settings.url,
        writers=settings.writers,
        read_connections=settings.read_connections,
        pooler=settings.pooler,
        replica_url=settings.read_database_url,
    )
    try:
        if database.is_sqlite or (settings.auto_migrate and not await is_ahead(database)):
            await upgrade(database)
        await database.check_durability(allow_lossy=settings.allow_lossy_database)
        await require_row_level_security(database)
        await _require_current(database)
        if database.replica is not None:
            await database.replica.open()
        queue = WriteQueue(database, limit=settings.write_queue_limit)
        queue.start()
        try:
            yield Store(database, queue)
        finally:
            await queue.aclose()
    finally:
        await database.aclose()


@asynccontextmanager
async def open_services(settings: Settings, catalog: Catalog | None = None) -> AsyncIterator[Services]:
    """Everything the use cases need, opened in order: rubrics first, since they need no database to be wrong.
    `catalog` is one that the caller has loaded already."""
    rubrics = Rubrics(catalog or Catalog.load(settings.rubrics_dir or default_directory()))
    compiled = rubrics.compile_published()
    async with open_store(settings) as store:
        results = ResultVault()
        for rubric in compiled:
            await results.prepare(store.database, store.queue, rubric)
        services = Services(store, rubrics, results)
        try:
            yield services
        finally:
            services.composing.close()
            services.printing.close()


async def ready(store: Store) -> None:
    """Return when requests can be served; raise ShuttingDown, Overloaded, DatabaseUnavailable or MigrationsPending
    otherwise."""
    if store.draining:
        raise ShuttingDown("This process is shutting down.")
    if store.queue.full:
        raise Overloaded("As many writes are waiting as may.")
    try:
        async with asyncio.timeout(READY_SECONDS):
            await _require_current(store.database)
    except TimeoutError:
        raise DatabaseUnavailable(f"The database did not answer within {READY_SECONDS} seconds.") from None


async def _require_current(database: Database) -> None:
    if not await is_current(database):
        raise MigrationsPending("The database is not at the current revision. Run: assessment migrate")
