"""Answers of several raters: as histograms of what they rated, and as one table for each pair of raters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_values


def as_answers(answers: ArrayLike, name: str = "answers") -> Floats:
    """Answers as numbers, shape (M, N), NaN for none.

    Raises
    ------
    ValueError
        If they are no table, or one is infinite.
    """
    given = np.asarray(answers, dtype=np.float64)
    if given.ndim != 2:
        raise ValueError(f"{name}: needs raters and what they rated as dimensions, got shape {given.shape}")
    if np.isinf(given).any():
        raise ValueError(f"{name}: are numbers, or NaN for none")
    return given


def scale_of(answers: ArrayLike, values: ArrayLike | None = None) -> Floats:
    """The values of the scale in rising order; without them those that occur, or 0 where there is no answer."""
    if values is not None:
        return as_values(values, np.size(values))
    given = as_answers(answers)
    found: Floats = np.unique(given[~np.isnan(given)])
    return found if len(found) else np.zeros(1)


def units_of_answers(answers: ArrayLike, values: ArrayLike | None = None) -> Counts:
    """Histogram of each unit (item) over the raters.

    Parameters
    ----------
    answers : array_like of float, shape (M, N)
        Rater × item, NaN for no answer.
    values : array_like of float, shape (V,)
        Values of the scale in rising order; without them those that occur, so that give them wherever the
        number of categories matters.

    Returns
    -------
    ndarray of int, shape (N, V)

    Raises
    ------
    ValueError
        If an answer is none of the values.

    Examples
    --------
    >>> units_of_answers([[1, 2], [1, 3]], [1, 2, 3]).tolist()
    [[2, 0, 0], [0, 1, 1]]
    """
    places, points = _places(answers, values)
    units, side = places.shape[1], points + 1
    cells = places + side * np.arange(units)
    return np.bincount(cells.ravel(), minlength=units * side).reshape(units, side)[:, :-1].astype(np.int64)


def rater_transitions(answers: ArrayLike, values: ArrayLike | None = None) -> Counts:
    """For each pair of raters how many units got which two categories: any statistic of transitions serves two raters.

    Parameters
    ----------
    answers, values : as in `units_of_answers`

    Returns
    -------
    ndarray of int, shape (P, V+1, V+1)
        Pairs in the order (0, 1), (0, 2), ...; category of the first rater × category of the second; the last
        row and column are "no answer".

    Examples
    --------
    >>> rater_transitions([[1, 2, 1], [1, 1, float("nan")]]).tolist()
    [[[1, 0, 1], [1, 0, 0], [0, 0, 0]]]
    """
    tables = list(_tables_of_pairs(answers, values))
    if tables:
        return np.concatenate(tables)
    side = _places(answers, values)[1] + 1
    return np.zeros((0, side, side), dtype=np.int64)


def mean_over_pairs(
    answers: ArrayLike, values: ArrayLike | None, coefficient: Callable[[Counts], Floats]
) -> Floats:
    """Mean over all pairs of raters of a coefficient of transitions, shape (); pairs without one are left out.

    NaN where no pair has one.
    """
    found = [coefficient(tables) for tables in _tables_of_pairs(answers, values)]
    known = np.concatenate([one[~np.isnan(one)] for one in found]) if found else np.zeros(0)
    return np.asarray(known.mean() if len(known) else np.nan)


def _tables_of_pairs(answers: ArrayLike, values: ArrayLike | None) -> Iterator[Counts]:
    """The tables of each rater with all later ones, (·, V+1, V+1): never those of all pairs at once."""
    places, points = _places(answers, values)
    side = points + 1
    for number in range(len(places) - 1):
        later = places[number + 1 :]
        cells = places[number] * side + later + side * side * np.arange(len(later))[:, None]
        counted = np.bincount(cells.ravel(), minlength=len(later) * side * side)
        yield counted.reshape(len(later), side, side).astype(np.int64, copy=False)


def _places(answers: ArrayLike, values: ArrayLike | None) -> tuple[Counts, int]:
    """Place of each answer on the scale, after its last for none, rater × unit; and how many places there are."""
    given = as_answers(answers)
    is_given, scale = ~np.isnan(given), scale_of(given, values)
    places = np.minimum(np.searchsorted(scale, given), len(scale) - 1)
    strange = int((is_given & (scale[places] != given)).sum())
    if strange:
        raise ValueError(f"answers: {strange} are none of the values of the scale")
    return np.where(is_given, places, len(scale)).astype(np.int64), len(scale)
