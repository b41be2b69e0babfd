"""`delphi findings`: narrowed, in pages, and with a way to mend each rule."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from delphi.cli.look import findings
from delphi.errors import UsageError
from delphi.stages.findings import MENDS, findings_of
from delphi.stages.plan import run
from delphi.study import locate
from tests.conftest import BARRIERS, barriers_rows, write_rows

SOURCE = Path(__file__).resolve().parents[2] / "src" / "delphi"
NO_FINDINGS = {"ignored"}


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with bad cells in both rounds and a ragged record in the second."""
    root = tmp_path_factory.mktemp("troubled") / "barriers"
    root.mkdir()
    (root / "study.yaml").write_text(BARRIERS, encoding="utf-8")
    for wave in (1, 2):
        rows = barriers_rows(wave)
        for row in rows[1:8]:
            row[3] = "99"
        if wave == 2:
            rows[9] = rows[9][:-1]
        write_rows(root / f"r{wave}.csv", rows)
    for _ in run(locate(root), (), "validate"):
        pass
    return root


@pytest.mark.parametrize(
    ("wanted", "n"),
    [
        ({}, 15), ({"wave": "r2"}, 8), ({"rule": "ragged"}, 1), ({"level": "cell"}, 14), ({"file": "r1.csv"}, 7), ({"item": "s02"}, 14),
        ({"column": "s02", "wave": "r1"}, 7), ({"rule": "ragged", "item": None}, 1),
    ],
)  # fmt: skip
def test_filters_narrow_what_is_shown(wanted: dict[str, str | None], n: int, troubled: Path) -> None:
    found = findings_of(locate(troubled), **wanted)
    assert len(found.rows) == n
    assert sum(row["n"] for row in found.by_rule) == n


def test_a_filter_that_nothing_has_names_what_there_is(troubled: Path) -> None:
    with pytest.raises(UsageError) as caught:
        findings_of(locate(troubled), item="s07", rule="raged")
    assert [one.path for one in caught.value.problems] == ["--item s07", "--rule raged"]
    assert "s02" in caught.value.problems[0].hint
    assert "off_scale, ragged" in caught.value.problems[1].hint


def test_pages_hold_every_finding_once(troubled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for page in (1, 2, 3, 4):
        findings(troubled, limit=4, page=page)
        shown += [
            line
            for line in capsys.readouterr().out.splitlines()
            if re.match(r"(cell|record) .*r\d\.csv", line)
        ]
    assert len(shown) == len(set(shown)) == 15
    with pytest.raises(UsageError, match="There are 4 pages"):
        findings(troubled, limit=4, page=5)


def test_every_rule_says_how_to_mend_it() -> None:
    named = set()
    for path in (*SOURCE.glob("validation/*.py"), *SOURCE.glob("ingest/*.py")):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"(?:quarantine|records|file|cell)\(\s*(?:[\w.]+,\s*)?\"(\w+)\"", text))
        named |= set(re.findall(r"rule=\"(\w+)\"", text))
    assert len(named) > 8
    assert named - NO_FINDINGS <= set(MENDS)
