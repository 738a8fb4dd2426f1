"""The catalogue in ready bytes: every rubric version in all its languages, and every study, encoded at start-up."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from assessment.api.describe import describe_rubric, describe_study
from assessment.api.query import in_query
from assessment.api.refusals import InvalidQuery
from assessment.api.reply import Headers, encode, etag_of
from assessment.errors import Problem, RubricNotFound, StudyNotFound
from assessment.rubric.studies import Study
from assessment.rubric.translate import check_locale
from assessment.scoring.compiled import CompiledRubric


class Ready(msgspec.Struct, frozen=True):
    """A document in the bytes it is sent as; a rubric with its language."""

    body: bytes
    etag: bytes
    headers: Headers = ()


class Row(msgspec.Struct, frozen=True):
    """One entry of a list: `key` is unique and makes the cursor."""

    key: str
    body: msgspec.Raw


class Shelf:
    """Every published rubric version and every study, encoded."""

    def __init__(self, rubrics: Sequence[CompiledRubric], studies: Mapping[str, Study]) -> None:
        """`rubrics` in the order of id and version, so that the last one of an id is its latest."""
        self._versions: dict[tuple[str, str], dict[str, Ready]] = {}
        self._latest: dict[str, dict[str, Ready]] = {}
        for rubric in rubrics:
            head = rubric.source.head
            ready = {locale: _prepare_rubric(rubric, locale) for locale in rubric.source.locales}
            self._versions[head.id, head.version] = self._latest[head.id] = ready
        self.locales = tuple(sorted({locale for ready in self._versions.values() for locale in ready}))
        self._rubric_rows = {locale: tuple(self._rows_in(locale)) for locale in (None, *self.locales)}
        self._studies = {study.id: _prepare(describe_study(study)) for study in studies.values()}
        self.study_rows = tuple(Row(key, msgspec.Raw(ready.body)) for key, ready in sorted(self._studies.items()))

    def _rows_in(self, locale: str | None) -> Iterator[Row]:
        for (rubric_id, version), ready in self._versions.items():
            body = _in_language(ready, locale if locale in ready else None).body
            yield Row(f"{rubric_id}@{version}", msgspec.Raw(body))

    def rubric_rows(self, locale: str | None) -> tuple[Row, ...]:
        """Every version in a language, or in its own where it does not have that. Raises InvalidQuery for a language
        that none has."""
        _check_locale(locale, self.locales)
        return self._rubric_rows[locale]

    def rubric(self, rubric_id: str, version: str | None, locale: str | None) -> Ready:
        """A version, or the latest. Raises RubricNotFound; InvalidQuery for a language it does not have."""
        ready = self._latest.get(rubric_id) if version is None else self._versions.get((rubric_id, version))
        if ready is None:
            reference = rubric_id if version is None else f"{rubric_id}@{version}"
            published = ", ".join(row.key for row in self._rubric_rows[None])
            raise RubricNotFound(f"There is no published rubric {reference[:100]!r}. Published are: {published}.")
        _check_locale(locale, tuple(ready))
        return _in_language(ready, locale)

    def study(self, study_id: str) -> Ready:
        """Raises StudyNotFound."""
        ready = self._studies.get(study_id)
        if ready is None:
            raise StudyNotFound(f"There is no study {study_id[:100]!r}. GET /v1/studies lists them.")
        return ready


def _prepare(wire: msgspec.Struct, headers: Headers = ()) -> Ready:
    body = encode(wire)
    return Ready(body, etag_of(body), headers)


def _prepare_rubric(rubric: CompiledRubric, locale: str) -> Ready:
    return _prepare(describe_rubric(rubric, locale), ((b"content-language", locale.encode()),))


def _in_language(ready: Mapping[str, Ready], locale: str | None) -> Ready:
    """In its own language, which comes first, unless another is asked for."""
    return next(iter(ready.values())) if locale is None else ready[locale]


def _check_locale(locale: str | None, locales: Sequence[str]) -> None:
    """Raises InvalidQuery for a language that is not one of `locales`."""
    if locale is not None:
        with in_query():
            check_locale(locale, locales)


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
