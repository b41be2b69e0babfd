"""Rows of `robustness` for one wave: who answered what by kind of respondent, and everything that is tried on the verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from delphi.decisions import EVERYONE, Evidence, GroupKey, applicable
from delphi.decisions.evidence import Ruler
from delphi.decisions.robustness.firmness import Block, Tried, tried
from delphi.decisions.robustness.panel import Counts, States, group_dimensions
from delphi.decisions.trials import RuleBook
from delphi.stages.ranking_blocks import RankingReader
from delphi.study.model import (
    JUDGED_ROUNDS,
    PANEL_ROUNDS,
    SHOWN_STATES,
    ConsensusRule,
    Item,
    Scale,
    Study,
    Wave,
)
from delphi.warehouse.warehouse import Warehouse

COLUMNS = ["wave_id", "item_id", "dimension", "test", "variant", "verdict", "is_same", "value", "n", "label"]
Cell = tuple[str, str]
"""`item_id` and `dimension`."""


def robustness_rows(study: Study, wave_id: str, warehouse: Warehouse) -> pd.DataFrame:
    """Rows of one wave; surveys and rounds that are not judged have none."""
    wave = study.wave(wave_id)
    found: list[Tried] = []
    if wave.kind == "round" and wave.round_kind in JUDGED_ROUNDS:
        for block in _blocks(study, wave, warehouse):
            found += tried(block, study.rules, wave_id)
    rows = [
        (wave_id, *one.name, one.test, one.variant, one.verdict, one.is_same, one.value, one.n, one.label)
        for one in found
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    return frame.astype({"value": "Float64", "n": "Int64", "is_same": "boolean"})


def _blocks(study: Study, wave: Wave, warehouse: Warehouse) -> Iterator[Block]:
    """Items that the same rules judge on the same scale, together."""
    asked = warehouse.rows_of_waves("asked", [wave.wave_id])
    wanted = set(zip(asked["item_id"], asked["dimension"], strict=True))
    together: dict[tuple[str, tuple[str, ...]], list[Cell]] = {}
    rules_of: dict[tuple[str, tuple[str, ...]], tuple[ConsensusRule, ...]] = {}
    for item in study.items:
        for dimension, scale_id in item.dims.items():
            if (item.item_id, dimension) in wanted:
                rules = _rules_for(study, wave, item, dimension, study.scales[scale_id])
                if rules:
                    key = (scale_id, tuple(rule.rule_id for rule in rules))
                    together.setdefault(key, []).append((item.item_id, dimension))
                    rules_of[key] = rules
    if not together:
        return
    reader = _Reader(study, wave, warehouse)
    rankings = RankingReader(study, wave, warehouse, reader.earlier)
    for (scale_id, _), cells in together.items():
        scale, rules = study.scales[scale_id], rules_of[scale_id, _]
        if scale.kind != "rank":
            yield reader.block(scale, cells, rules)
            continue
        for cell in cells:
            if (block := rankings.block(cell, scale, rules)) is not None:
                yield block


def _rules_for(
    study: Study, wave: Wave, item: Item, dimension: str, scale: Scale
) -> tuple[ConsensusRule, ...]:
    """Rules that judge an item; none where answers fall into no declared categories."""
    if not scale.categories:
        return ()
    probe = Evidence(wave.wave_id, item.item_id, dimension, item.kind, scale, {})
    return applicable(probe, study.rules)


@dataclass(frozen=True)
class _Rows:
    """Counts by item, dimension, kind and category, with the kinds and cells that occur."""

    frame: pd.DataFrame
    kinds: tuple[frozenset[GroupKey], ...]
    names: tuple[Cell, ...]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> _Rows:
        codes, texts = pd.factorize(frame["kind"], sort=True)
        known: dict[Cell, int] = {}
        names = zip(frame["item_id"].tolist(), frame["dimension"].tolist(), strict=True)
        places = np.array([known.setdefault(name, len(known)) for name in names], dtype=np.intp)
        placed = frame.assign(kind_place=codes, name_place=places)
        return cls(placed, tuple(_kind(str(text)) for text in texts), tuple(known))

    def counts(
        self, cells: Sequence[Cell], scale: Scale, kinds: Sequence[frozenset[GroupKey]]
    ) -> tuple[Counts, Counts]:
        """Answers (D, K, V) and blanks (D, K) of some cells, kinds in the order that is wanted."""
        values = [category.value for category in scale.categories]
        found = np.zeros((len(cells), len(kinds), len(values) + 1), dtype=np.int64)
        at, kind_at = (
            {cell: place for place, cell in enumerate(cells)},
            {kind: place for place, kind in enumerate(kinds)},
        )
        value_at = {float(value): place for place, value in enumerate(values)}
        cell = np.array([at.get(name, -1) for name in self.names], dtype=np.int64)[
            self.frame["name_place"].to_numpy()
        ]
        own = np.array([kind_at[kind] for kind in self.kinds], dtype=np.int64)[
            self.frame["kind_place"].to_numpy()
        ]
        place = self.frame["value"].map(value_at).fillna(len(values)).to_numpy(dtype=np.int64)
        known = cell >= 0
        n = self.frame["n"].to_numpy(dtype=np.int64)
        np.add.at(found, (cell[known], own[known], place[known]), n[known])
        return found[..., :-1], found[..., -1]


def _kind(text: str) -> frozenset[GroupKey]:
    return frozenset(
        (by, value) for by, _, value in (part.partition("\x1f") for part in text.split("\x1e") if part)
    )


class _Reader:
    """Reads a wave once per set of group dimensions."""

    def __init__(self, study: Study, wave: Wave, warehouse: Warehouse) -> None:
        self.study, self.wave, self.warehouse = study, wave, warehouse
        self.earlier = self._earlier()
        self._read: dict[tuple[str, tuple[str, ...]], _Rows] = {}
        self.invited = self._invited()

    def _earlier(self) -> list[str]:
        """Panel rounds before this one that somebody returned, in order."""
        arrived = {
            str(row[0])
            for row in self.warehouse.rows("select distinct wave_id from submissions where is_current")
        }
        return [
            one.wave_id
            for one in self.study.waves
            if one.sequence < self.wave.sequence and one.round_kind in PANEL_ROUNDS and one.wave_id in arrived
        ]

    def block(self, scale: Scale, cells: Sequence[Cell], consensus: tuple[ConsensusRule, ...]) -> Block:
        rules = self.study.rules
        dimensions = {
            name for rule in (*consensus, *rules.multiverse.rules) for name in group_dimensions(rule.require)
        }
        needed = sorted(dimensions | set(rules.multiverse.weights))
        ways = ["here", *(["leavers"] if self.earlier else [])]
        with_complete = "complete" in rules.multiverse.cases and bool(self.earlier)
        ways += ["complete"] if with_complete else []
        kinds = self._kinds(needed, ways)
        states = self._states(scale, cells, needed, kinds)
        complete = self._rows("complete", needed).counts(cells, scale, kinds) if with_complete else None
        by_dimension = {}
        if rules.robustness.leave_out_group:
            for name in self.study.groups:
                own = sorted(dimensions | {name})
                by_dimension[name] = self._states(scale, cells, own, self._kinds(own, ["here"]))
        leavers = np.zeros_like(states.counts)
        if self.earlier:
            leavers = self._rows("leavers", needed).counts(cells, scale, kinds)[0]
        book = RuleBook(consensus, self.study.groups, rules.quantile_type)
        return Block(tuple(cells), states, by_dimension, complete, leavers, book)

    def _states(
        self,
        scale: Scale,
        cells: Sequence[Cell],
        dimensions: Sequence[str],
        kinds: tuple[frozenset[GroupKey], ...],
    ) -> States:
        counts, blank = self._rows("here", dimensions).counts(cells, scale, kinds)
        states = States(Ruler.of(scale), kinds, counts, blank)
        if self.invited is None:
            return states
        return States(states.ruler, kinds, counts, blank, self._invited_to(cells, states))

    def _kinds(self, dimensions: Sequence[str], ways: Sequence[str]) -> tuple[frozenset[GroupKey], ...]:
        """Kinds that occur in any of the ways in which the wave is read; without any answer the one of no group."""
        found = {kind for way in ways for kind in self._rows(way, dimensions).kinds}
        return tuple(sorted(found, key=sorted)) or (frozenset(),)

    def _rows(self, way: str, dimensions: Sequence[str]) -> _Rows:
        key = (way, tuple(dimensions))
        if key not in self._read:
            common: dict[str, object] = {"wave_id": self.wave.wave_id, "dimensions": list(dimensions)}
            if way == "leavers":
                frame = self.warehouse.read("leaver_kinds", **common, earlier=self.earlier)
            else:
                waves = [*self.earlier, self.wave.wave_id] if way == "complete" else [self.wave.wave_id]
                frame = self.warehouse.read(
                    "answer_kinds", **common, returned=waves, shown=list(SHOWN_STATES)
                )
            self._read[key] = _Rows.of(frame)
        return self._read[key]

    def _invited(self) -> pd.DataFrame | None:
        """`n_invited` of every item and group, without a register none."""
        if self.study.panel.register_ is None:
            return None
        return self.warehouse.read("invited_to_items", wave_id=self.wave.wave_id)

    def _invited_to(self, cells: Sequence[Cell], states: States) -> Mapping[GroupKey, NDArray[np.int64]]:
        """Invited per group and cell; 0, which decides nothing, where they are fewer than those who saw the item."""
        if self.invited is None:
            return {}
        frame = self.invited
        names = zip(
            frame["item_id"], frame["dimension"], frame["group_by"], frame["group_value"], strict=True
        )
        known = dict(zip(names, frame["n"].tolist(), strict=True))
        found = {}
        for group in (EVERYONE, *states.groups):
            n = np.array([int(known.get((*cell, *group), 0)) for cell in cells], dtype=np.int64)
            own = states.members(group)
            shown = states.counts[:, own].sum(axis=(1, 2)) + states.blank[:, own].sum(axis=1)
            found[group] = np.where(n >= shown, n, 0)
        return found
