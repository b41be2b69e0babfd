"""Which groups people belong to: those of the register, without one those first given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from delphi.validation.notes import Notes
from delphi.validation.records import ACCEPTED, QUARANTINED, Batch
from delphi.validation.register import People


def quarantine_two_groups(batches: Sequence[Batch], people: People | None, notes: Notes) -> None:
    """Put aside all records of people who give two groups of one dimension within the wave."""
    registered = people.persons if people else {}
    given: dict[tuple[str, str], set[str]] = {}
    for one in _given(batches):
        person = registered.get(one.respondent_id)
        if person is None or one.group_by not in person.groups:
            given.setdefault((one.respondent_id, one.group_by), set()).add(one.group_value)
    torn = {who: group_by for (who, group_by), values in given.items() if len(values) > 1}
    if not torn:
        return
    for batch in batches:
        which = np.array([who in torn for who in batch.respondents], dtype=bool) & (batch.outcome == ACCEPTED)
        batch.outcome[which] = QUARANTINED
        batch.is_current[which] = False
        reason = "the respondent gives two groups of one dimension within the wave"
        notes.records(batch.source_id, "two_groups", batch.rows[which], reason)


def memberships_frame(
    batches: Sequence[Batch],
    people: People | None,
    earlier: Mapping[tuple[str, str], str],
    wave_id: str,
    notes: Notes,
) -> pd.DataFrame:
    """Rows of `memberships`: those of the register and those that this wave gives first.

    Another group than before, or than the register's, changes nothing and is a finding.
    """
    known = dict(earlier)
    rows: list[tuple[str, str, str, str | None]] = []
    for person in (people.persons if people else {}).values():
        for group_by, group_value in person.groups.items():
            known[person.respondent_id, group_by] = group_value
            rows.append((person.respondent_id, group_by, group_value, None))
    fresh: dict[tuple[str, str], str] = {}
    changed: set[tuple[str, str]] = set()
    for one in _given(batches):
        which = (one.respondent_id, one.group_by)
        before = known.get(which)
        if before is None:
            fresh.setdefault(which, one.group_value)
        elif before != one.group_value and which not in changed:
            changed.add(which)
            batch = batches[one.batch]
            reason = f"another group of {one.group_by} than before; the first one holds"
            column = batch.header(one.place)
            notes.records(batch.source_id, "group_changed", [one.source_row], reason, column)
    rows += [(who, group_by, value, wave_id) for (who, group_by), value in fresh.items()]
    columns = ["respondent_id", "group_by", "group_value", "wave_id"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def note_unknown_groups(batches: Sequence[Batch], notes: Notes) -> None:
    """A finding for every current record whose group the study file does not list."""
    for batch in batches:
        for place, cells in batch.groups.values():
            which = np.array([cell is None for cell in cells], dtype=bool) & batch.is_current
            if which.any():
                raw = batch.cells(place)[which]
                reason = "the study file lists no such group; the record counts without it"
                notes.records(
                    batch.source_id,
                    "unknown_group",
                    batch.rows[which],
                    reason,
                    batch.header(place),
                    raw=raw,
                )


class _Given(NamedTuple):
    """A group that somebody gives, and the first current record that says so."""

    respondent_id: str
    group_by: str
    group_value: str
    batch: int
    source_row: int
    place: int


def _given(batches: Sequence[Batch]) -> Iterator[_Given]:
    """Every respondent, dimension and group of current records, once each."""
    seen: set[tuple[str, str, str]] = set()
    for number, batch in enumerate(batches):
        for group_by, (place, cells) in batch.groups.items():
            which = np.flatnonzero(batch.is_current & cells.astype(bool))
            for respondent_id, category, row in zip(
                batch.respondents[which], cells[which], batch.rows[which], strict=True
            ):
                if (respondent_id, group_by, category) not in seen:
                    seen.add((respondent_id, group_by, category))
                    yield _Given(respondent_id, group_by, category, number, int(row), place)
