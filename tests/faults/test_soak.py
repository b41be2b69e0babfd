"""`make soak` runs every tool and says what it tried."""

from __future__ import annotations

import pytest

from tests.faults import soak


def test_a_tool_runs_in_its_own_process_and_its_tally_comes_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert soak.main(["--minutes", "0.01", "--seed", "1", "--only", "changing"]) == 0
    shown = capsys.readouterr().out
    assert "changing   take" in shown
    assert "0 violations" in shown


def test_a_tool_that_breaks_is_a_violation(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soak, "SHARES", {"nothing": 1.0})
    assert soak.soak(0.001, 1, None) == 1
    assert "the tool itself ended with" in capsys.readouterr().out
