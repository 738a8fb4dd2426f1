"""Editions are made of those who agreed, each counted once, and nobody's figures are in them when they are few."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from assessment.errors import AssessmentOpen, Conflict, EditionNotFound, ResourceNotFound, RubricNotFound
from assessment.scoring.cohort import Cohort
from assessment.scoring.edition import Decision
from assessment.service import assessments, audit, benchmarks, editions, organisations, pool
from assessment.service.assessments import Amendment, OrganisationIn
from assessment.service.benchmarks import CohortView
from assessment.service.context import Principal, Services
from assessment.service.editions import Edition, release, release_due
from assessment.service.housekeeping import keeping_house
from assessment.store.access import EVERYONE
from assessment.store.tables import COHORT_MEMBERS, COHORTS, EDITIONS
from tests.integration.service.helpers import RUBRIC, new_principal
from tests.integration.service.pools import complete, fill

VERSION = ("alignment-quick", "2026.1")


@pytest.fixture
async def mine(services: Services) -> Principal:
    return await new_principal(services)


async def make(services: Services, *, dry_run: bool = False) -> Edition:
    return await release(services, services.rubrics.get(RUBRIC), actor="test", dry_run=dry_run)


async def show(services: Services, value: str = "all", number: int | None = None) -> CohortView:
    view = await benchmarks.read(services, RUBRIC, number)
    return next(one for one in view.cohorts if one.cohort.value == value)


async def n_of(services: Services, value: str = "all") -> int | None:
    score = (await show(services, value)).body.score
    return None if score is None else score.n


def votes(edition: Edition, value: str = "all") -> int:
    return next(one.votes for one in edition.outcomes if one.cohort.value == value)


async def test_until_there_is_an_edition_there_are_no_cohorts(services: Services, mine: Principal) -> None:
    await fill(services, mine, 0, 3)
    view = await benchmarks.read(services, RUBRIC)
    assert (view.edition, view.cohorts) == (None, [])
    with pytest.raises(RubricNotFound):
        await benchmarks.read(services, "nothing")
    with pytest.raises(EditionNotFound, match="no edition 1; there are: none yet"):
        await benchmarks.read(services, RUBRIC, 1)


async def test_ten_organisations_are_released_overall_and_by_dimension(services: Services, mine: Principal) -> None:
    made = await fill(services, mine, 0, 10)
    edition = await make(services)
    assert (edition.number, edition.is_news, votes(edition)) == (1, True, 10)
    shown = await show(services)
    assert shown.body.score is not None
    scores = sorted(msgspec.json.decode(one.result)["score"] for one in made if one.result is not None)
    low, high = shown.body.score.median_interval or (0.0, 0.0)
    assert low - 2.5 <= scores[1] < low + 2.5
    assert high - 2.5 <= scores[8] < high + 2.5
    assert shown.body.score.quartiles is None
    assert shown.body.dimensions.keys() == {one.id for one in services.rubrics.get(RUBRIC).dimensions}
    assert {figures.n for figures in shown.body.dimensions.values()} == {10}
    assert (await show(services, "software")).body == shown.body
    assert (await show(services, "50-199")).body == shown.body
    retail = await show(services, "retail")
    assert (retail.body.score, retail.body.reason, retail.released_in) == (None, "too_few", None)
    assert shown.released_in is not None
    assert shown.released_in.number == 1


async def test_only_those_who_agreed_in_live_mode_with_a_score_are_counted(services: Services, mine: Principal) -> None:
    testing = Principal(mine.partner_id, mine.key_id, mine.kind, "test")
    await fill(services, mine, 0, 9)
    await complete(services, mine, 20, contribute_to_benchmark=False)
    await complete(services, mine, 21, complete=False)
    await complete(services, mine, 22, rubric="alignment@2026.1", seed=22)
    await fill(services, testing, 30, 5)
    edition = await make(services)
    assert votes(edition) == 9
    assert await n_of(services) is None
    assert (await show(services)).body.reason == "too_few"


async def test_an_organisation_has_one_vote_its_latest(services: Services, mine: Principal) -> None:
    await fill(services, mine, 0, 9)
    for seed in range(5):
        latest = await complete(services, mine, 5, seed=100 + seed)
    collected = await pool.collect(services, *VERSION)
    assert len(collected) == 9
    assert latest.result is not None
    [its] = [one for one in collected if one.score == msgspec.json.decode(latest.result)["score"]]
    assert its.dimensions.keys() == {one.id for one in services.rubrics.get(RUBRIC).dimensions}
    await complete(services, mine, 9)
    assert votes(await make(services)) == 10
    # Whoever does not agree any more with the latest is out, even if an earlier one agreed.
    await complete(services, mine, 5, contribute_to_benchmark=False)
    assert len(await pool.collect(services, *VERSION)) == 9


async def test_the_pool_is_read_in_batches(
    services: Services, mine: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await new_principal(services)
    await fill(services, mine, 0, 8)
    await fill(services, other, 0, 6)
    monkeypatch.setattr(pool, "AT_ONCE", 4)
    told: list[int] = []
    collected = await pool.collect(services, *VERSION, told.append)
    assert (len(collected), sum(told)) == (14, 14)
    assert await pool.count(services, *VERSION) == 14
    await make(services)
    assert (await make(services)).outcomes[0].decision.state == "carried"


async def test_an_edition_is_frozen_and_a_later_one_carries_it_forward(services: Services, mine: Principal) -> None:
    await fill(services, mine, 0, 12)
    await make(services)
    first = await show(services)
    await fill(services, mine, 12, 4)
    second = await make(services)
    assert second.number == 2
    assert second.outcomes[0].decision == Decision("carried", 1, "few_changes")
    carried = await show(services)
    assert carried.body == first.body
    assert carried.released_in is not None
    assert carried.released_in.number == 1
    await complete(services, mine, 16)
    await make(services)
    assert await n_of(services) == 17
    assert (await show(services, number=1)).body == first.body
    with pytest.raises(EditionNotFound, match="no edition 4; there are: 1 to 3"):
        await benchmarks.read(services, RUBRIC, 4)


async def test_a_dry_run_says_the_same_and_writes_nothing(services: Services, mine: Principal) -> None:
    await fill(services, mine, 0, 10)
    said = await make(services, dry_run=True)
    assert (await benchmarks.read(services, RUBRIC)).edition is None
    assert await make(services) == said


async def test_who_withdraws_consent_is_in_no_later_edition(services: Services, mine: Principal) -> None:
    made = await fill(services, mine, 0, 16)
    await make(services)
    for one in made[:5]:
        await assessments.amend(services, mine, one.id, Amendment(contribute_to_benchmark=False))
    await make(services)
    assert await n_of(services) == 11
    await assessments.amend(services, mine, made[5].id, Amendment(contribute_to_benchmark=False))
    await assessments.delete(services, mine, made[6].id)
    assert votes(await make(services, dry_run=True)) == 9


async def test_the_erased_are_in_no_later_edition_and_no_row_is_left_of_them(
    services: Services, mine: Principal
) -> None:
    made = await fill(services, mine, 0, 16)
    await make(services)
    for one in made[:4]:
        await organisations.erase(services, mine, one.organisation.id)
    async with services.database.read(EVERYONE) as session:
        assert await session.scalar(select(func.count()).select_from(COHORT_MEMBERS)) == 12
    assert (await make(services)).outcomes[0].decision.state == "carried"
    await organisations.erase(services, mine, made[4].organisation.id)
    edition = await make(services)
    assert edition.outcomes[0].decision == Decision("released", 3, None)
    assert await n_of(services) == 11


async def test_an_organisation_erased_while_an_edition_is_made_is_not_in_it(
    services: Services, mine: Principal
) -> None:
    made = await fill(services, mine, 0, 11)
    rubric = services.rubrics.get(RUBRIC)
    collected = await pool.collect(services, rubric.used.id, rubric.used.version)
    edition = await make(services, dry_run=True)
    await organisations.erase(services, mine, made[0].organisation.id)
    bodies = dict.fromkeys((one.cohort for one in edition.outcomes), b"{}")
    with pytest.raises(IntegrityError):
        await services.queue.run(editions._writing(edition, collected, bodies, "test"), EVERYONE)
    assert (await benchmarks.read(services, RUBRIC)).edition is None
    assert votes(await make(services)) == 10


async def test_of_several_that_make_the_same_edition_one_does(services: Services, mine: Principal) -> None:
    await fill(services, mine, 0, 10)
    outcomes = await asyncio.gather(*(make(services) for _ in range(6)), return_exceptions=True)
    numbers = [one.number for one in outcomes if isinstance(one, Edition)]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert all(isinstance(one, Edition | Conflict) for one in outcomes), outcomes
    async with services.database.read(EVERYONE) as session:
        assert await session.scalar(select(func.count()).select_from(EDITIONS)) == len(numbers)


async def test_each_partner_is_told_in_its_log_how_many_were_counted(services: Services, mine: Principal) -> None:
    other = await new_principal(services)
    bystander = await new_principal(services)
    await fill(services, mine, 0, 6)
    await fill(services, other, 0, 5)
    await make(services)
    for who, counted in ((mine, 6), (other, 5)):
        [entry] = (await audit.list_page(services, who, limit=1)).data
        assert (entry.action, entry.actor, entry.target) == ("benchmark.released", "test", RUBRIC)
        assert entry.details == {"edition": 1, "organisations": counted}
    [made] = (await audit.list_page(services, bystander, limit=9)).data
    assert made.action == "partner.created"


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_partner_sees_no_row_of_another_in_the_pool(
    services: Services, mine: Principal, engine_name: str
) -> None:
    other = await new_principal(services)
    await fill(services, mine, 0, 10)
    await make(services)
    for who, seen in ((other, 0), (mine, 10)):
        async with services.database.read(who) as session:
            assert await session.scalar(select(func.count()).select_from(COHORT_MEMBERS)) == seen
    async with services.database.read(other) as session:
        assert await session.scalar(select(func.count()).select_from(COHORTS)) == 22


async def test_an_assessment_stands_in_a_cohort_in_words_and_from_twenty_on_as_a_percentile(
    services: Services, mine: Principal
) -> None:
    made = await fill(services, mine, 0, 12)
    await make(services)
    words = await benchmarks.stand(services, mine, made[0].id)
    assert words.reason is None
    assert words.score.place is not None
    assert (words.score.place.percentile, words.score.place.interval) == (None, None)
    assert words.score.place.position in ("lower", "middle", "higher")
    assert all(one.place is not None for one in words.dimensions)
    assert words.benchmark_position != b"null"
    await fill(services, mine, 12, 8)
    await make(services)
    figures = await benchmarks.stand(services, mine, made[0].id, "industry")
    assert figures.score.place is not None
    assert figures.score.place.percentile is not None
    assert figures.score.place.interval is not None
    pinned = await benchmarks.stand(services, mine, made[0].id, "all", 1)
    assert pinned.score == words.score


async def test_an_own_assessment_that_is_not_counted_stands_there_as_well(services: Services, mine: Principal) -> None:
    await fill(services, mine, 0, 12)
    await make(services)
    other = await new_principal(services)
    own = await complete(services, other, 0, contribute_to_benchmark=False)
    assert (await benchmarks.stand(services, other, own.id)).score.place is not None
    with pytest.raises(ResourceNotFound):
        await benchmarks.stand(services, mine, own.id)


async def test_why_a_place_is_not_said(services: Services, mine: Principal) -> None:
    own = await complete(services, mine, 0, organisation=OrganisationIn("N", "0", industry="bakery", size="small"))
    assert (await benchmarks.stand(services, mine, own.id)).reason == "no_edition"
    await make(services)
    assert (await benchmarks.stand(services, mine, own.id)).reason == "too_few"
    assert (await benchmarks.stand(services, mine, own.id, "industry")).reason == "not_classified"
    assert (await benchmarks.stand(services, mine, own.id, "size")).reason == "not_classified"
    empty = await complete(services, mine, 1, responses=[assessments.ResponseIn({}, "sales")])
    assert (await benchmarks.stand(services, mine, empty.id)).reason == "no_score"
    opened = await complete(services, mine, 2, complete=False)
    with pytest.raises(AssessmentOpen):
        await benchmarks.stand(services, mine, opened.id)


async def test_an_edition_is_due_after_its_days_and_only_where_there_is_news(
    services: Services, mine: Principal
) -> None:
    await fill(services, mine, 0, 9)
    assert await release_due(services, 30) == []
    await complete(services, mine, 9)
    [edition] = await release_due(services, 30)
    assert (edition.rubric_id, edition.number) == ("alignment-quick", 1)
    await fill(services, mine, 10, 5)
    assert await release_due(services, 30) == []
    async with services.database.administer() as connection:
        await connection.execute(update(EDITIONS).values(released_at=datetime.now(UTC) - timedelta(days=31)))
    [second] = await release_due(services, 30)
    assert second.number == 2


async def test_the_service_releases_by_itself(services: Services, mine: Principal) -> None:
    await fill(services, mine, 0, 10)
    async with keeping_house(services):
        await asyncio.sleep(0.2)
    assert (await benchmarks.read(services, RUBRIC)).edition is None
    async with asyncio.timeout(20), keeping_house(services, release_days=30):
        while True:
            if (await benchmarks.read(services, RUBRIC)).edition is not None:
                break
            await asyncio.sleep(0.01)
    [entry] = (await audit.list_page(services, mine, limit=1)).data
    assert entry.actor == "scheduled release"


async def test_the_pool_knows_industry_and_size_by_their_declared_names(services: Services, mine: Principal) -> None:
    await fill(services, mine, 0, 10, industry="Software & IT services")
    edition = await make(services)
    assert votes(edition, "software") == votes(edition, "50-199") == 10
    assert next(one for one in edition.outcomes if one.cohort == Cohort("industry", "software")).votes == 10
