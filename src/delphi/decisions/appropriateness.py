"""The clause `ram`: where the median lies and whether the panel disagrees, by the RAND/UCLA method, exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from delphi.decisions import exact
from delphi.decisions.evidence import Ruler
from delphi.statistics.appropriateness import SPREAD_PER_ASYMMETRY, SPREAD_WHEN_SYMMETRIC
from delphi.study.model import Band, RamClause, Scale

POINTS = tuple(range(1, 10))
MEDIAN_TYPE = 7
"""The plain median, the mean of the two middle ratings: other types of quantiles know thirds of a point."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The interpercentile range and the range at which a panel disagrees (rule `ipras`)."""

    p30: Fraction
    p70: Fraction
    ipras: Fraction

    @property
    def ipr(self) -> Fraction:
        """P70 - P30."""
        return self.p70 - self.p30


@dataclass(frozen=True, slots=True)
class Camps:
    """Who rates in the lowest and in the highest third, and how many in each make a disagreement (rule `classic`)."""

    low: int
    high: int
    k: int


@dataclass(frozen=True, slots=True)
class RamOutcome:
    """Median and disagreement of one group; below two answers nothing is decided."""

    clause: RamClause
    band: Band | None
    n: int
    median: Fraction | None
    behind: Spread | Camps | None
    disagrees: bool | None
    holds: bool | None

    @property
    def counts_as(self) -> Fraction | None:
        """The median, half a point in the class above it."""
        return None if self.median is None else half_up(self.median)

    @property
    def is_in_band(self) -> bool:
        """The median lies in the band that is asked for, if one is."""
        if self.band is None or self.counts_as is None:
            return self.band is None
        return self.band.low <= self.counts_as <= self.band.high

    @property
    def disagrees_as_asked(self) -> bool:
        """Disagreement is there, or not, as the rule asks."""
        return self.disagrees == (self.clause.disagreement == "present")


def half_up(median: Fraction) -> Fraction:
    """A median between two ratings belongs to the higher class.

    Examples
    --------
    >>> half_up(Fraction(13, 2)), half_up(Fraction(6))
    (Fraction(7, 1), Fraction(6, 1))
    """
    return Fraction(math.floor(median + Fraction(1, 2)))


def ram_outcome(clause: RamClause, counts: tuple[int, ...], ruler: Ruler, quantile_type: int) -> RamOutcome:
    """Outcome of the clause for one histogram.

    Notes
    -----
    `ipras`: the panel disagrees when P70 - P30 exceeds 2.35 + 1.5 |5 - (P30 + P70) / 2|, in fractions. `classic`: when at
    least k = floor((n + 1) / 3) rate 1 to 3 and at least k rate 7 to 9. Source: Fitch et al. (2001).
    """
    band = None if clause.median_band is None else ruler.bands[clause.median_band][0]
    n = sum(counts)
    if n < 2:
        return RamOutcome(clause, band, n, None, None, None, None)
    median = exact.quantile(ruler.values, counts, Fraction(1, 2), MEDIAN_TYPE)
    behind: Spread | Camps
    if clause.rule == "classic":
        behind = Camps(sum(counts[:3]), sum(counts[6:]), (n + 1) // 3)
        disagrees = min(behind.low, behind.high) >= behind.k
    else:
        behind = _spread(counts, ruler, quantile_type)
        disagrees = behind.ipr > behind.ipras
    found = RamOutcome(clause, band, n, median, behind, disagrees, None)
    holds = found.is_in_band and found.disagrees_as_asked
    return RamOutcome(clause, band, n, median, behind, disagrees, holds)


def _spread(counts: tuple[int, ...], ruler: Ruler, quantile_type: int) -> Spread:
    p30, p70 = (
        exact.quantile(ruler.values, counts, Fraction(tenths, 10), quantile_type) for tenths in (3, 7)
    )
    asymmetry = abs(5 - (p30 + p70) / 2)
    return Spread(p30, p70, SPREAD_WHEN_SYMMETRIC + SPREAD_PER_ASYMMETRY * asymmetry)


def is_nine_points(scale: Scale) -> bool:
    """Whether a scale is that of the method: whole points from 1 to 9."""
    return scale.kind == "ordinal" and tuple(one.value for one in scale.categories) == POINTS
