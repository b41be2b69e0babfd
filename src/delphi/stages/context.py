"""What every stage starts from: the study, its folder, its journal, and the digest of what it would work
on."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from delphi import __version__
from delphi.ingest.journal import Event, Journal
from delphi.study import Source, Study, StudyFolder, read_study

ITEM_BANKS = {".csv", ".xlsx", ".ods"}
REGISTER_ENTRY = "panel.register"
"""`entry_id` under which deliveries of the panel register stand in the journal."""


@dataclass(frozen=True)
class Delivered:
    """An accepted file of the journal: which entry and waves it serves, and where its bytes are."""

    entry_id: str
    waves: tuple[str, ...]
    file_name: str
    sha256: str
    size: int
    content: str
    version: int
    sequence: int
    at: str


def study_of(folder: StudyFolder) -> Study:
    """The study, read once per process as long as its file and item bank stand still."""
    stamps = tuple(
        (path.name, path.stat().st_mtime_ns, path.stat().st_size)
        for path in sorted(folder.root.iterdir())
        if path.suffix in ITEM_BANKS and not path.name.startswith(".")
    )
    return _read(folder, hashlib.sha256(folder.study_file.read_bytes()).hexdigest(), stamps)


@functools.lru_cache(maxsize=8)
def _read(folder: StudyFolder, _digest: str, _stamps: tuple[tuple[str, int, int], ...]) -> Study:
    return read_study(folder.study_file)


@functools.lru_cache(maxsize=8)
def _definition(study_json: str) -> str:
    return hashlib.sha256(study_json.encode()).hexdigest()


def definition_digest(study: Study) -> str:
    """Digest of the resolved study: equal when nothing that counts has changed, item bank included."""
    return _definition(study.model_dump_json())


def deliveries_of(journal: Journal) -> tuple[Delivered, ...]:
    """Accepted files, in the order in which they were taken in."""
    return tuple(_delivered(event) for event in journal.events() if event.kind == "delivery")


def _delivered(event: Event) -> Delivered:
    facts = event.facts
    return Delivered(
        entry_id=str(facts["entry_id"]),
        waves=tuple(facts["waves"]),
        file_name=str(facts["file"]),
        sha256=str(facts["sha256"]),
        size=int(facts["size"]),
        content=str(facts["content"]),
        version=int(facts["version"]),
        sequence=event.seq,
        at=event.at,
    )


def waves_up_to(study: Study, wave_id: str) -> tuple[str, ...]:
    """Ids of the waves up to and with this one, in order."""
    last = study.wave(wave_id).sequence
    return tuple(wave.wave_id for wave in study.waves if wave.sequence <= last)


def arrived_waves(study: Study, delivered: Iterable[Delivered]) -> tuple[str, ...]:
    """Waves of which at least one file has been accepted, in order."""
    seen = {wave_id for one in delivered if one.entry_id != REGISTER_ENTRY for wave_id in one.waves}
    return tuple(wave.wave_id for wave in study.waves if wave.wave_id in seen)


def sources_by_entry(study: Study) -> dict[str, Source]:
    """Sources by their id."""
    return {source.entry_id: source for source in study.sources}


def inputs_digest(
    stage: str,
    study: Study,
    delivered: Iterable[Delivered],
    waves: Iterable[str],
    rests_on: Iterable[str | None],
) -> str:
    """Digest of everything a stage's result depends on.

    Parameters
    ----------
    delivered : accepted files; those of these waves count
    rests_on : the runs that wrote the tables it reads; None where there was none
    """
    wanted = set(waves)
    known = sources_by_entry(study)
    files = [
        (one.entry_id, one.file_name, one.sha256, one.version)
        for one in delivered
        if one.entry_id == REGISTER_ENTRY or (one.entry_id in known and wanted & set(one.waves))
    ]
    text = json.dumps([stage, __version__, definition_digest(study), sorted(wanted), files, list(rests_on)])
    return hashlib.sha256(text.encode()).hexdigest()
