"""Strict reader of delimited text: what is damaged is refused or set aside, nothing is guessed."""

from __future__ import annotations

import csv
import gc
import io
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice

from delphi.errors import AnswersError, Problem, StudyError
from delphi.ingest.column import ColumnBuilder
from delphi.ingest.content import Content, start
from delphi.ingest.encoding import Text, decode
from delphi.ingest.recognise import refuse_other_bytes, refuse_other_text
from delphi.ingest.records import Extract, begin, clean, extra_headers, is_blank
from delphi.ingest.refusing import refusal
from delphi.ingest.table import TextTable, table_of
from delphi.ingest.tally import count_records
from delphi.study.model import Dialect

DELIMITERS = (",", ";", "\t", "|")
_MAGIC = 64
_SAMPLE = 1 << 16
_SAMPLE_RECORDS = 50
_CELLS, _MOST_CELLS = 1 << 16, 1 << 20
_FEW, _MANY = 128, 4096


def read_delimited(content: Content, dialect: Dialect, file_name: str, sha256: str) -> TextTable:
    """Table of a delimited text file.

    Blank lines before the header are skipped. Records with another number of cells than the header are set
    aside as `ragged`; blank lines, further header rows and a repeated header are set aside as ignored.

    The file is gone through three times, a part at a time: to see that it is text, for its records, and to
    count them another way.

    Raises
    ------
    AnswersError
        If the file is empty, in another encoding, format or delimiter than declared, has an open or stray
        quote, two equal headers, or if two ways of counting its records disagree.
    """
    _check_dialect(dialect)
    first = start(content, _MAGIC)
    if not first:
        raise _empty(file_name)
    refuse_other_bytes(first, file_name, "delimited text")
    text = decode(content, dialect.encoding, file_name)
    seen = _look_through(text)
    if seen.is_blank:
        raise _empty(file_name)
    refuse_other_text(seen.start, file_name, not seen.is_cut)
    with _no_collector():
        extract = _read(text, seen, dialect, file_name)
    if seen.lost:
        extract.notes.append(f"{seen.lost} characters had been replaced by \ufffd before the file arrived")
    return table_of(extract, file_name, sha256, dialect.platform)


@dataclass(frozen=True)
class _Seen:
    """What going through a text once shows. `start` is its beginning, `is_cut` when there is more; `lost`
    counts signs that stand for others."""

    start: str
    is_cut: bool
    is_blank: bool
    is_composed: bool
    lost: int


def _look_through(text: Text) -> _Seen:
    start, is_blank, is_composed, lost = "", True, True, 0
    for piece in text:
        if len(start) <= _SAMPLE:
            start += piece[: _SAMPLE + 1 - len(start)]
        is_blank = is_blank and not piece.strip()
        is_composed = is_composed and unicodedata.is_normalized("NFC", piece)
        lost += piece.count("\ufffd")
    return _Seen(start[:_SAMPLE], len(start) > _SAMPLE, is_blank, is_composed, lost)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Records make no cycles, but the collector of cycles would look through all cells again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read(text: Text, seen: _Seen, dialect: Dialect, file_name: str) -> Extract:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    lines = chain.from_iterable(io.StringIO(piece, newline="") for piece in text)
    reader = csv.reader(lines, delimiter=dialect.delimiter, strict=True)
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
        _check_delimiter(seen, dialect.delimiter, len(headers), file_name)
        extract = begin(headers, file_name, 0, ColumnBuilder)
        first = place + 1
        extra = list(islice(reader, max(dialect.header_rows - 1, 0)))
        extract.asides += extra_headers(place, dialect.header_rows, len(extra))
        place += len(extra)
        while True:
            lines_before = reader.line_num
            rows = list(islice(reader, _batch(len(headers))))
            if not rows:
                break
            if reader.line_num - lines_before > len(rows):
                _check_swallowed(rows, reader, dialect.delimiter, len(headers), place + 1, file_name)
            if not seen.is_composed:
                rows = [[clean(cell) for cell in row] for row in rows]
            extract.add(rows, place + 1)
            place += len(rows)
            rows.clear()  # so that the next ones take the same memory
    except csv.Error:
        raise _bad_quote(text, dialect.delimiter, file_name) from None
    extract.counted = count_records(text, dialect.delimiter, place) - first + 1
    return extract


def _batch(width: int) -> int:
    """How many records are held at a time: so few that their cells stay near the processor, and never more
    cells than memory is meant for."""
    return max(1, min(max(_CELLS // width, _FEW), _MANY, _MOST_CELLS // width))


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


def _check_delimiter(seen: _Seen, declared: str, width: int, file_name: str) -> None:
    """Refuse a header of one column, or one that most records do not fit, where another delimiter fits."""
    start, is_cut = seen.start, seen.is_cut
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
    rows: Sequence[Sequence[str]],
    rest: Iterable[object],
    delimiter: str,
    width: int,
    first_row: int,
    file_name: str,
) -> None:
    """Refuse a cell that holds whole records: a stray quote opened it, and another closed it far below.

    Where the `rest` of the records shows which quote it is, the error of the csv module says so instead.
    """
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
                for _ in rest:
                    pass
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


def _bad_quote(text: Text, delimiter: str, file_name: str) -> AnswersError:
    """The refusal of text with an open or a stray quote; it names the line where the quote was opened."""
    line, is_closed = _open_quote(text, delimiter)
    if is_closed:
        message = "a quoted cell goes on after its closing quote"
        hint = "A quote within a quoted cell has to be doubled: correct the export, or export again."
    else:
        message = "a quote is opened here and never closed"
        hint = "The file is cut off or a quote is missing: correct the export, or export again."
    return refusal(file_name, "unclosed_quote", message, hint, line=line)


def _open_quote(text: Text, delimiter: str) -> tuple[int, bool]:
    """Line of the quote that the strict reader fell over, and whether it is closed in the wrong place."""
    starts = (delimiter, "\n", "\r")
    lines = 0
    opened: tuple[int, str, int] | None = None
    for piece in text:
        place = 0
        while (place := piece.find('"', place)) >= 0:
            place += 1
            if opened is None:
                if place == 1 or piece[place - 2] in starts:
                    opened = (lines, piece, place)
            elif piece[place : place + 1] == '"':
                place += 1
            elif place < len(piece) and piece[place] not in starts:
                return _line(*opened), True
            else:
                opened = None
        lines += piece.count("\n") + piece.count("\r") - piece.count("\r\n")
    return (0, False) if opened is None else (_line(*opened), False)


def _line(lines: int, piece: str, place: int) -> int:
    """Number of the line of a place in a piece, before which there are so many lines."""
    before = piece[:place]
    return 1 + lines + before.count("\n") + before.count("\r") - before.count("\r\n")


def _empty(file_name: str) -> AnswersError:
    return refusal(
        file_name,
        "empty_file",
        "the file is empty, it has not even a header",
        "Export it again; a file without answers still has its header.",
    )
