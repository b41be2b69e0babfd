"""Items that stand in a table beside the study file: researchers keep item banks in spreadsheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path as FilePath
from typing import Any

from delphi.study.grammar import WrittenItem, WrittenItemBank
from delphi.study.sections import Collected, suggestion, translated
from delphi.study.tree import Path

KEYS = ("id", "theme", "kind", "scale", "dims", "text", "waves", "parents")
HERE: Path = ("items", "file")


def read_item_bank(bank: WrittenItemBank, folder: FilePath, found: Collected) -> dict[int, WrittenItem]:
    """Row number of the table → item. Problems name the row after the table's place in the study file."""
    path = folder / bank.file
    if not _is_beside(path, bank.file):
        found.add(
            HERE,
            f"there is no file {bank.file!r} beside the study file",
            "Name a .csv or .xlsx file in the study folder.",
            "missing_item_bank",
        )
        return {}
    rows = _rows(path, bank, found)
    if rows is None:
        return {}
    if not rows:
        found.add(HERE, f"{bank.file} has no rows", "Its first row names the columns.", "empty_item_bank")
        return {}
    header = [cell.strip() for cell in rows[0]]
    keys = _keys(header, bank, found)
    if "id" not in keys:
        found.add(
            HERE,
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
                (*HERE, f"row {number}"),
                f"has {len(row)} cells, the header {len(header)}",
                "Put texts with a comma in quotes.",
                "ragged_item_bank",
            )
        elif (item := _item(dict(zip(keys, row, strict=True)), number, found)) is not None:
            items[number] = item
    return items


def _is_beside(path: FilePath, name: str) -> bool:
    """Whether the table lies in the study folder or below it."""
    if FilePath(name).is_absolute() or ".." in FilePath(name).parts:
        return False
    try:
        return path.is_file()
    except OSError:  # a name longer than the file system can hold
        return False


def _keys(header: list[str], bank: WrittenItemBank, found: Collected) -> list[str | None]:
    """The item key of every column; None for columns that are not wanted."""
    for key, wanted in bank.columns.items():
        if key not in KEYS and not key.startswith("text_"):
            found.add(
                ("items", "columns", key), "is no item key", suggestion(key, KEYS), "unknown_item_column"
            )
        elif wanted not in header:
            found.add(
                ("items", "columns", key),
                f"{bank.file} has no column {wanted!r}",
                suggestion(wanted, header),
                "unknown_item_column",
            )
    renamed = {column: key for key, column in bank.columns.items()}
    keys: list[str | None] = []
    for name in header:
        # A column that has an item key's name, while the key is read from another column, has lost its meaning.
        key = renamed.get(name, "" if name in bank.columns else name)
        if not name or name in bank.ignore:
            keys.append(None)
        elif key in keys:
            keys.append(None)
            found.add(
                HERE,
                f"{bank.file} has two columns for `{key}`",
                "Keep one of the two.",
                "unknown_item_column",
            )
        elif key in KEYS or key.startswith("text_"):
            keys.append(key)
        else:
            keys.append(None)
            if name not in bank.columns.values():
                found.add(
                    HERE,
                    f"{bank.file} has a column {name!r} that is no item key",
                    suggestion(name, KEYS) or "List it under items.ignore, or rename it under items.columns.",
                    "unknown_item_column",
                )
    return keys


def _item(cells: dict[str | None, str], number: int, found: Collected) -> WrittenItem | None:
    from pydantic import ValidationError

    here = (*HERE, f"row {number}")
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
                    (*here, "dims"), "dims are written importance=imp9;feasibility=feas9", "", "wrong_value"
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
        found.problems.extend(translated(error, WrittenItem, here, value, found.tree))
        return None


def _rows(path: FilePath, bank: WrittenItemBank, found: Collected) -> list[list[str]] | None:
    """The cells of the table as text; None, with a problem, where it cannot be read."""
    if path.suffix.lower() in (".xlsx", ".ods"):
        return _sheet(path, bank, found)
    if len(bank.delimiter) != 1 or bank.delimiter in '"\r\n':
        found.add(("items", "delimiter"), "is one character", 'Write delimiter: ";".', "wrong_value")
        return None
    try:
        text = path.read_text(encoding="utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=bank.delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error, OSError):
        found.add(
            HERE,
            f"{bank.file} cannot be read as UTF-8 delimited text",
            "Save it as CSV UTF-8.",
            "wrong_item_bank",
        )
        return None


def _sheet(path: FilePath, bank: WrittenItemBank, found: Collected) -> list[list[str]] | None:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        names = book.sheet_names
        sheet = (
            bank.sheet
            if isinstance(bank.sheet, str)
            else dict(enumerate(names, start=1)).get(bank.sheet or 1)
        )
        if sheet not in names:
            found.add(
                ("items", "sheet"),
                f"{bank.file} has no sheet {bank.sheet!r}",
                f"Its sheets are {', '.join(names)}.",
                "wrong_item_bank",
            )
            return None
        return [[_text(cell) for cell in row] for row in book.get_sheet_by_name(str(sheet)).to_python()]
    except (CalamineError, OSError, ValueError):
        found.add(
            HERE, f"{bank.file} cannot be read as a workbook", "Save it as .xlsx or .csv.", "wrong_item_bank"
        )
        return None


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
