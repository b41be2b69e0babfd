"""The fewest answers that would have to be others for the verdict to be another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import comb, prod

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


def fragilities(states: States, book: RuleBook, verdict: int) -> list[Fragility]:
    """The `fragility` of each of many states that have the same verdict.

    Items that as many respondents answered share the states in which these could have been. Where they are few, all of them
    are judged once instead of step by step for each item, which finds the same.
    """
    found: dict[int, Fragility] = {}
    for places in _answered_by_as_many(states):
        one = states.take(np.array(places[:1]))
        ways = _all_ways(one.counts[0].sum(axis=1).tolist(), states.counts.shape[2])
        if ways is None:
            found |= {place: fragility(states.take(np.array([place])), book, verdict) for place in places}
            continue
        flips = ways[verdicts_of(_with(one, ways), book) != verdict]
        for place in places:
            own = states.counts[place]
            # As many answers leave their category as come into another.
            changes = int(np.abs(flips - own).sum(axis=(1, 2)).min()) // 2 if len(flips) else None
            found[place] = Fragility(changes, int(own.sum()) if changes is None else changes - 1)
    return [found[place] for place in range(len(states))]


def _answered_by_as_many(states: States) -> list[list[int]]:
    """Places of states that differ in nothing but how the answers spread over the categories."""
    invited = [] if states.invited is None else list(states.invited.values())
    numbers = np.column_stack([states.counts.sum(axis=2), states.blank, *invited])
    found: dict[tuple[int, ...], list[int]] = {}
    for place, own in enumerate(numbers.tolist()):
        found.setdefault(tuple(own), []).append(place)
    return list(found.values())


def _all_ways(sizes: list[int], categories: int) -> Counts | None:
    """All ways in which respondents of each kind can spread over the categories, shape (S, K, V); None: the search could meet
    more than it looks at in one step."""
    size = prod(comb(n + categories - 1, categories - 1) for n in sizes)
    if size > MOST_STATES or size * len(sizes) * categories * (categories - 1) > 8 * MOST_STATES:
        return None
    each = [_ways(n, categories) for n in sizes]
    places = np.indices([len(ways) for ways in each]).reshape(len(each), -1)
    return np.stack([ways[at] for ways, at in zip(each, places, strict=True)], axis=1)


def _ways(n: int, categories: int) -> Counts:
    """All ways in which `n` answers can spread over the categories, shape (S, V): bars put between them."""
    last = n + categories - 1
    bars = np.array(list(combinations(range(last), categories - 1)), dtype=np.int64)
    edges = np.pad(bars.reshape(comb(last, categories - 1), -1), ((0, 0), (1, 1)), constant_values=(-1, last))
    return np.diff(edges, axis=1) - 1


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
