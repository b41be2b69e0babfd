"""Groups of opinion as a tree: persons are joined step by step, and the tree is cut where the silhouette is largest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.opinions.groups import (
    LEAST_PERSONS,
    LEAST_VOTES,
    NO_STRUCTURE_BELOW,
    NUMBERS,
    as_numbers,
    numbered,
)
from delphi.opinions.one_thread import one_thread
from delphi.opinions.pca import opinion_pca
from delphi.opinions.silhouettes import distances_between, silhouettes_of
from delphi.opinions.votes import Votes, as_votes

Floats = NDArray[np.float64]
MOST_PERSONS = 5_000


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """A tree of persons and its best cut.

    Parameters
    ----------
    silhouette : mean silhouette of the chosen cut, on the distances of the tree; NaN where nothing could be grouped
    k : the chosen number of groups, 0 where there are none
    group : shape (M,), from 0 for the largest group on, -1 for who was not grouped
    tried : numbers of groups that were tried
    silhouettes : mean silhouette of each of them
    persons : numbers of those grouped, in the order in which `tree` counts them
    tree : shape (n - 1, 4), the steps as SciPy writes them: the two joined, their distance, persons in both; for a drawing
    n_without_common : pairs of persons who saw no statement together
    is_structured : whether the silhouette reaches 0.25
    """

    silhouette: float
    k: int
    group: NDArray[np.int64]
    tried: tuple[int, ...]
    silhouettes: Floats
    persons: NDArray[np.int64]
    tree: Floats
    n_without_common: int
    is_structured: bool


def hierarchical_clustering(
    votes: ArrayLike | Votes, method: str = "average", numbers: Sequence[int] = NUMBERS,
    least_votes: int = LEAST_VOTES, least_persons: int = LEAST_PERSONS,
) -> Hierarchy:  # fmt: skip
    """Groups from a tree of persons, cut where the mean silhouette is largest.

    Parameters
    ----------
    votes : array_like of float, shape (M, N), or Votes
        1 agree, -1 disagree, 0 pass, NaN unseen.
    method : "average" or "ward"
        Average linkage of `vote_distances`, or Ward's criterion on the coordinates of `opinion_pca`.
    numbers : numbers of groups to try
    least_votes, least_persons : who votes less is not grouped; with fewer persons left nobody is

    Returns
    -------
    Hierarchy
        Without groups, and a silhouette of NaN, where too few persons voted enough or they do not differ.

    Raises
    ------
    ValueError
        If a vote is none of 1, -1 and 0, an option makes no sense, or there are more than 5,000 persons: every pair is compared.

    Notes
    -----
    Ward needs Euclidean distances, which votes with much unseen do not have; so it works on the map. Two persons who saw no statement
    together get the mean distance of all others, and are counted. There is no draw: the same votes give the same tree.
    Source: Ward (1963), JASA 58, 236-244; Sokal and Michener (1958) for the average; Rousseeuw (1987) for the cut.

    Examples
    --------
    >>> votes = [[1, 1, 1, -1, -1, -1, -1]] * 9 + [[-1, -1, -1, 1, 1, 1, 1]] * 8
    >>> found = hierarchical_clustering(votes)
    >>> found.k, found.silhouette, np.bincount(found.group).tolist()
    (2, 1.0, [9, 8])
    """
    if method not in ("average", "ward"):
        raise ValueError(f"method: is average or ward, got {method!r}")
    given, tried = as_votes(votes), as_numbers(numbers)
    with one_thread("scipy.sparse.linalg"):
        return _hierarchy(given, method, tried, least_votes, least_persons)


def _hierarchy(
    given: Votes, method: str, tried: tuple[int, ...], least_votes: int, least_persons: int
) -> Hierarchy:
    """Tree and cut."""
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    places = opinion_pca(given).coordinates
    persons = np.flatnonzero((given.answered >= least_votes) & ~np.isnan(places).any(axis=1))
    if len(persons) > MOST_PERSONS:
        raise ValueError(
            f"votes: a tree compares every pair of persons and is for at most {MOST_PERSONS}, got {len(persons)}"
        )
    if len(persons) < max(least_persons, 2):
        return _nothing(given, tried)
    points = places[persons]
    if method == "ward":
        return _cut(linkage(points, "ward"), points, distances_between(points), given, tried, persons, 0)
    apart, lacking = vote_distances(given.of(persons))
    tree = linkage(squareform(apart, checks=False), "average")
    return _cut(tree, points, lambda rows: apart[rows], given, tried, persons, lacking)


def vote_distances(votes: ArrayLike | Votes) -> tuple[Floats, int]:
    """Distances of persons by what both saw, and how many pairs saw nothing together.

    Parameters
    ----------
    votes : array_like of float, shape (M, N), or Votes

    Returns
    -------
    distances : ndarray of float, shape (M, M)
        Half the mean difference of the votes on statements that both saw: 0 the same votes, 1 opposite ones throughout. A pair without a
        common statement has the mean of all other pairs.
    n_without_common : int

    Examples
    --------
    >>> vote_distances([[1, 1, np.nan], [1, -1, 1], [0, np.nan, 1]])[0].tolist()
    [[0.0, 0.5, 0.5], [0.5, 0.0, 0.25], [0.5, 0.25, 0.0]]
    """
    table = as_votes(votes).matrix()
    agree, disagree, passing = ((table == one).astype(np.float32) for one in (1, -1, 0))
    seen = agree + disagree + passing
    common = (seen @ seen.T).astype(np.float64)
    half = passing @ (agree + disagree).T
    summed = (agree @ disagree.T).astype(np.float64)
    summed = summed + summed.T + (half + half.T) / 2
    apart = np.full(common.shape, np.nan)
    np.divide(summed, common, out=apart, where=common > 0)
    np.fill_diagonal(apart, 0.0)
    is_pair = ~np.eye(len(apart), dtype=bool)
    lacking = np.isnan(apart)
    known = apart[is_pair & ~lacking]
    return np.where(lacking, known.mean() if len(known) else 0.0, apart), int(lacking.sum()) // 2


def _cut(
    tree: Floats, points: Floats, distances: Callable[[slice], Floats], given: Votes,
    tried: tuple[int, ...], persons: NDArray[np.int64], lacking: int,
) -> Hierarchy:  # fmt: skip
    """Cut the tree where the silhouette is largest."""
    from scipy.cluster.hierarchy import cut_tree

    possible = [k for k in tried if k <= len(persons)]
    cuts = [cut_tree(tree, k)[:, 0].astype(np.int64) for k in possible]
    found = np.full(len(tried), np.nan)
    for k, each in zip(possible, silhouettes_of(cuts, len(persons), distances), strict=True):
        found[tried.index(k)] = each.mean()
    if tree[-1, 2] == 0 or np.isnan(found).all():
        return _nothing(given, tried)
    best = int(np.nanargmax(found))
    group = np.full(given.n_persons, -1, dtype=np.int64)
    group[persons] = numbered(cuts[possible.index(tried[best])], points)
    largest = float(found[best])
    return Hierarchy(
        largest, tried[best], group, tried, found, persons, tree, lacking, largest >= NO_STRUCTURE_BELOW
    )


def _nothing(given: Votes, tried: tuple[int, ...]) -> Hierarchy:
    return Hierarchy(
        float("nan"), 0, np.full(given.n_persons, -1, dtype=np.int64), tried, np.full(len(tried), np.nan),
        np.zeros(0, dtype=np.int64), np.zeros((0, 4)), 0, False,
    )  # fmt: skip
