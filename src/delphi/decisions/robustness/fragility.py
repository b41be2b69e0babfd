"""The fewest answers that would have to be others for the verdict to be another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from delphi.decisions.robustness.many import verdicts_of
from delphi.decisions.robustness.panel import Counts, States
from delphi.decisions.trials import RuleBook

MOST_STATES = 20_000
"""States of the panel that are looked at in one step of the search; beyond, the number is an upper bound."""


@dataclass(frozen=True)
class Fragility:
    """`n` answers changed flip the verdict; fewer do not if `is_exact`. None: no change of answers does."""

    n: int | None
    is_exact: bool


def fragility(states: States, book: RuleBook, verdict: int) -> Fragility:
    """How many answers of one state have to change, each from its category to another, until the verdict is another.

    All states of the panel at a distance of one, two, ... changes are tried; where these become too many, changes of one
    kind of respondent from one category to another are, so that the number is an upper bound.

    Examples
    --------
    See `tests/decisions/test_robustness.py`: six of eight at 75 % hangs on one answer.
    """
    own = states.counts[0]
    bound = _of_one_kind(states, book, verdict)
    limit = int(own.sum()) if bound is None else bound
    frontier, distance = own[None], 0
    while distance < limit - (bound is not None):
        following = _next(frontier, own)
        if len(following) > MOST_STATES:
            return Fragility(bound, False)
        if not len(following):
            break
        distance += 1
        if (verdicts_of(_with(states, following), book) != verdict).any():
            return Fragility(distance, True)
        frontier = following
    return Fragility(bound, True)


def _with(states: States, counts: Counts) -> States:
    return states.take(np.zeros(len(counts), dtype=np.intp)).with_counts(counts)


def _next(frontier: Counts, own: Counts) -> Counts:
    """States one change further from the panel's own than those of the frontier, each once."""
    found = []
    for kind in range(own.shape[0]):
        for before in range(own.shape[1]):
            # Nobody moves on from where a change has put somebody, or into where a change has taken somebody from: that
            # would be fewer changes than steps.
            have = (frontier[:, kind, before] > 0) & (frontier[:, kind, before] <= own[kind, before])
            for after in range(own.shape[1]):
                may = have & (frontier[:, kind, after] >= own[kind, after])
                if before != after and may.any():
                    changed = frontier[may].copy()
                    changed[:, kind, before] -= 1
                    changed[:, kind, after] += 1
                    found.append(changed)
    if not found:
        return np.zeros((0, *own.shape), dtype=np.int64)
    together = np.concatenate(found)
    return np.unique(together.reshape(len(together), -1), axis=0).reshape(-1, *own.shape)


def _of_one_kind(states: States, book: RuleBook, verdict: int) -> int | None:
    """Fewest changes of one kind of respondent from one category to another that flip the verdict."""
    own = states.counts[0]
    fewest: int | None = None
    for moved in _ladders(own):
        flipped = np.flatnonzero(verdicts_of(_with(states, moved), book) != verdict)
        if len(flipped) and (fewest is None or flipped[0] + 1 < fewest):
            fewest = int(flipped[0]) + 1
    return fewest


def _ladders(own: Counts) -> Iterator[Counts]:
    """For each kind and pair of categories: one, two, ... answers moved from the first to the second; and for everyone
    together, in the order of kinds."""
    for before in range(own.shape[1]):
        for after in range(own.shape[1]):
            if before == after:
                continue
            for kind in range(own.shape[0]):
                many = int(own[kind, before])
                if many:
                    steps = np.repeat(own[None], many, axis=0)
                    change = np.arange(1, many + 1)
                    steps[:, kind, before] -= change
                    steps[:, kind, after] += change
                    yield steps
            whole = int(own[:, before].sum())
            if whole and own.shape[0] > 1:
                order = np.repeat(np.arange(own.shape[0]), own[:, before])
                steps = np.repeat(own[None], whole, axis=0)
                for step, kind in enumerate(order.tolist()):
                    steps[step:, kind, before] -= 1
                    steps[step:, kind, after] += 1
                yield steps
