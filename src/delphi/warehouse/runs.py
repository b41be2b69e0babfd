"""The record of stage runs: what has been done, from which inputs, by which code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple
from uuid import uuid4

from delphi.warehouse.tables import sql

if TYPE_CHECKING:
    import pandas as pd

    from delphi.warehouse.warehouse import Warehouse

Ending = Literal["done", "failed", "skipped"]


def begin(
    warehouse: Warehouse,
    stage: str,
    wave_id: str | None,
    code_version: str,
    study_file_sha256: str,
    inputs_sha256: str,
    now: datetime | None = None,
) -> str:
    """Record that a stage has started; returns the id of the run."""
    run_id = uuid4().hex
    warehouse.execute(
        sql("begin_run"),
        {
            "run_id": run_id,
            "stage": stage,
            "wave_id": wave_id,
            "started_at": now or datetime.now(UTC),
            "code_version": code_version,
            "study_file_sha256": study_file_sha256,
            "inputs_sha256": inputs_sha256,
        },
    )
    return run_id


def finish(warehouse: Warehouse, run_id: str, state: Ending, now: datetime | None = None) -> None:
    """Record how a run ended. "done" belongs into the transaction that writes the run's data."""
    warehouse.execute(
        sql("finish_run"), {"run_id": run_id, "state": state, "finished_at": now or datetime.now(UTC)}
    )


class Done(NamedTuple):
    """The last work on a stage and wave that wrote its data."""

    run_id: str
    inputs_sha256: str
    code_version: str


def last_done(warehouse: Warehouse) -> dict[tuple[str, str | None], Done]:
    """The last work on each stage and wave.

    Skipped and failed runs left the data as it was, so only "done" runs are looked at, and of these only the last:
    work from other inputs has replaced what an earlier run wrote.
    """
    return {(stage, wave_id): Done(*rest) for stage, wave_id, *rest in warehouse.rows(sql("last_done"))}


def undo_stage(warehouse: Warehouse, stage: str) -> None:
    """Note that the rows of a stage were taken out again: it is not done any more."""
    warehouse.execute(sql("undo_stage"), {"stage": stage})


def undo_other_waves(warehouse: Warehouse, waves: Sequence[str]) -> None:
    """Note that the rows of every other wave were taken out again: none of its stages is done any more."""
    warehouse.execute(sql("undo_other_waves"), {"waves": list(waves)})


def latest_runs(warehouse: Warehouse) -> pd.DataFrame:
    """The last run of each stage and wave, as in `runs`."""
    return warehouse.read("latest_runs")
