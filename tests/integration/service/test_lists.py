"""Lists: pages, cursors and filters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from assessment.errors import InvalidInput
from assessment.service import ids
from assessment.service.assessments import AssessmentFilters, OrganisationIn, create, delete, list_page
from assessment.service.context import Principal, Services
from assessment.service.pages import Window
from tests.integration.service.helpers import new_assessment, new_principal


async def listed(services: Services, principal: Principal, **filters: Any) -> list[str]:
    page = await list_page(services, principal, limit=100, filters=AssessmentFilters(**filters))
    return [view.id for view in page.data]


async def test_pages_lead_through_everything_once_newest_first(services: Services) -> None:
    principal = await new_principal(services)
    made = [(await create(services, principal, new_assessment(services, complete=n % 2 == 0))).id for n in range(7)]
    seen: list[str] = []
    cursor = None
    sizes = []
    while True:
        page = await list_page(services, principal, limit=3, cursor=cursor)
        seen += [view.id for view in page.data]
        sizes.append((len(page.data), page.has_more))
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == made[::-1]
    assert sizes == [(3, True), (3, True), (1, False)]


def test_a_page_reads_one_row_more_than_it_shows() -> None:
    assert Window(3, None, "a list").reach == 4


async def test_a_traversal_is_stable_under_inserts_and_deletes(services: Services) -> None:
    principal = await new_principal(services)
    made = [(await create(services, principal, new_assessment(services))).id for _ in range(6)]
    first = await list_page(services, principal, limit=2)
    await create(services, principal, new_assessment(services))
    # Also the very row that the cursor stands behind.
    await delete(services, principal, first.data[-1].id)
    rest = await list_page(services, principal, limit=100, cursor=first.next_cursor)
    assert [view.id for view in (*first.data, *rest.data)] == made[::-1]


async def test_a_list_carries_responses_and_no_results(services: Services) -> None:
    principal = await new_principal(services)
    created = await create(services, principal, new_assessment(services))
    page = await list_page(services, principal, limit=1)
    assert page.data[0].responses == created.responses
    assert page.data[0].result is None
    assert page.data[0].status == "completed"


async def test_filters_narrow_the_list(services: Services) -> None:
    principal = await new_principal(services)
    one = await create(services, principal, new_assessment(services, organisation=OrganisationIn("One", "crm-1")))
    two = await create(services, principal, new_assessment(services, complete=False))
    assert await listed(services, principal) == [two.id, one.id]
    assert await listed(services, principal, organisation=two.organisation.id) == [two.id]
    assert await listed(services, principal, external_id="crm-1") == [one.id]
    assert await listed(services, principal, status="open") == [two.id]
    assert await listed(services, principal, status="completed", rubric="alignment-quick@2026.1") == [one.id]
    assert await listed(services, principal, rubric="alignment-quick") == [two.id, one.id]
    assert await listed(services, principal, rubric="alignment") == []
    assert await listed(services, principal, created_after=one.created_at) == [two.id]
    assert await listed(services, principal, created_before=two.created_at) == [one.id]
    assert await listed(services, principal, created_after=one.created_at - timedelta(microseconds=1)) == [
        two.id,
        one.id,
    ]
    assert await listed(services, principal, organisation=ids.to_text("org", ids.new_id())) == []


@pytest.mark.parametrize(
    ("parameter", "given"),
    [
        ("cursor", {"cursor": ""}),
        ("cursor", {"cursor": "nonsense"}),
        ("cursor", {"cursor": "é"}),
        ("cursor", {"cursor": "A" * 32}),
        ("limit", {"limit": 0}),
        ("limit", {"limit": 101}),
        ("organisation", {"filters": AssessmentFilters(organisation="org_nonsense")}),
    ],
)
async def test_a_bad_parameter_is_named(services: Services, parameter: str, given: dict[str, Any]) -> None:
    principal = await new_principal(services)
    with pytest.raises(InvalidInput) as caught:
        await list_page(services, principal, **({"limit": 10} | given))
    assert [problem.pointer for problem in caught.value.errors] == [f"/{parameter}"]


async def test_a_cursor_works_in_its_own_list_only(services: Services) -> None:
    principal, other = await new_principal(services), await new_principal(services)
    for _ in range(2):
        await create(services, principal, new_assessment(services))
    cursor = (await list_page(services, principal, limit=1)).next_cursor
    assert cursor is not None
    changed = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for asking, text, filters in (
        (principal, changed, AssessmentFilters()),
        (principal, cursor + "!", AssessmentFilters()),
        (principal, cursor, AssessmentFilters(status="completed")),
        (other, cursor, AssessmentFilters()),
    ):
        with pytest.raises(InvalidInput, match="not the next_cursor"):
            await list_page(services, asking, limit=1, cursor=text, filters=filters)
