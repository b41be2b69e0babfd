"""The study's definition: the bytes of study file and item bank, kept like received files, so that a run can be
repeated as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from delphi.errors import StudyError
from delphi.ingest.journal import Event, Journal
from delphi.ingest.received import digest_of, discard, keep, load, take
from delphi.study import Study, StudyFolder


def keep_definition(folder: StudyFolder, study: Study, journal: Journal) -> None:
    """Keep the files that define the study, unless the journal's last definition is made of the same.

    Raises
    ------
    StudyError
        If the study file has changed since it was read.
    """
    names = [folder.study_file.name] + ([study.item_bank_file] if study.item_bank_file else [])
    files = {name: digest_of(folder.root / name) for name in names}
    if files[names[0]] != study.study_file_sha256:
        raise _changed(names[0])
    facts = {"files": files}
    last = last_definition(journal.events())
    if last is not None and last.facts == facts:
        return
    for name, sha256 in files.items():
        taken = take(folder.root / name, folder.received)
        if taken.sha256 != sha256:
            discard(taken)
            raise _changed(name)
        keep(taken, folder.received)
    journal.append(
        "definition",
        facts,
        datetime.now(UTC),
        unless=lambda event: event.facts == facts and event.seq > (last.seq if last else 0),
    )


def _changed(name: str) -> StudyError:
    return StudyError(
        f"{name} changed while the run was reading it.", "Run again when it is no longer being edited."
    )


def last_definition(events: tuple[Event, ...]) -> Event | None:
    """The definition that these events end with."""
    found = [event for event in events if event.kind == "definition"]
    return found[-1] if found else None


def restore_definition(folder: StudyFolder, definition: Event, place: Path) -> Path:
    """Write the files of a definition into another folder; returns the study file there."""
    files: dict[str, str] = definition.facts["files"]
    for name, sha256 in files.items():
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.write_bytes(load(sha256, folder.received))
    return place / next(iter(files))
