"""How a stage is recorded: skipped when its inputs are those of the last time, else done in one transaction.

The data and the row of `runs` that says "done" are written together; an error leaves neither.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import delphi
from delphi.stages.plan import StepResult
from delphi.study import StudyFolder
from delphi.warehouse.runs import begin, finish, is_done
from delphi.warehouse.warehouse import Warehouse

ONE_THREAD_BYTES = 16 << 20
"""Received files up to this size in all are worked on sooner than other threads are woken."""

_held = threading.local()


@cache
def code_version() -> str:
    """Version of the package with a digest of its source, so that changed code never passes for done work."""
    root = Path(delphi.__file__).parent
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - ({"cli"} if folder == str(root) else set()))
        for name in sorted(files):
            if name.endswith((".py", ".sql", ".csv", ".yaml")):
                with open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123  (a third of the time)
                    digest.update(file.read())
    return f"{delphi.__version__}+{digest.hexdigest()[:12]}"


@dataclass
class Recorded:
    """A stage at work. `is_needed` is false when there is nothing to do; `facts` are counts that the stage
    may add."""

    warehouse: Warehouse
    is_needed: bool
    stage: str
    wave_id: str | None
    facts: dict[str, int | str] = field(default_factory=dict)

    @property
    def result(self) -> StepResult:
        """What to hand on."""
        return StepResult(
            self.stage, self.wave_id, "done" if self.is_needed else "unchanged", dict(self.facts)
        )


@contextmanager
def session(folder: StudyFolder) -> Iterator[Warehouse]:
    """The warehouse, opened for writing; within `whole_run` it stays open for the stages that follow."""
    with _held_or(folder, _kept_open if _held.__dict__.get("lasting") else _opened) as warehouse:
        yield warehouse


@contextmanager
def reading(folder: StudyFolder) -> Iterator[Warehouse]:
    """The warehouse for reading: the one that is open within `whole_run`, or opened read only."""
    with _held_or(folder, lambda of: Warehouse.open_read_only(of.warehouse)) as warehouse:
        yield warehouse


@contextmanager
def whole_run() -> Iterator[None]:
    """Keep the warehouse from its first opening to the end, so that nobody else writes between two stages.

    One inside another is part of the outer one.
    """
    if _held.__dict__.get("lasting") is not None:
        yield
        return
    with ExitStack() as lasting:
        _held.__dict__["lasting"] = lasting
        try:
            yield
        finally:
            _held.__dict__["lasting"] = None


def _warehouses() -> dict[Path, Warehouse]:
    """The warehouses that this thread holds open for writing."""
    held: dict[Path, Warehouse] = _held.__dict__.setdefault("warehouses", {})
    return held


def _held_or(
    folder: StudyFolder, opened: Callable[[StudyFolder], AbstractContextManager[Warehouse]]
) -> AbstractContextManager[Warehouse]:
    held = _warehouses().get(folder.warehouse)
    return opened(folder) if held is None else nullcontext(held)


@contextmanager
def _opened(folder: StudyFolder) -> Iterator[Warehouse]:
    Warehouse.create_if_missing(folder.warehouse)
    with Warehouse.open_for_writing(folder.warehouse) as warehouse:
        received = sum(path.stat().st_size for path in folder.received.glob("[0-9a-f]*"))
        if received < ONE_THREAD_BYTES:
            warehouse.use_one_thread()
        _warehouses()[folder.warehouse] = warehouse
        try:
            yield warehouse
        finally:
            del _warehouses()[folder.warehouse]


def _kept_open(folder: StudyFolder) -> AbstractContextManager[Warehouse]:
    lasting: ExitStack = _held.__dict__["lasting"]
    return nullcontext(lasting.enter_context(_opened(folder)))


@contextmanager
def recorded(
    folder: StudyFolder, stage: str, wave_id: str | None, inputs: str, study_sha256: str, again: bool = False
) -> Iterator[Recorded]:
    """Do a stage's writing in one transaction together with its row of `runs`; `again` does it in any
    case."""
    with session(folder) as warehouse:
        if not again and is_done(warehouse, stage, wave_id, inputs, code_version()):
            yield Recorded(warehouse, False, stage, wave_id)
            with warehouse.transaction():
                run = begin(warehouse, stage, wave_id, code_version(), study_sha256, inputs)
                finish(warehouse, run, "skipped")
            return
        run = begin(warehouse, stage, wave_id, code_version(), study_sha256, inputs)
        try:
            with warehouse.transaction():
                yield Recorded(warehouse, True, stage, wave_id)
                finish(warehouse, run, "done")
        except BaseException:
            finish(warehouse, run, "failed")
            raise
