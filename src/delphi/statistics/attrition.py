"""Who left the panel between two waves, whether they had answered otherwise, and what they could have changed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_transitions, divided
from delphi.statistics.group_change import two_histograms
from delphi.statistics.independence import independence, is_sparse
from delphi.statistics.labelling import labelled
from delphi.statistics.movers import as_set
from delphi.statistics.ranks import cliffs_delta, mann_whitney_p
from delphi.statistics.shares import wilson_interval

NOTABLE = 0.33
"""From here on a delta is called medium (Romano 2006)."""
BASES = ("invited", "first", "previous")


@dataclass(frozen=True)
class Retention:
    """A share of those in the base who returned the wave, with its 95 % interval by Wilson."""

    share: Floats
    low: Floats
    high: Floats


def panel_retention(successes: ArrayLike, n: ArrayLike, base: str = "first") -> Retention:
    """Share of a named base that returned the wave.

    Parameters
    ----------
    successes : array_like of int, shape (...)
        Who of the base returned the wave.
    n : array_like of int, shape (...)
        The base.
    base : what `n` counts: "invited" to the wave (then it is a response rate), who returned the "first" or the
        "previous" round. It changes no number; a share without its base is not to be reported

    Returns
    -------
    Retention
        Arrays of shape (...); NaN where the base is empty.

    Raises
    ------
    ValueError
        If more returned than the base has, or a count is negative, or the base has no name.

    Notes
    -----
    70 % per round is the usual floor. Source: Sumsion (1998); Hasson, Keeney and McKenna (2000); interval by Wilson
    (1927).

    Examples
    --------
    >>> kept = panel_retention(42, 60)
    >>> float(kept.share), round(float(kept.low), 4), round(float(kept.high), 4)
    (0.7, 0.5749, 0.801)
    """
    if base not in BASES:
        raise ValueError(f"base: is {', '.join(BASES)}, got {base!r}")
    low, high = wilson_interval(successes, n)
    return Retention(divided(successes, n), low, high)


@dataclass(frozen=True)
class DropoutBias:
    """Cliff's delta of stayers over leavers, two-sided Mann-Whitney p, and whether the delta is notable."""

    delta: Floats
    p: Floats
    is_notable: NDArray[np.bool_]


def dropout_bias(first: ArrayLike, second: ArrayLike) -> DropoutBias:
    """Whether those who left had answered an earlier wave otherwise than those who stayed.

    Parameters
    ----------
    first, second : array_like of int, shape (..., V)
        Answers per category in the earlier wave, of the stayers and of the leavers.

    Returns
    -------
    DropoutBias
        Arrays of shape (...). `delta` is from -1 to 1, positive where the stayers had rated higher; NaN where either
        group is empty. p is also NaN where all had answered the same. `is_notable`: at least .33 either way.

    Notes
    -----
    p by the normal approximation with tie correction; over many items it wants an adjustment (`holm`). Source: Cliff
    (1993); Mann and Whitney (1947); thresholds of Romano (2006).

    Examples
    --------
    >>> found = dropout_bias([0, 2, 6], [3, 1, 0])
    >>> float(found.delta), bool(found.is_notable)
    (0.9375, True)
    """
    delta = cliffs_delta(first, second)
    # One division, rounded once: it reaches .33 exactly when the fraction does.
    return DropoutBias(delta, mann_whitney_p(first, second), np.abs(np.nan_to_num(delta)) >= NOTABLE)


@dataclass(frozen=True)
class DropoutByGroup:
    """Chi-square of leaving by group, its degrees of freedom, p, and whether p is Fisher's exact one."""

    statistic: Floats
    df: Floats
    p: Floats
    is_exact: NDArray[np.bool_]


def dropout_by_group(first: ArrayLike, second: ArrayLike) -> DropoutByGroup:
    """Whether some groups of the panel left more often than others.

    Parameters
    ----------
    first, second : array_like of int, shape (..., V)
        Members of each group, of the stayers and of the leavers.

    Returns
    -------
    DropoutByGroup
        Arrays of shape (...). NaN where nobody stayed or nobody left, or all belong to one group.

    Notes
    -----
    Chi-square without continuity correction; p is Fisher's exact one (tables at most as likely) where there are two
    groups and a count under 5 is expected. Source: Pearson (1900); Fisher (1934).

    Examples
    --------
    >>> found = dropout_by_group([9, 3], [1, 7])
    >>> round(float(found.statistic), 4), round(float(found.p), 4), bool(found.is_exact)
    (7.5, 0.0198, True)
    """
    one, two = two_histograms(first, second)
    table = np.stack(np.broadcast_arrays(one, two), axis=-2)
    found = independence(table)
    is_exact = (found.df == 1) & is_sparse(table)
    p = found.p.copy()
    for spot in map(tuple, np.argwhere(is_exact)):
        used = table[spot][:, table[spot].sum(axis=0) > 0]
        p[spot] = _fisher(used)
    return DropoutByGroup(found.statistic, found.df, p, is_exact)


def _fisher(table: Counts) -> float:
    """Two-sided exact p of a table of two rows and two columns."""
    from scipy.special import gammaln

    (a, b), (c, d) = table.tolist()
    left = np.arange(max(0, a - d), min(a + b, a + c) + 1)
    cells = (left, a + b - left, a + c - left, d - a + left)
    weight = -sum(gammaln(cell + 1.0) for cell in cells)
    chance = np.exp(weight - weight.max())
    seen = chance[a - left[0]]
    return float(chance[chance <= seen * (1 + 1e-7)].sum() / chance.sum())


@dataclass(frozen=True)
class LastValueSensitivity:
    """A share with the leavers' last answers carried forward less the share without, and what a threshold makes of it."""

    difference: Floats
    share: Floats
    share_carried: Floats
    n: Counts
    n_carried: Counts
    decision: NDArray[np.object_]
    decision_carried: NDArray[np.object_]


def last_value_sensitivity(
    transitions: ArrayLike, within: ArrayLike, threshold: float = 0.75
) -> LastValueSensitivity:
    """How the share of a set of categories would differ if those who left had answered as in the earlier wave.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
        Category before × category after; the last column are those with an answer before and none after.
    within : array_like of bool, shape (V,)
        The categories whose share decides.
    threshold : the share that has to be reached

    Returns
    -------
    LastValueSensitivity
        Arrays of shape (...). `share` is of all answers of the later wave, `share_carried` of these and the last
        answers of the leavers; `difference` the second less the first. `decision` and `decision_carried` are "reached"
        or "not reached". NaN and None without an answer in the later wave.

    Raises
    ------
    ValueError
        If `within` has not one value per category, or the threshold does not lie between 0 and 1.

    Notes
    -----
    A check only, never the main result: it supposes that leavers would not have moved. Whoever answered the later wave
    for the first time counts in both shares. Source: Little and Rubin (2002), Statistical Analysis with Missing Data, on
    carrying the last value forward.

    Examples
    --------
    >>> found = last_value_sensitivity([[0, 0, 3], [0, 9, 0], [1, 2, 0]], [False, True])
    >>> round(float(found.share), 4), round(float(found.share_carried), 4), found.decision_carried.item()
    (0.9167, 0.7333, 'not reached')
    """
    given = as_transitions(transitions)
    chosen = as_set(within, given.shape[-1] - 1)
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold: lies between 0 and 1, got {threshold}")
    later = given[..., :-1].sum(axis=-2)
    carried = np.where((later.sum(axis=-1) > 0)[..., None], later + given[..., :-1, -1], 0)
    x, n = later[..., chosen].sum(axis=-1), later.sum(axis=-1)
    x_carried, n_carried = carried[..., chosen].sum(axis=-1), carried.sum(axis=-1)
    share, share_carried = divided(x, n), divided(x_carried, n_carried)
    return LastValueSensitivity(
        share_carried - share, share, share_carried, n, n_carried,
        _decision(x, n, threshold), _decision(x_carried, n_carried, threshold),
    )  # fmt: skip


def _decision(x: Counts, n: Counts, threshold: float) -> NDArray[np.object_]:
    is_reached = reaches(x, n, threshold)
    return labelled(((n > 0) & is_reached, "reached"), (n > 0, "not reached"))


def reaches(x: Counts, n: Counts, threshold: float) -> NDArray[np.bool_]:
    """Whether x of n is at least a share, compared in whole numbers."""
    share = Fraction(threshold).limit_denominator(1_000_000)
    return x * share.denominator >= n * share.numerator
