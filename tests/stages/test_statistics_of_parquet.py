"""Agreement over the items of a long Parquet file, where too few of them have two ratings."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from delphi.stages.parquet import statistics_of_parquet
from delphi.warehouse.counting_parquet import LongColumns

CASES = [
    # answers per person and item, reason of alpha, reason of raw agreement, why
    ({1: {1: 2, 2: 3}, 2: {1: 2, 2: 2}}, None, None, "two items with two ratings"),
    ({1: {1: 2, 2: 3}, 2: {1: 2}}, "too_few_units", "too_few_units", "one item with two ratings"),
    ({1: {1: 2}, 2: {1: 3}}, "too_few_units", "too_few_units", "one item"),
    ({1: {1: 2}, 2: {2: 3}}, "no_pairs", "no_pairs", "two items, each with one rating"),
    ({1: {1: 2, 2: 2}, 2: {1: 2, 2: 2}}, "no_variation", None, "all ratings equal"),
]


@pytest.mark.parametrize(("answers", "of_alpha", "of_raw", "why"), CASES)
def test_agreement_over_items_needs_two_with_two_ratings(
    tmp_path: Path, answers: dict[int, dict[int, int]], of_alpha: str | None, of_raw: str | None, why: str
) -> None:
    long, results = tmp_path / "long.parquet", tmp_path / "results.duckdb"
    rows = [(1, person, item, value) for person, given in answers.items() for item, value in given.items()]
    with duckdb.connect() as connection:
        connection.execute("create table t (wave integer, respondent integer, item integer, value integer)")
        connection.executemany("insert into t values (?, ?, ?, ?)", rows)
        connection.execute(f"copy t to '{long}' (format parquet)")
    statistics_of_parquet(long, results, LongColumns(group=None), values=range(1, 4))
    with duckdb.connect(str(results), read_only=True) as connection:
        found = connection.execute(
            "select statistic, value, reason from statistics where item_id is null order by statistic"
        ).fetchall()
    for (name, value, reason), expected in zip(found, (of_alpha, of_raw), strict=True):
        assert reason == expected, (name, why)
        assert (value is None) == (expected is not None), (name, why)
