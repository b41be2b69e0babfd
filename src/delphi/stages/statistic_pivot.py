"""Tables of counts as arrays: each combination of texts is looked up once per table, not once per row and
scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Axis = tuple[Sequence[str], Sequence[Any]]
"""Columns of a table, and the combinations of their values, as tuples, that become one dimension of an array; of one
column the values themselves."""


class Pivot:
    """A table with a column of counts, to be summed into arrays."""

    def __init__(self, frame: pd.DataFrame, size_of: str = "n") -> None:
        self._frame = frame
        self._sizes = frame[size_of].to_numpy()
        self._coded: dict[tuple[str, ...], tuple[NDArray[np.intp], list[Any]]] = {}

    def array(self, axes: Sequence[Axis]) -> NDArray[np.int64]:
        """Sums with one dimension per axis; combinations that are not listed drop out."""
        shape = tuple(len(wanted) for _, wanted in axes)
        if not len(self._frame) or 0 in shape:
            return np.zeros(shape, dtype=np.int64)
        places = [self._places(tuple(columns), wanted) for columns, wanted in axes]
        known = np.all([place >= 0 for place in places], axis=0)
        flat = np.ravel_multi_index([place[known] for place in places], shape)
        counted = np.bincount(flat, weights=self._sizes[known], minlength=int(np.prod(shape)))
        return counted.astype(np.int64).reshape(shape)

    def _places(self, columns: tuple[str, ...], wanted: Sequence[Any]) -> NDArray[np.int64]:
        """Place of each row on an axis; -1 where it is not on it."""
        if columns not in self._coded:
            self._coded[columns] = self._codes(columns)
        code, combinations = self._coded[columns]
        at = {one: place for place, one in enumerate(wanted)}
        return np.array([at.get(one, -1) for one in combinations], dtype=np.int64)[code]

    def _codes(self, columns: tuple[str, ...]) -> tuple[NDArray[np.intp], list[Any]]:
        """Number of the combination in each row, and the combinations."""
        parts = [pd.factorize(self._frame[name], use_na_sentinel=False) for name in columns]
        if len(parts) == 1:
            return parts[0][0], parts[0][1].tolist()
        whole = np.zeros(len(self._frame), dtype=np.int64)
        for code, values in parts:
            whole = whole * len(values) + code
        number, rest = pd.factorize(whole)
        found = []
        for _, values in reversed(parts):
            rest, code = np.divmod(rest, len(values))
            texts = values.tolist()
            found.append([texts[place] for place in code.tolist()])
        return number, list(zip(*reversed(found), strict=True))
