"""Whether groups of respondents answer differently, and by how much, from their histograms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_counts, divided
from delphi.statistics.multiplicity import adjusted_p
from delphi.statistics.ranks import cliffs_delta, mann_whitney_p

EXACT_GROUPS_UP_TO = 25
"""Up to so many answers in either group, and without ties, all orders of the answers are counted."""


@dataclass(frozen=True)
class MannWhitney:
    """Mann-Whitney's test: U of the first group, the two-sided p, and whether it counts all orders."""

    statistic: Floats
    p: Floats
    is_exact: NDArray[np.bool_]


@dataclass(frozen=True)
class KruskalWallis:
    """Kruskal and Wallis' test: H, degrees of freedom, p, and the effect size epsilon squared."""

    statistic: Floats
    df: Floats
    p: Floats
    epsilon_squared: Floats


@dataclass(frozen=True)
class GroupPairs:
    """Every two groups compared: their places, Cliff's delta, p, and p adjusted for all comparisons together."""

    first: Counts
    second: Counts
    delta: Floats
    p: Floats
    p_adjusted: Floats


def mann_whitney(first: ArrayLike, second: ArrayLike, method: str = "auto") -> MannWhitney:
    """Mann-Whitney's test of two groups from their histograms.

    Parameters
    ----------
    first, second : array_like of int, shape (..., V)
        Histograms of two groups on one scale, in scale order.
    method : "auto" or "normal"
        All orders counted where no two answers are equal and neither group has more than 25, else the normal
        approximation; or that always. With ties an exact p for distinct answers would be wrong.

    Returns
    -------
    MannWhitney
        Arrays of shape (...). `statistic` is U of the first group: in how many pairs its answer is higher, ties
        counting a half; the other group has the rest of the pairs. NaN where a group has no answer or all
        answers are equal.

    Raises
    ------
    ValueError
        If the groups differ in their categories, or the method is unknown.

    Notes
    -----
    Missing: non-answers are not counted. The approximation corrects for ties and not for continuity. Source:
    Mann and Whitney (1947), Annals of Mathematical Statistics 18, 50-60.

    Examples
    --------
    >>> test = mann_whitney([0, 1, 0, 1, 1], [1, 0, 1, 0, 0])
    >>> float(test.statistic), float(test.p), bool(test.is_exact)
    (5.0, 0.4, True)
    """
    one, two = as_counts(first, "first"), as_counts(second, "second")
    p = mann_whitney_p(one, two)
    lower = np.cumsum(two, axis=-1) - two
    statistic = np.where(np.isnan(p), np.nan, (one * (2 * lower + two)).sum(axis=-1) / 2)
    is_exact = ~np.isnan(p) & counts_all_orders(one, two, method)
    sizes = one.sum(axis=-1), two.sum(axis=-1)
    for spot in map(tuple, np.argwhere(is_exact)):
        p[spot] = _exact_p(int(sizes[0][spot]), int(sizes[1][spot]), int(statistic[spot]))
    return MannWhitney(statistic, p, is_exact)


def counts_all_orders(first: ArrayLike, second: ArrayLike, method: str = "auto") -> NDArray[np.bool_]:
    """Whether `mann_whitney` counts all orders: no ties, small groups."""
    if method not in ("auto", "normal"):
        raise ValueError(f"method: is auto or normal, got {method!r}")
    one, two = as_counts(first, "first"), as_counts(second, "second")
    small = np.maximum(one.sum(axis=-1), two.sum(axis=-1)) <= EXACT_GROUPS_UP_TO
    return small & ((one + two) <= 1).all(axis=-1) & (method == "auto")


@lru_cache(maxsize=1024)
def _orders_up_to(first: int, second: int) -> Counts:
    """For each U how many orders of two groups without ties have at most that."""
    ways = np.zeros(first * second + 1, dtype=np.int64)
    ways[0] = 1
    for part in range(1, first + 1):
        # The product of (1 - q^(second + part)) / (1 - q^part), coefficient by coefficient.
        ways[second + part :] -= ways[: max(0, len(ways) - second - part)].copy()
        for start in range(min(part, len(ways))):
            ways[start::part] = np.cumsum(ways[start::part])
    return np.cumsum(ways)


def _exact_p(first: int, second: int, statistic: int) -> float:
    at_most = _orders_up_to(first, second)
    lower = min(statistic, first * second - statistic)
    return min(1.0, 2 * float(at_most[lower] / at_most[-1]))


def kruskal_wallis(counts: ArrayLike) -> KruskalWallis:
    """Kruskal and Wallis' test of several groups from their histograms, ties corrected.

    Parameters
    ----------
    counts : array_like of int, shape (..., G, V)
        Per group the answers per category in scale order; groups without an answer are left out.

    Returns
    -------
    KruskalWallis
        Arrays of shape (...). `epsilon_squared` is H / (n - 1), from 0 to 1. NaN below two groups with answers,
        or where all answers are equal.

    Raises
    ------
    ValueError
        If there is no dimension of groups.

    Notes
    -----
    Missing: non-answers are not counted. p by chi-square with groups - 1 degrees of freedom. Source: Kruskal
    and Wallis (1952), JASA 47, 583-621; epsilon squared: Tomczak and Tomczak (2014), Trends in Sport Sciences
    21, 19-25.

    Examples
    --------
    >>> test = kruskal_wallis([[3, 1, 0], [1, 2, 1], [0, 1, 3]])
    >>> round(float(test.statistic), 4), round(float(test.epsilon_squared), 4)
    (6.1875, 0.5625)
    """
    given = as_counts(counts)
    if given.ndim < 2:
        raise ValueError(f"counts: needs groups and categories as last dimensions, got shape {given.shape}")
    sizes = given.sum(axis=-1).astype(np.float64)
    together = given.sum(axis=-2).astype(np.float64)
    n = sizes.sum(axis=-1)
    ranks = np.cumsum(together, axis=-1) - (together - 1) / 2  # the mid-rank of each category
    apart = ranks - (n[..., None] + 1) / 2
    whole = (together * apart**2).sum(axis=-1)
    sums = (given * apart[..., None, :]).sum(axis=-1)
    between = np.where(sizes > 0, divided(sums**2, sizes), 0.0).sum(axis=-1)
    groups = (sizes > 0).sum(axis=-1)
    part = np.where(groups >= 2, divided(between, whole), np.nan)
    is_defined = ~np.isnan(part)
    from scipy.special import chdtrc

    statistic = (n - 1) * part
    df = np.where(is_defined, groups - 1.0, np.nan)
    p = np.where(is_defined, chdtrc(np.maximum(groups - 1.0, 1), np.nan_to_num(statistic)), np.nan)
    return KruskalWallis(statistic, df, p, np.minimum(part, 1.0))


def group_pairs(counts: ArrayLike, adjust: str = "holm") -> GroupPairs:
    """Every two groups compared on one or more items, with effect sizes and p adjusted for all comparisons.

    Parameters
    ----------
    counts : array_like of int, shape (..., G, V)
        Per group the answers per category in scale order.
    adjust : "holm" or "benjamini_hochberg"
        Chance of any false difference, or expected share of false ones among those that are found; over all
        items and pairs given.

    Returns
    -------
    GroupPairs
        `first` and `second` are places of groups, shape (P,); the rest has shape (..., P). NaN where a group
        has no answer; p also where all answers of the two are equal, and that pair is no comparison.

    Notes
    -----
    Cliff's delta and the p of `mann_whitney`. Source: Cliff (1993); Holm (1979); Benjamini and Hochberg (1995).

    Examples
    --------
    >>> found = group_pairs([[6, 2, 0], [1, 2, 5], [0, 3, 5]])
    >>> found.first.tolist(), found.second.tolist(), found.p_adjusted.round(3).tolist()
    ([0, 0, 1], [1, 2, 2], [0.01, 0.004, 0.854])
    """
    given = as_counts(counts)
    if given.ndim < 2:
        raise ValueError(f"counts: needs groups and categories as last dimensions, got shape {given.shape}")
    pairs = np.array(list(combinations(range(given.shape[-2]), 2)), dtype=np.int64).reshape(-1, 2)
    one, two = given[..., pairs[:, 0], :], given[..., pairs[:, 1], :]
    p = mann_whitney(one, two).p
    return GroupPairs(pairs[:, 0], pairs[:, 1], cliffs_delta(one, two), p, adjusted_p(p, adjust))
