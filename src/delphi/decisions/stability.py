"""Whether the answers to one item have settled since an earlier wave, by those who answered both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from delphi.decisions import exact
from delphi.decisions.evidence import EVERYONE, EarlierRating, Evidence, GroupKey
from delphi.decisions.measures import is_readable, measured_change, measured_change_of_rankings
from delphi.decisions.numbers import OPERATORS, bound_text, needed_text, number, percent_of, probability
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
    return stabilities_of(evidence, rules, [group], small_cell)[group]


def stabilities_of(
    evidence: Evidence, rules: Rules, groups: Sequence[GroupKey], small_cell: int = 5
) -> dict[GroupKey, Stability]:
    """The same for many groups, whose pairs of answers are counted together."""
    if evidence.is_first_rating:
        reason = f"Not assessable: {evidence.wave_id} is the first round that rated the item."
        return dict.fromkeys(groups, Stability("not_assessable", None, reason))
    deciding = [rule for rule in rules.stability if _decides(rule, evidence)]
    if not deciding:
        pair = f"a pair of rounds that ends with {evidence.wave_id}"
        reason = f"Not assessable: no stability rule applies to {pair}."
        return dict.fromkeys(groups, Stability("not_assessable", None, reason))
    kind = rules.quantile_type
    by_rule = [_by_rule(rule, evidence, groups, small_cell, kind) for rule in deciding]
    return {group: _together(results) for group, *results in zip(groups, *by_rule, strict=True)}


def _together(results: Sequence[Stability]) -> Stability:
    """What several rules come to: that of the first that is against it."""
    if len(results) == 1:
        return results[0]
    states = {result.state for result in results}
    state: StabilityName = "stable"
    if "unstable" in states:
        state = "unstable"
    elif "not_assessable" in states:
        state = "not_assessable"
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
    if rule.measure in COUNTED_MEASURES and evidence.scale.kind != "nominal":
        return evidence.scale.kind != "rank"  # said without the catalogue, which takes time to load
    entry = of_rule(rule.measure, of_change())
    if (evidence.scale.kind == "rank") != takes_rankings(rule.measure):
        return False
    if evidence.scale.kind == "nominal" and needs_order(entry) and not _is_orderless(rule):
        return False
    return is_readable(entry, rule.options, evidence.ruler)


def _is_orderless(rule: StabilityRule) -> bool:
    """The same answer is the same on any scale; one point apart is not."""
    return rule.measure in ("share_unchanged", "share_changed") and rule.tolerance == 0


@dataclass(frozen=True, slots=True)
class _Paired:
    """How many of one group answered both waves; how many of them the measure counts, or else what makes its value."""

    n: int
    found: int | None
    value: Callable[[], Fraction | float | None]


def _by_rule(
    rule: StabilityRule, evidence: Evidence, groups: Sequence[GroupKey], small_cell: int, quantile_type: int
) -> list[Stability]:
    """What one rule says of each group."""
    earlier, obstacle = _earlier(rule, evidence)
    if earlier is None:
        return [Stability("not_assessable", rule.rule_id, f"Not assessable: {obstacle}.")] * len(groups)
    waves = (earlier.wave_id, evidence.wave_id)
    if rule.measure not in COUNTED_MEASURES and takes_rankings(rule.measure):
        paired = _paired_rankings(rule, earlier, groups)
    else:
        paired = _paired_answers(rule, evidence, earlier, groups, quantile_type)
    return [
        _one(rule, waves, pairs, small_cell if group != EVERYONE else 0)
        for group, pairs in zip(groups, paired, strict=True)
    ]


def _paired_rankings(
    rule: StabilityRule, earlier: EarlierRating, groups: Sequence[GroupKey]
) -> list[_Paired]:
    found = []
    for group in groups:
        tables = earlier.rankings.get(group)
        if tables is None:
            found.append(_Paired(0, None, lambda: None))
        else:
            value = partial(measured_change_of_rankings, rule, *tables)
            found.append(_Paired(_both_ranked(tables), None, value))
    return found


def _paired_answers(
    rule: StabilityRule,
    evidence: Evidence,
    earlier: EarlierRating,
    groups: Sequence[GroupKey],
    quantile_type: int,
) -> list[_Paired]:
    """Of all groups at once."""
    size = len(evidence.scale.categories)
    nobody = np.zeros((size + 1, size + 1), dtype=np.int64)
    moves = np.array([earlier.transitions.get(group, nobody) for group in groups])
    pairs = moves[:, :size, :size]
    n = pairs.sum(axis=(1, 2)).tolist()
    are_counted = rule.measure in COUNTED_MEASURES
    found = counted(rule.measure, rule.tolerance, pairs).tolist() if are_counted else [None] * len(n)
    return [
        _Paired(
            n[place],
            found[place],
            partial(measured_change, rule, moves[place], evidence.ruler, quantile_type),
        )
        for place in range(len(groups))
    ]


def _one(rule: StabilityRule, waves: tuple[str, str], pairs: _Paired, small_cell: int) -> Stability:
    """What one rule says of one group."""
    before, after = waves
    n = pairs.n
    between = f"between {before} and {after}"
    is_small = 0 < n < small_cell
    shown_n = f"fewer than {small_cell}" if is_small else str(n)
    if n < max(rule.min_pairs, 1):
        need = f"rule {rule.rule_id} needs at least {rule.min_pairs}"
        answers = "answer" if shown_n == "1" else "answers"
        return Stability(
            "not_assessable", rule.rule_id, f"Not assessable: {shown_n} paired {answers} {between}; {need}."
        )
    if pairs.found is not None:
        holds, reason = _counted(rule, pairs.found, n, before, after)
    else:
        value = pairs.value()
        if value is None:
            text = f"Not assessable: {rule.measure} of {shown_n} paired answers {between} is not defined."
            return Stability("not_assessable", rule.rule_id, text)
        holds, reason = _valued(rule, value, n, before)
    if is_small:
        met = "is met" if holds else "is not met"
        reason = f"Fewer than {small_cell} paired answers {between}: rule {rule.rule_id} {met}."
    return Stability("stable" if holds else "unstable", rule.rule_id, reason)


def _both_ranked(tables: tuple[NDArray[np.float64], NDArray[np.float64]]) -> int:
    """How many ranked every object in both waves."""
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


def counted(measure: str, tolerance: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of the paired answers a measure counts.

    Parameters
    ----------
    measure : one of `COUNTED_MEASURES`
    tolerance : of `share_unchanged` and `share_changed`: pairs at most so many categories apart count as unchanged
    pairs : category before × category after, shape (..., V, V), no row for "no answer"

    Notes
    -----
    Net change is half the summed differences of the two margins: a whole number of people, because both have
    the same sum.

    Examples
    --------
    >>> moves = np.array([[3, 1, 0], [0, 4, 0], [1, 0, 1]])
    >>> [int(counted(measure, 0, moves)) for measure in COUNTED_MEASURES]
    [8, 2, 1, 1]
    """
    if measure == "net_change":
        moved: NDArray[np.int64] = np.abs(pairs.sum(axis=-2) - pairs.sum(axis=-1)).sum(axis=-1) // 2
        return moved
    apart = _apart(pairs.shape[-1])
    if measure == "share_unchanged":
        return pairs[..., apart <= tolerance].sum(axis=-1)
    return pairs[..., apart > (1 if measure == "share_changed_gt1" else tolerance)].sum(axis=-1)


@lru_cache(maxsize=64)
def _apart(size: int) -> NDArray[np.int64]:
    places = np.arange(size)
    return np.abs(places[:, None] - places[None, :])


def _counted(rule: StabilityRule, x: int, n: int, before: str, after: str) -> tuple[bool, str]:
    op, bound = rule.op, rule.value
    if op is None or bound is None:
        raise ValueError(f"stability rule {rule.rule_id} has no bound")
    holds = exact.share_meets(x, n, op, bound)
    what = _what_is_counted(rule.measure, rule.tolerance, before, after)
    needed = exact.needed(n, op, bound)
    text = f"{x} of {n} paired answers ({percent_of(x, n, bound)}) {what}; "
    text += f"rule {rule.rule_id} asks for {bound_text(op, bound)}"
    return holds, f"{text}{needed_text(op, bound, x, n, holds) if 0 <= needed <= n else ''}."


@lru_cache(maxsize=64)
def _what_is_counted(measure: str, tolerance: int, before: str, after: str) -> str:
    points = f"{tolerance} point{'s' * (tolerance > 1)}"
    near = "the same as" if tolerance == 0 else f"within {points} of"
    apart = "differ" if tolerance == 0 else f"are more than {points}"
    return {
        "share_unchanged": f"are {near} those in {before}",
        "share_changed": f"{apart} from those in {before}",
        "share_changed_gt1": f"are more than 1 point from those in {before}",
        "net_change": f"would have to move to turn the distribution of {before} into that of {after}",
    }[measure]


def _valued(rule: StabilityRule, value: Fraction | float, n: int, before: str) -> tuple[bool, str]:
    op, bound = rule.op, rule.value
    if op is None or bound is None:
        raise ValueError(f"stability rule {rule.rule_id} has no bound")
    shown = probability(value, bound) if is_p(rule.measure) else number(value, bound)
    weights = f" ({rule.weights})" if rule.weights else ""
    text = f"{rule.measure}{weights or options_text(rule.options)} of {n} paired answers since {before} is {shown}; "
    text += f"rule {rule.rule_id} asks for {OPERATORS[op]} {number(bound)}."
    return exact.meets(value, op, bound), text
