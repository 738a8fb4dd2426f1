"""Ways to change the committed contract, each with what the comparison has to say of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Document = dict[str, Any]


class Mutation(NamedTuple):
    """A change to the contract, and the line that tells of it; `breaking` for clients that were right before."""

    name: str
    breaking: bool
    line: str
    change: Callable[[Document], Any]


def operation(document: Document, method: str, path: str) -> Any:
    return document["paths"][path][method]


def schema(document: Document, name: str) -> Any:
    return document["components"]["schemas"][name]


def fields(document: Document, name: str) -> Any:
    return schema(document, name)["properties"]


def parameter(document: Document, method: str, path: str, name: str) -> Any:
    return next(one for one in operation(document, method, path)["parameters"] if one["name"] == name)


def _set(part: Any, **values: Any) -> Any:
    part.update(values)
    return part


def _add_field(document: Document, name: str, field: str, *, needed: bool) -> None:
    fields(document, name)[field] = {"type": "string"}
    if needed:
        schema(document, name)["required"].append(field)


def _take_parameter(document: Document, method: str, path: str, name: str) -> None:
    operation(document, method, path)["parameters"].remove(parameter(document, method, path, name))


def _rename_operation(d: Document) -> None:
    operation(d, "get", "/v1/assessments")["operationId"] = "get_assessments"


THIRTEEN = [
    Mutation(
        "an operation is taken away",
        True,
        "GET /v1/assessments/{assessment_id}/change: is not there any more",
        lambda d: d["paths"].pop("/v1/assessments/{assessment_id}/change"),
    ),
    Mutation(
        "an operation gets another id",
        True,
        "GET /v1/assessments: its operation id is `get_assessments`, was `list_assessments`",
        _rename_operation,
    ),
    Mutation(
        "a field that is sent becomes necessary",
        True,
        "ScoreRequest.target_level: is needed now",
        lambda d: schema(d, "ScoreRequest")["required"].append("target_level"),
    ),
    Mutation(
        "a choice that was taken is taken no longer",
        True,
        "ScoreRequest.confidentiality: takes `named` no longer",
        lambda d: fields(d, "ScoreRequest")["confidentiality"]["enum"].remove("named"),
    ),
    Mutation(
        "a text that is sent must be shorter",
        True,
        "OrganisationRequest.name: `maxLength` is `50`, was `200`",
        lambda d: _set(fields(d, "OrganisationRequest")["name"], maxLength=50),
    ),
    Mutation(
        "a query parameter becomes necessary",
        True,
        "GET /v1/assessments query parameter `status`: is needed now",
        lambda d: _set(parameter(d, "get", "/v1/assessments", "status"), required=True),
    ),
    Mutation(
        "a field of an answer is taken away",
        True,
        "Result.completeness: is not there any more",
        lambda d: (fields(d, "Result").pop("completeness"), schema(d, "Result")["required"].remove("completeness")),
    ),
    Mutation(
        "a field of an answer may be missing",
        True,
        "Result.engine: may be missing now",
        lambda d: schema(d, "Result")["required"].remove("engine"),
    ),
    Mutation(
        "a field of an answer can be null",
        True,
        "Result.engine: can be null now",
        lambda d: _set(fields(d, "Result")["engine"], type=["string", "null"]),
    ),
    Mutation(
        "a status is answered no longer",
        True,
        "GET /v1/rubrics/{rubric_id} 304: is not there any more",
        lambda d: operation(d, "get", "/v1/rubrics/{rubric_id}")["responses"].pop("304"),
    ),
    Mutation(
        "a restricted key needs another scope",
        True,
        "GET /v1/assessments: restricted_key with assessments:read is not enough any more",
        lambda d: _set(operation(d, "get", "/v1/assessments")["security"][1], restricted_key=["assessments:write"]),
    ),
    Mutation(
        "a field may be sent that was not",
        False,
        "ScoreRequest.locale: is new",
        lambda d: _add_field(d, "ScoreRequest", "locale", needed=False),
    ),
    Mutation(
        "an answer has one more field",
        False,
        "Result.scored_at: is new",
        lambda d: (
            _set(fields(d, "Result"), scored_at={"type": "string"}),
            schema(d, "Result")["required"].append("scored_at"),
        ),
    ),
]
"""Eleven that break clients, and two that do not."""


def _header(d: Document) -> Any:
    return operation(d, "post", "/v1/scores")["responses"]["200"]["headers"]


def _send_cbor(d: Document) -> None:
    content = operation(d, "post", "/v1/scores")["requestBody"]["content"]
    content["application/cbor"] = content.pop("application/json")


def _drop_code(d: Document) -> None:
    answers = operation(d, "get", "/v1/assessments/{assessment_id}/result")["responses"]
    answers["409"]["x-codes"].remove("assessment_open")


def _retag(d: Document) -> None:
    schema(d, "Answer")["oneOf"][3]["properties"]["state"]["const"] = "unknown"


MORE = [
    Mutation(
        "an operation is added",
        False,
        "PUT /v1/scores: is new: Score again",
        lambda d: _set(
            d["paths"]["/v1/scores"], put={"operationId": "again", "summary": "Score again", "responses": {}}
        ),
    ),
    Mutation(
        "a necessary field may be left out",
        False,
        "ScoreRequest.rubric: may be left out now",
        lambda d: schema(d, "ScoreRequest")["required"].remove("rubric"),
    ),
    Mutation(
        "a field that was taken is taken no longer",
        True,
        "ScoreRequest.target_level: is not there any more",
        lambda d: fields(d, "ScoreRequest").pop("target_level"),
    ),
    Mutation(
        "a new field is necessary",
        True,
        "ScoreRequest.locale: is new, and needed",
        lambda d: (
            _set(fields(d, "ScoreRequest"), locale={"type": "string"}),
            schema(d, "ScoreRequest")["required"].append("locale"),
        ),
    ),
    Mutation(
        "one more choice is taken",
        False,
        "ScoreRequest.confidentiality: takes `open` now",
        lambda d: fields(d, "ScoreRequest")["confidentiality"]["enum"].append("open"),
    ),
    Mutation(
        "an answer has one more choice",
        True,
        "QuestionResult.state: can be `skipped` now",
        lambda d: fields(d, "QuestionResult")["state"]["enum"].append("skipped"),
    ),
    Mutation(
        "an answer has one choice less",
        False,
        "QuestionResult.state: is never `answered` any more",
        lambda d: fields(d, "QuestionResult")["state"]["enum"].remove("answered"),
    ),
    Mutation(
        "a number that is sent must be larger",
        True,
        "GET /v1/assessments query parameter `limit`: `minimum` is `2`, was `1`",
        lambda d: _set(parameter(d, "get", "/v1/assessments", "limit")["schema"], minimum=2),
    ),
    Mutation(
        "a number that is sent may be larger",
        False,
        "GET /v1/assessments query parameter `limit`: `maximum` is `200`, was `100`",
        lambda d: _set(parameter(d, "get", "/v1/assessments", "limit")["schema"], maximum=200),
    ),
    Mutation(
        "what is left out means something else",
        True,
        "ScoreRequest.confidentiality: is `named` when it is left out, was `grouped`",
        lambda d: _set(fields(d, "ScoreRequest")["confidentiality"], default="named"),
    ),
    Mutation(
        "a text that is sent must match",
        True,
        "ScoreRequest.rubric: `pattern` is `^[a-z]+$`, was not given",
        lambda d: _set(fields(d, "ScoreRequest")["rubric"], pattern="^[a-z]+$"),
    ),
    Mutation(
        "a text that was sent is a number",
        True,
        "ScoreRequest.rubric: takes a string no longer",
        lambda d: _set(d["components"]["schemas"]["ScoreRequest"]["properties"], rubric={"type": "integer"}),
    ),
    Mutation(
        "a whole number of an answer can be broken",
        True,
        "Rating.level: can be a number now",
        lambda d: _set(fields(d, "Rating")["level"], type="number"),
    ),
    Mutation(
        "an alternative of what is sent has another tag",
        True,
        "Answer: takes an object with `state` `dont_know` no longer",
        _retag,
    ),
    Mutation(
        "what is sent takes no null any more",
        True,
        "ScoreRequest.target_level: takes null no longer",
        lambda d: fields(d, "ScoreRequest")["target_level"]["anyOf"].pop(),
    ),
    Mutation(
        "a query parameter is taken away",
        True,
        "GET /v1/assessments query parameter `status`: is not there any more",
        lambda d: _take_parameter(d, "get", "/v1/assessments", "status"),
    ),
    Mutation(
        "a header field becomes necessary",
        True,
        "POST /v1/scores header parameter `idempotency-key`: is needed now",
        lambda d: _set(parameter(d, "post", "/v1/scores", "Idempotency-Key"), required=True),
    ),
    Mutation(
        "a header of an answer is taken away",
        True,
        "POST /v1/scores 200 header `Idempotency-Replayed`: is not there any more",
        lambda d: _header(d).pop("Idempotency-Replayed"),
    ),
    Mutation(
        "a header of an answer may be missing",
        True,
        "POST /v1/scores 200 header `X-Request-Id`: may be missing now",
        lambda d: _set(_header(d)["X-Request-Id"], required=False),
    ),
    Mutation(
        "a body is sent as something else",
        True,
        "POST /v1/scores body as application/json: is not there any more",
        _send_cbor,
    ),
    Mutation(
        "a body may be left out no longer",
        True,
        "POST /v1/assessments/{assessment_id}/complete body: is needed now",
        lambda d: _set(operation(d, "post", "/v1/assessments/{assessment_id}/complete")["requestBody"], required=True),
    ),
    Mutation(
        "a report cannot be had as PDF any more",
        True,
        "GET /v1/assessments/{assessment_id}/report 200 as application/pdf: is not there any more",
        lambda d: operation(d, "get", "/v1/assessments/{assessment_id}/report")["responses"]["200"]["content"].pop(
            "application/pdf"
        ),
    ),
    Mutation(
        "what anybody could ask for needs a key",
        True,
        "GET /v1/errors: no key is not enough any more",
        lambda d: _set(operation(d, "get", "/v1/errors"), security=[{"secret_key": []}]),
    ),
    Mutation(
        "one more kind of key is enough",
        False,
        "GET /v1/keys: publishable_key is enough now",
        lambda d: operation(d, "get", "/v1/keys")["security"].append({"publishable_key": []}),
    ),
    Mutation(
        "success is told in a new way",
        True,
        "POST /v1/scores 202: is new",
        lambda d: _set(operation(d, "post", "/v1/scores")["responses"], **{"202": {"description": "Later."}}),
    ),
    Mutation(
        "a problem is told in a new way",
        False,
        "POST /v1/scores 451: is new",
        lambda d: _set(operation(d, "post", "/v1/scores")["responses"], **{"451": {"description": "Not here."}}),
    ),
    Mutation(
        "a code is answered no longer",
        True,
        "GET /v1/assessments/{assessment_id}/result 409 code `assessment_open`: is not there any more",
        _drop_code,
    ),
    Mutation(
        "another server answers",
        True,
        "server /: is not there any more",
        lambda d: _set(d["servers"][0], url="/api"),
    ),
    Mutation(
        "a key is sent in another way",
        True,
        "security scheme `secret_key`: `scheme` is another",
        lambda d: _set(d["components"]["securitySchemes"]["secret_key"], scheme="basic"),
    ),
    Mutation(
        "an operation is deprecated",
        False,
        "GET /v1/assessments: is deprecated",
        lambda d: _set(operation(d, "get", "/v1/assessments"), deprecated=True),
    ),
    Mutation(
        "what nobody can judge by rule",
        True,
        "ScoreRequest.rubric: `not` is another, and nobody can say by rule what that allows",
        lambda d: _set(fields(d, "ScoreRequest")["rubric"], **{"not": {"const": "quick"}}),
    ),
]
