"""Where a panel places each object: mean ranks, shares in the first places, Borda points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats, divided
from delphi.statistics.options import one_of
from delphi.statistics.rankings import as_rankings, in_the_top

PARTIAL = ("average", "optimistic", "pessimistic")
"""What an unranked object gets: the mean, most or least of the points that are left."""
DENOMINATORS = ("rankings", "ranked")
"""Of whom a share in the first places is: of all rankings, or of those that rank the object."""


@dataclass(frozen=True)
class MeanRank:
    """Mean and standard deviation (n - 1) of the ranks per object, and how many rankings they rest on."""

    mean: Floats
    sd: Floats
    n: int
    n_invalid: int


def mean_rank(ranks: ArrayLike, ties: str = "invalid", invalid: str = "left_out") -> MeanRank:
    """Mean and standard deviation of the ranks of each object.

    Parameters
    ----------
    ranks : array_like of float, shape (M, N)
        Respondent × object, 1 is best, NaN unranked.
    ties, invalid : as in `as_rankings`

    Returns
    -------
    MeanRank
        `mean` and `sd` of shape (N,), in ranks; n is the number of rankings averaged. Over the complete rankings; where
        there is none and all persons ranked one and the same subset, over that. NaN where persons ranked different
        objects, since a rank among five is none among twenty, for objects that nobody ranked, and without a ranking;
        `sd` also below two rankings.

    Notes
    -----
    Missing: unranked is missing, never last. Source: Schmidt (1997), Decision Sciences 28, 763-774.

    Examples
    --------
    >>> mean_rank([[1, 2, 3], [1, 3, 2], [2, 1, 3]]).mean.round(4).tolist()
    [1.3333, 2.0, 2.6667]
    """
    found = as_rankings(ranks, ties, invalid)
    used = found.of_the_same_objects()
    n = len(used)
    objects = found.ranks.shape[1]
    mean = divided(used.sum(axis=0), np.full(objects, n))
    squares = ((used - mean) ** 2).sum(axis=0)
    return MeanRank(mean, np.sqrt(divided(squares, np.full(objects, max(n - 1, 0)))), n, found.n_invalid)


@dataclass(frozen=True)
class TopKShare:
    """Share of the rankings that place each object among the first k, and of how many."""

    share: Floats
    n_top: Floats
    n: NDArray[np.int64]
    everyone_ranked: NDArray[np.bool_]
    n_invalid: int


def top_k_share(
    ranks: ArrayLike, k: int, denominator: str = "rankings", ties: str = "invalid", invalid: str = "left_out"
) -> TopKShare:
    """Share of the panel that places each object among the first k.

    Parameters
    ----------
    ranks : array_like of float, shape (M, N)
        Respondent × object, 1 is best, NaN unranked.
    k : 1 to N
    denominator : "rankings" or "ranked"
        Of all rankings, for ballots that ask for the first few of many; or of those that rank the object, where each
        person was shown some of the objects.
    ties, invalid : as in `as_rankings`

    Returns
    -------
    TopKShare
        `share` of shape (N,), from 0 to 1; `n_top` over `n`, each of shape (N,); `everyone_ranked` says whether every
        ranking ranks the object. NaN where n is 0.

    Notes
    -----
    Objects tied across place k share the places within it, so that each complete ranking gives k places away. Source:
    Schmidt (1997), Decision Sciences 28, 763-774, for the top half.

    Examples
    --------
    >>> top_k_share([[1, 2, 3], [1, 3, 2], [2, 1, 3]], k=1).share.round(4).tolist()
    [0.6667, 0.3333, 0.0]
    """
    one_of("denominator", denominator, DENOMINATORS)
    found = as_rankings(ranks, ties, invalid)
    objects = found.ranks.shape[1]
    if isinstance(k, bool) or k != int(k) or not 1 <= k <= objects:
        raise ValueError(f"k: is a whole number from 1 to {objects}, got {k!r}")
    n_ranked = (~np.isnan(found.ranks)).sum(axis=0)
    n_top = np.nansum(in_the_top(found.ranks, int(k)), axis=0)
    n = n_ranked if denominator == "ranked" else np.full(objects, found.n)
    return TopKShare(divided(n_top, n), n_top, n, n_ranked == found.n, found.n_invalid)


@dataclass(frozen=True)
class Borda:
    """Borda points per object, the points per ranking, and how many rankings gave them."""

    points: Floats
    mean_points: Floats
    n: int
    n_invalid: int


def borda(
    ranks: ArrayLike, partial: str = "average", ties: str = "invalid", invalid: str = "left_out"
) -> Borda:
    """Borda points: each ranking gives an object the number of objects below it.

    Parameters
    ----------
    ranks : array_like of float, shape (M, N)
        Respondent × object, 1 is best, NaN unranked.
    partial : "average", "optimistic" or "pessimistic"
        A ranking of j of the N objects gives those it ranks N - r points, and each of the others the mean (N - j - 1) / 2,
        the most N - j - 1 or the least 0 of the points that are left. Complete rankings are the same in all three.
    ties, invalid : as in `as_rankings`; tied objects share the mean of their points

    Returns
    -------
    Borda
        `points` of shape (N,), from 0 to n (N - 1); NaN without a ranking.

    Notes
    -----
    On complete rankings the order is that of the mean ranks. Partial rankings are read as the first j of all objects,
    not as an order among those that were shown. Source: Borda (1781); for partial rankings Terzopoulou and Endriss
    (2021), The Borda class, Journal of Mathematical Economics 92, 31-40.

    Examples
    --------
    >>> borda([[1, 2, 3], [1, 3, 2], [2, 1, 3]]).points.tolist()
    [5.0, 3.0, 1.0]
    """
    one_of("partial", partial, PARTIAL)
    found = as_rankings(ranks, ties, invalid)
    objects = found.ranks.shape[1]
    most = objects - (~np.isnan(found.ranks)).sum(axis=1) - 1
    left = {"average": most / 2, "optimistic": most * 1.0, "pessimistic": most * 0.0}[partial]
    given = np.where(np.isnan(found.ranks), np.maximum(left, 0.0)[:, None], objects - found.ranks)
    total = given.sum(axis=0) if found.n else np.full(objects, np.nan)
    return Borda(total, divided(total, np.full(objects, found.n)), found.n, found.n_invalid)
