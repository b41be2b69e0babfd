"""Questions to a long Parquet file: combinations, their first rows, and who answered twice, whatever its columns are called."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from delphi.warehouse.counting_parquet import LongColumns
from delphi.warehouse.long_rows import Combination, Repeated, long_rows

ODD = LongColumns(wave="cell", respondent='re"sp', item="number", group="wave", value="item")
ROWS = [
    (1, 7, 3, 0, 5), (1, 7, 4, 0, None), (1, 8, 3, None, 5), (1, None, 3, 0, 5), (2, 7, 3, 0, 5), (1, 7, 3, 0, 5),
    (1, 9, 4, 0, 5), (2, 9, 4, 1, 5), (1, 7, 3, 0, 4),
]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "long.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            'create table t ("cell" utinyint, "re""sp" bigint, "number" smallint, "wave" tinyint, "item" tinyint)'
        )
        connection.executemany("insert into t values (?, ?, ?, ?, ?)", ROWS)
        connection.execute(f"copy t to '{path}' (format parquet)")
    return path


def test_every_combination_is_told_with_its_rows(path: Path) -> None:
    with long_rows(path, ODD) as rows:
        found = rows.combinations()
    assert sorted(found, key=lambda one: str(one.key)) == [
        Combination((1, 3, 0, 4), 1, 0),
        Combination((1, 3, 0, 5), 3, 1),
        Combination((1, 3, None, 5), 1, 0),
        Combination((1, 4, 0, 5), 1, 0),
        Combination((1, 4, 0, None), 1, 0),
        Combination((2, 3, 0, 5), 1, 0),
        Combination((2, 4, 1, 5), 1, 0),
    ]


def test_the_first_rows_of_combinations_are_counted_from_1(path: Path) -> None:
    with long_rows(path, ODD) as rows:
        wanted = [(0, (1, 3, 0, 5)), (1, (1, 4, 0, None)), (1, (1, 3, None, 5)), (2, (2, 9, 0, 5))]
        assert rows.first_rows(wanted, 2) == {0: (1, 4), 1: (2, 3)}
        assert rows.first_rows_of_nobody(5) == (4,)


def test_rows_that_answer_again_and_respondents_in_two_groups_are_counted(path: Path) -> None:
    with long_rows(path, ODD) as rows:
        assert rows.repeated([1, 2], [3, 4], 5) == Repeated(2, (6, 9), 1)
        assert rows.repeated([1, 2], [3, 4], 1).rows == (6,)
        assert rows.repeated([1, 2], [4, 5, 70_000], 5) == Repeated(0, (), 1)
        assert rows.repeated([], [3], 5) == Repeated(0, (), 0)


def test_ids_are_texts_where_the_file_has_texts(path: Path, tmp_path: Path) -> None:
    with long_rows(path, ODD) as rows:
        assert rows.as_written("number", [3, 4]) == [3, 4]
    texts = tmp_path / "texts.parquet"
    duckdb.execute(
        f"copy (select '1' as wave, 1 as respondent, '2' as item, 3 as value) to '{texts}' (format parquet)"
    )
    with long_rows(texts, LongColumns(group=None)) as rows:
        assert rows.as_written("wave", [1]) == ["1"]
        assert rows.combinations() == [Combination(("1", "2", 3), 1, 0)]


def test_nothing_is_written_to_the_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    with long_rows(path, ODD) as rows:
        rows.combinations()
        rows.repeated([1, 2], [3, 4], 5)
    assert [one.name for one in path.parent.iterdir()] == ["long.parquet"]
