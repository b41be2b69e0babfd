"""Internal consistency of items that are meant to measure one thing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, divided
from delphi.statistics.raters import as_answers

MISSING = ("listwise", "pairwise")


@dataclass(frozen=True)
class Reliability:
    """A coefficient, and on how many respondents and items it rests."""

    value: Floats
    n: Counts
    n_items: Counts


def cronbach_alpha(answers: ArrayLike, missing: str = "listwise") -> Reliability:
    """Cronbach's alpha: what part of the variance of the sum of the items they share.

    Parameters
    ----------
    answers : array_like of float, shape (M, N)
        Respondent × item, NaN for no answer; items that are worded the other way round are turned before.
    missing : "listwise" or "pairwise"
        Respondents who answered all items; or every covariance from those who answered both items.

    Returns
    -------
    Reliability
        `value` is at most 1; a negative one says that an item was coded the wrong way round. NaN below two
        items or two respondents, where the sums do not vary, and pairwise where a pair of items has no two
        respondents or the covariances contradict each other. Items that nobody answered are left out.

    Raises
    ------
    ValueError
        If `missing` is none of the two, or the answers are no table.

    Notes
    -----
    k / (k - 1) (1 - sum of the variances / variance of the sum), with n - 1. Listwise and pairwise differ by
    several points: say which. Source: Cronbach (1951), Coefficient alpha and the internal structure of tests,
    Psychometrika 16, 297-334.

    Examples
    --------
    >>> found = cronbach_alpha([[3, 4, 3], [5, 5, 4], [1, 2, 2], [4, 4, 5]])
    >>> round(float(found.value), 4), int(found.n)
    (0.9337, 4)
    """
    if missing not in MISSING:
        raise ValueError(f"missing: is {' or '.join(MISSING)}, got {missing!r}")
    given = as_answers(answers)
    is_given = ~np.isnan(given)
    given, is_given = given[:, is_given.any(axis=0)], is_given[:, is_given.any(axis=0)]
    if missing == "listwise":
        given, is_given = given[is_given.all(axis=1)], is_given[is_given.all(axis=1)]
    else:
        given, is_given = given[is_given.any(axis=1)], is_given[is_given.any(axis=1)]
    respondents, items = given.shape
    value = _alpha(given, is_given.astype(np.float64)) if respondents >= 2 and items >= 2 else np.nan
    return Reliability(np.asarray(value), np.asarray(respondents), np.asarray(items))


def _alpha(given: Floats, is_given: Floats) -> float:
    items = given.shape[1]
    common = is_given.T @ is_given
    if common.min() < 2:
        return float("nan")
    x = np.where(is_given > 0, given - np.nanmean(given, axis=0), 0.0)
    sums = x.T @ is_given
    covariance = divided(x.T @ x - sums * sums.T / common, common - 1)
    own, whole = float(np.trace(covariance)), float(covariance.sum())
    # Rounding must not make a variance of sums that are all equal; and covariances of one and the same respondents never sum
    # to more than the number of items times the variances.
    is_possible = 1e-12 * own < whole <= (1 + 1e-9) * items * own
    return items / (items - 1) * (1 - own / whole) if is_possible else float("nan")
