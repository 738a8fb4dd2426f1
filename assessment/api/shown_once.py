"""Secrets that an answer shows once: a repetition of the request gets the same one, and nothing of it is kept.

The random bits of such a secret are an HMAC of the caller's own API key over a fresh salt and the idempotency key.
The salt is kept with the receipt of the request, beside the secret's hash; the API key and the idempotency key are kept
as hashes. So only who sends the same request again can have the bits made again.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Callable

from assessment.api.admission import AnyRequest, key_of
from assessment.api.idempotency import read_key
from assessment.errors import KeyReused
from assessment.service.receipts import Answer, Answered

BITS = 160
_SALT, _HASH = "x-secret-salt", "x-secret-hash"
"""Names under which salt and hash are kept among the headers of a stored answer. They are never sent."""


class ShownOnce:
    """The secret in one answer: the text in its field `field`, which begins with a head that is no secret. `remake`
    gives the text of a head and random bits."""

    def __init__(self, request: AnyRequest, field: str, remake: Callable[[str, int], str]) -> None:
        self._caller = key_of(request).encode()
        self._asked = read_key(request) or b""
        self._remake = remake
        self._text = re.compile(rb'"%s":"([a-z_]+_)([0-9A-Za-z]*)"' % field.encode())
        self._salt = os.urandom(32)

    @property
    def bits(self) -> int:
        """The random bits of the secret."""
        return self._draw(self._salt)

    def redact(self, answer: Answer) -> tuple[bytes, dict[str, str]]:
        """The answer's body with the secret's head in its place, and what is kept to make it again."""
        found = self._find(answer.body)
        hashed = hashlib.sha256(found[1] + found[2]).hexdigest()
        body = answer.body[: found.start(2)] + answer.body[found.end(2) :]
        return body, {_SALT: self._salt.hex(), _HASH: hashed}

    def restore(self, kept: Answered) -> Answered:
        """The answer as it was. Raises KeyReused for a caller with another API key, who cannot have it."""
        hidden = {name.decode(): value.decode() for name, value in kept.headers}
        found = self._find(kept.body)
        text = self._remake(found[1].decode(), self._draw(bytes.fromhex(hidden[_SALT]))).encode()
        if hashlib.sha256(text).hexdigest() != hidden[_HASH]:
            raise KeyReused("This Idempotency-Key came with another API key, and its answer is for that one alone.")
        headers = tuple((name, value) for name, value in kept.headers if name.decode() not in (_SALT, _HASH))
        return Answered(kept.status, headers, kept.body[: found.start(1)] + text + kept.body[found.end(2) :])

    def _draw(self, salt: bytes) -> int:
        digest = hmac.digest(self._caller, salt + self._asked, "sha256")
        return int.from_bytes(digest[: BITS // 8], "big")

    def _find(self, body: bytes) -> re.Match[bytes]:
        found = self._text.search(body)
        assert found is not None, "an answer of this operation has the secret's field"
        return found
