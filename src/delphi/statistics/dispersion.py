"""How far the answers spread: interquartile range and standard deviation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Floats, as_counts, as_values, divided
from delphi.statistics.location import mean, quantile


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
    spread = quantile(given, values, Fraction(3, 4), quantile_type) - quantile(
        given, values, Fraction(1, 4), quantile_type
    )
    return np.where(given.sum(axis=-1) >= 2, spread, np.nan)


def sd(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Standard deviation with n - 1; on an ordinal scale a convention. NaN below two answers.

    Examples
    --------
    >>> float(sd([1, 0, 1], [1, 2, 3])) == 2 ** 0.5
    True
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    n = given.sum(axis=-1)
    centre = mean(given, scale)
    squares = (given * (scale - np.nan_to_num(centre)[..., None]) ** 2).sum(axis=-1)
    return np.sqrt(np.where(n >= 2, divided(squares, n - 1), np.nan))
