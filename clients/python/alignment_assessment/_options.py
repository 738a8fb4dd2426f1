"""What a client is told: address, key, how long to wait and how often to try."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from alignment_assessment._version import __version__
from alignment_assessment.errors import NotConfigured

USER_AGENT = f"alignment-assessment-client/{__version__} python/{platform.python_version()}"


@dataclass(frozen=True, slots=True)
class Timeout:
    """Seconds to wait. None waits for ever."""

    connect: float | None = 5.0
    """For a connection."""
    read: float | None = 60.0
    """For the next bytes, in either direction."""
    total: float | None = 180.0
    """For the answer, with every try and every wait between."""


@dataclass(frozen=True, slots=True)
class Options:
    """What holds for every call of a client."""

    base_url: str
    api_key: str | None = field(repr=False)
    timeout: Timeout = Timeout()
    max_retries: int = 2
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def read_options(
    api_key: str | None,
    base_url: str | None,
    timeout: float | Timeout | None,
    max_retries: int,
    headers: dict[str, str] | None,
) -> Options:
    """Options from what a client was given, with the environment for what it was not."""
    address = base_url or os.environ.get("ASSESSMENT_BASE_URL")
    if not address:
        raise NotConfigured("Where is the service? Give base_url, or set ASSESSMENT_BASE_URL.")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise NotConfigured("base_url must be an address such as https://alignment.example.com, without query or user.")
    key = api_key if api_key is not None else os.environ.get("ASSESSMENT_API_KEY")
    if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
        raise NotConfigured("The API key has characters that no key has: was it copied whole, and nothing with it?")
    for name, value in (headers or {}).items():
        if not (value.isascii() and value.isprintable()):
            raise NotConfigured(f"The header {name} takes printable ASCII characters.")
    return Options(
        base_url=address.rstrip("/"),
        api_key=key or None,
        timeout=read_timeout(timeout),
        max_retries=_retries(max_retries),
        headers=tuple((headers or {}).items()),
    )


def change_options(options: Options, changes: dict[str, Any]) -> Options:
    """The options with some of them changed; those that were not given stay."""
    given = {name: value for name, value in changes.items() if value is not None}
    return read_options(
        api_key=given.get("api_key", options.api_key),
        base_url=given.get("base_url", options.base_url),
        timeout=given.get("timeout", options.timeout),
        max_retries=given.get("max_retries", options.max_retries),
        headers={**dict(options.headers), **given.get("headers", {})},
    )


def read_timeout(timeout: float | Timeout | None) -> Timeout:
    """Seconds alone are those of the whole call."""
    if isinstance(timeout, Timeout):
        return timeout
    if timeout is None:
        return Timeout()
    if timeout <= 0:
        raise NotConfigured(f"timeout must be more than 0 seconds, not {timeout}.")
    return Timeout(connect=min(5.0, timeout), read=timeout, total=timeout)


def _retries(number: int) -> int:
    if number < 0:
        raise NotConfigured(f"max_retries must be 0 or more, not {number}.")
    return number
