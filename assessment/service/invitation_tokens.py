"""The text of invitations: what lets a person without a key answer one assessment once, and nothing else."""

from __future__ import annotations

import hashlib
import re
import secrets

from assessment.service.keys import CHECK_LENGTH, RANDOM_BITS, RANDOM_LENGTH, base62, check_digits

HEAD = "alm_inv_"
FORM = re.compile(rf"{HEAD}[0-9A-Za-z]{{{RANDOM_LENGTH}}}([0-9A-Za-z]{{{CHECK_LENGTH}}})")


def make_token(bits: int | None = None) -> str:
    """A token with 160 random bits and a CRC32 of all that stands before it. `bits` are ones drawn already."""
    body = HEAD + base62(secrets.randbits(RANDOM_BITS) if bits is None else bits, RANDOM_LENGTH)
    return body + check_digits(body)


def parse_token(text: str) -> bytes | None:
    """The hash that the token is known by, or None when no token reads like that."""
    match = FORM.fullmatch(text)
    if match is None or check_digits(text[:-CHECK_LENGTH]) != match[1]:
        return None
    return hash_token(text)


def hash_token(text: str) -> bytes:
    # A plain hash is enough: nobody can try 2^160 tokens.
    return hashlib.sha256(text.encode()).digest()
