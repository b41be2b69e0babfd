"""How a stage is recorded: skipped when its inputs are those of the last time, else done in one transaction.

The data and the row of `runs` that says "done" are written together; an error leaves neither.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import delphi
from delphi.ingest.journal import Journal
from delphi.stages.context import (
    Delivered,
    arrived_waves,
    deliveries_of,
    inputs_digest,
    study_of,
    waves_up_to,
)
from delphi.stages.plan import Stage, Step, StepResult, rests_on
from delphi.study import Study, StudyFolder
from delphi.warehouse.runs import Done, begin, finish, last_done
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
    """A stage at work: `study`, the accepted files and the digest of what it works on, as they are while nobody else writes.

    `is_needed` is false when there is nothing to do; `facts` are counts that the stage may add.
    """

    warehouse: Warehouse
    is_needed: bool
    step: Step
    study: Study
    known: tuple[Delivered, ...]
    inputs: str
    facts: dict[str, int | str] = field(default_factory=dict)

    @property
    def result(self) -> StepResult:
        """What to hand on."""
        return StepResult(
            self.step.stage,
            self.step.wave_id,
            "done" if self.is_needed else "unchanged",
            dict(self.facts),
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


@contextmanager
def apart() -> Iterator[None]:
    """Work within `whole_run` that is not part of it: what it opens is closed when it has been done."""
    lasting = _held.__dict__.get("lasting")
    _held.__dict__["lasting"] = None
    try:
        yield
    finally:
        _held.__dict__["lasting"] = lasting


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
def alone(folder: StudyFolder) -> Iterator[None]:
    """Nobody else writes or takes files in meanwhile; within `whole_run` until its end.

    Raises
    ------
    WarehouseError
        `locked`, if somebody else does not end within some seconds.
    """
    lasting: ExitStack | None = _held.__dict__.get("lasting")
    lock = Warehouse.locked(folder.warehouse)
    if lasting is not None:
        lasting.enter_context(lock)
        yield
        return
    with lock:
        yield


@contextmanager
def recorded(
    folder: StudyFolder,
    stage: Stage,
    wave_id: str | None = None,
    is_there: Callable[[str], bool] = lambda inputs: True,
) -> Iterator[Recorded]:
    """Do a stage's writing in one transaction together with its row of `runs`.

    What it would work on is read while nobody else writes: a file that is taken in, or a table that is written, after
    that belongs to the next run.

    Parameters
    ----------
    is_there : whether what the stage leaves outside of the warehouse is there, made from these inputs
    """
    step = Step(stage, wave_id)
    with session(folder) as warehouse:
        study, known, done = study_of(folder), deliveries_of(Journal(folder.journal)), last_done(warehouse)
        inputs = _inputs(step, study, known, done)
        if _is_unchanged(step, inputs, done) and is_there(inputs):
            yield Recorded(warehouse, False, step, study, known, inputs)
            with warehouse.transaction():
                run = begin(warehouse, stage, wave_id, code_version(), study.study_file_sha256, inputs)
                finish(warehouse, run, "skipped")
            return
        run = begin(warehouse, stage, wave_id, code_version(), study.study_file_sha256, inputs)
        try:
            with warehouse.transaction():
                yield Recorded(warehouse, True, step, study, known, inputs)
                finish(warehouse, run, "done")
        except BaseException:
            finish(warehouse, run, "failed")
            raise


def is_current(folder: StudyFolder, warehouse: Warehouse, steps: Iterable[Step]) -> bool:
    """Whether none of these steps would have anything to do."""
    study, known, done = study_of(folder), deliveries_of(Journal(folder.journal)), last_done(warehouse)
    return all(_is_unchanged(step, _inputs(step, study, known, done), done) for step in steps)


def _inputs(
    step: Step, study: Study, known: tuple[Delivered, ...], done: Mapping[tuple[str, str | None], Done]
) -> str:
    """Digest of what a step would work on: the files of its waves, and the runs whose tables it reads.

    The files alone would not do. Between two stages of one run another may have taken in a file that the tables do not
    hold yet, or may have written a table again.
    """
    if step.stage == "ingest":
        waves = tuple(wave.wave_id for wave in study.waves)
    elif step.wave_id is None:
        waves = arrived_waves(study, known)
    else:
        waves = waves_up_to(study, step.wave_id)
    read = [done.get((one.stage, one.wave_id)) for one in rests_on(step, waves)]
    return inputs_digest(step.stage, study, known, waves, [one and one.run_id for one in read])


def _is_unchanged(step: Step, inputs: str, done: Mapping[tuple[str, str | None], Done]) -> bool:
    last = done.get((step.stage, step.wave_id))
    return last is not None and (last.inputs_sha256, last.code_version) == (inputs, code_version())
