"""Real `assessment serve` processes on real databases, to be killed, restarted and read the log of."""

from __future__ import annotations

import asyncio
import atexit
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from assessment.store.engine import Database
from assessment.store.migrate import upgrade
from tests.postgres import postgres_server

START_SECONDS = 60
STOP_SECONDS = 20
ROOT = Path(__file__).parents[2]
LISTENS = re.compile(r"listens on (http://127\.0\.0\.\d+:(\d+))")
DEFAULTS = {
    "ASSESSMENT_ALLOW_LOSSY_DATABASE": "true",  # the PostgreSQL of the trials does not wait for its disk
    "ASSESSMENT_DELIVER": "false",  # rows are compared, and no made-up address may be sent to; trial 19 delivers
    "ASSESSMENT_RATE_LIMIT_SECRET": "",
    "ASSESSMENT_RATE_LIMIT_PUBLISHABLE": "",
    "ASSESSMENT_RATE_LIMIT_ORIGIN": "",
    "ASSESSMENT_RATE_LIMIT_INVITATION": "",
    "ASSESSMENT_RATE_LIMIT_ANONYMOUS": "",
    "PYTHONUNBUFFERED": "1",
}
"""What servers are started with; a trial's own settings outrank it."""
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Keys:
    """A partner's keys."""

    secret: str
    publishable: str


class Server:
    """One `assessment serve`. It keeps its port over restarts, and its log over deaths."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        arguments: Sequence[str],
        settings: Mapping[str, str],
        host: str = "127.0.0.1",
    ) -> None:
        self.database_url = database_url
        self.host = host
        self.port = 0
        self._keys: Keys | None = None
        self._arguments = arguments
        self._environment = _environment(settings)
        self._folder = folder
        self._log = folder / f"server-{next(_numbers)}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        """Of the process that was started; with several workers, of their parent."""
        assert self._process is not None, "The server was never started."
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def keys(self) -> Keys:
        """The keys of the first partner, which an empty database is given at the first start."""
        assert self._keys is not None, "The database had a partner before this server started on it: use new_partner."
        return self._keys

    @property
    def log(self) -> str:
        """Everything that every start of it wrote, to either stream."""
        return self._log.read_text(errors="replace")

    def client(self, key: str | None = None, *, timeout: float = 30) -> httpx.AsyncClient:
        """A client that sends the first partner's secret key, or the one given; an empty text sends none."""
        key = self.keys.secret if key is None else key
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        limits = httpx.Limits(max_connections=None)
        # Without what the environment says, which may name a proxy.
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=timeout, limits=limits, trust_env=False)

    def new_partner(self, name: str, mode: str = "live") -> Keys:
        """Another partner, created by the command line beside the server."""
        said = self.command("partner", "create", name, "--mode", mode, "--json")
        fields = json.loads(said)
        return Keys(fields["secret_key"], fields["publishable_key"])

    def command(self, *arguments: str) -> str:
        """What an `assessment` command on the same database prints. RuntimeError if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "assessment", *arguments],
            cwd=ROOT, env=self._environment | {"ASSESSMENT_DATABASE_URL": self.database_url},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=START_SECONDS, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"assessment {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    @contextmanager
    def running_command(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """An `assessment` command on the same database that runs beside the server; killed at the end if it still
        does. What it writes goes into the server's log."""
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "assessment", *arguments],
                cwd=ROOT, env=self._environment | {"ASSESSMENT_DATABASE_URL": self.database_url},
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait(STOP_SECONDS)

    def start(self) -> None:
        """Start it and wait until it listens."""
        command = [sys.executable, "-m", "assessment", "serve", "--host", self.host, "--port", str(self.port)]
        command += ["--data-dir", str(self._folder), "--database-url", self.database_url, *self._arguments]
        seen = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            # A session of its own, so that its workers can be killed with it.
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        said = self._await_listening(seen)
        secret = re.search(r"secret key\s+(alm_\S+)", said)
        publishable = re.search(r"publishable key\s+(alm_\S+)", said)
        if secret and publishable:
            self._keys = Keys(secret[1], publishable[1])

    def kill(self) -> None:
        """kill -9, of every process of it at the same time."""
        self._signal(signal.SIGKILL)
        self._wait()

    def stop(self) -> int:
        """Ask it to stop, as a supervisor does, and return its exit status. kill -9 when it takes too long."""
        assert self._process is not None, "The server was never started."
        if self.running:
            self._process.terminate()
            try:
                return self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        return self._process.wait()

    def restart(self, settings: Mapping[str, str] | None = None) -> None:
        """Start it again on the same port, after it has died or stopped. `settings` are changed for good."""
        assert not self.running, "The server still runs: kill or stop it first."
        self._environment |= settings or {}
        self.start()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "The server was never started."
        if self._process.poll() is None:
            os.killpg(self._process.pid, number)

    def _wait(self) -> None:
        assert self._process is not None, "The server was never started."
        self._process.wait(STOP_SECONDS)

    def _await_listening(self, seen: int) -> str:
        deadline = time.monotonic() + START_SECONDS
        while True:
            ended = not self.running  # asked before reading, so that the last words are read
            said = self._log.read_bytes()[seen:].decode(errors="replace")
            found = LISTENS.search(said)
            if found:
                self.port = int(found[2])
                return said
            if ended or time.monotonic() > deadline:
                self._signal(signal.SIGKILL)
                raise RuntimeError(f"The server did not start:\n{said}")
            time.sleep(0.01)


@contextmanager
def serving(
    database_url: str,
    *,
    arguments: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    host: str = "127.0.0.1",
) -> Iterator[Server]:
    """A server on a database, started; killed at the end if it still runs. `arguments` are further options of
    `assessment serve`, `settings` further environment variables, spelled with their ASSESSMENT_ prefix; `host` is an
    address of this machine, as 127.0.0.2 is one."""
    with TemporaryDirectory(prefix="assessment-trial-") as folder:
        server = Server(Path(folder), database_url, arguments, settings or {}, host)
        try:
            server.start()
            yield server
        finally:
            if server.running:
                server.kill()


@contextmanager
def database(engine: str, *, durable: bool = False) -> Iterator[str]:
    """The address of a fresh, migrated database without a partner, gone at the end.

    A PostgreSQL comes from one server that all trials of this process share; a `durable` one waits for its disk,
    which no trial can tell from the other unless it looks at the settings or cuts the power."""
    if engine == "sqlite":
        with TemporaryDirectory(prefix="assessment-trial-") as folder:
            url = f"sqlite+aiosqlite:///{Path(folder) / 'assessment.db'}"
            _complete(_migrate(url))
            yield url
        return
    server = _postgres(durable)
    name = f"trial_{os.getpid()}_{next(_numbers)}"
    _complete(administer(server, f"CREATE DATABASE {name} TEMPLATE template0"))
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    try:
        _complete(_migrate(url))
        yield url
    finally:
        _complete(administer(server, f"DROP DATABASE {name} WITH (FORCE)"))


async def administer(url: str, *statements: str) -> None:
    """Execute statements on a PostgreSQL, outside a transaction."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ASSESSMENT_")}
    return inherited | DEFAULTS | dict(settings)


def _complete(work: Coroutine[Any, Any, None]) -> None:
    """Run it to its end, also where the caller stands in a running loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


@cache
def _postgres(durable: bool) -> str:
    stack = ExitStack()
    url = stack.enter_context(postgres_server(durable=durable))
    atexit.register(stack.close)
    return url


async def _migrate(url: str) -> None:
    opened = Database(url)
    try:
        await upgrade(opened)
    finally:
        await opened.aclose()
