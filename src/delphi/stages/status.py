"""Where a study stands: waves, returns by group, what is due, what waits for a decision, what differs from
the file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from delphi.stages.context import study_of
from delphi.stages.frames import records_of
from delphi.study import Study, StudyFolder, Wave
from delphi.warehouse.warehouse import Warehouse

ENDING = {"close", "drop", "report_dissent", "promote"}


@dataclass(frozen=True)
class Status:
    """Rows and sentences for people; no respondent appears."""

    study_id: str
    title: str
    waves: list[dict[str, Any]]
    returns: list[dict[str, Any]]
    decisions: list[str]
    differences: list[str]

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def status_of(folder: StudyFolder, now: datetime) -> Status:
    """Read the status at an instant; before the first run there are waves only."""
    study = study_of(folder)
    if not folder.warehouse.exists():
        waves = [_planned(wave, now) for wave in study.waves]
        return Status(study.study_id, study.title, waves, [], [], [])
    with Warehouse.open_read_only(folder.warehouse) as warehouse:
        waves = records_of(warehouse.read("status_waves"))
        returns = warehouse.read("status_returns")
        actions = records_of(warehouse.read("status_actions"))
    by_id = {wave.wave_id: wave for wave in study.waves}
    for row in waves:
        wave = by_id.get(str(row["wave"]))
        row["due"] = _due(wave, row["state"] == "received", now) if wave else ""
    decisions, differences = _sentences(actions)
    return Status(study.study_id, study.title, waves, _wide(returns, study), decisions, differences)


def _planned(wave: Wave, now: datetime) -> dict[str, Any]:
    return {
        "wave": wave.wave_id, "kind": wave.round_kind or wave.kind,
        "opens": wave.opens_at.date().isoformat() if wave.opens_at else None,
        "closes": wave.closes_at.date().isoformat() if wave.closes_at else None,
        "state": "awaited", "invited": None, "returned": 0, "due": _due(wave, False, now),
    }  # fmt: skip


def _due(wave: Wave, received: bool, now: datetime) -> str:
    if wave.opens_at and now < wave.opens_at:
        return f"opens in {_days(wave.opens_at - now)}"
    if wave.closes_at and now <= wave.closes_at:
        return f"open, closes in {_days(wave.closes_at - now)}"
    if wave.grace_until and now <= wave.grace_until:
        return f"closed, grace for {_days(wave.grace_until - now)}"
    if not received and wave.closes_at and wave.item_ids:
        return "closed, its export has not arrived"
    return ""


def _days(span: timedelta) -> str:
    days = span.days
    return f"{days} days" if days != 1 else "1 day"


def _wide(returns: pd.DataFrame, study: Study) -> list[dict[str, Any]]:
    """Group × wave; every declared wave and group, zeros included."""
    seen = {(row["group_by"], row["group"], row["wave"]): int(row["returned"]) for row in records_of(returns)}
    waves = [wave.wave_id for wave in study.waves if wave.item_ids]
    return [
        {"group by": group.group_by, "group": value}
        | {wave_id: seen.get((group.group_by, value, wave_id), 0) for wave_id in waves}
        for group in study.groups.values()
        for value in group.categories
    ]


def _sentences(actions: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    decisions, differences = [], []
    for row in actions:
        item, action, wave = row["item_id"], str(row["action"]), row["wave_id"]
        later = row["asked_later"] if isinstance(row["asked_later"], str) else ""
        target = row["target"] if isinstance(row["target"], str) else ""
        if action in ENDING and later:
            differences.append(
                f"{item}: the rules propose {action} after {wave}, but the file asks it in {later}."
            )
        elif action not in ENDING and not later and row["has_later_round"]:
            differences.append(f"{item}: the rules propose {action} after {wave}, but no later wave asks it.")
        if action in {"reword", "split", "merge", "escalate"}:
            decisions.append(f"{item}: {action} after {wave}{f' to {target}' if target else ''}.")
    return decisions, differences
