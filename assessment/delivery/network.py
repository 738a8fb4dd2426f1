"""The way to a receiver: its name is looked up once, every address found must be outside, and one of those very
addresses is connected to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import NoReturn

from httpcore import SOCKET_OPTION, AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream, ConnectError, ConnectTimeout

from assessment.delivery.lookup import LookUp, look_up
from assessment.service.outside import Address, is_outside

LOOK_UP_SECONDS = 5
CONNECT_SECONDS = 5
MOST_TRIED = 3
"""Addresses of a name that are tried one after the other."""


class NameNotFound(Exception):
    """A host name that stands for no address, or not within the time for it."""


class AddressInside(Exception):
    """A host name that stands for an address which is not on the public internet."""


class Network(AsyncNetworkBackend):
    """What httpcore connects through. Between the look at an address and the connection to it no name is looked up
    again, so a name that answers differently the second time (DNS rebinding) has no second time. The host's name stays
    what TLS asks for and verifies."""

    def __init__(
        self, *, allow_inside: bool = False, look_up: LookUp = look_up, beneath: AsyncNetworkBackend | None = None
    ) -> None:
        """`look_up` resolves names; `beneath` connects to addresses."""
        self._allow_inside = allow_inside
        self._look_up = look_up
        self._beneath = beneath or AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Raises NameNotFound, AddressInside, or what httpcore raises where nobody listens."""
        failure: ConnectError | ConnectTimeout | None = None
        for address in (await self._find(host))[:MOST_TRIED]:
            try:
                return await self._beneath.connect_tcp(
                    str(address), port, timeout or CONNECT_SECONDS, local_address, socket_options
                )
            except (ConnectError, ConnectTimeout) as error:
                failure = error
        raise failure or NameNotFound(host)

    async def connect_unix_socket(self, path: str, *_: object, **__: object) -> NoReturn:
        raise AddressInside(path)

    async def _find(self, host: str) -> list[Address]:
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                addresses = await self._look_up(host)
        except OSError as error:  # which a TimeoutError is
            raise NameNotFound(host) from error
        if not self._allow_inside and not all(map(is_outside, addresses)):
            raise AddressInside(host)
        return addresses
