"""A warehouse that was being written when its process was killed, and cannot be read any more: the next run makes it again.

DuckDB rewrites the block that holds its catalogue in place; a kill in the middle of that write, which random kills hit about
once in a thousand times, leaves a block that is half old and half new.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from delphi.errors import WarehouseError
from delphi.stages.plan import run
from delphi.stages.verifying import verify_study
from delphi.study import StudyFolder, locate
from delphi.warehouse import stamp
from tests.conftest import write_rows
from tests.faults import forked

CATALOGUE = 3 * 4096
"""Where the first block lies, behind the headers."""


@pytest.fixture
def folder(barriers: Path) -> StudyFolder:
    """The small study, run to its end."""
    found = locate(barriers)
    for _ in run(found):
        pass
    return found


def tear(folder: StudyFolder, at: int) -> bytes:
    """Half a page of other bytes, as a write that was cut off leaves them; returns what the file then is."""
    with folder.warehouse.open("r+b") as file:
        file.seek(at)
        file.write(b"\x5a" * 2048)
    return folder.warehouse.read_bytes()


def digests(folder: StudyFolder) -> dict[object, object]:
    found = verify_study(folder)
    assert found.problems == ()
    return {row["table"]: row["digest"] for row in found.tables}


def blocks(folder: StudyFolder) -> list[int]:
    """Where the blocks of the file begin."""
    return list(range(CATALOGUE, folder.warehouse.stat().st_size, 262144))


@pytest.mark.parametrize("torn", [slice(1), slice(None)], ids=["the catalogue", "every block"])
def test_p15_a_file_torn_by_a_kill_is_made_again_by_the_next_run(folder: StudyFolder, torn: slice) -> None:
    before, page = digests(folder), (folder.outputs / "report.html").read_bytes()
    stamp.begin_writing(folder.warehouse)
    for block in blocks(folder)[torn]:
        tear(folder, block + 4096)
    results = list(run(folder))
    assert results[0].facts["made_again"] == 1
    assert digests(folder) == before
    assert (folder.outputs / "report.html").read_bytes() == page


def test_p15_a_file_to_which_nobody_was_writing_is_left_for_a_person(folder: StudyFolder) -> None:
    torn = tear(folder, CATALOGUE + 4096)
    with pytest.raises(WarehouseError) as caught:
        list(run(folder))
    assert caught.value.problems[0].code == "damaged_warehouse"
    assert "rebuild" in caught.value.problems[0].hint
    assert folder.warehouse.read_bytes() == torn


def test_p15_what_had_been_taken_in_when_it_was_cut_off_is_in_the_new_one(tmp_path: Path) -> None:
    """The second round was in the journal already when the process was killed."""
    expected = locate(forked.put_study(tmp_path / "whole" / "barriers"))
    list(run(expected))
    folder = locate(forked.put_study(tmp_path / "cut" / "barriers", waves=(1,)))
    list(run(folder))
    (folder.root / "r2.csv").write_bytes((expected.root / "r2.csv").read_bytes())
    list(run(folder, until="validate"))
    stamp.begin_writing(folder.warehouse)
    tear(folder, CATALOGUE + 4096)
    results = list(run(folder, until="validate"))
    assert results[0].facts["made_again"] == 1
    wanted, found = digests(expected), digests(folder)
    assert {name for name in wanted if found[name] != wanted[name]} <= {"sources"}


def test_p15_a_first_run_that_was_cut_off_before_anything_came_begins_anew(barriers: Path) -> None:
    folder = locate(barriers)
    write_rows(folder.root / "r1.csv", [["respondent_id"], ["p1"]])
    (folder.root / "r2.csv").unlink()
    folder.warehouse.write_bytes(b"\0" * 8192)
    stamp.begin_writing(folder.warehouse)
    with pytest.raises(Exception, match="s01"):
        list(run(folder))
    assert not folder.warehouse.exists()


def test_p15_people_are_told_what_happened_and_what_to_do(folder: StudyFolder) -> None:
    stamp.begin_writing(folder.warehouse)
    tear(folder, CATALOGUE + 4096)

    def delphi(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "delphi", *words], capture_output=True, text=True, check=False
        )

    for command in ("verify", "status", "findings"):
        done = delphi(command, str(folder.root))
        assert done.returncode == 12, done
        assert "Run `delphi run`: the last run was cut off" in done.stderr
    done = delphi("run", str(folder.root), "--direct")
    assert done.returncode == 0, done.stderr
    assert "it was made again from what had been received" in done.stdout
    assert delphi("verify", str(folder.root)).returncode == 0
