"""How much two categories of a scale count as agreeing: all or nothing, by distance, or by order."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Floats, as_values

WEIGHTS = ("none", "linear", "quadratic", "ordinal")


def agreement_weights(categories: int, weights: str = "none", values: ArrayLike | None = None) -> Floats:
    """Weight of agreement of every pair of categories.

    Parameters
    ----------
    categories : number of categories V of the declared scale
    weights : "none", "linear", "quadratic" or "ordinal"
        All or nothing; 1 minus the distance of the scale values, or its square, over the largest; 1 minus
        the pairs of categories between the two, themselves included, over those of the whole scale.
    values : array_like of float, shape (V,)
        Scale values in rising order; without them the categories are one apart. Only linear and quadratic
        weights look at them.

    Returns
    -------
    ndarray of float, shape (V, V)
        From 0 (the ends of the scale; "none": any two) to 1 (the same category).

    Raises
    ------
    ValueError
        If the weights are unknown, or the values do not fit the scale.

    Notes
    -----
    Source: Gwet (2014), Handbook of Inter-Rater Reliability, chapter 3.

    Examples
    --------
    >>> agreement_weights(3, "quadratic").tolist()
    [[1.0, 0.75, 0.0], [0.75, 1.0, 0.75], [0.0, 0.75, 1.0]]
    """
    if weights not in WEIGHTS:
        raise ValueError(f"weights: is {' or '.join(WEIGHTS)}, got {weights!r}")
    places = np.arange(1, categories + 1, dtype=np.float64)
    scale = places if values is None else as_values(values, categories)
    if categories == 1 or weights == "none":
        return np.eye(categories)
    if weights == "ordinal":
        steps = np.abs(places[:, None] - places[None, :])
        return 1 - steps * (steps + 1) / (categories * (categories - 1))
    distance = np.abs(scale[:, None] - scale[None, :]) / (scale[-1] - scale[0])
    return 1 - (distance if weights == "linear" else distance**2)
