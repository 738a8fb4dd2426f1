"""The whole way of a visitor on a partner's page, under the strictest policy that the widget works with."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.flow import Flow
from tests.browser.scene import Scene
from tests.browser.visitor import Visitor


async def test_the_whole_way_with_the_keyboard_alone(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        flow = await visitor.open_shop({})
        await flow.reach("intro")
        await flow.listen()
        press, type_ = visitor.page.keyboard.press, visitor.page.keyboard.type
        await visitor.tab_to(element="input", type="text")
        await type_("Keyboard & Sons")
        await press("Enter")
        await flow.reach("question")
        asked = []
        async for question in flow.questions():
            focused = await visitor.focused()
            assert (focused["element"], focused["text"], focused["inView"]) == ("h2", question, True)
            asked.append(question)
            await press("Tab")
            kind = (await visitor.focused())["type"]
            assert kind in ("radio", "checkbox")
            await press("Space")
            if kind == "radio":
                await press("ArrowDown")
            await expect(flow.root.locator(":checked")).to_have_count(1)
            await press("Enter")
        assert len(asked) == len(set(asked)) == 12
        await flow.reach("review")
        assert (await visitor.focused())["text"] == "Check your answers"
        await visitor.tab_to(text="Change: Name of the organisation")
        await visitor.tab_to(text="Send answers")
        await press("Enter")
        await flow.reach("result")
        assert (await visitor.focused())["text"] == "Your result"
        await _read_report_by_keyboard(visitor, flow)
        await _clear_by_keyboard(visitor, flow)
        heard = await flow.heard()
        assert {name for name, _ in heard} == {"started", "answered", "completed"}
        assert len({detail["question"] for name, detail in heard if name == "answered"}) == 12
        (completed,) = (detail for name, detail in heard if name == "completed")
        assert completed["result"]["rating"]["level"] >= 1
    assert scene.stored("Keyboard & Sons") == 1


async def _read_report_by_keyboard(visitor: Visitor, flow: Flow) -> None:
    await visitor.tab_to(text="Make a link to the full report")
    await visitor.page.keyboard.press("Enter")
    await expect(flow.root.get_by_role("link", name="Open the full report")).to_be_focused()
    async with visitor.context.expect_page() as opened:
        await visitor.page.keyboard.press("Enter")
    report = await opened.value
    await expect(report.get_by_role("heading", level=1)).to_contain_text("Keyboard & Sons")
    await report.close()


async def _clear_by_keyboard(visitor: Visitor, flow: Flow) -> None:
    assert await visitor.kept() == 1
    await visitor.tab_to(text="Clear and start again")
    await visitor.page.keyboard.press("Enter")
    await flow.reach("intro")
    assert (await visitor.focused())["element"] == "h2"
    assert await visitor.kept() == 0


async def test_a_small_screen_and_a_mouse(visit: Visit, scene: Scene) -> None:
    async with visit(viewport={"width": 320, "height": 640}, has_touch=True) as visitor:
        flow = await visitor.open(f"{scene.site}/demo")
        await flow.reach("intro")
        await flow.onward.click()
        await expect(flow.root.get_by_text("Please fill this in.")).to_be_visible()
        await expect(flow.root.get_by_role("textbox", name="Name of the organisation")).to_be_focused()
        await visitor.check("01-intro-refused")
        await flow.begin()
        await visitor.check("02-question")
        await flow.root.get_by_role("radio", name="Does not apply to us").check()
        await flow.onward.click()
        reason = flow.root.get_by_role("textbox", name="Why does it not apply?")
        await expect(reason).to_be_focused()
        await visitor.check("03-question-refused")
        await reason.fill("We sell through partners alone.")
        await flow.onward.click()
        await flow.root.get_by_role("radio", name="I don’t know").check()
        await flow.root.get_by_role("button", name="Note").click()
        await flow.root.get_by_role("textbox", name="Note").fill("Ask Priya, who has the figures.")
        await flow.onward.click()
        while await flow.choices.first.get_attribute("type") == "radio":
            await flow.answer(3)
        await flow.choices.nth(0).check()
        await flow.choices.nth(2).check()
        await visitor.check("04-question-of-several")
        await flow.onward.click()
        await flow.skip_all()
        await expect(flow.root.get_by_text("We sell through partners alone.")).to_be_visible()
        await visitor.check("05-review")
        await flow.root.get_by_role("button", name="Change").first.click()
        await flow.reach("question")
        await flow.answer()
        await flow.reach("review")
        await flow.send()
        await flow.reach("result")
        await visitor.check("06-result")
        assert await visitor.widest() == 0


async def test_a_reload_loses_nothing(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        flow = await visitor.open_shop({})
        await flow.begin("Reload Ltd")
        await flow.answer(0)
        await flow.answer(2)
        asked = await flow.heading.inner_text()
        await visitor.page.reload()
        await flow.reach("question")
        assert await flow.heading.inner_text() == asked
        await expect(flow.root.get_by_text("Your earlier answers are back.")).to_be_visible()
        await visitor.check("resumed")
        await flow.button("Back").click()
        await expect(flow.choices.nth(2)).to_be_checked()
        await flow.onward.click()
        await flow.answer_all(1)
        await visitor.page.reload()
        await flow.reach("review")
        await flow.send()
        await flow.reach("result")
        rating = await flow.root.get_by_role("heading", level=3).first.inner_text()
        assert rating.startswith("Level 1 of 4")
        await visitor.page.reload()
        await flow.reach("result")
        assert await flow.root.get_by_role("heading", level=3).first.inner_text() == rating
        await flow.button("Clear and start again").click()
        await flow.reach("intro")
        await visitor.page.reload()
        await flow.reach("intro")
        await expect(flow.root.get_by_role("textbox").first).to_have_value("")
    assert scene.stored("Reload Ltd") == 1


async def test_answers_are_there_again_back_and_forth(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        flow = await visitor.open_shop({})
        await flow.begin()
        chosen = [2, 1, 2, 0]
        for choice in chosen:
            await flow.answer(choice)
        for number in (3, 2, 1, 0, 1, 2, 3):
            back = await flow.root.locator("#progress").get_by_text(f"Question {number + 2} of").is_visible()
            await (flow.button("Back") if back else flow.onward).click()
            await expect(flow.root.locator("#progress")).to_contain_text(f"Question {number + 1} of")
            await expect(flow.choices.nth(chosen[number])).to_be_checked()
            await expect(flow.root.locator("fieldset :checked")).to_have_count(1)


async def test_whoever_starts_over_leaves_nothing_behind(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        flow = await visitor.open_shop({})
        await flow.begin()
        await flow.answer()
        await visitor.page.reload()
        await flow.button("Clear and start again").click()
        await flow.reach("intro")
        assert await visitor.kept() == 0


async def test_one_function_after_the_other(visit: Visit, scene: Scene) -> None:
    """A page that asks which function somebody answers for, and an open assessment that somebody else joins."""
    async with visit() as visitor:
        flow = await visitor.open_shop({"functions": "sales marketing", "organisation": "Two Views"})
        await flow.reach("intro")
        await expect(flow.root.get_by_role("textbox").first).to_have_value("Two Views")
        await flow.onward.click()
        await expect(flow.root.get_by_text("Please fill this in.")).to_be_visible()
        await visitor.check("functions")
        await flow.root.get_by_role("radio", name="Sales").check()
        await flow.onward.click()
        await flow.reach("question")
        await flow.answer_all()
        await flow.send()
        await flow.reach("result")
        await expect(flow.root.get_by_text("This is the view of one function alone.")).to_be_visible()
    assert scene.stored("Two Views") == 1


async def test_somebody_joins_an_open_assessment(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        await visitor.open(f"{scene.site}/demo")
        body = {"rubric": "alignment-quick", "organisation": {"name": "Joined"}, "functions": ["sales", "marketing"]}
        made = await visitor.page.evaluate(
            """async ([service, key, body]) => {
                const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
                const answer = await fetch(`${service}/v1/assessments`, { method: 'POST', headers, body });
                return answer.json();
            }""",
            [scene.service, scene.key, json.dumps(body)],
        )
        joins = {"assessment": made["id"], "client-token": made["client_token"], "functions": "marketing"}
        flow = await visitor.open_shop(joins)
        await flow.reach("intro")
        await flow.onward.click()
        await flow.reach("question")
        await flow.answer()
        await flow.skip_all()
        await flow.send()
        await flow.reach("thanks")
        await visitor.check("thanks")
        assert await visitor.kept() == 0
    with scene.client() as client:
        (response,) = client.get(f"/v1/assessments/{made['id']}").json()["responses"]
    assert response["function"] == "marketing" and response["submitted_at"] is not None


@pytest.mark.parametrize("wrong", ["key", "origin"])
async def test_where_the_key_does_not_work_the_owner_is_told_why(visit: Visit, scene: Scene, wrong: str) -> None:
    """A browser lets no page read why it was refused, so it looks like a service that cannot be reached."""
    async with visit() as visitor:
        visitor.expect("blocked by CORS policy|net::ERR_FAILED")
        visitor.expect("^console: <alignment-assessment> .* Does the key list this origin")
        visitor.watch.origins += (scene.shop.stranger,)
        key = scene.key if wrong == "origin" else scene.key[:-1] + ("y" if scene.key[-1] == "x" else "x")
        page = scene.shop.put_widget(scene.service, {"publishable-key": key})
        flow = await visitor.open(page if wrong == "key" else f"{scene.shop.stranger}/")
        await flow.reach("failure")
        await expect(flow.button("Try again")).to_be_visible()
        await visitor.check("refused")
        assert not await flow.choices.count()
        assert any("Does the key list" in each for each in visitor.watch.found)


async def test_where_nothing_can_be_kept_the_page_says_so_and_works(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        refuse = "{ get() { throw new DOMException('Access is denied.', 'SecurityError'); } }"
        await visitor.context.add_init_script(f"Object.defineProperty(window, 'localStorage', {refuse});")
        flow = await visitor.open_shop({})
        await flow.begin("Blocked Ltd")
        await flow.answer()
        await expect(flow.root.get_by_text("Nothing can be saved on this device. Keep this page open.")).to_be_visible()
        await flow.skip_all()
        await flow.send()
        await flow.reach("result")
    assert scene.stored("Blocked Ltd") == 1
