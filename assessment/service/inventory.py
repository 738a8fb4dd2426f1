"""The inventory: what every column of the database holds, and what becomes of it when an organisation is exported or
erased. A test holds it against the schema, so a column without an entry does not get in."""

from __future__ import annotations

from typing import Literal, NamedTuple

Holds = Literal["personal", "pseudonymous", "none"]
"""Whether a column can say who a person or an organisation is: by itself, by an id that leads there, or not at all."""
Exported = Literal["yes", "as existing", "no"]
Erased = Literal["deleted", "kept"]


class Column(NamedTuple):
    """`erased` is what the erasure of an organisation does to what the column holds about it; `reason` says why
    something that could lead to somebody is kept, or is not exported."""

    holds: Holds
    exported: Exported
    erased: Erased
    reason: str = ""


_OWNER = Column("none", "no", "deleted", "whose row it is: the partner itself, who asks")
_ID = Column("pseudonymous", "yes", "deleted")
_PERSONAL = Column("personal", "yes", "deleted")
_PLAIN = Column("none", "yes", "deleted")
_INNER = Column("none", "no", "deleted", "how it is stored")
_ACCOUNT = Column("none", "no", "kept", "about the partner's own account, not about an organisation")
_PARTNER = Column("personal", "no", "kept", "about the partner's own account, not about an organisation")
_EXISTING = Column(
    "personal", "as existing", "deleted", "an answer that was given; its content stands in the assessment"
)
_SENDING = Column("none", "no", "deleted", "how an event was sent to a receiver of the partner's own")
_RELEASED = Column("none", "no", "kept", "figures of ten organisations or more, rounded, of which none can be told")

INVENTORY: dict[str, dict[str, Column]] = {
    "partners": {
        "id": _ACCOUNT,
        "name": _PARTNER,
        "created_at": _ACCOUNT,
    },
    "api_keys": {
        "partner_id": _ACCOUNT,
        "id": _ACCOUNT,
        "kind": _ACCOUNT,
        "mode": _ACCOUNT,
        "prefix": _ACCOUNT,
        "hash": _ACCOUNT,
        "name": _PARTNER,
        "scopes": _ACCOUNT,
        "origins": _ACCOUNT,
        "created_at": _ACCOUNT,
        "expires_at": _ACCOUNT,
        "revoked_at": _ACCOUNT,
        "last_used_at": _ACCOUNT,
        "replaced_by": _ACCOUNT,
    },
    "organisations": {
        "partner_id": _OWNER,
        "mode": _OWNER,
        "id": _ID,
        "external_id": _PERSONAL,
        "name": _PERSONAL,
        "domain": _PERSONAL,
        "industry": _PERSONAL,
        "size": _PERSONAL,
        "region": _PERSONAL,
        "created_at": _PLAIN,
    },
    "assessments": {
        "partner_id": _OWNER,
        "mode": _OWNER,
        "id": _ID,
        "organisation_id": _ID,
        "rubric_id": _PLAIN,
        "rubric_version": _PLAIN,
        "rubric_digest": _PLAIN,
        "status": _PLAIN,
        "confidentiality": _PLAIN,
        "functions": _PLAIN,
        "target_level": _PLAIN,
        "contribute": _PLAIN,
        "metadata": _PERSONAL,
        "score": _PERSONAL,
        "level": _PERSONAL,
        "engine": _PLAIN,
        "created_at": _PLAIN,
        "completed_at": _PLAIN,
    },
    "responses": {
        "partner_id": _OWNER,
        "mode": _OWNER,
        "assessment_id": _ID,
        "id": _ID,
        "function": _PERSONAL,
        "respondent_reference": _PERSONAL,
        "respondent_seniority": _PERSONAL,
        "answers": _PERSONAL,
        "created_at": _PLAIN,
        "submitted_at": _PLAIN,
    },
    "results": {
        "partner_id": _OWNER,
        "mode": _OWNER,
        "assessment_id": _ID,
        "dictionary": _INNER,
        "body": _PERSONAL,
        "sha256": _INNER,
    },
    "result_dictionaries": {
        "sha256": Column("none", "no", "kept", "made of the rubric and its lowest answers, of nobody's"),
        "content": Column("none", "no", "kept", "made of the rubric and its lowest answers, of nobody's"),
        "created_at": Column("none", "no", "kept", "made of the rubric and its lowest answers, of nobody's"),
    },
    "client_tokens": {
        "partner_id": _OWNER,
        "mode": _OWNER,
        "assessment_id": _ID,
        "hash": Column("none", "as existing", "deleted", "what opens with the token is exported itself"),
        "expires_at": _PLAIN,
    },
    "idempotency_records": {
        "partner_id": _OWNER,
        "mode": _OWNER,
        "key_hash": _EXISTING,
        "fingerprint": _EXISTING,
        "status": Column("none", "yes", "deleted"),
        "headers": _EXISTING,
        "dictionary": _INNER,
        "body": _EXISTING,
        "organisation_id": _ID,
        "created_at": _PLAIN,
    },
    "invitations": {
        "partner_id": _OWNER,
        "mode": _OWNER,
        "assessment_id": _ID,
        "id": _ID,
        "function": _PLAIN,
        "hash": Column("none", "as existing", "deleted", "what opens with the link is exported itself"),
        "response_id": _ID,
        "created_at": _PLAIN,
        "expires_at": _PLAIN,
        "revoked_at": _PLAIN,
    },
    "share_links": {
        "partner_id": _OWNER,
        "mode": _OWNER,
        "assessment_id": _ID,
        "id": _ID,
        "hash": Column("none", "as existing", "deleted", "what opens with the link is exported itself"),
        "locale": _PLAIN,
        "views": _PLAIN,
        "created_at": _PLAIN,
        "expires_at": _PLAIN,
        "revoked_at": _PLAIN,
    },
    "webhook_endpoints": {
        "partner_id": _ACCOUNT,
        "mode": _ACCOUNT,
        "id": _ACCOUNT,
        "url": _PARTNER,
        "description": _PARTNER,
        "events": _ACCOUNT,
        "disabled_at": _ACCOUNT,
        "disabled_reason": _ACCOUNT,
        "secret": _ACCOUNT,
        "old_secret": _ACCOUNT,
        "old_secret_until": _ACCOUNT,
        "created_at": _ACCOUNT,
        "updated_at": _ACCOUNT,
    },
    "events": {
        "partner_id": _OWNER,
        "mode": _OWNER,
        "id": _ID,
        "type": _PLAIN,
        "data": _ID,
        "organisation_id": _ID,
        "created_at": _PLAIN,
        "dispatched_at": _SENDING,
    },
    "deliveries": {
        "partner_id": _OWNER,
        "mode": _OWNER,
        "event_id": _SENDING,
        "endpoint_id": _SENDING,
        "status": _SENDING,
        "attempts": _SENDING,
        "next_attempt_at": _SENDING,
        "leased_until": _SENDING,
        "last_attempt_at": _SENDING,
        "last_status": _SENDING,
        "last_error": _SENDING,
        "created_at": _SENDING,
    },
    "benchmark_editions": {
        "id": _RELEASED,
        "rubric_id": _RELEASED,
        "rubric_version": _RELEASED,
        "number": _RELEASED,
        "released_at": _RELEASED,
    },
    "benchmark_cohorts": {
        "edition_id": _RELEASED,
        "cut": _RELEASED,
        "value": _RELEASED,
        "votes": _RELEASED,
        "counted_in": _RELEASED,
        "body": _RELEASED,
    },
    "cohort_members": {
        "partner_id": _OWNER,
        "mode": _OWNER,
        "organisation_id": _ID,
        "edition_id": Column("none", "no", "deleted", "which pool an assessment was in; its consent is exported"),
        "assessment_id": _ID,
        "industry": _PERSONAL,
        "size": _PERSONAL,
    },
    "audit_events": {
        "partner_id": Column("none", "no", "kept", "whose log it is: the partner itself, who asks"),
        "id": Column("none", "yes", "kept"),
        "mode": Column("none", "yes", "kept"),
        "actor": Column("pseudonymous", "yes", "kept", "a key of the partner or a command, who has to answer for it"),
        "action": Column("none", "yes", "kept"),
        "target": Column("pseudonymous", "yes", "kept", "shows that it was erased; leads to nothing any more"),
        "details": Column("none", "yes", "kept"),
        "request_id": Column("pseudonymous", "yes", "kept", "chosen by the caller to find the request in its own log"),
        "created_at": Column("none", "yes", "kept"),
    },
}
