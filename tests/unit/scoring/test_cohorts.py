"""Who belongs to which cohort, and what counts of scores say."""

from __future__ import annotations

import math
import random

import pytest

from assessment.scoring.cohort import COHORTS, EVERYBODY, Cohort, cohorts_of, industry_of, size_of
from assessment.scoring.histogram import Histogram, median_ranks, quantile

TV_P1 = [31, 38, 42, 42, 47, 51, 55, 55, 55, 60, 63, 71]


def test_every_cohort_is_declared_one_cut_at_a_time() -> None:
    assert len(COHORTS) == len(set(COHORTS)) == 22
    assert cohorts_of("software", "50-199") == [EVERYBODY, Cohort("industry", "software"), Cohort("size", "50-199")]
    assert cohorts_of(None, None) == [EVERYBODY]


@pytest.mark.parametrize(
    ("text", "industry"),
    [
        ("software", "software"),
        ("Software and IT services", "software"),
        ("  SOFTWARE & IT SERVICES ", "software"),
        ("Professional Services", "professional-services"),
        ("professional_services", "professional-services"),
        ("bakery", None),
        ("", None),
        (None, None),
    ],
)
def test_an_industry_is_named_by_its_id_or_its_title_in_any_case(text: str | None, industry: str | None) -> None:
    assert industry_of(text) == industry


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1-49", "1-49"),
        ("200-999", "200-999"),
        ("5000+", "5000+"),
        ("10,000+", "5000+"),
        ("180", "50-199"),
        ("1", "1-49"),
        ("49", "1-49"),
        ("50", "50-199"),
        ("1.200 employees", "1000-4999"),
        ("51–200", "50-199"),
        ("40-100", "50-199"),
        ("201 to 500 employees", "200-999"),
        ("1001-5000", "1000-4999"),
        ("5001-10000", "5000+"),
        ("0", None),
        ("large", None),
        ("about 50", None),
        (None, None),
    ],
)
def test_a_size_is_a_number_of_employees_or_a_range_that_counts_by_its_middle(
    text: str | None, size: str | None
) -> None:
    assert size_of(text) == size


def test_the_percentile_is_that_of_the_scores_themselves() -> None:
    assert Histogram(TV_P1).percentile(55) == 62.5


def test_two_halves_add_up_to_the_whole() -> None:
    merged = Histogram(TV_P1[:6]) + Histogram(TV_P1[6:])
    assert merged.n == 12
    assert merged.percentile(55) == 62.5
    assert merged.counts == Histogram(TV_P1).counts


def test_a_score_that_is_taken_out_leaves_what_was_there_before_it() -> None:
    counted = Histogram(TV_P1)
    counted.add(99.99)
    counted.remove(99.99)
    assert counted.counts == Histogram(TV_P1).counts
    with pytest.raises(ValueError, match="no score of 99 points"):
        counted.remove(99)


def test_counting_the_same_scores_in_any_order_gives_the_same() -> None:
    chance = random.Random(7)
    shuffled = TV_P1.copy()
    chance.shuffle(shuffled)
    assert Histogram(shuffled).counts == Histogram(TV_P1).counts


@pytest.mark.parametrize("score", [-0.01, 100.01])
def test_what_is_no_score_is_not_counted(score: float) -> None:
    with pytest.raises(IndexError):
        Histogram([score])


def test_in_steps_each_score_is_the_middle_of_its_step() -> None:
    assert Histogram([0, 4.99, 5, 52.03, 94.99, 95, 100]).in_steps(5) == [2.5, 2.5, 7.5, 52.5, 92.5, 97.5, 97.5]
    assert Histogram([0, 99.5, 100]).in_steps(1) == [0.5, 99.5, 99.5]


def test_quantiles_are_type_7() -> None:
    assert [quantile(TV_P1, share) for share in (0, 0.25, 0.5, 0.75, 1)] == [31, 42, 53, 56.25, 71]
    assert quantile([40], 0.9) == 40
    assert quantile([40, 50], 0.9) == 49


@pytest.mark.parametrize(
    ("n", "ranks", "coverage"),
    [(6, (1, 6), 0.9688), (10, (2, 9), 0.9785), (12, (3, 10), 0.9614), (20, (6, 15), 0.9586)],
)
def test_the_interval_of_a_median_lies_between_exact_ranks(n: int, ranks: tuple[int, int], coverage: float) -> None:
    found = median_ranks(n)
    assert found is not None
    assert found[:2] == ranks
    assert round(found[2], 4) == coverage


def test_the_interval_of_a_million_scores_is_found_as_fast_as_any() -> None:
    found = median_ranks(1_000_000)
    assert found is not None
    assert found[:2] == (499_020, 500_981)
    assert round(found[2], 6) == 0.950121


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_the_ranks_around_a_median_are_those_of_the_binomial_distribution(level: float) -> None:
    for n in range(150):
        tails = [sum(math.comb(n, fewer) for fewer in range(rank)) for rank in range(1, n // 2 + 1)]
        enough = [rank for rank, tail in enumerate(tails, 1) if 2**n - 2 * tail >= level * 2**n]
        found = median_ranks(n, level)
        assert (None if found is None else found[0]) == (max(enough) if enough else None)
        if found is not None:
            assert found[1] == n + 1 - found[0]
            assert found[2] == pytest.approx(1 - 2 * tails[found[0] - 1] / 2**n, abs=1e-12)


def test_an_interval_that_covers_just_enough_may_lie_at_the_middle() -> None:
    assert median_ranks(4, 0.375) == (2, 3, 0.375)


def test_five_scores_are_too_few_for_an_interval_of_the_median() -> None:
    assert median_ranks(5) is None
