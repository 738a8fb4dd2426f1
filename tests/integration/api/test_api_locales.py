"""A rubric in the languages that it has been translated into, as it is served."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from assessment.rubric.lock import publish
from assessment.settings import Settings
from tests.integration.api.running import Api, fresh_partners, pointers, running
from tests.rubrics.conftest import DATA
from tests.rubrics.spoil import replace

KITCHEN = "/v1/rubrics/kitchen/2026.1"


@pytest.fixture
def rubrics(tmp_path: Path) -> Path:
    """A rubric in three languages, and its next version in one."""
    folder = Path(shutil.copytree(DATA, tmp_path / "rubrics"))
    version = folder / "kitchen/2026.1"
    following = Path(shutil.copytree(version, folder / "kitchen/2026.2"))
    shutil.rmtree(following / "locales")
    replace(following / "rubric.yaml", 'version: "2026.1"', 'version: "2026.2"')
    shutil.copy(version / "locales/de.yaml", version / "locales/da.yaml")
    replace(version / "locales/da.yaml", "locale: de\ntitle: Küchenhygiene", "locale: da\ntitle: Køkkenhygiejne")
    assert publish(folder) == ["kitchen@2026.2"]
    return folder


@pytest.fixture
async def kitchens(rubrics: Path, tmp_path: Path) -> AsyncIterator[Api]:
    settings = Settings(data_dir=tmp_path / "data", rubrics_dir=rubrics, auto_migrate=True, allow_lossy_database=True)
    async with running(settings) as app, fresh_partners(app) as found:
        yield found


async def test_a_version_is_had_in_each_of_its_languages(kitchens: Api) -> None:
    found = {}
    for query in ("", "?locale=en", "?locale=da", "?locale=de"):
        response = await kitchens.client.get(KITCHEN + query)
        rubric = response.json()
        assert rubric["locales"] == ["en", "da", "de"]
        assert response.headers["content-language"] == rubric["locale"]
        found[query] = (rubric["locale"], rubric["title"], response.headers["etag"])
    assert [texts[:2] for texts in found.values()] == [
        ("en", "Kitchen hygiene"),
        ("en", "Kitchen hygiene"),
        ("da", "Køkkenhygiejne"),
        ("de", "Küchenhygiene"),
    ]
    assert len({etag for _, _, etag in found.values()}) == 3


async def test_a_translation_differs_in_what_people_read_and_in_nothing_else(kitchens: Api) -> None:
    english = (await kitchens.client.get(KITCHEN)).json()
    german = (await kitchens.client.get(KITCHEN + "?locale=de")).json()
    read: set[str] = set()

    def compare(one: Any, other: Any, key: str = "") -> None:
        if isinstance(one, dict):
            assert list(one) == list(other)
            for name in one:
                compare(one[name], other[name], f"{key}.{name}")
        elif isinstance(one, list):
            assert len(one) == len(other), key
            for left, right in zip(one, other, strict=True):
                compare(left, right, key)
        elif one != other:
            read.add(key)

    compare(english, german)
    assert read == {
        ".title",
        ".summary",
        ".locale",
        ".functions.title",
        ".levels.name",
        ".levels.summary",
        ".dimensions.title",
        ".dimensions.summary",
        ".questions.title",
        ".questions.help",
        ".questions.options.title",
        ".gates.title",
        ".consistency_checks.title",
        ".consistency_checks.explanation",
        ".target.reason",
        ".target.aim_higher",
        ".target.stay_lower",
        ".recommendations.title",
        ".recommendations.action",
        ".recommendations.owner",
        ".recommendations.expected",
    }


async def test_each_language_has_an_etag_of_its_own(kitchens: Api) -> None:
    german = await kitchens.client.get(KITCHEN + "?locale=de")
    same = {"If-None-Match": german.headers["etag"]}
    assert (await kitchens.client.get(KITCHEN + "?locale=de", headers=same)).status_code == 304
    assert (await kitchens.client.get(KITCHEN, headers=same)).status_code == 200


async def test_a_list_has_each_rubric_in_the_language_or_in_its_own(kitchens: Api) -> None:
    page = (await kitchens.client.get("/v1/rubrics?locale=de&limit=1")).json()
    (first,) = page["data"]
    following = (
        await kitchens.client.get("/v1/rubrics", params={"locale": "de", "cursor": page["next_cursor"]})
    ).json()
    (second,) = following["data"]
    assert (first["version"], first["title"]) == ("2026.1", "Küchenhygiene")
    assert (second["version"], second["title"], second["locales"]) == ("2026.2", "Kitchen hygiene", ["en"])


async def test_the_latest_version_has_languages_of_its_own(kitchens: Api) -> None:
    latest = await kitchens.client.get("/v1/rubrics/kitchen")
    assert (latest.json()["version"], latest.headers["content-language"]) == ("2026.2", "en")
    response = await kitchens.client.get("/v1/rubrics/kitchen?locale=de")
    assert pointers(response) == {"/query/locale": "unknown_locale"}
    assert response.json()["errors"][0]["detail"] == "No texts in 'de'. Allowed: en."


@pytest.mark.parametrize("locale", ["fr", "DE", "de-AT", "", "%00"])
async def test_a_language_that_it_does_not_have_is_named_with_those_that_it_has(kitchens: Api, locale: str) -> None:
    for path in (KITCHEN, "/v1/rubrics"):
        response = await kitchens.client.get(f"{path}?locale={locale}")
        assert response.status_code == 422
        assert set(pointers(response)) <= {"/query/locale", "/query"}
    response = await kitchens.client.get(f"{KITCHEN}?locale=fr")
    assert response.json()["errors"][0]["detail"] == "No texts in 'fr'. Allowed: en, da, de."


async def test_a_score_is_told_by_the_rubric_whatever_its_translations_say(kitchens: Api) -> None:
    body = {"rubric": "kitchen@2026.1", "answers": {"cleaning-plan": "written", "work-is-seen": "after-trouble"}}
    result = (await kitchens.client.post("/v1/scores", json=body)).json()
    digest = "sha256:04b4fd24237c11804ee1fff83e890f46205fc1272687eb624209acd5545538d2"
    assert result["rubric"]["digest"] == digest
    assert (await kitchens.client.get(KITCHEN + "?locale=de")).json()["digest"] == digest
