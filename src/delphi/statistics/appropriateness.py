"""Appropriateness by the RAND/UCLA method, from ratings on a scale of 1 to 9."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_counts, as_values
from delphi.statistics.location import median, quantile

POINTS = 9
UNIT = 240
"""The 30th and 70th percentile of whole ratings are whole multiples of 1/240 under each quantile type."""
SPREAD_WHEN_SYMMETRIC, SPREAD_PER_ASYMMETRY = Fraction("2.35"), Fraction("1.5")
IN_WHOLE_NUMBERS = 9600
"""IPR and IPRAS times this are whole numbers, so that the two are compared without rounding."""


class RandUcla(NamedTuple):
    """Spread of the ratings, the spread at which a panel disagrees, and their quotient; each of shape (...)."""

    p30: Floats
    p70: Floats
    ipr: Floats
    ipr_central_point: Floats
    asymmetry_index: Floats
    ipras: Floats
    disagreement_index: Floats
    has_disagreement: Floats


class ClassicThresholds(NamedTuple):
    """What the panel's size makes of the ratings, and the number of panelists it takes."""

    agreement: NDArray[np.object_]
    k: Floats


class Classification(NamedTuple):
    """The class of an indication, its median, and whether the panel disagrees (1, 0)."""

    classification: NDArray[np.object_]
    median: Floats
    has_disagreement: Floats


def is_one_to_nine(categories: int, values: ArrayLike | None) -> bool:
    """Whether a scale is that of the method: nine points with the values 1 to 9."""
    if values is None:
        return categories == POINTS
    scale = as_values(values, categories)
    return categories == POINTS and bool((scale == np.arange(1, POINTS + 1)).all())


def rand_ucla(counts: ArrayLike, values: ArrayLike | None = None, quantile_type: int = 7) -> RandUcla:
    """Interpercentile range, the range adjusted for symmetry, and the disagreement index.

    IPR = P70 - P30; AI = |5 - (P30 + P70) / 2|; IPRAS = 2.35 + 1.5 AI; DI = IPR / IPRAS. A panel disagrees when IPR
    exceeds IPRAS, compared in whole numbers.

    Parameters
    ----------
    counts : array_like of int, shape (..., 9)
        Answers per category of a scale of 1 to 9.
    values : array_like of float, shape (9,), optional
        The values of the scale; others than 1 to 9 are not supported.
    quantile_type : 1 to 9, the types of Hyndman and Fan (1996)

    Returns
    -------
    RandUcla
        `p30`, `p70`, `ipr`, `ipr_central_point`, `asymmetry_index` and `ipras` in points of the scale,
        `disagreement_index` from 0 on, `has_disagreement` 1 or 0; each of shape (...). NaN below two answers and on
        every other scale, to which 2.35, 1.5 and 5 do not belong.

    Raises
    ------
    ValueError
        If the quantile type is unknown, or the values do not fit the categories.

    Notes
    -----
    Missing: non-answers are not counted. The original's quantile type could not be settled; type 2 is that of SAS, type
    7 that of R and NumPy, and on nine panelists they differ. Source: Fitch et al. (2001), The RAND/UCLA Appropriateness
    Method User's Manual, RAND MR-1269.

    Examples
    --------
    >>> found = rand_ucla([0, 0, 0, 1, 1, 1, 5, 5, 2])  # Basger, Chen and Moles (2012), 15 panelists
    >>> float(found.ipr), float(found.ipras), round(float(found.disagreement_index), 3)
    (1.0, 6.1, 0.164)
    """
    given = as_counts(counts)
    if not is_one_to_nine(given.shape[-1], values):
        nothing = np.full(given.shape[:-1], np.nan)
        return RandUcla(*[nothing.copy() for _ in RandUcla._fields])
    scale = np.arange(1, POINTS + 1)
    p30, p70 = (quantile(given, scale, Fraction(tenths, 10), quantile_type) for tenths in (3, 7))
    is_defined = given.sum(axis=-1) >= 2
    low, high = (
        np.rint(np.where(is_defined, percentile, 0) * UNIT).astype(np.int64) for percentile in (p30, p70)
    )
    apart = np.abs(2 * 5 * UNIT - low - high)
    spread = (high - low) * (IN_WHOLE_NUMBERS // UNIT)
    allowed = int(SPREAD_WHEN_SYMMETRIC * IN_WHOLE_NUMBERS) + apart * int(
        SPREAD_PER_ASYMMETRY * IN_WHOLE_NUMBERS / (2 * UNIT)
    )

    def where_defined(numbers: Any) -> Floats:
        return np.where(is_defined, numbers, np.nan)

    return RandUcla(
        where_defined(p30),
        where_defined(p70),
        where_defined((high - low) / UNIT),
        where_defined((low + high) / (2 * UNIT)),
        where_defined(apart / (2 * UNIT)),
        where_defined(allowed / IN_WHOLE_NUMBERS),
        where_defined(spread / allowed),
        where_defined(spread > allowed),
    )


def rand_ucla_classic_thresholds(counts: ArrayLike, values: ArrayLike | None = None) -> ClassicThresholds:
    """Agreement or disagreement by the number of panelists who rate in each third of the scale.

    With k = floor((n + 1) / 3): disagreement when at least k rate 1 to 3 and at least k rate 7 to 9; agreement when at
    most k - 1 rate outside the third that holds the median; neither otherwise.

    Parameters
    ----------
    counts : array_like of int, shape (..., 9)
    values : array_like of float, shape (9,), optional
        The values of the scale; others than 1 to 9 are not supported.

    Returns
    -------
    ClassicThresholds
        `agreement`: "agreement", "disagreement" or "neither", None below two answers and on every other scale; `k`, NaN
        there.

    Notes
    -----
    A median of 3.5 or 6.5 lies in the higher third. Published for 8 to 16 panelists: 3 for 8 to 10, 4 for 11 to 13, 5
    for 14 to 16; outside that the same formula holds by extension. Source: Fitch et al. (2001).

    Examples
    --------
    >>> found = rand_ucla_classic_thresholds([0, 2, 1, 0, 1, 0, 2, 2, 1])
    >>> found.agreement.item(), float(found.k)
    ('disagreement', 3.0)
    """
    given = as_counts(counts)
    n = given.sum(axis=-1)
    label = np.full(n.shape, None, dtype=object)
    if not is_one_to_nine(given.shape[-1], values):
        return ClassicThresholds(label, np.full(n.shape, np.nan))
    is_defined = n >= 2
    thirds: Counts = given.reshape(*n.shape, 3, 3).sum(axis=-1)
    k = (n + 1) // 3
    inside = np.take_along_axis(thirds, _third_of(_doubled_median(given))[..., None], axis=-1)[..., 0]
    label[is_defined] = "neither"
    label[is_defined & (n - inside <= k - 1)] = "agreement"
    label[is_defined & (thirds[..., 0] >= k) & (thirds[..., 2] >= k)] = "disagreement"
    return ClassicThresholds(label, np.where(is_defined, k, np.nan))


def rand_ucla_classification(
    counts: ArrayLike, values: ArrayLike | None = None, rule: str = "classic", quantile_type: int = 7
) -> Classification:
    """Appropriate, uncertain or inappropriate.

    Uncertain when the panel disagrees; otherwise by the median: 7 to 9 appropriate, 4 to 6 uncertain, 1 to 3
    inappropriate, half points in the higher class.

    Parameters
    ----------
    counts : array_like of int, shape (..., 9)
    values : array_like of float, shape (9,), optional
        The values of the scale; others than 1 to 9 are not supported.
    rule : "classic" (`rand_ucla_classic_thresholds`) or "ipras" (`rand_ucla`)
        What disagreement is.
    quantile_type : 1 to 9, the types of Hyndman and Fan (1996); it matters for "ipras" only

    Returns
    -------
    Classification
        `classification`, None below two answers and on every other scale; `median` and `has_disagreement`, NaN there.

    Raises
    ------
    ValueError
        If the rule or the quantile type is unknown.

    Notes
    -----
    Source: Fitch et al. (2001), The RAND/UCLA Appropriateness Method User's Manual.

    Examples
    --------
    >>> rand_ucla_classification([0, 0, 0, 0, 0, 4, 4, 0, 0]).classification.item()  # the median is 6.5
    'appropriate'
    """
    if rule not in ("classic", "ipras"):
        raise ValueError(f"rule: is classic or ipras, got {rule!r}")
    given = as_counts(counts)
    label = np.full(given.shape[:-1], None, dtype=object)
    if not is_one_to_nine(given.shape[-1], values):
        nothing = np.full(label.shape, np.nan)
        return Classification(label, nothing, nothing.copy())
    is_defined = given.sum(axis=-1) >= 2
    if rule == "ipras":
        disagrees = rand_ucla(given, None, quantile_type).has_disagreement
    else:
        disagrees = np.where(
            is_defined, rand_ucla_classic_thresholds(given).agreement == "disagreement", np.nan
        )
    doubled = _doubled_median(given)
    for third, name in enumerate(("inappropriate", "uncertain", "appropriate")):
        label[is_defined & (_third_of(doubled) == third)] = name
    label[disagrees == 1] = "uncertain"
    return Classification(label, np.where(is_defined, doubled / 2, np.nan), disagrees)


def _doubled_median(given: Counts) -> Counts:
    """Twice the median, a whole number; 0 without an answer."""
    return np.rint(2 * np.nan_to_num(median(given, np.arange(1, POINTS + 1)))).astype(np.int64)


def _third_of(doubled_median: Counts) -> Counts:
    """Which third of the scale the median lies in, 0 to 2; 3.5 and 6.5 lie in the higher."""
    return (doubled_median >= 7).astype(np.int64) + (doubled_median >= 13)
