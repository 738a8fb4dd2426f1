"""Rows 1 and 2: scoring alone, in one process, against reading the body and against engines that compute sums."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from assessment.api.answers import read_responses, read_with_answers
from assessment.api.wire.scores import ScoreRequest
from assessment.scoring.assess import Rated, rate
from assessment.scoring.encoded import assess_encoded
from tests.benchmarks import sample
from tests.benchmarks.harness import SLICE_SECONDS, Aim, Comparison, Group, Slice, timed

PEER = Path(__file__).parent / "peers" / "survey-core"
START_SECONDS = 120

_READING = "json.loads of the standard library on the same body"


@contextmanager
def _contenders() -> Iterator[Mapping[str, Slice]]:
    rubrics, rubric = sample.rubrics(), sample.rubric()
    body = sample.score_body()

    def rated() -> Rated:
        return rate(rubric, read_responses(read_with_answers(body, ScoreRequest, rubrics), ()))

    def assessed() -> bytes:
        return assess_encoded(rubric, read_responses(read_with_answers(body, ScoreRequest, rubrics), ())).json

    def score_only() -> bytes:
        return msgspec.json.encode(rated())

    expression = _zen().compile_expression(_zen_sums())
    sample.require_sums("zen-engine", expression.evaluate(body))
    with _survey_core(body) as survey_core:
        yield {
            "loads": timed(lambda: json.loads(body)),
            "rated": timed(rated),
            "zen": timed(lambda: expression.evaluate(body)),
            "survey-core": survey_core,
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


@contextmanager
def _survey_core(body: bytes) -> Iterator[Slice]:
    """The peer in a Node process of its own, which keeps the time itself."""
    _install()
    with TemporaryDirectory(prefix="assessment-bench-") as name:
        folder = Path(name)
        (folder / "body.json").write_bytes(body)
        command = ["node", "score.mjs", str(sample.write_questionnaire(folder)), str(folder / "body.json")]
        with subprocess.Popen(command, cwd=PEER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            sums = process.stdout.readline()
            if not sums:
                raise RuntimeError("survey-core did not start; its message is above.")
            sample.require_sums("survey-core", json.loads(sums))
            count = 1

            def run() -> float:
                nonlocal count
                assert process.stdin is not None
                assert process.stdout is not None
                print(count, file=process.stdin, flush=True)
                cost = float(process.stdout.readline()) / count
                count = max(1, int(2 * SLICE_SECONDS / cost))
                return cost

            yield run
            process.stdin.close()
            process.wait(10)


def _install() -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise RuntimeError("Rows 1 and 2 need Node with npm (for survey-core). Choose others: --rows 3,4,5,6")
    if not (PEER / "node_modules").is_dir():
        install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(install, cwd=PEER, check=True, capture_output=True, timeout=START_SECONDS)


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
                "The bytes of a body with 32 answers are decoded strictly, as the API does it, every answer is "
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
                "a compiled zen expression",
                Aim("at least", 3),
                "rated",
                "zen",
                "The same work as in the lines above. Against it zen-engine parses the body and evaluates one "
                "compiled expression for the weighted sum of each dimension, and does nothing else: no check, no "
                "level, no bounds.",
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
