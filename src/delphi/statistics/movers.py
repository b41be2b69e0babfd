"""Tests on those who moved between two waves: whether more went one way than the other, and where to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics import ranks
from delphi.statistics.arrays import Counts, Floats, as_transitions, as_values, divided, paired
from delphi.statistics.independence import upper_tail
from delphi.statistics.location import median
from delphi.statistics.ranks import SignedRank
from delphi.statistics.stability import differences


def wilcoxon_signed_rank(transitions: ArrayLike, values: ArrayLike | None = None) -> SignedRank:
    """Wilcoxon's signed-rank test between two waves, on the differences later minus earlier of the paired answers.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    values : array_like of float, shape (V,); without them the categories are one apart

    Returns
    -------
    SignedRank
        Arrays of shape (...). `statistic` is the smaller of the two rank sums, NaN where nobody moved; there p is 1. p
        is NaN without a pair. `n_nonzero` is how many moved.

    Notes
    -----
    Zero differences are dropped ("wilcox"), ties share mid-ranks. Up to 25 movers p is the exact permutation p with
    its ties, above the normal approximation without continuity correction. Source: Wilcoxon (1945). A large p in a
    small panel is no sign of stability.

    A first argument of one dimension is taken for the distinct differences, shape (D,), and the second for how many
    pairs have each, shape (..., D): see `delphi.statistics.ranks.wilcoxon_signed_rank`.

    Examples
    --------
    >>> test = wilcoxon_signed_rank([[0, 5, 0], [0, 3, 0], [0, 0, 0]])
    >>> float(test.statistic), float(test.p), int(test.n_nonzero)
    (0.0, 0.0625, 5)
    >>> float(wilcoxon_signed_rank([-1, 1], [0, 5]).p)
    0.0625
    """
    if np.ndim(transitions) == 1:
        if values is None:
            raise ValueError("counts: how many pairs have each of the differences has to be given")
        return ranks.wilcoxon_signed_rank(transitions, values)
    distinct, sizes = differences(transitions, values)
    found = ranks.wilcoxon_signed_rank(distinct, sizes)
    p = np.where(sizes.sum(axis=-1) > 0, found.p, np.nan)
    return SignedRank(found.statistic, p, found.n_nonzero, found.is_exact)


@dataclass(frozen=True)
class SignTest:
    """How many went up (`statistic`) of those who moved, and the two-sided p."""

    statistic: Floats
    p: Floats
    n_up: Counts
    n_down: Counts


def sign_test(transitions: ArrayLike) -> SignTest:
    """Sign test between two waves: movers up against movers down.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)

    Returns
    -------
    SignTest
        Arrays of shape (...). `statistic` is the number who moved up, NaN where nobody moved; there p is 1. p is NaN
        without a pair.

    Notes
    -----
    Exact two-sided p of the binomial distribution with one half. Only the direction counts, not how far. Source:
    Arbuthnott (1710); Conover (1999), Practical Nonparametric Statistics, section 3.4.

    Examples
    --------
    >>> test = sign_test([[0, 5, 0], [1, 3, 0], [0, 0, 0]])
    >>> float(test.statistic), round(float(test.p), 5)
    (5.0, 0.21875)
    """
    both = paired(transitions)
    up, down = (both * _above(both)).sum(axis=(-1, -2)), (both * _above(both).T).sum(axis=(-1, -2))
    moved = up + down
    has_pairs = both.sum(axis=(-1, -2)) > 0
    return SignTest(
        np.where(moved > 0, up, np.nan), np.where(has_pairs, even_chances(up, down), np.nan), up, down
    )


def _above(both: Counts) -> NDArray[np.bool_]:
    """Cells in which the later category is the higher one."""
    places = np.arange(both.shape[-1])
    return places[None, :] > places[:, None]


def even_chances(first: Counts, second: Counts) -> Floats:
    """Exact two-sided p that two counts are due to even chances; 1 where both are 0."""
    from scipy.special import bdtr

    fewer, total = np.minimum(first, second), first + second
    return np.minimum(1.0, 2 * bdtr(fewer.astype(np.float64), total, 0.5))


@dataclass(frozen=True)
class PairedT:
    """Student's t of the paired differences, its degrees of freedom, two-sided p, and the mean difference."""

    statistic: Floats
    df: Floats
    p: Floats
    mean_difference: Floats


def paired_t(transitions: ArrayLike, values: ArrayLike) -> PairedT:
    """Student's t test of the differences later minus earlier.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    values : array_like of float, shape (V,)

    Returns
    -------
    PairedT
        Arrays of shape (...). NaN below two pairs, and where all differences are equal: the quotient would be infinite
        or 0/0. The mean difference, in scale values, is NaN without a pair.

    Notes
    -----
    For interval data. Source: Student (1908).

    Examples
    --------
    >>> test = paired_t([[1, 2, 0], [0, 3, 0], [0, 0, 0]], [1, 2])
    >>> round(float(test.statistic), 4), float(test.df)
    (1.5811, 5.0)
    """
    from scipy.special import stdtr

    distinct, sizes = differences(transitions, values)
    n = sizes.sum(axis=-1)
    mean = divided(sizes @ distinct, n)
    squares = (sizes * (distinct - np.nan_to_num(mean)[..., None]) ** 2).sum(axis=-1)
    has_spread = (sizes > 0).sum(axis=-1) >= 2
    error = np.sqrt(divided(squares, n.astype(np.float64) * (n - 1)))
    statistic = np.where(has_spread, divided(mean, error), np.nan)
    df = np.where(has_spread, n - 1.0, np.nan)
    return PairedT(statistic, df, 2 * stdtr(df, -np.abs(statistic)), mean)


@dataclass(frozen=True)
class McNemar:
    """McNemar's test: statistic, two-sided p, and how many left and joined those who agree."""

    statistic: Floats
    p: Floats
    n_left: Counts
    n_joined: Counts


MCNEMAR_METHODS = ("exact", "chi2", "corrected")


def mcnemar(transitions: ArrayLike, within: ArrayLike, method: str = "exact") -> McNemar:
    """McNemar's test of whether the share that agrees has shifted.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    within : array_like of bool, shape (V,)
        Which categories mean "agree".
    method : "exact" (binomial), "chi2" or "corrected" (chi-square with continuity correction)

    Returns
    -------
    McNemar
        Arrays of shape (...). `statistic` is the smaller of the two numbers of movers ("exact") or the chi-square with
        one degree of freedom, NaN where nobody left or joined; there p is 1. p is NaN without a pair.

    Raises
    ------
    ValueError
        If `within` has not one value per category, or the method is none of the three.

    Notes
    -----
    Moves within "agree", and within the rest, do not count. The corrected chi-square is 0 where as many left as
    joined. Source: McNemar (1947), Psychometrika 12, 153-157; Edwards (1948) for the correction.

    Examples
    --------
    >>> moves = [[794, 150, 0], [86, 570, 0], [0, 0, 0]]
    >>> round(float(mcnemar(moves, [True, False], "chi2").statistic), 4)
    17.3559
    """
    if method not in MCNEMAR_METHODS:
        raise ValueError(f"method: is {', '.join(MCNEMAR_METHODS)}, got {method!r}")
    both = paired(transitions)
    agree = as_set(within, both.shape[-1])
    left = (both * (agree[:, None] & ~agree)).sum(axis=(-1, -2))
    joined = (both * (~agree[:, None] & agree)).sum(axis=(-1, -2))
    moved = left + joined
    if method == "exact":
        statistic = np.where(moved > 0, np.minimum(left, joined), np.nan)
        p = even_chances(left, joined)
    else:
        apart = np.abs(left - joined) - (method == "corrected")
        statistic = divided(np.maximum(apart, 0).astype(np.float64) ** 2, moved)
        p = np.where(moved > 0, upper_tail(statistic, np.ones_like(statistic)), 1.0)
    return McNemar(statistic, np.where(both.sum(axis=(-1, -2)) > 0, p, np.nan), left, joined)


def as_set(within: ArrayLike, categories: int) -> NDArray[np.bool_]:
    """Which categories are in the set, shape (V,).

    Raises
    ------
    ValueError
        If there is not one value per category.
    """
    chosen = np.asarray(within, dtype=bool)
    if chosen.shape != (categories,):
        raise ValueError(f"within: needs {categories} values, one per category, got shape {chosen.shape}")
    return chosen


@dataclass(frozen=True)
class Conformity:
    """Share of the movers who went nearer to the earlier median, and how many they are."""

    share: Floats
    n_nearer: Counts
    n_movers: Counts


def towards_median(transitions: ArrayLike, values: ArrayLike) -> Conformity:
    """Share of the movers whose new answer lies nearer to the earlier wave's group median.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    values : array_like of float, shape (V,)

    Returns
    -------
    Conformity
        Arrays of shape (...). `share` is in [0, 1], NaN where nobody moved.

    Notes
    -----
    The median is that of all who answered the earlier wave, for that is what was fed back; the movers are those with
    two answers. Who jumps over the median to the same distance is not nearer. Source: Woudenberg (1991), Technological
    Forecasting and Social Change 40, 131-150, on pressure to conform; Rowe, Wright and McColl (2005), the same 72,
    377-399, on majority influence.

    Examples
    --------
    >>> found = towards_median([[0, 1, 0, 0], [0, 4, 1, 0], [0, 2, 0, 0], [0, 0, 0, 0]], [1, 2, 3])
    >>> float(found.share), int(found.n_movers)
    (0.75, 4)
    """
    given = as_transitions(transitions)
    both = given[..., :-1, :-1]
    scale = as_values(values, both.shape[-1])
    middle = np.nan_to_num(median(given[..., :-1, :].sum(axis=-1), scale))
    distance = np.round(np.abs(scale - middle[..., None]), 9)
    is_nearer = distance[..., None, :] < distance[..., :, None]
    nearer = (both * is_nearer).sum(axis=(-1, -2))
    movers = both.sum(axis=(-1, -2)) - np.einsum("...ii->...", both)
    return Conformity(divided(nearer, movers), nearer, movers)
