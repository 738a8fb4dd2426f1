"""What `assessment serve` prints: addresses at every start, and the first keys with a request to try, once."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import rich_click as click

from assessment.rubric.catalog import Catalog
from assessment.rubric.model import Rubric
from assessment.rubric.question import Kind, Question
from assessment.service.partners import NewPartner

WIDTH = 88


def address_of(host: str, port: int) -> str:
    """Where a client on this machine reaches the service: an address that means "all" is not one to connect to."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host)  # noqa: S104 - read, never bound
    if shown is None:
        shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def local_origins(address: str) -> list[str]:
    """The origins of pages of this machine at the port of `address`: where the first publishable key works."""
    port = address.rpartition(":")[2]
    ending = "" if port == "80" else f":{port}"  # browsers leave the usual port out
    return [f"http://{host}{ending}" for host in ("localhost", "127.0.0.1")]


def announce(address: str, where: str, metrics: str | None = None) -> str:
    """The lines of every start."""
    lines = [
        f"Alignment Assessment listens on {address}   (Ctrl-C stops it)",
        f"  start page         {address}/",
        f"  widget to paste    {address}/widget/v1/",
        f"  API documentation  {address}/docs",
        f"  contract           {address}/openapi.json",
        f"  data               {where}",
    ]
    if metrics is not None:
        lines.insert(-1, f"  metrics            {metrics}")
    return "\n".join(lines)


def present_keys(keys: NewPartner, address: str, catalog: Catalog, kept: Path | None) -> str:
    """The keys in a frame of rules, with nothing beside the lines that are to be copied. `kept` is the file with the
    publishable key, if there is one."""
    return "\n".join(_key_lines(keys, address, catalog, kept))


def _key_lines(keys: NewPartner, address: str, catalog: Catalog, kept: Path | None) -> Iterator[str]:
    rule = "─" * WIDTH
    yield rule
    yield click.style("Your first partner and its keys. They are shown this once: keep them.", bold=True)
    yield ""
    yield f"  partner          {keys.partner_id}"
    yield f"  secret key       {keys.secret_key}"
    yield f"  publishable key  {keys.publishable_key}"
    yield ""
    yield f"The publishable key is for pages of {' and '.join(local_origins(address))}. For your own:"
    yield f"  assessment key create {keys.partner_id} --kind publishable --origin https://www.example.com"
    yield ""
    if kept is not None:
        yield f"{address}/ starts assessments with it: it is kept in {kept}."
    else:
        yield f"To have {address}/ start assessments, set ASSESSMENT_START_KEY to it."
    yield ""
    rubric = _shortest(catalog)
    if rubric is not None:
        yield f"Try it: {rubric.head.title}, {len(rubric.questions)} answers in, a rating out."
        yield ""
        yield from _request(keys.secret_key, address, rubric)
        yield ""
    yield "README.md has a complete example organisation, answering all 32 questions of `alignment`."
    yield "More partners: assessment partner create NAME"
    yield rule


def _request(key: str, address: str, rubric: Rubric) -> Iterator[str]:
    body = {
        "rubric": rubric.head.id,
        "answers": {question.id: _answer(question) for question in rubric.questions},
    }
    yield f"curl -sS {shlex.quote(f'{address}/v1/scores')} \\"
    yield f"  -H 'Authorization: Bearer {key}' \\"
    yield "  -H 'Content-Type: application/json' \\"
    yield f"  -d {shlex.quote(json.dumps(body, indent=1))}"


def _answer(question: Question) -> str | list[str]:
    """An ordinary answer: the option in the middle, or the first two of several."""
    if question.kind is Kind.MULTIPLE:
        return [option.id for option in question.options[:2]]
    return question.options[len(question.options) // 2].id


def _shortest(catalog: Catalog) -> Rubric | None:
    """The shortest rubric that gives a rating."""
    rated = (entry.rubric for entry in catalog.entries() if entry.rubric.head.levels)
    return min(rated, key=lambda rubric: len(rubric.questions), default=None)
