"""What can be read whole: every version of a rubric, and every study, as the API serves them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from assessment.errors import NotFound
from assessment.mcp.desk import Desk

MEDIA_TYPE = "application/json"
_RUBRIC = re.compile(r"rubric://([^/]+)/([^/]+)")
_STUDY = re.compile(r"study://([^/]+)")


class Readable(NamedTuple):
    """A resource, or by its pattern a kind of them."""

    uri: str
    name: str
    title: str
    description: str


TEMPLATES = (
    Readable(
        "rubric://{id}/{version}",
        "rubric",
        "A version of a rubric",
        "Everything in it: questions, options, weights with their reasons, gates, benchmarks and recommendations.",
    ),
    Readable(
        "study://{id}",
        "study",
        "A study",
        "Who asked whom, how it was read, how good it is, and every finding taken from it.",
    ),
)


def listed(desk: Desk) -> Iterator[Readable]:
    """Every version and every study. Raises Forbidden."""
    desk.require("catalogue:read")
    for entry in desk.rubrics.catalog.entries():
        head = entry.rubric.head
        title = f"{head.title}, version {head.version}"
        yield Readable(f"rubric://{head.id}/{head.version}", entry.reference, title, head.summary)
    for study in sorted(desk.rubrics.catalog.studies.values(), key=lambda one: one.id):
        said = f"{study.publisher}; {study.population}"
        yield Readable(f"study://{study.id}", study.id, study.title, said)


def read(desk: Desk, uri: str) -> str:
    """The document at an address. Raises Forbidden, or a NotFound."""
    desk.require("catalogue:read")
    if found := _RUBRIC.fullmatch(uri):
        return desk.documents.rubric(desk.rubrics.get(f"{found[1]}@{found[2]}")).decode()
    if found := _STUDY.fullmatch(uri):
        return desk.documents.study(desk.rubrics.catalog.study(found[1])).decode()
    raise NotFound(f"There is nothing at {uri[:200]!r}. Readable are {' and '.join(one.uri for one in TEMPLATES)}.")
