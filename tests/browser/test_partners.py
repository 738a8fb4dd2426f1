"""The pages of a partner's site: plain, made with React, as WordPress makes them, and with the widget in a frame."""

from __future__ import annotations

import pytest
from playwright.async_api import Frame, expect

from tests.browser.conftest import Visit
from tests.browser.flow import Flow
from tests.browser.scene import Scene
from tests.browser.visitor import Visitor


@pytest.mark.parametrize("page", ["react", "wordpress"])
async def test_examples_give_a_rating(visit: Visit, scene: Scene, page: str) -> None:
    async with visit(viewport={"width": 320, "height": 640}) as visitor:
        flow = await visitor.open(f"{scene.site}/demo/{page}")
        await flow.reach("intro")
        await visitor.check("intro")
        await flow.begin(f"{page} Ltd")
        await flow.answer()
        await visitor.check("question")
        assert await visitor.widest() == 0
        await flow.skip_all()
        await flow.send()
        await flow.reach("result")
        await visitor.check("result")
        assert await visitor.widest() == 0
    assert scene.stored(f"{page} Ltd") == 1


async def test_the_widget_in_a_frame(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        await visitor.page.goto(f"{scene.site}/demo/frame")
        flow, inside = await _find_framed(visitor)
        outside = Flow(visitor.page, visitor.page.locator("alignment-assessment"))
        await outside.listen()
        await flow.begin("Framed Ltd")
        await visitor.check("question-inside", frame=inside)
        await visitor.check("question")
        await _require_fitting(visitor, inside)
        await flow.answer()
        assert await outside.state() == "question"
        assert len(await outside.root.evaluate("(element) => Object.keys(element.getAnswers())")) == 1
        await flow.skip_all()
        await flow.send()
        await flow.reach("result")
        await _require_fitting(visitor, inside)
        await visitor.check("result-inside", frame=inside)
        heard = await outside.heard()
        assert [name for name, _ in heard] == ["started", "answered", "completed"]
        assert heard[-1][1]["assessment"].startswith("asmt_")
        await outside.root.evaluate("(element) => element.restart()")
        await flow.reach("intro")
    assert scene.stored("Framed Ltd") == 1


async def test_a_page_speaks_for_no_frame(visit: Visit, scene: Scene) -> None:
    """Messages from anywhere but the frame are not heard."""
    async with visit() as visitor:
        await visitor.page.goto(f"{scene.site}/demo/frame")
        flow, _ = await _find_framed(visitor)
        outside = Flow(visitor.page, visitor.page.locator("alignment-assessment"))
        await outside.listen()
        await flow.reach("intro")
        before = await outside.root.locator("iframe").bounding_box()
        await visitor.page.evaluate(
            """async () => {
                const event = { event: 'assessment-completed', detail: { assessment: 'x', result: null } };
                window.postMessage({ alignment: 1, type: 'event', ...event }, '*');
                window.postMessage({ alignment: 1, type: 'height', height: 9 }, '*');
                await new Promise((done) => setTimeout(done, 100));
            }"""
        )
        assert await outside.heard() == []
        assert await outside.root.locator("iframe").bounding_box() == before


async def test_a_stranger_may_not_frame_it(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        visitor.watch.origins += (scene.shop.stranger,)
        visitor.expect("frame-ancestors")
        address = f"{scene.service}/widget/v1/frame?key={scene.key}&rubric=alignment-quick"
        scene.shop.put(
            "/",
            f'<!doctype html><title>A stranger</title><link rel="icon" href="data:,"><iframe src="{address}"></iframe>',
        )
        await visitor.page.goto(f"{scene.shop.stranger}/")
        (frame,) = visitor.page.main_frame.child_frames
        assert not await frame.locator("alignment-assessment").count()
        assert any("frame-ancestors" in each for each in visitor.watch.found)


async def test_the_inside_of_a_frame_is_no_page(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        visitor.expect("403 \\(Forbidden\\)")
        await visitor.page.goto(f"{scene.service}/widget/v1/frame?key={scene.key}")
        await expect(visitor.page.get_by_role("heading", name="This belongs into another page")).to_be_visible()
        await visitor.check("alone")


async def _find_framed(visitor: Visitor) -> tuple[Flow, Frame]:
    element = visitor.page.locator("alignment-assessment iframe")
    handle = await element.element_handle()
    frame = None if handle is None else await handle.content_frame()
    assert frame is not None
    root = visitor.page.frame_locator("alignment-assessment iframe").locator("alignment-assessment")
    await root.wait_for()
    return Flow(visitor.page, root), frame


async def _require_fitting(visitor: Visitor, inside: Frame) -> None:
    """All of what is in the frame can be seen without scrolling in it."""
    for _ in range(50):
        hidden = await inside.evaluate("document.documentElement.scrollHeight - innerHeight")
        if hidden <= 0:
            return
        await visitor.page.wait_for_timeout(50)
    raise AssertionError(f"{hidden} pixels of the frame are hidden.")
