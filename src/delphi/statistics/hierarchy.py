"""Weights from comparisons of importance in pairs, as in the analytic hierarchy process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats, divided

RANDOM_INDEX = (
    0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
)  # fmt: skip
"""Mean consistency index of random judgements of 1, 2, 3, ... objects (Saaty 1980)."""
SCALE = 9.0
"""Extreme importance, the end of Saaty's scale."""


@dataclass(frozen=True)
class AHPWeights:
    """Weights of the objects and how consistent the comparisons are.

    Parameters
    ----------
    weights : shape (..., N), adding up to 1
    lambda_max : shape (...), principal eigenvalue; N for perfectly consistent comparisons
    consistency_index : shape (...), (lambda_max - N) / (N - 1)
    consistency_ratio : shape (...), that over the index of random judgements; 0 below three objects, NaN beyond 15
    n : shape (...), pairs judged
    """

    weights: Floats
    lambda_max: Floats
    consistency_index: Floats
    consistency_ratio: Floats
    n: NDArray[np.int64]


def ahp_weights(comparisons: ArrayLike, tolerance: float = 0.05) -> AHPWeights:
    """Weights as the principal eigenvector of a matrix of pairwise comparisons.

    Parameters
    ----------
    comparisons : array_like of float, shape (..., N, N)
        How many times as important the object of the row is as that of the column, 1/9 to 9; those of a panel are put
        together before by their geometric means. A matrix with a NaN is not answered.
    tolerance : how far the product of a comparison and its reverse may lie from 1
        Published and typed reciprocals are rounded: 0.33 for 1/3, 0.14 for 1/7.

    Returns
    -------
    AHPWeights
        NaN for a matrix that is not answered.

    Raises
    ------
    ValueError
        If the matrix is not square, a comparison lies outside 1/9 to 9, an object is not 1 times itself, or a comparison
        and its reverse contradict each other.

    Notes
    -----
    Source: Saaty (1980), The Analytic Hierarchy Process; a consistency ratio below .10 is taken as acceptable.

    Examples
    --------
    >>> found = ahp_weights([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    >>> found.weights.round(4).tolist(), round(float(found.consistency_ratio), 4)
    ([0.637, 0.2583, 0.1047], 0.0332)
    """
    given, is_answered = as_comparisons(comparisons, tolerance)
    objects = given.shape[-1]
    used = np.where(is_answered[..., None, None], given, 1.0)
    values, vectors = np.linalg.eig(used)
    largest = values.real.argmax(axis=-1)[..., None]
    vector = np.abs(np.take_along_axis(vectors.real, largest[..., None, :], axis=-1)[..., 0])
    weights = vector / vector.sum(axis=-1, keepdims=True)
    lambda_max = np.take_along_axis(values.real, largest, axis=-1)[..., 0]
    # Rounding must not make comparisons more than perfectly consistent; two objects cannot contradict each other.
    index = np.maximum(divided(lambda_max - objects, np.full(lambda_max.shape, objects - 1)), 0.0)
    if objects < 3:
        index = ratio = np.zeros(lambda_max.shape)
    else:
        ratio = index / (RANDOM_INDEX[objects - 1] if objects <= len(RANDOM_INDEX) else np.nan)
    pairs = np.where(is_answered, objects * (objects - 1) // 2, 0)
    lambda_max, index, ratio = (np.where(is_answered, one, np.nan) for one in (lambda_max, index, ratio))
    return AHPWeights(np.where(is_answered[..., None], weights, np.nan), lambda_max, index, ratio, pairs)


def as_comparisons(comparisons: ArrayLike, tolerance: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Reciprocal matrices, shape (..., N, N), and which of them are answered, shape (...).

    Raises
    ------
    ValueError
    """
    given = np.asarray(comparisons, dtype=np.float64)
    if given.ndim < 2 or given.shape[-1] != given.shape[-2] or given.shape[-1] == 0:
        raise ValueError(
            f"comparisons: needs two equal last dimensions, the objects, got shape {given.shape}"
        )
    if not 0 <= tolerance < 1:
        raise ValueError(f"tolerance: is a number from 0 to below 1, got {tolerance}")
    is_answered = np.asarray(~np.isnan(given).any(axis=(-1, -2)))
    judged = given[is_answered]
    # A rounded reciprocal such as 0.11 for 1/9 lies within the scale.
    if ((judged < (1 - tolerance) / SCALE) | (judged > SCALE * (1 + tolerance))).any():
        raise ValueError("comparisons: lie between 1/9 and 9")
    if (np.einsum("...ii->...i", judged) != 1).any():
        raise ValueError("comparisons: an object is 1 times as important as itself, the diagonal is 1")
    if (np.abs(judged * np.swapaxes(judged, -1, -2) - 1) > tolerance + 1e-9).any():
        raise ValueError("comparisons: of a pair one is 1 over the other, within the tolerance")
    return given, is_answered
