"""The OpenAPI document: built from the routes, what each handler declares, and the wire types themselves.

Handlers read raw bytes and answer raw bytes, so the framework's own generator would see neither. What is
written here is what the strict decoder enforces: both come from the same msgspec types.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from assessment import __version__
from assessment.api import ratelimit_headers
from assessment.api.cors import CLIENT_TOKEN
from assessment.api.operation import OPT, Answer, Header, Operation
from assessment.api.problems import codes_of
from assessment.api.retirement import headers_of, words_of
from assessment.api.wire.problems import ProblemDocument
from assessment.api.wire.scores import ANSWER_SCHEMA, EITHER_OR, BatchProblem, BatchResult, ScoreRequest
from assessment.errors import InvalidInput, KeyReused, RequestInFlight

REF = "#/components/schemas/{name}"

PATH_PARAMETERS = {
    "rubric_id": "Rubric id, such as `alignment`.",
    "rubric": "Rubric id for its latest version, such as `alignment`, or `id@version`.",
    "version": "Rubric version, such as `2026.1`.",
    "study_id": "Study id.",
    "assessment_id": "Assessment id (`asmt_…`).",
    "response_id": "Response id (`resp_…`).",
    "invitation_id": "Invitation id (`inv_…`).",
    "link_id": "Share link id (`link_…`).",
    "endpoint_id": "Webhook endpoint id (`hook_…`).",
    "event_id": "Event id (`evt_…`).",
    "key_id": "Key id (`key_…`).",
    "organisation_id": "Organisation id (`org_…`).",
    "code": "Code of an error.",
}

KEY_KINDS = {
    "secret_key": ("alm_sk_…", "Everything of its partner. Never in a browser, never in a query."),
    "restricted_key": ("alm_rk_…", "What its scopes name."),
    "publishable_key": (
        "alm_pk_…",
        "For pages: only from the origins that it lists, compared exactly, and from the service's own pages. It reads "
        "back what it created with the `client_token` of the create.",
    ),
    "invitation": (
        "alm_inv_…",
        "For one person who answers one assessment, once. Pages may send it from every origin that a publishable key "
        "lists.",
    ),
}

TAGS = {
    "Catalogue": "Published rubrics and the studies behind them.",
    "Scoring": "Score answers without keeping anything.",
    "Assessments": "Keep an organisation's answers and the result they gave.",
    "Responses": "What each person answers: drafts that are saved as they grow, and are submitted once.",
    "Invitations": "Single-use links for people who answer without a key, and what they do with one.",
    "Benchmarks": "How other organisations scored, in frozen editions, beside what studies found.",
    "Organisations": "What is kept about an organisation, in one document, and gone for good.",
    "Webhooks": "Where a partner is told what happens, what was sent there, and what did not arrive. A message is "
    'a POST of `{"type", "timestamp", "data"}`, signed by the Standard Webhooks specification in the headers '
    "`webhook-id`, `webhook-timestamp` and `webhook-signature`. It comes at least once: one with a `webhook-id` "
    "that was seen before tells the same again. Any 2xx in time takes it.",
    "Account": "The partner's own keys and what was done with them; secret keys only.",
    "Service": "Whether it runs, its errors and its contract.",
}

DESCRIPTION = """\
Answers about how an organisation's sales and marketing work together go in; a maturity rating with
recommendations comes out, and every number names the study it rests on.

Send a key as `Authorization: Bearer alm_sk_…`: a secret key may do everything of its partner, a restricted key
what its scopes name, a publishable key what a page of one of its origins needs. An invited person sends the token of
the invitation in its place. Bodies are JSON in UTF-8 with
`Content-Type: application/json`, 256 KiB at most (a batch: 2 MiB), nested 32 deep at most. Unknown fields and
unknown query parameters are errors. Every error is an `application/problem+json` document with a stable `code`;
`GET /v1/errors` lists them. Every answer carries `X-Request-Id`: yours, if you sent one of 1–128 letters,
digits and `._:-`.

Within a major version, answers may gain fields and problems new codes, and requests may gain what can be left out: pass
over what you do not know. What can break a client that was right comes with a new major version. A deprecated operation
says so in the headers `Deprecation` and, where its end is decided, `Sunset`.
"""

_REQUEST_ID = Header("X-Request-Id", "Id of the request: the caller's own where it sent a usable one.")
REPLAYED = Header("Idempotency-Replayed", "`true` when the answer is that of an earlier request with the key.")
REPEATED_PROBLEMS = (InvalidInput, KeyReused, RequestInFlight)
"""What any POST can be answered because of its idempotency key."""
_PROBLEM_HEADERS = {
    401: Header("WWW-Authenticate", "`Bearer`."),
    429: Header("Retry-After", "Seconds to wait."),
    503: Header("Retry-After", "Seconds to wait."),
}
_IN_FLIGHT = Header("Retry-After", "Seconds to wait, with `request_in_flight`.")
_REASONS = {
    400: "The body or the request cannot be read.",
    401: "No valid key.",
    403: "The key may not do this.",
    404: "There is no such thing for this key.",
    406: "There is nothing here in a media type that the request takes.",
    408: "The request took too long to arrive.",
    409: "The resource is in a state that does not allow this.",
    412: "The resource has changed since it was read.",
    413: "The body is too large.",
    415: "The body is not sent as application/json.",
    422: "The request does not fit the contract; `errors` lists everything that is wrong.",
    428: "`If-Match` is missing.",
    429: "A quota is used up.",
    431: "The headers are too large.",
    500: "A fault of ours.",
    503: "Too busy, or not ready; try again.",
}


def operations(app: Litestar) -> list[tuple[str, str, Operation]]:
    """(path, method, operation) of every documented route, by path and method."""
    found = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and OPT in handler.opt:
                method = next(str(m) for m in sorted(handler.http_methods) if m != "HEAD").lower()
                found.append((re.sub(r"{(\w+):\w+}", r"{\1}", route.path_format), method, handler.opt[OPT]))
    # The framework gives the handlers of a route in an order that differs from process to process.
    return sorted(found, key=lambda one: one[:2])


def document(app: Litestar) -> dict[str, Any]:
    """The whole contract, the same for the same code."""
    listed = operations(app)
    schemas = _schemas([operation for _, _, operation in listed])
    paths: dict[str, Any] = {}
    for path, method, operation in listed:
        paths.setdefault(path, {})[method] = _operation(path, method, operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Alignment Assessment",
            "version": __version__,
            "summary": "How well sales and marketing work together, scored with its evidence.",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"secret_key": []}],
        "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": _security_schemes(),
        },
    }


def render(app: Litestar) -> bytes:
    """The document in the bytes that are committed and served."""
    return json.dumps(document(app), indent=1, ensure_ascii=False).encode() + b"\n"


def write(app: Litestar, path: Path) -> None:
    """Write the committed contract."""
    path.write_bytes(render(app))


def load_example(operation_id: str) -> dict[str, Any]:
    """The executed example of an operation: `parameters`, `request` and `response`, each where there is one."""
    file = files("assessment.api") / "examples" / f"{operation_id}.json"
    return msgspec.json.decode(file.read_bytes(), type=dict[str, Any]) if file.is_file() else {}


def _schemas(listed: list[Operation]) -> dict[str, Any]:
    kinds: list[Any] = [ProblemDocument, ScoreRequest, BatchResult, BatchProblem]
    for operation in listed:
        kinds += [answer.kind for answer in operation.answers.values() if answer.kind is not None]
        if operation.body is not None:
            kinds.append(operation.body)
    kinds = list(dict.fromkeys(kinds))
    _, components = msgspec.json.schema_components(kinds, ref_template=REF)
    schemas = {**components, "Answer": ANSWER_SCHEMA}
    for schema in schemas.values():
        _close(schema)
    for name, alternatives in EITHER_OR.items():
        schemas[name]["oneOf"] = alternatives
    return dict(sorted(schemas.items()))


def _close(schema: dict[str, Any]) -> None:
    """Nothing beyond what is listed, and no word about defaults of null, which only mean left out."""
    if schema.get("type") == "object" and "properties" in schema:
        schema["additionalProperties"] = False
        for part in schema["properties"].values():
            if part.get("default", ...) is None:
                del part["default"]


def _operation(path: str, method: str, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.description,
        "tags": [operation.tag],
    }
    if operation.retirement is not None:
        described["description"] += words_of(operation.retirement)
        described["deprecated"] = True
        if operation.retirement.sunset is not None:
            described["x-sunset"] = operation.retirement.sunset.isoformat()
    described["security"] = _security(operation)
    example = load_example(operation.id)
    parameters = _parameters(path, operation) + _header_parameters(path, method, operation)
    for parameter in parameters:
        if parameter["name"] in example.get("parameters", {}):
            parameter["example"] = example["parameters"][parameter["name"]]
    if parameters:
        described["parameters"] = parameters
    if operation.body is not None:
        content: dict[str, Any] = {"schema": {"$ref": REF.format(name=operation.body.__name__)}}
        if "request" in example:
            content["example"] = example["request"]
        described["requestBody"] = {"required": operation.body_required, "content": {"application/json": content}}
    responses = {
        str(status): _answer(answer, example, operation.limited) for status, answer in operation.answers.items()
    }
    if method == "post":
        for answer in responses.values():
            answer["headers"] |= _headers(REPLAYED, required=False)
    repeated = REPEATED_PROBLEMS if method == "post" else ()
    for status, codes in codes_of(*operation.all_problems(), *repeated).items():
        responses.setdefault(str(status), _problem(status, codes, operation.limited))
    for answer in responses.values():
        answer["headers"] |= _headers(*headers_of(operation))
    described["responses"] = dict(sorted(responses.items()))
    return described


def _parameters(path: str, operation: Operation) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": PATH_PARAMETERS[name],
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        }
        for name in re.findall(r"{(\w+)}", path)
    ]
    properties = msgspec.json.schema(operation.query, ref_template=REF)["$defs"][operation.query.__name__]["properties"]
    for name, schema in properties.items():
        plain = _without_null(schema)
        description = plain.pop("description")
        parameters.append({"name": name, "in": "query", "required": False, "description": description, "schema": plain})
    return parameters


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    """What one may do it with: any one of these."""
    if operation.public:
        return []
    if operation.invited == "only":
        return [{"invitation": []}]
    found: list[dict[str, list[str]]] = [{"secret_key": []}]
    if operation.scope is not None:
        found.append({"restricted_key": [operation.scope]})
    if operation.publishable:
        found.append({"publishable_key": []})
    if operation.invited == "also":
        found.append({"invitation": []})
    return found


def _security_schemes() -> dict[str, Any]:
    return {
        name: {"type": "http", "scheme": "bearer", "bearerFormat": form, "description": description}
        for name, (form, description) in KEY_KINDS.items()
    }


def _header_parameters(path: str, method: str, operation: Operation) -> list[dict[str, Any]]:
    found: list[tuple[str, bool, str, dict[str, Any]]] = []
    if operation.conditional:
        description = "ETags of what you have; 304 when one is current."
        found.append(("If-None-Match", False, description, {"type": "string"}))
    if operation.guarded:
        description = "The ETag of the state that you change, as it was sent; `*` for whatever it is."
        found.append(("If-Match", not operation.begins, description, {"type": "string"}))
    if operation.begins:
        description = "`*` has it refused where there is one already."
        found.append(("If-None-Match", False, description, {"type": "string", "enum": ["*"]}))
    if operation.publishable and "{assessment_id}" in path:
        description = "The `client_token` of the create, for a publishable key; other keys send none."
        found.append((CLIENT_TOKEN, False, description, {"type": "string"}))
    if method == "post":
        description = (
            "1 to 255 printable ASCII characters of your own, bare or quoted. The same request with the same key has "
            "one effect and gets the same answer for 7 days; what fails is not remembered."
        )
        found.append(("Idempotency-Key", False, description, {"type": "string", "minLength": 1, "maxLength": 512}))
    return [
        {"name": name, "in": "header", "required": required, "description": description, "schema": schema}
        for name, required, description, schema in found
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of an optional parameter: in a query there is no null."""
    plain = dict(schema)
    members = [member for member in plain.pop("anyOf", []) if member != {"type": "null"}]
    for member in members:
        plain.update(member)
    if plain.get("default", ...) is None:
        del plain["default"]
    if None in plain.get("enum", ()):
        plain["enum"] = [choice for choice in plain["enum"] if choice is not None]
    return plain


def _headers(*headers: Header, required: bool = True) -> dict[str, Any]:
    return {h.name: {"description": h.description, "schema": {"type": "string"}, "required": required} for h in headers}


def _answer(answer: Answer, example: dict[str, Any], limited: bool) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": answer.description,
        "headers": _headers(_REQUEST_ID, *answer.headers) | _quota_headers(limited),
    }
    if answer.kind is not None:
        schema = {"type": "object"} if answer.kind is dict else {"$ref": REF.format(name=answer.kind.__name__)}
        content: dict[str, Any] = {"schema": schema}
        if "response" in example and answer.media_type == "application/json":
            content["example"] = example["response"]
        described["content"] = {answer.media_type: content}
    elif answer.media_type != "application/json":
        types = (answer.media_type, *answer.other_types)
        described["content"] = {media_type: {"schema": {"type": "string"}} for media_type in types}
    return described


def _quota_headers(limited: bool) -> dict[str, Any]:
    """Not required, since an operator may switch every quota off."""
    return _headers(*ratelimit_headers.DESCRIBED, required=False) if limited else {}


def _problem(status: int, codes: list[str], limited: bool) -> dict[str, Any]:
    extra = [_PROBLEM_HEADERS[status]] if status in _PROBLEM_HEADERS else []
    sometimes = [_IN_FLIGHT] if RequestInFlight.code in codes else []
    listed = ", ".join(f"`{code}`" for code in codes)
    return {
        "description": f"{_REASONS[status]} Codes: {listed}.",
        "x-codes": codes,
        "headers": _headers(_REQUEST_ID, *extra) | _headers(*sometimes, required=False) | _quota_headers(limited),
        "content": {"application/problem+json": {"schema": {"$ref": REF.format(name="ProblemDocument")}}},
    }
