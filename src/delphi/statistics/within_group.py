"""Agreement within a group on one scale: its variance against what answers without agreement would have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_counts, as_values, divided
from delphi.statistics.location import mean

NULLS = ("uniform", "slightly_skewed")
SLIGHTLY_SKEWED = {5: 1.34, 6: 1.85, 7: 2.90, 8: 3.47, 9: 5.66, 10: 6.30, 11: 7.31}
"""Points of the scale, one apart → variance of the slightly skewed null (LeBreton and Senter 2008, table 2)."""


@dataclass(frozen=True)
class WithinGroup:
    """An index of agreement within the group: in [0, 1] under the null that was asked for, and before it was cut to
    that range; and in [0, 1] under either null, NaN where the null is not published for the scale."""

    value: Floats
    raw: Floats
    uniform: Floats
    slightly_skewed: Floats


def rwg(counts: ArrayLike, values: ArrayLike | None = None, null: str = "uniform") -> WithinGroup:
    """Within-group agreement on one item: 1 less the variance over that of answers without agreement.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category in scale order.
    values : array_like of float, shape (V,)
        Scale values; without them the categories are one apart.
    null : "uniform" or "slightly_skewed"
        Distribution of answers without agreement: all categories alike, with variance (V² - 1) / 12 on points
        one apart; or leaning to one end, published for 5 to 11 points.

    Returns
    -------
    WithinGroup
        Arrays of shape (...). `value` in [0, 1], 0 where the answers vary more than the null; `raw` may be
        negative. NaN below two answers or two categories, or on a scale without the null.

    Raises
    ------
    ValueError
        If the null is unknown or the values do not fit the scale.

    Notes
    -----
    Missing: non-answers are not counted. The variance has n - 1. Source: James, Demaree and Wolf (1984),
    Estimating within-group interrater reliability with and without response bias, Journal of Applied
    Psychology 69, 85-98; nulls: LeBreton and Senter (2008), Organizational Research Methods 11, 815-852.

    Examples
    --------
    >>> round(float(rwg([0, 0, 2, 6, 2]).value), 4)
    0.7778
    """
    given = as_counts(counts)
    return _against_nulls(_variance(given, values), given.shape[-1], values, null)


def rwg_j(counts: ArrayLike, values: ArrayLike | None = None, null: str = "uniform") -> WithinGroup:
    """Within-group agreement on a scale of several items, raised by their number as reliability is.

    Parameters
    ----------
    counts : array_like of int, shape (..., U, V)
        Per item the answers per category in scale order.
    values, null : as in `rwg`

    Returns
    -------
    WithinGroup
        As `rwg`, of shape (...). `value` is 0 where the mean variance of the items exceeds that of the null,
        where `raw` is negative or senselessly above 1. NaN below two items with two answers.

    Notes
    -----
    J (1 - x) / (J (1 - x) + x), x the mean of the items' variances over that of the null. Missing: items with
    fewer than two answers are left out. Source as in `rwg`.

    Examples
    --------
    >>> round(float(rwg_j([[0, 0, 2, 6, 2], [0, 0, 2, 6, 2]]).value), 4)
    0.875
    """
    variance, items, points = _mean_variance(counts, values)
    return _against_nulls(variance, points, values, null, items)


def rwg_lindell(counts: ArrayLike, values: ArrayLike | None = None, null: str = "uniform") -> WithinGroup:
    """Within-group agreement on a scale of several items, not raised by their number: r*wg(j).

    Parameters
    ----------
    counts : array_like of int, shape (..., U, V)
        Per item the answers per category in scale order.
    values, null : as in `rwg`

    Returns
    -------
    WithinGroup
        As `rwg`, of shape (...). NaN below two items with two answers.

    Notes
    -----
    1 less the mean of the items' variances over that of the null. Missing as in `rwg_j`. Source: Lindell,
    Brandt and Whitney (1999), A revised index of interrater agreement for multi-item ratings of a single
    target, Applied Psychological Measurement 23, 127-135.

    Examples
    --------
    >>> round(float(rwg_lindell([[0, 0, 2, 6, 2], [0, 0, 0, 10, 0]]).value), 4)
    0.8889
    """
    variance, _, points = _mean_variance(counts, values)
    return _against_nulls(variance, points, values, null)


def awg(counts: ArrayLike, values: ArrayLike | None = None) -> Floats:
    """Within-group agreement against the largest variance that answers with this mean can have.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category in scale order.
    values : array_like of float, shape (V,)
        Scale values; without them the categories are one apart.

    Returns
    -------
    ndarray of float, shape (...)
        From -1 (as far apart as the mean allows) to 1. NaN below two answers or two categories, and where the
        mean lies so near an end of the scale that n answers cannot disagree to the full.

    Notes
    -----
    1 - 2 s² / (((H + L) M - M² - H L) n / (n - 1)) with L, H the ends of the scale and M the mean, defined for
    M from (L (n - 1) + H) / n to (H (n - 1) + L) / n. Missing: non-answers are not counted. Source: Brown and
    Hauenstein (2005), Interrater agreement reconsidered: an alternative to the rwg indices, Organizational
    Research Methods 8, 165-184.

    Examples
    --------
    >>> float(awg([5, 0, 0, 0, 5])), round(float(awg([0, 0, 2, 6, 2])), 4)
    (-1.0, 0.7333)
    """
    given = as_counts(counts)
    scale = _scale(given.shape[-1], values)
    n = given.sum(axis=-1)
    low, high = scale[0], scale[-1]
    total, slack = given @ scale, 1e-9 * (high - low)
    inside = (total >= low * (n - 1) + high - slack) & (total <= high * (n - 1) + low + slack)
    centre = mean(given, scale)
    largest = divided((high - centre) * (centre - low) * n, n - 1)
    index = 1 - divided(2 * _variance(given, values), largest)
    return np.where((n >= 2) & inside & (high > low), index, np.nan)


def has_null(points: int, values: ArrayLike | None, null: str) -> bool:
    """Whether a null is known for a scale."""
    return not np.isnan(_null_variance(points, values, null))


def _scale(points: int, values: ArrayLike | None) -> Floats:
    return as_values(np.arange(1, points + 1) if values is None else values, points)


def _variance(counts: Counts, values: ArrayLike | None) -> Floats:
    """Variance with n - 1, exactly 0 for equal answers; NaN below two."""
    scale = _scale(counts.shape[-1], values)
    n = counts.sum(axis=-1)
    apart = scale - np.nan_to_num(mean(counts, scale))[..., None]
    return np.where(n >= 2, divided((counts * apart**2).sum(axis=-1), n - 1), np.nan)


def _mean_variance(counts: ArrayLike, values: ArrayLike | None) -> tuple[Floats, Counts, int]:
    """Mean over the items with two answers of their variances, NaN below two such items; their number; points."""
    given = as_counts(counts)
    if given.ndim < 2:
        raise ValueError(f"counts: needs items and categories as last dimensions, got shape {given.shape}")
    variance = _variance(given, values)
    items = (~np.isnan(variance)).sum(axis=-1)
    found = divided(np.nan_to_num(variance).sum(axis=-1), items)
    return np.where(items >= 2, found, np.nan), items, given.shape[-1]


def _null_variance(points: int, values: ArrayLike | None, null: str) -> float:
    """Variance of answers without agreement; NaN where it is not defined or not published for the scale."""
    if null not in NULLS:
        raise ValueError(f"null: is {' or '.join(NULLS)}, got {null!r}")
    scale = _scale(points, values)
    if points < 2:
        return float("nan")
    if null == "uniform":
        return float(scale.var())
    steps = np.diff(scale)
    is_even = np.allclose(steps, steps[0], rtol=1e-9, atol=0)
    return SLIGHTLY_SKEWED.get(points, float("nan")) * float(steps[0]) ** 2 if is_even else float("nan")


def _against_nulls(
    variance: Floats, points: int, values: ArrayLike | None, null: str, items: Counts | None = None
) -> WithinGroup:
    _null_variance(points, values, null)  # refuses an unknown null before anything is computed
    raw, cut = {}, {}
    for name in NULLS:
        part = variance / _null_variance(points, values, name)
        agreement = 1 - part
        raw[name] = agreement if items is None else divided(items * agreement, items * agreement + part)
        cut[name] = np.where(part > 1, 0.0, raw[name])
    return WithinGroup(cut[null], raw[null], cut["uniform"], cut["slightly_skewed"])
