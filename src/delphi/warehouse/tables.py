"""The tables as the code knows them: names, columns and types, read from `sql/schema.sql`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

SCHEMA_VERSION = 1
"""Version of tables and columns; a warehouse of another one is not opened."""

SQL = Path(__file__).parent / "sql"


@cache
def sql(name: str) -> str:
    """Text of one file of `sql/`."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def columns_of_tables() -> dict[str, dict[str, str]]:
    """Table → column → type, in the order of the schema. No name outside of these ever enters a statement."""
    return columns_in("schema")


@cache
def columns_in(schema: str) -> dict[str, dict[str, str]]:
    """Table → column → type as one file of `sql/` declares them."""
    return {
        table: {name: words[0] for name, words in columns.items()}
        for table, columns in _declared(schema).items()
    }


@cache
def _declared(schema: str) -> dict[str, dict[str, list[str]]]:
    """Table → column → its type, and what else is declared of it."""
    text = re.sub(r"--.*", "", sql(schema))
    tables = {}
    for name, body in re.findall(r"create table (\w+) \((.*?)\);", text, flags=re.DOTALL):
        declared = (column.split() for column in body.split(","))
        tables[name] = {words[0]: words[1:] for words in declared}
    return tables


def never_null_in(table: str) -> set[str]:
    """Columns of one table that hold no null."""
    return {name for name, words in _declared("schema")[table].items() if words[1:] == ["not", "null"]}


def columns_of(table: str) -> dict[str, str]:
    """Column → type of one table.

    Raises
    ------
    ValueError
        If there is no such table.
    """
    tables = columns_of_tables()
    if table not in tables:
        raise ValueError(f"the warehouse has no table {table}")
    return tables[table]
