"""The data dictionary: every table, view and column in words, from the comments in the warehouse itself; and every statistic, from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from delphi.statistics.registry import Statistic, catalogue
from delphi.warehouse.opening import OFFLINE
from delphi.warehouse.tables import SCHEMA_VERSION, columns_of_tables, sql

if TYPE_CHECKING:
    from collections.abc import Mapping

BEGINNING = f"""# Data dictionary

<!-- Made from the comments of the warehouse by `delphi.warehouse.dictionary`; do not edit. -->

Tables and views of a study's warehouse, schema version {SCHEMA_VERSION}. Instants are in UTC, shares are
fractions from 0 to 1, and everyone together is `group_by = 'all'`, `group_value = 'all'`.
[Querying](querying.md) has examples.
"""
STATISTICS = """
## Ids of statistics

Ids in the column `statistic`, from the catalogue ([statistics](statistics.md) has formulas and sources). Rows of the default set are in
every warehouse ([methods](methods.md)); of the others those that the study file asks for (`analysis.statistics`), with further numbers
named after them (`kruskal_wallis_p`). Any is computed by `delphi statistics ID` and in Python.
Counts of people (`n_invited`, `n_returned`, `n_shown`, `n_valid`, `n_paired` and the non-answers) and `category_share` are no statistics
of the catalogue and have no range but their own denominators.

| id | name | takes | range | empty with |
|---|---|---|---|---|
"""


def data_dictionary(connection: duckdb.DuckDBPyConnection | None = None) -> str:
    """Markdown with one section per table and view; of an empty warehouse when no connection is given."""
    if connection is None:
        with duckdb.connect(config=dict(OFFLINE)) as empty:
            for part in ("schema", "views", "comments"):
                empty.execute(sql(part))
            return data_dictionary(empty)
    described: Mapping[tuple[str, str], str] = {
        (name, kind): comment or ""
        for name, kind, comment in connection.execute(sql("commented_tables")).fetchall()
    }
    columns: dict[str, list[tuple[str, str, str]]] = {}
    for table, column, kind, comment in connection.execute(sql("commented_columns")).fetchall():
        columns.setdefault(table, []).append((column, kind, comment or ""))
    tables = [name for name in columns_of_tables() if (name, "table") in described]
    views = sorted(name for name, kind in described if kind == "view")
    parts = [BEGINNING, "\n## Tables\n"]
    parts += [_section(name, described[name, "table"], columns[name]) for name in tables]
    parts.append("\n## Views\n")
    parts += [_section(name, described[name, "view"], columns[name]) for name in views]
    parts.append(STATISTICS)
    parts += [_statistic(entry) for entry in catalogue().values()]
    return "".join(parts)


def _section(name: str, comment: str, columns: list[tuple[str, str, str]]) -> str:
    rows = [f"| `{column}` | {kind} | {_cell(text)} |\n" for column, kind, text in columns]
    return f"\n### {name}\n\n{comment}\n\n| column | type | meaning |\n|---|---|---|\n{''.join(rows)}"


def _statistic(entry: Statistic) -> str:
    reach = f"{'' if entry.low is None else f'{entry.low:g}'} to {'' if entry.high is None else f'{entry.high:g}'}"
    bounds = "" if entry.low is None and entry.high is None else reach.strip()
    empty = ", ".join(f"`{code}`" for code in entry.reasons)
    return f"| `{entry.statistic_id}` | {_cell(entry.name)} | {entry.takes} | {bounds} | {empty} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
