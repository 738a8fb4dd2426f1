"""README.md says what is true: its first request, the answer it shows, and its table of settings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from assessment.app import create_app
from assessment.service.context import open_store
from assessment.service.partners import create_partner
from assessment.settings import Settings

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")


def leaves_out(shown: Any) -> bool:
    return shown == "…" or (isinstance(shown, str) and shown.endswith("…"))


def assert_shown(shown: Any, found: Any, place: str = "") -> None:
    """What README shows must be in the answer; `…` stands for what it leaves out, lists show some of their items."""
    if leaves_out(shown):
        return
    if isinstance(shown, dict):
        for name, value in shown.items():
            if name != "…":
                assert_shown(value, found[name], f"{place}/{name}")
    elif isinstance(shown, list) and any(isinstance(item, dict) or leaves_out(item) for item in shown):
        for item in shown:
            if isinstance(item, dict):
                key = next(iter(item))
                (match,) = [one for one in found if one[key] == item[key]]
                assert_shown(item, match, f"{place}/{item[key]}")
            elif not leaves_out(item):
                assert item in found, place
    else:
        assert found == shown, place


async def test_the_first_request_gives_the_answer_that_is_shown(tmp_path: Path) -> None:
    body = re.search(r"<<'JSON'\n(.*?)\nJSON\n", README, flags=re.S)
    answer = re.search(r"```json\n(.*?)\n```", README, flags=re.S)
    assert body is not None
    assert answer is not None
    sent = json.loads(body[1])
    assert len(sent["responses"][0]["answers"]) == 32
    settings = Settings(data_dir=tmp_path)
    async with open_store(settings) as store:
        key = (await create_partner(store, "A reader")).secret_key
    with TestClient(create_app(settings)) as client:
        given = client.post("/v1/assessments", json=sent, headers={"Authorization": f"Bearer {key}"})
    assert given.status_code == 201, given.text
    assert_shown(json.loads(answer[1]), given.json())


def as_written(default: object) -> str:
    """A default as a person sets it in the environment."""
    if default is None:
        return "none"
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_the_table_of_settings_names_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `ASSESSMENT_(\w+)` \| (\S+) \|", README, flags=re.M)
    table = {name.lower(): default.strip("`") for name, default in rows}
    fields = {name: as_written(field.default) for name, field in Settings.model_fields.items()}
    assert table == fields


@pytest.mark.parametrize(
    ("language", "example"),
    [("python", "python/examples/webhook_to_pdf.py"), ("ts", "typescript/examples/webhook-to-pdf.ts")],
)
def test_the_clients_are_shown_by_an_example_that_their_own_tests_run(language: str, example: str) -> None:
    run = (Path(__file__).parents[3] / "clients" / example).read_text(encoding="utf-8")
    section = README[README.index("## From Python and TypeScript") :]
    shown = re.findall(rf"```{language}\n(.*?)```", section, flags=re.S)[0]
    assert run.endswith(shown)
    assert re.fullmatch(r'("""[^"]*"""\s*)?', run.removesuffix(shown))


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_every_link_leads_to_a_file(link: str) -> None:
    assert (Path(__file__).parents[3] / link).exists()


def test_the_map_names_what_exists_and_every_room() -> None:
    house = re.search(r"## A map of the house\n\n```\n(.*?)```", README, flags=re.S)
    assert house is not None
    root, above = Path(__file__).parents[3], Path()
    named = set()
    for line in house[1].splitlines():
        name = line.split()[0]
        path = above / name if line.startswith("  ") else Path(name)
        assert (root / path).exists(), path
        above = above if line.startswith("  ") else path
        named.add(path.as_posix())
    rooms = {f"assessment/{path.name}" for path in (root / "assessment").iterdir() if not path.name.startswith("_")}
    assert rooms <= named
