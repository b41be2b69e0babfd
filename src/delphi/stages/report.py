"""The stage `report`: the tables of the warehouse → one HTML page that people read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from delphi.ingest.journal import Journal
from delphi.outputs.report import write_report
from delphi.stages.context import arrived_waves, deliveries_of, inputs_digest, study_of
from delphi.stages.plan import StepResult
from delphi.stages.running import recorded
from delphi.stages.summary import REPORT_NAME
from delphi.study import StudyFolder
from delphi.whole_files import put_whole

TABLES = (
    "study", "waves", "items", "asked", "scales", "categories", "counts", "nonanswers", "statistics",
    "verdicts", "actions", "stopping", "robustness", "opinion_maps",
    "opinion_members", "opinion_statements", "themes", "near_duplicates", "sources", "findings", "submissions", "memberships", "invitations",
    "respondents",
)  # fmt: skip

MARK = ".report.sha256"
"""Beside the report: the sha256 of the page as it was written, so that one that was altered or lost is
written again."""


def report(folder: StudyFolder) -> StepResult:
    """Write the report, unless it is there and nothing it rests on has changed."""
    study = study_of(folder)
    known = deliveries_of(Journal(folder.journal))
    inputs = inputs_digest("report", study, known, arrived_waves(study, known))
    page = folder.outputs / REPORT_NAME
    mark = folder.outputs / MARK
    is_whole = page.is_file() and mark.is_file() and mark.read_text(encoding="utf-8") == _sha256(page)
    with recorded(folder, "report", None, inputs, study.study_file_sha256, again=not is_whole) as run:
        if run.is_needed:
            folder.outputs.mkdir(parents=True, exist_ok=True)
            written = write_report(
                study, {name: run.warehouse.table(name) for name in TABLES}, folder.outputs
            )
            put_whole(mark, _sha256(written).encode("ascii"))
            run.facts["bytes"] = written.stat().st_size
    return run.result


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
