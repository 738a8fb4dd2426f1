"""Assessments: from the answers to the stored result."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assessment.errors import (
    AssessmentCompleted,
    AssessmentOpen,
    DamagedResult,
    InvalidAnswers,
    InvalidInput,
    ResourceNotFound,
    RubricNotFound,
)
from assessment.scoring.answers import Response
from assessment.scoring.encoded import assess_encoded
from assessment.service.assessments import OrganisationIn, Respondent, ResponseIn, complete, create, delete, get, result
from assessment.service.context import Services
from assessment.service.results import ResultVault
from assessment.service.scores import score
from assessment.store.access import EVERYONE
from assessment.store.tables import ASSESSMENTS, ORGANISATIONS, RESPONSES, RESULT_DICTIONARIES, RESULTS
from tests.integration.service.helpers import best_answers, new_assessment, new_principal, worst_answers


async def count(services: Services) -> tuple[int, ...]:
    """Rows of organisations, assessments, responses and results."""
    async with services.database.read(EVERYONE) as session:
        tables = (ORGANISATIONS, ASSESSMENTS, RESPONSES, RESULTS)
        return tuple([await session.scalar(select(func.count()).select_from(table)) or 0 for table in tables])


async def test_one_call_stores_the_answers_and_returns_the_rating(services: Services) -> None:
    principal = await new_principal(services)
    before = datetime.now(UTC)
    new = new_assessment(
        services,
        organisation=OrganisationIn("Northwind", "crm-17", "northwind.example", "software", "50-249", "EU"),
        confidentiality="named",
        functions=["sales", "marketing"],
        responses=[ResponseIn(best_answers(services), "sales", Respondent("u-1", "director"))],
        target_level=4,
        contribute_to_benchmark=True,
        metadata={"deal": 7, "tags": ["a"]},
    )
    created = await create(services, principal, new)
    assert created.result is not None
    assert msgspec.json.decode(created.result)["score"] == 100.0
    assert (created.status, created.confidentiality, created.functions) == (
        "completed",
        "named",
        ["sales", "marketing"],
    )
    assert (created.target_level, created.contribute_to_benchmark) == (4, True)
    assert created.metadata == {"deal": 7, "tags": ["a"]}
    assert created.rubric.id == "alignment-quick"
    assert created.rubric.version == "2026.1"
    assert created.rubric.digest.startswith("sha256:")
    assert created.completed_at == created.created_at
    assert before <= created.created_at <= datetime.now(UTC)
    assert created.created_at.utcoffset() == before.utcoffset()
    assert created.organisation.id.startswith("org_")
    assert created.responses[0].respondent == Respondent("u-1", "director")
    assert await get(services, principal, created.id) == created
    assert await count(services) == (1, 1, 1, 1)


async def test_a_stored_result_reads_back_byte_for_byte(services: Services) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, new_assessment(services))
    assert created.result is not None
    stored = await result(services, principal, created.id)
    assert stored == bytes(created.result)
    scored = score(services.rubrics, "alignment-quick@2026.1", [Response(best_answers(services), "sales")])
    assert stored == msgspec.json.encode(scored)


async def test_a_stored_result_is_readable_without_what_made_it(services: Services) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, new_assessment(services))
    # A later process whose rubrics and engine would make another dictionary.
    services.results = ResultVault()
    assert await result(services, principal, created.id) == bytes(created.result or b"")


@pytest.mark.parametrize("damage", ["body", "sha256", "swapped"])
async def test_a_tampered_result_is_refused(services: Services, damage: str) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, new_assessment(services))
    other = services.results.seal(
        assess_encoded(services.rubrics.get("alignment-quick@2026.1"), [Response(worst_answers(services))])
    )
    values = {"body": {"body": b"damaged"}, "sha256": {"sha256": bytes(32)}, "swapped": {"body": other.body}}[damage]

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(update(RESULTS).values(**values))

    await services.queue.run(work, EVERYONE)
    with pytest.raises(DamagedResult):
        await result(services, principal, created.id)
    with pytest.raises(DamagedResult):
        await get(services, principal, created.id)


async def test_a_tampered_dictionary_is_refused(services: Services) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, new_assessment(services))

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(update(RESULT_DICTIONARIES).values(content=b"damaged"))

    await services.queue.run(work, EVERYONE)
    services.results = ResultVault()
    with pytest.raises(DamagedResult):
        await result(services, principal, created.id)


async def test_the_stored_hash_is_that_of_the_json(services: Services) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, new_assessment(services))
    async with services.database.read(EVERYONE) as session:
        row = (await session.execute(select(RESULTS.c.sha256, func.length(RESULTS.c.body)))).one()
        columns = select(ASSESSMENTS.c.score, ASSESSMENTS.c.level, ASSESSMENTS.c.engine)
        figures = tuple((await session.execute(columns)).one())
    assert row[0] == hashlib.sha256(bytes(created.result or b"")).digest()
    assert row[1] < 4000
    # One function alone has answered, which keeps the best answers from level 4.
    assert figures == (10000, 3, "1.1.0")


async def test_an_open_assessment_is_completed_later_with_the_same_result(services: Services) -> None:
    principal = await new_principal(services)
    at_once = await create(services, principal, new_assessment(services, target_level=4))
    opened = await create(services, principal, new_assessment(services, target_level=4, complete=False))
    assert (opened.status, opened.result, opened.completed_at) == ("open", None, None)
    with pytest.raises(AssessmentOpen):
        await result(services, principal, opened.id)
    completed = await complete(services, principal, opened.id)
    assert completed.status == "completed"
    assert completed.completed_at is not None
    assert bytes(completed.result or b"") == bytes(at_once.result or b"")
    assert await get(services, principal, opened.id) == completed
    assert await result(services, principal, opened.id) == bytes(at_once.result or b"")


async def test_an_assessment_is_completed_once(services: Services) -> None:
    principal = await new_principal(services)
    opened = await create(services, principal, new_assessment(services, complete=False))
    outcomes = await asyncio.gather(
        *(complete(services, principal, opened.id) for _ in range(5)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [*["AssessmentCompleted"] * 4, "AssessmentView"]
    with pytest.raises(AssessmentCompleted):
        await complete(services, principal, opened.id)


async def test_only_submitted_responses_count(services: Services) -> None:
    principal = await new_principal(services)
    best = ResponseIn(best_answers(services), "sales")
    draft = ResponseIn(worst_answers(services), "marketing", submit=False)
    created = await create(services, principal, new_assessment(services, responses=[draft, best]))
    assert created.result is not None
    assert msgspec.json.decode(created.result)["score"] == 100.0
    assert [response.submitted_at is None for response in created.responses] == [True, False]
    opened = await create(services, principal, new_assessment(services, responses=[draft, best], complete=False))
    completed = await complete(services, principal, opened.id)
    assert msgspec.json.decode(completed.result or b"null")["score"] == 100.0


async def test_completing_needs_a_submitted_response(services: Services) -> None:
    principal = await new_principal(services)
    draft = ResponseIn(best_answers(services), submit=False)
    for responses in ([], [draft]):
        with pytest.raises(InvalidInput) as caught:
            await create(services, principal, new_assessment(services, responses=responses))
        assert [(one.pointer, one.code) for one in caught.value.errors] == [("/responses", "no_submitted_response")]
    opened = await create(services, principal, new_assessment(services, responses=[draft], complete=False))
    with pytest.raises(InvalidInput, match="has none"):
        await complete(services, principal, opened.id)


@pytest.mark.parametrize("finish", [True, False])
async def test_every_bad_answer_is_told_also_of_drafts_and_nothing_is_stored(services: Services, finish: bool) -> None:
    principal = await new_principal(services)
    submitted = ResponseIn({**best_answers(services), "kpi-set": "no-such-option"}, "sales")
    draft = ResponseIn({"no-such-question": "x", "kpi-set": 3}, "sales", submit=False)
    with pytest.raises(InvalidAnswers) as caught:
        await create(services, principal, new_assessment(services, responses=[submitted, draft], complete=finish))
    assert sorted(problem.pointer for problem in caught.value.errors) == [
        "/responses/0/answers/kpi-set",
        "/responses/1/answers/kpi-set",
        "/responses/1/answers/no-such-question",
    ]
    assert await count(services) == (0, 0, 0, 0)


async def test_whatever_else_is_wrong_is_told_together_with_the_answers(services: Services) -> None:
    principal = await new_principal(services)
    new = new_assessment(
        services,
        organisation=OrganisationIn(" ", external_id="", domain="d" * 254),
        functions=["sales", "sales", "catering"],
        responses=[
            ResponseIn({"kpi-set": "no-such-option"}, "marketing", Respondent("", "s" * 101)),
        ],
        target_level=5,
    )
    with pytest.raises(InvalidInput) as caught:
        await create(services, principal, new)
    assert not isinstance(caught.value, InvalidAnswers)
    assert [(problem.pointer, problem.code) for problem in caught.value.errors] == [
        ("/organisation/name", "invalid_text"),
        ("/organisation/external_id", "invalid_text"),
        ("/organisation/domain", "invalid_text"),
        ("/functions/1", "duplicate_function"),
        ("/functions/2", "unknown_function"),
        ("/responses/0/function", "function_not_asked"),
        ("/responses/0/respondent/reference", "invalid_text"),
        ("/responses/0/respondent/seniority", "unknown_seniority"),
        ("/target_level", "out_of_range"),
        ("/responses/0/answers/kpi-set", "unknown_option"),
    ]


async def test_an_unknown_rubric_is_not_found(services: Services) -> None:
    principal = await new_principal(services)
    for reference in ("alignment-quick@1999.1", "no-such-rubric", "", "@", "alignment-quick@"):
        with pytest.raises(RubricNotFound):
            await create(services, principal, new_assessment(services, rubric=reference))


async def test_an_organisation_is_found_again_by_its_external_id(services: Services) -> None:
    principal = await new_principal(services)
    first = await create(services, principal, new_assessment(services, organisation=OrganisationIn("One", "crm-1")))
    again = await create(services, principal, new_assessment(services, organisation=OrganisationIn("Two", "crm-1")))
    other = await create(services, principal, new_assessment(services, organisation=OrganisationIn("One", "crm-2")))
    unnamed = await create(services, principal, new_assessment(services, organisation=OrganisationIn("One")))
    assert again.organisation == first.organisation
    assert again.organisation.name == "One"
    assert len({first.organisation.id, other.organisation.id, unnamed.organisation.id}) == 3


async def test_an_external_id_means_another_organisation_for_another_partner_or_mode(services: Services) -> None:
    principals = [
        await new_principal(services),
        await new_principal(services),
        await new_principal(services, "test"),
    ]
    new = new_assessment(services, organisation=OrganisationIn("Northwind", "crm-1"))
    created = [await create(services, principal, new) for principal in principals]
    assert len({view.organisation.id for view in created}) == 3


async def test_racing_creators_of_one_organisation_all_succeed_with_one(services: Services) -> None:
    principal = await new_principal(services)
    for turn in range(5):
        new = new_assessment(services, organisation=OrganisationIn("Northwind", f"race-{turn}"))
        created = await asyncio.gather(*(create(services, principal, new) for _ in range(8)))
        assert len({view.organisation.id for view in created}) == 1
    assert await count(services) == (5, 40, 40, 40)


async def test_deleting_removes_responses_and_result(services: Services) -> None:
    principal = await new_principal(services)
    kept = await create(services, principal, new_assessment(services))
    gone = await create(services, principal, new_assessment(services))
    await delete(services, principal, gone.id)
    assert await count(services) == (2, 1, 1, 1)
    for ask in (get, result, complete, delete):
        with pytest.raises(ResourceNotFound):
            await ask(services, principal, gone.id)
    assert await get(services, principal, kept.id) == kept


async def test_the_rubric_is_pinned_by_digest(services: Services) -> None:
    principal = await new_principal(services)
    opened = await create(services, principal, new_assessment(services, complete=False))

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(update(ASSESSMENTS).values(rubric_digest=bytes(32)))

    await services.queue.run(work, EVERYONE)
    with pytest.raises(RubricNotFound, match="is not the one this assessment was created with"):
        await complete(services, principal, opened.id)


async def test_an_organisation_that_was_deleted_behind_our_back_is_created_anew(services: Services) -> None:
    principal = await new_principal(services)
    organisation = OrganisationIn("Northwind", "crm-17")
    first = await create(services, principal, new_assessment(services, organisation=organisation))
    again = await create(services, principal, new_assessment(services, organisation=organisation))
    assert again.organisation == first.organisation

    async def work(connection: AsyncConnection) -> None:
        for table in (RESULTS, RESPONSES, ASSESSMENTS, ORGANISATIONS):
            await connection.execute(table.delete())

    await services.queue.run(work, EVERYONE)
    anew = await create(services, principal, new_assessment(services, organisation=organisation))
    assert anew.organisation.id != first.organisation.id
    assert anew.organisation.external_id == "crm-17"
