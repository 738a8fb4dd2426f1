"""The text of what opens one thing to somebody without a key: how it is made, and how a mistyped one is told without
asking the database."""

from __future__ import annotations

import hashlib
import re
import secrets

from assessment.service.keys import CHECK_LENGTH, RANDOM_BITS, RANDOM_LENGTH, base62, check_digits


class TokenForm:
    """A kind of token: a head that says what it is, random bits, and a CRC32 of all that stands before it."""

    def __init__(self, head: str, bits: int, length: int) -> None:
        """`length` is that of the random bits in base 62."""
        self.head = head
        self._bits = bits
        self._length = length
        self._text = re.compile(rf"{head}[0-9A-Za-z]{{{length}}}([0-9A-Za-z]{{{CHECK_LENGTH}}})")

    def make(self, bits: int | None = None) -> str:
        """A new token. `bits` are ones drawn already; of more than it needs it takes the lowest."""
        drawn = secrets.randbits(self._bits) if bits is None else bits % (1 << self._bits)
        body = self.head + base62(drawn, self._length)
        return body + check_digits(body)

    def parse(self, text: str) -> bytes | None:
        """The hash that the token is known by, or None when no token of this kind reads like that."""
        match = self._text.fullmatch(text)
        if match is None or check_digits(text[:-CHECK_LENGTH]) != match[1]:
            return None
        return hash_token(text)


INVITATION = TokenForm("alm_inv_", RANDOM_BITS, RANDOM_LENGTH)
"""Lets a person without a key answer one assessment once, and nothing else."""
SHARE_LINK = TokenForm("alm_share_", 128, 22)
"""Shows whoever has it the report of one assessment, and nothing else."""


def hash_token(text: str) -> bytes:
    # A plain hash is enough: nobody can try 2^128 tokens.
    return hashlib.sha256(text.encode()).digest()
