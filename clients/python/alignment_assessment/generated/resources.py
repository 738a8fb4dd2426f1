# Generated from the contract by `make contract`: change it there, or in clients/python/generate.
"""What can be asked of the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from msgspec import UNSET, UnsetType

from alignment_assessment._call import Call, Operation
from alignment_assessment._model import Model
from alignment_assessment.download import Download
from alignment_assessment.generated.types import (
    Answer,
    ApiKey,
    Assessment,
    AssessmentBenchmark,
    AssessmentChange,
    AssessmentPage,
    AuditEvent,
    AuditEventPage,
    BatchAnswer,
    Benchmarks,
    ErrorCode,
    ErrorCodes,
    Event,
    EventPage,
    Health,
    Invitation,
    InvitationPage,
    KeyPage,
    NewInvitations,
    NewKey,
    NewShareLink,
    NewWebhookEndpoint,
    OrganisationDetails,
    OrganisationExport,
    OrganisationPage,
    OrganisationRequest,
    OwnInvitation,
    OwnResponse,
    Readiness,
    RespondentRequest,
    ResponseDetails,
    ResponsePage,
    ResponseRequest,
    ResponseToScore,
    Result,
    Rubric,
    RubricPage,
    ScoreRequest,
    ShareLink,
    ShareLinkPage,
    Study,
    StudyPage,
    Trend,
    WebhookEndpoint,
    WebhookEndpointPage,
)
from alignment_assessment.paging import Pager

T = TypeVar("T")


class Send(Protocol):
    """Sends a call, and gives what it returns."""

    def __call__(self, call: Call[T]) -> T: ...


class AssessmentsResource:
    """Rounds of organisations: their answers, the results these gave, and reports of them."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        organisation: str | None = None,
        external_id: str | None = None,
        rubric: str | None = None,
        status: Literal["completed", "open"] | None = None,
        created_after: datetime | str | None = None,
        created_before: datetime | str | None = None,
    ) -> Pager[Assessment, AssessmentPage]:
        """List assessments.

        The partner's assessments, newest first, without their results.

        Args:
            limit: How many at most.
            cursor: `next_cursor` of the page before; the first page without it.
            organisation: Only of this organisation (`org_…`).
            external_id: Only of your own organisation id.
            rubric: Only of this rubric: `id` or `id@version`.
            status: Only with this status.
            created_after: Only created later than this.
            created_before: Only created earlier than this.
        """
        return Pager(
            self._send,
            Call(
                Operation("list_assessments", "GET", "/v1/assessments"),
                AssessmentPage,
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "organisation": organisation,
                    "external_id": external_id,
                    "rubric": rubric,
                    "status": status,
                    "created_after": created_after,
                    "created_before": created_before,
                },
            ),
        )

    def create(
        self,
        *,
        rubric: str,
        organisation: OrganisationRequest | Mapping[str, Any],
        confidentiality: Literal["grouped", "named"] | UnsetType = UNSET,
        functions: Sequence[str] | None | UnsetType = UNSET,
        responses: Sequence[ResponseRequest | Mapping[str, Any]] | None | UnsetType = UNSET,
        complete: bool | UnsetType = UNSET,
        target_level: int | None | UnsetType = UNSET,
        contribute_to_benchmark: bool | UnsetType = UNSET,
        metadata: Mapping[str, str | int | float | bool | None] | UnsetType = UNSET,
        idempotency_key: str | None = None,
    ) -> Assessment:
        """Create an assessment.

        With `responses` and `complete: true` the answers are scored, kept, and the result is in the answer: the whole
        job in one call.

        Args:
            rubric: Rubric id for its latest version, or `id@version`.
            organisation: The organisation assessed.
            confidentiality: Whether a function's figures are withheld when fewer than four people answered for it.
            functions: Functions that are to answer.
            responses: Answers known already.
            complete: Score the submitted responses now, and close the assessment.
            target_level: Level that recommendations aim at; the rubric's own without it.
            contribute_to_benchmark: Whether the result may enter cohort benchmarks, without any name.
            metadata: Anything of your own: up to 50 texts of 500 characters, numbers, or true or false.
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("create_assessment", "POST", "/v1/assessments"),
                Assessment,
                headers={"Idempotency-Key": idempotency_key},
                body={
                    "rubric": rubric,
                    "organisation": organisation,
                    "confidentiality": confidentiality,
                    "functions": functions,
                    "responses": responses,
                    "complete": complete,
                    "target_level": target_level,
                    "contribute_to_benchmark": contribute_to_benchmark,
                    "metadata": metadata,
                },
            )
        )

    def get(
        self,
        assessment_id: str,
        *,
        if_none_match: str | Model | Download | None = None,
        client_token: str | None = None,
    ) -> Assessment:
        """Get an assessment.

        With its result, once it is completed.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            if_none_match: ETags of what you have; 304 when one is current.
            client_token: The `client_token` of the create, for a publishable key; other keys send none.
        """
        return self._send(
            Call(
                Operation("get_assessment", "GET", "/v1/assessments/{assessment_id}"),
                Assessment,
                path={"assessment_id": assessment_id},
                headers={"If-None-Match": if_none_match, "Alignment-Client-Token": client_token},
            )
        )

    def update(
        self,
        assessment_id: str,
        *,
        if_match: str | Model | Download,
        confidentiality: Literal["grouped", "named"] | UnsetType = UNSET,
        functions: Sequence[str] | None | UnsetType = UNSET,
        target_level: int | None | UnsetType = UNSET,
        contribute_to_benchmark: bool | UnsetType = UNSET,
        metadata: Mapping[str, str | int | float | bool | None] | UnsetType = UNSET,
    ) -> Assessment:
        """Change an assessment.

        Fields that are left out stay. A completed assessment takes `contribute_to_benchmark` and `metadata` alone.
        `If-Match` holds the ETag that the assessment was read with, so that nobody's change is overwritten unseen.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            confidentiality: Whether a function's figures are withheld when fewer than four people answered for it.
            functions: Functions that are to answer, those that have responded among them; null for not said.
            target_level: Level that recommendations aim at; null for the rubric's own.
            contribute_to_benchmark: Whether the result may enter cohort benchmarks, without any name.
            metadata: Merged into what is there; null takes an entry out. 50 entries may be left.
            if_match: The ETag of the state that you change, as it was sent; `*` for whatever it is.
        """
        return self._send(
            Call(
                Operation("update_assessment", "PATCH", "/v1/assessments/{assessment_id}"),
                Assessment,
                path={"assessment_id": assessment_id},
                headers={"If-Match": if_match},
                body={
                    "confidentiality": confidentiality,
                    "functions": functions,
                    "target_level": target_level,
                    "contribute_to_benchmark": contribute_to_benchmark,
                    "metadata": metadata,
                },
            )
        )

    def delete(self, assessment_id: str, *, if_match: str | Model | Download) -> None:
        """Delete an assessment.

        With its responses and its result. The organisation stays.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            if_match: The ETag of the state that you change, as it was sent; `*` for whatever it is.
        """
        self._send(
            Call(
                Operation("delete_assessment", "DELETE", "/v1/assessments/{assessment_id}"),
                type(None),
                path={"assessment_id": assessment_id},
                headers={"If-Match": if_match},
            )
        )

    def complete(self, assessment_id: str, *, idempotency_key: str | None = None) -> Assessment:
        """Complete an assessment.

        Scores the submitted responses and closes the assessment: drafts are left out, and nobody can respond any
        more. Takes no body, or `{}`.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("complete_assessment", "POST", "/v1/assessments/{assessment_id}/complete"),
                Assessment,
                path={"assessment_id": assessment_id},
                headers={"Idempotency-Key": idempotency_key},
                body={},
            )
        )

    def result(
        self,
        assessment_id: str,
        *,
        if_none_match: str | Model | Download | None = None,
        client_token: str | None = None,
    ) -> Result:
        """Get the result of an assessment.

        The stored result, byte for byte what it was when the assessment was completed.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            if_none_match: ETags of what you have; 304 when one is current.
            client_token: The `client_token` of the create, for a publishable key; other keys send none.
        """
        return self._send(
            Call(
                Operation("get_result", "GET", "/v1/assessments/{assessment_id}/result"),
                Result,
                path={"assessment_id": assessment_id},
                headers={"If-None-Match": if_none_match, "Alignment-Client-Token": client_token},
            )
        )

    def change(
        self, assessment_id: str, *, since: str | None = None, if_none_match: str | Model | Download | None = None
    ) -> AssessmentChange:
        """Compare an assessment with an earlier one.

        Overall and by dimension, with what of it is more than chance; the questions that moved; the recommendations
        that are done, still open and new; and how far the organisation has come since its baseline. Stored results
        stay as they are.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            since: The earlier assessment (`asmt_…`) of the same organisation; without it, the last one with the same
                rubric that was completed before.
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_change", "GET", "/v1/assessments/{assessment_id}/change"),
                AssessmentChange,
                path={"assessment_id": assessment_id},
                query={"since": since},
                headers={"If-None-Match": if_none_match},
            )
        )

    def benchmark(
        self,
        assessment_id: str,
        *,
        cohort: Literal["all", "industry", "size"] | None = None,
        edition: int | None = None,
        if_none_match: str | Model | Download | None = None,
        client_token: str | None = None,
    ) -> AssessmentBenchmark:
        """Get the place of an assessment in a cohort.

        Computed from the frozen figures of an edition and the assessment's own scores, nothing else: in words from 10
        organisations on, as a percentile with its interval from 20 on.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            cohort: Among all organisations, those of the same industry, or those of the same size.
            edition: Number of an edition; the current one without it.
            if_none_match: ETags of what you have; 304 when one is current.
            client_token: The `client_token` of the create, for a publishable key; other keys send none.
        """
        return self._send(
            Call(
                Operation("get_assessment_benchmark", "GET", "/v1/assessments/{assessment_id}/benchmark"),
                AssessmentBenchmark,
                path={"assessment_id": assessment_id},
                query={"cohort": cohort, "edition": edition},
                headers={"If-None-Match": if_none_match, "Alignment-Client-Token": client_token},
            )
        )

    def report(
        self,
        assessment_id: str,
        *,
        format: Literal["html", "pdf"],
        locale: str | None = None,
        if_none_match: str | Model | Download | None = None,
        client_token: str | None = None,
    ) -> Download:
        """Get the report of an assessment.

        The stored result for reading and printing, with its charts and sources, as a page (`text/html`) or as
        `application/pdf`, by the header Accept. What has changed since the assessment before and where it stands
        among others are as they are now; the edition is named.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            locale: Language of the report; one of the rubric's `locales`. The rubric's own language without it.
            if_none_match: ETags of what you have; 304 when one is current.
            client_token: The `client_token` of the create, for a publishable key; other keys send none.
            format: What it is wanted as.
        """
        return self._send(
            Call(
                Operation("get_report", "GET", "/v1/assessments/{assessment_id}/report"),
                Download,
                path={"assessment_id": assessment_id},
                query={"locale": locale},
                headers={"If-None-Match": if_none_match, "Alignment-Client-Token": client_token},
                accept={"html": "text/html", "pdf": "application/pdf"}[format],
            )
        )


class ResponsesResource:
    """What each person answers: drafts that are saved as they grow, and are submitted once."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(
        self, assessment_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Pager[ResponseDetails, ResponsePage]:
        """List the responses of an assessment.

        Oldest first, each with what it answers, as far as that is shown.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            limit: How many at most.
            cursor: `next_cursor` of the page before; the first page without it.
        """
        return Pager(
            self._send,
            Call(
                Operation("list_responses", "GET", "/v1/assessments/{assessment_id}/responses"),
                ResponsePage,
                path={"assessment_id": assessment_id},
                query={"limit": limit, "cursor": cursor},
            ),
        )

    def create(
        self,
        assessment_id: str,
        *,
        answers: Mapping[str, Answer] | UnsetType = UNSET,
        function: str | None | UnsetType = UNSET,
        respondent: RespondentRequest | Mapping[str, Any] | None | UnsetType = UNSET,
        submit: bool | UnsetType = UNSET,
        client_token: str | None = None,
        idempotency_key: str | None = None,
    ) -> ResponseDetails:
        """Begin or give a response.

        One person's answers to an open assessment: a draft, unless `submit`. An assessment takes 500 of them.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            answers: Question id → answer.
            function: The function they answer for, if known.
            respondent: Who answers.
            submit: Submit them at once, after which they do not change.
            client_token: The `client_token` of the create, for a publishable key; other keys send none.
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("create_response", "POST", "/v1/assessments/{assessment_id}/responses"),
                ResponseDetails,
                path={"assessment_id": assessment_id},
                headers={"Alignment-Client-Token": client_token, "Idempotency-Key": idempotency_key},
                body={"answers": answers, "function": function, "respondent": respondent, "submit": submit},
            )
        )

    def get(
        self,
        assessment_id: str,
        response_id: str,
        *,
        if_none_match: str | Model | Download | None = None,
        client_token: str | None = None,
    ) -> ResponseDetails:
        """Get a response.

        With what it answers. What an invited person answers is withheld, unless the assessment is `named` and every
        function has submitted or it is completed.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            response_id: Response id (`resp_…`).
            if_none_match: ETags of what you have; 304 when one is current.
            client_token: The `client_token` of the create, for a publishable key; other keys send none.
        """
        return self._send(
            Call(
                Operation("get_response", "GET", "/v1/assessments/{assessment_id}/responses/{response_id}"),
                ResponseDetails,
                path={"assessment_id": assessment_id, "response_id": response_id},
                headers={"If-None-Match": if_none_match, "Alignment-Client-Token": client_token},
            )
        )

    def update(
        self,
        assessment_id: str,
        response_id: str,
        *,
        if_match: str | Model | Download,
        answers: Mapping[str, Answer | None] | UnsetType = UNSET,
        function: str | None | UnsetType = UNSET,
        respondent: RespondentRequest | Mapping[str, Any] | None | UnsetType = UNSET,
        client_token: str | None = None,
    ) -> ResponseDetails:
        """Save a draft.

        Answers are merged into those that are there, and null takes one out; other fields that are left out stay. The
        whole draft is examined. `If-Match` holds the ETag that the draft was read with.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            response_id: Response id (`resp_…`).
            answers: Answers by question id, merged into those that are there; null takes one out.
            function: The function they answer for; null for not known.
            respondent: Who answers; null for not said.
            if_match: The ETag of the state that you change, as it was sent; `*` for whatever it is.
            client_token: The `client_token` of the create, for a publishable key; other keys send none.
        """
        return self._send(
            Call(
                Operation("update_response", "PATCH", "/v1/assessments/{assessment_id}/responses/{response_id}"),
                ResponseDetails,
                path={"assessment_id": assessment_id, "response_id": response_id},
                headers={"If-Match": if_match, "Alignment-Client-Token": client_token},
                body={"answers": answers, "function": function, "respondent": respondent},
            )
        )

    def submit(
        self,
        assessment_id: str,
        response_id: str,
        *,
        client_token: str | None = None,
        idempotency_key: str | None = None,
    ) -> ResponseDetails:
        """Submit a draft.

        It is scored when the assessment is completed, and does not change any more. Takes no body, or `{}`.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            response_id: Response id (`resp_…`).
            client_token: The `client_token` of the create, for a publishable key; other keys send none.
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("submit_response", "POST", "/v1/assessments/{assessment_id}/responses/{response_id}/submit"),
                ResponseDetails,
                path={"assessment_id": assessment_id, "response_id": response_id},
                headers={"Alignment-Client-Token": client_token, "Idempotency-Key": idempotency_key},
                body={},
            )
        )


class InvitationsResource:
    """Single-use links for people who answer without a key."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(
        self, assessment_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Pager[Invitation, InvitationPage]:
        """List invitations, and who is missing.

        How far each invitation has come, oldest first, and all of them counted by function. What anybody answered is
        not in it.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            limit: How many at most.
            cursor: `next_cursor` of the page before; the first page without it.
        """
        return Pager(
            self._send,
            Call(
                Operation("list_invitations", "GET", "/v1/assessments/{assessment_id}/invitations"),
                InvitationPage,
                path={"assessment_id": assessment_id},
                query={"limit": limit, "cursor": cursor},
            ),
        )

    def create(
        self,
        assessment_id: str,
        *,
        function: str,
        count: int | UnsetType = UNSET,
        expires_in_days: int | UnsetType = UNSET,
        idempotency_key: str | None = None,
    ) -> NewInvitations:
        """Invite people to respond.

        Each invitation is for one person of the function, who answers at its `url` without a key, once. Token and
        address are in the answer, this once. What is answered with it is shown to no key, unless the assessment is
        `named`, and then not before every function has submitted or it is completed.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            function: The function that the invited people answer for.
            count: How many.
            expires_in_days: For how many days they work.
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("create_invitations", "POST", "/v1/assessments/{assessment_id}/invitations"),
                NewInvitations,
                path={"assessment_id": assessment_id},
                headers={"Idempotency-Key": idempotency_key},
                body={"function": function, "count": count, "expires_in_days": expires_in_days},
            )
        )

    def revoke(self, assessment_id: str, invitation_id: str) -> None:
        """Revoke an invitation.

        Its token works no more, at once. A draft that was begun with it is never scored; what was submitted stays.
        Revoking it again changes nothing.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            invitation_id: Invitation id (`inv_…`).
        """
        self._send(
            Call(
                Operation("revoke_invitation", "DELETE", "/v1/assessments/{assessment_id}/invitations/{invitation_id}"),
                type(None),
                path={"assessment_id": assessment_id, "invitation_id": invitation_id},
            )
        )


class InvitationResource:
    """What an invited person does: the client's `api_key` is the token of the invitation."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def get(self, *, if_none_match: str | Model | Download | None = None) -> OwnInvitation:
        """See what one is invited to.

        Who asks which questions, what becomes of the answers, and what was answered so far. It takes the token of the
        invitation as `Authorization: Bearer alm_inv_…`.

        Args:
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_own_invitation", "GET", "/v1/invitation"),
                OwnInvitation,
                headers={"If-None-Match": if_none_match},
            )
        )

    def get_response(self, *, if_none_match: str | Model | Download | None = None) -> OwnResponse:
        """Read one's own draft.

        With the ETag that the next change of it asks for. Once it is submitted it is not shown.

        Args:
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_own_response", "GET", "/v1/invitation/response"),
                OwnResponse,
                headers={"If-None-Match": if_none_match},
            )
        )

    def update_response(
        self,
        *,
        answers: Mapping[str, Answer | None] | UnsetType = UNSET,
        seniority: Literal["director", "executive", "manager", "specialist"] | None | UnsetType = UNSET,
        if_match: str | Model | Download | None = None,
        if_none_match: Literal["*"] | None = None,
    ) -> OwnResponse:
        """Answer.

        Saves answers as a draft: they are merged into those that are there, and null takes one out. The first change
        begins the draft, and needs no `If-Match`; with `If-None-Match: *` it is refused where there is a draft
        already. Every other change says in `If-Match` which ETag it was made from.

        Args:
            answers: Answers by question id, merged into those that are there; null takes one out.
            seniority: Your seniority, if you want to say it; null takes it back.
            if_match: The ETag of the state that you change, as it was sent; `*` for whatever it is.
            if_none_match: `*` has it refused where there is one already.
        """
        return self._send(
            Call(
                Operation("update_own_response", "PATCH", "/v1/invitation/response"),
                OwnResponse,
                headers={"If-Match": if_match, "If-None-Match": if_none_match},
                body={"answers": answers, "seniority": seniority},
            )
        )

    def submit(self, *, idempotency_key: str | None = None) -> OwnInvitation:
        """Submit one's answers.

        Uses the invitation up: what was answered does not change any more, and is not shown again. Takes no body, or
        `{}`.

        Args:
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("submit_own_response", "POST", "/v1/invitation/response/submit"),
                OwnInvitation,
                headers={"Idempotency-Key": idempotency_key},
                body={},
            )
        )


class ShareLinksResource:
    """Links that show a report to whoever has them."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(
        self, assessment_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Pager[ShareLink, ShareLinkPage]:
        """List the share links of an assessment.

        Oldest first, with how often each was used, without what opens them. Those that were revoked or have expired
        stay in the list.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            limit: How many at most.
            cursor: `next_cursor` of the page before; the first page without it.
        """
        return Pager(
            self._send,
            Call(
                Operation("list_share_links", "GET", "/v1/assessments/{assessment_id}/share_links"),
                ShareLinkPage,
                path={"assessment_id": assessment_id},
                query={"limit": limit, "cursor": cursor},
            ),
        )

    def create(
        self,
        assessment_id: str,
        *,
        expires_in_days: int | UnsetType = UNSET,
        locale: str | None | UnsetType = UNSET,
        client_token: str | None = None,
        idempotency_key: str | None = None,
    ) -> NewShareLink:
        """Share the report of an assessment.

        Whoever has the `url` sees the report, as a page and as PDF, until the link expires or is revoked. Token and
        address are in the answer, this once.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            expires_in_days: For how many days it works; with a publishable key 30 at most.
            locale: Language of the report; one of the rubric's `locales`. The rubric's own language without it.
            client_token: The `client_token` of the create, for a publishable key; other keys send none.
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("create_share_link", "POST", "/v1/assessments/{assessment_id}/share_links"),
                NewShareLink,
                path={"assessment_id": assessment_id},
                headers={"Alignment-Client-Token": client_token, "Idempotency-Key": idempotency_key},
                body={"expires_in_days": expires_in_days, "locale": locale},
            )
        )

    def revoke(self, assessment_id: str, link_id: str) -> None:
        """Revoke a share link.

        It shows nothing more, at once. Revoking it again changes nothing.

        Args:
            assessment_id: Assessment id (`asmt_…`).
            link_id: Share link id (`link_…`).
        """
        self._send(
            Call(
                Operation("revoke_share_link", "DELETE", "/v1/assessments/{assessment_id}/share_links/{link_id}"),
                type(None),
                path={"assessment_id": assessment_id, "link_id": link_id},
            )
        )


class OrganisationsResource:
    """The organisations assessed."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        external_id: str | None = None,
        name: str | None = None,
        created_after: datetime | str | None = None,
        created_before: datetime | str | None = None,
    ) -> Pager[OrganisationDetails, OrganisationPage]:
        """List organisations.

        The organisations that the partner has assessed, newest first.

        Args:
            limit: How many at most.
            cursor: `next_cursor` of the page before; the first page without it.
            external_id: Only the one with your own id.
            name: Only those of exactly this name.
            created_after: Only created later than this.
            created_before: Only created earlier than this.
        """
        return Pager(
            self._send,
            Call(
                Operation("list_organisations", "GET", "/v1/organisations"),
                OrganisationPage,
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "external_id": external_id,
                    "name": name,
                    "created_after": created_after,
                    "created_before": created_before,
                },
            ),
        )

    def get(self, organisation_id: str, *, if_none_match: str | Model | Download | None = None) -> OrganisationDetails:
        """Get an organisation.

        What is known of it, and how many assessments there are of it.

        Args:
            organisation_id: Organisation id (`org_…`).
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_organisation", "GET", "/v1/organisations/{organisation_id}"),
                OrganisationDetails,
                path={"organisation_id": organisation_id},
                headers={"If-None-Match": if_none_match},
            )
        )

    def erase(self, organisation_id: str, *, if_match: str | Model | Download) -> None:
        """Erase an organisation.

        With every assessment of it, all responses, results, share links and client tokens, and what is kept for
        repeated requests and for webhooks. It cannot be taken back. The audit log keeps that it was done, by ids
        alone. `If-Match` holds the ETag that the organisation was read with, so that nothing is erased that came in
        unseen.

        Args:
            organisation_id: Organisation id (`org_…`).
            if_match: The ETag of the state that you change, as it was sent; `*` for whatever it is.
        """
        self._send(
            Call(
                Operation("erase_organisation", "DELETE", "/v1/organisations/{organisation_id}"),
                type(None),
                path={"organisation_id": organisation_id},
                headers={"If-Match": if_match},
            )
        )

    def export(self, organisation_id: str) -> OrganisationExport:
        """Export everything about an organisation.

        All that is kept about it in one document: its assessments with their results, what every respondent answered,
        who was invited and how it was shared, that tokens and answers for repeated requests exist, what webhooks tell
        of it, and what the audit log says of it. Answers of invited people that no key is shown are left out and say
        so; the operator's own export has them. The export itself is noted in the audit log. It is sent as it is read;
        one that breaks off has no end.

        Args:
            organisation_id: Organisation id (`org_…`).
        """
        return self._send(
            Call(
                Operation("export_organisation", "GET", "/v1/organisations/{organisation_id}/export"),
                OrganisationExport,
                path={"organisation_id": organisation_id},
            )
        )

    def trend(
        self,
        organisation_id: str,
        *,
        limit: int | None = None,
        rubric: str | None = None,
        if_none_match: str | Model | Download | None = None,
    ) -> Trend:
        """Get the trend of an organisation.

        Its completed assessments with one rubric, what has changed from each to the next and since the first, whether
        that is more than chance, and how far it has come towards the level it aims at. Scores of different versions
        of a rubric are compared only where the later version says that they can be.

        Args:
            organisation_id: Organisation id (`org_…`).
            limit: How many at most.
            rubric: Of this rubric: `id` or `id@version`; without it, of the latest completed assessment's.
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_trend", "GET", "/v1/organisations/{organisation_id}/trend"),
                Trend,
                path={"organisation_id": organisation_id},
                query={"limit": limit, "rubric": rubric},
                headers={"If-None-Match": if_none_match},
            )
        )


class ScoresResource:
    """Scores of answers that are not kept."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def create(
        self,
        *,
        rubric: str,
        answers: Mapping[str, Answer] | UnsetType = UNSET,
        responses: Sequence[ResponseToScore | Mapping[str, Any]] | UnsetType = UNSET,
        target_level: int | None | UnsetType = UNSET,
        confidentiality: Literal["grouped", "named"] | UnsetType = UNSET,
        idempotency_key: str | None = None,
    ) -> Result:
        """Score answers.

        Scores one person's answers, or several people's together, and keeps nothing; with an Idempotency-Key, the
        answer alone.

        Args:
            rubric: Rubric id for its latest version, or `id@version`.
            answers: Question id → answer.
            responses: Answers of several people, instead of `answers`.
            target_level: Level that recommendations aim at; the rubric's own without it.
            confidentiality: `grouped` withholds figures of fewer than four people, and what would give them away;
                `named` gives them all, so respondents have to know it before they answer.
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("score_answers", "POST", "/v1/scores"),
                Result,
                headers={"Idempotency-Key": idempotency_key},
                body={
                    "rubric": rubric,
                    "answers": answers,
                    "responses": responses,
                    "target_level": target_level,
                    "confidentiality": confidentiality,
                },
            )
        )

    def batch(
        self, *, items: Sequence[ScoreRequest | Mapping[str, Any]], idempotency_key: str | None = None
    ) -> BatchAnswer:
        """Score many sets of answers.

        Up to 1,000 sets, each answered with its result or its problem, in order. Keeps nothing; with an
        Idempotency-Key, the answer alone. The body may have 2 MiB.

        Args:
            items: The sets of answers, each as `POST /v1/scores` takes it.
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("score_batch", "POST", "/v1/scores/batch"),
                BatchAnswer,
                headers={"Idempotency-Key": idempotency_key},
                body={"items": items},
            )
        )


class RubricsResource:
    """Published rubrics."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(
        self, *, limit: int | None = None, cursor: str | None = None, locale: str | None = None
    ) -> Pager[Rubric, RubricPage]:
        """List the published rubrics.

        Every published version, whole, by id and version.

        Args:
            limit: How many at most.
            cursor: `next_cursor` of the page before; the first page without it.
            locale: Language of the texts. Without it, and where a rubric does not have it, each rubric's own.
        """
        return Pager(
            self._send,
            Call(
                Operation("list_rubrics", "GET", "/v1/rubrics"),
                RubricPage,
                query={"limit": limit, "cursor": cursor, "locale": locale},
            ),
        )

    def latest(
        self, rubric_id: str, *, locale: str | None = None, if_none_match: str | Model | Download | None = None
    ) -> Rubric:
        """Get the latest version of a rubric.

        The latest published version, whole: questions, weights, gates and benchmarks.

        Args:
            rubric_id: Rubric id, such as `alignment`.
            locale: Language of the texts; one of the rubric's `locales`. Its own language without it.
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_latest_rubric", "GET", "/v1/rubrics/{rubric_id}"),
                Rubric,
                path={"rubric_id": rubric_id},
                query={"locale": locale},
                headers={"If-None-Match": if_none_match},
            )
        )

    def get(
        self,
        rubric_id: str,
        version: str,
        *,
        locale: str | None = None,
        if_none_match: str | Model | Download | None = None,
    ) -> Rubric:
        """Get a version of a rubric.

        A published version, whole. What it scores never changes. Translations may be corrected, and languages be
        added to `locales`, so it may be kept for a day.

        Args:
            rubric_id: Rubric id, such as `alignment`.
            version: Rubric version, such as `2026.1`.
            locale: Language of the texts; one of the rubric's `locales`. Its own language without it.
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_rubric", "GET", "/v1/rubrics/{rubric_id}/{version}"),
                Rubric,
                path={"rubric_id": rubric_id, "version": version},
                query={"locale": locale},
                headers={"If-None-Match": if_none_match},
            )
        )


class StudiesResource:
    """The studies behind the rubrics."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Pager[Study, StudyPage]:
        """List the studies.

        Every study that a rubric rests on, whole, by id.

        Args:
            limit: How many at most.
            cursor: `next_cursor` of the page before; the first page without it.
        """
        return Pager(
            self._send,
            Call(Operation("list_studies", "GET", "/v1/studies"), StudyPage, query={"limit": limit, "cursor": cursor}),
        )

    def get(self, study_id: str, *, if_none_match: str | Model | Download | None = None) -> Study:
        """Get a study.

        Who asked whom, how it was read, how good it is, and every figure taken from it.

        Args:
            study_id: Study id.
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_study", "GET", "/v1/studies/{study_id}"),
                Study,
                path={"study_id": study_id},
                headers={"If-None-Match": if_none_match},
            )
        )


class BenchmarksResource:
    """How other organisations scored."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def get(
        self, rubric: str, *, edition: int | None = None, if_none_match: str | Model | Download | None = None
    ) -> Benchmarks:
        """Get the benchmarks of a rubric.

        What the current edition, or the one with a number, says of every declared cohort of organisations, and beside
        it what studies published on the rubric's questions. Editions are frozen. A cohort is released from 10
        organisations on, and again only when 5 of its members have changed. Until there is an edition the studies'
        figures stand alone.

        Args:
            rubric: Rubric id for its latest version, such as `alignment`, or `id@version`.
            edition: Number of an edition; the current one without it.
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_benchmarks", "GET", "/v1/benchmarks/{rubric}"),
                Benchmarks,
                path={"rubric": rubric},
                query={"edition": edition},
                headers={"If-None-Match": if_none_match},
            )
        )


class KeysResource:
    """The partner's keys."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Pager[ApiKey, KeyPage]:
        """List the keys.

        The partner's keys of this key's mode, newest first, without their texts.

        Args:
            limit: How many at most.
            cursor: `next_cursor` of the page before; the first page without it.
        """
        return Pager(
            self._send,
            Call(Operation("list_keys", "GET", "/v1/keys"), KeyPage, query={"limit": limit, "cursor": cursor}),
        )

    def create(
        self,
        *,
        kind: Literal["publishable", "restricted", "secret"],
        mode: Literal["live", "test"] | None | UnsetType = UNSET,
        name: str | None | UnsetType = UNSET,
        scopes: Sequence[
            Literal[
                "assessments:read",
                "assessments:write",
                "catalogue:read",
                "organisations:read",
                "organisations:write",
                "scores:write",
                "webhooks:read",
                "webhooks:write",
            ]
        ]
        | None
        | UnsetType = UNSET,
        origins: Sequence[str] | None | UnsetType = UNSET,
        expires_at: datetime | None | UnsetType = UNSET,
        idempotency_key: str | None = None,
    ) -> NewKey:
        """Create a key.

        Its text is in the answer, this once. A restricted key names its scopes, a publishable key the origins of its
        pages. A live key makes live keys, a test key makes test keys.

        Args:
            kind: `secret` may do everything of its partner, `restricted` what its scopes name, `publishable` what a
                page may, from the origins it lists and from pages of the service itself.
            mode: That of the key that asks; no other is allowed.
            name: Your own name for it.
            scopes: What a restricted key may do; for no other kind.
            origins: Origins of the pages that a publishable key is for, as browsers write them
                (`https://www.example.com`, with a port if it is not the usual one), compared exactly; `http://` for
                `localhost` and `127.0.0.1` alone. For no other kind.
            expires_at: When it stops working; never without it.
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("create_key", "POST", "/v1/keys"),
                NewKey,
                headers={"Idempotency-Key": idempotency_key},
                body={
                    "kind": kind,
                    "mode": mode,
                    "name": name,
                    "scopes": scopes,
                    "origins": origins,
                    "expires_at": expires_at,
                },
            )
        )

    def get(self, key_id: str, *, if_none_match: str | Model | Download | None = None) -> ApiKey:
        """Get a key.

        What it may do, until when, and when it was last used; never its text.

        Args:
            key_id: Key id (`key_…`).
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_key", "GET", "/v1/keys/{key_id}"),
                ApiKey,
                path={"key_id": key_id},
                headers={"If-None-Match": if_none_match},
            )
        )

    def roll(
        self, key_id: str, *, overlap_seconds: int | UnsetType = UNSET, idempotency_key: str | None = None
    ) -> NewKey:
        """Roll a key.

        Makes a new key that may do the same, until when the old one may, and lets the old one expire after the
        overlap: a day, if nothing is said. Takes no body, or one.

        Args:
            key_id: Key id (`key_…`).
            overlap_seconds: How long the old key goes on working: 7 days at most.
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("roll_key", "POST", "/v1/keys/{key_id}/roll"),
                NewKey,
                path={"key_id": key_id},
                headers={"Idempotency-Key": idempotency_key},
                body={"overlap_seconds": overlap_seconds},
            )
        )

    def revoke(self, key_id: str, *, idempotency_key: str | None = None) -> ApiKey:
        """Revoke a key.

        It stops working at once, everywhere within a second, and for ever. Revoking it again changes nothing. The
        last active secret key of a mode stays: create another one first. Takes no body, or `{}`.

        Args:
            key_id: Key id (`key_…`).
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("revoke_key", "POST", "/v1/keys/{key_id}/revoke"),
                ApiKey,
                path={"key_id": key_id},
                headers={"Idempotency-Key": idempotency_key},
                body={},
            )
        )


class WebhookEndpointsResource:
    """Addresses of yours that are told what happens."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pager[WebhookEndpoint, WebhookEndpointPage]:
        """List webhook endpoints.

        The partner's endpoints of this key's mode, newest first, without their secrets.

        Args:
            limit: How many at most.
            cursor: `next_cursor` of the page before; the first page without it.
        """
        return Pager(
            self._send,
            Call(
                Operation("list_webhook_endpoints", "GET", "/v1/webhook_endpoints"),
                WebhookEndpointPage,
                query={"limit": limit, "cursor": cursor},
            ),
        )

    def create(
        self,
        *,
        url: str,
        events: Sequence[Literal["assessment.completed", "benchmark.released", "response.submitted"]],
        description: str | None | UnsetType = UNSET,
        idempotency_key: str | None = None,
    ) -> NewWebhookEndpoint:
        """Create a webhook endpoint.

        It is sent what happens from now on, of the types it lists, in the mode of the key. The secret that messages
        are signed with is in the answer, this once. There are 20 of a mode at most.

        Args:
            url: Where events are sent by POST: `https://`, a host on the public internet, without user, password or
                fragment. Redirects are not followed.
            events: The types of events that it is sent.
            description: Your own words for it.
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("create_webhook_endpoint", "POST", "/v1/webhook_endpoints"),
                NewWebhookEndpoint,
                headers={"Idempotency-Key": idempotency_key},
                body={"url": url, "events": events, "description": description},
            )
        )

    def get(self, endpoint_id: str, *, if_none_match: str | Model | Download | None = None) -> WebhookEndpoint:
        """Get a webhook endpoint.

        Where it is, what it is sent and whether it is enabled; never its secret.

        Args:
            endpoint_id: Webhook endpoint id (`hook_…`).
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_webhook_endpoint", "GET", "/v1/webhook_endpoints/{endpoint_id}"),
                WebhookEndpoint,
                path={"endpoint_id": endpoint_id},
                headers={"If-None-Match": if_none_match},
            )
        )

    def update(
        self,
        endpoint_id: str,
        *,
        if_match: str | Model | Download,
        url: str | UnsetType = UNSET,
        events: Sequence[Literal["assessment.completed", "benchmark.released", "response.submitted"]]
        | UnsetType = UNSET,
        description: str | None | UnsetType = UNSET,
    ) -> WebhookEndpoint:
        """Change a webhook endpoint.

        What is on its way already goes to the new address. Other events are sent from now on.

        Args:
            endpoint_id: Webhook endpoint id (`hook_…`).
            url: Where events are sent by POST: `https://`, a host on the public internet, without user, password or
                fragment. Redirects are not followed.
            events: The types of events that it is sent.
            description: Your own words for it; null for none.
            if_match: The ETag of the state that you change, as it was sent; `*` for whatever it is.
        """
        return self._send(
            Call(
                Operation("update_webhook_endpoint", "PATCH", "/v1/webhook_endpoints/{endpoint_id}"),
                WebhookEndpoint,
                path={"endpoint_id": endpoint_id},
                headers={"If-Match": if_match},
                body={"url": url, "events": events, "description": description},
            )
        )

    def delete(self, endpoint_id: str, *, if_match: str | Model | Download) -> None:
        """Delete a webhook endpoint.

        With its secrets, and with what is on its way to it. The events stay.

        Args:
            endpoint_id: Webhook endpoint id (`hook_…`).
            if_match: The ETag of the state that you change, as it was sent; `*` for whatever it is.
        """
        self._send(
            Call(
                Operation("delete_webhook_endpoint", "DELETE", "/v1/webhook_endpoints/{endpoint_id}"),
                type(None),
                path={"endpoint_id": endpoint_id},
                headers={"If-Match": if_match},
            )
        )

    def rotate_secret(
        self, endpoint_id: str, *, overlap_seconds: int | UnsetType = UNSET, idempotency_key: str | None = None
    ) -> NewWebhookEndpoint:
        """Rotate the secret of a webhook endpoint.

        Makes a new secret. Messages are signed with both until the overlap is over: a day, if nothing is said. A
        secret from before that signs no more. Takes no body, or one.

        Args:
            endpoint_id: Webhook endpoint id (`hook_…`).
            overlap_seconds: How long the old secret goes on signing: 7 days at most.
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("rotate_webhook_secret", "POST", "/v1/webhook_endpoints/{endpoint_id}/rotate_secret"),
                NewWebhookEndpoint,
                path={"endpoint_id": endpoint_id},
                headers={"Idempotency-Key": idempotency_key},
                body={"overlap_seconds": overlap_seconds},
            )
        )

    def test(self, endpoint_id: str, *, idempotency_key: str | None = None) -> Event:
        """Test a webhook endpoint.

        Sends it a `webhook_endpoint.test` event, whatever types it lists. Read the event to see what became of it.
        Takes no body, or `{}`.

        Args:
            endpoint_id: Webhook endpoint id (`hook_…`).
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("test_webhook_endpoint", "POST", "/v1/webhook_endpoints/{endpoint_id}/test"),
                Event,
                path={"endpoint_id": endpoint_id},
                headers={"Idempotency-Key": idempotency_key},
                body={},
            )
        )

    def disable(self, endpoint_id: str, *, idempotency_key: str | None = None) -> WebhookEndpoint:
        """Disable a webhook endpoint.

        It is sent nothing more. What is on its way waits until it is enabled; what happens meanwhile it is not sent.
        Disabling it again changes nothing. Takes no body, or `{}`.

        Args:
            endpoint_id: Webhook endpoint id (`hook_…`).
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("disable_webhook_endpoint", "POST", "/v1/webhook_endpoints/{endpoint_id}/disable"),
                WebhookEndpoint,
                path={"endpoint_id": endpoint_id},
                headers={"Idempotency-Key": idempotency_key},
                body={},
            )
        )

    def enable(self, endpoint_id: str, *, idempotency_key: str | None = None) -> WebhookEndpoint:
        """Enable a webhook endpoint.

        It is sent what happens from now on, and what waited for it. Enabling it again changes nothing. Takes no body,
        or `{}`.

        Args:
            endpoint_id: Webhook endpoint id (`hook_…`).
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("enable_webhook_endpoint", "POST", "/v1/webhook_endpoints/{endpoint_id}/enable"),
                WebhookEndpoint,
                path={"endpoint_id": endpoint_id},
                headers={"Idempotency-Key": idempotency_key},
                body={},
            )
        )


class EventsResource:
    """What happened, and who was told of it."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        type: Literal["assessment.completed", "benchmark.released", "response.submitted", "webhook_endpoint.test"]
        | None = None,
        status: Literal["dead", "delivered", "pending"] | None = None,
        endpoint: str | None = None,
        created_after: datetime | str | None = None,
        created_before: datetime | str | None = None,
    ) -> Pager[Event, EventPage]:
        """List events.

        What happened in the last 30 days, newest first, and which webhook endpoints were told. With `status=dead`:
        what did not arrive, and is not tried any more.

        Args:
            limit: How many at most.
            cursor: `next_cursor` of the page before; the first page without it.
            type: Only events of this type.
            status: Only events with a delivery in this state.
            endpoint: Only events sent to this webhook endpoint; with `status`, in that state to it.
            created_after: Only later than this.
            created_before: Only earlier than this.
        """
        return Pager(
            self._send,
            Call(
                Operation("list_events", "GET", "/v1/events"),
                EventPage,
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "type": type,
                    "status": status,
                    "endpoint": endpoint,
                    "created_after": created_after,
                    "created_before": created_before,
                },
            ),
        )

    def get(self, event_id: str, *, if_none_match: str | Model | Download | None = None) -> Event:
        """Get an event.

        What happened, and how far it is on its way to each webhook endpoint.

        Args:
            event_id: Event id (`evt_…`).
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_event", "GET", "/v1/events/{event_id}"),
                Event,
                path={"event_id": event_id},
                headers={"If-None-Match": if_none_match},
            )
        )

    def resend(
        self, event_id: str, *, endpoint: str | None | UnsetType = UNSET, idempotency_key: str | None = None
    ) -> Event:
        """Send an event again.

        To every enabled webhook endpoint that it was sent to, or to one of them, with as many attempts as a new one
        and the same `webhook-id`. Takes no body, or one.

        Args:
            event_id: Event id (`evt_…`).
            endpoint: Only to this webhook endpoint (`hook_…`), of those that it was sent to; to all of them without
                it, except disabled ones.
            idempotency_key: 1 to 255 printable ASCII characters of your own, bare or quoted. The same request with
                the same key has one effect and gets the same answer for 7 days; what fails is not remembered.
        """
        return self._send(
            Call(
                Operation("resend_event", "POST", "/v1/events/{event_id}/resend"),
                Event,
                path={"event_id": event_id},
                headers={"Idempotency-Key": idempotency_key},
                body={"endpoint": endpoint},
            )
        )


class AuditEventsResource:
    """What was done with a privilege."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        action: Literal[
            "assessment.deleted",
            "assessment.imported",
            "backup.made",
            "benchmark.released",
            "invitation.created",
            "invitation.revoked",
            "key.created",
            "key.revoked",
            "key.rolled",
            "organisation.erased",
            "organisation.exported",
            "partner.created",
            "results.exported",
            "retention.applied",
            "share_link.created",
            "share_link.revoked",
            "webhook_endpoint.created",
            "webhook_endpoint.deleted",
            "webhook_endpoint.disabled",
            "webhook_endpoint.enabled",
            "webhook_endpoint.secret_rotated",
            "webhook_endpoint.updated",
        ]
        | None = None,
        target: str | None = None,
        created_after: datetime | str | None = None,
        created_before: datetime | str | None = None,
    ) -> Pager[AuditEvent, AuditEventPage]:
        """List the audit log.

        What was done with the privileges of the partner, newest first: keys made and revoked, data exported, deleted
        and erased. Entries outlive what they speak of, and hold ids and figures only.

        Args:
            limit: How many at most.
            cursor: `next_cursor` of the page before; the first page without it.
            action: Only this kind of action.
            target: Only what was done to this id.
            created_after: Only later than this.
            created_before: Only earlier than this.
        """
        return Pager(
            self._send,
            Call(
                Operation("list_audit_events", "GET", "/v1/audit_events"),
                AuditEventPage,
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "action": action,
                    "target": target,
                    "created_after": created_after,
                    "created_before": created_before,
                },
            ),
        )


class ServiceResource:
    """Whether the service runs, its error codes and its contract."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def error_codes(self) -> ErrorCodes:
        """List the error codes.

        Every code that a problem document can have, with its status and what to do.
        """
        return self._send(Call(Operation("list_errors", "GET", "/v1/errors", needs_key=False), ErrorCodes))

    def error_code(self, code: str) -> ErrorCode:
        """Get an error code.

        One code; a problem's `type` leads here.

        Args:
            code: Code of an error.
        """
        return self._send(
            Call(Operation("get_error", "GET", "/v1/errors/{code}", needs_key=False), ErrorCode, path={"code": code})
        )

    def health(self) -> Health:
        """See whether the process answers.

        Answers without asking the database.
        """
        return self._send(Call(Operation("get_health", "GET", "/health", needs_key=False), Health))

    def readiness(self) -> Readiness:
        """See whether requests can be served.

        Asks the database whether it is there and at the newest migration, and says no while as many writes wait as
        may, and from the moment the process is told to end.
        """
        return self._send(Call(Operation("get_readiness", "GET", "/ready", needs_key=False), Readiness))

    def contract(self, *, if_none_match: str | Model | Download | None = None) -> dict[str, Any]:
        """Get this contract.

        The OpenAPI 3.1 document of everything here.

        Args:
            if_none_match: ETags of what you have; 304 when one is current.
        """
        return self._send(
            Call(
                Operation("get_contract", "GET", "/openapi.json", needs_key=False),
                dict,
                headers={"If-None-Match": if_none_match},
            )
        )


class Resources:
    """Everything that can be asked of the service."""

    def __init__(self, send: Send) -> None:
        self.assessments = AssessmentsResource(send)
        """Rounds of organisations: their answers, the results these gave, and reports of them."""
        self.responses = ResponsesResource(send)
        """What each person answers: drafts that are saved as they grow, and are submitted once."""
        self.invitations = InvitationsResource(send)
        """Single-use links for people who answer without a key."""
        self.invitation = InvitationResource(send)
        """What an invited person does: the client's `api_key` is the token of the invitation."""
        self.share_links = ShareLinksResource(send)
        """Links that show a report to whoever has them."""
        self.organisations = OrganisationsResource(send)
        """The organisations assessed."""
        self.scores = ScoresResource(send)
        """Scores of answers that are not kept."""
        self.rubrics = RubricsResource(send)
        """Published rubrics."""
        self.studies = StudiesResource(send)
        """The studies behind the rubrics."""
        self.benchmarks = BenchmarksResource(send)
        """How other organisations scored."""
        self.keys = KeysResource(send)
        """The partner's keys."""
        self.webhook_endpoints = WebhookEndpointsResource(send)
        """Addresses of yours that are told what happens."""
        self.events = EventsResource(send)
        """What happened, and who was told of it."""
        self.audit_events = AuditEventsResource(send)
        """What was done with a privilege."""
        self.service = ServiceResource(send)
        """Whether the service runs, its error codes and its contract."""
