"""Answers to an analyst's own question, read only and locked down."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from delphi.study import StudyFolder
from delphi.warehouse.querying import user_query, write_csv, write_user_query


def query_rows(folder: StudyFolder, sql: str) -> tuple[list[dict[str, object]], list[str]]:
    """Rows of a query as plain values, and the names of its columns."""
    return user_query(folder.warehouse, sql)


def print_query(rows: list[dict[str, object]], names: list[str], file: TextIO) -> None:
    """Write rows as delimited text to an open file, such as standard output."""
    write_csv(file, rows, names)


def write_query(folder: StudyFolder, sql: str, form: str, output: Path) -> None:
    """Write the result of a query to a file: csv, json or parquet."""
    write_user_query(folder.warehouse, sql, form, output)
