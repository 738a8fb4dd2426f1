"""Webhooks are told from anything else, as the specification's own package tells them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from alignment_assessment import NotConfigured, WebhookVerificationError
from alignment_assessment.webhooks import (
    AssessmentCompleted,
    BenchmarkReleased,
    EndpointTested,
    OtherEvent,
    ResponseSubmitted,
    verify,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
MOMENT = "2026-01-31T12:00:00.000000Z"
COMPLETED: dict[str, Any] = {
    "type": "assessment.completed",
    "timestamp": MOMENT,
    "data": {"id": "asmt_1", "organisation": "org_1", "rubric": "alignment@2026.2", "added": "later"},
}

SUBMITTED = {"id": "resp_1", "assessment": "asmt_1", "organisation": "org_1", "function": None}


def signed(content: bytes, *secrets: str, age: float = 0) -> dict[str, str]:
    moment = datetime.now(UTC) - timedelta(seconds=age)
    signatures = [Webhook(secret).sign("evt_1", moment, content.decode()) for secret in secrets]
    stamp = str(int(moment.timestamp()))
    return {"Webhook-Id": "evt_1", "webhook-timestamp": stamp, "WEBHOOK-SIGNATURE": " ".join(signatures)}


def sent(body: Any = COMPLETED) -> bytes:
    return json.dumps(body).encode()


def test_what_the_specifications_package_signs_is_verified() -> None:
    event = verify(sent(), signed(sent(), SECRET), SECRET)
    assert isinstance(event, AssessmentCompleted)
    assert (event.id, event.data.id, event.data.organisation) == ("evt_1", "asmt_1", "org_1")
    assert event.timestamp == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert verify(sent().decode(), signed(sent(), SECRET), SECRET) == event


@pytest.mark.parametrize(
    ("kind", "data", "type_"),
    [
        (
            "response.submitted",
            {"id": "resp_1", "assessment": "asmt_1", "organisation": "o", "function": None},
            ResponseSubmitted,
        ),
        ("benchmark.released", {"rubric": "alignment@2026.2", "edition": 3}, BenchmarkReleased),
        ("webhook_endpoint.test", {"id": "hook_1"}, EndpointTested),
        ("organisation.moved", {"to": "elsewhere"}, OtherEvent),
    ],
)
def test_each_type_has_its_struct_and_a_later_one_is_no_mistake(kind: str, data: Any, type_: type) -> None:
    content = sent({"type": kind, "timestamp": MOMENT, "data": data})
    event = verify(content, signed(content, SECRET), SECRET)
    assert type(event) is type_
    assert event.type == kind


def test_while_a_secret_is_rotated_either_will_do() -> None:
    both = signed(sent(), SECRET, OLD)
    for secrets in (SECRET, OLD, [OLD, SECRET], ["whsec_bm8gc2VjcmV0", OLD]):
        assert verify(sent(), both, secrets).id == "evt_1"
    assert verify(sent(), signed(sent(), OLD), [SECRET, OLD]).id == "evt_1"


def test_signatures_of_other_kinds_are_passed_over() -> None:
    headers = signed(sent(), SECRET)
    headers["WEBHOOK-SIGNATURE"] = f"v1a,bm90aGluZw== v2,x {headers['WEBHOOK-SIGNATURE']} v1,ä"
    assert verify(sent(), headers, SECRET).id == "evt_1"


@pytest.mark.parametrize("age", [-299, 299])
def test_a_clock_may_be_wrong_by_a_little(age: int) -> None:
    assert verify(sent(), signed(sent(), SECRET, age=age), SECRET).id == "evt_1"


@pytest.mark.parametrize(("age", "said"), [(302, "s old, which is more than 300 s"), (-302, "ahead of this clock")])
def test_what_is_not_recent_is_refused(age: int, said: str) -> None:
    with pytest.raises(WebhookVerificationError, match=said):
        verify(sent(), signed(sent(), SECRET, age=age), SECRET)
    assert verify(sent(), signed(sent(), SECRET, age=age), SECRET, tolerance=400).id == "evt_1"


def test_what_was_changed_or_is_by_another_is_refused() -> None:
    headers = signed(sent(), SECRET)
    for content, changed, secret in (
        (sent() + b" ", headers, SECRET),
        (sent(), headers, OLD),
        (sent(), headers | {"Webhook-Id": "evt_2"}, SECRET),
        (sent(), headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}, SECRET),
        (sent(), headers | {"WEBHOOK-SIGNATURE": headers["WEBHOOK-SIGNATURE"].replace("v1,", "v1a,")}, SECRET),
        (sent(), headers | {"WEBHOOK-SIGNATURE": headers["WEBHOOK-SIGNATURE"].replace("v1,", "")}, SECRET),
    ):
        with pytest.raises(WebhookVerificationError, match="No signature of the webhook"):
            verify(content, changed, secret)


@pytest.mark.parametrize("name", ["Webhook-Id", "webhook-timestamp", "WEBHOOK-SIGNATURE"])
def test_a_header_that_is_missing_is_named(name: str) -> None:
    headers = signed(sent(), SECRET)
    del headers[name]
    with pytest.raises(WebhookVerificationError, match=f"The header {name.lower()} is missing"):
        verify(sent(), headers, SECRET)


@pytest.mark.parametrize("stamp", ["soon", "1e9", "-5", "٣", "9" * 5000])
def test_a_timestamp_that_is_none_is_refused(stamp: str) -> None:
    with pytest.raises(WebhookVerificationError, match="is no time in seconds"):
        verify(sent(), signed(sent(), SECRET) | {"webhook-timestamp": stamp}, SECRET)


@pytest.mark.parametrize("body", [[], {"type": "x"}, {**COMPLETED, "data": {"id": 3}}])
def test_what_is_signed_and_no_event_is_refused(body: Any) -> None:
    with pytest.raises(WebhookVerificationError, match="signed, but it is no event"):
        verify(sent(body), signed(sent(body), SECRET), SECRET)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64", [], [SECRET, ""]])
def test_a_secret_that_is_none_is_the_receivers_mistake(secret: Any) -> None:
    with pytest.raises(NotConfigured):
        verify(sent(), signed(sent(), SECRET), secret)
