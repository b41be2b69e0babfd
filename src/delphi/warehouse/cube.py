"""Counting pairs of answers in dense arrays: one `bincount` per pair of waves gives all moves of all items.

A cube holds one small integer per respondent and cell (item, dimension, part): the place of the answer on
its scale
from 1, and 0 for no valid answer. Cells may have scales of different lengths; their tables lie one after
the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 1 << 19
"""Answers combined at a time, so that the work stays in the processor's cache."""

Integers = NDArray[np.int64]


def table_starts(sizes: Integers) -> Integers:
    """Where each cell's table of `sizes` entries begins; one more entry for the end of the last."""
    return np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))


def pair_counts(
    before: NDArray[np.unsignedinteger],
    after: NDArray[np.unsignedinteger],
    group: Integers,
    n_groups: int,
    widths: Integers,
) -> Integers:
    """How many moved from which category to which, per group and cell.

    Parameters
    ----------
    before, after : shape (cells, respondents)
        Places of the answers in two waves, 0 for none.
    group : shape (respondents,)
        Group of each respondent, from 0.
    n_groups : int
        Number of groups.
    widths : shape (cells,)
        Categories of each cell's scale plus one.

    Returns
    -------
    ndarray of int, shape (n_groups, sum(widths²))
        Per group the tables of all cells: before × after, row by row.

    Examples
    --------
    >>> moves = pair_counts(np.array([[1, 2]]), np.array([[2, 2]]), np.array([0, 0]), 1, np.array([3]))
    >>> moves.reshape(3, 3).tolist()
    [[0, 0, 0], [0, 0, 1], [0, 0, 1]]
    """
    starts = table_starts(widths**2)
    counted = np.zeros((n_groups, int(starts[-1])), np.int64)
    step = max(1, AT_ONCE // max(1, len(group)))
    index = np.empty((min(step, len(widths)), len(group)), np.int64)
    # The move is a small number: worked out in the narrowest type, it takes a fraction of the time.
    widest = int(widths.max(initial=1)) ** 2
    narrow = np.uint8 if widest <= 1 << 8 else np.uint16 if widest <= 1 << 16 else np.int64
    move, by = np.empty(index.shape, narrow), widths.astype(narrow)[:, None]
    for first in range(0, len(widths), step):
        last = min(first + step, len(widths))
        here, moved = index[: last - first], move[: last - first]
        start, total = starts[first], int(starts[last] - starts[first])
        np.multiply(before[first:last], by[first:last], out=moved, casting="unsafe")
        np.add(moved, after[first:last], out=moved, casting="unsafe")
        np.add(group * total, moved, out=here)
        if last - first > 1:
            here += (starts[first:last] - start)[:, None]
        found = np.bincount(here.ravel(), minlength=n_groups * total)
        counted[:, start : start + total] = found.reshape(n_groups, total)
    return counted
