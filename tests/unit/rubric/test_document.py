"""A document keeps data and lines, and reads scalars in one way only."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assessment.rubric.document import read_document


def read(folder: Path, text: str) -> tuple[object, list[str]]:
    path = folder / "file.yaml"
    path.write_text(text, "utf-8")
    document, problems = read_document(path)
    return (document.data if document else None), [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("12", 12),
        ("-3", -3),
        ("0.5", 0.5),
        ("2026-01-15", "2026-01-15"),
        ('"no"', "no"),
        ("'0123'", "0123"),
        ("1e3", "1e3"),
        ("12 kg", "12 kg"),
        ("=", "="),
        ("!!str 5", "5"),
    ],
)
def test_a_scalar_is_read_as_it_looks(tmp_path: Path, text: str, value: object) -> None:
    assert read(tmp_path, f"key: {text}") == ({"key": value}, [])


@pytest.mark.parametrize("key", ["0", "4", "2026", '"4"'])
def test_a_whole_number_may_be_a_key_and_is_text(tmp_path: Path, key: str) -> None:
    assert read(tmp_path, f"{key}: x") == ({key.strip('"'): "x"}, [])


@pytest.mark.parametrize("key", ["-1", "01", "1_0", "0x1", "1.5", "1:30", "no", "~"])
def test_a_key_that_could_be_read_as_something_else_needs_quotes(tmp_path: Path, key: str) -> None:
    assert read(tmp_path, f"{key}: x") == (None, ["key_not_text"])


def test_a_number_and_its_text_are_the_same_key(tmp_path: Path) -> None:
    assert read(tmp_path, '4: x\n"4": y') == (None, ["duplicate_key"])


@pytest.mark.parametrize(
    "text",
    ["yes", "No", "on", "OFF", "True", "NULL", "010", "0x1F", "0b1", "1_000", "1:30", ".5", "5.", "+5", ".inf", ".NaN"],
)
def test_a_scalar_that_yaml_reads_in_a_surprising_way_is_refused(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, f"key: {text}") == (None, ["ambiguous_yaml"])


@pytest.mark.parametrize("text", ["!!binary aGk=", "!!set {a}", "!mine x", "!!python/tuple [1]"])
def test_a_tag_is_refused(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, f"key: {text}") == (None, ["tag"])


def test_a_line_is_known_for_each_entry_and_item(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("a:\n  - x\n  - b: >-\n      long\n      text\n    c: 1\nd: 2\n", "utf-8")
    document, _ = read_document(path)
    assert document is not None
    assert document.lines == {("a",): 1, ("a", 0): 2, ("a", 1): 3, ("a", 1, "b"): 3, ("a", 1, "c"): 6, ("d",): 7}
    assert document.line("a", 1, "b", "deeper") == 3
    assert document.line("nowhere") == 1


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20)
data = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(texts, data, min_size=1, max_size=4))
def test_what_a_yaml_writer_writes_is_read_back(value: dict[str, object]) -> None:
    class NoAliases(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    with tempfile.TemporaryDirectory() as folder:
        assert read(Path(folder), yaml.dump(value, Dumper=NoAliases, allow_unicode=True)) == (value, [])
