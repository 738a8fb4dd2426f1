"""Scores what it is given, again: a program for any Python that can import the scorer, without the service.

Each line of standard input is a JSON object `{"rubric": "id@version", "digest", "target_level", "responses":
[{"function", "answers": base64 of the stored form}]}`. For each it prints the SHA-256 of the result's JSON, and at
the end that of all of them in a row.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from typing import TypedDict

import msgspec

from assessment.rubric.catalog import Catalog, default_directory, parse_reference
from assessment.scoring.answers import Response, unpack_answers
from assessment.scoring.assess import assess
from assessment.scoring.compile import compile_rubric
from assessment.scoring.compiled import CompiledRubric


class StoredResponse(TypedDict):
    function: str | None
    answers: str


class Stored(TypedDict):
    rubric: str
    digest: str
    target_level: int | None
    responses: list[StoredResponse]


def main() -> None:
    catalog = Catalog.load(default_directory())
    compiled: dict[str, CompiledRubric] = {}
    whole = hashlib.sha256()
    for line in sys.stdin.buffer:
        stored = msgspec.json.decode(line, type=Stored)
        reference = stored["rubric"]
        if reference not in compiled:
            entry = catalog.find(*parse_reference(reference))
            compiled[reference] = compile_rubric(entry.rubric, catalog.studies, entry.digest)
        rubric = compiled[reference]
        if rubric.used.digest != stored["digest"]:
            sys.exit(f"{reference} is not what it was when it was used: {stored['digest']}, now {rubric.used.digest}")
        responses = [
            Response(unpack_answers(rubric, base64.b64decode(one["answers"])), one["function"])
            for one in stored["responses"]
        ]
        result = msgspec.json.encode(assess(rubric, responses, target_level=stored["target_level"]))
        whole.update(result)
        sys.stdout.write(f"{hashlib.sha256(result).hexdigest()}\n")
    sys.stdout.write(f"{whole.hexdigest()}\n")


if __name__ == "__main__":
    main()
