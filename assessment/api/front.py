"""What the rooms beside the API are given of its front, so that quotas, bodies and statuses are the same there."""

from __future__ import annotations

from typing import Any

from assessment.api import admission, body, cors, disposition, invited, own_origin, problems, public_address, reply
from assessment.api.admission import AnyRequest
from assessment.api.query import NoQuery, read_query
from assessment.api.reply import Headers
from assessment.errors import AssessmentError
from assessment.service.context import Invited, Principal
from assessment.service.file_names import FileName


class Front:
    """The API's own gates, without its documents."""

    async def admit_caller(self, request: AnyRequest) -> Principal:
        """Whose key the request has, counted against its quotas. Raises Unauthenticated, OriginNotAllowed or
        RateLimited."""
        return await admission.admit_caller(request)

    def require(self, principal: Principal, scope: str, *, publishable: bool) -> None:
        """Raise Forbidden where the key lacks the scope, or is publishable where that is not enough."""
        admission.require(principal, scope, publishable=publishable)

    async def admit_invited(self, request: AnyRequest, token: str) -> Invited:
        """Whose invitation the token is, counted against its quota. Raises InvitationInvalid, which is counted by
        address, or RateLimited."""
        return await invited.admit_token(request, token)

    async def admit_anyone(self, request: AnyRequest) -> None:
        """Count who asks by address. Raises RateLimited."""
        await admission.admit_anyone(request)

    async def read_message(self, request: AnyRequest) -> tuple[bytes, Any]:
        """A body of JSON, in time, within its size and with one meaning, and what it says; the address may have no
        query. Raises InvalidQuery, a PayloadRefused or Overloaded."""
        read_query(request.scope["query_string"], NoQuery)
        sent = await body.read_body(request)
        return sent, body.decode(sent)

    async def read_form(self, request: AnyRequest) -> bytes:
        """The body of a form, in time and within its size. Raises a PayloadRefused or Overloaded."""
        return await body.read_form_body(request, body.BODY_LIMIT)

    def judge(self, request: AnyRequest, error: Exception) -> tuple[AssessmentError, int, Headers]:
        """What an error is to callers, its status and header fields. A fault of ours is logged."""
        return problems.judge(request, error)

    def answer_error(self, request: AnyRequest, error: Exception) -> Any:
        """The API's own answer to an error: a problem document."""
        return problems.answer_error(request, error)

    def document_of(self, request: AnyRequest, error: AssessmentError) -> Any:
        """The problem document alone."""
        return problems.document_of(error, request.scope)

    def shown_as(self, name: FileName) -> str:
        """The Content-Disposition of what is shown rather than saved."""
        return disposition.shown_as(name)

    def fields_of(self, request: AnyRequest) -> Headers:
        """The header fields of every answer: the request's id, and its quotas."""
        return reply.fields_of(request.scope)

    def told_of_origin(self, request: AnyRequest) -> Headers:
        """The header fields that let pages of the origins of a publishable key read the answer."""
        return cors.headers_of(request.scope)

    def own_origin(self, request: AnyRequest) -> str | None:
        """The origin where every publishable key works, because the service's own pages are there; None where it is
        not known."""
        return own_origin.own_origin(request.scope)

    def public_address(self, request: AnyRequest) -> str:
        """The beginning of the service's addresses. Raises BadRequest."""
        return public_address.public_address(request)

    def way_up(self, request: AnyRequest) -> str:
        """From the address asked for to where the service begins, as a relative link."""
        return public_address.way_up(request.scope["raw_path"])
