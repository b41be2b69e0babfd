"""Mean rank correlation of raters, against SciPy pair by pair."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from delphi import statistics as ds
from delphi.statistics.rater_correlation import row_mid_ranks

N = np.nan


def by_scipy(table: np.ndarray) -> list[float]:
    found = []
    for one, other in combinations(table, 2):
        both = ~np.isnan(one) & ~np.isnan(other)
        if both.sum() >= 2 and len(set(one[both])) > 1 and len(set(other[both])) > 1:
            found.append(spearmanr(one[both], other[both]).statistic)
    return found


@pytest.mark.parametrize("gaps", [0.0, 0.3])
@pytest.mark.parametrize("seed", range(5))
def test_the_mean_over_pairs_is_that_of_scipy(seed: int, gaps: float) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(1, 5, size=(7, 6)).astype(float)
    table[rng.random(table.shape) < gaps] = N
    table[2], table[4] = [1, 2, 3, 4, 5, 6], 3
    expected = by_scipy(table)
    found = ds.mean_spearman(table)
    assert (found.value, found.n_pairs) == (pytest.approx(np.mean(expected), abs=1e-12), len(expected))


def test_without_ties_it_is_a_function_of_w_and_with_ties_it_is_not() -> None:
    rng = np.random.default_rng(1)
    ranks = np.array([rng.permutation(6) for _ in range(4)])
    assert ds.mean_spearman(ranks).value == pytest.approx((4 * ds.kendall_w(ranks).w - 1) / 3, abs=1e-12)
    tied = np.array([[1, 1, 1, 2], [1, 2, 3, 4], [2, 1, 3, 4]])
    assert ds.mean_spearman(tied).value != pytest.approx((3 * ds.kendall_w(tied).w - 1) / 2, abs=0.01)


def test_the_mean_is_plain_and_not_by_fishers_z() -> None:
    """Trap 32."""
    ranks = np.array([[1, 2, 3, 4], [1, 2, 4, 3], [4, 2, 3, 1]])
    each = by_scipy(ranks.astype(float))
    assert ds.mean_spearman(ranks).value == pytest.approx(np.mean(each), abs=1e-12)
    assert ds.mean_spearman(ranks).value != pytest.approx(np.tanh(np.mean(np.arctanh(each))), abs=1e-3)


def test_the_least_value_is_minus_one_over_raters_less_one() -> None:
    latin = [[1, 2, 3], [2, 3, 1], [3, 1, 2]]
    assert ds.mean_spearman(latin).value == pytest.approx(-0.5)


def test_order_and_direction_do_not_matter() -> None:
    rng = np.random.default_rng(6)
    table = rng.integers(1, 5, size=(6, 5)).astype(float)
    table[rng.random(table.shape) < 0.2] = N
    changed = 9 - table[rng.permutation(6)][:, rng.permutation(5)]
    assert ds.mean_spearman(changed).value == pytest.approx(ds.mean_spearman(table).value, abs=1e-12)


CASES = [
    ([[N, N], [N, N]], "no_valid_answers", "nobody ranked"),
    ([[1], [2]], "too_few_units", "one object"),
    ([[1, 2, 3], [N, N, N]], "too_few_raters", "one rater"),
    ([[1, 2, N], [N, 1, 2]], "no_pairs", "one object in common"),
    ([[1, 1, 1], [1, 2, 3]], "no_variation", "one of two ranked all alike"),
]


@pytest.mark.parametrize(("ranks", "reason", "why"), CASES)
def test_what_is_not_defined_is_null_with_its_reason(ranks: list[list[float]], reason: str, why: str) -> None:
    found = ds.computed("mean_spearman", ranks)
    assert np.isnan(found.value), why
    assert found.reason == reason, why


def test_ties_are_marked_and_raters_counted() -> None:
    found = ds.computed("mean_spearman", [[1, 2, 2], [1, 2, 3], [N, N, N]])
    assert (found.flags, found.n) == ("n_below_minimum ties_present", 2)


def test_mid_ranks_of_rows_equal_scipys() -> None:
    table = np.random.default_rng(3).integers(0, 4, size=(9, 8))
    np.testing.assert_array_equal(row_mid_ranks(table), rankdata(table, axis=1))
    assert row_mid_ranks(np.zeros((2, 0))).shape == (2, 0)


def test_ranks_are_a_table() -> None:
    with pytest.raises(ValueError, match=r"^ranks:"):
        ds.mean_spearman([1, 2])
