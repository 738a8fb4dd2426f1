"""Signatures are those of Standard Webhooks, as its own package checks them."""

from __future__ import annotations

import base64
import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from assessment.delivery.signing import sign

BODY = b'{"type":"assessment.completed","data":{"id":"asmt_01"}}'
OLD, NEW = b"o" * 32, b"n" * 32


def checker(secret: bytes) -> Webhook:
    return Webhook("whsec_" + base64.b64encode(secret).decode())


def test_a_message_is_signed_as_the_specification_shows() -> None:
    # Id, time, body and secret of the specification's example; the signature is what the package makes of them.
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [secret])
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_receiver_with_the_secret_takes_it_and_any_other_does_not() -> None:
    headers = sign("evt_01", int(time.time()), BODY, [NEW])
    assert checker(NEW).verify(BODY, headers) == {"type": "assessment.completed", "data": {"id": "asmt_01"}}
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        checker(OLD).verify(BODY, headers)


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp"])
def test_id_and_time_are_signed_too(header: str) -> None:
    now = int(time.time())
    headers = sign("evt_01", now, BODY, [NEW]) | {header: sign("evt_02", now + 1, BODY, [NEW])[header]}
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        checker(NEW).verify(BODY, headers)


def test_while_a_secret_is_rotated_a_receiver_may_have_either() -> None:
    headers = sign("evt_01", int(time.time()), BODY, [NEW, OLD])
    assert headers["webhook-signature"].count("v1,") == 2
    for secret in (NEW, OLD):
        assert checker(secret).verify(BODY, headers) is not None
