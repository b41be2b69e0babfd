"""A received file as text: headers and cells exactly as read, nothing typed, nothing repaired."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from delphi.ingest.records import Aside, Extract, check_count

__all__ = ["Aside", "TextTable", "content_digest", "table_of"]


@dataclass(frozen=True)
class TextTable:
    """Records of one file.

    `columns[i]` is an object array of `str`, one per record, for `headers[i]`; an empty cell is ``""``. Cell
    text is NFC, otherwise as read (surrounding blanks kept). `source_rows` are the rows a spreadsheet would
    show (header = 1). `records` counts every record after the first header record, independently of the
    reader that made the cells; `records == len(source_rows) + len(asides)`. `epoch` is day 0 of serial dates
    (workbooks only).
    """

    file_name: str
    sha256: str
    platform: str
    headers: tuple[str, ...]
    columns: tuple[NDArray[np.object_], ...]
    source_rows: NDArray[np.int64]
    records: int
    asides: tuple[Aside, ...] = ()
    epoch: datetime | None = None
    notes: tuple[str, ...] = field(default=())

    def column(self, header: str) -> NDArray[np.object_]:
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
        columns=tuple(_array(cells) for cells in extract.columns),
        source_rows=np.array(extract.source_rows, dtype=np.int64),
        records=extract.counted,
        asides=tuple(sorted(extract.asides, key=lambda aside: aside.source_row)),
        epoch=datetime.fromisoformat(extract.epoch) if extract.epoch else None,
        notes=tuple(extract.notes),
    )


def _array(cells: list[str]) -> NDArray[np.object_]:
    array = np.array(cells, dtype=np.object_)
    cells.clear()
    return array


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
    rows = zip(*(_plain_cells(table.columns[place]) for _, place in order), strict=True)
    digests = sorted(hashlib.blake2b(_joined(row), digest_size=20).digest() for row in rows)
    ragged = sum(not aside.is_ignored for aside in table.asides)
    total = hashlib.sha256(_joined(_plain_cells([header for header, _ in order])))
    total.update(f"|{len(digests)}|{ragged}|{table.epoch or ''}|".encode())
    total.update(b"".join(digests))
    return total.hexdigest()


def _plain_cells(cells: Sequence[str] | NDArray[np.object_]) -> list[str]:
    """Cells with one kind of line end, in which the separator of `_joined` cannot occur."""
    texts = list(cells)
    whole = "".join(texts)
    if "\r" in whole:
        texts = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    if "\x00" in whole or "\x01" in whole:
        texts = [text.replace("\x01", "\x01\x01").replace("\x00", "\x01\x02") for text in texts]
    return texts


def _joined(cells: Sequence[str]) -> bytes:
    return "\x00".join(cells).encode("utf-8", "surrogatepass")
