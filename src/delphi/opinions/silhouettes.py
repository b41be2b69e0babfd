"""How much nearer persons are to their own group than to the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Groups = NDArray[np.int64]
CELLS = 1_000_000
"""So many distances are held at once."""


@dataclass(frozen=True, eq=False)
class Silhouette:
    """Silhouettes of a grouping.

    Parameters
    ----------
    mean : over all persons in a group; NaN where there is but one group, or every group is one person
    each : shape (M,), of each person; 0 for who is alone in a group, NaN for who is in none
    """

    mean: float
    each: Floats


def silhouette(points: ArrayLike, groups: ArrayLike) -> Silhouette:
    """Silhouette (b - a) / max(a, b) of persons on a map.

    Parameters
    ----------
    points : array_like of float, shape (M, D)
        Coordinates; a person with a NaN is left out.
    groups : array_like of int, shape (M,)
        From 0 on; a person with a negative number is in no group.

    Returns
    -------
    Silhouette
        From -1 to 1: a is the mean distance to the others of the own group, b the smallest mean distance to another group.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Notes
    -----
    Euclidean distances. Source: Rousseeuw (1987), Journal of Computational and Applied Mathematics 20, 53-65. Below .25 there is no
    substantial structure (Kaufman and Rousseeuw 1990); but a shapeless cloud cut in two to five on a map of two dimensions
    has .3 to .4, so a higher value alone is no evidence of groups.

    Examples
    --------
    >>> found = silhouette([[0], [1], [10], [11]], [0, 0, 1, 1])
    >>> round(found.mean, 4), found.each.round(4).tolist()
    (0.8997, [0.9048, 0.8947, 0.8947, 0.9048])
    """
    given, own = np.asarray(points, dtype=np.float64), np.asarray(groups, dtype=np.int64)
    if given.ndim != 2:
        raise ValueError(f"points: need persons and coordinates as dimensions, got shape {given.shape}")
    if own.shape != given.shape[:1]:
        raise ValueError(f"groups: needs one number per person, got shape {own.shape}")
    is_used = (own >= 0) & ~np.isnan(given).any(axis=1)
    each = np.full(len(own), np.nan)
    each[is_used] = silhouettes_of([own[is_used]], len(given[is_used]), distances_between(given[is_used]))[0]
    return Silhouette(_mean(each[is_used]), each)


def distances_between(points: Floats) -> Callable[[slice], Floats]:
    """Euclidean distances of some points to all, computed when asked for."""

    def rows(some: slice) -> Floats:
        apart = np.zeros((len(points[some]), len(points)))
        for dimension in range(points.shape[1]):
            apart += (points[some, dimension, None] - points[None, :, dimension]) ** 2
        return np.sqrt(apart, out=apart)

    return rows


def silhouettes_of(
    groupings: Sequence[Groups], persons: int, distances: Callable[[slice], Floats]
) -> list[Floats]:
    """Silhouettes of several groupings of the same persons; each distance is computed once.

    Parameters
    ----------
    groupings : arrays of int, shape (M,)
        From 0 on.
    persons : M
    distances : rows of the table of distances

    Returns
    -------
    list of ndarray of float, shape (M,)
        NaN throughout where a grouping has one group or every group is one person.
    """
    members = [np.eye(int(one.max(initial=-1)) + 1)[one] for one in groupings]
    together = np.concatenate(members, axis=1) if members else np.zeros((persons, 0))
    sums = np.concatenate(
        [distances(some) @ together for some in _blocks(persons)] or [np.zeros((0, together.shape[1]))]
    )
    ends = np.cumsum([one.shape[1] for one in members])
    parts = np.split(sums, ends[:-1], axis=1)
    return [_from_sums(part, own) for part, own in zip(parts, groupings, strict=True)]


def mean_silhouettes(groupings: Sequence[Groups], points: Floats) -> list[float]:
    """Mean silhouette of each of several groupings of points."""
    found = silhouettes_of(groupings, len(points), distances_between(points))
    return [_mean(each) for each in found]


def _from_sums(sums: Floats, own: Groups) -> Floats:
    """Silhouettes from the summed distances of each person to each group."""
    sizes = np.bincount(own, minlength=sums.shape[1])
    occupied = sizes > 0
    if occupied.sum() < 2 or sizes.max() < 2:
        return np.full(len(own), np.nan)
    rows, many = np.arange(len(own)), sizes[own]
    within = sums[rows, own] / np.maximum(many - 1, 1)
    others = np.where(occupied, sums / np.maximum(sizes, 1), np.inf)
    others[rows, own] = np.inf
    nearest = others.min(axis=1)
    larger = np.maximum(within, nearest)
    each = np.zeros(len(own))
    np.divide(nearest - within, larger, out=each, where=(many > 1) & (larger > 0))
    return each


def _mean(each: Floats) -> float:
    return float(each.mean()) if len(each) else float("nan")


def _blocks(persons: int) -> Iterator[slice]:
    step = max(1, CELLS // max(persons, 1))
    return (slice(start, start + step) for start in range(0, persons, step))
