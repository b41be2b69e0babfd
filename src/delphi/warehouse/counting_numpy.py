"""Counting with numpy: answers stream from DuckDB into dense arrays, and every table is a `bincount` of them.

The cost is that of reading the answers once per pair of waves; no answer is ever joined with another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from delphi.study.model import NonAnswer
from delphi.warehouse.counting import Tallies
from delphi.warehouse.cube import Integers, pair_counts, table_starts
from delphi.warehouse.tables import sql

if TYPE_CHECKING:
    import pandas as pd

    from delphi.warehouse.warehouse import Warehouse

REASONS: tuple[str, ...] = get_args(NonAnswer)
CELLS_AT_ONCE = 1 << 26
"""Answers held at a time: 64 MB of an array of bytes."""


@dataclass(frozen=True)
class _Cells:
    """What a wave asks: one cell per item, dimension and part, with the values of its scale."""

    items: list[str]
    dimensions: list[str]
    parts: list[str]
    values: list[tuple[int, ...]]

    @property
    def widths(self) -> Integers:
        return np.array([len(values) + 1 for values in self.values], np.int64)

    def columns(self, cell: Integers) -> dict[str, pd.Categorical]:
        """Columns that name the cells of rows."""
        named = {"item_id": self.items, "dimension": self.dimensions, "part": self.parts}
        return {name: _coded(names, cell) for name, names in named.items()}


@dataclass(frozen=True)
class _Grouping:
    """A group dimension: names of its groups and the group of each person; the last number is no group."""

    group_by: str
    group_values: tuple[str, ...]
    group: Integers


@dataclass(frozen=True)
class _Sums:
    """Sums over the persons seen so far, per grouping. The first axis is the group, the last of them none."""

    answers: list[Integers]
    reasons: list[Integers]
    moves: dict[str, list[Integers]]


class NumpyEngine:
    """Counts by `bincount`."""

    def __init__(self, cells_at_once: int = CELLS_AT_ONCE) -> None:
        self.cells_at_once = cells_at_once

    def tallies(self, warehouse: Warehouse, wave_id: str) -> Tallies:
        """Count the wave, respondents in ranges so that memory has a bound."""
        waves = [str(row[0]) for row in warehouse.rows(sql("waves_compared"), {"wave_id": wave_id})]
        warehouse.execute(sql("counting_values"))
        warehouse.execute(sql("counting_cells"), {"wave_id": wave_id})
        warehouse.execute(sql("counting_people"), {"waves": waves})
        cells = _cells(warehouse)
        returned = _returned(warehouse, waves)
        groupings = _groupings(warehouse, wave_id, returned.shape[1])
        common = {versus: _common(warehouse, cells, versus) for versus in waves[1:]}
        common = {versus: cell for versus, cell in common.items() if len(cell)}
        sums = _Sums([], [], {})
        step = max(1, self.cells_at_once // max(1, len(cells.items)))
        for first in range(0, max(1, returned.shape[1]), step):
            people = slice(first, first + step)
            _add(
                sums,
                _range_sums(warehouse, waves, cells, returned[:, people], groupings, common, first, step),
            )
        return Tallies(
            _count_rows(wave_id, cells, groupings, sums.answers),
            _reason_rows(wave_id, cells, groupings, sums.reasons),
            _move_rows(wave_id, cells, groupings, common, sums.moves),
        )


def _cells(warehouse: Warehouse) -> _Cells:
    values: dict[str, list[int]] = {}
    for scale_id, value in warehouse.rows(
        "select scale_id, value from counting_values order by scale_id, place"
    ):
        values.setdefault(scale_id, []).append(value)
    rows = warehouse.rows("select item_id, dimension, part, scale_id from counting_cells order by cell")
    return _Cells(
        [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows],
        [tuple(values.get(row[3], ())) for row in rows],
    )  # fmt: skip


def _returned(warehouse: Warehouse, waves: Sequence[str]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Waves × persons: who returned what."""
    n_people = warehouse.rows("select count(*) from counting_people")[0][0]
    found = _columns(warehouse, "people_compared", {"waves": list(waves)})
    returned = np.zeros((len(waves), n_people), bool)
    returned[found["wave"], found["person"]] = True
    return returned


def _groupings(warehouse: Warehouse, wave_id: str, n_people: int) -> list[_Grouping]:
    """Everyone, then each group dimension in the order of the study file."""
    declared: dict[str, list[str]] = {}
    for group_by, group_value in warehouse.rows("select group_by, group_value from groups order by sequence"):
        declared.setdefault(group_by, []).append(group_value)
    group = {group_by: np.full(n_people, len(names), np.int64) for group_by, names in declared.items()}
    place = {(by, name): number for by, names in declared.items() for number, name in enumerate(names)}
    for person, group_by, group_value in warehouse.rows(sql("members_at_wave"), {"wave_id": wave_id}):
        if (group_by, group_value) in place:
            group[group_by][person] = place[group_by, group_value]
    everyone = _Grouping("all", ("all",), np.zeros(n_people, np.int64))
    return [everyone, *(_Grouping(by, tuple(names), group[by]) for by, names in declared.items())]


def _common(warehouse: Warehouse, cells: _Cells, versus: str) -> Integers:
    """Cells with categories whose item and dimension the earlier wave asked as well."""
    asked = {(row[0], row[1]) for row in warehouse.rows(sql("asked_in_wave"), {"wave_id": versus})}
    return np.array(
        [
            cell
            for cell, named in enumerate(zip(cells.items, cells.dimensions, strict=True))
            if named in asked and cells.values[cell]
        ],
        np.int64,
    )


def _range_sums(
    warehouse: Warehouse,
    waves: Sequence[str],
    cells: _Cells,
    returned: np.ndarray[Any, np.dtype[np.bool_]],
    groupings: Sequence[_Grouping],
    common: dict[str, Integers],
    first: int,
    step: int,
) -> _Sums:
    """Sums over the persons from `first` on; `returned` is theirs."""
    n_people, n_cells = returned.shape[1], len(cells.items)
    widths = cells.widths
    starts = table_starts(widths)
    members = [
        (grouping.group[first : first + step], len(grouping.group_values) + 1) for grouping in groupings
    ]
    sums = _Sums([], [], {})
    later = None
    for number, wave_id in enumerate(waves):
        if number and wave_id not in common:
            continue
        parameters = {"wave_id": wave_id, "reasons": list(REASONS), "first": first, "last": first + step}
        found = _columns(warehouse, "answer_states", parameters)
        person = found["person"].astype(np.int64) - first
        is_theirs = returned[number, person]
        person, cell = person[is_theirs], found["cell"][is_theirs].astype(np.int64)
        place, reason = found["place"][is_theirs], found["reason"][is_theirs]
        cube = np.zeros((n_cells, n_people), np.uint8 if widths.max(initial=1) <= 256 else np.uint16)
        cube[cell, person] = place
        if later is None:
            later = cube
            for group, n_groups in members:
                where = group[person]
                size = int(starts[-1])
                counted = np.bincount(where * size + starts[cell] + place, minlength=n_groups * size)
                sums.answers.append(counted.reshape(n_groups, size))
                why = _reasons_of(where * n_cells + cell, reason, n_groups * n_cells)
                seen = np.bincount(group[returned[0]], minlength=n_groups)
                why = why.reshape(n_groups, n_cells, len(REASONS) + 1)
                why[..., 1 + REASONS.index("not_shown")] += seen[:, None] - why.sum(axis=-1)
                sums.reasons.append(why[..., 1:])
            continue
        either = returned[0] | returned[number]
        shared = common[wave_id]
        before, after = cube[np.ix_(shared, either)], later[np.ix_(shared, either)]
        sums.moves[wave_id] = [
            pair_counts(before, after, group[either], n_groups, widths[shared]) for group, n_groups in members
        ]
    return sums


def _reasons_of(cell: Integers, reason: np.ndarray[Any, Any], n_cells: int) -> Integers:
    """Per cell how many rows have which reason; the first is none."""
    width = len(REASONS) + 1
    return np.bincount(cell * width + reason, minlength=n_cells * width)


def _add(sums: _Sums, more: _Sums) -> None:
    """Add the sums of further persons."""
    if not sums.answers:
        sums.answers.extend(more.answers)
        sums.reasons.extend(more.reasons)
        sums.moves.update(more.moves)
        return
    for total, part in zip(sums.answers + sums.reasons, more.answers + more.reasons, strict=True):
        np.add(total, part, out=total)
    for versus, parts in more.moves.items():
        for total, part in zip(sums.moves[versus], parts, strict=True):
            np.add(total, part, out=total)


def _count_rows(
    wave_id: str, cells: _Cells, groupings: Sequence[_Grouping], sums: Sequence[Integers]
) -> pd.DataFrame:
    """Every declared category of every declared group, zeros included."""
    widths = cells.widths
    cell = np.repeat(np.arange(len(widths)), widths)
    is_value = np.ones(len(cell), bool)
    is_value[table_starts(widths)[:-1]] = False
    value = np.array([v for values in cells.values for v in values], np.int32)
    frames = []
    for grouping, counted in zip(groupings, sums, strict=True):
        n_groups = len(grouping.group_values)
        if n_groups:
            n = counted[:n_groups, is_value]
            group = np.repeat(np.arange(n_groups), n.shape[1])
            where = np.tile(cell[is_value], n_groups)
            more = {"value": np.tile(value, n_groups), "n": n.ravel()}
            frames.append(_frame(wave_id, cells, where, grouping, group, more))
    return _together(frames)


def _reason_rows(
    wave_id: str, cells: _Cells, groupings: Sequence[_Grouping], sums: Sequence[Integers]
) -> pd.DataFrame:
    """Reasons that occurred."""
    frames = []
    for grouping, counted in zip(groupings, sums, strict=True):
        found = counted[: len(grouping.group_values)]
        group, cell, reason = np.nonzero(found)
        more = {"missing": _coded(REASONS, reason), "n": found[group, cell, reason]}
        frames.append(_frame(wave_id, cells, cell, grouping, group, more))
    return _together(frames)


def _move_rows(
    wave_id: str,
    cells: _Cells,
    groupings: Sequence[_Grouping],
    common: dict[str, Integers],
    moves: dict[str, list[Integers]],
) -> pd.DataFrame:
    """Moves that occurred; no valid answer is null."""
    frames = []
    for versus, sums in moves.items():
        shared = common[versus]
        widths = cells.widths[shared]
        starts = table_starts(widths**2)
        values = table_starts(widths)
        # Place 0 of every cell is no answer, which is null in the table.
        known = np.array([v for cell in shared for v in (0, *cells.values[cell])], np.int32)
        for grouping, counted in zip(groupings, sums, strict=True):
            found = counted[: len(grouping.group_values)]
            group, flat = np.nonzero(found)
            cell = np.searchsorted(starts, flat, side="right") - 1
            before, after = np.divmod(flat - starts[cell], widths[cell])
            more = {
                "versus_wave_id": _coded([versus], np.zeros(len(flat), np.int64)),
                "value_before": _nullable(known[values[cell] + before], before == 0),
                "value_after": _nullable(known[values[cell] + after], after == 0),
                "n": found[group, flat],
            }
            frames.append(_frame(wave_id, cells, shared[cell], grouping, group, more))
    return _together(frames)


def _frame(
    wave_id: str, cells: _Cells, cell: Integers, grouping: _Grouping, group: Integers, more: dict[str, Any]
) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "wave_id": _coded([wave_id], np.zeros(len(cell), np.int64)),
            **cells.columns(cell),
            "group_by": _coded([grouping.group_by], np.zeros(len(cell), np.int64)),
            "group_value": _coded(grouping.group_values, group),
            **more,
        }
    )


def _together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return pd.DataFrame()
    texts = [name for name in frames[0] if isinstance(frames[0][name].dtype, pd.CategoricalDtype)]
    columns: dict[Any, Any] = {
        name: pd.api.types.union_categoricals([frame[name] for frame in frames])
        if name in texts
        else pd.concat([frame[name] for frame in frames], ignore_index=True)
        for name in frames[0]
    }
    return pd.DataFrame(columns)


def _coded(names: Sequence[str], places: Any) -> pd.Categorical:
    """A text column as numbers into its names, which may repeat."""
    import pandas as pd

    unique = list(dict.fromkeys(names))
    number = {name: place for place, name in enumerate(unique)}
    codes = np.array([number[name] for name in names], np.int32)
    return pd.Categorical.from_codes(codes[places] if len(codes) else places, pd.Index(unique, dtype="str"))


def _nullable(values: Any, is_null: Any) -> Any:
    import pandas as pd

    return pd.arrays.IntegerArray(np.ascontiguousarray(values, np.int32), np.ascontiguousarray(is_null, bool))


def _columns(warehouse: Warehouse, query: str, parameters: dict[str, object]) -> dict[str, Any]:
    """Columns of a query as numpy arrays; none holds nulls."""
    return warehouse.connection.execute(sql(query), parameters).fetchnumpy()
