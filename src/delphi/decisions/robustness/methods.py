"""Clauses that follow a method of the field, for many states at once: where each is decided, and where it holds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from delphi import statistics as ds
from delphi.decisions.appropriateness import MEDIAN_TYPE
from delphi.decisions.content_validity import needed_essential
from delphi.decisions.evidence import Ruler
from delphi.decisions.robustness.panel import Counts
from delphi.statistics.fuzzy import TOLERANCE, fuzzy_delphi
from delphi.study.model import CvrClause, FuzzyClause, RamClause

Held = tuple[NDArray[np.bool_], NDArray[np.bool_]]
"""Where a clause can be decided, and where it holds, each of shape (D,)."""
HALF_POINT = 0.5 + 1e-9


def ram_holds(
    clause: RamClause, counts: Counts, n: Counts, ruler: Ruler, quantile_type: int, is_weighted: bool
) -> Held:
    """`delphi.decisions.appropriateness` for many histograms.

    Parameters
    ----------
    counts : answers per category, weighted where weights are asked for, as whole numbers, shape (D, 9)
    n : how many gave them, shape (D,)
    """
    is_decided = n >= 2
    values = np.array(ruler.values, dtype=np.float64)
    holds = np.ones(len(n), dtype=bool)
    if clause.median_band is not None:
        band = ruler.bands[clause.median_band][0]
        middle = ds.quantile(counts, values, Fraction(1, 2), 2 if is_weighted else MEDIAN_TYPE)
        counts_as = np.floor(np.where(is_decided, middle, 0) + HALF_POINT)
        holds = (counts_as >= band.low) & (counts_as <= band.high)
    if clause.rule == "classic":
        camps = np.minimum(counts[:, :3].sum(axis=1), counts[:, 6:].sum(axis=1))
        # Of weighted answers the share counts: k of n panelists.
        disagrees = camps * n >= ((n + 1) // 3) * counts.sum(axis=1)
    else:
        disagrees = (
            ds.statistic("rand_ucla")
            .function(counts, None, 2 if is_weighted else quantile_type)
            .has_disagreement
            == 1
        )
    return is_decided, holds & (disagrees == (clause.disagreement == "present"))


def cvr_holds(clause: CvrClause, counts: Counts, n: Counts, ruler: Ruler) -> Held:
    """`delphi.decisions.content_validity` for many histograms; parameters as in `ram_holds`."""
    essential = counts[:, list(ruler.bands[clause.band][1])].sum(axis=1)
    sizes, places = np.unique(n, return_inverse=True)
    needed = np.array(
        [-1 if (one := needed_essential(clause, int(size))) is None else one for size in sizes]
    )[places]
    # Of weighted answers the share counts: so many of n experts.
    return needed >= 0, essential * n >= needed * counts.sum(axis=1)


def fuzzy_holds(clause: FuzzyClause, counts: Counts, n: Counts) -> Held:
    """`delphi.decisions.fuzzy_rating` for many histograms; parameters as in `ram_holds`."""
    found = fuzzy_delphi(counts, clause.map, float(clause.d), defuzzify=clause.defuzzified)
    sizes = counts.sum(axis=1)
    near = np.rint(np.nan_to_num(found.consensus_share) * sizes).astype(np.int64)
    many = near * clause.share.denominator >= clause.share.numerator * sizes
    close = found.distance <= float(clause.d) + TOLERANCE
    return n >= 2, close & many & (found.defuzzified >= float(clause.alpha_cut) - TOLERANCE)
