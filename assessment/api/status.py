"""Handlers about the service itself: whether it runs, whether it can work, and the errors it knows."""

from __future__ import annotations

from typing import Literal

from litestar import route

from assessment import __version__
from assessment.api.admission import AnyRequest, admit_anyone, named_in_path, services_of
from assessment.api.limits import quotas_of
from assessment.api.operation import READ, Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.problems import error_codes
from assessment.api.query import NoQuery, read_query
from assessment.api.reply import Reply, encode
from assessment.api.wire.problems import ErrorCode, ErrorCodes
from assessment.api.wire.service import Health, Readiness
from assessment.errors import DatabaseUnavailable, MigrationsPending, NotFound, ShuttingDown
from assessment.scoring.compile import ENGINE_VERSION
from assessment.service.context import Services, ready

_FRESH = ((b"cache-control", b"no-store"),)


@route(
    "/health",
    http_method=READ,
    opt=described(
        Op(
            id="get_health",
            summary="See whether the process answers",
            description="Answers without asking the database.",
            tag="Service",
            answers={200: Answer(Health, "It does.")},
            public=True,
            limited=False,
        )
    ),
)
async def get_health(request: AnyRequest) -> Reply:
    read_query(request.scope["query_string"], NoQuery)
    return Reply(200, encode(Health("ok", __version__, ENGINE_VERSION)), _FRESH)


@route(
    "/ready",
    http_method=READ,
    opt=described(
        Op(
            id="get_readiness",
            summary="See whether requests can be served",
            description="Asks the database whether it is there and at the newest migration, and says no while as "
            "many writes wait as may, and from the moment the process is told to end.",
            tag="Service",
            answers={200: Answer(Readiness, "They can.")},
            problems=(DatabaseUnavailable, MigrationsPending, ShuttingDown),
            public=True,
            limited=False,
        )
    ),
)
async def get_readiness(request: AnyRequest) -> Reply:
    read_query(request.scope["query_string"], NoQuery)
    services = services_of(request)
    await ready(services)
    limits: Literal["ok", "degraded"] = "degraded" if quotas_of(request.scope).degraded else "ok"
    return Reply(200, encode(Readiness("ready", "ok", limits, await _replica(services))), _FRESH)


async def _replica(services: Services) -> Literal["none", "ok", "away", "behind"]:
    replica = services.database.replica
    # Looked at, so that one that came back is found where nobody reads.
    return "none" if replica is None else await replica.look()


@route(
    "/v1/errors",
    http_method=READ,
    opt=described(
        Op(
            id="list_errors",
            summary="List the error codes",
            description="Every code that a problem document can have, with its status and what to do.",
            tag="Service",
            answers={200: Answer(ErrorCodes, "The codes.")},
            public=True,
        )
    ),
)
async def list_errors(request: AnyRequest) -> Reply:
    await admit_anyone(request)
    read_query(request.scope["query_string"], NoQuery)
    return Reply(200, encode(ErrorCodes(error_codes())))


@route(
    "/v1/errors/{code:str}",
    http_method=READ,
    opt=described(
        Op(
            id="get_error",
            summary="Get an error code",
            description="One code; a problem's `type` leads here.",
            tag="Service",
            answers={200: Answer(ErrorCode, "The code.")},
            problems=(NotFound,),
            public=True,
        )
    ),
)
async def get_error(request: AnyRequest) -> Reply:
    await admit_anyone(request)
    read_query(request.scope["query_string"], NoQuery)
    wanted = named_in_path(request, "code")
    for entry in error_codes():
        if entry.code == wanted:
            return Reply(200, encode(entry))
    raise NotFound("There is no such error code. GET /v1/errors lists them.")


HANDLERS = (get_health, get_readiness, list_errors, get_error)
