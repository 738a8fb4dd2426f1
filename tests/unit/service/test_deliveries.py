"""A worker leaves room for everybody: four attempts at a time for an endpoint, 32 for a partner's mode, 64 in all."""

from __future__ import annotations

import uuid

from assessment.service.deliveries import Room
from assessment.store.outbox import DeliveryKey, Endpoint

PARTNERS = [uuid.uuid4() for _ in range(3)]
ENDPOINTS = [uuid.uuid4() for _ in range(20)]


def keys(partner: int, endpoint: int, n: int, mode: str = "live") -> list[DeliveryKey]:
    return [DeliveryKey(PARTNERS[partner], mode, uuid.uuid4(), ENDPOINTS[endpoint]) for _ in range(n)]


def endpoint(partner: int, number: int, mode: str = "live") -> Endpoint:
    return Endpoint(PARTNERS[partner], mode, ENDPOINTS[number])


def test_an_endpoint_has_four_places() -> None:
    room = Room(keys(0, 0, 3))
    assert (room.left(endpoint(0, 0)), room.left(endpoint(0, 1))) == (1, 4)
    room.use(endpoint(0, 0), 1)
    assert (room.left(endpoint(0, 0)), room.left(endpoint(0, 1))) == (0, 4)


def test_a_partner_has_32_in_each_mode() -> None:
    room = Room(key for number in range(8) for key in keys(0, number, 4))
    assert room.left(endpoint(0, 8)) == 0
    assert room.left(endpoint(0, 8, "test")) == 4
    assert room.left(endpoint(1, 9)) == 4
    room = Room(key for number in range(10) for key in keys(0, number, 3))
    assert room.left(endpoint(0, 10)) == 2
    room.use(endpoint(0, 10), 2)
    assert room.left(endpoint(0, 11)) == 0


def test_there_are_64_in_all() -> None:
    under_way = [key for partner in (0, 1) for number in range(8) for key in keys(partner, number, 4)]
    assert Room(under_way[:-1]).left(endpoint(2, 19)) == 1
    assert Room(under_way).left(endpoint(2, 19)) == 0


def test_a_worker_that_ends_has_no_room() -> None:
    assert Room([], at_once=0).left(endpoint(0, 0)) == 0
