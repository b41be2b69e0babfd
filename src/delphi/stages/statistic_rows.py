"""Rows of `statistics` for one wave: the default set of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from delphi import statistics as ds
from delphi.stages.requested_rows import add_of_answers, add_of_numbers, add_of_rankings
from delphi.stages.statistic_pairs import add_pairs
from delphi.stages.statistic_pivot import Axis, Pivot
from delphi.stages.statistic_tables import (
    COLUMNS,
    EVERYONE,
    MINIMUM,
    Cell,
    Grid,
    Group,
    Rows,
    Tables,
    flags_of,
    groups_of,
    params,
)
from delphi.stages.statistic_values import Values, values_of
from delphi.stages.statistic_waves import add_wave_rows
from delphi.study import Scale, Study
from delphi.study.model import NEVER_SHOWN_STATES, SHOWN_STATES

__all__ = ["COLUMNS", "Tables", "item_status_rows", "statistic_rows"]

STATES = (*SHOWN_STATES, *NEVER_SHOWN_STATES, "not_reached", "dropped_out")
COUNTED = ("ordinal", "nominal", "multi", "rank")
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
    counts = Pivot(tables.counts[tables.counts["wave_id"] == wave_id])
    nonanswers, invited = Pivot(tables.nonanswers), _invited(tables, groups)
    for scale_id, cells in by_scale.items():
        _add_scale(study, study.scales[scale_id], cells, groups, counts, nonanswers, invited, values, rows)
    add_pairs(study, wave_id, by_scale, groups, tables, values, rows)
    add_wave_rows(study, wave_id, by_scale, groups, tables, counts, rows)
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


@dataclass(frozen=True)
class _Asked:
    """The cells of one scale, with what every row of them needs."""

    grid: Grid
    reasons: NDArray[np.object_]
    quantile_type: int
    rows: Rows

    def add(
        self,
        name: str,
        value: NDArray[np.float64],
        n: NDArray[np.int64],
        options: ArrayLike = "{}",
        *,
        low: ArrayLike | None = None,
        high: ArrayLike | None = None,
    ) -> None:
        """A statistic that one answer is enough for."""
        flags = flags_of(n.shape, n_below_minimum=n < MINIMUM)
        self.rows.add_grid(
            name, self.grid, value, n, low=low, high=high, reason=self.reasons, flags=flags, options=options
        )

    def add_spread(
        self,
        name: str,
        value: NDArray[np.float64],
        n: NDArray[np.int64],
        is_flat: NDArray[np.bool_],
        options: str = "{}",
        otherwise: str = "too_few",
    ) -> None:
        """A statistic that needs two answers: one person never disagrees."""
        reason = np.where(n == 0, self.reasons, otherwise)
        flags = flags_of(
            n.shape, n_below_minimum=n < MINIMUM, no_variation=is_flat & (n >= 2) & np.isfinite(value)
        )
        self.rows.add_grid(name, self.grid, value, n, reason=reason, flags=flags, options=options)


def _add_scale(
    study: Study,
    scale: Scale,
    cells: list[Cell],
    groups: list[Group],
    counts_here: Pivot,
    nonanswers: Pivot,
    invited: NDArray[np.float64],
    values: Values,
    rows: Rows,
) -> None:
    of_cells: Axis = (["item_id", "dimension", "part"], [(c.item_id, c.dimension, c.part) for c in cells])
    axes = [of_cells, (["group_by", "group_value"], groups)]
    states = nonanswers.array([*axes, (["missing"], STATES)])
    if scale.kind in COUNTED:
        counts = counts_here.array([*axes, (["value"], scale.counted_values)])
        n_valid = counts.sum(axis=-1)
    else:
        n_valid = values.sizes(rows.wave_id, cells)
    is_shown = states[..., : len(SHOWN_STATES)].sum(axis=-1) > 0
    reasons = np.where(is_shown, "no_valid_answers", "no_data").astype(object)
    asked = _Asked(Grid(cells, groups), reasons, study.rules.quantile_type, rows)
    _add_bases(asked, n_valid, states, invited)
    if scale.kind in ("ordinal", "nominal"):
        (_add_ordinal if scale.kind == "ordinal" else _add_nominal)(scale, asked, counts)
        add_of_answers(study, scale, asked.grid, reasons, counts, rows)
    elif scale.kind == "multi":
        _add_multi(asked, counts)
    elif scale.kind == "rank":
        _add_location(asked, counts, np.array(scale.counted_values, dtype=float))
        _add_concordance(asked, values)
        wholes = [(whole, [cells[place] for place in own]) for whole, own in _sets(asked.grid)]
        add_of_rankings(study, scale, wholes, groups, values, reasons[:: len(scale.parts)], rows)
    elif scale.kind != "text":
        _add_numeric(asked, values)
        add_of_numbers(study, scale, cells, groups, values, reasons, rows)


def _invited(tables: Tables, groups: list[Group]) -> NDArray[np.float64]:
    """How many of each group were invited to the wave; NaN without a register."""
    if not len(tables.invitations):
        return np.full(len(groups), np.nan)
    people = set(tables.invitations["respondent_id"])
    members = tables.memberships[tables.memberships["respondent_id"].isin(people)]
    sizes = members.groupby(["group_by", "group_value"], observed=True).size()
    return np.array(
        [len(people) if group == EVERYONE else int(sizes.get(group, 0)) for group in groups], dtype=float
    )


def _add_bases(
    asked: _Asked, n_valid: NDArray[np.int64], states: NDArray[np.int64], invited: NDArray[np.float64]
) -> None:
    place = {name: number for number, name in enumerate(STATES)}
    never = states[..., [place[name] for name in NEVER_SHOWN_STATES]].sum(axis=-1)
    sizes = {
        "n_invited": invited - never,
        "n_shown": n_valid + states[..., : len(SHOWN_STATES)].sum(axis=-1),
        "n_valid": n_valid,
        "n_no_opinion": states[..., place["no_opinion"]],
        "n_declined": states[..., place["declined"]],
        "n_not_applicable": states[..., place["not_applicable"]],
        "n_skipped": states[..., place["skipped"]] + states[..., place["unknown_empty"]],
        "n_invalid": states[..., place["invalid"]],
        "n_not_shown": states[..., place["not_shown"]],
    }
    for name, size in sizes.items():
        asked.rows.add_grid(name, asked.grid, size, n_valid, reason="no_data")


def _add_location(asked: _Asked, counts: NDArray[np.int64], values: NDArray[np.float64]) -> None:
    """Median with its interval, quartiles, interquartile range, mean and standard deviation."""
    n, is_flat = counts.sum(axis=-1), (counts > 0).sum(axis=-1) == 1
    kind = asked.quantile_type
    typed = params(quantile_type=kind)
    low, high = ds.median_interval(counts, values)
    asked.add("median", ds.quantile(counts, values, 0.5, kind), n, typed, low=low, high=high)
    asked.add("q1", ds.quantile(counts, values, 0.25, kind), n, typed)
    asked.add("q3", ds.quantile(counts, values, 0.75, kind), n, typed)
    asked.add_spread("iqr", ds.iqr(counts, values, kind), n, is_flat, typed)
    asked.add("mean", ds.mean(counts, values), n)
    asked.add_spread("sd", ds.sd(counts, values), n, is_flat)


def _add_ordinal(scale: Scale, asked: _Asked, counts: NDArray[np.int64]) -> None:
    values = np.array(scale.counted_values, dtype=float)
    n, is_flat = counts.sum(axis=-1), (counts > 0).sum(axis=-1) == 1
    _add_location(asked, counts, values)
    otherwise = "too_few" if len(values) >= 3 else "scale_too_short"
    asked.add_spread(
        "van_der_eijk_agreement", ds.van_der_eijk_agreement(counts), n, is_flat, otherwise=otherwise
    )
    for name, band in (("percent_agreement", scale.agreement_band), ("bottom_box", scale.opposite_band)):
        if band is not None:
            within = (values >= band.low) & (values <= band.high)
            _add_share(name, asked, counts[..., within].sum(axis=-1), n, band=band.name)


def _add_share(
    name: str, asked: _Asked, numerator: NDArray[np.int64], n: NDArray[np.int64], **options: object
) -> None:
    low, high = ds.wilson_interval(numerator, n)
    value = np.divide(numerator, n, out=np.full(n.shape, np.nan), where=n > 0)
    asked.add(name, value, n, _share_params(numerator, n, **options), low=low, high=high)


def _share_params(
    numerator: NDArray[np.int64], n: NDArray[np.int64], **options: object
) -> NDArray[np.object_]:
    """Options of a share per cell and group; the text is made once per pair of numbers."""
    known: dict[tuple[int, int], str] = {}
    texts = np.empty(n.shape, dtype=object)
    for place, pair in enumerate(zip(numerator.ravel().tolist(), n.ravel().tolist(), strict=True)):
        if pair not in known:
            known[pair] = params(base="valid", numerator=pair[0], denominator=pair[1], **options)
        texts.flat[place] = known[pair]
    return texts


def _modes(codes: Sequence[str], chosen: NDArray[np.int64]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """All most chosen codes of each cell and group (None where nobody chose any), and where there are
    several."""
    most = chosen.max(axis=-1)
    is_mode = (chosen == most[..., None]) & (most[..., None] > 0)
    labels = np.empty(most.shape, dtype=object)
    for place in np.ndindex(most.shape):
        labels[place] = "; ".join(codes[int(k)] for k in np.flatnonzero(is_mode[place])) or None
    return labels, is_mode.sum(axis=-1) > 1


def _add_mode(
    asked: _Asked,
    grid: Grid,
    codes: Sequence[str],
    chosen: NDArray[np.int64],
    n: NDArray[np.int64],
    reasons: NDArray[np.object_],
) -> None:
    labels, is_multimodal = _modes(codes, chosen)
    flags = flags_of(n.shape, n_below_minimum=n < MINIMUM, multimodal=is_multimodal)
    reason = np.where(n == 0, reasons, "all_ties")
    asked.rows.add_grid("mode", grid, None, n, label=labels, reason=reason, flags=flags)


def _add_nominal(scale: Scale, asked: _Asked, counts: NDArray[np.int64]) -> None:
    n = counts.sum(axis=-1)
    _add_mode(asked, asked.grid, [category.code for category in scale.categories], counts, n, asked.reasons)
    for k, category in enumerate(scale.categories):
        _add_share("category_share", asked, counts[..., k], n, value=category.value)


def _add_multi(asked: _Asked, counts: NDArray[np.int64]) -> None:
    """Options of a multiple choice: share of those who answered the set, and the option most often chosen."""
    chosen, n = counts[..., 1], counts.sum(axis=-1)
    for whole, own in _sets(asked.grid):
        codes = [asked.grid.cells[c].part for c in own]
        of_options = np.moveaxis(chosen[own], 0, -1)[None]
        grid = Grid([whole], asked.grid.groups)
        _add_mode(asked, grid, codes, of_options, n[own].max(axis=0, keepdims=True), asked.reasons[own[:1]])
    _add_share("category_share", asked, chosen, n, value=1)


def _sets(grid: Grid) -> list[tuple[Cell, list[int]]]:
    """Items × dimensions as one cell each, with the places of their options or objects."""
    found: dict[Cell, list[int]] = {}
    for place, cell in enumerate(grid.cells):
        found.setdefault(Cell(cell.item_id, cell.dimension, ""), []).append(place)
    return list(found.items())


def _add_concordance(asked: _Asked, values: Values) -> None:
    """Kendall's W over the complete rankings of each group."""
    for whole, own in _sets(asked.grid):
        ranks = np.column_stack([values.of(asked.rows.wave_id, asked.grid.cells[c]) for c in own])
        for g, group in enumerate(asked.grid.groups):
            here = ranks[values.members[g]]
            w, p, n = ds.kendall_w(here)
            exact_p = ds.kendall_w_exact_p(here)
            p = p if np.isnan(exact_p) else exact_p
            is_given = ~np.isnan(here)
            complete = here[is_given.all(axis=1)]
            if not is_given.any():
                reason = str(asked.reasons[own[0], g])
            elif len(own) < 2:
                reason = "too_few_units"
            elif n < 2:
                reason = "too_few_raters" if n == is_given.any(axis=1).sum() else "incomplete_rankings"
            else:
                reason = "all_ties"
            has_ties = any(len(set(row)) < len(row) for row in complete.tolist())
            for name, value in (("kendall_w", w), ("kendall_w_p", p)):
                marks = {
                    "n_below_minimum": n < MINIMUM,
                    "ties_present": has_ties,
                    "approximate_p": name.endswith("_p") and np.isnan(exact_p) and not np.isnan(p),
                }
                flags = str(flags_of((), **marks))
                asked.rows.add(name, group, whole, value, n, reason=reason, flags=flags)


def _add_numeric(asked: _Asked, values: Values) -> None:
    """Cell by cell: each has numbers of its own in place of categories."""
    for place, cell in enumerate(asked.grid.cells):
        points, counts = values.histograms(values.of(asked.rows.wave_id, cell))
        one = replace(asked, grid=Grid([cell], asked.grid.groups), reasons=asked.reasons[place : place + 1])
        _add_location(one, counts[None], points)
