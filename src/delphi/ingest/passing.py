"""An extract as lines of JSON, so that it passes from one process to another a batch of records at a time."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict

from delphi.ingest.records import Aside, Cells, Extract

_CELLS = 1 << 16


def lines_of(extract: Extract) -> Iterator[bytes]:
    """A line of everything but the cells, then a line per batch: rows of the source, and the cells of each
    column."""
    about = {
        "headers": extract.headers, "counted": extract.counted, "epoch": extract.epoch, "notes": extract.notes,
        "asides": [asdict(aside) for aside in extract.asides],
    }  # fmt: skip
    yield _line(about)
    batch = max(1, _CELLS // max(1, len(extract.columns)))
    for start in range(0, len(extract.source_rows), batch):
        rows = extract.source_rows[start : start + batch].tolist()
        yield _line([rows, *(cells[start : start + batch] for cells in extract.columns)])


def extract_from(lines: Iterable[bytes], new_column: Callable[[], Cells] = list) -> Extract:
    """The extract of these lines, of which the first has to be there.

    Parameters
    ----------
    new_column : makes what takes the cells of one column
    """
    following = iter(lines)
    about = json.loads(next(following))
    about["asides"] = [Aside(**aside) for aside in about["asides"]]
    extract = Extract(columns=[new_column() for _ in about["headers"]], source_rows=array("q"), **about)
    for line in following:
        rows, *columns = json.loads(line)
        extract.source_rows.extend(rows)
        for column, cells in zip(extract.columns, columns, strict=True):
            column.extend(cells)
    return extract


def _line(content: object) -> bytes:
    return json.dumps(content).encode() + b"\n"
