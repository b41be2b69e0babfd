"""What an analyst may ask, may not ask, and is told."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import duckdb
import numpy as np
import pytest
from small_warehouse import fill

from delphi.errors import UsageError, WarehouseError
from delphi.warehouse.counting import count_wave
from delphi.warehouse.dictionary import data_dictionary
from delphi.warehouse.querying import execute_user_query, user_query, write_user_query
from delphi.warehouse.runs import begin, finish
from delphi.warehouse.warehouse import Warehouse

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = re.findall(
    r"\n\n([^\n]+)\n\n```sql\n(.*?)```", (DOCS / "querying.md").read_text(encoding="utf-8"), re.DOTALL
)
READS = "A query can read the tables of the warehouse and nothing else."


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("querying") / "study.duckdb"
    Warehouse.create_if_missing(path)
    with Warehouse.open_for_writing(path) as warehouse:
        fill(warehouse, np.random.default_rng(7))
        for wave_id in ("r1", "r2"):
            count_wave(warehouse, wave_id)
        finish(warehouse, begin(warehouse, "count", "r1", "1", "s", "i"), "done")
    return path


def test_there_are_ten_examples_each_after_a_sentence() -> None:
    assert len(EXAMPLES) == 10
    assert all(sentence[-1] in ".?" for sentence, _ in EXAMPLES)


@pytest.mark.parametrize(
    "query", [query for _, query in EXAMPLES], ids=[sentence[:40] for sentence, _ in EXAMPLES]
)
def test_the_examples_of_the_documentation_run(file: Path, query: str) -> None:
    _, names = user_query(file, query)
    assert len(names) >= 4


def test_the_data_dictionary_is_what_the_comments_say() -> None:
    stale = (
        "docs/data-dictionary.md is stale: write it anew from delphi.warehouse.dictionary.data_dictionary()"
    )
    assert (DOCS / "data-dictionary.md").read_text(encoding="utf-8") == data_dictionary(), stale


def test_the_dictionary_of_a_file_is_that_of_the_schema(file: Path) -> None:
    with Warehouse.open_read_only(file) as warehouse:
        assert data_dictionary(warehouse.connection) == data_dictionary()


def test_rows_are_plain_values(file: Path) -> None:
    rows, names = user_query(
        file,
        "select sum(n) as n, 1.5 as x, null as nothing, true as yes, count(*) as n from counts where n = 1",
    )
    assert names == ["n", "x", "nothing", "yes", "n_1"]
    assert rows == [{"n": rows[0]["n"], "x": 1.5, "nothing": None, "yes": True, "n_1": rows[0]["n"]}]
    assert type(rows[0]["n"]) is int
    started = user_query(file, "select started_at from runs")[0][0]["started_at"]
    assert started.endswith("+00:00")


@pytest.mark.parametrize(
    "query",
    [
        "insert into counts select * from counts",
        "delete from answers",
        "update counts set n = 0",
        "drop table counts",
        "create table mine as select 1",
        "create temp table mine as select 1",
        "attach 'other.duckdb'",
        "copy answers to 'answers.csv'",
        "export database 'all'",
        "install httpfs",
        "load httpfs",
        "set threads = 1",
        "reset threads",
        "pragma enable_profiling",
        "call pragma_version()",
        "checkpoint",
        "begin transaction",
    ],
)
def test_a_query_can_only_read(file: Path, query: str) -> None:
    before = file.read_bytes()
    with pytest.raises(UsageError) as error:
        user_query(file, query)
    assert str(error.value).startswith(
        "delphi query only reads: a query begins with select, from, with, describe or show."
    )
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "query",
    [
        "from read_csv('/etc/passwd')", "from read_text('/etc/hostname')", "from read_blob('/etc/hostname')",
        "from glob('/*')", "from read_parquet('http://localhost/x.parquet')", "from sniff_csv('/etc/passwd')",
    ],
)  # fmt: skip
def test_a_query_reads_no_other_file(file: Path, query: str) -> None:
    with pytest.raises(UsageError) as error:
        user_query(file, query)
    assert str(error.value).startswith(READS)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("select 1; select 2", "That is 2 statements; delphi query takes one."),
        ("", "That is 0 statements; delphi query takes one."),
        ("select colour from counts", 'Binder Error: Referenced column "colour" not found'),
        ("select * from drawers", "Catalog Error: Table with name drawers does not exist!"),
        ("selec 1", "Parser Error: syntax error"),
        ("from '/etc/passwd'", "Catalog Error"),
        ("from frame_of_python", "Catalog Error"),
        ("select cast(respondent_id as integer) from answers", "The query cannot be computed (Conversion)."),
        (
            "select count(*) from range(1000000000000) where range % 7 = 8",
            "The query took more than 0.2 seconds",
        ),
    ],
)
def test_a_wrong_query_is_explained_without_an_answer(file: Path, query: str, message: str) -> None:
    frame_of_python = np.zeros(3)
    with pytest.raises(UsageError) as error:
        user_query(file, query, seconds=0.2)
    assert str(error.value).startswith(message)
    assert "p0" not in str(error.value) and len(frame_of_python) == 3


def test_a_query_has_a_limit_of_memory(file: Path) -> None:
    with pytest.raises(UsageError, match="more memory"):
        execute_user_query(file, "select list(range || repeat('x', 200)) from range(2000000)", memory="40MB")


def test_there_has_to_be_a_warehouse(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="there is no warehouse yet"):
        user_query(tmp_path / "study.duckdb", "select 1")


def test_results_are_written_as_csv_json_and_parquet(file: Path, tmp_path: Path) -> None:
    query = "select item_id, '=1+1' as text, null as nothing, sum(n) as n from counts"
    query += " group by all order by item_id"
    rows, names = user_query(file, query)
    for form in ("csv", "json", "parquet"):
        write_user_query(file, query, form, tmp_path / f"x.{form}")
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as opened:
        lines = list(csv.reader(opened))
    assert lines[0] == names
    # A spreadsheet would take the text for a formula.
    assert lines[1] == [rows[0]["item_id"], "'=1+1", "", str(rows[0]["n"])]
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == rows
    with duckdb.connect() as connection:
        back = connection.execute(
            "select item_id, text, nothing, n from read_parquet($path)", {"path": str(tmp_path / "x.parquet")}
        )
        assert back.fetchall() == [tuple(row.values()) for row in rows]
