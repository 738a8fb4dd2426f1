"""Secrets that an answer shows once: a repetition of the request gets the same one, and nothing of it is kept.

The random bits of such a secret are an HMAC of the caller's own API key over a fresh salt and the idempotency key.
The salt is kept with the receipt of the request, beside the secret's hash; the API key and the idempotency key are kept
as hashes. So only who sends the same request again can have the bits made again. Where an answer has several secrets,
the bits of each further one come from those of the first and its place.
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
NEVER_KEPT = ((b"cache-control", b"no-store"),)
"""The header of an answer with a secret in it."""


class ShownOnce:
    """The secrets in one answer: each stands in `field`, after a head that is no secret, and in the fields `also` of
    the same object, at their end. `remake` gives the text of a head and so many random bits."""

    def __init__(
        self,
        request: AnyRequest,
        field: str,
        remake: Callable[[str, int], str],
        also: tuple[str, ...] = (),
        size: int = BITS,
    ) -> None:
        self._caller = key_of(request).encode()
        self._asked = read_key(request) or b""
        self._remake = remake
        self._size = size
        self._times = 1 + len(also)
        names = "|".join((field, *also)).encode()
        self._text = re.compile(rb'("(?:%s)":"[^"]*?)([a-z_]+_)([0-9A-Za-z+/=]*)(?=")' % names)
        self._salt = os.urandom(32)

    @property
    def bits(self) -> int:
        """The random bits of the secret."""
        return self.draw(0)

    def draw(self, place: int) -> int:
        """The random bits of the secret at this place, from 0."""
        return self._draw(self._salt, place)

    def redact(self, answer: Answer) -> tuple[bytes, dict[str, str]]:
        """The answer's body with the secrets' heads in their places, and what is kept to make them again."""
        texts = [found[2] + found[3] for found in self._text.finditer(answer.body)]
        assert texts, "an answer of this operation has the secret's field"
        body = self._text.sub(lambda found: found[1] + found[2], answer.body)
        return body, {_SALT: self._salt.hex(), _HASH: self._hash(texts)}

    def restore(self, kept: Answered) -> Answered:
        """The answer as it was. Raises KeyReused for a caller with another API key, who cannot have it."""
        hidden = {name.decode(): value.decode() for name, value in kept.headers}
        salt = bytes.fromhex(hidden[_SALT])
        texts: list[bytes] = []

        def put_back(found: re.Match[bytes]) -> bytes:
            bits = self._draw(salt, len(texts) // self._times)
            texts.append(self._remake(found[2].decode(), bits).encode())
            return found[1] + texts[-1]

        body = self._text.sub(put_back, kept.body)
        if self._hash(texts) != hidden[_HASH]:
            raise KeyReused("This Idempotency-Key came with another API key, and its answer is for that one alone.")
        headers = tuple((name, value) for name, value in kept.headers if name.decode() not in (_SALT, _HASH))
        return Answered(kept.status, headers, body)

    def _draw(self, salt: bytes, place: int) -> int:
        digest = hmac.digest(self._caller, salt + self._asked, "sha256")
        if place:
            digest = hmac.digest(digest, b"%d" % place, "sha256")
        return int.from_bytes(digest[: self._size // 8], "big")

    def _hash(self, texts: list[bytes]) -> str:
        return hashlib.sha256(b"".join(texts[:: self._times])).hexdigest()
