"""The file for analysts outside the team: released tables of the warehouse in a DuckDB file of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from delphi.errors import Problem, UsageError, WarehouseError
from delphi.ingest.journal import Journal
from delphi.outputs.release import PLAIN_TABLES, released
from delphi.stages.context import study_of
from delphi.stages.seal import last_seal
from delphi.stages.verifying import verify_study
from delphi.study import StudyFolder
from delphi.warehouse.released import write_released
from delphi.warehouse.warehouse import Warehouse

RELEASE_NAME = "data.duckdb"
FOLDER_NAME = "release"
READ = (*PLAIN_TABLES, "counts", "statistics", "verdicts", "actions", "stopping", "memberships")
"""Tables that are read; `memberships` only tells which groups hold the same people, and is not written."""


@dataclass(frozen=True)
class Release:
    """Where the file lies, how many rows each table has, and how many numbers of which kind are withheld."""

    path: Path
    rows: dict[str, int]
    withheld: dict[str, int]


def release(folder: StudyFolder, to: Path | None = None) -> Release:
    """Write the release file, by default into `release` beside the report; an older one is replaced.

    Raises
    ------
    WarehouseError
        If `delphi verify` finds anything wrong with the tables or what they were made from, or if the last run was not
        whole, was of another study file, or had no wave with answers.
    UsageError
        If the file would lie among the received files, or `to` is no folder.
    """
    target = (to or folder.outputs / FOLDER_NAME).resolve()
    if target == folder.root or folder.received in (target, *target.parents):
        raise UsageError(
            "A release does not lie among the files of the study.", "Name another folder: --to FOLDER."
        )
    if target.exists() and not target.is_dir():
        raise UsageError(f"--to {target.name} is a file.", "Name a folder.")
    path = target / RELEASE_NAME
    if path.resolve() == folder.warehouse:
        raise UsageError(
            "The release would take the place of the warehouse.", "Name another folder: --to FOLDER."
        )
    study = study_of(folder)
    found = [one for one in verify_study(folder).problems if one.code != "output_changed"]
    if found:
        raise WarehouseError(found)
    sealed = last_seal(Journal(folder.journal).events())
    if sealed is None or not sealed.facts["is_whole"]:
        raise _refusal(folder, "the last run was not taken to its end", "not_whole")
    if sealed.facts["study"] != study.study_file_sha256:
        raise _refusal(folder, "the study file has changed since the last run", "outdated")
    with Warehouse.open_read_only(folder.warehouse) as warehouse:
        tables = {name: warehouse.table(name) for name in READ}
    if not len(tables["statistics"]):
        raise _refusal(
            folder, "there is nothing to release: no wave has statistics yet", "nothing_to_release"
        )
    made = released(study, tables)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_released(path, made.tables)
    return Release(path, {name: len(frame) for name, frame in made.tables.items()}, made.withheld)


def _refusal(folder: StudyFolder, message: str, code: str) -> WarehouseError:
    return WarehouseError(
        Problem(folder.warehouse.name, 0, 0, "", message, "Run `delphi run` to the end, then release.", code)
    )
