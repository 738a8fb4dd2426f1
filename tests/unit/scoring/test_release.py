"""What is released of a cohort's scores, and where a score stands in it."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from assessment.scoring.histogram import Histogram
from assessment.scoring.release import Bar, Figures, Rules, figures_of, place_of

TWELVE = Histogram([31, 38, 42, 42, 47, 51, 55, 55, 55, 60, 63, 71])


def spread(n: int) -> Histogram:
    """`n` scores from 0 to 100 at equal distances."""
    return Histogram(100 * place / (n - 1) for place in range(n))


def test_nothing_is_released_of_nine() -> None:
    with pytest.raises(ValueError, match="9 votes are fewer than 10"):
        figures_of(spread(9))


def test_from_ten_on_there_are_a_median_and_its_interval_alone() -> None:
    assert figures_of(TWELVE) == Figures(12, 55.0, (42.5, 62.5), 0.9614, None, None, None)
    ten = figures_of(spread(10))
    assert (ten.median, ten.median_interval, ten.median_coverage) == (50.0, (12.5, 87.5), 0.9785)
    assert figures_of(spread(19)).quartiles is None
    assert figures_of(spread(19)).histogram is None


def test_from_twenty_on_there_are_quartiles_and_a_histogram() -> None:
    found = figures_of(spread(20))
    assert found.quartiles == (27.5, 75.0)
    assert found.tails is None
    assert found.histogram == (
        Bar(0, 30, 0.3),
        Bar(30, 60, 0.3),
        Bar(60, 100, 0.4),
    )
    assert figures_of(spread(35)).tails is None


def test_a_bar_ends_where_it_holds_five_and_the_rest_goes_to_the_last() -> None:
    assert figures_of(Histogram([5] * 5 + [55] * 15)).histogram == (Bar(0, 10, 0.25), Bar(10, 100, 0.75))


def test_what_is_left_of_the_twentieths_goes_to_the_largest_remainders() -> None:
    # 4.35, 6.96 and 8.70 twentieths.
    found = figures_of(Histogram([5] * 5 + [15] * 8 + [95] * 10)).histogram
    assert found == (Bar(0, 10, 0.2), Bar(10, 20, 0.35), Bar(20, 100, 0.45))


def test_from_thirty_six_on_there_are_tails() -> None:
    assert figures_of(spread(36)).tails == (10.0, 90.0)


@pytest.mark.parametrize("seed", range(50))
def test_bars_hold_five_or_more_and_their_shares_add_up(seed: int) -> None:
    chance = random.Random(seed)
    scores = [min(100.0, max(0.0, chance.gauss(chance.uniform(10, 90), 15))) for _ in range(chance.randint(20, 300))]
    bars = figures_of(Histogram(scores)).histogram
    assert bars is not None
    assert [bars[0].start, bars[-1].end] == [0, 100]
    assert all(one.end == other.start for one, other in pairwise(bars))
    assert sum(bar.share for bar in bars) == pytest.approx(1)
    for bar in bars:
        last = bar.end == 100
        assert sum(bar.start <= score < bar.end or (last and score == 100) for score in scores) >= 5
        assert (bar.share * 20) == pytest.approx(round(bar.share * 20))


@pytest.mark.parametrize("seed", range(50))
def test_nothing_depends_on_where_inside_its_step_a_score_lies(seed: int) -> None:
    chance = random.Random(seed)
    steps = [chance.randrange(20) for _ in range(chance.randint(10, 80))]
    one, other = ([5 * step + chance.uniform(0, 4.999) for step in steps] for _ in range(2))
    assert figures_of(Histogram(one)) == figures_of(Histogram(other))


def test_below_twenty_a_place_is_told_in_words() -> None:
    figures = figures_of(TWELVE)
    assert [place_of(figures, score).position for score in (42.4, 42.5, 62.5, 62.6)] == [
        "lower", "middle", "middle", "higher"
    ]  # fmt: skip
    assert place_of(figures, 80).percentile is None
    assert place_of(figures, 80).interval is None


def test_from_twenty_on_a_place_is_a_percentile_with_its_interval() -> None:
    figures = figures_of(spread(20))
    place = place_of(figures, 45)
    assert (place.percentile, place.interval, place.position) == (45.0, (25.8, 65.8), "middle")
    # 0.3 and 14.44 of 30 points of another 0.3.
    assert place_of(figures, 44.44).percentile == 44.4
    assert place_of(figures, 0).percentile == 0
    assert place_of(figures, 100).percentile == 100


def test_rules_can_be_laxer_for_those_who_try_to_break_them() -> None:
    assert figures_of(Histogram([52.03]), Rules(minimum=1, step=1)).median == 52.5
    alone = figures_of(Histogram([52.03]), Rules(minimum=1, quartiles_from=1))
    assert alone.histogram == (Bar(0, 100, 1.0),)
