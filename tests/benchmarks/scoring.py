"""Rows 1 and 2: scoring alone, in one process, against reading the body and against engines that compute sums."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from assessment.api.answers import read_responses, read_with_answers
from assessment.api.wire.scores import ScoreRequest
from assessment.scoring.answers import Response
from assessment.scoring.assess import Rated, rate
from assessment.scoring.encoded import assess_encoded
from tests.benchmarks import sample
from tests.benchmarks.harness import Aim, Comparison, Group, Slice, timed
from tests.benchmarks.node import program

_READING = "json.loads of the standard library on the same body"


@contextmanager
def _contenders() -> Iterator[Mapping[str, Slice]]:
    rubrics, rubric = sample.rubrics(), sample.rubric()
    first = sample.score_body(sample.answers())
    ours, read, evaluated = sample.score_bodies(), sample.score_bodies(), sample.score_bodies()

    def responses() -> list[Response]:
        return read_responses(read_with_answers(next(ours), ScoreRequest, rubrics), ())

    def rated() -> Rated:
        return rate(rubric, responses())

    def assessed() -> bytes:
        return assess_encoded(rubric, responses()).json

    def score_only() -> bytes:
        return msgspec.json.encode(rated())

    expression = _zen().compile_expression(_zen_sums())
    sample.require_sums("zen-engine", expression.evaluate(first))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="assessment-bench-")))
        (folder / "body.json").write_bytes(first)
        given = (sample.write_questionnaire(folder), folder / "body.json")
        yield {
            "loads": timed(lambda: json.loads(next(read))),
            "rated": timed(rated),
            "zen": timed(lambda: expression.evaluate(next(evaluated))),
            "survey-core": stack.enter_context(program("score.mjs", *given, require=sample.require_sums)),
            "json-logic": stack.enter_context(program("rules.mjs", *given, require=sample.require_sums)),
            "assessed": timed(assessed),
            "score only": timed(score_only),
        }


def _zen() -> Any:
    """The package, which only the group `bench` installs: whoever reads the list of rows needs none of it."""
    try:
        return importlib.import_module("zen")
    except ModuleNotFoundError:
        raise RuntimeError("Rows 1 and 2 need the package zen-engine. Run them with: make bench") from None


def _zen_sums() -> str:
    """One expression for the sums of all dimensions. Comparing options is twice as fast there as looking them up
    in the context, and the engine parses the body itself faster than Python hands it a dict."""
    dimensions = sample.questionnaire()["dimensions"]
    return f"[{', '.join(' + '.join(_zen_term(q) for q in d['questions']) for d in dimensions)}]"


def _zen_term(question: dict[str, object]) -> str:
    answer = f'answers["{question["id"]}"]'
    levels: dict[str, float] = msgspec.convert(question["levels"], dict[str, float])
    if question["multiple"]:
        points = " + ".join(f'("{option}" in {answer} ? {level} : 0)' for option, level in levels.items())
        return f"{question['weight']} * min([4, {points}])"
    chain = "0"
    for option, level in levels.items():
        chain = f'{answer} == "{option}" ? {level} : ({chain})'
    return f"{question['weight']} * ({chain})"


GROUPS = (
    Group(
        "scoring",
        (
            Comparison(
                "1",
                "scoring: bytes to a validated rating with bounds",
                "json.loads of the body",
                Aim("at most", 1.5),
                "rated",
                "loads",
                "The bytes of a body with 32 answers, one of 500 bodies in turn, are decoded strictly, as the API "
                "does it, every answer is "
                "checked, and score, level and bounds are computed with gates and core rule. "
                f"Against it stands {_READING}.",
            ),
            Comparison(
                "1",
                "the same",
                "survey-core",
                Aim("at least", 100),
                "rated",
                "survey-core",
                "The same work as in the line above. Against it survey-core on Node parses the body, validates the "
                "answers with the same questionnaire and computes the weighted sum of each dimension as a calculated "
                "value, with one model kept for all respondents.",
            ),
            Comparison(
                "1",
                "the same",
                "json-logic-js",
                Aim("at least", 3),
                "rated",
                "json-logic",
                "The same work as in the lines above. Against it json-logic-js on Node parses the body and applies one "
                "rule for the weighted sum of each dimension, and does nothing else.",
                judged=False,
            ),
            Comparison(
                "1",
                "the same",
                "a compiled zen expression",
                Aim("at least", 3),
                "rated",
                "zen",
                "The same work as in the lines above. Against it zen-engine parses the body and evaluates one "
                "compiled expression for the weighted sum of each dimension, and does nothing else: no check, no "
                "level, no bounds.",
                limit="Of 4.2 µs msgspec takes one to read the body, counting colons (so that no key comes twice) 0.4, "
                "the sums 0.8 and eight logarithms 0.5; the rest is calls of Python. Tried and left: options as enums "
                "of numbers, tables as local names, unpacking first, and reading the body in two steps.",
            ),
            Comparison(
                "2",
                "complete result as bytes",
                "json.loads of the body",
                Aim("at most", 20),
                "assessed",
                "loads",
                "The same body becomes the complete result, with scenario grid, leave-one-out, next level, "
                f"recommendations and benchmarks, encoded as JSON. Against it stands {_READING}.",
                limit="What is left are ten parts in plain Python, none of which stands out: next level 21 µs, grid "
                "20, filling in what is kept as bytes 19, recommendations 18, stability 14. Tried and left: keeping a "
                "dimension's figures for each way to answer it, which saves a sixth where the same answers come again "
                "and costs more than it saves where they differ.",
            ),
            Comparison(
                "2",
                "score-only form as bytes",
                "json.loads of the body",
                Aim("at most", 3),
                "score only",
                "loads",
                f"The same body becomes score, level and bounds, encoded as JSON. Against it stands {_READING}.",
            ),
        ),
        _contenders,
    ),
)
