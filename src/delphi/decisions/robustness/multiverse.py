"""Other choices that an analyst could have made: thresholds, denominators, quantiles, rounding, weights, cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from delphi.decisions.clauses import has_quantile, has_share
from delphi.decisions.robustness.many import Reading
from delphi.study.model import (
    AllClause,
    AnyClause,
    Clause,
    ConsensusRule,
    EachGroupClause,
    Multiverse,
    ShareClause,
)

AT_LEAST, AT_MOST = ("at_least", "more_than"), ("at_most", "less_than")
_READ = {"base": "base", "quantile_type": "quantile_type", "rounding": "rounding", "weights": "equalise"}
Choice = tuple[str, str]
"""What was chosen otherwise, and how."""


@dataclass(frozen=True)
class Universe:
    """One way to decide. `choices` names what differs from the declared rules; none: it is the declared way."""

    choices: tuple[Choice, ...]
    consensus: tuple[ConsensusRule, ...]
    reading: Reading
    has_complete_cases: bool

    @property
    def is_declared(self) -> bool:
        """Nothing differs from the study file."""
        return not self.choices


def universes(
    consensus: tuple[ConsensusRule, ...], quantile_type: int, chosen: Multiverse
) -> Iterator[Universe]:
    """Every combination of the choices, the declared way first.

    A choice that the rules do not depend on is not varied: without a share there is no threshold, without a median or range
    no type of quantile.

    Notes
    -----
    `share_threshold` takes the place of the bound of each share that has to reach one; within `each_group` only where the rule
    has the same bound for everyone, or none. `share_shift` moves these bounds instead. `opposite_limit` takes the place of the
    bound of each share that must not exceed one, likewise. A rule that stands in the multiverse only takes the place of those
    with the same verdict.
    """
    axes = list(_axes(consensus, quantile_type, chosen).items())
    for combination in product(*(options for _, options in axes)):
        choices = tuple((name, text) for (name, _), (text, _) in zip(axes, combination, strict=True) if text)
        given = {name: value for (name, _), (_, value) in zip(axes, combination, strict=True)}
        yield Universe(
            choices,
            tuple(_varied(rule, given) for rule in _chosen(consensus, given["rules"])),
            Reading(**{field: given[name] for name, field in _READ.items()}),  # type: ignore[arg-type]
            given["cases"] == "complete",
        )


def _axes(
    consensus: tuple[ConsensusRule, ...], quantile_type: int, chosen: Multiverse
) -> dict[str, list[tuple[str, object]]]:
    """Per choice its options as text and value; the first, with an empty text, is the declared one."""
    axes: dict[str, list[tuple[str, object]]] = {
        name: [("", None)]
        for name in ("rules", "threshold", "shift", "opposite", "base", "quantile_type", "weights")
    }
    axes["rules"] += [(one.rule_id, one) for one in chosen.rules]
    axes["rounding"], axes["cases"] = [("", "exact")], [("", "available")]
    if any(has_share(rule.require) for rule in consensus):
        bounds = {bound for rule in consensus for bound in _bounds(rule.require, AT_LEAST, True)}
        limits = {bound for rule in consensus for bound in _bounds(rule.require, AT_MOST, True)}
        axes["threshold"] += [(_percent(one), one) for one in chosen.share_threshold if {one} != bounds]
        if bounds and not chosen.share_threshold:
            axes["shift"] += [
                (f"{'+' if one > 0 else ''}{_percent(one)}", one) for one in chosen.share_shift if one
            ]
        if limits:
            axes["opposite"] += [(_percent(one), one) for one in chosen.opposite_limit if {one} != limits]
        axes["rounding"] += [(one, one) for one in chosen.rounding if one != "exact"]
        bases = {rule.base for rule in consensus}
        axes["base"] += [(one, one) for one in chosen.base if {one} != bases]
    if any(has_quantile(rule.require) for rule in consensus):
        axes["quantile_type"] += [(str(one), one) for one in chosen.quantile if one != quantile_type]
    axes["weights"] += [(f"each {one} alike", one) for one in chosen.weights]
    axes["cases"] += [(one, one) for one in chosen.cases if one != "available"]
    return axes


def _chosen(consensus: tuple[ConsensusRule, ...], instead: object) -> tuple[ConsensusRule, ...]:
    """The rules with one of the multiverse in the place of those with the same verdict."""
    if not isinstance(instead, ConsensusRule):
        return consensus
    return (instead, *(rule for rule in consensus if rule.verdict != instead.verdict))


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):g} %"


def _bounds(clause: Clause, operators: tuple[str, ...], in_groups: bool = False) -> Iterator[Fraction]:
    """Bounds of shares, those within `each_group` only if they are wanted too."""
    if isinstance(clause, AllClause | AnyClause):
        for part in clause.of:
            yield from _bounds(part, operators, in_groups)
    elif isinstance(clause, EachGroupClause):
        if in_groups:
            yield from _bounds(clause.require, operators, in_groups)
    elif isinstance(clause, ShareClause) and clause.op in operators:
        yield clause.value


def _varied(rule: ConsensusRule, given: Mapping[str, object]) -> ConsensusRule:
    if all(given[name] is None for name in ("threshold", "shift", "opposite")):
        return rule
    own = {
        "reach": set(_bounds(rule.require, AT_LEAST)), "limit": set(_bounds(rule.require, AT_MOST)),
    }  # fmt: skip

    def bound(clause: ShareClause, is_in_group: bool) -> Fraction:
        reaches = clause.op in AT_LEAST
        of_everyone = own["reach" if reaches else "limit"]
        if is_in_group and of_everyone and clause.value not in of_everyone:
            return clause.value
        other = given["threshold" if reaches else "opposite"]
        if isinstance(other, Fraction):
            return other
        shift = given["shift"]
        moved = clause.value + shift if reaches and isinstance(shift, Fraction) else clause.value
        return min(max(moved, Fraction(0)), Fraction(1))

    def copy(clause: Clause, is_in_group: bool) -> Clause:
        if isinstance(clause, ShareClause):
            return clause.model_copy(update={"value": bound(clause, is_in_group)})
        if isinstance(clause, AllClause | AnyClause):
            return type(clause)(of=tuple(copy(part, is_in_group) for part in clause.of))
        if isinstance(clause, EachGroupClause):
            return clause.model_copy(update={"require": copy(clause.require, True)})
        return clause

    return rule.model_copy(update={"require": copy(rule.require, False)})
