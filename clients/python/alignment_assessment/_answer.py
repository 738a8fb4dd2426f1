"""What a response means: what the call returns, or the error that it is."""

from __future__ import annotations

from typing import TypeVar, cast

import msgspec

from alignment_assessment._call import Call
from alignment_assessment._model import Model, RawResponse
from alignment_assessment.download import Download
from alignment_assessment.errors import APIError, NotModified, UnexpectedAnswer, of_status
from alignment_assessment.generated.codes import BY_CODE
from alignment_assessment.generated.types import ProblemDocument

T = TypeVar("T")


def interpret(call: Call[T], raw: RawResponse, retry_after: float | None) -> T:
    """What the call returns, decoded; raises what the response says instead."""
    if raw.status == 304:
        raise NotModified(raw)
    if raw.status >= 400:
        raise _refusal(raw, retry_after)
    if not 200 <= raw.status < 300:
        raise UnexpectedAnswer(f"The answer's status is {raw.status}, which no operation has.", raw)
    return _decode(call, raw)


def _decode(call: Call[T], raw: RawResponse) -> T:
    if call.returns is type(None):
        return None
    if call.returns is Download:
        return cast(T, Download(raw))
    try:
        data = msgspec.json.decode(raw.content, type=call.returns)
    except msgspec.MsgspecError as error:
        # Its text names the field and what it should be, and quotes nothing of the answer.
        detail = f"The answer of {call.operation.id} is not what the contract says: {error}"
        raise UnexpectedAnswer(detail, raw) from error
    if isinstance(data, Model):
        data._came_in(raw)
    return data


def problem_code(raw: RawResponse) -> str | None:
    """The stable code of an error, if it is one of this service."""
    problem = _problem(raw)
    return None if problem is None else problem.code


def _problem(raw: RawResponse) -> ProblemDocument | None:
    try:
        return msgspec.json.decode(raw.content, type=ProblemDocument)
    except msgspec.MsgspecError:
        return None


def _refusal(raw: RawResponse, retry_after: float | None) -> APIError | UnexpectedAnswer:
    problem = _problem(raw)
    if problem is None:
        return UnexpectedAnswer(f"Something other than the service answered {raw.status}.", raw)
    kind = BY_CODE.get(problem.code, of_status(raw.status))
    return kind(problem, raw, retry_after)
