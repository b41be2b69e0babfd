"""A delivery: one version of a source's file, as it was taken in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.ingest.table import TextTable
from delphi.study.model import Source


@dataclass(frozen=True)
class Delivery:
    """One accepted file version of a source.

    `version` counts the versions of one file of the entry from 1; `received_at` is when it was taken in.
    """

    source: Source
    table: TextTable
    version: int
    received_at: datetime

    def source_id(self, wave_id: str) -> str:
        """Id of this file version as a source of one wave."""
        return f"{self.source.entry_id}.{wave_id}.{self.table.sha256[:12]}"

    @property
    def file(self) -> tuple[str, str]:
        """What the versions have in common: the entry and the name of the file."""
        return self.source.entry_id, self.table.file_name
