"""A result as the bytes that are stored and sent, put together from what is prepared with the rubric."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from assessment.scoring.answers import Response, check_target, read_responses
from assessment.scoring.assess import Assessed, work_out
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.perceived import Confidentiality
from assessment.scoring.position import set_beside
from assessment.scoring.recommend import Fired, answers_behind
from assessment.scoring.result import QuestionResult

_encode = msgspec.json.Encoder().encode


class Encoded(msgspec.Struct, frozen=True, gc=False):
    """A result's JSON, with what of it goes into the columns of a row."""

    json: bytes
    rubric_digest: str
    engine: str
    score: float | None
    level: int | None


def assess_encoded(
    rubric: CompiledRubric,
    responses: Sequence[Response],
    *,
    target_level: int | None = None,
    confidentiality: Confidentiality = "grouped",
) -> Encoded:
    """The very bytes of the result that `assess` returns; raises what it raises."""
    check_target(rubric, target_level)
    sheets = read_responses(rubric, responses)
    if rubric.has_levels:
        found = work_out(rubric, sheets, target_level, confidentiality)
        result, json = found.frame, _fill(rubric, found)
    else:
        result = set_beside(rubric, sheets, confidentiality)
        json = _encode(result)
    level = None if result.rating is None else result.rating.level
    return Encoded(json, rubric.used.digest, result.engine, result.score, level)


def _fill(rubric: CompiledRubric, found: Assessed) -> bytes:
    """The frame's JSON with questions and recommendations in their places."""
    # A quotation mark inside a text is written with a backslash, so that no text can hold what is looked for.
    start, rest = _encode(found.frame).split(b'"questions":[]', 1)
    middle, end = rest.rsplit(b'"recommendations":[]', 1)
    parts = found.combined.parts
    questions = b",".join(found.combined.encoded or map(_encode, parts))
    moves = b",".join([_move(rubric, parts, rank, one) for rank, one in enumerate(found.fired, start=1)])
    return b"".join((start, b'"questions":[', questions, b"]", middle, b'"recommendations":[', moves, b"]", end))


def _move(rubric: CompiledRubric, parts: Sequence[QuestionResult], rank: int, fired: Fired) -> bytes:
    return b'%b"rank":%d,"gain":%b,"opens_gate":%b,"because":%b%b' % (
        fired.move.start,
        rank,
        _encode(fired.gain),
        _encode(fired.opens),
        _encode(answers_behind(rubric, fired, parts)),
        fired.move.end,
    )
