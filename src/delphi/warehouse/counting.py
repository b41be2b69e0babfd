"""How many chose what in a wave, and who moved where since earlier waves: three tables, whoever counts.

An engine counts; this module puts its result into the warehouse. Counts add, so an engine that sees a part
of the
respondents at a time, or runs elsewhere, can fill the same tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd

    from delphi.warehouse.warehouse import Warehouse


@dataclass(frozen=True)
class Tallies:
    """Rows of `counts`, `nonanswers` and `transitions` of one wave."""

    counts: pd.DataFrame
    nonanswers: pd.DataFrame
    transitions: pd.DataFrame


class CountingEngine(Protocol):
    """Something that counts one wave of a warehouse."""

    def tallies(self, warehouse: Warehouse, wave_id: str) -> Tallies:
        """Count the wave, and the moves since each earlier wave that was returned and asked the same item."""
        ...


def count_wave(
    warehouse: Warehouse, wave_id: str, engine: CountingEngine | None = None
) -> dict[str, int | str]:
    """Replace the counts of one wave in one transaction.

    Parameters
    ----------
    warehouse : open for writing; holds the definitions of the study and the answers up to this wave
    wave_id : the wave to count
    engine : who counts; numpy unless said otherwise

    Returns
    -------
    dict
        Number of rows written, by table.
    """
    if engine is None:
        from delphi.warehouse.counting_numpy import NumpyEngine

        engine = NumpyEngine()
    found = engine.tallies(warehouse, wave_id)
    where = {"wave_id": wave_id}
    with warehouse.transaction():
        return {
            "counts": warehouse.replace("counts", found.counts, where),
            "nonanswers": warehouse.replace("nonanswers", found.nonanswers, where),
            "transitions": warehouse.replace("transitions", found.transitions, where),
        }
