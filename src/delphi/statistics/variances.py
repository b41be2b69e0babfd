"""Whether the variance of the answers has changed: F ratio of two panels, Pitman-Morgan on one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_counts, as_values, divided, paired
from delphi.statistics.dispersion import sd

NEARLY = 1e-12
"""So small a share of the variance, or of the scale, is rounding."""


@dataclass(frozen=True)
class FRatio:
    """Ratio of two variances, degrees of freedom above and below, two-sided p."""

    statistic: Floats
    df_first: Floats
    df_second: Floats
    p: Floats


def f_test_variances(first: ArrayLike, second: ArrayLike, values: ArrayLike) -> FRatio:
    """F test on the variances of two histograms, earlier over later.

    Parameters
    ----------
    first, second : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)

    Returns
    -------
    FRatio
        Arrays of shape (...). NaN below two answers in either, and where all answers of either are equal.

    Raises
    ------
    ValueError
        If the two differ in their number of categories.

    Notes
    -----
    It takes the two for independent samples of normal answers; for the same panel use `pitman_morgan`. The two-sided p
    is twice the smaller tail. Source: Fisher (1924); Snedecor and Cochran (1989).

    Examples
    --------
    >>> test = f_test_variances([2, 1, 2], [1, 3, 1], [1, 2, 3])
    >>> round(float(test.statistic), 4), round(float(test.p), 4)
    (2.0, 0.5185)
    """
    from scipy.special import fdtr, fdtrc

    one, two = as_counts(first, "first"), as_counts(second, "second")
    if one.shape[-1] != two.shape[-1]:
        raise ValueError(f"second: needs {one.shape[-1]} categories like first, got {two.shape[-1]}")
    spreads = [np.where((given > 0).sum(axis=-1) >= 2, sd(given, values), np.nan) for given in (one, two)]
    statistic = divided(spreads[0] ** 2, spreads[1] ** 2)
    is_defined = np.isfinite(statistic)
    above, below = (np.where(is_defined, given.sum(axis=-1) - 1.0, np.nan) for given in (one, two))
    p = 2 * np.minimum(fdtr(above, below, statistic), fdtrc(above, below, statistic))
    return FRatio(statistic, above, below, np.minimum(p, 1.0))


@dataclass(frozen=True)
class PitmanMorgan:
    """Student's t, its degrees of freedom, two-sided p, and the correlation of difference and sum behind it."""

    statistic: Floats
    df: Floats
    p: Floats
    correlation: Floats


def pitman_morgan(transitions: ArrayLike, values: ArrayLike) -> PitmanMorgan:
    """Pitman-Morgan test: whether the variance of the same persons' answers has changed.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    values : array_like of float, shape (V,)

    Returns
    -------
    PitmanMorgan
        Arrays of shape (...). Positive where the earlier answers spread more. NaN below three pairs, where the answers
        of either wave, their differences or their sums are all equal, and where the later answers are a linear function of the earlier ones: t would be infinite.

    Notes
    -----
    t = r√(n-2)/√(1-r²), r the correlation of earlier minus later with earlier plus later. For normal answers. Source:
    Pitman (1939), Biometrika 31, 9-12; Morgan (1939), the same, 13-19.

    Examples
    --------
    >>> moves = [[1, 1, 0, 0], [0, 2, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    >>> test = pitman_morgan(moves, [1, 2, 3])
    >>> round(float(test.statistic), 4), float(test.df)
    (1.0, 4.0)
    """
    from scipy.special import stdtr

    both = paired(transitions)
    scale = as_values(values, both.shape[-1])
    n = both.sum(axis=(-1, -2))
    difference, total = _centred(both, scale[:, None] - scale), _centred(both, scale[:, None] + scale)
    one, two = (_summed(both, part * part) for part in (difference, total))
    r = divided(_summed(both, difference * total), np.sqrt(one * two))
    r = np.where((n >= 3) & has_two_spreads(both, scale) & (1 - r**2 > NEARLY), r, np.nan)
    statistic = r * np.sqrt(divided(np.maximum(n - 2, 0), 1 - r**2))
    df = np.where(np.isfinite(r), n - 2.0, np.nan)
    return PitmanMorgan(statistic, df, 2 * stdtr(df, -np.abs(statistic)), r)


def has_two_spreads(both: Counts, scale: Floats) -> NDArray[np.bool_]:
    """Whether answers of either wave, their differences and their sums differ between persons, shape (...)."""
    before, after = both.sum(axis=-1) > 0, both.sum(axis=-2) > 0
    reach = scale[-1] - scale[0]
    differ = [
        _width(both > 0, part) > NEARLY * reach for part in (scale[:, None] - scale, scale[:, None] + scale)
    ]
    return (before.sum(axis=-1) >= 2) & (after.sum(axis=-1) >= 2) & differ[0] & differ[1]


def _width(is_used: NDArray[np.bool_], part: Floats) -> Floats:
    """Largest less smallest of the values of the cells in use."""
    most = np.where(is_used, part, part.min()).max(axis=(-1, -2))
    return most - np.where(is_used, part, part.max()).min(axis=(-1, -2))


def _centred(both: Counts, part: Floats) -> Floats:
    """Values of the cells less their mean over the persons, shape (..., V, V)."""
    mean = np.nan_to_num(divided(_summed(both, part), both.sum(axis=(-1, -2))))
    return part - mean[..., None, None]


def _summed(both: Counts, part: Floats) -> Floats:
    """Sum over the persons of the value of their cell."""
    summed: Floats = (both * part).sum(axis=(-1, -2))
    return summed
