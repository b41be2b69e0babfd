"""`delphi verify` names whatever was damaged, and is content with what was not."""

from __future__ import annotations

from pathlib import Path

from delphi.stages.plan import run
from delphi.stages.verifying import verify_study
from tests.faults.damaging import finished_study, try_damages


def test_p21_every_single_damage_is_named(tmp_path: Path) -> None:
    tally = try_damages(tmp_path, n_bytes=18, seed=21)
    assert tally.violations == []
    assert tally.tried["byte"] == 18
    assert min(tally.tried["file"], tally.tried["end"], tally.tried["line"]) >= 6


def test_p21_a_study_that_only_ran_again_is_as_recorded(tmp_path: Path) -> None:
    folder = finished_study(tmp_path)
    before = folder.journal.read_bytes()
    for until in ("verdicts", "report"):
        for _ in run(folder, (), until):
            pass
        assert verify_study(folder).problems == ()
    assert folder.journal.read_bytes() == before
