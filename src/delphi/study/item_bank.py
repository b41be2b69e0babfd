"""Items that stand in a table beside the study file: researchers keep item banks in spreadsheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path as FilePath
from typing import Any

from delphi.study.grammar import WrittenItem, WrittenItemBank
from delphi.study.sections import Collected, suggestion

KEYS = ("id", "theme", "kind", "scale", "dims", "text", "waves", "parents")


def read_item_bank(bank: WrittenItemBank, folder: FilePath, found: Collected) -> dict[int, WrittenItem]:
    """Row number of the table → item. Problems name the table, its row and column."""
    here = ("items", "file")
    path = folder / bank.file
    if FilePath(bank.file).is_absolute() or ".." in FilePath(bank.file).parts or not path.is_file():
        found.add(
            here,
            f"there is no file {bank.file!r} beside the study file",
            "Name a .csv or .xlsx file in the study folder.",
            "missing_item_bank",
        )
        return {}
    rows = _rows(path, bank, found)
    if not rows:
        found.add(here, f"{bank.file} has no rows", "Its first row names the columns.", "empty_item_bank")
        return {}
    names = {header: key for key, header in bank.columns.items()}
    header = [cell.strip() for cell in rows[0]]
    keys: list[str | None] = []
    for name in header:
        key = names.get(name, name if name not in bank.columns else "")
        if name in bank.ignore or not name:
            keys.append(None)
        elif key in KEYS or key.startswith("text_"):
            keys.append(key)
        else:
            keys.append(None)
            found.add(
                here,
                f"{bank.file} has a column {name!r} that is no item key",
                suggestion(name, KEYS) or "List it under items.ignore, or rename it under items.columns.",
                "unknown_item_column",
            )
    for key, wanted in bank.columns.items():
        if wanted not in header:
            found.add(
                ("items", "columns", key),
                f"{bank.file} has no column {wanted!r}",
                suggestion(wanted, header),
                "unknown_item_column",
            )
    if "id" not in keys:
        found.add(
            here,
            f"{bank.file} has no column for `id`",
            "Name it under items.columns: {id: ...}.",
            "missing_key",
        )
        return {}
    items = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            found.add(
                here,
                f"row {number} of {bank.file} has {len(row)} cells, the header {len(header)}",
                "",
                "ragged_item_bank",
            )
            continue
        if (item := _item(dict(zip(keys, row, strict=True)), bank.file, number, found)) is not None:
            items[number] = item
    return items


def _item(cells: dict[str | None, str], file: str, number: int, found: Collected) -> WrittenItem | None:
    from pydantic import ValidationError

    value: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for key, cell in cells.items():
        text = cell.strip()
        if key is None or not text:
            continue
        if key.startswith("text_"):
            texts[key.removeprefix("text_")] = text
        elif key == "dims":
            pairs = [part.split("=", 1) for part in text.split(";") if part.strip()]
            if any(len(pair) != 2 for pair in pairs):
                found.add(
                    ("items", "file"),
                    f"row {number} of {file}: dims are written importance=imp9;feasibility=feas9",
                    "",
                    "wrong_value",
                )
                return None
            value["dims"] = {name.strip(): scale.strip() for name, scale in pairs}
        elif key in ("waves", "parents"):
            value[key] = [part.strip() for part in text.split(";") if part.strip()]
        else:
            value[key] = text
    if texts:
        value["text"] = texts
    try:
        return WrittenItem.model_validate(value)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            column = ".".join(map(str, one["loc"]))
            found.add(
                ("items", "file"),
                f"row {number} of {file}, {column}: {one['msg'].lower()}",
                "",
                "wrong_value",
            )
        return None


def _rows(path: FilePath, bank: WrittenItemBank, found: Collected) -> list[list[str]]:
    if path.suffix.lower() in (".xlsx", ".ods"):
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
            sheet = bank.sheet if isinstance(bank.sheet, str) else book.sheet_names[(bank.sheet or 1) - 1]
            return [[_text(cell) for cell in row] for row in book.get_sheet_by_name(sheet).to_python()]
        except (CalamineError, IndexError, OSError, ValueError):
            found.add(
                ("items", "file"),
                f"{bank.file} cannot be read as a workbook",
                "Save it as .xlsx or .csv; `sheet` names the sheet.",
                "wrong_item_bank",
            )
            return []
    try:
        text = path.read_text(encoding="utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=bank.delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error):
        found.add(
            ("items", "file"),
            f"{bank.file} cannot be read as UTF-8 delimited text",
            "Save it as CSV UTF-8.",
            "wrong_item_bank",
        )
        return []


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
