"""A warehouse that a killed process left unreadable is made again, before a run goes on."""

from __future__ import annotations

from delphi.ingest.journal import Journal
from delphi.stages.context import arrived_waves, deliveries_of, study_of
from delphi.study import StudyFolder
from delphi.warehouse.digests import inspect
from delphi.warehouse.stamp import was_cut_off
from delphi.warehouse.warehouse import Warehouse


def mend(folder: StudyFolder) -> bool:
    """Make the warehouse again if it was damaged when a run was cut off; true if it was. The caller holds the lock.

    DuckDB writes one block of its file in place, and a kill or a power cut in the middle of that leaves a file that never
    opens again. All that it held follows from the journal and the received bytes. A file that nobody was writing to is
    not touched, whatever became of it: that is for a person to look at.
    """
    if not was_cut_off(folder.warehouse):
        return False
    if all(problem.code != "damaged_warehouse" for problem in inspect(folder.warehouse).problems):
        return False
    if arrived_waves(study_of(folder), deliveries_of(Journal(folder.journal))):
        from delphi.stages.rebuilding import rebuild_warehouse

        rebuild_warehouse(folder)
    else:
        Warehouse.remove(folder.warehouse)
    return True
