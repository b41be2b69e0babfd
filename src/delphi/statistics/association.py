"""How far the later answers depend on the earlier ones: chi-square of Chaffin and Talley, lambda, rank correlation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, divided, paired
from delphi.statistics.independence import ChiSquare, independence
from delphi.statistics.labelling import labelled


@dataclass(frozen=True)
class StabilityChiSquare(ChiSquare):
    """A chi-square that is read as a criterion of stability: `reads` is "stable", "unstable" or None."""

    reads: NDArray[np.object_]


def individual_stability_chi2(transitions: ArrayLike, alpha: float = 0.05) -> StabilityChiSquare:
    """Chi-square of independence of the answers of two waves; here a small p is read as stable.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
        Category before × category after; the last row and column are "no answer" and do not count.
    alpha : level below which p is read as stable

    Returns
    -------
    StabilityChiSquare
        Arrays of shape (...). NaN and None where the paired answers of one wave lie in fewer than two categories.

    Raises
    ------
    ValueError
        If alpha does not lie between 0 and 1.

    Notes
    -----
    Source: Chaffin and Talley (1980), Technological Forecasting and Social Change 16, 67-73. Categories that nobody
    chose in a wave are left out, and there is no continuity correction. It tests whether answers depend on the earlier
    ones, not whether they agree: a panel that moves up by one point as a whole passes.

    Examples
    --------
    >>> found = individual_stability_chi2([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
    >>> round(float(found.statistic), 4), round(float(found.p), 4), found.reads.item()
    (9.899, 0.0017, 'stable')
    """
    found = independence(paired(transitions))
    level = as_level(alpha)
    return StabilityChiSquare(
        found.statistic,
        found.df,
        found.p,
        labelled((found.p < level, "stable"), (found.p >= level, "unstable")),
    )


def as_level(alpha: float) -> float:
    """A level of significance.

    Raises
    ------
    ValueError
        If it does not lie between 0 and 1.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: lies between 0 and 1, got {alpha}")
    return alpha


def gk_lambda(transitions: ArrayLike) -> Floats:
    """Share of the errors in guessing the later answer that knowing the earlier one saves.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)

    Returns
    -------
    ndarray of float, shape (...)
        Fraction in [0, 1]; NaN without a pair, or where all later answers lie in one category: there is no error to
        save.

    Notes
    -----
    The best guess without knowledge is the most frequent later category. Source: Goodman and Kruskal (1954), Journal of
    the American Statistical Association 49, 732-764. Predictability, not agreement: a panel that swaps sides has 1.

    Examples
    --------
    >>> float(gk_lambda([[8, 2, 0], [1, 9, 0], [0, 0, 0]]))  # 3 errors in the place of 9
    0.6666666666666666
    """
    both = paired(transitions)
    most = both.sum(axis=-2).max(axis=-1)
    return divided(both.max(axis=-1).sum(axis=-1) - most, both.sum(axis=(-1, -2)) - most)


METHODS = ("spearman", "kendall")


def rank_correlation(transitions: ArrayLike, method: str = "spearman") -> Floats:
    """Rank correlation between the answers of two waves.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    method : "spearman" (rho, with mid-ranks) or "kendall" (tau-b)

    Returns
    -------
    ndarray of float, shape (...)
        From -1 to 1; NaN below two pairs, or where the paired answers of one wave lie in one category.

    Notes
    -----
    Only the order of the categories counts, not their values. It does not see a shift of the whole panel. Source:
    Spearman (1904); Kendall (1945) for tau-b.

    Examples
    --------
    >>> moves = [[2, 0, 0, 0], [1, 2, 1, 0], [0, 0, 2, 0], [0, 0, 0, 0]]
    >>> round(float(rank_correlation(moves)), 4), round(float(rank_correlation(moves, "kendall")), 4)
    (0.8165, 0.7807)
    """
    if method not in METHODS:
        raise ValueError(f"method: is {' or '.join(METHODS)}, got {method!r}")
    both = paired(transitions)
    before, after = both.sum(axis=-1), both.sum(axis=-2)
    if method == "spearman":
        above, spreads = _spearman(both.astype(np.float64), before, after)
    else:
        above, spreads = _kendall(both.astype(np.float64), before, after)
    has_order = ((before > 0).sum(axis=-1) >= 2) & ((after > 0).sum(axis=-1) >= 2)
    return np.clip(np.where(has_order, divided(above, np.sqrt(spreads)), np.nan), -1, 1)


def _spearman(both: Floats, before: Counts, after: Counts) -> tuple[Floats, Floats]:
    """Sum of products of centred mid-ranks, and the product of their sums of squares."""
    first, second = _centred_ranks(before), _centred_ranks(after)
    products = np.einsum("...i,...ij,...j->...", first, both, second)
    return products, (before * first**2).sum(axis=-1) * (after * second**2).sum(axis=-1)


def _centred_ranks(counts: Counts) -> Floats:
    """Mid-rank of each category minus the mean rank, shape (..., V)."""
    below: Counts = np.cumsum(counts, axis=-1) - counts
    n = counts.sum(axis=-1, keepdims=True)
    return below + counts / 2 - n / 2


def _kendall(both: Floats, before: Counts, after: Counts) -> tuple[Floats, Floats]:
    """Concordant minus discordant pairs of persons, and the product of the pairs not tied in either wave."""
    below = np.cumsum(both, axis=-2) - both
    left = np.cumsum(below, axis=-1) - below
    right = below.sum(axis=-1, keepdims=True) - left - below
    return (both * (left - right)).sum(axis=(-1, -2)), _untied(before) * _untied(after)


def _untied(counts: Counts) -> Floats:
    """Pairs of persons in two categories."""
    sizes = counts.astype(np.float64)
    n = sizes.sum(axis=-1)
    return (n**2 - (sizes**2).sum(axis=-1)) / 2
