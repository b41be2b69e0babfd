"""How many comments an item drew from round to round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats, as_counts
from delphi.statistics.labelling import labelled


@dataclass(frozen=True)
class CommentTrend:
    """Comments of the last round, their change since the first, and the trend in a word."""

    count: Floats
    change: Floats
    trend: NDArray[np.object_]


def comment_count(comments: ArrayLike) -> CommentTrend:
    """Comments of the last round, and whether they have become fewer from round to round.

    Parameters
    ----------
    comments : array_like of int, shape (..., R)
        Comments of one item in each round that asked it, in order.

    Returns
    -------
    CommentTrend
        Arrays of shape (...). `trend` is "falling" or "rising" where no round goes the other way, "level", or "mixed";
        None and a change of NaN with a single round.

    Notes
    -----
    Descriptive: fewer comments, with agreement up, range and standard deviation down and kappa up, go with consensus and
    stability. Source: Holey et al. (2007), BMC Medical Research Methodology 7, 52.

    Examples
    --------
    >>> found = comment_count([14, 9, 9, 3])
    >>> float(found.count), float(found.change), found.trend.item()
    (3.0, -11.0, 'falling')
    """
    given = as_counts(comments, "comments")
    last = given[..., -1].astype(np.float64)
    if given.shape[-1] == 1:
        return CommentTrend(last, np.full(last.shape, np.nan), np.full(last.shape, None, dtype=object))
    steps = np.diff(given, axis=-1)
    falls, rises = (steps < 0).any(axis=-1), (steps > 0).any(axis=-1)
    trend = labelled((falls & rises, "mixed"), (falls, "falling"), (rises, "rising"), (~falls, "level"))
    return CommentTrend(last, last - given[..., 0], trend)
