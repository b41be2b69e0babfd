"""Findings while they are gathered: one row per thing that was wrong or odd in a source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COLUMNS = (
    "source_id",
    "wave_id",
    "level",
    "rule",
    "source_row",
    "column_name",
    "item_id",
    "reason",
    "raw_value",
)
Row = tuple[str, str, str, str, int | None, str | None, str | None, str, str | None]
"""One finding: the columns of the table in their order."""


class Notes:
    """Collects the findings of one wave."""

    def __init__(self, wave_id: str) -> None:
        self.wave_id = wave_id
        self._rows: list[Row] = []

    def file(
        self, source_id: str, rule: str, reason: str, column: str | None = None, row: int | None = None
    ) -> None:
        """Note something about a file as a whole."""
        self._rows.append((source_id, self.wave_id, "file", rule, row, column, None, reason, None))

    def records(
        self,
        source_id: str,
        rule: str,
        rows: Iterable[int] | NDArray[np.int64],
        reason: str,
        column: str | None = None,
        items: Sequence[str] | None = None,
        raw: Iterable[str | None] | None = None,
    ) -> None:
        """Note the same thing about several records."""
        places = [int(row) for row in rows]
        raws = raw if raw is not None else [None] * len(places)
        named = items if items is not None else [None] * len(places)
        self._rows += [
            (source_id, self.wave_id, "record", rule, row, column, item, reason, text)
            for row, item, text in zip(places, named, raws, strict=True)
        ]

    def cell(
        self, source_id: str, rule: str, row: int, column: str, item_id: str, reason: str, raw: str
    ) -> None:
        """Note a cell that holds no answer although it is not empty."""
        self._rows.append((source_id, self.wave_id, "cell", rule, row, column, item_id, reason, raw))

    def frame(self) -> pd.DataFrame:
        """All findings, in a fixed order."""

        def order(row: Row) -> tuple[str, int, str, str, str, str, str]:
            source_id, _, level, rule, source_row, column, item, reason, _ = row
            return source_id, source_row or 0, level, rule, column or "", item or "", reason

        rows = sorted(dict.fromkeys(self._rows), key=order)
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
        frame = pd.DataFrame(
            {name: pd.Series(list(cells), dtype=object) for name, cells in zip(COLUMNS, columns, strict=True)}
        )
        for name in COLUMNS:
            frame[name] = frame[name].astype("Int64" if name == "source_row" else "str")
        return frame
