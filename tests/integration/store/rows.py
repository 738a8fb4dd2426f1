"""Rows for tests of the store."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from uuid_utils.compat import uuid7

from assessment.store.queue import Batch
from assessment.store.tables import (
    API_KEYS,
    ASSESSMENTS,
    AUDIT_EVENTS,
    CLIENT_TOKENS,
    COHORT_MEMBERS,
    DELIVERIES,
    EDITIONS,
    EVENTS,
    IDEMPOTENCY_RECORDS,
    INVITATIONS,
    ORGANISATIONS,
    PARTNERS,
    RESPONSES,
    RESULT_DICTIONARIES,
    RESULTS,
    SHARE_LINKS,
    WEBHOOK_ENDPOINTS,
)

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def partner(name: str | None = "Acme Agency") -> dict[str, Any]:
    return {"id": uuid7(), "name": name, "created_at": NOW}


def organisation(partner_id: uuid.UUID) -> dict[str, Any]:
    return {
        "partner_id": partner_id,
        "mode": "live",
        "id": uuid7(),
        "external_id": None,
        "name": "Northwind",
        "domain": None,
        "industry": None,
        "size": None,
        "region": None,
        "created_at": NOW,
    }


def assessment(owner: dict[str, Any]) -> dict[str, Any]:
    return {
        "partner_id": owner["partner_id"],
        "mode": owner["mode"],
        "id": uuid7(),
        "organisation_id": owner["id"],
        "rubric_id": "alignment",
        "rubric_version": "2026.1",
        "rubric_digest": bytes(32),
        "status": "completed",
        "confidentiality": "grouped",
        "functions": ["sales"],
        "target_level": 3,
        "contribute": True,
        "metadata": {"deal": 7},
        "score": 5203,
        "level": 3,
        "engine": "1.0.0",
        "created_at": NOW,
        "completed_at": NOW,
    }


def webhook_endpoint(partner_id: uuid.UUID) -> dict[str, Any]:
    return {
        "partner_id": partner_id,
        "mode": "live",
        "id": uuid7(),
        "url": "https://hooks.example.com/alignment",
        "description": None,
        "events": ["assessment.completed"],
        "disabled_at": None,
        "disabled_reason": None,
        "secret": bytes(32),
        "old_secret": None,
        "old_secret_until": None,
        "created_at": NOW,
        "updated_at": NOW,
    }


def event(about: Mapping[str, Any]) -> dict[str, Any]:
    """An event about the organisation."""
    return {
        "partner_id": about["partner_id"],
        "mode": about["mode"],
        "id": uuid7(),
        "type": "assessment.completed",
        "data": {"id": "asmt_01k9zqf3v8e3rb4m5n6p7q8r9s"},
        "organisation_id": about["id"],
        "created_at": NOW,
        "dispatched_at": None,
    }


def delivery(told: dict[str, Any], endpoint: dict[str, Any]) -> dict[str, Any]:
    return {
        "partner_id": told["partner_id"],
        "mode": told["mode"],
        "event_id": told["id"],
        "endpoint_id": endpoint["id"],
        "status": "pending",
        "attempts": 0,
        "next_attempt_at": NOW,
        "leased_until": None,
        "last_attempt_at": None,
        "last_status": None,
        "last_error": None,
        "created_at": NOW,
    }


def complete_set() -> Batch:
    """A row in every table that holds a partner's data, in an order that no foreign key would accept."""
    owner = partner()
    assessed = organisation(owner["id"])
    scored = assessment(assessed)
    keys = {"partner_id": owner["id"], "mode": "live", "assessment_id": scored["id"]}
    response = {
        **keys,
        "id": uuid7(),
        "function": "sales",
        "respondent_reference": None,
        "respondent_seniority": None,
        "answers": b"\x90",
        "created_at": NOW,
        "submitted_at": NOW,
    }
    dictionary = {"sha256": bytes(32), "content": b"content", "created_at": NOW}
    result = {**keys, "dictionary": bytes(32), "body": b"body", "sha256": bytes(32)}
    return [
        (RESULTS, result),
        (RESPONSES, response),
        (ASSESSMENTS, scored),
        (ORGANISATIONS, assessed),
        (PARTNERS, owner),
        (RESULT_DICTIONARIES, dictionary),
    ]


def whole_set(key_hash: bytes, kind: str = "secret") -> tuple[uuid.UUID, Batch]:
    """A partner with a row in every table, and its id. `key_hash` tells several of them apart."""
    batch = dict(complete_set())
    partner_id = batch[PARTNERS]["id"]
    owner = {"partner_id": partner_id, "mode": "live"}
    batch[RESULT_DICTIONARIES] = {**batch[RESULT_DICTIONARIES], "sha256": key_hash}
    batch[RESULTS] = {**batch[RESULTS], "dictionary": key_hash}
    key = {"id": uuid7(), "kind": kind, "prefix": "alm", "hash": key_hash}
    entry = {"id": uuid7(), "actor": "test", "action": "partner.created", "target": "ptnr"}
    record = {"key_hash": bytes(32), "fingerprint": bytes(32), "status": 201, "headers": {}, "body": b"body"}
    token = {"assessment_id": batch[ASSESSMENTS]["id"], "hash": key_hash, "expires_at": NOW}
    invitation = {"id": uuid7(), "function": "sales", "hash": key_hash, "created_at": NOW, "expires_at": NOW}
    link = {"id": uuid7(), "hash": key_hash, "views": 0, "created_at": NOW, "expires_at": NOW}
    edition = {"id": uuid7(), "rubric_id": "alignment", "rubric_version": key_hash.hex()[:16], "number": 1}
    vote = {"organisation_id": batch[ORGANISATIONS]["id"], "assessment_id": batch[ASSESSMENTS]["id"]}
    cohorts = {"edition_id": edition["id"], "industry": "software", "size": None}
    endpoint = webhook_endpoint(partner_id)
    told = event(batch[ORGANISATIONS])
    return partner_id, [
        *batch.items(),
        (API_KEYS, owner | key | {"created_at": NOW}),
        (AUDIT_EVENTS, owner | entry | {"created_at": NOW}),
        (IDEMPOTENCY_RECORDS, owner | record | {"created_at": NOW}),
        (CLIENT_TOKENS, owner | token),
        (INVITATIONS, owner | invitation | {"assessment_id": batch[ASSESSMENTS]["id"]}),
        (SHARE_LINKS, owner | link | {"assessment_id": batch[ASSESSMENTS]["id"]}),
        (EDITIONS, edition | {"released_at": NOW}),
        (COHORT_MEMBERS, owner | vote | cohorts),
        (WEBHOOK_ENDPOINTS, endpoint),
        (EVENTS, told),
        (DELIVERIES, delivery(told, endpoint)),
    ]
