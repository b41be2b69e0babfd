"""The clause `fuzzy`: whether ratings as fuzzy numbers lie close together, and high enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from delphi.decisions import exact
from delphi.statistics.fuzzy import TOLERANCE, fuzzy_delphi
from delphi.statistics.fuzzy_maps import triangles_of
from delphi.study.model import FuzzyClause, Scale


@dataclass(frozen=True, slots=True)
class FuzzyOutcome:
    """Mean distance to the group's fuzzy number, how many are near it, and what it comes to as one number.

    Below two answers nothing is decided.
    """

    clause: FuzzyClause
    n: int
    distance: float
    near: int
    rating: float
    holds: bool | None

    @property
    def is_close(self) -> bool:
        """The mean distance keeps to its limit, up to 1e-12."""
        return self.distance <= float(self.clause.d) + TOLERANCE

    @property
    def needed(self) -> int:
        """How many experts have to be near."""
        return exact.needed(self.n, "at_least", self.clause.share)

    @property
    def is_high(self) -> bool:
        """The defuzzified rating reaches the cut, up to 1e-12."""
        return self.rating >= float(self.clause.alpha_cut) - TOLERANCE


def fuzzy_outcome(clause: FuzzyClause, counts: tuple[int, ...]) -> FuzzyOutcome:
    """Outcome of the clause for one histogram (Chen 2000 for the distance; see `delphi.statistics.fuzzy_delphi`)."""
    n = sum(counts)
    if n < 2:
        return FuzzyOutcome(clause, n, float("nan"), 0, float("nan"), None)
    found = fuzzy_delphi(np.array(counts), clause.map, float(clause.d), defuzzify=clause.defuzzified)
    near = round(float(found.consensus_share) * n)
    outcome = FuzzyOutcome(clause, n, float(found.distance), near, float(found.defuzzified), None)
    holds = outcome.is_close and near >= outcome.needed and outcome.is_high
    return FuzzyOutcome(clause, n, outcome.distance, near, outcome.rating, holds)


def has_map_for(clause: FuzzyClause, scale: Scale) -> bool:
    """Whether the clause's map has a triangle for each point of the scale."""
    try:
        triangles_of(clause.map, len(scale.categories))
    except ValueError:
        return False
    return scale.kind == "ordinal"
