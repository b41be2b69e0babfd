"""Rows of `statistics` for pairs of waves: change between an earlier round and this one, on paired answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from delphi import statistics as ds
from delphi.stages.statistic_tables import EVERYONE, Cell, Group, Rows, Tables, params, pivot
from delphi.stages.statistic_values import Values
from delphi.study import Scale, Study, Wave

ROUNDS = ("ideas", "rating", "ranking", "realtime")
MINIMUM = 5


@dataclass(frozen=True)
class Pair:
    """A cell in an earlier wave and in this one; `has_other_wording` where the two are not declared equivalent."""

    versus: str
    cell: Cell
    has_other_wording: bool


def add_pairs(
    study: Study, wave_id: str, by_scale: dict[str, list[Cell]], groups: list[Group], tables: Tables, values: Values,
    rows: Rows,
) -> None:  # fmt: skip
    """Every pair of each scale that ends at the wave."""
    wave = study.wave(wave_id)
    if wave.round_kind not in ROUNDS:
        return
    tests: list[_Test] = []
    for scale_id, cells in by_scale.items():
        scale = study.scales[scale_id]
        pairs = _pairs(study, wave, cells, tables)
        if scale.kind == "text" or not pairs:
            continue
        if scale.counted_values:
            _add_counted(study, scale, pairs, groups, tables, rows, tests)
        else:
            _add_by_value(study, pairs, groups, values, rows, tests)
    _add_adjusted(tests, rows)


def _pairs(study: Study, wave: Wave, cells: Sequence[Cell], tables: Tables) -> list[Pair]:
    """The latest earlier round that rated each cell, and the earlier waves that a rule names."""
    arrived = set(tables.submissions.loc[tables.submissions["is_current"], "wave_id"])
    wordings = {
        (row.wave_id, row.item_id, row.dimension): row.wording for row in tables.asked.itertuples(index=False)
    }
    before = [
        one.wave_id
        for one in study.waves
        if one.sequence < wave.sequence and one.round_kind in ROUNDS and one.wave_id in arrived
    ]
    named = {rule.between[0] for rule in study.rules.stability if rule.between and rule.between[1] == wave.wave_id}
    found = []
    for cell in cells:
        rated = [one for one in before if (one, cell.item_id, cell.dimension) in wordings]
        for versus in rated:
            if versus == rated[-1] or versus in named:
                same = wordings[(versus, cell.item_id, cell.dimension)] == wordings[(wave.wave_id, cell.item_id, cell.dimension)]  # fmt: skip
                found.append(Pair(versus, cell, not same))
    return found


@dataclass(frozen=True)
class _Test:
    """A p-value that waits for the adjustment over the items of its family."""

    versus: str
    group: Group
    cell: Cell
    statistic: str
    p: float
    n: int


def _add_counted(
    study: Study, scale: Scale, pairs: list[Pair], groups: list[Group], tables: Tables, rows: Rows, tests: list[_Test]
) -> None:
    points = list(scale.counted_values)
    values = np.array(points, dtype=float)
    index = pd.MultiIndex.from_tuples([(p.versus, p.cell.item_id, p.cell.dimension, p.cell.part) for p in pairs])
    frame = tables.transitions.assign(
        before=tables.transitions["value_before"].astype("Float64").fillna(-1e9).astype("float64"),
        after=tables.transitions["value_after"].astype("Float64").fillna(-1e9).astype("float64"),
    )
    states = pd.Index([*values, -1e9])
    moved = pivot(
        frame,
        [
            (["versus_wave_id", "item_id", "dimension", "part"], index),
            (["group_by", "group_value"], pd.MultiIndex.from_tuples(groups)),
            (["before"], states),
            (["after"], states),
        ],
    )
    measures = {
        "share_unchanged": ds.share_unchanged(moved),
        "net_change": ds.net_change(moved),
    }
    is_ordered = scale.kind in ("ordinal", "rank")
    if is_ordered:
        measures["share_changed_gt1"] = ds.share_changed_gt1(moved)
        measures["delta_median"] = ds.delta_median(moved, values)
        measures["delta_iqr"] = ds.delta_iqr(moved, values, study.rules.quantile_type)
    tolerances = {t: ds.share_unchanged(moved, t) for t in _tolerances(study)} if is_ordered else {}
    kappas = {w: ds.weighted_kappa(moved, values, w) for w in _weights(study)} if scale.kind == "ordinal" else {}
    n = ds.n_paired(moved)
    for p, pair in enumerate(pairs):
        for g, group in enumerate(groups):
            size = int(n[p, g])
            writer = _Writer(rows, pair, group, size)
            writer.add("n_paired", float(size), "no_data")
            for name, result in measures.items():
                least = 2 if name == "delta_iqr" else 1
                options = params(quantile_type=study.rules.quantile_type) if name.startswith("delta") else "{}"
                writer.add(name, float(result[p, g]), "no_pairs" if size < 1 or least == 1 else "too_few", options)
            for tolerance, result in tolerances.items():
                writer.add("share_unchanged", float(result[p, g]), "no_pairs", params(tolerance=tolerance))
            for weights, result in kappas.items():
                _add_kappa(study, writer, moved[p, g], values, float(result[p, g]), weights)
            if is_ordered:
                both = moved[p, g, :-1, :-1]
                _add_wilcoxon(writer, *_differences(both, values), tests)


def _tolerances(study: Study) -> list[int]:
    return sorted({r.tolerance for r in study.rules.stability if r.measure == "share_unchanged" and r.tolerance})


def _weights(study: Study) -> list[str]:
    return sorted({"quadratic", *(r.weights for r in study.rules.stability if r.weights)})


def _differences(both: NDArray[np.int64], values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distinct differences later minus earlier, and how many pairs have each."""
    before, after = np.nonzero(both)
    given = np.round(values[after] - values[before], 9)
    distinct, inverse = np.unique(given, return_inverse=True)
    return distinct, np.bincount(inverse, weights=both[before, after], minlength=len(distinct)).astype(np.int64)


class _Writer:
    """Adds the rows of one pair, cell and group."""

    def __init__(self, rows: Rows, pair: Pair, group: Group, n: int) -> None:
        self.rows, self.pair, self.group, self.n = rows, pair, group, n

    def add(
        self, name: str, value: float | None, reason: str, options: str = "{}", *flags: str,
        low: float | None = None, high: float | None = None,
    ) -> None:  # fmt: skip
        if self.pair.has_other_wording and name != "n_paired":
            value, reason, low, high, flags = None, "wording_changed", None, None, ()
        marks = sorted({*flags, *(["n_below_minimum"] if self.n < MINIMUM else [])})
        self.rows.add(
            name, self.group, self.pair.cell, value, self.n, versus=self.pair.versus, low=low, high=high, reason=reason,
            flags=" ".join(marks), options=options,
        )  # fmt: skip


def _add_kappa(
    study: Study, writer: _Writer, moved: NDArray[np.int64], values: NDArray[np.float64], kappa: float, weights: str
) -> None:
    before, after = ds.margins(moved)
    flags = []
    if (before > 0).sum() == 1 or (after > 0).sum() == 1:
        flags.append("restricted_range")
    reason = "no_pairs" if writer.n == 0 else "too_few" if writer.n < 2 else "no_variation"
    wanted = writer.group == EVERYONE or study.rules.bootstrap_draws is not None
    if not wanted or writer.pair.has_other_wording or not np.isfinite(kappa) or writer.n < ds.resampling.FEWEST:
        writer.add("weighted_kappa", kappa, reason, params(weights=weights), *flags if np.isfinite(kappa) else ())
        return
    draws, seed = study.rules.bootstrap_draws or ds.resampling.DRAWS, study.rules.seed
    cell = writer.pair.cell
    key = "|".join(
        (writer.rows.wave_id, writer.pair.versus, cell.item_id, cell.dimension, cell.part, *writer.group, weights)
    )
    found = ds.weighted_kappa_interval(moved, values, ds.stream(seed, key), draws, weights)
    if found.unusable > 0.05:
        flags.append("boot_degenerate")
    options = params(bootstrap={"draws": draws, "method": "percentile", "seed": seed}, weights=weights)
    writer.add("weighted_kappa", kappa, reason, options, *flags, low=found.low, high=found.high)


def _add_wilcoxon(
    writer: _Writer, differences: NDArray[np.float64], counts: NDArray[np.int64], tests: list[_Test]
) -> None:
    if writer.n == 0 or writer.pair.has_other_wording:
        for name in ("wilcoxon_signed_rank", "wilcoxon_signed_rank_p", "wilcoxon_signed_rank_p_holm"):
            writer.add(name, None, "no_pairs")
        return
    found = ds.wilcoxon_signed_rank(differences, counts)
    flags = () if found.is_exact else ("approximate_p",)
    writer.add("wilcoxon_signed_rank", found.statistic, "no_discordant_pairs")
    writer.add("wilcoxon_signed_rank_p", found.p, "no_discordant_pairs", "{}", *flags)
    tests.append(
        _Test(writer.pair.versus, writer.group, writer.pair.cell, "wilcoxon_signed_rank_p_holm", found.p, writer.n)
    )


def _add_by_value(
    study: Study, pairs: list[Pair], groups: list[Group], values: Values, rows: Rows, tests: list[_Test]
) -> None:
    typed = params(quantile_type=study.rules.quantile_type)
    for pair in pairs:
        for group in groups:
            before, after = values.pairs(pair.versus, rows.wave_id, pair.cell, group)
            n = len(before)
            writer = _Writer(rows, pair, group, n)
            writer.add("n_paired", float(n), "no_data")
            writer.add("share_unchanged", float(np.mean(before == after)) if n else None, "no_pairs")
            spread = [_spread(given, study.rules.quantile_type) for given in (before, after)]
            writer.add("delta_median", spread[1][0] - spread[0][0], "no_pairs", typed)
            writer.add("delta_iqr", spread[1][1] - spread[0][1], "no_pairs" if n < 1 else "too_few", typed)
            distinct, counts = np.unique(np.round(after - before, 9), return_counts=True)
            _add_wilcoxon(writer, distinct, counts, tests)


def _spread(given: NDArray[np.float64], quantile_type: int) -> tuple[float, float]:
    if not len(given):
        return float("nan"), float("nan")
    points, counts = np.unique(given, return_counts=True)
    return float(ds.median(counts, points)), float(ds.iqr(counts, points, quantile_type))


def _add_adjusted(tests: list[_Test], rows: Rows) -> None:
    """Holm over the items of one wave pair, dimension and group."""
    families: dict[tuple[str, Group, str, str], list[_Test]] = {}
    for test in tests:
        families.setdefault((test.versus, test.group, test.cell.dimension, test.cell.part), []).append(test)
    for family in families.values():
        for test, p in zip(family, ds.holm([one.p for one in family]), strict=True):
            flags = "n_below_minimum" if test.n < MINIMUM else None
            rows.add(test.statistic, test.group, test.cell, float(p), test.n, versus=test.versus, flags=flags, reason="no_pairs")  # fmt: skip


