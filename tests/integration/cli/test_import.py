"""`assessment import` and `assessment export` as a user has them: the worked example of README, and what goes wrong."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result

from assessment.cli import group
from assessment.service.context import open_store
from assessment.service.partners import create_partner
from assessment.settings import Settings
from tests.integration.cli.conftest import environment

FORMS = Path(__file__).parent / "forms"
README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
ID = re.compile(r"\basmt_[0-9a-z]{26}\b")


def worked_example() -> list[str]:
    """The commands of README's section, without the line that a reader fills in."""
    section = README.partition("\n## Answers from a form tool")[2]
    fence = re.search(r"```sh\n(.*?)```", section, flags=re.S)
    assert fence is not None
    lines = [line for line in fence[1].splitlines() if line and not line.startswith("PARTNER=")]
    assert [line.split()[:2] for line in lines] == [["assessment", "import"]] * 3 + [["assessment", "export"]]
    return lines


async def create(url: str) -> str:
    """A partner of the database."""
    async with open_store(Settings(database_url=url, allow_lossy_database=True)) as store:
        return (await create_partner(store, "Acme Agency")).partner_id


def in_shell(line: str, folder: Path, partner: str, url: str) -> subprocess.CompletedProcess[str]:
    """A line as README has it, in a process of its own."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    extra = {"ASSESSMENT_DATABASE_URL": url, "ASSESSMENT_ALLOW_LOSSY_DATABASE": "true", "PARTNER": partner}
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=environment(PATH=programs, **extra),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# On SQLite the tests below do the same.
@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_the_worked_example_of_readme_works(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "export.csv").write_bytes((FORMS / "google-forms.csv").read_bytes())
    partner = asyncio.run(create(database_url))
    drafted, tried, imported, exported = [in_shell(line, tmp_path, partner, database_url) for line in worked_example()]
    assert (drafted.returncode, drafted.stderr) == (0, "")
    assert "12 of 12 questions were recognised" in (tmp_path / "mapping.yaml").read_text(encoding="utf-8")
    planned = [
        "would be made    3 responses  level 1  42.82   Northwind Instruments",
        "would be made    2 responses  level 3  74.51   Alder & Sons, Ltd.",
        "would be made    1 response   level 1   6.64   Bluebird Logistics",
    ]
    assert (tried.returncode, tried.stdout.splitlines(), tried.stderr) == (0, planned, "")
    assert (imported.returncode, imported.stderr) == (0, "3 assessments with 6 responses were made.\n")
    assert [ID.sub("would be made", line) for line in imported.stdout.splitlines()] == planned
    assert not (tmp_path / "rejected.csv").exists()
    assert (exported.returncode, exported.stdout, exported.stderr) == (0, "", "3 results were exported.\n")
    assert (tmp_path / "results.csv").read_bytes().startswith(b"\xef\xbb\xbfassessment,organisation,")
    rows = [(row["organisation_name"], row["score"], row["level"]) for row in rows_of(tmp_path / "results.csv")]
    assert sorted(rows) == [
        ("Alder & Sons, Ltd.", "74.51", "3"),
        ("Bluebird Logistics", "6.64", "1"),
        ("Northwind Instruments", "42.82", "1"),
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that commands of this very process run in, with nothing set."""
    for name in [name for name in os.environ if name.startswith("ASSESSMENT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command(*arguments: str) -> Result:
    return CliRunner().invoke(group, arguments, prog_name="assessment", catch_exceptions=False)


def partner_of(name: str) -> str:
    partner: str = json.loads(command("partner", "create", name, "--json").stdout)["partner"]
    return partner


MAPPING = """\
rubric: alignment-quick@2026.2
organisation: {name: {column: Company}}
function: {column: Team}
questions:
  kpi-set: {column: KPIs}
"""
EXPORT = """\
Company;Team;KPIs;Remarks
Northwind;Sales;separate;
Alder & Sons;Sales;Some of them;-1
Alder & Sons;Marketing;separate;"=HYPERLINK(""x"")"
=Evil;Board;separate;
"""


def write_forms(folder: Path) -> None:
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (folder / "export.csv").write_text(EXPORT, encoding="utf-8")


def test_rows_that_cannot_be_imported_are_kept_mended_and_imported(folder: Path) -> None:
    write_forms(folder)
    partner = partner_of("Acme")
    importing = ("--mapping", "mapping.yaml", "--partner", partner)
    stopped = command("import", "export.csv", *importing)
    assert (stopped.exit_code, stopped.stdout) == (1, "")
    first, *mistakes = stopped.stderr.splitlines()
    assert first == (
        "Error: 3 of 4 rows cannot be imported. So nothing was: mend them, or give --rejected FILE to import the "
        "others."
    )
    assert [line.split(": ")[0] for line in mistakes] == ["  row 3, KPIs", "  row 4", "  row 5, Team"]
    assert mistakes[2].startswith("  row 5, Team: 'Board' is not known. Allowed: sales, marketing,")

    partly = command("import", "export.csv", *importing, "--rejected", "rejected.csv")
    assert partly.exit_code == 1
    assert partly.stdout.endswith("  1 response   completed        Northwind\n")
    assert partly.stderr.splitlines()[:2] == [
        "1 assessments with 1 responses were made.",
        "Error: 3 of 4 rows cannot be imported. They are in rejected.csv: mend them, and import that.",
    ]
    rejected = folder / "rejected.csv"
    assert stat.S_IMODE(rejected.stat().st_mode) == 0o600
    text = rejected.read_text(encoding="utf-8-sig")
    kept = [row[:5] for row in csv.reader(text.splitlines(), delimiter=";")]
    assert kept == [
        ["Company", "Team", "KPIs", "Remarks", "rejected: row"],
        ["Alder & Sons", "Sales", "Some of them", "'-1", "3"],
        ["Alder & Sons", "Marketing", "separate", '\'=HYPERLINK("x")', "4"],
        ["'=Evil", "Board", "separate", "", "5"],
    ]
    assert "held back: row 3 of the same organisation cannot be imported" in text

    rejected.write_text(text.replace("Some of them", "shared-set").replace("Board", "sales"), encoding="utf-8-sig")
    mended = command("import", "rejected.csv", *importing)
    assert (mended.exit_code, mended.stderr) == (0, "2 assessments with 3 responses were made.\n")
    again = command("import", "rejected.csv", *importing)
    expected = "0 assessments with 0 responses were made.\n2 assessments were there already.\n"
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", expected)
    exported = command("export", "--partner", partner, "--format", "jsonl")
    names = [json.loads(line)["organisation_name"] for line in exported.stdout.splitlines()]
    assert sorted(names) == ["=Evil", "Alder & Sons", "Northwind"]

    (folder / "export.csv").write_text("Company,Team,KPIs\nNorthwind,Sales,separate\nNorthwind,Sales,shared-set\n")
    grown = command("import", "export.csv", *importing, "--dry-run")
    assert grown.exit_code == 1
    assert "row 2: 1 of the 2 rows of this organisation were imported before, the last into asmt_" in grown.stderr


def test_a_file_of_rejected_rows_never_takes_the_place_of_another(folder: Path) -> None:
    write_forms(folder)
    (folder / "rejected.csv").write_text("precious")
    importing = ("import", "export.csv", "--mapping", "mapping.yaml", "--partner", "ptnr_x")
    done = command(*importing, "--rejected", "rejected.csv")
    assert (done.exit_code, done.stderr) == (1, "Error: Cannot write rejected.csv: File exists.\n")
    assert (folder / "rejected.csv").read_text() == "precious"


def test_a_partner_that_does_not_exist_is_named(folder: Path) -> None:
    write_forms(folder)
    said = "There is no partner 'ptnr_x' (ptnr_…). List them: assessment partner list"
    done = command("import", "export.csv", "--mapping", "mapping.yaml", "--partner", "ptnr_x", "--rejected", "r.csv")
    assert (done.exit_code, done.stderr) == (1, f"Error: {said}\n")
    done = command("export", "--partner", "ptnr_x")
    assert (done.exit_code, done.stderr) == (1, f"Error: {said}\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "export.csv"], "Give --mapping FILE; `--mapping-for RUBRIC` writes a first one."),
        (["import", "export.csv", "--mapping", "mapping.yaml"], "Give --partner, whose assessments they become, or"),
        (["import", "export.csv", "--mapping-for", "alignment", "--dry-run"], "--mapping-for only writes a mapping"),
        (["import", "export.csv", "--mapping", "nowhere.yaml"], "File 'nowhere.yaml' does not exist."),
        (["export"], "Missing option '--partner'."),
        (["export", "--partner", "p", "-o", "results.xlsx"], "results.xlsx ends neither in .csv nor in .jsonl or"),
        (["export", "--partner", "p", "--format", "jsonl", "--bom"], "--bom is for CSV alone."),
        (
            ["export", "--partner", "p", "--created-after", "soon"],
            "'soon' is no time such as 2027-01-31 or 2027",
        ),
    ],
)
def test_wrong_usage_is_said(folder: Path, arguments: list[str], said: str) -> None:
    write_forms(folder)
    done = command(*arguments)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("rubric: [", "mapping.yaml is no mapping yet."),
        ("rubric: nowhere\n" + MAPPING.partition("\n")[2], "No published rubric is called `nowhere`; there are: "),
        (MAPPING.replace("KPIs", "Goals"), "mapping.yaml does not fit."),
    ],
)
def test_a_mapping_that_cannot_be_used_is_said(folder: Path, mapping: str, said: str) -> None:
    write_forms(folder)
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    done = command("import", "export.csv", "--mapping", "mapping.yaml", "--dry-run")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: {said}")


def test_an_export_is_a_whole_file_and_replaces_another_only_when_told(folder: Path) -> None:
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (folder / "export.csv").write_text("Company,Team,KPIs\n=Evil,Sales,separate\n", encoding="utf-8")
    partner = partner_of("Acme")
    assert command("import", "export.csv", "--mapping", "mapping.yaml", "--partner", partner).exit_code == 0
    (folder / "results.csv").write_text("precious")
    done = command("export", "--partner", partner, "-o", "results.csv")
    assert (done.exit_code, done.stderr) == (1, "Error: Cannot write results.csv: File exists.\n")
    assert (folder / "results.csv").read_text() == "precious"
    assert command("export", "--partner", partner, "-o", "results.csv", "--force").exit_code == 0
    assert [row["organisation_name"] for row in rows_of(folder / "results.csv")] == ["'=Evil"]
    assert (
        command("export", "--partner", partner, "-o", "results.parquet", "--rubric", "alignment-quick").exit_code == 0
    )
    assert pyarrow.parquet.read_table(folder / "results.parquet").to_pylist()[0]["organisation_name"] == "=Evil"
    done = command("export", "--partner", partner, "-o", "none.jsonl", "--created-before", "2020-01-01")
    assert (done.exit_code, done.stderr) == (0, "0 results were exported.\n")
    assert (folder / "none.jsonl").read_bytes() == b""
    assert stat.S_IMODE((folder / "results.parquet").stat().st_mode) == 0o600
    done = command("export", "--partner", partner, "-o", "nowhere/results.csv")
    assert (done.exit_code, done.stderr) == (1, "Error: Cannot write nowhere/results.csv: No such file or directory.\n")
    done = command("export", "--partner", partner, "-o", "failed.csv", "--organisation", "x")
    assert done.exit_code == 1
    assert "'organisation' must be an organisation's id (org_…)." in done.stderr
    left = {"assessment.db", "assessment.db-shm", "assessment.db-wal", "assessment.db-writer"}
    assert {path.name for path in folder.iterdir()} - left == {
        "data",
        "export.csv",
        "mapping.yaml",
        "none.jsonl",
        "results.csv",
        "results.parquet",
    }


def test_parquet_without_its_extra_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = command("export", "--partner", "ptnr_x", "-o", "results.parquet")
    expected = "Error: Parquet needs the extra `parquet`: pip install 'alignment-assessment[parquet]'\n"
    assert (done.exit_code, done.stderr) == (1, expected)
    assert not (folder / "results.parquet").exists()


def test_a_pipe_takes_parquet_too(folder: Path) -> None:
    partner = partner_of("Acme")
    line = f"assessment export --partner {partner} --format parquet | cat > results.parquet"
    done = in_shell(line, folder, partner, f"sqlite+aiosqlite:///{folder}/data/assessment.db")
    assert (done.returncode, done.stderr) == (0, "0 results were exported.\n")
    assert pyarrow.parquet.read_table(folder / "results.parquet").num_rows == 0


def test_a_reader_that_has_seen_enough_is_no_failure(folder: Path) -> None:
    partner = partner_of("Acme")
    line = f"set -o pipefail; assessment export --partner {partner} | true"
    done = in_shell(line, folder, partner, f"sqlite+aiosqlite:///{folder}/data/assessment.db")
    assert done.returncode == 0
    assert "Error" not in done.stderr


def test_what_a_form_holds_does_not_steer_the_terminal(folder: Path) -> None:
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    text = "Company,Team,KPIs\nNorth\x1b[2Jwind,Sales,separate\nAlder,Sales,\x1b[2J\n"
    (folder / "export.csv").write_text(text, encoding="utf-8")
    done = command("import", "export.csv", "--mapping", "mapping.yaml", "--dry-run")
    assert "North\ufffd[2Jwind" in done.stdout
    assert "'\\x1b[2J' is no option of kpi-set" in done.stderr
    assert "\x1b" not in done.output
