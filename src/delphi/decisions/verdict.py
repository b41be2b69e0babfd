"""The verdict on one item, dimension and wave, with its reason and flags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from delphi.decisions.clauses import (
    EachGroupOutcome,
    ShareOutcome,
    first_undecided,
    left_out_groups,
)
from delphi.decisions.evidence import EVERYONE, Evidence, GroupKey
from delphi.decisions.numbers import bound_percent, listed, percent_of
from delphi.decisions.sentences import Teller, distance, side_of
from delphi.decisions.stability import Stability, stabilities_of
from delphi.decisions.trials import Decision, RuleBook, Trial, applicable, decide, within_groups
from delphi.study.model import ConsensusRule, Group, Rules, StabilityName, VerdictName

_QUANTILE_TYPES = (2, 6, 7)  # statistics.md 1.6: those of SAS and Stata, of SPSS and Excel, of R and NumPy


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict with its reason.

    Parameters
    ----------
    verdict : by the rules, on exact counts
    rule_id : the rule that gave it; None for `no_consensus` and `insufficient_n`
    n : valid answers
    reason : one plain statement with the counts behind it
    flags : sorted; `group_missing`, `denominator_sensitive`, `quantile_sensitive`, `n_below_minimum`
    stability, stability_rule, stability_reason : the same for the change since an earlier wave
    """

    verdict: VerdictName
    rule_id: str | None
    n: int
    reason: str
    flags: tuple[str, ...]
    stability: StabilityName
    stability_rule: str | None
    stability_reason: str


def judge(
    evidence: Evidence, rules: Rules, groups: Mapping[str, Group] | None = None, small_cell: int = 5
) -> Verdict | None:
    """The verdict on everyone's answers; None where no rule applies.

    Parameters
    ----------
    evidence : the counts
    rules : the study's rules, tried in order
    groups : the declared group dimensions, for `each_group`
    small_cell : groups with fewer answers are named in the reason without their counts
    """
    return judge_all(evidence, rules, groups or {}, [EVERYONE], small_cell).get(EVERYONE)


def judge_group(evidence: Evidence, rules: Rules, group: GroupKey, small_cell: int = 5) -> Verdict | None:
    """The same rules on one group's answers, without their `each_group` clauses; nothing follows from it.

    None where no rule applies; a rule of nothing but `each_group` says nothing about one group.
    """
    return judge_all(evidence, rules, {}, [group], small_cell).get(group)


def judge_all(
    evidence: Evidence,
    rules: Rules,
    groups: Mapping[str, Group],
    keys: Iterable[GroupKey],
    small_cell: int = 5,
) -> dict[GroupKey, Verdict]:
    """Verdicts of `judge` and `judge_group` for many groups at once, where a rule applies."""
    return Bench(rules, groups, small_cell).verdicts(evidence, keys)


class Bench:
    """Judges one item after the other; what the same rules need each time is made once.

    Parameters
    ----------
    rules, groups, small_cell : as for `judge`
    """

    def __init__(self, rules: Rules, groups: Mapping[str, Group], small_cell: int = 5) -> None:
        self.rules, self.groups, self.small_cell = rules, groups, small_cell
        self._books: dict[tuple[int, ...], tuple[RuleBook, RuleBook]] = {}

    def verdicts(self, evidence: Evidence, keys: Iterable[GroupKey]) -> dict[GroupKey, Verdict]:
        """Verdicts on an item for each group, where a rule applies."""
        of_everyone, of_groups = self._books_of(applicable(evidence, self.rules))
        books = {key: of_everyone if key == EVERYONE else of_groups for key in keys}
        judged = [key for key, book in books.items() if book.consensus]
        if not judged:
            return {}
        stabilities = stabilities_of(evidence, self.rules, judged, self.small_cell)
        return {key: _verdict(evidence, key, books[key], stabilities[key], self.small_cell) for key in judged}

    def _books_of(self, consensus: tuple[ConsensusRule, ...]) -> tuple[RuleBook, RuleBook]:
        """The rules as they are read for everyone, and within one group."""
        known = tuple(map(id, consensus))  # rules live as long as `self.rules`, and hashing them takes long
        if known not in self._books:
            kind = self.rules.quantile_type
            self._books[known] = (
                RuleBook(consensus, self.groups, kind), RuleBook(within_groups(consensus), {}, kind)
            )  # fmt: skip
        return self._books[known]


def _verdict(
    evidence: Evidence, group: GroupKey, book: RuleBook, stability: Stability, small_cell: int
) -> Verdict:
    decision = decide(evidence, group, book)
    rule = decision.rule
    return Verdict(
        verdict=cast(VerdictName, decision.verdict),
        rule_id=rule.rule_id if rule else None,
        n=evidence.tally(group).n_valid,
        reason=_reason(decision, evidence, group, book, small_cell),
        flags=_flags(decision, evidence, group, book),
        stability=stability.state,
        stability_rule=stability.rule_id,
        stability_reason=stability.reason,
    )


def _flags(decision: Decision, evidence: Evidence, group: GroupKey, book: RuleBook) -> tuple[str, ...]:
    flags = []
    if book.asks_each_group and any(left_out_groups(trial.outcome) for trial in decision.trials):
        flags.append("group_missing")
    if _hangs_on_base(decision, evidence, group, book):
        flags.append("denominator_sensitive")
    if book.takes_quantiles:
        others = [kind for kind in _QUANTILE_TYPES if kind != book.quantile_type]
        if any(decide(evidence, group, book, quantile_type=k).verdict != decision.verdict for k in others):
            flags.append("quantile_sensitive")
    if evidence.tally(group).n_valid < book.least_n:
        flags.append("n_below_minimum")
    return tuple(sorted(flags))


def _hangs_on_base(decision: Decision, evidence: Evidence, group: GroupKey, book: RuleBook) -> bool:
    if not book.counts_shares:
        return False
    tally = evidence.tally(group)
    if tally.n_shown is None:
        return False
    if tally.n_shown == tally.n_valid and not _some_left_it_blank(evidence, book):
        return False  # everyone who was shown the item answered it: the two bases are one
    by_valid = decision.verdict
    if any(rule.base != "valid" for rule in book.consensus):
        by_valid = decide(evidence, group, book, base="valid").verdict
    return decide(evidence, group, book, base="shown").verdict != by_valid


def _some_left_it_blank(evidence: Evidence, book: RuleBook) -> bool:
    """In a group that `each_group` may look at, somebody was shown the item and gave no valid answer."""
    return any(
        tally.n_shown != tally.n_valid for (of, _), tally in evidence.tallies.items() if of in book.groups
    )


def _reason(decision: Decision, evidence: Evidence, group: GroupKey, book: RuleBook, small_cell: int) -> str:
    if decision.verdict == "insufficient_n" and decision.rule is None:
        sentences = [_too_few(trial, evidence, group, small_cell) for trial in _distinct(decision.trials)]
    else:
        sentences = _tried(decision, evidence, group, small_cell)
        sentences += [
            _too_few(trial, evidence, group, small_cell)
            for trial in _distinct(tuple(t for t in decision.trials if t.shortage == "undecided"))
        ]
    if book.asks_each_group:
        sentences += _left_out(decision.trials)
    return " ".join(f"{text[0].upper()}{text[1:]}." for text in sentences)


def _tried(decision: Decision, evidence: Evidence, group: GroupKey, small_cell: int) -> list[str]:
    """What the deciding rule counted; without one, what the closest rule lacked."""
    tried = [trial for trial in decision.trials if trial.shortage is None and trial.outcome is not None]
    # A split is no near miss of consensus: its rule is named as the closest only where there is no other.
    closest = tried[-1] if decision.rule else min(tried, key=lambda t: (t.rule.verdict == "split", _apart(t)))
    outcome = closest.outcome
    if outcome is None:
        raise AssertionError("a rule that was tried has an outcome")
    rule_id = closest.rule.rule_id
    n = evidence.tally(group).n_valid
    if group != EVERYONE and n < small_cell:
        met = f"rule {rule_id} is met" if decision.rule else f"no rule is met; {rule_id} comes closest"
        return [f"{_answers(n, True, small_cell)}: {met}"]
    texts = Teller(rule_id, small_cell, is_introduced=decision.rule is None).tell(outcome)
    if not decision.rule:
        return [f"no rule is met; {rule_id} comes closest: {texts[0]}", *texts[1:]]
    side = side_of(outcome)
    return [*texts, f"the side is {side}"] if side else texts


def _apart(trial: Trial) -> float:
    return distance(trial.outcome) if trial.outcome else float("inf")


def _distinct(trials: tuple[Trial, ...]) -> list[Trial]:
    """Of rules that lack the same, the first."""
    seen: dict[tuple[object, ...], Trial] = {}
    for trial in trials:
        rule = trial.rule
        need = {"min_n": rule.min_n, "min_valid_share": rule.min_valid_share}.get(str(trial.shortage))
        cause = first_undecided(trial.outcome) if trial.outcome and trial.shortage == "undecided" else None
        key = (trial.shortage, need, None if cause is None else type(cause), getattr(cause, "left_out", None))
        seen.setdefault(key, trial)
    return list(seen.values())


def _answers(n: int, is_group: bool, small_cell: int) -> str:
    if is_group and 0 < n < small_cell:
        return f"fewer than {small_cell} valid answers"
    return f"{n} valid answer{'' if n == 1 else 's'}"


def _too_few(trial: Trial, evidence: Evidence, group: GroupKey, small_cell: int) -> str:
    """Why a rule counts as one with too few answers."""
    rule, tally = trial.rule, evidence.tally(group)
    n, is_group = tally.n_valid, group != EVERYONE
    if trial.shortage == "min_n":
        return f"{_answers(n, is_group, small_cell)}; rule {rule.rule_id} needs at least {rule.min_n}"
    if trial.shortage == "min_valid_share" and rule.min_valid_share is not None:
        asked = f"rule {rule.rule_id} needs at least {bound_percent(rule.min_valid_share)} valid answers"
        if tally.n_shown is None:
            return f"{asked} of those shown the item, and it is not known who was shown it"
        if is_group and n < small_cell:
            return f"{_answers(n, is_group, small_cell)}; {asked} of those shown the item"
        part = percent_of(n, tally.n_shown, rule.min_valid_share)
        return f"{n} of {tally.n_shown} who were shown the item gave a valid answer ({part}); {asked}"
    cause = first_undecided(trial.outcome) if trial.outcome else None
    text = f"rule {rule.rule_id} cannot be decided"
    if isinstance(cause, EachGroupOutcome):
        clause = cause.clause
        if not cause.groups:
            return f"{text}: no group of {clause.of} has {clause.min_n} valid answers"
        if cause.left_out and cause.is_required:
            few = listed(cause.left_out)
            lack = f"fewer than {clause.min_n} valid answers in {few}"
            return f"{text}: {lack}, and every group of {clause.of} is required"
        return f"{text} within every group of {clause.of}"
    if isinstance(cause, ShareOutcome) and cause.denominator is None:
        missing = (
            "there is no panel register"
            if cause.base == "invited"
            else "it is not known who was shown the item"
        )
        return f"{text}: its base is {cause.base} and {missing}"
    return f"{text}: its measure is not defined for {_answers(n, is_group, small_cell)}"


def _left_out(trials: tuple[Trial, ...]) -> list[str]:
    """Groups that `each_group` left out, named once per dimension and minimum."""
    named: dict[tuple[str, int], dict[str, None]] = {}
    for trial in trials:
        for clause, values in left_out_groups(trial.outcome):
            named.setdefault((clause.of, clause.min_n), {}).update(dict.fromkeys(values))
    return [
        f"left out of {of} with fewer than {min_n} valid answers: {listed(list(values))}"
        for (of, min_n), values in named.items()
    ]
