"""Shape of a histogram: one peak or several, in words and as a coefficient."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Floats, as_counts, as_values, divided
from delphi.statistics.labels import Labels, worded
from delphi.statistics.location import mean
from delphi.statistics.thresholds import as_share, exceeds


def sarle_bimodality(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Sarle's bimodality coefficient BC.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)
        Scale values in rising order, taken as numbers.

    Returns
    -------
    ndarray of float, shape (...)
        Between 0 and 1; 5/9 is that of a large uniform sample. NaN below four answers, or where all are equal.

    Notes
    -----
    Skewness and excess kurtosis are the bias-corrected ones. More than 5/9 suggests two peaks, or a skewed
    single one: look at the histogram. Source: Pfister et al. (2013), Good things peak in pairs, Frontiers in
    Psychology 4, 700.

    Examples
    --------
    >>> values = list(range(1, 12))
    >>> round(float(sarle_bimodality([3, 5, 5, 10, 17, 20, 17, 10, 5, 5, 3], values)), 2)
    0.34
    >>> round(float(sarle_bimodality([2, 26, 14, 6, 2, 0, 2, 6, 14, 26, 2], values)), 2)
    0.79
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    n = given.sum(axis=-1)
    is_enough = (n >= 4) & ((given > 0).sum(axis=-1) > 1)
    size = np.where(is_enough, n, 4).astype(np.float64)
    apart = scale - mean(given, scale)[..., None]
    second, third, fourth = (divided((given * apart**power).sum(axis=-1), n) for power in (2, 3, 4))
    spread = np.where(is_enough, second, np.nan)
    skewness = divided(third, spread**1.5) * np.sqrt(size * (size - 1)) / (size - 2)
    room = (size - 1) / ((size - 2) * (size - 3))
    kurtosis = room * ((size + 1) * (divided(fourth, spread**2) - 3) + 6)
    return (skewness**2 + 1) / (kurtosis + 3 * (size - 1) * room)


def consensus_shape(counts: ArrayLike, tolerance: float = 0.1, with_l: bool = False) -> Labels:
    """Shape of the histogram in Galtung's letters A, J, U, S, and F for flat.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category in scale order.
    tolerance : share of all answers by which two neighbouring categories may differ and still count as level
    with_l : whether a single peak at the first category is L instead of J

    Returns
    -------
    ndarray of str, shape (...)
        "A" a single peak between, "J" a single peak at either end, "U" a peak at each end, "S" several peaks,
        "F" no peak. None below two answers or three categories.

    Notes
    -----
    Steps along the scale go up, down or level; level ones do not count. The tolerance decides much: state it.
    Source: Galtung (1969), Theory and Methods of Social Research; F and L as in the R package agrmt.

    Examples
    --------
    >>> consensus_shape([[1, 2, 9, 2, 1], [0, 1, 2, 4, 9], [9, 2, 1, 2, 9], [5, 0, 5, 0, 5], [3, 3, 3, 3, 3]]).tolist()
    ['A', 'J', 'U', 'S', 'F']
    """
    given = as_counts(counts)
    level = as_share(tolerance, "tolerance")
    n = given.sum(axis=-1)
    rises = np.diff(given, axis=-1)
    steps = np.sign(rises) * exceeds(np.abs(rises), n[..., None], level)
    first, last, turns = (np.zeros(n.shape, dtype=np.int64) for _ in range(3))
    for step in np.moveaxis(steps, -1, 0):
        turns = turns + ((step != 0) & (last != 0) & (step != last))
        first = np.where(first == 0, step, first)
        last = np.where(step == 0, last, step)
    # Many level steps may add to a slope from one end to the other.
    slope = given[..., -1] - given[..., 0]
    is_sloping = exceeds(np.abs(slope), n, level)
    is_level = first == 0
    falls = np.where(is_level, slope < 0, first < 0)
    conditions = {
        "F": is_level & ~is_sloping,
        "L": (turns == 0) & falls & with_l,
        "J": turns == 0,
        "A": (turns == 1) & (first > 0),
        "U": (turns == 1) & (first < 0),
    }
    is_defined = (n >= 2) & (given.shape[-1] >= 3)
    return worded(conditions, "S", is_defined)
