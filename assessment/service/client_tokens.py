"""Client tokens: what lets a publishable key, which anybody can copy, read back what it created, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from assessment.errors import ResourceNotFound
from assessment.service import ids
from assessment.service.context import Principal, Services
from assessment.service.keys import RANDOM_BITS, RANDOM_LENGTH, base62
from assessment.service.receipts import Keep
from assessment.service.views import AssessmentView
from assessment.store.client_tokens import find_token
from assessment.store.queue import Batch
from assessment.store.tables import CLIENT_TOKENS

LIFETIME = timedelta(hours=24)
HEAD = "ct_"


def make_token(bits: int | None = None) -> str:
    """A token with 160 random bits; `bits` are bits that were drawn already."""
    return HEAD + base62(secrets.randbits(RANDOM_BITS) if bits is None else bits, RANDOM_LENGTH)


def with_token(principal: Principal, token: str, keep: Keep[AssessmentView]) -> Keep[AssessmentView]:
    """What `keep` stores with a new assessment, and the token's hash."""

    def rows(view: AssessmentView) -> Batch:
        row = {
            "partner_id": principal.partner_id,
            "mode": principal.mode,
            "assessment_id": ids.find_id("asmt", view.id),
            "hash": _hash(token),
            "expires_at": view.created_at + LIFETIME,
        }
        return [(CLIENT_TOKENS, row), *keep(view)]

    return rows


async def require_token(services: Services, principal: Principal, assessment_id: str, token: str | None) -> None:
    """Raise ResourceNotFound, always in the same words, unless the token is that of the assessment and still holds."""
    wanted = ids.from_text("asmt", assessment_id)
    if wanted is not None and token is not None:
        async with services.database.read(principal) as session:
            found = await find_token(session, principal.partner_id, principal.mode, wanted)
        if found is not None and hmac.compare_digest(found.hash, _hash(token)) and datetime.now(UTC) < found.expires_at:
            return
    raise ResourceNotFound(
        "A publishable key reads an assessment that it created, for 24 hours, with the client_token of the answer to "
        "the create in the header Alignment-Client-Token. There is no such assessment for this key and token."
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
