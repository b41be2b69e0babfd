"""p-values of many items read together."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats


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
    given, order = _risen(p)
    out = np.full(len(given), np.nan)
    steps = given[order] * np.arange(len(order), 0, -1)
    out[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(order) else []
    return out


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Benjamini and Hochberg's step-up adjustment of the false discovery rate; NaN stays NaN and does not count.

    What is at most q after it is a list of findings of which a share of q is expected to be false; Holm's
    adjustment keeps the chance of a single false one at that.

    Notes
    -----
    Source: Benjamini and Hochberg (1995), Controlling the false discovery rate, Journal of the Royal
    Statistical Society B 57, 289-300.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.04, 0.04]
    """
    given, order = _risen(p)
    out = np.full(len(given), np.nan)
    steps = given[order] * len(order) / np.arange(1, len(order) + 1)
    out[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return out


def adjusted_p(p: ArrayLike, adjust: str = "holm") -> Floats:
    """p-values of any shape adjusted as one family, by "holm" or "benjamini_hochberg".

    Examples
    --------
    >>> adjusted_p([[0.01, 0.04], [0.03, float("nan")]]).tolist()
    [[0.03, 0.06], [0.06, nan]]
    """
    methods = {"holm": holm, "benjamini_hochberg": benjamini_hochberg}
    if adjust not in methods:
        raise ValueError(f"adjust: is {' or '.join(methods)}, got {adjust!r}")
    given = np.asarray(p, dtype=np.float64)
    return methods[adjust](given.ravel()).reshape(given.shape)


def _risen(p: ArrayLike) -> tuple[Floats, Counts]:
    """The p-values, and the places of those that are known from the least to the greatest."""
    given = np.asarray(p, dtype=np.float64)
    if given.ndim != 1:
        raise ValueError(f"p: needs one dimension, got shape {given.shape}")
    if np.any((given < 0) | (given > 1)):
        raise ValueError("p: has to lie between 0 and 1")
    known = np.flatnonzero(~np.isnan(given))
    return given, known[np.argsort(given[known], kind="stable")]
