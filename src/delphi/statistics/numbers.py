"""Where numeric answers lie and how they spread: quantiles, five numbers, trimmed and geometric means, answers far out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, divided
from delphi.statistics.location import between, quantile_position
from delphi.statistics.options import one_of

FRACTIONS = ("dropped", "weighted")
"""What happens where the share to trim is no whole number of answers."""


def as_numbers(numbers: ArrayLike, name: str = "numbers") -> Floats:
    """Numeric answers, shape (..., M); NaN is no answer.

    Raises
    ------
    ValueError
        If there is no dimension of respondents, or a number is infinite.
    """
    given = np.asarray(numbers, dtype=np.float64)
    if given.ndim == 0:
        raise ValueError(f"{name}: needs a last dimension, the respondents, got one number")
    if np.isinf(given).any():
        raise ValueError(f"{name}: are finite, NaN where there is no answer")
    return given


def _in_order(numbers: ArrayLike) -> tuple[Floats, Counts]:
    """Answers from the lowest to the highest, then NaN, and how many there are."""
    given = np.sort(as_numbers(numbers), axis=-1)
    if not given.shape[-1]:
        given = np.full((*given.shape[:-1], 1), np.nan)
    return given, (~np.isnan(given)).sum(axis=-1)


def _ranked(in_order: Floats, n: Counts, rank: Counts) -> Floats:
    """The rank-th answer (from 1), the first or last beyond them; NaN without answers."""
    place = np.clip(rank, 1, np.maximum(n, 1)) - 1
    return np.take_along_axis(in_order, place[..., None], axis=-1)[..., 0]


def quantile(numbers: ArrayLike, p: float | Fraction = 0.5, quantile_type: int = 7) -> Floats:
    """Quantile of numeric answers by a named definition.

    Parameters
    ----------
    numbers : array_like of float, shape (..., M)
        Numeric answers, NaN for no answer.
    p : probability in [0, 1]
    quantile_type : 1 to 9, the types of Hyndman and Fan
        7 is the default of R, NumPy and pandas, 6 that of SPSS and Minitab, 2 that of SAS and Stata.

    Returns
    -------
    ndarray of float, shape (...)
        In the unit of the answers; NaN without an answer.

    Notes
    -----
    The position is computed in whole numbers. `delphi.statistics.quantile` takes histograms as well. Source: Hyndman and
    Fan (1996), The American Statistician 50, 361-365.

    Examples
    --------
    >>> float(quantile([10, 20, 40, 80], 0.25)), float(quantile([10, 20, 40, 80], 0.25, quantile_type=6))
    (17.5, 12.5)
    """
    given, n = _in_order(numbers)
    below, weight = quantile_position(n, p, quantile_type)
    return between(_ranked(given, n, below), _ranked(given, n, below + 1), weight)


@dataclass(frozen=True)
class FiveNumbers:
    """Lowest answer, lower hinge, median, upper hinge and highest answer, each of shape (...)."""

    minimum: Floats
    lower_hinge: Floats
    median: Floats
    upper_hinge: Floats
    maximum: Floats


def tukey_five_number(numbers: ArrayLike) -> FiveNumbers:
    """Tukey's five numbers: minimum, hinges, median and maximum.

    Parameters
    ----------
    numbers : array_like of float, shape (..., M)
        Numeric answers, NaN for no answer.

    Returns
    -------
    FiveNumbers
        In the unit of the answers; NaN without an answer.

    Notes
    -----
    The hinges are the medians of the lower and the upper half, the middle answer of an odd number in both; R's `fivenum`.
    Source: Tukey (1977), Exploratory Data Analysis.

    Examples
    --------
    >>> found = tukey_five_number([1, 2, 3, 4, 5, 6])
    >>> float(found.lower_hinge), float(found.median), float(found.upper_hinge)
    (2.0, 3.5, 5.0)
    """
    given, n = _in_order(numbers)
    depth = (n + 3) // 2  # twice the depth of the hinges
    pairs = (
        (np.full_like(n, 2), np.full_like(n, 2)), (depth, depth + 1), (n + 1, n + 2),
        (2 * n + 2 - depth, 2 * n + 3 - depth), (2 * n, 2 * n),
    )  # fmt: skip
    return FiveNumbers(
        *((_ranked(given, n, low // 2) + _ranked(given, n, high // 2)) / 2 for low, high in pairs)
    )


def trimmed_mean(numbers: ArrayLike, trim: float = 0.1, fractions: str = "dropped") -> Floats:
    """Mean without the lowest and the highest answers.

    Parameters
    ----------
    numbers : array_like of float, shape (..., M)
        Numeric answers, NaN for no answer.
    trim : share of the answers left out at each end, from 0 to below one half
    fractions : "dropped" or "weighted"
        Where `trim` is no whole number of answers: the fraction is dropped, fewer answers are left out, as SciPy does; or
        the answer at the border counts for the rest, as in the 5 % trimmed mean of SPSS.

    Returns
    -------
    ndarray of float, shape (...)
        In the unit of the answers; NaN without an answer.

    Notes
    -----
    How many answers go is computed in whole numbers. Source: Tukey and McLaughlin (1963); Wilcox (2017), Introduction to
    Robust Estimation.

    Examples
    --------
    >>> float(trimmed_mean([1, 2, 3, 4, 90], 0.2)), float(trimmed_mean([1, 2, 3, 4, 90], 0.1))
    (3.0, 20.0)
    """
    one_of("fractions", fractions, FRACTIONS)
    if not 0 <= trim < 0.5:
        raise ValueError(f"trim: is a share from 0 to below 0.5, got {trim}")
    given, n = _in_order(numbers)
    share = Fraction(trim).limit_denominator(1_000_000)
    gone, rest = np.divmod(n * share.numerator, share.denominator)
    places = np.arange(given.shape[-1])
    weight = ((places >= gone[..., None]) & (places < (n - gone)[..., None])).astype(np.float64)
    if fractions == "weighted":
        at_the_border = (places == gone[..., None]) | (places == (n - gone - 1)[..., None])
        weight = np.where(
            at_the_border & (weight > 0), weight - (rest / share.denominator)[..., None], weight
        )
    total = (np.nan_to_num(given) * weight).sum(axis=-1)
    mean = divided(total, np.where(n > 0, weight.sum(axis=-1), 0.0))
    return np.clip(mean, _ranked(given, n, np.ones_like(n)), _ranked(given, n, n))


def geometric_mean(numbers: ArrayLike) -> Floats:
    """Geometric mean: the exponential of the mean logarithm.

    Parameters
    ----------
    numbers : array_like of float, shape (..., M)
        Numeric answers above 0, NaN for no answer.

    Returns
    -------
    ndarray of float, shape (...)
        In the unit of the answers; NaN without an answer, and where one is 0 or below.

    Notes
    -----
    Source: Aitchison and Brown (1957), The Lognormal Distribution.

    Examples
    --------
    >>> round(float(geometric_mean([1, 10, 100])), 9)
    10.0
    """
    logs, n = _logs(numbers)
    return np.exp(divided(np.nansum(logs, axis=-1), n))


def gsd(numbers: ArrayLike) -> Floats:
    """Geometric standard deviation: the exponential of the standard deviation (n - 1) of the logarithms.

    Parameters
    ----------
    numbers : array_like of float, shape (..., M)
        Numeric answers above 0, NaN for no answer.

    Returns
    -------
    ndarray of float, shape (...)
        A factor, 1 where all are equal; NaN below two answers, and where one is 0 or below.

    Notes
    -----
    Source: Aitchison and Brown (1957), The Lognormal Distribution; Kirkwood (1979), Biometrics 35, 908-909.

    Examples
    --------
    >>> round(float(gsd([1, 10, 100])), 9)
    10.0
    """
    logs, n = _logs(numbers)
    centre = divided(np.nansum(logs, axis=-1), n)
    squares = np.nansum((logs - centre[..., None]) ** 2, axis=-1)
    spread = np.sqrt(divided(squares, np.where(n >= 2, n - 1, 0)))
    in_order, given = _in_order(numbers)
    # Rounding must not give equal answers a spread.
    is_flat = _ranked(in_order, given, np.ones_like(given)) == _ranked(in_order, given, given)
    return np.where(is_flat & ~np.isnan(spread), 1.0, np.exp(spread))


def _logs(numbers: ArrayLike) -> tuple[Floats, Counts]:
    """Logarithms and how many; 0 of them where an answer is 0 or below."""
    given = as_numbers(numbers)
    n = np.where((given <= 0).any(axis=-1), 0, (~np.isnan(given)).sum(axis=-1))
    return np.log(np.where(given > 0, given, np.nan)), n


def outliers(numbers: ArrayLike, reach: float = 3.0, quantile_type: int = 7) -> NDArray[np.bool_]:
    """Which answers lie far out: below Q1 - `reach` × IQR or above Q3 + `reach` × IQR.

    Parameters
    ----------
    numbers : array_like of float, shape (..., M)
        Numeric answers, NaN for no answer.
    reach : number of interquartile ranges, from 0 on
    quantile_type : as in `quantile`

    Returns
    -------
    ndarray of bool, shape (..., M)
        For a person to look at; nothing removes them. False where there is no answer.

    Notes
    -----
    Source: Tukey (1977), Exploratory Data Analysis, who calls what lies beyond three IQR far out.

    Examples
    --------
    >>> outliers([1, 2, 3, 4, 90]).tolist()
    [False, False, False, False, True]
    """
    if not 0 <= reach < float("inf"):
        raise ValueError(f"reach: is a number from 0 on, got {reach}")
    given = as_numbers(numbers)
    q1, q3 = (quantile(given, Fraction(k, 4), quantile_type)[..., None] for k in (1, 3))
    return (given < q1 - reach * (q3 - q1)) | (given > q3 + reach * (q3 - q1))


def quartile_ratio(numbers: ArrayLike, quantile_type: int = 7) -> Floats:
    """Third over first quartile, the spread of answers that differ by factors rather than by amounts.

    NaN below two answers and where one is 0 or below. Parameters as in `quantile`.

    Examples
    --------
    >>> float(quartile_ratio([10, 20, 40, 80, 160]))
    4.0
    """
    given, n = _in_order(numbers)
    is_usable = (n >= 2) & ~(given <= 0).any(axis=-1)
    q1, q3 = (quantile(given, Fraction(k, 4), quantile_type) for k in (1, 3))
    return divided(q3, np.where(is_usable, q1, 0.0))
