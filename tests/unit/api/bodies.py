"""Random bodies that carry answers: such as people send, and such as only those send who want to be read wrongly."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

from assessment.scoring.compiled import CompiledQuestion, CompiledRubric

SENIORITIES = ("executive", "director", "manager", "specialist")
TEXTS = ("", "fine", "why: it is so", 'say "x"', "é – 😀", "{[:", "back\\slash", "\\u0041", "tab\there")
ODD: tuple[Any, ...] = (None, True, 0, 3, 2.0, 1e300, 10**30, -(10**20), "", "x", [], ["x"], {}, {"a": {}}, [[]], "a:b")
ODD_KEYS = ("rubric", "answers", "responses", "function", "option", "state", "note", "x", "", "q0", "a:b", "é")
PIECES = (
    b'"',
    b":",
    b",",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\\u0000",
    b"\\ud800",
    b"\\",
    b"null",
    b"1e999",
    b"\xff",
    b" ",
    b"x",
)


def score_request(references: dict[str, CompiledRubric], chance: random.Random) -> dict[str, Any]:
    """What `POST /v1/scores` takes, of one or of several people."""
    reference, rubric = chance.choice(list(references.items()))
    request: dict[str, Any] = {"rubric": reference}
    if chance.random() < 0.6:
        request["answers"] = answers(rubric, chance)
    else:
        request["responses"] = [
            {
                "answers": answers(rubric, chance),
                **_sometimes(chance, function=chance.choice([None, "x", *sorted(rubric.functions)])),
                **_sometimes(chance, seniority=chance.choice([None, *SENIORITIES])),
            }
            for _ in range(chance.randrange(1, 4))
        ]
    request |= _sometimes(chance, target_level=chance.choice([None, 1, 4]), often=0.2)
    return request | _sometimes(chance, confidentiality=chance.choice(["grouped", "named"]), often=0.2)


def assessment_request(references: dict[str, CompiledRubric], chance: random.Random) -> dict[str, Any]:
    """What `POST /v1/assessments` takes."""
    reference, rubric = chance.choice(list(references.items()))
    responses = [
        {
            "answers": answers(rubric, chance),
            **_sometimes(chance, function=chance.choice([None, *sorted(rubric.functions)])),
            **_sometimes(chance, respondent={"reference": "r: 1", **_sometimes(chance, seniority="manager")}),
            **_sometimes(chance, submit=chance.random() < 0.5),
        }
        for _ in range(chance.randrange(3))
    ]
    organisation = {
        "name": chance.choice(["Müller & Söhne", "Acme: Tools", "x"]),
        **_sometimes(chance, external_id="crm-1"),
        **_sometimes(chance, domain="example.org"),
        **_sometimes(chance, industry=None),
    }
    metadata = {"url": "https://example.org/?a=1", "n": 3, "share": 0.5, "whole": 2.0, "on": True, "none": None}
    return {
        "rubric": reference,
        "organisation": organisation,
        **_sometimes(chance, responses=responses, often=0.9),
        **_sometimes(chance, functions=sorted(rubric.functions)),
        **_sometimes(chance, complete=True),
        **_sometimes(chance, metadata=dict(chance.sample(list(metadata.items()), chance.randrange(len(metadata))))),
    }


def answers(rubric: CompiledRubric, chance: random.Random) -> dict[str, Any]:
    """Answers to some questions or to all, plain or with remarks, in any order."""
    missing, remarked = chance.choice([0.0, 0.0, 0.2]), chance.choice([0.0, 0.0, 0.3])
    asked = [question for question in rubric.questions if chance.random() >= missing]
    if chance.random() < 0.5:
        chance.shuffle(asked)
    return {question.id: _answer(question, chance, remarked) for question in asked}


def _answer(question: CompiledQuestion, chance: random.Random, remarked: float) -> Any:
    options = list(question.option_ids)
    choice: Any = chance.sample(options, chance.randrange(len(options) + 1)) if question.multiple else options[0]
    if not question.multiple:
        choice = chance.choice(options)
    if chance.random() >= remarked:
        return choice
    way = chance.randrange(4)
    if way == 0:
        return {"state": "dont_know", **_sometimes(chance, reason=chance.choice(TEXTS))}
    if way == 1:
        return {"state": "not_applicable", "reason": chance.choice(TEXTS)}
    return {"option": choice, **_sometimes(chance, note=chance.choice(TEXTS), evidence=chance.choice(TEXTS))}


def written(document: Any, chance: random.Random) -> bytes:
    """The document in one of the ways in which JSON is written."""
    text = json.dumps(
        document,
        ensure_ascii=chance.random() < 0.5,
        separators=chance.choice([(",", ":"), (", ", ": "), (" ,\n", " :\t")]),
        indent=chance.choice([None, None, 2]),
    )
    return text.encode()


def spoilt(document: Any, chance: random.Random) -> Any:
    """The document with one thing in it that is not as it should be."""
    places = list(_places(document))
    holder, key = chance.choice(places)
    way = chance.randrange(4)
    if way == 0 and isinstance(holder, dict):
        holder[chance.choice(ODD_KEYS)] = deepcopy(chance.choice(ODD))
    elif way == 1:
        del holder[key]
    elif way == 2 and isinstance(holder, list):
        holder.append(holder[key])
    else:
        holder[key] = deepcopy(chance.choice(ODD))
    return document


def _places(node: Any) -> Any:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in items:
        yield node, key
        yield from _places(child)


def torn(body: bytes, chance: random.Random) -> bytes:
    """The bytes with a piece left out, put in, or there twice."""
    start = chance.randrange(len(body))
    end = min(len(body), start + chance.randrange(1, 40))
    way = chance.randrange(4)
    if way == 0:
        return body[:start] + body[end:]
    if way == 1:
        return body[:start] + chance.choice(PIECES) + body[start:]
    # A key and what it says, twice: between commas, so that the whole stays JSON more often than not.
    pairs = body.split(b",")
    place = chance.randrange(len(pairs))
    return b",".join([*pairs[: place + 1], *pairs[place:]]) if way == 2 else body[:end] + body[start:]


def _sometimes(chance: random.Random, *, often: float = 0.5, **fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if chance.random() < often}
