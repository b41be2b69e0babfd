"""The fewest answers that would have to be others for the verdict to be another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from delphi.decisions.robustness.many import verdicts_of
from delphi.decisions.robustness.panel import Counts, States
from delphi.decisions.trials import RuleBook

MOST_STATES = 4_000
"""States of the panel that are looked at in one step of the search; beyond, the number is an upper bound."""
EACH_STEP_UP_TO = 500
"""Of longer ways to change answers only some steps are looked at, so that the number is an upper bound."""


@dataclass(frozen=True)
class Fragility:
    """The fewest changed answers that flip a verdict, as far as the search went.

    `n` changes flip it; None: none was found that does. No `more_than` changes or fewer do.
    """

    n: int | None
    more_than: int

    @property
    def is_exact(self) -> bool:
        """No smaller number of changes flips the verdict."""
        return self.n == self.more_than + 1


def fragility(states: States, book: RuleBook, verdict: int) -> Fragility:
    """How many answers of one state have to change, each from its category to another, until the verdict is another.

    All states of the panel at a distance of one, two, ... changes are tried, up to as many as can be looked at; then simple
    ways to change many answers are, which give an upper bound.

    Examples
    --------
    See `tests/decisions/test_robustness.py`: six of eight at 75 % hangs on one answer.
    """
    own = states.counts[0]
    bound = _by_simple_ways(states, book, verdict)
    limit = int(own.sum()) if bound is None else bound - 1
    frontier, distance = own[None], 0
    while distance < limit:
        following = _next(frontier, own)
        if following is None:
            break
        if not len(following):
            distance = limit
            break
        distance += 1
        if (verdicts_of(_with(states, following), book) != verdict).any():
            return Fragility(distance, distance - 1)
        frontier = following
    return Fragility(bound, distance)


def _with(states: States, counts: Counts) -> States:
    return states.take(np.zeros(len(counts), dtype=np.intp)).with_counts(counts)


def _next(frontier: Counts, own: Counts) -> Counts | None:
    """States one change further from the panel's own than those of the frontier, each once; None: too many to look at."""
    found, size = [], 0
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
                    size += len(changed)
                    if size > 8 * MOST_STATES:
                        return None
    if not found:
        return np.zeros((0, *own.shape), dtype=np.int64)
    together = np.concatenate(found)
    _, first = np.unique(
        together.reshape(len(together), -1).astype(np.uint64) @ _marks(own.size), return_index=True
    )
    return together[first] if len(first) <= MOST_STATES else None


@cache
def _marks(size: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Random factors, by which different states have different sums but for one in 10^11."""
    return np.random.default_rng(0).integers(0, 2**63, size, dtype=np.uint64) * 2 + 1


def _by_simple_ways(states: States, book: RuleBook, verdict: int) -> int | None:
    """Fewest changes that flip the verdict among simple ways to change one answer after the other."""
    ladders = list(_ladders(states.counts[0]))
    if not ladders:
        return None
    steps = np.concatenate([numbers for numbers, _ in ladders])
    flips = verdicts_of(_with(states, np.concatenate([found for _, found in ladders])), book) != verdict
    return int(steps[flips].min()) if flips.any() else None


def _ladders(own: Counts) -> Iterator[tuple[Counts, Counts]]:
    """States after one, two, ... changes: those of one kind of respondent, or of everybody, from one category to another; and
    everybody's from wherever they are to one category, or by turns to the lowest and the highest."""
    kinds, categories = own.shape
    for after in range(categories):
        for before in range(categories):
            if before == after:
                continue
            for kind in range(kinds):
                yield from _climbed(own, [(kind, before, after)] * int(own[kind, before]))
            if kinds > 1:
                yield from _climbed(
                    own, [(kind, before, after) for kind in range(kinds) for _ in range(own[kind, before])]
                )
        for order in (range(categories), range(categories - 1, -1, -1)):
            yield from _climbed(
                own,
                [(k, b, after) for b in order if b != after for k in range(kinds) for _ in range(own[k, b])],
            )
    ends = (0, categories - 1)
    people = [
        (k, b) for b in range(categories) if b not in ends for k in range(kinds) for _ in range(own[k, b])
    ]
    yield from _climbed(own, [(k, b, ends[place % 2]) for place, (k, b) in enumerate(people)])


def _climbed(own: Counts, changes: list[tuple[int, int, int]]) -> Iterator[tuple[Counts, Counts]]:
    """How many changes of kind, category before and category after, and the states after them; of many not after each."""
    if not changes:
        return
    many = len(changes)
    every = np.arange(1, many + 1)
    numbers = (
        every
        if many <= EACH_STEP_UP_TO
        else np.unique(np.geomspace(EACH_STEP_UP_TO, many, EACH_STEP_UP_TO).astype(np.int64))
    )
    if many > EACH_STEP_UP_TO:
        numbers = np.union1d(every[:EACH_STEP_UP_TO], numbers)
    moves = np.array(changes, dtype=np.int64)
    found = np.repeat(own[None], len(numbers), axis=0)
    # The step that a change belongs to, and what all changes up to it come to.
    at = np.searchsorted(numbers, every)
    for column, sign in ((1, -1), (2, 1)):
        moved = np.zeros_like(found)
        np.add.at(moved, (at, moves[:, 0], moves[:, column]), sign)
        found += np.cumsum(moved, axis=0)
    yield numbers, found
