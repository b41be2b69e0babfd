"""Digests of tables, and what `verify` finds."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import delphi.warehouse.warehouse as warehouse_module
from delphi.errors import WarehouseError
from delphi.warehouse.counting import count_wave
from delphi.warehouse.digests import DIGESTED, digest, recorded_digests, verify, write_digests
from delphi.warehouse.warehouse import Warehouse


@pytest.fixture
def sealed(filled_path: Path) -> Path:
    with Warehouse.open_for_writing(filled_path) as warehouse:
        count_wave(warehouse, "r2")
        write_digests(warehouse)
    return filled_path


def codes(path: Path) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in verify(path)]


def test_the_order_of_rows_and_threads_do_not_change_a_digest(filled: Warehouse) -> None:
    before = {table: digest(filled, table) for table in DIGESTED}
    for table in DIGESTED:
        filled.replace(table, filled.table(table)[::-1], {})
    filled.execute("set threads = 1")
    assert {table: digest(filled, table) for table in DIGESTED} == before
    assert before["actions"] == (0, "0" * 16)


@pytest.mark.parametrize("few", [0, 10**6], ids=["as frames", "as lists"])
def test_rows_that_are_written_again_either_way_keep_their_digest(
    filled: Warehouse, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    count_wave(filled, "r2")
    before = {table: digest(filled, table) for table in DIGESTED}
    monkeypatch.setattr(warehouse_module, "FEW_ROWS", few)
    for table in DIGESTED:
        filled.replace(table, filled.table(table), {})
    assert {table: digest(filled, table) for table in DIGESTED} == before
    assert sum(rows > 0 for rows, _ in before.values()) > 10


@pytest.mark.parametrize(
    ("one", "other"), [("", None), ("a", "b"), ("", " ")], ids=["null is not empty", "a text", "a blank"]
)
def test_other_content_has_another_digest(warehouse: Warehouse, one: str, other: str | None) -> None:
    digests = []
    for text in (one, other):
        row = pd.DataFrame({"level": ["cell"], "rule": ["off_scale"], "reason": [""], "raw_value": [text]})
        warehouse.replace("findings", row, {})
        digests.append(digest(warehouse, "findings"))
    assert digests[0] != digests[1]


def test_a_cell_that_moves_to_the_next_column_changes_the_digest(warehouse: Warehouse) -> None:
    digests = []
    for wave, column in (("ab", "c"), ("a", "bc"), (None, "c")):
        row = pd.DataFrame(
            {"level": ["x"], "rule": ["x"], "reason": ["x"], "wave_id": [wave], "column_name": [column]}
        )
        warehouse.replace("findings", row, {})
        digests.append(digest(warehouse, "findings")[1])
    assert len(set(digests)) == 3


def test_the_digest_of_numbers_is_known(warehouse: Warehouse) -> None:
    rows = pd.DataFrame(
        {
            "scale_id": list("abcde"),
            "kind": "number",
            "has_no_opinion": True,
            "minimum": [0.1 + 0.2, -0.0, 1e300, 1 / 3, np.nan],
            "maximum": [4.0, 0.0, 1e-7, 123456789.125, 2.5],
        }
    )
    warehouse.replace("scales", rows, {})
    assert digest(warehouse, "scales") == (5, "6a6f66a0b53290cc")


def test_the_digest_of_a_row_is_half_of_the_md5_of_its_cells(warehouse: Warehouse) -> None:
    rows = [("p1", "active"), ("p2", "left"), ("p3", "active")]
    warehouse.replace("respondents", pd.DataFrame(rows, columns=["respondent_id", "status"]), {})
    halves = [hashlib.md5("\x1f".join(row).encode()).digest()[8:] for row in rows]
    total = sum(int.from_bytes(half, "little") for half in halves) % 2**64
    assert digest(warehouse, "respondents") == (3, f"{total:016x}")


def test_a_sealed_warehouse_has_no_problem(sealed: Path) -> None:
    assert verify(sealed) == ()
    assert {row["table"] for row in recorded_digests(sealed)} == set(DIGESTED)


def test_sealing_again_writes_nothing(sealed: Path) -> None:
    before = recorded_digests(sealed)
    with Warehouse.open_for_writing(sealed) as warehouse:
        write_digests(warehouse)
        count_wave(warehouse, "r2")
        write_digests(warehouse)
    assert recorded_digests(sealed) == before


def test_what_changed_without_being_sealed_is_an_unfinished_run(sealed: Path) -> None:
    with Warehouse.open_for_writing(sealed) as warehouse:
        count_wave(warehouse, "r3")
    tables = ("counts", "nonanswers", "transitions")
    assert codes(sealed) == [("unfinished_run", f"table {table}") for table in tables]


def test_a_rolled_back_change_keeps_the_digest(sealed: Path) -> None:
    with Warehouse.open_for_writing(sealed) as warehouse:
        with pytest.raises(RuntimeError), warehouse.transaction():
            warehouse.delete("counts", {})
            raise RuntimeError
        assert digest(warehouse, "counts")[0] > 0
    assert verify(sealed) == ()
    with Warehouse.open_for_writing(sealed) as warehouse:
        warehouse.delete("counts", {})
    assert codes(sealed) == [("unfinished_run", "table counts")]


@pytest.mark.parametrize(
    ("statement", "code", "table"),
    [
        ("update counts set n = n + 1 where n = 3", "digest_differs", "counts"),
        ("delete from answers where respondent_id = 'p003'", "digest_differs", "answers"),
        ("drop view item_summary; drop table verdicts", "schema_differs", "verdicts"),
        ("alter table findings add column name varchar", "schema_differs", "findings"),
        (
            "update sources set records = 31; delete from digests where table_name = 'sources'",
            "unfinished_run",
            "sources",
        ),
    ],
)
def test_a_change_behind_the_back_is_found_and_named(
    sealed: Path, statement: str, code: str, table: str
) -> None:
    with Warehouse.open_for_writing(sealed) as warehouse:
        warehouse.execute(statement)
    assert codes(sealed) == [(code, f"table {table}")]


def test_records_that_are_not_accounted_for_are_found(sealed: Path) -> None:
    with Warehouse.open_for_writing(sealed) as warehouse:
        warehouse.replace("sources", warehouse.table("sources").assign(records=31), {})
        write_digests(warehouse)
    problems = verify(sealed)
    assert [problem.code for problem in problems] == ["not_reconciled"] * 3
    assert problems[0].message == "source s.r1 has 31 records, but 30 are accounted for"


def test_answers_without_a_return_are_found(sealed: Path) -> None:
    with Warehouse.open_for_writing(sealed) as warehouse:
        warehouse.delete("submissions", {"wave_id": "r2"})
        write_digests(warehouse)
    problems = verify(sealed)
    assert [problem.code for problem in problems] == ["no_submission"]
    assert "answers without a return" in problems[0].message


def test_a_flipped_byte_is_found_wherever_data_stands(sealed: Path) -> None:
    whole = sealed.read_bytes()
    found = []
    for at in np.random.default_rng(2).integers(12288, len(whole), 12):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        sealed.write_bytes(damaged)
        found.append(bool(verify(sealed)))
    sealed.write_bytes(whole)
    assert verify(sealed) == ()
    # A free block holds nothing, so a change of it changes nothing.
    assert sum(found) >= 1


def test_a_cut_file_and_a_missing_file_are_problems(sealed: Path) -> None:
    sealed.write_bytes(sealed.read_bytes()[:20_000])
    assert {code for code, _ in codes(sealed)} == {"damaged_warehouse"}
    sealed.unlink()
    assert codes(sealed) == [("missing_warehouse", "")]


def test_a_locked_warehouse_cannot_be_verified(path: Path) -> None:
    with Warehouse.open_for_writing(path), pytest.raises(WarehouseError) as error:
        verify(path)
    assert error.value.problems[0].code == "locked"


def test_duckdb_1_5_reads_the_file_and_agrees_on_every_digest(sealed: Path) -> None:
    side = os.environ.get("DELPHI_DUCKDB_1_5")
    if not side:
        pytest.skip("DELPHI_DUCKDB_1_5 does not name a folder with the Python package of DuckDB 1.5")
    script = (
        "import sys, pathlib, duckdb\nassert duckdb.__version__.startswith('1.5')\n"
        "from delphi.warehouse.digests import verify\n"
        "print(verify(pathlib.Path(sys.argv[1])))\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{side}{os.pathsep}{Path(__file__).parents[2] / 'src'}"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(sealed)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert done.stdout == "()\n"
