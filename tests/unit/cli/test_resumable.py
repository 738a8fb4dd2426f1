"""A file that grows page by page: what is gone on with, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.cli.failure import Failure
from assessment.cli.tables.resumable import Resumable


def begin(path: Path, *pages: str, rubric: str = "kitchen") -> Resumable:
    with Resumable(path, {"rubric": rubric}, force=False) as file:
        for page in pages:
            file.append(page.encode(), 1, {"page": page})
    return file


def test_what_came_behind_the_checkpoint_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    begin(path, "one\n", "two\n")
    with (tmp_path / "rows.csv.part").open("a") as part:
        part.write("thr")
    with Resumable(path, {"rubric": "kitchen"}, force=False) as file:
        assert (file.checkpoint.rows, file.checkpoint.place) == (2, {"page": "two\n"})
        file.append(b"three\n", 1, {})
    file.finish()
    assert path.read_text() == "one\ntwo\nthree\n"
    assert [one.name for one in tmp_path.iterdir()] == ["rows.csv"]


def test_another_task_does_not_go_on_with_it(tmp_path: Path) -> None:
    begin(tmp_path / "rows.csv", "one\n")
    with pytest.raises(Failure, match=r"rows\.csv\.checkpoint is of another rubric\. To begin anew, delete it\."):
        begin(tmp_path / "rows.csv", rubric="cellar")


def test_a_part_that_is_shorter_than_was_noted_is_not_gone_on_with(tmp_path: Path) -> None:
    begin(tmp_path / "rows.csv", "one\n")
    (tmp_path / "rows.csv.part").write_text("on")
    with pytest.raises(Failure, match="is of more than there is in"):
        begin(tmp_path / "rows.csv")


def test_a_checkpoint_that_is_none_is_named(tmp_path: Path) -> None:
    begin(tmp_path / "rows.csv", "one\n")
    (tmp_path / "rows.csv.checkpoint").write_text("{}")
    with pytest.raises(Failure, match=r"rows\.csv\.checkpoint cannot be read"):
        begin(tmp_path / "rows.csv")


def test_a_part_without_a_checkpoint_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "rows.csv.part").write_text("lost")
    begin(tmp_path / "rows.csv", "one\n").finish()
    assert (tmp_path / "rows.csv").read_text() == "one\n"


def test_a_file_that_is_there_is_not_replaced_unless_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("yesterday's\n")
    with pytest.raises(Failure, match=r"Cannot write .*rows\.csv: File exists\."):
        begin(path)
    with Resumable(path, {}, force=True) as file:
        file.append(b"today's\n", 1, {})
    file.finish()
    assert path.read_text() == "today's\n"
