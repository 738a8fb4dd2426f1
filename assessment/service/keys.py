"""The text of API keys: how one is made, and how a mistyped one is told without asking the database."""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from typing import Literal, NamedTuple

Kind = Literal["secret", "publishable", "restricted"]
Mode = Literal["live", "test"]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM_BITS = 160
RANDOM_LENGTH = 27  # 160 bits in base 62
CHECK_LENGTH = 6  # 32 bits in base 62
SHOWN_LENGTH = 4  # random characters kept readable, so that a partner can tell keys apart

KINDS: dict[str, Kind] = {"sk": "secret", "pk": "publishable", "rk": "restricted"}
SHORT_KINDS: dict[Kind, str] = {kind: short for short, kind in KINDS.items()}
MODES: dict[str, Mode] = {"live": "live", "test": "test"}
FORM = re.compile(rf"alm_(sk|pk|rk)_(live|test)_([0-9A-Za-z]{{{RANDOM_LENGTH}}})([0-9A-Za-z]{{{CHECK_LENGTH}}})")


class NewKey(NamedTuple):
    """A key at birth. `text` is shown once; `prefix` and `hash` are what is stored."""

    text: str
    prefix: str
    hash: bytes


class ParsedKey(NamedTuple):
    """A text that could be a key: its form and check digits are right."""

    kind: Kind
    mode: Mode
    prefix: str
    hash: bytes


def generate(kind: Kind, mode: Mode, bits: int | None = None) -> NewKey:
    """A key with 160 random bits and a CRC32 of all that stands before it. `bits` are bits that were drawn already."""
    if bits is None:
        bits = secrets.randbits(RANDOM_BITS)
    body = f"alm_{SHORT_KINDS[kind]}_{mode}_" + base62(bits, RANDOM_LENGTH)
    text = body + check_digits(body)
    return NewKey(text, _prefix(text), hash_key(text))


def parse(text: str) -> ParsedKey | None:
    """What the text says of itself, or None when no key reads like that."""
    match = FORM.fullmatch(text)
    if match is None or check_digits(text[:-CHECK_LENGTH]) != match[4]:
        return None
    return ParsedKey(KINDS[match[1]], MODES[match[2]], _prefix(text), hash_key(text))


def parse_head(head: str) -> tuple[Kind, Mode]:
    """Kind and mode of what a key begins with (``alm_sk_live_``)."""
    _, kind, mode, _ = head.split("_")
    return KINDS[kind], MODES[mode]


def _prefix(text: str) -> str:
    return text[: SHOWN_LENGTH - RANDOM_LENGTH - CHECK_LENGTH]


def hash_key(text: str) -> bytes:
    """What a key is known by; of what no key reads like, a hash that no key has."""
    # A plain hash is enough: nobody can try 2^160 keys, which is what a slow hash would have to prevent.
    return hashlib.sha256(text.encode(errors="replace")).digest()


def check_digits(body: str) -> str:
    return base62(zlib.crc32(body.encode()), CHECK_LENGTH)


def base62(number: int, length: int) -> str:
    """The number in digits and letters, padded with zeros."""
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
