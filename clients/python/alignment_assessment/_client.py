"""The two clients: what sends requests, waits between tries, and holds the connections."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Self, TypeVar

import httpx2

from alignment_assessment._call import Call
from alignment_assessment._deprecation import Deprecations
from alignment_assessment._exchange import Exchange, failure_of
from alignment_assessment._options import Timeout, change_options, read_options
from alignment_assessment.generated.async_resources import AsyncResources
from alignment_assessment.generated.resources import Resources

T = TypeVar("T")


class Client(Resources):
    """A client that waits for each answer. Threads may share it.

    Example::

        with Client() as client:  # ASSESSMENT_BASE_URL, ASSESSMENT_API_KEY
            for assessment in client.assessments.list(status="completed"):
                print(assessment.organisation.name)

    `timeout` is in seconds for the whole call, or a `Timeout`. `max_retries` is how often a request is sent again that
    got no answer, or one that passes (429, 503 and their like). `transport` or a whole `http_client` of your own
    replaces the connections; a client that you bring you also close.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | Timeout | None = None,
        max_retries: int = 2,
        headers: dict[str, str] | None = None,
        transport: httpx2.BaseTransport | None = None,
        http_client: httpx2.Client | None = None,
    ) -> None:
        self._options = read_options(api_key, base_url, timeout, max_retries, headers)
        self._owned = http_client is None
        self._http = httpx2.Client(transport=transport) if http_client is None else http_client
        self._deprecations = Deprecations()
        super().__init__(self._send)

    def with_options(
        self,
        *,
        api_key: str | None = None,
        timeout: float | Timeout | None = None,
        max_retries: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> Client:
        """A client with other options, on the same connections. What is not given stays; headers are added."""
        changes = {"api_key": api_key, "timeout": timeout, "max_retries": max_retries, "headers": headers}
        client = Client(base_url=self._options.base_url, http_client=self._http)
        client._options = change_options(self._options, changes)
        client._deprecations = self._deprecations
        return client

    def _send(self, call: Call[T]) -> T:
        exchange = Exchange(call, self._options)
        while (wait := self._try(exchange)) is not None:
            time.sleep(wait)
        return exchange.result()

    def _try(self, exchange: Exchange[T]) -> float | None:
        try:
            with self._http.stream(**exchange.sending) as response:
                content = bytearray()
                for part in response.iter_bytes():
                    content += part
                    exchange.check_time()
        except httpx2.RequestError as error:
            return exchange.failed(failure_of(error))
        self._deprecations.note(exchange.operation, response.headers)
        return exchange.received(response.status_code, response.headers, bytes(content))

    def close(self) -> None:
        """Close the connections; those of an `http_client` that was given stay."""
        if self._owned:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client of {self._options.base_url}>"


class AsyncClient(AsyncResources):
    """A client for asyncio.

    Example::

        async with AsyncClient() as client:
            async for assessment in client.assessments.list(status="completed"):
                print(assessment.organisation.name)

    It is told the same as `Client`, with a transport or a client of httpx2 that is asynchronous.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | Timeout | None = None,
        max_retries: int = 2,
        headers: dict[str, str] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        self._options = read_options(api_key, base_url, timeout, max_retries, headers)
        self._owned = http_client is None
        self._http = httpx2.AsyncClient(transport=transport) if http_client is None else http_client
        self._deprecations = Deprecations()
        super().__init__(self._send)

    def with_options(
        self,
        *,
        api_key: str | None = None,
        timeout: float | Timeout | None = None,
        max_retries: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> AsyncClient:
        """A client with other options, on the same connections. What is not given stays; headers are added."""
        changes = {"api_key": api_key, "timeout": timeout, "max_retries": max_retries, "headers": headers}
        client = AsyncClient(base_url=self._options.base_url, http_client=self._http)
        client._options = change_options(self._options, changes)
        client._deprecations = self._deprecations
        return client

    async def _send(self, call: Call[T]) -> T:
        exchange = Exchange(call, self._options)
        while (wait := await self._try(exchange)) is not None:  # noqa: ASYNC110 # it waits for a time, not for an event
            await asyncio.sleep(wait)
        return exchange.result()

    async def _try(self, exchange: Exchange[T]) -> float | None:
        try:
            async with self._http.stream(**exchange.sending) as response:
                content = bytearray()
                async for part in response.aiter_bytes():
                    content += part
                    exchange.check_time()
        except httpx2.RequestError as error:
            return exchange.failed(failure_of(error))
        self._deprecations.note(exchange.operation, response.headers)
        return exchange.received(response.status_code, response.headers, bytes(content))

    async def aclose(self) -> None:
        """Close the connections; those of an `http_client` that was given stay."""
        if self._owned:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<AsyncClient of {self._options.base_url}>"
