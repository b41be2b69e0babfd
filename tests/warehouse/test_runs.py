"""The record of stage runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from delphi.warehouse.runs import begin, finish, is_done, latest_runs
from delphi.warehouse.warehouse import Warehouse

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def work(warehouse: Warehouse, wave_id: str | None, inputs: str, state: str, minutes: int = 0) -> None:
    at = NOON + timedelta(minutes=minutes)
    run = begin(warehouse, "count", wave_id, "1", "study", inputs, at)
    finish(warehouse, run, state, at)  # type: ignore[arg-type]


def test_work_is_done_when_the_last_done_run_had_these_inputs_and_this_code(warehouse: Warehouse) -> None:
    assert not is_done(warehouse, "count", "r1", "a", "1")
    work(warehouse, "r1", "a", "done")
    assert is_done(warehouse, "count", "r1", "a", "1")
    assert not is_done(warehouse, "count", "r1", "a", "2")
    assert not is_done(warehouse, "count", "r2", "a", "1")
    assert not is_done(warehouse, "statistics", "r1", "a", "1")
    assert not is_done(warehouse, "count", None, "a", "1")


def test_inputs_that_come_back_are_worked_on_again(warehouse: Warehouse) -> None:
    for minutes, inputs in enumerate("aba"):
        assert not is_done(warehouse, "count", None, inputs, "1")
        work(warehouse, None, inputs, "done", minutes)
        assert is_done(warehouse, "count", None, inputs, "1")


@pytest.mark.parametrize("state", ["failed", "skipped"])
def test_a_run_that_wrote_nothing_changes_nothing(warehouse: Warehouse, state: str) -> None:
    work(warehouse, "r1", "a", "done")
    work(warehouse, "r1", "b", state, 1)
    assert is_done(warehouse, "count", "r1", "a", "1")
    assert not is_done(warehouse, "count", "r1", "b", "1")


def test_a_run_undone_with_its_data_is_not_done(warehouse: Warehouse) -> None:
    run = begin(warehouse, "count", "r1", "1", "study", "a")
    with pytest.raises(RuntimeError), warehouse.transaction():
        finish(warehouse, run, "done")
        raise RuntimeError
    assert warehouse.table("runs")["state"].tolist() == ["started"]
    assert not is_done(warehouse, "count", "r1", "a", "1")


def test_the_latest_run_of_each_stage_is_listed(warehouse: Warehouse) -> None:
    for minutes, (wave_id, inputs) in enumerate([("r1", "a"), ("r1", "b"), (None, "c")]):
        work(warehouse, wave_id, inputs, "done", minutes)
    assert sorted(latest_runs(warehouse)["inputs_sha256"]) == ["b", "c"]
    assert latest_runs(warehouse)["started_at"].max() == NOON + timedelta(minutes=2)
