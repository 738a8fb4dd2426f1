from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.mutation.order import FIRST, Seen, Watched
from tests.mutation.run import ROOT


def seen(test: str, seconds: float, *lines: int) -> Seen:
    return Seen(test, seconds, frozenset(lines))


WATCHED = Watched(
    [
        seen("a.py::slow", 3, 1, 2),
        seen("a.py::other", 1),
        seen("a.py::quick", 2, 1),
        seen("b.py::quickest", 0, 1, 3),
    ],
    frozenset({3}),
)


def test_tests_of_the_first_file_that_run_the_line_come_first_the_quickest_before_all() -> None:
    assert WATCHED.rounds(1) == [["a.py::quick", "a.py::slow"], ["b.py::quickest"]]
    assert WATCHED.rounds(2) == [["a.py::slow"]]


def test_a_line_that_ran_for_several_tests_at_once_is_put_to_all() -> None:
    assert WATCHED.rounds(3) == [["b.py::quickest"], ["a.py::slow", "a.py::other", "a.py::quick"]]


def test_a_line_that_no_test_was_seen_to_run_is_put_to_all() -> None:
    assert WATCHED.rounds(9) == [["a.py::slow", "a.py::other", "a.py::quick", "b.py::quickest"]]


def test_of_many_tests_a_few_are_tried_before_the_rest() -> None:
    many = Watched([seen(f"a.py::t{place}", place, 1) for place in range(FIRST + 1)], frozenset())
    assert many.rounds(1) == [[f"a.py::t{place}" for place in range(FIRST)], [f"a.py::t{FIRST}"]]


MODULE = """
def double(number):
    return number + number


def halve(number):
    return number / 2
"""
TESTS = """
import asyncio, threading
import pytest
from watched import double, halve

@pytest.fixture(scope="module")
def four():
    return double(2)

def test_one(four):
    assert four == 4

def test_two():
    async def work():
        assert halve(2) == 1
    asyncio.run(work())

def test_three():
    thread = threading.Thread(target=halve, args=(4,))
    thread.start()
    thread.join()
"""
PROGRAM = """
import sys
from pathlib import Path
import pytest
from tests.mutation.order import Only, Watch, read
sys.path.insert(0, ".")
watch = Watch(Path("watched.py").resolve())
assert pytest.main(["-q", "-p", "no:cacheprovider", "test_watched.py"], plugins=[watch]) == 0
watch.write(Path("seen"))
found = read(Path("seen"))
print("lines", [(one.test, sorted(one.lines)) for one in found.tests], sorted(found.shared))
only = Only(["test_watched.py::test_three", "test_watched.py::test_one"])
assert pytest.main(["-v", "-p", "no:cacheprovider", *only.files], plugins=[only]) == 0
"""


def test_lines_are_seen_in_tests_their_fixtures_their_loops_and_their_threads(tmp_path: Path) -> None:
    (tmp_path / "watched.py").write_text(MODULE)
    (tmp_path / "test_watched.py").write_text(TESTS)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [
        ("test_watched.py::test_one", [3]),
        ("test_watched.py::test_two", [7]),
        ("test_watched.py::test_three", [7]),
    ]
    assert f"lines {lines} [2, 3, 6]" in done.stdout
    second = done.stdout.partition("lines ")[2]
    assert second.index("test_three PASSED") < second.index("test_one PASSED")
    assert "test_two" not in second.partition("test session starts")[2]
