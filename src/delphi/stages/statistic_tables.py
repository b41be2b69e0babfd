"""What statistics and verdicts of a wave rest on, and the shape of the rows they become."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from delphi.study import Study

COLUMNS = [
    "wave_id", "versus_wave_id", "item_id", "dimension", "part", "group_by", "group_value", "statistic", "value", "label",
    "low", "high", "n", "reason", "flags", "params",
]  # fmt: skip
EVERYONE = ("all", "all")
Group = tuple[str, str]


@dataclass(frozen=True)
class Tables:
    """Frames with the columns of the warehouse.

    `counts`, `answers`, `submissions`, `asked` hold this wave and the ones before; `nonanswers`, `transitions` and
    `invitations` this wave (transitions: the pairs that end at it); `verdicts` the waves before.
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


def params(**options: Any) -> str:
    """Options of a statistic as canonical JSON."""
    return json.dumps(options, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Rows:
    """Rows of `statistics` as they come, made into one frame at the end."""

    def __init__(self, wave_id: str) -> None:
        self.wave_id = wave_id
        self._columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}

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
        known = value is not None and bool(np.isfinite(value))
        row = self._columns
        row["wave_id"].append(self.wave_id)
        row["versus_wave_id"].append(versus)
        row["item_id"].append(cell.item_id if cell else None)
        row["dimension"].append(cell.dimension if cell else None)
        row["part"].append(cell.part if cell else None)
        row["group_by"].append(group[0])
        row["group_value"].append(group[1])
        row["statistic"].append(statistic)
        row["value"].append(value if known else None)
        row["label"].append(label)
        row["low"].append(_finite(low) if known else None)
        row["high"].append(_finite(high) if known else None)
        row["n"].append(n)
        row["reason"].append(None if known or label is not None else reason)
        row["flags"].append(flags or None)
        row["params"].append(options)

    def frame(self) -> pd.DataFrame:
        """All rows, with the columns of the table."""
        texts = [name for name in COLUMNS if name not in ("value", "low", "high", "n")]
        frame = pd.DataFrame(self._columns, columns=COLUMNS, dtype=object)
        return frame.astype(
            {name: "str" for name in texts} | {"value": "float64", "low": "float64", "high": "float64", "n": "Int64"}
        )


def _finite(value: float | None) -> float | None:
    return value if value is not None and bool(np.isfinite(value)) else None


def pivot(
    frame: pd.DataFrame, axes: list[tuple[list[str], pd.Index | pd.MultiIndex]], size_of: str = "n"
) -> NDArray[np.int64]:
    """Sum of a count column as an array with one axis per list of columns; combinations that are not listed drop out."""
    places = []
    for columns, index in axes:
        keys = pd.MultiIndex.from_frame(frame[columns]) if len(columns) > 1 else pd.Index(frame[columns[0]])
        places.append(index.get_indexer(keys))
    shape = tuple(len(index) for _, index in axes)
    if not len(frame):
        return np.zeros(shape, dtype=np.int64)
    known = np.all([place >= 0 for place in places], axis=0)
    flat = np.ravel_multi_index([place[known] for place in places], shape)
    counted = np.bincount(flat, weights=frame[size_of].to_numpy()[known], minlength=int(np.prod(shape)))
    return counted.astype(np.int64).reshape(shape)
