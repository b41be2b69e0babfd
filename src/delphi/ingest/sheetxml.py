"""What a workbook's own XML says of its sheets: filled rows, merged cells, formulas, errors, day 0.

It is the second opinion on what calamine reads, and tells what calamine does not.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from xml.etree import ElementTree

_MOST_ERRORS = 100_000
_MAIN = "{*}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


@dataclass
class SheetFacts:
    """Facts of one sheet.

    Places are (row, column) from 0; `merged` are (first row, first column, last row, last column). `filled`
    is the number of rows with a cell that is not blank. `uncached` are formulas whose result the file does
    not hold; `errors` what stands in cells such as ``#N/A``.
    """

    filled: int = 0
    last: tuple[int, int] = (-1, -1)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    formulas: int = 0
    uncached: list[tuple[int, int]] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


class ExcelParts:
    """The parts of an .xlsx container that tell about its sheets."""

    def __init__(self, container: zipfile.ZipFile) -> None:
        self.container = container
        book_path = self._target("_rels/.rels", "", "/officeDocument") or "xl/workbook.xml"
        book = ElementTree.fromstring(container.read(book_path))
        properties = book.find(f"{_MAIN}workbookPr")
        is_1904 = properties is not None and properties.get("date1904", "0").lower() in ("1", "true")
        self.epoch = "1904-01-01" if is_1904 else "1899-12-30"
        relations = posixpath.join(
            posixpath.dirname(book_path), "_rels", posixpath.basename(book_path) + ".rels"
        )
        folder = posixpath.dirname(book_path)
        targets = self._targets(relations, folder)
        self.paths: dict[str, str] = {}
        for sheet in book.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
            identity = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
            self.paths[sheet.get("name", "")] = targets.get(identity, ("", ""))[1]
        shared = next((path for kind, path in targets.values() if kind.endswith("/sharedStrings")), "")
        self._blank_strings = self._blanks(shared) if shared else set()

    def facts(self, sheet_name: str) -> SheetFacts:
        """Facts of a sheet; KeyError when its part is not there."""
        facts = SheetFacts()
        row_number = -1
        with self.container.open(self.paths[sheet_name]) as stream:
            for _, element in ElementTree.iterparse(stream):
                name = _local(element)
                if name == "row":
                    given = element.get("r")
                    row_number = int(given) - 1 if given else row_number + 1
                    self._add_row(facts, element, row_number)
                    element.clear()
                elif name == "mergeCell":
                    facts.merged.append(_range(element.get("ref", "")))
        return facts

    def _add_row(self, facts: SheetFacts, row: ElementTree.Element, row_number: int) -> None:
        is_filled = False
        column = -1
        for cell in row.iterfind(f"{_MAIN}c"):
            given = cell.get("r")
            column = _place(given)[1] if given else column + 1
            kind = cell.get("t", "n")
            value = cell.find(f"{_MAIN}v")
            text = "" if value is None else value.text or ""
            if cell.find(f"{_MAIN}f") is not None:
                facts.formulas += 1
                if not text and kind != "str":
                    facts.uncached.append((row_number, column))
            if kind == "e" and text:
                facts.errors[row_number, column] = text
            if kind == "inlineStr":
                text = "".join(part.text or "" for part in cell.iterfind(f"{_MAIN}is//{_MAIN}t"))
            if kind == "s" and text.isdigit() and int(text) in self._blank_strings:
                text = ""
            if text.strip():
                is_filled = True
                facts.last = max(facts.last[0], row_number), max(facts.last[1], column)
        facts.filled += is_filled

    def _blanks(self, path: str) -> set[int]:
        """Numbers of the shared texts that are blank."""
        blank, number = set(), 0
        with self.container.open(path) as stream:
            for _, element in ElementTree.iterparse(stream):
                if _local(element) == "si":
                    if not "".join(part.text or "" for part in element.iterfind(f".//{_MAIN}t")).strip():
                        blank.add(number)
                    number += 1
                    element.clear()
        return blank

    def _target(self, path: str, folder: str, kind: str) -> str:
        targets = self._targets(path, folder).values()
        return next((target for found, target in targets if found.endswith(kind)), "")

    def _targets(self, path: str, folder: str) -> dict[str, tuple[str, str]]:
        try:
            root = ElementTree.fromstring(self.container.read(path))
        except KeyError:
            return {}
        targets = {}
        for relation in root:
            target = relation.get("Target", "")
            full = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(folder, target))
            )
            targets[relation.get("Id", "")] = (relation.get("Type", ""), full)
        return targets


def facts_of_ods(container: zipfile.ZipFile) -> dict[str, SheetFacts]:
    """Facts of every sheet of an .ods container."""
    sheets: dict[str, SheetFacts] = {}
    with container.open("content.xml") as stream:
        events = ElementTree.iterparse(stream, events=("start", "end"))
        current, row_number = SheetFacts(), 0
        for event, element in events:
            if event == "start" and element.tag == f"{_TABLE}table":
                current, row_number = SheetFacts(), 0
                sheets[element.get(f"{_TABLE}name", "")] = current
            elif event == "end" and element.tag == f"{_TABLE}table-row":
                repeat = int(element.get(f"{_TABLE}number-rows-repeated", "1"))
                _add_ods_row(current, element, row_number, repeat)
                row_number += repeat
                element.clear()
    return sheets


def _add_ods_row(facts: SheetFacts, row: ElementTree.Element, row_number: int, repeat: int) -> None:
    is_filled = False
    for column, width, cell in _ods_cells(row):
        rows = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
        columns = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
        if rows > 1 or columns > 1:
            facts.merged.append((row_number, column, row_number + rows - 1, column + columns - 1))
        text = "".join("".join(part.itertext()) for part in cell.iterfind(f"{_TEXT}p"))
        has_value = any(
            cell.get(f"{_OFFICE}{name}") for name in ("value", "date-value", "time-value", "boolean-value")
        )
        if cell.get(f"{_TABLE}formula"):
            facts.formulas += width * repeat
            if cell.get(f"{_OFFICE}value-type") is None:
                facts.uncached.append((row_number, column))
        if text.strip() and _is_error(cell):
            block = ((row_number + down, column + right) for down in range(repeat) for right in range(width))
            facts.errors.update(dict.fromkeys(islice(block, _MOST_ERRORS), text))
        if text.strip() or has_value or (cell.get(f"{_OFFICE}string-value") or "").strip():
            is_filled = True
            last_row, last_column = row_number + repeat - 1, column + width - 1
            facts.last = max(facts.last[0], last_row), max(facts.last[1], last_column)
    facts.filled += repeat * is_filled


def _ods_cells(row: ElementTree.Element) -> Iterator[tuple[int, int, ElementTree.Element]]:
    column = 0
    for cell in row:
        if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            width = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            yield column, width, cell
            column += width


def _is_error(cell: ElementTree.Element) -> bool:
    """Whether a cell shows an error such as ``#N/A``, whose value the file gives as the empty text."""
    marked = any(key.endswith("}value-type") and value == "error" for key, value in cell.attrib.items())
    return marked or cell.get(f"{_OFFICE}string-value") == ""


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _place(reference: str) -> tuple[int, int]:
    """(row, column) from 0 of a reference such as ``BC12``."""
    match = re.fullmatch(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})", reference)
    if match is None:
        raise ValueError("a cell has no place")
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def _range(reference: str) -> tuple[int, int, int, int]:
    first, _, last = reference.partition(":")
    return *_place(first), *_place(last or first)
