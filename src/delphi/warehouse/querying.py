"""An analyst's own question to the warehouse: read only, locked down, bounded in time and memory."""

from __future__ import annotations

import csv
import json
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import duckdb

from delphi.errors import UsageError
from delphi.warehouse.opening import connect
from delphi.warehouse.warehouse import PATIENCE, Warehouse, checked, require

if TYPE_CHECKING:
    import pandas as pd

SECONDS = 60.0
MEMORY = "1GB"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARKS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
EXAMPLES = "docs/querying.md has examples."


@contextmanager
def locked_down(path: Path, memory: str = MEMORY) -> Iterator[Warehouse]:
    """Open so that a query can read the tables of this file and nothing else, and can change no setting."""
    require(path)
    settings = {"enable_external_access": "false", "memory_limit": memory}
    connection = connect(path, read_only=True, deadline=time.monotonic() + PATIENCE, settings=settings)
    try:
        connection.execute("set lock_configuration = true")
        yield checked(Warehouse(connection, path))
    finally:
        connection.close()


def execute_user_query(path: Path, sql: str, seconds: float = SECONDS, memory: str = MEMORY) -> pd.DataFrame:
    """Result of one query.

    Raises
    ------
    UsageError
        If it is not one query, is wrong, or takes longer or more memory than it may.
    WarehouseError
        If the warehouse cannot be opened.
    """
    with locked_down(path, memory) as warehouse, _answered(warehouse, sql, seconds) as connection:
        kinds = [str(column[1]) for column in connection.description or ()]
        frame = connection.df()
    for place, kind in enumerate(kinds):
        # A sum of whole numbers is whole; its type is wider than that of any array.
        if kind == "HUGEINT" and bool((frame.iloc[:, place].abs().fillna(0) < 2**53).all()):
            frame.isetitem(place, frame.iloc[:, place].astype("Int64"))
    return frame


def user_query(path: Path, sql: str, seconds: float = SECONDS) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows of one query as plain values, null as None and instants as ISO text in UTC, and its columns.

    Columns of the same name get a number, so that none is lost. Raises as `execute_user_query` does.
    """
    frame = execute_user_query(path, sql, seconds)
    names = [str(name) for name in frame.columns]
    columns = [_plain(frame.iloc[:, place]) for place in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)], names


def write_user_query(path: Path, sql: str, form: str, output: Path, seconds: float = SECONDS) -> None:
    """Write the result of one query to a file: `csv`, `json` or `parquet`.

    The query runs locked down; only its result is written, by another connection that sees nothing else.
    """
    if form == "parquet":
        frame = execute_user_query(path, sql, seconds)
        with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as writer:
            writer.register("result", frame)
            writer.execute("set TimeZone = 'UTC'")
            writer.from_query("select * from result").write_parquet(str(output))
        return
    rows, names = user_query(path, sql, seconds)
    with output.open("w", encoding="utf-8", newline="") as file:
        if form == "json":
            json.dump(rows, file, ensure_ascii=False, indent=1)
            file.write("\n")
            return
        write_csv(file, rows, names)


def write_csv(file: TextIO, rows: Iterable[Mapping[str, object]], names: Sequence[str]) -> None:
    """Rows as delimited text for spreadsheets; every csv that leaves goes through here, so that no text is a formula."""
    writer = csv.writer(file)
    writer.writerow([_harmless(name) for name in names])
    writer.writerows([_harmless(row[name]) for name in names] for row in rows)


@contextmanager
def _answered(warehouse: Warehouse, sql: str, seconds: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """Run the one query and interrupt it when its time is over."""
    connection = warehouse.connection
    statement = _one_query(sql)
    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        connection.execute(statement)
        yield connection
    except duckdb.Error as error:
        raise _explained(error, seconds) from None
    finally:
        timer.cancel()


def _one_query(sql: str) -> Any:
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise _explained(error, 0) from None
    if len(statements) != 1:
        raise UsageError(f"That is {len(statements)} statements; delphi query takes one.", EXAMPLES)
    if statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        raise UsageError(
            "delphi query only reads: a query begins with select, from, with, describe or show.", EXAMPLES
        )
    return statements[0]


def _explained(error: duckdb.Error, seconds: float) -> UsageError:
    """DuckDB's words where they are about query and schema; else ours, for theirs may hold an answer."""
    if isinstance(error, duckdb.InterruptException):
        return UsageError(
            f"The query took more than {seconds:g} seconds and was stopped.", "Ask for less at a time."
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return UsageError("The query needs more memory than it may take.", "Ask for less at a time.")
    if isinstance(error, duckdb.PermissionException) or "disabled by configuration" in str(error):
        return UsageError("A query can read the tables of the warehouse and nothing else.", EXAMPLES)
    if isinstance(error, duckdb.ParserException | duckdb.CatalogException | duckdb.BinderException):
        return UsageError(
            str(error).strip(), "`show tables` and `describe TABLE` list what there is. " + EXAMPLES
        )
    return UsageError(
        f"The query cannot be computed ({type(error).__name__.removesuffix('Exception')}).",
        "A cast may fail on some row; try_cast gives null instead.",
    )


def _harmless(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe; control and direction marks go."""
    if not isinstance(value, str):
        return value
    text = _MARKS.sub("", value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(column: pd.Series[Any]) -> list[Any]:
    values = column.astype(object).where(column.notna(), None).tolist()
    return [value.isoformat() if isinstance(value, date | datetime) else value for value in values]
