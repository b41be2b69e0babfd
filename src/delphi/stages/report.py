"""The stage `report`: the tables of the warehouse → one HTML page that people read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from delphi.outputs.facts import REPORT_TABLES
from delphi.outputs.report import write_report
from delphi.stages.plan import StepResult
from delphi.stages.running import recorded
from delphi.stages.summary import REPORT_NAME
from delphi.study import StudyFolder
from delphi.whole_files import put_whole

MARK = ".report.sha256"
"""Beside the report: the sha256 of the page as it was written and of what it was made from, so that one that was altered,
lost, or made from something else is written again."""


def report(folder: StudyFolder) -> StepResult:
    """Write the report, unless it is there and nothing it rests on has changed."""
    page = folder.outputs / REPORT_NAME
    mark = folder.outputs / MARK

    def is_there(inputs: str) -> bool:
        return page.is_file() and mark.is_file() and mark.read_bytes() == _mark(page, inputs)

    with recorded(folder, "report", is_there=is_there) as run:
        if run.is_needed:
            folder.outputs.mkdir(parents=True, exist_ok=True)
            written = write_report(
                run.study, {name: run.warehouse.table(name) for name in REPORT_TABLES}, folder.outputs
            )
            put_whole(mark, _mark(written, run.inputs))
            run.facts["bytes"] = written.stat().st_size
    return run.result


def _mark(page: Path, inputs: str) -> bytes:
    return f"{hashlib.sha256(page.read_bytes()).hexdigest()} {inputs}\n".encode("ascii")
