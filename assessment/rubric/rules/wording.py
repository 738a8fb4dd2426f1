"""How rules speak of unknown and repeated ids."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from assessment.errors import Problem
from assessment.rubric.document import Document, Place
from assessment.rubric.index import StudyIndex

_MOST_LISTED = 12


def unknown(what: str, got: str, known: Iterable[str]) -> str:
    """``there is no question `x` (did you mean `y`?); there are: …``; long lists stay out."""
    ids = list(dict.fromkeys(known))
    near = difflib.get_close_matches(got, ids, n=1)
    meant = f" (did you mean `{near[0]}`?)" if near else ""
    listed = f"; there are: {', '.join(ids)}" if 0 < len(ids) <= _MOST_LISTED else ""
    return f"there is no {what} `{got}`{meant}{listed}"


def repeated(document: Document, place: Place, ids: Sequence[str], what: str, *key: str) -> Iterator[Problem]:
    """A problem for each id that stands in `ids` before; item i lies at ``(*place, i, *key)``."""
    for index, name in enumerate(ids):
        if name in ids[:index]:
            first = document.line(*place, ids.index(name), *key)
            detail = f"the {what} `{name}` is given twice; the first is on line {first}"
            yield document.problem((*place, index, *key), "duplicate", detail)


def check_evidence(document: Document, place: Place, evidence: Sequence[str], index: StudyIndex) -> Iterator[Problem]:
    """Each id is one of a finding or a practice, and stands once."""
    yield from repeated(document, place, evidence, "evidence")
    if not index.complete:
        return
    for position, reference in enumerate(evidence):
        if not index.knows(reference):
            known = [*index.findings, *index.practices]
            detail = unknown("finding or practice", reference, known)
            yield document.problem((*place, position), "unknown_evidence", detail)
