"""Rows of `statistics` for pairs of waves: change since an earlier round, on paired answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from delphi import statistics as ds
from delphi.stages.requested_rows import add_of_pairs, add_of_two_rankings
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
from delphi.stages.statistic_values import Values
from delphi.study import Scale, Study, Wave
from delphi.study.model import PANEL_ROUNDS

NOTHING = -1e9
"""Category of no answer: below every scale."""
RANKED = params(ties="mid_ranks", zeros="dropped")


@dataclass(frozen=True)
class Pair:
    """A cell in an earlier wave and in this one; `has_other_wording` where the two are not declared
    equivalent."""

    versus: str
    cell: Cell
    has_other_wording: bool


def add_pairs(
    study: Study,
    wave_id: str,
    by_scale: dict[str, list[Cell]],
    groups: list[Group],
    tables: Tables,
    values: Values,
    rows: Rows,
) -> None:
    """Every pair of each scale that ends at the wave."""
    wave = study.wave(wave_id)
    if wave.round_kind not in PANEL_ROUNDS:
        return
    tests: list[_Test] = []
    moves = _moves(tables.transitions)
    for scale_id, cells in by_scale.items():
        scale = study.scales[scale_id]
        pairs = _pairs(study, wave, cells, tables)
        if scale.kind == "text" or not pairs:
            continue
        if scale.counted_values:
            tests += _add_counted(study, scale, pairs, groups, moves, rows)
            add_of_two_rankings(study, scale, pairs, groups, values, rows)
        else:
            tests += _add_by_value(study, pairs, groups, values, rows)
    _add_adjusted(tests)


def _pairs(study: Study, wave: Wave, cells: Sequence[Cell], tables: Tables) -> list[Pair]:
    """The latest earlier round that rated each cell, and the earlier waves that a rule names."""
    arrived = set(tables.submissions.loc[tables.submissions["is_current"].astype(bool), "wave_id"])
    keys = zip(*(tables.asked[name] for name in ("wave_id", "item_id", "dimension")), strict=True)
    wordings = dict(zip(keys, tables.asked["wording"].tolist(), strict=True))
    before = [
        one.wave_id
        for one in study.waves
        if one.sequence < wave.sequence and one.round_kind in PANEL_ROUNDS and one.wave_id in arrived
    ]
    named = {
        rule.between[0] for rule in study.rules.stability if rule.between and rule.between[1] == wave.wave_id
    }
    found = []
    for cell in cells:
        rated = [one for one in before if (one, cell.item_id, cell.dimension) in wordings]
        for versus in rated:
            if versus == rated[-1] or versus in named:
                same = (
                    wordings[(versus, cell.item_id, cell.dimension)]
                    == wordings[(wave.wave_id, cell.item_id, cell.dimension)]
                )
                found.append(Pair(versus, cell, not same))
    return found


class _Writer:
    """Adds the rows of the pairs of one scale, in every group; `n` is how many answered both waves."""

    def __init__(
        self, rows: Rows, pairs: Sequence[Pair], groups: Sequence[Group], n: NDArray[np.int64]
    ) -> None:
        self.rows, self.pairs, self.n = rows, pairs, n
        self.grid = Grid([pair.cell for pair in pairs], groups, [pair.versus for pair in pairs])
        self.is_reworded = np.array([[pair.has_other_wording] for pair in pairs]) & np.ones(
            n.shape, dtype=bool
        )

    def add(
        self,
        name: str,
        value: NDArray[np.float64],
        reason: ArrayLike,
        options: ArrayLike = "{}",
        *,
        low: NDArray[np.float64] | None = None,
        high: NDArray[np.float64] | None = None,
        **marks: NDArray[np.bool_],
    ) -> None:
        """One statistic; two wordings make every one undefined but the number of pairs."""
        if name != "n_paired":
            value = np.where(self.is_reworded, np.nan, value)
            reason = np.where(self.is_reworded, "wording_changed", reason)
            marks = {mark: held & ~self.is_reworded for mark, held in marks.items()}
        flags = flags_of(self.n.shape, n_below_minimum=self.n < MINIMUM, **marks)
        self.rows.add_grid(
            name, self.grid, value, self.n, low=low, high=high, reason=reason, flags=flags, options=options
        )


@dataclass(frozen=True)
class _Test:
    """p-values that wait for the adjustment over the items of their family."""

    writer: _Writer
    p: NDArray[np.float64]
    is_approximate: NDArray[np.bool_]


def _add_counted(
    study: Study, scale: Scale, pairs: list[Pair], groups: list[Group], moves: Pivot, rows: Rows
) -> list[_Test]:
    values = np.array(scale.counted_values, dtype=float)
    moved = _moved(values, pairs, groups, moves)
    n = ds.n_paired(moved)
    add_of_pairs(study, scale, pairs, groups, moved, rows)
    writer = _Writer(rows, pairs, groups, n)
    writer.add("n_paired", n.astype(np.float64), "no_data")
    writer.add("share_unchanged", ds.share_unchanged(moved), "no_pairs")
    writer.add("net_change", ds.net_change(moved), "no_pairs")
    if scale.kind not in ("ordinal", "rank"):
        return []
    typed = params(quantile_type=study.rules.quantile_type)
    few = np.where(n < 1, "no_pairs", "too_few")
    writer.add("share_changed_gt1", ds.share_changed_gt1(moved), "no_pairs")
    writer.add("delta_median", ds.delta_median(moved, values, study.rules.quantile_type), "no_pairs", typed)
    writer.add("delta_iqr", ds.delta_iqr(moved, values, study.rules.quantile_type), few, typed)
    for tolerance in _tolerances(study):
        writer.add(
            "share_unchanged", ds.share_unchanged(moved, tolerance), "no_pairs", params(tolerance=tolerance)
        )
    if scale.kind == "ordinal":
        for weights in _weights(study):
            _add_kappa(study, writer, moved, values, weights)
    return [_add_wilcoxon(writer, ds.wilcoxon_signed_rank(*ds.differences(moved, values)))]


def _moved(
    values: NDArray[np.float64], pairs: list[Pair], groups: list[Group], moves: Pivot
) -> NDArray[np.int64]:
    """Transitions as pair × group × category before × category after, "no answer" last."""
    wanted = [(p.versus, p.cell.item_id, p.cell.dimension, p.cell.part) for p in pairs]
    states = [*values.tolist(), NOTHING]
    return moves.array(
        [
            (["versus_wave_id", "item_id", "dimension", "part"], wanted),
            (["group_by", "group_value"], groups),
            (["before"], states),
            (["after"], states),
        ],
    )


def _moves(transitions: pd.DataFrame) -> Pivot:
    """Transitions with numbers as categories, also for no answer."""
    before, after = (
        transitions[name].to_numpy(dtype=np.float64, na_value=NOTHING)
        for name in ("value_before", "value_after")
    )
    return Pivot(transitions.assign(before=before, after=after))


def _tolerances(study: Study) -> list[int]:
    return sorted(
        {r.tolerance for r in study.rules.stability if r.measure == "share_unchanged" and r.tolerance}
    )


def _weights(study: Study) -> list[str]:
    return sorted({"quadratic", *(r.weights for r in study.rules.stability if r.weights)})


def _add_kappa(
    study: Study, writer: _Writer, moved: NDArray[np.int64], values: NDArray[np.float64], weights: str
) -> None:
    kappa = ds.weighted_kappa(moved, values, weights)
    before, after = ds.margins(moved)
    is_unanimous = ((before > 0).sum(axis=-1) == 1) | ((after > 0).sum(axis=-1) == 1)
    draws, seed = study.rules.bootstrap_draws or ds.resampling.DRAWS, study.rules.seed
    drawn = params(bootstrap={"draws": draws, "method": "percentile", "seed": seed}, weights=weights)
    n = writer.n
    wanted = np.isfinite(kappa) & ~writer.is_reworded & (n >= ds.resampling.FEWEST)
    if study.rules.bootstrap_draws is None:
        wanted &= np.array([group == EVERYONE for group in writer.grid.groups])
    low, high, unusable = np.full(n.shape, np.nan), np.full(n.shape, np.nan), np.zeros(n.shape)
    for p, g in zip(*np.nonzero(wanted), strict=True):
        pair, group = writer.pairs[p], writer.grid.groups[g]
        cell = (pair.cell.item_id or "", pair.cell.dimension, pair.cell.part)
        rng = ds.stream(seed, "|".join((writer.rows.wave_id, pair.versus, *cell, *group, weights)))
        found = ds.weighted_kappa_interval(moved[p, g], values, rng, draws, weights)
        low[p, g], high[p, g], unusable[p, g] = found.low, found.high, found.unusable
    writer.add(
        "weighted_kappa",
        kappa,
        np.select([n == 0, n < 2], ["no_pairs", "too_few"], "no_variation"),
        np.where(wanted, drawn, params(weights=weights)),
        low=low,
        high=high,
        restricted_range=is_unanimous & np.isfinite(kappa),
        boot_degenerate=unusable > 0.05,
    )


def _add_wilcoxon(writer: _Writer, found: ds.SignedRank) -> _Test:
    has_pairs = writer.n > 0
    p = np.where(has_pairs & ~writer.is_reworded, found.p, np.nan)
    is_approximate = has_pairs & ~found.is_exact
    reason = np.where(has_pairs, "no_discordant_pairs", "no_pairs")
    writer.add("wilcoxon_signed_rank", found.statistic, reason, RANKED)
    writer.add("wilcoxon_signed_rank_p", p, "no_pairs", RANKED, approximate_p=is_approximate)
    return _Test(writer, p, is_approximate)


def _add_by_value(
    study: Study, pairs: list[Pair], groups: list[Group], values: Values, rows: Rows
) -> list[_Test]:
    """Numbers: the same from the answers themselves, without categories."""
    shape = (len(pairs), len(groups))
    n = np.zeros(shape, dtype=np.int64)
    names = ("unchanged", "median", "iqr", "statistic", "p", "n_nonzero")
    found = {name: np.full(shape, np.nan) for name in names}
    for place, pair in enumerate(pairs):
        before, after = values.of(pair.versus, pair.cell), values.of(rows.wave_id, pair.cell)
        apart, counts = values.histograms(np.round(after - before, 9))
        n[place] = counts.sum(axis=-1)
        found["unchanged"][place] = _share_of_equal(before, after, values)
        both = ~np.isnan(before) & ~np.isnan(after)
        earlier, later = (values.histograms(np.where(both, given, np.nan)) for given in (before, after))
        for name, measure in (("median", _middle), ("iqr", ds.iqr)):
            first, last = (
                measure(sizes, points, study.rules.quantile_type) for points, sizes in (earlier, later)
            )
            found[name][place] = last - first
        test = ds.wilcoxon_signed_rank(apart, counts)
        found["statistic"][place], found["p"][place], found["n_nonzero"][place] = (
            test.statistic,
            test.p,
            test.n_nonzero,
        )
    typed = params(quantile_type=study.rules.quantile_type)
    writer = _Writer(rows, pairs, groups, n)
    writer.add("n_paired", n.astype(np.float64), "no_data")
    writer.add("share_unchanged", found["unchanged"], "no_pairs")
    writer.add("delta_median", found["median"], "no_pairs", typed)
    writer.add("delta_iqr", found["iqr"], np.where(n < 1, "no_pairs", "too_few"), typed)
    many = found["n_nonzero"].astype(np.int64)
    return [
        _add_wilcoxon(writer, ds.SignedRank(found["statistic"], found["p"], many, many <= ds.EXACT_UP_TO))
    ]


def _middle(
    counts: NDArray[np.int64], points: NDArray[np.float64], quantile_type: int
) -> NDArray[np.float64]:
    return ds.quantile(counts, points, 0.5, quantile_type)


def _share_of_equal(
    before: NDArray[np.float64], after: NDArray[np.float64], values: Values
) -> NDArray[np.float64]:
    """Per group, the share of those with two answers whose answers are the same number."""
    both = values.members & ~np.isnan(before) & ~np.isnan(after)
    n = both.sum(axis=1)
    return np.where(n > 0, (both & (before == after)).sum(axis=1) / np.maximum(n, 1), np.nan)


def _add_adjusted(tests: Sequence[_Test]) -> None:
    """Holm over the items of one wave pair, dimension and group."""
    families: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for number, test in enumerate(tests):
        for place, pair in enumerate(test.writer.pairs):
            key = (pair.versus, pair.cell.dimension, pair.cell.part)
            families.setdefault(key, []).append((number, place))
    adjusted = [np.full(test.p.shape, np.nan) for test in tests]
    for family in families.values():
        p = np.array([tests[number].p[place] for number, place in family])
        for g in range(p.shape[1]):
            for (number, place), one in zip(family, ds.holm(p[:, g]), strict=True):
                adjusted[number][place, g] = one
    for test, p in zip(tests, adjusted, strict=True):
        test.writer.add(
            "wilcoxon_signed_rank_p_holm", p, "no_pairs", RANKED, approximate_p=test.is_approximate
        )
