"""Sentences for clauses that follow a method of the field, what such a clause asks for, and how far it was missed."""

from __future__ import annotations

from fractions import Fraction

from delphi.decisions.appropriateness import Camps, RamOutcome
from delphi.decisions.numbers import band_text, number, percent
from delphi.study.model import Band, RamClause


def ram_texts(outcome: RamOutcome, is_n_told: bool) -> list[str]:
    """What of the clause holds; when it fails, what fails. The first says of how many answers, unless that has been told."""
    n = 0 if is_n_told else outcome.n
    texts = []
    if outcome.band is not None and (outcome.holds or not outcome.is_in_band):
        texts.append(_median_text(outcome, outcome.band, n))
        n = 0
    if outcome.holds or not outcome.disagrees_as_asked:
        texts.append(_disagreement_text(outcome, n))
    return texts


def _median_text(outcome: RamOutcome, band: Band, n: int) -> str:
    about = f" of {n} valid answers" if n else ""
    if outcome.median is None or outcome.counts_as is None:
        return f"the median{about} is not defined"
    class_of = "" if outcome.counts_as == outcome.median else f"counts as {number(outcome.counts_as)} and "
    where = "lies in" if outcome.is_in_band else "does not lie in"
    return f"the median{about}, {number(outcome.median)}, {class_of}{where} {band_text(band)}"


def _disagreement_text(outcome: RamOutcome, n: int) -> str:
    about = f" among {n} valid answers" if n else ""
    told = f"there is {'disagreement' if outcome.disagrees else 'no disagreement'} by the RAND/UCLA method{about}"
    behind = outcome.behind
    if isinstance(behind, Camps):
        low, high = (
            f"{count} of {outcome.n} ({percent(Fraction(count, outcome.n))})"
            for count in (behind.low, behind.high)
        )
        return f"{told}: {low} rate 1-3 and {high} rate 7-9; it takes {behind.k} in each"
    if behind is None:
        return told
    exceeds = "exceeds" if outcome.disagrees else "does not exceed"
    return (
        f"{told}: the range from the 30th to the 70th percentile ({number(behind.p30)} to {number(behind.p70)}), "
        f"{number(behind.ipr, behind.ipras)}, {exceeds} the {number(behind.ipras)} of IPRAS"
    )


def ram_requirement(clause: RamClause, band: Band | None) -> str:
    """What the clause asks for; with its band the ends are told."""
    disagreement = "no disagreement" if clause.disagreement == "absent" else "disagreement"
    if clause.median_band is None:
        return disagreement
    with_it = "without" if clause.disagreement == "absent" else "with"
    return f"a median in {band_text(band) if band else clause.median_band} {with_it} disagreement"


def ram_distance(outcome: RamOutcome) -> float:
    """How far the clause is from holding: points of the median, and of the range or the share that disagree."""
    if outcome.holds:
        return 0.0
    if outcome.counts_as is None or outcome.behind is None:
        return float("inf")
    apart = 0.0
    if outcome.band is not None and not outcome.is_in_band:
        ends = (Fraction(outcome.band.low), Fraction(outcome.band.high))
        apart += float(min(abs(outcome.counts_as - end) for end in ends))
    if not outcome.disagrees_as_asked:
        behind = outcome.behind
        if isinstance(behind, Camps):
            apart += abs(min(behind.low, behind.high) - behind.k) / outcome.n
        else:
            apart += float(abs(behind.ipr - behind.ipras))
    return apart
