"""Answers themselves, where counts are not enough: numbers, and rankings person by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from delphi.stages.statistic_tables import Cell, Group, Tables
from delphi.study import Study

BY_VALUE = ("integer", "number", "interval", "year", "text", "rank")
Column = NDArray[np.float64]


@dataclass(frozen=True)
class Values:
    """Valid answers of the items that are read by value.

    `by_cell` has, per wave and cell, one number per person, NaN for no answer (a text that was given is 1);
    `members`, groups × persons, says who belongs where.
    """

    by_cell: dict[tuple[str, str | None, str, str], Column]
    members: NDArray[np.bool_]

    def of(self, wave_id: str, cell: Cell) -> Column:
        """Answers of everyone to one cell, in the order of `members`."""
        given = self.by_cell.get((wave_id, cell.item_id, cell.dimension, cell.part))
        return np.full(self.members.shape[1], np.nan) if given is None else given

    def sizes(self, wave_id: str, cells: Sequence[Cell]) -> NDArray[np.int64]:
        """How many valid answers each cell has in each group."""
        return np.array(
            [(self.members & ~np.isnan(self.of(wave_id, cell))).sum(axis=1) for cell in cells], dtype=np.int64
        ).reshape(len(cells), len(self.members))

    def histograms(self, given: Column) -> tuple[Column, NDArray[np.int64]]:
        """Distinct numbers in rising order, and how many of each group gave each (groups × numbers)."""
        known = np.flatnonzero(~np.isnan(given))
        if not len(known):
            return np.zeros(1), np.zeros((len(self.members), 1), dtype=np.int64)
        points, place = np.unique(given[known], return_inverse=True)
        counts = [np.bincount(place[member], minlength=len(points)) for member in self.members[:, known]]
        return points, np.array(counts, dtype=np.int64)


def values_of(study: Study, tables: Tables, groups: Sequence[Group]) -> Values:
    """Pick the answers that are read by value out of all answers."""
    wanted = {
        (item.item_id, dimension)
        for item in study.items
        for dimension, scale_id in item.dims.items()
        if study.scales[scale_id].kind in BY_VALUE
    }
    by_cell: dict[tuple[str, str | None, str, str], Column] = {}
    people: pd.Index[Any] = pd.Index([], dtype="str")
    if wanted and len(tables.answers):
        given = tables.answers[tables.answers["item_id"].isin({item_id for item_id, _ in wanted})]
        given = given[given["value"].notna() | given["text"].notna()]
        person, people = pd.factorize(given["respondent_id"], sort=True)
        numbers = given["value"].fillna(1.0).to_numpy(dtype=np.float64)
        cells = given.groupby(["wave_id", "item_id", "dimension", "part"], observed=True, sort=False)
        for key, places in cast(dict[tuple[str, str, str, str], NDArray[np.intp]], cells.indices).items():
            if (key[1], key[2]) in wanted:
                column = np.full(len(people), np.nan)
                column[person[places]] = numbers[places]
                by_cell[key] = column
    return Values(by_cell, _members(tables.memberships, groups, people))


def _members(memberships: pd.DataFrame, groups: Sequence[Group], people: pd.Index[Any]) -> NDArray[np.bool_]:
    """Who of the people belongs to each group; the first group is everyone."""
    members = np.zeros((len(groups), len(people)), dtype=bool)
    members[0] = True
    if len(people) and len(memberships) and len(groups) > 1:
        keys = pd.MultiIndex.from_frame(memberships[["group_by", "group_value"]])
        group = pd.MultiIndex.from_tuples(groups).get_indexer(keys)
        person = people.get_indexer(pd.Index(memberships["respondent_id"]))
        known = (group >= 0) & (person >= 0)
        members[group[known], person[known]] = True
    return members
