"""The exact p of Kendall's W for few rankings of few objects."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.agreement import mid_ranks
from delphi.statistics.arrays import Counts, Floats

EXACT_UP_TO_RANKINGS = {2: 25, 3: 25, 4: 12, 5: 6}
"""Objects → most rankings for which all orders are counted; beyond, chi-square is used."""


def kendall_w_exact_p(ranks: ArrayLike) -> float:
    """Chance of a concordance at least as large if every ranking were in random order.

    Parameters
    ----------
    ranks : array_like of float, shape (M, N)
        Per rater the rank of each object; a row with a NaN is left out.

    Returns
    -------
    float
        NaN below two complete rankings or two objects, where every ranking is one tie, and beyond
        `EXACT_UP_TO_RANKINGS`.

    Notes
    -----
    All orders of each rater's own ranks, its ties kept, are counted. Orders of the objects as a whole do not
    change the concordance, so that rank sums are kept sorted and the first ranking stays as it is. Source:
    Kendall and Gibbons (1990), chapter 6.

    Examples
    --------
    >>> round(kendall_w_exact_p([[1, 2, 3], [1, 2, 3], [1, 2, 3]]), 4)  # one order in six, twice
    0.0278
    """
    given = np.asarray(ranks, dtype=np.float64)
    if given.ndim != 2:
        raise ValueError(f"ranks: needs raters and objects as dimensions, got shape {given.shape}")
    complete = given[~np.isnan(given).any(axis=1)]
    raters, objects = complete.shape
    if not 2 <= raters <= EXACT_UP_TO_RANKINGS.get(objects, 0):
        return float("nan")
    doubled = [(2 * mid_ranks(row)).astype(np.int64) for row in complete]
    if all(len(set(row.tolist())) == 1 for row in doubled):
        return float("nan")
    base = 2 * objects * raters + 1
    digits = base ** np.arange(objects, dtype=np.int64)
    sums: Counts = np.sort(doubled[0])[None, :]
    chance: Floats = np.ones(1)
    for row in doubled[1:]:
        orders: Counts = np.array(sorted(set(permutations(row.tolist()))), dtype=np.int64)
        together = np.sort(sums[:, None, :] + orders, axis=-1).reshape(-1, objects)
        _, first, place = np.unique(together @ digits, return_index=True, return_inverse=True)
        shared = np.repeat(chance / len(orders), len(orders))
        chance = np.bincount(place, weights=shared).astype(np.float64)
        sums = together[first]
    seen = int((np.sum(doubled, axis=0) ** 2).sum())
    return min(1.0, float(chance[(sums**2).sum(axis=1) >= seen].sum()))
