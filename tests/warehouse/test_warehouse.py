"""Opening, replacing and refusing warehouse files."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from small_warehouse import put, same_rows

from delphi.errors import WarehouseError
from delphi.warehouse.digests import digest, verify
from delphi.warehouse.tables import columns_of_tables
from delphi.warehouse.warehouse import FEW_ROWS, Warehouse

WAVE = pd.DataFrame({"wave_id": ["r1"], "kind": ["round"], "sequence": [1], "state": ["awaited"]})


def code_of(error: pytest.ExceptionInfo[WarehouseError]) -> str:
    assert error.value.exit_code == 12
    return error.value.problems[0].code


def test_a_new_warehouse_is_private_and_has_no_litter_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "study.duckdb"
    assert Warehouse.create_if_missing(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {file.name for file in path.parent.iterdir()} == {"study.duckdb", "study.duckdb.lock"}
    assert stat.S_IMODE((path.parent / "study.duckdb.lock").stat().st_mode) == 0o600
    assert not Warehouse.create_if_missing(path)


def test_duckdb_1_5_can_read_the_file(path: Path) -> None:
    with duckdb.connect(str(path), read_only=True) as connection:
        tags = connection.execute("select tags from duckdb_databases() where not internal").fetchall()[0][0]
    assert tags["storage_version"].startswith("v1.5.0")


def test_every_table_view_and_column_has_a_comment(warehouse: Warehouse) -> None:
    for source, name in (("tables", "table_name"), ("views", "view_name")):
        assert (
            warehouse.rows(f"select {name} from duckdb_{source}() where not internal and comment is null")
            == []
        )
    bare = "select table_name, column_name from duckdb_columns() where not internal and comment is null"
    assert warehouse.rows(bare) == []


def test_the_code_knows_the_columns_that_the_schema_makes(warehouse: Warehouse) -> None:
    found = warehouse.read("columns_present")
    made = {t: dict(zip(f["column_name"], f["type"], strict=True)) for t, f in found.groupby("table_name")}
    assert made == columns_of_tables()


def test_whoever_is_killed_while_creating_leaves_no_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "study.duckdb"
    script = (
        "import sys, pathlib\nfrom delphi.warehouse.warehouse import Warehouse\n"
        "print('ready', flush=True)\nWarehouse.create_if_missing(pathlib.Path(sys.argv[1]))\n"
    )
    for wait in (0.0, 0.02, 0.05, 0.09, 0.15):
        with subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(wait)
            child.send_signal(signal.SIGKILL)
        if path.exists():
            with Warehouse.open_read_only(path) as warehouse:
                assert len(warehouse.table("waves")) == 0
            path.unlink()
    Warehouse.create_if_missing(path)
    assert {file.name for file in tmp_path.iterdir()} == {"study.duckdb", "study.duckdb.lock"}


def test_a_killed_transaction_leaves_the_file_as_it_was(path: Path) -> None:
    script = (
        "import os, sys, pathlib, pandas as pd\nfrom delphi.warehouse.warehouse import Warehouse\n"
        "with Warehouse.open_for_writing(pathlib.Path(sys.argv[1])) as w, w.transaction():\n"
        "    w.replace('respondents', pd.DataFrame({'respondent_id': ['a'], 'status': ['active']}), {})\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    assert (
        subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == -signal.SIGKILL
    )
    with Warehouse.open_for_writing(path) as warehouse:
        assert len(warehouse.table("respondents")) == 0


def test_a_second_writer_is_told_who_holds_the_warehouse(path: Path) -> None:
    script = (
        "import sys, pathlib\nfrom delphi.warehouse.warehouse import Warehouse\n"
        "with Warehouse.open_for_writing(pathlib.Path(sys.argv[1])):\n"
        "    print('open', flush=True)\n    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    ) as child:
        assert child.stdout is not None and child.stdin is not None
        child.stdout.readline()
        for opening in (Warehouse.open_for_writing, Warehouse.open_read_only):
            with pytest.raises(WarehouseError) as error, opening(path, timeout=0.1):
                pass
            assert code_of(error) == "locked"
            assert str(error.value) == (
                f"study.duckdb: the warehouse is in use by process {child.pid}\n"
                "  Wait until it has finished, or end it, and run again."
            )
        child.stdin.close()
    with Warehouse.open_for_writing(path, timeout=0.1):
        pass


def test_a_reader_keeps_a_writer_waiting_and_is_named(path: Path) -> None:
    with (
        Warehouse.open_read_only(path),
        pytest.raises(WarehouseError) as error,
        Warehouse.open_for_writing(path, timeout=0.1),
    ):
        pass
    assert code_of(error) == "locked"
    assert str(os.getpid()) in str(error.value)


@pytest.mark.parametrize(
    "content", [b"", b"wave_id,n\nr1,3\n", b"\0" * 8192], ids=["an empty file", "a text file", "zeros"]
)
def test_what_is_no_warehouse_is_refused_with_the_way_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "study.duckdb"
    path.write_bytes(content)
    for opening in (Warehouse.open_for_writing, Warehouse.open_read_only):
        with pytest.raises(WarehouseError) as error, opening(path):
            pass
        assert code_of(error) == "damaged_warehouse"
        assert "delphi rebuild" in str(error.value) and str(tmp_path) not in str(error.value)
    assert path.read_bytes() == content


def test_another_duckdb_file_is_no_warehouse(tmp_path: Path) -> None:
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table mine as select 1 as n")
    with pytest.raises(WarehouseError) as error, Warehouse.open_for_writing(path):
        pass
    assert code_of(error) == "damaged_warehouse"


def test_a_cut_file_is_damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(WarehouseError) as error, Warehouse.open_read_only(path) as warehouse:
        for table in columns_of_tables():
            warehouse.table(table)
    assert code_of(error) == "damaged_warehouse"


def test_a_missing_warehouse_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError) as error, Warehouse.open_read_only(tmp_path / "study.duckdb"):
        pass
    assert code_of(error) == "missing_warehouse"
    assert str(error.value) == (
        "study.duckdb: there is no warehouse yet\n"
        "  `delphi run` makes it from the answers, `delphi rebuild` from what was received before."
    )


@pytest.mark.parametrize(("version", "code"), [(99, "newer_warehouse"), (0, "older_warehouse")])
def test_another_schema_version_is_refused(filled: Warehouse, version: int, code: str) -> None:
    path = filled.path
    filled.execute("update study set schema_version = $version", {"version": version})
    filled.connection.close()
    with pytest.raises(WarehouseError) as error, Warehouse.open_read_only(path):
        pass
    assert code_of(error) == code


def test_a_file_of_a_newer_duckdb_is_newer_and_not_damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    at = content.index(b"DUCK") + 4
    content[at : at + 8] = (250).to_bytes(8, "little")
    path.write_bytes(content)
    with pytest.raises(WarehouseError) as error, Warehouse.open_read_only(path):
        pass
    assert code_of(error) in {"newer_warehouse", "damaged_warehouse"}


def test_replacing_twice_is_replacing_once(warehouse: Warehouse) -> None:
    respondents = pd.DataFrame({"wave_id": ["r1", "r1"], "respondent_id": ["a", "b"]})
    warehouse.replace("invitations", respondents.assign(wave_id="r2"), {"wave_id": "r2"})
    warehouse.replace("invitations", respondents, {"wave_id": "r1"})
    first = digest(warehouse, "invitations")
    assert warehouse.replace("invitations", respondents, {"wave_id": "r1"}) == 2
    assert digest(warehouse, "invitations") == first
    warehouse.replace("invitations", pd.DataFrame(), {"wave_id": "r1"})
    assert warehouse.table("invitations")["wave_id"].tolist() == ["r2", "r2"]


def test_a_replaced_null_is_matched_as_a_value(warehouse: Warehouse) -> None:
    rows = pd.DataFrame({"level": ["file"], "rule": ["x"], "reason": ["y"], "wave_id": [None]})
    for _ in range(2):
        warehouse.replace("findings", rows, {"wave_id": None})
    assert len(warehouse.table("findings")) == 1


def test_rows_outside_of_what_they_replace_are_a_bug(warehouse: Warehouse) -> None:
    with pytest.raises(ValueError, match="another wave_id"):
        warehouse.replace("waves", WAVE, {"wave_id": "r2"})
    with pytest.raises(ValueError, match="no column colour"):
        warehouse.replace("waves", WAVE.assign(colour="red"), {})
    with pytest.raises(ValueError, match="no table drawers"):
        warehouse.replace("drawers", WAVE, {})


def test_a_number_that_is_not_finite_never_enters(warehouse: Warehouse) -> None:
    scale = pd.DataFrame(
        {"scale_id": ["s"], "kind": ["number"], "has_no_opinion": [False], "minimum": [np.inf]}
    )
    with pytest.raises(ValueError, match="not finite"):
        warehouse.replace("scales", scale, {})
    warehouse.replace("scales", scale.assign(minimum=np.nan), {})
    assert warehouse.rows("select minimum from scales") == [(None,)]


@pytest.mark.parametrize("size", [3000, FEW_ROWS], ids=["as a frame", "as lists"])
def test_cells_of_every_type_come_back_as_they_went_in(warehouse: Warehouse, size: int) -> None:
    rng = np.random.default_rng(3)
    texts = np.array(["00042", "NA", "", "1E5", "Zoë", "nan", "None", None], dtype=object)[
        rng.integers(8, size=size)
    ]
    frame = pd.DataFrame(
        {
            "wave_id": "r1",
            "respondent_id": [f"{k:05}" for k in range(size)],
            "state": "complete",
            "started_at": pd.Timestamp("2026-03-29 00:59:59.123456", tz="UTC")
            + pd.to_timedelta(np.arange(size), "h"),
            "language": texts,
            "source_id": "s",
            "source_row": rng.integers(2, 2**40, size),
            "piece": "",
            "is_current": rng.random(size) < 0.5,
        }
    )
    frame.loc[::7, "started_at"] = pd.NaT
    for given in (
        frame,
        frame[::-1],
        frame.sample(frac=1, random_state=1),
        pd.concat([frame[:9], frame[9:]]),
    ):
        warehouse.replace("submissions", given, {})
        back = warehouse.table("submissions")
        same_rows(back.drop(columns="submitted_at"), frame)
        assert str(back["started_at"].dtype) == "datetime64[us, UTC]"


def test_an_error_in_a_transaction_undoes_all_of_it(warehouse: Warehouse) -> None:
    def fail() -> None:
        with warehouse.transaction():
            warehouse.replace("waves", WAVE, {})
            with warehouse.transaction():
                warehouse.replace("waves", WAVE.assign(wave_id="r2"), {})
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail()
    assert len(warehouse.table("waves")) == 0
    warehouse.replace("waves", WAVE, {})
    assert len(warehouse.table("waves")) == 1


def test_participation_counts_invited_and_returned_of_declared_groups(warehouse: Warehouse) -> None:
    put(
        warehouse,
        "waves",
        "wave_id kind sequence state",
        [("r1", "round", 1, "received"), ("r2", "round", 2, "awaited")],
    )
    put(
        warehouse,
        "groups",
        "group_by group_value label sequence",
        [("sector", "a", "A", 1), ("sector", "b", "B", 2)],
    )
    put(warehouse, "respondents", "respondent_id status", [("p", "active"), ("q", "active")])
    put(warehouse, "memberships", "respondent_id group_by group_value", [("p", "sector", "a")])
    put(warehouse, "invitations", "wave_id respondent_id", [("r1", "p"), ("r1", "q")])
    put(warehouse, "submissions", "wave_id respondent_id state source_id source_row piece is_current",
        [("r1", "p", "partial", "s", 2, "", False), ("r1", "p", "complete", "s", 3, "", True)])  # fmt: skip
    assert warehouse.rows("from participation") == [
        ("r1", "all", "all", 2, 1, 1, 0, 1),
        ("r1", "sector", "a", 1, 1, 1, 0, 1),
        ("r1", "sector", "b", 0, 0, 0, 0, 0),
        ("r2", "all", "all", None, 0, 0, 0, 0),
        ("r2", "sector", "a", None, 0, 0, 0, 0),
        ("r2", "sector", "b", None, 0, 0, 0, 0),
    ]


def test_the_views_put_statistics_and_verdicts_side_by_side(filled: Warehouse) -> None:
    def row(
        statistic: str, value: float, params: str = "{}", versus: str | None = None, item: str | None = "s0"
    ) -> tuple[object, ...]:
        dimension = "importance" if item else None
        return ("r2", versus, item, dimension, "" if item else None, "all", "all", statistic, value, params)

    put(
        filled,
        "statistics",
        "wave_id versus_wave_id item_id dimension part group_by group_value statistic value params",
        [
            row("n_valid", 9),
            row("median", 4, '{"quantile_type":7}'),
            row("median", 3.5, '{"quantile_type":6}'),
            row("percent_agreement", 0.8, '{"base":"valid","numerator":8,"denominator":10}'),
            row("percent_agreement", 0.7, '{"base":"shown","numerator":8,"denominator":11}'),
            row("net_change", 0.1, versus="r1"),
            row("n_invited", 20, item=None),
            row("n_returned", 10, item=None),
            row("panel_retention", 0.9, versus="r1", item=None),
        ],
    )
    put(
        filled,
        "verdicts",
        "wave_id item_id dimension group_by group_value verdict stability n reason",
        [
            ("r2", "s0", "importance", "all", "all", "consensus_in", "stable", 9, "8 of 10"),
            ("r1", "s0", "importance", "all", "all", "no_consensus", "not_assessable", 9, "5 of 10"),
        ],
    )
    item = filled.frame("from item_summary").iloc[0]
    assert (item["n_valid"], item["median"], item["percent_agreement"], item["verdict"]) == (
        9,
        4,
        0.8,
        "consensus_in",
    )
    assert filled.rows("select net_change, stability from stability_summary") == [(0.1, "stable")]
    assert filled.rows(
        "select n_invited, n_returned, share_returned, share_retained_from_first from panel_summary"
    ) == [(20, 10, 0.5, 0.9)]
    assert filled.rows("select wave_id, verdict from standing_verdicts") == [("r2", "consensus_in")]


def test_what_a_killed_run_committed_is_there_and_named_unfinished(filled_path: Path) -> None:
    script = (
        "import os, sys, pathlib\nfrom delphi.warehouse.warehouse import Warehouse\n"
        "from delphi.warehouse.counting import count_wave\n"
        "from delphi.warehouse.digests import write_digests\n"
        "with Warehouse.open_for_writing(pathlib.Path(sys.argv[1])) as w:\n"
        "    write_digests(w)\n    count_wave(w, 'r1')\n    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(filled_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    log = filled_path.with_name("study.duckdb.wal")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert {problem.code for problem in verify(filled_path)} == {"unfinished_run"}
    with Warehouse.open_for_writing(filled_path) as warehouse:
        assert len(warehouse.table("counts")) > 0
    assert not log.exists()


def test_the_log_of_an_old_file_does_not_spoil_a_new_one(path: Path) -> None:
    path.unlink()
    path.with_name("study.duckdb.wal").write_bytes(b"of another file")
    assert Warehouse.create_if_missing(path)
    with Warehouse.open_for_writing(path) as warehouse:
        assert len(warehouse.table("waves")) == 0
