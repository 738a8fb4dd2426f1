"""What all journeys share: a service, a partner's sites beside it, and what the partner knows of its assessments."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from tests.browser.shop import Shop
from tests.faults.servers import ROOT, Server, database, serving


@dataclass(frozen=True)
class Scene:
    """A service, and beside it a partner's sites, which the key lists."""

    server: Server
    secret: str
    site: str
    """Of `assessment demo`."""
    shop: Shop
    key: str

    @property
    def service(self) -> str:
        return self.server.url

    def client(self) -> httpx.Client:
        """The partner's own, with the secret key."""
        headers = {"Authorization": f"Bearer {self.secret}"}
        return httpx.Client(base_url=self.service, headers=headers, timeout=30, trust_env=False)

    def stored(self, organisation: str) -> int:
        """How many assessments there are of an organisation of this name."""
        with self.client() as client:
            found = client.get("/v1/assessments", params={"limit": 100}).raise_for_status().json()["data"]
        return [each["organisation"]["name"] for each in found].count(organisation)

    def create(self, **fields: Any) -> dict[str, Any]:
        """An assessment that the partner's server makes."""
        with self.client() as client:
            body = {"rubric": "alignment-quick", "organisation": {"name": "Northwind Traders"}, **fields}
            made: dict[str, Any] = client.post("/v1/assessments", json=body).raise_for_status().json()
        return made

    def post(self, path: str, **fields: Any) -> dict[str, Any]:
        with self.client() as client:
            made: dict[str, Any] = client.post(path, json=fields).raise_for_status().json()
        return made


@contextmanager
def serve(engine: str, shop: Shop) -> Iterator[Scene]:
    """A service on a fresh database, `assessment demo`, and a key of the partner that lists both sites."""
    with TemporaryDirectory(prefix="assessment-browser-") as folder, database(engine) as url:
        # The start page needs a key before the service begins.
        keys = Server(Path(folder), url, (), {}).new_partner("Journeys")
        settings = {"ASSESSMENT_START_KEY": keys.publishable}
        with serving(url, settings=settings) as server, _demonstrate(server, keys.secret, shop) as scene:
            yield scene


@contextmanager
def _demonstrate(server: Server, secret: str, shop: Shop) -> Iterator[Scene]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    site = f"http://localhost:{port}"
    origins = [site, f"http://127.0.0.1:{port}", shop.url]
    key = Scene(server, secret, site, shop, "").post("/v1/keys", kind="publishable", origins=origins)["key"]
    command = [sys.executable, "-m", "assessment", "demo", "--port", str(port), "--service", server.url, "--key", key]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout is not None
        said = ""
        while "A partner's site" not in said:
            line = process.stdout.readline()
            assert line, f"The site did not start:\n{said}"
            said += line
        yield Scene(server, secret, site, shop, key)
    finally:
        process.kill()
        process.communicate()
