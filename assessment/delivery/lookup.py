"""What a host name stands for, asked of the system's resolver with a limit of time and of how much is asked at once."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from threading import Semaphore, Thread

from assessment.service.outside import Address

LookUp = Callable[[str], Awaitable[list[Address]]]
"""Every address of a host name, in the order in which they are to be tried. Raises OSError for a name without any."""

MOST_AT_ONCE = 64
_places = Semaphore(MOST_AT_ONCE)


async def look_up(host: str) -> list[Address]:
    """In a thread that nobody waits for when time is up or the process ends: the resolver cannot be interrupted, and
    those of the event loop are needed for the database's name."""
    if not _places.acquire(blocking=False):
        raise OSError("too many names are being looked up")
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[Address]] = loop.create_future()
    try:
        Thread(target=_ask, args=(host, loop, found), name="look-up", daemon=True).start()
    except RuntimeError:
        _places.release()
        raise OSError("the system has no thread left") from None
    return await found


def _ask(host: str, loop: asyncio.AbstractEventLoop, found: asyncio.Future[list[Address]]) -> None:
    try:
        answer: list[Address] | OSError = _resolve(host)
    except OSError as error:
        answer = error
    except ValueError:  # a label that is too long, or none; a NUL
        answer = OSError("no name of a host")
    finally:
        _places.release()
    try:
        loop.call_soon_threadsafe(_tell, found, answer)
    except RuntimeError:
        return  # the loop is closed: nobody waits any more


def _resolve(host: str) -> list[Address]:
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(answer[4][0]) for answer in answers))


def _tell(found: asyncio.Future[list[Address]], answer: list[Address] | OSError) -> None:
    if found.done():  # nobody waited for so long
        return
    if isinstance(answer, OSError):
        found.set_exception(answer)
    else:
        found.set_result(answer)
