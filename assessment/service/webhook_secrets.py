"""The secrets that webhooks are signed with: how one is made, and how it is written."""

from __future__ import annotations

import base64
import secrets

BITS = 256
HEAD = "whsec_"
"""Of the Standard Webhooks specification, after which verifying libraries expect base64."""


def make_secret(bits: int | None = None) -> bytes:
    """A secret of 32 random bytes; `bits` are bits that were drawn already."""
    return (secrets.randbits(BITS) if bits is None else bits).to_bytes(BITS // 8, "big")


def write_secret(secret: bytes) -> str:
    """The secret as a receiver is told it."""
    return HEAD + base64.b64encode(secret).decode()
