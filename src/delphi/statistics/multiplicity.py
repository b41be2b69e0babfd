"""p-values of many items read together."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Floats


def holm(p: ArrayLike) -> Floats:
    """Holm's step-down adjustment; NaN stays NaN and does not count.

    Notes
    -----
    Source: Holm (1979).

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    given = np.asarray(p, dtype=np.float64)
    if given.ndim != 1:
        raise ValueError(f"p: needs one dimension, got shape {given.shape}")
    if np.any((given < 0) | (given > 1)):
        raise ValueError("p: has to lie between 0 and 1")
    out = np.full(len(given), np.nan)
    known = np.flatnonzero(~np.isnan(given))
    order = known[np.argsort(given[known], kind="stable")]
    steps = given[order] * np.arange(len(order), 0, -1)
    out[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(order) else []
    return out
