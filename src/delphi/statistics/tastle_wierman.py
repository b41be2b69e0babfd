"""Consensus of Tastle and Wierman: how near the answers lie to their mean, or to a target, on the whole scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_counts, as_values, divided
from delphi.statistics.location import mean


def tastle_wierman_consensus(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Consensus Cns around the mean.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category in scale order; unused categories are zeros, not left out.
    values : array_like of float, shape (V,)
        Scale values in rising order; distances are measured against the length of the scale.

    Returns
    -------
    ndarray of float, shape (...)
        From 0 (half at each end) to 1 (unanimous). NaN below two answers or two categories.

    Notes
    -----
    A uniform histogram lies well above 0: it does not read like van der Eijk's A. Takes the scale values as
    numbers. Source: Tastle and Wierman (2007), Consensus and dissention, International Journal of Approximate
    Reasoning 45, 531-545.

    Examples
    --------
    >>> round(float(tastle_wierman_consensus([30, 40, 210, 130, 530, 50, 10], [1, 2, 3, 4, 5, 6, 7])), 7)
    0.7256876
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    return _nearness(given, np.abs(scale - mean(given, scale)[..., None]), scale[-1] - scale[0])


def tastle_wierman_dissention(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Dissention Dnt: 1 - Cns.

    Parameters as in `tastle_wierman_consensus`. From 0 (unanimous) to 1 (half at each end).

    Notes
    -----
    Source: Tastle and Wierman (2007).

    Examples
    --------
    >>> float(tastle_wierman_dissention([5, 0, 0, 0, 5], [1, 2, 3, 4, 5]))
    1.0
    """
    return 1 - tastle_wierman_consensus(counts, values)


def tastle_wierman_agreement(counts: ArrayLike, values: ArrayLike, target: float) -> Floats:
    """Agreement with a target on the scale; strength of consensus where the target is an end.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)
    target : scale value from which the answers are measured

    Returns
    -------
    ndarray of float, shape (...)
        From 0 (all at the end far from a target at the other end) to 1 (all at the target). NaN below two
        answers or two categories.

    Notes
    -----
    Always told with its target. Source: Tastle and Wierman (2007).

    Examples
    --------
    >>> values = [1, 2, 3, 4, 5]
    >>> [round(float(tastle_wierman_agreement([0, 0, 4, 0, 0], values, target)), 3) for target in (1, 3, 5)]
    [0.585, 1.0, 0.585]
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    if not scale[0] <= target <= scale[-1]:
        raise ValueError(f"target: lies on the scale, from {scale[0]:g} to {scale[-1]:g}, got {target}")
    return _nearness(given, np.abs(scale - target), 2 * (scale[-1] - scale[0]))


def _nearness(given: Counts, apart: Floats, length: float) -> Floats:
    """1 + the mean over the answers of log2(1 - distance / length)."""
    n = given.sum(axis=-1)
    # A category that nobody chose may lie the whole length away; it adds nothing.
    near = np.where(given > 0, 1 - divided(apart, length), 1.0)
    found = 1 + divided((given * np.log2(near)).sum(axis=-1), n)
    return np.where((n >= 2) & (length > 0), np.clip(found, 0, 1), np.nan)
