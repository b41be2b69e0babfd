"""Rank correlation of two rounds: whose rankings count, and where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

from delphi import statistics as ds
from delphi.statistics.rankings_between_rounds import tau_b

NAN = np.nan
NOBODY = [NAN, NAN, NAN]


@pytest.mark.parametrize(
    ("earlier", "later", "spearman", "panelists", "n", "reason"),
    [
        ([[1, 2, 3]], [[1, 2, 3]], 1, [1], 1, None),
        ([[1, 2, 3]], [[3, 2, 1]], -1, [-1], 1, None),
        ([[1, 2, 3], NOBODY], [NOBODY, [1, 2, 3]], NAN, [NAN, NAN], 0, "no_pairs"),
        (
            [[1, 2, 3], [2, 1, 3]],
            [[1, 2, 3], NOBODY],
            1,
            [1, NAN],
            1,
            None,
        ),  # who left counts in neither round
        ([[1, 2, NAN], [1, NAN, 2]], [[1, 2, NAN], [1, NAN, 2]], NAN, [1, 1], 0, "incomplete_rankings"),
        ([[1, 2, NAN], [2, 1, NAN]], [[1, 2, NAN], [1, 2, NAN]], NAN, [1, -1], 2, "no_variation"),
        ([[1, 2, NAN]] * 2, [[1, 2, NAN]] * 2, 1, [1, 1], 2, None),
        ([[1, NAN, NAN]], [[1, NAN, NAN]], NAN, [NAN], 1, "too_few_units"),
        ([[1, 2, 3], [3, 2, 1]], [[1, 2, 3], [1, 2, 3]], NAN, [1, -1], 2, "no_variation"),
        ([[1, 1, 3]], [[1, 2, 3]], NAN, [NAN], 0, "no_pairs"),  # an undeclared tie is no ranking
    ],
)
def test_those_count_who_ranked_the_same_objects_in_both_rounds(
    earlier, later, spearman, panelists, n, reason
):
    found = ds.computed("rank_stability", (np.array(earlier), np.array(later)))
    np.testing.assert_allclose(found.value, spearman)
    np.testing.assert_allclose(found.more["panelist_tau"], panelists)
    assert found.n == n
    assert found.reason.item() == reason


@pytest.mark.parametrize("ties", ["invalid", "shared"])
def test_correlations_are_those_of_scipy(ties):
    rng = np.random.default_rng(2)
    rounds = [rng.random((12, 6)).argsort(axis=1).argsort(axis=1) + 1.0 for _ in range(2)]
    if ties == "shared":
        rounds = [np.maximum(one, 2) for one in rounds]
    found = ds.rank_stability(*rounds, ties=ties)
    means = [one.mean(axis=0) for one in rounds]
    if ties == "shared":
        means = [np.where(one == 2, 1.5, one).mean(axis=0) for one in rounds]
    assert found.spearman == pytest.approx(spearmanr(*means).statistic)
    assert found.kendall_tau == pytest.approx(kendalltau(*np.round(means, 9)).statistic)
    own = [kendalltau(*pair).statistic for pair in zip(*rounds, strict=True)]
    np.testing.assert_allclose(found.panelist_tau, own, atol=1e-12)
    assert found.mean_panelist_tau == pytest.approx(np.mean(own))


def test_the_rounds_may_be_swapped():
    rng = np.random.default_rng(3)
    one, other = (rng.random((7, 5)).argsort(axis=1).argsort(axis=1) + 1 for _ in range(2))
    forth, back = ds.rank_stability(one, other), ds.rank_stability(other, one)
    assert forth.spearman == pytest.approx(back.spearman)
    assert forth.kendall_tau == pytest.approx(back.kendall_tau)
    np.testing.assert_allclose(forth.panelist_tau, back.panelist_tau)


def test_a_stable_group_may_hide_that_everybody_moved():
    """Swaps cancel: the mean ranks stay, each panelist turned around."""
    found = ds.rank_stability([[1, 2, 3], [3, 2, 1], [1, 2, 3]], [[3, 2, 1], [1, 2, 3], [1, 2, 3]])
    assert found.spearman == pytest.approx(1)
    assert found.mean_panelist_tau == pytest.approx(-1 / 3)


@pytest.mark.parametrize(
    ("first", "second", "tau"),
    [
        ([1], [1], NAN),
        ([1, 1], [1, 2], NAN),
        ([1, 2], [1, 2], 1),
        ([1, 2, NAN], [2, 1, 3], -1),
        ([NAN, 2], [1, 2], NAN),
    ],
)
def test_tau_of_few_objects(first, second, tau):
    np.testing.assert_allclose(tau_b(first, second), tau)


def test_rounds_of_different_respondents_or_objects_are_refused():
    for later in ([[1, 2, 3]], [[1, 2], [1, 2]]):
        with pytest.raises(
            ValueError, match=r"^later: needs the respondents and objects of earlier, \(2, 3\)"
        ):
            ds.rank_stability([[1, 2, 3], [1, 2, 3]], later)
    with pytest.raises(ValueError, match=r"^later: 1 of 1 rankings are none"):
        ds.rank_stability([[1, 2]], [[1, 1]], invalid="refused")
