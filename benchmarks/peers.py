"""The same statistics as `stages/parquet.py` computes, as an analyst writes them with pandas, SciPy and statsmodels.

Two ways: `loop` takes the answers of one wave, item and group after the other, as these libraries do; `groupby` leaves to pandas
what it aggregates itself, and loops for the rest. Krippendorff's alpha comes from the package `krippendorff` where somebody has
installed it (GPL, so never with this project), else from its formula. DuckDB reads the file, since pandas alone reads no Parquet.

python -m benchmarks.peers loop|groupby SOURCE RESULTS
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa, to_table
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

try:
    import krippendorff
except ImportError:
    krippendorff = None

from benchmarks.generate import POINTS

IMPORTS = time.process_time()
"""What the start of Python and the imports took."""
SCALE = np.arange(1, POINTS + 1)
BANDS = {"percent_agreement": (7, 9), "bottom_box": (1, 3)}
EXACT_UP_TO = 25
"""So many differences have an exact p; SciPy's own exact p does not allow for ties."""
KEY = ("wave_id", "versus_wave_id", "item_id", "group_value", "statistic")


def main() -> None:
    """Compute, write and say how long the imports took."""
    way, source, results = sys.argv[1:4]
    frame = duckdb.execute(
        "select wave, respondent, item, grp, value::double as value from read_parquet($path)",
        {"path": source},
    ).df()
    rows = [*of_waves(frame, WAYS[way]), *over_items(frame), *of_pairs(frame)]
    with duckdb.connect(results) as connection:
        connection.register("found", pd.DataFrame(rows, columns=[*KEY, "value", "low", "high"]))
        connection.execute("create or replace table statistics as select * from found")
    used = getattr(krippendorff, "__version__", "installed") if krippendorff else None
    print(json.dumps({"imports": IMPORTS, "krippendorff": used}))


def of_waves(frame: pd.DataFrame, describe: Callable[..., pd.DataFrame]) -> list[tuple[Any, ...]]:
    """Statistics of each wave and item, of everybody and of each group."""
    rows = []
    for by in (["wave", "item"], ["wave", "item", "grp"]):
        found = describe(frame, by)
        for (wave, item, *group), one in zip(found.index, found.to_dict("records"), strict=True):
            rows += [
                _row(
                    wave, None, item, group, name, one[name], one.get(f"{name} low"), one.get(f"{name} high")
                )
                for name in one
                if " " not in name
            ]
    return rows


def described_in_a_loop(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """One cell after the other."""
    places, found = [], []
    for place, values in frame.groupby(by)["value"]:
        answers = values.dropna()
        q1, half, q3 = answers.quantile([0.25, 0.5, 0.75])
        one = {
            "n_valid": len(answers), "n_shown": len(values), "mean": answers.mean(), "sd": answers.std(),
            "median": half, "q1": q1, "q3": q3, "iqr": q3 - q1 if len(answers) >= 2 else np.nan,
        }  # fmt: skip
        for name, (least, greatest) in BANDS.items():
            inside = int(answers.between(least, greatest).sum())
            if len(answers):
                one[name] = inside / len(answers)
                one[f"{name} low"], one[f"{name} high"] = proportion_confint(
                    inside, len(answers), method="wilson"
                )
        places.append(place)
        found.append({**one, **_of_answers(np.sort(answers.to_numpy()))})
    return pd.DataFrame(found, index=pd.MultiIndex.from_tuples(places))


def described_by_groupby(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """What pandas aggregates over all cells at once, the rest one by one."""
    grouped = frame.groupby(by)["value"]
    found = pd.DataFrame(
        {
            "n_valid": grouped.count(), "n_shown": grouped.size(), "mean": grouped.mean(), "sd": grouped.std(),
            "median": grouped.median(), "q1": grouped.quantile(0.25), "q3": grouped.quantile(0.75),
        }
    )  # fmt: skip
    found["iqr"] = (found["q3"] - found["q1"]).where(found["n_valid"] >= 2)
    for name, (least, greatest) in BANDS.items():
        inside = frame["value"].between(least, greatest).groupby([frame[column] for column in by]).sum()
        low, high = proportion_confint(inside, found["n_valid"], method="wilson")
        found[name], found[f"{name} low"], found[f"{name} high"] = inside / found["n_valid"], low, high
    each = [_of_answers(np.sort(values.dropna().to_numpy())) for _, values in grouped]
    return found.join(pd.DataFrame(each, index=found.index))


WAYS = {"loop": described_in_a_loop, "groupby": described_by_groupby}


def _of_answers(answers: np.ndarray) -> dict[str, float]:
    """What takes one sample at a time: the median's interval by order statistics, and agreement."""
    rank = int(stats.binom.ppf(0.025, len(answers), 0.5))
    low, high = (answers[rank - 1], answers[-rank]) if rank > 0 else (np.nan, np.nan)
    histogram = np.bincount(answers.astype(int), minlength=POINTS + 1)[1:]
    return {"median low": low, "median high": high, "van_der_eijk_agreement": agreement(histogram)}


def _row(
    wave: int, versus: int | None, item: int | None, group: list[int], name: str, value: float,
    low: float | None = None, high: float | None = None,
) -> tuple[Any, ...]:  # fmt: skip
    """A row of the table, ids as texts."""
    ids = [None if one is None else str(one) for one in (wave, versus, item)]
    return (*ids, str(group[0]) if group else "all", name, value, low, high)


def agreement(histogram: np.ndarray) -> float:
    """Agreement A of van der Eijk (2001): the histogram is peeled into layers."""
    rest, n = histogram.copy(), histogram.sum()
    if n < 2:
        return float("nan")
    total = 0.0
    while rest.any():
        occupied = rest > 0
        height = rest[occupied].min()
        total += height * occupied.sum() / n * _layer(occupied)
        rest = rest - height * occupied
    return total


def _layer(occupied: np.ndarray) -> float:
    size = int(occupied.sum())
    if size == 1:
        return 1.0
    patterns = Counter(combinations(occupied.tolist(), 3))
    unimodal = patterns[True, True, False] + patterns[False, True, True]
    bimodal = patterns[True, False, True]
    if unimodal + bimodal == 0:
        return 0.0
    shape = ((POINTS - 2) * unimodal - (POINTS - 1) * bimodal) / ((POINTS - 2) * (unimodal + bimodal))
    return shape * (1 - (size - 1) / (POINTS - 1))


def over_items(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Agreement of each wave over all its items."""
    rows = []
    for wave, part in frame.dropna(subset="value").groupby("wave"):
        table = pd.crosstab(part["item"], part["value"]).reindex(columns=SCALE, fill_value=0).to_numpy()
        raters = table.sum(axis=1)
        usable = raters >= 2
        agreeing = (table * (table - 1)).sum(axis=1)[usable] / (raters * (raters - 1))[usable]
        rows.append(_row(wave, None, None, [], "observed_agreement", agreeing.mean()))
        rows.append(_row(wave, None, None, [], "krippendorff_alpha", _alpha(table[usable])))
    return rows


def _alpha(table: np.ndarray) -> float:
    """Krippendorff's alpha of ordinal data from how many raters chose each value of each unit."""
    if krippendorff:
        return krippendorff.alpha(
            value_counts=table, value_domain=SCALE.astype(float), level_of_measurement="ordinal"
        )
    coincidences = np.zeros((POINTS, POINTS))
    for unit in table.astype(float):
        coincidences += (np.outer(unit, unit) - np.diag(unit)) / (unit.sum() - 1)
    margins = coincidences.sum(axis=0)
    distance = np.zeros((POINTS, POINTS))
    for first, second in combinations(range(POINTS), 2):
        between = margins[first : second + 1].sum() - (margins[first] + margins[second]) / 2
        distance[first, second] = distance[second, first] = between**2
    expected = np.outer(margins, margins) - np.diag(margins)
    return 1 - (margins.sum() - 1) * (coincidences * distance).sum() / (expected * distance).sum()


def of_pairs(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Change from each wave to the next, on those who answered both."""
    wide = frame.pivot(index=["respondent", "grp"], columns=["wave", "item"], values="value")
    waves, items = sorted(frame["wave"].unique()), sorted(frame["item"].unique())
    members = wide.index.get_level_values("grp").to_numpy()
    panels = [([], wide), *(([group], wide[members == group]) for group in np.unique(members))]
    rows = []
    for group, panel in panels:
        for earlier, later in pairwise(waves):
            found = []
            for item in items:
                before, after = panel[earlier, item].to_numpy(), panel[later, item].to_numpy()
                is_paired = np.isfinite(before) & np.isfinite(after)
                found.append(_change(before[is_paired], after[is_paired]))
            p = np.array([one["wilcoxon_signed_rank_p"] for one in found])
            known = np.isfinite(p)
            adjusted = np.full(len(p), np.nan)
            if known.any():
                adjusted[known] = multipletests(p[known], method="holm")[1]
            for item, one, holm in zip(items, found, adjusted, strict=True):
                one["wilcoxon_signed_rank_p_holm"] = holm
                rows += [_row(later, earlier, item, group, name, value) for name, value in one.items()]
    return rows


def _change(before: np.ndarray, after: np.ndarray) -> dict[str, float]:
    """Statistics of one item between two waves."""
    n, nothing = len(before), float("nan")
    if n == 0:
        names = (
            "share_unchanged", "net_change", "share_changed_gt1", "delta_median", "delta_iqr", "weighted_kappa",
            "wilcoxon_signed_rank", "wilcoxon_signed_rank_p",
        )  # fmt: skip
        return {"n_paired": 0, **dict.fromkeys(names, nothing)}
    apart = np.abs(after - before)
    table, _ = to_table(np.column_stack([before, after]) - 1, bins=POINTS)
    is_flat = n < 2 or np.diag(table).max() == n
    spread = [np.subtract(*np.percentile(one, [75, 25])) for one in (before, after)]
    statistic, p = _signed_rank(after - before)
    return {
        "n_paired": n,
        "share_unchanged": (apart == 0).mean(),
        "net_change": np.abs(table.sum(axis=0) - table.sum(axis=1)).sum() / (2 * n),
        "share_changed_gt1": (apart > 1).mean(),
        "delta_median": np.median(after) - np.median(before),
        "delta_iqr": spread[1] - spread[0] if n >= 2 else nothing,
        "weighted_kappa": nothing if is_flat else cohens_kappa(table, wt="quadratic", return_results=False),
        "wilcoxon_signed_rank": statistic,
        "wilcoxon_signed_rank_p": p,
    }


def _signed_rank(differences: np.ndarray) -> tuple[float, float]:
    """Wilcoxon's signed-rank test; up to 25 differences by counting all choices of signs, ties included."""
    moved = differences[differences != 0]
    if len(moved) == 0:
        return float("nan"), 1.0
    if len(moved) > EXACT_UP_TO:
        test = stats.wilcoxon(moved, zero_method="wilcox", correction=False, method="asymptotic")
        return float(test.statistic), float(test.pvalue)
    doubled = (2 * stats.rankdata(np.abs(moved))).astype(int)
    ways = np.zeros(doubled.sum() + 1)
    ways[0] = 1
    for rank in doubled:
        ways[rank:] += ways[:-rank].copy()
    plus = doubled[moved > 0].sum()
    least = min(plus, doubled.sum() - plus)
    return least / 2, min(1.0, 2 * ways[: least + 1].sum() / ways.sum())


@dataclass(frozen=True)
class Agreement:
    """How far the numbers of two tables agree: numbers that stand in both, that stand in one only, and the largest difference,
    by the size of the number where that is above 1."""

    compared: int
    apart: int
    largest: float
    worst: str


def compared(ours: Path, theirs: Path) -> Agreement:
    """Values and intervals of our table beside those of the peers."""
    same = " and ".join(f"ours.{name} is not distinct from theirs.{name}" for name in KEY)
    parts = " union all ".join(
        f"select statistic, {part} from paired" for part in ("value, value_1", "low, low_1", "high, high_1")
    )
    with duckdb.connect() as connection:
        for name, path in (("a", ours), ("b", theirs)):
            connection.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as {name} (read_only)")
        row = connection.execute(
            f"""
            with ours as (select * from a.statistics),
            theirs as (
                select * replace (
                    case when isfinite(value) then value end as value, case when isfinite(low) then low end as low,
                    case when isfinite(high) then high end as high
                ) from b.statistics
            ),
            paired as (
                select
                    coalesce(ours.statistic, theirs.statistic) as statistic, ours.value, theirs.value as value_1,
                    ours.low, theirs.low as low_1, ours.high, theirs.high as high_1
                from ours full join theirs on {same}
            ),
            numbers(statistic, x, y) as ({parts})
            select
                count(*) filter (x is not null and y is not null), count(*) filter ((x is null) <> (y is null)),
                coalesce(max(abs(x - y) / greatest(1, abs(x))), 0), arg_max(statistic, abs(x - y) / greatest(1, abs(x)))
            from numbers
            """
        ).fetchone()
    assert row is not None
    return Agreement(*row)


if __name__ == "__main__":
    main()
