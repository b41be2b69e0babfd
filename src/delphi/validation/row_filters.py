"""Which records `rows` of a source leaves to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from delphi.ingest.table import TextColumn
from delphi.study.model import RowFilter
from delphi.validation.cells import factorise
from delphi.validation.numbers import plain_number
from delphi.validation.times import Clock


def passes(
    row_filter: RowFilter, cells: TextColumn, clock: Clock
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which cells pass a filter, and which are neither empty nor comparable."""
    codes, distinct = factorise(cells)
    texts = [text.strip() for text in distinct]
    if row_filter.equals is not None:
        wanted = {text.strip() for text in row_filter.equals}
        return np.array([*(text in wanted for text in texts), False])[codes], np.zeros(len(cells), dtype=bool)
    bounds = [bound for bound in (row_filter.after, row_filter.before) if bound is not None]
    if all(plain_number(bound) is not None for bound in bounds):
        numbers = [plain_number(text) for text in texts]
        values = np.array([np.nan if one is None else one for one in numbers] + [np.nan])
        unclear = np.array(
            [*(one is None and text != "" for one, text in zip(numbers, texts, strict=True)), False]
        )
        belongs = ~np.isnan(values)
        if row_filter.after is not None:
            belongs &= values >= float(row_filter.after)
        if row_filter.before is not None:
            belongs &= values < float(row_filter.before)
        return belongs[codes], unclear[codes]
    instants, bad = clock.read(cells)
    written = Clock("iso", clock.zone)
    both = (row_filter.after, row_filter.before)
    limits = written.read(np.array([bound or "" for bound in both], dtype=object))[0]
    belongs = ~np.isnat(instants)
    if row_filter.after is not None:
        belongs &= instants >= limits[0]
    if row_filter.before is not None:
        belongs &= instants < limits[1]
    if any(bound is not None and np.isnat(limit) for bound, limit in zip(both, limits, strict=True)):
        bad = np.ones(len(cells), dtype=bool)  # a bound that is no time must not make records vanish
    return belongs, bad
