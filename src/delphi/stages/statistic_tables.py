"""What statistics and verdicts of a wave rest on, and the shape of the rows they become."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from delphi.study import Study

COLUMNS = [
    "wave_id", "versus_wave_id", "item_id", "dimension", "part", "group_by", "group_value", "statistic",
    "value", "label", "low", "high", "n", "reason", "flags", "params",
]  # fmt: skip
NUMBERS = ("value", "low", "high")
EVERYONE = ("all", "all")
MINIMUM = 5
"""Fewer valid answers than these are marked `n_below_minimum`."""
Group = tuple[str, str]


@dataclass(frozen=True)
class Tables:
    """Frames with the columns of the warehouse that are looked at.

    `answers`, `submissions`, `asked` hold this wave and the ones before; `counts`, `nonanswers`,
    `transitions` and `invitations` this wave (transitions: the pairs that end at it); `verdicts` the waves
    before.
    """

    counts: pd.DataFrame
    nonanswers: pd.DataFrame
    transitions: pd.DataFrame
    answers: pd.DataFrame
    submissions: pd.DataFrame
    invitations: pd.DataFrame
    memberships: pd.DataFrame
    asked: pd.DataFrame
    verdicts: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class Cell:
    """One item, dimension and part; no item for what is computed over several."""

    item_id: str | None
    dimension: str
    part: str


def groups_of(study: Study) -> list[Group]:
    """Everyone, then every declared group."""
    return [
        EVERYONE,
        *((group.group_by, value) for group in study.groups.values() for value in group.categories),
    ]


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def params(**options: Any) -> str:
    """Options of a statistic as canonical JSON."""
    return _CANONICAL.encode(options)


class Grid:
    """Cells × groups, in this order, as columns of the table; `versus` is the earlier wave of each cell."""

    def __init__(
        self, cells: Sequence[Cell], groups: Sequence[Group], versus: Sequence[str] | None = None
    ) -> None:
        self.cells, self.groups = tuple(cells), tuple(groups)
        self.shape = (len(self.cells), len(self.groups))
        by_cell = {
            "versus_wave_id": versus if versus is not None else [None] * len(cells),
            "item_id": [cell.item_id for cell in cells],
            "dimension": [cell.dimension for cell in cells],
            "part": [cell.part for cell in cells],
        }
        by_group = {"group_by": [group[0] for group in groups], "group_value": [group[1] for group in groups]}
        self.columns: dict[str, NDArray[np.object_]] = {
            **{name: np.repeat(_objects(given), len(groups)) for name, given in by_cell.items()},
            **{name: np.tile(_objects(given), len(cells)) for name, given in by_group.items()},
        }


class Rows:
    """Rows of `statistics` as they come, one by one or a grid at a time, made into one frame at the end."""

    def __init__(self, wave_id: str) -> None:
        self.wave_id = wave_id
        self._blocks: dict[str, list[NDArray[Any]]] = {name: [] for name in COLUMNS}

    def add(
        self,
        statistic: str,
        group: Group,
        cell: Cell | None,
        value: float | None,
        n: int | None,
        *,
        versus: str | None = None,
        label: str | None = None,
        low: float | None = None,
        high: float | None = None,
        reason: str | None = None,
        flags: str | None = None,
        options: str = "{}",
    ) -> None:
        """One row; a value that is not finite becomes null and needs a reason."""
        of_cell = (cell.item_id, cell.dimension, cell.part) if cell else (None, None, None)
        columns = dict(
            zip(
                ("versus_wave_id", "item_id", "dimension", "part", "group_by", "group_value"),
                (_objects([given]) for given in (versus, *of_cell, *group)),
                strict=True,
            )
        )
        sizes = np.array([np.nan if n is None else n], dtype=np.float64)
        self._append(statistic, columns, (1,), value, sizes, label, low, high, reason, flags, options)

    def add_grid(
        self,
        statistic: str,
        grid: Grid,
        value: ArrayLike | None,
        n: ArrayLike,
        *,
        label: ArrayLike | None = None,
        low: ArrayLike | None = None,
        high: ArrayLike | None = None,
        reason: ArrayLike | None = None,
        flags: ArrayLike | None = None,
        options: ArrayLike = "{}",
    ) -> None:
        """One row per cell and group; each argument is one for all of them or an array of the grid's
        shape."""
        self._append(statistic, grid.columns, grid.shape, value, n, label, low, high, reason, flags, options)

    def _append(
        self, statistic: str, columns: Mapping[str, NDArray[np.object_]], shape: tuple[int, ...],
        value: ArrayLike | None, n: ArrayLike, label: ArrayLike | None, low: ArrayLike | None,
        high: ArrayLike | None, reason: ArrayLike | None, flags: ArrayLike | None, options: ArrayLike,
    ) -> None:  # fmt: skip
        numbers = _numbers(value, shape)
        known = np.isfinite(numbers)
        labels, reasons, marks = (_texts(given, shape) for given in (label, reason, flags))
        reasons[known | (labels != np.array(None))] = None
        marks[marks == ""] = None
        found = {
            "wave_id": np.full(numbers.shape, self.wave_id, dtype=object),
            "statistic": np.full(numbers.shape, statistic, dtype=object),
            "value": numbers,
            "label": labels,
            "low": np.where(known, _numbers(low, shape), np.nan),
            "high": np.where(known, _numbers(high, shape), np.nan),
            "n": _numbers(n, shape),
            "reason": reasons,
            "flags": marks,
            "params": _texts(options, shape),
            **columns,
        }
        for name, given in found.items():
            self._blocks[name].append(given)

    def frame(self) -> pd.DataFrame:
        """All rows, with the columns of the table."""
        columns: dict[str, Any] = {}
        for name, blocks in self._blocks.items():
            given = np.concatenate(blocks) if blocks else np.zeros(0, dtype=object)
            if name in NUMBERS:
                columns[name] = given.astype(np.float64)
            elif name == "n":
                columns[name] = pd.array(given.astype(np.float64), dtype="Float64").astype("Int64")
            else:
                columns[name] = pd.array(given, dtype="str")
        return pd.DataFrame(columns, columns=COLUMNS)


def _objects(given: Sequence[str | None]) -> NDArray[np.object_]:
    return np.array(given, dtype=object)


def _numbers(given: ArrayLike | None, shape: tuple[int, ...]) -> NDArray[np.float64]:
    numbers = np.asarray(np.nan if given is None else given, dtype=np.float64)
    return np.where(np.isinf(numbers), np.nan, numbers + np.zeros(shape)).ravel()


def _texts(given: ArrayLike | None, shape: tuple[int, ...]) -> NDArray[np.object_]:
    texts = np.empty(shape, dtype=object)
    texts[...] = np.asarray(given).astype(object) if given is not None else None
    return texts.ravel()


def flags_of(shape: tuple[int, ...], **marks: ArrayLike) -> NDArray[np.object_]:
    """Names of the marks that hold, sorted and separated by spaces; empty where none does."""
    flags = np.full(shape, "", dtype=object)
    for name in sorted(marks):
        held = np.broadcast_to(np.asarray(marks[name], dtype=bool), shape)
        flags[held] = [f"{before} {name}" if before else name for before in flags[held]]
    return flags
