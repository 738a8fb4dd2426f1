"""The catalogue in ready bytes: every rubric version and study is encoded once, at start-up."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

import msgspec

from assessment.api.describe import describe_rubric, describe_study
from assessment.api.refusals import InvalidQuery
from assessment.api.reply import encode, etag_of
from assessment.errors import Problem, RubricNotFound, StudyNotFound
from assessment.rubric.studies import Study
from assessment.scoring.compiled import CompiledRubric


class Ready(msgspec.Struct, frozen=True):
    """A document in the bytes it is sent as, and the languages it can be had in."""

    body: bytes
    etag: bytes
    locales: tuple[str, ...]


class Row(msgspec.Struct, frozen=True):
    """One entry of a list: `key` is unique and makes the cursor."""

    key: str
    body: msgspec.Raw


class Shelf:
    """Every published rubric version and every study, encoded."""

    def __init__(self, rubrics: Sequence[CompiledRubric], studies: Mapping[str, Study]) -> None:
        """`rubrics` in the order of id and version, so that the last one of an id is its latest."""
        self._versions: dict[tuple[str, str], Ready] = {}
        self._latest: dict[str, Ready] = {}
        rows = []
        for rubric in rubrics:
            wire = describe_rubric(rubric)
            ready = _prepare(wire, tuple(wire.locales))
            self._versions[wire.id, wire.version] = self._latest[wire.id] = ready
            rows.append(Row(f"{wire.id}@{wire.version}", msgspec.Raw(ready.body)))
        self.rubric_rows = tuple(rows)
        self._studies = {study.id: _prepare(describe_study(study)) for study in studies.values()}
        self.study_rows = tuple(Row(key, msgspec.Raw(ready.body)) for key, ready in sorted(self._studies.items()))

    def rubric(self, rubric_id: str, version: str | None, locale: str | None) -> Ready:
        """A version, or the latest. Raises RubricNotFound; InvalidQuery for a language it does not have."""
        ready = self._latest.get(rubric_id) if version is None else self._versions.get((rubric_id, version))
        if ready is None:
            reference = rubric_id if version is None else f"{rubric_id}@{version}"
            published = ", ".join(row.key for row in self.rubric_rows)
            raise RubricNotFound(f"There is no published rubric {reference[:100]!r}. Published are: {published}.")
        check_locale(locale, ready.locales)
        return ready

    def study(self, study_id: str) -> Ready:
        """Raises StudyNotFound."""
        ready = self._studies.get(study_id)
        if ready is None:
            raise StudyNotFound(f"There is no study {study_id[:100]!r}. GET /v1/studies lists them.")
        return ready

    @property
    def locales(self) -> tuple[str, ...]:
        """Languages in which any rubric can be had."""
        return tuple(sorted({locale for ready in self._latest.values() for locale in ready.locales}))


def _prepare(wire: msgspec.Struct, locales: tuple[str, ...] = ()) -> Ready:
    body = encode(wire)
    return Ready(body, etag_of(body), locales)


def check_locale(locale: str | None, locales: Sequence[str]) -> None:
    """Raises InvalidQuery for a language that is not one of `locales`."""
    if locale is not None and locale not in locales:
        detail = f"No texts in {locale[:40]!r}. Allowed: {', '.join(locales)}."
        raise InvalidQuery(detail, errors=[Problem("/query/locale", "unknown_locale", detail)])


def cut_page(rows: Sequence[Row], limit: int, cursor: str | None) -> bytes:
    """A page of `rows` in the bytes it is sent as."""
    start = 0 if cursor is None else _position_after(rows, cursor)
    page = rows[start : start + limit]
    more = start + limit < len(rows)
    following = _cursor_at(page[-1].key) if more else None
    return encode({"data": [row.body for row in page], "has_more": more, "next_cursor": following})


def _cursor_at(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _position_after(rows: Sequence[Row], cursor: str) -> int:
    for place, row in enumerate(rows):
        if _cursor_at(row.key) == cursor:
            return place + 1
    detail = "Not a cursor of this list; send `next_cursor` of the page before."
    raise InvalidQuery(detail, errors=[Problem("/query/cursor", "invalid_cursor", detail)])
