"""Who answered what, by kind of respondent: those of one kind belong to the same groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from delphi.decisions.evidence import EVERYONE, GroupKey, Ruler
from delphi.study.model import AllClause, AnyClause, Clause, ConsensusRule, EachGroupClause, ShareClause

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class States:
    """Many states side by side: the items of a wave that the same rules judge on the same scale, or draws of one of them.

    Parameters
    ----------
    ruler : the scale
    kinds : the groups of each kind of respondent, everyone not among them
    counts : answers per state, kind and category, shape (D, K, V)
    blank : per state and kind, who saw the item and gave no valid answer, shape (D, K)
    invited : per group, who was invited and was to see the item, shape (D,); None without a register
    """

    ruler: Ruler
    kinds: tuple[frozenset[GroupKey], ...]
    counts: Counts
    blank: Counts
    invited: Mapping[GroupKey, Counts] | None = None

    def __len__(self) -> int:
        return len(self.counts)

    @cached_property
    def n(self) -> Counts:
        """Valid answers of each state."""
        return self.counts.sum(axis=(1, 2))

    @cached_property
    def groups(self) -> tuple[GroupKey, ...]:
        """Every group that somebody belongs to, in a fixed order."""
        return tuple(sorted({group for kind in self.kinds for group in kind}))

    def members(self, group: GroupKey) -> NDArray[np.bool_]:
        """Which kinds belong to a group."""
        if group == EVERYONE:
            return np.ones(len(self.kinds), dtype=bool)
        return np.array([group in kind for kind in self.kinds], dtype=bool)

    def take(self, places: NDArray[np.intp]) -> States:
        """Some of the states, in this order; one may be taken several times."""
        invited = None if self.invited is None else {group: n[places] for group, n in self.invited.items()}
        return replace(self, counts=self.counts[places], blank=self.blank[places], invited=invited)

    def with_counts(self, counts: Counts) -> States:
        """The same states with other answers."""
        return replace(self, counts=counts)

    def less(self, gone: Counts) -> States:
        """The same states with so many fewer invited, shape (D, K): people who are left out were never asked."""
        if self.invited is None:
            return self
        fewer = {group: n - gone[:, self.members(group)].sum(axis=1) for group, n in self.invited.items()}
        return replace(self, invited=fewer)


def reduced(states: States, consensus: Sequence[ConsensusRule], dimensions: frozenset[str]) -> States:
    """The same states as the rules see them: kinds that differ in other groups only are one, and so are categories that no
    rule tells apart.

    Parameters
    ----------
    dimensions : group dimensions that something looks at, besides those of the rules
    """
    named = {clause for rule in consensus for clause in _looked_at(rule.require)}
    kept: dict[frozenset[GroupKey], list[int]] = {}
    for place, kind in enumerate(states.kinds):
        own = frozenset(
            group for group in kind if group[0] in dimensions or {group, (group[0], None)} & named
        )
        kept.setdefault(own, []).append(place)
    kinds = tuple(sorted(kept, key=sorted))
    size = len(states)
    counts = np.array([states.counts[:, kept[kind]].sum(axis=1) for kind in kinds], dtype=np.int64)
    counts = np.moveaxis(counts.reshape(len(kinds), size, states.counts.shape[2]), 0, 1)
    blank = np.array([states.blank[:, kept[kind]].sum(axis=1) for kind in kinds], dtype=np.int64)
    blank = blank.reshape(len(kinds), size).T
    ruler = states.ruler
    if all(_only_shares(rule.require) for rule in consensus):
        ruler, counts = _by_band(ruler, counts, [one for rule in consensus for one in _shares(rule.require)])
    return States(ruler, kinds, counts, blank, states.invited)


def group_dimensions(clause: Clause) -> frozenset[str]:
    """Group dimensions that a clause looks at."""
    return frozenset(dimension for dimension, _ in _looked_at(clause))


def _looked_at(clause: Clause) -> Iterator[tuple[str, str | None]]:
    """Groups that a clause looks at; None: all of the dimension."""
    if isinstance(clause, AllClause | AnyClause):
        for part in clause.of:
            yield from _looked_at(part)
    elif isinstance(clause, EachGroupClause):
        yield from ((clause.of, value) for value in clause.only or (None,))
        yield from _looked_at(clause.require)


def _only_shares(clause: Clause) -> bool:
    if isinstance(clause, AllClause | AnyClause):
        return all(_only_shares(part) for part in clause.of)
    if isinstance(clause, EachGroupClause):
        return _only_shares(clause.require)
    return isinstance(clause, ShareClause)


def _shares(clause: Clause) -> Iterator[ShareClause]:
    if isinstance(clause, AllClause | AnyClause):
        for part in clause.of:
            yield from _shares(part)
    elif isinstance(clause, EachGroupClause):
        yield from _shares(clause.require)
    elif isinstance(clause, ShareClause):
        yield clause


def _by_band(ruler: Ruler, counts: Counts, shares: Sequence[ShareClause]) -> tuple[Ruler, Counts]:
    """Categories that count in the same shares as one; the order of the first of each is kept."""
    named = {one.band for one in shares}
    wanted = [name for name in ruler.bands if name in named]
    told_apart = [set(ruler.bands[name][1]) for name in wanted]
    told_apart += [set(ruler.counted_by(one)[1]) for one in shares if one.within]
    alike: dict[tuple[bool, ...], list[int]] = {}
    for place in range(len(ruler.values)):
        alike.setdefault(tuple(place in places for places in told_apart), []).append(place)
    together = list(alike.items())
    bands = {
        name: (ruler.bands[name][0], tuple(at for at, (signs, _) in enumerate(together) if signs[number]))
        for number, name in enumerate(wanted)
    }
    merged = np.stack([counts[..., places].sum(axis=-1) for _, places in together], axis=-1)
    codes = tuple(frozenset().union(*(ruler.codes[place] for place in places)) for _, places in together)
    return Ruler(tuple(range(1, len(together) + 1)), bands, codes), merged
