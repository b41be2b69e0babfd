"""A ranking as what is tried on verdicts takes it: how many of each kind of respondent gave which order of the objects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from delphi.decisions import GroupKey
from delphi.decisions.evidence import Ruler
from delphi.decisions.robustness.firmness import Block
from delphi.decisions.robustness.panel import Counts, States, group_dimensions
from delphi.decisions.trials import RuleBook
from delphi.stages.rankings import Members, Orders, Ranked, orders_of, places_in, ranked
from delphi.study.model import ConsensusRule, Scale, Study, Wave
from delphi.warehouse.warehouse import Warehouse

MOST_ORDERS = 1_000
"""Different orders beyond which nothing is tried: in so large a panel one person more or less moves no verdict."""
Kind = frozenset[GroupKey]


class RankingReader:
    """Makes blocks of the rankings of a wave; the tables are read when the first is asked for.

    Parameters
    ----------
    earlier : panel rounds before the wave that somebody returned, in order
    """

    def __init__(self, study: Study, wave: Wave, warehouse: Warehouse, earlier: Sequence[str]) -> None:
        self.study, self.wave, self.warehouse = study, wave, warehouse
        self.earlier, self.waves = earlier, [*earlier, wave.wave_id]

    @cached_property
    def _answers(self) -> pd.DataFrame:
        return self.warehouse.rows_of_waves("answers", self.waves)

    @cached_property
    def _asked(self) -> pd.DataFrame:
        return self.warehouse.rows_of_waves("asked", self.waves)

    @cached_property
    def _members(self) -> Members:
        """Groups as far as they were told by the wave or before, or by the register."""
        told = self.warehouse.table("memberships")
        later = [one.wave_id for one in self.study.waves if one.sequence > self.wave.sequence]
        return Members(told[~told["wave_id"].isin(later)])

    @cached_property
    def _returned(self) -> dict[str, set[str]]:
        """Wave → who has a current return."""
        submissions = self.warehouse.rows_of_waves("submissions", self.waves)
        current = submissions[submissions["is_current"].astype(bool)]
        found = {
            str(name): set(part["respondent_id"]) for name, part in current.groupby("wave_id", observed=True)
        }
        return {name: found.get(name, set()) for name in self.waves}

    def block(
        self, cell: tuple[str, str], scale: Scale, consensus: tuple[ConsensusRule, ...]
    ) -> Block | None:
        """The block of one ranking; None where nobody ranked everything, or in more than `MOST_ORDERS` ways."""
        here = ranked(self._answers, self.wave.wave_id, *cell, scale)
        gone = self._last_rankings(cell, scale)
        orders = orders_of([here, gone])
        if not 1 <= len(orders) <= MOST_ORDERS:
            return None
        rules, groups = self.study.rules, self.study.groups
        needed = {
            name for rule in (*consensus, *rules.multiverse.rules) for name in group_dimensions(rule.require)
        }
        counter = _Counter(self.study, self._members, orders, here)
        dimensions = frozenset(needed | set(rules.multiverse.weights))
        states, leavers = counter.states(dimensions, [gone])
        complete = None
        if "complete" in rules.multiverse.cases and self.earlier:
            stayed = set.intersection(*self._returned.values())
            part = here.take(np.array([one in stayed for one in here.people], dtype=bool))
            complete = counter.counts(part, states.kinds, dimensions)
        by_dimension = {}
        if rules.robustness.leave_out_group:
            by_dimension = {name: counter.states(frozenset(needed | {name}), [])[0] for name in groups}
        return Block(
            (cell,), states, by_dimension, complete, leavers, RuleBook(consensus, groups, rules.quantile_type)
        )

    def _last_rankings(self, cell: tuple[str, str], scale: Scale) -> Ranked:
        """The last complete ranking, of the wording of this wave, of everybody who did not return it."""
        asked = self._asked
        own = asked[(asked["item_id"] == cell[0]) & (asked["dimension"] == cell[1])]
        wording = dict(zip(own["wave_id"], own["wording"], strict=True))
        last: dict[str, NDArray[np.float64]] = {}
        for name in self.earlier:
            if wording.get(name) == wording[self.wave.wave_id]:
                table = ranked(self._answers, name, *cell, scale)
                complete = table.take(table.is_complete)
                last |= dict(zip(complete.people, complete.ranks, strict=True))
        left = {one: row for one, row in last.items() if one not in self._returned[self.wave.wave_id]}
        ranks = np.array(list(left.values()), dtype=np.float64).reshape(len(left), len(scale.parts))
        return Ranked(np.array(list(left), dtype=object), ranks)


class _Counter:
    """Counts the people of one item by kind and order."""

    def __init__(self, study: Study, members: Members, orders: Orders, here: Ranked) -> None:
        self.study, self.members, self.orders, self.here = study, members, orders, here

    def states(self, dimensions: frozenset[str], others: Sequence[Ranked]) -> tuple[States, Counts]:
        """The wave as one state, and the rankings of the others, both by all kinds that occur."""
        tables = (self.here, *others)
        kinds = tuple(
            sorted({kind for table in tables for kind in self._kinds(table, dimensions)}, key=sorted)
        )
        counts, blank = self.counts(self.here, kinds, dimensions)
        away = np.zeros_like(counts)
        for table in others:
            away += self.counts(table, kinds, dimensions)[0]
        return States(Ruler.of_rankings(self.orders), kinds, counts, blank), away

    def counts(
        self, table: Ranked, kinds: Sequence[Kind], dimensions: frozenset[str]
    ) -> tuple[Counts, Counts]:
        """Complete rankings (1, K, V), and who saw the item and gave none (1, K)."""
        found = np.zeros((1, len(kinds), len(self.orders) + 1), dtype=np.int64)
        at = {kind: place for place, kind in enumerate(kinds)}
        own = np.array([at[kind] for kind in self._kinds(table, dimensions)], dtype=np.int64)
        np.add.at(found[0], (own, places_in(self.orders, table)), 1)
        return found[..., :-1], found[..., -1]

    def _kinds(self, table: Ranked, dimensions: frozenset[str]) -> list[Kind]:
        """The groups of each person, of these dimensions only."""
        groups = [
            (name, value) for name in sorted(dimensions) for value in self.study.groups[name].categories
        ]
        belongs = [self.members.of(group, table.people) for group in groups]
        return [
            frozenset(group for group, own in zip(groups, belongs, strict=True) if own[place])
            for place in range(len(table.people))
        ]
