"""An attempt reaches the address that was looked at and no other, and whatever the receiver does is an outcome."""

from __future__ import annotations

import asyncio
import socket
import ssl
from ipaddress import ip_address
from pathlib import Path

import pytest

from assessment import __version__
from assessment.delivery import lookup, network, sender
from assessment.delivery.lookup import look_up
from assessment.delivery.network import Network
from assessment.delivery.sender import Outcome, Sender
from assessment.service.outside import Address
from tests.certificate import certify
from tests.integration.delivery.helpers import until
from tests.receiver import Internet, Received, answer, answering, receiving, watching

HOST = "receiver.example"
PUBLIC, OTHER = "93.184.216.34", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
HEADERS = {"webhook-id": "evt_01"}
BODY = b'{"type":"assessment.completed"}'


@pytest.fixture
def within() -> Sender:
    """A sender that may send to this machine."""
    return Sender(allow_inside=True)


async def test_what_is_sent_is_a_plain_post_of_the_body(within: Sender) -> None:
    async with receiving() as receiver:
        outcome = await within.send(f"{receiver.url}/hooks?of=us", HEADERS, BODY)
    assert outcome == Outcome(204)
    assert receiver.received == [
        Received(
            "/hooks?of=us",
            {
                "host": f"127.0.0.1:{receiver.port}",
                "user-agent": f"alignment-assessment/{__version__} (webhooks)",
                "content-type": "application/json",
                "content-length": "31",
                "accept": "*/*",
                "connection": "close",
                "webhook-id": "evt_01",
            },
            BODY,
        )
    ]


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (200, [], Outcome(200)),
        (202, [], Outcome(202)),
        (299, [], Outcome(299)),
        (300, [], Outcome(300, "redirected")),
        (399, [], Outcome(399, "redirected")),
        (400, [], Outcome(400, "refused")),
        (404, ["retry-after: 7"], Outcome(404, "refused")),
        (410, [], Outcome(410, "gone")),
        (429, ["Retry-After: 120"], Outcome(429, "refused", 120)),
        (500, ["retry-after: 7"], Outcome(500, "refused")),
        (503, ["retry-after: soon"], Outcome(503, "refused")),
        (503, [], Outcome(503, "refused")),
    ],
)
async def test_only_2xx_counts_as_taken(within: Sender, status: int, headers: list[str], outcome: Outcome) -> None:
    async with receiving(answer(status, *headers)) as receiver:
        assert await within.send(receiver.url, HEADERS, BODY) == outcome


async def test_a_redirect_is_not_followed(within: Sender) -> None:
    async with receiving() as target, receiving(answer(307, f"location: {target.url}/")) as receiver:
        assert await within.send(receiver.url, HEADERS, BODY) == Outcome(307, "redirected")
    assert target.connections == 0


async def test_a_proxy_of_the_environment_is_not_asked(within: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert await within.send(receiver.url, HEADERS, BODY) == Outcome(204)
    assert (receiver.connections, proxy.connections) == (1, 0)


async def test_an_answer_of_any_length_is_read_only_a_little(within: Sender) -> None:
    async def endless(_: Received) -> bytes:
        return b"HTTP/1.1 200 .\r\ncontent-length: 99999999999\r\n\r\n" + b"x" * 1_000_000

    async with receiving(endless) as receiver:
        assert await within.send(receiver.url, HEADERS, BODY) == Outcome(200)


async def test_a_status_counts_although_the_body_breaks_off(within: Sender) -> None:
    async def broken(_: Received) -> bytes:
        return b"HTTP/1.1 200 .\r\ncontent-length: 10\r\n\r\nx"

    async with receiving(broken) as receiver:
        assert await within.send(receiver.url, HEADERS, BODY) == Outcome(200)


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200", b"HTTP/1.1 999999 .\r\n\r\n"])
async def test_what_is_no_answer_is_a_broken_connection(within: Sender, said: bytes) -> None:
    async def say(_: Received) -> bytes:
        return said

    async with receiving(say) as receiver:
        assert await within.send(receiver.url, HEADERS, BODY) == Outcome(None, "connection_broken")


async def test_where_nobody_listens_the_connection_fails(within: Sender) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert await within.send(f"http://127.0.0.1:{port}", HEADERS, BODY) == Outcome(None, "connection_failed")


async def test_a_receiver_that_does_not_answer_costs_no_more_than_the_time_for_an_attempt(
    within: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_: Received) -> bytes:
        return await asyncio.Event().wait() and b""

    monkeypatch.setattr(sender, "ATTEMPT_SECONDS", 1)
    async with receiving(never) as receiver:
        assert await within.send(receiver.url, HEADERS, BODY) == Outcome(None, "timed_out")
        # A server that closes before it has accepted a connection leaves its socket open.
        await until(lambda: receiver.connections == 1)


async def test_a_name_that_answers_differently_the_second_time_has_no_second_time() -> None:
    async with watching() as canary, watching() as outside:
        internet = Internet({PUBLIC: outside.port})
        rebinding = answering([PUBLIC], ["127.0.0.1"])
        sent = Sender(network=Network(look_up=rebinding, beneath=internet))
        # Nobody speaks TLS there: what matters is which address was connected to.
        assert await sent.send(f"https://{HOST}:{canary.port}", HEADERS, BODY) == Outcome(None, "connection_failed")
        assert internet.asked == [PUBLIC]
        assert await sent.send(f"https://{HOST}:{canary.port}", HEADERS, BODY) == Outcome(None, "address_not_allowed")
        assert internet.asked == [PUBLIC]
    assert (outside.connections, canary.connections) == (1, 0)


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        [PUBLIC, "10.0.0.1"],
        ["10.0.0.1", PUBLIC],
        [PUBLIC, "::ffff:127.0.0.1"],
        ["169.254.169.254"],
    ],
)
async def test_one_address_inside_refuses_the_name(addresses: list[str]) -> None:
    internet = Internet({})
    sent = Sender(network=Network(look_up=answering(addresses), beneath=internet))
    assert await sent.send(f"https://{HOST}", HEADERS, BODY) == Outcome(None, "address_not_allowed")
    assert internet.asked == []


@pytest.mark.parametrize(
    "url", ["http://receiver.example", "https://127.0.0.1", "https://localhost", "https://a@b.example"]
)
async def test_an_address_that_may_not_be_given_any_more_is_not_sent_to(url: str) -> None:
    internet = Internet({})
    sent = Sender(network=Network(look_up=answering([PUBLIC]), beneath=internet))
    assert await sent.send(url, HEADERS, BODY) == Outcome(None, "address_not_allowed")
    assert internet.asked == []


async def test_the_addresses_of_a_name_are_tried_in_turn_three_at_most() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = free.getsockname()[1]
    async with receiving() as receiver:
        addresses = [f"127.0.1.{number}" for number in range(1, 5)]
        internet = Internet(dict.fromkeys(addresses, closed) | {addresses[2]: receiver.port})
        sent = Sender(
            allow_inside=True, network=Network(allow_inside=True, look_up=answering(addresses), beneath=internet)
        )
        assert await sent.send("http://receiver.example", HEADERS, BODY) == Outcome(204)
        assert internet.asked == addresses[:3]
        internet = Internet(dict.fromkeys(addresses, closed) | {addresses[3]: receiver.port})
        sent = Sender(
            allow_inside=True, network=Network(allow_inside=True, look_up=answering(addresses), beneath=internet)
        )
        assert await sent.send("http://receiver.example", HEADERS, BODY) == Outcome(None, "connection_failed")
    assert internet.asked == addresses[:3]


async def test_a_name_without_addresses_is_said_to_be_unknown() -> None:
    async def unknown(_: str) -> list[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    for resolver in (unknown, answering([])):
        sent = Sender(network=Network(look_up=resolver))
        assert await sent.send("https://receiver.example", HEADERS, BODY) == Outcome(None, "name_not_found")


async def test_a_resolver_that_does_not_answer_costs_no_more_than_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_: str) -> list[Address]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(network, "LOOK_UP_SECONDS", 0.05)
    sent = Sender(network=Network(look_up=never))
    assert await sent.send("https://receiver.example", HEADERS, BODY) == Outcome(None, "name_not_found")


async def test_the_systems_resolver_knows_this_machine_and_reads_addresses() -> None:
    assert "127.0.0.1" in map(str, await look_up("localhost"))
    assert await look_up("::ffff:127.0.0.1") == [ip_address("::ffff:127.0.0.1")]
    assert await look_up("2130706433") == [ip_address("127.0.0.1")]
    for nonsense in ("a" * 64 + ".example", "a..b"):
        with pytest.raises(OSError):
            await look_up(nonsense)


async def test_only_so_many_names_are_looked_up_at_once() -> None:
    taken = 0
    while lookup._places.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(OSError, match="too many names"):
            await look_up("localhost")
    finally:
        for _ in range(taken):
            lookup._places.release()
    assert taken == 64
    assert await look_up("localhost")


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What a receiver of HOST answers with; this machine trusts its certificate."""
    certify(tmp_path, HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    return context


@pytest.mark.system
async def test_tls_asks_for_the_name_at_the_address_that_was_looked_at(certified: ssl.SSLContext) -> None:
    names: list[str | None] = []
    certified.sni_callback = lambda _, name, __: names.append(name)
    async with receiving(tls=certified) as receiver:
        internet = Internet({PUBLIC: receiver.port})
        sent = Sender(network=Network(look_up=answering([PUBLIC]), beneath=internet))
        assert await sent.send(f"https://{HOST}/hooks", HEADERS, BODY) == Outcome(204)
    assert (internet.asked, names) == ([PUBLIC], [HOST])
    assert receiver.received[0].headers["host"] == HOST


@pytest.mark.system
async def test_a_certificate_for_another_name_is_not_taken(certified: ssl.SSLContext) -> None:
    async with receiving(tls=certified) as receiver:
        internet = Internet({OTHER: receiver.port})
        sent = Sender(network=Network(look_up=answering([OTHER]), beneath=internet))
        outcome = await sent.send("https://another.example", HEADERS, BODY)
    assert outcome == Outcome(None, "tls_failed")
    assert receiver.received == []
