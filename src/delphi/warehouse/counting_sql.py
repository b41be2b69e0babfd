"""Counting by SQL alone: slower on large studies, easier to read, and the check on the faster way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from delphi.warehouse.counting import Tallies

if TYPE_CHECKING:
    from delphi.warehouse.warehouse import Warehouse


class SqlEngine:
    """Counts with `sql/counts.sql`, `sql/nonanswers.sql` and `sql/transitions.sql`."""

    def tallies(self, warehouse: Warehouse, wave_id: str) -> Tallies:
        """Count the wave in three queries."""
        return Tallies(
            counts=warehouse.read("counts", wave_id=wave_id),
            nonanswers=warehouse.read("nonanswers", wave_id=wave_id),
            transitions=warehouse.read("transitions", wave_id=wave_id),
        )
