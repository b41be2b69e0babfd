"""The rules of a study as sentences that can be read aloud."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from delphi.decisions.numbers import OPERATORS, bound_percent, bound_text, listed, number
from delphi.decisions.sentences import options_text
from delphi.outputs.wording import ACTIONS, STABILITIES, VERDICTS, ends, plain
from delphi.study.measures import OF_RANKINGS, full_name, is_p, of_answers, of_change, short_name
from delphi.study.model import (
    AllClause,
    AnyClause,
    AppliesTo,
    Clause,
    ConsensusRule,
    CvrClause,
    EachGroupClause,
    FuzzyClause,
    IqrClause,
    MeasureClause,
    MedianClause,
    RamClause,
    Rules,
    Scale,
    ShareClause,
    StabilityRule,
    Study,
)

INCLUSIVE = {
    "at_least": "inclusive",
    "at_most": "inclusive",
    "more_than": "strict",
    "less_than": "strict",
}
BASES = {
    "valid": "the valid answers",
    "shown": "those who returned the round and were shown the item",
    "invited": "those who were invited to the round",
}
MEASURES = {
    "net_change": "net change (the share of the paired panelists who would have to move to turn one distribution into the other)",
    "share_unchanged": "the share of unchanged answers",
    "share_changed": "the share of changed answers",
    "share_changed_gt1": "the share of answers that moved by more than one category",
    "weighted_kappa": "weighted kappa",
    "van_der_eijk_agreement": "van der Eijk's agreement A",
    "van_der_eijk_polarization": "van der Eijk's polarization",
}  # fmt: skip
PROPOSAL = (
    "In the default stability rule only the bound on net change has its source in the literature; the second condition, "
    "on the share of panelists who stayed close to their earlier answer, is a proposal of this software."
)


def rules_in_words(rules: Rules, study: Study) -> list[str]:
    """Every rule as a sentence: consensus, stability, what follows, and when the study stops."""
    sentences = [
        "Shares are compared as exact counts, never after rounding. “At least” and “at most” include the bound (inclusive), “more "
        "than” and “less than” exclude it (strict). The rules are tried in the order given here; the first that is met gives "
        "the verdict, and where none is met the verdict is “no consensus”. Where too few answers are there for every "
        "rule, it is “too few answers”."
    ]
    if not rules.consensus:
        sentences.append("The study declares no rule of consensus: its items are described and not judged.")
    sentences += [_consensus(rule, study) for rule in rules.consensus]
    sentences += [_stability(rule) for rule in rules.stability]
    if sum(not rule.report_only for rule in rules.stability) > 1:
        sentences.append(
            "Where several rules of stability apply to an item and a pair of rounds, all have to hold."
        )
    if (
        rules.preset
        and rules.preset.startswith("default")
        and len({rule.measure for rule in rules.stability}) > 1
    ):
        sentences.append(PROPOSAL)
    sentences += _transitions(rules)
    sentences += _stopping(rules)
    return sentences


def bounds_of(rules: Rules) -> tuple[Fraction, ...]:
    """Thresholds of shares that the rules name, so that no printed share is rounded onto one."""
    found: set[Fraction] = set()
    for rule in rules.consensus:
        found |= set(_bounds(rule.require))
    return tuple(sorted(found))


def dimensions_of_groups(rules: Rules) -> frozenset[str]:
    """Group dimensions that a rule looks into."""
    return frozenset(one for rule in rules.consensus for one in _groups_named(rule.require))


def _bounds(clause: Clause) -> Iterable[Fraction]:
    if isinstance(clause, ShareClause):
        return (clause.value,)
    if isinstance(clause, AllClause | AnyClause):
        return [bound for part in clause.of for bound in _bounds(part)]
    return _bounds(clause.require) if isinstance(clause, EachGroupClause) else ()


def _groups_named(clause: Clause) -> Iterable[str]:
    if isinstance(clause, EachGroupClause):
        return (clause.of,)
    return (
        [one for part in clause.of for one in _groups_named(part)]
        if isinstance(clause, AllClause | AnyClause)
        else ()
    )


def _consensus(rule: ConsensusRule, study: Study) -> str:
    scales = _scales(rule.applies_to, study)
    need = f"at least {rule.min_n} valid answers"
    if rule.min_valid_share is not None:
        need += f", and at least {bound_percent(rule.min_valid_share)} of those who were shown the item,"
    because = f" Its reason: {rule.rationale.strip().rstrip('.')}." if rule.rationale else ""
    return (
        f"“{VERDICTS[rule.verdict].name}” (rule {rule.rule_id}; {_reach(rule.applies_to, study)}): "
        f"{_clause(rule.require, rule, scales, study)}. It takes {need} to apply the rule.{because}"
    )


def _clause(clause: Clause, rule: ConsensusRule, scales: list[Scale], study: Study) -> str:
    if isinstance(clause, AllClause | AnyClause):
        parts = [_clause(part, rule, scales, study) for part in clause.of]
        joint = " and " if isinstance(clause, AllClause) else " or "
        return joint.join(parts)
    if isinstance(clause, ShareClause):
        bound = f"{OPERATORS[clause.op]} {bound_percent(clause.value)}"
        inside = (
            f"lie in {_band(clause.band, scales)}" if clause.band else f"are {_categories(clause, scales)}"
        )
        return f"{bound} ({INCLUSIVE[clause.op]}) of {BASES[rule.base]} {inside}"
    if isinstance(clause, MedianClause):
        return f"the median lies in {_band(clause.in_band, scales)}, both ends included"
    if isinstance(clause, IqrClause):
        return f"the interquartile range is at most {number(clause.at_most)} scale points"
    if isinstance(clause, RamClause):
        return _ram(clause, scales)
    if isinstance(clause, CvrClause):
        return _cvr(clause, scales)
    if isinstance(clause, FuzzyClause):
        return _fuzzy(clause)
    if isinstance(clause, MeasureClause):
        what = f"{_measure(clause.measure)}{options_text(clause.options)}"
        return f"{what} is {OPERATORS[clause.op]} {number(clause.value)} ({INCLUSIVE[clause.op]})"
    group = study.groups.get(clause.of)
    label = group.label if group else clause.of
    names = [group.categories.get(one, one) if group else one for one in clause.only or ()]
    where = f"within {listed(names)} ({label})" if names else f"within every group of {label}"
    inner = _clause(clause.require, rule, scales, study)
    return f"{where}, each where at least {clause.min_n} answered, {inner}"


def _ram(clause: RamClause, scales: list[Scale]) -> str:
    """Appropriateness by the RAND/UCLA method (Fitch et al. 2001)."""
    how = (
        "the range from the 30th to the 70th percentile exceeds the same range adjusted for symmetry, IPRAS"
        if clause.rule == "ipras"
        else "a third of the panel or more rates 1 to 3 and a third or more rates 7 to 9"
    )
    verb = "disagrees" if clause.disagreement == "present" else "does not disagree"
    told = f"the panel {verb} by the RAND/UCLA method (it disagrees where {how})"
    if clause.median_band is None:
        return told
    return f"the median lies in {_band(clause.median_band, scales)}, half a point counting up, and {told}"


def _cvr(clause: CvrClause, scales: list[Scale]) -> str:
    """Lawshe's ratio; the critical one by the exact one-tailed test (Ayre and Scally 2014)."""
    where = _band(clause.band, scales)
    if clause.at_least == "critical":
        return (
            f"Lawshe's content validity ratio of those in {where} is at least the critical one: so many as chance would give "
            "at most once in twenty times if half of the experts said so"
        )
    return f"Lawshe's content validity ratio of those in {where} is at least {number(clause.at_least)} (inclusive)"


def _fuzzy(clause: FuzzyClause) -> str:
    """Fuzzy Delphi with the threshold d (Cheng and Lin 2002)."""
    chosen = f"the map {clause.map}" if isinstance(clause.map, str) else "the map of the study file"
    return (
        f"read as fuzzy numbers by {chosen}, the answers lie on average at most {number(clause.d)} from their mean, "
        f"{bound_text('at_least', clause.share)} of them within that distance, and the defuzzified mean "
        f"({clause.defuzzified.replace('_', ' ')}) is at least {number(clause.alpha_cut)}"
    )


def _band(name: str, scales: list[Scale]) -> str:
    """The band with its ends, on each scale that the rule can meet."""
    found = []
    for scale in scales:
        for band in scale.bands:
            if band.name == name:
                found.append(f"{ends(band.low, band.high)} of {_range(scale)}")
    return f"“{name}” ({'; '.join(dict.fromkeys(found))})" if found else f"“{name}”"


def _categories(clause: ShareClause, scales: list[Scale]) -> str:
    """Categories that a share names one by one, by their labels."""
    labels = {one.code: one.label for scale in scales for one in scale.categories}
    return listed([f"“{labels.get(code, code)}”" for code in clause.within], "or")


def _range(scale: Scale) -> str:
    values = [category.value for category in scale.categories]
    return ends(min(values), max(values)) if values else scale.scale_id


def _scales(applies: AppliesTo, study: Study) -> list[Scale]:
    found = {}
    for item in study.items:
        if applies.items is not None and item.item_id not in applies.items:
            continue
        if applies.kinds is not None and item.kind not in applies.kinds:
            continue
        for dimension, scale_id in item.dims.items():
            if applies.dims is None or dimension in applies.dims:
                found[scale_id] = study.scales[scale_id]
    return list(found.values())


def _reach(applies: AppliesTo, study: Study) -> str:
    parts = []
    if applies.kinds:
        parts.append(f"items of kind {listed(applies.kinds, 'or')}")
    if applies.items:
        is_long = len(applies.items) > 8
        what = (
            f"{len(applies.items)} of the {len(study.items)} items"
            if is_long
            else f"items {listed(applies.items)}"
        )
        parts = [what]
    if applies.dims:
        parts.append(f"rated on {listed(applies.dims, 'or')}")
    if applies.waves:
        parts.append(f"in {listed(applies.waves, 'or')}")
    return ", ".join(parts) or "all items that can be judged"


def _measure(measure: str) -> str:
    name = full_name(measure)
    if name in OF_RANKINGS:
        return f"{OF_RANKINGS[name]} of the complete rankings"
    if name in MEASURES:
        return MEASURES[name]
    if is_p(name):
        return f"the p-value of {short_name(of_change()[name])}"
    return f"the {short_name((of_answers() | of_change())[name])}"


def _stability(rule: StabilityRule) -> str:
    between = (
        f"from {rule.between[0]} to {rule.between[1]}"
        if rule.between
        else "from the round before that rated the item in the same wording"
    )
    what = _measure(rule.measure)
    if rule.measure == "share_unchanged" and rule.tolerance:
        steps = f"{rule.tolerance} scale point{'s' * (rule.tolerance > 1)}"
        what = f"the share of answers that are at most {steps} apart"
    if rule.measure == "share_changed" and rule.tolerance:
        steps = f"{rule.tolerance} scale point{'s' * (rule.tolerance > 1)}"
        what = f"the share of answers that are more than {steps} apart"
    if rule.measure == "weighted_kappa":
        what = f"weighted kappa ({rule.weights or 'quadratic'} weights)"
    what += options_text(rule.options) if rule.measure != "weighted_kappa" else ""
    dims = f" rated on {listed(rule.applies_to.dims, 'or')}" if rule.applies_to.dims else ""
    head = f"(rule {rule.rule_id}; items{dims}, {between})"
    if rule.report_only or rule.op is None or rule.value is None:
        return f"Change {head}: {what} is reported and decides nothing."
    is_share = rule.measure.startswith("share") or rule.measure == "net_change"
    bound = bound_percent(rule.value) if is_share else number(rule.value)
    return (
        f"“Stable” {head}: {what} is {OPERATORS[rule.op]} {bound} ({INCLUSIVE[rule.op]}), counted over those who "
        f"answered both; it takes at least {rule.min_pairs} of them."
    )


def _transitions(rules: Rules) -> list[str]:
    """One sentence per wave, naming what is proposed for which result."""
    by_wave: dict[str, list[str]] = {}
    for rule in rules.transitions:
        states = []
        if rule.verdict:
            states.append(VERDICTS[rule.verdict].name.lower())
        if rule.stability:
            states.append(STABILITIES[rule.stability].name.lower())
        goal = f" to {rule.to}" if rule.to else ""
        what = " and ".join(states) if states else "anything else" if rule.after in by_wave else "any result"
        by_wave.setdefault(rule.after, []).append(f"{what} → {ACTIONS[rule.action].lower()}{goal}")
    return [
        f"What is proposed after {wave}, the first that fits: {'; '.join(steps)}."
        for wave, steps in by_wave.items()
    ]


def _stopping(rules: Rules) -> list[str]:
    texts = []
    if rules.stopping.max_rounds is not None:
        count = rules.stopping.max_rounds
        texts.append(f"{count} round{'s' * (count != 1)} are done" if count != 1 else "1 round is done")
    for condition in rules.stopping.conditions:
        if condition.rounds_done is not None:
            texts.append(f"{condition.rounds_done} rounds are done")
        elif condition.state and condition.op and condition.value is not None:
            bound = f"{OPERATORS[condition.op]} {bound_percent(condition.value)}"
            texts.append(f"{bound} of the items are {_state(condition.state)}")
    if not texts:
        return ["The study declares no rule of stopping."]
    joint = " and " if rules.stopping.connective == "all" and rules.stopping.max_rounds is None else " or "
    return [
        f"The study may stop when {joint.join(texts)}; a person decides. A person also decides when fewer than half of "
        "those who returned the first round are left."
    ]


def _state(state: str) -> str:
    if state in VERDICTS:
        return f"“{VERDICTS[state].name}”"  # type: ignore[index]
    return STABILITIES[state].name.lower() if state in STABILITIES else plain(state).lower()
