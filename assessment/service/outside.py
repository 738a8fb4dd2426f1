"""What counts as outside: the addresses on the public internet that webhooks may be sent to, and how such a place is
written as a URL."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from assessment.errors import InvalidInput, Problem

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_URL = 2048
LONGEST_NAME = 253
_ALLOWED = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
"""The characters of RFC 3986; anything else is what parsers disagree about."""
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_BRACKETED = re.compile(r"\[[0-9A-Fa-f:.]+\](:[0-9]*)?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A last label that makes browsers and resolvers read the whole host as an IPv4 address, in whichever of its forms."""
_OWN_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")
"""Ends of names that are never on the public internet."""

_INSIDE_4 = [
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # between a carrier and its customers
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, where clouds keep their metadata
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # name servers for what has no name
        "192.52.193.0/24",  # multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # name servers for what has no name
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
]
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
"""All that is given out of IPv6. Loopback, mapped, unique local, link-local and multicast addresses lie elsewhere."""
_INSIDE_6 = [
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which holds any IPv4 address
        "2620:4f:8000::/48",  # name servers for what has no name
        "3fff::/20",  # documentation
    )
]
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""What a network with IPv6 alone writes an IPv4 address as (NAT64)."""


def is_outside(address: Address) -> bool:
    """Whether the address is that of one machine on the public internet, by the registries of special addresses as they
    were in 2026. The standard library's `is_global` differs between versions of Python, and takes multicast and what
    tunnels to inside for global."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in _INSIDE_4)
    inner = address.ipv4_mapped
    if address in _TRANSLATED:
        inner = ipaddress.IPv4Address(address.packed[-4:])
    if inner is not None:
        return is_outside(inner)
    return address in _GLOBAL_6 and not any(address in block for block in _INSIDE_6)


def check_url(url: str, *, allow_inside: bool = False) -> SplitResult:
    """The parts of a receiver's URL. Raises InvalidInput. A name is not looked up: what it stands for is seen when
    something is sent. With `allow_inside`, for development, http and inside addresses pass too."""
    if len(url) > LONGEST_URL:
        raise _refused("invalid_url", f"'url' has at most {LONGEST_URL} characters.")
    if not _ALLOWED.fullmatch(url):
        raise _refused(
            "invalid_url",
            "'url' must be written in the ASCII characters that URLs have; write other names as punycode (xn--…) and "
            "other paths percent-encoded.",
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("invalid_url", "'url' must be a URL with a port of 1 to 65535, if any.") from None
    schemes = ("https", "http") if allow_inside else ("https",)
    if parts.scheme not in schemes or not parts.netloc:
        starts = " or ".join(f"{scheme}://" for scheme in schemes)
        raise _refused("invalid_url", f"'url' must begin with {starts} and a host.")
    if "@" in parts.netloc:
        raise _refused("invalid_url", "'url' must not hold a user or a password: what is sent is signed instead.")
    if "#" in url:
        raise _refused("invalid_url", "'url' must not have a fragment (#…), which is never sent.")
    if port == 0 or parts.netloc.endswith(":"):
        raise _refused("invalid_url", "'url' must have a port of 1 to 65535, or none.")
    _check_host(parts.netloc, parts.hostname or "", allow_inside=allow_inside)
    return parts


def _check_host(netloc: str, host: str, *, allow_inside: bool) -> None:
    labels = host.split(".")
    address: Address | None = None
    try:
        if netloc.startswith("["):
            if not _BRACKETED.fullmatch(netloc):
                raise ValueError
            address = ipaddress.IPv6Address(host)
        elif _NUMBER.fullmatch(labels[-1]):
            address = ipaddress.IPv4Address(host)
    except ValueError:
        detail = "The host of 'url' must be a name, four decimal numbers with dots, or an IPv6 address in brackets."
        raise _refused("invalid_url", detail) from None
    if address is not None:
        if not allow_inside and not is_outside(address):
            raise _refused("inside_address", "The host of 'url' must be an address on the public internet.")
        return
    if len(host) > LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused("invalid_url", "The host of 'url' must be a name of letters, digits, hyphens and dots.")
    own = len(labels) == 1 or any(f".{host}".endswith(f".{name}") for name in _OWN_NAMES)
    if own and not allow_inside:
        raise _refused("inside_address", "The host of 'url' must be a name on the public internet.")


def _refused(code: str, detail: str) -> InvalidInput:
    return InvalidInput(f"/url: {detail}", errors=[Problem("/url", code, detail)])
