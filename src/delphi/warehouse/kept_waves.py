"""The removal of rows of waves that the study no longer has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from delphi.warehouse.runs import undo_other_waves
from delphi.warehouse.tables import columns_of_tables

if TYPE_CHECKING:
    from delphi.warehouse.warehouse import Warehouse

OWN_TABLES = ("waves", "runs", "memberships")
"""Tables with a wave that the study's definition, or the record of runs, looks after."""


def keep_waves(warehouse: Warehouse, waves: Sequence[str]) -> None:
    """Take out the rows of every other wave: the study file does not have it any more."""
    tables = [
        table
        for table, columns in columns_of_tables().items()
        if "wave_id" in columns and table not in OWN_TABLES
    ]
    left = " union all ".join(
        f"""(select '{table}' from "{table}" where not list_contains($waves, wave_id) limit 1)"""
        for table in tables
    )
    for (table,) in warehouse.rows(left, {"waves": list(waves)}):
        warehouse.unseal(table)
        warehouse.execute(
            f'delete from "{table}" where not list_contains($waves, wave_id)', {"waves": list(waves)}
        )
    undo_other_waves(warehouse, waves)
