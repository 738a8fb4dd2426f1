from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from tests.mutation.mutate import mutants
from tests.mutation.report import read_reasons
from tests.mutation.run import ROOT
from tests.mutation.targets import TARGETS, Target, chosen


def changed(source: str) -> list[str]:
    """What becomes of the source's last line in each mutant."""
    return [ast.unparse(mutant.tree()).splitlines()[-1].strip() for mutant in mutants(dedent(source))]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = a < b", ["x = a <= b"]),
        ("x = a is not b", ["x = a is b"]),
        ("x = a < b < c", ["x = a <= b < c", "x = a < b <= c"]),
        ("x = a and b", ["x = a or b"]),
        ("x = not a", ["x = a"]),
        ("x = -a", ["x = a"]),
        ("x = a * b", ["x = a / b"]),
        ("x = 2", ["x = 3", "x = 1"]),
        ("x = True", ["x = False"]),
        ("x = min(a, b)", ["x = max(a, b)"]),
        ("x = a if b else c", ["x = a if not b else c"]),
        ("x = [a for a in b if a]", ["x = [a for a in b]"]),
        ("a.b = c", ["pass"]),
        ("call(a)", ["pass"]),
        ("x += a", ["x -= a", "pass"]),
        ("def f():\n    return a", ["return None"]),
    ],
)
def test_a_line_and_its_mutants(source: str, found: list[str]) -> None:
    assert changed(source) == found


@pytest.mark.parametrize(
    "source",
    [
        "'''A docstring.'''",
        "x: int | None",
        "def f(a: int | None) -> int | None:\n    return None",
        "Answer = Literal[1, 2]",
        "for a, b in zip(c, d, strict=True):\n    x = a",
        "@cache(maxsize=2)\ndef f():\n    return None",
        "class A(Struct, frozen=True):\n    pass",
        "if TYPE_CHECKING:\n    x = 1",
    ],
)
def test_what_does_not_run_or_says_nothing_is_left_alone(source: str) -> None:
    assert mutants(source) == []


def test_mutants_are_named_by_function_and_change_and_each_name_is_given_once() -> None:
    source = dedent(
        """
        class A:
            def f(self):
                return a + b, a + b
        """
    )
    assert [(mutant.line, mutant.name) for mutant in mutants(source)] == [
        (4, "A.f: `return (a + b, a + b)` → `return None`"),
        (4, "A.f: `a + b` → `a - b`"),
        (4, "A.f: `a + b` → `a - b` (2)"),
    ]
    assert [ast.unparse(mutant.tree()).splitlines()[-1].strip() for mutant in mutants(source)[1:]] == [
        "return (a - b, a + b)",
        "return (a + b, a - b)",
    ]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_target_names_a_module_and_tests_that_exist(target: Target) -> None:
    assert (ROOT / target.path).is_file()
    assert target.files
    assert all((ROOT / file).is_file() for file in target.files), target.files


def test_every_reason_is_for_a_mutant_that_exists() -> None:
    by_name = {target.name: target for target in TARGETS}
    for module, reasons in read_reasons().items():
        known = {mutant.name for mutant in mutants((ROOT / by_name[module].path).read_text())}
        assert set(reasons) <= known, module
        assert all(len(reason) > 20 for reason in reasons.values())


def test_targets_are_chosen_by_name_or_by_room() -> None:
    assert [target.name for target in chosen(("scoring/rating",))] == ["scoring/rating"]
    assert all(target.name.startswith("scoring/") for target in chosen(("scoring",)))
    assert chosen(()) == list(TARGETS)
    with pytest.raises(ValueError, match="There is no target scoring/none"):
        chosen(("scoring/none",))
