"""Reads Parquet files in the child process; DuckDB's relations serve as the file reader, without any SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from delphi.errors import AnswersError, Problem
from delphi.ingest.bytesfile import as_path
from delphi.ingest.celltext import text_of
from delphi.ingest.recognise import kind_of, wrong_format
from delphi.ingest.records import Extract, begin
from delphi.ingest.refusing import refusal

_NESTED = ("STRUCT", "MAP", "UNION", "LIST", "ARRAY", "VARIANT")


def read(data: bytes, file_name: str, options: Mapping[str, Any]) -> Extract:
    """Cells of a Parquet file as text.

    Raises
    ------
    AnswersError
        If it is none, or a column holds lists, structures or bytes that are no text.
    """
    if not data.startswith(b"PAR1"):
        raise wrong_format(file_name, kind_of(data) or "something else", "a Parquet file")
    import duckdb

    settings = {"threads": "1", "memory_limit": "1GB", "autoload_known_extensions": "false",
                "autoinstall_known_extensions": "false"}  # fmt: skip
    connection = duckdb.connect(":memory:", config=settings)
    with as_path(data) as path:
        relation = connection.read_parquet(path)
        headers, kinds = list(relation.columns), [str(kind) for kind in relation.types]
        _check_kinds(headers, kinds, file_name)
        expressions = [_expression(header, kind) for header, kind in zip(headers, kinds, strict=True)]
        rows = relation.select(*expressions).fetchall()
        # The footer's own number; the rows above come from the data pages.
        about = connection.table_function("parquet_file_metadata", [path])
        counted = about.fetchall()[0][list(about.columns).index("num_rows")]
    extract = begin(headers, file_name, int(counted))
    texts = [_text(kind, header, file_name) for header, kind in zip(headers, kinds, strict=True)]
    columns = [[text(row[place]) for row in rows] for place, text in enumerate(texts)]
    extract.add(list(zip(*columns, strict=True)), 2)
    return extract


def _check_kinds(headers: list[str], kinds: list[str], file_name: str) -> None:
    nested = [
        header
        for header, kind in zip(headers, kinds, strict=True)
        if kind.endswith("]") or kind.startswith(_NESTED)
    ]
    if nested:
        raise AnswersError(
            [
                Problem(
                    file_name,
                    0,
                    0,
                    f"column {header}",
                    "a cell holds a list or a structure, not one value",
                    "Write one column per value.",
                    "nested_column",
                )
                for header in nested
            ]
        )


def _expression(header: str, kind: str) -> Any:
    """How a column is fetched: numbers of 32 bits as DuckDB writes them, instants as UTC without a zone."""
    import duckdb

    column = duckdb.ColumnExpression(header)
    if kind == "FLOAT":
        return column.cast("VARCHAR").alias(header)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return duckdb.FunctionExpression("epoch_us", column).alias(header)
    if kind in ("TIMESTAMP_NS", "TIME WITH TIME ZONE", "INTERVAL"):
        return column.cast("VARCHAR").alias(header)
    return column


def _text(kind: str, header: str, file_name: str) -> Callable[[Any], str]:
    if kind == "FLOAT":
        return lambda cell: "" if cell in (None, "nan") else _short(cell)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return _instant
    if kind == "BLOB":
        return lambda cell: _decoded(cell, header, file_name)
    return text_of


def _short(cell: str) -> str:
    whole, _, fraction = cell.partition(".")
    return whole if fraction.strip("0") == "" and "e" not in cell else cell


def _instant(cell: int | None) -> str:
    from datetime import UTC, datetime, timedelta

    if cell is None:
        return ""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=cell)).isoformat()


def _decoded(cell: bytes | None, header: str, file_name: str) -> str:
    try:
        return text_of((cell or b"").decode("utf-8"))
    except UnicodeDecodeError:
        raise refusal(
            file_name,
            "encoding",
            "cells hold bytes that are no UTF-8 text",
            "Write the column as text.",
            path=f"column {header}",
        ) from None
