"""Languages and directions, themes, and what people ask their browsers for."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.scene import Scene

PROGRESS = {"de": "Frage 1 von 12", "fr": "Question 1 sur 12", "es": "Pregunta 1 de 12"}


@pytest.mark.parametrize("locale", ["de", "fr", "es"])
async def test_the_widget_in_other_languages(visit: Visit, scene: Scene, locale: str) -> None:
    async with visit(viewport={"width": 320, "height": 640}) as visitor:
        flow = await visitor.open_shop({"locale": locale})
        await flow.reach("intro")
        assert await flow.root.locator("[part=base]").get_attribute("lang") == locale
        await visitor.check("intro")
        await flow.begin()
        await expect(flow.announced).to_have_text(PROGRESS[locale])
        await visitor.check("question")
        await flow.answer_all(1)
        await visitor.check("review")
        assert await visitor.widest() == 0
        await flow.send()
        await flow.reach("result")
        await visitor.check("result")
        assert await visitor.widest() == 0


async def test_the_language_of_the_page_is_the_widgets(visit: Visit, scene: Scene) -> None:
    async with visit(locale="fr-FR") as visitor:
        flow = await visitor.open_shop({}, root='lang="de-AT"')
        await flow.begin()
        await expect(flow.announced).to_have_text("Frage 1 von 12")
        flow = await visitor.open_shop({}, root="")
        await flow.begin()
        await expect(flow.root.locator("#progress")).to_contain_text("Question 1 sur 12")


async def test_from_right_to_left(visit: Visit, scene: Scene) -> None:
    async with visit(viewport={"width": 320, "height": 640}) as visitor:
        flow = await visitor.open_shop({}, root='lang="en" dir="rtl"')
        await flow.begin()
        circle = flow.root.locator("label.choice input").first
        text = flow.root.locator("label.choice span").first
        assert (await _left(circle)) > (await _left(text))
        await visitor.check("question")
        await flow.answer_all(1)
        await flow.send()
        await flow.reach("result")
        assert await visitor.widest() == 0
        await visitor.check("result")


@pytest.mark.parametrize(("theme", "scheme"), [("dark", "light"), ("light", "dark")])
async def test_a_theme_of_its_own(visit: Visit, scene: Scene, theme: str, scheme: str) -> None:
    async with visit() as visitor:
        await visitor.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        flow = await visitor.open_shop({"theme": theme})
        await flow.reach("intro")
        light = await _lightness(flow.heading, "color")
        assert (light > 0.5) == (theme == "dark")
        await visitor.check("intro")


async def test_a_partners_own_colours(visit: Visit, scene: Scene) -> None:
    style = "alignment-assessment { --alignment-accent: #7a1f5c; --alignment-on-accent: #fff; --alignment-radius: 0 }"
    style += "alignment-assessment::part(button-primary) { text-transform: uppercase }"
    async with visit() as visitor:
        flow = await visitor.open_shop({}, style=style)
        await flow.reach("intro")
        await expect(flow.onward).to_have_css("background-color", "rgb(122, 31, 92)")
        await expect(flow.onward).to_have_css("border-radius", "0px")
        await expect(flow.onward).to_have_css("text-transform", "uppercase")


async def test_nothing_moves_for_who_wants_that(visit: Visit, scene: Scene) -> None:
    async with visit(reduced_motion="reduce") as visitor:
        flow = await visitor.open_shop({})
        await flow.begin()
        moving = """(root) => Array.from(root.shadowRoot.querySelectorAll('*')).filter((each) => {
            const { transitionDuration, animationName } = getComputedStyle(each);
            return animationName !== 'none' || !/^0s(, 0s)*$/.test(transitionDuration);
        }).map((each) => each.localName)"""
        assert await flow.root.evaluate(moving) == []


async def test_colours_that_the_browser_forces(visit: Visit, scene: Scene) -> None:
    """They are the browser's own, so their contrast is not measured; what colour alone would say has a border too."""
    async with visit(forced_colors="active") as visitor:
        flow = await visitor.open_shop({})
        await flow.begin()
        await flow.choices.nth(1).check()
        chosen, other = (flow.root.locator("label.choice").nth(place) for place in (1, 0))
        await expect(chosen).to_have_css("border-top-width", "3px")
        await expect(other).to_have_css("border-top-width", "1px")
        await visitor.shoot("question")
        await flow.answer_all(1)
        await flow.send()
        await flow.reach("result")
        await visitor.shoot("result")


async def _left(found: Locator) -> float:
    box = await found.bounding_box()
    assert box is not None
    return box["x"]


async def _lightness(found: Locator, name: str) -> float:
    """From 0 for black to 1 for white."""
    return float(
        await found.evaluate(
            """(element, name) => {
                const [red, green, blue] = getComputedStyle(element)[name].match(/[\\d.]+/g).map(Number);
                return (red + green + blue) / 765;
            }""",
            name,
        )
    )
