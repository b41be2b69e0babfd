"""Two processes on one study: one waits or is told who holds the lock."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from delphi.stages import verifying
from delphi.stages.plan import run
from delphi.study import locate
from delphi.warehouse.digests import Inspected, inspect
from tests.faults.racing import race_often


def test_p16_two_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    tally = race_often(tmp_path, seed=16, races=3, until=0)
    assert tally.violations == []
    assert tally.tried["race"] == 3


def test_p16_who_has_to_wait_too_long_is_told_who_holds_the_lock(barriers: Path) -> None:
    lock = os.open(barriers / "barriers.duckdb.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        done = subprocess.run(
            [sys.executable, "-m", "delphi", "run", str(barriers), "--direct"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        os.close(lock)
    assert done.returncode == 12
    assert f"in use by process {os.getpid()}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (barriers / "barriers.duckdb").exists()
    assert not (barriers / "journal.jsonl").exists(), "nothing is taken in while somebody else is at work"


def test_p16_a_check_beside_a_run_does_not_call_the_journal_damaged(
    barriers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second round is taken in after the journal was read and before the warehouse is."""
    (barriers / "r2.csv").rename(barriers / "later.csv")
    folder = locate(barriers)
    list(run(folder))

    def inspected(path: Path) -> Inspected:
        (barriers / "later.csv").rename(barriers / "r2.csv")
        list(run(folder))
        return inspect(path)

    monkeypatch.setattr(verifying, "inspect", inspected)
    assert [problem.code for problem in verifying.verify_study(folder).problems] == ["unfinished_run"]
    monkeypatch.undo()
    assert verifying.verify_study(folder).problems == ()


def test_p16_a_rebuild_before_anything_was_received_says_so_and_changes_nothing(barriers: Path) -> None:
    before = {path.name for path in barriers.iterdir()}
    done = subprocess.run(
        [sys.executable, "-m", "delphi", "rebuild", str(barriers)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 11
    assert "no answers have been received yet" in done.stderr
    assert "`delphi run`" in done.stderr
    assert {path.name for path in barriers.iterdir()} - before == {"barriers.duckdb.lock"}
