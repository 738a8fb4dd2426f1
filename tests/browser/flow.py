"""The steps of the widget as a visitor takes them, in any language."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.chromium import PATIENCE


class Flow:
    """A widget on a page; what is looked for pierces its shadow."""

    def __init__(self, page: Page, root: Locator) -> None:
        self.page = page
        self.root = root

    @property
    def heading(self) -> Locator:
        """Of the step that is shown."""
        return self.root.get_by_role("heading", level=2)

    @property
    def onward(self) -> Locator:
        return self.root.locator("button[type=submit]")

    @property
    def choices(self) -> Locator:
        return (
            self.root.locator("fieldset")
            .get_by_role("radio")
            .or_(self.root.locator("fieldset").get_by_role("checkbox"))
        )

    @property
    def announced(self) -> Locator:
        """What is read aloud without having the focus."""
        return self.root.get_by_role("status").last

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    async def state(self) -> str:
        return str(await self.root.evaluate("(element) => element.state"))

    async def reach(self, state: str) -> None:
        """Wait until it has come to this step."""
        # Not a function that the page evaluates again and again: that would need 'unsafe-eval'.
        for _ in range(PATIENCE // 50):
            if await self.state() == state:
                return
            await self.page.wait_for_timeout(50)
        assert await self.state() == state

    async def begin(self, organisation: str = "Northwind Traders") -> None:
        """From the first page to the first question."""
        await self.reach("intro")
        await self.root.get_by_role("textbox").first.fill(organisation)
        await self.onward.click()
        await self.reach("question")

    async def answer(self, choice: int = 1) -> str:
        """Choose and go on. What was asked."""
        asked = await self.heading.inner_text()
        await self.choices.nth(choice).check()
        await self.onward.click()
        return asked

    async def questions(self) -> AsyncIterator[str]:
        """Each question while it is shown; whoever iterates goes on from it."""
        while await self.state() == "question":
            asked = await self.heading.inner_text()
            yield asked
            await expect(self.heading).not_to_have_text(asked)

    async def answer_all(self, choice: int = 1) -> list[str]:
        """Every question from the one shown on, up to the review."""
        asked = []
        async for question in self.questions():
            asked.append(question)
            await self.answer(choice)
        await self.reach("review")
        return asked

    async def skip_all(self) -> None:
        """Leave every question from the one shown on open, up to the review."""
        async for _ in self.questions():
            await self.onward.click()
        await self.reach("review")

    async def send(self) -> None:
        """From the review to what comes of it."""
        await self.onward.click()

    async def finish(self, organisation: str = "Northwind Traders") -> None:
        """The shortest way to a result: one answer and no more."""
        await self.begin(organisation)
        await self.answer()
        await self.skip_all()
        await self.send()
        await self.reach("result")

    async def listen(self) -> None:
        """Keep the events of the widget from now on."""
        await self.page.evaluate(
            """() => {
                globalThis.heard = [];
                for (const name of ['started', 'answered', 'completed', 'error'])
                    addEventListener(`assessment-${name}`, (event) => heard.push([name, event.detail]));
            }"""
        )

    async def heard(self) -> list[Any]:
        found: list[Any] = await self.page.evaluate("globalThis.heard")
        return found
