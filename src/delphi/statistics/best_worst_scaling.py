"""Best-worst scaling: which objects are chosen as best and as worst of those shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_counts, divided


@dataclass(frozen=True)
class BestWorst:
    """Scores per object.

    Parameters
    ----------
    score : times chosen best minus times chosen worst
    standardised : that over the times shown, -1 to 1
    analytic : ln((1 + s) / (1 - s)) of the standardised score s; NaN at -1 and 1, where it is infinite
    sqrt_ratio : square root of best over worst; NaN where never worst
    n : times shown
    """

    score: Floats
    standardised: Floats
    analytic: Floats
    sqrt_ratio: Floats
    n: NDArray[np.int64]


def best_worst(choices: ArrayLike) -> BestWorst:
    """Scores of best-worst scaling, case 1 (objects; MaxDiff).

    Parameters
    ----------
    choices : array_like of int, shape (..., N, 3)
        Per object how often it was chosen best, chosen worst, and shown.

    Returns
    -------
    BestWorst
        Arrays of shape (..., N); NaN for an object that was never shown.

    Raises
    ------
    ValueError
        If a number is no whole number from 0 on, or an object was chosen more often than shown.

    Notes
    -----
    Scores of one person are only comparable where the design showed all objects equally often. Source: Louviere, Flynn and
    Marley (2015), Best-Worst Scaling; Lipovetsky and Conklin (2014), Best-worst scaling in analytical
    closed-form solution, for the analytic score.

    Examples
    --------
    >>> found = best_worst([[6, 1, 10], [2, 2, 10], [1, 6, 10]])
    >>> found.standardised.tolist(), found.analytic.round(4).tolist()
    ([0.5, 0.0, -0.5], [1.0986, 0.0, -1.0986])
    """
    given = as_choices(choices)
    best, worst, shown = (given[..., place] for place in range(3))
    score = np.where(shown > 0, best - worst, np.nan)
    standardised = divided(best - worst, shown)
    inner = np.where(np.abs(standardised) < 1, standardised, np.nan)
    return BestWorst(score, standardised, 2 * np.arctanh(inner), np.sqrt(divided(best, worst)), shown)


def as_choices(choices: ArrayLike) -> Counts:
    """Times chosen best, chosen worst and shown, as whole numbers, shape (..., N, 3).

    Raises
    ------
    ValueError
    """
    given = as_counts(choices, "choices")
    if given.ndim < 2 or given.shape[-1] != 3:
        raise ValueError(
            f"choices: needs objects, and best, worst, shown as last dimensions, got shape {given.shape}"
        )
    if (given[..., 0] + given[..., 1] > given[..., 2]).any():
        raise ValueError("choices: an object is not chosen best or worst more often than it was shown")
    return given
