"""Whether the same groups would have come out with other persons or another draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.opinions.groups import NUMBERS, Grouping, grouped, k_means
from delphi.opinions.pca import opinion_pca
from delphi.opinions.votes import Votes

Floats = NDArray[np.float64]
MOST_PERSONS, SAMPLE = 3_000, 1_000
"""Larger panels are resampled in parts of this size; silhouettes of a resample rest on so many persons at most."""


@dataclass(frozen=True, eq=False)
class GroupStability:
    """How far a grouping comes out again.

    Parameters
    ----------
    n_resamples : resamples in which persons could be grouped
    n_persons : persons drawn for each
    rand : shape (n_resamples,), adjusted Rand index between the grouping of a resample and the original one
    jaccard : shape (G,), mean over the resamples of the share of persons common to a group and the most similar group that came out
    same_k : share of the resamples in which the same number of groups had the largest silhouette
    rand_of_seeds : shape (S,), adjusted Rand index between the original grouping and that from another seed
    """

    n_resamples: int
    n_persons: int
    rand: Floats
    jaccard: Floats
    same_k: float
    rand_of_seeds: Floats


def group_stability(
    votes: Votes, points: Floats, grouping: Grouping, resamples: int = 20, seeds: int = 5, seed: int = 1,
    numbers: Sequence[int] = NUMBERS, starts: int = 10,
) -> GroupStability:  # fmt: skip
    """Group resamples of the persons, and the same persons from other seeds.

    Parameters
    ----------
    votes : of all persons
    points : shape (M, 2), their places on the map
    grouping : the original grouping
    resamples : draws of the grouped persons with replacement, each with a map and groups of its own
    seeds : other seeds for the original persons
    seed : of the draws
    numbers, starts : as in `kmeans_silhouette`

    Returns
    -------
    GroupStability
        Empty without groups.

    Notes
    -----
    Each resample has a map of its own, so the map's uncertainty is in the result. Compared are the persons drawn, each once. A mean
    Jaccard index of a group of .75 and more is called stable, below .6 the group should not be trusted, below .5 it
    dissolves (Hennig 2007, Computational Statistics and Data Analysis 52, 258-271). Source of the adjusted Rand index: Hubert and
    Arabie (1985), Journal of Classification 2, 193-218.
    """
    persons = np.flatnonzero(grouping.group >= 0)
    if grouping.k == 0:
        return GroupStability(0, 0, np.zeros(0), np.zeros(0), float("nan"), np.zeros(0))
    rng = np.random.default_rng(seed)
    drawn_size = min(len(persons), MOST_PERSONS)
    rand, jaccard, same_k = [], [], []
    for number in range(resamples):
        drawn = rng.choice(persons, drawn_size)
        again, chosen = _again(votes.of(drawn), grouping.k, numbers, starts, seed + number)
        if again.k == 0:
            continue
        _, first = np.unique(drawn, return_index=True)
        before, after = grouping.group[drawn[first]], again.group[first]
        rand.append(adjusted_rand(before, after))
        jaccard.append(jaccard_of_groups(before, after, grouping.k))
        same_k.append(chosen == grouping.k)
    others = _from_other_seeds(points[persons], grouping, persons, seeds, seed, starts)
    return GroupStability(
        len(rand), drawn_size, np.array(rand), _mean_over(jaccard, grouping.k),
        float(np.mean(same_k)) if same_k else float("nan"), others,
    )  # fmt: skip


def adjusted_rand(first: ArrayLike, second: ArrayLike) -> float:
    """Adjusted Rand index of two groupings of the same persons.

    Parameters
    ----------
    first, second : array_like of int, shape (M,)

    Returns
    -------
    float
        1: the same groups, 0: as alike as by chance; NaN below two persons. 1 where both have one group, or none has two in one.

    Notes
    -----
    Source: Hubert and Arabie (1985).

    Examples
    --------
    >>> round(adjusted_rand([0, 0, 1, 1], [0, 0, 1, 2]), 4)
    0.5714
    """
    table = _crossed(np.asarray(first), np.asarray(second))
    n = table.sum()
    if n < 2:
        return float("nan")
    both = _pairs(table).sum()
    rows, columns = _pairs(table.sum(axis=1)).sum(), _pairs(table.sum(axis=0)).sum()
    expected = rows * columns / _pairs(n)
    most = (rows + columns) / 2
    return 1.0 if most == expected else float((both - expected) / (most - expected))


def jaccard_of_groups(first: ArrayLike, second: ArrayLike, n_groups: int) -> Floats:
    """For each group of the first grouping the largest Jaccard index with a group of the second.

    Parameters
    ----------
    first, second : array_like of int, shape (M,)
    n_groups : groups of the first grouping

    Returns
    -------
    ndarray of float, shape (G,)
        Common persons over persons in either group; NaN for a group without a person.

    Examples
    --------
    >>> jaccard_of_groups([0, 0, 1, 1], [0, 0, 0, 1], 2).round(4).tolist()
    [0.6667, 0.5]
    """
    names = np.unique(np.asarray(second))
    given = np.asarray(first)
    table = np.array([[((given == g) & (second == name)).sum() for name in names] for g in range(n_groups)])
    table = table.reshape(n_groups, len(names))
    sizes = table.sum(axis=1)
    either = sizes[:, None] + table.sum(axis=0)[None, :] - table
    index = np.full(table.shape, np.nan)
    np.divide(table, either, out=index, where=sizes[:, None] > 0)
    return index.max(axis=1, initial=-np.inf) if table.size else np.full(n_groups, np.nan)


def _again(votes: Votes, k: int, numbers: Sequence[int], starts: int, seed: int) -> tuple[Grouping, int]:
    """Persons in as many groups as before, on a map of their own, and the number they would have been given."""
    places = opinion_pca(votes).coordinates
    is_used = np.isfinite(places[:, 0])
    found = grouped(places, is_used, numbers, starts, seed, 2, SAMPLE)
    if found.k in (0, k):
        return found, found.k
    return grouped(places, is_used, [k], starts, seed, 2, SAMPLE), found.k


def _from_other_seeds(
    placed: Floats, grouping: Grouping, persons: NDArray[np.int64], seeds: int, seed: int, starts: int
) -> Floats:
    """Agreement of the grouping with those of other seeds of k-means; of many persons, on a part of them."""
    some = np.arange(len(persons))
    if len(persons) > 2 * MOST_PERSONS:
        some = np.random.default_rng(seed).choice(len(persons), 2 * MOST_PERSONS, replace=False)
    found = []
    for other in range(1, seeds + 1):
        again = k_means(placed[some], [grouping.k], starts, seed + other)
        if again:
            found.append(adjusted_rand(grouping.group[persons[some]], again[grouping.k]))
    return np.array(found)


def _mean_over(indices: list[Floats], n_groups: int) -> Floats:
    """Mean per group over the resamples in which somebody of the group was drawn."""
    together = np.array(indices).reshape(len(indices), n_groups)
    many = (~np.isnan(together)).sum(axis=0)
    found = np.full(n_groups, np.nan)
    np.divide(np.nansum(together, axis=0), many, out=found, where=many > 0)
    return found


def _crossed(first: NDArray[np.int64], second: NDArray[np.int64]) -> Floats:
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(
            f"second: needs one group per person like first, got {second.shape} and {first.shape}"
        )
    _, one = np.unique(first, return_inverse=True)
    _, other = np.unique(second, return_inverse=True)
    table = np.zeros((one.max(initial=-1) + 1, other.max(initial=-1) + 1))
    np.add.at(table, (one, other), 1)
    return table


def _pairs(n: Floats) -> Floats:
    return n * (n - 1) / 2
