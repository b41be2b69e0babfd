"""Logical digests of tables: equal for equal content, whatever the order of rows, the DuckDB and its threads.

Each row becomes one text, in which null and the empty text differ; the digest is the sum of the rows'
hashes modulo
2^64, beside the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from delphi.errors import Problem, WarehouseError
from delphi.warehouse.mends import REBUILD, RUN_AGAIN
from delphi.warehouse.stamp import was_cut_off
from delphi.warehouse.tables import columns_of, columns_of_tables, never_null_in, sql
from delphi.warehouse.warehouse import UNSEALED, Warehouse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DIGESTED = tuple(table for table in columns_of_tables() if table not in UNSEALED)


def digest(warehouse: Warehouse, table: str) -> tuple[int, str]:
    """Number of rows of a table and the digest of its content."""
    columns_of(table)
    return digests_in(warehouse, [table])[table]


def digests_in(warehouse: Warehouse, tables: Sequence[str]) -> dict[str, tuple[int, str]]:
    """The same of several tables in two statements: most tables are so small that a statement costs more than they do."""
    found = dict.fromkeys(tables, (0, f"{0:016x}"))
    counts = " union all ".join(f"""(select '{table}' from "{table}" limit 1)""" for table in tables)
    filled = [row[0] for row in warehouse.rows(counts)] if tables else []
    if filled:
        for table, n_rows, total in warehouse.rows(" union all ".join(map(_statement, filled))):
            found[table] = int(n_rows), f"{int(total) % 2**64:016x}"
    return found


def write_digests(warehouse: Warehouse) -> None:
    """Record the digest of every table that has none since it last changed."""
    known = {row[0] for row in warehouse.rows("select table_name from digests")}
    found = digests_in(warehouse, [table for table in DIGESTED if table not in known])
    if found:
        sealed = zip(*((table, *of_table) for table, of_table in found.items()), strict=True)
        warehouse.execute(
            "insert into digests by name select unnest($tables) as table_name, unnest($rows) as n_rows,"
            " unnest($texts) as digest",
            dict(zip(("tables", "rows", "texts"), map(list, sealed), strict=True)),
        )
    warehouse.sealed()


def recorded_digests(path: Path) -> list[dict[str, object]]:
    """Table, rows and digest of every table, as recorded."""
    with Warehouse.open_read_only(path) as warehouse:
        return digests_of(warehouse)


def digests_of(warehouse: Warehouse) -> list[dict[str, object]]:
    """Table, rows and digest of every table, as recorded in an open warehouse."""
    rows = warehouse.rows("select table_name, n_rows, digest from digests order by table_name")
    return [{"table": table, "rows": n_rows, "digest": text} for table, n_rows, text in rows]


@dataclass(frozen=True)
class Inspected:
    """What a warehouse holds: all that is not as recorded, and if that is nothing, its digests and the sha256 of every
    file from which its rows were made."""

    problems: tuple[Problem, ...]
    digests: list[dict[str, object]]
    received: frozenset[str]


def inspect(path: Path) -> Inspected:
    """Read all of a warehouse.

    Raises
    ------
    WarehouseError
        `locked`: then nothing can be said.
    """
    try:
        with Warehouse.open_read_only(path, is_counted=False) as warehouse:
            problems = tuple(_differences(warehouse))
            if problems:
                return Inspected(problems, [], frozenset())
            received = {row[0] for row in warehouse.rows("select distinct sha256 from sources")}
            return Inspected((), digests_of(warehouse), frozenset(received))
    except WarehouseError as error:
        if any(problem.code == "locked" for problem in error.problems):
            raise
        return Inspected(error.problems, [], frozenset())


def verify(path: Path) -> tuple[Problem, ...]:
    """Everything in a warehouse that is not as recorded; empty when all is well. Raises as `inspect` does."""
    return inspect(path).problems


def _differences(warehouse: Warehouse) -> list[Problem]:
    name = warehouse.path.name
    found = _of_schema(warehouse)
    if found:
        return found
    recorded: Mapping[str, tuple[int, str]] = {
        row[0]: (row[1], row[2]) for row in warehouse.rows("select table_name, n_rows, digest from digests")
    }
    for table in columns_of_tables():
        try:
            now = digest(warehouse, table)
        except (WarehouseError, duckdb.Error):
            hint = RUN_AGAIN if was_cut_off(warehouse.path) else REBUILD
            found.append(
                _problem(name, table, "a block of the table cannot be read", "damaged_warehouse", hint)
            )
            continue
        if table in UNSEALED or recorded.get(table) == now:
            continue
        if table not in recorded:
            found.append(
                _problem(
                    name, table, "has changed since the last finished run: the last run was cut off",
                    "unfinished_run", "Run `delphi run` again.",
                )
            )  # fmt: skip
            continue
        then = recorded[table]
        what = (
            f"holds {now[0]} rows, recorded were {then[0]}"
            if now[0] != then[0]
            else "holds other rows than recorded"
        )
        found.append(_problem(name, table, what, "digest_differs", REBUILD))
    if found:
        return found
    for query, code in (
        ("unreconciled_sources", "not_reconciled"),
        ("answers_without_submission", "no_submission"),
    ):
        found.extend(_problem(name, row[0], row[1], code, REBUILD) for row in warehouse.rows(sql(query)))
    return found


def _of_schema(warehouse: Warehouse) -> list[Problem]:
    """Tables and columns that are missing, of another type, or too many."""
    present: dict[str, dict[str, str]] = {}
    for table, column, kind in warehouse.rows(sql("columns_present")):
        present.setdefault(table, {})[column] = kind
    problems = []
    for table, columns in columns_of_tables().items():
        if present.get(table) != columns:
            what = "has other columns than it should" if table in present else "is missing"
            problems.append(_problem(warehouse.path.name, table, what, "schema_differs", REBUILD))
    return problems


def _problem(file: str, table: str, what: str, code: str, hint: str) -> Problem:
    return Problem(file, 0, 0, f"table {table}", what, hint, code)


def _statement(table: str) -> str:
    """The digest of one table in SQL. Control characters stand between columns and for null."""
    cells = []
    never_null = never_null_in(table)
    for name, kind in columns_of(table).items():
        column = f'"{name}"'
        if kind == "timestamptz":
            column = f"epoch_us({column})"
        elif kind == "double":
            # Adding zero makes one of the two zeros.
            column = f"{column} + 0.0"
        text = f"cast({column} as varchar)"
        cells.append(text if name in never_null else f"coalesce({text}, chr(30))")
    row = f"concat_ws(chr(31), {', '.join(cells)})"
    # The same as md5_number_lower, which takes three times as long: it goes by way of a text of bits.
    half = f"cast(md5_number({row}) >> 64 as ubigint)"
    return f"""select '{table}', count(*), coalesce(sum({half}), 0) from "{table}\""""
