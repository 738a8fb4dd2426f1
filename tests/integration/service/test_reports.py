"""What a report is made of: the stored result, its rubric in a language, change, and peers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import (
    AssessmentOpen,
    DamagedResult,
    InvalidInput,
    Overloaded,
    ResourceNotFound,
    RubricNotFound,
    ShuttingDown,
)
from assessment.rubric.catalog import Catalog
from assessment.service import assessments, share_links
from assessment.service.assessments import OrganisationIn, ResponseIn
from assessment.service.context import Principal, Services, open_services
from assessment.service.editions import release
from assessment.service.press import Press
from assessment.service.reports import assemble
from assessment.service.share_links import NewShareLink
from assessment.settings import Settings
from assessment.store.access import EVERYONE
from assessment.store.tables import RESULTS
from tests.integration.service.helpers import RUBRIC, best_answers, new_assessment, new_principal, worst_answers
from tests.integration.service.pools import complete, fill


@pytest.fixture
async def mine(services: Services) -> Principal:
    return await new_principal(services)


async def completed(services: Services, principal: Principal, **fields: Any) -> str:
    return (await assessments.create(services, principal, new_assessment(services, **fields))).id


async def test_a_report_is_made_of_the_stored_result(services: Services, mine: Principal) -> None:
    made = await assessments.create(services, mine, new_assessment(services, confidentiality="named"))
    source = await assemble(services, mine, made.id)
    stored = await assessments.result(services, mine, made.id)
    assert msgspec.json.encode(source.result) == stored
    assert source.rubric is services.rubrics.get(RUBRIC)
    assert (source.texts, source.locale) == (source.rubric.source, "en")
    assert (source.organisation, source.completed_at) == ("Northwind", made.completed_at)
    assert (source.assessment, source.confidentiality) == (made.id, "named")
    assert source.studies == services.catalog.studies
    assert source.since is None
    [everybody] = source.peers
    assert (everybody.cut, everybody.reason, everybody.place, everybody.edition) == ("all", "no_edition", None, None)
    assert await assessments.result(services, mine, made.id) == stored


async def test_a_share_link_is_shown_what_the_key_is(services: Services, mine: Principal) -> None:
    first = {"organisation": OrganisationIn("Northwind", "nw"), "responses": [ResponseIn(worst_answers(services))]}
    second = first | {"responses": [ResponseIn(best_answers(services))]}
    await completed(services, mine, **first)
    assessment = await completed(services, mine, **second)
    created = await share_links.create(services, mine, assessment, NewShareLink())
    shared = await share_links.follow(services, created.token)
    by_link = await assemble(services, shared, assessment)
    assert by_link == await assemble(services, mine, assessment)
    assert by_link.since is not None


async def test_a_share_link_reads_nothing_of_another_partner(services: Services, mine: Principal) -> None:
    other = await new_principal(services, name="Other")
    theirs = await completed(services, other)
    created = await share_links.create(services, mine, await completed(services, mine), NewShareLink())
    shared = await share_links.follow(services, created.token)
    for reader in (mine, shared):
        with pytest.raises(ResourceNotFound):
            await assemble(services, reader, theirs)


async def test_an_open_assessment_has_no_report(services: Services, mine: Principal) -> None:
    assessment = await completed(services, mine, complete=False)
    with pytest.raises(AssessmentOpen, match="once it is completed"):
        await assemble(services, mine, assessment)


async def test_what_has_changed_is_told_since_the_assessment_before(services: Services, mine: Principal) -> None:
    given = {"organisation": OrganisationIn("Northwind", "nw")}
    before = await assessments.create(
        services, mine, new_assessment(services, **given, responses=[ResponseIn(worst_answers(services))])
    )
    after = await completed(services, mine, **given)
    since = (await assemble(services, mine, after)).since
    assert since is not None
    assert since.completed_at == before.completed_at
    assert since.change.comparable
    assert (since.change.overall.before, since.change.overall.after) == (0.0, 100.0)
    assert {move.question for move in since.questions} <= {
        question.id for question in services.rubrics.get(RUBRIC).questions
    }
    assert since.recommendations.done
    assert (await assemble(services, mine, before.id)).since is None


async def test_peers_are_those_cohorts_that_the_organisation_is_of(services: Services, mine: Principal) -> None:
    made = (await fill(services, mine, 0, 12))[0]
    apart = await complete(services, mine, 50, industry="something else", contribute_to_benchmark=False)
    await release(services, services.rubrics.get(RUBRIC), actor="test")
    peers = {one.cut: one for one in (await assemble(services, mine, made.id)).peers}
    assert set(peers) == {"all", "industry", "size"}
    assert peers["all"].title == "All organisations"
    assert peers["all"].edition == 1
    assert peers["all"].reason is None
    assert peers["all"].figures is not None
    assert peers["all"].figures.n == 12
    assert peers["all"].place is not None
    assert peers["all"].released_at is not None
    assert {one.cut for one in (await assemble(services, mine, apart.id)).peers} == {"all", "size"}


async def test_peers_that_are_too_few_are_told_of_in_words(services: Services, mine: Principal) -> None:
    made = (await fill(services, mine, 0, 3))[0]
    await release(services, services.rubrics.get(RUBRIC), actor="test")
    [everybody, *_] = (await assemble(services, mine, made.id)).peers
    assert (everybody.reason, everybody.place, everybody.figures) == ("too_few", None, None)


async def test_a_language_that_the_rubric_has_not_is_refused(services: Services, mine: Principal) -> None:
    assessment = await completed(services, mine)
    for locale in ("xx", "EN", "e" * 1000):
        with pytest.raises(InvalidInput, match="Allowed: en") as refused:
            await assemble(services, mine, assessment, locale)
        assert [problem.pointer for problem in refused.value.errors] == ["/locale"]
    assert (await assemble(services, mine, assessment, "en")).locale == "en"


async def test_without_its_rubric_there_is_no_report(settings: Settings, tmp_path: Path) -> None:
    async with open_services(settings) as services:
        mine = await new_principal(services)
        assessment = await completed(services, mine)
    empty = tmp_path / "rubrics"
    (empty / "studies").mkdir(parents=True)
    async with open_services(settings, Catalog.load(empty)) as services:
        with pytest.raises(RubricNotFound):
            await assemble(services, mine, assessment)


async def test_a_damaged_result_is_not_reported(services: Services, mine: Principal) -> None:
    assessment = await completed(services, mine)

    async def damage(connection: AsyncConnection) -> None:
        await connection.execute(update(RESULTS).values(sha256=bytes(32)))

    await services.queue.run(damage, EVERYONE)
    with pytest.raises(DamagedResult):
        await assemble(services, mine, assessment)


@pytest.fixture
def press() -> Iterator[Press]:
    press = Press(threads=2, waiting=1)
    yield press
    press.close()


async def test_only_so_many_reports_are_made_at_once_and_few_wait(press: Press) -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()
    most = running = 0
    lock = threading.Lock()

    def work() -> int:
        nonlocal most, running
        with lock:
            running += 1
            most = max(most, running)
        begun.release()
        go_on.wait(10)
        with lock:
            running -= 1
        return 7

    taken = [asyncio.create_task(press.run(work)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded, match="As many reports"):
        await press.run(work)
    assert await asyncio.to_thread(begun.acquire, timeout=30)
    assert await asyncio.to_thread(begun.acquire, timeout=30)
    go_on.set()
    assert await asyncio.gather(*taken) == [7, 7, 7]
    assert most == 2
    assert await press.run(work) == 7


async def test_who_leaves_makes_room_once_the_work_is_done(press: Press) -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()

    def work() -> None:
        begun.release()
        go_on.wait(10)

    taken = [asyncio.create_task(press.run(work)) for _ in range(3)]
    for _ in range(2):
        assert await asyncio.to_thread(begun.acquire, timeout=30)
    taken[2].cancel()
    await asyncio.wait(taken[2:])
    waiting = asyncio.create_task(press.run(work))
    await asyncio.sleep(0)
    taken[0].cancel()
    await asyncio.wait(taken[:1])
    with pytest.raises(Overloaded):
        await press.run(work)
    go_on.set()
    await asyncio.gather(taken[1], waiting)


async def test_what_fails_fails_for_its_caller(press: Press) -> None:
    def fail() -> None:
        raise ValueError("no")

    for _ in range(5):
        with pytest.raises(ValueError, match="no"):
            await press.run(fail)


async def test_a_closed_press_begins_nothing(press: Press) -> None:
    press.close()
    for _ in range(5):
        with pytest.raises(ShuttingDown):
            await press.run(lambda: None)
