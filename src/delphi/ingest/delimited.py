"""Strict reader of delimited text: what is damaged is refused or set aside, nothing is guessed."""

from __future__ import annotations

import csv
import io
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from delphi.errors import AnswersError, Problem, StudyError
from delphi.ingest.content import Content, whole
from delphi.ingest.encoding import decode
from delphi.ingest.recognise import refuse_other_bytes, refuse_other_text
from delphi.ingest.records import Extract, begin, clean, extra_headers, is_blank
from delphi.ingest.refusing import refusal
from delphi.ingest.table import TextTable, table_of
from delphi.ingest.tally import count_records
from delphi.study.model import Dialect

DELIMITERS = (",", ";", "\t", "|")
_BATCH = 1 << 14
_PIECE = 1 << 20
_SAMPLE = 1 << 16
_SAMPLE_RECORDS = 50


def read_delimited(content: Content, dialect: Dialect, file_name: str, sha256: str) -> TextTable:
    """Table of a delimited text file.

    Blank lines before the header are skipped. Records with another number of cells than the header are set
    aside as `ragged`; blank lines, further header rows and a repeated header are set aside as ignored.

    Raises
    ------
    AnswersError
        If the file is empty, in another encoding, format or delimiter than declared, has an open or stray
        quote, two equal headers, or if two ways of counting its records disagree.
    """
    _check_dialect(dialect)
    data = whole(content)
    if not data:
        raise _empty(file_name)
    refuse_other_bytes(data, file_name, "delimited text")
    text = decode(data, dialect.encoding, file_name)
    if not text.strip():
        raise _empty(file_name)
    refuse_other_text(text, file_name)
    extract = _read(text, dialect, file_name)
    if lost := text.count("\ufffd"):
        extract.notes.append(f"{lost} characters had been replaced by \ufffd before the file arrived")
    return table_of(extract, file_name, sha256, dialect.platform)


def _read(text: str, dialect: Dialect, file_name: str) -> Extract:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    composed = unicodedata.is_normalized("NFC", text)
    reader = csv.reader(chain.from_iterable(_pieces(text)), delimiter=dialect.delimiter, strict=True)
    place = 0
    headers: list[str] | None = None
    try:
        for row in reader:
            place += 1
            if not is_blank(row):
                headers = row
                break
        if headers is None:
            raise _empty(file_name)
        _check_delimiter(text, dialect.delimiter, len(headers), file_name)
        extract = begin(headers, file_name, 0)
        first = place + 1
        extra = list(islice(reader, max(dialect.header_rows - 1, 0)))
        extract.asides += extra_headers(place, dialect.header_rows, len(extra))
        place += len(extra)
        while True:
            lines = reader.line_num
            rows = list(islice(reader, _BATCH))
            if not rows:
                break
            if reader.line_num - lines > len(rows):
                _check_swallowed(rows, dialect.delimiter, len(headers), place + 1, file_name)
            extract.add(rows if composed else [[clean(cell) for cell in row] for row in rows], place + 1)
            place += len(rows)
    except csv.Error:
        raise _bad_quote(text, dialect.delimiter, file_name) from None
    extract.counted = count_records(text, dialect.delimiter, place) - first + 1
    return extract


def _pieces(text: str) -> Iterator[io.StringIO]:
    """The text in pieces of whole lines; as one piece it would be held again, in four bytes per character."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _PIECE) + 1 or len(text)
        yield io.StringIO(text[start:end], newline="")
        start = end


def _check_dialect(dialect: Dialect) -> None:
    if len(dialect.delimiter) != 1 or dialect.delimiter in '"\r\n \x00':
        raise StudyError(
            Problem(
                "",
                0,
                0,
                "sources",
                f"delimiter: {dialect.delimiter!r} cannot divide cells",
                'Declare one character: "," ";" "|" or "\\t".',
                "bad_delimiter",
            )
        )


def _check_delimiter(text: str, declared: str, width: int, file_name: str) -> None:
    """Refuse a header of one column, or one that most records do not fit, where another delimiter fits."""
    start = text[:_SAMPLE]
    is_cut = len(text) > _SAMPLE
    if width > 1 and _fits(_widths(start, declared, is_cut)):
        return
    for other in DELIMITERS:
        if other == declared or other not in start:
            continue
        widths = _widths(start, other, is_cut)
        if _fits(widths) and widths[0] > 1:
            name = {"\t": r"\t"}.get(other, other)
            columns = "one column" if width == 1 else f"{width} columns"
            raise refusal(
                file_name,
                "one_column",
                f"the header is {columns} with delimiter {declared!r}, but {widths[0]} with {other!r}",
                f'Declare delimiter: "{name}" in the source.',
                line=1,
            )


def _fits(widths: Sequence[int]) -> bool:
    """Whether most records have as many cells as the header, which is the first of them."""
    if len(widths) < 2:
        return len(widths) == 1
    return 2 * widths[1:].count(widths[0]) > len(widths) - 1


def _widths(start: str, delimiter: str, is_cut: bool) -> list[int]:
    """Numbers of cells of the first records; none when the text cannot be read with this delimiter."""
    widths = []
    try:
        reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
        for row in islice(reader, _SAMPLE_RECORDS):
            if not is_blank(row):
                widths.append(len(row))
    except csv.Error:
        return []
    return widths[:-1] if is_cut and 1 < len(widths) < _SAMPLE_RECORDS else widths


def _check_swallowed(
    rows: Sequence[Sequence[str]], delimiter: str, width: int, first_row: int, file_name: str
) -> None:
    """Refuse a cell that holds whole records: a stray quote opened it, and another closed it far below."""
    if width < 2:
        return
    for index, row in enumerate(rows):
        whole = "".join(row)
        if "\n" not in whole and "\r" not in whole:
            continue
        for cell in row:
            if ("\n" in cell or "\r" in cell) and (
                _holds_records(cell, delimiter, width)
                or (len(row) != width and cell.count(delimiter) >= width - 1)
            ):
                raise refusal(
                    file_name,
                    "unclosed_quote",
                    "a quoted cell holds lines that look like whole records: a quote is not closed",
                    "Correct the quotes in the export, or export again.",
                    path=f"row {first_row + index}",
                )


def _holds_records(cell: str, delimiter: str, width: int) -> bool:
    inner = io.StringIO(cell, newline=None).read().split("\n")[1:-1]
    alike = [line for line in inner if line.count(delimiter) == width - 1]
    if len(alike) < 2:
        return False
    # In a comment with line breaks a comma or two per line is prose; there a blank follows it.
    return width > 3 or (len(alike) == len(inner) and not any(f"{delimiter} " in line for line in alike))


def _bad_quote(text: str, delimiter: str, file_name: str) -> AnswersError:
    """The refusal of text with an open or a stray quote; it names the line where the quote was opened."""
    line, is_closed = _open_quote(text, delimiter)
    if is_closed:
        message = "a quoted cell goes on after its closing quote"
        hint = "A quote within a quoted cell has to be doubled: correct the export, or export again."
    else:
        message = "a quote is opened here and never closed"
        hint = "The file is cut off or a quote is missing: correct the export, or export again."
    return refusal(file_name, "unclosed_quote", message, hint, line=line)


def _open_quote(text: str, delimiter: str) -> tuple[int, bool]:
    """Line of the quote that the strict reader fell over, and whether it is closed in the wrong place."""
    starts = (delimiter, "\n", "\r")
    place = 0
    while (place := text.find('"', place)) >= 0:
        if place and text[place - 1] not in starts:
            place += 1
            continue
        opened = place
        place += 1
        while True:
            place = text.find('"', place)
            if place < 0:
                return _line(text, opened), False
            if text[place + 1 : place + 2] != '"':
                break
            place += 2
        place += 1
        if place < len(text) and text[place] not in starts:
            return _line(text, opened), True
    return 0, False


def _line(text: str, place: int) -> int:
    before = text[:place]
    return 1 + before.count("\n") + before.count("\r") - before.count("\r\n")


def _empty(file_name: str) -> AnswersError:
    return refusal(
        file_name,
        "empty_file",
        "the file is empty, it has not even a header",
        "Export it again; a file without answers still has its header.",
    )
