"""What all groups of opinion agree on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats
from delphi.statistics.representativeness import (
    POSITIONS,
    Z_90_ONE_SIDED,
    as_votes_per_group,
    polis_one_prop_z,
    smoothed,
    taken,
)

RULES = ("overall", "every_group")


@dataclass(frozen=True)
class ConsensusStatements:
    """Statements that are agreed, or rejected, by all; all fields have the shape (...).

    Parameters
    ----------
    position : "agree", "disagree" or "neither"; None where it is not defined
    probability, z : smoothed share over everybody and its z against a half, of the position that more people take
    score : their product, by which Polis orders consensus statements
    """

    position: NDArray[np.object_]
    probability: Floats
    z: Floats
    score: Floats


def group_aware_consensus(counts: ArrayLike, position: str = "agree", unseen: str = "undefined") -> Floats:
    """Product over the groups of the smoothed share that agrees, or disagrees: group-informed consensus.

    Parameters
    ----------
    counts : array_like of int, shape (..., G, 3)
        Per group how many disagree, pass and agree; their sum saw the statement.
    position : "agree" or "disagree"
    unseen : "undefined" or "half"
        What a group counts for of whom nobody saw the statement: nothing can be said, or 1/2 as in Polis.

    Returns
    -------
    ndarray of float, shape (...)
        Between 0 and 1; of two groups that are split in half 1/4. NaN below two votes, and, unless `unseen` is "half", where a group
        saw nothing.

    Raises
    ------
    ValueError
        If there are not three categories, a count makes no sense, or an option is unknown.

    Notes
    -----
    A small group weighs as much as a large one; the product falls with the number of groups, so compare only within one grouping.
    Source: Small et al. (2021).

    Examples
    --------
    >>> round(float(group_aware_consensus([[1, 1, 8], [0, 2, 10]])), 4)
    0.5893
    """
    if unseen not in ("undefined", "half"):
        raise ValueError(f"unseen: is undefined or half, got {unseen!r}")
    given = as_votes_per_group(counts)
    n = given.sum(axis=-1)
    share = smoothed(taken(given, position), n)
    if unseen == "half":
        share = np.where(n > 0, share, 0.5)
    return np.where(n.sum(axis=-1) >= 2, np.prod(share, axis=-1), np.nan)


def consensus_statements(
    counts: ArrayLike, rule: str = "overall", above: float = Z_90_ONE_SIDED, at_least: float = 0.6
) -> ConsensusStatements:
    """Whether everybody agrees with a statement, or rejects it.

    Parameters
    ----------
    counts : array_like of int, shape (..., G, 3)
        Per group how many disagree, pass and agree; their sum saw the statement.
    rule : "overall" or "every_group"
        Over all persons together more than half and a z above `above`; or common ground, in each group at least the share
        `at_least` of those who saw it.
    above, at_least : thresholds of the two rules; the share is compared in whole numbers

    Returns
    -------
    ConsensusStatements
        Arrays of shape (...). Undefined below two votes, and under "every_group" where a group saw nothing.

    Raises
    ------
    ValueError
        If there are not three categories, a count makes no sense, the rule is unknown or `at_least` is not above 1/2 and at most 1.

    Notes
    -----
    The first rule uses P = (x + 1) / (n + 2) > 1/2, that is x > n / 2. Passing counts as seen. The second asks a clear majority of each
    group, however small it is. Source: Small et al. (2021).

    Examples
    --------
    >>> consensus_statements([[[1, 1, 8], [0, 2, 10]], [[8, 0, 2], [1, 0, 9]]]).position.tolist()
    ['agree', 'neither']
    """
    if rule not in RULES:
        raise ValueError(f"rule: is {' or '.join(RULES)}, got {rule!r}")
    if not 0.5 < at_least <= 1:
        raise ValueError(f"at_least: is a share above 0.5 and at most 1, got {at_least}")
    given = as_votes_per_group(counts)
    everybody = given.sum(axis=-2)
    n = everybody.sum(axis=-1)
    z = {one: polis_one_prop_z(taken(everybody, one), n) for one in POSITIONS}
    if rule == "overall":
        holds = {one: (2 * taken(everybody, one) > n) & (np.nan_to_num(z[one]) > above) for one in POSITIONS}
        is_defined = n >= 2
    else:
        holds = {one: _in_every_group(given, one, at_least) for one in POSITIONS}
        is_defined = (n >= 2) & (given.sum(axis=-1) > 0).all(axis=-1)
    position = np.full(n.shape, "neither", dtype=object)
    for one in POSITIONS:
        position[holds[one]] = one
    position[~is_defined] = None
    more_agree = everybody[..., 2] >= everybody[..., 0]
    probability = np.where(more_agree, *(smoothed(taken(everybody, one), n) for one in POSITIONS))
    larger_z = np.where(more_agree, z["agree"], z["disagree"])
    return ConsensusStatements(position, probability, larger_z, probability * larger_z)


def _in_every_group(counts: Counts, position: str, at_least: float) -> NDArray[np.bool_]:
    """Whether at least this share of each group takes the position; shares compared as whole numbers."""
    least = Fraction(str(at_least))
    x, n = taken(counts, position), counts.sum(axis=-1)
    return (x * least.denominator >= least.numerator * n).all(axis=-1)
