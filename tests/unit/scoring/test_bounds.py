"""The levels that missing answers leave possible, gates included."""

from __future__ import annotations

from assessment.scoring.answers import Response
from assessment.scoring.assess import assess, rate
from assessment.scoring.compiled import CompiledRubric
from tests.unit.scoring.builders import build, dimension, single


def gated(level: int, needed: int) -> CompiledRubric:
    """A rubric whose one gate needs question a at a level."""
    gate = {"id": "gate", "level": level, "all_of": [{"any_of": [{"question": "a", "level": needed}]}]}
    return build({"one": dimension({"a": single(), "b": single(), "c": single()})}, gates=[gate])


def possible(rubric: CompiledRubric, **answers: str) -> tuple[list[int], bool]:
    bounds = assess(rubric, [Response(answers)]).bounds
    assert bounds is not None
    return bounds.levels, bounds.firm


def test_a_missing_answer_passes_no_gate_at_its_worst_and_every_gate_at_its_best() -> None:
    assert possible(gated(2, 1), b="o4", c="o4") == ([1, 2, 3, 4], False)
    assert possible(gated(4, 4), b="o4", c="o4") == ([3, 4], False)


def test_an_answer_that_is_there_counts_as_it_is() -> None:
    assert possible(gated(2, 1), a="o1", b="o4", c="o4") == ([4], True)
    assert possible(gated(4, 4), a="o3", b="o4") == ([3], True)
    assert possible(gated(4, 4), a="o4", b="o4") == ([3, 4], False)


def test_the_short_form_is_as_firm_as_the_whole() -> None:
    for answers in ({"a": "o1", "b": "o4", "c": "o4"}, {"b": "o4", "c": "o4"}, {"a": "o1"}):
        whole = assess(gated(2, 1), [Response(answers)])
        short = rate(gated(2, 1), [Response(answers)])
        assert whole.bounds is not None
        assert short.firm == whole.bounds.firm
        assert (short.lower, short.upper) == (whole.bounds.lower, whole.bounds.upper)
    assert rate(gated(2, 1), [Response({"a": "o1", "b": "o4", "c": "o4"})]).firm
    assert not rate(gated(2, 1), [Response({"b": "o4", "c": "o4"})]).firm
