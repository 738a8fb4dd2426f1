"""Receipts: what a request with an idempotency key was answered, kept so that a repetition gets the same answer.

A receipt is a row of the transaction of its effect, so there is never one without the other. Of two transactions with
the same key the database refuses one as a whole, and who lost finds the winner's receipt.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec
from sqlalchemy import Table, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import AssessmentError, KeyReused, RequestInFlight
from assessment.service.context import Services
from assessment.service.results import check_parts, is_in_parts
from assessment.store.access import Owner
from assessment.store.idempotency import find_record, is_taken
from assessment.store.queue import Batch
from assessment.store.tables import IDEMPOTENCY_RECORDS

T = TypeVar("T")
V = TypeVar("V")
Headers = tuple[tuple[bytes, bytes], ...]
Keep = Callable[[V], Batch]
"""Given to a use case by its caller: makes, of what the caller will be told, rows for the transaction of the effect."""

KEPT = timedelta(days=7)


class Answer(Protocol):
    """What the caller is told."""

    status: int
    headers: Headers
    body: bytes


class Answered(msgspec.Struct):
    """What a caller was told."""

    status: int
    headers: Headers
    body: bytes


class AnsweredAtLength(msgspec.Struct):
    """What a caller was told that takes much room: still packed, and found to be sound."""

    packed: bytes


Redact = Callable[[Answer], tuple[bytes, dict[str, str]]]
"""Of an answer with a secret in it, the body that may be stored, and headers to store beside the answer's own."""


class About(NamedTuple):
    """What an answer tells of. The organisation's erasure takes the receipt along; a rubric's digest says that the
    answer holds a result of it, which packs it far better."""

    organisation_id: uuid.UUID | None = None
    rubric: str | None = None


class Request(NamedTuple):
    """A request by its key; the fingerprint is what tells it from another one."""

    key_hash: bytes
    fingerprint: bytes


class Receipt:
    """The receipt of one request, to be stored with its effect. `row` makes it of the answer."""

    __slots__ = ("_principal", "_redact", "_request", "_services", "made")

    def __init__(self, services: Services, principal: Owner, request: Request, redact: Redact | None) -> None:
        self._services = services
        self._principal = principal
        self._request = request
        self._redact = redact
        self.made = False
        """Whether the row was asked for. An effect that is stored without it could happen again."""

    def row(self, answer: Answer, about: About = About()) -> tuple[Table, dict[str, Any]]:  # noqa: B008  # immutable
        body, extra = (answer.body, {}) if self._redact is None else self._redact(answer)
        dictionary, packed = self._services.results.pack(body, about.rubric)
        headers = {name.decode(): value.decode() for name, value in answer.headers} | extra
        return self._row(answer.status, headers, dictionary, packed, about.organisation_id)

    def row_at_length(self, packed: bytes) -> tuple[Table, dict[str, Any]]:
        """For a 200 whose body was packed in parts."""
        return self._row(200, {}, None, packed, None)

    def _row(
        self,
        status: int,
        headers: dict[str, str],
        dictionary: bytes | None,
        packed: bytes,
        organisation_id: uuid.UUID | None,
    ) -> tuple[Table, dict[str, Any]]:
        self.made = True
        return IDEMPOTENCY_RECORDS, {
            "partner_id": self._principal.partner_id,
            "mode": self._principal.mode,
            "key_hash": self._request.key_hash,
            "fingerprint": self._request.fingerprint,
            "status": status,
            "headers": headers,
            "dictionary": dictionary,
            "body": packed,
            "organisation_id": organisation_id,
            "created_at": datetime.now(UTC),
        }


async def answer_once(
    services: Services,
    principal: Owner,
    request: Request,
    work: Callable[[Receipt], Awaitable[T]],
    redact: Redact | None = None,
) -> T | Answered | AnsweredAtLength:
    """What `work` gives, or what the same request was answered before. Raises KeyReused when the key came with
    another request, RequestInFlight while it is worked on."""
    key = (principal.partner_id, principal.mode, request.key_hash)
    if key in services.in_flight:
        raise RequestInFlight("A request with this Idempotency-Key is being worked on; try again in a second.")
    services.in_flight.add(key)
    try:
        known = await _find(services, principal, request)
        if known is not None:
            return known
        receipt = Receipt(services, principal, request, redact)
        try:
            done = await work(receipt)
        except (AssessmentError, IntegrityError) as error:
            # Another process may have been faster, or this is the repetition of a request whose commit was still
            # under way: then the key is taken, or what was to be done is done, and there is a receipt.
            known = await _find(services, principal, request)
            if known is not None:
                return known
            if isinstance(error, IntegrityError) and is_taken(error):
                raise RequestInFlight("A request with this Idempotency-Key is being worked on.") from error
            raise
        if not receipt.made:
            raise RuntimeError("A request with an idempotency key was answered without a receipt of it.")
        return done
    finally:
        services.in_flight.discard(key)


async def _find(services: Services, principal: Owner, request: Request) -> Answered | AnsweredAtLength | None:
    async with services.database.read(principal) as session:
        found = await find_record(session, principal.partner_id, principal.mode, request.key_hash)
        if found is None:
            return None
        if found.fingerprint != request.fingerprint:
            raise KeyReused(
                "This Idempotency-Key came with another request; a key belongs to one method, address and body."
            )
        if is_in_parts(found.body):
            check_parts(found.body)
            return AnsweredAtLength(found.body)
        body = await services.results.unpack(session, found.dictionary, found.body)
    headers = tuple((name.encode(), value.encode()) for name, value in found.headers.items())
    return Answered(found.status, headers, body)


def keep_nothing(_: object) -> Batch:
    """For a caller that has no rows of its own to store."""
    return ()


async def store_rows(connection: AsyncConnection, rows: Batch) -> None:
    """Store rows in the transaction of a piece of work that was given the connection."""
    for table, row in rows:
        await connection.execute(insert(table), [row])
