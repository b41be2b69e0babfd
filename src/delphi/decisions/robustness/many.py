"""The verdicts of a panel in many states at once, by the same rules and with the same exactness as `decisions.trials`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from delphi import statistics as ds
from delphi.decisions.evidence import EVERYONE, GroupKey, Ruler
from delphi.decisions.measures import measured_of_many
from delphi.decisions.robustness.methods import cvr_holds, fuzzy_holds, ram_holds
from delphi.decisions.robustness.panel import Counts, States
from delphi.decisions.trials import RuleBook
from delphi.study.model import (
    AllClause,
    AnyClause,
    Base,
    Clause,
    ConsensusRule,
    CvrClause,
    EachGroupClause,
    FuzzyClause,
    IqrClause,
    MeasureClause,
    MedianClause,
    Operator,
    RamClause,
    ShareClause,
    VerdictName,
)

NAMES: tuple[VerdictName, ...] = ("consensus_in", "consensus_out", "no_consensus", "split", "insufficient_n")
HOLDS, FAILS, UNDECIDED = 1, 0, -1
TOLERANCE = 1e-9
Rounding = Literal["exact", "whole_percent"]
Codes = NDArray[np.int8]
Numbers = NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """How rules are read: the base and quantile type in the place of the declared ones (None: as declared), how shares are
    rounded before they are compared, and the group dimension whose groups weigh the same (None: everybody does)."""

    base: Base | None = None
    quantile_type: int | None = None
    rounding: Rounding = "exact"
    equalise: str | None = None


def verdicts_of(states: States, book: RuleBook, reading: Reading = Reading()) -> Codes:
    """The verdict of each state as a place in `NAMES`, shape (D,)."""
    judge = _Judge(states, book, reading)
    found = np.full(len(states), NAMES.index("insufficient_n"), dtype=np.int8)
    is_open = np.ones(len(found), dtype=bool)
    has_enough = np.zeros(len(found), dtype=bool)
    for rule in book.consensus:
        enough = judge.has_enough(rule)
        state = judge.holds(rule.require, EVERYONE, rule.base)
        found[is_open & enough & (state == HOLDS)] = NAMES.index(rule.verdict)
        is_open &= ~(enough & (state == HOLDS))
        has_enough |= enough & (state != UNDECIDED)
    found[is_open & has_enough] = NAMES.index("no_consensus")
    return found


def that_matter(book: RuleBook, verdict: int) -> RuleBook:
    """The rules on which it hangs whether the verdict is this one: what comes after the last that gives it does not matter.

    Without enough answers for any rule, or without consensus, all of them do: no consensus is also what is left where none
    matches.
    """
    if NAMES[verdict] == "no_consensus":
        return book
    giving = [place for place, rule in enumerate(book.consensus) if rule.verdict == NAMES[verdict]]
    return RuleBook(book.consensus[: giving[-1] + 1], book.groups, book.quantile_type) if giving else book


@dataclass(frozen=True)
class _Tally:
    """One group in each state: counts per category, who answered and who was shown the item (weighted where weights are asked
    for), the plain counts and numbers of the two, and who was invited to it (None: not known)."""

    counts: Numbers
    answers: Counts
    valid: Numbers
    shown: Numbers
    n_valid: Counts
    n_shown: Counts
    invited: Counts | None


class _Judge:
    def __init__(self, states: States, book: RuleBook, reading: Reading) -> None:
        self.states, self.book, self.reading = states, book, reading
        self._tallies: dict[GroupKey, _Tally] = {}
        self._weights = _weights(states, reading.equalise)

    def tally(self, group: GroupKey) -> _Tally:
        if group not in self._tallies:
            self._tallies[group] = self._tally(group)
        return self._tallies[group]

    def _tally(self, group: GroupKey) -> _Tally:
        own = self.states.members(group)
        counts, blank = self.states.counts[:, own], self.states.blank[:, own]
        invited = None
        if self.states.invited is not None:
            invited = self.states.invited.get(group, np.zeros(len(counts), dtype=np.int64))
        together = counts.sum(axis=1)
        # Of many short rows `einsum` takes the sums in a fraction of the time of `sum`.
        n_valid = np.einsum("dv->d", together)
        n_shown = n_valid + np.einsum("dk->d", blank)
        if self._weights is None:
            return _Tally(together, together, n_valid, n_shown, n_valid, n_shown, invited)
        weights = self._weights[:, own]
        weighted = (counts * weights[:, :, None]).sum(axis=1)
        shown = ((counts.sum(axis=2) + blank) * weights).sum(axis=1)
        return _Tally(weighted, together, weighted.sum(axis=1), shown, n_valid, n_shown, invited)

    def has_enough(self, rule: ConsensusRule) -> NDArray[np.bool_]:
        tally, least = self.tally(EVERYONE), rule.min_valid_share
        enough: NDArray[np.bool_] = tally.n_valid >= rule.min_n
        if least is not None:
            enough = enough & (tally.n_valid * least.denominator >= least.numerator * tally.n_shown)
        return enough

    def holds(self, clause: Clause, group: GroupKey, base: Base) -> Codes:
        if isinstance(clause, ShareClause):
            return self._share(clause, group, self.reading.base or base)
        if isinstance(clause, AllClause | AnyClause):
            states = np.stack([self.holds(part, group, base) for part in clause.of])
            whole = states.min(axis=0) if isinstance(clause, AllClause) else states.max(axis=0)
            return np.where((states == UNDECIDED).any(axis=0), UNDECIDED, whole).astype(np.int8)
        if isinstance(clause, EachGroupClause):
            return self._each_group(clause, base)
        tally, ruler = self.tally(group), self.states.ruler
        kind, is_weighted = self.reading.quantile_type or self.book.quantile_type, self._weights is not None
        if isinstance(clause, RamClause | CvrClause | FuzzyClause):
            counts, n = _whole(tally.counts), tally.n_valid
            if isinstance(clause, RamClause):
                is_decided, held = ram_holds(clause, counts, n, ruler, kind, is_weighted)
            elif isinstance(clause, CvrClause):
                is_decided, held = cvr_holds(clause, counts, n, ruler)
            else:
                is_decided, held = fuzzy_holds(clause, counts, n)
            return np.where(is_decided, held, UNDECIDED).astype(np.int8)
        value = _value(clause, tally, ruler, kind, is_weighted)
        if isinstance(clause, MedianClause):
            band = ruler.bands[clause.in_band][0]
            inside = (value >= band.low - TOLERANCE) & (value <= band.high + TOLERANCE)
        elif isinstance(clause, IqrClause):
            inside = value <= float(clause.at_most) + TOLERANCE
        else:
            inside = _meets(
                value - float(clause.value), np.abs(value - float(clause.value)) <= TOLERANCE, clause.op
            )
        return np.where(np.isnan(value), UNDECIDED, inside).astype(np.int8)

    def _share(self, clause: ShareClause, group: GroupKey, base: Base) -> Codes:
        tally = self.tally(group)
        places = list(self.states.ruler.counted_by(clause)[1])
        numerator = tally.counts[:, places].sum(axis=1)
        if base == "valid":
            denominator = tally.valid
        elif base == "shown":
            denominator = tally.shown
        elif tally.invited is None:
            return np.full(len(numerator), UNDECIDED, dtype=np.int8)
        else:
            denominator = tally.invited
        holds = _share_meets(numerator, denominator, clause.op, clause.value, self.reading.rounding)
        return np.where(denominator > 0, holds, UNDECIDED).astype(np.int8)

    def _each_group(self, clause: EachGroupClause, base: Base) -> Codes:
        group = self.book.groups.get(clause.of)
        declared = tuple(group.categories) if group else ()
        wanted = declared if clause.only is None else clause.only
        size = len(self.states)
        holds, any_large = np.full(size, HOLDS, dtype=np.int8), np.zeros(size, dtype=bool)
        undecided = np.zeros(size, dtype=bool)
        for value in wanted:
            is_large = self.tally((clause.of, value)).n_valid >= clause.min_n
            state = self.holds(clause.require, (clause.of, value), base)
            any_large |= is_large
            undecided |= is_large & (state == UNDECIDED)
            if group is not None and group.required:
                undecided |= ~is_large
            holds = np.where(is_large & (state == FAILS), FAILS, holds).astype(np.int8)
        return np.where(undecided | ~any_large, UNDECIDED, holds).astype(np.int8)


def _weights(states: States, equalise: str | None) -> Numbers | None:
    """Weights of the kinds in each state, so that every group of a dimension that answered counts the same.

    Whoever is in no group of the dimension counts nothing. Weights are whole numbers where these stay small enough to be
    compared exactly.
    """
    if equalise is None:
        return None
    groups = [group for group in states.groups if group[0] == equalise]
    member = np.array([states.members(group) for group in groups], dtype=np.int64).reshape(len(groups), -1)
    sizes = states.counts.sum(axis=2) @ member.T
    least = np.lcm.reduce(np.maximum(sizes, 1), axis=1) if groups else np.ones(len(sizes), dtype=np.int64)
    if groups and (least.max() * max(int(sizes.max(initial=0)), 1) > 2**40 or (least <= 0).any()):
        share = np.where(sizes > 0, 1.0 / np.maximum(sizes, 1), 0.0)
        return cast(NDArray[np.float64], share @ member)
    return cast(NDArray[np.int64], np.where(sizes > 0, least[:, None] // np.maximum(sizes, 1), 0) @ member)


def _share_meets(
    numerator: Numbers, denominator: Numbers, op: Operator,
    bound: Fraction, rounding: Rounding,
) -> NDArray[np.bool_]:  # fmt: skip
    if rounding == "whole_percent":
        with np.errstate(divide="ignore", invalid="ignore"):
            percent = np.floor(100 * numerator / np.maximum(denominator, 1e-12) + 0.5 + TOLERANCE)
        apart = percent * bound.denominator - 100 * bound.numerator
    else:
        apart = numerator * bound.denominator - bound.numerator * denominator
    is_equal = np.abs(apart) <= (TOLERANCE if apart.dtype.kind == "f" else 0)
    return _meets(apart, is_equal, op)


def _meets(apart: Numbers, is_equal: NDArray[np.bool_], op: Operator) -> NDArray[np.bool_]:
    if op in ("at_least", "more_than"):
        return np.where(is_equal, op == "at_least", apart > 0).astype(bool)
    return np.where(is_equal, op == "at_most", apart < 0).astype(bool)


def _value(
    clause: MedianClause | IqrClause | MeasureClause,
    tally: _Tally,
    ruler: Ruler,
    quantile_type: int,
    is_weighted: bool,
) -> NDArray[np.float64]:
    """Median, interquartile range or measure of each state; NaN where it is not defined."""
    if not is_weighted:
        return _value_of(clause, tally.answers, ruler, quantile_type)
    # Weighted quantiles are those of the weighted inverse distribution; weights must not turn one answer into several.
    value = _value_of(clause, _whole(tally.counts), ruler, 2)
    return np.where(np.isnan(_value_of(clause, tally.answers, ruler, 2)), np.nan, value)


def _value_of(
    clause: MedianClause | IqrClause | MeasureClause, counts: Counts, ruler: Ruler, quantile_type: int
) -> NDArray[np.float64]:
    values = np.array(ruler.values, dtype=np.float64)
    if isinstance(clause, MedianClause):
        return ds.quantile(counts, values, Fraction(1, 2), quantile_type)
    if isinstance(clause, IqrClause):
        return ds.iqr(counts, values, quantile_type)
    return measured_of_many(clause, counts, ruler, quantile_type)


def _whole(counts: Numbers) -> Counts:
    """Weighted counts as whole numbers, to a millionth of an answer."""
    if counts.dtype.kind == "i":
        return cast(Counts, counts)
    return np.rint(counts * 1e6).astype(np.int64)
