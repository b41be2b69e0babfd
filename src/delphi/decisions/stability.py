"""Whether the answers to one item have settled since an earlier wave, by those who answered both."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from delphi.decisions import exact
from delphi.decisions.evidence import EVERYONE, EarlierRating, Evidence, GroupKey
from delphi.decisions.measures import is_readable, measured_change, measured_change_of_rankings
from delphi.decisions.numbers import OPERATORS, bound_text, needed_text, number, percent, probability
from delphi.decisions.sentences import options_text
from delphi.decisions.trials import covers
from delphi.study.measures import is_p, needs_order, of_change, of_rule, takes_rankings
from delphi.study.model import Rules, StabilityName, StabilityRule

COUNTED_MEASURES = ("share_unchanged", "share_changed", "share_changed_gt1", "net_change")
"""Measures that are a number of people out of the paired answers; they are compared in whole numbers."""


@dataclass(frozen=True, slots=True)
class Stability:
    """State, the rule that decided it (None: none did) and the reason."""

    state: StabilityName
    rule_id: str | None
    reason: str


def stability_of(
    evidence: Evidence, rules: Rules, group: GroupKey = EVERYONE, small_cell: int = 5
) -> Stability:
    """Stability by all rules that end at this wave: every one has to hold.

    One that fails makes it `unstable`; else one that cannot be assessed makes it `not_assessable`.
    """
    if evidence.is_first_rating:
        reason = f"Not assessable: {evidence.wave_id} is the first round that rated the item."
        return Stability("not_assessable", None, reason)
    deciding = [rule for rule in rules.stability if _decides(rule, evidence)]
    if not deciding:
        pair = f"a pair of rounds that ends with {evidence.wave_id}"
        return Stability("not_assessable", None, f"Not assessable: no stability rule applies to {pair}.")
    kind = rules.quantile_type
    results = [_one(rule, evidence, group, small_cell, kind) for rule in deciding]
    state: StabilityName = "stable"
    for wanted in ("unstable", "not_assessable"):
        if any(result.state == wanted for result in results):
            state = wanted  # type: ignore[assignment]
            break
    telling = [result for result in results if result.state == state]
    return Stability(state, telling[0].rule_id, " ".join(dict.fromkeys(result.reason for result in telling)))


def _decides(rule: StabilityRule, evidence: Evidence) -> bool:
    return (
        not rule.report_only
        and rule.op is not None
        and rule.value is not None
        and (rule.between is None or rule.between[1] == evidence.wave_id)
        and covers(rule.applies_to, evidence)
        and _fits(rule, evidence)
    )


def _fits(rule: StabilityRule, evidence: Evidence) -> bool:
    """Whether the measure can be read on the item's scale: it has an order where one is needed, and what is named."""
    entry = of_rule(rule.measure, of_change())
    if (evidence.scale.kind == "rank") != takes_rankings(rule.measure):
        return False
    if evidence.scale.kind == "nominal" and needs_order(entry) and not _is_orderless(rule):
        return False
    return is_readable(entry, rule.options, evidence.ruler)


def _is_orderless(rule: StabilityRule) -> bool:
    """The same answer is the same on any scale; one point apart is not."""
    return rule.measure in ("share_unchanged", "share_changed") and rule.tolerance == 0


def _one(
    rule: StabilityRule, evidence: Evidence, group: GroupKey, small_cell: int, quantile_type: int
) -> Stability:
    earlier, obstacle = _earlier(rule, evidence)
    if earlier is None:
        return Stability("not_assessable", rule.rule_id, f"Not assessable: {obstacle}.")
    is_ranked = takes_rankings(rule.measure)
    matrix = earlier.transitions.get(group)
    size = len(evidence.scale.categories)
    whole = np.zeros((size + 1, size + 1), dtype=np.int64) if matrix is None else matrix
    pairs = whole[:size, :size]
    tables = earlier.rankings.get(group)
    n = _both_ranked(tables) if is_ranked else int(pairs.sum())
    is_small = group != EVERYONE and 0 < n < small_cell
    shown_n = f"fewer than {small_cell}" if is_small else str(n)
    between = f"between {earlier.wave_id} and {evidence.wave_id}"
    if n < max(rule.min_pairs, 1):
        need = f"rule {rule.rule_id} needs at least {rule.min_pairs}"
        answers = "answer" if shown_n == "1" else "answers"
        return Stability(
            "not_assessable", rule.rule_id, f"Not assessable: {shown_n} paired {answers} {between}; {need}."
        )
    if rule.measure in COUNTED_MEASURES:
        holds, reason = _counted(rule, pairs, n, earlier.wave_id, evidence.wave_id)
    else:
        value: Fraction | float | None
        if is_ranked and tables is not None:
            value = measured_change_of_rankings(rule, *tables)
        else:
            value = measured_change(rule, whole, evidence.ruler, quantile_type)
        if value is None:
            text = f"Not assessable: {rule.measure} of {shown_n} paired answers {between} is not defined."
            return Stability("not_assessable", rule.rule_id, text)
        holds, reason = _valued(rule, value, n, earlier.wave_id)
    if is_small:
        met = "is met" if holds else "is not met"
        reason = f"Fewer than {small_cell} paired answers {between}: rule {rule.rule_id} {met}."
    return Stability("stable" if holds else "unstable", rule.rule_id, reason)


def _both_ranked(tables: tuple[NDArray[np.float64], NDArray[np.float64]] | None) -> int:
    """How many ranked every object in both waves."""
    if tables is None:
        return 0
    return int((~np.isnan(tables[0]).any(axis=1) & ~np.isnan(tables[1]).any(axis=1)).sum())


def _earlier(rule: StabilityRule, evidence: Evidence) -> tuple[EarlierRating | None, str]:
    """The wave a rule compares with, or why there is none."""
    if rule.between is None:
        same = [one for one in evidence.earlier if one.has_same_wording]
        return (same[-1], "") if same else (None, f"the wording changed after {evidence.earlier[-1].wave_id}")
    wave_id = rule.between[0]
    for one in evidence.earlier:
        if one.wave_id == wave_id:
            return (one, "") if one.has_same_wording else (None, f"the wording changed after {wave_id}")
    return None, f"{wave_id} did not rate the item, and rule {rule.rule_id} compares with it"


def counted(measure: str, tolerance: int, pairs: NDArray[np.int64]) -> int:
    """How many of the paired answers a measure counts.

    Parameters
    ----------
    measure : one of `COUNTED_MEASURES`
    tolerance : of `share_unchanged` and `share_changed`: pairs at most so many categories apart count as unchanged
    pairs : category before × category after, shape (V, V), no row for "no answer"

    Notes
    -----
    Net change is half the summed differences of the two margins: a whole number of people, because both have
    the same sum.

    Examples
    --------
    >>> moves = np.array([[3, 1, 0], [0, 4, 0], [1, 0, 1]])
    >>> [counted(measure, 0, moves) for measure in COUNTED_MEASURES]
    [8, 2, 1, 1]
    """
    if measure == "net_change":
        return int(np.abs(pairs.sum(axis=0) - pairs.sum(axis=1)).sum()) // 2
    apart = _apart(len(pairs))
    if measure == "share_unchanged":
        return int(pairs[apart <= tolerance].sum())
    return int(pairs[apart > (1 if measure == "share_changed_gt1" else tolerance)].sum())


@lru_cache(maxsize=64)
def _apart(size: int) -> NDArray[np.int64]:
    places = np.arange(size)
    return np.abs(places[:, None] - places[None, :])


def _counted(
    rule: StabilityRule, pairs: NDArray[np.int64], n: int, before: str, after: str
) -> tuple[bool, str]:
    op, bound = rule.op, rule.value
    if op is None or bound is None:
        raise ValueError(f"stability rule {rule.rule_id} has no bound")
    x = counted(rule.measure, rule.tolerance, pairs)
    holds = exact.share_meets(x, n, op, bound)
    near = (
        "the same as"
        if rule.tolerance == 0
        else f"within {rule.tolerance} point{'s' * (rule.tolerance > 1)} of"
    )
    changed = f"differ from those in {before}"
    if rule.tolerance:
        changed = f"are more than {rule.tolerance} point{'s' * (rule.tolerance > 1)} from those in {before}"
    what = {
        "share_unchanged": f"are {near} those in {before}",
        "share_changed": changed,
        "share_changed_gt1": f"are more than 1 point from those in {before}",
        "net_change": f"would have to move to turn the distribution of {before} into that of {after}",
    }[rule.measure]
    needed = exact.needed(n, op, bound)
    text = f"{x} of {n} paired answers ({percent(Fraction(x, n), bound)}) {what}; "
    text += f"rule {rule.rule_id} asks for {bound_text(op, bound)}"
    return holds, f"{text}{needed_text(op, bound, x, n, holds) if 0 <= needed <= n else ''}."


def _valued(rule: StabilityRule, value: Fraction | float, n: int, before: str) -> tuple[bool, str]:
    op, bound = rule.op, rule.value
    if op is None or bound is None:
        raise ValueError(f"stability rule {rule.rule_id} has no bound")
    shown = probability(value, bound) if is_p(rule.measure) else number(value, bound)
    weights = f" ({rule.weights})" if rule.weights else ""
    text = f"{rule.measure}{weights or options_text(rule.options)} of {n} paired answers since {before} is {shown}; "
    text += f"rule {rule.rule_id} asks for {OPERATORS[op]} {number(bound)}."
    return exact.meets(value, op, bound), text
