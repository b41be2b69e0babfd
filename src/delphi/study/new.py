"""A study file to start from, with comments and a schema for editors."""

from __future__ import annotations

import json
import re
from pathlib import Path

from delphi.errors import UsageError
from delphi.study.folder import STUDY_FILE
from delphi.study.grammar import json_schema

SCHEMA_FILE = "study.schema.json"
TEMPLATE = """\
# yaml-language-server: $schema=study.schema.json
# One file says what is asked of whom, when, by which rules, and where the exports lie.
# Check it with:  delphi check .        See it with all defaults:  delphi check . --resolved
studyfile: "1.0"

study:
  id: {study_id}
  title: "Title of the study"
  aim: "What the panel is asked to agree on, or to map"
  languages: [en]
  time_zone: Europe/Amsterdam        # times without a zone in exports and dates below are in this one

# Raw codes that stand for no answer; empty cells are known as such without a code.
missing: {{skipped: -90, no_opinion: -91, not_applicable: -93}}

scales:
  imp9:
    type: ordinal
    min: 1
    max: 9
    labels: {{1: "not important", 9: "indispensable"}}
    bands: {{low: [1, 3], middle: [4, 6], high: [7, 9]}}     # the last band agrees, the first opposes
    no_opinion: true

themes:
  access: "Access to services"
  skills: "Skills and qualifications"

# Ids are permanent: another wording is a version of the same id, another meaning a new id.
# Items may also stand in a spreadsheet beside this file:  items: {{file: items.csv}}
items:
  - {{id: s01, theme: skills, text: "Foreign qualifications should be recognised within three months.", scale: imp9}}
  - {{id: s02, theme: access, text: "Housing support should be part of recruitment from abroad.", scale: imp9}}

groups:
  role: {{label: "Role", categories: {{company: "Company", city: "City", government: "Government"}}}}

rounds:
  - {{id: r1, aim: "first rating", open: "2027-02-01", close: "2027-02-21", grace: 3d}}
  - {{id: r2, aim: "second rating after feedback", open: "2027-03-15", close: "2027-04-04", grace: 3d}}

# One wide file per round, beside this file: r1.csv, r2.csv. Columns named like item ids are the answers, a column named
# like a group dimension is the group. Names and addresses are listed under `ignore` and go no further.
sources:
  - for: [r1, r2]
    platform: csv
    file: "{{wave}}.csv"
    key: token                       # stored only as a keyed hash
    submitted_at: submitted_at
    ignore: [name, email]

# Without rules of your own the preset default_75_15_stable decides:  delphi check . --resolved  prints it in full.
rules:
  preset: default_75_15_stable
"""


def write_new_study(folder: Path) -> list[Path]:
    """Write a study file and its schema into a folder.

    Raises
    ------
    UsageError
        If a study file is there already.
    """
    file = folder / STUDY_FILE
    if file.exists():
        raise UsageError(
            f"There is a study file at {file} already; nothing was written.", "Choose another folder."
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder.", "Choose another name.")
    folder.mkdir(parents=True, exist_ok=True)
    schema = folder / SCHEMA_FILE
    file.write_text(TEMPLATE.format(study_id=_study_id(folder)), encoding="utf-8")
    schema.write_text(json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return [file, schema]


def _study_id(folder: Path) -> str:
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-_")
    return f'"{name}"' if name.isdigit() else name or "my-study"
