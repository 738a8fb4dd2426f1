"""`assessment rubric`, and the help texts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assessment.rubric.catalog import default_directory
from tests.integration.cli.conftest import Run


@pytest.fixture
def own_rubrics(tmp_path: Path) -> Path:
    """A folder of rubrics that a test may change."""
    return Path(shutil.copytree(default_directory(), tmp_path / "rubrics"))


def test_the_rubrics_that_come_along_have_no_mistake_and_their_cases_hold(run: Run) -> None:
    done = run("rubric", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no mistakes" in done.stdout
    assert "cases worked through" in done.stdout


def test_a_mistake_is_named_with_file_and_line(run: Run, own_rubrics: Path) -> None:
    path = own_rubrics / "alignment" / "2026.1" / "rubric.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "colour: blue\n", encoding="utf-8")
    lines = len(path.read_text(encoding="utf-8").splitlines())
    done = run("rubric", "check", "rubrics")
    assert done.returncode == 1
    assert f"  rubrics/alignment/2026.1/rubric.yaml:{lines}: " in done.stderr
    assert "colour" in done.stderr


def test_a_case_that_differs_from_the_scorer_is_named_with_both_figures(run: Run, own_rubrics: Path) -> None:
    path = own_rubrics / "alignment" / "2026.1" / "cases" / "level-3-worked-example.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("score: 52.03", "score: 52.04"), encoding="utf-8")
    done = run("rubric", "check", "rubrics/alignment/2026.1/cases")
    assert done.returncode == 1
    assert "1 difference between the cases and the scorer" in done.stderr
    assert "level-3-worked-example.yaml:" in done.stderr
    assert "score is 52.03, expected 52.04" in done.stderr


def test_a_version_is_published_once(run: Run, own_rubrics: Path) -> None:
    lock = own_rubrics / "published.lock"
    before = lock.read_text(encoding="utf-8")
    lock.unlink()
    first = run("rubric", "publish", "--rubrics-dir", "rubrics")
    locked = [line.split()[0] for line in before.splitlines() if not line.startswith("#")]
    assert sorted(first.stdout.splitlines()) == sorted(f"{reference} is published." for reference in locked)
    assert "alignment@2026.1" in locked
    assert sorted(lock.read_text(encoding="utf-8").splitlines()) == sorted(before.splitlines())
    second = run("rubric", "publish", "--rubrics-dir", "rubrics")
    assert second.stdout == "rubrics: every version with a `published` date is published already.\n"


def test_what_is_published_cannot_be_changed(run: Run, own_rubrics: Path) -> None:
    path = own_rubrics / "alignment" / "2026.1" / "rubric.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("minutes: 12", "minutes: 13"), encoding="utf-8")
    done = run("rubric", "list", ASSESSMENT_RUBRICS_DIR="rubrics")
    assert done.returncode == 1
    assert "published and has changed since" in done.stderr


def test_a_draft_can_be_tried_by_its_version_but_is_not_the_latest(run: Run, own_rubrics: Path) -> None:
    draft = Path(
        shutil.copytree(own_rubrics / "alignment-quick" / "2026.1", own_rubrics / "alignment-quick" / "2026.9")
    )
    head = draft / "rubric.yaml"
    lines = head.read_text(encoding="utf-8").replace("2026.1", "2026.9").splitlines(keepends=True)
    head.write_text("".join(line for line in lines if not line.startswith("published:")), encoding="utf-8")
    body = json.dumps({"answers": {"kpi-set": "separate"}})
    given = ("--rubrics-dir", "rubrics", "--json")
    tried = json.loads(run("score", "-", "--rubric", "alignment-quick@2026.9", *given, stdin=body).stdout)
    latest = json.loads(run("score", "-", "--rubric", "alignment-quick", *given, stdin=body).stdout)
    assert tried["rubric"]["version"] == "2026.9"
    assert latest["rubric"]["version"] != "2026.9"
    assert "alignment-quick@2026.9 (draft)" in run("rubric", "list", "--rubrics-dir", "rubrics").stdout


def test_a_rubric_is_shown_with_its_questions_weights_and_gates(run: Run) -> None:
    shown = run("rubric", "show", "alignment").stdout
    assert "response-time" in shown
    assert "weight 1.375" in shown
    assert "3 Aligned from 50:" in shown
    assert "sla-agreement at 3" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_the_schema_is_the_one_that_is_committed(run: Run) -> None:
    assert run("rubric", "schema").stdout == (default_directory() / "schema.json").read_text(encoding="utf-8")


def test_the_contract_is_written_to_a_file_or_to_the_screen(run: Run, tmp_path: Path) -> None:
    assert run("openapi", "-o", "contract.json").returncode == 0
    written = (tmp_path / "contract.json").read_text(encoding="utf-8")
    assert written == run("openapi").stdout
    assert json.loads(written)["openapi"].startswith("3.1")


def test_a_file_that_cannot_be_written_is_said(run: Run) -> None:
    done = run("openapi", "-o", "no/such/folder/contract.json")
    assert done.returncode == 1
    assert "Cannot write no/such/folder/contract.json" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("serve",),
        ("migrate",),
        ("partner", "create"),
        ("questionnaire",),
        ("score",),
        ("rubric", "show"),
        ("rubric", "check"),
        ("rubric", "publish"),
        ("rubric", "schema"),
        ("dashboard",),
        ("openapi",),
        ("openapi", "compare"),
        ("openapi", "history"),
        ("openapi", "collection"),
    ],
)
def test_help_shows_an_example(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, "--help")
    assert done.returncode == 0
    assert f"  assessment {' '.join(command)}".rstrip() in done.stdout


@pytest.mark.parametrize("command", [("rubric", "show", "unheard-of"), ("questionnaire", "alignment@1999.1")])
def test_a_rubric_that_does_not_exist_is_said_with_those_that_do(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command)
    assert done.returncode == 1
    assert "there are: alignment@2026.1, " in done.stderr


def test_a_translation_is_begun_checked_and_gone_on_with(run: Run, own_rubrics: Path) -> None:
    given = ("rubric", "translate", "sentiment-2014@2026.1", "it", "--rubrics-dir", "rubrics")
    begun = run(*given)
    path = "rubrics/sentiment-2014/2026.1/locales/it.yaml"
    assert (begun.returncode, begun.stderr) == (0, "")
    assert begun.stdout == f"{path}: 42 texts to write.\n"
    checked = run("rubric", "check", path)
    assert checked.returncode == 1
    assert "Error: 42 mistakes" in checked.stderr
    assert f'  {path}:3: `title` must have at least 1 character; got ""' in checked.stderr
    file = own_rubrics / "sentiment-2014/2026.1/locales/it.yaml"
    file.write_text(file.read_text("utf-8").replace("''", "testo"), "utf-8")
    assert run(*given).stdout == f"{path}: no text is missing.\n"


def test_a_translation_names_a_version_that_is_there_and_a_language(run: Run, own_rubrics: Path) -> None:
    given = ("--rubrics-dir", "rubrics")
    unknown = run("rubric", "translate", "alignment", "it", *given)
    assert unknown.returncode == 1
    assert "No rubric is called `alignment`; there are: alignment@2026.1, alignment@2026.2, " in unknown.stderr
    own = run("rubric", "translate", "alignment@2026.2", "en", *given)
    assert (own.returncode, own.stderr) == (
        1,
        "Error: `en` is the rubric's own language, whose texts stand in its other files.\n",
    )
    long = run("rubric", "translate", "alignment@2026.2", "italian", *given)
    assert long.returncode == 2
    assert "'italian' is not a language of two lower-case letters" in long.stderr
