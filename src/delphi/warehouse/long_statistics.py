"""Statistics as arrays → rows of a table `statistics` in a DuckDB file, without a data frame in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from delphi.warehouse.counting_parquet import Counted
from delphi.warehouse.long_file import engine, quoted

Array = NDArray[Any]

_NAMED = """
select
    $waves[wave + 1] as wave_id, $waves[versus + 1] as versus_wave_id, $items[item + 1] as item_id,
    $dimension as dimension, '' as part, case when grp = 0 then 'all' else $group_by end as group_by,
    $groups[grp + 1] as group_value, $kinds[kind + 1] as statistic,
    case when isfinite(value) then value end as value, null::varchar as label,
    case when isfinite(value) and isfinite(low) then low end as low,
    case when isfinite(value) and isfinite(high) then high end as high, n,
    case when value is null or not isfinite(value) then $reasons[reason + 1] end as reason,
    case when n < $minimum then 'n_below_minimum' end as flags,
    case when contains($params[kind + 1], '$n')
        then replace(replace($params[kind + 1], '$numerator', numerator::varchar), '$n', n::varchar)
        else $params[kind + 1] end as params
from delphi_cells
"""


@dataclass(frozen=True)
class Measured:
    """One statistic over all waves (or pairs of waves), items and groups.

    Parameters
    ----------
    statistic, params : as in the table; `$n` and `$numerator` in `params` are replaced by the row's own
    value : shape (waves or pairs, items, groups), or (waves,) for what is computed over all items
    n : how many answers it rests on, same shape
    reasons : why a value may be missing, by place in `REASONS`, same shape or one for all
    is_pair : whether the first axis is pairs of waves
    low, high, numerator : same shape, where there are any
    """

    statistic: str
    value: Array
    n: Array
    reasons: Array | int
    is_pair: bool = False
    params: str = "{}"
    low: Array | None = None
    high: Array | None = None
    numerator: Array | None = None


REASONS = (
    "no_data",
    "no_valid_answers",
    "too_few",
    "no_pairs",
    "no_discordant_pairs",
    "no_variation",
    "too_few_units",
    "scale_too_short",
)


def write_measured(
    path: Path,
    counted: Counted,
    measured: Sequence[Measured],
    *,
    dimension: str = "rating",
    group_by: str = "group",
    minimum: int = 5,
) -> int:
    """Put statistics of a long file into the table `statistics` of a DuckDB file, which is made if need be.

    What the table held before is replaced. Returns the number of rows.
    """
    columns = _columns(counted, measured)
    texts = {
        "waves": [str(one) for one in counted.waves],
        "items": [str(one) for one in counted.items],
        "groups": [str(one) for one in counted.groups],
        "kinds": [one.statistic for one in measured],
        "params": [one.params for one in measured],
        "reasons": list(REASONS),
    }
    single = {"dimension": dimension, "group_by": group_by, "minimum": minimum}
    name = quoted(f"result of {uuid4().hex}")
    with engine().cursor() as connection:
        file = str(path).replace("'", "''")
        connection.execute(f"attach '{file}' as {name}")
        try:
            connection.register("delphi_cells", columns)
            connection.execute(f"create or replace table {name}.statistics as {_NAMED}", {**texts, **single})
            connection.unregister("delphi_cells")
        finally:
            connection.execute(f"detach {name}")
    return len(columns["value"])


def _columns(counted: Counted, measured: Sequence[Measured]) -> dict[str, Array]:
    """All cells of all statistics, one after the other; -1 where there is no item or no earlier wave."""
    place = {wave: number for number, wave in enumerate(counted.waves)}
    earlier = np.array([place[before] for before, _ in counted.pairs], np.int32)
    later = np.array([place[after] for _, after in counted.pairs], np.int32)
    parts: dict[str, list[Array]] = {}
    for kind, one in enumerate(measured):
        shape = one.value.shape
        where = np.indices(shape, np.int32).reshape(len(shape), -1)
        first, size = where[0], one.value.size
        whole = len(shape) == 1
        column = {
            "kind": np.full(size, kind, np.int32),
            "wave": later[first] if one.is_pair else first,
            "versus": earlier[first] if one.is_pair else np.full(size, -1, np.int32),
            "item": np.full(size, -1, np.int32) if whole else where[1],
            "grp": np.zeros(size, np.int32) if whole else where[2],
            "value": one.value,
            "n": one.n.astype(np.int64),
            "reason": np.broadcast_to(np.asarray(one.reasons, np.int32), shape),
            "low": np.full(size, np.nan) if one.low is None else one.low,
            "high": np.full(size, np.nan) if one.high is None else one.high,
            "numerator": np.zeros(size, np.int64)
            if one.numerator is None
            else one.numerator.astype(np.int64),
        }
        for name, values in column.items():
            parts.setdefault(name, []).append(np.asarray(values).ravel())
    return {name: np.concatenate(values) for name, values in parts.items()}
