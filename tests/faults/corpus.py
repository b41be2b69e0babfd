"""Bad and tricky files with what has to become of each: said from the contract, not from what the reader does.

The base is the export of the small study; a case says what is done to it, and either the code with which the file is refused
or which answers change, which people are not there, and which rules the findings name.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from delphi.errors import DelphiError
from delphi.ingest.child import READERS
from delphi.ingest.reading import read_table
from delphi.ingest.refusing import refusal
from delphi.ingest.table import TextTable, table_of
from delphi.study import Dialect, Study, read_study
from delphi.validation.delivery import Delivery
from delphi.validation.refusal import refusals
from delphi.validation.wave import Earlier, validate_wave
from tests.conftest import BARRIERS, barriers_rows

Answers = dict[tuple[str, str], float]
ITEMS = ("s01", "s02", "s03")
HEAD, *PEOPLE = barriers_rows(1)


@dataclass(frozen=True)
class Case:
    """A file, how the study declares it, and what has to become of it.

    `refused` holds the codes of which one has to be given; empty for a file that is loaded. `changed` are answers other than
    those of the base (None: there is none), `gone` people without any, `renamed` people under another key, and `rules` what the
    findings name, no more and no less; `records` counts those after the header.
    """

    name: str
    promises: tuple[str, ...]
    data: bytes
    refused: tuple[str, ...] = ()
    changed: Mapping[tuple[str, str], float | None] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[tuple[str, ...], ...] = ()
    platform: str = "csv"
    declared: str = ""
    records: int | None = None

    @property
    def answers(self) -> Answers:
        """Every answer that has to be there."""
        found: Answers = {}
        for row in PEOPLE:
            key = self.renamed.get(row[0], row[0])
            for item, text in zip(ITEMS, row[2:], strict=True):
                value = self.changed.get((row[0], item), float(text))
                if row[0] not in self.gone and value is not None:
                    found[(key, item)] = value
        return found


@dataclass(frozen=True)
class Outcome:
    """What became of a file."""

    refused: str = ""
    answers: Answers = field(default_factory=dict)
    findings: tuple[dict[str, Any], ...] = ()
    counted: tuple[int, int, int, int] = (0, 0, 0, 0)
    messages: str = ""


_studies: dict[tuple[str, str], Study] = {}


def study_of(case: Case) -> Study:
    """The small study with its export declared so."""
    key = (case.platform, case.declared)
    if key not in _studies:
        text = BARRIERS.replace("platform: csv", f"platform: {case.platform}")
        text = text.replace(
            "key: respondent_id", "key: respondent_id" + (f", {case.declared}" if case.declared else "")
        )
        with TemporaryDirectory() as place:
            (Path(place) / "study.yaml").write_text(text, encoding="utf-8")
            _studies[key] = read_study(Path(place))
    return _studies[key]


def outcome(case: Case) -> Outcome:
    """Read, refuse or validate a file as `delphi run` does, keys as they are."""
    of = study_of(case)
    source = of.sources[0]
    name, sha256 = f"r1.{case.platform}", hashlib.sha256(case.data).hexdigest()
    try:
        table = _table(case.data, source.dialect, name, sha256)
        problems = refusals(of, source, table, ["r1"])
    except DelphiError as error:
        problems = error.problems
    if problems:
        return Outcome(problems[0].code, messages=" ".join(map(str, problems)))
    delivery = Delivery(source, table, 1, datetime(2026, 1, 1, tzinfo=UTC))
    found = validate_wave(of, of.wave("r1"), [delivery], Earlier(), None, lambda key: key)
    answers = {
        (str(row["respondent_id"]), str(row["item_id"])): float(row["value"])
        for row in found.answers.to_dict("records")
        if row["value"] == row["value"] and row["value"] is not None
    }
    findings = tuple(found.findings.to_dict("records"))
    counts = found.sources[["records", "accepted", "quarantined", "ignored"]].sum()
    return Outcome(
        "", answers, findings, tuple(int(n) for n in counts), " ".join(str(row["reason"]) for row in findings)
    )  # type: ignore[arg-type]


def _table(data: bytes, dialect: Dialect, name: str, sha256: str) -> TextTable:
    """A file as text. Readers that cannot crash are called here, as a child process for each would take minutes."""
    if not data or dialect.platform not in ("xlsx", "ods", "parquet"):
        return read_table(data, dialect, name, sha256)
    module, function = READERS[dialect.platform].split(":")
    options = {"platform": dialect.platform, "header_rows": dialect.header_rows, "sheet": dialect.sheet}
    try:
        extract = getattr(importlib.import_module(module), function)(data, name, options)
    except DelphiError:
        raise
    except Exception:  # what the child process makes of it
        raise refusal(name, "reader_failed", "its reader failed", "Export it again.") from None
    return table_of(extract, name, sha256, dialect.platform)


def wrong_with(case: Case, found: Outcome) -> list[str]:
    """What differs from what has to be; empty when all is right."""
    if case.refused or found.refused:
        return [] if found.refused in case.refused else [f"refused as {found.refused!r}, not {case.refused}"]
    wrong = []
    expected = case.answers
    if found.answers != expected:
        other = sorted(set(found.answers.items()) ^ set(expected.items()))[:4]
        wrong.append(f"answers differ: {other}")
    rules = {str(row["rule"]) for row in found.findings}
    for allowed in case.rules:
        if not rules & set(allowed):
            wrong.append(f"no finding {' or '.join(allowed)}")
        rules -= set(allowed)
    if rules:
        wrong.append(f"findings {sorted(rules)} too many")
    records, accepted, quarantined, ignored = found.counted
    if records != accepted + quarantined + ignored:
        wrong.append(f"records do not add up: {found.counted}")
    if case.records is not None and records != case.records:
        wrong.append(f"{records} records, not {case.records}")
    for row in found.findings:
        if row["level"] == "cell" and not (row["source_row"] and row["column_name"] and row["reason"]):
            wrong.append("a cell finding without place or reason")
    return wrong


def text_of(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    """Rows as delimited text, quoted where that is needed."""
    special = {delimiter, '"', "\n", "\r"}
    return "".join(
        delimiter.join('"' + cell.replace('"', '""') + '"' if special & set(cell) else cell for cell in row)
        + end
        for row in rows
    )


def base() -> list[list[str]]:
    """Header and twelve people, to change."""
    return [list(HEAD), *(list(row) for row in PEOPLE)]


def corpus() -> list[Case]:
    """All cases that can be made here."""
    from tests.faults import corpus_cells, corpus_delimited, corpus_typed

    found = [*corpus_cells.cases(), *corpus_delimited.cases(), *corpus_typed.cases()]
    names = [case.name for case in found]
    if len(set(names)) != len(names):
        raise ValueError(f"two cases are called {sorted({name for name in names if names.count(name) > 1})}")
    return found
