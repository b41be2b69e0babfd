"""From a number back to what it was made of: counts, rows of files, bytes, study file, code and seal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from delphi.errors import Problem, UsageError
from delphi.ingest.journal import Journal
from delphi.ingest.received import checked
from delphi.stages.frames import records_of
from delphi.stages.seal import last_seal
from delphi.study import StudyFolder
from delphi.warehouse.warehouse import Warehouse

ALL = "all"


@dataclass(frozen=True)
class Cell:
    """Whose answers to what: the place of a number in the tables."""

    wave: str
    item: str
    dimension: str | None = None
    part: str | None = None
    group_by: str = ALL
    group_value: str = ALL


@dataclass(frozen=True)
class Trace:
    """A number and what it rests on. Rows of files are named, the answers in them are not shown."""

    cell: dict[str, Any]
    numbers: list[dict[str, Any]]
    counts: list[dict[str, Any]]
    files: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    study_file_sha256: str
    code_version: str
    inputs_sha256: str
    publication: int | None

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def trace(folder: StudyFolder, cell: Cell, statistic: str, versus: str | None = None) -> Trace:
    """Follow a statistic, or `verdict`, to its sources; every received file on the way is checked.

    Raises
    ------
    UsageError
        If there is no such number.
    WarehouseError
        If a received file is missing or altered.
    """
    with Warehouse.open_read_only(folder.warehouse) as warehouse:
        where = {
            "wave": cell.wave, "item": cell.item, "dimension": cell.dimension, "part": cell.part,
            "group_by": cell.group_by, "group_value": cell.group_value,
        }  # fmt: skip
        if statistic == "verdict":
            numbers = warehouse.read(
                "traced_verdict", **{name: where[name] for name in where if name != "part"}
            )
        else:
            numbers = warehouse.read("traced_statistic", **where, statistic=statistic, versus=versus)
        if not len(numbers):
            raise UsageError(_no_such(warehouse, cell, statistic))
        waves = [
            cell.wave,
            *sorted({str(one) for one in numbers.get("versus_wave_id", []) if isinstance(one, str)}),
        ]
        counts = warehouse.read("traced_counts", **where)
        rows = warehouse.read("traced_rows", **{**where, "wave": waves})
        files = warehouse.read("traced_files", sources=sorted(set(rows["source_id"])))
        stage = "verdicts" if statistic == "verdict" else "statistics"
        made = warehouse.read("traced_run", stage=stage, wave_id=cell.wave)
    for sha256 in sorted(set(files["sha256"])):
        checked(str(sha256), folder.received)
    sealed = last_seal(Journal(folder.journal).events())
    run = records_of(made)[0]
    return Trace(
        asdict(cell), records_of(numbers), records_of(counts), records_of(files),
        records_of(rows.drop(columns=["source_id"])), str(run["study_file_sha256"]), str(run["code_version"]),
        str(run["inputs_sha256"]), sealed.seq if sealed and sealed.facts["is_whole"] else None,
    )  # fmt: skip


def _no_such(warehouse: Warehouse, cell: Cell, statistic: str) -> list[Problem]:
    """Which part of the address is unknown, and what there is."""
    known = {
        ("--wave", cell.wave): "select distinct wave_id from statistics order by 1",
        ("--item", cell.item): "select distinct item_id from statistics where item_id is not null order by 1",
        ("--statistic", statistic): "select distinct statistic from statistics order by 1",
        ("--group", f"{cell.group_by}={cell.group_value}"): (
            "select distinct group_by || '=' || group_value from statistics order by 1"
        ),
    }
    problems = []
    for (option, value), query in known.items():
        there = [str(row[0]) for row in warehouse.rows(query)]
        if value not in there and not (option == "--statistic" and value == "verdict"):
            problems.append(
                Problem(
                    "", 0, 0, f"{option} {value}", "there is none", f"There are: {', '.join(there[:60])}."
                )
            )
    return problems or [
        Problem(
            "", 0, 0, f"{cell.wave} {cell.item} {statistic}", "has no number for this dimension, part, group or pair of waves",
            "Leave out --dimension, --part, --group or --versus to see what there is.",
        )
    ]  # fmt: skip
