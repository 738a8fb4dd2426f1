"""Trial 20: texts that would do something if they were not taken as text, in every field that somebody fills, shown by
every page and every PDF in a real browser."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Route

from tests.chromium import Outside, Watch, chromium, watched
from tests.faults.harness import Report
from tests.faults.payloads import CANARY, HTML, LONGEST_NAME, fill, payloads
from tests.faults.printed import find_breaches
from tests.faults.samples import rubric
from tests.faults.servers import database, serving

NUMBER = 20
PROMISE = "reports and pages are inert"
COUNTS = {"ci": 200, "full": 10_000}
SYSTEM = True

PLAIN = "Northwind"
"""What stands in every field where nothing is tried: what a page is built of must not differ from that."""
RUBRIC = rubric("alignment-quick").source
QUESTIONS = [question.id for question in RUBRIC.questions]
SHOWN = 150
"""Characters of a name that a report shows in any case."""
ADDRESSES = (
    "/r/{}", "/r/x/{}", "/r/{}/report.pdf", "/take/{}", "/take/x/{}", "/pages/{}", "/{}", "/?locale={}", "/?rubric={}",
    "/widget/v1/{}", "/widget/v1/frame?key={}", "/docs?{}",
)  # fmt: skip
BUILD = """
async () => {
    // Twice, since what a page begins with is drawn, focused and animated only now.
    for (let frame = 0; frame < 2; frame++) await new Promise((next) => requestAnimationFrame(next));
    const elements = [], texts = [];
    const walk = (root) => {
        for (const element of root.querySelectorAll('*')) {
            elements.push([element.localName, ...Array.from(element.attributes, (each) => each.name).sort()].join(' '));
            if (element.localName === 'textarea' || element.localName === 'input') texts.push(element.value);
            if (element.shadowRoot) walk(element.shadowRoot);
        }
        texts.push((root.documentElement ?? root).textContent);
    };
    walk(document);
    return [elements, texts.join('\\n')];
}
"""
"""What a page is built of, and every text in it."""


@dataclass
class Built:
    """A page as the browser has made it."""

    elements: list[str]
    text: str


async def run(count: int, report: Report) -> None:
    texts = list(payloads(count, random.Random(NUMBER)))
    async with (
        chromium() as (browser, outside),
        _attacked() as (address, secret),
        watched(browser, [address]) as (context, watch),
    ):
        await context.expose_binding("ran", lambda _, number: watch.note(f"script: {number}"))
        attack = Attack(await context.new_page(), watch, outside, secret, address)
        await attack.prove(report)
        await attack.read_reports(texts, report)
        await attack.take_invitations(texts, report)
        await attack.open_addresses(texts, report)


@asynccontextmanager
async def _attacked() -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    with database("sqlite") as url, serving(url) as server:
        async with server.client() as secret:
            yield server.url, secret


class Attack:
    """A browser that reads what partners, and those whom they asked, have written."""

    def __init__(self, page: Page, watch: Watch, outside: Outside, secret: httpx.AsyncClient, address: str) -> None:
        self._page = page
        self._watch = watch
        self._outside = outside
        self._secret = secret
        self._address = address
        self._numbers = itertools.count()

    async def prove(self, report: Report) -> None:
        """A report that did not take them as text would be noticed, with and without a policy that stops them."""
        shown = await self._share([PLAIN])
        plain = await self._open(shown)
        answer = await self._secret.get(shown)
        texts = [fill(shape, number) for number, shape in enumerate(HTML[::3])]
        for policy in (answer.headers["content-security-policy"], "frame-ancestors 'none'"):
            did = 0
            for text in texts:
                await self._page.route(shown, _serve(answer.text.replace(PLAIN, text), policy))
                built = await self._open(shown)
                await self._page.unroute(shown)
                done = self._done()
                assert done or _differences(built, plain, [text]), f"A report with {text!r} as HTML was not noticed."
                did += bool(done)
            assert did >= len(texts) // 2, f"Of {len(texts)} texts as HTML, {did} did something under {policy!r}."
            report.note(
                f"taken as HTML {did} of {len(texts)} did something, under the policy {policy.partition(';')[0]}"
            )

    async def read_reports(self, texts: Sequence[str], report: Report) -> None:
        """Each text in the organisation's name, others in every other field; the page and the PDF."""
        shown = await self._share([PLAIN])
        plain = await self._open(shown)
        printed = (await self._secret.get(f"{shown}/report.pdf")).content
        for place, some in enumerate(_pack(texts)):
            shown = await self._share([" ".join(some), *texts[place:], *texts[:place]])
            pdf, built = await asyncio.gather(self._secret.get(f"{shown}/report.pdf"), self._open(shown))
            self._compare(built, some, plain, "the report")
            assert pdf.status_code == 200, f"The PDF for {some}: {pdf.status_code} {pdf.text[:200]}"
            found = await asyncio.to_thread(find_breaches, pdf.content, printed, some)
            assert not found, f"The PDF for {some}: {found}"
            report.tried(len(some), "texts in reports and PDFs")

    async def take_invitations(self, texts: Sequence[str], report: Report) -> None:
        """A draft with a text in every note: in the form without a script, and in the widget's review over it."""
        plain = await self._review(await self._invite([PLAIN]))
        for start in range(0, len(texts), len(QUESTIONS)):
            some = texts[start : start + len(QUESTIONS)]
            self._compare(await self._review(await self._invite(some)), some, plain, "the page of an invitation")
            report.tried(len(some), "texts in drafts")

    async def open_addresses(self, texts: Sequence[str], report: Report) -> None:
        """A text as a part of an address, which most likely leads nowhere."""
        self._watch.expected.append("^console: Failed to load resource: the server responded with a status of 4")
        for place, text in enumerate(texts):
            shape = ADDRESSES[place % len(ADDRESSES)]
            await self._open(self._address + shape.format(quote(text, safe="")))
            done = self._done()
            assert not done, f"{shape} with {text!r}: {done}"
            report.tried(1, "texts in addresses")

    async def _share(self, texts: Sequence[str]) -> str:
        """The address of a report on an assessment that has the first text as its name."""
        made = await self._secret.post("/v1/assessments", json=self._assessment(texts) | {"complete": True})
        assert made.status_code == 201, f"{texts[0]!r}: {made.text}"
        link = await self._secret.post(f"/v1/assessments/{made.json()['id']}/share_links", json={})
        assert link.status_code == 201, link.text
        return str(link.json()["url"])

    async def _invite(self, texts: Sequence[str]) -> str:
        """The address of an invitation whose draft has a text in each note."""
        body = self._assessment(texts) | {"responses": []}
        made = await self._secret.post("/v1/assessments", json=body)
        assert made.status_code == 201, f"{texts[0]!r}: {made.text}"
        path = f"/v1/assessments/{made.json()['id']}/invitations"
        invitation = (await self._secret.post(path, json={"function": "sales"})).json()["data"][0]
        saved = await self._secret.patch(
            "/v1/invitation/response",
            json={"answers": _answers(texts)},
            headers={"Authorization": f"Bearer {invitation['token']}"},
        )
        assert saved.status_code in (200, 201), saved.text
        return str(invitation["url"])

    def _assessment(self, texts: Sequence[str]) -> dict[str, Any]:
        name, external, domain, industry, size, region, reference, entry, value, *_ = list(texts) * 9
        organisation = {
            "name": name,
            "external_id": f"{next(self._numbers)} {external}"[:LONGEST_NAME],
            "domain": _seen(domain, LONGEST_NAME),
            "industry": _seen(industry, 100),
            "size": _seen(size, 100),
            "region": _seen(region, 100),
        }
        response = {"answers": _answers(texts), "respondent": {"reference": _seen(reference, LONGEST_NAME)}}
        return {
            "rubric": RUBRIC.head.id,
            "organisation": organisation,
            "responses": [response],
            "metadata": {_seen(entry, 40): value},
        }

    async def _review(self, shown: str) -> Built:
        """The widget's list of all answers, after each of its steps."""
        await self._page.goto(shown)
        element = self._page.locator("alignment-assessment")
        await element.get_by_role("heading", level=2).first.wait_for()
        while not await element.get_by_role("heading", name="Check your answers").is_visible():
            await element.locator("button[type=submit]").click()
        return await self._built()

    async def _open(self, address: str) -> Built:
        await self._page.goto(address)
        return await self._built()

    async def _built(self) -> Built:
        try:
            return Built(*await self._page.evaluate(BUILD))
        except PlaywrightError as error:
            self._watch.note(f"the page was left: {error.message}")
            return Built([], "")

    def _compare(self, built: Built, texts: Sequence[str], plain: Built, where: str) -> None:
        done = self._done()
        assert not done, f"{where} with {texts}: {done}"
        found = _differences(built, plain, texts)
        assert not found, f"{where} with {texts}: {found}"

    def _done(self) -> list[str]:
        """What the pages did since it was asked last."""
        found = self._watch.unexpected + [repr(first) for first in self._outside.asked_for(CANARY)]
        self._watch.found.clear()
        self._outside.arrived.clear()
        return found


def _differences(built: Built, plain: Built, texts: Sequence[str]) -> list[str]:
    """Where a page is not the one with a plain text in it, with these texts in its place."""
    found = []
    if built.elements != plain.elements:
        found.append(f"it is built otherwise: {sorted(set(built.elements) ^ set(plain.elements)) or 'in number'}")
    shown = _plain(built.text)
    times = 2 if len(texts) == 1 else 1  # a report has the name in its title too, where markup is no markup
    found += [f"it does not show {text!r} as it is" for text in texts if shown.count(_plain(text[:100])) < times]
    return found


def _serve(body: str, policy: str) -> Callable[[Route], Awaitable[None]]:
    """Answers with a page of ours under a policy of ours."""
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}
    return lambda route: route.fulfill(body=body, headers=headers)


def _answers(texts: Sequence[str]) -> dict[str, Any]:
    """An answer to each question with a text as its note and as its evidence, or as the reason that it has none."""
    answers: dict[str, Any] = {}
    for place, question in enumerate(RUBRIC.questions):
        text = texts[place % len(texts)]
        option = question.options[1].id
        if place % 4 == 3:
            answers[question.id] = {"state": "not_applicable", "reason": text}
        else:
            chosen = [option] if question.kind == "multiple" else option
            answers[question.id] = {"option": chosen, "note": text, "evidence": text}
    return answers


def _pack(texts: Sequence[str]) -> Iterator[list[str]]:
    """As many in a row as a report shows of a name."""
    packed: list[str] = []
    for text in texts:
        if packed and sum(map(len, packed)) + len(packed) + len(text) > SHOWN:
            yield packed
            packed = []
        packed.append(text)
    yield packed


def _seen(text: str, longest: int) -> str:
    """As much of it as a field takes; one needs something that can be seen."""
    return text[:longest] if text[:longest].strip() else PLAIN


def _plain(text: str) -> str:
    """The part of a text that every way of showing it leaves as it is."""
    return "".join(letter for letter in text if "!" <= letter <= "~")
