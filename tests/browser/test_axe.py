"""The check of barriers itself: it finds what is there, also in a shadow, and under a policy that allows no script."""

from __future__ import annotations

from tests.browser.axe import find_violations
from tests.browser.conftest import Visit
from tests.browser.scene import Scene

PAGE = """<!doctype html><html lang="en"><title>x</title><link rel="icon" href="data:,"><main><h1>x</h1>
<div><template shadowrootmode="open"><input><p id="pale">x</p></template></div></main></html>"""


async def test_barriers_are_found(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        scene.shop.put("/", PAGE, "default-src 'none'; img-src data:; require-trusted-types-for 'script'")
        await visitor.page.goto(f"{scene.shop.url}/")
        (found,) = await find_violations(visitor.page)
        assert found.startswith("label: div input – ")
