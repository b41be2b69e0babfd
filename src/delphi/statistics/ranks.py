"""Tests and effect sizes on ranks, from counts of differences and from two histograms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_counts, divided

EXACT_UP_TO = 25


@dataclass(frozen=True)
class SignedRank:
    """Wilcoxon's signed-rank test: the smaller rank sum, its p-value, and how many differences were not zero."""

    statistic: float
    p: float
    n_nonzero: int
    is_exact: bool


def wilcoxon_signed_rank(differences: ArrayLike, counts: ArrayLike) -> SignedRank:
    """Wilcoxon's signed-rank test on differences later minus earlier.

    Parameters
    ----------
    differences : array_like of float, shape (D,)
        Distinct differences.
    counts : array_like of int, shape (D,)
        How many pairs have each.

    Returns
    -------
    SignedRank
        `statistic` is the smaller of the two rank sums. Without a difference other than zero it is NaN and p is 1.

    Notes
    -----
    Zero differences are dropped ("wilcox"), ties share mid-ranks. Up to 25 differences p is the exact two-sided
    permutation p, ties included; above, the normal approximation with tie correction and no continuity correction.
    Source: Wilcoxon (1945); Hollander and Wolfe (1999).

    Examples
    --------
    >>> test = wilcoxon_signed_rank([1, 2, 3, 4, 5], [1, 1, 1, 1, 1])
    >>> test.statistic, test.p
    (0.0, 0.0625)
    """
    size = as_counts(counts)
    given = np.asarray(differences, dtype=np.float64)
    if given.shape != size.shape or given.ndim != 1:
        raise ValueError(f"differences: needs one value per count, got shapes {given.shape} and {size.shape}")
    used = (given != 0) & (size > 0)
    given, size = given[used], size[used]
    n = int(size.sum())
    if n == 0:
        return SignedRank(float("nan"), 1.0, 0, True)
    sizes_of = np.unique(np.abs(given))
    together = np.array([size[np.abs(given) == one].sum() for one in sizes_of])
    ends = np.cumsum(together)
    doubled = 2 * ends - together + 1
    place = np.searchsorted(sizes_of, np.abs(given))
    plus = int((doubled[place] * size)[given > 0].sum())
    minus = int((doubled[place] * size)[given < 0].sum())
    if n <= EXACT_UP_TO:
        ways = np.zeros(plus + minus + 1)
        ways[0] = 1.0
        for rank, many in zip(doubled, together, strict=True):
            for _ in range(int(many)):
                shifted = np.zeros_like(ways)
                shifted[int(rank) :] = ways[: len(ways) - int(rank)]
                ways += shifted
        tail = min(ways[: plus + 1].sum(), ways[plus:].sum()) / 2.0**n
        return SignedRank(min(plus, minus) / 2, min(1.0, 2 * float(tail)), n, True)
    from scipy.special import ndtr

    variance = n * (n + 1) * (2 * n + 1) / 24 - float((together**3 - together).sum()) / 48
    z = (plus / 2 - n * (n + 1) / 4) / variance**0.5
    return SignedRank(min(plus, minus) / 2, float(2 * ndtr(-abs(z))), n, False)


def cliffs_delta(first: ArrayLike, second: ArrayLike) -> Floats:
    """Chance that an answer of the first group is higher minus the chance that it is lower.

    Parameters
    ----------
    first, second : array_like of int, shape (..., V)
        Histograms of two groups on one scale, in scale order.

    Returns
    -------
    ndarray of float, shape (...)
        From -1 to 1; NaN where a group has no answer.

    Notes
    -----
    Source: Cliff (1993); 0.147, 0.33 and 0.474 are called small, medium and large (Romano 2006).

    Examples
    --------
    >>> float(cliffs_delta([0, 0, 3], [2, 1, 0]))
    1.0
    """
    one, two = as_counts(first, "first"), as_counts(second, "second")
    if one.shape[-1] != two.shape[-1]:
        raise ValueError(f"second: needs {one.shape[-1]} categories like first, got {two.shape[-1]}")
    lower = np.cumsum(two, axis=-1) - two
    higher = two.sum(axis=-1, keepdims=True) - lower - two
    return divided((one * (lower - higher)).sum(axis=-1), one.sum(axis=-1) * two.sum(axis=-1))


def mann_whitney_p(first: ArrayLike, second: ArrayLike) -> Floats:
    """Two-sided p of the Mann-Whitney test from two histograms, normal approximation with tie correction.

    NaN where a group has no answer or all answers are equal; no continuity correction. Source: Mann and Whitney (1947).

    Examples
    --------
    >>> round(float(mann_whitney_p([5, 0], [0, 5])), 4)
    0.0027
    """
    from scipy.special import ndtr

    one, two = as_counts(first, "first"), as_counts(second, "second")
    n_one, n_two = one.sum(axis=-1).astype(np.float64), two.sum(axis=-1).astype(np.float64)
    delta = cliffs_delta(one, two)
    total = n_one + n_two
    tied: Counts = one + two
    ties = (tied.astype(np.float64) ** 3 - tied).sum(axis=-1)
    variance = n_one * n_two / 12 * (total + 1 - divided(ties, total * (total - 1)))
    z = divided(np.nan_to_num(delta) * n_one * n_two / 2, np.sqrt(np.maximum(variance, 0)))
    return np.where(np.isnan(delta), np.nan, 2 * ndtr(-np.abs(z)))
