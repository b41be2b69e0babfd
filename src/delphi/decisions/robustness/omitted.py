"""Verdicts without one respondent, or without one group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from delphi.decisions.evidence import GroupKey
from delphi.decisions.robustness.many import verdicts_of
from delphi.decisions.robustness.panel import Counts, States
from delphi.decisions.trials import RuleBook
from delphi.study.model import AllClause, AnyClause, Clause, EachGroupClause


def respondents_that_matter(states: States, book: RuleBook, verdict: int) -> int:
    """How many respondents there are of whom each alone, had he not taken part, would have made the verdict another.

    Those who saw the item and gave no valid answer count too: they are in the base `shown`.
    """
    own = np.concatenate([states.counts[0], states.blank[0][:, None]], axis=1)
    kind, category = np.nonzero(own)
    if not len(kind):
        return 0
    fewer: Counts = np.repeat(own[None], len(kind), axis=0)
    fewer[np.arange(len(kind)), kind, category] -= 1
    gone = np.zeros((len(kind), own.shape[0]), dtype=np.int64)
    gone[np.arange(len(kind)), kind] = 1
    left = replace(
        states.take(np.zeros(len(kind), dtype=np.intp)), counts=fewer[..., :-1], blank=fewer[..., -1]
    ).less(gone)
    flips = verdicts_of(left, book) != verdict
    return int(own[kind, category][flips].sum())


def without_group(states: States, book: RuleBook, group: GroupKey) -> int:
    """The verdict of one state if this group had not been part of the study, as a place in `NAMES`."""
    stays = ~states.members(group)
    gone = np.where(stays, 0, states.counts.sum(axis=2) + states.blank)
    counts = np.where(stays[None, :, None], states.counts, 0)
    left = replace(states, counts=counts, blank=np.where(stays[None], states.blank, 0)).less(gone)
    return int(verdicts_of(left, _without(book, group))[0])


def _without(book: RuleBook, group: GroupKey) -> RuleBook:
    """The rules as they would be if the group had not been declared."""
    group_by, value = group
    declared = book.groups.get(group_by)
    if declared is None:
        return book
    others = {name: label for name, label in declared.categories.items() if name != value}
    groups = {**book.groups, group_by: declared.model_copy(update={"categories": others})}
    consensus = tuple(
        rule.model_copy(update={"require": _unnamed(rule.require, group)}) for rule in book.consensus
    )
    return RuleBook(consensus, groups, book.quantile_type)


def _unnamed(clause: Clause, group: GroupKey) -> Clause:
    if isinstance(clause, AllClause | AnyClause):
        return type(clause)(of=tuple(_unnamed(part, group) for part in clause.of))
    if isinstance(clause, EachGroupClause) and clause.of == group[0] and clause.only is not None:
        return clause.model_copy(update={"only": tuple(one for one in clause.only if one != group[1])})
    return clause
