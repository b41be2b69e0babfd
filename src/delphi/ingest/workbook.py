"""Reads one sheet of a workbook (.xlsx, .ods) as text, in the child process."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from delphi.errors import AnswersError
from delphi.ingest.celltext import EXACT, text_of
from delphi.ingest.container import not_a_workbook, open_container
from delphi.ingest.recognise import kind_of, refuse_other_text, wrong_format
from delphi.ingest.records import Extract, begin, extra_headers, is_blank, listed
from delphi.ingest.refusing import refusal
from delphi.ingest.sheetxml import ExcelParts, SheetFacts, facts_of_ods

MOST_CELLS = 20_000_000
_WORDS = {"xlsx": "an Excel workbook (.xlsx)", "ods": "an OpenDocument workbook (.ods)"}


def read(data: bytes, file_name: str, options: Mapping[str, Any]) -> Extract:
    """Cells of the declared sheet as text.

    The first row that is not blank is the header. Columns without anything at the right end, and rows without
    anything at the lower end, are no part of the table.

    Raises
    ------
    AnswersError
        If the file is no such workbook, its sheet is missing or not declared where several hold something, a
        formula has no saved result, or merged cells reach into header or data.
    """
    platform = options["platform"]
    _check_kind(data, file_name, platform)
    container = open_container(data, file_name)
    _check_platform(container, file_name, platform)
    all_facts, epoch = _facts(container, file_name, platform)
    name = _choose(data, all_facts, options["sheet"], file_name)
    facts = all_facts[name]
    grid, notes = _grid(data, name, facts, file_name)
    extract = _extract(grid, facts, int(options["header_rows"]), file_name)
    extract.epoch, extract.notes = epoch, notes
    return extract


def _check_kind(data: bytes, file_name: str, platform: str) -> None:
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return
    if words := kind_of(data):
        raise wrong_format(file_name, words, _WORDS[platform])
    refuse_other_text(data[:4096].decode("latin-1"), file_name)
    raise not_a_workbook(
        file_name,
        "it is no workbook; by its content it may be delimited text",
        "Declare `platform: csv` if it is, or export it again.",
    )


def _check_platform(container: zipfile.ZipFile, file_name: str, platform: str) -> None:
    names = set(container.namelist())
    found = "ods" if "content.xml" in names else "xlsx" if "[Content_Types].xml" in names else ""
    if found != platform:
        raise wrong_format(
            file_name, _WORDS.get(found, "a zip archive that is no workbook"), _WORDS[platform]
        )


def _facts(
    container: zipfile.ZipFile, file_name: str, platform: str
) -> tuple[dict[str, SheetFacts], str | None]:
    try:
        if platform == "ods":
            return facts_of_ods(container), None
        parts = ExcelParts(container)
        return {name: parts.facts(name) for name in parts.paths}, parts.epoch
    except (SyntaxError, LookupError, ValueError):  # SyntaxError is what ElementTree raises
        raise not_a_workbook(file_name, "its inner structure is damaged") from None


def _choose(data: bytes, facts: Mapping[str, SheetFacts], sheet: str | int | None, file_name: str) -> str:
    """Name of the sheet to read: the declared one (a number counts from 1), else the only filled one."""
    visible = _visible(data, file_name)
    names = [name for name in facts if name in visible] or list(facts)
    listing = ", ".join(repr(name) for name in facts)
    if isinstance(sheet, str):
        if sheet not in facts:
            raise _missing_sheet(file_name, f"there is no sheet {sheet!r}; its sheets are {listing}")
        return sheet
    if isinstance(sheet, int):
        if not 1 <= sheet <= len(facts):
            raise _missing_sheet(file_name, f"there is no sheet number {sheet}; its sheets are {listing}")
        return list(facts)[sheet - 1]
    filled = [name for name in names if facts[name].filled]
    if len(filled) > 1:
        several = ", ".join(repr(name) for name in filled)
        raise _missing_sheet(file_name, f"several sheets hold something and none is declared: {several}")
    if not filled:
        raise refusal(
            file_name, "empty_file", "no sheet holds anything, not even a header", "Export it again."
        )
    return filled[0]


def _visible(data: bytes, file_name: str) -> set[str]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except CalamineError:
        raise not_a_workbook(file_name, "it cannot be opened") from None
    return {
        about.name
        for about in book.sheets_metadata
        if about.visible == SheetVisibleEnum.Visible and about.typ == SheetTypeEnum.WorkSheet
    }


def _values(data: bytes, name: str, file_name: str) -> list[list[Any]]:
    """Typed cells of the sheet, from A1 on."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name)
        values: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    except CalamineError:
        raise not_a_workbook(file_name, f"its sheet {name!r} is damaged") from None
    return values


def _grid(data: bytes, name: str, facts: SheetFacts, file_name: str) -> tuple[list[list[str]], list[str]]:
    """Cells of the sheet from A1 to its last filled cell, and what people should know of them."""
    if not facts.filled:
        raise refusal(
            file_name,
            "empty_file",
            "the sheet is empty, it has not even a header",
            "Declare the sheet that holds the answers.",
            path=f"sheet {name}",
        )
    rows, columns = facts.last[0] + 1, facts.last[1] + 1
    if rows * columns > MOST_CELLS:
        raise not_a_workbook(
            file_name, f"a cell far from the table makes it {rows} rows by {columns} columns"
        )
    values = _values(data, name, file_name)
    inexact = sum(
        isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= EXACT
        for row in values
        for value in row
    )
    grid = [_padded([text_of(value) for value in row], columns) for row in values[:rows]]
    for (row, column), text in facts.errors.items():  # calamine gives an empty cell for ``#N/A``
        if row < len(grid) and column < columns:
            grid[row][column] = text
    notes = []
    if inexact:
        notes.append(
            f"{inexact} whole numbers are too long for a workbook and lost digits: store ids as text"
        )
    if facts.formulas:
        notes.append(f"{facts.formulas} cells hold formulas; their last saved results were taken")
    return grid, notes


def _padded(cells: list[str], width: int) -> list[str]:
    return (cells + [""] * (width - len(cells)))[:width]


def _extract(grid: Sequence[list[str]], facts: SheetFacts, header_rows: int, file_name: str) -> Extract:
    filled = [index for index, row in enumerate(grid) if not is_blank(row)]
    if not filled:
        raise not_a_workbook(file_name, "no cell of it could be read")
    top, bottom = filled[0], filled[-1]
    _check_merged(facts, top, header_rows, bottom, file_name)
    _check_formulas(facts, file_name)
    blank_inside = bottom - top + 1 - len(filled)
    extract = begin(grid[top], file_name, facts.filled - 1 + blank_inside)
    extract.asides += extra_headers(top + 1, header_rows, bottom - top)
    start = min(top + header_rows, bottom + 1)
    extract.add(grid[start : bottom + 1], start + 1)
    return extract


def _check_merged(facts: SheetFacts, top: int, header_rows: int, bottom: int, file_name: str) -> None:
    """Refuse merged cells: the cells that they cover are empty, and whose answers they are is a guess.

    Harmless are those outside of the table, and within the header those of one column or below its first row.
    """
    end = top + header_rows - 1
    harmful = [
        (first, left, last, right)
        for first, left, last, right in facts.merged
        if last >= top and first <= bottom and (last > end or (first <= top and right > left))
    ]
    if harmful:
        rows = sorted({first + 1 for first, *_ in harmful})
        raise refusal(
            file_name,
            "merged_cells",
            "merged cells: what they cover is empty",
            "Undo the merging in the spreadsheet program, fill each cell, and save.",
            path=f"row {listed(rows)}",
        )


def _check_formulas(facts: SheetFacts, file_name: str) -> None:
    if facts.uncached:
        rows = sorted({row + 1 for row, _ in facts.uncached})
        raise refusal(
            file_name,
            "formula",
            "formulas whose results the file does not hold",
            "Open the file in a spreadsheet program, let it calculate, and save.",
            path=f"row {listed(rows)}",
        )


def _missing_sheet(file_name: str, message: str) -> AnswersError:
    return refusal(file_name, "missing_sheet", message, "Declare the right one: `sheet: NAME` in the source.")
