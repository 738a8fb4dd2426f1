"""What becomes of a call: after each try, whether there is another, and when. Sends nothing itself."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypedDict, TypeVar

import httpx2

from alignment_assessment._answer import interpret, problem_code
from alignment_assessment._call import Call, build
from alignment_assessment._model import RawResponse
from alignment_assessment._options import USER_AGENT, Options
from alignment_assessment.errors import AlignmentError, ConnectionFailed, NotConfigured, TimedOut

T = TypeVar("T")
FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0
LONGEST_RETRY_AFTER = 60.0
"""Who is to wait longer is told so at once, and can decide."""
REFUSED = frozenset({408, 429})
"""Nothing was begun of what is answered so."""
UNSERVED = frozenset({502, 503, 504})
"""Nothing was done for now, as far as who answers so can tell."""
REFUSED_CODES = frozenset({"overloaded", "shutting_down", "migrations_pending"})
"""Codes of 503 with which nothing was begun; a database that went away may have done what it was asked."""

_log = logging.getLogger("alignment_assessment")


@dataclass(frozen=True, slots=True)
class Failure:
    """A try that brought no answer."""

    error: Exception
    sent: bool
    """Whether something of the request may have arrived."""
    timed_out: bool


def failure_of(error: httpx2.RequestError) -> Failure:
    """What an error of the HTTP client means."""
    unsent = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
    return Failure(error, not isinstance(error, unsent), isinstance(error, httpx2.TimeoutException))


class Sending(TypedDict):
    """What `stream` of an HTTP client is called with."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None
    timeout: httpx2.Timeout
    follow_redirects: bool


class Exchange(Generic[T]):
    """One call, from its first try to its outcome."""

    def __init__(
        self,
        call: Call[T],
        options: Options,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        if call.operation.needs_key and options.api_key is None:
            raise NotConfigured(f"{call.operation.id} needs a key: give api_key, or set ASSESSMENT_API_KEY.")
        self._call = call
        self._options = options
        self._clock = clock
        self._chance = chance
        self._begun = clock()
        self._tries = 0
        self._outcome: RawResponse | Failure | None = None
        self.request = build(call)
        self.operation = call.operation.id

    @property
    def sending(self) -> Sending:
        """What the HTTP client is to send next."""
        headers = {"User-Agent": USER_AGENT, **dict(self._options.headers), **self.request.headers}
        if self._options.api_key is not None:
            headers["Authorization"] = f"Bearer {self._options.api_key}"
        return Sending(
            method=self.request.method,
            url=self._options.base_url + self.request.target,
            headers=headers,
            content=self.request.content,
            timeout=self._timeouts,
            follow_redirects=False,  # a key goes nowhere but where it was meant to
        )

    def check_time(self) -> None:
        """ReadTimeout when the whole call takes too long: bytes that drip in never reach the timeout of one read."""
        if self._left is not None and self._left <= 0:
            raise httpx2.ReadTimeout("The whole call has taken too long.")

    @property
    def _timeouts(self) -> httpx2.Timeout:
        """How long the next try may take, so that the whole does not take too long."""
        given = self._options.timeout
        return httpx2.Timeout(self._at_most(given.read), connect=self._at_most(given.connect))

    def _at_most(self, seconds: float | None) -> float | None:
        left = None if self._left is None else max(0.001, self._left)
        return min((one for one in (seconds, left) if one is not None), default=None)

    @property
    def _left(self) -> float | None:
        """Seconds until the whole call has taken too long."""
        total = self._options.timeout.total
        return None if total is None else self._begun + total - self._clock()

    def received(self, status: int, headers: httpx2.Headers, content: bytes) -> float | None:
        """Note an answer: seconds until the next try, or None when there is none."""
        self._tries += 1
        raw = RawResponse(status, headers, content, self._tries)
        self._outcome = raw
        self._say("answered %s, request id %s", status, raw.request_id)
        return self._next(retry_after(headers)) if self._is_passing(raw) else None

    def failed(self, failure: Failure) -> float | None:
        """Note a try without an answer: seconds until the next one, or None when there is none."""
        self._tries += 1
        self._outcome = failure
        self._say("brought no answer: %s", type(failure.error).__name__)
        return self._next(None) if self._may_repeat or not failure.sent else None

    def result(self) -> T:
        """What the call returns. The error, where it came to one."""
        if isinstance(self._outcome, RawResponse):
            return interpret(self._call, self._outcome, retry_after(self._outcome.headers))
        assert self._outcome is not None, "Nothing was sent yet."
        raise self._no_answer(self._outcome) from self._outcome.error

    @property
    def _may_repeat(self) -> bool:
        """Whether sending it twice has no other effect than sending it once. A change with If-Match would be refused
        the second time because of the first, and a deletion not be found."""
        return self._call.operation.repeatable or self.request.idempotency_key is not None

    def _is_passing(self, raw: RawResponse) -> bool:
        if raw.status in REFUSED:
            return True
        if raw.status in UNSERVED:
            return self._may_repeat or problem_code(raw) in REFUSED_CODES
        return raw.status == 409 and problem_code(raw) == "request_in_flight"

    def _next(self, asked: float | None) -> float | None:
        if self._tries > self._options.max_retries:
            return None
        wait = self._chance() * min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self._tries - 1)) if asked is None else asked
        left = self._left
        if wait > LONGEST_RETRY_AFTER or (left is not None and wait >= left):
            return None
        self._say("is sent again in %.2f s", wait, level=logging.INFO)
        return wait

    def _no_answer(self, failure: Failure) -> AlignmentError:
        what = "in time" if failure.timed_out else f"({type(failure.error).__name__})"
        effect = " It may have had an effect." if failure.sent and not self._call.operation.repeatable else ""
        kind = TimedOut if failure.timed_out else ConnectionFailed
        return kind(
            f"{self._name} got no answer {what}, {_times(self._tries)} tried.{effect}",
            sent=failure.sent,
            tries=self._tries,
            idempotency_key=self.request.idempotency_key,
        )

    @property
    def _name(self) -> str:
        return f"{self._call.operation.method} {self._call.operation.path}"

    def _say(self, event: str, *values: Any, level: int = logging.DEBUG) -> None:
        # The operation's path and not the request's: ids and filters are the caller's business.
        _log.log(level, f"%s, try %d, {event}", self._name, self._tries, *values)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def retry_after(headers: httpx2.Headers, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float | None:
    """Seconds that `Retry-After` asks to wait, which it says in seconds or as a date."""
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:10])
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return max(0.0, (moment - now()).total_seconds())
