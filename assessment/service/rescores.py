"""Stored assessments scored anew by another version of their rubric, beside the figures that they have and keep.

What is stored reads back the same for ever, so nothing of this is stored: it is a table, to see what a version changes
before it is used, or to have all assessments by one measure. An answer counts where the version has the question and
the option; others are left out, and so widen the bounds, as any question does that nobody answered.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa

from assessment.errors import InvalidAnswers
from assessment.scoring.answers import Response, unpack_answers
from assessment.scoring.assess import rate
from assessment.scoring.batch import PROBLEMS, BatchScorer
from assessment.scoring.cells import NOT_APPLICABLE, write_cell
from assessment.scoring.columns import FUNCTION
from assessment.scoring.compile import ENGINE_VERSION
from assessment.scoring.compiled import CompiledRubric
from assessment.service import ids
from assessment.service.context import Store
from assessment.service.organisations import Operator
from assessment.service.result_fields import Field
from assessment.service.result_table import export_row
from assessment.service.rubrics import Rubrics
from assessment.service.views import used_rubric
from assessment.store.assessments import AssessmentRow, Filters, Found, list_assessments
from assessment.store.responses import ResponseRow, list_responses
from assessment.store.selection import count_selected, list_rubrics_selected

FIELDS = (
    Field("partner", "text"),
    Field("assessment", "text"),
    Field("organisation", "text"),
    Field("organisation_external_id", "text"),
    Field("completed_at", "time"),
    Field("responses", "integer"),
    Field("rubric", "text"),
    Field("old_version", "text"),
    Field("old_engine", "text"),
    Field("old_score", "number"),
    Field("old_level", "integer"),
    Field("version", "text"),
    Field("engine", "text"),
    Field("score", "number"),
    Field("level", "integer"),
    Field("bounds_lower", "number"),
    Field("bounds_upper", "number"),
    Field("bounds_firm", "flag"),
    Field("change", "number"),
    Field("bridged", "flag"),
    Field("answers_left_out", "integer"),
    Field("problem", "text"),
)
"""The columns. `change` is the score less the old one; `bridged` whether the rubric's author has said that the two
versions' scores can be compared. `problem` says why there is no score although somebody answered."""
_FIGURES = ("score", "level", "bounds_lower", "bounds_upper", "bounds_firm")

Row = dict[str, Any]


class Carried(NamedTuple):
    """A response as the new version reads it, and how many of its answers that has no place for."""

    answers: dict[str, object]
    function: str | None
    left_out: int


class Rescoring:
    """All completed assessments of a rubric, up to a moment, scored by one version of it."""

    def __init__(self, store: Store, rubrics: Rubrics, rubric: CompiledRubric, until: datetime) -> None:
        self._store = store
        self._rubrics = rubrics
        self._rubric = rubric
        self._scorer = BatchScorer(rubric)
        self._filters = Filters(rubric_id=rubric.used.id, status="completed", completed_before=until)

    async def begin(self, operator: Operator) -> int:
        """How many there are of the operator's partner. It is noted in the audit log. Raises RubricNotFound where a
        version that answers were given to is not installed."""
        owner = (operator.partner_id, operator.mode)
        async with self._store.database.read(operator) as session:
            total = await count_selected(session, *owner, self._filters)
            for pinned in await list_rubrics_selected(session, *owner, self._filters):
                self._rubrics.pinned(pinned.rubric_id, pinned.rubric_version, "sha256:" + pinned.rubric_digest.hex())
        await self._store.queue.insert([export_row(operator, total)])
        return total

    async def pages(
        self, operator: Operator, size: int, before: uuid.UUID | None = None
    ) -> AsyncIterator[tuple[list[Row], uuid.UUID]]:
        """Rows with a value for each of FIELDS, newest assessment first, of those older than `before`; with each page
        the id of its last one."""
        owner = (operator.partner_id, operator.mode)
        while True:
            async with self._store.database.read(operator) as session:
                found = await list_assessments(session, *owner, limit=size, before=before, filters=self._filters)
                responses = await list_responses(session, *owner, [row.id for row, _ in found])
            if not found:
                return
            before = found[-1][0].id
            yield self._page(found, responses), before

    def _page(self, found: Sequence[Found], responses: Sequence[ResponseRow]) -> list[Row]:
        of: dict[uuid.UUID, list[Carried]] = {row.id: [] for row, _ in found}
        rows = {row.id: row for row, _ in found}
        for response in responses:
            if response.submitted_at is not None:
                of[response.assessment_id].append(self._carry(rows[response.assessment_id], response))
        alone = {id_: carried[0] for id_, carried in of.items() if len(carried) == 1}
        figures = self._rate_alone(alone)
        for id_, carried in of.items():
            if len(carried) > 1:
                figures[id_] = self._rate(carried)
        return [self._row(one, of[one[0].id], figures.get(one[0].id, {})) for one in found]

    def _carry(self, row: AssessmentRow, response: ResponseRow) -> Carried:
        used = used_rubric(row)
        given = unpack_answers(self._rubrics.pinned(used.id, used.version, used.digest), response.answers)
        carried = {name: kept for name, answer in given.items() if (kept := self._keep(name, answer)) is not None}
        return Carried(carried, response.function, len(given) - len(carried))

    def _keep(self, name: str, answer: object) -> object:
        """The answer to a question in the version, or None where it has no place."""
        question = self._rubric.by_id.get(name)
        if question is None:
            return None
        if isinstance(answer, dict):
            if "state" in answer:
                return answer
            answer = answer["option"]
        chosen = answer if isinstance(answer, list) else [answer]
        fits = question.multiple == isinstance(answer, list) and all(one in question.levels for one in chosen)
        return answer if fits else None

    def _rate_alone(self, responses: Mapping[uuid.UUID, Carried]) -> dict[uuid.UUID, Row]:
        """Assessments with one response each, as rows of one batch."""
        if not responses:
            return {}
        given = list(responses.values())
        columns = {FUNCTION: pa.array([one.function for one in given], pa.string())}
        for question in self._rubric.questions:
            cells = [_cell(one.answers.get(question.id)) for one in given]
            columns[question.id] = pa.array(cells, pa.string())
        scores = self._scorer.score(pa.record_batch(columns)).to_pylist()
        return {
            id_: {name: row[name] for name in _FIGURES} | {"problem": _said(row[PROBLEMS])}
            for id_, row in zip(responses, scores, strict=True)
        }

    def _rate(self, responses: Sequence[Carried]) -> Row:
        try:
            rated = rate(self._rubric, [Response(one.answers, one.function) for one in responses])
        except InvalidAnswers as error:
            return {"problem": "; ".join(one.detail for one in error.errors)}
        figures = (rated.score, rated.level, rated.lower, rated.upper, rated.firm)
        return dict(zip(_FIGURES, figures, strict=True))

    def _row(self, found: Found, carried: Sequence[Carried], figures: Row) -> Row:
        row, organisation = found
        new, old = self._rubric.used, used_rubric(row)
        span = self._rubrics.catalog.span(new.id, (old.version, old.digest), (new.version, new.digest))
        old_score = None if row.score is None else row.score / 100
        score = figures.get("score")
        said: Row = {
            "partner": ids.to_text("ptnr", row.partner_id),
            "assessment": ids.to_text("asmt", row.id),
            "organisation": ids.to_text("org", organisation.id),
            "organisation_external_id": organisation.external_id,
            "completed_at": row.completed_at,
            "responses": len(carried),
            "rubric": new.id,
            "old_version": old.version,
            "old_engine": row.engine,
            "old_score": old_score,
            "old_level": row.level,
            "version": new.version,
            "engine": ENGINE_VERSION,
            "change": None if score is None or old_score is None else round(score - old_score, 2),
            "bridged": span is not None and span.overall,
            "answers_left_out": sum(one.left_out for one in carried),
        }
        return {field.name: (said | figures).get(field.name) for field in FIELDS}


def _cell(answer: object) -> str | None:
    if answer is None or isinstance(answer, str):
        return answer
    if isinstance(answer, list):
        return write_cell(answer)
    assert isinstance(answer, dict)
    # The reason changes no score, and each one would be another text to look at.
    return f"{NOT_APPLICABLE}: said so" if answer["state"] == NOT_APPLICABLE else str(answer["state"])


def _said(problems: Sequence[Mapping[str, str]] | None) -> str | None:
    return None if problems is None else "; ".join(one["detail"] for one in problems)
