"""Rows of `statistics` for one wave: the default set of the catalogue, from counts, transitions and values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from delphi import statistics as ds
from delphi.stages.statistic_pairs import add_pairs
from delphi.stages.statistic_tables import COLUMNS, EVERYONE, Cell, Group, Rows, Tables, groups_of, params, pivot
from delphi.stages.statistic_values import Values, values_of
from delphi.stages.statistic_waves import add_wave_rows
from delphi.study import Scale, Study

__all__ = ["COLUMNS", "Tables", "item_status_rows", "statistic_rows"]

SHOWN = ("no_opinion", "declined", "not_applicable", "skipped", "unknown_empty", "invalid")
NEVER_SHOWN = ("not_shown", "recused")
STATES = (*SHOWN, *NEVER_SHOWN, "not_reached", "dropped_out")
COUNTED = ("ordinal", "nominal", "multi", "rank")
MINIMUM = 5
VERDICTS = ("consensus_in", "consensus_out", "no_consensus", "split", "insufficient_n")


def statistic_rows(study: Study, wave_id: str, tables: Tables) -> pd.DataFrame:
    """Statistics of one wave.

    Parameters
    ----------
    study : the resolved study
    wave_id : the wave; pairs of waves are computed where it is the later one
    tables : the frames they rest on

    Returns
    -------
    DataFrame
        The columns of the table `statistics`. A null value has a reason code of the catalogue.
    """
    rows = Rows(wave_id)
    groups = groups_of(study)
    by_scale = _cells_by_scale(study, wave_id, tables.asked)
    values = values_of(study, tables, groups)
    for scale_id, cells in by_scale.items():
        _add_scale(study, study.scales[scale_id], cells, groups, tables, values, rows)
    add_pairs(study, wave_id, by_scale, groups, tables, values, rows)
    add_wave_rows(study, wave_id, by_scale, groups, tables, rows)
    return rows.frame()


def item_status_rows(study: Study, wave_id: str, verdicts: pd.DataFrame) -> pd.DataFrame:
    """`n_items` of a wave: how many items × dimensions have each verdict."""
    rows = Rows(wave_id)
    own = verdicts[(verdicts["group_by"] == "all") & (verdicts["wave_id"] == wave_id)]
    for verdict in VERDICTS if len(own) else ():
        n = int((own["verdict"] == verdict).sum())
        rows.add("n_items", EVERYONE, None, float(n), len(own), options=params(verdict=verdict))
    return rows.frame()


def _cells_by_scale(study: Study, wave_id: str, asked: pd.DataFrame) -> dict[str, list[Cell]]:
    """Item × dimension × part asked in the wave, by scale, in the order of the study file."""
    here = asked[asked["wave_id"] == wave_id]
    wanted = set(zip(here["item_id"], here["dimension"], strict=True))
    found: dict[str, list[Cell]] = {}
    for item in study.items:
        for dimension, scale_id in item.dims.items():
            if (item.item_id, dimension) in wanted:
                cells = found.setdefault(scale_id, [])
                cells += [Cell(item.item_id, dimension, part) for part in study.scales[scale_id].parts]
    return found


def cell_index(cells: Sequence[Cell]) -> pd.MultiIndex:
    """Cells as an index of item, dimension and part."""
    return pd.MultiIndex.from_tuples([(c.item_id, c.dimension, c.part) for c in cells])


def _add_scale(
    study: Study, scale: Scale, cells: list[Cell], groups: list[Group], tables: Tables, values: Values, rows: Rows
) -> None:
    wave = rows.wave_id
    index, of_groups = cell_index(cells), pd.MultiIndex.from_tuples(groups)
    axes = [(["item_id", "dimension", "part"], index), (["group_by", "group_value"], of_groups)]
    states = pivot(tables.nonanswers, [*axes, (["missing"], pd.Index(STATES))])
    here = tables.counts[tables.counts["wave_id"] == wave]
    if scale.kind in COUNTED:
        counts = pivot(here, [*axes, (["value"], pd.Index(scale.counted_values))])
        n_valid = counts.sum(axis=-1)
    else:
        n_valid = values.sizes(wave, cells, groups)
    invited = _invited(tables, groups)
    _add_bases(cells, groups, n_valid, states, invited, rows)
    has_no_opinion = states[..., : len(SHOWN)].sum(axis=-1) > 0
    reasons = np.where(has_no_opinion, "no_valid_answers", "no_data")
    if scale.kind == "ordinal":
        _add_ordinal(scale, cells, groups, counts, reasons, study.rules.quantile_type, rows)
    elif scale.kind == "nominal":
        _add_nominal(scale, cells, groups, counts, reasons, rows)
    elif scale.kind == "multi":
        _add_multi(cells, groups, counts, reasons, rows)
    elif scale.kind == "rank":
        _add_rank(scale, cells, groups, counts, reasons, values, rows)
    elif scale.kind != "text":
        _add_numeric(cells, groups, values, reasons, study.rules.quantile_type, rows)


def _invited(tables: Tables, groups: list[Group]) -> dict[Group, int] | None:
    """How many of each group were invited to the wave; None without a register."""
    if not len(tables.invitations):
        return None
    people = set(tables.invitations["respondent_id"])
    found = {EVERYONE: len(people)}
    members = tables.memberships[tables.memberships["respondent_id"].isin(people)]
    sizes = members.groupby(["group_by", "group_value"]).size()
    return found | {group: int(sizes.get(group, 0)) for group in groups[1:]}


def _add_bases(
    cells: list[Cell], groups: list[Group], n_valid: NDArray[np.int64], states: NDArray[np.int64],
    invited: dict[Group, int] | None, rows: Rows,
) -> None:  # fmt: skip
    place = {name: number for number, name in enumerate(STATES)}
    shown = n_valid + states[..., : len(SHOWN)].sum(axis=-1)
    never = states[..., [place[name] for name in NEVER_SHOWN]].sum(axis=-1)
    listed = {
        "n_shown": shown, "n_valid": n_valid, "n_no_opinion": states[..., place["no_opinion"]],
        "n_declined": states[..., place["declined"]], "n_not_applicable": states[..., place["not_applicable"]],
        "n_skipped": states[..., place["skipped"]] + states[..., place["unknown_empty"]],
        "n_invalid": states[..., place["invalid"]], "n_not_shown": states[..., place["not_shown"]],
    }  # fmt: skip
    for c, cell in enumerate(cells):
        for g, group in enumerate(groups):
            n = int(n_valid[c, g])
            asked = None if invited is None else invited[group] - int(never[c, g])
            rows.add("n_invited", group, cell, None if asked is None else float(asked), n, reason="no_data")
            for name, sizes in listed.items():
                rows.add(name, group, cell, float(sizes[c, g]), n)


def _small(n: int, *more: str) -> str:
    flags = [*more, *(["n_below_minimum"] if n < MINIMUM else [])]
    return " ".join(sorted(flags))


def _add_ordinal(
    scale: Scale, cells: list[Cell], groups: list[Group], counts: NDArray[np.int64], reasons: NDArray[np.str_],
    quantile_type: int, rows: Rows,
) -> None:  # fmt: skip
    values = np.array(scale.counted_values, dtype=float)
    n = counts.sum(axis=-1)
    equal = (counts > 0).sum(axis=-1) == 1
    typed = params(quantile_type=quantile_type)
    low, high = ds.median_interval(counts, values)
    plain = [
        ("median", ds.quantile(counts, values, 0.5, quantile_type), typed, 1),
        ("q1", ds.quantile(counts, values, 0.25, quantile_type), typed, 1),
        ("q3", ds.quantile(counts, values, 0.75, quantile_type), typed, 1),
        ("iqr", ds.iqr(counts, values, quantile_type), typed, 2),
        ("mean", ds.mean(counts, values), "{}", 1),
        ("sd", ds.sd(counts, values), "{}", 2),
        ("van_der_eijk_agreement", ds.van_der_eijk_agreement(counts), "{}", 2),
    ]
    bands = []
    for name, band in (("percent_agreement", scale.agreement_band), ("bottom_box", scale.opposite_band)):
        if band is not None:
            within = (values >= band.low) & (values <= band.high)
            numerator = counts[..., within].sum(axis=-1)
            bands.append((name, band.name, numerator, *ds.wilson_interval(numerator, n)))
    too_short = len(values) < 3
    for c, cell in enumerate(cells):
        for g, group in enumerate(groups):
            size = int(n[c, g])
            flags = _small(size)
            for name, result, options, least in plain:
                reason = reasons[c, g] if size == 0 else "scale_too_short" if name.startswith("van") and too_short else "too_few"  # fmt: skip
                is_flat = least == 2 and size >= 2 and bool(equal[c, g])
                rows.add(
                    name, group, cell, float(result[c, g]), size,
                    low=float(low[c, g]) if name == "median" else None,
                    high=float(high[c, g]) if name == "median" else None,
                    reason=str(reason), flags=_small(size, "no_variation") if is_flat else flags, options=options,
                )  # fmt: skip
            for name, band_name, numerator, lower, upper in bands:
                top = int(numerator[c, g])
                rows.add(
                    name, group, cell, top / size if size else None, size, low=float(lower[c, g]),
                    high=float(upper[c, g]), reason=str(reasons[c, g]), flags=flags,
                    options=_share_params(band_name, top, size),
                )  # fmt: skip


@cache
def _share_params(band: str, numerator: int, denominator: int) -> str:
    return params(band=band, base="valid", numerator=numerator, denominator=denominator)


def _add_share(
    name: str, group: Group, cell: Cell, numerator: int, n: int, reason: str, rows: Rows, **options: object
) -> None:
    low, high = ds.wilson_interval(numerator, n)
    rows.add(
        name, group, cell, numerator / n if n else None, n, low=float(low), high=float(high), reason=reason,
        flags=_small(n), options=params(base="valid", numerator=numerator, denominator=n, **options),
    )  # fmt: skip


def _add_nominal(
    scale: Scale, cells: list[Cell], groups: list[Group], counts: NDArray[np.int64], reasons: NDArray[np.str_],
    rows: Rows,
) -> None:  # fmt: skip
    for c, cell in enumerate(cells):
        for g, group in enumerate(groups):
            given, n = counts[c, g], int(counts[c, g].sum())
            modes = [scale.categories[k].code for k in np.flatnonzero(given == given.max())] if n else []
            rows.add(
                "mode", group, cell, None, n, label="; ".join(modes) or None, reason=str(reasons[c, g]),
                flags=_small(n, *(["multimodal"] if len(modes) > 1 else [])),
            )  # fmt: skip
            for k, category in enumerate(scale.categories):
                _add_share("category_share", group, cell, int(given[k]), n, str(reasons[c, g]), rows, value=category.value)  # fmt: skip


def _add_multi(
    cells: list[Cell], groups: list[Group], counts: NDArray[np.int64], reasons: NDArray[np.str_], rows: Rows
) -> None:
    """Options of a multiple choice: share of those who answered the set, and the option most often chosen."""
    items = dict.fromkeys((cell.item_id, cell.dimension) for cell in cells)
    for item_id, dimension in items:
        own = [c for c, cell in enumerate(cells) if (cell.item_id, cell.dimension) == (item_id, dimension)]
        for g, group in enumerate(groups):
            chosen = counts[own, g, 1]
            n = int(counts[own, g].sum(axis=-1).max())
            modes = [cells[own[k]].part for k in np.flatnonzero(chosen == chosen.max())] if n and chosen.max() else []
            rows.add(
                "mode", group, Cell(item_id, dimension, ""), None, n, label="; ".join(modes) or None,
                reason=str(reasons[own[0], g]), flags=_small(n, *(["multimodal"] if len(modes) > 1 else [])),
            )  # fmt: skip
            for k, c in enumerate(own):
                size = int(counts[c, g].sum())
                _add_share("category_share", group, cells[c], int(chosen[k]), size, str(reasons[c, g]), rows, value=1)


def _add_rank(
    scale: Scale, cells: list[Cell], groups: list[Group], counts: NDArray[np.int64], reasons: NDArray[np.str_],
    values: Values, rows: Rows,
) -> None:  # fmt: skip
    places = np.array(scale.counted_values, dtype=float)
    means = ds.mean(counts, places)
    for c, cell in enumerate(cells):
        for g, group in enumerate(groups):
            n = int(counts[c, g].sum())
            rows.add("mean", group, cell, float(means[c, g]), n, reason=str(reasons[c, g]), flags=_small(n))
    for item_id, dimension in dict.fromkeys((cell.item_id, cell.dimension) for cell in cells):
        parts = [cell for cell in cells if (cell.item_id, cell.dimension) == (item_id, dimension)]
        for group in groups:
            w, p, n = ds.kendall_w(values.matrix(rows.wave_id, parts, group))
            cell = Cell(item_id, dimension, "")
            reason = "incomplete_rankings" if n < 2 else "all_ties"
            rows.add("kendall_w", group, cell, w, n, reason=reason, flags=_small(n))
            rows.add("kendall_w_p", group, cell, p, n, reason=reason, flags="approximate_p")


def _add_numeric(
    cells: list[Cell], groups: list[Group], values: Values, reasons: NDArray[np.str_], quantile_type: int, rows: Rows
) -> None:
    typed = params(quantile_type=quantile_type)
    for c, cell in enumerate(cells):
        for g, group in enumerate(groups):
            given = values.of(rows.wave_id, cell, group)
            n = len(given)
            reason = str(reasons[c, g])
            points, counts = np.unique(given, return_counts=True) if n else (np.zeros(1), np.zeros(1, dtype=np.int64))
            low, high = ds.median_interval(counts, points)
            for name, p in (("median", 0.5), ("q1", 0.25), ("q3", 0.75)):
                is_median = name == "median"
                rows.add(
                    name, group, cell, float(ds.quantile(counts, points, p, quantile_type)), n, reason=reason,
                    low=float(low) if is_median else None, high=float(high) if is_median else None,
                    flags=_small(n), options=typed,
                )  # fmt: skip
            few = reason if n == 0 else "too_few"
            flat = _small(n, *(["no_variation"] if n >= 2 and len(points) == 1 else []))
            rows.add("iqr", group, cell, float(ds.iqr(counts, points, quantile_type)), n, reason=few, flags=flat, options=typed)  # fmt: skip
            rows.add("mean", group, cell, float(ds.mean(counts, points)), n, reason=reason, flags=_small(n))
            rows.add("sd", group, cell, float(ds.sd(counts, points)), n, reason=few, flags=flat)
