"""Groups of persons who lie together on the map of opinions: k-means, with the number of groups chosen by silhouettes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.opinions.one_thread import one_thread
from delphi.opinions.pca import opinion_pca
from delphi.opinions.silhouettes import mean_silhouettes
from delphi.opinions.votes import Votes, as_votes

Floats = NDArray[np.float64]
Groups = NDArray[np.int64]
NUMBERS = (2, 3, 4, 5)
LEAST_VOTES, LEAST_PERSONS = 7, 15
NO_STRUCTURE_BELOW = 0.25
STARTS_ON_ALL_UP_TO = 20_000
SAMPLE = 5_000
"""Persons on whom silhouettes are computed where there are more; with starts of k-means, twice as many."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """Persons in groups.

    Parameters
    ----------
    silhouette : mean silhouette of the chosen number of groups; NaN where nothing could be grouped
    k : the chosen number of groups, 0 where there are none
    group : shape (M,), from 0 for the largest group on, -1 for who was not grouped
    tried : numbers of groups that were tried
    silhouettes : mean silhouette of each of them; NaN where it is not defined
    n_grouped : persons who were grouped
    n_sampled : persons on whom the silhouettes rest, fewer than those grouped where these are many
    is_structured : whether the silhouette reaches 0.25
    """

    silhouette: float
    k: int
    group: Groups
    tried: tuple[int, ...]
    silhouettes: Floats
    n_grouped: int
    n_sampled: int
    is_structured: bool


def kmeans_silhouette(
    votes: ArrayLike | Votes, numbers: Sequence[int] = NUMBERS, starts: int = 10, seed: int = 1,
    least_votes: int = LEAST_VOTES, least_persons: int = LEAST_PERSONS,
) -> Grouping:  # fmt: skip
    """Groups on the map of opinions, as many as have the largest mean silhouette.

    Parameters
    ----------
    votes : array_like of float, shape (M, N), or Votes
        1 agree, -1 disagree, 0 pass, NaN unseen.
    numbers : numbers of groups to try
    starts : how often k-means starts anew for each, at least 10
    seed : of the starts, and of the sample of persons where there are many
    least_votes, least_persons : who votes less is not grouped; with fewer persons left nobody is

    Returns
    -------
    Grouping
        Without groups, and a silhouette of NaN, where too few persons voted enough or they do not differ.

    Raises
    ------
    ValueError
        If a vote is none of 1, -1 and 0, or an option makes no sense.

    Notes
    -----
    k-means++ on the coordinates of `opinion_pca`. Above 20,000 persons the starts run on a sample of 10,000 and the best of them goes on
    with everybody; above 5,000 the silhouettes rest on a sample of 5,000. Source: Small et al. (2021); Rousseeuw (1987). See
    `silhouette` for how to read it.

    Examples
    --------
    >>> votes = [[1, 1, 1, -1, -1, -1, -1]] * 9 + [[-1, -1, -1, 1, 1, 1, 1]] * 8
    >>> found = kmeans_silhouette(votes)
    >>> found.k, found.silhouette, np.bincount(found.group).tolist()
    (2, 1.0, [9, 8])
    """
    given = as_votes(votes)
    with one_thread("sklearn.cluster", "scipy.sparse.linalg"):
        points = opinion_pca(given).coordinates
        is_used = (given.answered >= least_votes) & ~np.isnan(points).any(axis=1)
        return grouped(points, is_used, numbers, starts, seed, least_persons)


def grouped(
    points: Floats, is_used: NDArray[np.bool_], numbers: Sequence[int] = NUMBERS, starts: int = 10,
    seed: int = 1, least_persons: int = LEAST_PERSONS, sample: int = SAMPLE,
) -> Grouping:  # fmt: skip
    """Groups of the points that are used; silhouettes on at most `sample` of them, the rest as in `kmeans_silhouette`."""
    tried = as_numbers(numbers)
    if starts < 10:
        raise ValueError(f"starts: at least 10, since k-means stops at the next hollow, got {starts}")
    group = np.full(len(points), -1, dtype=np.int64)
    used = np.flatnonzero(is_used)
    found = np.full(len(tried), np.nan)
    nothing = Grouping(float("nan"), 0, group, tried, found, 0, 0, False)
    if len(used) < max(least_persons, 2):
        return nothing
    # In the order of the map, so that the order of persons in the file does not matter to the starts.
    used = used[_order(points[used])]
    placed = points[used]
    partitions = {k: one for k, one in k_means(placed, tried, starts, seed).items() if one.max() > 0}
    if not partitions:
        return nothing
    some = _sampled(len(placed), sample, seed)
    means = mean_silhouettes([one[some] for one in partitions.values()], placed[some])
    for k, mean in zip(partitions, means, strict=True):
        found[tried.index(k)] = mean
    if np.isnan(found).all():
        return nothing
    best = tried[int(np.nanargmax(found))]
    group[used] = numbered(partitions[best], placed)
    largest = float(np.nanmax(found))
    return Grouping(largest, best, group, tried, found, len(used), len(some), largest >= NO_STRUCTURE_BELOW)


def k_means(points: Floats, numbers: Sequence[int], starts: int, seed: int) -> dict[int, Groups]:
    """Number of groups → group of each point; numbers above that of different points are left out."""
    from sklearn.cluster import KMeans

    rounded = points.round(9)
    different = len(np.unique(rounded[:, 0] + 1j * rounded[:, 1]))
    found: dict[int, Groups] = {}
    with one_thread("sklearn.cluster"):
        for k in numbers:
            if k > different:
                continue
            if len(points) <= STARTS_ON_ALL_UP_TO:
                model = KMeans(k, n_init=starts, random_state=seed).fit(points)
            else:
                sample = _sampled(len(points), 2 * SAMPLE, seed)
                first = KMeans(k, n_init=starts, random_state=seed).fit(points[sample])
                model = KMeans(k, n_init=1, init=first.cluster_centers_).fit(points)
            found[k] = model.labels_.astype(np.int64)
    return found


def numbered(group: Groups, points: Floats) -> Groups:
    """Groups numbered from the largest on; of equally large ones that to the left on the map comes first."""
    names, own = np.unique(group, return_inverse=True)
    sizes = np.bincount(own)
    left = np.bincount(own, points[:, 0]) / sizes
    order = np.lexsort((left.round(9), -sizes))
    number = np.empty(len(names), dtype=np.int64)
    number[order] = np.arange(len(names))
    return number[own]


def as_numbers(numbers: Sequence[int]) -> tuple[int, ...]:
    """Numbers of groups to try.

    Raises
    ------
    ValueError
        If there is none, or one is below 2.
    """
    given = tuple(sorted({int(one) for one in numbers}))
    if not given or given[0] < 2:
        raise ValueError(f"numbers: are numbers of groups from 2 on, got {list(numbers)}")
    return given


def _order(points: Floats) -> NDArray[np.int64]:
    """The points from left to right; rounding differences do not count."""
    return np.lexsort(points.round(9).T[::-1])


def _sampled(persons: int, most: int, seed: int) -> NDArray[np.int64]:
    """All persons, or as many as are allowed, drawn by the seed."""
    if persons <= most:
        return np.arange(persons)
    return np.sort(np.random.default_rng(seed).choice(persons, most, replace=False))
