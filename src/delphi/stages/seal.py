"""The seal of a run: one logical digest per table, against which `delphi verify` compares."""

from __future__ import annotations

from delphi.stages.running import session
from delphi.study import StudyFolder
from delphi.warehouse.digests import write_digests


def seal(folder: StudyFolder) -> None:
    """Record the digest of every table; a warehouse without them is one whose last run did not finish."""
    with session(folder) as warehouse, warehouse.transaction():
        write_digests(warehouse)
