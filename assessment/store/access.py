"""In whose name a transaction runs: on PostgreSQL its role, and the partner that row level security confines it to."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

from asyncpg import Connection, InterfaceError, PostgresError

from assessment.store.base import Mode
from assessment.store.insert import Insert

APP = "assessment_app"
"""Reads and changes what belongs to one partner and mode, and sees nothing until it is told which."""
WRITER = "assessment_writer"
"""Inserts for any partner, since a group of writes may hold rows of several, and can read none of it."""
KEEPER = "assessment_keeper"
"""Reaches every partner's rows: for operators' commands and for what tidies up in the background."""
ROLES = (APP, WRITER, KEEPER)

PARTNER_SETTING = "assessment.partner"
MODE_SETTING = "assessment.mode"
LOOKUP_SETTING = "assessment.lookup"
"""What may be seen before the partner is known: the key, invitation or share link with this hash, or the origins that
publishable keys list."""
ORIGINS = "origins"


class Owner(Protocol):
    """Whose rows a transaction is confined to."""

    @property
    def partner_id(self) -> uuid.UUID: ...

    @property
    def mode(self) -> Mode: ...


class Access(NamedTuple):
    """What a transaction may reach. `opening` is the SQL that PostgreSQL is sent together with its BEGIN."""

    opening: str


def confined(partner_id: uuid.UUID, mode: Mode) -> Access:
    """To rows of the partner in this mode, and to those that belong to the partner as a whole."""
    # Neither can hold a quote: one is a UUID, the other a literal of ours.
    settings = f"SET LOCAL {PARTNER_SETTING} = '{uuid.UUID(bytes=partner_id.bytes)}';"
    return Access(f"SET LOCAL ROLE {APP};{settings}SET LOCAL {MODE_SETTING} = '{mode}';")


def presenting(key_hash: bytes) -> Access:
    """To the one API key, invitation or share link with this hash."""
    return Access(f"SET LOCAL ROLE {APP};SET LOCAL {LOOKUP_SETTING} = '{key_hash.hex()}';")


NOBODY = Access(f"SET LOCAL ROLE {APP};")
"""To what belongs to no partner. Every transaction that is not told otherwise."""
PUBLISHABLE_ORIGINS = Access(f"SET LOCAL ROLE {APP};SET LOCAL {LOOKUP_SETTING} = '{ORIGINS}';")
"""To publishable keys, for the origins they list."""
INSERTING = Access(f"SET LOCAL ROLE {WRITER};")
EVERYONE = Access(f"SET LOCAL ROLE {KEEPER};")
"""To the rows of every partner."""


def access_of(who: Owner | Access) -> Access:
    """The access of an owner, which is to its own rows."""
    return who if isinstance(who, Access) else confined(who.partner_id, who.mode)


class ConfinedConnection(Connection):  # type: ignore[misc]  # asyncpg ships no types
    """A connection whose every transaction begins in a role, in the same message as BEGIN, so that it costs no trip
    of its own. All of it ends with the transaction: nothing is left for whoever gets the connection next, or for
    another client of a pooler between us and the server."""

    access = NOBODY
    """Of the next transaction, and of that one alone."""

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109 - asyncpg's signature
        if not query.startswith("BEGIN"):
            return str(await super().execute(query, *args, timeout=timeout))
        access, self.access = self.access, NOBODY
        try:
            return str(await super().execute(query + access.opening, timeout=timeout))
        except BaseException:
            # Half-way into a transaction that asyncpg does not know of: nobody may go on with this connection.
            self.terminate()
            raise

    async def insert(self, inserts: Iterable[Insert]) -> None:
        """Do all of it in a transaction of its own, or nothing."""
        self.access = INSERTING
        await self.execute("BEGIN;")
        try:
            for sql, values in inserts:
                await self.execute(sql, *values)
            await self.execute("COMMIT;")
        except BaseException as error:
            if isinstance(error, PostgresError | InterfaceError) and not self.is_closed():
                await self.execute("ROLLBACK;")
            else:
                # It is not known how far it came: nobody may go on with this connection.
                self.terminate()
            raise
