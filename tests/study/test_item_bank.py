"""An item bank beside the study file is read as strictly as the study file, each problem with its row."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from study_texts import SMALL, check_text, problems


def with_bank(bank: str) -> str:
    """The small study whose items stand in a table."""
    return SMALL.replace(SMALL[SMALL.index("items:") : SMALL.index("groups:")], f"items: {bank}\n")


def workbook(path: Path, rows: list[list[object]], sheet: str = "items") -> None:
    """A workbook with one sheet."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)


GOOD = "id,text,scale\ns01,One,imp9\n"
CASES: dict[str, tuple[str, str | bytes, list[str]]] = {
    "no rows": ("{file: items.csv}", "", ["5:9: items.file: items.csv has no rows"]),
    "no column of ids": (
        "{file: items.csv}", "text,scale\nOne,imp9\n", ["5:9: items.file: items.csv has no column for `id`"],
    ),
    "an unknown column": (
        "{file: items.csv}", "id,text,scale,remark\ns01,One,imp9,x\n",
        ["5:9: items.file: items.csv has a column 'remark' that is no item key"],
    ),
    "a renamed column that is not there": (
        "{file: items.csv, columns: {text: wording}, ignore: [text]}", GOOD,
        ["5:36: items.columns.text: items.csv has no column 'wording'"],
    ),
    "a rename of what is no key": (
        "{file: items.csv, columns: {txt: text}}", GOOD, ["5:36: items.columns.txt: is no item key"],
    ),
    "two columns for one key": (
        "{file: items.csv}", "id,text,scale,id\ns01,One,imp9,s02\n", ["5:9: items.file: items.csv has two columns for `id`"],
    ),
    "a row with too many cells": (
        "{file: items.csv}", GOOD + "s02,Two, and more,imp9\n", ["5:9: items.file.row 3: has 4 cells, the header 3"],
    ),
    "an unknown scale": (
        "{file: items.csv}", GOOD + "s02,Two,imp7\n", ["5:9: items.file.row 3.scale: there is no scale 'imp7'"],
    ),
    "an unknown theme and wave": (
        "{file: items.csv}", "id,theme,waves,scale\ns01,t,r1;r7,imp9\n",
        ["5:9: items.file.row 2.theme: there is no theme 't'", "5:9: items.file.row 2.waves.1: there is no wave 'r7'"],
    ),
    "an unknown parent": (
        "{file: items.csv}", "id,parents,scale\ns01,s02;s07,imp9\ns02,,imp9\n",
        ["5:9: items.file.row 2.parents.1: there is no item 's07'"],
    ),
    "an id twice": ("{file: items.csv}", GOOD + "s01,Two,imp9\n", ["5:9: items.file.row 3.id: the item 's01' stands twice"]),
    "an id that is none": ("{file: items.csv}", GOOD + "s 2,Two,imp9\n", ["5:9: items.file.row 3.id: this is no id"]),
    "a row without an id": ("{file: items.csv}", GOOD + ",Two,imp9\n", ["5:9: items.file.row 3.id: the key `id` is missing"]),
    "an unknown kind": (
        "{file: items.csv}", "id,kind,scale\ns01,ratings,imp9\n",
        ["5:9: items.file.row 2.kind: expected rating, open, rank, profile or survey"],
    ),
    "dims without a scale": (
        "{file: items.csv}", "id,dims\ns01,importance\n",
        ["5:9: items.file.row 2.dims: dims are written importance=imp9;feasibility=feas9"],
    ),
    "another encoding": (
        "{file: items.csv}", "id,text,scale\ns01,é,imp9\n".encode("latin-1"),
        ["5:9: items.file: items.csv cannot be read as UTF-8 delimited text"],
    ),
    "an open quote": (
        "{file: items.csv}", 'id,text,scale\ns01,"One,imp9\n', ["5:9: items.file: items.csv cannot be read as UTF-8 delimited text"],
    ),
    "a delimiter of two characters": (
        '{file: items.csv, delimiter: ";;"}', GOOD, ["5:26: items.delimiter: is one character"],
    ),
    "a path out of the folder": (
        "{file: ../items.csv}", GOOD, ["5:9: items.file: there is no file '../items.csv' beside the study file"],
    ),
    "a key of the bank that is none": ("{file: items.csv, skip: [x]}", GOOD, ["5:26: items.skip: unknown key"]),
}  # fmt: skip


@pytest.mark.parametrize("case", list(CASES))
def test_p14_an_item_bank_is_read_strictly(case: str, tmp_path: Path) -> None:
    bank, table, expected = CASES[case]
    (tmp_path / "items.csv").write_bytes(table if isinstance(table, bytes) else table.encode("utf-8"))
    assert problems(tmp_path, with_bank(bank)) == expected


def test_problems_of_a_workbook_name_its_rows_and_sheets(tmp_path: Path) -> None:
    workbook(tmp_path / "items.xlsx", [["id", "text", "scale"], ["s01", "One", "imp9"], [7, "Two", "imp7"]])
    assert problems(tmp_path, with_bank("{file: items.xlsx}")) == [
        "5:9: items.file.row 3.scale: there is no scale 'imp7'"
    ]
    assert problems(tmp_path, with_bank("{file: items.xlsx, sheet: Items}")) == [
        "5:27: items.sheet: items.xlsx has no sheet 'Items'"
    ]
    assert problems(tmp_path, with_bank("{file: items.xlsx, sheet: 2}")) == [
        "5:27: items.sheet: items.xlsx has no sheet 2"
    ]
    (tmp_path / "items.xlsx").write_bytes(b"no workbook")
    assert problems(tmp_path, with_bank("{file: items.xlsx}")) == [
        "5:9: items.file: items.xlsx cannot be read as a workbook"
    ]


def test_a_broken_row_brings_no_follow_ups(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("id,scale,kind\ns01,imp9,\ns02,imp9,rates\n", encoding="utf-8")
    text = with_bank("{file: items.csv}") + (
        "rules: {consensus: [{id: a, applies_to: {items: [s02], dims: [rating]}, verdict: split, require: {iqr: {at_most: 1}}}]}\n"
    )
    assert problems(tmp_path, text) == [
        "5:9: items.file.row 3.kind: expected rating, open, rank, profile or survey"
    ]


def test_defaults_hold_for_the_rows_of_a_bank(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text(
        'nr;id;scale;text\n1;s01;;"One; two"\n\n2;s02;imp5;Two\n', encoding="utf-8"
    )
    text = with_bank('{file: items.csv, delimiter: ";", ignore: [nr]}\nitem_defaults: {scale: imp9}')
    study = check_text(
        tmp_path, text.replace("  imp9:", "  imp5: {type: ordinal, min: 1, max: 5}\n  imp9:")
    ).study
    assert study is not None
    assert [(item.item_id, item.dims, item.texts) for item in study.items] == [
        ("s01", {"rating": "imp9"}, {"": "One; two"}),
        ("s02", {"rating": "imp5"}, {"": "Two"}),
    ]
