"""How right a panel was where the truth is known: hits of intervals, squared errors of probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats, divided
from delphi.statistics.numbers import as_numbers


@dataclass(frozen=True)
class Calibration:
    """How often intervals contain the truth.

    Parameters
    ----------
    hit_rate : shape (...), share of the intervals that contain it
    excess : shape (...), hit rate minus the stated confidence; below 0 the intervals are too narrow
    n_hits, n, n_invalid : shape (...), hits, intervals, and intervals whose low lies above high
    """

    hit_rate: Floats
    excess: Floats
    n_hits: NDArray[np.int64]
    n: NDArray[np.int64]
    n_invalid: NDArray[np.int64]


def calibration(low: ArrayLike, high: ArrayLike, outcome: ArrayLike, confidence: float = 0.8) -> Calibration:
    """Hit rate of intervals on questions whose answer is known (seed questions).

    Parameters
    ----------
    low, high, outcome : array_like of float, shape (..., M)
        Lowest and highest estimate and what came, per question or person; NaN for no answer or no outcome yet.
    confidence : share of hits that the intervals claim, such as 0.8

    Returns
    -------
    Calibration
        NaN without an interval whose outcome is known. Ends count as inside. An interval whose low lies above high is left out
        and counted in `n_invalid`.

    Notes
    -----
    Only with known outcomes. With ten questions a rate is coarse: 6 of 10 hits are nothing unusual for 80 %. Source:
    Lichtenstein, Fischhoff and Phillips (1982), in Judgment under Uncertainty, 306-334.

    Examples
    --------
    >>> found = calibration([10, 20, 5], [20, 30, 9], [12, 35, 9])
    >>> round(float(found.hit_rate), 4), round(float(found.excess), 4)
    (0.6667, -0.1333)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: is a share between 0 and 1, got {confidence}")
    lowest, highest, came = _alike(("low", low), ("high", high), ("outcome", outcome))
    is_known = ~np.isnan(lowest) & ~np.isnan(highest) & ~np.isnan(came)
    is_valid = is_known & (lowest <= highest)
    n_hits = (is_valid & (lowest <= came) & (came <= highest)).sum(axis=-1)
    n = is_valid.sum(axis=-1)
    hit_rate = divided(n_hits, n)
    return Calibration(hit_rate, hit_rate - confidence, n_hits, n, (is_known & ~is_valid).sum(axis=-1))


def brier(forecasts: ArrayLike, outcomes: ArrayLike) -> Floats:
    """Brier score: mean squared difference of probabilities and what came.

    Parameters
    ----------
    forecasts : array_like of float, shape (..., M)
        Probabilities from 0 to 1; NaN for no answer.
    outcomes : array_like of float, shape (..., M)
        1 it came, 0 it did not; NaN not known yet.

    Returns
    -------
    ndarray of float, shape (...)
        From 0 (always right and sure) to 1; 0.25 for one who always says one half. NaN without a known outcome.

    Raises
    ------
    ValueError
        If a forecast lies outside 0 to 1, an outcome is neither, or the shapes differ.

    Notes
    -----
    Of the event alone; summed over the event and its opposite, as Brier did, it is twice this. Source: Brier (1950), Monthly
    Weather Review 78, 1-3.

    Examples
    --------
    >>> round(float(brier([0.9, 0.2, 0.5], [1, 0, 1])), 4)
    0.1
    """
    foreseen, came = _alike(("forecasts", forecasts), ("outcomes", outcomes))
    if ((foreseen < 0) | (foreseen > 1)).any():
        raise ValueError("forecasts: probabilities lie between 0 and 1")
    if not np.isin(came[~np.isnan(came)], (0.0, 1.0)).all():
        raise ValueError("outcomes: are 1 or 0, NaN where not known")
    apart = (foreseen - came) ** 2
    is_known = ~np.isnan(apart)
    return divided(np.where(is_known, apart, 0.0).sum(axis=-1), is_known.sum(axis=-1))


def _alike(*parts: tuple[str, ArrayLike]) -> list[Floats]:
    """Arrays of one shape."""
    given = [as_numbers(part, name) for name, part in parts]
    for (name, _), one in zip(parts, given, strict=True):
        if one.shape != given[0].shape:
            raise ValueError(f"{name}: needs the shape of {parts[0][0]}, {given[0].shape}, got {one.shape}")
    return given
