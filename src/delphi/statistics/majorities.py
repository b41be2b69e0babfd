"""Majorities: which word of Dajani fits an item, and how large the majorities of a round are on average."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_counts, divided
from delphi.statistics.labels import Labels, worded
from delphi.statistics.thresholds import as_minimum, as_share, exceeds

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class MajorityOpinions:
    """Cut-off of a round in per cent, and of each item whether its majority reaches it."""

    cut_off: Floats
    items: Labels
    n_majority: Counts
    n_opinions: Counts


@dataclass(frozen=True)
class Majority:
    """Word for the majority, and how many stand behind the largest and the second largest opinion."""

    label: Labels
    n_first: Counts
    n_second: Counts
    n: Counts


def in_boxes(counts: Counts, boxes: Sequence[Hashable] | None) -> Counts:
    """Counts of categories joined to boxes, shape (..., B).

    Parameters
    ----------
    counts : array of int, shape (..., V)
    boxes : name or number of the box of each category; None leaves each category for itself

    Raises
    ------
    ValueError
        If there is not one box per category.

    Examples
    --------
    >>> in_boxes(as_counts([1, 2, 3, 4]), ["no", "no", "yes", "yes"]).tolist()
    [3, 7]
    """
    if boxes is None:
        return counts
    named = list(boxes)
    if len(named) != counts.shape[-1]:
        raise ValueError(f"boxes: needs {counts.shape[-1]} names, one per category, got {len(named)}")
    order = list(dict.fromkeys(named))
    belongs = np.array([[name == box for box in order] for name in named], dtype=np.int64)
    return counts @ belongs


def apmo(
    units: ArrayLike, boxes: Sequence[Hashable] | None = None, majority: float = 0.5
) -> MajorityOpinions:
    """Average percent of majority opinions over the items of a round, a cut-off for consensus.

    Per hundred opinions, how many belong to the majority of their item; items without a majority add nothing
    to the sum and stay among the opinions.

    Parameters
    ----------
    units : array_like of int, shape (..., U, V)
        Per item how many chose each category; "don't know" is no opinion.
    boxes : name or number of the opinion of each category, such as disagree, neither, agree
        Without it each category is an opinion of its own.
    majority : share that a majority exceeds, from 1/2 on

    Returns
    -------
    MajorityOpinions
        `cut_off` from 0 to 100, shape (...), NaN without an opinion; `items` "consensus" where the majority of
        an item reaches the cut-off, else "no consensus", shape (..., U), None without an opinion.

    Notes
    -----
    A majority is more than half, not the largest group. The cut-off belongs to the set of items: it is
    computed anew for each round. Source: Kapoor (1987); Cottam et al. (2004); von der Gracht (2012).

    Examples
    --------
    >>> found = apmo([[8, 2], [5, 5], [3, 7]])
    >>> float(found.cut_off), found.items.tolist()
    (50.0, ['consensus', 'no consensus', 'consensus'])
    """
    given = as_counts(units, "units")
    if given.ndim < 2:
        raise ValueError(f"units: needs items and categories as last dimensions, got shape {given.shape}")
    half = as_share(majority, "majority", HALF)
    opinions = in_boxes(given, boxes)
    largest, sizes = opinions.max(axis=-1), opinions.sum(axis=-1)
    is_majority = exceeds(largest, sizes, half)
    n_majority, n_opinions = np.where(is_majority, largest, 0).sum(axis=-1), sizes.sum(axis=-1)
    # largest / sizes >= n_majority / n_opinions, in whole numbers.
    is_above = is_majority & (largest * n_opinions[..., None] >= n_majority[..., None] * sizes)
    items = worded({"consensus": is_above}, "no consensus", sizes > 0)
    return MajorityOpinions(100 * divided(n_majority, n_opinions), items, n_majority, n_opinions)


def crude_majority(
    counts: ArrayLike, boxes: Sequence[Hashable] | None = None, majority: float = 0.5, min_n: int = 2
) -> Majority:
    """How far a panel agrees on one item, in the words of Dajani, Sincoff and Talley.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    boxes : name or number of the opinion of each category; without it each category is an opinion of its own
    majority : share that a majority exceeds, from 1/2 on
    min_n : answers below which there is no word; one person always agrees

    Returns
    -------
    Majority
        `label`, shape (...): "unanimity" all in one opinion; "majority" more than half; "bipolarity" two equal
        halves; "plurality" one opinion is the largest without a majority; "disagreement" three opinions or
        more, none larger than another. None where two or more, but not all, share the first place, and below
        `min_n` answers.

    Notes
    -----
    Source: Dajani, Sincoff and Talley (1979), Technological Forecasting and Social Change 13, 83-90.

    Examples
    --------
    >>> crude_majority([[0, 9, 0], [2, 7, 0], [5, 0, 5], [4, 3, 3], [3, 3, 3], [4, 4, 2]]).label.tolist()
    ['unanimity', 'majority', 'bipolarity', 'plurality', 'disagreement', None]
    """
    given = as_counts(counts)
    half = as_share(majority, "majority", HALF)
    opinions = in_boxes(given, boxes)
    n = opinions.sum(axis=-1)
    held = (opinions > 0).sum(axis=-1)
    first = opinions.max(axis=-1)
    leading = (opinions == first[..., None]).sum(axis=-1)
    second = np.partition(opinions, -2, axis=-1)[..., -2] if opinions.shape[-1] > 1 else np.zeros_like(first)
    conditions = {
        "unanimity": held == 1,
        "majority": exceeds(first, n, half),
        "bipolarity": (held == 2) & (leading == 2),
        "plurality": leading == 1,
        "disagreement": leading == held,
    }
    return Majority(worded(conditions, None, n >= as_minimum(min_n)), first, second, n)
