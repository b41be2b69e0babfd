"""How alike the rankings of one panel are in two rounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.agreement import mid_ranks
from delphi.statistics.arrays import Floats, divided
from delphi.statistics.rankings import as_rankings


@dataclass(frozen=True)
class RankStability:
    """Likeness of two rounds.

    Parameters
    ----------
    spearman, kendall_tau : rank correlation of the mean ranks of the two rounds, -1 to 1
    mean_panelist_tau : mean of `panelist_tau`
    panelist_tau : shape (M,), tau-b between the two rankings of each panelist
    n : panelists on whom the mean ranks rest
    n_objects : objects on which they rest
    """

    spearman: float
    kendall_tau: float
    mean_panelist_tau: float
    panelist_tau: Floats
    n: int
    n_objects: int


def rank_stability(
    earlier: ArrayLike, later: ArrayLike, ties: str = "invalid", invalid: str = "left_out"
) -> RankStability:
    """Rank correlation of the mean ranks of two rounds, and of each panelist's two rankings.

    Parameters
    ----------
    earlier, later : array_like of float, shape (M, N)
        The same respondents in the same order, 1 is best, NaN unranked.
    ties, invalid : as in `as_rankings`

    Returns
    -------
    RankStability
        The mean ranks are those of the persons who ranked all objects in both rounds; if there is nobody, of all who ranked
        in both, where they ranked one and the same subset. NaN without such a person, below two objects, and where all
        mean ranks of a round are equal. A panelist's tau is of the objects ranked in both rounds, NaN below two of them
        and where one round is one tie.

    Notes
    -----
    Missing: who did not rank in both rounds is in neither. Ties share mid-ranks; tau is tau-b. The correlation is over
    objects: with few of them it is coarse, whatever the size of the panel. Source: Spearman (1904); Kendall (1945),
    Biometrika 33, 239-251.

    Examples
    --------
    >>> found = rank_stability([[1, 2, 3], [1, 3, 2]], [[1, 2, 3], [2, 1, 3]])
    >>> round(found.spearman, 4), found.panelist_tau.round(4).tolist()
    (0.5, [1.0, -0.3333])
    """
    first, second, both = _in_both(earlier, later, ties, invalid)
    panelist_tau = np.full(len(both), np.nan)
    panelist_tau[both] = [tau_b(*pair) for pair in zip(first, second, strict=True)]
    known = panelist_tau[~np.isnan(panelist_tau)]
    before, after = _comparable(first, second)
    sums = before.sum(axis=0), after.sum(axis=0)
    has_mean = ~np.isnan(sums[0]) & bool(len(before))
    one, other = sums[0][has_mean], sums[1][has_mean]
    return RankStability(
        _correlation(mid_ranks(one), mid_ranks(other)), tau_b(one, other),
        float(known.mean()) if len(known) else float("nan"), panelist_tau, len(before), int(has_mean.sum()),
    )  # fmt: skip


def _in_both(
    earlier: ArrayLike, later: ArrayLike, ties: str, invalid: str
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """The rankings of those who have a valid one in both rounds, and who they are."""
    first, second = (
        as_rankings(one, ties, invalid, name) for one, name in ((earlier, "earlier"), (later, "later"))
    )
    shapes = [(len(one.is_valid), one.ranks.shape[1]) for one in (first, second)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"later: needs the respondents and objects of earlier, {shapes[0]}, got {shapes[1]}")
    both = first.is_valid & second.is_valid
    return first.ranks[both[first.is_valid]], second.ranks[both[second.is_valid]], both


def _comparable(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Of the paired rankings those whose mean ranks may be compared."""
    is_ranked = np.stack([~np.isnan(first), ~np.isnan(second)])
    complete = is_ranked.all(axis=(0, 2))
    if complete.any():
        return first[complete], second[complete]
    same = len(first) > 0 and bool((is_ranked == is_ranked[0, 0]).all())
    return (first, second) if same else (first[:0], second[:0])


def tau_b(first: ArrayLike, second: ArrayLike) -> float:
    """Kendall's tau-b of two orders of the same objects; objects with a NaN in either are left out.

    NaN below two objects and where all values of one order are equal. Source: Kendall (1945).

    Examples
    --------
    >>> round(tau_b([1, 2, 3, 4], [1, 3, 2, 4]), 4)
    0.6667
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    both = ~np.isnan(one) & ~np.isnan(other)
    signs = [np.sign(part[both][:, None] - part[both][None, :]) for part in (one, other)]
    size = np.sqrt((signs[0] ** 2).sum() * (signs[1] ** 2).sum())
    return float(divided((signs[0] * signs[1]).sum(), size))


def _correlation(first: Floats, second: Floats) -> float:
    one, other = (
        first - first.mean() if len(first) else first,
        second - second.mean() if len(second) else second,
    )
    return float(divided((one * other).sum(), np.sqrt((one**2).sum() * (other**2).sum())))
