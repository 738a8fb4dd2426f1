"""A real PgBouncer for tests, in transaction mode: between two transactions a client keeps no connection.

It listens on the loopback alone and lets everybody in who can reach it, as the PostgreSQL behind it does.
"""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from tests.programs import find_program, is_listening

START_SECONDS = 20
CONFIGURATION = """
[databases]
* = {backend}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
admin_users = pgbouncer
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
{further}
"""


class Pooler:
    """A PgBouncer before a PostgreSQL, which can be stopped and started again."""

    def __init__(self, folder: Path, url: str, logins: tuple[str, ...], size: int, further: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port: int = free.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        server = make_url(url)
        backend = f"host={server.query.get('host', server.host)} port={server.port or 5432}"
        (folder / "users").write_text("".join(f'"{login}" ""\n' for login in (*logins, "pgbouncer")))
        settings = CONFIGURATION.format(backend=backend, port=self._port, folder=folder, size=size, further=further)
        (folder / "pgbouncer.ini").write_text(settings)

    def url(self, login: str, database: str) -> str:
        return f"postgresql+asyncpg://{login}@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        # It refuses to run as root.
        account = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        command = [find_program(("pgbouncer",), "pgbouncer"), "-q", str(self._folder / "pgbouncer.ini")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd="/", user=account
            )
        deadline = time.monotonic() + START_SECONDS
        while not is_listening(self._port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"PgBouncer did not start:\n{(self._folder / 'log').read_text()}")
            time.sleep(0.01)

    def stop(self) -> None:
        assert self._process is not None, "It was never started."
        self._process.kill()
        self._process.wait(START_SECONDS)


@contextmanager
def pooler(url: str, *logins: str, size: int, further: str = "") -> Iterator[Pooler]:
    """A PgBouncer, started, before the PostgreSQL at `url`, for these logins; `size` connections for each pair of login
    and database. `further` lines stand at the end of its configuration."""
    with tempfile.TemporaryDirectory(prefix="assessment-pgbouncer-") as name:
        folder = Path(name)
        started = Pooler(folder, url, logins, size, further)
        folder.chmod(0o755)
        started.start()
        try:
            yield started
        finally:
            started.stop()
