"""Origins that publishable keys are used from: how one is written, and which are known at all."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from assessment.errors import Problem, pointer
from assessment.service.context import Store
from assessment.store.access import PUBLISHABLE_ORIGINS
from assessment.store.api_keys import list_known_origins

MOST_ORIGINS = 50
LONGEST_ORIGIN = 255
KNOWN_SECONDS = 0.5
"""How long the origins of all keys are believed without asking again."""

LOCAL_HOSTS = ("localhost", "127.0.0.1")
DEFAULT_PORTS = {"https": "443", "http": "80"}
FORM = re.compile(r"(?P<scheme>[a-z]+)://(?P<host>\[[0-9a-f:.]+\]|[^/?#@:\[\]]+)(?::(?P<port>[0-9]+))?")
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
EXAMPLE = "such as https://www.example.com"


def origin_problems(origins: Sequence[str]) -> list[Problem]:
    """What is wrong with a publishable key's list of origins, each with its place below `/origins`."""
    problems = []
    if len(origins) > MOST_ORIGINS:
        problems.append(Problem("/origins", "too_many", f"A key lists at most {MOST_ORIGINS} origins."))
    for place, origin in enumerate(origins[:MOST_ORIGINS]):
        mistake = find_mistake(origin)
        if mistake is not None:
            problems.append(Problem(pointer("origins", place), "invalid_origin", mistake))
        elif origin in origins[:place]:
            problems.append(Problem(pointer("origins", place), "duplicate_origin", f"{origin!r} is listed twice."))
    return problems


def find_mistake(origin: str) -> str | None:
    """Why no browser would send this text as its Origin over a connection that can be trusted, or None."""
    wrong = _mistake_of_letters(origin) or _mistake_of_parts(origin)
    return wrong and f"{origin if len(origin) <= 80 else origin[:79] + '…'!r} {wrong}"


def _mistake_of_letters(origin: str) -> str | None:
    if "*" in origin:
        return f"has a wildcard; list each origin in full, {EXAMPLE}."
    if origin != origin.lower():
        return "has capitals; browsers send an origin in small letters."
    if not origin.isascii():
        return "has letters that browsers send in punycode (xn--…); write it so."
    return None


def _mistake_of_parts(origin: str) -> str | None:
    match = FORM.fullmatch(origin) if len(origin) <= LONGEST_ORIGIN else None
    if match is None:
        return (
            f"must be a scheme, a host and, if it is not the usual one, a port, {EXAMPLE}: no path, and no slash at "
            "the end."
        )
    scheme, host, port = match["scheme"], match["host"], match["port"]
    if scheme != "https" and not (scheme == "http" and host in LOCAL_HOSTS):
        return "must begin with https://; http:// is for localhost and 127.0.0.1 alone."
    if not _is_host(host):
        return "names no host as browsers write it."
    if port is not None and (port != str(int(port)) or not 1 <= int(port) <= 65535):
        return "has a port that is no number from 1 to 65535."
    if port == DEFAULT_PORTS[scheme]:
        return f"names the usual port, which browsers leave out: write it without :{port}."
    return None


async def is_known_origin(store: Store, origin: str) -> bool:
    """Whether any publishable key lists the origin, as far as was known half a second ago."""
    until, origins = store.known_origins
    now = time.monotonic()
    if now >= until:
        async with store.database.read(PUBLISHABLE_ORIGINS) as session:
            origins = await list_known_origins(session, datetime.now(UTC))
        store.known_origins = (now + KNOWN_SECONDS, origins)
    return origin in origins


def _is_host(host: str) -> bool:
    try:
        if host.startswith("["):
            return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]" == host
        # Browsers read a host that ends in a number as an IPv4 address, however it is written.
        if host.rpartition(".")[2].isdigit():
            return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False
    return HOST.fullmatch(host) is not None
