"""Tests and effect sizes on ranks, from counts of differences and from two histograms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb, erfc, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_counts, divided

EXACT_UP_TO = 25


@dataclass(frozen=True)
class SignedRank:
    """Wilcoxon's signed-rank test: the smaller rank sum, its p-value, and how many differences were not
    zero."""

    statistic: Floats
    p: Floats
    n_nonzero: Counts
    is_exact: NDArray[np.bool_]


def wilcoxon_signed_rank(differences: ArrayLike, counts: ArrayLike) -> SignedRank:
    """Wilcoxon's signed-rank test on differences later minus earlier.

    Parameters
    ----------
    differences : array_like of float, shape (D,)
    counts : array_like of int, shape (..., D)
        How many pairs have each difference.

    Returns
    -------
    SignedRank
        Arrays of shape (...). `statistic` is the smaller of the two rank sums. Without a difference other
        than zero it is NaN and p is 1.

    Notes
    -----
    Zero differences are dropped ("wilcox"), ties share mid-ranks. Up to 25 differences p is the exact
    two-sided permutation p, ties included; above, the normal approximation with tie correction and no
    continuity correction. Source: Wilcoxon (1945); Hollander and Wolfe (1999).

    Examples
    --------
    >>> test = wilcoxon_signed_rank([1, 2, 3, 4, 5], [1, 1, 1, 1, 1])
    >>> float(test.statistic), float(test.p)
    (0.0, 0.0625)
    """
    given = np.asarray(differences, dtype=np.float64)
    size = as_counts(counts)
    if given.ndim != 1 or given.shape != size.shape[-1:]:
        raise ValueError(f"differences: needs one value per count, got shapes {given.shape} and {size.shape}")
    magnitudes = np.unique(np.abs(given[given != 0]))
    up, down = (np.zeros((*size.shape[:-1], len(magnitudes)), dtype=np.int64) for _ in range(2))
    for place, difference in enumerate(given):
        if difference != 0:
            signed = up if difference > 0 else down
            signed[..., np.searchsorted(magnitudes, abs(difference))] += size[..., place]
    together = up + down
    n = together.sum(axis=-1)
    doubled = 2 * np.cumsum(together, axis=-1) - together + 1
    plus, minus = (doubled * up).sum(axis=-1), (doubled * down).sum(axis=-1)
    is_exact = n <= EXACT_UP_TO
    p = np.where(n > 0, _normal_p(plus / 2, n, together), 1.0)
    for spot in map(tuple, np.argwhere(is_exact & (n > 0))):
        sizes = together[spot]
        p[spot] = _exact_p(tuple(sizes[sizes > 0].tolist()), int(plus[spot]))
    return SignedRank(np.where(n > 0, np.minimum(plus, minus) / 2, np.nan), p, n, is_exact)


def _normal_p(rank_sum: Floats, n: Counts, together: Counts) -> Floats:
    """Two-sided p of the normal approximation with tie correction; in floats, for cubes of millions overflow."""
    size, tied = n.astype(np.float64), together.astype(np.float64)
    variance = size * (size + 1) * (2 * size + 1) / 24 - (tied**3 - tied).sum(axis=-1) / 48
    z = (rank_sum - size * (size + 1) / 4) / np.sqrt(np.maximum(variance, 0.25))
    p: Floats = _two_sided(z)
    return p


def _exact_p(together: tuple[int, ...], doubled_sum: int) -> float:
    """Two-sided p over all signs; `together` is how many differences share each size, from the smallest
    on."""
    at_most = _ways_up_to(together)
    all_of_them = at_most[-1]
    below, above = at_most[doubled_sum], all_of_them - (at_most[doubled_sum - 1] if doubled_sum else 0.0)
    return min(1.0, 2 * float(min(below, above) / all_of_them))


@lru_cache(maxsize=8192)
def _ways_up_to(together: tuple[int, ...]) -> Floats:
    """For each doubled rank sum of the positive differences, how many choices of signs give at most that."""
    ways, before = np.ones(1), 0
    for many in together:
        rank = 2 * before + many + 1
        more = np.zeros(len(ways) + rank * many)
        for positive in range(many + 1):
            more[rank * positive : rank * positive + len(ways)] += comb(many, positive) * ways
        ways, before = more, before + many
    return np.cumsum(ways)


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

    NaN where a group has no answer or all answers are equal; no continuity correction. Source: Mann and
    Whitney (1947).

    Examples
    --------
    >>> round(float(mann_whitney_p([5, 0], [0, 5])), 4)
    0.0027
    """
    one, two = as_counts(first, "first"), as_counts(second, "second")
    n_one, n_two = one.sum(axis=-1).astype(np.float64), two.sum(axis=-1).astype(np.float64)
    delta = cliffs_delta(one, two)
    total = n_one + n_two
    tied: Counts = one + two
    ties = (tied.astype(np.float64) ** 3 - tied).sum(axis=-1)
    variance = n_one * n_two / 12 * (total + 1 - divided(ties, total * (total - 1)))
    z = divided(np.nan_to_num(delta) * n_one * n_two / 2, np.sqrt(np.maximum(variance, 0)))
    return np.where(np.isnan(delta), np.nan, _two_sided(z))


def _two_sided(z: Floats) -> Floats:
    """Two-sided p of a normal deviate; the complementary error function of the standard library is exact enough and,
    unlike `scipy.special`, is there already when a run starts."""
    flat = np.abs(np.asarray(z, dtype=np.float64)).ravel() / sqrt(2)
    return np.array([erfc(one) for one in flat]).reshape(np.shape(z))
