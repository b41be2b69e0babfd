"""A file that is written to while it is taken."""

from __future__ import annotations

from pathlib import Path

from tests.faults.changing import TAKES, WAYS, take_often


def test_p18_a_changing_file_is_taken_whole_or_refused(tmp_path: Path) -> None:
    tally = take_often(tmp_path, seed=18, takes=TAKES * len(WAYS), until=0)
    assert tally.violations == []
    assert tally.tried["take"] >= TAKES * len(WAYS)
    assert tally.tried["taken"] > 0
