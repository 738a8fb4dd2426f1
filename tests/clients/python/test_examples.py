"""The examples and the fences of the client's README do what they say, against a live service."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.servers import Server, database, serving

pytestmark = pytest.mark.xdist_group("python-client-examples")
CLIENT = Path(__file__).parents[3] / "clients" / "python"
README = (CLIENT / "README.md").read_text(encoding="utf-8")
FENCES = re.findall(r"```python\n(.*?)```", README, flags=re.S)
PDF = {"assess_an_organisation", "webhook_to_pdf"}
PRINTED = {
    "assess_an_organisation": "score 55.04 rating Aligned\n1. ",
    "change_safely": "{'quarter': 'Q4'} \"",
    "invite_colleagues": "send http",
    "list_and_compare": "Example Manufacturing is assessed for the first time; request req_",
    "score_answers": "score None between (",
    "webhook_to_pdf": "bounds Bounds(lower=",
}


@pytest.fixture(scope="module")
def sender() -> Iterator[Server]:
    """A service that sends webhooks, also to this machine."""
    delivering = {"ASSESSMENT_DELIVER": "true", "ASSESSMENT_WEBHOOK_PRIVATE_NETWORKS": "true"}
    with database("sqlite") as url, serving(url, settings=delivering) as started:
        yield started


def run(server: Server, folder: Path, *command: str) -> str:
    given = {"ASSESSMENT_BASE_URL": server.url, "ASSESSMENT_API_KEY": server.keys.secret, "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder, env=os.environ | given, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_an_example_does_what_it_says(sender: Server, tmp_path: Path, name: str) -> None:
    arguments = ["report.pdf"] if name in PDF else []
    said = run(sender, tmp_path, str(CLIENT / "examples" / f"{name}.py"), *arguments)
    assert said.startswith(PRINTED[name])
    if arguments:
        assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_every_example_is_tried() -> None:
    assert {path.stem for path in (CLIENT / "examples").glob("*.py")} == set(PRINTED)


def test_the_fences_of_the_readme_run_one_after_the_other(sender: Server, tmp_path: Path) -> None:
    # Each goes on with what those before it have made, as a reader does.
    (tmp_path / "answers.csv").write_text("organisation,sla-agreement\nNorthwind,one-sided\n")
    (tmp_path / "readme.py").write_text("\n".join(FENCES))
    run(sender, tmp_path, "readme.py")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert len(FENCES) >= 5


def test_the_readme_names_what_exists() -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (CLIENT / link).exists(), link
