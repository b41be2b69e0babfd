"""Validation of a long Parquet file, by Pandera as the package does it or by plain SQL, in a process of its own; what T9 measures.

Both count what is wrong and name the first rows of each kind; with `again` also rows that stand twice and persons in two groups.

python -m benchmarks.long_checks pandera|sql SOURCE ITEMS WAVES GROUPS [again]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.as_installed import DEVELOPERS_ONLY
from benchmarks.generate import POINTS

ROWS_NAMED = 5

COUNTED = """
select
    count(*) filter (wave is null or respondent is null or item is null) as missing_key,
    count(*) filter (wave not between 0 and $waves - 1 or item not between 0 and $items - 1
        or grp not between 0 and $groups - 1) as undeclared,
    count(*) filter (value not between 1 and $points) as off_scale
from read_parquet($path)
"""
FIRST = """
select file_row_number + 1 from read_parquet($path)
where wave is null or respondent is null or item is null or wave not between 0 and $waves - 1
    or item not between 0 and $items - 1 or grp not between 0 and $groups - 1 or value not between 1 and $points
order by 1 limit $many
"""
AGAIN = """
select coalesce(sum(n - 1), 0) from (
    select count(*) as n from read_parquet($path) group by respondent, wave, item having count(*) > 1
)
"""
TWO_GROUPS = """
select count(*) from (
    select respondent from read_parquet($path) group by respondent having min(grp) is distinct from max(grp)
)
"""


def main() -> None:
    """Check one way, and print how many rows break which rule."""
    hidden: dict[str, Any] = sys.modules
    hidden.update(dict.fromkeys(DEVELOPERS_ONLY))
    way, source, items, waves, groups = sys.argv[1:6]
    sizes = {"items": int(items), "waves": int(waves), "groups": int(groups)}
    found = (by_pandera if way == "pandera" else by_sql)(Path(source), sizes, "again" in sys.argv[6:])
    print(json.dumps({rule: n for rule, n in sorted(found.items()) if n}))


def by_pandera(source: Path, sizes: dict[str, int], again: bool) -> dict[str, int]:
    """The way of the package."""
    from delphi.stages.parquet import validate_parquet
    from delphi.warehouse.counting_parquet import LongColumns

    ids = {name: range(many) for name, many in sizes.items()}
    findings = validate_parquet(
        source, LongColumns(group="grp"), values=range(1, POINTS + 1), looks_for_repeated=again,
        rows_named=ROWS_NAMED, **ids,
    )  # fmt: skip
    found: dict[str, int] = {}
    for one in findings:
        found[one.rule] = found.get(one.rule, 0) + one.n
    return found


def by_sql(source: Path, sizes: dict[str, int], again: bool) -> dict[str, int]:
    """Statements that anybody would write."""
    import duckdb

    given = {"path": str(source), "points": POINTS, **sizes}
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false; set enable_progress_bar = false")
        counts = connection.execute(COUNTED, given).fetchall()[0]
        found = dict(zip(("missing_key", "undeclared", "off_scale"), counts, strict=True))
        if any(counts):
            connection.execute(FIRST, given | {"many": ROWS_NAMED}).fetchall()
        if again:
            for rule, statement in (("duplicate_contradiction", AGAIN), ("two_groups", TWO_GROUPS)):
                found[rule] = int(connection.execute(statement, {"path": str(source)}).fetchall()[0][0])
    return found


if __name__ == "__main__":
    main()
