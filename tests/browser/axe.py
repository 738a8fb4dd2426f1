"""axe-core in a real page, in a world of its own: no policy of the page's has to give way for it."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from importlib.resources import files
from typing import Any

from playwright.async_api import Frame, Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_PAGES = ["landmark-one-main", "page-has-heading-one", "region"]
"""What a page must have, and what is in a frame of it need not."""
_RUN = """
axe.run(document, {
    runOnly: RULES, rules: Object.fromEntries([['target-size', { enabled: true }], ...LEFT_OUT]),
    resultTypes: ['violations'],
}).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((node) => {
    const checks = [...node.any, ...node.all, ...node.none].map((check) => check.message);
    return `${id}: ${node.target.flat().join(' ')} – ${checks.join('; ')}`;
})))
"""


@cache
def _source() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


async def find_violations(shown: Page | Frame) -> list[str]:
    """What WCAG 2.2 AA or good practice is against, by rule and element. Of a page its frames are not looked into."""
    page, frame = (shown, shown.main_frame) if isinstance(shown, Page) else (shown.page, shown)
    session = await page.context.new_cdp_session(page if frame == page.main_frame else frame)
    try:
        tree = await session.send("Page.getFrameTree")
        world = await session.send(
            "Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "axe"}
        )
        where = {"contextId": world["executionContextId"], "returnByValue": True}
        if not (await _evaluate(session, "typeof axe === 'object'", where)):
            await _evaluate(session, f"{_source()};0", where)
        left_out = [] if frame == page.main_frame else [[rule, {"enabled": False}] for rule in OF_PAGES]
        run = _RUN.replace("RULES", json.dumps(RULES)).replace("LEFT_OUT", json.dumps(left_out))
        found = await _evaluate(session, run, where | {"awaitPromise": True})
    finally:
        await session.detach()
    return [str(each) for each in found]


async def _evaluate(session: Any, expression: str, where: dict[str, Any]) -> Any:
    answer = await asyncio.wait_for(session.send("Runtime.evaluate", {"expression": expression, **where}), 20)
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")
