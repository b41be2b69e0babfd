"""Rules that hold for the records of every format: headers, blank rows, repeated headers, ragged records."""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from delphi.errors import AnswersError, Problem
from delphi.ingest.refusing import refusal


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that does not reach the cells: quarantined (`ragged`), or ignored (`blank`, `repeated_header`,
    `extra_header`)."""

    source_row: int
    rule: str
    reason: str
    is_ignored: bool


class Cells(Protocol):
    """What takes the cells of a column: a list, where they pass on to another process, or what holds them compactly."""

    def extend(self, cells: list[str], /) -> None:
        """Take further cells."""


@dataclass
class Extract:
    """What a reader took from a file.

    `columns[i]` are the cells under `headers[i]`; `counted` is the number of records after the first header
    record, found by another way than the cells; `epoch` is day 0 of serial dates as an ISO date.
    """

    headers: list[str]
    columns: list[Any]
    source_rows: array[int]
    counted: int
    asides: list[Aside] = field(default_factory=list)
    epoch: str | None = None
    notes: list[str] = field(default_factory=list)

    def add(self, rows: Sequence[Sequence[str]], first_row: int) -> None:
        """Sort out further records, of which the first stands in `first_row`, and keep the good ones."""
        kept, source_rows, asides = sort_out(rows, self.headers, first_row)
        self.asides += asides
        self.source_rows.extend(source_rows)
        cells: list[str] = []
        for row in kept:
            cells += row
        width = len(self.headers)
        for place, column in enumerate(self.columns):
            column.extend(cells[place::width])


def begin(
    headers: Sequence[str], file_name: str, counted: int, new_column: Callable[[], Cells] = list
) -> Extract:
    """An extract without records yet.

    Parameters
    ----------
    new_column : makes what takes the cells of one column

    Raises
    ------
    AnswersError
        If two headers are equal.
    """
    names = read_headers(headers, file_name)
    return Extract(names, [new_column() for _ in names], array("q"), counted)


def clean(text: str) -> str:
    """Text in Unicode's composed form; equal words are then equal texts."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_blank(cells: Sequence[str]) -> bool:
    """Whether a record holds nothing."""
    return not any(cell.strip() for cell in cells)


def read_headers(cells: Sequence[str], file_name: str) -> list[str]:
    """Headers in composed form without surrounding blanks.

    Several columns may be without a name (spreadsheets write such columns at the end): they keep the empty
    header, and `TextTable.column("")` gives the first of them. Two equal names are refused, because nothing
    tells which of the two columns is meant.

    Raises
    ------
    AnswersError
        If two headers that are not empty are equal.
    """
    headers = [clean(cell).strip() for cell in cells]
    places: dict[str, list[int]] = {}
    for place, header in enumerate(headers, 1):
        places.setdefault(header, []).append(place)
    doubled = [where for header, where in places.items() if header and len(where) > 1]
    if doubled:
        # The words themselves are not told: in a file that has lost its header they are answers.
        raise AnswersError(
            [
                Problem(
                    file_name, 0, 0, f"columns {listed(where)}",
                    "they have the same header, and nothing tells which one is meant",
                    "Export with codes as headings, or rename the columns in the export.", "duplicate_header",
                )
                for where in doubled
            ]
        )  # fmt: skip
    return headers


def sort_out(
    rows: Sequence[Sequence[str]], headers: Sequence[str], first_row: int
) -> tuple[Sequence[Sequence[str]], Sequence[int], list[Aside]]:
    """Divide records into those that are kept (with their rows) and those that are set aside.

    Parameters
    ----------
    rows : cells of consecutive records
    headers : headers of the file, as `read_headers` gives them
    first_row : row of the first of these records, as a spreadsheet shows it
    """
    width = len(headers)
    suspects = {index for index, row in enumerate(rows) if len(row) != width or not row[0].strip()}
    if headers and headers[0]:
        suspects |= {i for i, row in enumerate(rows) if row and headers[0] in row[0] and len(row) == width}
    asides: list[Aside] = []
    for index in sorted(suspects):
        aside = _judge(rows[index], headers, first_row + index)
        if aside is not None:
            asides.append(aside)
    gone = {aside.source_row - first_row for aside in asides}
    if not gone:
        return rows, range(first_row, first_row + len(rows)), []
    kept = [index for index in range(len(rows)) if index not in gone]
    return [rows[index] for index in kept], [first_row + index for index in kept], asides


def _judge(row: Sequence[str], headers: Sequence[str], source_row: int) -> Aside | None:
    if is_blank(row):
        return Aside(source_row, "blank", "the row is blank", True)
    if len(row) != len(headers):
        reason = f"{len(row)} cells where the header has {len(headers)}"
        return Aside(source_row, "ragged", reason, False)
    if any(headers) and [clean(cell).strip() for cell in row] == list(headers):
        return Aside(source_row, "repeated_header", "the header stands here once more", True)
    return None


def extra_headers(first_row: int, header_rows: int, present: int) -> list[Aside]:
    """Further rows of a header of several; `present` records follow its first row, at `first_row`."""
    return [
        Aside(first_row + place, "extra_header", f"row {place + 1} of the header", True)
        for place in range(1, min(header_rows - 1, present) + 1)
    ]


def check_count(file_name: str, counted: int, taken: int) -> None:
    """Refuse a file of which two ways of counting see different numbers of records.

    Raises
    ------
    AnswersError
        If the numbers differ.
    """
    if counted != taken:
        raise refusal(
            file_name,
            "count_mismatch",
            f"{taken} records were read, but an independent count finds {counted}",
            "The structure of the file is damaged: export it again.",
        )


def listed(numbers: Sequence[int], most: int = 10) -> str:
    """Numbers for a message: ``3, 14 and 15``; long lists are cut and say how many follow."""
    words = [str(number) for number in numbers[:most]]
    if len(numbers) > most:
        return f"{', '.join(words)} and {len(numbers) - most} more"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
