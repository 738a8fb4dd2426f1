"""Lists that are read page by page, while they are walked over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from alignment_assessment._call import Call

Item_co = TypeVar("Item_co", covariant=True)
Item = TypeVar("Item")


class Page(Protocol[Item_co]):
    """What every page has."""

    @property
    def data(self) -> Sequence[Item_co]: ...

    @property
    def has_more(self) -> bool: ...

    @property
    def next_cursor(self) -> str | None: ...


P = TypeVar("P", bound=Page[Any])


def _following(call: Call[P], page: P) -> Call[P] | None:
    if not page.has_more or page.next_cursor is None:
        return None
    return replace(call, query={**call.query, "cursor": page.next_cursor})


class Pager(Generic[Item, P]):
    """A list: iterate over it for its items, over `pages()` for its pages. Each iteration begins anew."""

    def __init__(self, send: Callable[[Call[P]], P], call: Call[P]) -> None:
        self._send = send
        self._call = call

    def __iter__(self) -> Iterator[Item]:
        for page in self.pages():
            yield from page.data

    def pages(self) -> Iterator[P]:
        call: Call[P] | None = self._call
        while call is not None:
            page = self._send(call)
            yield page
            call = _following(call, page)

    def first_page(self) -> P:
        """The first page alone, in one request."""
        return self._send(self._call)


class AsyncPager(Generic[Item, P]):
    """A list: iterate over it with `async for` for its items, over `pages()` for its pages."""

    def __init__(self, send: Callable[[Call[P]], Awaitable[P]], call: Call[P]) -> None:
        self._send = send
        self._call = call

    async def __aiter__(self) -> AsyncIterator[Item]:
        async for page in self.pages():
            for item in page.data:
                yield item

    async def pages(self) -> AsyncIterator[P]:
        call: Call[P] | None = self._call
        while call is not None:
            page = await self._send(call)
            yield page
            call = _following(call, page)

    async def first_page(self) -> P:
        """The first page alone, in one request."""
        return await self._send(self._call)
