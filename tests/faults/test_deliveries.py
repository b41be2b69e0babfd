"""Deliveries: the same again, poorer ones, and any order of them."""

from __future__ import annotations

import hashlib
import itertools
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter

from delphi.ingest.delimited import read_delimited
from delphi.stages.plan import run
from delphi.stages.querying import query_rows
from delphi.study import locate, read_study
from delphi.validation.delivery import Delivery
from delphi.validation.wave import Earlier, validate_wave
from delphi.warehouse.digests import recorded_digests
from tests.conftest import BARRIERS, barriers_rows, write_rows
from tests.faults.corpus import text_of

STUDY = BARRIERS.replace(
    "key: respondent_id",
    "key: respondent_id, key_is_pseudonym: true, submitted_at: at, time_zone: Europe/Amsterdam",
)
WHEN_TAKEN = {"sources", "submissions", "answers", "findings"}
"""Tables that say which file version a row came from and when that was taken in."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are taken without waiting until they lie still."""
    monkeypatch.setattr("delphi.ingest.received.STILL", 0)


def _validate(root: Path, until: str = "statistics") -> None:
    for _ in run(locate(root), (), until):
        pass


def _digests(root: Path) -> list[dict[str, object]]:
    return recorded_digests(locate(root).warehouse)


def _timed(wave: int, day: int) -> list[list[str]]:
    head, *rows = barriers_rows(wave)
    return [[*head, "at"], *([*row, f"2026-03-{day:02d} 10:{n:02d}"] for n, row in enumerate(rows))]


def _dress(text: str) -> dict[str, bytes]:
    rows = [line.split(",") for line in text.splitlines()]
    return {
        "the same bytes": text.encode(),
        "a mark at the start": text.encode("utf-8-sig"),
        "CRLF": text.replace("\n", "\r\n").encode(),
        "CR": text.replace("\n", "\r").encode(),
        "no last line end": text.rstrip("\n").encode(),
        "all quoted": "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows).encode(),
        "rows in reverse": text_of([rows[0], *reversed(rows[1:])]).encode(),
        "columns in reverse": text_of([list(reversed(row)) for row in rows]).encode(),
        "decomposed letters": unicodedata.normalize("NFD", text).encode(),
    }


def test_p01_the_same_answers_in_another_dress_change_nothing(barriers: Path) -> None:
    text = (barriers / "r2.csv").read_text(encoding="utf-8").replace("p03@", "Zoë@")
    (barriers / "r2.csv").write_text(text, encoding="utf-8")
    _validate(barriers)
    before = _digests(barriers)
    for data in _dress(text).values():
        (barriers / "r2.csv").write_bytes(data)
        _validate(barriers)
        assert _digests(barriers) == before


def test_p01_a_workbook_written_again_in_another_order_changes_nothing(barriers: Path) -> None:
    text = BARRIERS.replace('csv, file: "{wave}.csv"', 'xlsx, file: "{wave}.xlsx"').replace(
        "[r1, r2]", "[r1]"
    )
    (barriers / "study.yaml").write_text(text, encoding="utf-8")
    head, *rows = barriers_rows(1)
    ends = []
    for number, order in enumerate((rows, rows, rows[::-1])):
        with xlsxwriter.Workbook(barriers / "r1.xlsx") as book:
            book.set_properties({"comments": f"saved {number} times"})
            sheet = book.add_worksheet()
            for place, row in enumerate((head, *order)):
                sheet.write_row(place, 0, [int(cell) if cell.isdigit() else cell for cell in row])
        _validate(barriers)
        ends.append(_digests(barriers))
    assert ends[0] == ends[1] == ends[2]


@pytest.mark.parametrize("is_timed", [True, False])
def test_p09_two_answers_of_one_person_are_never_settled_by_their_order(
    is_timed: bool, tmp_path: Path
) -> None:
    ends = []
    for number in (0, 1):
        root = tmp_path / str(number) / "barriers"
        root.mkdir(parents=True)
        text = STUDY if is_timed else STUDY.replace(", submitted_at: at, time_zone: Europe/Amsterdam", "")
        (root / "study.yaml").write_text(text, encoding="utf-8")
        first, *rest = _timed(1, 1)
        rows = [*rest, [*rest[3][:2], "1", "1", "1", "2026-03-02 09:00"]]
        rows = [first, *(rows[::-1] if number else rows)]
        write_rows(root / "r1.csv", rows if is_timed else [row[:5] for row in rows])
        _validate(root, "validate")
        query = f"""
            select submissions.is_current, answers.value from submissions left join answers
            on answers.source_row = submissions.source_row and answers.item_id = 's01'
            where submissions.respondent_id = '{rest[3][0]}' order by all
        """
        findings = "select rule, count(*) as n from findings where level = 'record' group by all"
        ends.append((query_rows(locate(root), query)[0], query_rows(locate(root), findings)[0]))
    assert ends[0] == ends[1]
    returns, rules = ends[0]
    if is_timed:
        assert [(row["is_current"], row["value"]) for row in returns] == [(False, None), (True, 1.0)]
        assert rules == [{"rule": "superseded", "n": 1}]
    else:
        assert returns == []
        assert rules == [{"rule": "duplicate_contradiction", "n": 2}]


def _fewer(rows: list[list[str]]) -> list[list[str]]:
    return rows[:4]


def _blanked(rows: list[list[str]]) -> list[list[str]]:
    return [row if n == 0 else [*row[:2], "", "", "", *row[5:]] for n, row in enumerate(rows)]


def _none(rows: list[list[str]]) -> list[list[str]]:
    return rows[:1]


@pytest.mark.parametrize("poorer", [_fewer, _blanked, _none])
def test_p10_a_poorer_delivery_removes_nobody_and_nothing(
    poorer: Callable[[list[list[str]]], list[list[str]]], barriers: Path
) -> None:
    _validate(barriers)
    query = "select wave_id, respondent_id, item_id, value, missing from answers order by all"
    before = query_rows(locate(barriers), query)
    write_rows(barriers / "r2.csv", poorer(barriers_rows(2)))
    _validate(barriers)
    assert query_rows(locate(barriers), query) == before


def _four() -> list[list[list[str]]]:
    """A first export, a longer one, a correction and a late answer."""
    longer = _timed(2, 10)
    corrected = [
        row if n != 3 else [*row[:2], "1", "1", "1", "2026-03-12 09:00"] for n, row in enumerate(longer[:6])
    ]
    return [longer[:9], longer, corrected, [longer[0], ["late", "city", "9", "9", "9", "2026-03-14 09:00"]]]


def _state(root: Path) -> tuple[object, ...]:
    tables = {str(row["table"]): row["digest"] for row in _digests(root) if row["table"] not in WHEN_TAKEN}
    answers = "select wave_id, respondent_id, item_id, dimension, part, value, text, missing from answers order by all"
    current = "select wave_id, respondent_id, state, submitted_at::varchar from submissions where is_current order by all"
    return tables, query_rows(locate(root), answers), query_rows(locate(root), current)


def test_p11_any_order_of_four_deliveries_gives_the_same_answers(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    study = read_study(tmp_path)
    source = study.sources[0]
    tables = []
    for rows in _four():
        data = text_of(rows).encode()
        tables.append(read_delimited(data, source.dialect, "r2.csv", hashlib.sha256(data).hexdigest()))
    ends = []
    for order in itertools.permutations(tables):
        versions = [
            Delivery(source, table, number, datetime(2026, 4, number, tzinfo=UTC))
            for number, table in enumerate(order, 1)
        ]
        found = validate_wave(study, study.wave("r2"), versions, Earlier(), None, str)
        answers = found.answers.drop(columns=["source_id", "source_row"])
        current = found.submissions[found.submissions["is_current"]].drop(columns=["source_id", "source_row"])
        ends.append(
            [
                frame.sort_values(list(frame.columns)).to_csv(index=False)
                for frame in (answers, current, found.memberships)
            ]
        )
    assert len(ends) == 24
    assert all(end == ends[0] for end in ends)
    assert ends[0][0].count("late") == 3


def test_p11_any_order_of_deliveries_ends_in_equal_tables(tmp_path: Path) -> None:
    ends = []
    for number, order in enumerate(((0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1))):
        root = tmp_path / str(number) / "barriers"
        root.mkdir(parents=True)
        (root / "study.yaml").write_text(STUDY, encoding="utf-8")
        write_rows(root / "r1.csv", _timed(1, 1))
        for place in order:
            write_rows(root / "r2.csv", _four()[place])
            _validate(root, "ingest")
        _validate(root)
        ends.append(_state(root))
    assert ends[0] == ends[1] == ends[2]
