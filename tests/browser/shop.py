"""A site with whatever page a test puts there: under a name that keys list, and under one that they do not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from html import escape


@dataclass
class Shop:
    """Pages by their path."""

    pages: dict[str, bytes] = field(default_factory=dict)
    """Head and body of each."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def stranger(self) -> str:
        """The same pages on another origin."""
        return f"http://127.0.0.1:{self.port}"

    def put(self, path: str, body: str, policy: str = "", *, kind: str = "text/html") -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\nConnection: close\r\n"
        head += f"Content-Security-Policy: {policy}\r\n" if policy else ""
        self.pages[path] = f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()

    def put_widget(self, service: str, attributes: dict[str, str], *, root: str = 'lang="en"', style: str = "") -> str:
        """A page with a policy as strict as can be and nothing but the widget in it. `style` is that of its sheet."""
        asked = attributes.get("api", service)
        policy = (
            f"default-src 'none'; script-src {service}; connect-src {asked}; style-src 'self'; base-uri 'none'; "
            "form-action 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
        )
        given = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
        body = (
            f'<!doctype html><html {root}><head><meta charset="utf-8"><title>A partner</title>'
            '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css">'
            f'<script type="module" src="{service}/widget/v1/widget.js"></script></head>'
            f"<body><main><h1>A partner</h1><alignment-assessment {given}></alignment-assessment></main></body></html>"
        )
        self.put("/", body, policy)
        self.put("/style.css", style or ":root { color-scheme: light dark }", kind="text/css")
        return f"{self.url}/"

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await reader.readuntil(b"\r\n\r\n")
            path = asked.split(b" ", 2)[1].decode().partition("?")[0]
            missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            writer.write(self.pages.get(path, missing))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the browser opened it in advance, and did not need it
        finally:
            writer.close()
