"""The benchmarks measure what they say: the data are reproducible, and the fast way gives the ordinary numbers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from benchmarks.from_parquet import BANDS
from benchmarks.generate import GROUPS, POINTS, long_of_study, long_parquet, study_folder
from benchmarks.opinion_groups import made
from delphi.opinions.opinion_groups import opinion_groups
from delphi.opinions.stability import adjusted_rand
from delphi.stages.parquet import statistics_of_parquet
from delphi.stages.plan import run
from delphi.study import locate
from delphi.warehouse.counting_parquet import LongColumns

ITEMS, STATISTICS = 6, (
    "median", "q1", "q3", "iqr", "mean", "sd", "van_der_eijk_agreement", "percent_agreement", "bottom_box",
    "n_valid", "n_paired", "net_change", "share_unchanged", "share_changed_gt1", "weighted_kappa", "delta_median",
    "delta_iqr", "wilcoxon_signed_rank", "wilcoxon_signed_rank_p", "wilcoxon_signed_rank_p_holm",
    "krippendorff_alpha", "observed_agreement",
)  # fmt: skip
KEY = "wave_id, versus_wave_id, item_id, group_by, group_value, statistic"


def test_the_same_numbers_give_the_same_long_file(tmp_path: Path) -> None:
    first, second = (long_parquet(tmp_path / f"{name}.parquet", 5_000, items=10) for name in "ab")
    other = long_parquet(tmp_path / "c.parquet", 5_000, items=10, seed=2)
    rows = [
        duckdb.read_parquet(str(path)).order("wave, respondent, item").fetchall()
        for path in (first, second, other)
    ]
    assert rows[0] == rows[1] != rows[2]


def test_statistics_of_a_long_file_equal_those_of_the_ordinary_way(tmp_path: Path) -> None:
    study = study_folder(tmp_path / "study", respondents=60, items=ITEMS, waves=2)
    folder = locate(study)
    assert [one.stage for one in run(folder, until="statistics")][-1] == "statistics"
    long = long_of_study(study, tmp_path / "long.parquet")
    columns = LongColumns(group="grp")
    statistics_of_parquet(
        long, tmp_path / "results.duckdb", columns, values=range(1, POINTS + 1), bands=BANDS
    )
    with duckdb.connect(str(folder.warehouse), read_only=True) as connection:
        ordinary = _rows(connection)
    with duckdb.connect(str(tmp_path / "results.duckdb"), read_only=True) as connection:
        fast = _rows(connection)
    translated = {_named(key): values for key, values in fast.items()}
    assert set(translated) == set(ordinary)
    for key, (value, n) in translated.items():
        expected, size = ordinary[key]
        assert n == size, key
        assert (value is None) == (expected is None), key
        assert value is None or value == pytest.approx(expected, rel=1e-12, abs=1e-12), key


def _rows(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str | None, ...], tuple[float | None, int]]:
    found = connection.execute(
        f"select {KEY}, value, n from statistics where list_contains($wanted, statistic)"
        " and params not like '%tolerance%'",
        {"wanted": list(STATISTICS)},
    ).fetchall()
    return {row[:6]: row[6:] for row in found}


def _named(key: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Ids of the study in the place of the long file's numbers."""
    wave, versus, item, by, group, statistic = key
    return (
        f"r{int(wave or 0) + 1}",
        None if versus is None else f"r{int(versus) + 1}",
        None if item is None else f"i{int(item) + 1:03d}",
        "role" if by == "grp" else by,
        GROUPS[int(group or 0)] if by == "grp" else group,
        statistic,
    )


def test_the_deliberation_to_be_measured_is_reproducible_and_its_groups_are_found() -> None:
    votes, group = made(900, is_planted=True)
    again, _ = made(900, is_planted=True)
    assert (votes.vote == again.vote).all()
    assert (votes.statement == again.statement).all()
    assert votes.answered.tolist() == [60] * 900
    inside = np.diff(votes.statement)[np.diff(np.repeat(np.arange(900), 60)) == 0]
    assert (inside > 0).all(), "nobody votes twice on a statement"
    assert votes.seen.min() > 0
    found = opinion_groups(votes, resamples=0, seeds=0)
    assert adjusted_rand(group, found.group) > 0.95
