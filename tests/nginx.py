"""A real nginx for tests, with the server that README shows: of that only addresses, ports and certificates change."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.certificate import certify
from tests.programs import find_program, is_listening

START_SECONDS = 20
README = Path(__file__).parents[1] / "README.md"
HOST = "api.example.com"
MAIN = """
daemon off;
pid {folder}/pid;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {shown}
}}
"""


class Proxy:
    """An nginx before a service. `context` trusts its certificate."""

    def __init__(self, folder: Path, service_port: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.folder = folder
        certify(folder, HOST)
        self.context = ssl.create_default_context(cafile=str(folder / "cert"))
        (folder / "nginx.conf").write_text(
            MAIN.format(
                folder=folder,
                user="user root;" if os.geteuid() == 0 else "",
                shown=_shown(folder, self.port, service_port),
            )
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    def check(self) -> str:
        """What nginx says of its configuration."""
        return subprocess.run(
            [*self._command(), "-t"], check=False, capture_output=True, text=True, timeout=START_SECONDS
        ).stderr

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self._process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not is_listening(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nginx did not start:\n{self.check()}")
            time.sleep(0.01)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_SECONDS)

    def _command(self) -> list[str]:
        log = str(self.folder / "log")
        return [find_program(("nginx",), "nginx"), "-p", str(self.folder), "-c", "nginx.conf", "-e", log]


@contextmanager
def nginx(service_port: int) -> Iterator[Proxy]:
    """An nginx, started, before the service on that port."""
    with tempfile.TemporaryDirectory(prefix="assessment-nginx-") as folder:
        proxy = Proxy(Path(folder), service_port)
        try:
            proxy.start()
            yield proxy
        finally:
            proxy.stop()


def _shown(folder: Path, port: int, service_port: int) -> str:
    shown = re.search(r"```nginx\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.S)
    assert shown is not None, "README shows no server for nginx"
    text = shown[1]
    for found, instead in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{service_port};"),
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("/etc/ssl/api.example.com.pem", f"{folder}/cert"),
        ("/etc/ssl/api.example.com.key", f"{folder}/key"),
    ):
        assert text.count(found) == 1, f"README's server for nginx should say {found!r} once"
        text = text.replace(found, instead)
    return text
