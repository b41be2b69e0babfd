"""Parquet cells become the text that a researcher would have typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from delphi.errors import AnswersError
from delphi.ingest.reading import read_table
from delphi.ingest.table import TextTable
from delphi.study.model import Dialect


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[[str], bytes]:
    def write(select: str) -> bytes:
        path = tmp_path / "r1.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"copy ({select}) to '{path}' (format parquet)").fetchall()
        return path.read_bytes()

    return write


def read(data: bytes) -> TextTable:
    return read_table(data, Dialect(platform="parquet"), "r[1]*.parquet", "0" * 64)


def test_every_type_becomes_text(parquet):
    table = read(
        parquet(
            """
            select '00042' as id, 1234567890123456789::bigint as long, 7::double as whole,
                0.1::double as part, 0.1::float as short, 7::float as seven,
                1.50::decimal(5, 2) as money, true as yes, null::integer as nothing, 'nan'::double as nan,
                date '2026-03-01' as day,
                timestamp '2026-03-01 09:30:00' as moment, timestamptz '2026-03-01 09:30:00+01' as instant,
                time '09:30:00' as clock, encode('Zoë') as bytes, 'high'::enum('low', 'high') as word
            """
        )
    )
    assert {header: table.column(header)[0] for header in table.headers} == {
        "id": "00042",
        "long": "1234567890123456789",
        "whole": "7",
        "part": "0.1",
        "short": "0.1",
        "seven": "7",
        "money": "1.50",
        "yes": "TRUE",
        "nothing": "",
        "nan": "",
        "day": "2026-03-01",
        "moment": "2026-03-01T09:30:00",
        "instant": "2026-03-01T08:30:00+00:00",
        "clock": "09:30:00",
        "bytes": "Zoë",
        "word": "high",
    }


def test_ids_stay_text_and_rows_their_order(parquet):
    ids = ["00042", "1E5", "NA", "1234567890123456789"]
    values = ", ".join(f"('{one}', {number})" for number, one in enumerate(ids))
    table = read(parquet(f"select * from (values {values}) as t(id, s1)"))
    assert list(table.column("id")) == ids
    assert list(table.column("s1")) == ["0", "1", "2", "3"]
    assert list(table.source_rows) == [2, 3, 4, 5]
    assert (table.records, table.platform) == (4, "parquet")


def test_a_file_without_rows_is_a_table_without_records(parquet):
    table = read(parquet("select 'p' as id, 7 as s1 where false"))
    assert (table.headers, table.records) == (("id", "s1"), 0)


@pytest.mark.parametrize(
    ("select", "code"),
    [
        ("select 'p' as id, [1, 2] as s1", "nested_column"),
        ("select 'p' as id, {'a': 1} as s1", "nested_column"),
        (r"select 'p' as id, '\xFF'::blob as s1", "encoding"),
        ('select \'p\' as "id", 1 as "s1", 2 as "s1 "', "duplicate_header"),
    ],
)
def test_what_is_no_table_of_texts_is_refused(parquet, select: str, code: str):
    with pytest.raises(AnswersError) as caught:
        read(parquet(select))
    assert caught.value.problems[0].code == code


def test_other_and_damaged_files_are_refused(parquet):
    whole = parquet("select 'p' as id, 7 as s1")
    for data, code in (
        (b"id,s1\np,7\n", "wrong_format"),
        (b"PK\x03\x04", "wrong_format"),
        (whole[:-20], "reader_failed"),
        (b"", "empty_file"),
    ):
        with pytest.raises(AnswersError) as caught:
            read(data)
        assert caught.value.problems[0].code == code
