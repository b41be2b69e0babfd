"""A long Parquet file too large for the ordinary way → findings, and the statistics of one ordinal scale in a DuckDB file.

Everything is computed for all waves, items and groups at once, from counts and transitions. Bootstrap
intervals are left out, and so is what needs to know who left: the way through a study file has them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from delphi import statistics as ds
from delphi.errors import AnswersError
from delphi.warehouse.counting_parquet import Counted, LongColumns, count_parquet
from delphi.warehouse.long_file import Id
from delphi.warehouse.long_rows import long_rows
from delphi.warehouse.long_statistics import REASONS, Measured, write_measured

if TYPE_CHECKING:
    from delphi.validation.long_answers import LongFinding

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bands = dict[str, tuple[str, int, int]]
ROWS_NAMED = 5


def validate_parquet(
    path: Path,
    columns: LongColumns | None = None,
    *,
    values: Sequence[Id],
    waves: Sequence[Id] | None = None,
    items: Sequence[Id] | None = None,
    groups: Sequence[Id] | None = None,
    missing: Sequence[Id] = (),
    looks_for_repeated: bool = True,
    rows_named: int = ROWS_NAMED,
) -> list[LongFinding]:
    """Everything that is wrong with a long file, counted whole and with the first rows of each kind.

    Parameters
    ----------
    path : Parquet file with a row per respondent, wave and item
    columns : names of the columns
    values : points of the scale, as the file writes them
    waves, items, groups : ids that are allowed; None: those that occur
    missing : values that stand for no answer, like an empty cell
    looks_for_repeated : whether respondents with two rows for an item or two groups are looked for, which takes another
        pass over the file
    rows_named : so many rows are named of each finding

    Returns
    -------
    list of LongFinding
        Empty for a file that can be counted. `count_parquet` refuses exactly the files that have findings.

    Raises
    ------
    AnswersError
        If the file is no Parquet file, lacks a column, or holds far more combinations than items on a scale have.

    Notes
    -----
    The file is grouped once to its distinct combinations of wave, item, group and value, Pandera looks at these, and the
    rows of those that fail are fetched by a join. No value is told, and ids only where they are declared.
    """
    from delphi.validation.long_answers import (
        DeclaredAnswers,
        LongFinding,
        broken_combinations,
        combination_frame,
    )

    names = columns or LongColumns()
    with long_rows(path, names) as rows:

        def written(column: str | None, ids: Sequence[Id] | None) -> tuple[Id, ...] | None:
            return None if ids is None or column is None else tuple(rows.as_written(column, ids))

        declared = DeclaredAnswers(
            written(names.value, (*values, *missing)) or (),
            written(names.wave, waves),
            written(names.item, items),
            written(names.group, groups),
            has_groups=names.group is not None,
        )
        occurring = rows.combinations()
        frame = combination_frame(
            [one.key for one in occurring], [one.n_nobody for one in occurring], declared.has_groups
        )
        broken = broken_combinations(frame, [one.n_rows for one in occurring], declared)
        wanted = [(number, occurring[place].key) for number, one in enumerate(broken) for place in one.places]
        first = rows.first_rows(wanted, rows_named) if wanted else {}
        findings = []
        for number, one in enumerate(broken):
            is_nobody = one.finding.column == "respondent"
            places = rows.first_rows_of_nobody(rows_named) if is_nobody else first[number]
            findings.append(replace(one.finding, rows=places))
        if looks_for_repeated:
            axes = [
                tuple(dict.fromkeys(one.key[axis] for one in occurring)) if ids is None else ids
                for axis, ids in enumerate((declared.waves, declared.items))
            ]
            again = rows.repeated(axes[0], axes[1], rows_named)
            if again.n_rows:
                findings.append(
                    LongFinding("duplicate_contradiction", "respondent", again.n_rows, again.rows)
                )
            if again.n_in_two_groups:
                findings.append(LongFinding("two_groups", "group", again.n_in_two_groups))
    return findings


def statistics_of_parquet(
    path: Path,
    results: Path,
    columns: LongColumns | None = None,
    *,
    values: Sequence[Id],
    waves: Sequence[Id] | None = None,
    items: Sequence[Id] | None = None,
    groups: Sequence[Id] | None = None,
    missing: Mapping[Id, str] | None = None,
    bands: Bands | None = None,
    quantile_type: int = 7,
) -> int:
    """Count a long file and write its statistics.

    Parameters
    ----------
    path : Parquet file with a row per respondent, wave and item
    results : DuckDB file that gets the table `statistics`
    columns : names of the columns
    values : points of the scale, rising
    waves, items, groups : ids in order; None: those that occur
    missing : value of the file → reason for no answer
    bands : statistic → name, least and greatest point of the band whose share it is
    quantile_type : as in the study file

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    AnswersError
        If the file cannot be counted; then nothing is written, and everything that `validate_parquet` finds is named.

    Notes
    -----
    Counting refuses what validation finds, at no cost; so only a file that is refused is validated, to say all that is
    wrong with it.
    """
    names = columns or LongColumns()
    allowed: dict[str, Any] = {"values": values, "waves": waves, "items": items, "groups": groups}
    try:
        counted = count_parquet(path, names, **allowed, missing=missing)
    except AnswersError as refusal:
        problems = [
            one.problem(path.name)
            for one in validate_parquet(path, names, **allowed, missing=tuple(missing or ()))
        ]
        raise AnswersError(problems or refusal.problems) from None
    measured = [*of_waves(counted, bands or {}, quantile_type), *of_pairs(counted, quantile_type)]
    return write_measured(results, counted, measured, group_by=names.group or "group")


def of_waves(counted: Counted, bands: Bands, quantile_type: int = 7) -> list[Measured]:
    """Statistics of each wave, item and group, and of each wave over all items."""
    counts = counted.counts
    scale = np.array(counted.values, dtype=np.float64)
    n = counts.sum(axis=-1)
    shown = n + counted.nonanswers[..., :-1].sum(axis=-1)
    empty = np.where(shown > 0, _reason("no_valid_answers"), _reason("no_data"))
    few = np.where(n == 0, empty, _reason("too_few"))
    short = np.where(n == 0, empty, _reason("scale_too_short" if len(scale) < 3 else "too_few"))
    typed = _params(quantile_type=quantile_type)
    low, high = ds.median_interval(counts, scale)
    half = ds.quantile(counts, scale, Fraction(1, 2), quantile_type)
    q1, q3 = (ds.quantile(counts, scale, Fraction(k, 4), quantile_type) for k in (1, 3))
    found = [
        Measured("n_valid", n.astype(np.float64), n, 0),
        Measured("n_shown", shown.astype(np.float64), n, 0),
        Measured("median", half, n, empty, params=typed, low=low, high=high),
        Measured("q1", q1, n, empty, params=typed),
        Measured("q3", q3, n, empty, params=typed),
        Measured("iqr", np.where(n >= 2, q3 - q1, np.nan), n, few, params=typed),
        Measured("mean", ds.mean(counts, scale), n, empty),
        Measured("sd", ds.sd(counts, scale), n, few),
        Measured("van_der_eijk_agreement", ds.van_der_eijk_agreement(counts), n, short),
    ]
    for statistic, (name, least, greatest) in bands.items():
        within = (scale >= least) & (scale <= greatest)
        numerator = counts[..., within].sum(axis=-1)
        lower, upper = ds.wilson_interval(numerator, n)
        options = f'{{"band":{json.dumps(name)},"base":"valid","denominator":$n,"numerator":$numerator}}'
        found.append(
            Measured(
                statistic, ds.share(counts, within), n, empty, params=options, low=lower, high=upper,
                numerator=numerator,
            )
        )  # fmt: skip
    return found + _over_items(counts[:, :, 0], len(counted.items))


def _over_items(histograms: Integers, n_items: int) -> list[Measured]:
    raters = histograms.sum(axis=-1)
    most, usable = raters.max(axis=-1, initial=0), (raters >= 2).sum(axis=-1)
    few = np.where((usable == 0) & (n_items >= 2), _reason("no_pairs"), _reason("too_few_units"))
    reasons = np.where(usable >= 2, _reason("no_variation"), few)
    options = _params(level="ordinal", n_items=n_items)
    both = {"krippendorff_alpha": ds.krippendorff_alpha, "observed_agreement": ds.observed_agreement}
    return [
        Measured(name, compute(histograms), most, reasons, params=options) for name, compute in both.items()
    ]


def of_pairs(counted: Counted, quantile_type: int = 7) -> list[Measured]:
    """Change between the waves of each pair, per item and group, on those who answered both."""
    if not counted.pairs:
        return []
    moved, scale = counted.transitions, np.array(counted.values, dtype=np.float64)
    n = ds.n_paired(moved)
    none = _reason("no_pairs")
    few = np.where(n == 0, none, _reason("too_few"))
    flat = np.where(n < 2, few, _reason("no_variation"))
    typed = _params(quantile_type=quantile_type)
    test = ds.wilcoxon_signed_rank(*ds.differences(moved, scale))
    p = np.where(n > 0, test.p, np.nan)
    still = np.where(n == 0, none, _reason("no_discordant_pairs"))
    adjusted = np.full(p.shape, np.nan)
    for pair, group in np.ndindex(p.shape[0], p.shape[2]):
        adjusted[pair, :, group] = ds.holm(p[pair, :, group])
    kappa = ds.weighted_kappa(moved, scale)
    rows: list[tuple[str, Floats, Integers | int, str]] = [
        ("n_paired", n.astype(np.float64), 0, "{}"),
        ("share_unchanged", ds.share_unchanged(moved), none, "{}"),
        ("net_change", ds.net_change(moved), none, "{}"),
        ("share_changed_gt1", ds.share_changed_gt1(moved), none, "{}"),
        ("delta_median", ds.delta_median(moved, scale), none, typed),
        ("delta_iqr", ds.delta_iqr(moved, scale, quantile_type), few, typed),
        ("weighted_kappa", kappa, flat, _params(weights="quadratic")),
        ("wilcoxon_signed_rank", test.statistic, still, "{}"),
        ("wilcoxon_signed_rank_p", p, none, "{}"),
        ("wilcoxon_signed_rank_p_holm", adjusted, none, "{}"),
    ]
    return [Measured(name, value, n, why, True, options) for name, value, why, options in rows]


def _reason(name: str) -> int:
    return REASONS.index(name)


def _params(**options: object) -> str:
    return json.dumps(options, sort_keys=True, separators=(",", ":"))
