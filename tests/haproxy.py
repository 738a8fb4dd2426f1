"""A real HAProxy for tests, with the configuration that README shows: of that only addresses, the certificate and how
often servers are asked change."""

from __future__ import annotations

import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.programs import find_program, is_listening

START_SECONDS = 20
README = Path(__file__).parents[1] / "README.md"
BIND = "bind :443 ssl crt /etc/haproxy/api.example.com.pem"
SHOWN = ("server one 10.0.0.1:8000", "server two 10.0.0.2:8000", "server three 10.0.0.3:8000")


class Balancer:
    """An HAProxy before several servers, which are asked five times a second."""

    def __init__(self, folder: Path, servers: Sequence[str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._file = folder / "haproxy.cfg"
        self._file.write_text(_shown(self.port, servers))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        command = [find_program(("haproxy",), "haproxy"), "-db", "-f", str(self._file)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_SECONDS
        while not is_listening(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = subprocess.run([*command, "-c"], check=False, capture_output=True, text=True, timeout=30)
                raise RuntimeError(f"HAProxy did not start:\n{said.stdout}{said.stderr}")
            time.sleep(0.01)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(START_SECONDS)


@contextmanager
def haproxy(servers: Sequence[str]) -> Iterator[Balancer]:
    """An HAProxy, started, before three servers, each given as host:port."""
    with tempfile.TemporaryDirectory(prefix="assessment-haproxy-") as folder:
        balancer = Balancer(Path(folder), servers)
        try:
            balancer.start()
            yield balancer
        finally:
            balancer.stop()


def _shown(port: int, servers: Sequence[str]) -> str:
    shown = re.search(r"```haproxy\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.S)
    assert shown is not None, "README shows no configuration for HAProxy"
    text = shown[1]
    lines = [f"{line.rpartition(' ')[0]} {server}" for line, server in zip(SHOWN, servers, strict=True)]
    for found, instead in (
        (BIND, f"bind 127.0.0.1:{port}"),
        ("inter 1s", "inter 200ms"),
        *zip(SHOWN, lines, strict=True),
    ):
        assert text.count(found) == 1, f"README's configuration for HAProxy should say {found!r} once"
        text = text.replace(found, instead)
    return text
