"""Tells webhooks of the service from anything else that is sent to their address (Standard Webhooks).

Call `verify` with the body's very bytes, before anything decodes it::

    event = verify(body, headers, secret="whsec_…")
    if isinstance(event, AssessmentCompleted):
        result = client.assessments.result(event.data.id)

An event may come twice: `event.id` is the same then, also when it was sent again by hand.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from alignment_assessment._literal import Literal
from alignment_assessment._model import Model
from alignment_assessment.errors import NotConfigured, WebhookVerificationError


class Headers(Protocol):
    """Headers as any server gives them: a mapping, or a message with repeated names."""

    def items(self) -> Iterable[tuple[str, str]]: ...


TOLERANCE = 300.0
"""Seconds that a webhook may be old, or ahead of this clock."""
_PREFIX = "whsec_"


class WebhookEvent(Model, kw_only=True, frozen=True):
    """What every webhook has; `type` tells which of the following it is. Only ids are sent: read the rest by them."""

    id: str
    """Event id (`evt_…`), the same at every delivery of the event."""
    timestamp: datetime
    """When it happened."""


class CompletedAssessment(Model, kw_only=True, frozen=True):
    id: str
    organisation: str
    rubric: str
    """`id@version`."""


class AssessmentCompleted(WebhookEvent, kw_only=True, frozen=True):
    """An assessment has a result."""

    type: Literal["assessment.completed"]
    data: CompletedAssessment


class SubmittedResponse(Model, kw_only=True, frozen=True):
    id: str
    assessment: str
    organisation: str
    function: str | None


class ResponseSubmitted(WebhookEvent, kw_only=True, frozen=True):
    """Somebody has submitted answers."""

    type: Literal["response.submitted"]
    data: SubmittedResponse


class ReleasedBenchmark(Model, kw_only=True, frozen=True):
    rubric: str
    """`id@version`."""
    edition: int


class BenchmarkReleased(WebhookEvent, kw_only=True, frozen=True):
    """A rubric's benchmarks have a new edition."""

    type: Literal["benchmark.released"]
    data: ReleasedBenchmark


class TestedEndpoint(Model, kw_only=True, frozen=True):
    id: str


class EndpointTested(WebhookEvent, kw_only=True, frozen=True):
    """A key asked for a test of the webhook endpoint."""

    type: Literal["webhook_endpoint.test"]
    data: TestedEndpoint


class OtherEvent(WebhookEvent, kw_only=True, frozen=True):
    """An event of a type that this version does not know."""

    type: str
    data: dict[str, Any]


AnyEvent = AssessmentCompleted | ResponseSubmitted | BenchmarkReleased | EndpointTested | OtherEvent

_KINDS: dict[str, type[AnyEvent]] = {
    "assessment.completed": AssessmentCompleted,
    "response.submitted": ResponseSubmitted,
    "benchmark.released": BenchmarkReleased,
    "webhook_endpoint.test": EndpointTested,
}


class _Body(msgspec.Struct):
    type: str
    timestamp: datetime
    data: dict[str, Any]


def verify(
    body: bytes | str,
    headers: Headers,
    secret: str | Sequence[str],
    *,
    tolerance: float = TOLERANCE,
) -> AnyEvent:
    """The event of a webhook. WebhookVerificationError unless a secret of yours signed it within the tolerance.

    Give both secrets while one is being rotated. `headers` may be spelled in any case.
    """
    found = {name.lower(): value for name, value in headers.items()}
    event, moment, signatures = (_header(found, f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    content = body.encode() if isinstance(body, str) else bytes(body)
    _check_time(moment, tolerance)
    signed = b".".join([event.encode(), moment.encode(), content])
    expected = [_sign(key, signed) for key in _keys(secret)]
    given = [part.removeprefix("v1,").encode() for part in signatures.split(" ") if part.startswith("v1,")]
    # Each is compared with each, so that the time taken tells nothing.
    matches = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in given]
    if not any(matches):
        raise WebhookVerificationError("No signature of the webhook is by a secret that was given.")
    return _decode(event, content)


def _header(headers: dict[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise WebhookVerificationError(f"The header {name} is missing.")
    return value


def _check_time(said: str, tolerance: float) -> None:
    if not (said.isascii() and said.isdigit() and len(said) <= 12):
        raise WebhookVerificationError("The header webhook-timestamp is no time in seconds.")
    age = time.time() - int(said)
    if abs(age) > tolerance:
        way = "old" if age > 0 else "ahead of this clock"
        raise WebhookVerificationError(f"The webhook is {abs(age):.0f} s {way}, which is more than {tolerance:.0f} s.")


def _keys(secret: str | Sequence[str]) -> list[bytes]:
    keys = []
    for text in [secret] if isinstance(secret, str) else secret:
        try:
            key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not key:
            raise NotConfigured("A webhook secret is `whsec_` and base64, as the service showed it once.")
        keys.append(key)
    if not keys:
        raise NotConfigured("Give at least one webhook secret.")
    return keys


def _sign(key: bytes, signed: bytes) -> bytes:
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())


def _decode(event: str, content: bytes) -> AnyEvent:
    try:
        body = msgspec.json.decode(content, type=_Body)
        fields = {"id": event, "type": body.type, "timestamp": body.timestamp, "data": body.data}
        return msgspec.convert(fields, _KINDS.get(body.type, OtherEvent))
    except msgspec.MsgspecError as error:
        raise WebhookVerificationError(f"The webhook is signed, but it is no event: {error}") from error
