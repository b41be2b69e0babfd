"""Rows of `verdicts`, `actions` and `stopping` for one wave, from its counts and the study's rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from delphi.decisions import (
    CLOSING_ACTIONS,
    EVERYONE,
    Bench,
    EarlierRating,
    Evidence,
    GroupKey,
    ItemState,
    Judged,
    Proposal,
    Ruler,
    Tally,
    Verdict,
    applicable,
    deciding,
    judged,
    propose,
    standing,
    stopping_memo,
)
from delphi.stages.rankings import ranking_evidence
from delphi.study.model import (
    JUDGED_ROUNDS,
    NEVER_SHOWN_STATES,
    PANEL_ROUNDS,
    SHOWN_STATES,
    Item,
    Scale,
    Study,
    Wave,
)

VERDICT_COLUMNS = [
    "wave_id", "item_id", "dimension", "group_by", "group_value", "rule_id", "verdict", "stability", "n",
    "reason", "stability_reason", "flags",
]  # fmt: skip
ACTION_COLUMNS = ["wave_id", "item_id", "action", "target", "verdict", "stability", "reason"]
STOPPING_COLUMNS = ["wave_id", "condition", "is_met", "numerator", "denominator", "reason"]

Cell = tuple[str, str]
"""`item_id` and `dimension`."""


class VerdictInputs(Protocol):
    """Frames with the columns of the warehouse that verdicts rest on."""

    @property
    def counts(self) -> pd.DataFrame:
        """This wave: answers per category."""

    @property
    def nonanswers(self) -> pd.DataFrame:
        """This wave: typed reasons for no value."""

    @property
    def transitions(self) -> pd.DataFrame:
        """Pairs of waves that end at this one."""

    @property
    def asked(self) -> pd.DataFrame:
        """Which wave asked what, in which wording; every wave so far."""

    @property
    def invitations(self) -> pd.DataFrame:
        """Who was invited to this wave."""

    @property
    def submissions(self) -> pd.DataFrame:
        """Who returned what; every wave so far."""

    @property
    def memberships(self) -> pd.DataFrame:
        """Who belongs to which group."""

    @property
    def answers(self) -> pd.DataFrame:
        """Single answers of every wave so far; looked at only where rankings are judged."""


@dataclass(frozen=True)
class VerdictTables:
    """What the stage writes."""

    verdicts: pd.DataFrame
    actions: pd.DataFrame
    stopping: pd.DataFrame


def verdict_rows(
    study: Study, wave_id: str, tables: VerdictInputs, earlier_verdicts: pd.DataFrame | None = None
) -> VerdictTables:
    """Verdicts, proposed actions and stopping conditions of one wave.

    Parameters
    ----------
    study : the resolved study
    wave_id : the wave; only rounds of kind rating, ranking and realtime have rows
    tables : the frames they rest on
    earlier_verdicts : rows of `verdicts` of earlier waves, for standing verdicts and what has been
        closed; by default the frame `verdicts` of `tables`, where there is one
    """
    wave = study.wave(wave_id)
    if wave.kind != "round" or wave.round_kind not in JUDGED_ROUNDS:
        return VerdictTables(_frame([], VERDICT_COLUMNS), _frame([], ACTION_COLUMNS), _stopping_frame([]))
    if earlier_verdicts is None:
        earlier_verdicts = getattr(tables, "verdicts", None)
    rows, now = _verdicts(study, wave, tables)
    history = [*_history(study, earlier_verdicts, wave), *now]
    proposals = _proposals(study, wave, _asked_cells(tables.asked, wave_id), now)
    memo: list[tuple[Any, ...]] = []
    if now:
        states = _item_states(study, wave, history, proposals)
        kept = _retention(study, wave, tables.submissions)
        memo = [
            (wave_id, row.condition, row.is_met, row.numerator, row.denominator, row.reason)
            for row in stopping_memo(study.rules.stopping, _rounds_done(study, wave), states, kept)
        ]
    actions = [(wave_id, *(getattr(one, name) for name in _PROPOSAL_ORDER)) for one in proposals]
    return VerdictTables(
        _frame(rows, VERDICT_COLUMNS), _frame(actions, ACTION_COLUMNS), _stopping_frame(memo)
    )


_PROPOSAL_ORDER = [field.name for field in fields(Proposal)]


def _verdicts(study: Study, wave: Wave, tables: VerdictInputs) -> tuple[list[tuple[Any, ...]], list[Judged]]:
    """Rows for everyone and every group, and the verdicts on everyone's answers."""
    group_keys: list[GroupKey] = [EVERYONE] + [
        (group.group_by, value) for group in study.groups.values() for value in group.categories
    ]
    cells = _judged_cells(study, wave, tables.asked)
    if not cells:
        return [], []
    counted = {cell: one for cell, one in cells.items() if one[1].kind != "rank"}
    tallies = _tallies(study, wave, tables, counted, group_keys) if counted else {}
    earlier = _earlier(study, wave, tables, counted, group_keys) if counted else {}
    bench = Bench(study.rules, study.groups, study.privacy.small_cells_min_n)
    rows: list[tuple[Any, ...]] = []
    now: list[Judged] = []
    rulers = {scale.scale_id: Ruler.of(scale) for _, scale in counted.values()}
    for (item_id, dimension), (item, scale) in cells.items():
        cell = (item_id, dimension)
        if cell in counted:
            of_cell = (item.kind, scale, tallies[cell], earlier[cell])
            ruler = rulers[scale.scale_id]
            evidence = Evidence(wave.wave_id, item_id, dimension, *of_cell, known_ruler=ruler)
        else:
            asked = _asked_before(study, wave, tables.asked, cell)
            evidence = ranking_evidence(
                wave, item, dimension, scale, tables.answers, tables.memberships, group_keys, asked
            )
        verdicts = bench.verdicts(evidence, group_keys)
        rows += [_row(wave.wave_id, cell, group, verdict) for group, verdict in verdicts.items()]
        if EVERYONE in verdicts:
            now.append(judged(wave.wave_id, item_id, dimension, verdicts[EVERYONE]))
    return rows, now


def _row(wave_id: str, cell: Cell, group: GroupKey, verdict: Verdict) -> tuple[Any, ...]:
    return (
        wave_id, *cell, *group, verdict.rule_id, verdict.verdict, verdict.stability, verdict.n,
        verdict.reason, verdict.stability_reason, " ".join(verdict.flags) or None,
    )  # fmt: skip


def _judged_cells(study: Study, wave: Wave, asked: pd.DataFrame) -> dict[Cell, tuple[Item, Scale]]:
    """Item × dimensions that the wave asked and at least one rule judges, in the order of the study file."""
    wanted = _asked_cells(asked, wave.wave_id)
    cells: dict[Cell, tuple[Item, Scale]] = {}
    for item in study.items:
        for dimension, scale_id in item.dims.items():
            if (item.item_id, dimension) not in wanted:
                continue
            scale = study.scales[scale_id]
            probe = Evidence(wave.wave_id, item.item_id, dimension, item.kind, scale, {})
            if applicable(probe, study.rules):
                cells[item.item_id, dimension] = (item, scale)
    return cells


def _asked_cells(asked: pd.DataFrame, wave_id: str) -> set[Cell]:
    here = asked[asked["wave_id"] == wave_id]
    return set(zip(here["item_id"], here["dimension"], strict=True))


def _tallies(
    study: Study,
    wave: Wave,
    tables: VerdictInputs,
    cells: Mapping[Cell, tuple[Item, Scale]],
    group_keys: list[GroupKey],
) -> dict[Cell, dict[GroupKey, Tally]]:
    """Counts per category, the shown and the invited of every cell and group."""
    width = max(len(scale.categories) for _, scale in cells.values())
    counts = np.zeros((len(cells), len(group_keys), width), dtype=np.int64)
    rows = _located(tables.counts, _is_whole(tables.counts, wave.wave_id), cells, group_keys)
    if len(rows.place):
        at = _value_places(rows.of("value"), rows.cell, [scale for _, scale in cells.values()])
        known = at >= 0
        n = rows.of("n").to_numpy(dtype=np.int64)
        np.add.at(counts, (rows.cell[known], rows.group[known], at[known]), n[known])
    valid = counts.sum(axis=2)
    states = _located(tables.nonanswers, _is_whole(tables.nonanswers, wave.wave_id), cells, group_keys)
    shown, away = valid.copy(), np.zeros_like(valid)
    if len(states.place):
        n, why = states.of("n").to_numpy(dtype=np.int64), states.of("missing")
        for target, names in ((shown, SHOWN_STATES), (away, NEVER_SHOWN_STATES)):
            chosen = why.isin(names).to_numpy()
            np.add.at(target, (states.cell[chosen], states.group[chosen]), n[chosen])
    invited = _invited(study, wave, tables, group_keys)
    result: dict[Cell, dict[GroupKey, Tally]] = {}
    for i, (cell, (_, scale)) in enumerate(cells.items()):
        lists = counts[i, :, : len(scale.categories)].tolist()
        result[cell] = {
            group: Tally(
                tuple(lists[g]), int(shown[i, g]), _less(invited, group, int(away[i, g]), int(shown[i, g]))
            )
            for g, group in enumerate(group_keys)
        }
    return result


def _less(invited: Mapping[GroupKey, int] | None, group: GroupKey, away: int, shown: int) -> int | None:
    """The invited to whom the item was to be shown; None where they are fewer than those who saw it."""
    if invited is None:
        return None
    left = invited.get(group, 0) - away
    return left if left >= shown else None


def _invited(
    study: Study, wave: Wave, tables: VerdictInputs, group_keys: list[GroupKey]
) -> dict[GroupKey, int] | None:
    if study.panel.register_ is None:
        return None
    invitations = tables.invitations
    people = set(invitations.loc[invitations["wave_id"] == wave.wave_id, "respondent_id"])
    memberships = tables.memberships[["respondent_id", "group_by", "group_value"]].drop_duplicates()
    here = memberships[memberships["respondent_id"].isin(people)]
    counted = Counter(zip(here["group_by"], here["group_value"], strict=True))
    return {EVERYONE: len(people)} | {key: counted[key] for key in group_keys if key != EVERYONE}


@dataclass(frozen=True)
class _Located:
    """Rows of the judged cells and known groups: their place in the frame and in the tensor."""

    frame: pd.DataFrame
    place: NDArray[np.intp]
    cell: NDArray[np.int64]
    group: NDArray[np.int64]

    def of(self, column: str) -> pd.Series:
        """A column of these rows."""
        return self.frame[column].iloc[self.place]


def _is_whole(frame: pd.DataFrame, wave_id: str) -> NDArray[np.bool_]:
    """Rows of a wave that are about whole items, not about parts of them."""
    return ((frame["wave_id"] == wave_id) & (frame["part"] == "")).to_numpy()


def _located(
    frame: pd.DataFrame,
    chosen: NDArray[np.bool_],
    cells: Mapping[Cell, Any],
    group_keys: list[GroupKey],
) -> _Located:
    place = np.flatnonzero(chosen)
    names = {name: frame[name].array[place] for name in ("item_id", "dimension", "group_by", "group_value")}
    cell = _positions(names["item_id"], names["dimension"], list(cells))
    group = _positions(names["group_by"], names["group_value"], group_keys)
    known = (cell >= 0) & (group >= 0)
    return _Located(frame, place[known], cell[known], group[known])


def _positions(first: Any, second: Any, pairs: list[tuple[str, str]]) -> NDArray[np.int64]:
    """Place of each row's pair of texts among `pairs`; -1: none. Each distinct text is looked at once."""
    first_codes, firsts = pd.factorize(first)
    second_codes, seconds = pd.factorize(second)
    at = {pair: place for place, pair in enumerate(pairs)}
    places = np.array([[at.get((one, other), -1) for other in seconds] for one in firsts], dtype=np.int64)
    if not places.size:
        return np.full(len(first), -1, dtype=np.int64)
    return places[first_codes, second_codes]


def _earlier(
    study: Study,
    wave: Wave,
    tables: VerdictInputs,
    cells: Mapping[Cell, tuple[Item, Scale]],
    group_keys: list[GroupKey],
) -> dict[Cell, tuple[EarlierRating, ...]]:
    """Earlier rounds that rated each cell, in the order of time, with the paired answers."""
    wording, rounds = _wordings(tables.asked), _rounds_before(study, wave)
    tensors = {
        before: _moves(tables.transitions, wave.wave_id, before, cells, group_keys) for before in rounds
    }
    result: dict[Cell, tuple[EarlierRating, ...]] = {}
    for i, (cell, (_, scale)) in enumerate(cells.items()):
        size = len(scale.categories) + 1
        result[cell] = tuple(
            EarlierRating(
                before,
                wording[before, *cell] == wording[wave.wave_id, *cell],
                {group: tensors[before][i, g, :size, :size] for g, group in enumerate(group_keys)},
            )
            for before in rounds
            if (before, *cell) in wording
        )
    return result


def _wordings(asked: pd.DataFrame) -> dict[tuple[str, ...], int]:
    """(wave, item, dimension) → number of the wording."""
    keys = zip(asked["wave_id"], asked["item_id"], asked["dimension"], strict=True)
    return dict(zip(keys, asked["wording"].astype(int).tolist(), strict=True))


def _rounds_before(study: Study, wave: Wave) -> list[str]:
    """Judged rounds before a wave, in the order of time."""
    return [
        one.wave_id
        for one in sorted(study.waves, key=lambda one: one.sequence)
        if one.kind == "round" and one.round_kind in JUDGED_ROUNDS and one.sequence < wave.sequence
    ]


def _asked_before(study: Study, wave: Wave, asked: pd.DataFrame, cell: Cell) -> dict[str, bool]:
    """Earlier rounds that asked a cell, in the order of time, and whether in the wording of this wave."""
    wording = _wordings(asked)
    return {
        before: wording[before, *cell] == wording[wave.wave_id, *cell]
        for before in _rounds_before(study, wave)
        if (before, *cell) in wording
    }


def _moves(
    transitions: pd.DataFrame,
    wave_id: str,
    before: str,
    cells: Mapping[Cell, tuple[Item, Scale]],
    group_keys: list[GroupKey],
) -> NDArray[np.int64]:
    """Tensor (cell, group, category before, category after); "no answer" comes after the last category."""
    width = max(len(scale.categories) for _, scale in cells.values()) + 1
    moves = np.zeros((len(cells), len(group_keys), width, width), dtype=np.int64)
    chosen = _is_whole(transitions, wave_id) & (transitions["versus_wave_id"] == before).to_numpy()
    rows = _located(transitions, chosen, cells, group_keys)
    if not len(rows.place):
        return moves
    scales = [scale for _, scale in cells.values()]
    none = np.array([len(scale.categories) for scale in scales])[rows.cell]
    ends = []
    for column in ("value_before", "value_after"):
        at = _value_places(rows.of(column), rows.cell, scales)
        ends.append(np.where(at < 0, none, at))
    np.add.at(moves, (rows.cell, rows.group, ends[0], ends[1]), rows.of("n").to_numpy(dtype=np.int64))
    return moves


def _value_places(values: pd.Series, cell: NDArray[np.int64], scales: list[Scale]) -> NDArray[np.int64]:
    """Position of each value in the scale of its cell; -1: null, or not of the scale."""
    all_values = [category.value for scale in scales for category in scale.categories]
    lowest = min(all_values)
    places = np.full((len(scales), max(all_values) - lowest + 1), -1, dtype=np.int64)
    for i, scale in enumerate(scales):
        for position, category in enumerate(scale.categories):
            places[i, category.value - lowest] = position
    numbers = pd.to_numeric(values).to_numpy(dtype=float, na_value=np.nan)
    offset = np.where(np.isnan(numbers), -1, numbers - lowest).astype(np.int64)
    outside = (offset < 0) | (offset >= places.shape[1])
    return np.where(outside, -1, places[cell, np.where(outside, 0, offset)])


def _history(study: Study, earlier: pd.DataFrame | None, wave: Wave) -> list[Judged]:
    """Verdicts of earlier waves on everyone's answers, in the order of time."""
    if earlier is None or not len(earlier):
        return []
    sequence = {one.wave_id: one.sequence for one in study.waves if one.sequence < wave.sequence}
    rows = earlier[(earlier["group_by"] == "all") & earlier["wave_id"].isin(list(sequence))]
    names = ["wave_id", "item_id", "dimension", "verdict", "stability"]
    history = [Judged(*values) for values in zip(*(rows[name] for name in names), strict=True)]
    return sorted(history, key=lambda one: sequence[one.wave_id])


def _proposals(study: Study, wave: Wave, asked: set[Cell], now: list[Judged]) -> list[Proposal]:
    """What is proposed for each item that the wave rated or ranked, in the order of the study file."""
    asked_items = {item_id for item_id, _ in asked}
    is_last = _is_last(study, wave)
    proposals = []
    for item in study.items:
        if item.item_id in asked_items and item.kind in ("rating", "rank"):
            verdict = _deciding(item, now)
            proposal = propose(item.item_id, verdict, study.rules, wave.wave_id, is_last)
            if proposal is not None:
                proposals.append(proposal)
    return proposals


def _deciding(item: Item, verdicts: list[Judged]) -> Judged | None:
    return deciding(tuple(item.dims), [one for one in verdicts if one.item_id == item.item_id])


def _is_last(study: Study, wave: Wave) -> bool:
    limit = study.rules.stopping.max_rounds
    later = any(
        one.kind == "round" and one.round_kind in JUDGED_ROUNDS and one.sequence > wave.sequence
        for one in study.waves
    )
    return not later or (limit is not None and _rounds_done(study, wave) >= limit)


def _rounds_done(study: Study, wave: Wave) -> int:
    return sum(
        one.kind == "round" and one.round_kind in PANEL_ROUNDS and one.sequence <= wave.sequence
        for one in study.waves
    )


def _item_states(
    study: Study, wave: Wave, history: list[Judged], proposals: list[Proposal]
) -> list[ItemState]:
    """How every item judged so far stands; what an earlier wave closed stays so until it is rated again."""
    now = {one.item_id: one.action for one in proposals}
    states = []
    by_item: dict[str, list[Judged]] = {}
    for one in standing(history).values():
        by_item.setdefault(one.item_id, []).append(one)
    sequence = {one.wave_id: one for one in study.waves}
    for item in study.items:
        verdicts = by_item.get(item.item_id, [])
        if not verdicts:
            continue
        last = max((one.wave_id for one in verdicts), key=lambda wave_id: sequence[wave_id].sequence)
        verdict = _deciding(item, [one for one in verdicts if one.wave_id == last])
        if verdict is None:
            continue
        is_now = last == wave.wave_id
        if is_now:
            action = now.get(item.item_id)
        else:
            earlier = propose(item.item_id, verdict, study.rules, last, _is_last(study, sequence[last]))
            action = earlier.action if earlier else None
        states.append(
            ItemState(item.item_id, verdict.verdict, verdict.stability, is_now, action in CLOSING_ACTIONS)
        )
    return states


def _retention(study: Study, wave: Wave, submissions: pd.DataFrame) -> tuple[int, int] | None:
    """Who returned the first round and this one, and who returned the first; None in the first round."""
    first = min(
        (one for one in study.waves if one.kind == "round" and one.round_kind in PANEL_ROUNDS),
        key=lambda one: one.sequence,
    )
    current = submissions[submissions["is_current"].astype(bool)]
    began = set(current.loc[current["wave_id"] == first.wave_id, "respondent_id"])
    if first.wave_id == wave.wave_id or not began:
        return None
    return len(began & set(current.loc[current["wave_id"] == wave.wave_id, "respondent_id"])), len(began)


def _frame(rows: list[tuple[Any, ...]], columns: list[str]) -> pd.DataFrame:
    """A frame of text columns, with `n` a whole number; nulls are None."""
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame.astype({"n": "int64"}) if "n" in columns else frame


def _stopping_frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    types = {"is_met": "bool", "numerator": "Int64", "denominator": "Int64"}
    return pd.DataFrame(rows, columns=STOPPING_COLUMNS, dtype=object).astype(types)


__all__ = ["VerdictInputs", "VerdictTables", "verdict_rows"]
