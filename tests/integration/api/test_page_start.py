"""The start page: which language it speaks, what it starts, and what it says where it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from assessment.pages.locale import LOCALES, preferred_locale, words_of
from assessment.service.partners import create_partner
from assessment.service.start_key import keep_key, read_start_key
from assessment.settings import Settings
from tests.integration.api.pages import Page
from tests.integration.api.running import PAGE, client_of, fresh_partners, running

LOCAL = {"Host": "127.0.0.1:8000"}
PLAIN = "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
SCRIPTED = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)


def paths(node: Any, place: str = "") -> dict[str, str]:
    """Every text of a file of words, by where it stands."""
    if isinstance(node, str):
        return {place: node}
    parts = node.items() if isinstance(node, dict) else enumerate(node)
    return {name: text for key, part in parts for name, text in paths(part, f"{place}/{key}").items()}


@pytest.mark.parametrize("locale", ["de", "fr", "es"])
def test_every_language_says_everything(locale: str) -> None:
    english, other = paths(words_of("en")), paths(words_of(locale))
    assert list(english) == list(other)
    for name in ("takes", "studies"):
        holes = {part.partition("}")[0] for part in english[f"/start/{name}"].split("{")[1:]}
        assert {part.partition("}")[0] for part in other[f"/start/{name}"].split("{")[1:]} == holes


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("", "en"),
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("pt, fr;q=0.5, es;q=0.7", "es"),
        ("de;q=0, fr", "fr"),
        ("*", "en"),
        ("de;q=x, es;q=0.1", "es"),
        ("\x00;;;=,,", "en"),
        ("x," * 50 + "de", "en"),
    ],
)
def test_the_language_is_the_one_a_browser_prefers(header: str, locale: str) -> None:
    assert preferred_locale(header) == locale


async def test_without_a_key_it_says_how_to_set_one(visitor: httpx.AsyncClient) -> None:
    shown = await visitor.get("/")
    assert (shown.status_code, shown.headers["content-security-policy"]) == (200, PLAIN)
    assert shown.headers["cache-control"] == "no-cache"
    assert shown.headers["vary"] == "Accept-Language"
    assert "ASSESSMENT_START_KEY=alm_pk_…" in shown.text
    page = Page(shown.text)
    assert {"script", "alignment-assessment"}.isdisjoint(page.tags)
    for said in ("Shared KPIs", "Service level agreements", "Pipeline ownership", "Communication channels"):
        assert said in page.text
    assert "Ending the War Between Sales and Marketing" in page.text and "n not published" in page.text
    assert {"docs", "widget/v1/"} <= set(page.targets)


async def test_it_speaks_the_language_asked_for(visitor: httpx.AsyncClient) -> None:
    german = await visitor.get("/", headers={"Accept-Language": "de-AT"})
    assert '<html lang="de">' in german.text and "Wie gut arbeiten Vertrieb und Marketing zusammen?" in german.text
    asked = await visitor.get("/?locale=fr", headers={"Accept-Language": "de-AT"})
    assert '<html lang="fr">' in asked.text
    for locale in LOCALES:
        assert f'<html lang="{locale}">' in (await visitor.get("/", params={"locale": locale})).text
    for query in ("locale=xx", "locale=%00", "=&&", "locale=de&locale=", "rubric=none", "%ff=%ff", "&" * 300):
        assert (await visitor.get(f"/?{query}")).status_code == 200


async def test_it_starts_an_assessment_with_the_key_that_is_kept(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    async with running(settings) as app, fresh_partners(app) as api, client_of(app) as visitor:
        keep_key(tmp_path / "start-key", api.publishable_key)
        assert (tmp_path / "start-key").stat().st_mode & 0o777 == 0o600
        app.state["start_key"] = read_start_key(settings)
        short = await visitor.get("/", headers=LOCAL)
        assert short.headers["content-security-policy"] == SCRIPTED
        element = f'<alignment-assessment class="card" publishable-key="{api.publishable_key}" rubric='
        assert element + '"alignment-quick" locale="en">' in short.text
        assert Page(short.text).tags.count("script") == 1 and "<script>" not in short.text
        assert "about 3 minutes, 12 questions" in short.text and "about 12 minutes, 32 questions" in short.text
        complete = await visitor.get("/?rubric=alignment&locale=es", headers=LOCAL)
        assert element + '"alignment" locale="es">' in complete.text
        # What the page shows works from where it is shown.
        async with client_of(app, api.publishable_key) as page:
            own = LOCAL | {"Sec-Fetch-Site": "same-origin"}
            assert (await page.get("/v1/rubrics/alignment-quick", headers=own)).status_code == 200
        away = await visitor.get("/", headers={"Host": "assessment.example"})
        assert "ASSESSMENT_PUBLIC_URL=" in away.text and "alignment-assessment class" not in away.text
        keys = (await api.client.get("/v1/keys")).json()["data"]
        [public] = [key["id"] for key in keys if key["kind"] == "publishable"]
        await api.client.post(f"/v1/keys/{public}/revoke")
        app.state["services"].known_keys.clear()
        assert "does not work any more" in (await visitor.get("/", headers=LOCAL)).text


async def test_a_key_that_lists_the_address_needs_no_public_url(tmp_path: Path) -> None:
    async with running(Settings(data_dir=tmp_path)) as app, client_of(app) as visitor:
        made = await create_partner(app.state["services"], "One", origins=[PAGE])
        app.state["start_key"] = made.publishable_key
        secure = {"Host": PAGE.removeprefix("https://")}
        assert "alignment-assessment class" not in (await visitor.get("/", headers=secure)).text
        async with httpx.AsyncClient(transport=visitor._transport, base_url=PAGE) as client:
            assert "alignment-assessment class" in (await client.get("/")).text


def test_only_a_publishable_key_is_taken(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must be a publishable key") as refused:
        Settings(start_key="alm_sk_live_c4n4ry")
    assert "must be a publishable key (alm_pk_…)" in str(refused.value)
    settings = Settings(data_dir=tmp_path)
    assert read_start_key(settings) is None
    for text in ("", "alm_pk_live_x", "alm_sk_live_" + "0" * 33, "é"):
        (tmp_path / "start-key").write_text(text)
        assert read_start_key(settings) is None
    assert read_start_key(Settings(data_dir=tmp_path, start_key="alm_pk_live_x")) == "alm_pk_live_x"


async def test_the_demonstration_is_another_site(visitor: httpx.AsyncClient) -> None:
    shown = await visitor.get("/demo")
    assert (shown.status_code, shown.headers["content-security-policy"]) == (200, PLAIN)
    assert "assessment demo --service http://testserver" in shown.text
