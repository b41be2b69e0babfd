"""Nothing personal is left anywhere by a whole demonstration study with failures provoked in it."""

from __future__ import annotations

from pathlib import Path

from tests.faults.provoking import provoke


def test_p26_p28_no_planted_string_is_left_where_it_may_not_be(tmp_path: Path) -> None:
    tally = provoke(tmp_path, most=10)
    assert tally.violations == []
    assert tally.tried["failure"] == 10
