"""`delphi findings`: narrowed, in pages, and with a way to mend each rule."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter

from delphi.cli.look import findings
from delphi.cli.main import exit_code_of
from delphi.errors import AnswersError, UsageError
from delphi.stages.findings import MENDS, findings_of
from delphi.stages.plan import run
from delphi.study import locate
from delphi.validation import cells, submissions
from tests.conftest import BARRIERS, barriers_rows, write_rows

NOTING = ("quarantine", "note", "records", "file", "cell")
OUTDATED = ("missing_key_column", "declared_column_missing", "duplicate_target", "two_rules")
"""Reasons to leave out a version of a file that the study file no longer describes."""
SOURCE = Path(__file__).resolve().parents[2] / "src" / "delphi"


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
        ({"column": "s02", "wave": "r1"}, 7), ({"rule": "ragged", "item": None}, 1), ({"item": "s01"}, 0), ({"rule": "speeding"}, 0),
        ({"level": "file"}, 0), ({"rule": "ragged", "wave": "r1"}, 0),
    ],
)  # fmt: skip
def test_filters_narrow_what_is_shown(wanted: dict[str, str | None], n: int, troubled: Path) -> None:
    found = findings_of(locate(troubled), **wanted)
    assert len(found.rows()) == found.total == n
    assert sum(row["n"] for row in found.by_rule) == n


@pytest.mark.parametrize(
    ("name", "value", "there"),
    [
        ("item", "s07", "s02"), ("rule", "raged", "off_scale, ragged"), ("wave", "r3", "r1, r2"), ("level", "cels", "cell, record"),
        ("file", "r3.csv", "r1.csv, r2.csv"), ("column", "s2", "s02"),
    ],
)  # fmt: skip
def test_a_filter_that_names_nothing_names_what_there_is(
    name: str, value: str, there: str, troubled: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        findings_of(locate(troubled), **{name: value})
    (problem,) = caught.value.problems
    assert problem.path == f"--{name} {value}"
    assert there in problem.hint
    assert caught.value.exit_code == 2


def test_every_filter_that_names_nothing_is_named_at_once(troubled: Path) -> None:
    assert exit_code_of(["findings", str(troubled), "--item", "s07", "--level", "cells"]) == 2
    with pytest.raises(UsageError) as caught:
        findings_of(locate(troubled), item="s07", rule="raged")
    assert [one.path for one in caught.value.problems] == ["--item s07", "--rule raged"]


def test_a_filter_is_checked_where_nothing_was_found(barriers: Path) -> None:
    for _ in run(locate(barriers), (), "validate"):
        pass
    assert findings_of(locate(barriers), wave="r2", item="s01", file="r1.csv").total == 0
    with pytest.raises(UsageError) as caught:
        findings_of(locate(barriers), wave="r9", column="s01")
    assert [one.hint for one in caught.value.problems] == ["There are: r1, r2.", "There are none."]


def test_pages_hold_every_finding_once(troubled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for page in (1, 2, 3, 4):
        findings(troubled, page_size=4, page=page)
        told = capsys.readouterr()
        shown += [line for line in told.out.splitlines() if re.match(r"(cell|record) .*r\d\.csv", line)]
        then = f"--page {page + 1} shows the next" if page < 4 else "this is the last"
        assert told.err.startswith(f"Page {page} of 4 (15 findings): {then}")
    assert len(shown) == len(set(shown)) == 15
    with pytest.raises(UsageError, match="There are 4 pages"):
        findings(troubled, page_size=4, page=5)


def test_all_findings_fit_on_one_page_when_that_is_asked_for(
    troubled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    findings(troubled, page_size=2, all=True)
    told = capsys.readouterr()
    assert len(re.findall(r"r\d\.csv", told.out)) == 15
    assert told.err == ""
    with pytest.raises(UsageError, match="--all shows everything at once"):
        findings(troubled, all=True, page=2)


def test_json_holds_totals_pages_place_and_mend_of_every_finding(
    troubled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    findings(troubled, page_size=4, page=4, json=True)
    told = json.loads(capsys.readouterr().out)
    assert {name: told[name] for name in ("total", "page", "pages", "page_size", "refused")} == {
        "total": 15, "page": 4, "pages": 4, "page_size": 4, "refused": [],
    }  # fmt: skip
    assert len(told["findings"]) == 3
    assert told["findings"][-1] == {
        "level": "cell", "rule": "off_scale", "wave": "r2", "file": "r2.csv", "sheet": "", "row": 8, "column": "s02", "item": "s02",
        "reason": "the value is not on the scale imp9", "mend": MENDS["off_scale"],
    }  # fmt: skip
    assert {row["rule"]: row["n"] for row in told["by_rule"]} == {"ragged": 1, "off_scale": 14}


def test_p28_a_cell_is_shown_only_when_that_is_asked_for(
    troubled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for as_json in (False, True):
        findings(troubled, level="cell", json=as_json)
        assert "99" not in capsys.readouterr().out
        findings(troubled, level="cell", raw=True, json=as_json)
        assert capsys.readouterr().out.count("99") == 14


def test_a_refused_file_is_named_with_its_mend_and_filtered_like_the_rest(
    barriers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (barriers / "r2.csv").write_bytes(b"")
    with pytest.raises(AnswersError):
        for _ in run(locate(barriers), (), "validate"):
            pass
    findings(barriers)
    told = capsys.readouterr().out
    assert "refused  r2.csv" in told
    assert "No findings." in told
    for wanted, n in (({"rule": "empty_file"}, 1), ({"file": "r2.csv"}, 1), ({"level": "cell"}, 0), ({"level": "file"}, 1)):  # fmt: skip
        assert len(findings_of(locate(barriers), **wanted).refused) == n
    with pytest.raises(UsageError, match="no finding has it"):
        findings_of(locate(barriers), file="r1.csv")


def test_the_sheet_that_a_source_declares_is_part_of_the_place(
    barriers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = BARRIERS.replace('platform: csv, file: "{wave}.csv"', 'platform: xlsx, sheet: Answers, file: "{wave}.xlsx"')  # fmt: skip
    (barriers / "study.yaml").write_text(text.replace("for: [r1, r2]", "for: [r1]"), encoding="utf-8")
    rows = [[int(cell) if cell.isdigit() else cell for cell in row] for row in barriers_rows(1)]
    rows[1][2] = 12
    with xlsxwriter.Workbook(barriers / "r1.xlsx") as book:
        book.add_worksheet("Notes")
        sheet = book.add_worksheet("Answers")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    for _ in run(locate(barriers), (), "validate"):
        pass
    (row,) = findings_of(locate(barriers), rule="off_scale").rows()
    assert (row["file"], row["sheet"], row["row"], row["column"]) == ("r1.xlsx", "Answers", 2, "s01")
    findings(barriers)
    assert "Answers" in capsys.readouterr().out


def test_every_rule_says_how_to_mend_it() -> None:
    """Every name that is given as a rule, wherever the code notes a finding or lists what it may note."""
    named = {*cells.REASONS, *submissions.REASONS, *OUTDATED}
    for path in (*SOURCE.glob("validation/*.py"), *SOURCE.glob("ingest/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in NOTING:
                named |= {text for argument in node.args[:2] for text in _names_in(argument)}
    assert len(named) > 25
    assert named <= set(MENDS)
    assert all(mend.endswith(".") for mend in MENDS.values())


def _names_in(argument: ast.expr) -> Iterator[str]:
    for node in ast.walk(argument):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.fullmatch("[a-z_]*[a-z]", node.value)
        ):
            yield node.value
