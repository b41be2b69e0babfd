"""A file for analysts: a fresh DuckDB file with released tables only, which appears under its name whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from delphi.errors import Problem, WarehouseError
from delphi.warehouse.opening import OFFLINE, STORAGE_VERSION, private_files, sync
from delphi.warehouse.tables import columns_in, sql
from delphi.warehouse.warehouse import as_declared
from delphi.whole_files import clear_left, sync_folder, temporary_name

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = "released_tables"
_COMMENT = re.compile(r"^(comment on (table|column) ([\w.]+) is\s+'(?:[^']|'')*';)", re.MULTILINE)


def write_released(path: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Write the tables of a release into a new file and put it in the place of the one before.

    Nothing but these frames ever lies in the file, so no deleted rows of a warehouse can lie in its pages. A reader
    who has the old file open goes on with it.

    Parameters
    ----------
    path : file to write; its folder exists
    frames : table → rows, for every table of `sql/released_tables.sql`

    Raises
    ------
    ValueError
        If a table or column is lacking or unknown.
    WarehouseError
        If the file cannot be written.
    """
    tables = columns_in(SCHEMA)
    if set(frames) != set(tables):
        raise ValueError(f"a release has the tables {', '.join(tables)}")
    _clear(path)
    new = temporary_name(path)
    try:
        with private_files():
            config: dict[str, Any] = {**OFFLINE, "storage_compatibility_version": STORAGE_VERSION}
            with duckdb.connect(str(new), config=config) as connection:
                connection.execute("begin transaction")
                connection.execute(sql(SCHEMA))
                for statement in _comments():
                    connection.execute(statement)
                for table, frame in frames.items():
                    _fill(connection, table, frame)
                connection.execute("commit")
                connection.execute("checkpoint")
        new.chmod(0o600)
        sync(new)
        new.replace(path)
        sync_folder(path.parent)
    except duckdb.Error:
        raise WarehouseError(
            Problem(
                path.name, 0, 0, "", "the release file cannot be written",
                "Make room, or name a folder that can be written with --to.", "not_written",
            )
        ) from None  # fmt: skip
    finally:
        new.unlink(missing_ok=True)
        new.with_name(f"{new.name}.wal").unlink(missing_ok=True)


def _fill(connection: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame) -> None:
    import pandas as pd

    columns = columns_in(SCHEMA)[table]
    lacking = [name for name in columns if name not in frame.columns]
    if lacking and len(frame.columns):
        raise ValueError(f"released {table} lacks {', '.join(lacking)}")
    if not len(frame):
        return
    frame = frame.reset_index(drop=True)
    rows = pd.DataFrame({name: as_declared(frame[name], kind) for name, kind in columns.items()})
    listed = ", ".join(f'"{name}"' for name in columns)
    cast = ", ".join(f'cast("{name}" as {kind})' for name, kind in columns.items())
    connection.register("new_rows", rows)
    try:
        connection.execute(f'insert into "{table}" ({listed}) select {cast} from new_rows order by all')
    finally:
        connection.unregister("new_rows")


def _comments() -> Iterator[str]:
    """Comments of the warehouse on the tables and columns that a release has too, then its own."""
    tables = columns_in(SCHEMA)
    for statement, kind, name in _COMMENT.findall(sql("comments")):
        table, _, column = name.partition(".")
        if table in tables and (kind == "table" or column in tables[table]):
            yield statement
    yield sql("released_comments")


def _clear(path: Path) -> None:
    """Remove what a killed writer left, DuckDB's log included."""
    clear_left(path.parent)
    for log in path.parent.glob(f".{path.name}.*.new.wal"):
        if not log.with_suffix("").exists():
            log.unlink(missing_ok=True)
