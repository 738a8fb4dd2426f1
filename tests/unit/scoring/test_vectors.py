"""Every published or hand-computed figure of the method, reproduced: `vectors.json` holds inputs and results."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assessment.rubric.weighting import derive_weight, tilt_of
from assessment.scoring.benchmark import (
    largest_mean_ridit_error,
    log_risk_ratio,
    ridit_coefficients,
    ridit_interval,
    ridits,
    weight_of_evidence,
)
from assessment.scoring.change import reliable_change
from assessment.scoring.cohort import laplace_scale, mid_rank_percentile
from assessment.scoring.interval import dirichlet_linear, jeffreys, newcombe, wilson
from assessment.scoring.perception import (
    cliffs_delta,
    cohens_h,
    exact_permutation_p,
    krippendorff_alpha,
    within_group_agreement,
    within_group_agreement_of_items,
)
from assessment.scoring.score import shifted_geometric_mean

VECTORS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text())

PRINTED = {"newcombe": 0.6e-4, "kripp_C": 0.6e-4, "woe": 0.6e-4, "differencing": 1e-4}
"""Tolerance where fewer than six decimals are printed."""

CEILING = 3.5
"""The largest ratio between a practice and revenue goals in the five studies."""


def _ridit_posterior(v: dict[str, Any]) -> object:
    counts = v.get("counts") or [share / math.fsum(v["shares"]) * v["n"] for share in v["shares"]]
    coefficients = ridit_coefficients(len(counts), v["index"])
    mean, deviation, interval = dirichlet_linear(counts, coefficients)
    if "shares" in v:
        assert ridit_interval(tuple(v["shares"]), v["n"], coefficients) == pytest.approx(interval)
    return {"mean": mean, "sd": deviation, "beta95": list(interval)}


def _log_rr(v: dict[str, Any]) -> object:
    ratio, error, interval = log_risk_ratio(v["a"], v["n1"], v["c"], v["n0"])
    return {"rr": ratio, "se": error, "ci": list(interval)}


def _bounds(v: dict[str, Any]) -> object:
    """One dimension's answered, worst and best weighted means."""
    known = [(level, w) for level, w in zip(v["levels"], v["w"], strict=True) if level is not None]
    earned = sum(level / 4 * w for level, w in known)
    answered, applicable = sum(w for _, w in known), sum(v["w"])
    return {
        "point": earned / answered,
        "completeness": answered / applicable,
        "lower": earned / applicable,
        "upper": (earned + applicable - answered) / applicable,
    }


def _cliff(v: dict[str, Any]) -> object:
    p = exact_permutation_p(v["x"], v["y"])
    ways = math.comb(len(v["x"]) + len(v["y"]), len(v["x"]))
    return {"delta": cliffs_delta(v["x"], v["y"]), "p": [round(p * ways), ways, p]}


def _agreement(v: dict[str, Any]) -> object:
    variance, agreement, deviation = within_group_agreement(v["x"], v["A"])
    return {"s2": variance, "rwg": agreement, "ad": deviation}


def _agreement_of_items(v: dict[str, Any]) -> object:
    return {
        "rwgJ": within_group_agreement_of_items(v["raters"], v["A"]),
        "alpha_ordinal": krippendorff_alpha(list(zip(*v["raters"], strict=True))),
    }


def _change(v: dict[str, Any]) -> object:
    change = reliable_change(v["sd"], v["r"])
    return {"sem": change.error, "sdiff": change.difference_error, "mdc": change.detectable}


def _laplace(v: dict[str, Any]) -> object:
    scale, deviation = laplace_scale(v["n"], v["eps"], v["range"])
    return {"scale": scale, "sd": deviation}


FUNCTIONS: dict[str, Callable[[dict[str, Any]], object]] = {
    "ridit": lambda v: list(ridits(v["shares"])),
    "mean_ridit_se_max": lambda v: largest_mean_ridit_error(v["m"]),
    "log_rr": _log_rr,
    "woe": lambda v: dict(zip(("ln", "db"), weight_of_evidence(v["ratio"]), strict=True)),
    "weight": lambda v: derive_weight(1.0, v["g"], v["h"], tilt_of(v["ratio"], CEILING)).value,
    "shifted_geo": lambda v: shifted_geometric_mean(v["s"], v["w"], v["d"]),
    "wilson": lambda v: list(wilson(v["x"], v["n"])),
    "jeffreys": lambda v: list(jeffreys(v["x"], v["n"])),
    "ridit_posterior": _ridit_posterior,
    "bounds": _bounds,
    # The published arithmetic of a neighbouring model (OWASP SAMM 2), kept to show the difference in scale.
    "samm": lambda v: sum(sum(pair) / 2 for pair in zip(*v["streams"], strict=True)),
    "cliff_exact": _cliff,
    "cohen_h": lambda v: cohens_h(v["p1"], v["p2"]),
    "newcombe": lambda v: list(newcombe(v["p1"], v["n1"], v["p2"], v["n2"])),
    "rwg": _agreement,
    "rwgJ_alpha": _agreement_of_items,
    "kripp_C": lambda v: {metric: krippendorff_alpha(v["units"], metric) for metric in v["out"]},
    "rci": _change,
    "midrank": lambda v: mid_rank_percentile(v["cohort"], v["score"]),
    # What an observer of two releases learns of the one member who left.
    "differencing": lambda v: 12 * v["mean12"] - 11 * v["mean11"],
    "laplace": _laplace,
}


def test_there_are_fifty_eight_vectors() -> None:
    assert len(VECTORS) == 58


@pytest.mark.parametrize("name", VECTORS)
def test_vector(name: str) -> None:
    vector = VECTORS[name]
    tolerance = PRINTED.get(vector["fn"], 0.6e-6)
    _assert_close(FUNCTIONS[vector["fn"]](vector), vector["out"], tolerance)


def _assert_close(found: object, expected: object, tolerance: float) -> None:
    if isinstance(expected, dict):
        assert isinstance(found, dict)
        assert found.keys() == expected.keys()
        for key, value in expected.items():
            _assert_close(found[key], value, tolerance)
    elif isinstance(expected, list):
        assert isinstance(found, list)
        for one, other in zip(found, expected, strict=True):
            _assert_close(one, other, tolerance)
    else:
        assert found == pytest.approx(expected, abs=tolerance)
