"""Trying rules in order: which apply, which have enough answers, and the first that matches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from delphi.decisions.clauses import (
    Frame,
    Outcome,
    evaluate,
    fits_scale,
    has_quantile,
    has_share,
    without_each_group,
)
from delphi.decisions.evidence import Evidence, GroupKey, Tally
from delphi.study.model import AppliesTo, Base, ConsensusRule, Group, Rules

Shortage = Literal["min_n", "min_valid_share", "undecided"]
UNJUDGED_KINDS = ("open", "profile", "survey")


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule tried on the answers of one group. With a `shortage` it counts as one with too few answers."""

    rule: ConsensusRule
    outcome: Outcome | None
    shortage: Shortage | None

    @property
    def matches(self) -> bool:
        """The rule had enough answers and its clause holds."""
        return self.shortage is None and self.outcome is not None and self.outcome.holds is True


@dataclass(frozen=True)
class RuleBook:
    """The rules that apply to an item and dimension, and what they are read with."""

    consensus: tuple[ConsensusRule, ...]
    groups: Mapping[str, Group]
    quantile_type: int

    @cached_property
    def counts_shares(self) -> bool:
        """A share is part of a rule."""
        return any(has_share(rule.require) for rule in self.consensus)

    @cached_property
    def takes_quantiles(self) -> bool:
        """A median or quartiles are part of a rule."""
        return any(has_quantile(rule.require) for rule in self.consensus)

    @cached_property
    def asks_each_group(self) -> bool:
        """A rule asks the same of each group."""
        return any(without_each_group(rule.require) is not rule.require for rule in self.consensus)

    @cached_property
    def least_n(self) -> int:
        """The fewest valid answers with which any rule can decide."""
        return min(rule.min_n for rule in self.consensus)

    def read(
        self, rule: ConsensusRule, evidence: Evidence, quantile_type: int | None, base: Base | None
    ) -> Frame:
        """What the clauses of a rule are read against."""
        return Frame(
            ruler=evidence.ruler,
            base=base or rule.base,
            quantile_type=quantile_type or self.quantile_type,
            tallies=evidence.tallies,
            groups=self.groups,
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict and how it came about: the trials up to and with the rule that gave it."""

    verdict: str
    trials: tuple[Trial, ...]

    @property
    def rule(self) -> ConsensusRule | None:
        """The rule that gave the verdict; none for `no_consensus` and `insufficient_n`."""
        return self.trials[-1].rule if self.trials[-1].matches else None


def covers(applies_to: AppliesTo, evidence: Evidence) -> bool:
    """Whether a rule is for this item, dimension and wave; what is not named is not restricted."""
    return (
        (applies_to.kinds is None or evidence.kind in applies_to.kinds)
        and (applies_to.dims is None or evidence.dimension in applies_to.dims)
        and (applies_to.items is None or evidence.item_id in applies_to.items)
        and (applies_to.waves is None or evidence.wave_id in applies_to.waves)
    )


def applicable(evidence: Evidence, rules: Rules) -> tuple[ConsensusRule, ...]:
    """Rules for this item and dimension that can be read on its scale, in order."""
    if evidence.kind in UNJUDGED_KINDS:
        return ()
    return tuple(
        rule
        for rule in rules.consensus
        if covers(rule.applies_to, evidence) and fits_scale(rule.require, evidence.scale)
    )


def within_groups(consensus: tuple[ConsensusRule, ...]) -> tuple[ConsensusRule, ...]:
    """Rules as they are read for one group: without `each_group` clauses and rules made of nothing else."""
    kept = []
    for rule in consensus:
        clause = without_each_group(rule.require)
        if clause is not None:
            kept.append(rule if clause is rule.require else rule.model_copy(update={"require": clause}))
    return tuple(kept)


def decide(
    evidence: Evidence,
    group: GroupKey,
    book: RuleBook,
    quantile_type: int | None = None,
    base: Base | None = None,
) -> Decision:
    """The verdict on one group's answers: `insufficient_n` when no rule has enough, else the first match.

    `quantile_type` and `base` replace those of the rules, to see whether the verdict hangs on them.
    """
    tally = evidence.tally(group)
    trials: list[Trial] = []
    for rule in book.consensus:
        trial = _try(rule, tally, book.read(rule, evidence, quantile_type, base))
        trials.append(trial)
        if trial.matches:
            return Decision(trial.rule.verdict, tuple(trials))
    enough = any(trial.shortage is None for trial in trials)
    return Decision("no_consensus" if enough else "insufficient_n", tuple(trials))


def _try(rule: ConsensusRule, tally: Tally, frame: Frame) -> Trial:
    shortage = _shortage(rule, tally)
    if shortage:
        return Trial(rule, None, shortage)
    outcome = evaluate(rule.require, tally, frame)
    return Trial(rule, outcome, "undecided" if outcome.holds is None else None)


def _shortage(rule: ConsensusRule, tally: Tally) -> Shortage | None:
    if tally.n_valid < rule.min_n:
        return "min_n"
    least = rule.min_valid_share
    if least is None:
        return None
    # Without a count of the shown the share cannot be vouched for.
    if tally.n_shown is None or tally.n_valid * least.denominator < least.numerator * tally.n_shown:
        return "min_valid_share"
    return None
