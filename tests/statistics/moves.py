"""Transitions of a panel between two rounds, and the persons' own pairs of answers."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import ArrayLike, NDArray

VALUES = np.arange(1, 6)
TRANSITIONS = arrays(np.int64, (6, 6), elements=st.integers(0, 4))
SPARSE = arrays(np.int64, (6, 6), elements=st.sampled_from([0, 0, 0, 0, 1, 1, 2, 5]))
HISTOGRAM = arrays(np.int64, (5,), elements=st.integers(0, 6))


def moves(*pairs: tuple[int, int], points: int = 5) -> NDArray[np.int64]:
    """Transitions of persons with answers from 1 to `points`; 0 is no answer."""
    table = np.zeros((points + 1, points + 1), dtype=np.int64)
    for before, after in pairs:
        table[before - 1, after - 1] += 1
    return table


def square(table: ArrayLike) -> NDArray[np.int64]:
    """Transitions in which nobody lacks an answer."""
    return np.pad(np.asarray(table), (0, 1))


def pairs_of(transitions: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Earlier and later answers of those with both, one entry per person."""
    both = np.asarray(transitions)[:-1, :-1]
    before, after = np.nonzero(both)
    many = both[before, after]
    return np.repeat(before + 1, many), np.repeat(after + 1, many)


def expanded(histogram: ArrayLike) -> NDArray[np.int64]:
    """The answers behind a histogram, one entry per person."""
    given = np.asarray(histogram)
    return np.repeat(np.arange(1, len(given) + 1), given)


def close(ours: object, theirs: object) -> None:
    """Equal to nine digits, undefined in the same places."""
    np.testing.assert_allclose(
        np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float), rtol=1e-9, atol=1e-12
    )
