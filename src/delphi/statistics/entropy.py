"""Shannon's entropy of a histogram: how evenly the answers fill the categories, whatever their order."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Floats, as_counts, divided


def shannon_entropy(counts: ArrayLike, normalised: bool = False, base: float = 2) -> Floats:
    """Entropy of the answers over the categories.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category; unused categories are zeros, not left out.
    normalised : whether it is divided by its greatest value, that of an even spread over all V categories
    base : base of the logarithm, more than 1; 2 gives bits, 2.718... nats; without effect when normalised

    Returns
    -------
    ndarray of float, shape (...)
        From 0 (unanimous) to log V, or to 1 when normalised. NaN below two answers; normalised also below two
        categories.

    Notes
    -----
    Blind to order: half at 1 and half at 5 is as half at 1 and half at 2. Consensus is 1 - the normalised
    entropy. Source: Shannon (1948), A mathematical theory of communication.

    Examples
    --------
    >>> float(shannon_entropy([2, 2, 2, 2])), float(shannon_entropy([5, 0, 0, 5], normalised=True))
    (2.0, 0.5)
    """
    if not base > 1:
        raise ValueError(f"base: is more than 1, got {base}")
    given = as_counts(counts)
    n = given.sum(axis=-1)
    share = divided(given, n[..., None])
    bits = 0.0 - (share * np.log2(np.where(given > 0, share, 1.0))).sum(axis=-1)
    unit = given.shape[-1] if normalised else base
    return np.where(n >= 2, divided(bits, np.log2(unit)), np.nan)
