"""The exact p of Kendall's W against all orders written out, and where the approximation takes over."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from scipy.stats import rankdata

from delphi import statistics as ds


def all_orders(ranks: np.ndarray) -> float:
    """Share of all orders of each ranking with a spread of rank sums at least as large."""
    middle = np.array([rankdata(row) for row in ranks])
    seen = (middle.sum(axis=0) ** 2).sum()
    spreads = [(np.sum(orders, axis=0) ** 2).sum() for orders in product(*(permutations(r) for r in middle))]
    return float(np.mean(np.array(spreads) >= seen - 1e-9))


@pytest.mark.parametrize(("raters", "objects"), [(2, 2), (6, 2), (2, 3), (4, 3), (3, 4), (2, 5)])
def test_p_counts_all_orders_with_and_without_ties(raters, objects):
    rng = np.random.default_rng(raters + objects)
    without = np.array([rng.permutation(objects) + 1 for _ in range(raters)])
    for ranks in (without, np.maximum(without, 2)):
        if len(np.unique(ranks)) > 1:
            assert ds.kendall_w_exact_p(ranks) == pytest.approx(all_orders(ranks), abs=1e-9)


def test_three_alike_rankings_of_three_objects_are_one_chance_in_thirty_six():
    """Kendall and Gibbons (1990), appendix table 5: S = 18 at m = 3, n = 3 has p 0.028; chi-square says 0.0498."""
    ranks = [[1, 2, 3]] * 3
    assert ds.kendall_w_exact_p(ranks) == pytest.approx(1 / 36, abs=1e-9)
    assert ds.kendall_w(ranks)[1] == pytest.approx(0.0498, abs=5e-5)


def test_the_order_of_raters_and_objects_does_not_matter():
    rng = np.random.default_rng(3)
    ranks = rng.integers(1, 4, size=(5, 4))
    changed = ranks[rng.permutation(5)][:, rng.permutation(4)]
    assert ds.kendall_w_exact_p(changed) == pytest.approx(ds.kendall_w_exact_p(ranks), abs=1e-12)


@pytest.mark.parametrize(
    "ranks", [[[1, 2, 3]], [[1], [1]], [[2, 2], [2, 2]], [[1, np.nan], [1, 2]], np.tile(np.arange(6), (3, 1))]
)
def test_no_exact_p_without_two_rankings_without_variation_or_of_many_objects(ranks):
    assert np.isnan(ds.kendall_w_exact_p(ranks))


def test_rankings_are_a_table():
    with pytest.raises(ValueError, match="ranks"):
        ds.kendall_w_exact_p([1, 2, 3])
