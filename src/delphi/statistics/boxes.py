"""Shares of answers in a box: a declared set of categories, the most chosen one, or those around the median."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_counts, divided

Chosen = NDArray[np.bool_]


def as_box(box: ArrayLike, categories: int, name: str) -> Chosen:
    """Which categories lie in a box, checked.

    Raises
    ------
    ValueError
        If there is not one true or false (1 or 0) per category.
    """
    given = np.asarray(box)
    if given.shape != (categories,):
        raise ValueError(f"{name}: needs {categories} values, one per category, got shape {given.shape}")
    if given.dtype.kind not in "biuf" or not np.isin(given, (0, 1)).all():
        raise ValueError(f"{name}: is true or false for each category")
    return given.astype(bool)


def as_opposites(top: ArrayLike, bottom: ArrayLike, categories: int) -> tuple[Chosen, Chosen]:
    """Two boxes without a common category.

    Raises
    ------
    ValueError
        If one is no box, or both have a category in common.
    """
    upper, lower = as_box(top, categories, "top"), as_box(bottom, categories, "bottom")
    if (upper & lower).any():
        raise ValueError("bottom: has a category that is also in top")
    return upper, lower


def in_box(counts: Counts, box: Chosen) -> Counts:
    """How many answers lie in the box, shape (...)."""
    return counts[..., box].sum(axis=-1)


def percent_agreement(counts: ArrayLike, within: ArrayLike) -> Floats:
    """Share of the answers in a declared set of categories.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category.
    within : array_like of bool, shape (V,)
        Which categories are in the set.

    Returns
    -------
    ndarray of float, shape (...)
        Fraction in [0, 1]; NaN without an answer.

    Notes
    -----
    Missing: non-answers are in no category and in neither numerator nor denominator. Source: Diamond et al.
    (2014); thresholds in use go from 51 % (Loughlin and Moore 1979) to 80 % (Green et al. 1999).

    Examples
    --------
    >>> float(percent_agreement([1, 1, 2, 6], [False, False, True, True]))
    0.8
    """
    return _share(counts, within, "within")


def top_box(counts: ArrayLike, top: ArrayLike) -> Floats:
    """Share of the answers in the highest categories, such as the top two.

    Parameters as in `percent_agreement`, `top` for `within`; NaN without an answer.

    Notes
    -----
    Source: Diamond et al. (2014).

    Examples
    --------
    >>> float(top_box([1, 1, 2, 6], [False, False, True, True]))
    0.8
    """
    return _share(counts, top, "top")


def bottom_box(counts: ArrayLike, bottom: ArrayLike) -> Floats:
    """Share of the answers in the lowest categories.

    Parameters as in `percent_agreement`, `bottom` for `within`; NaN without an answer.

    Notes
    -----
    Source: Diamond et al. (2014).

    Examples
    --------
    >>> float(bottom_box([1, 1, 2, 6], [True, True, False, False]))
    0.2
    """
    return _share(counts, bottom, "bottom")


def middle_box(counts: ArrayLike, middle: ArrayLike) -> Floats:
    """Share of the answers in the categories between.

    The middle of a scale is an answer; "don't know" is none. Parameters as in `percent_agreement`, `middle`
    for `within`; NaN without an answer.

    Notes
    -----
    Source: Diamond et al. (2014).

    Examples
    --------
    >>> float(middle_box([1, 2, 1], [False, True, False]))
    0.5
    """
    return _share(counts, middle, "middle")


def net_agreement(counts: ArrayLike, top: ArrayLike, bottom: ArrayLike) -> Floats:
    """Share of the answers in the top box less that in the bottom box.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    top, bottom : array_like of bool, shape (V,)
        Categories on either side; they have none in common.

    Returns
    -------
    ndarray of float, shape (...)
        From -1 (all at the bottom) to 1 (all at the top); NaN without an answer.

    Notes
    -----
    No measure of polarization: half at each end and everybody in the middle both give 0. Source: Diamond et
    al. (2014) for the boxes.

    Examples
    --------
    >>> float(net_agreement([2, 3, 5], [False, False, True], [True, False, False]))
    0.3
    """
    given = as_counts(counts)
    upper, lower = as_opposites(top, bottom, given.shape[-1])
    return divided(in_box(given, upper) - in_box(given, lower), given.sum(axis=-1))


def mode_share(counts: ArrayLike) -> Floats:
    """Share of the answers in the most chosen category.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)

    Returns
    -------
    ndarray of float, shape (...)
        From 1/V to 1; NaN without an answer.

    Notes
    -----
    Source: von der Gracht (2012).

    Examples
    --------
    >>> float(mode_share([1, 3, 6]))
    0.6
    """
    given = as_counts(counts)
    return divided(given.max(axis=-1), given.sum(axis=-1))


def within_one_of_median(counts: ArrayLike, distance: int = 1) -> Floats:
    """Share of the answers at most one category from the median category.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category in scale order.
    distance : how many categories from the median still count

    Returns
    -------
    ndarray of float, shape (...)
        Fraction in [0, 1]; NaN without an answer.

    Notes
    -----
    Distances are counted in categories, not in scale values. A median between two categories has half a
    category to each. Source: Ulschak (1983), who asks for 80 %.

    Examples
    --------
    >>> float(within_one_of_median([1, 2, 5, 1, 1]))
    0.8
    """
    if distance < 0 or distance != int(distance):
        raise ValueError(f"distance: is 0, 1, 2, ... categories, got {distance}")
    given = as_counts(counts)
    n = given.sum(axis=-1)
    cumulated = np.cumsum(given, axis=-1)
    first = (cumulated < ((n + 1) // 2)[..., None]).sum(axis=-1)
    second = (cumulated < (n // 2 + 1)[..., None]).sum(axis=-1)
    # Twice the places, so that a median between two categories is a whole number too.
    apart = np.abs(2 * np.arange(given.shape[-1]) - (first + second)[..., None])
    return divided(np.where(apart <= 2 * distance, given, 0).sum(axis=-1), n)


def _share(counts: ArrayLike, box: ArrayLike, name: str) -> Floats:
    given = as_counts(counts)
    return divided(in_box(given, as_box(box, given.shape[-1], name)), given.sum(axis=-1))
