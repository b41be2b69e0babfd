"""What tests share: the real data beside the project, where it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with the data sets of others; absent outside the project's own workplace."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder shared/data with data sets of others is not beside the project")
    return folder


@pytest.fixture(scope="session")
def shared_examples() -> Path:
    """Folder with the example study files of the contracts."""
    folder = ROOT.parent / "shared" / "examples"
    if not folder.is_dir():
        pytest.skip("the folder shared/examples is not beside the project")
    return folder


COMMANDS = (
    "demo",
    "new",
    "check",
    "fetch",
    "run",
    "status",
    "query",
    "findings",
    "trace",
    "release",
    "statistics",
    "rebuild",
    "verify",
)

BARRIERS = """\
studyfile: "1.0"
study: {id: barriers, title: "Barriers to hiring across borders", time_zone: Europe/Amsterdam}
scales:
  imp9: {type: ordinal, min: 1, max: 9, bands: {low: [1, 3], middle: [4, 6], high: [7, 9]}}
items:
  - {id: s01, text: "Foreign qualifications should be recognised within three months.", scale: imp9}
  - {id: s02, text: "Housing support should be part of recruitment from abroad.", scale: imp9}
  - {id: s03, text: "Language courses should start in the first working week.", scale: imp9}
groups:
  role: {label: "Role", categories: [company, city]}
rounds:
  - {id: r1}
  - {id: r2}
sources:
  - {for: [r1, r2], platform: csv, file: "{wave}.csv", key: respondent_id}
"""


def barriers_rows(wave: int) -> list[list[str]]:
    """Twelve invented people: s01 high and settled, s02 low, s03 divided."""
    rows = [["respondent_id", "role", "s01", "s02", "s03"]]
    for person in range(12):
        role = "company" if person < 7 else "city"
        s01, s02 = 7 + person % 3, 1 + (person + wave) % 3
        s03 = 9 if person % 2 else 1
        rows.append([f"p{person:02d}@example.org", role, str(s01), str(s02), str(s03)])
    return rows


def write_rows(path: Path, rows: list[list[str]], delimiter: str = ",") -> None:
    """A plain delimited file."""
    path.write_text("".join(delimiter.join(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def barriers(tmp_path: Path) -> Path:
    """Folder of a small study with two rounds of twelve invented people."""
    folder = tmp_path / "barriers"
    folder.mkdir()
    (folder / "study.yaml").write_text(BARRIERS, encoding="utf-8")
    for wave in (1, 2):
        write_rows(folder / f"r{wave}.csv", barriers_rows(wave))
    return folder
