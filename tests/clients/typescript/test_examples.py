"""The examples of the README, run as they stand there."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.clients.typescript.package import run
from tests.faults.servers import Server

SAID = {
    "score": "between 6.45 and 91.05 of 100",
    "assess": "level 1: Undefined",
    "list": "Northwind Traders, ",
    "edit": "open, read by request ",
}


def _settings(server: Server) -> dict[str, str]:
    return {"ASSESSMENT_BASE_URL": server.url, "ASSESSMENT_API_KEY": server.keys.secret}


async def test_the_readme_has_the_examples(package: Path) -> None:
    await run("npm", "run", "--silent", "readme:check", folder=package)


async def test_each_example_does_what_it_says(shared_server: Server, examples: Path, tmp_path: Path) -> None:
    for name, expected in SAID.items():
        said = await run("node", examples / f"{name}.js", folder=tmp_path, settings=_settings(shared_server))
        assert expected in said, said
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


async def test_a_webhook_leads_to_the_report(shared_server: Server, examples: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    settings = {**_settings(shared_server), "RECEIVER_URL": f"http://127.0.0.1:{port}/hook", "PORT": port}
    said = await run("node", examples / "webhook-to-pdf.js", folder=tmp_path, settings=settings)
    assert said == "between 6.45 and 91.05 of 100, in report.pdf\n"
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
