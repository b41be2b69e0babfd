"""Where the answers lie: quantiles of the nine named types, median with interval, mean."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import exp, lgamma, log, sqrt

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_counts, as_values, divided

_OFFSETS = {
    4: lambda p: Fraction(0), 5: lambda p: Fraction(1, 2), 6: lambda p: p, 7: lambda p: 1 - p,
    8: lambda p: (p + 1) / 3, 9: lambda p: p / 4 + Fraction(3, 8),
}  # fmt: skip


def _ranked(counts: Counts, values: Floats, rank: Counts) -> Floats:
    """Value of the rank-th answer (from 1) in rising order; NaN without answers."""
    cumulated = np.cumsum(counts, axis=-1)
    n = cumulated[..., -1]
    place = np.clip(rank, 1, np.maximum(n, 1))
    index = (cumulated < place[..., None]).sum(axis=-1)
    return np.where(n > 0, values[np.minimum(index, len(values) - 1)], np.nan)


def quantile(counts: ArrayLike, values: ArrayLike, p: float | Fraction, quantile_type: int = 7) -> Floats:
    """Quantile of a histogram by a named definition.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)
        Scale values in rising order.
    p : probability in [0, 1]
    quantile_type : 1 to 9, the types of Hyndman and Fan (1996)
        7 is the default of R, NumPy, pandas and Excel's QUARTILE.INC, 6 that of SPSS and Minitab, 2 that of
        SAS and Stata.

    Returns
    -------
    ndarray of float, shape (...)
        In scale values; NaN without an answer.

    Notes
    -----
    Positions are computed in whole numbers, so that no rounding moves a quartile. Missing: non-answers are
    not counted.

    Examples
    --------
    >>> float(quantile([2, 1, 0, 1, 1], [1, 2, 3, 4, 5], 0.75))
    4.0
    >>> float(quantile([2, 1, 0, 1, 1], [1, 2, 3, 4, 5], 0.75, quantile_type=6))
    4.5
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    share = Fraction(p).limit_denominator(1_000_000)
    if not 0 <= share <= 1:
        raise ValueError(f"p: has to lie between 0 and 1, got {p}")
    if quantile_type not in range(1, 10):
        raise ValueError(f"quantile_type: is 1 to 9, got {quantile_type}")
    n = given.sum(axis=-1)
    if quantile_type <= 3:
        offset = Fraction(-1, 2) if quantile_type == 3 else Fraction(0)
    else:
        offset = _OFFSETS[quantile_type](share)
    unit = 24 * share.denominator
    position = n * (share.numerator * 24) + int(offset * unit)
    below, rest = np.divmod(position, unit)
    if quantile_type <= 3:
        if quantile_type == 1:
            weight = (rest > 0).astype(np.float64)
        elif quantile_type == 2:
            weight = np.where(rest > 0, 1.0, 0.5)
        else:
            weight = np.where((rest == 0) & (below % 2 == 0), 0.0, 1.0)
    else:
        weight = rest / unit
    first, second = _ranked(given, scale, below), _ranked(given, scale, below + 1)
    return np.where(weight == 0, first, np.where(weight == 1, second, first + weight * (second - first)))


def median(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Median: the middle answer, or the mean of the two middle ones.

    Parameters and missing answers as in `quantile`; every type from 2 on but 3 and 4 agrees at one half.

    Examples
    --------
    >>> float(median([0, 0, 2, 2], [1, 2, 3, 4]))
    3.5
    """
    return quantile(counts, values, Fraction(1, 2), 7)


EXACT_RANKS_UP_TO = 1000
"""Up to so many answers the binomial chances are summed in whole numbers, above in floats."""


@cache
def _order_rank(n: int) -> int:
    """Largest k for which the k-th lowest and k-th highest answers hold the median with at least 95 %; 0 for
    none."""
    if n > EXACT_RANKS_UP_TO:
        return _order_rank_of_many(n)
    total, below, chance, k = 2**n, 0, 1, 0
    while k < n // 2:
        below += chance
        if 40 * below > total:
            break
        chance = chance * (n - k) // (k + 1)
        k += 1
    return k


def _order_rank_of_many(n: int) -> int:
    """The same in floats. The chances fall so fast that those ten standard deviations away count for nothing."""
    first, last = int(n / 2 - 5 * sqrt(n)), int(n / 2 - 0.9 * sqrt(n))
    places = np.arange(last, first, -1, dtype=np.float64)
    top = exp(lgamma(n + 1) - lgamma(last + 1) - lgamma(n - last + 1) - n * log(2))
    chances = top * np.cumprod(np.concatenate(([1.0], places / (n - places + 1))))
    return first + int(np.searchsorted(np.cumsum(chances[::-1]), 0.025, side="right"))


def median_interval(counts: ArrayLike, values: ArrayLike) -> tuple[Floats, Floats]:
    """Interval of the median by the binomial distribution of order statistics; it needs no draws.

    Returns
    -------
    low, high : ndarray of float, shape (...)
        The k-th lowest and k-th highest answer, k the largest for which the chance that the median lies
        outside is at most 2.5 % on each side; NaN below six answers, where no two answers cover 95 %.

    Notes
    -----
    Source: Conover, Practical Nonparametric Statistics (1999), section 3.2. On a scale with ties the cover is
    at least 95 %.

    Examples
    --------
    >>> low, high = median_interval([1, 1, 1, 1, 1, 1], [1, 2, 3, 4, 5, 6])
    >>> float(low), float(high)
    (1.0, 6.0)
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    n = given.sum(axis=-1)
    sizes, inverse = np.unique(n, return_inverse=True)
    ranks = np.array([_order_rank(int(size)) for size in sizes], dtype=np.int64)[inverse].reshape(n.shape)
    low, high = _ranked(given, scale, ranks), _ranked(given, scale, n - ranks + 1)
    return np.where(ranks > 0, low, np.nan), np.where(ranks > 0, high, np.nan)


def mean(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Arithmetic mean of the scale values; on an ordinal scale a convention.

    Examples
    --------
    >>> float(mean([1, 0, 1], [1, 2, 3]))
    2.0
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    n = given.sum(axis=-1)
    # Rounding must not carry the mean of equal answers past them: their spread is 0, not nearly 0.
    return np.clip(
        divided(given @ scale, n), _ranked(given, scale, np.ones_like(n)), _ranked(given, scale, n)
    )
