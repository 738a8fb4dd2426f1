"""Ids as clients see them: a prefix and a UUIDv7 in TypeID base32, such as `asmt_01k9…`."""

from __future__ import annotations

import uuid
from typing import Literal

from typeid.codecs.base32 import decode, encode
from uuid_utils.compat import uuid7

from assessment.errors import ResourceNotFound

Prefix = Literal["asmt", "audit", "resp", "org", "key", "ptnr", "inv", "link", "hook", "evt"]


def new_id() -> uuid.UUID:
    """A UUIDv7: sortable by time."""
    return uuid7()


def to_text(prefix: Prefix, value: uuid.UUID) -> str:
    return f"{prefix}_{encode(value.bytes)}"


def from_text(prefix: Prefix, text: str) -> uuid.UUID | None:
    """The UUID, or None unless `text` is exactly what `to_text` gives for one."""
    head, _, suffix = text.rpartition("_")
    # 26 characters of 5 bits hold 130 bits: past 7 the first one would overflow silently.
    if head != prefix or len(suffix) != 26 or not "0" <= suffix[0] <= "7" or not suffix.isascii():
        return None
    try:
        value: bytes = decode(suffix)
    except (ValueError, RuntimeError):
        return None
    return uuid.UUID(bytes=bytes(value))


def find_id(prefix: Prefix, text: str) -> uuid.UUID:
    """The UUID; a malformed id names nothing, just as an unknown one."""
    value = from_text(prefix, text)
    if value is None:
        raise ResourceNotFound
    return value
