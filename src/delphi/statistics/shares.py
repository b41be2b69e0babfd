"""Shares of answers in a set of categories, with their interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Floats, as_counts, divided

Z_95 = 1.959963984540054


def share(counts: ArrayLike, within: ArrayLike) -> Floats:
    """Share of the answers that lie in a set of categories.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    within : array_like of bool, shape (V,)
        Which categories are in the set.

    Returns
    -------
    ndarray of float, shape (...)
        Fraction in [0, 1]; NaN without an answer.

    Notes
    -----
    Missing: non-answers are in no category and in neither numerator nor denominator. Source: Diamond et al.
    (2014).

    Examples
    --------
    >>> float(share([1, 1, 2, 6], [False, False, True, True]))
    0.8
    """
    given = as_counts(counts)
    chosen = np.asarray(within, dtype=bool)
    if chosen.shape != given.shape[-1:]:
        raise ValueError(
            f"within: needs {given.shape[-1]} values, one per category, got shape {chosen.shape}"
        )
    return divided(given[..., chosen].sum(axis=-1), given.sum(axis=-1))


def wilson_interval(successes: ArrayLike, n: ArrayLike, z: float = Z_95) -> tuple[Floats, Floats]:
    """Score interval of a share.

    Parameters
    ----------
    successes, n : array_like of int, shape (...)
    z : quantile of the normal distribution; 95 % by default

    Returns
    -------
    low, high : ndarray of float, shape (...)
        Within [0, 1]; exactly 0 at no success and exactly 1 at n successes; NaN where n is 0.

    Notes
    -----
    Source: Wilson (1927); Brown, Cai and DasGupta (2001).

    Examples
    --------
    >>> low, high = wilson_interval(42, 60)
    >>> round(float(low), 4), round(float(high), 4)
    (0.5749, 0.801)
    """
    x, size = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64))
    if np.any(x < 0) or np.any(x > size):
        raise ValueError("successes: have to lie between 0 and n")
    p = divided(x, size)
    inverse = divided(np.ones_like(size), size)
    centre = (p + z * z * inverse / 2) / (1 + z * z * inverse)
    half = z / (1 + z * z * inverse) * np.sqrt(p * (1 - p) * inverse + z * z * inverse * inverse / 4)
    low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    low = np.where((x == 0) & (size > 0), 0.0, low)
    high = np.where((x == size) & (size > 0), 1.0, high)
    return low, high
