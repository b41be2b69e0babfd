"""Sentences for clauses that follow a method of the field, what such a clause asks for, and how far it was missed."""

from __future__ import annotations

from fractions import Fraction

from delphi.decisions.appropriateness import Camps, RamOutcome
from delphi.decisions.clauses import MethodOutcome
from delphi.decisions.content_validity import CvrOutcome, ratio_of
from delphi.decisions.fuzzy_rating import FuzzyOutcome
from delphi.decisions.numbers import band_text, bound_text, missing_text, needed_text, number, percent_of
from delphi.study.model import Band, CvrClause, FuzzyClause, RamClause

MethodClause = RamClause | CvrClause | FuzzyClause


def method_parts(outcome: MethodOutcome, is_n_told: bool) -> list[tuple[str, str]]:
    """Sentences, each with what the rule asks for there; empty: nothing more than before.

    Of an outcome that holds: everything; of one that fails: what fails. The first sentence says of how many answers, unless
    that has been told.
    """
    n = 0 if is_n_told else outcome.n
    if isinstance(outcome, CvrOutcome):
        return [_cvr_part(outcome)]
    if isinstance(outcome, FuzzyOutcome):
        return _fuzzy_parts(outcome, n)
    parts = []
    if outcome.band is not None and (outcome.holds or not outcome.is_in_band):
        parts.append(_median_text(outcome, outcome.band, n))
        n = 0
    if outcome.holds or not outcome.disagrees_as_asked:
        parts.append(_disagreement_text(outcome, n))
    asked = [_ram_requirement(outcome.clause, outcome.band), ""]
    return list(zip(parts, asked, strict=False))


def method_requirement(clause: MethodClause, sample: MethodOutcome | None) -> str:
    """What the clause asks for, without counts. `sample` is an outcome of it, for the ends of its band."""
    band = sample.band if isinstance(sample, RamOutcome | CvrOutcome) else None
    if isinstance(clause, RamClause):
        return _ram_requirement(clause, band)
    if isinstance(clause, CvrClause):
        return f"{_ratio_asked(clause)} of those in {band_text(band) if band else clause.band}"
    return (
        f"a mean distance of at most {number(clause.d)} to the fuzzy mean, {bound_text('at_least', clause.share)} within it, "
        f"and a defuzzified rating of at least {number(clause.alpha_cut)}"
    )


def method_side(outcome: MethodOutcome) -> str | None:
    """The band of an outcome, as the side of a rule with several."""
    if isinstance(outcome, FuzzyOutcome) or outcome.band is None:
        return None
    return band_text(outcome.band)


def method_distance(outcome: MethodOutcome) -> float:
    """How far the clause is from holding; good only for naming the closest rule."""
    if outcome.holds:
        return 0.0
    if outcome.holds is None:
        return float("inf")
    if isinstance(outcome, CvrOutcome):
        return ((outcome.needed or 0) - outcome.n_essential) / outcome.n
    if isinstance(outcome, FuzzyOutcome):
        clause = outcome.clause
        return (
            max(0.0, outcome.distance - float(clause.d))
            + max(0, outcome.needed - outcome.near) / outcome.n
            + max(0.0, float(clause.alpha_cut) - outcome.rating)
        )
    return _ram_distance(outcome)


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
            f"{count} of {outcome.n} ({percent_of(count, outcome.n)})" for count in (behind.low, behind.high)
        )
        return f"{told}: {low} rate 1-3 and {high} rate 7-9; it takes {behind.k} in each"
    if behind is None:
        return told
    exceeds = "exceeds" if outcome.disagrees else "does not exceed"
    return (
        f"{told}: the range from the 30th to the 70th percentile ({number(behind.p30)} to {number(behind.p70)}), "
        f"{number(behind.ipr, behind.ipras)}, {exceeds} the {number(behind.ipras)} of IPRAS"
    )


def _ram_requirement(clause: RamClause, band: Band | None) -> str:
    disagreement = "no disagreement" if clause.disagreement == "absent" else "disagreement"
    if clause.median_band is None:
        return disagreement
    with_it = "without" if clause.disagreement == "absent" else "with"
    return f"a median in {band_text(band) if band else clause.median_band} {with_it} disagreement"


def _ram_distance(outcome: RamOutcome) -> float:
    """Points of the median, and of the range or the share that disagree."""
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


def _ratio_asked(clause: CvrClause) -> str:
    if clause.at_least == "critical":
        return "at least the critical content validity ratio"
    return f"a content validity ratio of at least {number(clause.at_least)}"


def _cvr_part(outcome: CvrOutcome) -> tuple[str, str]:
    x, n = outcome.n_essential, outcome.n
    text = (
        f"{x} of {n} valid answers ({percent_of(x, n)}) lie in {band_text(outcome.band)}, a content validity ratio of "
        f"{number(ratio_of(x, n))}"
    )
    demand = _ratio_asked(outcome.clause)
    if outcome.needed is None:
        return text, f"{demand}, which {n} answers cannot give"
    lack = missing_text("at_least", outcome.needed - x) if outcome.holds is False else ""
    return text, f"{demand}, i.e. {outcome.needed}{lack}"


def _fuzzy_parts(outcome: FuzzyOutcome, n: int) -> list[tuple[str, str]]:
    clause, parts = outcome.clause, []
    about = f" of {n} valid answers" if n else ""
    chosen = clause.map if isinstance(clause.map, str) else "of the study file"
    if outcome.holds or not outcome.is_close:
        distance = number(outcome.distance, clause.d)
        text = f"the mean distance{about} to their fuzzy mean (map {chosen}) is {distance}"
        parts.append((text, f"at most {number(clause.d)}"))
    if outcome.holds or outcome.near < outcome.needed:
        part = percent_of(outcome.near, outcome.n, clause.share)
        demand = bound_text("at_least", clause.share)
        demand += needed_text("at_least", clause.share, outcome.near, outcome.n, outcome.holds)
        near = f"{outcome.near} of {outcome.n}{'' if parts else ' valid answers'} ({part})"
        parts.append((f"{near} lie within {number(clause.d)} of the fuzzy mean", demand))
    if outcome.holds or not outcome.is_high:
        told = "" if parts else about
        rating = number(outcome.rating, clause.alpha_cut)
        parts.append((f"the defuzzified rating{told} is {rating}", f"at least {number(clause.alpha_cut)}"))
    return parts
