"""The content digest recognises a delivery in any order of records and columns."""

from __future__ import annotations

import numpy as np
import pytest

from delphi.errors import AnswersError
from delphi.ingest.delimited import read_delimited
from delphi.ingest.records import begin
from delphi.ingest.table import content_digest, table_of
from delphi.study.model import Dialect

CSV = Dialect(platform="csv")
FIRST = 'id,s1,c\np,7,"a\nb"\nq,8,\nq,8,\n'


def digest(text: str, dialect: Dialect = CSV) -> str:
    return content_digest(read_delimited(text.encode(), dialect, "r1.csv", "0" * 64))


@pytest.mark.parametrize(
    "same",
    [
        'id,s1,c\nq,8,\np,7,"a\nb"\nq,8,\n',
        'c,id,s1\n"a\nb",p,7\n,q,8\n,q,8\n',
        '\ufeffid,s1,c\r\np,7,"a\r\nb"\r\nq,8,\r\nq,8,\r\n',
        '"id","s1","c"\n"p","7","a\nb"\n"q","8",""\n\n"q","8",""\n',
        'id, s1 ,c,\np,7,"a\nb",\nq,8,,\nid,s1,c,\nq,8,,\n',
    ],
    ids=[
        "rows",
        "columns",
        "mark and line ends",
        "quotes and blank row",
        "nameless column and repeated header",
    ],
)
def test_the_same_content_has_the_same_digest(same: str):
    assert digest(same) == digest(FIRST)


@pytest.mark.parametrize(
    "other",
    [
        'id,s1,c\np,7,"a\nb"\nq,9,\nq,8,\n',
        'id,s1,c\np,7,"a\nb"\nq,8,\n',
        'id,s1,d\np,7,"a\nb"\nq,8,\nq,8,\n',
        'id,c,s1\np,7,"a\nb"\nq,8,\nq,8,\n',
        'id,s1,c\np,7,"a\nb"\nq,8,\nq,8,\nr,8\n',
        'id,s1,c\np,7,"a\nb"\nq,8, \nq,8,\n',
    ],
)
def test_other_content_has_another_digest(other: str):
    assert digest(other) != digest(FIRST)


def test_cells_cannot_be_shifted_over_their_borders_unnoticed():
    def of(first: str, second: str) -> str:
        extract = begin(["a", "b"], "x", 1)
        extract.add([[first, second]], 2)
        return content_digest(table_of(extract, "x", "0", "parquet"))

    pairs = [
        ("x\x00", "y"),
        ("x", "\x00y"),
        ("x\x01", "y"),
        ("x\x01\x02", "y"),
        ("x\x00y", ""),
        ("", "x\x00y"),
    ]
    assert len({of(*pair) for pair in pairs}) == len(pairs)


def test_a_table_accounts_for_every_record():
    extract = begin(["a"], "x.csv", 3)
    extract.add([["1"], ["2"]], 2)
    with pytest.raises(AnswersError, match="2 records were read, but an independent count finds 3"):
        table_of(extract, "x.csv", "0", "csv")


def test_a_column_is_found_by_its_header():
    table = read_delimited(FIRST.encode(), CSV, "r1.csv", "0" * 64)
    assert list(table.column("s1")) == ["7", "8", "8"]
    assert table.source_rows.dtype == np.int64
    with pytest.raises(KeyError, match="s2"):
        table.column("s2")
