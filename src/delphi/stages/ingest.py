"""The stage `ingest`: takes new files in, all or none, and keeps their bytes and a line in the journal.

A file that cannot be used refuses the run before anything is kept or loaded; only a `refusal` is journalled,
so that `delphi findings` can show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from delphi.errors import AnswersError, Problem
from delphi.ingest.journal import Event, Journal, next_version
from delphi.ingest.reading import find_files, read_table
from delphi.ingest.received import Taken, digest_of, discard, keep, take
from delphi.ingest.table import TextTable, content_digest
from delphi.stages.context import (
    REGISTER_ENTRY,
    Delivered,
    arrived_waves,
    deliveries_of,
    sources_by_entry,
    study_of,
)
from delphi.stages.definition import keep_definition
from delphi.stages.files import received_table, remember
from delphi.stages.mending import mend
from delphi.stages.plan import StepResult
from delphi.stages.running import alone, recorded
from delphi.study import Dialect, Source, Study, StudyFolder
from delphi.warehouse.definitions import study_frames
from delphi.warehouse.kept_waves import keep_waves
from delphi.warehouse.runs import undo_stage
from delphi.warehouse.warehouse import Warehouse
from delphi.whole_files import clear_left

OPINION_TABLES = (
    "opinion_maps",
    "opinion_members",
    "opinion_statements",
    "themes",
    "theme_texts",
    "near_duplicates",
)
"""Tables that are empty unless the study file asks for them."""


@dataclass(frozen=True)
class Candidate:
    """A file that lies in the study folder, as one entry would read it; `source` is None for the register."""

    entry_id: str
    source: Source | None
    dialect: Dialect
    waves: tuple[str, ...]
    path: Path


@dataclass(frozen=True)
class New(Candidate):
    """A candidate that was not taken in before, with the private copy that is read and kept."""

    taken: Taken


def ingest(folder: StudyFolder, wave_ids: tuple[str, ...] = ()) -> StepResult:
    """Take in every file that is new, and write the study's own tables.

    Raises
    ------
    AnswersError
        If a source is refused, the register is missing, or a wave that was asked for has not arrived. Nothing
        is kept.
    """
    with alone(folder):
        is_mended = mend(folder)
        study = study_of(folder)
        clear_left(folder.root)
        clear_left(folder.received)
        journal = Journal(folder.journal)
        known = deliveries_of(journal)
        candidates = _candidates(folder, study)
        before = len(known)
        with ExitStack() as private:
            new = _new(folder, candidates, known, private)
            _require(study, candidates, known, wave_ids)
            tables = _usable(folder, study, journal, new, known)
            for one, table in zip(new, tables, strict=True):
                _take_in(folder, journal, one, table)
        keep_definition(folder, study, journal)
        known = deliveries_of(journal)
        facts: dict[str, int | str] = {"new_files": len(known) - before, "files": len(known)}
        return define(folder, facts | ({"made_again": 1} if is_mended else {}))


def define(folder: StudyFolder, facts: dict[str, int | str] | None = None) -> StepResult:
    """Write the study's own tables, unless they are what they were. Takes nothing in."""
    with recorded(folder, "ingest") as run:
        run.facts |= facts or {}
        if run.is_needed:
            waves = [wave.wave_id for wave in run.study.waves]
            arrived = arrived_waves(run.study, run.known)
            states = {wave_id: "received" if wave_id in arrived else "awaited" for wave_id in waves}
            for table, frame in study_frames(run.study, states).items():
                run.warehouse.replace(table, frame, {})
            keep_waves(run.warehouse, waves)
            if not run.study.analysis.is_wanted:
                _forget_opinions(run.warehouse)
    return run.result


def _forget_opinions(warehouse: Warehouse) -> None:
    """Nobody looks for opinions any more."""
    for table in OPINION_TABLES:
        if warehouse.rows(f'select exists (from "{table}")')[0][0]:
            warehouse.delete(table, {})
    undo_stage(warehouse, "opinions")


def _candidates(folder: StudyFolder, study: Study) -> list[Candidate]:
    """Every file in the study folder that a source or the register names."""
    found: list[Candidate] = []

    def add(
        entry_id: str, source: Source | None, dialect: Dialect, waves: tuple[str, ...], pattern: str
    ) -> None:
        for path in find_files(folder.root, pattern, waves[0] if waves else ""):
            found.append(Candidate(entry_id, source, dialect, waves, path))

    register = study.panel.register_
    if register is not None:
        add(REGISTER_ENTRY, None, register.dialect, (), register.file)
    for source in study.sources:
        per_wave = [(wave_id,) for wave_id in source.waves] if "{wave}" in source.file else [source.waves]
        for waves in per_wave:
            add(source.entry_id, source, source.dialect, waves, source.file)
    return found


def _new(
    folder: StudyFolder, candidates: Sequence[Candidate], known: Sequence[Delivered], private: ExitStack
) -> list[New]:
    """The candidates that were not taken in before; their private copies last as long as `private`."""
    digests: dict[Path, str] = {}
    copies: dict[Path, Taken] = {}
    new = []
    for one in candidates:
        before = {old.sha256: old.size for old in known if _is_same(one, old)}
        if _size(one.path) in before.values():
            if one.path not in digests:
                digests[one.path] = digest_of(one.path)
            if digests[one.path] in before:
                continue
        if one.path not in copies:
            copies[one.path] = take(one.path, folder.received)
            private.callback(discard, copies[one.path])
        if copies[one.path].sha256 not in before:  # the file may have changed since
            new.append(New(**vars(one), taken=copies[one.path]))
    return new


def _size(path: Path) -> int | None:
    """The size of a file, which tells most new ones from those taken in before; None where it cannot be seen."""
    try:
        return path.lstat().st_size
    except OSError:
        return None


def _is_same(one: Candidate, old: Delivered) -> bool:
    return old.entry_id == one.entry_id and old.waves == one.waves


def _require(
    study: Study, candidates: Sequence[Candidate], known: Sequence[Delivered], wave_ids: tuple[str, ...]
) -> None:
    """Refuse a run for which something has to be there and is not."""
    problems = []
    register = study.panel.register_
    entries = {one.entry_id for one in candidates} | {one.entry_id for one in known}
    if register is not None and REGISTER_ENTRY not in entries:
        problems.append(
            Problem(
                register.file, 0, 0, "panel.register", "the panel register is missing from the study folder",
                "Put the file there, or take panel.register out of the study file.", "missing_file",
            )
        )  # fmt: skip
    arrived = {wave_id for one in candidates for wave_id in one.waves} | {
        w for one in known for w in one.waves
    }
    expected = tuple(wave.wave_id for wave in study.waves if study.sources_of(wave.wave_id))
    missing = [wave_id for wave_id in wave_ids or expected if wave_id not in arrived]
    if missing and (wave_ids or len(missing) == len(expected)):
        for wave_id in missing:
            files = (
                " and ".join(s.file.replace("{wave}", wave_id) for s in study.sources_of(wave_id))
                or "no file"
            )
            problems.append(
                Problem(
                    "", 0, 0, f"wave {wave_id}", f"no answers have arrived; the study file expects {files}",
                    "Put the export into the study folder and run again.", "missing_file",
                )
            )  # fmt: skip
    if problems:
        raise AnswersError(problems)


def _usable(
    folder: StudyFolder, study: Study, journal: Journal, new: Sequence[New], known: Sequence[Delivered]
) -> list[TextTable]:
    """Every new file as text, once all of them can be used as the study file says."""
    if not new:
        return []
    from delphi.validation.refusal import refusals, register_refusals  # brings Pandera: only for new files

    tables: dict[int, TextTable] = {}
    refused: list[tuple[New, Sequence[Problem]]] = []
    for place, one in enumerate(new):
        try:
            tables[place] = read_table(one.taken.path, one.dialect, one.taken.file_name, one.taken.sha256)
            remember(tables[place], one.dialect)
        except AnswersError as error:
            refused.append((one, error.problems))
    for place, table in tables.items():
        one = new[place]
        problems: Sequence[Problem]
        if one.source is None:
            problems = register_refusals(study, table)
        else:
            problems = refusals(
                study, one.source, table, one.waves, _siblings(folder, study, place, new, tables, known)
            )
        if problems:
            refused.append((one, problems))
    for one, problems in refused:
        _journal_refusal(journal, one, problems)
    if refused:
        raise AnswersError(dict.fromkeys(problem for _, problems in refused for problem in problems))
    return [tables[place] for place in range(len(new))]


def _siblings(
    folder: StudyFolder,
    study: Study,
    place: int,
    new: Sequence[New],
    tables: dict[int, TextTable],
    known: Sequence[Delivered],
) -> list[tuple[Source, TextTable]]:
    """The other files of a file's waves, new ones and the latest of those taken in before."""
    one, sources = new[place], sources_by_entry(study)
    others = [
        (other.source, tables[number])
        for number, other in enumerate(new)
        if number != place
        and number in tables
        and other.source is not None
        and set(other.waves) & set(one.waves)
    ]
    latest = {
        (old.entry_id, old.waves, old.file_name): old
        for old in known
        if old.entry_id in sources and old.entry_id != one.entry_id and set(old.waves) & set(one.waves)
    }
    return others + [
        (sources[old.entry_id], received_table(folder, old, sources[old.entry_id].dialect))
        for old in latest.values()
    ]


def _journal_refusal(journal: Journal, one: New, problems: Iterable[Problem]) -> None:
    """Remember why a file was refused; messages hold no answers."""
    facts = {
        "entry_id": one.entry_id, "file": one.taken.file_name, "sha256": one.taken.sha256,
        "problems": [asdict(problem) for problem in problems],
    }  # fmt: skip

    def is_told(event: Event) -> bool:
        return event.kind == "refusal" and event.facts == facts

    journal.append("refusal", facts, datetime.now(UTC), unless=is_told)


def _take_in(folder: StudyFolder, journal: Journal, one: New, table: TextTable) -> None:
    """Keep the bytes and journal the delivery, unless its content was taken in before."""
    content = content_digest(table)

    def is_known(event: Event) -> bool:
        return (
            event.kind == "delivery"
            and event.facts["entry_id"] == one.entry_id
            and tuple(event.facts["waves"]) == one.waves
            and event.facts["content"] == content
        )

    events = journal.events()
    if any(is_known(event) for event in events):
        return
    keep(one.taken, folder.received)
    facts = {
        "entry_id": one.entry_id, "waves": list(one.waves), "file": one.taken.file_name,
        "sha256": one.taken.sha256, "content": content, "size": one.taken.size,
        "version": next_version(events, one.entry_id, one.taken.file_name),
    }  # fmt: skip
    journal.append("delivery", facts, datetime.now(UTC), unless=is_known)
