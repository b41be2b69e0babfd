"""Mutated files never break a reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.fuzzing import fuzz, readers


@pytest.mark.parametrize("reader", readers())
def test_p05_mutated_files_are_read_or_refused_in_words(reader: str, tmp_path: Path) -> None:
    tally = fuzz(reader, number=40, seed=5, work=tmp_path)
    assert tally.violations == []
    assert tally.tried[reader] == 40
