"""Looks for marked texts wherever a database or a server could have left them."""

from __future__ import annotations

import os
import re
import subprocess
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.service.results import ResultVault
from assessment.store.engine import Database
from tests.postgres import client_program

PACKED = {"idempotency_records": "body", "results": "body"}
"""Columns that are stored packed, where a text would not be seen."""


async def find_marks(form: re.Pattern[bytes], url: str, log: str) -> dict[str, set[str]]:
    """Mark → the places where it is: columns of every table, with packed ones unpacked; the bytes of SQLite's files or
    the dump of a PostgreSQL; and a server's log. A mark is whatever has the `form`."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    async for place, data in values(url):
        for mark in form.findall(data):
            found[mark.decode()].add(place)
    for place, data in (*_files(url), ("the server's log", log.encode())):
        for mark in form.findall(data):
            found[mark.decode()].add(place)
    return dict(found)


async def values(url: str) -> AsyncIterator[tuple[str, bytes]]:
    """(table.column, value) of every row, by the catalogue of the database and not by models of ours."""
    database = Database(url)
    try:
        async with database.administer() as connection:
            for table, names in (await connection.run_sync(_columns)).items():
                for row in await connection.execute(text(f'SELECT * FROM "{table}"')):
                    fields = dict(zip(names, row, strict=True))
                    for name, value in fields.items():
                        yield f"{table}.{name}", value if isinstance(value, bytes) else str(value).encode()
                    if table in PACKED:
                        packed = PACKED[table]
                        unpacked = await _unpack(connection, fields["dictionary"], fields[packed])
                        yield f"{table}.{packed}, unpacked", unpacked
    finally:
        await database.aclose()


def _columns(connection: Any) -> dict[str, list[str]]:
    catalogue = inspect(connection)
    return {name: [column["name"] for column in catalogue.get_columns(name)] for name in catalogue.get_table_names()}


async def _unpack(connection: AsyncConnection, dictionary: bytes | None, body: bytes) -> bytes:
    async with AsyncSession(connection) as session:
        return await ResultVault().unpack(session, dictionary, body)


def _files(url: str) -> Iterator[tuple[str, bytes]]:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        file = Path(parsed.database or "")
        for path in sorted(file.parent.glob(file.name + "*")):
            yield f"the bytes of {path.name}", path.read_bytes()
        return
    dumped = dump(url)
    yield "the dump", dumped
    # It writes bytes as hexadecimal digits.
    written = re.findall(rb"\\x((?:[0-9a-f]{2})+)", dumped)
    yield "the bytes in the dump", b"\n".join(bytes.fromhex(digits.decode()) for digits in written)


def dump(url: str) -> bytes:
    """Everything in a PostgreSQL database, as pg_dump writes it."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    command = [str(client_program("pg_dump")), "--inserts", f"--dbname={address}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return subprocess.run(command, check=True, capture_output=True, timeout=300, env=environment).stdout
