"""Handlers that score, and keep nothing but what an idempotency key asks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
from litestar import post

from assessment.api.admission import AnyRequest, admit, intake_of, services_of
from assessment.api.answers import fit_with_answers, read_with_answers, score_request_encoded
from assessment.api.body import BODY_LIMIT, decode, decode_again, read_body
from assessment.api.idempotency import once, reply_at_length
from assessment.api.operation import Answer, described
from assessment.api.operation import Operation as Op
from assessment.api.problems import document_of, status_of
from assessment.api.query import NoQuery, read_query
from assessment.api.refusals import BodyTooLarge
from assessment.api.reply import Reply, StreamReply, begin, encode
from assessment.api.shape import fit
from assessment.api.typed import reader_of
from assessment.api.wire.scores import BatchAnswer, BatchProblem, BatchRequest, ScoreRequest
from assessment.errors import AssessmentError, InvalidAnswers, RubricNotFound
from assessment.scoring.result import Result
from assessment.service.receipts import About, Receipt
from assessment.service.rubrics import Rubrics

BATCH_BODY_LIMIT = 2 * 1024 * 1024
"""A thousand items of 2 KiB: a complete set of answers takes about 1.4 kB."""

_ITEMS_AT_ONCE = 8
_ERRORS_SHOWN = 20
"""Problems listed for one item; a thousand items have as many lists."""


class _Items(msgspec.Struct):
    items: list[msgspec.Raw]


_split = msgspec.json.Decoder(_Items).decode


@post(
    "/v1/scores",
    status_code=200,
    opt=described(
        Op(
            id="score_answers",
            scope="scores:write",
            publishable=True,
            summary="Score answers",
            description="Scores one person's answers, or several people's together, and keeps nothing; with an "
            "Idempotency-Key, the answer alone.",
            tag="Scoring",
            body=ScoreRequest,
            answers={200: Answer(Result, "The result.")},
            problems=(RubricNotFound, InvalidAnswers),
        )
    ),
)
async def score_answers(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    services = services_of(request)
    body = await read_body(request)

    async def work(receipt: Receipt | None) -> Reply:
        wire = read_with_answers(body, ScoreRequest, services.rubrics)
        result = score_request_encoded(services.rubrics, wire)
        reply = Reply(200, result.json)
        if receipt is not None:
            await services.queue.insert([receipt.row(reply, About(rubric=result.rubric_digest))])
        return reply

    return await once(request, principal, body, work)


@post(
    "/v1/scores/batch",
    status_code=200,
    opt=described(
        Op(
            id="score_batch",
            scope="scores:write",
            summary="Score many sets of answers",
            description="Up to 1,000 sets, each answered with its result or its problem, in order. Keeps nothing; with "
            "an Idempotency-Key, the answer alone. The body may have 2 MiB.",
            tag="Scoring",
            body=BatchRequest,
            answers={200: Answer(BatchAnswer, "A result or a problem for each item, in order.")},
        )
    ),
)
async def score_batch(request: AnyRequest) -> Reply:
    principal = await admit(request)
    read_query(request.scope["query_string"], NoQuery)
    services = services_of(request)
    body = await read_body(request, BATCH_BODY_LIMIT)

    async def work(receipt: Receipt | None) -> Reply:
        fit(decode(body), BatchRequest)
        parts = _score_items(request, services.rubrics, body)
        if receipt is None:
            # Sent as it is made: a thousand results have 60 MB.
            return StreamReply(await begin(parts))
        # What is kept has to be there as a whole, so one batch at a time; packed, it has a sixtieth.
        intake = intake_of(request)
        with intake.holding(len(body)):
            async with intake.alone:
                packed = await services.results.pack_parts(parts)
                await services.queue.insert([receipt.row_at_length(packed)])
        return await reply_at_length(request, packed)

    return await once(request, principal, body, work)


async def _score_items(request: AnyRequest, rubrics: Rubrics, body: bytes) -> AsyncIterator[bytes]:
    """The answer in parts. Of the items only their bytes are kept, which take far less than what they say."""
    with intake_of(request).holding(len(body)):
        items = _split(body).items
        for start in range(0, len(items), _ITEMS_AT_ONCE):
            group = enumerate(items[start : start + _ITEMS_AT_ONCE], start)
            scored = [_score_item(request, rubrics, item, place) for place, item in group]
            end = b"]}" if start + _ITEMS_AT_ONCE >= len(items) else b""
            yield (b"," if start else b'{"data":[') + b",".join(scored) + end
            # Others are served in between; a thousand items would else hold the loop for long.
            await asyncio.sleep(0)


def _score_item(request: AnyRequest, rubrics: Rubrics, item: msgspec.Raw, place: int) -> bytes:
    path = ("items", place)
    try:
        if memoryview(item).nbytes > BODY_LIMIT:
            raise BodyTooLarge(f"An item may have at most {BODY_LIMIT:,} bytes.")
        wire = reader_of(rubrics, ScoreRequest).read_again(item)
        if wire is None:
            wire = fit_with_answers(decode_again(item), ScoreRequest, rubrics, path)
        return b'{"result":' + score_request_encoded(rubrics, wire, path).json + b"}"
    except AssessmentError as error:
        if status_of(type(error)) >= 500:
            raise
        return encode(BatchProblem(document_of(error, request.scope, _ERRORS_SHOWN)))


HANDLERS = (score_answers, score_batch)
