"""Two groups' answers compared, against small cases that can be counted by hand."""

from __future__ import annotations

from itertools import combinations

import pytest

from assessment.scoring.perception import (
    benjamini_hochberg,
    cliffs_delta,
    cohens_h,
    exact_permutation_p,
    krippendorff_alpha,
    normal_permutation_p,
    permutation_p,
    size_of,
    within_group_agreement,
    within_group_agreement_of_items,
)


def test_delta_is_the_surplus_of_wins_over_all_pairs() -> None:
    assert cliffs_delta([3, 4], [1, 2]) == 1
    assert cliffs_delta([1, 2], [3, 4]) == -1
    assert cliffs_delta([1, 2], [1, 2]) == 0
    assert cliffs_delta([2, 2, 3], [2, 1]) == pytest.approx(4 / 6)


def by_listing(x: list[float], y: list[float]) -> float:
    """The exact p by every relabelling."""
    pooled, size = [*x, *y], len(x)
    given = abs(cliffs_delta(x, y))
    extreme = total = 0
    for chosen in combinations(range(len(pooled)), size):
        one = [pooled[i] for i in chosen]
        other = [pooled[i] for i in range(len(pooled)) if i not in chosen]
        extreme += abs(cliffs_delta(one, other)) >= given - 1e-12
        total += 1
    return extreme / total


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([4, 3, 4, 3], [2, 1, 3, 2]),
        ([1, 2, 3], [4, 5, 6, 7]),
        ([2, 2, 2], [2, 2]),
        ([0, 4], [1, 2, 3]),
        ([0, 0, 1, 4], [0, 2, 2, 4, 4]),
        ([0.5, 1.25], [1.25, 2.0, 0.5]),
        ([1], [2]),
        ([3, 3, 4, 4, 4], [3, 3]),
    ],
)
def test_the_exact_p_is_the_share_of_relabellings_as_extreme(x: list[float], y: list[float]) -> None:
    assert exact_permutation_p(x, y) == pytest.approx(by_listing(x, y), abs=1e-12)


def test_equal_groups_differ_by_chance_for_sure() -> None:
    assert exact_permutation_p([1, 2], [1, 2]) == 1
    assert exact_permutation_p([5, 5, 5], [5, 5, 5]) == 1


def test_p_values_are_adjusted_in_their_order() -> None:
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert benjamini_hochberg([0.9, 0.04]) == pytest.approx([0.9, 0.08])
    assert benjamini_hochberg([0.3]) == [0.3]
    assert benjamini_hochberg([0.6, 0.7, 1.0]) == pytest.approx([1.0, 1.0, 1.0])
    assert benjamini_hochberg([]) == []


def test_equal_shares_have_no_distance() -> None:
    assert cohens_h(0.3, 0.3) == 0
    assert cohens_h(0.12, 0.35) == pytest.approx(-0.558620, abs=1e-6)
    assert cohens_h(1, 0) == pytest.approx(3.141593, abs=1e-6)


def test_the_same_answer_from_all_is_full_agreement() -> None:
    assert within_group_agreement([3, 3, 3]) == (0, 1, 0)


def test_answers_further_apart_than_even_ones_are_no_agreement() -> None:
    variance, agreement, deviation = within_group_agreement([0, 4])
    assert (variance, agreement, deviation) == (8, 0, 2)


def test_agreement_is_held_against_as_many_options_as_there_were() -> None:
    assert within_group_agreement([1, 2, 3], 3)[1] == 0
    assert within_group_agreement([1, 2, 3], 7)[1] == 0.75
    assert within_group_agreement([1, 2, 3])[1] == 0.5
    assert within_group_agreement_of_items([[1, 1], [2, 2], [3, 3]], 7) == pytest.approx(0.857143, abs=1e-6)
    assert within_group_agreement_of_items([[1, 1], [2, 2], [3, 3]]) == pytest.approx(2 / 3)


def test_items_answered_more_apart_than_evenly_have_no_agreement() -> None:
    assert within_group_agreement_of_items([[0, 0], [4, 4]]) == 0
    assert within_group_agreement_of_items([[1, 1], [2, 2], [3, 3]], 3) == 0
    assert within_group_agreement_of_items([[0, 2], [4, 2]]) == 0
    assert within_group_agreement_of_items([[3, 2], [3, 2]]) == 1


def test_alpha_is_1_where_all_agree_and_where_only_one_value_occurs() -> None:
    assert krippendorff_alpha([[1, 1], [2, 2], [3, 3]]) == 1
    assert krippendorff_alpha([[2, 2], [2, 2]]) == 1


def test_alpha_falls_below_0_where_people_disagree_by_system() -> None:
    assert krippendorff_alpha([[1, 2], [2, 1]], "nominal") == pytest.approx(-0.5)
    assert krippendorff_alpha([[1, 3], [3, 1]], "interval") == pytest.approx(-0.5)
    assert krippendorff_alpha([[1, 3], [3, 1]]) == pytest.approx(-0.5)


def test_units_that_fewer_than_two_rated_do_not_count() -> None:
    assert krippendorff_alpha([[1, 1], [2, 2], [3], []]) == 1
    assert krippendorff_alpha([[1, 2], [2, 2], [4]], "interval") == krippendorff_alpha([[1, 2], [2, 2]], "interval")


@pytest.mark.parametrize("units", [[], [[1]], [[1], [2]]])
def test_alpha_of_no_pairs_is_refused(units: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="needs a unit with two values"):
        krippendorff_alpha(units)


def test_an_unknown_metric_is_refused() -> None:
    with pytest.raises(ValueError, match="must be nominal, ordinal or interval"):
        krippendorff_alpha([[1, 2]], "ratio")


def test_the_distance_of_ranks_counts_who_lies_between() -> None:
    assert krippendorff_alpha([[1, 2], [2, 3], [3, 3], [1, 1]]) == pytest.approx(0.708333, abs=1e-6)


@pytest.mark.parametrize(
    ("delta", "size"),
    [(0, "negligible"), (0.146, "negligible"), (-0.147, "small"), (0.33, "medium"), (-0.474, "large"), (1, "large")],
)
def test_a_gap_is_called_by_the_published_bands(delta: float, size: str) -> None:
    assert size_of(delta) == size


def test_small_groups_are_counted_and_large_ones_approximated() -> None:
    assert permutation_p([4, 3, 4, 3], [2, 1, 3, 2]) == (6 / 70, "exact")
    assert permutation_p([1] * 17, [1] * 17) == (1.0, "exact")
    assert permutation_p([1] * 18, [1] * 18) == (1.0, "normal")
    assert permutation_p([4] * 4, [0] * 496)[1] == "exact"
    # 10² · 100 is counted, 1² · 10,001 is not.
    assert permutation_p([4] * 10, [0] * 90)[1] == "exact"
    assert permutation_p([4], [0] * 10_000)[1] == "normal"


def test_one_value_in_five_that_lies_above_the_rest_has_a_p_of_a_fifth() -> None:
    assert exact_permutation_p([5], [1, 1, 1, 1]) == 0.2


def test_the_approximation_of_one_beside_one_is_a_standard_deviation_out() -> None:
    assert normal_permutation_p([2], [1]) == pytest.approx(0.3173, abs=5e-5)


def test_the_approximation_lies_near_the_count_where_it_takes_over() -> None:
    x, y = [0, 1, 2, 3, 4] * 4, [1, 2, 3, 4, 4] * 4
    assert exact_permutation_p(x, y) == pytest.approx(0.0807, abs=5e-5)
    assert normal_permutation_p(x, y) == pytest.approx(0.0755, abs=5e-5)
    x, y = list(range(20)), list(range(7, 27))
    assert exact_permutation_p(x, y) == pytest.approx(0.0013, abs=5e-5)
    assert normal_permutation_p(x, y) == pytest.approx(0.0018, abs=5e-5)


def test_p_is_the_same_from_either_side() -> None:
    x, y = [0.0, 1, 1, 4], [2.0, 3, 3, 3, 4, 4, 1]
    assert exact_permutation_p(x, y) == exact_permutation_p(y, x)
    assert normal_permutation_p(x * 9, y * 9) == normal_permutation_p(y * 9, x * 9)


def test_items_of_different_scales_are_held_against_their_own() -> None:
    # Shares of the even variance 1.5 and .25: their mean is .875.
    assert within_group_agreement_of_items([[1, 1], [2, 2], [3, 3]], [3, 7]) == pytest.approx(0.222222, abs=1e-6)
    assert within_group_agreement_of_items([[1, 1], [2, 2], [3, 3]], [7, 7]) == pytest.approx(0.857143, abs=1e-6)
