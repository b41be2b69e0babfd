"""The record of stage runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from delphi.warehouse.runs import begin, finish, last_done, latest_runs, undo_other_waves, undo_stage
from delphi.warehouse.warehouse import Warehouse

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def work(warehouse: Warehouse, wave_id: str | None, inputs: str, state: str, minutes: int = 0) -> None:
    at = NOON + timedelta(minutes=minutes)
    run = begin(warehouse, "count", wave_id, "1", "study", inputs, at)
    finish(warehouse, run, state, at)  # type: ignore[arg-type]


def done(warehouse: Warehouse) -> dict[tuple[str, str | None], str]:
    return {key: one.inputs_sha256 for key, one in last_done(warehouse).items()}


def test_each_stage_and_wave_has_the_last_work_that_wrote_its_data(warehouse: Warehouse) -> None:
    assert done(warehouse) == {}
    for minutes, inputs in enumerate("aba"):
        work(warehouse, None, inputs, "done", minutes)
        assert done(warehouse) == {("count", None): inputs}
    work(warehouse, "r1", "c", "done", 5)
    assert done(warehouse) == {("count", None): "a", ("count", "r1"): "c"}
    assert {one.code_version for one in last_done(warehouse).values()} == {"1"}
    assert len({one.run_id for one in last_done(warehouse).values()}) == 2


def test_a_clock_that_is_put_back_changes_nothing_about_which_work_was_last(warehouse: Warehouse) -> None:
    work(warehouse, "r1", "a", "done", 60)
    work(warehouse, "r1", "b", "done", 5)
    assert done(warehouse) == {("count", "r1"): "b"}


@pytest.mark.parametrize("state", ["failed", "skipped"])
def test_a_run_that_wrote_nothing_changes_nothing(warehouse: Warehouse, state: str) -> None:
    work(warehouse, "r1", "a", "done")
    work(warehouse, "r1", "b", state, 1)
    assert done(warehouse) == {("count", "r1"): "a"}


def test_a_run_undone_with_its_data_is_not_done(warehouse: Warehouse) -> None:
    run = begin(warehouse, "count", "r1", "1", "study", "a")
    with pytest.raises(RuntimeError), warehouse.transaction():
        finish(warehouse, run, "done")
        raise RuntimeError
    assert warehouse.table("runs")["state"].tolist() == ["started"]
    assert done(warehouse) == {}


def test_work_whose_rows_were_taken_out_is_not_done_any_more(warehouse: Warehouse) -> None:
    for wave_id in (None, "r1", "r2"):
        work(warehouse, wave_id, "a", "done")
    undo_other_waves(warehouse, ["r1"])
    assert done(warehouse) == {("count", None): "a", ("count", "r1"): "a"}
    undo_stage(warehouse, "statistics")
    assert done(warehouse) == {("count", None): "a", ("count", "r1"): "a"}
    undo_stage(warehouse, "count")
    assert done(warehouse) == {}


def test_the_latest_run_of_each_stage_is_listed(warehouse: Warehouse) -> None:
    for minutes, (wave_id, inputs) in enumerate([("r1", "a"), ("r1", "b"), (None, "c")]):
        work(warehouse, wave_id, inputs, "done", minutes)
    assert sorted(latest_runs(warehouse)["inputs_sha256"]) == ["b", "c"]
    assert latest_runs(warehouse)["started_at"].max() == NOON + timedelta(minutes=2)
