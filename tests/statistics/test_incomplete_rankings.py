"""Concordance of rankings with gaps: Kendall's W where there is none, and the variance of all orders where there is."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from delphi import statistics as ds
from delphi.statistics.incomplete_rankings import concordance_of_incomplete

N = np.nan
RANKS = arrays(np.float64, (5, 4), elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, N]))


@settings(deadline=None, max_examples=60)
@given(arrays(np.float64, (5, 4), elements=st.sampled_from([1.0, 2.0, 3.0, 4.0])))
def test_of_complete_rankings_it_is_kendalls_w_with_its_p(ranks: np.ndarray) -> None:
    np.testing.assert_allclose(concordance_of_incomplete(ranks), ds.kendall_w(ranks), atol=1e-9)


def test_the_statistic_divides_by_the_covariance_of_all_orders() -> None:
    """Skillings and Mack's matrix is the covariance of the weighted ranks when each ranking is put in random order."""
    ranks = np.array([[1, 2, 3, N], [2, N, 1, 3], [1, 2, N, N], [N, 1, 1, 2]])
    sums, covariance, bound = np.zeros(4), np.zeros((4, 4)), 0
    for row in ranks:
        own = np.flatnonzero(~np.isnan(row))
        k = len(own)
        middle = ds.mid_ranks(row[own])
        weight = np.sqrt(12 / (k + 1))
        scores = [np.zeros(4) for _ in permutations(range(k))]
        for score, order in zip(scores, permutations(middle), strict=True):
            score[own] = weight * (np.array(order) - (k + 1) / 2)
        covariance += np.mean([np.outer(score, score) for score in scores], axis=0)
        sums[own] += weight * (middle - (k + 1) / 2)
        bound += k - 1
    expected = sums @ np.linalg.pinv(covariance) @ sums / bound
    found = ds.kendall_w(ranks, incomplete="friedman")
    assert found.w == pytest.approx(expected, abs=1e-9)
    assert found.n == 4


@settings(deadline=None, max_examples=80)
@given(RANKS, st.permutations(range(5)), st.permutations(range(4)))
def test_it_lies_between_zero_and_one_whatever_the_order(
    ranks: np.ndarray, raters: list[int], objects: list[int]
) -> None:
    found = concordance_of_incomplete(ranks)
    assert np.isnan(found.w) or 0 <= found.w <= 1
    np.testing.assert_allclose(concordance_of_incomplete(ranks[np.ix_(raters, objects)]), found, atol=1e-8)
    np.testing.assert_allclose(concordance_of_incomplete(5 - ranks), found, atol=1e-8)


def test_unranked_is_missing_and_not_last() -> None:
    """Trap 31: a gap filled with the last rank is another ranking."""
    ranks = np.array([[1, 2, N], [1, 2, N], [3, 2, 1.0], [3, 2, 1.0]])
    last = np.where(np.isnan(ranks), 3, ranks)
    assert ds.kendall_w(ranks, incomplete="friedman").w > 5 * ds.kendall_w(last).w


def test_objects_that_no_ranking_joins_lose_a_degree_of_freedom() -> None:
    from scipy.special import chdtrc

    apart = np.array([[1, 2, N, N], [1, 2, N, N], [N, N, 1, 2], [N, N, 1, 2]])
    found = concordance_of_incomplete(apart)
    assert found.w == pytest.approx(1.0)
    assert found.p == pytest.approx(float(chdtrc(2, 4.0)), abs=1e-12)


@pytest.mark.parametrize("ranks", [[[1, 2, 3]], [[1, 2, N], [N, N, 1]], [[2, 2, N], [N, 1, 1]], [[1], [1]]])
def test_without_two_rankings_or_variation_it_is_undefined(ranks: list[list[float]]) -> None:
    assert np.isnan(concordance_of_incomplete(ranks).w)
    assert np.isnan(ds.kendall_w(ranks, incomplete="friedman").p)


CASES = [
    # ranks, options, reason, flags, why
    ([[N, N], [N, N]], {}, "no_valid_answers", "", "nobody ranked"),
    ([[1], [1]], {}, "too_few_units", "", "one object"),
    ([[1, 2, 3]], {}, "too_few_raters", "", "one ranking"),
    ([[1, 2, 3], [1, 2, N]], {}, "incomplete_rankings", "", "one complete ranking of two"),
    ([[1, 2, N], [1, 2, N]], {}, "incomplete_rankings", "", "no complete ranking"),
    ([[1, 2, N], [1, 2, N]], {"incomplete": "friedman"}, None, "approximate_p n_below_minimum", "ranked among their own"),
    ([[1, 2, N], [N, N, 1]], {"incomplete": "friedman"}, "incomplete_rankings", "", "one ranking of two objects"),
    ([[2, 2, 2], [2, 2, 2]], {}, "all_ties", "", "every ranking one tie"),
    ([[1, 2, 3], [1, 2, 3]], {}, None, "approximate_p n_below_minimum", "chi-square"),
    ([[1, 2, 3], [1, 2, 3]], {"p_from": "orders"}, None, "n_below_minimum", "all orders"),
    ([[1, 2, 2], [1, 2, 3]], {"p_from": "orders"}, None, "n_below_minimum ties_present", "a tie"),
    (np.tile(np.arange(7), (6, 1)), {"p_from": "orders"}, None, "approximate_p", "too many orders"),
]  # fmt: skip


@pytest.mark.parametrize(("ranks", "options", "reason", "flags", "why"), CASES)
def test_w_with_its_reasons_and_flags(
    ranks: list[list[float]], options: dict[str, str], reason: str | None, flags: str, why: str
) -> None:
    found = ds.computed("kendall_w", ranks, **options)
    assert (found.reason, found.flags) == (reason, flags), why
    assert np.isnan(found.value) == (reason is not None), why


def test_n_of_w_is_the_number_of_rankings_that_are_used() -> None:
    ranks = [[1, 2, 3], [2, 1, 3], [1, 2, N], [N, N, N]]
    assert ds.computed("kendall_w", ranks).n == 2
    assert ds.computed("kendall_w", ranks, incomplete="friedman").n == 3


def test_rankings_are_a_table() -> None:
    with pytest.raises(ValueError, match=r"^ranks:"):
        concordance_of_incomplete([1, 2])
