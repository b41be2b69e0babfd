"""Whether the statistics written for a long file are those of its cells, as the bare `GROUP BY` counts them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.measuring import MeasuringError

STATISTICS = ("n_shown", "n_valid", "mean", "sd", "percent_agreement", "bottom_box")
SAME = 1e-9
COMPARED = """
with counted as (
    select wave, item, grp, value::double as value, count(*) as n from read_parquet($path) group by all
),
summed as (
    select
        wave, item, grp, grouping(grp) as is_all, sum(n) as n_shown, coalesce(sum(n) filter (value is not null), 0) as n_valid,
        sum(n * value) as total, sum(n * value * value) as squares,
        coalesce(sum(n) filter (value between 7 and 9), 0) as high, coalesce(sum(n) filter (value between 1 and 3), 0) as low
    from counted group by grouping sets ((wave, item), (wave, item, grp))
),
described as (
    select
        wave::varchar as wave_id, item::varchar as item_id, if(is_all = 1, 'all', grp::varchar) as group_value,
        n_shown::double as n_shown, n_valid::double as n_valid, total / n_valid as mean,
        if(n_valid > 1, sqrt(greatest(squares - total * total / n_valid, 0) / (n_valid - 1)), null) as sd,
        if(n_valid > 0, high / n_valid, null) as percent_agreement, if(n_valid > 0, low / n_valid, null) as bottom_box
    from summed
),
theirs as (
    from described unpivot include nulls (value for statistic in (n_shown, n_valid, mean, sd, percent_agreement, bottom_box))
),
ours as (
    select wave_id, item_id, group_value, statistic, value from results.statistics
    where list_contains($statistics, statistic) and versus_wave_id is null and item_id is not null
)
select
    count(*), count(*) filter (
        (ours.statistic is null and theirs.value is not null) or (theirs.statistic is null and ours.value is not null)
        or (ours.value is null) <> (theirs.value is null)
        or abs(ours.value - theirs.value) > $same * greatest(1, abs(theirs.value))
    )
from ours full join theirs using (wave_id, item_id, group_value, statistic)
"""


def compared(source: Path, results: Path) -> int:
    """How many numbers of answers, means, deviations and shares are the same in both.

    Raises
    ------
    MeasuringError
        If one differs, or stands on one side only.
    """
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false; set enable_progress_bar = false")
        connection.execute(f"attach '{str(results).replace(chr(39), chr(39) * 2)}' as results (read_only)")
        given = {"path": str(source), "statistics": list(STATISTICS), "same": SAME}
        many, wrong = connection.execute(COMPARED, given).fetchall()[0]
    if wrong or not many:
        raise MeasuringError(f"{wrong} of {many} numbers of {source.name} are not those that GROUP BY counts")
    return int(many)
