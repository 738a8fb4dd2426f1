"""`assessment demo` as a real process beside a real service."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.cli.conftest import Run, Serving, environment, read_until

Serve = Callable[..., Serving]
Demo = Callable[..., tuple[str, int]]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """Start `assessment demo` in the folder of the service; what it prints, and its port."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, port: int | None = None) -> tuple[str, int]:
        port = port or free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "assessment", "demo", "--port", str(port), *arguments],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
        )
        started.append(process)
        return read_until(process, "A partner's site"), port

    yield start
    for process in started:
        process.kill()
        process.communicate()


def policy(service: str, scripts: str = "", frame: str = "") -> str:
    return (
        f"default-src 'none'; script-src {scripts}{service}; connect-src {service}; style-src 'self'; {frame}"
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    )


def test_it_shows_a_partners_pages_with_a_key_of_its_own(serve: Serve, demo: Demo, tmp_path: Path) -> None:
    service = serve()
    said, port = demo("--service", service.address)
    site = f"http://127.0.0.1:{port}"
    key = (tmp_path / "data" / "demo-key").read_text().strip()
    assert key.startswith("alm_pk_test_")
    assert (tmp_path / "data" / "demo-key").stat().st_mode & 0o777 == 0o600
    assert f"A publishable key of test mode for {site} and http://localhost:{port} is kept in data/demo-key." in said
    policies = {
        "/demo": policy(service.address),
        "/demo/wordpress": policy(service.address),
        "/demo/react": policy(service.address, scripts="'self' "),
        "/demo/frame": policy(service.address, frame=f"frame-src {service.address}; "),
    }
    for address, expected in policies.items():
        assert f"  {site}{address}\n" in said
        page = httpx.get(site + address, timeout=30)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert page.headers["content-security-policy"] == expected
        assert f'publishable-key="{key}"' in page.text
        assert f'src="{service.address}/widget/v1/widget.js"' in page.text
        assert "assessment.example" not in page.text and "your_key" not in page.text
        assert not re.search(r"<style|<script(?![^>]*src=)|\sstyle=|\son[a-z]+=", page.text)
        for path in re.findall(r'(?:href|src)="(/demo/[^"]+\.(?:css|js))"', page.text):
            assert httpx.get(site + path, timeout=30).status_code == 200
    assert httpx.get(site, timeout=30).headers["location"] == "/demo"
    for path in ("/demo/plain/index.html", "/demo/react/app.jsx", "/demo/../package.json", "/demo/none", "/%00"):
        assert httpx.get(site + path, timeout=30).status_code == 404
    # What the pages do is done in the data of tests, and only from there.
    named = {"Authorization": f"Bearer {key}", "Origin": site}
    body = {"rubric": "alignment-quick", "organisation": {"name": "A visitor"}}
    made = httpx.post(f"{service.address}/v1/assessments", json=body, headers=named, timeout=30)
    assert (made.status_code, made.headers["access-control-allow-origin"]) == (201, site)
    again, _ = demo("--service", service.address, port=free_port())
    assert "is kept in" in again


def test_the_key_of_last_time_is_used_again(serve: Serve, demo: Demo, tmp_path: Path) -> None:
    service = serve()
    port = free_port()
    first = subprocess.Popen(
        [sys.executable, "-m", "assessment", "demo", "--port", str(port), "--service", service.address],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    read_until(first, "A partner's site")
    kept = (tmp_path / "data" / "demo-key").read_text()
    first.kill()
    first.communicate()
    said, _ = demo("--service", service.address, port=port)
    assert "is kept in" not in said
    assert (tmp_path / "data" / "demo-key").read_text() == kept


def test_without_a_service_it_says_what_to_start(run: Run, tmp_path: Path) -> None:
    missing = f"http://127.0.0.1:{free_port()}"
    done = run("demo", "--port", str(free_port()), "--service", missing)
    assert done.returncode == 1
    assert f"No service is ready at {missing}. Start one first: assessment serve" in done.stderr
    assert not (tmp_path / "data").exists()


def test_what_cannot_work_is_said(serve: Serve, run: Run, tmp_path: Path) -> None:
    service = serve()
    port = str(free_port())
    elsewhere = run("demo", "--port", port, "--service", service.address, "--data-dir", "other")
    assert elsewhere.returncode == 1
    assert "There is no database in" in elsewhere.stderr and not (tmp_path / "other").exists()
    unknown = run("demo", "--port", port, "--service", service.address, "--key", "alm_pk_live_x")
    assert unknown.returncode == 1
    assert "does not know the key" in unknown.stderr
    start = (tmp_path / "data" / "start-key").read_text().strip()
    other = run("demo", "--port", port, "--service", service.address, "--key", start)
    assert other.returncode == 1
    assert f"takes the key from other origins than http://127.0.0.1:{port}" in other.stderr
    assert run("demo", "--service", "file:///etc/passwd").returncode == 2
    taken = run("demo", "--port", service.address.rpartition(":")[2], "--service", service.address)
    assert "is in use. Choose another one: assessment demo --port N" in taken.stderr


def test_the_start_page_works_from_the_first_start_on(serve: Serve, tmp_path: Path) -> None:
    service = serve()
    path = tmp_path / "data" / "start-key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert f"{service.address}/ starts assessments with it: it is kept in data/start-key." in service.output
    element = f'publishable-key="{path.read_text().strip()}" rubric="alignment-quick"'
    assert element in httpx.get(service.address, timeout=30).text
    service.stop()
    again = serve()
    assert f"start page         {again.address}/" in again.output
    assert element in httpx.get(again.address, timeout=30).text
