"""Received files as tables, each parsed once per process."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from delphi.ingest.reading import read_table
from delphi.ingest.received import checked
from delphi.ingest.table import TextTable
from delphi.stages.context import REGISTER_ENTRY, Delivered, sources_by_entry
from delphi.study import Dialect, Study, StudyFolder
from delphi.validation.delivery import Delivery

MOST_KEPT = 12
_parsed: OrderedDict[tuple[str, str, str], TextTable] = OrderedDict()


def remember(table: TextTable, dialect: Dialect) -> None:
    """Keep a table that has just been read for the stages that follow in this process."""
    _parsed[(table.sha256, table.file_name, dialect.model_dump_json())] = table
    while len(_parsed) > MOST_KEPT:
        _parsed.popitem(last=False)


def received_table(folder: StudyFolder, one: Delivered, dialect: Dialect) -> TextTable:
    """A received file as text, from its kept bytes."""
    key = (one.sha256, one.file_name, dialect.model_dump_json())
    if key not in _parsed:
        content = checked(one.sha256, folder.received)
        remember(read_table(content, dialect, one.file_name, one.sha256), dialect)
    return _parsed[key]


def deliveries_for(
    folder: StudyFolder, study: Study, known: tuple[Delivered, ...], wave_id: str
) -> list[Delivery]:
    """Every accepted version of every file that serves a wave, in the order in which they were taken in."""
    sources = sources_by_entry(study)
    return [
        Delivery(
            source=sources[one.entry_id],
            table=received_table(folder, one, sources[one.entry_id].dialect),
            version=one.version,
            received_at=datetime.fromisoformat(one.at),
        )
        for one in known
        if one.entry_id in sources and wave_id in one.waves and wave_id in sources[one.entry_id].waves
    ]


def register_table(folder: StudyFolder, study: Study, known: tuple[Delivered, ...]) -> TextTable | None:
    """The panel register as it was last taken in."""
    if study.panel.register_ is None:
        return None
    versions = [one for one in known if one.entry_id == REGISTER_ENTRY]
    return received_table(folder, versions[-1], study.panel.register_.dialect) if versions else None
