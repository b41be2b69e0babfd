"""What a run ends with: records of each source, standing verdicts, findings; counts only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from delphi.decisions.robustness.labels import LABELS
from delphi.stages.frames import records_of
from delphi.stages.running import reading
from delphi.study import StudyFolder

REPORT_NAME = "report.html"


@dataclass(frozen=True)
class Summary:
    """Counts to show at the end of a run, and which verdicts are how firm; `report` is None where none has been written."""

    study_id: str
    sources: list[dict[str, Any]]
    verdicts: dict[str, int]
    stability: dict[str, int]
    robustness: dict[str, list[str]]
    findings: dict[str, int]
    report: Path | None


def summary(folder: StudyFolder) -> Summary:
    """Read the counts of the warehouse as it stands."""
    with reading(folder) as warehouse:
        verdicts = warehouse.read("run_verdicts")
        findings = warehouse.read("run_findings")
        report = folder.outputs / REPORT_NAME
        return Summary(
            study_id=str(warehouse.table("study")["study_id"].iloc[0]),
            sources=records_of(warehouse.read("run_sources")),
            verdicts=_sums(verdicts, "verdict"),
            stability=_sums(verdicts, "stability"),
            robustness=_named(warehouse.read("run_robustness")),
            findings=_sums(findings, "rule"),
            report=report if report.is_file() else None,
        )


def _named(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Label → items with it; the dimension is named where an item has several."""
    several = frame.groupby("item_id")["dimension"].transform("nunique") > 1
    names = frame["item_id"].where(~several, frame["item_id"] + "." + frame["dimension"])
    return {label: names[frame["label"] == label].tolist() for label in LABELS}


def _sums(frame: pd.DataFrame, column: str) -> dict[str, int]:
    grouped = frame.groupby(column, sort=False)["n"].sum()
    return {str(name): int(n) for name, n in grouped.items()}
