"""Rows of `statistics` for a wave as a whole: who returned, agreement over items, and who left."""

from __future__ import annotations

import numpy as np
import pandas as pd

from delphi import statistics as ds
from delphi.stages.statistic_tables import EVERYONE, Cell, Group, Rows, Tables, params, pivot
from delphi.study import Study

ROUNDS = ("ideas", "rating", "ranking", "realtime")
MINIMUM = 5


def add_wave_rows(
    study: Study, wave_id: str, by_scale: dict[str, list[Cell]], groups: list[Group], tables: Tables, rows: Rows
) -> None:
    """Returns, retention, agreement over the items of each scale and dimension, and the leavers' earlier answers."""
    returned = _returned(tables)
    members = {
        group: set(
            tables.memberships.loc[
                (tables.memberships["group_by"] == group[0]) & (tables.memberships["group_value"] == group[1]),
                "respondent_id",
            ]
        )
        for group in groups[1:]
    }
    here = returned.get(wave_id, set())
    invited = set(tables.invitations["respondent_id"]) if len(tables.invitations) else None
    for group in groups:
        own = here if group == EVERYONE else here & members[group]
        asked = None if invited is None else invited if group == EVERYONE else invited & members[group]
        rows.add("n_invited", group, None, None if asked is None else float(len(asked)), len(own), reason="no_data")
        rows.add("n_returned", group, None, float(len(own)), len(own))
    wave = study.wave(wave_id)
    if wave.round_kind in ROUNDS:
        before = [
            one.wave_id
            for one in study.waves
            if one.sequence < wave.sequence and one.round_kind in ROUNDS and returned.get(one.wave_id)
        ]
        for versus in dict.fromkeys([*before[:1], *before[-1:]]):
            _add_retention(versus, returned, here, members, groups, rows)
        if before:
            _add_dropout(study, before[-1], returned[before[-1]], here, tables, rows)
    _add_agreement(study, wave_id, by_scale, tables, rows)


def _returned(tables: Tables) -> dict[str, set[str]]:
    """Wave → who has a current return."""
    current = tables.submissions[tables.submissions["is_current"]]
    return {str(wave): set(part["respondent_id"]) for wave, part in current.groupby("wave_id", observed=True)}


def _add_retention(
    versus: str, returned: dict[str, set[str]], here: set[str], members: dict[Group, set[str]], groups: list[Group],
    rows: Rows,
) -> None:  # fmt: skip
    for group in groups:
        base = returned[versus] if group == EVERYONE else returned[versus] & members[group]
        stayed = len(base & here)
        low, high = ds.wilson_interval(stayed, len(base))
        rows.add(
            "panel_retention", group, None, stayed / len(base) if base else None, len(base), versus=versus,
            low=float(low), high=float(high), reason="no_data",
            flags="n_below_minimum" if len(base) < MINIMUM else None,
            options=params(base=f"returned {versus}", numerator=stayed, denominator=len(base)),
        )  # fmt: skip


def _add_agreement(
    study: Study, wave_id: str, by_scale: dict[str, list[Cell]], tables: Tables, rows: Rows
) -> None:
    """Krippendorff's alpha and raw agreement over the items of one dimension and scale; scales are never pooled."""
    counts = tables.counts[(tables.counts["wave_id"] == wave_id) & (tables.counts["group_by"] == "all")]
    for scale_id, cells in by_scale.items():
        scale = study.scales[scale_id]
        if scale.kind not in ("ordinal", "nominal"):
            continue
        for dimension in dict.fromkeys(cell.dimension for cell in cells):
            own = [cell for cell in cells if cell.dimension == dimension]
            index = pd.MultiIndex.from_tuples([(c.item_id, c.dimension, c.part) for c in own])
            table = pivot(
                counts, [(["item_id", "dimension", "part"], index), (["value"], pd.Index(scale.counted_values))]
            )
            raters = table.sum(axis=-1)
            usable = int((raters >= 2).sum())
            alpha, seen = float(ds.krippendorff_alpha(table, scale.kind)), float(ds.observed_agreement(table))
            reason = "too_few_units" if len(own) < 2 else "no_pairs" if usable == 0 else "no_variation"
            if len(own) < 2:
                alpha = seen = float("nan")
            where = Cell(item_id=None, dimension=dimension, part="")
            options = params(level=scale.kind, n_items=len(own), scale_id=scale_id)
            n = int(raters.max()) if len(raters) else 0
            for name, value in (("krippendorff_alpha", alpha), ("observed_agreement", seen)):
                rows.add(name, EVERYONE, where, value, n, reason=reason, options=options)


def _add_dropout(
    study: Study, versus: str, earlier: set[str], here: set[str], tables: Tables, rows: Rows
) -> None:
    """Compare the earlier answers of those who stayed with those of those who left, per item; Holm over the items."""
    leavers = earlier - here
    given = tables.answers[
        (tables.answers["wave_id"] == versus) & tables.answers["value"].notna() & (tables.answers["part"] == "")
    ]
    found = []
    for item in study.items:
        for dimension, scale_id in item.dims.items():
            if study.scales[scale_id].kind == "ordinal":
                found.append((item.item_id, dimension, scale_id))
    if not found or not len(given):
        return
    given = given.assign(is_leaver=given["respondent_id"].isin(leavers).astype("int64"), n=1)
    families: dict[str, list[tuple[Cell, float, int]]] = {}
    for scale_id in dict.fromkeys(one[2] for one in found):
        values = pd.Index([float(v) for v in study.scales[scale_id].counted_values])
        cells = [(item_id, dimension) for item_id, dimension, of in found if of == scale_id]
        index = pd.MultiIndex.from_tuples(cells)
        table = pivot(given, [(["item_id", "dimension"], index), (["is_leaver"], pd.Index([0, 1])), (["value"], values)])
        asked = table.sum(axis=(-1, -2)) > 0
        delta = ds.cliffs_delta(table[:, 0], table[:, 1])
        p = ds.mann_whitney_p(table[:, 0], table[:, 1])
        for c in np.flatnonzero(asked):
            cell = Cell(*cells[c], "")
            n_left, n = int(table[c, 1].sum()), int(table[c].sum())
            flags = "n_below_minimum" if min(n_left, n - n_left) < MINIMUM else None
            options = params(n_left=n_left, n_stayed=n - n_left)
            reason = "too_few" if n_left == 0 or n_left == n else "no_variation"
            rows.add("dropout_bias", EVERYONE, cell, float(delta[c]), n, versus=versus, reason=reason, flags=flags, options=options)  # fmt: skip
            rows.add("dropout_bias_p", EVERYONE, cell, float(p[c]), n, versus=versus, reason=reason, flags="approximate_p", options=options)  # fmt: skip
            families.setdefault(cell.dimension, []).append((cell, float(p[c]), n))
    for family in families.values():
        for (cell, _, n), adjusted in zip(family, ds.holm([p for _, p, _ in family]), strict=True):
            rows.add("dropout_bias_p_holm", EVERYONE, cell, float(adjusted), n, versus=versus, reason="too_few", flags="approximate_p")  # fmt: skip
