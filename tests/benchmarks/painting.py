"""Row 14: the size of the widget, and when its first question is painted, against other ways to ask the same."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, async_playwright

from tests.benchmarks.forms import Page, first_question, put_static, put_surveyjs, put_widget
from tests.benchmarks.harness import Aim, Comparison, Group, Slice
from tests.benchmarks.servers import ROOT, Server, service
from tests.browser.shop import Shop
from tests.programs import find_program

WIDGET = ROOT / "clients" / "widget" / "dist" / "widget.js"
SLOWDOWN = 4
PAINT_MILLISECONDS = 30_000
# Without frames at a fixed rate, which would round every time up to sixty parts of a second.
OPTIONS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-frame-rate-limit", "--disable-gpu-vsync"]

WATCH = """
window.painted = new Promise((done) => {
  let found = false;
  const look = () => {
    const title = found ? null : FIND;
    if (!title?.textContent.includes(WANTED)) return;
    found = true;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now());
      port2.postMessage("the frame is painted");
    });
  };
  const every = { childList: true, subtree: true, characterData: true };
  const watch = (root) => new MutationObserver(look).observe(root, every);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    watch(root);
    return root;
  };
  watch(document);
});
"""
"""Resolves to the time since the navigation began at which the frame with the first question was painted. The same for
every page; it waits for changes rather than frames, so that watching costs nothing in between."""


@contextmanager
def _pages() -> Iterator[Mapping[str, Slice]]:
    with (
        TemporaryDirectory(prefix="assessment-bench-") as name,
        service(Path(name)) as ours,
        asyncio.Runner() as runner,
    ):
        opened = _open(ours)
        browser, pages = runner.run(opened.__aenter__())
        try:
            yield {
                f"{page}{'' if slowdown == 1 else ' slowed'}": partial(_run, runner, browser, pages[page], slowdown)
                for slowdown in (1, SLOWDOWN)
                for page in pages
            }
        finally:
            runner.run(opened.__aexit__(None, None, None))


def _run(runner: asyncio.Runner, browser: Browser, page: Page, slowdown: int) -> float:
    return runner.run(paint(browser, page, slowdown))


@asynccontextmanager
async def _open(server: Server) -> AsyncIterator[tuple[Browser, dict[str, Page]]]:
    """A browser, and the pages on a site of their own."""
    async with AsyncExitStack() as stack:
        shop = Shop()
        listening = await stack.enter_async_context(await asyncio.start_server(shop.take, "127.0.0.1", 0))
        shop.port = listening.sockets[0].getsockname()[1]
        playwright = await stack.enter_async_context(async_playwright())
        program = find_program(("chromium", "chromium-browser"), "chromium")
        browser = await playwright.chromium.launch(executable_path=program, args=OPTIONS)
        stack.push_async_callback(browser.close)
        pages = {
            "widget": put_widget(shop, f"http://127.0.0.1:{server.port}", publishable_key(server, shop.url)),
            "static": put_static(shop),
            "surveyjs": put_surveyjs(shop),
        }
        yield browser, pages


def publishable_key(server: Server, origin: str) -> str:
    """A key for pages of this origin."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    connection.request("POST", "/v1/keys", json.dumps({"kind": "publishable", "origins": [origin]}), headers)
    with connection.getresponse() as response:
        answer = response.read()
    connection.close()
    if response.status != 201:
        raise RuntimeError(f"The service answered {response.status}: {answer[:1000]!r}")
    return str(json.loads(answer)["key"])


async def paint(browser: Browser, page: Page, slowdown: int = 1) -> float:
    """Seconds from the navigation until the frame with the first question was painted, where nothing was kept."""
    context = await browser.new_context()
    try:
        opened = await context.new_page()
        await opened.add_init_script(WATCH.replace("FIND", page.title).replace("WANTED", json.dumps(first_question())))
        session = await context.new_cdp_session(opened)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        await opened.goto(page.url, wait_until="commit")
        async with asyncio.timeout(PAINT_MILLISECONDS / 1000):
            milliseconds = await opened.evaluate("window.painted")
        return float(milliseconds) / 1000
    except TimeoutError:
        raise RuntimeError(f"{page.url} showed no question within {PAINT_MILLISECONDS / 1000:.0f} seconds.") from None
    finally:
        await context.close()


@contextmanager
def _size() -> Iterator[Mapping[str, Slice]]:
    size = len(gzip.compress(WIDGET.read_bytes(), 9))
    yield {"size": lambda: size}


_WIDGET = (
    "Chromium loads a partner's page with the widget, which loads its module and the rubric of 32 questions from "
    "`assessment serve`, with nothing kept from before; the time ends with the painted frame that has the first "
    "question, and the page goes on to it without waiting at the widget's first page. "
)
_STATIC = "Against it a page with the same questions in one HTML form, with a few lines of style and no script."
_SURVEYJS = (
    "Against it a page with survey-core and survey-js-ui, as their documentation embeds them, and the same "
    "questions, one at a time."
)
_SLOWED = f"The same pages on a processor that Chromium slows down {SLOWDOWN} times. "

_LIMIT = (
    "After the page itself the widget needs its module, then across origins the browser's preflight and 98 kB of "
    "rubric, and only then can it render: two round trips and a rendering more than a static form. A third of what it "
    "does there is its first page, which it renders before it is told to go on. Tried and kept: one module with its "
    "style and its texts packed in it, and templates without a framework's element."
)

GROUPS = (
    Group(
        "widget, size",
        (
            Comparison(
                "14",
                "widget, gzip",
                "",
                Aim("at most", 25_000),
                "size",
                None,
                "The one module that a page loads, with the texts of its four languages in it, packed by gzip -9.",
                unit="bytes",
            ),
        ),
        _size,
    ),
    Group(
        "widget, first question",
        (
            Comparison(
                "14",
                "first question of the widget painted",
                "a static HTML form",
                Aim("at most", 1.8),
                "widget",
                "static",
                f"{_WIDGET}{_STATIC}",
                limit=_LIMIT,
            ),
            Comparison(
                "14",
                "the same",
                "SurveyJS",
                Aim("at most", 0.25),
                "widget",
                "surveyjs",
                f"{_WIDGET}{_SURVEYJS}",
                limit=_LIMIT,
            ),
            Comparison(
                "14",
                f"the same, processor slowed {SLOWDOWN}×",
                "a static HTML form",
                Aim("at most", 1.8),
                "widget slowed",
                "static slowed",
                f"{_SLOWED}{_STATIC}",
                limit=_LIMIT,
            ),
            Comparison(
                "14",
                f"the same, processor slowed {SLOWDOWN}×",
                "SurveyJS",
                Aim("at most", 0.25),
                "widget slowed",
                "surveyjs slowed",
                f"{_SLOWED}{_SURVEYJS}",
                limit=_LIMIT,
            ),
        ),
        _pages,
    ),
)
