"""Rows of `statistics` for a wave as a whole: who returned, agreement over items, and who left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from delphi import statistics as ds
from delphi.stages.statistic_pivot import Pivot
from delphi.stages.statistic_tables import (
    EVERYONE,
    MINIMUM,
    Cell,
    Grid,
    Group,
    Rows,
    Tables,
    flags_of,
    params,
)
from delphi.study import Study
from delphi.study.model import PANEL_ROUNDS


def add_wave_rows(
    study: Study,
    wave_id: str,
    by_scale: dict[str, list[Cell]],
    groups: list[Group],
    tables: Tables,
    counts: Pivot,
    rows: Rows,
) -> None:
    """Returns, retention, agreement over the items of each scale and dimension, and the leavers' earlier
    answers."""
    returned = _returned(tables)
    members: dict[Group, set[str]] = {group: set() for group in groups}
    for key, part in tables.memberships.groupby(["group_by", "group_value"], observed=True)["respondent_id"]:
        members[key] = set(part)  # type: ignore[index]
    here = returned.get(wave_id, set())
    invited = set(tables.invitations["respondent_id"]) if len(tables.invitations) else None
    for group in groups:
        own = here if group == EVERYONE else here & members[group]
        asked = None if invited is None else invited if group == EVERYONE else invited & members[group]
        rows.add(
            "n_invited", group, None, None if asked is None else float(len(asked)), len(own), reason="no_data"
        )
        rows.add("n_returned", group, None, float(len(own)), len(own))
    wave = study.wave(wave_id)
    if wave.round_kind in PANEL_ROUNDS:
        before = [
            one.wave_id
            for one in study.waves
            if one.sequence < wave.sequence and one.round_kind in PANEL_ROUNDS and returned.get(one.wave_id)
        ]
        for versus in dict.fromkeys([*before[:1], *before[-1:]]):
            _add_retention(versus, returned, here, members, groups, rows)
            _add_dropout(study, versus, returned[versus], here, tables, rows)
    _add_agreement(study, wave_id, by_scale, tables, counts, rows)


def _returned(tables: Tables) -> dict[str, set[str]]:
    """Wave → who has a current return."""
    current = tables.submissions[tables.submissions["is_current"].astype(bool)]
    return {str(wave): set(part["respondent_id"]) for wave, part in current.groupby("wave_id", observed=True)}


def _add_retention(
    versus: str,
    returned: dict[str, set[str]],
    here: set[str],
    members: dict[Group, set[str]],
    groups: list[Group],
    rows: Rows,
) -> None:
    for group in groups:
        base = returned[versus] if group == EVERYONE else returned[versus] & members[group]
        stayed = len(base & here)
        low, high = ds.wilson_interval(stayed, len(base))
        rows.add(
            "panel_retention",
            group,
            None,
            stayed / len(base) if base else None,
            len(base),
            versus=versus,
            low=float(low),
            high=float(high),
            reason="no_data",
            flags="n_below_minimum" if len(base) < MINIMUM else None,
            options=params(base=f"returned {versus}", numerator=stayed, denominator=len(base)),
        )


def _add_agreement(
    study: Study, wave_id: str, by_scale: dict[str, list[Cell]], tables: Tables, counts: Pivot, rows: Rows
) -> None:
    """Krippendorff's alpha and raw agreement over the items of one dimension and scale; scales are never
    pooled."""
    people = _raters(study, wave_id, tables)
    for scale_id, cells in by_scale.items():
        scale = study.scales[scale_id]
        if scale.kind not in ("ordinal", "nominal"):
            continue
        for dimension in dict.fromkeys(cell.dimension for cell in cells):
            own = [cell for cell in cells if cell.dimension == dimension]
            wanted = [(c.item_id, c.dimension, c.part) for c in own]
            table = counts.array(
                [
                    (["item_id", "dimension", "part"], wanted),
                    (["group_by", "group_value"], [EVERYONE]),
                    (["value"], scale.counted_values),
                ]
            )[:, 0]
            usable = int((table.sum(axis=-1) >= 2).sum())
            n = people.get((dimension, scale_id), 0)
            alpha, seen = float(ds.krippendorff_alpha(table, scale.kind)), float(ds.observed_agreement(table))
            if usable < 2:
                alpha = seen = float("nan")
                few = "no_pairs" if usable == 0 and len(own) > 1 else "too_few_units"
                reason = "no_data" if n == 0 else "too_few_raters" if n == 1 else few
            else:
                reason = "no_variation"
            where = Cell(item_id=None, dimension=dimension, part="")
            options = params(level=scale.kind, n_items=len(own), scale_id=scale_id)
            for name, value in (("krippendorff_alpha", alpha), ("observed_agreement", seen)):
                flags = "n_below_minimum" if n < MINIMUM else None
                rows.add(name, EVERYONE, where, value, n, reason=reason, flags=flags, options=options)


def _raters(study: Study, wave_id: str, tables: Tables) -> dict[tuple[str, str], int]:
    """Dimension and scale → how many respondents gave at least one valid answer."""
    answers = tables.answers
    given = ((answers["wave_id"] == wave_id) & answers["value"].notna()).to_numpy()
    coded = (pd.factorize(answers[name].array[given]) for name in ("item_id", "dimension", "respondent_id"))
    (item, items), (dimension, dimensions), (person, people) = coded
    scales = list(study.scales)
    none = len(scales)
    place = {
        (one.item_id, name): scales.index(scale) for one in study.items for name, scale in one.dims.items()
    }
    scale_of = np.array(
        [[place.get((str(one), str(name)), none) for name in dimensions] for one in items], dtype=np.int64
    ).reshape(len(items), len(dimensions))
    block = dimension * (none + 1) + scale_of[item, dimension]
    apart = max(1, len(people))
    blocks, sizes = np.unique(np.unique(block * apart + person) // apart, return_counts=True)
    found = zip(*divmod(blocks, none + 1), sizes, strict=True)
    return {(str(dimensions[d]), scales[s]): int(n) for d, s, n in found if s < none}


def _add_dropout(
    study: Study, versus: str, earlier: set[str], here: set[str], tables: Tables, rows: Rows
) -> None:
    """Compare the earlier answers of those who stayed with those of those who left, per item; Holm over the
    items."""
    leavers = earlier - here
    answers = tables.answers
    given = ((answers["wave_id"] == versus) & answers["value"].notna() & (answers["part"] == "")).to_numpy()
    here_before = tables.asked[tables.asked["wave_id"] == versus]
    asked = set(zip(here_before["item_id"], here_before["dimension"], strict=True))
    by_scale: dict[str, list[Cell]] = {}
    for item in study.items:
        for dimension, scale_id in item.dims.items():
            if study.scales[scale_id].kind == "ordinal" and (item.item_id, dimension) in asked:
                by_scale.setdefault(scale_id, []).append(Cell(item.item_id, dimension, ""))
    columns: dict[str, Any] = {name: answers[name].array[given] for name in ("item_id", "dimension", "value")}
    columns["is_leaver"] = answers["respondent_id"].isin(leavers).to_numpy()[given].astype(np.int64)
    earlier_answers = Pivot(pd.DataFrame(columns | {"n": 1}))
    compared: list[_Compared] = []
    for scale_id, cells in by_scale.items():
        values = study.scales[scale_id].counted_values
        wanted = [(cell.item_id, cell.dimension) for cell in cells]
        table = earlier_answers.array(
            [(["item_id", "dimension"], wanted), (["is_leaver"], [0, 1]), (["value"], values)]
        )
        grid, p = Grid(cells, [EVERYONE], [versus] * len(cells)), ds.mann_whitney_p(table[:, 0], table[:, 1])
        compared.append(_Compared(grid, table.sum(axis=-1), p))
        _add_bias(rows, compared[-1], ds.cliffs_delta(table[:, 0], table[:, 1]))
    _add_adjusted_bias(rows, compared)


@dataclass(frozen=True)
class _Compared:
    """The cells of one scale; `sizes` is cell × stayed or left, `p` of the comparison of the two."""

    grid: Grid
    sizes: NDArray[np.int64]
    p: NDArray[np.float64]

    def add(self, rows: Rows, name: str, value: NDArray[np.float64], options: ArrayLike = "{}") -> None:
        """One statistic of every cell; what rests on the p is marked as approximate."""
        n_stayed, n_left = self.sizes.T
        few = (np.minimum(n_stayed, n_left) < MINIMUM)[:, None]
        flags = flags_of(
            self.grid.shape, n_below_minimum=few, approximate_p=name.startswith("dropout_bias_p")
        )
        n, reason = (n_stayed + n_left)[:, None], _undefined(n_stayed, n_left)[:, None]
        rows.add_grid(name, self.grid, value[:, None], n, reason=reason, flags=flags, options=options)


def _undefined(n_stayed: NDArray[np.int64], n_left: NDArray[np.int64]) -> NDArray[np.object_]:
    """Why two groups cannot be compared: nobody answered, one is empty, or all answers are equal."""
    empty = np.minimum(n_stayed, n_left) == 0
    return np.select([n_stayed + n_left == 0, empty], ["no_data", "too_few"], "no_variation").astype(object)


def _add_bias(rows: Rows, compared: _Compared, delta: NDArray[np.float64]) -> None:
    """Effect size and p of each cell, with how many stayed and left."""
    options = np.array(
        [[params(n_left=left, n_stayed=stayed)] for stayed, left in compared.sizes.tolist()], dtype=object
    )
    compared.add(rows, "dropout_bias", delta, options)
    compared.add(rows, "dropout_bias_p", compared.p, options)


def _add_adjusted_bias(rows: Rows, compared: list[_Compared]) -> None:
    """Holm over the items of each dimension, whatever their scale."""
    if not compared:
        return
    dimensions = np.array([cell.dimension for one in compared for cell in one.grid.cells], dtype=object)
    p = np.concatenate([one.p for one in compared])
    for dimension in dict.fromkeys(dimensions.tolist()):
        own = dimensions == dimension
        p[own] = ds.holm(p[own])
    ends = np.cumsum([len(one.p) for one in compared])[:-1]
    for one, adjusted in zip(compared, np.split(p, ends), strict=True):
        one.add(rows, "dropout_bias_p_holm", adjusted)
