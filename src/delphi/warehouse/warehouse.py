"""The warehouse of a study: one DuckDB file that is opened, read and replaced in whole transactions."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import duckdb

from delphi.errors import Problem, WarehouseError
from delphi.warehouse import stamp
from delphi.warehouse.mends import REBUILD
from delphi.warehouse.opening import (
    OFFLINE,
    STORAGE_VERSION,
    connect,
    damaged,
    lock,
    private_files,
    refusal,
    sync,
    translated,
)
from delphi.warehouse.tables import SCHEMA_VERSION, columns_of, columns_of_tables, sql

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_ONCE = 500_000
"""Rows handed to DuckDB in one statement."""
FEW_ROWS = 100
"""Rows that are handed to DuckDB as lists and not as a frame, at most."""
REMEMBERED_ROWS = 200_000
"""Rows of a table that are kept at hand for the next stage, at most."""
PATIENCE = 5.0
"""Seconds that a command waits for somebody else to finish writing."""

UNSEALED = {"digests", "runs"}
"""Tables without a digest."""


class Warehouse:
    """An open warehouse. Use the class methods `open_for_writing` and `open_read_only`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self._depth = 0
        self._digested: set[str] | None = None  # not read yet, or no longer known
        self._is_sealed = False
        self._remembered: dict[tuple[str, ...], pd.DataFrame] = {}

    @staticmethod
    def create_if_missing(path: Path, timeout: float = PATIENCE) -> bool:
        """Make an empty warehouse where there is none; true if one was made.

        It is built under another name in the same folder and renamed when it is whole and on the disk:
        whoever kills
        this leaves no file, or a good one.
        """
        if path.exists():
            return False
        with lock(path, timeout):
            if path.exists():
                return False
            new = path.parent / f".{path.name}.new-{uuid4().hex}"
            with private_files():
                config: dict[str, Any] = {
                    **OFFLINE,
                    "storage_compatibility_version": STORAGE_VERSION,
                    "threads": 1,
                }
                try:
                    with duckdb.connect(str(new), config=config) as connection:
                        # Some hundred statements that only declare and describe: to look for a better plan for each
                        # takes a fifth of the time.
                        connection.execute("pragma disable_optimizer")
                        connection.execute("begin transaction")
                        for part in ("schema", "views", "comments"):
                            connection.execute(sql(part))
                        connection.execute("commit")
                        connection.execute("checkpoint")
                except duckdb.Error as error:
                    new.unlink(missing_ok=True)
                    stamp.log_of(new).unlink(missing_ok=True)
                    raise translated(path, error) from None
            new.chmod(0o600)
            Warehouse.put_in_place(new, path)
        return True

    @staticmethod
    def put_in_place(new: Path, path: Path) -> None:
        """Make a closed, whole file the warehouse at `path`, all or nothing; the caller holds the lock.

        DuckDB would refuse the new file beside the log of an old one, so such a log goes first.
        """
        sync(new)
        stamp.take_away(path)
        stamp.log_of(path).unlink(missing_ok=True)
        new.replace(path)
        if stamp.stamp_of(new).exists():
            stamp.stamp_of(new).replace(stamp.stamp_of(path))
        sync(path.parent)

    @staticmethod
    def remove(path: Path) -> None:
        """Take a warehouse away with its log; its stamp goes last, as it tells why. The caller holds the lock."""
        path.unlink(missing_ok=True)
        stamp.log_of(path).unlink(missing_ok=True)
        stamp.take_away(path)

    @staticmethod
    @contextmanager
    def locked(path: Path, timeout: float = PATIENCE) -> Iterator[None]:
        """Keep other writers out without opening the file, as a rebuild does."""
        with lock(path, timeout):
            yield

    @classmethod
    @contextmanager
    def open_for_writing(cls, path: Path, timeout: float = PATIENCE) -> Iterator[Warehouse]:
        """Open as the only writer.

        Raises
        ------
        WarehouseError
            `missing_warehouse`, `locked`, `newer_warehouse`, `older_warehouse`, `damaged_warehouse` or
            `rows_lost`.
        """
        require(path)
        with lock(path, timeout), private_files():
            connection = connect(path, read_only=False, deadline=time.monotonic() + timeout)
            is_writing, is_sealed = False, False
            try:
                opened = counted(checked(cls(connection, path)))
                stamp.begin_writing(path)
                is_writing = True
                yield opened
                is_sealed = opened._is_sealed
            finally:
                connection.close()
                if is_writing:
                    stamp.end_writing(path, is_sealed)

    @classmethod
    @contextmanager
    def open_read_only(
        cls, path: Path, timeout: float = PATIENCE, is_counted: bool = True
    ) -> Iterator[Warehouse]:
        """Open beside other readers; raises as `open_for_writing` does, `rows_lost` only if `is_counted`."""
        require(path)
        connection = connect(path, read_only=True, deadline=time.monotonic() + timeout)
        try:
            opened = checked(cls(connection, path))
            yield counted(opened) if is_counted else opened
        finally:
            connection.close()

    def use_one_thread(self) -> None:
        """Work without further threads, as is quickest with little data."""
        self.execute("set threads = 1")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. One inside another is part of the outer one."""
        if self._depth:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            return
        self.execute("begin transaction")
        self._depth = 1
        try:
            yield
            self.execute("commit")
        except BaseException:
            self._digested = None
            self._remembered.clear()
            # A failed commit has rolled back already.
            with suppress(duckdb.Error):
                self.connection.execute("rollback")
            raise
        finally:
            self._depth = 0

    def replace(self, table: str, frame: pd.DataFrame, where: Mapping[str, object]) -> int:
        """Put `frame` in the place of the rows that match `where` (column → value; none: all); twice is once.

        Columns go by name; a column the frame lacks is null. Returns the number of rows written.

        Raises
        ------
        ValueError
            If a column is unknown, a number is not finite, or a row lies outside of `where`.
        """
        columns = columns_of(table)
        unknown = [name for name in (*frame.columns, *where) if name not in columns]
        if unknown:
            raise ValueError(f"{table} has no column {', '.join(map(str, unknown))}")
        for name, value in where.items() if len(frame) else ():
            matches = frame[name].isna() if value is None else frame[name] == value
            if not bool(matches.all()):
                raise ValueError(f"a row for {table} has another {name} than the rows it replaces")
        typed = (
            {name: as_declared(frame[name], columns[name]) for name in frame.columns} if len(frame) else {}
        )
        with self.transaction():
            self.delete(table, where)
            if len(frame) > FEW_ROWS:
                self._append(table, typed)
            elif typed:
                self._insert(table, typed)
        return len(frame)

    def delete(self, table: str, where: Mapping[str, object]) -> None:
        """Take out the rows of a table that match `where`."""
        columns = columns_of(table)
        if not set(where) <= set(columns):
            raise ValueError(f"{table} has no such column")
        self.unseal(table)
        matches = " and ".join(f'"{name}" is not distinct from ${name}' for name in where)
        self.execute(f'delete from "{table}"' + (f" where {matches}" if matches else ""), dict(where))

    def unseal(self, table: str) -> None:
        """Take back the digest of a table that is about to change; without one a run has not finished."""
        self._forget(table)
        self._is_sealed = False
        if self._digested is None:
            self._digested = {row[0] for row in self.rows("select table_name from digests")} - UNSEALED
        if table in self._digested:
            self.execute("delete from digests where table_name = $table_name", {"table_name": table})
            self._digested.discard(table)

    def _forget(self, table: str) -> None:
        for key in [key for key in self._remembered if key[0] == table]:
            del self._remembered[key]

    def sealed(self) -> None:
        """Note that every table has its digest: a file that is closed like this gets its stamp."""
        self._digested = None
        self._is_sealed = True

    def read(self, query: str, /, **parameters: object) -> pd.DataFrame:
        """Result of `sql/<query>.sql`."""
        return self.frame(sql(query), parameters)

    def table(self, name: str) -> pd.DataFrame:
        """All rows of a table; small ones are remembered as in `rows_of_waves`."""
        columns_of(name)
        return self._read_once(name, f'select * from "{name}"', {})

    def rows_of_waves(self, table: str, waves: Sequence[str], columns: Sequence[str] = ()) -> pd.DataFrame:
        """Rows of a table that belong to one of these waves, with these columns (none: all).

        Small ones are remembered until the table changes, as one stage after the other wants them.
        """
        known = columns_of(table)
        if not set(columns) <= set(known):
            raise ValueError(f"{table} has no such column")
        chosen = ", ".join(f'"{name}"' for name in columns) or "*"
        statement = f'select {chosen} from "{table}" where list_contains($waves, wave_id)'
        return self._read_once(table, statement, {"waves": list(waves)})

    def _read_once(self, table: str, statement: str, parameters: dict[str, list[str]]) -> pd.DataFrame:
        key = (table, statement, *parameters.get("waves", ()))
        if key not in self._remembered:
            found = self.frame(statement, parameters)
            if len(found) > REMEMBERED_ROWS:
                return found
            self._remembered[key] = found
        return self._remembered[key].copy(deep=False)

    def frame(self, statement: str, parameters: Mapping[str, object] | None = None) -> pd.DataFrame:
        """Result of a statement as a data frame."""
        try:
            return self.connection.execute(statement, dict(parameters or {})).df()
        except duckdb.Error as error:
            raise self._of_file(error) from None

    def rows(self, statement: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Result of a statement as tuples; instants have to be read with `frame`, or as `epoch_us(...)`."""
        try:
            return self.connection.execute(statement, dict(parameters or {})).fetchall()
        except duckdb.Error as error:
            raise self._of_file(error) from None

    def execute(self, statement: str, parameters: Mapping[str, object] | None = None) -> None:
        """Run a statement without a result."""
        try:
            self.connection.execute(statement, dict(parameters or {}))
        except duckdb.Error as error:
            raise self._of_file(error) from None

    def _append(self, table: str, columns: Mapping[str, Any]) -> None:
        import pandas as pd

        # A new frame copies: DuckDB cannot read columns that run backwards in memory, as a reversed frame's do.
        rows = pd.DataFrame(columns)
        try:
            for start in range(0, len(rows), ROWS_AT_ONCE):
                self.connection.append(table, rows.iloc[start : start + ROWS_AT_ONCE], by_name=True)
        except duckdb.Error as error:
            raise self._of_file(error) from None

    def _insert(self, table: str, columns: Mapping[str, Any]) -> None:
        """Append as lists: for few rows it would take longer to tell DuckDB what frame they are in."""
        kinds = columns_of(table)
        values = ", ".join(f'unnest(cast(${name} as {kinds[name]}[])) as "{name}"' for name in columns)
        self.execute(
            f'insert into "{table}" by name select {values}',
            {name: plain_values(column) for name, column in columns.items()},
        )

    def _of_file(self, error: duckdb.Error) -> Exception:
        """Damage, a full disk and the like become the user's; anything else is a bug and stays what it is."""
        of_file = isinstance(error, duckdb.IOException | duckdb.FatalException) or "orrupt" in str(error)
        failed = isinstance(error, duckdb.TransactionException) and "Failed to commit: Could not" in str(
            error
        )
        return translated(self.path, error) if of_file or failed else error


def require(path: Path) -> None:
    """Refuse a path at which there is no file."""
    if not path.is_file():
        raise refusal(
            path, "missing_warehouse", "there is no warehouse yet",
            "`delphi run` makes it from the answers, `delphi rebuild` from what was received before.",
        )  # fmt: skip


def checked(warehouse: Warehouse) -> Warehouse:
    """The warehouse, unless it is of another version or was never one."""
    try:
        found = warehouse.connection.execute("select max(schema_version) from study").fetchall()[0][0]
    except duckdb.Error:
        raise damaged(warehouse.path) from None
    version = SCHEMA_VERSION if found is None else int(found)
    if version > SCHEMA_VERSION:
        raise refusal(
            warehouse.path, "newer_warehouse",
            f"the warehouse has schema version {version}; this Delphi knows {SCHEMA_VERSION}",
            "Update Delphi, or move the file away and run `delphi rebuild`.",
        )  # fmt: skip
    if version < SCHEMA_VERSION:
        raise refusal(
            warehouse.path, "older_warehouse",
            f"the warehouse has schema version {version}; this Delphi writes {SCHEMA_VERSION}",
            "Run `delphi rebuild`: the warehouse is made again from the received files.",
        )  # fmt: skip
    return warehouse


def counted(warehouse: Warehouse) -> Warehouse:
    """The warehouse, unless a table that no run has touched since has other rows than were recorded.

    DuckDB says nothing when its log was cut, or a length in it changed: it opens the file with fewer rows.
    """
    try:
        recorded = warehouse.connection.execute("select table_name, n_rows from digests").fetchall()
        known = [(table, n_rows) for table, n_rows in recorded if table in columns_of_tables()]
        counts = " union all ".join(f"""select '{table}', count(*) from "{table}\"""" for table, _ in known)
        now = dict(warehouse.connection.execute(counts).fetchall()) if known else {}
    except duckdb.Error as error:
        raise translated(warehouse.path, error) from None
    lost = [
        Problem(
            warehouse.path.name, 0, 0, f"table {table}", f"holds {now[table]} rows, recorded were {n_rows}",
            REBUILD, "rows_lost",
        )
        for table, n_rows in known
        if now[table] != n_rows
    ]  # fmt: skip
    if lost:
        raise WarehouseError(lost)
    return warehouse


def as_declared(column: pd.Series[Any], kind: str) -> Any:
    """Values of the column in the type its table wants: DuckDB guesses the type of Python objects from a sample.

    An array, without the column's index: making a frame of columns takes longer the more indexes have to be compared.
    """
    import numpy as np
    import pandas as pd

    if kind == "timestamptz":
        return pd.to_datetime(column, utc=True).astype("datetime64[us, UTC]").array
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.array
    if kind == "double":
        is_plain = column.dtype == np.float64
        numbers = (
            column.to_numpy()
            if is_plain
            else column.astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
        )
        if np.isinf(numbers).any():
            raise ValueError(f"{column.name} holds a number that is not finite")
        return numbers
    if column.dtype == object:
        wanted: Any = {"varchar": "str", "boolean": "boolean"}.get(kind, "Int64")
        return column.astype(wanted).array
    if kind in ("integer", "bigint") and column.dtype.kind == "f":
        return column.astype("Int64").array
    return column.array


def plain_values(column: Any) -> list[Any]:
    """An array as Python has it, None for what is missing."""
    import pandas as pd

    values = pd.Series(column)
    known = zip(values.tolist(), values.isna().tolist(), strict=True)
    return [None if is_missing else value for value, is_missing in known]
