"""Verdicts without one respondent, or without one group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from delphi.decisions.evidence import GroupKey
from delphi.decisions.robustness.many import Codes, verdicts_of
from delphi.decisions.robustness.panel import Counts, States
from delphi.decisions.trials import RuleBook
from delphi.study.model import AllClause, AnyClause, Clause, EachGroupClause


def respondents_that_matter(states: States, book: RuleBook, verdict: int) -> Counts:
    """Per state, how many respondents there are of whom each alone, had he not taken part, would have made the verdict another.

    Those who saw the item and gave no valid answer count too: they are in the base `shown`.

    Parameters
    ----------
    verdict : of all states, as a place in `NAMES`

    Returns
    -------
    ndarray of int, shape (D,)
    """
    own = np.concatenate([states.counts, states.blank[..., None]], axis=2)
    state, kind, category = np.nonzero(own)
    rows = np.arange(len(state))
    fewer: Counts = own[state].copy()
    fewer[rows, kind, category] -= 1
    gone = np.zeros((len(state), own.shape[1]), dtype=np.int64)
    gone[rows, kind] = 1
    left = replace(states.take(state), counts=fewer[..., :-1], blank=fewer[..., -1]).less(gone)
    flips = verdicts_of(left, book) != verdict
    many = own[state, kind, category] * flips
    return np.bincount(state, weights=many, minlength=len(states)).astype(np.int64)


def without_group(states: States, book: RuleBook, group: GroupKey) -> Codes:
    """The verdict of each state if this group had not been part of the study, as places in `NAMES`, shape (D,)."""
    stays = ~states.members(group)
    gone = np.where(stays, 0, states.counts.sum(axis=2) + states.blank)
    counts = np.where(stays[None, :, None], states.counts, 0)
    left = replace(states, counts=counts, blank=np.where(stays[None], states.blank, 0)).less(gone)
    return verdicts_of(left, _without(book, group))


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
