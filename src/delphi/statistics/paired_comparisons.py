"""Which object is preferred to which, pair by pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats
from delphi.statistics.options import one_of
from delphi.statistics.rankings import as_rankings

UNRANKED = ("missing", "below")
"""What an unranked object is: not compared with any other, or below every ranked one, as in a list of the first few."""


def as_wins(wins: ArrayLike, name: str = "wins") -> Floats:
    """How often the object of the row was preferred to that of the column, shape (..., N, N).

    Raises
    ------
    ValueError
        If the last two dimensions differ, an object is compared with itself, or a number is below 0 or no whole or half.
    """
    given = np.asarray(wins, dtype=np.float64)
    if given.ndim < 2 or given.shape[-1] != given.shape[-2] or given.shape[-1] == 0:
        raise ValueError(f"{name}: needs two equal last dimensions, the objects, got shape {given.shape}")
    if not np.isfinite(given).all() or (given < 0).any() or (given * 2 != np.floor(given * 2)).any():
        raise ValueError(f"{name}: are whole numbers from 0 on, or halves where a tie counts half for each")
    if np.einsum("...ii->...i", given).any():
        raise ValueError(f"{name}: no object is compared with itself, the diagonal is 0")
    return given


@dataclass(frozen=True)
class PairwiseMatrix:
    """How often each object was preferred to each other and tied with it, and who beats all others, if any."""

    wins: Floats
    ties: Floats
    condorcet_winner: int | None
    n: int
    n_invalid: int


def pairwise_matrix(
    ranks: ArrayLike, unranked: str = "missing", ties: str = "invalid", invalid: str = "left_out"
) -> PairwiseMatrix:
    """How many rankings place one object above another.

    Parameters
    ----------
    ranks : array_like of float, shape (M, N)
        Respondent × object, 1 is best, NaN unranked.
    unranked : "missing" or "below"
        A pair counts where a person ranked both objects. Below: also where only one is ranked, which is above; for
        ballots that ask for the first few of objects that everybody saw.
    ties, invalid : as in `as_rankings`

    Returns
    -------
    PairwiseMatrix
        `wins` and `ties` of shape (N, N), NaN without a ranking; `condorcet_winner` is the place (from 0) of the object
        that more persons place above than below each other one, None if there is none.

    Notes
    -----
    Source: Condorcet (1785).

    Examples
    --------
    >>> found = pairwise_matrix([[1, 2, 3], [1, 3, 2], [2, 1, 3]])
    >>> found.wins.tolist(), found.condorcet_winner
    ([[0.0, 2.0, 3.0], [1.0, 0.0, 2.0], [0.0, 1.0, 0.0]], 0)
    """
    one_of("unranked", unranked, UNRANKED)
    found = as_rankings(ranks, ties, invalid)
    objects = found.ranks.shape[1]
    if not found.n:
        nothing = np.full((objects, objects), np.nan)
        return PairwiseMatrix(nothing, nothing.copy(), None, 0, found.n_invalid)
    compared = np.where(np.isnan(found.ranks), np.inf, found.ranks) if unranked == "below" else found.ranks
    wins = np.array([(one[:, None] < compared).sum(axis=0) for one in compared.T], dtype=np.float64)
    tied = np.array([(one[:, None] == found.ranks).sum(axis=0) for one in found.ranks.T], dtype=np.float64)
    np.fill_diagonal(tied, 0.0)
    winner = float(condorcet_winner(wins))
    return PairwiseMatrix(wins, tied, None if np.isnan(winner) else int(winner), found.n, found.n_invalid)


def condorcet_winner(wins: ArrayLike) -> Floats:
    """Place (from 0) of the object that is preferred to each other one more often than not.

    Parameters
    ----------
    wins : array_like of float, shape (..., N, N)

    Returns
    -------
    ndarray of float, shape (...)
        NaN where no object beats all others, and below two objects.

    Notes
    -----
    Source: Condorcet (1785).

    Examples
    --------
    >>> float(condorcet_winner([[0, 2, 3], [1, 0, 2], [0, 1, 0]]))
    0.0
    >>> float(condorcet_winner([[0, 2, 1], [1, 0, 2], [2, 1, 0]]))  # each beats one other, in a circle
    nan
    """
    given = as_wins(wins)
    objects = given.shape[-1]
    beaten: NDArray[np.int64] = (given > np.swapaxes(given, -1, -2)).sum(axis=-1)
    beats_all = (beaten == objects - 1) & (objects > 1)
    return np.where(beats_all.any(axis=-1), beats_all.argmax(axis=-1), np.nan)
