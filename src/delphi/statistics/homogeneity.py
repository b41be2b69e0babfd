"""Whether the table of moves is symmetric, and whether its margins are alike: Bowker, Stuart-Maxwell, Bhapkar, Cochran."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, divided, paired
from delphi.statistics.independence import ChiSquare, upper_tail

NEARLY = 1e-9
"""So near to 1 a share of chi-square in n is 1: with n persons the next below it is about 1/n."""


def bowker(transitions: ArrayLike) -> ChiSquare:
    """Bowker's test of symmetry: whether as many moved from one category to another as back.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)

    Returns
    -------
    ChiSquare
        Arrays of shape (...). The degrees of freedom are the pairs of categories between which anybody moved. Where
        nobody moved the statistic is NaN, df is 0 and p is 1; without a pair of answers all are NaN.

    Notes
    -----
    Empty pairs of categories add nothing and count nothing: K(K-1)/2 degrees of freedom would make the test blind on
    tables of small panels. Source: Bowker (1948), Journal of the American Statistical Association 43, 572-574; the
    degrees of freedom of Hoenig, Morgan and Brown (1995).

    Examples
    --------
    >>> test = bowker([[4, 5, 0, 0], [1, 6, 0, 0], [0, 0, 3, 0], [0, 0, 0, 0]])
    >>> round(float(test.statistic), 4), float(test.df)
    (2.6667, 1.0)
    """
    both = paired(transitions)
    back = np.swapaxes(both, -1, -2)
    one_way = np.triu(np.ones(both.shape[-2:], dtype=bool), 1)
    apart = divided((both - back).astype(np.float64) ** 2, both + back)
    statistic = np.where(one_way, np.nan_to_num(apart), 0).sum(axis=-1).sum(axis=-1)
    df = ((both + back > 0) & one_way).sum(axis=(-1, -2))
    return _tested(statistic, df, both.sum(axis=(-1, -2)))


def stuart_maxwell(transitions: ArrayLike) -> ChiSquare:
    """Stuart-Maxwell test of marginal homogeneity: whether the histogram of the paired answers has changed.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)

    Returns
    -------
    ChiSquare
        Arrays of shape (...). Where nobody moved the statistic is NaN, df is 0 and p is 1; without a pair of answers
        all are NaN.

    Notes
    -----
    d'S⁻d with d the differences of the margins and S their covariance when the margins are alike; df is the rank of S.
    S is the Laplacian of the graph whose edges are the moves: its rank is the categories less the groups of categories
    that moves connect, counted without rounding, and unused categories drop out. Source: Stuart (1955), Biometrika 42,
    412-416; Maxwell (1970).

    Examples
    --------
    >>> test = stuart_maxwell([[4, 5, 0, 0], [1, 6, 0, 0], [0, 0, 3, 0], [0, 0, 0, 0]])
    >>> round(float(test.statistic), 4), float(test.df)
    (2.6667, 1.0)
    """
    both = paired(transitions)
    statistic, rank = _quadratic_form(both)
    return _tested(statistic, rank, both.sum(axis=(-1, -2)))


def bhapkar(transitions: ArrayLike) -> ChiSquare:
    """Bhapkar's test of marginal homogeneity.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)

    Returns
    -------
    ChiSquare
        Arrays of shape (...). Where nobody moved the statistic is NaN, df is 0 and p is 1. All are NaN without a pair
        of answers, and where everybody moved by the same step: the covariance is singular and the statistic infinite.

    Notes
    -----
    W = χ²/(1 - χ²/n) with the χ² of Stuart and Maxwell (Keefe 1982): the covariance is taken as it is and not as it
    would be with equal margins. Source: Bhapkar (1966), Journal of the American Statistical Association 61, 228-235.

    Examples
    --------
    >>> round(float(bhapkar([[4, 5, 0, 0], [1, 6, 0, 0], [0, 0, 3, 0], [0, 0, 0, 0]]).statistic), 4)  # 2.6667 of 19
    3.102
    """
    both = paired(transitions)
    n = both.sum(axis=(-1, -2))
    statistic, rank = _quadratic_form(both)
    rest = 1 - divided(statistic, n)
    is_singular = np.nan_to_num(rest, nan=1.0) < NEARLY
    found = _tested(np.where(is_singular, np.nan, divided(statistic, rest)), rank, n)
    return ChiSquare(found.statistic, np.where(is_singular, np.nan, found.df), found.p)


def _tested(statistic: Floats, df: Counts, n: Counts) -> ChiSquare:
    """With its tail; p is 1 where no degree of freedom is left, and NaN without a pair."""
    free = np.where(df > 0, df, np.nan)
    seen = np.where(df > 0, statistic, np.nan)
    p = np.where(df > 0, upper_tail(seen, free), 1.0)
    return ChiSquare(seen, np.where(n > 0, df, np.nan), np.where(n > 0, p, np.nan))


def _quadratic_form(both: Counts) -> tuple[Floats, Counts]:
    """d'S⁻d and the rank of S.

    On each group of categories that moves connect S is singular in one direction only, that of equal entries, in which
    d has nothing. Filling that direction makes S regular and leaves the form as it is.
    """
    size = both.shape[-1]
    moves = both + np.swapaxes(both, -1, -2)
    moves = np.where(np.eye(size, dtype=bool), 0, moves)
    together = _connected(moves > 0)
    group = together.sum(axis=-1)
    degrees = moves.sum(axis=-1)
    laplacian = (degrees[..., None] * np.eye(size) - moves).astype(np.float64)
    scale = np.maximum(degrees.max(axis=-1), 1)[..., None, None]
    regular = laplacian + scale * together / group[..., None]
    apart = (both.sum(axis=-1) - both.sum(axis=-2)).astype(np.float64)
    solved = np.linalg.solve(regular, apart[..., None])[..., 0]
    # Each group of g categories has g - 1 degrees of freedom: every member brings 1 - 1/g.
    rank = size - np.rint((1 / group).sum(axis=-1)).astype(np.int64)
    return (apart * solved).sum(axis=-1), rank


def _connected(touches: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which categories are connected by moves, over however many steps; each is with itself."""
    size = touches.shape[-1]
    reach = touches | np.eye(size, dtype=bool)
    steps = 1
    while steps < size:
        reach = (reach.astype(np.float64) @ reach.astype(np.float64)) > 0
        steps *= 2
    return reach


@dataclass(frozen=True)
class CochranQ(ChiSquare):
    """Cochran's Q with its degrees of freedom and p, and how many answered every round."""

    n_complete: Counts


def cochran_q(rounds: ArrayLike, agree: ArrayLike | None = None) -> CochranQ:
    """Cochran's Q: whether the share that agrees differs between three or more rounds.

    Parameters
    ----------
    rounds : array_like of float, shape (..., M, R)
        Respondent × round; NaN for no answer. Whoever lacks a round is left out.
    agree : values that mean "agree"; without them answers are 1 (agree) and 0

    Returns
    -------
    CochranQ
        Arrays of shape (...). Where nobody changed, the statistic is NaN and p is 1; without a complete respondent both
        are NaN. df is the number of rounds less one.

    Raises
    ------
    ValueError
        If there are fewer than two rounds, or an answer is neither 0 nor 1 and `agree` is not given.

    Notes
    -----
    With two rounds it is McNemar's chi-square without correction. Source: Cochran (1950), Biometrika 37, 256-266.

    Examples
    --------
    >>> test = cochran_q([[0, 1, 1], [0, 1, 1], [0, 0, 1], [1, 1, 1], [0, 0, 0]])
    >>> round(float(test.statistic), 4), float(test.df), int(test.n_complete)
    (4.6667, 2.0, 5)
    """
    given = np.asarray(rounds, dtype=np.float64)
    if given.ndim < 2 or given.shape[-1] < 2:
        raise ValueError(
            f"rounds: needs respondents and at least two rounds as last dimensions, got shape {given.shape}"
        )
    if np.isinf(given).any():
        raise ValueError("rounds: answers are finite numbers, NaN for no answer")
    is_complete = np.asarray(~np.isnan(given).any(axis=-1))
    if agree is None:
        if not np.isin(given[~np.isnan(given)], (0, 1)).all():
            raise ValueError("rounds: answers are 0 or 1; name the values that mean agree in `agree`")
        yes = given == 1
    else:
        yes = np.isin(given, np.asarray(agree, dtype=np.float64))
    counted = (yes & is_complete[..., None]).astype(np.int64)
    n_rounds, per_round, per_person = counted.shape[-1], counted.sum(axis=-2), counted.sum(axis=-1)
    total = per_round.sum(axis=-1)
    above = (n_rounds - 1) * (n_rounds * (per_round**2).sum(axis=-1) - total**2)
    below = n_rounds * total - (per_person**2).sum(axis=-1)
    n = is_complete.sum(axis=-1)
    statistic = divided(above, below)
    df = np.where(n > 0, n_rounds - 1.0, np.nan)
    p = np.where(below > 0, upper_tail(statistic, df), np.where(n > 0, 1.0, np.nan))
    return CochranQ(statistic, df, p, n)
