"""Rankings of persons, checked: ranks 1, 2, 3, ... of all objects or of some, ties only where they are declared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats
from delphi.statistics.options import INVALID, one_of

TIES = ("invalid", "shared")
"""What two equal ranks are: a mistake, or a declared tie whose objects share the mean of their places."""


@dataclass(frozen=True)
class Rankings:
    """Valid rankings.

    Parameters
    ----------
    ranks : shape (m, N), mid-ranks among the ranked objects, NaN unranked
    is_valid : shape (M,), which of the given rankings these are
    n_invalid : how many rankings were given and are none
    """

    ranks: Floats
    is_valid: NDArray[np.bool_]
    n_invalid: int

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.ranks)

    @property
    def is_complete(self) -> NDArray[np.bool_]:
        """Which of them rank every object, shape (m,)."""
        return np.asarray(~np.isnan(self.ranks).any(axis=1))

    @property
    def have_ties(self) -> bool:
        """Whether two objects share a rank somewhere."""
        return bool((tie_sizes(self.ranks) > 1).any())

    def of_the_same_objects(self) -> Floats:
        """Ranks that may be averaged: the complete rankings, or all of them where all rank one and the same subset.

        Empty where the persons ranked different objects and nobody ranked all.
        """
        if self.is_complete.any():
            return self.ranks[self.is_complete]
        is_ranked = ~np.isnan(self.ranks)
        return self.ranks if self.n and (is_ranked == is_ranked[0]).all() else self.ranks[:0]


def as_rankings(
    ranks: ArrayLike, ties: str = "invalid", invalid: str = "left_out", name: str = "ranks"
) -> Rankings:
    """Rankings of persons as mid-ranks, without those that are none.

    Parameters
    ----------
    ranks : array_like of float, shape (M, N)
        Respondent × object, 1 is best, NaN unranked. A row of NaN is no answer.
    ties : "invalid" or "shared"
        Without ties a ranking of k objects has each of the ranks 1 to k once. Shared: any order counts, in whatever
        way the ties are numbered (1 2 2 4, 1 2 2 3, 1 2.5 2.5 4), as long as no rank is below 1 or above N.
    invalid : "left_out" or "refused"
        Left out: as if the person had not answered; `n_invalid` says how many. Refused: an error.

    Raises
    ------
    ValueError
        If `ranks` is no table, an option is unknown, or a ranking is none and `invalid` is refused.

    Examples
    --------
    >>> found = as_rankings([[1, 2, 3], [1, 1, 3], [2, 1, float("nan")]])
    >>> found.n, found.n_invalid
    (2, 1)
    """
    one_of("ties", ties, TIES)
    one_of("invalid", invalid, INVALID)
    given = np.asarray(ranks, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] == 0:
        raise ValueError(f"{name}: needs respondents and objects as dimensions, got shape {given.shape}")
    is_ranked = ~np.isnan(given)
    is_answered = is_ranked.any(axis=1)
    is_valid = is_answered & _is_ranking(given, is_ranked, ties)
    n_invalid = int((is_answered & ~is_valid).sum())
    if n_invalid and invalid == "refused":
        raise ValueError(
            f"{name}: {n_invalid} of {int(is_answered.sum())} rankings are none: a ranking has each rank from 1 on once, "
            "ties are declared by ties='shared'"
        )
    valid = given[is_valid]
    return Rankings(_mid_ranked(valid) if ties == "shared" else valid, is_valid, n_invalid)


def _is_ranking(given: Floats, is_ranked: NDArray[np.bool_], ties: str) -> NDArray[np.bool_]:
    if ties == "shared":
        return np.asarray((~is_ranked | ((given >= 1) & (given <= given.shape[1]))).all(axis=1))
    in_order = np.sort(np.where(is_ranked, given, np.inf), axis=1)
    wanted = np.arange(1, given.shape[1] + 1)
    as_wanted: NDArray[np.bool_] = (in_order == wanted) | (wanted > is_ranked.sum(axis=1)[:, None])
    return np.asarray(as_wanted.all(axis=1))


def _mid_ranked(ranks: Floats) -> Floats:
    """Ranks from 1 in each row, ties sharing the mean of theirs, NaN staying NaN."""
    lower = np.column_stack([(ranks < one[:, None]).sum(axis=1) for one in ranks.T])
    return np.where(np.isnan(ranks), np.nan, lower + (tie_sizes(ranks) + 1) / 2)


def tie_sizes(ranks: Floats) -> NDArray[np.int64]:
    """How many objects of its ranking share the rank of each object, itself included; 0 where unranked.

    Examples
    --------
    >>> tie_sizes(np.array([[1.0, 2.5, 2.5, np.nan]])).tolist()
    [[1, 2, 2, 0]]
    """
    return np.column_stack([(ranks == one[:, None]).sum(axis=1) for one in ranks.T])


def in_the_top(ranks: Floats, k: int) -> Floats:
    """Share of each object in the first k places, NaN where unranked.

    1 or 0 but for objects tied across the border, which share the places within it: the shares of a complete
    ranking add up to k.

    Examples
    --------
    >>> in_the_top(np.array([[1.0, 3.0, 3.0, 3.0]]), 2).round(3).tolist()
    [[1.0, 0.333, 0.333, 0.333]]
    """
    sizes = np.maximum(tie_sizes(ranks), 1)
    before = ranks - (sizes + 1) / 2
    return np.clip((k - before) / sizes, 0.0, 1.0)
