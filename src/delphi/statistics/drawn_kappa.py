"""Weighted kappa of persons drawn again, from four sums over them: to the last digit what their tables give.

A table of V × V categories is far larger than the persons in it. With quadratic weights kappa needs only the sums of the earlier
and of the later answers, of their squares, and of the squared distances; on a scale of whole numbers these are exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, divided
from delphi.statistics.drawing import Draws

EXACT = 1 << 53
"""Whole numbers below are exact as floats, in any order of summation."""
NUMBERS = 4
"""So many sums are held for each draw."""


def is_exact_from_sums(values: ArrayLike, weights: str, most: int) -> bool:
    """Whether kappa of at most so many persons is the same from sums as from tables."""
    scale = np.asarray(values, dtype=np.float64)
    largest = float(np.ptp(scale))
    return (
        weights == "quadratic"
        and bool((scale == np.floor(scale)).all())
        and 4 * (most * largest) ** 2 < EXACT
    )


def drawn_weighted_kappa(drawing: Draws, pairs: Counts, values: ArrayLike) -> Floats:
    """Weighted kappa of drawn persons.

    Parameters
    ----------
    drawing : the draws
    pairs : ndarray of int, shape (C, V * V)
        How many persons gave each pair of answers in two waves, the earlier category first.
    values : array_like of float, shape (V,)
        Whole numbers, for which `is_exact_from_sums` holds.

    Returns
    -------
    ndarray of float, shape (D, C)
        NaN where all drawn answers of both waves lie in one category.

    Examples
    --------
    >>> moves = np.array([[3, 0, 2, 5]])
    >>> drawn_weighted_kappa(Draws(1, 4), moves, [1, 2]).round(2).tolist()
    [[0.44], [0.29], [0.62], [0.8]]
    """
    scale = np.asarray(values, dtype=np.float64)
    scale = (
        scale - scale[0]
    )  # kappa rests on distances alone, and numbers from 0 on are added several at a time
    before, after = np.repeat(scale, len(scale)), np.tile(scale, len(scale))
    columns = np.stack([before, after, before**2 + after**2, (before - after) ** 2])
    earlier, later, squares, apart = drawing.sums(pairs, columns)
    n = pairs.sum(axis=-1)
    return 1 - divided(n * apart, n * squares - 2 * earlier * later)
