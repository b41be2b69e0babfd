"""What was refused, quarantined or odd, with what to do about each rule; never the answer itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from delphi.errors import Problem, UsageError
from delphi.ingest.journal import Journal
from delphi.stages.context import deliveries_of
from delphi.stages.frames import records_of
from delphi.study import StudyFolder
from delphi.warehouse.warehouse import Warehouse

if TYPE_CHECKING:
    import pandas as pd

MENDS = {
    "unknown_column": "Name the column under `columns` or `groups` of the source, or list it under `ignore`.",
    "no_records": "The file has a header and no record; export it again if answers were expected.",
    "repeated_header": "Nothing to do: a header that stands again among the records was left out.",
    "ragged": "Correct the export: too many or too few cells, often a separator inside a text.",
    "lost_digits": "Store keys as text in the workbook or platform, and export again.",
    "reader_note": "Look whether this is as meant; nothing was changed.",
    "missing_key": "Correct the export: the record names no respondent.",
    "unknown_respondent": "Add the person to the panel register, or leave the record out.",
    "withdrawn": "Nothing to do: the person withdrew and is taken out everywhere.",
    "rejoin": "The person did not return the round before; change `panel.rejoin` if that is allowed.",
    "before_open": "The record came before the wave opened, often a test; correct `open` if it is real.",
    "after_close": "The record came too late; `grace` of the wave says how late is accepted.",
    "wrong_wave": "List the raw value under `wave.codes` of the source, or correct the export.",
    "unknown_state": "List the text under `state` of the source, as complete, partial or left out.",
    "bad_time": "Correct the time, or `time_format` and `time_zone` of the source.",
    "duplicate_contradiction": "Decide which return counts and take the other out of the export.",
    "unknown_item": "Add the item to the study file, or map it under `long.item.codes`.",
    "unknown_dimension": "Add the dimension to the item, or map it under `long.dimension.codes`.",
    "unknown_part": "Map the part under `long.part.codes`.",
    "group_changed": "Nothing is changed: the group of the register, or the first one given, stays.",
    "two_groups": "Decide on one group of the person within the wave and correct the export.",
    "unknown_group": "Add the category to `groups`, or map the text under the source's `groups`.",
    "wrong_choice_count": "Nothing is repaired: the choice counts as invalid.",
    "bad_ranking": "Nothing is repaired: the ranking counts as invalid.",
    "straightlining": "A flag only: look at the return and ask; nothing is excluded.",
    "speeding": "A flag only: look at the return and ask; nothing is excluded.",
    "superseded": "Nothing to do: a later return of the person counts.",
    "off_scale": "Correct the export, or declare the value under `missing` if it stands for no answer.",
    "not_a_number": "Correct the export, or declare the text under `missing` or `codes`.",
    "fraction": "Correct the export: the scale has whole numbers only.",
    "not_an_ascii_digit": "Correct the export: numbers are written with the digits 0 to 9.",
    "bad_interval": "Nothing is repaired: low, best and high are out of order and count as invalid.",
    "not_a_choice": "Add the choice to the scale, or map the text under `codes` of the source.",
}


@dataclass(frozen=True)
class Findings:
    """Refused files that have not been mended since, findings, and how many of each rule with what to do."""

    refused: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    by_rule: list[dict[str, Any]]


def findings_of(folder: StudyFolder, **wanted: str | None) -> Findings:
    """Read the findings.

    Parameters
    ----------
    wanted : `wave`, `rule`, `level`, `file`, `item`, `column`: only findings with this value; None does not restrict

    Raises
    ------
    UsageError
        If no finding has such a value: then a name is probably misspelt.
    """
    refused = _refused(folder)
    if not folder.warehouse.exists() and refused:
        return Findings(refused, [], [])
    with Warehouse.open_read_only(folder.warehouse) as warehouse:
        listed = warehouse.read("listed_findings")
    unknown = []
    chosen = listed
    for name, value in wanted.items():
        if value is not None:
            if value not in set(listed[name]):
                unknown.append(
                    Problem("", 0, 0, f"--{name} {value}", "no finding has it", _known(listed[name]))
                )
            chosen = chosen[chosen[name] == value]
    if unknown and len(listed):
        raise UsageError(unknown)
    listed = chosen
    counted = listed.groupby(["level", "rule"], sort=False).size().reset_index(name="n")
    by_rule = [{**row, "what to do": MENDS.get(row["rule"], "")} for row in records_of(counted)]
    return Findings(refused, records_of(listed), by_rule)


def _known(values: pd.Series[str]) -> str:
    known = sorted(set(values) - {""})
    return f"Findings have: {', '.join(known[:20])}{', ...' if len(known) > 20 else ''}."


def _refused(folder: StudyFolder) -> list[dict[str, Any]]:
    """The last refusal of each file that was not taken in afterwards."""
    journal = Journal(folder.journal)
    accepted = {one.sha256 for one in deliveries_of(journal)}
    last: dict[str, list[dict[str, Any]]] = {}
    for event in journal.events():
        if event.kind == "refusal" and event.facts["sha256"] not in accepted:
            last[str(event.facts["file"])] = list(event.facts["problems"])
        elif event.kind == "delivery":
            last.pop(str(event.facts["file"]), None)
    return [problem for problems in last.values() for problem in problems]
