"""A killed run leaves the study as before or as after, and the next run ends as an undisturbed one."""

from __future__ import annotations

from pathlib import Path

from tests.faults.killing import kill_often


def test_p15_killed_at_random_moments_the_next_run_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    tally = kill_often(tmp_path, seed=15, kills=5, until=0)
    assert tally.violations == []
    assert tally.tried["kill"] == 5
