"""URLs that lead inside if they are taken for what they look like: many ways to write, to name and to hide an address
of this machine, and whether any of them gets there."""

from __future__ import annotations

import asyncio
import random
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from itertools import cycle
from urllib.parse import urlsplit

from httpcore import ConnectError, ConnectTimeout

from assessment.delivery.lookup import look_up
from assessment.delivery.network import AddressInside, NameNotFound, Network
from assessment.delivery.sender import Sender
from assessment.errors import InvalidInput
from assessment.service.outside import Address, check_url
from tests.faults.harness import Report
from tests.receiver import Internet, Receiver, watching

PUBLIC = "93.184.216.34"
"""An address on the public internet."""
NAME = "hooks.example.com"
METADATA = ("169.254.169.254", "fd00:ec2::254", "100.100.100.200")
NEIGHBOURS = (
    "10.{}.{}.{}", "172.16.{1}.{2}", "192.168.{1}.{2}", "100.64.{1}.{2}", "fe80::{}:{}:{}", "::127.{}.{}.{}",
)  # fmt: skip
IPV6 = {"mapped into IPv6", "mapped into IPv6, in hexadecimal", "loopback of IPv6", "a name of it in IPv6"}
FAR = {"translated to IPv6", "tunnelled in IPv6", "a name of the cloud's metadata", "a name of a neighbour"}
"""What leads inside, and not to this machine: which addresses are connected to shows it."""

Answers = tuple[tuple[str, ...], ...]
"""What a resolver answers when it is asked for the first time, for the second time, and so on."""


@dataclass(frozen=True)
class Hostile:
    """A URL by its kind. Names are answered by `answers`, without them by the system."""

    kind: str
    url: str
    answers: Answers | None = None


def hostile_urls(count: int, port: int, chance: random.Random) -> Iterator[Hostile]:
    """So many URLs, of every kind in turn. Each leads to `port` of this machine, at one of its 16 million addresses."""
    for _, kind in zip(range(count), cycle([*_WRITTEN, *_ANSWERED]), strict=False):
        address = IPv4Address(0x7F000000 + chance.randrange(1, 1 << 24))
        if kind in _ANSWERED:
            yield Hostile(kind, f"https://{NAME}:{port}/", _ANSWERED[kind](address, chance))
        else:
            yield Hostile(kind, _WRITTEN[kind](address, chance).replace("PORT", str(port)))


def _parts(address: IPv4Address, chance: random.Random) -> str:
    """Each number in a base of its own."""
    return ".".join(chance.choice(("{}", "0x{:x}", "0X{:02X}", "0{:o}")).format(part) for part in address.packed)


def _short(address: IPv4Address, chance: random.Random) -> str:
    """The last number takes up those that are left out."""
    a, b, c, d = address.packed
    return chance.choice((f"{a}.{(b << 16) + (c << 8) + d}", f"{a}.{b}.{(c << 8) + d}"))


def _hexadecimal(address: IPv4Address) -> str:
    """The half of an IPv6 address that an IPv4 address takes up."""
    return f"{int(address) >> 16:x}:{int(address) & 0xFFFF:x}"


def _loopback_6(_: IPv4Address, chance: random.Random) -> str:
    return chance.choice(
        ("::1", "0:0:0:0:0:0:0:1", "::0001", "0000:0000:0000:0000:0000:0000:0000:0001", "0::1", "::0.0.0.1")
    )


def _hidden(address: IPv4Address, chance: random.Random) -> str:
    """What parsers of URLs have disagreed about."""
    return chance.choice(
        (
            f"https://{address}:PORT\\@{NAME}/",
            f"https://{NAME}\\@{address}:PORT/",
            f"https://{address}:PORT#@{NAME}/",
            f"https://{address}:PORT?@{NAME}/",
            f"https://{address}:PORT;@{NAME}/",
            f"https://{NAME}#@{address}:PORT/",
            f"https://{NAME}:443@{address}:PORT/",
            f"https://[::1]@{address}:PORT/",
            f"https://{NAME}%2f@{address}:PORT/",
        )
    )


def _unusual(address: IPv4Address, chance: random.Random) -> str:
    """Characters that some resolvers and parsers make others of, or leave out."""
    text = str(address)
    return chance.choice(
        (
            "https://" + text.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)}) + ":PORT/",
            "https://" + text.replace(".", "\u3002") + ":PORT/",
            "https://" + text.replace(".", "\uff0e") + ":PORT/",
            "https://" + text.replace("1", "\u2460") + ":PORT/",
            "https://" + "".join(f"%{ord(sign):02x}" for sign in text) + ":PORT/",
            f"https://\t{text}:PORT/",
            f"https://{text}\n:PORT/",
            f"https://{text}\0.{NAME}:PORT/",
            f" https://{text}:PORT/",
            f"https://{text}.:PORT/",
            f"https://{text}%00:PORT/",
            f"https://{text} .{NAME}:PORT/",
        )
    )


def _schemes(address: IPv4Address, chance: random.Random) -> str:
    return chance.choice(
        ("http://{}:PORT/", "HTTP://{}:PORT/", "HTTPS://{}:PORT/", "ftp://{}:PORT/", "gopher://{}:PORT/_", "//{}:PORT/",
         "https:{}:PORT/", "https:/{}:PORT/", "https:///{}:PORT/", "ws://{}:PORT/", "file://{}:PORT/etc/passwd",
         "https://https://{}:PORT/", "{}:PORT")
    ).format(address)  # fmt: skip


_WRITTEN: dict[str, Callable[[IPv4Address, random.Random], str]] = {
    "four numbers": lambda address, _: f"https://{address}:PORT/",
    "one number": lambda address, _: f"https://{int(address)}:PORT/",
    "one hexadecimal number": lambda address, _: f"https://0x{int(address):x}:PORT/",
    "one octal number": lambda address, _: f"https://0{int(address):o}:PORT/",
    "numbers of several bases": lambda address, chance: f"https://{_parts(address, chance)}:PORT/",
    "fewer numbers": lambda address, chance: f"https://{_short(address, chance)}:PORT/",
    "no address": lambda _, chance: f"https://{chance.choice(('0.0.0.0', '0', '[::]', '0x0'))}:PORT/",
    "mapped into IPv6": lambda address, _: f"https://[::ffff:{address}]:PORT/",
    "mapped into IPv6, in hexadecimal": lambda address, _: f"https://[::ffff:{_hexadecimal(address)}]:PORT/",
    "loopback of IPv6": lambda address, chance: f"https://[{_loopback_6(address, chance)}]:PORT/",
    "translated to IPv6": lambda address, _: f"https://[64:ff9b::{_hexadecimal(address)}]:PORT/",
    "tunnelled in IPv6": lambda address, _: f"https://[2002:{_hexadecimal(address)}::]:PORT/",
    "behind a user": lambda address, chance: f"https://{chance.choice((NAME, 'a:b', NAME + ':443'))}@{address}:PORT/",
    "hidden": _hidden,
    "unusual characters": _unusual,
    "schemes": _schemes,
    "local names": lambda _, chance: (
        f"https://{chance.choice(('localhost', 'LOCALHOST', 'localhost.', 'LocalHost'))}:PORT/"
    ),
}
_ANSWERED: dict[str, Callable[[IPv4Address, random.Random], Answers]] = {
    "a name of it": lambda address, _: ((str(address),),),
    "a name of it and of another": lambda address, chance: (tuple(chance.sample((PUBLIC, str(address)), 2)),),
    "a name of it among twenty": lambda address, chance: (
        tuple(chance.sample([*(f"93.184.217.{last}" for last in range(1, 20)), str(address)], 20)),
    ),
    "a name that turns to it": lambda address, _: ((PUBLIC,), (str(address),)),
    "a name that turns to both": lambda address, _: ((PUBLIC,), (PUBLIC, str(address))),
    "a name of it in IPv6": lambda address, chance: ((chance.choice(("::1", f"::ffff:{address}")),),),
    "a name of the cloud's metadata": lambda _, chance: ((chance.choice(METADATA),),),
    "a name of a neighbour": lambda _, chance: (
        (chance.choice(NEIGHBOURS).format(*(chance.randrange(1, 255) for _ in range(3))),),
    ),
}  # fmt: skip


class Resolver:
    """Answers as a URL's name server would, and for all other names as this machine does without asking one."""

    def __init__(self) -> None:
        self._left: list[tuple[str, ...]] = []

    def serve(self, answers: Answers | None) -> None:
        self._left = list(answers or ())

    async def look_up(self, host: str) -> list[Address]:
        if host == NAME and self._left:
            answer = self._left.pop(0) if len(self._left) > 1 else self._left[0]
            return [ip_address(address) for address in answer]
        if host != "localhost":
            try:
                socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
            except ValueError as error:
                raise OSError("no name of a host") from error
        return await look_up(host)


class Attacker:
    """Tries URLs on what sends. Where a public address is connected to, `bystander` is."""

    def __init__(self, bystander: int) -> None:
        self._resolver = Resolver()
        self._internet = Internet({PUBLIC: bystander})
        self._network = Network(look_up=self._resolver.look_up, beneath=self._internet)
        self._sender = Sender(network=self._network)
        self._free = Network(allow_inside=True, look_up=self._resolver.look_up)

    async def reach(self, one: Hostile) -> bool:
        """Whether the URL leads to the canary where nothing forbids it, and where a name has turned already."""
        answer = one.answers[-1] if one.answers else ()
        inside = tuple(address for address in answer if not address.startswith("93.184."))
        self._resolver.serve((inside,) if inside else None)
        return await _connect(self._free, one)

    async def attempt(self, one: Hostile) -> None:
        """By all of the rules, by those for sending, and by the last of them alone."""
        if one.answers is None:
            with suppress(InvalidInput):
                check_url(one.url)
                raise AssertionError(f"{one.url!r} ({one.kind}) may be given")
        self._resolver.serve(one.answers)
        for _ in range(2):  # a name may turn
            outcome = await self._sender.send(one.url, {}, b"{}")
            assert outcome.error is not None, f"{one.url!r} ({one.kind}) was sent to"
        self._resolver.serve(one.answers)
        for _ in range(2):
            await _connect(self._network, one)
        assert set(self._internet.asked) <= {PUBLIC}, f"{one.url!r} ({one.kind}) led to {self._internet.asked[-1]}"


async def try_urls(count: int, chance: random.Random, report: Report) -> None:
    """First it is shown that they do lead to the canary without the rules."""
    async with watching("0.0.0.0", "::1") as canary, watching() as bystander:
        attacker = Attacker(bystander.port)
        urls = list(hostile_urls(count, canary.port, chance))
        reached = Counter([one.kind for one in urls if one.kind not in FAR and await attacker.reach(one)])
        near = {one.kind for one in urls} - FAR - (set() if canary.hears_ipv6 else IPV6)
        assert near <= set(reached), f"The canary would not notice: {', '.join(sorted(near - set(reached)))}"
        await _notice(canary, reached.total())
        for one in urls:
            await attacker.attempt(one)
            report.tried(1, "URLs")
        await _notice(canary, reached.total() + 1)
    report.note(f"{reached.total():,} of {count:,} URLs led to the canary without the rules")


async def _connect(network: Network, one: Hostile) -> bool:
    """Whether it leads anywhere by the way to the network alone, whatever has checked the URL."""
    try:
        parts = urlsplit(one.url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or not port:
        return False
    try:
        stream = await network.connect_tcp(host, port, timeout=2)
    except (AddressInside, NameNotFound, ConnectError, ConnectTimeout):
        return False
    await stream.aclose()
    return True


async def _notice(canary: Receiver, expected: int) -> None:
    """That so many connections have come to the canary. It is given one more, which it counts after all before it."""
    _, writer = await asyncio.open_connection("127.0.0.1", canary.port)
    async with asyncio.timeout(10):
        while canary.connections <= expected:  # noqa: ASYNC110 - a number is no event
            await asyncio.sleep(0.001)
    writer.close()
    found = canary.connections - 1
    assert found == expected, f"{found} connections came to the canary where {expected} were made"
