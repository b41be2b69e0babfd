"""Content validity: how many experts find an item essential or relevant, beside what chance would give."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import ceil, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_counts, as_values, divided
from delphi.statistics.intervals import normal_deviate
from delphi.statistics.shares import share, wilson_interval

EXACT_UP_TO = 1000
"""Up to so many experts the binomial chances are summed in whole numbers, above in floats."""


class CriticalRatio(NamedTuple):
    """The fewest experts who have to say "essential", and the ratio that they give."""

    n_essential: Floats
    cvr: Floats


class AikenV(NamedTuple):
    """Aiken's V with its score interval."""

    v: Floats
    low: Floats
    high: Floats


def cvr(counts: ArrayLike, within: ArrayLike) -> Floats:
    """Lawshe's content validity ratio: (E - n/2) / (n/2), E the answers that say "essential".

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    within : array_like of bool, shape (V,)
        Which categories say "essential".

    Returns
    -------
    ndarray of float, shape (...)
        From -1 (nobody) over 0 (half) to 1 (everybody); NaN without an answer.

    Notes
    -----
    Missing: non-answers are not counted. Source: Lawshe (1975); judge it by `cvr_critical`, for the table printed in
    1975 has errors (Ayre and Scally 2014).

    Examples
    --------
    >>> float(cvr([1, 2, 9], [False, False, True]))
    0.5
    """
    given = as_counts(counts)
    chosen = _within(given, within)
    n = given.sum(axis=-1)
    return divided(2 * given[..., chosen].sum(axis=-1) - n, n)


def cvr_critical(counts: ArrayLike, level: float = 0.05) -> CriticalRatio:
    """Fewest "essential" that are more than chance: the least E with P(X >= E) <= level, X binomial of n and one half.

    Parameters
    ----------
    counts : array_like of int, shape (..., V), or one number
        Answers per category, of which only the number of experts counts; a number is that number.
    level : one-sided, between 0 and 1

    Returns
    -------
    CriticalRatio
        `n_essential` and the `cvr` that goes with it. NaN where not even everybody is enough: below five experts at
        5 %.

    Raises
    ------
    ValueError
        If the level does not lie between 0 and 1.

    Notes
    -----
    Exact binomial chances. Source: Ayre and Scally (2014), Critical values for Lawshe's content validity ratio,
    Measurement and Evaluation in Counseling and Development 47, 79-86. The tables of Lawshe (1975) and of Wilson, Pan
    and Schumsky (2012) differ.

    Examples
    --------
    >>> found = cvr_critical(12)
    >>> float(found.n_essential), round(float(found.cvr), 3)
    (10.0, 0.667)
    """
    if not 0 < level < 1:
        raise ValueError(f"level: has to lie between 0 and 1, got {level}")
    given = as_counts(np.atleast_1d(np.asarray(counts)))
    n = given.sum(axis=-1)
    sizes, places = np.unique(n, return_inverse=True)
    fewest = np.array([fewest_essential(int(size), level) for size in sizes], dtype=np.float64)[places]
    fewest = np.where(fewest.reshape(n.shape) <= n, fewest.reshape(n.shape), np.nan)
    return CriticalRatio(fewest, divided(2 * fewest - n, n))


@lru_cache(maxsize=4096)
def fewest_essential(n: int, level: float) -> int:
    """The least E with P(X >= E; n, 1/2) <= level; n + 1 where there is none."""
    if n > EXACT_UP_TO:
        return _fewest_of_many(n, level)
    bound = Fraction(level).limit_denominator(1_000_000)
    tail, chance, k = 0, 1, n + 1
    while k > 0:
        tail += chance
        if tail * bound.denominator > bound.numerator * 2**n:
            break
        k -= 1
        chance = chance * k // (n - k + 1)
    return k


def _fewest_of_many(n: int, level: float) -> int:
    """The same in floats, among the numbers within ten standard deviations of the half."""
    from scipy.special import bdtrc

    tried = np.arange(max(1, int(n / 2 - 5 * sqrt(n))), ceil(n / 2 + 5 * sqrt(n)) + 1)
    return int(tried[np.argmax(bdtrc(tried - 1, n, 0.5) <= level)])


def cvi(counts: ArrayLike, within: ArrayLike | None = None) -> Floats:
    """Content validity index of an item (I-CVI): share of the experts who find it relevant.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    within : array_like of bool, shape (V,), optional
        Which categories mean relevant; on four categories the upper two by default.

    Returns
    -------
    ndarray of float, shape (...)
        Fraction in [0, 1]; NaN without an answer.

    Raises
    ------
    ValueError
        If `within` does not fit the categories, or is left out on other than four.

    Notes
    -----
    Missing: non-answers are not counted. Source: Lynn (1986); Polit and Beck (2006). Their .78 is 7 of 9 rounded: 7/9 =
    .777... fails it, so publish the rule as a count.

    Examples
    --------
    >>> float(cvi([0, 1, 4, 5]))
    0.9
    """
    given = as_counts(counts)
    return share(given, _relevant(given, within))


def scvi_average(counts: ArrayLike, within: ArrayLike | None = None) -> Floats:
    """Content validity index of a scale by averaging (S-CVI/Ave): mean I-CVI of its items.

    Parameters
    ----------
    counts : array_like of int, shape (..., U, V)
        Answers per category of each item.
    within : as in `cvi`

    Returns
    -------
    ndarray of float, shape (...)
        Fraction in [0, 1]; NaN without an answer.

    Notes
    -----
    Missing: an item nobody answered is left out; the number of experts may differ by item. Source: Polit and Beck
    (2006); at least .90 is called excellent.

    Examples
    --------
    >>> float(scvi_average([[0, 1, 4, 5], [0, 0, 5, 5]]))
    0.95
    """
    given = _items(counts)
    n = given.sum(axis=-1)
    each = np.where(n > 0, cvi(given, within), 0.0)
    return divided(each.sum(axis=-1), (n > 0).sum(axis=-1))


def scvi_universal(counts: ArrayLike, within: ArrayLike | None = None) -> Floats:
    """Content validity index of a scale by universal agreement (S-CVI/UA): share of items that all find relevant.

    Parameters, missing answers and NaN cases as in `scvi_average`.

    Notes
    -----
    It falls with the number of experts. Source: Polit and Beck (2006); at least .80 is called acceptable.

    Examples
    --------
    >>> float(scvi_universal([[0, 1, 4, 5], [0, 0, 5, 5]]))
    0.5
    """
    given = _items(counts)
    n = given.sum(axis=-1)
    relevant = given[..., _relevant(given, within)].sum(axis=-1)
    return divided(((relevant == n) & (n > 0)).sum(axis=-1), (n > 0).sum(axis=-1))


def cvi_modified_kappa(counts: ArrayLike, within: ArrayLike | None = None) -> Floats:
    """Modified kappa of an item: its I-CVI beyond what chance would give at one half.

    (I-CVI - pc) / (1 - pc), pc = C(n, A) / 2^n, A the experts who find the item relevant.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    within : as in `cvi`

    Returns
    -------
    ndarray of float, shape (...)
        At most 1, which it is when all find the item relevant; NaN below two answers.

    Notes
    -----
    Missing: non-answers are not counted. Chance is one half, not the panel's own share, so that it is defined for a
    unanimous panel. Source: Polit, Beck and Owen (2007), Research in Nursing and Health 30, 459-467.

    Examples
    --------
    >>> round(float(cvi_modified_kappa([0, 2, 3, 3])), 2)  # six of eight
    0.72
    """
    from scipy.special import gammaln

    given = as_counts(counts)
    n = given.sum(axis=-1)
    agree = given[..., _relevant(given, within)].sum(axis=-1)
    chance = np.exp(gammaln(n + 1) - gammaln(agree + 1) - gammaln(n - agree + 1) - n * np.log(2))
    return np.where(n >= 2, divided(np.nan_to_num(divided(agree, n)) - chance, 1 - chance), np.nan)


def aiken_v(counts: ArrayLike, values: ArrayLike | None = None, confidence: float = 0.95) -> AikenV:
    """Aiken's V: how far up the scale the mean rating lies, with its score interval.

    V = sum(x - lowest) / (n (highest - lowest)); the interval is Wilson's with n (highest - lowest) trials.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,), optional
        Scale values in rising order; 1, 2, 3, ... by default.
    confidence : of the interval, between 0 and 1

    Returns
    -------
    AikenV
        `v`, `low` and `high` in [0, 1]; NaN without an answer or with one category.

    Raises
    ------
    ValueError
        If the values do not fit, or the confidence does not lie between 0 and 1.

    Notes
    -----
    The trials are steps of the scale: values that lie 25 apart make no more of them than values 1 apart. The ends are
    those of the scale, not of the data. Source: Aiken (1985); interval Penfield and Giacobbi (2004).

    Examples
    --------
    >>> found = aiken_v([0, 0, 1, 4, 5])
    >>> round(float(found.v), 3), round(float(found.low), 3), round(float(found.high), 3)
    (0.85, 0.709, 0.929)
    """
    given = as_counts(counts)
    points = given.shape[-1]
    scale = as_values(np.arange(1, points + 1) if values is None else values, points)
    deviate = normal_deviate(confidence)
    n = given.sum(axis=-1)
    if points < 2:
        nothing = np.full(n.shape, np.nan)
        return AikenV(nothing, nothing.copy(), nothing.copy())
    steps = (scale - scale[0]) / np.diff(scale).min()
    trials = n * steps[-1]
    successes = np.minimum(given @ steps, trials)
    low, high = wilson_interval(successes, trials, deviate)
    return AikenV(divided(successes, trials), low, high)


def _within(given: Counts, within: ArrayLike) -> NDArray[np.bool_]:
    chosen = np.asarray(within, dtype=bool)
    if chosen.shape != given.shape[-1:]:
        raise ValueError(
            f"within: needs {given.shape[-1]} values, one per category, got shape {chosen.shape}"
        )
    return chosen


def _relevant(given: Counts, within: ArrayLike | None) -> NDArray[np.bool_]:
    """Which categories mean relevant; only the scale of four for which the index was made has a default."""
    if within is not None:
        return _within(given, within)
    if given.shape[-1] != 4:
        raise ValueError(
            f"within: has to say which of {given.shape[-1]} categories mean relevant; only four have a default, the upper two"
        )
    return np.array([False, False, True, True])


def _items(counts: ArrayLike) -> Counts:
    given = as_counts(counts)
    if given.ndim < 2:
        raise ValueError(f"counts: needs items and categories as last dimensions, got shape {given.shape}")
    return given
