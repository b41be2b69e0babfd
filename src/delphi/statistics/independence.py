"""Chi-square of independence of a table of counts; empty rows and columns are left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from delphi.statistics.arrays import Counts, Floats, divided


@dataclass(frozen=True)
class ChiSquare:
    """A chi-square statistic, its degrees of freedom and the upper tail, arrays of one shape; NaN where undefined."""

    statistic: Floats
    df: Floats
    p: Floats


def independence(table: Counts) -> ChiSquare:
    """Pearson's chi-square of tables (..., R, C) without continuity correction.

    NaN where fewer than two rows or two columns have a count.

    Examples
    --------
    >>> found = independence(np.array([[10, 20, 0], [20, 10, 0]]))
    >>> round(float(found.statistic), 4), float(found.df)
    (6.6667, 1.0)
    """
    expected = expectation(table)
    parts = divided((table - np.nan_to_num(expected)) ** 2, expected)
    rows, columns = ((table.sum(axis=axis) > 0).sum(axis=-1) for axis in (-1, -2))
    is_defined = (rows >= 2) & (columns >= 2)
    statistic = np.where(is_defined, np.nansum(parts, axis=(-1, -2)), np.nan)
    df = np.where(is_defined, (rows - 1) * (columns - 1), np.nan)
    return ChiSquare(statistic, df, upper_tail(statistic, df))


def expectation(table: Counts) -> Floats:
    """Counts expected under independence, same shape; NaN in empty rows and columns."""
    rows = table.sum(axis=-1, keepdims=True).astype(np.float64)
    columns = table.sum(axis=-2, keepdims=True).astype(np.float64)
    expected = divided(rows * columns, table.sum(axis=(-1, -2), keepdims=True))
    return np.where(expected > 0, expected, np.nan)


def is_sparse(table: Counts) -> NDArray[np.bool_]:
    """Whether a count under 5 is expected in a row and column that are not empty, shape (...)."""
    expected = np.nan_to_num(expectation(table), nan=5.0)
    return np.asarray((expected < 5).any(axis=(-1, -2)))


def upper_tail(statistic: Floats, df: Floats) -> Floats:
    """Chance of a chi-square at least as large; NaN where the statistic or its degrees of freedom are not defined."""
    from scipy.special import chdtrc

    is_defined = np.isfinite(statistic) & (df > 0)
    tail = chdtrc(np.where(is_defined, df, 1), np.where(is_defined, statistic, 0))
    return np.where(is_defined, tail, np.nan)
