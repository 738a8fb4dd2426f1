"""Every table, so that one import makes the metadata complete."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table

from assessment.store.api_keys import ApiKeyRow
from assessment.store.assessments import AssessmentRow
from assessment.store.audit import AuditRow
from assessment.store.base import Base
from assessment.store.benchmarks import CohortMemberRow, CohortRow, EditionRow
from assessment.store.client_tokens import ClientTokenRow
from assessment.store.deliveries import DeliveryRow
from assessment.store.events import EventRow
from assessment.store.idempotency import IdempotencyRow
from assessment.store.invitations import InvitationRow
from assessment.store.organisations import OrganisationRow
from assessment.store.partners import PartnerRow
from assessment.store.responses import ResponseRow
from assessment.store.results import ResultDictionaryRow, ResultRow
from assessment.store.share_links import ShareLinkRow
from assessment.store.webhook_endpoints import WebhookEndpointRow

METADATA = Base.metadata
PARTNERS = cast("Table", PartnerRow.__table__)
API_KEYS = cast("Table", ApiKeyRow.__table__)
ORGANISATIONS = cast("Table", OrganisationRow.__table__)
ASSESSMENTS = cast("Table", AssessmentRow.__table__)
RESPONSES = cast("Table", ResponseRow.__table__)
RESULT_DICTIONARIES = cast("Table", ResultDictionaryRow.__table__)
RESULTS = cast("Table", ResultRow.__table__)
IDEMPOTENCY_RECORDS = cast("Table", IdempotencyRow.__table__)
AUDIT_EVENTS = cast("Table", AuditRow.__table__)
CLIENT_TOKENS = cast("Table", ClientTokenRow.__table__)
INVITATIONS = cast("Table", InvitationRow.__table__)
SHARE_LINKS = cast("Table", ShareLinkRow.__table__)
EDITIONS = cast("Table", EditionRow.__table__)
COHORTS = cast("Table", CohortRow.__table__)
COHORT_MEMBERS = cast("Table", CohortMemberRow.__table__)
WEBHOOK_ENDPOINTS = cast("Table", WebhookEndpointRow.__table__)
EVENTS = cast("Table", EventRow.__table__)
DELIVERIES = cast("Table", DeliveryRow.__table__)
