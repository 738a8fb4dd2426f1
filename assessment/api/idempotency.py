"""Idempotency-Key: a request that is repeated with its key has one effect, and one answer to the byte."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Generic, TypeVar

from assessment.api.admission import AnyRequest, intake_of, services_of
from assessment.api.fields import values_of
from assessment.api.reply import Headers, Reply, StreamReply, begin
from assessment.errors import InvalidInput, Problem
from assessment.service.context import Invited, Principal
from assessment.service.receipts import About, Answered, AnsweredAtLength, Receipt, Redact, Request, answer_once
from assessment.service.results import WINDOW, unpack_parts
from assessment.store.queue import Batch

V = TypeVar("V")
Work = Callable[[Receipt | None], Awaitable[Reply]]
"""What is done once. It stores the receipt it is given, if any, in the transaction of its effect."""
Restore = Callable[[Answered], Answered]
"""Puts back what was taken out of an answer before it was stored."""

HEADER = "Idempotency-Key"
_REPLAYED = ((b"idempotency-replayed", b"true"),)
_BARE = re.compile(rb"[!#-~][ -~]{0,254}")
_QUOTED = re.compile(rb'"((?:[ !#-\[\]-~]|\\["\\]){1,510})"')
_ESCAPE = re.compile(rb'\\(["\\])')
_LONGEST = 255


async def once(
    request: AnyRequest,
    principal: Principal | Invited,
    body: bytes,
    work: Work,
    *,
    redact: Redact | None = None,
    restore: Restore | None = None,
) -> Reply:
    """The reply of `work`; with an Idempotency-Key that came with this request before, the same reply again.

    What fails is not kept: it may be sent again with its key. An answer with a secret in it is stored as `redact`
    says, and given again as `restore` makes it. Raises KeyReused, RequestInFlight, and InvalidInput for a header
    that is no key."""
    key = read_key(request)
    if key is None:
        return await work(None)
    identity = Request(_hash_key(principal, key), _fingerprint(request, body))
    done = await answer_once(services_of(request), principal, identity, work, redact)
    if isinstance(done, Reply):
        return done
    if isinstance(done, AnsweredAtLength):
        return await reply_at_length(request, done.packed, _REPLAYED)
    if restore is not None:
        done = restore(done)
    return Reply(done.status, done.body, (*done.headers, *_REPLAYED))


async def reply_at_length(request: AnyRequest, packed: bytes, headers: Headers = ()) -> StreamReply:
    """The reply whose body was packed in parts, unpacked while it is sent. Raises Overloaded."""

    async def parts() -> AsyncIterator[bytes]:
        # Whoever takes it slowly keeps that much of it.
        with intake_of(request).holding(len(packed) + WINDOW):
            for part in unpack_parts(packed):
                yield part
                await asyncio.sleep(0)

    return StreamReply(await begin(parts()), headers)


class Answering(Generic[V]):
    """Makes the reply of what a use case gives, before that is committed: `keep` goes to the use case, and `reply` is
    there once it is done. Receipt and caller get the same bytes, made once."""

    __slots__ = ("_about", "_receipt", "_render", "reply")

    def __init__(
        self, receipt: Receipt | None, render: Callable[[V], Reply], about: Callable[[V], About] = lambda _: About()
    ) -> None:
        self._receipt = receipt
        self._render = render
        self._about = about
        self.reply: Reply

    def keep(self, view: V) -> Batch:
        self.reply = self._render(view)
        return () if self._receipt is None else (self._receipt.row(self.reply, self._about(view)),)


def read_key(request: AnyRequest) -> bytes | None:
    """The key, without the quotes that the header's draft standard wants and few clients send."""
    values = values_of(request.scope, b"idempotency-key")
    if not values:
        return None
    if len(values) > 1:
        raise _refused(f"The request has two {HEADER} headers; send one.")
    found = values[0].strip()
    quoted = _QUOTED.fullmatch(found)
    key = _ESCAPE.sub(rb"\1", quoted[1]) if quoted else found
    if len(key) > _LONGEST or not (quoted or _BARE.fullmatch(found)):
        raise _refused(f'{HEADER} must be 1 to {_LONGEST} printable ASCII characters, bare or as "a quoted string".')
    return key


def _refused(detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[Problem(f"/header/{HEADER}", "invalid_header", detail)])


def _hash_key(principal: Principal | Invited, key: bytes) -> bytes:
    """What of the key is kept. A publishable key is in everybody's hands, and an invitation in somebody's: what comes
    with it has keys of its own, so that nobody can use up or try out those of the partner's servers."""
    if isinstance(principal, Invited):
        owner = principal.invitation_id.bytes
    else:
        owner = principal.key_id.bytes if principal.kind == "publishable" else b""
    return hashlib.sha256(owner + b":" + key).digest()


def _fingerprint(request: AnyRequest, body: bytes) -> bytes:
    scope = request.scope
    digest = hashlib.sha256()
    for part in (scope["method"].encode(), scope["path"].encode("utf-8", "surrogateescape"), scope["query_string"]):
        # With its length, so that no part can be continued in the next one.
        digest.update(b"%d:" % len(part) + part)
    digest.update(body)
    return digest.digest()
