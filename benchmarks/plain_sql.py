"""The obvious ways to count who moved where, in SQL: a self-join, or `lag`. Evidence, not a target."""

from __future__ import annotations

import sys

import duckdb

WAYS = {
    "join": """
        select a.wave, a.item, a.grp, b.value as was, a.value as now, count(*)
        from read_parquet($path) a join read_parquet($path) b
        on a.respondent = b.respondent and a.item = b.item and a.wave = b.wave + 1 group by all""",
    "lag": """
        select wave, item, grp, was, value as now, count(*) from (
            select *, lag(value) over (partition by respondent, item order by wave) as was
            from read_parquet($path)
        ) group by all""",
}


def main() -> None:
    """Count one way, and print how many groups came out."""
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false; set enable_progress_bar = false")
        print(len(connection.execute(WAYS[sys.argv[2]], {"path": sys.argv[1]}).fetchall()))


if __name__ == "__main__":
    main()
