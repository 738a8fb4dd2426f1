"""A real Chromium for tests, and what its pages are watched for: errors, broken policies, dialogs, requests away."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Dialog, Request, async_playwright, expect

from tests.programs import find_program

PATIENCE = 20_000
"""Milliseconds that a page is given to show what is waited for."""
_PROGRAM = (("chromium", "chromium-browser"), "chromium")
_INSIDE = ("about:", "blob:", "data:", "chrome-error:")

expect.set_options(timeout=PATIENCE)


class Outside:
    """Everything that no page may ask: every name but our own leads here, and what arrives is kept."""

    def __init__(self) -> None:
        self.arrived: list[bytes] = []
        self.port = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Whether in the open or in TLS, the first bytes have the name that was asked for."""
        try:
            self.arrived.append(await asyncio.wait_for(reader.read(4096), 5))
        except (OSError, TimeoutError):
            self.arrived.append(b"")
        finally:
            writer.close()

    def asked_for(self, name: str) -> list[bytes]:
        """What arrived for this name; a browser asks its maker things of its own."""
        return [first for first in self.arrived if name.encode() in first]


@asynccontextmanager
async def chromium() -> AsyncIterator[tuple[Browser, Outside]]:
    """A browser for which no name but `localhost` leads anywhere, and where the others lead to."""
    outside = Outside()
    listening = await asyncio.start_server(outside.take, "127.0.0.1", 0)
    outside.port = listening.sockets[0].getsockname()[1]
    rules = f"MAP * 127.0.0.1:{outside.port}, EXCLUDE localhost, EXCLUDE 127.0.0.1"
    async with listening, async_playwright() as playwright:
        # CI is root in a container, where Chromium has no sandbox and little shared memory.
        options = ["--no-sandbox", "--disable-dev-shm-usage", f"--host-resolver-rules={rules}"]
        opened = await playwright.chromium.launch(executable_path=find_program(*_PROGRAM), args=options)
        try:
            yield opened, outside
        finally:
            await opened.close()


@dataclass
class Watch:
    """What the pages of a context did that no page of ours may do."""

    origins: tuple[str, ...]
    found: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Patterns of messages that a test brings about on purpose."""

    def note(self, what: str) -> None:
        self.found.append(what)

    @property
    def unexpected(self) -> list[str]:
        return [what for what in self.found if not any(re.search(pattern, what) for pattern in self.expected)]


def watch(context: BrowserContext, origins: Iterable[str]) -> Watch:
    """Watch all pages of a context. A breach of a content security policy is an error on the console as well."""
    found = Watch(tuple(origins))

    async def dismiss(dialog: Dialog) -> None:
        found.note(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def ask(request: Request) -> None:
        if not request.url.startswith(_INSIDE) and _origin(request.url) not in found.origins:
            found.note(f"request: {request.url}")

    context.on("console", lambda said: found.note(f"console: {said.text}") if said.type == "error" else None)
    context.on("weberror", lambda failed: found.note(f"error: {failed.error.stack or failed.error}"))
    context.on("dialog", dismiss)
    context.on("request", ask)
    context.set_default_timeout(PATIENCE)
    return found


@asynccontextmanager
async def watched(
    browser: Browser, origins: Iterable[str], **options: Any
) -> AsyncIterator[tuple[BrowserContext, Watch]]:
    """A fresh context, gone at the end. AssertionError for anything in it that was not expected."""
    context = await browser.new_context(**options)
    found = watch(context, origins)
    try:
        yield context, found
    except Exception as error:
        error.add_note("What was seen in the browser:\n" + "\n".join(found.found))
        raise
    finally:
        await context.close()
    assert not found.unexpected, "\n".join(found.unexpected)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
