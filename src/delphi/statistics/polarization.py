"""Polarization: how near a panel is to two camps."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Floats, as_counts, as_values, divided
from delphi.statistics.dispersion import squares

MOST_SENSITIVE = 1.6
"""Above it the measure of Esteban and Ray breaks one of its own axioms."""


def normalised_variance(counts: ArrayLike, values: ArrayLike) -> Floats:
    """Variance divided by the greatest one on the scale, polarity.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category in scale order; unused categories are zeros, not left out.
    values : array_like of float, shape (V,)
        Scale values in rising order; the greatest variance is that of half at each end of this scale.

    Returns
    -------
    ndarray of float, shape (...)
        From 0 (unanimous) to 1, which only half at each end reaches. NaN below two answers or two categories.

    Notes
    -----
    The variance has n in its denominator. Source: Popoviciu (1935) for the greatest variance on a scale; the
    quotient is used as polarity in policy Delphi studies.

    Examples
    --------
    >>> normalised_variance([[5, 0, 0, 0, 5], [0, 5, 0, 5, 0]], [1, 2, 3, 4, 5]).tolist()
    [1.0, 0.25]
    """
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    n = given.sum(axis=-1)
    found = divided(4 * squares(given, scale), n * (scale[-1] - scale[0]) ** 2)
    return np.where(n >= 2, found, np.nan)


def reynal_querol_polarization(counts: ArrayLike) -> Floats:
    """Polarization RQ between groups that have no order.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)

    Returns
    -------
    ndarray of float, shape (...)
        From 0 (one group) to 1 (two equal groups). NaN below two answers.

    Notes
    -----
    Four times the sum of p² (1 - p): blind to distance. Source: Reynal-Querol (2002), Journal of Conflict
    Resolution 46, 29-54; Montalvo and Reynal-Querol (2005), American Economic Review 95, 796-816.

    Examples
    --------
    >>> float(reynal_querol_polarization([5, 5, 0])), round(float(reynal_querol_polarization([3, 3, 3])), 3)
    (1.0, 0.889)
    """
    given = as_counts(counts)
    n = given.sum(axis=-1)
    share = divided(given, n[..., None])
    return np.where(n >= 2, 4 * (share**2 * (1 - share)).sum(axis=-1), np.nan)


def esteban_ray_polarization(
    counts: ArrayLike,
    values: ArrayLike,
    alpha: float = MOST_SENSITIVE,
    k: float = 1,
    normalised: bool = False,
) -> Floats:
    """Polarization ER between groups at a distance: identification within, alienation between.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    values : array_like of float, shape (V,)
    alpha : weight of the size of the own group, above 0 and at most 1.6; towards 0 it becomes Gini's measure
    k : factor of the whole
    normalised : whether it is divided by the value of half at each end, as needed to compare items; then `k` is
        without effect

    Returns
    -------
    ndarray of float, shape (...)
        0 (unanimous) or more; at most 1 when normalised. NaN below two answers or two categories.

    Notes
    -----
    Always told with alpha and k. The default of alpha is the end of its range, where the measure differs most
    from one of inequality. Source: Esteban and Ray (1994), On the measurement of polarization, Econometrica 62,
    819-851.

    Examples
    --------
    >>> float(esteban_ray_polarization([5, 0, 5], [1, 2, 3], alpha=1))
    0.5
    >>> float(esteban_ray_polarization([5, 0, 5], [1, 2, 3], alpha=1, normalised=True))
    1.0
    """
    if not 0 < alpha <= MOST_SENSITIVE:
        raise ValueError(f"alpha: is more than 0 and at most {MOST_SENSITIVE}, got {alpha}")
    if not 0 < k < np.inf:
        raise ValueError(f"k: is more than 0, got {k}")
    given = as_counts(counts)
    scale = as_values(values, given.shape[-1])
    n = given.sum(axis=-1)
    share = divided(given, n[..., None])
    apart = np.abs(scale[:, None] - scale[None, :])
    found = k * np.einsum("...i,ij,...j->...", share ** (1 + alpha), apart, share)
    if normalised:
        found = divided(found, k * 2 * 0.5 ** (2 + alpha) * apart.max())
    return np.where((n >= 2) & (len(scale) >= 2), found, np.nan)
