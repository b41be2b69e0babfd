"""A small valid study file, and how to change a line of it."""

from __future__ import annotations

from pathlib import Path

from delphi.study import Checked, check_study

SMALL = """\
studyfile: "1.0"
study: {id: barriers, title: "Barriers to hiring", time_zone: Europe/Amsterdam}
scales:
  imp9: {type: ordinal, min: 1, max: 9, bands: {low: [1, 3], middle: [4, 6], high: [7, 9]}}
items:
  - {id: s01, text: "One", scale: imp9}
  - {id: s02, text: "Two", scale: imp9}
groups:
  role: {categories: [company, city]}
rounds:
  - {id: r1}
  - {id: r2}
sources:
  - {for: [r1, r2], platform: csv, file: "{wave}.csv", key: respondent_id, key_is_pseudonym: true}
"""


def check_text(folder: Path, text: str | bytes) -> Checked:
    """Check a study file with this text."""
    file = folder / "study.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return check_study(file)


def problems(folder: Path, text: str | bytes) -> list[str]:
    """Every problem of a text as `line:column: path: message`, without hints."""
    return [f"{p.line}:{p.column}: {p.path}: {p.message}" for p in check_text(folder, text).problems]


def changed(old: str, new: str) -> str:
    """The small study with one piece replaced."""
    assert old in SMALL
    return SMALL.replace(old, new, 1)
