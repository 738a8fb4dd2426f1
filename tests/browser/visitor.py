"""Somebody who visits a page: the page, what was seen of it, and what is right with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, Frame, Page

from tests.browser.axe import find_violations
from tests.browser.flow import Flow
from tests.browser.scene import Scene
from tests.chromium import Watch, watched

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (320, 768, 1280)
HEIGHT = 800


@dataclass
class Visitor:
    """A page of a fresh context."""

    context: BrowserContext
    page: Page
    watch: Watch
    scene: Scene
    shots: Path | None
    scripted: bool = True
    """Whether scripts run: without them no rule can be checked either."""

    @property
    def flow(self) -> Flow:
        """The widget on the page."""
        return Flow(self.page, self.page.locator("alignment-assessment"))

    async def open(self, address: str) -> Flow:
        await self.page.goto(address)
        return self.flow

    async def open_shop(self, attributes: dict[str, str], *, root: str = 'lang="en"', style: str = "") -> Flow:
        """A partner's page with the widget, with these attributes beside the key."""
        scene = self.scene
        given = {"publishable-key": scene.key} | attributes
        return await self.open(scene.shop.put_widget(scene.service, given, root=root, style=style))

    def expect(self, pattern: str) -> None:
        """What this test brings about on purpose is no fault."""
        self.watch.expected.append(pattern)

    async def check(self, step: str, *, frame: Frame | None = None) -> None:
        """What is shown now has no barrier that can be found by rule, in light and in dark; and how it looks is kept
        where that was asked for."""
        for scheme in SCHEMES if self.scripted else ():
            await self.page.emulate_media(color_scheme=scheme)
            # What fades over in the meantime is neither.
            await self.page.wait_for_timeout(50)
            found = await find_violations(frame or self.page)
            assert not found, f"{step}, {scheme}:\n" + "\n".join(found)
        await self.shoot(step)
        await self.page.emulate_media(color_scheme="light")

    async def shoot(self, step: str) -> None:
        """Keep the whole page at each width, in light and dark, where that was asked for."""
        if self.shots is None:
            return
        self.shots.mkdir(parents=True, exist_ok=True)
        before = self.page.viewport_size
        for width in WIDTHS:
            await self.page.set_viewport_size({"width": width, "height": HEIGHT})
            for scheme in SCHEMES:
                await self.page.emulate_media(color_scheme=scheme)
                path = self.shots / f"{step}-{width}-{scheme}.jpg"
                await self.page.screenshot(path=path, full_page=True, animations="disabled", type="jpeg", quality=40)
        if before is not None:
            await self.page.set_viewport_size(before)

    async def widest(self) -> int:
        """By how many pixels the page is wider than what it is shown in."""
        return int(
            await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )

    async def broken_links(self) -> list[str]:
        """Links within the page that lead to nothing in it."""
        found: list[str] = await self.page.evaluate(
            """() => Array.from(document.querySelectorAll('a[href^="#"]'), (link) => link.getAttribute('href'))
                .filter((href) => !document.getElementById(decodeURIComponent(href.slice(1))))"""
        )
        return found

    async def focused(self) -> dict[str, Any]:
        """What has the focus, also inside the widget: its element, type, text, and whether it can be seen."""
        found: dict[str, Any] = await self.page.evaluate(
            """() => {
                let at = document.activeElement;
                while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                const { top, bottom } = at.getBoundingClientRect();
                return {
                    element: at.localName, type: at.type ?? '', text: at.textContent.trim(), value: at.value ?? '',
                    inView: bottom > 0 && top < innerHeight,
                };
            }"""
        )
        return found

    async def tab_to(self, **wanted: str) -> None:
        """Go on with the Tab key until something like this has the focus."""
        for _ in range(150):
            await self.page.keyboard.press("Tab")
            focused = await self.focused()
            if all(focused[name] == value for name, value in wanted.items()):
                assert focused["inView"], focused
                return
        raise AssertionError(f"The keyboard does not get to {wanted}.")

    async def kept(self) -> int:
        """How many things the page keeps on the device."""
        return int(await self.page.evaluate("localStorage.length"))


@asynccontextmanager
async def visiting(browser: Browser, scene: Scene, shots: Path | None, **options: Any) -> AsyncIterator[Visitor]:
    """A visitor with a fresh context. AssertionError at the end for whatever went wrong in it."""
    origins = [scene.service, scene.site, scene.shop.url]
    async with watched(browser, origins, **{"locale": "en-US", **options}) as (context, watch):
        yield Visitor(context, await context.new_page(), watch, scene, shots, options.get("java_script_enabled", True))
