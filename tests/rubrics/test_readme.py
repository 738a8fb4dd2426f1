"""The page that teaches authors shows files that pass the check, and messages that the check prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "rubrics/README.md").read_text("utf-8")
EXAMPLE = [
    path.read_text("utf-8")
    for folder in ("data", "beside")
    for path in sorted((REPOSITORY / "tests/rubrics" / folder).rglob("*.yaml"))
]
TOLD = {
    line.replace(f"[{code}] ", "")
    for file in ("mistakes.yaml", "mistakes_levels.yaml", "mistakes_translations.yaml")
    for mistake in yaml.safe_load((Path(__file__).parent / file).read_text("utf-8"))
    for line in mistake["told"]
    for code in re.findall(r"\[(\w+)\] ", line)[:1]
}


@pytest.mark.parametrize(
    "block", re.findall(r"```yaml\n(.*?)```", README, re.DOTALL), ids=lambda block: block.split("\n")[0]
)
def test_what_the_page_shows_stands_in_the_example(block: str) -> None:
    assert any(block in text for text in EXAMPLE)


@pytest.mark.parametrize("line", "".join(re.findall(r"```text\n(.*?)```", README, re.DOTALL)).splitlines())
def test_what_the_page_says_the_check_prints_is_printed(line: str) -> None:
    assert line in TOLD
