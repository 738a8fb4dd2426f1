"""The pages of the service itself: the start page, a shared report, and what stands where a link leads nowhere."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from playwright.async_api import Browser, expect

from tests.browser.conftest import Visit
from tests.browser.scene import Scene
from tests.browser.visitor import visiting
from tests.faults.servers import ROOT

CASE = ROOT / "rubrics/alignment/2026.2/cases/level-3-worked-example.yaml"


async def test_the_start_page_gives_a_rating(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        flow = await visitor.open(f"{scene.service}/")
        await flow.reach("intro")
        await visitor.check("start")
        await flow.finish("Started Ltd")
        await visitor.check("start-result")
    assert scene.stored("Started Ltd") == 1


@pytest.mark.parametrize("locale", ["de", "fr", "es"])
async def test_the_start_page_in_other_languages(visit: Visit, scene: Scene, locale: str) -> None:
    async with visit(locale=locale, viewport={"width": 320, "height": 640}) as visitor:
        flow = await visitor.open(f"{scene.service}/")
        await flow.reach("intro")
        assert await visitor.page.locator("html").get_attribute("lang") == locale
        await visitor.check("start")
        assert await visitor.widest() == 0
        await visitor.page.get_by_role("link", name="English").click()
        assert await visitor.page.locator("html").get_attribute("lang") == "en"


async def test_the_complete_assessment_is_a_choice(visit: Visit, scene: Scene) -> None:
    async with visit() as visitor:
        flow = await visitor.open(f"{scene.service}/")
        await flow.reach("intro")
        await visitor.page.get_by_role("link", name="complete", exact=False).first.click()
        await flow.reach("intro")
        await expect(flow.root.get_by_text("32 questions", exact=True)).to_be_visible()


async def test_from_the_first_question_to_the_report_on_postgresql(browser: Browser, on_postgresql: Scene) -> None:
    scene = on_postgresql
    async with visiting(browser, scene, None) as visitor:
        flow = await visitor.open(f"{scene.service}/")
        await flow.finish("Postgres Ltd")
        await flow.button("Make a link to the full report").click()
        async with visitor.context.expect_page() as opened:
            await flow.root.get_by_role("link", name="Open the full report").click()
        report = await opened.value
        await expect(report.get_by_role("heading", level=1)).to_contain_text("Postgres Ltd")
    assert scene.stored("Postgres Ltd") == 1


@pytest.mark.parametrize("path", ["/widget/v1/", "/demo"])
async def test_pages_for_who_builds_something(visit: Visit, scene: Scene, path: str) -> None:
    async with visit(viewport={"width": 320, "height": 640}) as visitor:
        await visitor.page.goto(f"{scene.service}{path}")
        await visitor.check("page")
        assert await visitor.widest() == 0


@pytest.fixture(scope="module")
def shared(scene: Scene) -> dict[str, Any]:
    """A share link of the worked example, as sales and marketing see it: the second is a little more content."""
    sales = yaml.safe_load(CASE.read_text())["answers"]
    marketing = sales | {"kpi-set": "shared-set", "funnel-process": "monitored", "communication-quality": "fair"}
    responses = [{"function": "sales", "answers": sales}] * 5 + [{"function": "marketing", "answers": marketing}] * 5
    made = scene.create(
        rubric="alignment", organisation={"name": "Harbour & Vine", "industry": "software", "size": "180"},
        functions=["sales", "marketing"], responses=responses, complete=True,
    )  # fmt: skip
    return made | {"link": scene.post(f"/v1/assessments/{made['id']}/share_links")}


async def test_a_shared_report_in_each_language_and_as_pdf(visit: Visit, scene: Scene, shared: dict[str, Any]) -> None:
    async with visit() as visitor:
        page = visitor.page
        await page.goto(shared["link"]["url"])
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Harbour & Vine")
        await visitor.check("report")
        for locale, name in {"de": "Deutsch", "fr": "Français", "es": "Español", "en": "English"}.items():
            await page.get_by_role("link", name=name).click()
            await expect(page.locator("html")).to_have_attribute("lang", locale)
            assert not await visitor.broken_links()
        href = await page.get_by_role("link", name="PDF").get_attribute("href")
        printed = await page.request.get(f"{page.url.partition('?')[0].rpartition('/')[0]}/{href}")
        assert (await printed.body())[:5] == b"%PDF-"


@pytest.mark.parametrize("width", [320, 768, 1280])
async def test_a_shared_report_fits(visit: Visit, shared: dict[str, Any], width: int) -> None:
    async with visit(viewport={"width": width, "height": 800}) as visitor:
        for locale in ("en", "de"):
            await visitor.page.goto(f"{shared['link']['url']}?locale={locale}")
            assert await visitor.widest() == 0


async def test_a_report_that_is_shared_no_more(visit: Visit, scene: Scene, shared: dict[str, Any]) -> None:
    link = scene.post(f"/v1/assessments/{shared['id']}/share_links")
    with scene.client() as client:
        client.delete(f"/v1/assessments/{shared['id']}/share_links/{link['id']}").raise_for_status()
    async with visit() as visitor:
        visitor.expect("404 \\(Not Found\\)")
        await visitor.page.goto(link["url"])
        gone = visitor.page.get_by_role("heading", name="This link does not work, or not any more")
        await expect(gone).to_be_visible()
        await visitor.check("gone")
