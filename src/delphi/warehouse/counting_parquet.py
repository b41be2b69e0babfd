"""Counting one long Parquet file that is too large to load: one row per respondent, wave and item.

Rows stream out of DuckDB as small integers into one dense array of bytes, in ranges of respondents where
that would be
too large; then one `bincount` per pair of waves. The order of rows does not matter, nor whether ids are
numbers or texts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from delphi.warehouse.cube import Integers, pair_counts
from delphi.warehouse.long_file import (
    Axis,
    Id,
    LongFile,
    axis_of,
    engine,
    occurring_ids,
    open_long_file,
    possible_ids,
    refused,
)

if TYPE_CHECKING:
    from delphi.warehouse.warehouse import Warehouse

Bytes = NDArray[np.unsignedinteger[Any]]

CUBE_BYTES = 1 << 28
ROWS_AT_ONCE = 3_000_000


@dataclass(frozen=True)
class LongColumns:
    """Names of the columns of a long file; `group` None: there are no groups."""

    wave: str = "wave"
    respondent: str = "respondent"
    item: str = "item"
    group: str | None = "group"
    value: str = "value"

    @property
    def others(self) -> tuple[str, ...]:
        """All but that of the respondent."""
        return (self.wave, self.item, *([self.group] if self.group else []), self.value)


@dataclass(frozen=True)
class Counted:
    """Counts of a long file. The first group is everyone together, those of no group included.

    Parameters
    ----------
    waves, items, groups, values, reasons, pairs : what stands on the axes; a pair is (earlier, later)
    counts : shape (waves, items, groups, V); answers per category
    transitions : shape (pairs, items, groups, V+1, V+1); moves of those who returned at least one of the
    two waves;
        the last row and column are no valid answer
    nonanswers : shape (waves, items, groups, reasons); of those who returned the wave
    returned : shape (waves, groups); respondents with at least one row
    """

    waves: tuple[Id, ...]
    items: tuple[Id, ...]
    groups: tuple[Id, ...]
    values: tuple[Id, ...]
    reasons: tuple[str, ...]
    pairs: tuple[tuple[Id, Id], ...]
    counts: Integers
    transitions: Integers
    nonanswers: Integers
    returned: Integers


@dataclass(frozen=True)
class _Axes:
    """What the columns mean, and the state of each raw value: 0 no row, then categories, then reasons.

    The greatest number of the states' type stands for a value that is not declared.
    """

    waves: Axis
    items: Axis
    groups: Axis | None
    values: Axis
    states: Bytes
    n_states: int

    @property
    def no_group(self) -> int:
        return self.groups.width if self.groups else 0

    @property
    def n_cells(self) -> int:
        return self.waves.width * self.items.width


def count_parquet(
    path: Path,
    columns: LongColumns | None = None,
    *,
    values: Sequence[Id],
    waves: Sequence[Id] | None = None,
    items: Sequence[Id] | None = None,
    groups: Sequence[Id] | None = None,
    missing: Mapping[Id, str] | None = None,
    pairs: Sequence[tuple[Id, Id]] | None = None,
    cube_bytes: int = CUBE_BYTES,
    rows_at_once: int = ROWS_AT_ONCE,
) -> Counted:
    """Count a long file.

    Parameters
    ----------
    path : the Parquet file
    columns : names of its columns
    values : the categories in scale order, as the file writes them
    waves, items, groups : ids in order, as the file writes them; None: those that occur
    missing : raw value → reason for no answer; a null is `unknown_empty`, a row that is not there `not_shown`
    pairs : pairs of waves to compare, the earlier first; None: each wave with the next
    cube_bytes, rows_at_once : bounds of memory

    Raises
    ------
    AnswersError
        If the file holds an id or a value that is not declared, a row without wave, respondent or item, a
        respondent in
        two groups, or two answers of one respondent to one item of a wave.
    """
    names, missing = columns or LongColumns(), dict(missing or {})
    named = dict.fromkeys(("unknown_empty", *missing.values()))
    reasons = (*(reason for reason in named if reason != "not_shown"), "not_shown")
    connection = engine().cursor()
    try:
        file = open_long_file(connection, path, names.respondent, names.others)
        value_axis = axis_of(file, names.value, values, list(missing))
        axes = _Axes(
            waves=axis_of(file, names.wave, occurring_ids(file, names.wave) if waves is None else waves),
            items=axis_of(file, names.item, possible_ids(file, names.item) if items is None else items),
            groups=axis_of(file, names.group, possible_ids(file, names.group) if groups is None else groups)
            if names.group
            else None,
            values=value_axis,
            states=_states(file, value_axis, len(values), missing, reasons),
            n_states=1 + len(values) + len(reasons),
        )
        ids = axes.waves.ids
        chosen = tuple(pairs) if pairs is not None else tuple(pairwise(ids))
        numbered = [(axes.waves.raw(before), axes.waves.raw(after)) for before, after in chosen]
        moves, single, returned = _sums(file, axes, numbered, cube_bytes, rows_at_once)
    except duckdb.ConversionException:
        raise refused(path, "an id or value that is not declared", "undeclared") from None
    finally:
        connection.close()
    _refuse_undeclared(path, axes, single, returned)
    axes = _only_found(axes, single, returned, items is None, groups is None)
    return _folded(axes, tuple(values), reasons, chosen, moves, single, returned)


def write_counted(
    warehouse: Warehouse, counted: Counted, *, dimension: str = "rating", group_by: str = "group"
) -> dict[str, int]:
    """Put the counts of a long file into a warehouse, ids as text; returns rows written by table."""
    import pandas as pd

    def coded(names: Sequence[object], place: Any) -> pd.Categorical[str]:
        return pd.Categorical.from_codes(np.asarray(place, np.int32), pd.Index([str(name) for name in names]))

    def rows(places: Sequence[Any], n: Any, more: dict[str, Any]) -> pd.DataFrame:
        item, group = places
        by = np.where(group == 0, 0, 1)
        return pd.DataFrame(
            {
                "item_id": coded(counted.items, item),
                "dimension": dimension,
                "part": "",
                "group_by": coded(("all", group_by), by),
                "group_value": coded(counted.groups, group),
                **more,
                "n": n,
            }
        )

    codes = np.array([_category(value, place) for place, value in enumerate(counted.values)])
    written = {"counts": 0, "nonanswers": 0, "transitions": 0}
    with warehouse.transaction():
        for number, wave in enumerate(counted.waves):
            where = {"wave_id": str(wave)}
            item, group, value = (axis.ravel() for axis in np.indices(counted.counts.shape[1:]))
            frame = rows((item, group), counted.counts[number].ravel(), {"value": codes[value]})
            written["counts"] += warehouse.replace("counts", frame.assign(**where), where)
            item, group, reason = np.nonzero(counted.nonanswers[number])
            n = counted.nonanswers[number][item, group, reason]
            frame = rows((item, group), n, {"missing": coded(counted.reasons, reason)})
            written["nonanswers"] += warehouse.replace("nonanswers", frame.assign(**where), where)
            frames = []
            for pair, (before, after) in enumerate(counted.pairs):
                if after != wave:
                    continue
                item, group, was, now = np.nonzero(counted.transitions[pair])
                more = {
                    "versus_wave_id": str(before),
                    "value_before": pd.array(codes, "Int32").take(
                        np.where(was < len(codes), was, -1), allow_fill=True
                    ),
                    "value_after": pd.array(codes, "Int32").take(
                        np.where(now < len(codes), now, -1), allow_fill=True
                    ),
                }
                frames.append(rows((item, group), counted.transitions[pair][item, group, was, now], more))
            moved = pd.concat(frames, ignore_index=True).assign(**where) if frames else pd.DataFrame()
            written["transitions"] += warehouse.replace("transitions", moved, where)
    return written


def _category(value: Id, place: int) -> int:
    """What the warehouse stores for a category: its number, or its place from 1 when the file has texts."""
    return place + 1 if isinstance(value, str) and not value.lstrip("-").isdecimal() else int(value)


def _states(
    file: LongFile, axis: Axis, n_values: int, missing: Mapping[Id, str], reasons: Sequence[str]
) -> Bytes:
    kind: Any = np.uint8 if 1 + n_values + len(reasons) < 255 else np.uint16
    states: Bytes = np.full(axis.width + 2, np.iinfo(kind).max, kind)
    states[0] = n_values + 1 + reasons.index("unknown_empty")
    for place, one in enumerate(axis.ids):
        code = (
            place + 1
            if place < n_values
            else n_values + 1 + reasons.index(list(missing.values())[place - n_values])
        )
        states[axis.raw(one) + 1] = code
    return states


def _sums(
    file: LongFile, axes: _Axes, pairs: Sequence[tuple[int, int]], cube_bytes: int, rows_at_once: int
) -> tuple[Integers, Integers, Integers]:
    """Moves (pairs, groups, items, S, S), states (waves, groups, items, S) and returns (waves, groups)."""
    n_groups, n_waves, n_items, n_states = (
        axes.no_group + 1,
        axes.waves.width,
        axes.items.width,
        axes.n_states,
    )
    widths = np.full(n_items, n_states, np.int64)
    moves = np.zeros((len(pairs), n_groups, n_items, n_states, n_states), np.int64)
    single = np.zeros((n_waves, n_groups, n_items, n_states), np.int64)
    returned = np.zeros((n_waves, n_groups), np.int64)
    alone = set(range(n_waves)) - {wave for pair in pairs for wave in pair}
    step = max(1, cube_bytes // max(1, axes.n_cells * axes.states.itemsize))
    for first in range(0, file.n_people, step):
        cube, group = _cube(file, axes, first, min(first + step, file.n_people), rows_at_once)
        came: NDArray[np.bool_] = np.bitwise_or.reduce(cube, axis=1) > 0
        for wave in range(n_waves):
            returned[wave] += np.bincount(group[came[wave]], minlength=n_groups)
        for number, (before, after) in enumerate(pairs):
            moved = pair_counts(cube[before], cube[after], group, n_groups, widths).reshape(moves.shape[1:])
            neither = np.bincount(group[~(came[before] | came[after])], minlength=n_groups)
            moved[..., 0, 0] -= neither[:, None]
            moves[number] += moved
        for wave in alone:
            nothing = np.zeros((n_items, len(group)), np.uint8)
            found = pair_counts(nothing, cube[wave], group, n_groups, widths)
            single[wave] += found.reshape(moves.shape[1:])[..., 0, :]
    for wave in set(range(n_waves)) - alone:
        number, side = next(
            (n, side) for n, pair in enumerate(pairs) for side in (0, 1) if pair[side] == wave
        )
        single[wave] = moves[number].sum(axis=-1 if side == 0 else -2)
    return moves, single, returned


def _cube(file: LongFile, axes: _Axes, first: int, last: int, rows_at_once: int) -> tuple[Bytes, Integers]:
    """States of respondents `first` to before `last`, shape (waves, items, respondents), and their groups."""
    n_people = last - first
    cube = np.zeros(axes.n_cells * n_people, axes.states.dtype)
    # As narrow as the groups that are handed over: the group of every row is looked up in it.
    kind: Any = np.uint8 if _fits_one_number(axes, n_people) else np.uint16
    group = np.full(n_people, np.iinfo(kind).max, kind)
    positions = np.empty(min(rows_at_once, file.n_rows), np.int64)
    undeclared, n_rows = np.iinfo(axes.states.dtype).max, 0
    for rows in _batches(file, axes, first, last, rows_at_once):
        person, cell = rows.person, rows.cell
        if not len(person):
            continue
        if int(person.max()) >= len(group) or int(cell.max()) >= axes.n_cells:
            raise refused(file.path, "an id that is not declared", "undeclared")
        state = _looked_up(axes.states, rows.value)
        n_undeclared = int(np.count_nonzero(state == undeclared))
        if n_undeclared:
            raise refused(file.path, f"{n_undeclared} rows have a value that is not declared", "off_scale")
        position = positions[: len(person)]
        np.multiply(cell, n_people, out=position, dtype=np.int64)
        position += person
        cube[position] = state
        n_rows += len(person)
        if not _joined(group, person, rows.grp):
            raise refused(file.path, "respondents who are in two groups", "two_groups")
    if np.count_nonzero(cube) != n_rows:
        raise refused(
            file.path, "two answers of one respondent to one item of a wave", "duplicate_contradiction"
        )
    groups = np.minimum(group, axes.no_group).astype(np.int64)
    return cube.reshape(axes.waves.width, axes.items.width, n_people), groups


def _looked_up(states: Bytes, raw: Bytes) -> Bytes:
    """State of each raw value; small ones by a table of 256 bytes, as indices would take eight bytes each."""
    if raw.dtype == np.uint8 and states.dtype == np.uint8:
        table = states.tobytes().ljust(256, b"\xff")
        return np.frombuffer(np.asarray(raw).tobytes().translate(table), np.uint8)
    found: Bytes = states[np.minimum(raw, len(states) - 1)]
    return found


def _joined(group: Bytes, person: Integers, theirs: Bytes) -> bool:
    """Note the group of each person; false when somebody has two. Repeated rows are passed over."""
    # After the first rows of a file in any order, everyone has been seen: then nothing is left to note.
    unknown = np.iinfo(group.dtype).max
    if group[person[-1]] != unknown and np.array_equal(group[person], theirs):
        return True
    starts = np.ones(len(person), np.bool_)
    np.not_equal(person[1:], person[:-1], out=starts[1:])
    starts[1:] |= theirs[1:] != theirs[:-1]
    if np.count_nonzero(starts) < len(person) // 2:
        person, theirs = person[starts], theirs[starts]
    known = group[person]
    group[person] = theirs
    return bool(np.all((known == theirs) | (known == unknown)) and np.array_equal(group[person], theirs))


@dataclass(frozen=True)
class _Rows:
    """Rows as columns: person from 0, cell, raw value plus one or 0 for none, and raw group."""

    person: Integers
    cell: NDArray[np.integer[Any]]
    value: Bytes
    grp: Bytes


def _fits_one_number(axes: _Axes, n_people: int) -> bool:
    """Whether a row is one whole number: DuckDB hands over one column in less time than four."""
    return (
        n_people <= 1 << 31
        and axes.n_cells <= 1 << 16
        and len(axes.states) <= 1 << 8
        and axes.no_group < (1 << 8) - 1
        and sys.byteorder == "little"
    )


def _unpacked(packed: Integers) -> _Rows:
    """Person in the upper half of each number, below it two bytes of cell, one of value and one of group."""
    return _Rows(
        packed >> 32,
        packed.view(np.uint16)[1::4],
        packed.view(np.uint8)[1::8],
        packed.view(np.uint8)[0::8],
    )


def _batches(file: LongFile, axes: _Axes, first: int, last: int, rows_at_once: int) -> Iterator[_Rows]:
    """Rows of a range of respondents, some millions at a time.

    Nothing but quoted names of columns and whole numbers is put into the statement.
    """
    is_all, groups = first == 0 and last == file.n_people, axes.groups
    person = f"({file.person} - {first})" if first else file.person
    cell = f"({axes.waves.expression} * {axes.items.width} + {axes.items.expression})"
    value = f"coalesce({axes.values.expression} + 1, 0)"
    group = f"coalesce({groups.expression}, {groups.width})" if groups else "0"
    columns = (
        f"{person}::bigint * {1 << 32} + {cell}::bigint * {1 << 16} + {value}::bigint * {1 << 8} + {group}::bigint"
        " as packed"
        if _fits_one_number(axes, last - first)
        else f"{person}::bigint as person, {cell}::bigint as cell, {value}::usmallint as value,"
        f" {group}::usmallint as grp"
    )
    statement = "\n".join(
        [
            f"select {columns}",
            f"from {file.relation}",
            "where file_row_number >= $start and file_row_number < $end",
            "" if is_all else f"and {file.is_among(first, last)}",
        ]
    )

    begin, end = (0, file.n_rows) if is_all else file.rows_of(first, last)

    def fetch(start: int) -> _Rows:
        where = {"path": str(file.path), "start": start, "end": min(start + rows_at_once, end)}
        found = file.connection.execute(statement, where).fetchnumpy()
        if any(isinstance(column, np.ma.MaskedArray) for column in found.values()):
            raise refused(file.path, "rows without a wave, respondent or item", "missing_key")
        return _unpacked(found["packed"]) if "packed" in found else _Rows(**found)

    # DuckDB decodes the next rows while numpy works on these.
    with ThreadPoolExecutor(1) as ahead:
        waiting = ahead.submit(fetch, begin)
        for start in range(begin + rows_at_once, end + rows_at_once, rows_at_once):
            batch = waiting.result()
            waiting = ahead.submit(fetch, start) if start < end else waiting
            yield batch


def _refuse_undeclared(path: Path, axes: _Axes, single: Integers, returned: Integers) -> None:
    """Numbers between the declared ones must not occur."""
    waves, items = axes.waves.chosen, axes.items.chosen
    groups = [*(axes.groups.chosen if axes.groups else ()), axes.no_group]
    declared = single[np.ix_(waves, groups, items)][..., 1:].sum()
    if declared != single[..., 1:].sum() or returned[np.ix_(waves, groups)].sum() != returned.sum():
        raise refused(path, "an id that is not declared", "undeclared")


def _only_found(
    axes: _Axes, single: Integers, returned: Integers, find_items: bool, find_groups: bool
) -> _Axes:
    """Without the possible items and groups that turned out not to occur."""
    items, groups = axes.items, axes.groups
    if find_items:
        found = np.asarray(single[..., 1:].any(axis=(0, 1, 3)))
        items = replace(items, ids=tuple(one for one in items.ids if found[items.raw(one)]))
    if find_groups and groups is not None:
        came = np.asarray(returned.any(axis=0))
        groups = replace(groups, ids=tuple(one for one in groups.ids if came[groups.raw(one)]))
    return replace(axes, items=items, groups=groups)


def _folded(
    axes: _Axes,
    values: tuple[Id, ...],
    reasons: tuple[str, ...],
    pairs: tuple[tuple[Id, Id], ...],
    moves: Integers,
    single: Integers,
    returned: Integers,
) -> Counted:
    """States become categories, reasons and "no valid answer"; everyone together goes first."""
    waves, items, n_values = axes.waves.chosen, axes.items.chosen, len(values)
    groups = axes.groups.chosen if axes.groups else []

    def grouped(array: Integers, axis: int) -> Integers:
        everyone = array.sum(axis=axis, keepdims=True)
        return np.concatenate((everyone, array.take(groups, axis=axis)), axis=axis)

    states = np.moveaxis(grouped(single, 1), 1, 2)[np.ix_(waves, items)]
    came = grouped(returned, 1)[waves]
    nonanswers = states[..., n_values + 1 :].copy()
    # The last reason is "not shown": whoever returned the wave and has no row there, beside rows that say so.
    nonanswers[..., -1] += came[:, None, :] - states[..., 1:].sum(axis=-1)
    folded = np.moveaxis(grouped(moves, 1), 1, 2)[:, items]
    for axis in (-2, -1):
        folded = np.moveaxis(folded, axis, -1)
        none = folded[..., :1] + folded[..., n_values + 1 :].sum(axis=-1, keepdims=True)
        folded = np.moveaxis(np.concatenate((folded[..., 1 : n_values + 1], none), axis=-1), -1, axis)
    names = ("all", *(axes.groups.ids if axes.groups else ()))
    return Counted(
        waves=axes.waves.ids,
        items=axes.items.ids,
        groups=names,
        values=values,
        reasons=reasons,
        pairs=pairs,
        counts=states[..., 1 : n_values + 1],
        transitions=folded,
        nonanswers=nonanswers,
        returned=came,
    )
