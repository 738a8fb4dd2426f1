"""A file of answers in, scores out: what is scored, what is refused and where that is said."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from alignment_assessment import APIError, Client
from alignment_assessment.bulk import UnreadableFile, score_file
from alignment_assessment.bulk.command import main
from alignment_assessment.codes import RubricNotFound
from tests.faults.servers import Server

RUBRIC = "alignment-quick@2026.2"
HEADING = "organisation,function,sla-agreement,pipeline-review,communication-formats"
DIMENSIONS = "shared-kpis,slas,pipeline-ownership,communication"


@pytest.fixture
def scorer(sqlite_service: Server) -> Iterator[Client]:
    """A client of one engine: nothing is kept of what is scored."""
    with Client(sqlite_service.keys.secret, base_url=sqlite_service.url) as opened:
        yield opened


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def score(client: Client, folder: Path, text: str, **options: Any) -> Any:
    (folder / "answers.csv").write_text(text, encoding="utf-8")
    options = {"rubric": RUBRIC, "keep": ["organisation"], **options}
    return score_file(client, folder / "answers.csv", folder / "scores.csv", **options)


def test_each_row_has_its_score(scorer: Client, tmp_path: Path) -> None:
    text = (
        f"\ufeff{HEADING}\n"
        "Northwind,sales,one-sided,monthly,email;tool-repository\n"
        'Contoso,,dont_know,"not_applicable: no pipeline",none_of_these\n'
        "Fabrikam,marketing,,,\n"
    )
    summary = score(scorer, tmp_path, text)
    assert (summary.rubric, summary.scored, summary.refused, summary.refused_path) == (RUBRIC, 3, 0, None)
    rows = read(tmp_path / "scores.csv")
    assert ",".join(rows[0]) == f"row,organisation,score,level,lower_bound,upper_bound,completeness,{DIMENSIONS}"
    assert [row["row"] for row in rows] == ["2", "3", "4"]
    assert [row["organisation"] for row in rows] == ["Northwind", "Contoso", "Fabrikam"]
    alone = scorer.scores.create(
        rubric=RUBRIC,
        responses=[
            {
                "function": "sales",
                "answers": {
                    "sla-agreement": "one-sided",
                    "pipeline-review": "monthly",
                    "communication-formats": ["email", "tool-repository"],
                },
            }
        ],
    )
    bounds = alone.bounds
    assert bounds is not None
    assert rows[0]["lower_bound"] == str(bounds.lower)
    assert rows[0]["upper_bound"] == str(bounds.upper)
    assert rows[0]["score"] == ("" if alone.score is None else str(alone.score))


def test_a_whole_row_has_score_and_level(scorer: Client, tmp_path: Path) -> None:
    rubric = scorer.rubrics.get(*RUBRIC.split("@"))
    best = [
        ";".join(option.id for option in one.options) if one.kind == "multiple" else one.options[-1].id
        for one in rubric.questions
    ]
    text = ",".join(one.id for one in rubric.questions) + "\n" + ",".join(best) + "\n"
    score(scorer, tmp_path, text, keep=[])
    [row] = read(tmp_path / "scores.csv")
    assert (row["score"], row["level"], row["lower_bound"], row["completeness"]) == ("100.0", "4", "100.0", "1.0")
    assert [row[name] for name in DIMENSIONS.split(",")] == ["100.0"] * 4


def test_bad_rows_are_kept_apart_and_none_is_lost(scorer: Client, tmp_path: Path) -> None:
    rows = [f"Good {number},sales,one-sided,monthly,email" for number in range(250)]
    rows[7] = "Wrong option,sales,perhaps,monthly,email"
    rows[120] = "Short,sales"
    rows[121] = "Two,nobody,perhaps,monthly,fax"
    rows[240] = "No reason,sales,not_applicable,monthly,email"
    summary = score(scorer, tmp_path, "\n".join([HEADING, *rows]) + "\n", workers=3)
    assert (summary.scored, summary.refused) == (246, 4)
    assert summary.refused_path == tmp_path / "scores.refused.csv"
    refused = read(tmp_path / "scores.refused.csv")
    assert [(row["row"], row["organisation"], row["column"], row["code"]) for row in refused] == [
        ("9", "Wrong option", "sla-agreement", "unknown_option"),
        ("122", "Short", "", "row_malformed"),
        ("123", "Two", "function", "unknown_function"),
        ("123", "Two", "sla-agreement", "unknown_option"),
        ("123", "Two", "communication-formats", "unknown_option"),
        ("242", "No reason", "sla-agreement", "missing_reason"),
    ]
    assert refused[1]["detail"] == "The row has 2 cells, the heading 5."
    assert "one-sided" in refused[0]["detail"]
    numbers = [int(row["row"]) for row in read(tmp_path / "scores.csv")]
    assert numbers == sorted(set(range(2, 252)) - {9, 122, 123, 242})
    # The next run leaves nothing of this one behind.
    score(scorer, tmp_path, f"{HEADING}\nNorthwind,sales,one-sided,monthly,email\n")
    assert not (tmp_path / "scores.refused.csv").exists()


def test_parquet_gives_the_same_as_csv(scorer: Client, tmp_path: Path) -> None:
    table = pyarrow.table(
        {
            "organisation": ["Northwind", "Contoso"],
            "sla-agreement": ["one-sided", None],
            "communication-formats": [["email", "tool-repository"], []],
            "pipeline-review": ["monthly", "dont_know"],
        }
    )
    parquet.write_table(table, tmp_path / "answers.parquet")
    progress: list[tuple[int, int | None]] = []
    score_file(
        scorer,
        tmp_path / "answers.parquet",
        tmp_path / "from-parquet.csv",
        rubric=RUBRIC,
        keep=["organisation"],
        progress=lambda done, total: progress.append((done, total)),
    )
    assert progress == [(2, 2)]
    text = (
        "organisation,sla-agreement,communication-formats,pipeline-review\n"
        "Northwind,one-sided,email;tool-repository,monthly\n"
        "Contoso,,none_of_these,dont_know\n"
    )
    score(scorer, tmp_path, text)
    assert (tmp_path / "from-parquet.csv").read_bytes() == (tmp_path / "scores.csv").read_bytes()


def test_no_cell_is_taken_for_a_formula(scorer: Client, tmp_path: Path) -> None:
    names = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "plain"]
    lines = [f'"{name}",sales,one-sided,monthly,email' for name in names]
    score(scorer, tmp_path, "\n".join([HEADING, *lines, '"=bad()",sales,=x,monthly,email']) + "\n")
    assert [row["organisation"] for row in read(tmp_path / "scores.csv")] == [
        *("'" + name for name in names[:-1]),
        "plain",
    ]
    [refused] = read(tmp_path / "scores.refused.csv")
    assert refused["organisation"] == "'=bad()"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "answers.csv is empty"),
        ("sla-agrement\none-sided\n", "'sla-agrement': no question of alignment-quick@2026.2.*--keep"),
        ("function\nsales\n", "No column is a question"),
        ("sla-agreement,sla-agreement\na,b\n", "more than one column 'sla-agreement'"),
        ('sla-agreement\n"open\n', "answers.csv cannot be read behind line 2"),
    ],
)
def test_a_file_that_cannot_be_scored_is_said(scorer: Client, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        score(scorer, tmp_path, text, keep=[])


def test_what_is_no_text_is_said(scorer: Client, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_bytes(b"sla-agreement\n\xff\xfe\n")
    with pytest.raises(UnreadableFile, match="it is not UTF-8"):
        score_file(scorer, tmp_path / "answers.csv", tmp_path / "scores.csv", rubric=RUBRIC)
    (tmp_path / "answers.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(UnreadableFile, match=r"answers\.parquet is not Parquet"):
        score_file(scorer, tmp_path / "answers.parquet", tmp_path / "scores.csv", rubric=RUBRIC)
    with pytest.raises(UnreadableFile, match="No such file"):
        score_file(scorer, tmp_path / "nothing.csv", tmp_path / "scores.csv", rubric=RUBRIC)
    with pytest.raises(UnreadableFile, match="There is no column 'name' to keep"):
        score(scorer, tmp_path, f"{HEADING}\n", keep=["name"])
    with pytest.raises(UnreadableFile, match="is what is read"):
        score_file(scorer, tmp_path / "answers.csv", tmp_path / "." / "answers.csv", rubric=RUBRIC)
    with pytest.raises(RubricNotFound):
        score(scorer, tmp_path, f"{HEADING}\n", rubric="alignment@1999.1")


def test_a_failure_of_the_service_ends_it(sqlite_service: Server, tmp_path: Path) -> None:
    with Client(sqlite_service.keys.secret, base_url=sqlite_service.url) as client:
        reader = client.with_options(api_key=client.keys.create(kind="restricted", scopes=["catalogue:read"]).key)
    with pytest.raises(APIError, match="scope"), Client(base_url=sqlite_service.url) as other:
        score(
            other.with_options(api_key=reader._options.api_key),
            tmp_path,
            f"{HEADING}\nA,sales,one-sided,monthly,email\n",
        )


def test_a_long_file_takes_no_more_memory(scorer: Client, tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        text = f"{HEADING}\n" + "Northwind,sales,one-sided,monthly,email\n" * rows
        tracemalloc.start()
        try:
            score(scorer, tmp_path, text, workers=1)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(200)
    # 600 more results have over ten megabytes.
    assert peak(800) < peak(200) + 2_000_000


def test_the_command_scores_a_file(sqlite_service: Server, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text(f"{HEADING}\nNorthwind,sales,one-sided,monthly,email\nX,sales,no,,\n")
    given = {"ASSESSMENT_BASE_URL": sqlite_service.url, "ASSESSMENT_API_KEY": sqlite_service.keys.secret}
    program = str(Path(sys.executable).with_name("alignment-assessment"))
    arguments = ["score", "answers.csv", "-o", "scores.csv", "--rubric", RUBRIC, "--keep", "organisation"]
    done = subprocess.run([program, *arguments], env=given, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr == f"1 row scored with {RUBRIC}: scores.csv. 1 refused: scores.refused.csv.\n"
    assert (done.returncode, done.stdout) == (1, "")
    assert len(read(tmp_path / "scores.csv")) == 1


def test_a_terminal_sees_how_far_it_is(
    sqlite_service: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "answers.csv").write_text(f"{HEADING}\nNorthwind,sales,one-sided,monthly,email\n")
    monkeypatch.setenv("ASSESSMENT_API_KEY", sqlite_service.keys.secret)
    monkeypatch.setenv("FORCE_COLOR", "1")  # makes rich take anything for a terminal
    arguments = ["score", str(tmp_path / "answers.csv"), "-o", str(tmp_path / "scores.csv"), "--rubric", RUBRIC]
    assert main([*arguments, "--keep", "organisation", "--base-url", sqlite_service.url]) == 0
    said = capsys.readouterr().err
    assert "1/?" in said
    assert said.endswith(f"1 row scored with {RUBRIC}: {tmp_path / 'scores.csv'}.\n")


def test_the_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = tmp_path / "nothing.csv"
    assert main(["score", str(missing), "-o", str(tmp_path / "scores.csv"), "--base-url", "localhost"]) == 2
    assert re.fullmatch("alignment-assessment: base_url must be an address .*\n", capsys.readouterr().err)
    with pytest.raises(SystemExit) as shown:
        main(["score", "--help"])
    assert shown.value.code == 0
    assert "alignment-assessment score answers.csv -o scores.csv" in capsys.readouterr().out
