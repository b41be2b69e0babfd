"""Tests on ranks against SciPy, and against every permutation of signs where SciPy has no exact answer."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, norm, rankdata, wilcoxon

from delphi.statistics import cliffs_delta, mann_whitney_p, mid_ranks, wilcoxon_signed_rank

HISTOGRAM = st.lists(st.integers(0, 8), min_size=5, max_size=5)


def tallied(differences):
    distinct, counts = np.unique(differences, return_counts=True)
    return wilcoxon_signed_rank(distinct, counts)


def by_all_signs(differences):
    """Statistic and two-sided p over all 2^n signs of the differences that are not zero."""
    used = np.array([d for d in differences if d != 0], dtype=float)
    ranks = rankdata(np.abs(used))
    plus, total = ranks[used > 0].sum(), ranks.sum()
    sums = np.array([np.dot(signs, ranks) for signs in product((0, 1), repeat=len(used))])
    tail = min((sums <= plus + 1e-9).mean(), (sums >= plus - 1e-9).mean())
    return min(plus, total - plus), min(1.0, 2 * tail)


@pytest.mark.parametrize("seed", range(12))
def test_signed_ranks_equal_all_permutations_of_signs_with_ties_and_zeros(seed):
    rng = np.random.default_rng(seed)
    differences = rng.integers(-4, 5, size=rng.integers(2, 13))
    differences[0] = 1
    statistic, p = by_all_signs(differences)
    ours = tallied(differences)
    assert ours.is_exact
    assert (ours.statistic, ours.p) == pytest.approx((statistic, p), abs=1e-9)
    assert ours.n_nonzero == (differences != 0).sum()


@pytest.mark.parametrize("n", [3, 10, 24, 25])
def test_signed_ranks_without_ties_equal_scipys_exact_test(n):
    rng = np.random.default_rng(n)
    differences = rng.permutation(np.arange(1, n + 1)) * rng.choice([-1, 1], size=n)
    expected = wilcoxon(differences, method="exact")
    ours = tallied(differences)
    assert (ours.statistic, ours.p) == pytest.approx((expected.statistic, expected.pvalue), abs=1e-9)


@pytest.mark.parametrize("n", [40, 60, 200])
def test_signed_ranks_of_large_panels_equal_scipys_normal_approximation(n):
    differences = np.random.default_rng(n).integers(-3, 5, size=n)
    differences[:26] = np.arange(1, 27) % 4 + 1
    expected = wilcoxon(differences, method="asymptotic", correction=False, zero_method="wilcox")
    ours = tallied(differences)
    assert not ours.is_exact
    assert (ours.statistic, ours.p) == pytest.approx((expected.statistic, expected.pvalue), abs=1e-9)


def test_nobody_moved_is_p_one_and_no_statistic():
    for differences, counts in (([0.0], [9]), ([1.0], [0])):
        ours = wilcoxon_signed_rank(differences, np.array(counts, dtype=int))
        assert np.isnan(ours.statistic)
        assert (ours.p, ours.n_nonzero) == (1.0, 0)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(-4, 4), min_size=1, max_size=30))
def test_reversing_the_waves_changes_nothing(differences):
    forth, back = tallied(np.array(differences)), tallied(-np.array(differences))
    assert forth.p == pytest.approx(back.p, abs=1e-12)
    assert forth.n_nonzero == back.n_nonzero
    np.testing.assert_equal(forth.statistic, back.statistic)


@settings(deadline=None, max_examples=60)
@given(HISTOGRAM, HISTOGRAM)
def test_delta_and_p_equal_a_comparison_of_all_pairs_and_scipy(first, second):
    one, two = np.repeat(np.arange(5), first), np.repeat(np.arange(5), second)
    delta, p = cliffs_delta(first, second), mann_whitney_p(first, second)
    if not len(one) or not len(two):
        assert np.isnan(delta)
        assert np.isnan(p)
        return
    assert delta == pytest.approx(np.sign(one[:, None] - two[None, :]).mean(), abs=1e-9)
    if len(np.unique([*one, *two])) == 1:
        assert np.isnan(p)
        return
    expected = mannwhitneyu(one, two, method="asymptotic", use_continuity=False)
    assert p == pytest.approx(expected.pvalue, abs=1e-9)
    assert delta == pytest.approx(2 * expected.statistic / (len(one) * len(two)) - 1, abs=1e-9)
    assert cliffs_delta(second, first) == pytest.approx(-delta, abs=1e-12)
    assert cliffs_delta(first[::-1], second[::-1]) == pytest.approx(-delta, abs=1e-12)


def test_mid_ranks_equal_scipy():
    given_ranks = np.random.default_rng(1).integers(0, 5, size=30)
    assert mid_ranks(given_ranks).tolist() == rankdata(given_ranks).tolist()


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match=r"^differences:"):
        wilcoxon_signed_rank([1, 2], [1])
    with pytest.raises(ValueError, match=r"^second:"):
        cliffs_delta([1, 2], [1, 2, 3])


def test_millions_of_moves_do_not_overflow():
    """4,003,000 moves, cubed beyond 64 bits; the expected p is from whole numbers without limit."""
    sizes = {-2: 1_000_000, -1: 1_000_000, 1: 1_003_000, 2: 1_000_000}
    one, two = sizes[-1] + sizes[1], sizes[-2] + sizes[2]
    n = one + two
    doubled_sum = (one + 1) * sizes[1] + (2 * one + two + 1) * sizes[2]
    doubled_variance = 2 * n * (n + 1) * (2 * n + 1) - (one**3 - one) - (two**3 - two)
    z = (doubled_sum / 2 - n * (n + 1) / 4) / (doubled_variance / 48) ** 0.5
    found = wilcoxon_signed_rank(list(sizes), [[*sizes.values()]] * 2)
    assert found.p == pytest.approx([2 * norm.sf(abs(z))] * 2, rel=1e-9)
