"""Handlers that score without keeping anything."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import post
from msgspec import UNSET

from assessment.api.answers import fit_with_answers
from assessment.api.body import read_json
from assessment.api.operation import Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.problems import document_of, status_of
from assessment.api.query import NoQuery, read_query
from assessment.api.reply import Reply, encode
from assessment.api.session import AnyRequest, secret_key, services_of
from assessment.api.shape import Path, fit
from assessment.api.wire.scores import BatchAnswer, BatchProblem, BatchRequest, ScoreRequest
from assessment.errors import AssessmentError, InvalidAnswers, InvalidInput, Problem, RubricNotFound, pointer
from assessment.scoring.answers import Response
from assessment.scoring.result import Result
from assessment.service.rubrics import Rubrics
from assessment.service.scores import score

BATCH_BODY_LIMIT = 2 * 1024 * 1024
"""A thousand items of 2 KiB: a complete set of answers takes about 1.4 kB."""

_ITEMS_BETWEEN_PAUSES = 8


@post(
    "/v1/scores",
    status_code=200,
    opt=described(
        Op(
            id="score_answers",
            summary="Score answers",
            description="Scores one person's answers, or several people's together, and keeps nothing.",
            tag="Scoring",
            body=ScoreRequest,
            answers={200: Answer(Result, "The result.")},
            problems=(RubricNotFound, InvalidAnswers),
        )
    ),
)
async def score_answers(request: AnyRequest) -> Reply:
    await secret_key(request)
    read_query(request.scope["query_string"], NoQuery)
    rubrics = services_of(request).rubrics
    wire = fit_with_answers(await read_json(request), ScoreRequest, rubrics)
    return Reply(200, encode(_score(rubrics, wire, ())))


@post(
    "/v1/scores/batch",
    status_code=200,
    opt=described(
        Op(
            id="score_batch",
            summary="Score many sets of answers",
            description="Up to 1,000 sets, each answered with its result or its problem, in order. Keeps nothing. "
            "The body may have 2 MiB.",
            tag="Scoring",
            body=BatchRequest,
            answers={200: Answer(BatchAnswer, "A result or a problem for each item, in order.")},
        )
    ),
)
async def score_batch(request: AnyRequest) -> Reply:
    await secret_key(request)
    read_query(request.scope["query_string"], NoQuery)
    batch = fit(await read_json(request, BATCH_BODY_LIMIT), BatchRequest)
    rubrics = services_of(request).rubrics
    parts: list[bytes] = []
    for place, item in enumerate(batch.items):
        parts.append(_score_item(request, rubrics, item, place))
        if place % _ITEMS_BETWEEN_PAUSES == _ITEMS_BETWEEN_PAUSES - 1:
            # Others are served in between; a thousand items would else hold the loop for long.
            await asyncio.sleep(0)
    return Reply(200, b'{"data":[' + b",".join(parts) + b"]}")


def _score_item(request: AnyRequest, rubrics: Rubrics, item: Any, place: int) -> bytes:
    path = ("items", place)
    try:
        return b'{"result":' + encode(_score(rubrics, fit_with_answers(item, ScoreRequest, rubrics, path), path)) + b"}"
    except AssessmentError as error:
        if status_of(type(error)) >= 500:
            raise
        return encode(BatchProblem(document_of(error, request.scope)))


def _score(rubrics: Rubrics, wire: ScoreRequest, path: Path) -> Result:
    return score(rubrics, wire.rubric, read_responses(wire, path), wire.target_level)


def read_responses(wire: ScoreRequest, path: Path) -> list[Response]:
    """The responses of a request. Raises InvalidInput unless exactly one of `answers` and `responses` is there."""
    if wire.answers is not UNSET and wire.responses is UNSET:
        return [Response(wire.answers, None, (*path, "answers"))]
    if wire.responses is not UNSET and wire.answers is UNSET:
        return [
            Response(response.answers, response.function, (*path, "responses", place, "answers"))
            for place, response in enumerate(wire.responses)
        ]
    detail = "Give either `answers` or `responses`."
    place = pointer(*path, "answers" if wire.answers is UNSET else "responses")
    raise InvalidInput(detail, errors=[Problem(place, "one_of", detail)])


HANDLERS = (score_answers, score_batch)
