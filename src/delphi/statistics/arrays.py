"""The three arrays of the core, checked: `counts (..., V)`, `transitions (..., V+1, V+1)`, `answers (M,
N)`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def as_counts(counts: ArrayLike, name: str = "counts") -> Counts:
    """Counts as whole numbers, shape (..., V).

    Raises
    ------
    ValueError
        If there is no category, or a count is negative or no whole number.
    """
    given = np.asarray(counts)
    if given.ndim == 0 or given.shape[-1] == 0:
        raise ValueError(
            f"{name}: needs a last dimension with at least one category, got shape {given.shape}"
        )
    if given.dtype.kind not in "iu":
        if given.dtype.kind not in "fb" or not np.all(np.isfinite(given)) or np.any(given != np.floor(given)):
            raise ValueError(f"{name}: counts are whole numbers from 0 on")
        given = given.astype(np.int64)
    if np.any(given < 0):
        raise ValueError(f"{name}: counts are whole numbers from 0 on, the least given is {int(given.min())}")
    return given.astype(np.int64, copy=False)


def as_transitions(transitions: ArrayLike, name: str = "transitions") -> Counts:
    """Transitions as whole numbers, shape (..., V+1, V+1); the last row and column are "no answer".

    Raises
    ------
    ValueError
        If the last two dimensions are not equal and at least 2, or a count is no whole number from 0 on.
    """
    given = as_counts(transitions, name)
    if given.ndim < 2 or given.shape[-1] != given.shape[-2] or given.shape[-1] < 2:
        raise ValueError(
            f"{name}: needs two equal last dimensions, categories and no answer, got shape {given.shape}"
        )
    return given


def as_values(values: ArrayLike, categories: int, name: str = "values") -> Floats:
    """Scale values in rising order, one per category.

    Raises
    ------
    ValueError
        If their number differs from the categories, or they do not rise.
    """
    given = np.asarray(values, dtype=np.float64)
    if given.shape != (categories,):
        raise ValueError(f"{name}: needs {categories} values, one per category, got shape {given.shape}")
    if np.any(np.diff(given) <= 0):
        raise ValueError(f"{name}: have to rise from category to category")
    return given


def paired(transitions: ArrayLike) -> Counts:
    """The part of the transitions with an answer in both waves, shape (..., V, V)."""
    return as_transitions(transitions)[..., :-1, :-1]


def divided(numerator: Any, denominator: Any) -> Floats:
    """A quotient that is NaN where the denominator is 0, without a warning."""
    top = np.asarray(numerator, dtype=np.float64)
    bottom = np.asarray(denominator, dtype=np.float64)
    top, bottom = np.broadcast_arrays(top, bottom)
    out = np.full_like(top, np.nan)
    np.divide(top, bottom, out=out, where=bottom != 0)
    return out
