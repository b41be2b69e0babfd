"""What was refused, quarantined or odd, with what to do about each rule; the answer itself only if asked for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pandas as pd

from delphi.errors import Problem, StudyError, UsageError
from delphi.ingest.journal import Journal
from delphi.stages.context import deliveries_of, study_of
from delphi.stages.frames import records_of
from delphi.study import StudyFolder
from delphi.warehouse.warehouse import Warehouse

MENDS = {
    "unknown_column": "Name the column under `columns` or `groups` of the source, or list it under `ignore`.",
    "no_records": "The file has a header and no record; export it again if answers were expected.",
    "repeated_header": "Nothing to do: a header that stands again among the records was left out.",
    "ragged": "Correct the export: too many or too few cells, often a separator inside a text.",
    "missing_key_column": "Nothing to do if the later version is right: this one has no column of the key.",
    "declared_column_missing": "Nothing to do if the later version is right: this one lacks a column that the source names.",
    "duplicate_target": "Nothing to do if the later version is right: two columns of this one mean the same item.",
    "two_rules": "Nothing to do if the later version is right: two entries under `columns` fit one column of this one.",
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


LEVELS = ("file", "record", "cell")
PLACE = ("level", "rule", "wave", "file", "sheet", "row", "column", "item", "reason", "mend")


@dataclass(frozen=True)
class Findings:
    """Refused files that have not been mended since, and the findings that were asked for."""

    refused: list[dict[str, Any]]
    listed: pd.DataFrame

    @property
    def total(self) -> int:
        """How many findings there are."""
        return len(self.listed)

    def pages(self, size: int) -> int:
        """How many pages of this size they fill; an empty list is one page."""
        return max(-(-self.total // size), 1)

    def rows(self, page: int = 1, size: int | None = None, raw: bool = False) -> list[dict[str, Any]]:
        """Findings of one page, or all without a size: place, reason and mend; the cell as it stood only if asked for."""
        part = self.listed if size is None else self.listed.iloc[(page - 1) * size : page * size]
        return records_of(part[[*PLACE, "raw"] if raw else list(PLACE)])

    @property
    def by_rule(self) -> list[dict[str, Any]]:
        """How many of each rule, with what to do."""
        counted = self.listed.groupby(["level", "rule"], sort=False).size().reset_index(name="n")
        return [{**row, "what to do": MENDS.get(row["rule"], "")} for row in records_of(counted)]


def findings_of(folder: StudyFolder, **wanted: str | None) -> Findings:
    """Read the findings, those of files that were refused whole included.

    Parameters
    ----------
    wanted : `wave`, `rule`, `level`, `file`, `item`, `column`: only findings with this value; None does not restrict

    Raises
    ------
    UsageError
        If neither the study nor a finding has such a value: then a name is probably misspelt.
    """
    refused = _refused(folder)
    known: dict[str, set[str]] = {
        "rule": {*MENDS, *(str(one["code"]) for one in refused)},
        "level": set(LEVELS),
    }
    if not folder.warehouse.exists() and refused:
        listed = pd.DataFrame({name: pd.Series(dtype="str") for name in (*PLACE, "raw")})
    else:
        with Warehouse.open_read_only(folder.warehouse) as warehouse:
            listed = warehouse.read("listed_findings")
            for row in records_of(warehouse.read("names_of_findings")):
                known.setdefault(row["name"], set()).add(row["value"])
        sheets = _sheets(folder)
        listed["sheet"] = [sheets.get(entry, "") for entry in listed["entry"]]
        listed["mend"] = [MENDS.get(rule, "") for rule in listed["rule"]]
    known.setdefault("file", set()).update(str(one["file"]) for one in refused)
    unknown = []
    for name, value in wanted.items():
        if value is not None and value not in known.get(name, set()) | set(listed[name]):
            unknown.append(_unknown(name, value, set(listed[name]), known.get(name, set())))
    if unknown:
        raise UsageError(unknown)
    for name, value in wanted.items():
        if value is not None:
            listed = listed[listed[name] == value]
    return Findings([one for one in refused if _is_wanted(one, wanted)], listed)


def _unknown(name: str, value: str, found: set[str], known: set[str]) -> Problem:
    """What is wrong with a filter, naming first what findings have and else what the study has."""
    names, owner = (found - {""}, "Findings have") if found - {""} else (known, "There are")
    listing = f"{owner}: {', '.join(sorted(names)[:20])}{', ...' if len(names) > 20 else ''}."
    return Problem(
        "", 0, 0, f"--{name} {value}", "no finding has it", listing if names else "There are none."
    )


def _is_wanted(refusal: Mapping[str, Any], wanted: Mapping[str, str | None]) -> bool:
    """Whether filters let a refused file through; it has neither wave, item nor column of its own."""
    own = {"file": refusal["file"], "rule": refusal["code"], "level": "file"}
    return all(value is None or own.get(name) == value for name, value in wanted.items())


def _sheets(folder: StudyFolder) -> dict[str, str]:
    """Entry of `sources` → the sheet that it declares; none while the study file cannot be read."""
    with suppress(StudyError):
        return {
            source.entry_id: str(source.dialect.sheet)
            for source in study_of(folder).sources
            if source.dialect.sheet is not None
        }
    return {}


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
