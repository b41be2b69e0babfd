"""Labels from conditions, one per case of an array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def labelled(*cases: tuple[Any, str]) -> NDArray[np.object_]:
    """The word of the first condition that holds, None where none does.

    Examples
    --------
    >>> labelled((np.array([True, False, False]), "stop"), (np.array([True, True, False]), "ask again")).tolist()
    ['stop', 'ask again', None]
    """
    conditions = [np.asarray(condition, dtype=bool) for condition, _ in cases]
    shape = np.broadcast_shapes(*(one.shape for one in conditions))
    words = np.full(shape, None, dtype=object)
    for condition, (_, word) in zip(reversed(conditions), reversed(cases), strict=True):
        words[np.broadcast_to(condition, shape)] = word
    return words
