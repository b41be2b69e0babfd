"""Rows of `statistics` that a study asks for by the ids of the catalogue, beside the default set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi import statistics as ds
from delphi.stages.statistic_tables import EVERYONE, Cell, Grid, Group, Rows, params
from delphi.stages.statistic_values import Values
from delphi.study import Scale, Study
from delphi.study.categories import band_places, codes_of
from delphi.study.measures import CATEGORY_OPTIONS, REQUESTABLE, arguments, needs_order, requestable
from delphi.study.model import Request, option_values

if TYPE_CHECKING:
    from delphi.stages.statistic_pairs import Pair
    from delphi.statistics.computing import Computed
    from delphi.statistics.registry import Statistic

# What computes any statistic is imported where it is used: a study that asks for none does not wait for it.

Counts = NDArray[np.int64]


def add_of_answers(
    study: Study, scale: Scale, grid: Grid, reasons: NDArray[np.object_], counts: Counts, rows: Rows
) -> None:
    """Statistics of the answers to each item, of several items together, and of the groups of each dimension compared.

    Parameters
    ----------
    grid : the items × dimensions of one scale, and the groups
    reasons : why a cell without a valid answer is empty, cells × groups
    counts : answers, cells × groups × categories
    """
    for request, entry, given in _asked(study, scale, ("counts", "units", "group_counts")):
        own = _places(request, rows.wave_id, grid.cells)
        if not own:
            continue
        cells = [grid.cells[place] for place in own]
        if entry.takes == "counts":
            found = _compute(request, counts[own], given)
            empty = np.where(found.n == 0, reasons[own], found.reason)
            _add(rows, Grid(cells, grid.groups), found, empty, _told(given, scale))
        elif entry.takes == "units":
            _add_of_blocks(scale, cells, grid.groups, counts[own], request, given, rows)
        else:
            _add_of_groups(study, scale, cells, grid.groups, counts[own], request, given, rows)


def _add_of_blocks(
    scale: Scale, cells: Sequence[Cell], groups: Sequence[Group], counts: Counts, request: Request,
    given: Mapping[str, Any], rows: Rows,
) -> None:  # fmt: skip
    """One row per dimension and group: the items on this scale together."""
    for dimension in dict.fromkeys(cell.dimension for cell in cells):
        own = [place for place, cell in enumerate(cells) if cell.dimension == dimension]
        found = _compute(request, np.moveaxis(counts[own], 0, 1), given)
        told = _told(given, scale) | {"n_items": len(own), "scale_id": scale.scale_id}
        if request.items is not None:
            told["items"] = [str(cells[place].item_id) for place in own]
        _add(rows, Grid([Cell(None, dimension, "")], groups), found, found.reason, told)


def _add_of_groups(
    study: Study, scale: Scale, cells: Sequence[Cell], groups: Sequence[Group], counts: Counts, request: Request,
    given: Mapping[str, Any], rows: Rows,
) -> None:  # fmt: skip
    """One row per item and group dimension: its groups compared."""
    for group_by in study.groups:
        own = [place for place, group in enumerate(groups) if group[0] == group_by]
        if len(own) > 1:
            found = _compute(request, counts[:, own], given)
            told = _told(given, scale) | {"group_by": group_by}
            _add(rows, Grid(cells, [EVERYONE]), found, found.reason, told)


def add_of_pairs(
    study: Study, scale: Scale, pairs: Sequence[Pair], groups: Sequence[Group], moved: Counts, rows: Rows
) -> None:
    """Statistics of change on the people who answered both waves.

    Parameters
    ----------
    moved : transitions, pairs × groups × category before × category after, "no answer" last
    """
    for request, entry, given in _asked(study, scale, ("transitions", "two_counts")):
        own = _places(request, rows.wave_id, [pair.cell for pair in pairs])
        if not own:
            continue
        data = moved[own] if entry.takes == "transitions" else ds.margins(moved[own])
        found = _compute(request, data, given)
        chosen = [pairs[place] for place in own]
        grid = Grid([pair.cell for pair in chosen], groups, [pair.versus for pair in chosen])
        is_reworded = np.array([[pair.has_other_wording] for pair in chosen]) & np.ones(
            grid.shape, dtype=bool
        )
        _add(rows, grid, found, found.reason, _told(given, scale), is_reworded)


def add_of_rankings(
    study: Study, scale: Scale, wholes: Sequence[tuple[Cell, Sequence[Cell]]], groups: Sequence[Group], values: Values,
    reasons: NDArray[np.object_], rows: Rows,
) -> None:  # fmt: skip
    """Statistics of the rankings of one item: one row per group, or one per object and group.

    Parameters
    ----------
    wholes : each item × dimension with the cells of its objects
    reasons : why a group without a valid answer is empty, items × groups
    """
    for request, _, given in _asked(study, scale, ("ranks",)):
        for place, (whole, parts) in enumerate(wholes):
            if not request.asks(rows.wave_id, str(whole.item_id), whole.dimension):
                continue
            ranks = np.column_stack([values.of(rows.wave_id, part) for part in parts])
            for g, group in enumerate(groups):
                here = ranks[values.members[g]]
                is_given = bool(np.isfinite(here).any())
                found = _compute(request, here, given)
                empty = (
                    found.reason if is_given else np.full(found.reason.shape, reasons[place, g], dtype=object)
                )
                cells = list(parts) if found.value.ndim else [whole]
                _add(rows, Grid(cells, [group]), found, empty, dict(given))


def add_of_two_rankings(
    study: Study, scale: Scale, pairs: Sequence[Pair], groups: Sequence[Group], values: Values, rows: Rows
) -> None:
    """Statistics of two rounds of one ranking, on the people who ranked in both: one row per pair of waves and group."""
    for request, _, given in _asked(study, scale, ("two_ranks",)):
        wholes: dict[tuple[str, Cell], list[Pair]] = {}
        for pair in pairs:
            if request.asks(rows.wave_id, str(pair.cell.item_id), pair.cell.dimension):
                whole = Cell(pair.cell.item_id, pair.cell.dimension, "")
                wholes.setdefault((pair.versus, whole), []).append(pair)
        for (versus, whole), parts in wholes.items():
            earlier, later = (
                np.column_stack([values.of(wave, part.cell) for part in parts])
                for wave in (versus, rows.wave_id)
            )
            both = np.isfinite(earlier).any(axis=1) & np.isfinite(later).any(axis=1)
            for g, group in enumerate(groups):
                own = values.members[g] & both
                found = _compute(request, (earlier[own], later[own]), given)
                reworded = np.full((1, 1), parts[0].has_other_wording)
                _add(rows, Grid([whole], [group], [versus]), found, found.reason, dict(given), reworded)


def add_of_numbers(
    study: Study, scale: Scale, cells: Sequence[Cell], groups: Sequence[Group], values: Values, reasons: NDArray[np.object_],
    rows: Rows,
) -> None:  # fmt: skip
    """Statistics of numeric answers: one row per item, part and group."""
    for request, _, given in _asked(study, scale, ("numbers",)):
        for place in _places(request, rows.wave_id, cells):
            numbers = values.of(rows.wave_id, cells[place])
            for g, group in enumerate(groups):
                here = numbers[values.members[g]]
                found = _compute(request, here, given)
                empty = np.where(found.n == 0, reasons[place, g], found.reason)
                _add(rows, Grid([cells[place]], [group]), found, empty, dict(given))


def _asked(
    study: Study, scale: Scale, takes: Sequence[str]
) -> Iterator[tuple[Request, Statistic, dict[str, Any]]]:
    """Requests that a scale can answer, with what their function is called with."""
    if not study.analysis.statistics:
        return
    for request in study.analysis.statistics:
        entry = requestable()[request.statistic]
        if entry.takes not in takes or scale.kind not in REQUESTABLE[entry.takes]:
            continue
        if scale.kind == "nominal" and needs_order(entry):
            continue
        places = (band_places(scale), codes_of(scale)) if scale.categories else ({}, ())
        values = [category.value for category in scale.categories]
        given = arguments(entry, option_values(request.options), *places, values, study.rules.quantile_type)
        if given is not None:
            yield request, entry, given


def _places(request: Request, wave_id: str, cells: Sequence[Cell]) -> list[int]:
    return [
        place for place, cell in enumerate(cells) if request.asks(wave_id, str(cell.item_id), cell.dimension)
    ]


def _compute(request: Request, data: Any, given: Mapping[str, Any]) -> Computed:
    from delphi.statistics.computing import computed

    return computed(request.statistic, data, **given)


def _add(
    rows: Rows, grid: Grid, found: Computed, reason: ArrayLike, told: Mapping[str, Any],
    is_reworded: NDArray[np.bool_] | None = None,
) -> None:  # fmt: skip
    """The rows of what was computed; further numbers are named after the statistic, ends of an interval stand beside it.

    Between two wordings nothing is defined.
    """
    hidden = np.zeros(grid.shape, dtype=bool) if is_reworded is None else is_reworded
    n, flags = found.n.reshape(grid.shape), np.where(hidden, "", found.flags.reshape(grid.shape))
    why = np.where(hidden, "wording_changed", np.broadcast_to(reason, found.value.shape).reshape(grid.shape))
    options = params(**told)

    def add(name: str, value: NDArray[Any], reasons: ArrayLike, **more: ArrayLike | None) -> None:
        numbers = np.where(hidden, np.nan, value.astype(np.float64).reshape(grid.shape))
        rows.add_grid(name, grid, numbers, n, reason=reasons, flags=flags, options=options, **more)

    fields, label = found.more or {}, None
    if found.label is not None:
        label = found.label.reshape(grid.shape).copy()
        label[hidden] = None
    low, high = (fields[end].reshape(grid.shape) if end in fields else None for end in ("low", "high"))
    add(found.statistic_id, found.value, why, label=label, low=low, high=high)
    # What stands beside a defined value may still be undefined, as a p-value that nothing gives.
    beside = np.array([one or "not_identified" for one in why.ravel()], dtype=object).reshape(grid.shape)
    for name, part in fields.items():
        if name not in ("low", "high", "reason") and part.shape == found.value.shape and part.dtype != object:
            add(f"{found.statistic_id}_{name}", part, beside)


def _told(given: Mapping[str, Any], scale: Scale) -> dict[str, Any]:
    """Options as they stand in the table: categories by their codes, without the values of the scale."""
    codes = [category.code for category in scale.categories]
    return {
        name: [code for code, is_in in zip(codes, value, strict=True) if is_in]
        if name in CATEGORY_OPTIONS
        else value
        for name, value in given.items()
        if name != "values"
    }
