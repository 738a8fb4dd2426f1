"""What commands do with the database themselves: create its tables, its first partner, and act for a partner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from asyncpg import PostgresError
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from assessment.cli.failure import Failure
from assessment.service import ids
from assessment.service.context import Store
from assessment.service.organisations import Operator
from assessment.service.partners import NewPartner, create_partner, list_partners
from assessment.store.engine import Database
from assessment.store.migrate import is_empty, upgrade

if TYPE_CHECKING:
    from assessment.settings import Settings

FIRST_PARTNER = "First partner"


@contextmanager
def errors_said() -> Iterator[None]:
    """Turn a database that cannot be reached or refuses us into one line."""
    try:
        yield
    except (PostgresError, SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        said = str(cause).partition("\n")[0] or type(cause).__name__
        if "unsupported startup parameter" in said:
            said += ". A pooler says this: set ASSESSMENT_POOLER=true"
        raise Failure(f"The database cannot be used: {said}") from None


def where_data_lies(settings: Settings) -> str:
    """The database without its password."""
    if settings.database_url is None:
        return str(settings.data_dir.absolute() / "assessment.db")
    return make_url(settings.url).render_as_string(hide_password=True)


async def migrate(settings: Settings, *, only_if_empty: bool = False) -> None:
    """Bring the tables to the current revision; with `only_if_empty` only where there is none yet."""
    if settings.database_url is None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.url, pooler=settings.pooler)
    try:
        if not only_if_empty or await is_empty(database):
            await upgrade(database)
    finally:
        await database.aclose()


async def first_keys(store: Store, origins: Sequence[str]) -> NewPartner | None:
    """The first partner of a database that has none, and None for any other. Its publishable key works from
    `origins`."""
    if await list_partners(store):
        return None
    return await create_partner(store, FIRST_PARTNER, origins=origins, by="assessment serve")


async def find_operator(store: Store, partner: str, mode: Literal["live", "test"], command: str) -> Operator:
    """Who acts on the data of a partner with this id (`ptnr_…`). Raises Failure where there is none."""
    partner_id = ids.from_text("ptnr", partner)
    if partner_id is None or partner not in {one.partner_id for one in await list_partners(store)}:
        raise Failure(f"There is no partner {partner!r} (ptnr_…). List them: assessment partner list")
    return Operator(partner_id, mode, command)
