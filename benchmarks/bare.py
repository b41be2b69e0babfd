"""The yardstick: one process that does nothing but `GROUP BY wave, item, group, value` over files, one after the other."""

from __future__ import annotations

import sys

import duckdb


def main() -> None:
    """Count, and print how many groups came out."""
    groups = 0
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false; set enable_progress_bar = false")
        for path in sys.argv[1:]:
            groups += len(
                connection.execute(
                    "select wave, item, grp, value, count(*) from read_parquet($path) group by all",
                    {"path": path},
                ).fetchall()
            )
    print(groups)


if __name__ == "__main__":
    main()
