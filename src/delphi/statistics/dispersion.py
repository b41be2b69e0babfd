"""How far the answers spread: ranges between quartiles and ends, deviations from mean and median."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_counts, as_values, divided
from delphi.statistics.location import mean, median, quantile, quantiles

NORMAL = 1.4826
"""Makes the median absolute deviation of normal answers their standard deviation."""
SMALL = 1e-12
"""A sum of that size relative to its parts is 0: decimal values rarely add to exactly 0."""


def iqr(counts: ArrayLike, values: ArrayLike, quantile_type: int = 7) -> Floats:
    """Interquartile range, third minus first quartile of the named type.

    Parameters as in `quantile`. NaN below two answers: one person never disagrees.

    Notes
    -----
    Source: Raskin (1994); Rayens and Hahn (2000). The literature also writes IQD for the half; this is the
    whole.

    Examples
    --------
    >>> float(iqr([1, 1, 1, 1], [1, 2, 3, 4]))
    1.5
    """
    given = as_counts(counts)
    first, third = quantiles(given, values, (Fraction(1, 4), Fraction(3, 4)), quantile_type)
    return np.where(given.sum(axis=-1) >= 2, third - first, np.nan)


def interquartile_deviation(counts: ArrayLike, values: ArrayLike, quantile_type: int = 7) -> Floats:
    """Half the interquartile range, the quartile deviation.

    Parameters as in `quantile`. NaN below two answers.

    Notes
    -----
    The literature writes IQD for this half and for the whole interquartile range; this is the half. Source:
    Yule (1911).

    Examples
    --------
    >>> float(interquartile_deviation([1, 1, 1, 1], [1, 2, 3, 4]))
    0.75
    """
    return iqr(counts, values, quantile_type) / 2


def relative_iqr(counts: ArrayLike, values: ArrayLike, quantile_type: int = 7) -> Floats:
    """Interquartile range divided by the median.

    Parameters as in `quantile`. NaN below two answers, or where the median is 0.

    Notes
    -----
    Depends on where the scale starts: meant for quantities such as years. Source: forecasting Delphi studies,
    reviewed by von der Gracht (2012).

    Examples
    --------
    >>> float(relative_iqr([1, 1, 1, 1], [1, 2, 3, 4]))
    0.6
    """
    return divided(iqr(counts, values, quantile_type), median(counts, values, quantile_type))


def quartile_coefficient(counts: ArrayLike, values: ArrayLike, quantile_type: int = 7) -> Floats:
    """Quartile coefficient of dispersion: (Q3 - Q1) / (Q3 + Q1).

    Parameters as in `quantile`. NaN below two answers, or where the quartiles add to 0.

    Notes
    -----
    Depends on where the scale starts. Source: Bonett (2006).

    Examples
    --------
    >>> float(quartile_coefficient([1, 1, 1, 1], [1, 2, 3, 4]))
    0.3
    """
    first = quantile(counts, values, Fraction(1, 4), quantile_type)
    third = quantile(counts, values, Fraction(3, 4), quantile_type)
    total = np.where(np.abs(first + third) <= SMALL * (np.abs(first) + np.abs(third)), 0.0, first + third)
    return divided(iqr(counts, values, quantile_type), total)


def squares(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Sum of the squared distances from the mean, shape (...); 0 without an answer.

    Examples
    --------
    >>> float(squares([1, 0, 1], [1, 2, 3]))
    2.0
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    centre = np.nan_to_num(mean(given, scale))
    return np.asarray((given * (scale - centre[..., None]) ** 2).sum(axis=-1))


def variance(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Variance with n - 1; on an ordinal scale a convention. NaN below two answers.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)

    Returns
    -------
    ndarray of float, shape (...)
        In squared scale values; NaN below two answers.

    Notes
    -----
    Source: any textbook; R `var`, NumPy `var` with `ddof=1`.

    Examples
    --------
    >>> float(variance([1, 0, 1], [1, 2, 3]))
    2.0
    """
    given = as_counts(counts)
    n = given.sum(axis=-1)
    return np.where(n >= 2, divided(squares(given, values), n - 1), np.nan)


def sd(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Standard deviation with n - 1; on an ordinal scale a convention. NaN below two answers.

    Notes
    -----
    Source: any textbook; R `sd`, NumPy `std` with `ddof=1`.

    Examples
    --------
    >>> float(sd([1, 0, 1], [1, 2, 3])) == 2 ** 0.5
    True
    """
    return np.sqrt(variance(counts, values))


def sd_population(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Standard deviation with n, of those who answered and of nobody else. NaN below two answers.

    Notes
    -----
    Source: any textbook; NumPy `std` as it is.

    Examples
    --------
    >>> float(sd_population([1, 0, 1], [1, 2, 3]))
    1.0
    """
    given = as_counts(counts)
    n = given.sum(axis=-1)
    return np.sqrt(np.where(n >= 2, divided(squares(given, values), n), np.nan))


def cv(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Coefficient of variation: standard deviation (with n - 1) divided by the mean.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)

    Returns
    -------
    ndarray of float, shape (...)
        NaN below two answers, or where the mean is 0.

    Notes
    -----
    Depends on where the scale starts: the same answers on 0 to 4 and on 1 to 5 differ. Source: English and
    Keran (1976).

    Examples
    --------
    >>> float(cv([1, 1, 1], [1, 2, 3])), float(cv([1, 1, 1], [0, 1, 2]))
    (0.5, 1.0)
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    is_zero = np.abs(given @ scale) <= SMALL * (given @ np.abs(scale))
    return divided(sd(given, scale), np.where(is_zero, 0.0, mean(given, scale)))


def mad(counts: ArrayLike, values: ArrayLike, scaled: bool = False) -> Floats:
    """Median of the distances from the median.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)
    scaled : whether it is multiplied by 1.4826, as R does; DuckDB and SciPy leave it raw

    Returns
    -------
    ndarray of float, shape (...)
        In scale values; NaN below two answers.

    Notes
    -----
    Source: Hampel (1974); R `mad`.

    Examples
    --------
    >>> counts, values = [1] * 9, [1, 2, 3, 4, 5, 6, 7, 8, 9]
    >>> float(mad(counts, values)), float(mad(counts, values, scaled=True))
    (2.0, 2.9652)
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    apart = np.abs(scale - median(given, scale)[..., None])
    raw = np.where(given.sum(axis=-1) >= 2, _middle(given, apart), np.nan)
    return raw * NORMAL if scaled else raw


def average_deviation(counts: ArrayLike, values: ArrayLike, about: str = "mean") -> Floats:
    """Mean of the distances from the mean or the median.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)
    about : "mean" (AD_M) or "median" (AD_Md)

    Returns
    -------
    ndarray of float, shape (...)
        In scale values; NaN below two answers.

    Notes
    -----
    Source: Burke, Finkelstein and Dusig (1999); Dunlap, Burke and Smith-Crowe (2003) for K / 6.

    Examples
    --------
    >>> float(average_deviation([2, 0, 1, 1], [1, 2, 3, 4]))
    1.25
    """
    if about not in ("mean", "median"):
        raise ValueError(f"about: is mean or median, got {about!r}")
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    centre = mean(given, scale) if about == "mean" else median(given, scale)
    n = given.sum(axis=-1)
    total = (given * np.abs(scale - np.nan_to_num(centre)[..., None])).sum(axis=-1)
    return np.where(n >= 2, divided(total, n), np.nan)


# Named after its id: this module does without the builtin that it hides.
def range(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Highest less lowest value that was chosen.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)

    Returns
    -------
    ndarray of float, shape (...)
        In scale values; NaN below two answers.

    Notes
    -----
    Source: any textbook; Holey et al. (2007) for its use in Delphi studies.

    Examples
    --------
    >>> float(range([0, 3, 1, 1, 0], [1, 2, 3, 4, 5]))
    2.0
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    occupied = given > 0
    first = occupied.argmax(axis=-1)
    last = len(scale) - 1 - occupied[..., ::-1].argmax(axis=-1)
    return np.where(given.sum(axis=-1) >= 2, scale[last] - scale[first], np.nan)


def _middle(given: Counts, numbers: Floats) -> Floats:
    """Median of numbers (..., V) that occur as often as the counts say; anything without an answer."""
    order = np.argsort(numbers, axis=-1)
    rising = np.take_along_axis(numbers, order, axis=-1)
    cumulated = np.cumsum(np.take_along_axis(given, order, axis=-1), axis=-1)
    n = cumulated[..., -1:]
    places = [(cumulated < rank).sum(axis=-1, keepdims=True) for rank in ((n + 1) // 2, n // 2 + 1)]
    middle = [np.take_along_axis(rising, np.minimum(k, given.shape[-1] - 1), axis=-1)[..., 0] for k in places]
    return (middle[0] + middle[1]) / 2
