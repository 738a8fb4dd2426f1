"""A result as the bytes that are stored and sent, put together from what is prepared with the rubric."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from assessment.scoring.answers import Response, check_target, read_responses
from assessment.scoring.assess import Assessed, work_out
from assessment.scoring.compiled import CompiledRubric
from assessment.scoring.perceived import Confidentiality
from assessment.scoring.position import set_beside
from assessment.scoring.prepared import cite

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
        result, json = found.frame, _fill(found)
    else:
        result = set_beside(rubric, sheets, confidentiality)
        json = _encode(result)
    level = None if result.rating is None else result.rating.level
    return Encoded(json, rubric.used.digest, result.engine, result.score, level)


def _fill(found: Assessed) -> bytes:
    """The frame's JSON with questions and recommendations in their places."""
    # A quotation mark inside a text is written with a backslash, so that no text can hold what is looked for.
    start, _, rest = _encode(found.frame).partition(b'"questions":[]')
    middle, _, end = rest.rpartition(b'"recommendations":[]')
    combined = found.combined
    if combined.contributions is not None:
        questions = [one.json for one in combined.contributions]
        cited = [one.cited for one in combined.contributions]
    else:
        questions = [_encode(part) for part in combined.parts]
        cited = [_encode(cite(part)) for part in combined.parts]
    moves = [
        b'%b"rank":%d,"gain":%b,"opens_gate":%b,"because":[%b]%b'
        % (
            one.move.start,
            rank,
            _encode(one.gain),
            _encode(one.opens),
            b",".join([cited[index] for index in one.because]),
            one.move.end,
        )
        for rank, one in enumerate(found.fired, start=1)
    ]
    return b"".join(
        (
            start,
            b'"questions":[',
            b",".join(questions),
            b"]",
            middle,
            b'"recommendations":[',
            b",".join(moves),
            b"]",
            end,
        )
    )
