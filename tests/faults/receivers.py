"""Receivers of webhooks of every temper, at paths of one address, which check and remember what they are sent."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.receiver import OK, Received, receiving

STEADY, SLOW, REDIRECTS_ONCE, FAILS_TWICE, BREAKS_OFF, FAILS_BY_CHANCE = TEMPERS = (
    "steady", "slow", "redirects-once", "fails-twice", "breaks-off", "fails-by-chance",
)  # fmt: skip
"""Each takes every event in the end."""
FAILURE = b"HTTP/1.1 500 .\r\ncontent-length: 0\r\n\r\n"
LONGEST_SECONDS = 0.3


class Receivers:
    """`url` is what their paths are under. `elsewhere` is where the one that redirects leads to."""

    def __init__(self, chance: random.Random, elsewhere: str) -> None:
        self.url = ""
        self.requests = 0
        self.taken: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """How often each receiver has answered for each event that it has taken it."""
        self.breaches: list[str] = []
        """What must not be, such as a signature that does not verify."""
        self._elsewhere = elsewhere
        self._chance = chance
        self._secrets: defaultdict[str, list[tuple[int, Webhook]]] = defaultdict(list)
        """Of each receiver, with when it came to know them."""
        self._seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._bodies: dict[str, bytes] = {}

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Receivers]:
        async with receiving(self._answer) as receiver:
            self.url = receiver.url
            yield self

    def trust(self, temper: str, secret: str) -> None:
        """From now on the receiver takes what is signed with this secret, and nothing else."""
        self._secrets[temper].append((int(time.time()), Webhook(secret)))

    async def _answer(self, received: Received) -> bytes:
        temper = received.target[1:]
        event = received.headers["webhook-id"]
        self.requests += 1
        self._check(temper, event, received)
        self._seen[temper][event] += 1
        seen = self._seen[temper][event]
        if temper == SLOW:
            await asyncio.sleep(self._chance.uniform(0, LONGEST_SECONDS))
        if temper == REDIRECTS_ONCE and seen == 1:
            return f"HTTP/1.1 307 .\r\nlocation: {self._elsewhere}/\r\ncontent-length: 0\r\n\r\n".encode()
        if (temper == FAILS_TWICE and seen <= 2) or (temper == FAILS_BY_CHANCE and self._chance.random() < 0.3):
            return FAILURE
        self.taken[temper][event] += 1
        # Taken, and the sender does not come to know.
        return b"" if temper == BREAKS_OFF and seen == 1 else OK

    def _check(self, temper: str, event: str, received: Received) -> None:
        since, newest = self._secrets[temper][-1]
        # What was on its way when the secret changed was signed with the one before.
        late = int(received.headers["webhook-timestamp"]) <= since
        taken = [secret for _, secret in self._secrets[temper]] if late else [newest]
        if not any(_verifies(secret, received) for secret in taken):
            self.breaches.append(f"{temper}: the signature of {event} does not verify")
        if self._bodies.setdefault(event, received.body) != received.body:
            self.breaches.append(f"{temper}: {event} came with another body before")


def _verifies(secret: Webhook, received: Received) -> bool:
    try:
        secret.verify(received.body, received.headers)
    except WebhookVerificationError:
        return False
    return True
