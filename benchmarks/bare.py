"""The yardstick: one process that does nothing but `GROUP BY wave, item, group, value` over a file."""

from __future__ import annotations

import sys

import duckdb


def main() -> None:
    """Count, and print how many groups came out."""
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false; set enable_progress_bar = false")
        rows = connection.execute(
            "select wave, item, grp, value, count(*) from read_parquet($path) group by all",
            {"path": sys.argv[1]},
        ).fetchall()
    print(len(rows))


if __name__ == "__main__":
    main()
