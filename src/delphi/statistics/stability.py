"""Change between two waves on those who answered both: of the group, of the persons, of median and spread."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_values, divided, paired
from delphi.statistics.dispersion import iqr
from delphi.statistics.location import quantile
from delphi.statistics.ranks import wilcoxon_signed_rank
from delphi.statistics.raters import mean_over_pairs, scale_of


def margins(transitions: ArrayLike) -> tuple[Counts, Counts]:
    """Histograms of the earlier and the later wave of those who answered both, each of shape (..., V)."""
    both = paired(transitions)
    return both.sum(axis=-1), both.sum(axis=-2)


def n_paired(transitions: ArrayLike) -> Counts:
    """How many answered both waves, shape (...)."""
    return paired(transitions).sum(axis=(-1, -2))


def share_unchanged(transitions: ArrayLike, tolerance: int = 0) -> Floats:
    """Share of the paired answers at most `tolerance` categories apart.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
        Category before × category after; the last row and column are "no answer" and do not count.
    tolerance : categories from 0 on

    Returns
    -------
    ndarray of float, shape (...)
        Fraction in [0, 1]; NaN without a pair.

    Notes
    -----
    Source: Holey et al. (2007). With tolerance 1 it is nearly 1 on five points whatever happens.

    Examples
    --------
    >>> float(share_unchanged([[3, 1, 0], [0, 1, 2], [0, 0, 9]]))
    0.8
    """
    if tolerance < 0:
        raise ValueError(f"tolerance: is 0 or more categories, got {tolerance}")
    both = paired(transitions)
    places = np.arange(both.shape[-1])
    near = np.abs(places[:, None] - places[None, :]) <= tolerance
    return divided((both * near).sum(axis=(-1, -2)), both.sum(axis=(-1, -2)))


def share_changed(transitions: ArrayLike, tolerance: int = 0) -> Floats:
    """Share of the paired answers more than `tolerance` categories apart: 1 - `share_unchanged`.

    Notes
    -----
    Source: Holey et al. (2007).

    Examples
    --------
    >>> float(share_changed([[3, 1, 0], [1, 0, 2], [0, 0, 9]]))
    0.4
    """
    if tolerance < 0:
        raise ValueError(f"tolerance: is 0 or more categories, got {tolerance}")
    both = paired(transitions)
    places = np.arange(both.shape[-1])
    apart = np.abs(places[:, None] - places[None, :]) > tolerance
    return divided((both * apart).sum(axis=(-1, -2)), both.sum(axis=(-1, -2)))


def share_changed_gt1(transitions: ArrayLike) -> Floats:
    """Share of the paired answers that moved more than one category: 1 - `share_unchanged` at tolerance 1.

    Notes
    -----
    That more than .15 is much is a proposal of this project; the literature has .15 for net change only. Source: Scheibe,
    Skutsch and Schofer (1975).

    Examples
    --------
    >>> float(share_changed_gt1([[1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0]]))
    0.25
    """
    return 1 - share_unchanged(transitions, 1)


def net_change(transitions: ArrayLike) -> Floats:
    """Share of the panel that would have to move to turn one wave's histogram into the next.

    Half the summed absolute difference between the two histograms of the paired answers, divided by their
    number. Moves that cancel out leave it at zero: it measures the group, not the persons. NaN without a
    pair.

    Notes
    -----
    Source: Scheibe, Skutsch and Schofer (1975), in The Delphi Method, pp. 262-287; under 15 % is taken as
    stable.

    Examples
    --------
    >>> float(net_change([[2, 0, 0], [3, 5, 0], [0, 0, 0]]))
    0.3
    """
    before, after = margins(transitions)
    return divided(np.abs(after - before).sum(axis=-1), 2 * before.sum(axis=-1))


def weighted_kappa(
    transitions: ArrayLike,
    values: ArrayLike | None = None,
    weights: str = "quadratic",
    given: str = "transitions",
) -> Floats:
    """Kappa between two waves or two raters, disagreement weighted by the distance of the scale values.

    Parameters
    ----------
    transitions : array_like, shape (..., V+1, V+1), or (M, N) where `given` is "answers"
        Category before × after, or of the first × the second rater, the last row and column no answer; or the
        answers, rater × item, NaN for none.
    values : array_like of float, shape (V,)
        Without them the categories are one apart; answers are values of the scale themselves.
    weights : "quadratic" or "linear"
    given : "transitions" or "answers"

    Returns
    -------
    ndarray of float, shape (...), or () from answers
        At most 1; 0 where one wave or rater is unanimous; NaN below two pairs, or where all paired answers of
        both lie in one category. From answers: the mean over the pairs of raters that have a kappa.

    Notes
    -----
    Weights come from the declared scale, not from the categories that happen to occur. Source: Cohen (1968).
    Between waves as a trend only: it falls when a panel converges.

    Examples
    --------
    >>> float(weighted_kappa([[5, 0, 0], [0, 5, 0], [0, 0, 0]], [1, 2]))
    1.0
    """
    if weights not in ("quadratic", "linear"):
        raise ValueError(f"weights: is quadratic or linear, got {weights!r}")
    if given not in ("transitions", "answers"):
        raise ValueError(f"given: is transitions or answers, got {given!r}")
    if given == "answers":
        scale = scale_of(transitions, values)
        return mean_over_pairs(transitions, scale, lambda tables: weighted_kappa(tables, scale, weights))
    both = paired(transitions)
    scale = as_values(_points(both, values), both.shape[-1])
    distance = np.abs(scale[:, None] - scale[None, :])
    if weights == "quadratic":
        distance = distance**2
    n = both.sum(axis=(-1, -2))
    before, after = both.sum(axis=-1), both.sum(axis=-2)
    seen = (both * distance).sum(axis=(-1, -2)) * n
    expected = np.einsum("...i,ij,...j->...", before.astype(np.float64), distance, after.astype(np.float64))
    return np.where(n >= 2, 1 - divided(seen, expected), np.nan)


def delta_median(transitions: ArrayLike, values: ArrayLike | None = None, quantile_type: int = 7) -> Floats:
    """Median of the later wave minus that of the earlier one, on the paired answers; NaN without a pair.

    Without `values` the categories are one apart, as the points of a declared scale are.

    Notes
    -----
    Source: Holey et al. (2007) follow the median from round to round.

    Examples
    --------
    >>> float(delta_median([[0, 2, 0], [0, 1, 0], [0, 0, 0]], [1, 2]))
    1.0
    """
    before, after = margins(transitions)
    scale = _points(before, values)
    return quantile(after, scale, 0.5, quantile_type) - quantile(before, scale, 0.5, quantile_type)


def delta_iqr(
    transitions: ArrayLike,
    values: ArrayLike | None = None,
    quantile_type: int = 7,
    relative: bool = False,
) -> Floats:
    """Interquartile range of the later wave minus that of the earlier one, on the paired answers.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    values : array_like of float, shape (V,); without them the categories are one apart
    quantile_type : 1 to 9, the types of Hyndman and Fan (1996)
    relative : divide by the earlier range

    Returns
    -------
    ndarray of float, shape (...)
        Negative is convergence. NaN below two pairs; a relative change also where the earlier range is 0.

    Notes
    -----
    Source: Holey et al. (2007) read a falling spread as convergence.

    Examples
    --------
    >>> float(delta_iqr([[0, 2, 0], [0, 2, 0], [0, 0, 0]], [1, 2]))
    -1.0
    """
    before, after = margins(transitions)
    scale = _points(before, values)
    earlier = iqr(before, scale, quantile_type)
    change = iqr(after, scale, quantile_type) - earlier
    return divided(change, earlier) if relative else change


def wilcoxon_signed_rank_p(transitions: ArrayLike, values: ArrayLike | None = None) -> Floats:
    """Two-sided p of Wilcoxon's signed-rank test between two waves; see `wilcoxon_signed_rank`.

    NaN without a pair, 1 where nobody moved. Without `values` the categories are one apart.

    Examples
    --------
    >>> float(wilcoxon_signed_rank_p([[0, 5, 0], [0, 1, 0], [0, 0, 0]]))
    0.0625
    """
    distinct, sizes = differences(transitions, values)
    return np.where(sizes.sum(axis=-1) > 0, wilcoxon_signed_rank(distinct, sizes).p, np.nan)


def differences(transitions: ArrayLike, values: ArrayLike | None = None) -> tuple[Floats, Counts]:
    """Distinct differences later minus earlier of the paired answers, and how many pairs have each.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    values : array_like of float, shape (V,); without them the categories are one apart

    Returns
    -------
    distinct : ndarray of float, shape (D,), rising
    counts : ndarray of int, shape (..., D)

    Examples
    --------
    >>> distinct, counts = differences([[1, 2, 0], [0, 3, 0], [0, 0, 9]])
    >>> distinct.tolist(), counts.tolist()
    ([-1.0, 0.0, 1.0], [0, 4, 2])
    """
    both = paired(transitions)
    scale = as_values(_points(both, values), both.shape[-1])
    apart = np.round(scale[None, :] - scale[:, None], 9).ravel()
    order = np.argsort(apart, kind="stable")
    distinct, starts = np.unique(apart[order], return_index=True)
    return distinct, np.add.reduceat(both.reshape(*both.shape[:-2], -1)[..., order], starts, axis=-1)


def _points(counts: Counts, values: ArrayLike | None) -> ArrayLike:
    """The scale values, or places one apart."""
    return np.arange(1, counts.shape[-1] + 1) if values is None else values
