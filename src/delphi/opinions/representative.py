"""The statements that stand for each group, and those that stand for all, in order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.common_ground import consensus_statements
from delphi.statistics.representativeness import (
    POSITIONS,
    Z_90_ONE_SIDED,
    Position,
    as_votes_per_group,
    polis_comment_stats,
    taken,
)

LEAST_SEEN = 5
"""A statement that fewer of a group saw is not said to stand for it: least answers for a decision."""


@dataclass(frozen=True)
class StandsFor:
    """A statement that stands for a group, or for all.

    Parameters
    ----------
    statement : its number, from 0 on
    position : what they do
    taking, seen : how many take the position, and saw the statement
    score : R z_R P z for a group, P z for all; only its order means something
    """

    statement: int
    position: Position
    taking: int
    seen: int
    score: float


def representative_statements(
    counts: ArrayLike, above: float = Z_90_ONE_SIDED, least_seen: int = LEAST_SEEN
) -> tuple[tuple[StandsFor, ...], ...]:
    """Statements that each group agrees with, or rejects, more than the others.

    Parameters
    ----------
    counts : array_like of int, shape (N, G, 3)
        Per statement and group how many disagree, pass and agree.
    above : threshold of both z values
    least_seen : statements that fewer of the group saw are left out

    Returns
    -------
    tuple of tuples of StandsFor
        Per group, the most representative first; of equal ones that with the lower number.

    Notes
    -----
    Representative and its order as in `polis_comment_stats`. Polis itself shows at most five and puts a widely agreed statement first
    whether it is representative or not; that is left to who shows them. Source: Small et al. (2021).

    Examples
    --------
    >>> found = representative_statements([[[1, 1, 8], [10, 1, 1]], [[2, 2, 6], [2, 2, 6]]])
    >>> [(one.statement, one.position) for one in found[0]], [(one.statement, one.position) for one in found[1]]
    ([(0, 'agree')], [(0, 'disagree')])
    """
    given = as_votes_per_group(counts)
    seen = given.sum(axis=-1)
    found: list[list[StandsFor]] = [[] for _ in range(given.shape[-2])]
    for position in POSITIONS:
        stats = polis_comment_stats(given, position, above)
        x = taken(given, position)
        for statement, group in np.argwhere(stats.is_representative & (seen >= least_seen)):
            place = statement, group
            found[group].append(
                StandsFor(
                    int(statement), position, int(x[place]), int(seen[place]), float(stats.score[place])
                )
            )
    return tuple(_in_order(ones) for ones in found)


def statements_for_all(
    counts: ArrayLike, rule: str = "overall", least_seen: int = LEAST_SEEN, **thresholds: float
) -> tuple[StandsFor, ...]:
    """Statements on which there is consensus, those agreed and those rejected, strongest first.

    Parameters
    ----------
    counts : array_like of int, shape (N, G, 3)
        Per statement and group how many disagree, pass and agree.
    rule, thresholds : as in `consensus_statements`
    least_seen : statements are left out that fewer saw, or with the rule "every_group" fewer of a group

    Notes
    -----
    Ordered by P z over everybody. Source: Small et al. (2021).

    Examples
    --------
    >>> [one.statement for one in statements_for_all([[[1, 1, 8], [0, 2, 10]], [[8, 0, 2], [1, 0, 9]]])]
    [0]
    """
    given = as_votes_per_group(counts)
    found = consensus_statements(given, rule, **thresholds)
    everybody = given.sum(axis=-2)
    seen = given.sum(axis=-1)
    enough = (seen.min(axis=-1) if rule == "every_group" else seen.sum(axis=-1)) >= least_seen
    ones = [
        StandsFor(
            int(place),
            position,
            int(taken(everybody, position)[place]),
            int(everybody[place].sum()),
            float(found.score[place]),
        )
        for position in POSITIONS
        for place in np.flatnonzero((found.position == position) & enough)
    ]
    return _in_order(ones)


def _in_order(ones: list[StandsFor]) -> tuple[StandsFor, ...]:
    return tuple(sorted(ones, key=lambda one: (-one.score, one.statement)))
