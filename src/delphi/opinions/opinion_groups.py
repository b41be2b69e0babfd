"""Everything a report says about groups of opinion, from the votes alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.opinions.groups import LEAST_PERSONS, LEAST_VOTES, NUMBERS, Grouping, grouped
from delphi.opinions.one_thread import one_thread
from delphi.opinions.pca import OpinionPca, opinion_pca
from delphi.opinions.representative import StandsFor, representative_statements, statements_for_all
from delphi.opinions.stability import GroupStability, group_stability
from delphi.opinions.votes import Votes, as_votes
from delphi.statistics.common_ground import group_aware_consensus
from delphi.statistics.representativeness import CommentStats, polis_comment_stats

MINIMUM_CELL = 5


@dataclass(frozen=True, eq=False)
class OpinionGroups:
    """Groups of opinion and what stands for them. M persons, N statements, G groups; statements and persons are numbered from 0 on.

    Parameters
    ----------
    reason : why there are no groups: `no_valid_answers`, `too_few`, `no_variation` or `one_cluster`; None where there are
    flags : `n_below_minimum` where a group is smaller than the minimum cell
    is_structured : whether the silhouette reaches 0.25; without it no groups should be spoken of
    n_persons, n_voters, n_grouped : persons, those with a vote, those in a group
    n_votes : votes and passes
    group : shape (M,), from 0 for the largest group on, -1 for who is in none
    sizes : shape (G,)
    is_small : shape (G,), groups below the minimum cell, which are not to be shown
    map : coordinates of persons, directions, explained variance
    grouping : the chosen number of groups and the silhouettes of all that were tried
    stability : whether the same groups come out again
    counts : shape (N, G, 3), how many disagree, pass and agree
    everybody : shape (N, 3), the same over all who voted, in a group or not
    agree, disagree : per statement and group P, R, their z values and score; fields of shape (N, G)
    representative : per group the statements that stand for it, in order
    group_aware_agree, group_aware_disagree : shape (N,), product over the groups
    consensus : statements agreed or rejected by everybody, in order
    common_ground : statements that in every group at least 60 % agree with or reject, in order
    options : all options in effect
    """

    reason: str | None
    flags: tuple[str, ...]
    is_structured: bool
    n_persons: int
    n_voters: int
    n_grouped: int
    n_votes: int
    group: NDArray[np.int64]
    sizes: NDArray[np.int64]
    is_small: NDArray[np.bool_]
    map: OpinionPca
    grouping: Grouping
    stability: GroupStability
    counts: NDArray[np.int64]
    everybody: NDArray[np.int64]
    agree: CommentStats | None
    disagree: CommentStats | None
    representative: tuple[tuple[StandsFor, ...], ...]
    group_aware_agree: NDArray[np.float64]
    group_aware_disagree: NDArray[np.float64]
    consensus: tuple[StandsFor, ...]
    common_ground: tuple[StandsFor, ...]
    options: dict[str, Any]


def opinion_groups(
    votes: ArrayLike | Votes, seed: int = 1, numbers: Sequence[int] = NUMBERS, starts: int = 10,
    resamples: int = 20, seeds: int = 5, least_votes: int = LEAST_VOTES, least_persons: int = LEAST_PERSONS,
    minimum_cell: int = MINIMUM_CELL,
) -> OpinionGroups:  # fmt: skip
    """Find the groups of opinion and what stands for each.

    Parameters
    ----------
    votes : array_like of float, shape (M, N), or Votes
        1 agree, -1 disagree, 0 pass, NaN unseen. Statements that were rejected by moderators are best left out.
    seed : of everything that is drawn
    numbers, starts : numbers of groups to try, starts of k-means for each
    resamples, seeds : for the stability; 0 leaves it out
    least_votes, least_persons : who votes less is not grouped; with fewer persons left nobody is
    minimum_cell : smaller groups are marked, and statements that fewer of a group saw do not stand for it

    Returns
    -------
    OpinionGroups

    Raises
    ------
    ValueError
        If a vote is none of 1, -1 and 0, or an option makes no sense.

    Notes
    -----
    The map is made from everybody with a vote, the groups from those with `least_votes`; passing counts as seen. Source: Small et
    al. (2021), Polis: scaling deliberation by mapping high dimensional opinion spaces, Recerca 26. Polis first joins persons into
    a hundred base clusters and keeps its number of groups for a while; here persons are grouped directly, so its groups are alike and not
    equal.

    Examples
    --------
    >>> votes = [[1, 1, 1, -1, -1, -1, 1]] * 9 + [[-1, -1, -1, 1, 1, 1, 1]] * 8
    >>> found = opinion_groups(votes)
    >>> found.sizes.tolist(), [one.statement for one in found.representative[0]]
    ([9, 8], [0, 1, 2, 3, 4, 5])
    >>> [(one.statement, one.position) for one in found.common_ground]
    [(6, 'agree')]
    """
    given = as_votes(votes)
    if minimum_cell < 1:
        raise ValueError(f"minimum_cell: at least 1, got {minimum_cell}")
    with one_thread("sklearn.cluster", "scipy.sparse.linalg"):
        places = opinion_pca(given)
        is_used = (given.answered >= least_votes) & ~np.isnan(places.coordinates).any(axis=1)
        grouping = grouped(places.coordinates, is_used, numbers, starts, seed, least_persons)
        stability = group_stability(
            given, places.coordinates, grouping, resamples, seeds, seed, grouping.tried, starts
        )
    sizes = np.bincount(grouping.group[grouping.group >= 0], minlength=grouping.k)
    counts = given.per_group(grouping.group, grouping.k)
    everybody = given.per_group(np.zeros(given.n_persons, dtype=np.int64), 1)
    is_found = grouping.k > 0
    return OpinionGroups(
        reason=None if is_found else _reason(given, places, least_votes, least_persons),
        flags=("n_below_minimum",) if np.any(sizes < minimum_cell) else (),
        is_structured=grouping.is_structured,
        n_persons=given.n_persons,
        n_voters=int((given.answered > 0).sum()),
        n_grouped=grouping.n_grouped,
        n_votes=len(given.vote),
        group=grouping.group,
        sizes=sizes,
        is_small=sizes < minimum_cell,
        map=places,
        grouping=grouping,
        stability=stability,
        counts=counts,
        everybody=everybody[:, 0],
        agree=polis_comment_stats(counts, "agree") if is_found else None,
        disagree=polis_comment_stats(counts, "disagree") if is_found else None,
        representative=representative_statements(counts, least_seen=minimum_cell) if is_found else (),
        group_aware_agree=_product(counts, "agree"),
        group_aware_disagree=_product(counts, "disagree"),
        consensus=statements_for_all(everybody, least_seen=minimum_cell),
        common_ground=statements_for_all(counts, "every_group", minimum_cell) if is_found else (),
        options={
            "seed": seed, "numbers": list(grouping.tried), "starts": starts, "resamples": resamples, "seeds": seeds,
            "least_votes": least_votes, "least_persons": least_persons, "minimum_cell": minimum_cell,
        },
    )  # fmt: skip


def _product(counts: NDArray[np.int64], position: str) -> NDArray[np.float64]:
    """Group-aware consensus, NaN without groups."""
    return group_aware_consensus(counts, position) if counts.shape[1] else np.full(len(counts), np.nan)


def _reason(votes: Votes, places: OpinionPca, least_votes: int, least_persons: int) -> str:
    """Why nobody was grouped."""
    if not len(votes.vote):
        return "no_valid_answers"
    if (votes.answered >= least_votes).sum() < max(least_persons, 2):
        return "too_few"
    return "no_variation" if np.isnan(places.explained).all() else "one_cluster"
