"""Words where a condition holds, and nothing where none can be said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.object_]


def worded(conditions: Mapping[str, Any], otherwise: str | None, is_defined: Any) -> Labels:
    """The first word whose condition holds.

    Parameters
    ----------
    conditions : word → where it holds, array of bool, shape (...)
    otherwise : the word where none holds; None for no word
    is_defined : array of bool, shape (...)

    Returns
    -------
    ndarray of str or None, shape (...)
        None where nothing is defined.

    Examples
    --------
    >>> worded({"many": [True, False]}, "few", [True, True]).tolist()
    ['many', 'few']
    """
    defined = np.asarray(is_defined, dtype=bool)
    found = np.full(defined.shape, otherwise, dtype=object)
    for word, condition in reversed(list(conditions.items())):
        found[np.broadcast_to(np.asarray(condition, dtype=bool), defined.shape)] = word
    found[~defined] = None
    return found
