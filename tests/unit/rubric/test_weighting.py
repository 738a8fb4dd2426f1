"""The weight rule gives the weights of the published method, and stays within its bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.rubric.head import Weighting
from assessment.rubric.weighting import Evidence, derive_weight, strength_of, tilt_of, weight_of

RULE = Weighting(
    ceiling_ratio=3.5,
    start=0.5,
    step=0.25,
    limit=0.75,
    small_sample=150,
    large_sample=1000,
    nearness={"goals": 1.0, "conversion": 0.75, "opinion": 0.5},
    base={"fact": 1.0, "perception": 0.5},
    reason="A rule to test with.",
)


@pytest.mark.parametrize(
    ("n", "arms_printed", "agreed", "strength"),
    [
        (None, False, False, 0.25),
        (123, False, False, 0.25),
        (149, True, False, 0.25),
        (150, False, False, 0.5),
        (999, True, False, 0.5),
        (1000, False, False, 0.5),
        (1000, True, False, 0.75),
        (123, False, True, 0.5),
        (400, False, True, 0.75),
        (1200, True, True, 0.75),
    ],
)
def test_strength_starts_in_the_middle_and_goes_down_or_up(
    n: int | None, arms_printed: bool, agreed: bool, strength: float
) -> None:
    assert strength_of(RULE, Evidence(2.0, n, arms_printed, agreed)) == strength


def test_strength_is_never_negative() -> None:
    weak = RULE.model_copy(update={"start": 0.1})
    assert strength_of(weak, Evidence(2.0, None, False, False)) == 0.0


@pytest.mark.parametrize(
    ("ratio", "strength", "nearness", "weight"),
    [
        (2.0, 0.5, 1.0, 1.276647),
        (3.0, 0.25, 1.0, 1.219238),
        (3.5, 0.25, 1.0, 1.25),
        (29.8 / 18.2, 0.75, 0.75, 1.2214),
        (7.0, 0.5, 0.75, 1.375),
        (1.0, 0.75, 1.0, 1.0),
    ],
)
def test_a_ratio_tilts_a_weight_by_its_logarithm(ratio: float, strength: float, nearness: float, weight: float) -> None:
    assert derive_weight(1.0, strength, nearness, tilt_of(ratio, 3.5)).value == pytest.approx(weight, abs=5e-7)


@pytest.mark.parametrize(
    ("evidence", "nearness", "weight"),
    [
        (Evidence(2.0, 123, False, True), 1.0, 1.276647),
        (Evidence(3.0, 123, False, False), 1.0, 1.219238),
        (Evidence(29.8 / 18.2, 1200, True, False), 0.75, 1.2214),
        (Evidence(7.0, 2241, False, False), 0.75, 1.375),
    ],
)
def test_a_weight_follows_from_the_facts_of_its_study(evidence: Evidence, nearness: float, weight: float) -> None:
    assert weight_of(RULE, 1.0, nearness=nearness, evidence=evidence).value == pytest.approx(weight, abs=5e-7)


def test_without_evidence_the_weight_is_its_base() -> None:
    assert weight_of(RULE, 0.5).value == 0.5
    assert str(weight_of(RULE, 0.5)) == "base 0.5"


def test_a_derivation_can_be_read() -> None:
    derivation = weight_of(RULE, 1.0, nearness=1.0, evidence=Evidence(2.0, 123, False, True))
    assert str(derivation) == "1 × (1 + strength 0.5 × nearness 1 × tilt 0.553295)"


@given(
    base=st.sampled_from([0.5, 1.0]),
    nearness=st.floats(0, 1),
    ratio=st.floats(1, 1e6),
    more=st.floats(1, 10),
    n=st.none() | st.integers(1, 10**7),
    arms_printed=st.booleans(),
    agreed=st.booleans(),
)
def test_a_weight_lies_between_base_and_limit_and_grows_with_the_ratio(
    base: float, nearness: float, ratio: float, more: float, n: int | None, arms_printed: bool, agreed: bool
) -> None:
    weight = weight_of(RULE, base, nearness=nearness, evidence=Evidence(ratio, n, arms_printed, agreed)).value
    larger = weight_of(RULE, base, nearness=nearness, evidence=Evidence(ratio * more, n, arms_printed, agreed)).value
    assert base <= weight <= larger <= base * 1.75
