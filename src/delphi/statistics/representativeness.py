"""Whether a statement is agreed in a group of opinion, and more so than outside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_counts, divided

Z_90_ONE_SIDED = 1.2816
"""Quantile of the normal distribution above which Polis calls a z value significant: 90 %, one-sided."""
Position = Literal["agree", "disagree"]
POSITIONS: tuple[Position, Position] = ("agree", "disagree")


@dataclass(frozen=True)
class CommentStats:
    """How far a statement stands for each group; all fields have the shape (..., G).

    Parameters
    ----------
    ratio : R, the smoothed share of the position in the group over that outside
    probability : P, the smoothed share in the group
    z : one-sample z of the share in the group against a half
    z_ratio : two-sample z of the share in the group against that outside
    score : R times its z times P times its z; orders statements that are representative, means nothing for others
    is_representative : both z above the threshold
    """

    ratio: Floats
    probability: Floats
    z: Floats
    z_ratio: Floats
    score: Floats
    is_representative: NDArray[np.bool_]


def polis_one_prop_z(successes: ArrayLike, n: ArrayLike) -> Floats:
    """Z value of a share against a half, with one success added.

    Parameters
    ----------
    successes, n : array_like of int, shape (...)
        How many agree (or disagree) and how many saw the statement; passing counts as seen.

    Returns
    -------
    ndarray of float, shape (...)
        2 sqrt(n + 1) ((successes + 1) / (n + 1) - 1/2). NaN where nobody saw it.

    Raises
    ------
    ValueError
        If a count is negative or no whole number, or there are more successes than n.

    Notes
    -----
    The added success makes a single agreement out of one vote significant (z 1.41): read z of few votes together with n.
    Source: Small et al. (2021), Polis: scaling deliberation by mapping high dimensional opinion spaces.

    Examples
    --------
    >>> round(float(polis_one_prop_z(8, 10)), 4)
    2.1106
    """
    x, size = _of("successes", successes, "n", n)
    z = 2 * np.sqrt(size + 1) * ((x + 1) / (size + 1) - 0.5)
    return np.where(size > 0, z, np.nan)


def polis_two_prop_z(
    successes_in: ArrayLike, successes_out: ArrayLike, n_in: ArrayLike, n_out: ArrayLike
) -> Floats:
    """Z value of a share in a group against the share outside, with one added to successes and totals.

    Parameters
    ----------
    successes_in, successes_out, n_in, n_out : array_like of int, shape (...)
        How many agree (or disagree) in the group and outside, then how many saw the statement; the order is that of Polis.

    Returns
    -------
    ndarray of float, shape (...)
        Positive where the group agrees more. 0 where the pooled share is 1; NaN where one of the two saw nothing.

    Raises
    ------
    ValueError
        If a count is negative or no whole number, or there are more successes than votes.

    Notes
    -----
    Source: Small et al. (2021); the source of Polis (`two-prop-test`), where the totals come last.

    Examples
    --------
    >>> round(float(polis_two_prop_z(8, 3, 10, 12)), 4)
    2.5009
    """
    x_in, size_in = _of("successes_in", successes_in, "n_in", n_in)
    x_out, size_out = _of("successes_out", successes_out, "n_out", n_out)
    share_in, share_out = (x_in + 1) / (size_in + 1), (x_out + 1) / (size_out + 1)
    pooled = (x_in + x_out + 2) / (size_in + size_out + 2)
    all_of_them = x_in + x_out == size_in + size_out
    spread = np.sqrt(
        np.where(all_of_them, 1.0, pooled * (1 - pooled) * (1 / (size_in + 1) + 1 / (size_out + 1)))
    )
    z = np.where(all_of_them, 0.0, (share_in - share_out) / spread)
    return np.where((size_in > 0) & (size_out > 0), z, np.nan)


def polis_comment_stats(
    counts: ArrayLike, position: str = "agree", above: float = Z_90_ONE_SIDED
) -> CommentStats:
    """Representativeness of a statement for each group.

    Parameters
    ----------
    counts : array_like of int, shape (..., G, 3)
        Per group how many disagree, pass and agree; their sum saw the statement.
    position : "agree" or "disagree"
        What the group does.
    above : threshold of both z values

    Returns
    -------
    CommentStats
        Arrays of shape (..., G). `probability` and `z` are NaN where nobody of the group saw the statement, `ratio`, `z_ratio`
        and `score` also where nobody outside did; such a statement is not representative.

    Raises
    ------
    ValueError
        If there are not three categories, a count makes no sense, or the position is another.

    Notes
    -----
    P = (x + 1) / (n + 2), R = P in the group / P outside; representative where both z exceed the threshold, ordered by the product
    R z_R P z_P. Polis gives P = 1/2 to what nobody saw; here that is undefined. Source: Small et al. (2021).

    Examples
    --------
    >>> found = polis_comment_stats([[1, 1, 8], [7, 2, 3]])
    >>> found.ratio.round(3).tolist(), found.is_representative.tolist()
    ([2.625, 0.381], [True, False])
    """
    given = as_votes_per_group(counts)
    x, n = taken(given, position), given.sum(axis=-1)
    x_out, n_out = x.sum(axis=-1, keepdims=True) - x, n.sum(axis=-1, keepdims=True) - n
    probability = smoothed(x, n)
    ratio = divided(probability, smoothed(x_out, n_out))
    z, z_ratio = polis_one_prop_z(x, n), polis_two_prop_z(x, x_out, n, n_out)
    is_representative = (np.nan_to_num(z) > above) & (np.nan_to_num(z_ratio) > above)
    return CommentStats(ratio, probability, z, z_ratio, ratio * z_ratio * probability * z, is_representative)


def smoothed(successes: Counts, n: Counts) -> Floats:
    """(x + 1) / (n + 2), NaN where n is 0."""
    return np.where(n > 0, (successes + 1) / (n + 2), np.nan)


def as_votes_per_group(counts: ArrayLike) -> Counts:
    """Disagreeing, passing, agreeing per group, shape (..., G, 3).

    Raises
    ------
    ValueError
        If the shape is another, or a count is negative or no whole number.
    """
    given = as_counts(counts)
    if given.ndim < 2 or given.shape[-1] != 3 or given.shape[-2] == 0:
        raise ValueError(
            "counts: need groups and then how many disagree, pass and agree as last dimensions (G, 3), "
            f"got shape {given.shape}"
        )
    return given


def taken(counts: Counts, position: str) -> Counts:
    """How many take a position.

    Raises
    ------
    ValueError
        If it is neither agree nor disagree.
    """
    if position not in POSITIONS:
        raise ValueError(f"position: is agree or disagree, got {position!r}")
    return counts[..., 2] if position == "agree" else counts[..., 0]


def _of(name: str, successes: ArrayLike, n_name: str, n: ArrayLike) -> tuple[Counts, Counts]:
    """Successes and totals, checked and in one shape."""
    x = as_counts(np.asarray(successes)[..., None], name)[..., 0]
    size = as_counts(np.asarray(n)[..., None], n_name)[..., 0]
    x, size = np.broadcast_arrays(x, size)
    if np.any(x > size):
        raise ValueError(f"{name}: cannot be more than {n_name}")
    return x, size
