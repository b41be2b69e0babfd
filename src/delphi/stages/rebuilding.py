"""The warehouse again, from study file, journal and received bytes; the old one stays until the new one is
whole."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from delphi.stages.ingest import define
from delphi.stages.plan import perform, steps_after_ingest
from delphi.stages.running import session
from delphi.stages.seal import seal
from delphi.study import StudyFolder
from delphi.warehouse.digests import recorded_digests
from delphi.warehouse.warehouse import Warehouse


def rebuild_warehouse(folder: StudyFolder) -> list[dict[str, object]]:
    """Build a new warehouse beside the old one and put it in its place; returns the digest of each table.

    Nothing new is taken in: what lies in the study folder and has not been received waits for the next run.
    """
    home = folder.warehouse.parent
    home.mkdir(parents=True, exist_ok=True)
    with (
        Warehouse.locked(folder.warehouse),
        tempfile.TemporaryDirectory(prefix=".rebuild-", dir=home) as place,
    ):
        new = replace(folder, warehouse=Path(place) / folder.warehouse.name)
        with session(new):
            define(new)
            for step in steps_after_ingest(new, (), "report"):
                perform(new, step)
            seal(new)
        Warehouse.put_in_place(new.warehouse, folder.warehouse)
    return recorded_digests(folder.warehouse)
