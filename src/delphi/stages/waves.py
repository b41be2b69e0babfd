"""The stages that work on one wave: validate, count, statistics, verdicts, robustness, opinions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from delphi.stages.context import Delivered, waves_up_to
from delphi.stages.files import deliveries_for, register_table
from delphi.stages.plan import StepResult
from delphi.stages.running import recorded
from delphi.stages.secret import pseudonyms_of
from delphi.stages.statistic_tables import Tables
from delphi.study import Study, StudyFolder
from delphi.warehouse.counting import count_wave
from delphi.warehouse.warehouse import Warehouse

if TYPE_CHECKING:
    from delphi.validation.wave import WaveRecords

ANSWER_COLUMNS = ("wave_id", "respondent_id", "item_id", "dimension", "part", "value", "text", "missing")
SUBMISSION_COLUMNS = ("wave_id", "respondent_id", "is_current")
"""Columns that statistics and verdicts look at: what else the tables hold takes as long to read."""

# What a stage computes with is imported where it is used: a stage without anything to do must not pay for it.


def validate(folder: StudyFolder, wave_id: str) -> StepResult:
    """Received files of a wave → its sources, submissions, answers and findings."""
    with recorded(folder, "validate", wave_id) as run:
        if run.is_needed:
            records = _records(folder, run.study, wave_id, run.known, run.warehouse)
            run.facts |= _write(run.warehouse, run.study, wave_id, records)
    return run.result


def count(folder: StudyFolder, wave_id: str) -> StepResult:
    """Answers of a wave → how many chose what, and who moved where since earlier waves."""
    with recorded(folder, "count", wave_id) as run:
        if run.is_needed:
            run.facts |= count_wave(run.warehouse, wave_id)
    return run.result


def compute(folder: StudyFolder, wave_id: str) -> StepResult:
    """Counts of a wave → its statistics."""
    with recorded(folder, "statistics", wave_id) as run:
        if run.is_needed:
            from delphi.stages.statistic_rows import statistic_rows

            rows = statistic_rows(run.study, wave_id, _tables(run.warehouse, run.study, wave_id))
            run.warehouse.replace("statistics", rows, {"wave_id": wave_id})
            run.facts["statistics"] = len(rows)
    return run.result


def decide(folder: StudyFolder, wave_id: str) -> StepResult:
    """Counts and rules of a wave → its verdicts, proposed actions and stopping memo."""
    with recorded(folder, "verdicts", wave_id) as run:
        if run.is_needed:
            from delphi.stages.statistic_rows import item_status_rows
            from delphi.stages.verdict_rows import verdict_rows

            tables = _tables(run.warehouse, run.study, wave_id)
            decided = verdict_rows(run.study, wave_id, tables, tables.verdicts)
            for name in ("verdicts", "actions", "stopping"):
                run.warehouse.replace(name, getattr(decided, name), {"wave_id": wave_id})
            states = item_status_rows(run.study, wave_id, decided.verdicts)
            run.warehouse.replace("statistics", states, {"wave_id": wave_id, "statistic": "n_items"})
            run.facts |= {"verdicts": len(decided.verdicts), "actions": len(decided.actions)}
    return run.result


def try_verdicts(folder: StudyFolder, wave_id: str) -> StepResult:
    """Verdicts of a wave → how firm they are."""
    with recorded(folder, "robustness", wave_id) as run:
        if run.is_needed:
            from delphi.stages.robustness_rows import robustness_rows

            rows = robustness_rows(run.study, wave_id, run.warehouse)
            run.warehouse.replace("robustness", rows, {"wave_id": wave_id})
            run.facts["robustness"] = len(rows)
    return run.result


def look_for_opinions(folder: StudyFolder, wave_id: str) -> StepResult:
    """Answers of a wave → groups of opinion, themes and near-duplicate statements, as the study file asks for them."""
    with recorded(folder, "opinions", wave_id) as run:
        if run.is_needed:
            from delphi.stages.opinion_rows import opinion_rows

            for table, rows in opinion_rows(run.study, wave_id, run.warehouse).items():
                run.warehouse.replace(table, rows, {"wave_id": wave_id})
                run.facts[table] = len(rows)
    return run.result


def _records(
    folder: StudyFolder, study: Study, wave_id: str, known: tuple[Delivered, ...], warehouse: Warehouse
) -> WaveRecords:
    from delphi.validation.wave import Earlier, validate_wave

    before = waves_up_to(study, wave_id)[:-1]
    earlier = Earlier(
        submissions=warehouse.read("earlier_submissions", waves=list(before)),
        memberships=warehouse.read("earlier_memberships", waves=list(before)),
    )
    return validate_wave(
        study,
        study.wave(wave_id),
        deliveries_for(folder, study, known, wave_id),
        earlier,
        register_table(folder, study, known),
        pseudonyms_of(folder, study),
    )


def _write(warehouse: Warehouse, study: Study, wave_id: str, records: WaveRecords) -> dict[str, int | str]:
    """Replace the wave's rows; people and groups also for the waves after it, which are validated again
    next."""
    here = {"wave_id": wave_id}
    for name in ("sources", "submissions", "answers", "findings", "invitations"):
        warehouse.replace(name, getattr(records, name), here)
    before = list(waves_up_to(study, wave_id)[:-1])
    memberships = warehouse.table("memberships")
    kept = memberships[memberships["wave_id"].isin(before)]
    warehouse.replace("memberships", pd.concat([kept, records.memberships], ignore_index=True), {})
    warehouse.replace("respondents", records.respondents, {})
    sums = records.sources[["records", "accepted", "quarantined", "ignored"]].sum()
    facts: dict[str, int | str] = {str(name): int(n) for name, n in sums.items()}
    return facts | {"answers": len(records.answers), "findings": len(records.findings)}


def _tables(warehouse: Warehouse, study: Study, wave_id: str) -> Tables:
    """What statistics and verdicts of a wave rest on: this wave and the ones before it."""
    waves = list(waves_up_to(study, wave_id))
    return Tables(
        counts=warehouse.rows_of_waves("counts", [wave_id]),
        answers=warehouse.rows_of_waves("answers", waves, ANSWER_COLUMNS),
        submissions=warehouse.rows_of_waves("submissions", waves, SUBMISSION_COLUMNS),
        asked=warehouse.rows_of_waves("asked", waves),
        nonanswers=warehouse.rows_of_waves("nonanswers", [wave_id]),
        transitions=warehouse.rows_of_waves("transitions", [wave_id]),
        invitations=warehouse.rows_of_waves("invitations", [wave_id]),
        memberships=warehouse.table("memberships"),
        verdicts=warehouse.rows_of_waves("verdicts", waves[:-1]),
    )
