"""The queries of an organisation's history: in the order of time, and of one partner and mode alone."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assessment.service import ids
from assessment.service.assessments import OrganisationIn, ResponseIn, create, delete
from assessment.service.context import Principal, Services
from assessment.service.history import load
from assessment.store.access import EVERYONE
from assessment.store.assessments import RubricPinned, list_rubrics_of
from assessment.store.base import Mode
from assessment.store.history import Completion, find_first_scored, list_completed
from assessment.store.results import list_results
from assessment.store.tables import ASSESSMENTS
from tests.integration.service.helpers import new_assessment, new_principal

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class History:
    """An organisation of a partner with assessments completed at noon, two of them in the same moment, and later; the
    first has no score, and there is an open one."""

    def __init__(self, services: Services, principal: Principal) -> None:
        self.services, self.principal = services, principal
        self.assessments: list[uuid.UUID] = []
        self.organisation = uuid.UUID(int=0)

    async def make(self) -> None:
        for number in range(4):
            empty = [ResponseIn({}, "sales")]
            fields = {"responses": empty} if number == 0 else {"complete": False} if number == 3 else {}
            organisation = OrganisationIn("Northwind", external_id="northwind")
            view = await create(
                self.services, self.principal, new_assessment(self.services, organisation=organisation, **fields)
            )
            self.organisation = ids.find_id("org", view.organisation.id)
            self.assessments.append(ids.find_id("asmt", view.id))

        async def at_noon(connection: AsyncConnection) -> None:
            for place, minutes in ((0, 0), (1, 5), (2, 5)):
                moment = NOON + timedelta(minutes=minutes)
                one = ASSESSMENTS.c.id == self.assessments[place]
                await connection.execute(update(ASSESSMENTS).where(one).values(completed_at=moment))

        await self.services.queue.run(at_noon, self.principal)

    async def pinned(self, session: AsyncSession) -> list[RubricPinned]:
        owner = (self.principal.partner_id, self.principal.mode)
        return list(await list_rubrics_of(session, *owner, self.organisation))


@pytest.fixture
async def history(services: Services) -> History:
    made = History(services, await new_principal(services))
    await made.make()
    return made


async def test_what_is_completed_is_listed_from_the_last_to_the_first(services: Services, history: History) -> None:
    owner = (history.principal.partner_id, history.principal.mode)
    first, second, third, _ = history.assessments
    async with services.database.read(history.principal) as session:

        async def listed(
            limit: int = 9,
            before: Completion | None = None,
            rubric_id: str | None = None,
            rubric_version: str | None = None,
        ) -> list[uuid.UUID]:
            found = await list_completed(
                session,
                *owner,
                history.organisation,
                limit=limit,
                before=before,
                rubric_id=rubric_id,
                rubric_version=rubric_version,
            )
            return [row.id for row in found]

        assert await listed() == [third, second, first]
        assert await listed(limit=2) == [third, second]
        assert await listed(before=Completion(NOON + timedelta(minutes=5), third)) == [second, first]
        assert await listed(before=Completion(NOON + timedelta(minutes=5), second)) == [first]
        assert await listed(before=Completion(NOON, first)) == []
        assert await listed(rubric_id="alignment-quick", rubric_version="2026.1") == [third, second, first]
        assert await listed(rubric_id="alignment") == []
        assert await listed(rubric_id="alignment-quick", rubric_version="2026.9") == []


async def test_the_first_with_a_score_is_found_up_to_a_moment(services: Services, history: History) -> None:
    owner = (history.principal.partner_id, history.principal.mode)
    first, second, third, _ = history.assessments
    late = NOON + timedelta(minutes=5)
    async with services.database.read(history.principal) as session:
        pinned = await history.pinned(session)
        [known] = pinned

        async def found(until: Completion, rubrics: list[RubricPinned]) -> uuid.UUID | None:
            row = await find_first_scored(session, *owner, history.organisation, rubrics, until)
            return None if row is None else row.id

        assert await found(Completion(late, third), pinned) == second
        assert await found(Completion(late, second), pinned) == second
        assert await found(Completion(NOON, first), pinned) is None
        for other in (
            known._replace(rubric_id="alignment"),
            known._replace(rubric_version="2026.9"),
            known._replace(rubric_digest=b"0" * 32),
        ):
            assert await found(Completion(late, third), [other]) is None
            assert await found(Completion(late, third), [other, known]) == second


async def test_nothing_of_another_partner_mode_or_organisation_is_found(services: Services, history: History) -> None:
    mine = history.principal
    until = Completion(NOON + timedelta(days=1), ids.new_id())
    stranger = await new_principal(services, name="Other")
    async with services.database.read(EVERYONE) as session:
        pinned = await history.pinned(session)
        assert len(await list_results(session, mine.partner_id, mine.mode, history.assessments)) == 3
        others: list[tuple[uuid.UUID, Mode]] = [(stranger.partner_id, "live"), (mine.partner_id, "test")]
        for other in others:
            assert await list_completed(session, *other, history.organisation, limit=9) == []
            assert await find_first_scored(session, *other, history.organisation, pinned, until) is None
            assert await list_results(session, *other, history.assessments) == []
        owner = (mine.partner_id, mine.mode)
        assert await list_completed(session, *owner, ids.new_id(), limit=9) == []
        assert await find_first_scored(session, *owner, ids.new_id(), pinned, until) is None


async def test_what_is_deleted_meanwhile_is_left_out(services: Services, history: History) -> None:
    owner = (history.principal.partner_id, history.principal.mode)
    first, second, third, _ = history.assessments
    async with services.database.read(history.principal) as session:
        rows = await list_completed(session, *owner, history.organisation, limit=9)
    await delete(services, history.principal, ids.to_text("asmt", second))
    async with services.database.read(history.principal) as session:
        loaded = await load(services, session, history.principal, rows)
    assert [(one.row.id, one.result.score, len(one.responses)) for one in loaded] == [
        (third, 100.0, 1),
        (first, None, 1),
    ]
