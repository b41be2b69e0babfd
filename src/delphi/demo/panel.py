"""The invented panel: who was invited, how far each one went, and who plays a part in the planted defects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from delphi.demo.people import Person, Seat, invent_person, seats, tokens

__all__ = ["Panel", "invent_panel"]

NOT_ACCEPTED = {"bounced": 5, "declined": 11, "no_answer": 14}
REPLACED = {"company": date(2013, 10, 28), "international_organisation": date(2013, 11, 4)}
WITHDREW_ON = date(2013, 12, 10)
LONG_LIST = ("government", "city", "academia", "academia")
SILENT = Seat("", "not_business", 0, False)
PILOT = ("academia", "city", "government", "academia", "migrant_led_organisation")


@dataclass(frozen=True)
class Panel:
    """All people of the study; the numbers are places in `people`, the 120 invited.

    `withdrawn` answered two rounds and is on top of all counts. The substitutes stay on the list of the
    `reserve`, the `long_list` was never invited, and the `strangers` of the pilot are not on the register.
    `second_token` belongs to `two_tokens`.
    """

    people: tuple[Person, ...]
    withdrawn: Person
    reserve: tuple[Person, ...]
    long_list: tuple[Person, ...]
    strangers: tuple[Person, ...]
    second_token: str
    two_tokens: int
    twice: tuple[int, ...]
    testing: tuple[int, ...]
    late: int
    too_late: int
    rejoining: tuple[int, ...]
    changed_role: int
    straight: tuple[int, ...]
    hasty: tuple[int, ...]
    reversed_scale: int
    recused: tuple[int, ...]

    def returned(self, number: int) -> list[int]:
        """Places of those who answered a round (1, 2, 3) in the regular way."""
        return [place for place, person in enumerate(self.people) if person.rounds >= number]


def invent_panel(rng: np.random.Generator) -> Panel:
    """Draw the panel: fixed numbers per role and round, everything else by chance."""
    keys = tokens(rng)
    people = _invited(keys, rng)
    places = range(len(people))
    left_early = [place for place in places if people[place].rounds == 1]
    replaced = [next(p for p in left_early if people[p].role == role) for role in REPLACED]
    for place, day in zip(replaced, REPLACED.values(), strict=True):
        people[place] = replace(people[place], status="replaced", left_on=day)
    gone = Seat("company", "other_business", 2, True)
    number = iter(range(len(people) + 1, 200))
    return Panel(
        people=tuple(people),
        withdrawn=replace(
            invent_person(gone, "withdrawn", next(keys), next(number), rng), rounds=0, left_on=WITHDREW_ON
        ),
        reserve=tuple(
            invent_person(replace(SILENT, role=role), "invited", next(keys), next(number), rng)
            for role in REPLACED
        ),
        long_list=tuple(
            invent_person(replace(SILENT, role=role), "identified", next(keys), next(number), rng)
            for role in LONG_LIST
        ),
        strangers=tuple(
            invent_person(replace(SILENT, role=role), "", f"PILOT-{n}", next(number), rng)
            for n, role in enumerate(PILOT, 1)
        ),
        second_token=next(keys),
        **_parts(people, rng),
    )


def _invited(keys: Iterator[str], rng: np.random.Generator) -> list[Person]:
    """The 120 in random order; who did not accept has one of three reasons."""
    offered = seats()
    reasons = [status for status, n in NOT_ACCEPTED.items() for _ in range(n)]
    refusals = iter(reasons[place] for place in rng.permutation(len(reasons)))
    people = []
    for number, place in enumerate(rng.permutation(len(offered)), 1):
        seat = offered[place]
        status = "accepted" if seat.accepted else next(refusals)
        people.append(invent_person(seat, status, next(keys), number, rng))
    return people


def _parts(people: list[Person], rng: np.random.Generator) -> dict[str, Any]:
    """Who plays which part in the planted defects; nobody plays two.

    Governments and recruitment companies are left out of the parts by chance, since group clauses and the
    dissent on P4 count on them.
    """

    def where(rounds: int, *roles: str, status: str = "accepted") -> list[int]:
        return [
            place for place, person in enumerate(people)
            if person.rounds == rounds and person.status == status and (not roles or person.role in roles)
        ]  # fmt: skip

    leavers = where(2, "company")
    readers = [p for p in where(2) if people[p].role not in ("company", "government")]
    agencies = [p for p in where(3, "company") if people[p].sector == "recruitment"]
    staying = [p for p in where(3) if p not in agencies and people[p].role != "government"]
    chance = [int(place) for place in rng.permutation(staying)]
    silent = where(0)
    early = [int(place) for place in rng.permutation(where(1))]
    return {
        "two_tokens": chance[0], "twice": tuple(chance[1:4]), "straight": tuple(chance[4:7]),
        "hasty": tuple(chance[7:9]), "late": chance[9], "too_late": silent[0], "testing": tuple(silent[1:3]),
        "rejoining": tuple(early[:2]), "changed_role": leavers[0], "reversed_scale": readers[0],
        "recused": tuple(agencies[:2]),
    }  # fmt: skip
