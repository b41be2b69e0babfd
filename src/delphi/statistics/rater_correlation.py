"""Rank correlation of raters, pair by pair."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats, divided


def row_mid_ranks(table: ArrayLike) -> Floats:
    """Ranks from 1 within each row of a complete table, ties sharing the mean of theirs.

    Examples
    --------
    >>> row_mid_ranks([[10, 20, 20], [3, 2, 1]]).tolist()
    [[1.0, 2.5, 2.5], [3.0, 2.0, 1.0]]
    """
    given = np.asarray(table, dtype=np.float64)
    order = np.argsort(given, axis=-1, kind="stable")
    risen = np.take_along_axis(given, order, axis=-1)
    places = np.broadcast_to(np.arange(given.shape[-1]), given.shape)
    is_new = np.ones(given.shape, dtype=bool)
    is_new[..., 1:] = risen[..., 1:] != risen[..., :-1]
    is_last = np.ones(given.shape, dtype=bool)
    is_last[..., :-1] = is_new[..., 1:]
    first = np.maximum.accumulate(np.where(is_new, places, 0), axis=-1)
    turned = np.where(is_last, places, given.shape[-1])[..., ::-1]
    last = np.minimum.accumulate(turned, axis=-1)[..., ::-1]
    ranks = np.empty(given.shape)
    np.put_along_axis(ranks, order, (first + last) / 2 + 1, axis=-1)
    return ranks


class MeanRankCorrelation(NamedTuple):
    """Mean of the rank correlations of all pairs of raters, and how many pairs have one."""

    value: float
    n_pairs: int


def mean_spearman(ranks: ArrayLike) -> MeanRankCorrelation:
    """Plain mean of Spearman's rank correlation over all pairs of raters.

    Parameters
    ----------
    ranks : array_like of float, shape (M, N)
        Per rater the rank of (or rating given to) each object, NaN for none.

    Returns
    -------
    value, n_pairs : the mean, from -1/(M-1) (complete rankings) to 1, and the number of pairs with a correlation
        NaN without such a pair. A pair has none below two objects that both ranked, or where one of the two
        ranked them all alike.

    Notes
    -----
    Missing: each pair rests on the objects that both ranked, ranked anew among these. Without ties and gaps it
    is (m W - 1) / (m - 1) of Kendall's W; with ties it is not. The mean by Fisher's z is another statistic.
    Source: Kendall and Gibbons (1990), chapter 6; Spearman (1904).

    Examples
    --------
    >>> value, n_pairs = mean_spearman([[1, 2, 3], [1, 2, 3], [1, 3, 2]])
    >>> round(value, 4), n_pairs
    (0.6667, 3)
    """
    given = np.asarray(ranks, dtype=np.float64)
    if given.ndim != 2:
        raise ValueError(f"ranks: needs raters and objects as dimensions, got shape {given.shape}")
    is_given = ~np.isnan(given)
    is_complete = is_given.all(axis=1)
    whole = _standardised(given[is_complete], is_given[is_complete])
    together = whole @ whole.T
    found = [together[np.triu_indices(len(whole), 1)]]
    gaps_first = np.argsort(is_complete, kind="stable")
    given, is_given = given[gaps_first], is_given[gaps_first]
    for place in range(int((~is_complete).sum())):
        common = is_given[place] & is_given[place + 1 :]
        first = _standardised(np.broadcast_to(given[place], common.shape), common)
        found.append((first * _standardised(given[place + 1 :], common)).sum(axis=1))
    known = np.concatenate(found)
    known = known[~np.isnan(known)]
    return MeanRankCorrelation(float(known.mean()) if len(known) else float("nan"), len(known))


def _standardised(table: Floats, used: NDArray[np.bool_]) -> Floats:
    """Mid-ranks among the used of each row, less their mean and of length 1, 0 elsewhere; NaN where all are alike."""
    ranks = row_mid_ranks(np.where(used, table, np.inf))
    apart = np.where(used, ranks - (used.sum(axis=1, keepdims=True) + 1) / 2, 0.0)
    return divided(apart, np.sqrt((apart**2).sum(axis=1, keepdims=True)))
