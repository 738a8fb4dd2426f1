"""Whoever was invited answers: with a script, without one, on one device and on another."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.flow import Flow
from tests.browser.scene import Scene


def invite(scene: Scene, **fields: Any) -> tuple[str, str]:
    """An assessment's id, and the address of an invitation to it."""
    made = scene.create(functions=["sales", "marketing"], **fields)
    (invitation,) = scene.post(f"/v1/assessments/{made['id']}/invitations", function="sales")["data"]
    return made["id"], invitation["url"]


def submitted(scene: Scene, assessment: str) -> int:
    with scene.client() as client:
        responses = client.get(f"/v1/assessments/{assessment}").raise_for_status().json()["responses"]
    return sum(response["submitted_at"] is not None for response in responses)


async def test_an_invitation_with_the_widget(visit: Visit, scene: Scene) -> None:
    assessment, address = invite(scene)
    async with visit() as visitor:
        flow = await visitor.open(address)
        await flow.reach("intro")
        await expect(flow.root.get_by_text("Nobody is shown").filter(visible=True)).to_be_visible()
        await visitor.check("intro")
        await flow.onward.click()
        await flow.reach("question")
        await flow.answer()
        await expect(flow.root.get_by_text("Saved", exact=True)).to_be_visible()
        await visitor.check("question")
        await visitor.page.reload()
        await flow.reach("question")
        await flow.answer_all()
        await visitor.check("review")
        await flow.send()
        await flow.reach("thanks")
        await visitor.check("thanks")
        assert submitted(scene, assessment) == 1
        await visitor.page.reload()
        await expect(visitor.page.get_by_role("heading", name="Thank you")).to_be_visible()
        await visitor.check("again")


async def test_an_invitation_without_a_script(visit: Visit, scene: Scene) -> None:
    assessment, address = invite(scene)
    async with visit(java_script_enabled=False, viewport={"width": 320, "height": 640}) as visitor:
        page = visitor.page
        await page.goto(address)
        await visitor.check("form")
        assert await visitor.widest() == 0
        await page.get_by_role("radio", name="Some of the same figures are reported to both").check()
        await page.get_by_role("button", name="Save and go on later").click()
        await expect(page.get_by_text("Nothing is submitted yet.")).to_be_visible()
        await expect(page.get_by_role("radio", name="Some of the same figures are reported to both")).to_be_checked()
        await page.get_by_role("radio", name="Does not apply here").nth(1).check()
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
        visitor.expect("422 \\(Unprocessable")
        await visitor.check("form-refused")
        await page.get_by_label("Note (needed only to say why").nth(1).fill("We sell through partners alone.")
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_role("heading", name="Before you submit")).to_be_visible()
        await visitor.check("review")
        await page.get_by_role("button", name="Submit as it is").click()
        await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        await visitor.check("thanks")
    assert submitted(scene, assessment) == 1


async def test_a_script_that_does_not_come_leaves_the_form(visit: Visit, scene: Scene) -> None:
    _, address = invite(scene)
    async with visit() as visitor:
        visitor.expect("net::ERR_FAILED")
        await visitor.context.route("**/widget/v1/*.js", lambda route: route.abort())
        await visitor.page.goto(address)
        await expect(visitor.page.get_by_role("button", name="Save and go on later")).to_be_visible()
        await visitor.check("form")
        await visitor.page.get_by_role("radio", name="Some of the same figures are reported to both").check()
        await visitor.page.get_by_role("button", name="Submit").click()
        await expect(visitor.page.get_by_role("heading", name="Before you submit")).to_be_visible()
        await visitor.check("review")


async def test_a_draft_goes_on_from_the_form_in_the_widget(visit: Visit, scene: Scene) -> None:
    _, address = invite(scene)
    async with visit(java_script_enabled=False) as visitor:
        await visitor.page.goto(address)
        await visitor.page.get_by_role("radio", name="Some of the same figures are reported to both").check()
        await visitor.page.get_by_role("button", name="Save and go on later").click()
        await expect(visitor.page.get_by_text("Nothing is submitted yet.")).to_be_visible()
    async with visit() as visitor:
        flow = await visitor.open(address)
        await flow.reach("question")
        await expect(flow.root.locator("#progress")).to_contain_text("Question 2 of 12")
        await flow.button("Back").click()
        await expect(flow.choices.nth(1)).to_be_checked()


async def test_two_devices_at_once_lose_neither_answer(visit: Visit, scene: Scene) -> None:
    _, address = invite(scene)
    async with visit() as first, visit() as second:
        # What the second has read is old by then, which it is told with 412.
        second.expect("412 \\(Precondition Failed\\)")
        flows = [await visitor.open(address) for visitor in (first, second)]
        for flow in flows:
            await flow.reach("intro")
            await flow.onward.click()
            await flow.reach("question")
        await flows[0].answer(2)
        await expect(flows[0].root.get_by_text("Saved", exact=True)).to_be_visible()
        await flows[1].onward.click()
        await expect(flows[1].root.locator("#progress")).to_contain_text("Question 2 of 12")
        await flows[1].answer(1)
        await expect(flows[1].root.get_by_text("Saved", exact=True)).to_be_visible()
        await first.page.reload()
        await flows[0].reach("question")
        await _require_chosen(flows[0], {1: 2, 2: 1})


async def _require_chosen(flow: Flow, wanted: dict[int, int]) -> None:
    """The choice at each of these questions, from wherever it is shown."""
    while (
        await flow.button("Back").is_visible()
        and not await flow.root.locator("#progress").get_by_text("Question 1 of").is_visible()
    ):
        await flow.button("Back").click()
    for number in sorted(wanted):
        await expect(flow.root.locator("#progress")).to_contain_text(f"Question {number} of 12")
        await expect(flow.choices.nth(wanted[number])).to_be_checked()
        await flow.onward.click()


async def test_an_invitation_in_german(visit: Visit, scene: Scene) -> None:
    _, address = invite(scene)
    async with visit(locale="de-DE") as visitor:
        flow = await visitor.open(address)
        await flow.reach("intro")
        await visitor.check("intro")
        await flow.onward.click()
        await flow.reach("question")
        await expect(flow.root.locator("#progress")).to_contain_text("Frage 1 von 12")
        await flow.skip_all()
        await expect(flow.heading).to_have_text("Antworten prüfen")


@pytest.mark.parametrize("script", [True, False])
async def test_an_invitation_that_was_withdrawn(visit: Visit, scene: Scene, script: bool) -> None:
    assessment, address = invite(scene)
    with scene.client() as client:
        (link,) = client.get(f"/v1/assessments/{assessment}/invitations").json()["data"]
        client.delete(f"/v1/assessments/{assessment}/invitations/{link['id']}").raise_for_status()
    async with visit(java_script_enabled=script) as visitor:
        visitor.expect("404 \\(Not Found\\)")
        await visitor.page.goto(address)
        gone = visitor.page.get_by_role("heading", name="This link does not work, or not any more")
        await expect(gone).to_be_visible()
        await visitor.check("withdrawn")
