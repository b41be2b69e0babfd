"""The interval of the median stands on the same ranks for few and for very many answers."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from delphi.statistics.location import _order_rank, _order_rank_of_many


@pytest.mark.parametrize("n", [101, 250, 499, 730, 1000])
def test_ranks_in_floats_equal_those_in_whole_numbers(n: int) -> None:
    assert _order_rank_of_many(n) == _order_rank(n)


@pytest.mark.parametrize("n", [6, 25, 80, 1001, 40_000, 1_000_000])
def test_ranks_are_the_largest_with_at_most_two_and_a_half_per_cent_outside(n: int) -> None:
    k = _order_rank(n)
    assert binom.cdf(k - 1, n, 0.5) <= 0.025 < binom.cdf(k, n, 0.5)
