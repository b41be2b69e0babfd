"""Several sums of whole numbers as one: each number gets a run of bits of a float, so that one addition adds all of them exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from delphi.statistics.arrays import Floats

EXACT_BITS = 53
"""Whole numbers of so many bits are exact as floats, in any order of summation."""


def packed(columns: Sequence[Floats], terms: int) -> tuple[Floats, list[int]] | None:
    """Columns of one shape in one, of which up to `terms` numbers may be added, and the bits that each column's sum takes.

    None where a number is negative or no whole number, or the sums do not fit.

    Examples
    --------
    >>> together, widths = packed([np.array([1.0, 2.0]), np.array([5.0, 0.0])], terms=2)
    >>> [float(one) for one in unpacked(together.sum(), widths)]
    [3.0, 5.0]
    """
    if any((values < 0).any() or (values != np.floor(values)).any() for values in columns):
        return None
    widths = [int(values.max(initial=0.0) * terms).bit_length() for values in columns]
    if sum(widths) > EXACT_BITS:
        return None
    places = [sum(widths[:k]) for k in range(len(widths))]
    return np.sum(
        [values * 2.0**place for values, place in zip(columns, places, strict=True)], axis=0
    ), widths


def unpacked(sums: Floats, widths: Sequence[int]) -> list[Floats]:
    """The sum of each column again."""
    rest = np.asarray(sums).astype(np.int64)
    found = []
    for width in widths:
        found.append((rest & ((1 << width) - 1)).astype(np.float64))
        rest = rest >> width
    return found
