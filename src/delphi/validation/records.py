"""What becomes of each record of a file: its wave, its respondent, and whether it may be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from delphi.errors import Problem
from delphi.ingest.table import Aside, TextColumn
from delphi.study.model import Source, StateColumn, Study, Wave
from delphi.validation.cells import factorise
from delphi.validation.columns import Columns, columns_of
from delphi.validation.delivery import Delivery
from delphi.validation.notes import Notes
from delphi.validation.register import People, group_reading, key_text, may_rejoin
from delphi.validation.row_filters import passes
from delphi.validation.times import Clock

ACCEPTED, QUARANTINED, IGNORED = 0, 1, 2

_LOST_DIGITS = re.compile(r"-?[0-9](?:\.[0-9]+)?e\+[0-9]{2,3}")
"""How a number reads that its file holds in rounded form."""


@dataclass(frozen=True)
class Rejoining:
    """The round that has to have been returned and who did; None: no such rule, or nothing has arrived."""

    previous: Wave | None = None
    returned: frozenset[str] | None = None


@dataclass
class Batch:
    """The records of one delivery for one wave, with what has been decided on each so far.

    Arrays have one element per record of the table. `outcome` is ACCEPTED, QUARANTINED or IGNORED;
    `is_current` tells which accepted records count. `set_aside` are the quarantined and ignored records that
    never reached the cells.
    """

    delivery: Delivery
    columns: Columns
    source_id: str
    rows: NDArray[np.int64]
    outcome: NDArray[np.int8]
    is_current: NDArray[np.bool_]
    respondents: NDArray[np.object_]
    submitted_at: NDArray[np.datetime64]
    started_at: NDArray[np.datetime64]
    languages: NDArray[np.object_]
    pieces: NDArray[np.object_]
    is_complete: NDArray[np.bool_]
    groups: Mapping[str, tuple[int, NDArray[np.object_]]] = field(default_factory=dict)
    set_aside: tuple[int, int] = (0, 0)

    @property
    def source(self) -> Source:
        """The entry of the study file."""
        return self.delivery.source

    @property
    def open_places(self) -> NDArray[np.intp]:
        """Records that nothing has been found against so far."""
        return np.flatnonzero(self.outcome == ACCEPTED)

    def counts(self) -> tuple[int, int, int]:
        """Records accepted, quarantined and ignored."""
        quarantined, ignored = self.set_aside
        return (
            int((self.outcome == ACCEPTED).sum()),
            int((self.outcome == QUARANTINED).sum()) + quarantined,
            int((self.outcome == IGNORED).sum()) + ignored,
        )

    def cells(self, place: int) -> TextColumn:
        """Cells of a column."""
        return self.delivery.table.columns[place]

    def header(self, place: int | None) -> str | None:
        """Header of a column."""
        return None if place is None else self.delivery.table.headers[place]


def batch_of(
    study: Study,
    wave: Wave,
    delivery: Delivery,
    people: People | None,
    rejoining: Rejoining,
    pseudonym: Callable[[str], str],
    notes: Notes,
) -> Batch:
    """Decide on every record of a delivery, except on duplicates."""
    source, table = delivery.source, delivery.table
    columns = columns_of(study, source, table)
    size = len(table.source_rows)
    is_home = source.wave_from is None or source.waves[0] == wave.wave_id
    clock = Clock(source.time_format, source.time_zone or study.time_zone, table.epoch)
    submitted, bad_time = _instants(table.columns, columns.submitted_at, clock, size)
    started, bad_start = _instants(table.columns, columns.started_at, clock, size)
    batch = Batch(
        delivery, columns, delivery.source_id(wave.wave_id), table.source_rows,
        np.zeros(size, dtype=np.int8), np.zeros(size, dtype=bool), np.full(size, "", dtype=object),
        submitted, started, _texts(table.columns, columns.language, size), _texts(table.columns,
        columns.pieces, size),
        np.ones(size, dtype=bool), _group_cells(study, columns, table.columns), _asides(table.asides,
        is_home),
    )  # fmt: skip
    _note_file(batch, notes, is_home)
    sieve = _Sieve(batch, notes)
    _keep_rows(sieve, clock)
    _keep_wave(sieve, study, wave, is_home, bad_time)
    _keep_people(sieve, study, wave, people, rejoining, pseudonym)
    _judge_states(sieve, source.state, columns.state)
    left = batch.outcome == ACCEPTED
    sieve.note("bad_time", left & bad_time, "the submission time cannot be read", columns.submitted_at)
    sieve.note("bad_time", left & bad_start, "the starting time cannot be read", columns.started_at)
    return batch


def outdated_batch(
    study: Study, wave: Wave, delivery: Delivery, problems: Sequence[Problem], notes: Notes
) -> Batch:
    """Records of a version that the study file no longer describes, all ignored: a later one is read."""
    source, table = delivery.source, delivery.table
    size = len(table.source_rows)
    source_id = delivery.source_id(wave.wave_id)
    for problem in problems:
        reason = f"{problem.message}; this version is left out, a later one is read"
        notes.file(source_id, problem.code, reason)
    nothing, never = np.full(size, "", dtype=object), np.full(size, np.datetime64("NaT", "us"))
    no = np.zeros(size, dtype=bool)
    return Batch(
        delivery, replace(columns_of(study, source, table), targets=(), groups=(), long=None), source_id,
        table.source_rows, np.full(size, IGNORED, dtype=np.int8), no.copy(), nothing, never, never,
        nothing, nothing, no, {}, (0, len(table.asides)),
    )  # fmt: skip


@dataclass(frozen=True)
class _Sieve:
    """Puts records aside, with their finding."""

    batch: Batch
    notes: Notes

    def ignore(self, which: NDArray[np.bool_]) -> None:
        """Leave records out without a finding."""
        self.batch.outcome[which & (self.batch.outcome == ACCEPTED)] = IGNORED

    def quarantine(
        self,
        rule: str,
        which: NDArray[np.bool_],
        reason: str,
        place: int | None = None,
        keep_raw: bool = True,
    ) -> None:
        """Put records aside for a reason."""
        which = which & (self.batch.outcome == ACCEPTED)
        self.note(rule, which, reason, place, keep_raw)
        self.batch.outcome[which] = QUARANTINED

    def note(
        self,
        rule: str,
        which: NDArray[np.bool_],
        reason: str,
        place: int | None = None,
        keep_raw: bool = True,
    ) -> None:
        """Note something about records that stay."""
        if which.any():
            raw = self.batch.cells(place)[which] if place is not None and keep_raw else None
            column = self.batch.header(place)
            self.notes.records(self.batch.source_id, rule, self.batch.rows[which], reason, column, raw=raw)


def _instants(
    cells: Sequence[TextColumn], place: int | None, clock: Clock, size: int
) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    if place is None:
        return np.broadcast_to(np.datetime64("NaT", "us"), size), np.zeros(size, dtype=bool)
    return clock.read(cells[place])


def _texts(cells: Sequence[TextColumn], place: int | None, size: int) -> NDArray[np.object_]:
    if place is None:
        return np.broadcast_to(np.array("", dtype=object), size)
    codes, distinct = factorise(cells[place])
    return np.array([text.strip() for text in distinct] + [""], dtype=object)[codes]


def _group_cells(
    study: Study, columns: Columns, cells: Sequence[TextColumn]
) -> dict[str, tuple[int, NDArray[np.object_]]]:
    """Group dimension → place of its column, and per record the category, no text, or None (unknown)."""
    found = {}
    for group_by, place, declared in columns.groups:
        read = group_reading(study.groups[group_by], declared)
        codes, distinct = factorise(cells[place])
        found[group_by] = (
            place,
            np.array([*(read(text) for text in distinct), ""], dtype=object)[codes],
        )
    return found


def _asides(asides: Sequence[Aside], is_home: bool) -> tuple[int, int]:
    ragged = sum(not one.is_ignored for one in asides) if is_home else 0
    return ragged, len(asides) - ragged


def _note_file(batch: Batch, notes: Notes, is_home: bool) -> None:
    """Findings about the file as a whole, once: in the first wave that it serves."""
    if not is_home:
        return
    table = batch.delivery.table
    if len(table.source_rows) == 0:
        notes.file(batch.source_id, "no_records", "the file holds no record")
    for note in table.notes:
        notes.file(batch.source_id, "reader_note", note)
    for place in batch.columns.unknown:
        header = table.headers[place]
        reason = (
            "nothing in the study file says what this column is"
            if header
            else f"column {place + 1} has no name"
        )
        notes.file(batch.source_id, "unknown_column", reason, header)
    for one in table.asides:
        if one.rule == "repeated_header":
            notes.file(batch.source_id, one.rule, one.reason, row=one.source_row)
        elif not one.is_ignored:
            notes.records(batch.source_id, one.rule, [one.source_row], one.reason)


def _keep_rows(sieve: _Sieve, clock: Clock) -> None:
    """Leave out the records that `rows` gives to nobody or to another source."""
    for row_filter, place in zip(sieve.batch.source.rows, sieve.batch.columns.rows, strict=True):
        if place is not None:
            belongs, unclear = passes(row_filter, sieve.batch.cells(place), clock)
            reason = "the cell cannot be compared with the bounds of `rows`"
            sieve.quarantine("bad_time", unclear, reason, place, keep_raw=False)
            sieve.ignore(~belongs)


def _keep_wave(sieve: _Sieve, study: Study, wave: Wave, is_home: bool, bad_time: NDArray[np.bool_]) -> None:
    """Keep the records of one wave. What belongs to none is quarantined in the first wave of the source."""
    batch, source = sieve.batch, sieve.batch.source
    by_time = source.wave_from is not None and source.wave_from.by_submitted_at
    if source.wave_from is not None and not by_time and batch.columns.wave is not None:
        codes, distinct = factorise(batch.cells(batch.columns.wave))
        listed = source.wave_from.codes
        own = [listed.get(text.strip(), text.strip() if not listed else "") for text in distinct]
        waves = np.array([*(name if name in source.waves else "" for name in own), ""], dtype=object)[codes]
        lost = waves == ""
        sieve.ignore(~lost & (waves != wave.wave_id))
        reason = "the study file does not list this text as a wave"
        _lose(sieve, "wrong_wave", lost, reason, is_home, batch.columns.wave)
    place = batch.columns.submitted_at
    if place is None:
        return
    if by_time:
        _keep_wave_by_time(sieve, study, wave, is_home, bad_time)
        return
    if wave.opens_at is None and wave.closes_at is None:
        return
    sieve.quarantine("bad_time", bad_time, "the submission time is needed and cannot be read", place)
    early, late = _outside(batch.submitted_at, wave)
    sieve.quarantine("before_open", early, "submitted before the wave opened", place)
    sieve.quarantine("after_close", late, "submitted after the wave had closed", place)


def _keep_wave_by_time(
    sieve: _Sieve, study: Study, wave: Wave, is_home: bool, bad_time: NDArray[np.bool_]
) -> None:
    batch = sieve.batch
    times, place = batch.submitted_at, batch.columns.submitted_at
    without = np.isnat(times)
    _lose(
        sieve,
        "bad_time",
        without & bad_time,
        "the submission time is needed and cannot be read",
        is_home,
        place,
    )
    _lose(sieve, "bad_time", without, "the submission time is needed and there is none", is_home, place)
    belongs = np.full(len(times), "", dtype=object)
    waves = [study.wave(wave_id) for wave_id in batch.source.waves]
    for with_grace in (False, True):
        for one in waves:
            until = (one.grace_until or one.closes_at) if with_grace else one.closes_at
            inside = (belongs == "") & ~without & _within(times, one.opens_at, until)
            belongs[inside] = one.wave_id
    sieve.ignore((belongs != "") & (belongs != wave.wave_id))
    none = (belongs == "") & ~without
    firsts = [one.opens_at for one in waves if one.opens_at is not None]
    early = none & (times < _us(min(firsts))) if firsts else np.zeros(len(times), dtype=bool)
    _lose(sieve, "before_open", early, "submitted before the first wave of the source opened", is_home, place)
    _lose(sieve, "after_close", none, "submitted when no wave of the source was open", is_home, place)


def _lose(
    sieve: _Sieve, rule: str, which: NDArray[np.bool_], reason: str, is_home: bool, place: int | None
) -> None:
    """Put aside records of no wave: quarantined in the first wave of the source, else ignored."""
    if is_home:
        sieve.quarantine(rule, which, reason, place)
    else:
        sieve.ignore(which)


def _us(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")


def _within(times: NDArray[np.datetime64], start: datetime | None, end: datetime | None) -> NDArray[np.bool_]:
    inside = np.ones(len(times), dtype=bool)
    if start is not None:
        inside &= times >= _us(start)
    if end is not None:
        inside &= times <= _us(end)
    return inside


def _outside(times: NDArray[np.datetime64], wave: Wave) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    known, nowhere = ~np.isnat(times), np.zeros(len(times), dtype=bool)
    early = known & (times < _us(wave.opens_at)) if wave.opens_at is not None else nowhere
    last = wave.grace_until or wave.closes_at
    late = known & (times > _us(last)) if last is not None else nowhere
    return early, late


def _keep_people(
    sieve: _Sieve,
    study: Study,
    wave: Wave,
    people: People | None,
    rejoining: Rejoining,
    pseudonym: Callable[[str], str],
) -> None:
    """Find out whose each record is, and keep those who may take part."""
    batch, place = sieve.batch, sieve.batch.columns.key
    if place is None:
        return
    codes, distinct = factorise(batch.cells(place))
    keys = [key_text(text) for text in distinct]
    persons = [people.by_key.get(key) if people else None for key in keys]
    name = (lambda key: key) if batch.source.key_is_pseudonym else pseudonym
    names = [
        person.respondent_id if person else (name(key) if key else "")
        for key, person in zip(keys, persons, strict=True)
    ]
    batch.respondents[:] = np.array([*names, ""], dtype=object)[codes]

    def where(flags: Sequence[bool]) -> NDArray[np.bool_]:
        return np.array([*flags, False], dtype=bool)[codes]

    sieve.quarantine(
        "missing_key", where([not key for key in keys]), "the respondent's key is missing", place
    )
    if batch.source.dialect.platform != "csv":
        lost = where([_LOST_DIGITS.fullmatch(key) is not None for key in keys])
        reason = "the key was stored as a number too long for one, so that its last digits are lost"
        sieve.quarantine("lost_digits", lost, reason, place, keep_raw=False)
    gone = where([person is not None and person.status == "withdrawn" for person in persons])
    sieve.quarantine("withdrawn", gone, "the respondent has withdrawn", place, keep_raw=False)
    if (
        people is not None
        and study.validation.unknown_respondents == "quarantine"
        and _is_for_the_panel(wave)
    ):
        strange = where([person is None for person in persons])
        sieve.quarantine(
            "unknown_respondent", strange, "the key is not on the panel register", place, keep_raw=False
        )
    barred = [
        not may_rejoin(person, who, rejoining.previous, rejoining.returned)
        for who, person in zip(names, persons, strict=True)
    ]
    reason = "the respondent did not return the round before, and the panel's rule is that one has to"
    sieve.quarantine("rejoin", where(barred), reason, place, keep_raw=False)


def _is_for_the_panel(wave: Wave) -> bool:
    """Survey parts and pilots are for other people than those on the panel register."""
    return wave.kind == "round" and wave.round_kind != "pilot"


def _judge_states(sieve: _Sieve, state: StateColumn | None, place: int | None) -> None:
    """Which returns are complete: as the state column says, else those that were submitted."""
    batch = sieve.batch
    if state is None or place is None:
        if batch.columns.submitted_at is not None:
            batch.is_complete[:] = ~np.isnat(batch.submitted_at)
        return
    codes, distinct = factorise(batch.cells(place))
    texts = [text.strip() for text in distinct]
    complete, partial = set(state.complete), set(state.partial)
    done = [text in complete if complete else text not in partial for text in texts]
    odd = [bool(complete and partial and text and text not in complete | partial) for text in texts]
    batch.is_complete[:] = np.array([*done, False], dtype=bool)[codes]
    which = np.array([*odd, False], dtype=bool)[codes] & (batch.outcome == ACCEPTED)
    sieve.note(
        "unknown_state", which, "the study file lists this text neither as complete nor as partial", place
    )
