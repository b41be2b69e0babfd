"""Answers themselves, where counts are not enough: numbers, and rankings person by person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from delphi.stages.statistic_tables import EVERYONE, Cell, Group, Tables
from delphi.study import Study

BY_VALUE = ("integer", "number", "interval", "year", "text", "rank")


@dataclass(frozen=True)
class Values:
    """Valid answers of the items that are read by value; `members` maps a group to its respondents."""

    by_cell: dict[tuple[str, str, str, str], pd.Series[float]]
    members: dict[Group, pd.Index]

    def of(self, wave_id: str, cell: Cell, group: Group) -> NDArray[np.float64]:
        """Values of one cell within a group."""
        return self._series(wave_id, cell, group).to_numpy(dtype=np.float64)

    def _series(self, wave_id: str, cell: Cell, group: Group) -> pd.Series[float]:
        given = self.by_cell.get((wave_id, cell.item_id, cell.dimension, cell.part))
        if given is None:
            return pd.Series(dtype="float64")
        return given if group == EVERYONE else given[given.index.isin(self.members[group])]

    def pairs(self, earlier: str, later: str, cell: Cell, group: Group) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Values of those who answered the cell in both waves, in the same order."""
        both = pd.concat([self._series(earlier, cell, group), self._series(later, cell, group)], axis=1, join="inner")
        given = both.to_numpy(dtype=np.float64)
        return given[:, 0], given[:, 1]

    def sizes(self, wave_id: str, cells: list[Cell], groups: list[Group]) -> NDArray[np.int64]:
        """How many valid answers each cell has in each group."""
        return np.array(
            [[len(self._series(wave_id, cell, group)) for group in groups] for cell in cells], dtype=np.int64
        ).reshape(len(cells), len(groups))

    def matrix(self, wave_id: str, cells: list[Cell], group: Group) -> NDArray[np.float64]:
        """Respondent × cell, NaN for no answer."""
        columns = [self._series(wave_id, cell, group) for cell in cells]
        joined = pd.concat(columns, axis=1, join="outer")
        return joined.to_numpy(dtype=np.float64).reshape(-1, len(cells))


def values_of(study: Study, tables: Tables, groups: list[Group]) -> Values:
    """Pick the answers that are read by value out of all answers."""
    wanted = {
        (item.item_id, dimension)
        for item in study.items
        for dimension, scale_id in item.dims.items()
        if study.scales[scale_id].kind in BY_VALUE
    }
    by_cell: dict[tuple[str, str, str, str], pd.Series[float]] = {}
    if wanted and len(tables.answers):
        given = tables.answers[tables.answers["item_id"].isin({item_id for item_id, _ in wanted})]
        given = given[given["value"].notna() | given["text"].notna()]
        for key, part in given.groupby(["wave_id", "item_id", "dimension", "part"], observed=True, sort=False):
            if (key[1], key[2]) in wanted:
                by_cell[key] = part.set_index("respondent_id")["value"].sort_index()  # type: ignore[index]
    members = {
        group: pd.Index(
            tables.memberships.loc[
                (tables.memberships["group_by"] == group[0]) & (tables.memberships["group_value"] == group[1]),
                "respondent_id",
            ]
        )
        for group in groups[1:]
    }
    return Values(by_cell, members)
