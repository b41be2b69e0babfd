"""The warehouse again, from study file, journal and received bytes; the old one stays until the new one is
whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from delphi.errors import AnswersError, Problem
from delphi.ingest.journal import Journal
from delphi.stages.context import arrived_waves, deliveries_of, study_of
from delphi.stages.definition import keep_definition
from delphi.stages.ingest import define
from delphi.stages.plan import perform, steps_after_ingest
from delphi.stages.running import apart, session
from delphi.stages.seal import Sealed, journalled, sealed
from delphi.study import StudyFolder
from delphi.warehouse.digests import recorded_digests
from delphi.warehouse.warehouse import Warehouse

NOTHING_RECEIVED = Problem(
    "", 0, 0, "", "no answers have been received yet, so there is nothing to make a warehouse from",
    "Run `delphi run`: it takes in what lies in the study folder.", "nothing_received",
)  # fmt: skip


def rebuild_warehouse(folder: StudyFolder) -> list[dict[str, object]]:
    """Build a new warehouse beside the old one and put it in its place; returns the digest of each table.

    Nothing new is taken in: what lies in the study folder and has not been received waits for the next run.

    Raises
    ------
    AnswersError
        If nothing has been received.
    """
    home = folder.warehouse.parent
    home.mkdir(parents=True, exist_ok=True)
    with Warehouse.locked(folder.warehouse), fresh_folder(folder.warehouse, "rebuild") as place:
        study, journal = study_of(folder), Journal(folder.journal)
        if not arrived_waves(study, deliveries_of(journal)):
            raise AnswersError([NOTHING_RECEIVED])
        keep_definition(folder, study, journal)
        new = replace(folder, warehouse=place / folder.warehouse.name)
        state = whole_again(new)
        Warehouse.put_in_place(new.warehouse, folder.warehouse)
        journalled(folder, state)
    return recorded_digests(folder.warehouse)


@contextmanager
def fresh_folder(warehouse: Path, purpose: str) -> Iterator[Path]:
    """A folder beside a warehouse for as long as it is needed; the caller holds the lock.

    The next one who holds the lock clears away what a killed process left.
    """
    prefix = f".{warehouse.name}.{purpose}-"
    with tempfile.TemporaryDirectory(
        prefix=prefix, dir=warehouse.parent, ignore_cleanup_errors=True
    ) as place:
        yield Path(place)


def whole_again(folder: StudyFolder) -> Sealed:
    """Every stage of all that has been received, from nothing."""
    with apart(), session(folder) as warehouse:
        define(folder)
        for step in steps_after_ingest(folder, (), "report"):
            perform(folder, step)
        return sealed(folder, warehouse, is_whole=True)
