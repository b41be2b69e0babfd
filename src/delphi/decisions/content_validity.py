"""The clause `cvr`: whether more experts than chance would give find an item essential (Lawshe), in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from delphi.decisions import exact
from delphi.decisions.evidence import Ruler
from delphi.statistics.content_validity import fewest_essential
from delphi.study.model import Band, CvrClause

LEVEL = 0.05
"""One-sided chance of the critical number of experts (Lawshe 1975; Ayre and Scally 2014)."""


@dataclass(frozen=True, slots=True)
class CvrOutcome:
    """How many of n say essential, and how many it takes; `needed` None: not even everybody would be enough."""

    clause: CvrClause
    band: Band
    n_essential: int
    n: int
    needed: int | None
    holds: bool | None


def cvr_outcome(clause: CvrClause, counts: tuple[int, ...], ruler: Ruler) -> CvrOutcome:
    """Outcome of the clause for one histogram."""
    band, places = ruler.bands[clause.band]
    n, x = sum(counts), sum(counts[place] for place in places)
    needed = needed_essential(clause, n)
    return CvrOutcome(clause, band, x, n, needed, None if needed is None else x >= needed)


def needed_essential(clause: CvrClause, n: int) -> int | None:
    """The fewest of n experts who have to say essential; None without an expert, or where all of them are too few.

    Notes
    -----
    `critical`: the least E with P(X >= E) <= 5 % for X binomial of n and one half, exactly (Ayre and Scally 2014). A
    number: the least E with (2 E - n) / n at least that.
    """
    if n == 0:
        return None
    if clause.at_least == "critical":
        fewest = fewest_essential(n, LEVEL)
        return fewest if fewest <= n else None
    return exact.needed(n, "at_least", share_of_ratio(clause.at_least))


def share_of_ratio(ratio: Fraction) -> Fraction:
    """The share of the experts that gives a content validity ratio.

    Examples
    --------
    >>> share_of_ratio(Fraction(1, 2))
    Fraction(3, 4)
    """
    return (1 + ratio) / 2


def ratio_of(n_essential: int, n: int) -> Fraction:
    """Lawshe's ratio, from -1 (nobody) over 0 (half) to 1 (everybody)."""
    return Fraction(2 * n_essential - n, n)
