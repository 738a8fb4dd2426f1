"""One effect, one event: whatever a partner can be told of writes it down in its own transaction, and nothing else
does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from assessment.errors import AssessmentCompleted, Conflict, InvalidInput
from assessment.service import assessments, editions, ids, invitations, invited, responses, sweep
from assessment.service.assessments import ResponseIn
from assessment.service.context import Principal, Services
from assessment.service.drafts import DraftChange
from assessment.service.invitations import NewInvitations
from assessment.service.invited import OwnChange
from assessment.service.outbox import event_row
from assessment.service.retention import apply
from assessment.service.webhook_endpoints import create as create_endpoint
from assessment.service.webhook_endpoints import disable
from assessment.service.webhook_views import EndpointFields
from assessment.store.access import EVERYONE
from assessment.store.benchmarks import list_editions
from assessment.store.tables import EVENTS
from tests.integration.service.helpers import RUBRIC, best_answers, new_assessment, new_principal


@pytest.fixture
async def mine(services: Services) -> Principal:
    return await new_principal(services)


async def told(services: Services, *types: str) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of the events, oldest first."""
    async with services.database.read(EVERYONE) as session:
        found = await session.execute(select(EVENTS.c.type, EVENTS.c.data).order_by(EVENTS.c.id))
        return [(row.type, row.data) for row in found if not types or row.type in types]


async def opened(services: Services, principal: Principal, **fields: Any) -> str:
    """An open assessment without responses, which tells nothing."""
    new = new_assessment(services, responses=[], complete=False, **fields)
    return (await assessments.create(services, principal, new)).id


async def test_what_is_created_completed_tells_of_each_response_and_then_of_itself(
    services: Services, mine: Principal
) -> None:
    answers = best_answers(services)
    given = [ResponseIn(answers, "sales"), ResponseIn(answers, "marketing", submit=False), ResponseIn(answers)]
    view = await assessments.create(services, mine, new_assessment(services, responses=given))
    sales, _, anybody = view.responses
    about = {"assessment": view.id, "organisation": view.organisation.id}
    assert await told(services) == [
        ("response.submitted", {"id": sales.id, **about, "function": "sales"}),
        ("response.submitted", {"id": anybody.id, **about, "function": None}),
        ("assessment.completed", {"id": view.id, "organisation": view.organisation.id, "rubric": RUBRIC}),
    ]
    async with services.database.read(EVERYONE) as session:
        [row, *_] = (await session.execute(select(EVENTS))).all()
    assert (row.partner_id, row.mode, row.dispatched_at) == (mine.partner_id, "live", None)
    assert row.organisation_id == ids.find_id("org", view.organisation.id)


async def test_what_becomes_submitted_and_completed_later_tells_so_then(services: Services, mine: Principal) -> None:
    assessment = await opened(services, mine)
    draft = DraftChange(best_answers(services), "sales")
    first = await responses.create(services, mine, assessment, draft)
    await responses.amend(services, mine, assessment, first.id, DraftChange({}, "marketing"))
    assert await told(services) == []
    await responses.submit(services, mine, assessment, first.id)
    second = await responses.create(services, mine, assessment, draft, submit=True)
    done = await assessments.complete(services, mine, assessment)
    about = {"assessment": assessment, "organisation": done.organisation.id}
    assert await told(services) == [
        ("response.submitted", {"id": first.id, **about, "function": "marketing"}),
        ("response.submitted", {"id": second.id, **about, "function": "sales"}),
        ("assessment.completed", {"id": assessment, "organisation": done.organisation.id, "rubric": RUBRIC}),
    ]
    async with services.database.read(EVERYONE) as session:
        named = set(await session.scalars(select(EVENTS.c.organisation_id)))
    assert named == {ids.find_id("org", done.organisation.id)}


async def test_an_invited_person_is_told_of_as_every_list_shows_them(services: Services, mine: Principal) -> None:
    assessment = await opened(services, mine)
    made = await invitations.create(services, mine, assessment, NewInvitations("sales"))
    person = await invited.authenticate(services, made.invitations[0][1])
    await invited.save(services, person, OwnChange(best_answers(services), "director"))
    assert await told(services) == []
    await invited.submit(services, person)
    [listed] = (await responses.list_page(services, mine, assessment, limit=10)).data
    data = {"id": listed.id, "assessment": assessment, "organisation": listed.organisation, "function": "sales"}
    assert await told(services) == [("response.submitted", data)]


async def test_what_is_refused_tells_nothing(services: Services, mine: Principal) -> None:
    assessment = await opened(services, mine)
    with pytest.raises(InvalidInput):
        await assessments.complete(services, mine, assessment)
    with pytest.raises(InvalidInput):
        await assessments.create(services, mine, new_assessment(services, responses=[]))
    assert await told(services) == []
    await responses.create(services, mine, assessment, DraftChange(best_answers(services)), submit=True)
    await assessments.complete(services, mine, assessment)
    before = await told(services)
    with pytest.raises(AssessmentCompleted):
        await assessments.complete(services, mine, assessment)
    assert await told(services) == before


async def test_where_the_event_cannot_be_written_nothing_happens(services: Services, mine: Principal) -> None:
    """And so there is no effect without its event; that a failed effect leaves no event is trial 7's."""
    assessment = await opened(services, mine)
    draft = await responses.create(services, mine, assessment, DraftChange(best_answers(services), "sales"))
    made = await invitations.create(services, mine, assessment, NewInvitations("sales"))
    person = await invited.authenticate(services, made.invitations[0][1])
    await invited.save(services, person, OwnChange(best_answers(services)))
    async with services.database.administer() as connection:
        await connection.execute(text("ALTER TABLE events RENAME TO elsewhere"))
    effects = (
        assessments.create(services, mine, new_assessment(services)),
        responses.create(services, mine, assessment, DraftChange({}), submit=True),
        responses.submit(services, mine, assessment, draft.id),
        invited.submit(services, person),
    )
    for effect in effects:
        with pytest.raises(DBAPIError):
            await effect
    async with services.database.administer() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO events"))
    listed = (await responses.list_page(services, mine, assessment, limit=10)).data
    assert [one.submitted_at for one in listed] == [None, None]
    assert [one.id for one in (await assessments.list_page(services, mine, limit=10)).data] == [assessment]
    assert await told(services) == []


async def test_a_release_tells_those_who_asked_for_it_in_live_mode(services: Services, mine: Principal) -> None:
    other, idle, test = [await new_principal(services) for _ in range(2)] + [await new_principal(services, "test")]
    for principal, events in (
        (mine, ["benchmark.released", "assessment.completed"]),
        (mine, ["benchmark.released"]),
        (other, ["assessment.completed"]),
        (idle, ["benchmark.released"]),
        (test, ["benchmark.released"]),
    ):
        endpoint = await create_endpoint(
            services, principal, EndpointFields("https://hooks.example.com/", events=events)
        )
        if principal is idle:
            await disable(services, idle, endpoint.view.id)
    await assessments.create(services, other, new_assessment(services, contribute_to_benchmark=True))
    rubric = services.rubrics.get(RUBRIC)
    await editions.release(services, rubric, actor="test", dry_run=True)
    assert await told(services, "benchmark.released") == []
    for _ in range(2):
        await editions.release(services, rubric, actor="test")
    data = {"rubric": RUBRIC}
    assert await told(services, "benchmark.released") == [
        ("benchmark.released", data | {"edition": 1}),
        ("benchmark.released", data | {"edition": 2}),
    ]
    async with services.database.read(EVERYONE) as session:
        released = select(EVENTS).where(EVENTS.c.type == "benchmark.released")
        rows = (await session.execute(released)).all()
    assert {(row.partner_id, row.mode, row.organisation_id) for row in rows} == {(mine.partner_id, "live", None)}


async def test_a_release_that_another_process_made_first_tells_nothing(
    services: Services, mine: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await create_endpoint(services, mine, EndpointFields("https://hooks.example.com/", events=["benchmark.released"]))
    await assessments.create(services, mine, new_assessment(services, contribute_to_benchmark=True))
    rubric = services.rubrics.get(RUBRIC)

    async def look_too_early(*given: Any) -> Any:
        monkeypatch.setattr(editions, "list_editions", list_editions)
        found = await list_editions(*given)
        await editions.release(services, rubric, actor="another process")
        return found

    monkeypatch.setattr(editions, "list_editions", look_too_early)
    with pytest.raises(Conflict):
        await editions.release(services, rubric, actor="test")
    assert await told(services, "benchmark.released") == [("benchmark.released", {"rubric": RUBRIC, "edition": 1})]


async def made_ago(services: Services, principal: Principal, days: float, name: str) -> None:
    table, row = event_row(principal, "assessment.completed", {"id": name})
    await services.queue.insert([(table, {**row, "created_at": row["created_at"] - timedelta(days=days)})])


async def test_events_are_kept_for_thirty_days(
    services: Services, mine: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "SWEPT_AT_ONCE", 2)
    for principal in (mine, await new_principal(services, "test")):
        for days, name in ((30.01, "old"), (31, "old"), (365, "old"), (29.9, "new"), (0, "new")):
            await made_ago(services, principal, days, name)
    await sweep.sweep(services)
    assert [data["id"] for _, data in await told(services)] == ["new"] * 4


async def test_an_event_does_not_outlive_what_retention_deletes(services: Services, mine: Principal) -> None:
    for days, name in ((8, "old"), (6, "new")):
        await made_ago(services, mine, days, name)
    await apply(services, 30)
    assert [data["id"] for _, data in await told(services)] == ["old", "new"]
    await apply(services, 7)
    assert [data["id"] for _, data in await told(services)] == ["new"]
