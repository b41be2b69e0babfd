"""The panel register: who is on the panel, in which state and groups, and whom a wave invites."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, get_args

import numpy as np

from delphi.ingest.table import TextTable
from delphi.study.model import Group, GroupColumn, Register, Study, Wave
from delphi.validation.headers import Headers
from delphi.validation.times import Clock

Status = Literal[
    "identified", "invited", "bounced", "declined", "no_answer", "accepted", "withdrawn", "replaced"
]
STATUSES: tuple[str, ...] = get_args(Status)
WAS_ACCEPTED = ("accepted", "replaced")
"""Statuses of people who had accepted; whoever was replaced has left at some time."""


@dataclass(frozen=True)
class Person:
    """One person of the register. Times are in UTC."""

    respondent_id: str
    status: str
    groups: Mapping[str, str]
    joined_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True)
class People:
    """Everybody on the register; `by_key` gives the person of every key, `same_as` included."""

    by_key: Mapping[str, Person]
    persons: Mapping[str, Person] = field(default_factory=dict)

    def withdrawn(self) -> frozenset[str]:
        """Pseudonyms of those whose records are taken out everywhere."""
        return frozenset(one.respondent_id for one in self.persons.values() if one.status == "withdrawn")


def key_text(text: str) -> str:
    """A key as it identifies somebody: text from end to end, in composed form, without surrounding blanks."""
    return unicodedata.normalize("NFC", text).strip()


def read_people(study: Study, table: TextTable, pseudonym: Callable[[str], str]) -> People:
    """Read the register.

    Two keys that `same_as` joins are one person: the one whose key is named. Withdrawn is who withdrew under
    any key.
    """
    register = study.panel.register_
    if register is None:
        raise ValueError("the study has no panel register")
    headers = Headers(table.headers)
    size = len(table.source_rows)

    def column(name: str | None) -> list[str]:
        place = headers.find(name) if name else None
        return [""] * size if place is None else [cell.strip() for cell in table.columns[place]]

    keys = [key_text(key) for key in column(register.key)]
    joins = {key: key_text(other) for key, other in zip(keys, column(register.same_as), strict=True) if other}
    statuses = [register.status_codes.get(raw, raw) or "accepted" for raw in column(register.status)]
    joined, left = (
        _times(study, register, table, headers, "joined_at"),
        _times(study, register, table, headers, "left_at"),
    )
    groups = {
        name: _group_cells(group, register.groups.get(name), headers, table)
        for name, group in study.groups.items()
    }
    name = (lambda key: key) if register.key_is_pseudonym else pseudonym
    rows = {key: row for row, key in enumerate(keys) if key}
    roots = {key: _root(key, joins) for key in rows}
    withdrawn = {roots[key] for key, row in rows.items() if statuses[row] == "withdrawn"}
    persons: dict[str, Person] = {}
    for key, row in rows.items():
        if roots[key] != key and roots[key] in rows:
            continue
        root = roots[key]
        status = "withdrawn" if root in withdrawn else statuses[row]
        told = {} if status == "withdrawn" else {group_by: cells[row] for group_by, cells in groups.items()}
        own = {group_by: category for group_by, category in told.items() if category}
        persons[root] = Person(name(root), status, own, joined[row], left[row])
    return People(
        {key: persons[roots[key]] for key in rows}, {one.respondent_id: one for one in persons.values()}
    )


def _root(key: str, joins: Mapping[str, str]) -> str:
    """The key at the end of a chain of `same_as`; in a circle the smallest key."""
    seen = [key]
    while joins.get(seen[-1]):
        following = joins[seen[-1]]
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]


def _times(
    study: Study, register: Register, table: TextTable, headers: Headers, which: str
) -> list[datetime | None]:
    place = headers.find(getattr(register, which) or "")
    if place is None:
        return [None] * len(table.source_rows)
    clock = Clock(register.time_format, register.time_zone or study.time_zone, table.epoch)
    instants, _ = clock.read(table.columns[place])
    return [to_datetime(instant) for instant in instants]


def to_datetime(instant: np.datetime64) -> datetime | None:
    """A moment in UTC; None for none."""
    moment = instant.item()
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) else None


def _group_cells(
    group: Group, declared: GroupColumn | None, headers: Headers, table: TextTable
) -> list[str | None]:
    where = headers.find(declared.column if declared else group.group_by)
    if where is None:
        return [None] * len(table.source_rows)
    reading = group_reading(group, declared or GroupColumn(column=group.group_by))
    return [reading(cell) or None for cell in table.columns[where]]


def group_reading(group: Group, declared: GroupColumn) -> Callable[[str], str | None]:
    """How a group column is read: category id, the empty text for no group, None for an unknown value."""
    by_label = {label: category for category, label in group.categories.items()}
    known = by_label | {category: category for category in group.categories}

    def read(raw: str) -> str | None:
        text = raw.strip()
        if not text or text in declared.missing:
            return ""
        return known.get(declared.codes.get(text, text))

    return read


def invited(
    people: People, wave: Wave, previous: Wave | None, returned: frozenset[str] | None
) -> Iterable[str]:
    """Whom a wave invites: who had accepted and not left when it opened, and may rejoin."""
    for respondent_id, person in sorted(people.persons.items()):
        if _is_there(person, wave.opens_at) and may_rejoin(person, respondent_id, previous, returned):
            yield respondent_id


def _is_there(person: Person, opens_at: datetime | None) -> bool:
    if person.status not in WAS_ACCEPTED or (person.status == "replaced" and person.left_at is None):
        return False
    if opens_at is None:
        return person.left_at is None
    return (person.joined_at is None or person.joined_at <= opens_at) and (
        person.left_at is None or person.left_at > opens_at
    )


def may_rejoin(
    person: Person | None, respondent_id: str, previous: Wave | None, returned: frozenset[str] | None
) -> bool:
    """Whether somebody may take part after the previous round.

    `returned` are those who returned it; None when the study has no such rule or nothing of that round has
    arrived. Who joined only after it had opened could not return it and may take part.
    """
    if previous is None or returned is None or respondent_id in returned:
        return True
    late = person is not None and person.joined_at is not None and previous.opens_at is not None
    return late and person.joined_at > previous.opens_at  # type: ignore[union-attr, operator]
