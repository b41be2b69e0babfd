"""Three-point estimates: lowest, best and highest, with how sure a person is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats, divided
from delphi.statistics.numbers import quantile
from delphi.statistics.options import INVALID, one_of

LEAST_SURE, MOST_SURE = 50.0, 100.0
"""Per cent within which a stated confidence lies; below one half a person would do better by guessing the other way."""
ROWS = 1024
"""Intervals that are compared with all others at a time."""


@dataclass(frozen=True)
class Estimates:
    """Valid estimates.

    Parameters
    ----------
    values : shape (m, 3), lowest, best, highest
    confidence : shape (m,), in per cent
    is_valid : shape (M,), which of the given estimates these are
    n_invalid : how many were given and contradict themselves or are not whole
    """

    values: Floats
    confidence: Floats
    is_valid: NDArray[np.bool_]
    n_invalid: int


def as_estimates(
    estimates: ArrayLike,
    confidence: float | None = None,
    low: float | None = None,
    high: float | None = None,
    invalid: str = "left_out",
) -> Estimates:
    """Estimates with lowest ≤ best ≤ highest and a confidence of 50 to 100 per cent.

    Parameters
    ----------
    estimates : array_like of float, shape (M, 3) or (M, 4)
        Respondent × lowest, best, highest and, in per cent, confidence. A row of NaN is no answer.
    confidence : that of everybody, in per cent, where there is no fourth column
    low, high : natural bounds, between which the best estimate lies; None where there is none
    invalid : "left_out" or "refused"

    Raises
    ------
    ValueError
        If the array has another shape, the confidence is not given once, the bounds are no interval, or an estimate is
        invalid and `invalid` is refused.
    """
    one_of("invalid", invalid, INVALID)
    given = np.asarray(estimates, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] not in (3, 4):
        raise ValueError(
            f"estimates: needs respondents, and lowest, best, highest (and confidence), got shape {given.shape}"
        )
    if (confidence is None) == (given.shape[1] == 3):
        raise ValueError(
            "confidence: is given in the fourth column, or as one number where there are three columns"
        )
    if confidence is not None and not LEAST_SURE <= confidence <= MOST_SURE:
        raise ValueError(f"confidence: lies between 50 and 100 per cent, got {confidence}")
    least, most = _bounds(low, high)
    values = given[:, :3]
    sure = given[:, 3] if confidence is None else np.full(len(given), float(confidence))
    is_answered = ~np.isnan(given).all(axis=1)
    lowest, best, highest = values.T
    is_valid = (
        np.isfinite(given).all(axis=1) & (lowest <= best) & (best <= highest)
        & (sure >= LEAST_SURE) & (sure <= MOST_SURE) & (least <= best) & (best <= most)
    )  # fmt: skip
    n_invalid = int((is_answered & ~is_valid).sum())
    if n_invalid and invalid == "refused":
        raise ValueError(
            f"estimates: {n_invalid} of {int(is_answered.sum())} are not lowest ≤ best ≤ highest with a confidence of 50 to "
            "100 per cent and the best within the bounds"
        )
    return Estimates(values[is_valid], sure[is_valid], is_valid, n_invalid)


def _bounds(low: float | None, high: float | None) -> tuple[float, float]:
    least, most = -np.inf if low is None else low, np.inf if high is None else high
    if not least < most:
        raise ValueError(f"low: lies below high, got {low} and {high}")
    return least, most


@dataclass(frozen=True)
class IdeaInterval:
    """Pooled interval and those of the persons.

    Parameters
    ----------
    lower, best, upper : means of the standardised lowest, the best and the standardised highest estimates
    intervals : shape (M, 3), standardised lowest, best and standardised highest of each person; NaN where invalid
    is_truncated : shape (M,), whether a natural bound cut the interval of the person
    n, n_invalid : estimates pooled, and given but invalid
    """

    lower: float
    best: float
    upper: float
    intervals: Floats
    is_truncated: NDArray[np.bool_]
    n: int
    n_invalid: int


def idea_standardised_interval(
    estimates: ArrayLike,
    standard: float = 80.0,
    confidence: float | None = None,
    low: float | None = None,
    high: float | None = None,
    invalid: str = "left_out",
) -> IdeaInterval:
    """Intervals of the IDEA protocol, stretched to one confidence and averaged.

    Parameters
    ----------
    estimates : array_like of float, shape (M, 3) or (M, 4)
        Respondent × lowest, best, highest and, in per cent, how sure that the truth lies between. NaN is no answer.
    standard : the confidence of all intervals afterwards, in per cent, mostly 80 or 90
    confidence : that of everybody, where there is no fourth column
    low, high : natural bounds, if any; an interval that leaves them is cut there, and marked
    invalid : "left_out" or "refused"
        What happens to an estimate that is not lowest ≤ best ≤ highest within the bounds with 50 to 100 per cent.

    Returns
    -------
    IdeaInterval
        In the unit of the answers; NaN without a valid estimate.

    Notes
    -----
    Best - (best - lowest) × standard / confidence, and likewise above; the means are arithmetic. Source: Hemming et al.
    (2018), A practical guide to structured expert elicitation using the IDEA protocol, Methods in Ecology and Evolution 9,
    169-180.

    Examples
    --------
    >>> found = idea_standardised_interval([[10, 30, 60, 50], [20, 40, 50, 80]], low=0)
    >>> found.intervals.tolist(), found.is_truncated.tolist()
    ([[0.0, 30.0, 78.0], [20.0, 40.0, 50.0]], [True, False])
    >>> found.lower, found.best, found.upper
    (10.0, 35.0, 64.0)
    """
    if not LEAST_SURE <= standard < MOST_SURE:
        raise ValueError(f"standard: lies between 50 and below 100 per cent, got {standard}")
    found = as_estimates(estimates, confidence, low, high, invalid)
    best = found.values[:, [1]]
    stretched = best + (found.values - best) * (standard / found.confidence)[:, None]
    cut = np.clip(stretched, *_bounds(low, high))
    intervals = np.full((len(found.is_valid), 3), np.nan)
    is_truncated = np.zeros(len(found.is_valid), dtype=bool)
    intervals[found.is_valid] = cut
    is_truncated[found.is_valid] = (cut != stretched).any(axis=1)
    lower, middle, upper = divided(cut.sum(axis=0), np.full(3, len(cut))).tolist()
    return IdeaInterval(lower, middle, upper, intervals, is_truncated, len(cut), found.n_invalid)


@dataclass(frozen=True)
class IntervalOverlap:
    """How alike the intervals of a panel are.

    Parameters
    ----------
    share_containing : share of the intervals that contain the median of the best estimates
    mean_overlap : mean over the pairs of persons of the length both intervals cover over the length any of them covers
    median : of the best estimates
    n, n_invalid : intervals compared, and given but invalid
    """

    share_containing: float
    mean_overlap: float
    median: float
    n: int
    n_invalid: int


def interval_overlap(estimates: ArrayLike, invalid: str = "left_out") -> IntervalOverlap:
    """Consensus on intervals: how many contain the group's median, and how far they overlap in pairs.

    Parameters
    ----------
    estimates : array_like of float, shape (M, 3) or (M, 4)
        Respondent × lowest, best, highest (and confidence, which counts for nothing here). NaN is no answer.
    invalid : "left_out" or "refused"
        What happens to an estimate that is not lowest ≤ best ≤ highest.

    Returns
    -------
    IntervalOverlap
        Shares from 0 to 1; NaN below two valid estimates: one person always agrees.

    Notes
    -----
    Two intervals without length overlap wholly where they are the same point. Intervals of different confidence are best
    standardised before. Source: Jaccard (1912), New Phytologist 11, 37-50, for the overlap of a pair.

    Examples
    --------
    >>> found = interval_overlap([[0, 1, 2], [1, 2, 3], [4, 5, 6]])
    >>> round(found.share_containing, 4), round(found.mean_overlap, 4), found.median
    (0.6667, 0.1111, 2.0)
    """
    given = np.asarray(estimates, dtype=np.float64)
    if given.ndim == 2 and given.shape[1] == 4:
        given = given[:, :3]
    found = as_estimates(given, MOST_SURE, invalid=invalid)
    lowest, best, highest = found.values.T
    n = len(best)
    if n < 2:
        nothing = float("nan")
        return IntervalOverlap(nothing, nothing, nothing, n, found.n_invalid)
    median = float(quantile(best, 0.5))
    share = int(((lowest <= median) & (median <= highest)).sum()) / n
    total = sum(
        float(_overlap(lowest, highest, slice(start, start + ROWS)).sum()) for start in range(0, n, ROWS)
    )
    return IntervalOverlap(share, (total - n) / (n * (n - 1)), median, n, found.n_invalid)


def _overlap(lowest: Floats, highest: Floats, rows: slice) -> Floats:
    """Length covered by both over length covered by any, of some intervals with all; 1 with itself."""
    both = np.minimum(highest[rows, None], highest) - np.maximum(lowest[rows, None], lowest)
    lengths = highest - lowest
    shared = np.maximum(both, 0.0)
    covered = lengths[rows, None] + lengths - shared
    same_point = (covered == 0) & (both == 0)
    return np.where(same_point, 1.0, np.nan_to_num(divided(shared, covered)))
