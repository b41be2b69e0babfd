"""Dispersion on an ordered scale from the cumulated histogram: Leik, Blair and Lacy, Berry and Mielke, Kvalseth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_counts, divided


def leik_dispersion(counts: ArrayLike) -> Floats:
    """Leik's ordinal dispersion D; Leik's consensus is 1 - D.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category in scale order; unused categories are zeros, not left out.

    Returns
    -------
    ndarray of float, shape (...)
        From 0 (unanimous) to 1 (half at each end). NaN below two answers or two categories.

    Notes
    -----
    Twice the sum of the smaller of F and 1 - F over the categories but the last, divided by their number; F is
    the cumulated share. A uniform histogram tends to 1/2 as the scale grows. Source: Leik (1966), A measure of
    ordinal consensus, Pacific Sociological Review 9, 85-90.

    Examples
    --------
    >>> round(float(leik_dispersion([30, 40, 210, 130, 530, 50, 10])), 3)
    0.287
    """
    below, n = _cumulated(counts)
    smaller = np.minimum(below, n[..., None] - below).sum(axis=-1)
    return _where_comparable(divided(2 * smaller, n * below.shape[-1]), n, below)


def blair_lacy_d2(counts: ArrayLike) -> Floats:
    """Squared distance d² of the cumulated shares from one half, not normalised.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category in scale order.

    Returns
    -------
    ndarray of float, shape (...)
        From 0 (half at each end) to (V - 1) / 4 (unanimous). NaN below two answers or two categories.

    Notes
    -----
    Source: Blair and Lacy (2000), Statistics of ordinal variation, Sociological Methods and Research 28,
    251-280.

    Examples
    --------
    >>> float(blair_lacy_d2([0, 4, 0]))
    0.5
    """
    below, n = _cumulated(counts)
    share = divided(below, n[..., None])
    return _where_comparable(((share - 0.5) ** 2).sum(axis=-1), n, below)


def blair_lacy_l2(counts: ArrayLike) -> Floats:
    """Blair and Lacy's l²: d² divided by its greatest value.

    Parameters as in `blair_lacy_d2`. From 0 (half at each end) to 1 (unanimous).

    Notes
    -----
    For an even number of answers 1 - `berry_mielke_iov`. Source: Blair and Lacy (2000).

    Examples
    --------
    >>> float(blair_lacy_l2([5, 0, 0, 0, 5])), float(blair_lacy_l2([0, 0, 5, 5, 0]))
    (0.0, 0.75)
    """
    found = blair_lacy_d2(counts)
    return divided(4 * found, np.shape(counts)[-1] - 1)


def blair_lacy_l(counts: ArrayLike) -> Floats:
    """Blair and Lacy's l: the root of l², in the unit of a distance.

    Parameters as in `blair_lacy_d2`. From 0 (half at each end) to 1 (unanimous).

    Notes
    -----
    Source: Blair and Lacy (2000).

    Examples
    --------
    >>> float(blair_lacy_l([0, 5, 0]))
    1.0
    """
    return np.sqrt(blair_lacy_l2(counts))


def berry_mielke_iov(counts: ArrayLike) -> Floats:
    """Berry and Mielke's index of ordinal variation IOV.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category in scale order.

    Returns
    -------
    ndarray of float, shape (...)
        From 0 (unanimous) to 1 (half at each end, as nearly as an odd number allows). NaN below two answers or
        two categories.

    Notes
    -----
    The distances in categories of all pairs of persons, divided by the greatest sum that so many persons can
    reach. That is why doubling an odd panel changes it a little. Source: Berry and Mielke (1992), Assessment of
    variation in ordinal data, Perceptual and Motor Skills 74, 63-66.

    Examples
    --------
    >>> float(berry_mielke_iov([2, 0, 3])), float(berry_mielke_iov([0, 2, 2]))
    (1.0, 0.5)
    """
    below, n = _cumulated(counts)
    # Each pair is as many categories apart as there are boundaries between its two persons.
    apart = (below.astype(np.float64) * (n[..., None] - below)).sum(axis=-1)
    most = (n.astype(np.float64) ** 2 - n % 2) * below.shape[-1] / 4
    return _where_comparable(divided(apart, most), n, below)


def kvalseth_cov(counts: ArrayLike) -> Floats:
    """Kvalseth's coefficient of ordinal variation COV: 1 - root of (1 - IOV).

    Parameters as in `berry_mielke_iov`. From 0 (unanimous) to 1 (half at each end).

    Notes
    -----
    Source: Kvalseth (1995), Coefficients of variation for nominal and ordinal categorical data, Perceptual and
    Motor Skills 80, 843-847.

    Examples
    --------
    >>> float(kvalseth_cov([1, 1])), float(kvalseth_cov([0, 9]))
    (1.0, 0.0)
    """
    return 1 - np.sqrt(np.clip(1 - berry_mielke_iov(counts), 0, None))


def _cumulated(counts: ArrayLike) -> tuple[Counts, Counts]:
    """Answers up to each category but the last, shape (..., V-1), and all answers."""
    cumulated = np.cumsum(as_counts(counts), axis=-1)
    return cumulated[..., :-1], cumulated[..., -1]


def _where_comparable(found: Floats, n: Counts, below: Counts) -> Floats:
    """NaN below two answers, or where the scale has one category only."""
    return np.where((n >= 2) & (below.shape[-1] > 0), found, np.nan)
