"""Responses that keys give: drafts that merge, submitting, what races decide, what is foreign."""

from __future__ import annotations

import asyncio
from typing import Any, get_args

import msgspec
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.api.wire.assessments import Seniority
from assessment.errors import (
    AssessmentCompleted,
    InvalidAnswers,
    InvalidInput,
    LimitReached,
    PreconditionFailed,
    ResourceNotFound,
    ResponseSubmitted,
)
from assessment.scoring.answers import SENIORITIES
from assessment.service import assessments, drafts, ids, responses
from assessment.service.assessments import Respondent, ResponseIn
from assessment.service.context import Principal, Services
from assessment.service.drafts import DraftChange
from assessment.service.responses import ResponseDetails
from assessment.store.access import EVERYONE
from assessment.store.tables import RESPONSES
from tests.integration.service.helpers import best_answers, new_assessment, new_principal, worst_answers


async def opened(services: Services, principal: Principal, **fields: Any) -> str:
    """The id of an assessment that nobody has responded to."""
    new = new_assessment(services, complete=False, responses=[], **fields)
    return (await assessments.create(services, principal, new)).id


def as_it_was(seen: ResponseDetails) -> responses.Expect:
    """Lets nothing pass but the state that was seen."""

    def expect(found: ResponseDetails) -> None:
        if found != seen:
            raise PreconditionFailed

    return expect


async def test_a_draft_grows_and_is_scored_once_it_is_submitted(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    best = best_answers(services)
    given = DraftChange({"kpi-set": best["kpi-set"]}, "sales", Respondent("u-1", "director"))
    begun = await responses.create(services, principal, assessment, given)
    assert (begun.submitted_at, begun.answers, begun.withheld) == (None, {"kpi-set": best["kpi-set"]}, None)
    grown = await responses.amend(services, principal, assessment, begun.id, DraftChange(best), as_it_was(begun))
    assert grown == msgspec.structs.replace(begun, answers=best)
    assert await responses.get(services, principal, assessment, begun.id) == grown
    with pytest.raises(InvalidInput, match="has none"):
        await assessments.complete(services, principal, assessment)
    submitted = await responses.submit(services, principal, assessment, begun.id)
    assert submitted.submitted_at is not None
    completed = await assessments.complete(services, principal, assessment)
    assert msgspec.json.decode(completed.result or b"null")["score"] == 100.0
    assert [one.id for one in completed.responses] == [begun.id]


async def test_a_submitted_response_does_not_change(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    given = DraftChange(best_answers(services), "sales")
    done = await responses.create(services, principal, assessment, given, submit=True)
    with pytest.raises(ResponseSubmitted):
        await responses.amend(services, principal, assessment, done.id, DraftChange(worst_answers(services)))
    with pytest.raises(ResponseSubmitted):
        await responses.submit(services, principal, assessment, done.id)
    assert await responses.get(services, principal, assessment, done.id) == done


async def test_nobody_responds_to_a_completed_assessment(services: Services) -> None:
    principal = await new_principal(services)
    new = new_assessment(services, complete=False)
    created = await assessments.create(services, principal, new)
    draft = await responses.create(services, principal, created.id, DraftChange({}, "marketing"))
    await assessments.complete(services, principal, created.id)
    with pytest.raises(AssessmentCompleted):
        await responses.create(services, principal, created.id, DraftChange())
    with pytest.raises(AssessmentCompleted):
        await responses.amend(services, principal, created.id, draft.id, DraftChange())
    with pytest.raises(AssessmentCompleted):
        await responses.submit(services, principal, created.id, draft.id)
    assert (await responses.get(services, principal, created.id, draft.id)).answers == {}


async def test_a_list_is_read_page_by_page_oldest_first(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    made = [await responses.create(services, principal, assessment, DraftChange({}, "sales")) for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = await responses.list_page(services, principal, assessment, limit=2, cursor=cursor)
        seen += page.data
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == made
    other = await opened(services, principal)
    first = await responses.list_page(services, principal, assessment, limit=2)
    with pytest.raises(InvalidInput):
        await responses.list_page(services, principal, other, limit=2, cursor=first.next_cursor)


async def test_what_is_wrong_is_refused_and_changes_nothing(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal, functions=["sales"])
    begun = await responses.create(services, principal, assessment, DraftChange({}, "sales"))
    wrong = DraftChange({"kpi-set": "no-such-option"}, "marketing", Respondent(" ", "boss"))
    with pytest.raises(InvalidInput) as caught:
        await responses.amend(services, principal, assessment, begun.id, wrong)
    assert [(one.pointer, one.code) for one in caught.value.errors] == [
        ("/respondent/reference", "invalid_text"),
        ("/respondent/seniority", "unknown_seniority"),
        ("/function", "function_not_asked"),
        ("/answers/kpi-set", "unknown_option"),
    ]
    with pytest.raises(InvalidAnswers):
        await responses.create(services, principal, assessment, DraftChange({"kpi-set": None, "nothing": "x"}))
    assert (await responses.list_page(services, principal, assessment, limit=10)).data == [begun]


async def test_an_assessment_takes_so_many_responses(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drafts.MOST_RESPONSES == 500
    monkeypatch.setattr(drafts, "MOST_RESPONSES", 3)
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    outcomes = await asyncio.gather(
        *(responses.create(services, principal, assessment, DraftChange()) for _ in range(5)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in outcomes) == [*["LimitReached"] * 2, *["ResponseDetails"] * 3]
    with pytest.raises(LimitReached, match="at most 3 responses"):
        await responses.create(services, principal, assessment, DraftChange())


async def test_of_two_editors_one_is_told_that_the_draft_has_changed(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    best, worst = best_answers(services), worst_answers(services)
    for _ in range(5):
        seen = await responses.create(services, principal, assessment, DraftChange())
        outcomes = await asyncio.gather(
            *(
                responses.amend(services, principal, assessment, seen.id, DraftChange(answers), as_it_was(seen))
                for answers in (best, worst)
            ),
            return_exceptions=True,
        )
        assert sorted(type(one).__name__ for one in outcomes) == ["PreconditionFailed", "ResponseDetails"]
        [kept] = [one for one in outcomes if isinstance(one, ResponseDetails)]
        assert await responses.get(services, principal, assessment, seen.id) == kept


async def test_a_change_that_races_a_submit_is_in_it_or_refused(services: Services) -> None:
    principal = await new_principal(services)
    assessment = await opened(services, principal)
    for turn in range(6):
        draft = await responses.create(services, principal, assessment, DraftChange({}, "sales"))
        patch = responses.amend(services, principal, assessment, draft.id, DraftChange(best_answers(services)))
        submit = responses.submit(services, principal, assessment, draft.id)
        changed, submitted = await asyncio.gather(
            *((patch, submit) if turn % 2 else (submit, patch)), return_exceptions=True
        )
        if not turn % 2:
            changed, submitted = submitted, changed
        assert isinstance(submitted, ResponseDetails)
        assert submitted.submitted_at is not None
        stored = await responses.get(services, principal, assessment, draft.id)
        assert stored == submitted
        assert isinstance(changed, ResponseSubmitted) == (stored.answers == {})


async def test_a_response_that_races_the_completion_counts_or_is_refused(services: Services) -> None:
    principal = await new_principal(services)
    for turn in range(6):
        worst = ResponseIn(worst_answers(services), "sales")
        created = await assessments.create(
            services, principal, new_assessment(services, complete=False, responses=[worst])
        )
        draft = await responses.create(services, principal, created.id, DraftChange(best_answers(services), "sales"))
        racers = [
            responses.submit(services, principal, created.id, draft.id),
            assessments.complete(services, principal, created.id),
        ]
        outcomes = await asyncio.gather(*(racers if turn % 2 else reversed(racers)), return_exceptions=True)
        submitted, completed = outcomes if turn % 2 else reversed(outcomes)
        assert isinstance(completed, assessments.AssessmentView)
        counted = msgspec.json.decode(completed.result or b"null")["respondents"]
        assert isinstance(submitted, ResponseDetails | AssessmentCompleted)
        assert counted[0]["respondents"] == (2 if isinstance(submitted, ResponseDetails) else 1)


async def test_what_is_foreign_is_not_found_just_as_what_is_unknown(services: Services) -> None:
    mine, theirs = await new_principal(services), await new_principal(services)
    here, elsewhere = await opened(services, mine), await opened(services, mine)
    foreign = await opened(services, theirs)
    response = (await responses.create(services, mine, here, DraftChange())).id
    of_theirs = (await responses.create(services, theirs, foreign, DraftChange())).id
    unknown = ids.to_text("resp", ids.new_id())
    places = [
        (mine, elsewhere, response),
        (mine, foreign, of_theirs),
        (mine, here, of_theirs),
        (mine, here, unknown),
        (mine, here, here),
        (theirs, here, response),
        (theirs, foreign, response),
    ]
    said = set()
    for principal, assessment, wanted in places:
        for ask in (responses.get, responses.submit):
            with pytest.raises(ResourceNotFound) as caught:
                await ask(services, principal, assessment, wanted)
            said.add(caught.value.detail)
        with pytest.raises(ResourceNotFound):
            await responses.amend(services, principal, assessment, wanted, DraftChange())
    for principal, assessment in ((theirs, here), (mine, foreign), (mine, unknown)):
        with pytest.raises(ResourceNotFound):
            await responses.create(services, principal, assessment, DraftChange())
        with pytest.raises(ResourceNotFound):
            await responses.list_page(services, principal, assessment, limit=10)
    assert len(said) == 1


async def test_a_seniority_of_earlier_days_is_read_as_it_is_and_scored_as_none(services: Services) -> None:
    principal = await new_principal(services)
    given = ResponseIn(best_answers(services), "sales", Respondent("u-1", "director"))
    created = await assessments.create(services, principal, new_assessment(services, complete=False, responses=[given]))

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(update(RESPONSES).values(respondent_seniority="Head of Sales"))

    await services.queue.run(work, EVERYONE)
    [seen] = (await responses.list_page(services, principal, created.id, limit=10)).data
    assert seen.respondent == Respondent("u-1", "Head of Sales")
    completed = await assessments.complete(services, principal, created.id)
    assert completed.responses[0].respondent == Respondent("u-1", "Head of Sales")


def test_the_wire_takes_the_seniorities_that_the_scorer_knows() -> None:
    assert get_args(Seniority) == SENIORITIES
