"""A received file as text: headers and cells exactly as read, nothing typed, nothing repaired."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from delphi.ingest.column import ColumnBuilder, TextColumn, column_of
from delphi.ingest.records import Aside, Extract, check_count

_CELLS = 1 << 16
_DIGEST_BYTES = 20

__all__ = ["Aside", "TextColumn", "TextTable", "column_of", "content_digest", "table_of"]


@dataclass(frozen=True)
class TextTable:
    """Records of one file.

    `columns[i]` holds a `str` per record for `headers[i]`; an empty cell is ``""``. Cell text is NFC, otherwise as read (surrounding blanks kept). `source_rows` are the rows a spreadsheet would
    show (header = 1). `records` counts every record after the first header record, independently of the
    reader that made the cells; `records == len(source_rows) + len(asides)`. `epoch` is day 0 of serial dates
    (workbooks only).
    """

    file_name: str
    sha256: str
    platform: str
    headers: tuple[str, ...]
    columns: tuple[TextColumn, ...]
    source_rows: NDArray[np.int64]
    records: int
    asides: tuple[Aside, ...] = ()
    epoch: datetime | None = None
    notes: tuple[str, ...] = field(default=())

    def column(self, header: str) -> TextColumn:
        """Cells under a header; KeyError when there is none."""
        try:
            return self.columns[self.headers.index(header)]
        except ValueError:
            raise KeyError(header) from None


def table_of(extract: Extract, file_name: str, sha256: str, platform: str) -> TextTable:
    """The table of what a reader took from a file. The extract is used up, so that no cell is held twice.

    Raises
    ------
    AnswersError
        If an independent count of the records disagrees.
    """
    check_count(file_name, extract.counted, len(extract.source_rows) + len(extract.asides))
    return TextTable(
        file_name=file_name,
        sha256=sha256,
        platform=platform,
        headers=tuple(extract.headers),
        columns=tuple(_finished(extract.columns)),
        source_rows=np.frombuffer(extract.source_rows, dtype=np.int64),
        records=extract.counted,
        asides=tuple(sorted(extract.asides, key=lambda aside: aside.source_row)),
        epoch=datetime.fromisoformat(extract.epoch) if extract.epoch else None,
        notes=tuple(extract.notes),
    )


def _finished(columns: list[ColumnBuilder | list[str]]) -> Iterator[TextColumn]:
    columns.reverse()
    while columns:
        cells = columns.pop()
        yield cells.column() if isinstance(cells, ColumnBuilder) else column_of(cells)


def content_digest(table: TextTable) -> str:
    """SHA-256 of what a table says: equal for the same records and columns in any order.

    Line ends within cells, blank rows, repeated headers and nameless empty columns do not count; the number
    of ragged records and the epoch of serial dates do.
    """
    named = [
        (header, place)
        for place, header in enumerate(table.headers)
        if header or any(cell.strip() for cell in table.columns[place])
    ]
    order = sorted(named)
    columns = [table.columns[place] for _, place in order]
    digests = bytearray()
    batch = max(1, _CELLS // max(1, len(columns)))
    for start in range(0, len(table.source_rows), batch):
        cells = [_plain_cells(column[start : start + batch].tolist()) for column in columns]
        for row in zip(*cells, strict=True):
            digests += hashlib.blake2b(_joined(row), digest_size=_DIGEST_BYTES).digest()
    np.frombuffer(digests, dtype=f"S{_DIGEST_BYTES}").sort()  # in their own memory
    ragged = sum(not aside.is_ignored for aside in table.asides)
    total = hashlib.sha256(_joined(_plain_cells([header for header, _ in order])))
    total.update(f"|{len(digests) // _DIGEST_BYTES}|{ragged}|{table.epoch or ''}|".encode())
    total.update(digests)
    return total.hexdigest()


def _plain_cells(texts: list[str]) -> list[str]:
    """Cells with one kind of line end, in which the separator of `_joined` cannot occur."""
    whole = "".join(texts)
    if "\r" in whole:
        texts = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    if "\x00" in whole or "\x01" in whole:
        texts = [text.replace("\x01", "\x01\x01").replace("\x00", "\x01\x02") for text in texts]
    return texts


def _joined(cells: Sequence[str]) -> bytes:
    return "\x00".join(cells).encode("utf-8", "surrogatepass")
