"""Small studies that fetch from fake servers, and what those servers have."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import BARRIERS, barriers_rows
from tests.faults.corpus_pulls import pull_cases
from tests.faults.fake_servers import FakeServer, Record

SOURCES = '  - {for: [r1, r2], platform: csv, file: "{wave}.csv", key: respondent_id}\n'
COLUMNS = "columns: {rate/s01: s01, rate/s02: s02, rate/s03: s03}, groups: {role: rate/role}, ignore: [_id]"
BROKEN = next(case for _, case in pull_cases() if case.name == "a web page")


def panel(wave: int) -> list[Record]:
    """The twelve invented people of a round, as a server has them."""
    _, *rows = barriers_rows(wave)
    return [
        {"id": str(100 + n), "token": row[0], "role": row[1], "s01": row[2], "s02": row[3], "s03": row[4]}
        for n, row in enumerate(rows)
    ]


def source(fake: FakeServer, wave: str, more: str = "") -> str:
    """A source of one round."""
    told = f'{{server: {fake.kind}, url: "{fake.url}", token: {{env: FETCH_TOKEN}}}}'
    return f"  - {{for: {wave}, platform: csv, file: {wave}.csv, key: rate/token, fetch: {told}, {COLUMNS}{more}}}\n"


def write_study(root: Path, *sources: str, rounds: str = "  - {id: r1}\n  - {id: r2}\n") -> Path:
    """The small study with other sources."""
    root.mkdir(exist_ok=True)
    text = BARRIERS.replace(SOURCES, "".join(sources)).replace("  - {id: r1}\n  - {id: r2}\n", rounds)
    assert text != BARRIERS
    (root / "study.yaml").write_text(text, encoding="utf-8")
    return root
