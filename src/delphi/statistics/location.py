"""Where the answers lie: quantiles of the nine named types, median with interval, mean, modes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import exp, lgamma, log, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_counts, as_values, divided

_OFFSETS = {
    4: lambda p: Fraction(0), 5: lambda p: Fraction(1, 2), 6: lambda p: p, 7: lambda p: 1 - p,
    8: lambda p: (p + 1) / 3, 9: lambda p: p / 4 + Fraction(3, 8),
}  # fmt: skip


MANY = 1024
"""From so many histograms on they are gone through category by category, which takes a fraction of the time."""


def _sizes(counts: Counts) -> Counts:
    """Answers of histograms (..., V), shape (...); (1, ...) where they are the same all along the first axis, as of draws."""
    n: Counts = counts.sum(axis=-1)
    return n[:1] if n.ndim and len(n) > 1 and (n == n[:1]).all() else n


def _ranked(counts: Counts, values: Floats, n: Counts, *ranks: Counts) -> list[Floats]:
    """Values of the answers of these ranks (from 1) in rising order, of histograms of n answers; NaN without answers."""
    most, is_known = np.maximum(n, 1), n > 0
    places = _categories_below(counts, [np.clip(rank, 1, most) for rank in ranks])
    last = len(values) - 1
    return [np.where(is_known, values[np.minimum(place, last)], np.nan) for place in places]


def _categories_below(counts: Counts, ranks: list[Counts]) -> list[Counts]:
    """How many categories in scale order hold fewer answers than each rank, those before them included."""
    points = counts.shape[-1]
    if counts.size < MANY * points:
        cumulated = np.cumsum(counts, axis=-1)
        return [(cumulated < rank[..., None]).sum(axis=-1) for rank in ranks]
    narrow = np.uint8 if points < 1 << 8 else np.uint16 if points < 1 << 16 else np.int64
    found = [np.zeros_like(counts[..., 0], dtype=narrow) for _ in ranks]
    up_to = np.zeros_like(counts[..., 0], dtype=np.int64)
    for category in range(points):
        up_to += counts[..., category]
        for place, rank in zip(found, ranks, strict=True):
            np.add(place, up_to < rank, out=place)
    return [place.astype(np.int64) for place in found]


def quantile(
    counts: ArrayLike,
    values: ArrayLike | None = None,
    p: float | Fraction = 0.5,
    quantile_type: int = 7,
) -> Floats:
    """Quantile of a histogram by a named definition.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)
        Scale values in rising order. Without them the first argument holds numbers, not counts: the quantile is that of
        `delphi.statistics.numbers.quantile`.
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
    >>> float(quantile([20.0, 10.0, 60.0], p=0.5))  # of numbers
    20.0
    """
    if values is None:
        from delphi.statistics.numbers import quantile as quantile_of_numbers

        return quantile_of_numbers(counts, p, quantile_type)
    return quantiles(counts, values, (p,), quantile_type)[0]


def quantiles(
    counts: ArrayLike, values: ArrayLike, shares: Sequence[float | Fraction], quantile_type: int = 7
) -> list[Floats]:
    """Several quantiles of a histogram, which take little longer than one; see `quantile`.

    Examples
    --------
    >>> [float(one) for one in quantiles([2, 1, 0, 1, 1], [1, 2, 3, 4, 5], (0.25, 0.75))]
    [1.0, 4.0]
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    n = _sizes(given)
    positions = [quantile_position(n, share, quantile_type) for share in shares]
    found = _ranked(given, scale, n, *(rank for below, _ in positions for rank in (below, below + 1)))
    return [
        between(found[2 * place], found[2 * place + 1], weight) for place, (_, weight) in enumerate(positions)
    ]


def between(first: Floats, second: Floats, weight: Floats) -> Floats:
    """The one, the other, or the weighted mean of both."""
    return np.where(weight == 0, first, np.where(weight == 1, second, first + weight * (second - first)))


def quantile_position(n: Counts, p: float | Fraction, quantile_type: int) -> tuple[Counts, Floats]:
    """Rank (from 1) below or at the quantile of n answers, and the weight of the answer one rank above.

    Raises
    ------
    ValueError
        If p is no probability, or there is no such type.

    Examples
    --------
    >>> below, weight = quantile_position(np.array(4), 0.25, 7)
    >>> int(below), float(weight)
    (1, 0.75)
    """
    share = Fraction(p).limit_denominator(1_000_000)
    if not 0 <= share <= 1:
        raise ValueError(f"p: has to lie between 0 and 1, got {p}")
    if quantile_type not in range(1, 10):
        raise ValueError(f"quantile_type: is 1 to 9, got {quantile_type}")
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
    return below, weight


def median(counts: ArrayLike, values: ArrayLike, quantile_type: int = 7) -> Floats:
    """Median: the middle answer, or the mean of the two middle ones.

    Parameters and missing answers as in `quantile`; every type from 2 on but 3 and 4 agrees at one half.

    Notes
    -----
    Source: Hyndman and Fan (1996).

    Examples
    --------
    >>> float(median([0, 0, 2, 2], [1, 2, 3, 4]))
    3.5
    """
    return quantile(counts, values, Fraction(1, 2), quantile_type)


def q1(counts: ArrayLike, values: ArrayLike, quantile_type: int = 7) -> Floats:
    """First quartile of the named type.

    Parameters and missing answers as in `quantile`.

    Notes
    -----
    Source: Hyndman and Fan (1996).

    Examples
    --------
    >>> float(q1([2, 1, 0, 1, 1], [1, 2, 3, 4, 5]))
    1.0
    """
    return quantile(counts, values, Fraction(1, 4), quantile_type)


def q3(counts: ArrayLike, values: ArrayLike, quantile_type: int = 7) -> Floats:
    """Third quartile of the named type.

    Parameters and missing answers as in `quantile`.

    Notes
    -----
    Source: Hyndman and Fan (1996).

    Examples
    --------
    >>> float(q3([2, 1, 0, 1, 1], [1, 2, 3, 4, 5], quantile_type=6))
    4.5
    """
    return quantile(counts, values, Fraction(3, 4), quantile_type)


def interpolated_median(counts: ArrayLike, values: ArrayLike, width: float = 1) -> Floats:
    """Median of a scale whose points stand for classes, found by the share of the middle class below it.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)
        Middles of the classes, in rising order.
    width : width of a class, at most the distance between two points

    Returns
    -------
    ndarray of float, shape (...)
        Lower boundary of the class with the median, plus the part of its width that holds the answers up to
        one half. The plain median where that lies between two classes; NaN without an answer.

    Notes
    -----
    For putting items in an order, not for decisions. Source: the grouped median of textbooks, as in the
    `interp.median` of the R package psych.

    Examples
    --------
    >>> float(interpolated_median([1, 1, 3], [1, 2, 3]))  # half an answer of three into the class 2.5 to 3.5
    2.6666666666666665
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    step = np.diff(scale).min(initial=np.inf)
    if not 0 < width <= step:
        raise ValueError(
            f"width: is more than 0 and at most the distance of two values, {step:g}, got {width}"
        )
    n = given.sum(axis=-1)
    cumulated = np.cumsum(given, axis=-1)
    place = np.minimum((cumulated < ((n + 1) // 2)[..., None]).sum(axis=-1), len(scale) - 1)
    up_to = np.take_along_axis(cumulated, place[..., None], axis=-1)[..., 0]
    inside = np.take_along_axis(given, place[..., None], axis=-1)[..., 0]
    within = divided(n - 2 * (up_to - inside), 2 * inside)
    between = 2 * up_to == n
    return np.where(between, median(given, scale), scale[place] + width * (within - 0.5))


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
    low, high = _ranked(given, scale, n, ranks, n - ranks + 1)
    return np.where(ranks > 0, low, np.nan), np.where(ranks > 0, high, np.nan)


def mean(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Arithmetic mean of the scale values; on an ordinal scale a convention. NaN without an answer.

    Notes
    -----
    Source: any textbook; Holey et al. (2007) for its use in Delphi studies.

    Examples
    --------
    >>> float(mean([1, 0, 1], [1, 2, 3]))
    2.0
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    n = given.sum(axis=-1)
    # Rounding must not carry the mean of equal answers past them: their spread is 0, not nearly 0.
    return np.clip(divided(given @ scale, n), *_ranked(given, scale, n, np.ones_like(n), n))


def is_mode(counts: ArrayLike) -> NDArray[np.bool_]:
    """Which categories are chosen most, shape (..., V); none without an answer.

    Examples
    --------
    >>> is_mode([3, 0, 3, 1]).tolist()
    [True, False, True, False]
    """
    given = as_counts(counts)
    most = given.max(axis=-1, keepdims=True)
    return (given == most) & (most > 0)


def mode(counts: ArrayLike, values: ArrayLike) -> NDArray[np.object_]:
    """All most chosen values, in scale order.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)

    Returns
    -------
    ndarray of str, shape (...)
        One value, or several with "; " between them; None without an answer.

    Notes
    -----
    Programs that give one value where several are chosen equally often give the one they met first. Source:
    Pearson (1895).

    Examples
    --------
    >>> mode([[1, 5, 2, 0], [3, 0, 3, 1]], [1, 2, 3, 4]).tolist()
    ['2', '1; 3']
    """
    chosen = is_mode(counts)
    scale = as_values(values, chosen.shape[-1])
    told = [str(int(value)) if value.is_integer() else str(value) for value in scale.tolist()]
    patterns, which = np.unique(chosen.reshape(-1, len(told)), axis=0, return_inverse=True)
    words = np.array(
        ["; ".join(told[k] for k in np.flatnonzero(pattern)) or None for pattern in patterns], dtype=object
    )
    return words[which].reshape(chosen.shape[:-1])
