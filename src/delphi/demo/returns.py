"""The returns of the three rounds as people sent them: who, when, and with which cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

import numpy as np

from delphi.demo.choices import draw_choices
from delphi.demo.panel import Panel
from delphi.demo.people import Person
from delphi.demo.ratings import COMPLETE, NO_OPINION, Ratings, draw_ratings
from delphi.demo.tables import WAVES, asked
from delphi.demo.texts import comment_on, open_answers

__all__ = ["Planted", "Return", "closed_columns", "fill_in"]

OPENS = {"r1": datetime(2013, 10, 1, 8), "r2": datetime(2013, 11, 11, 8), "r3": datetime(2014, 1, 6, 8)}
DAYS_OPEN = {"r1": 21, "r2": 22, "r3": 22}
SKIPPED = {"r1": 0.015, "r2": 0.025, "r3": 0.03}
NO_NUMBER = 0.03  # "no opinion" where a number is asked
FIRST_DAY, LAST_DAY = 0.26, 0.12
SECONDS, SPREAD, OPEN_SECONDS = 9.0, 0.5, 95.0


@dataclass(frozen=True)
class Planted:
    """One finding that a right run reports; `source_row` and the file follow from the place of the return."""

    defect: int
    level: str
    rule: str
    item_id: str = ""
    column: str = ""


@dataclass
class Return:
    """One record of an export: cells by the column names of the first and third export."""

    wave: str
    person: Person
    token: str
    started: datetime
    submitted: datetime
    cells: dict[str, str]
    role: str
    status: str = "submitted"
    planted: list[Planted] = field(default_factory=list)


@cache
def closed_columns(wave: str) -> tuple[str, ...]:
    """Answer columns of a wave, comments after the item they stand on."""
    columns: list[str] = []
    for question in asked(wave):
        columns += question.columns()
        if question.is_rated:
            columns.append(f"{question.item_id}_comment")
    return tuple(columns)


def fill_in(panel: Panel, rng: np.random.Generator) -> dict[str, list[Return]]:
    """Everybody's return of each round, in the order of the panel, those of the planted defects last."""
    extra = {
        "r1": [panel.withdrawn, panel.people[panel.too_late], *(panel.people[p] for p in panel.testing),
               *panel.strangers],
        "r2": [panel.withdrawn],
        "r3": [panel.people[place] for place in panel.rejoining],
    }  # fmt: skip
    people = [panel.people[place] for place in panel.returned(1)] + extra["r1"]
    place_of = {person.token: row for row, person in enumerate(people)}
    ratings = draw_ratings(panel, people, rng)
    choices = draw_choices(panel, people, rng)
    no_number = {name: rng.random(len(people)) < NO_NUMBER for name in ("S9", "P7", "G11")}
    returns = {}
    for number, wave in enumerate(WAVES, 1):
        cells = choices[wave]
        for name, silent in no_number.items():
            for row in np.flatnonzero(silent):
                cells[row][name] = str(NO_OPINION)
        _write_ratings(wave, ratings, people, cells, rng)
        regular = [panel.people[place] for place in panel.returned(number)]
        present = [*regular, *extra[wave]]
        returns[wave] = [_returned(wave, person, cells[place_of[person.token]], rng) for person in present]
    return returns


def _write_ratings(
    wave: str, ratings: Ratings, people: list[Person], cells: list[dict[str, str]], rng: np.random.Generator
) -> None:
    questions = asked(wave)
    for position, question in enumerate(questions):
        # Whoever gets tired skips: the chance rises over the form and is the wanted one on average.
        chance = SKIPPED[wave] * (0.5 + (position + 0.5) / len(questions))
        if not question.is_rated:
            if question.scale in ("percent", "days", "year"):
                for tired in np.flatnonzero(rng.random(len(people)) < chance):
                    cells[tired][question.item_id] = ""
            continue
        comments = comment_on(question, ratings[wave][question.columns()[0]], people, rng)
        for row, text in enumerate(comments):
            cells[row][f"{question.item_id}_comment"] = text
        for column in question.columns():
            skipped = rng.random(len(people)) < (0 if question.item_id in COMPLETE else chance)
            for row, answer in enumerate(ratings[wave][column]):
                cells[row][column] = "" if skipped[row] else str(answer)


def _returned(wave: str, person: Person, cells: dict[str, str], rng: np.random.Generator) -> Return:
    cells = dict(cells)
    n_open = 0
    if wave == "r1":
        opened = open_answers(person, rng)
        cells.update(opened)
        n_open = sum(text not in ("", "-97") for text in opened.values())
    submitted = _arrival(wave, rng)
    pace = float(np.exp(0.25 * rng.standard_normal()))
    per_item = np.exp(SPREAD * rng.standard_normal(len(asked(wave)) + n_open))
    per_item *= np.repeat([SECONDS, OPEN_SECONDS], [len(asked(wave)), n_open])
    taken = timedelta(seconds=round(pace * float(per_item.sum())))
    columns = (*(f"O{n}" for n in range(1, 13) if wave == "r1"), *closed_columns(wave))
    ordered = {column: cells[column] for column in columns}
    return Return(wave, person, person.token, submitted - taken, submitted, ordered, person.role)


def _arrival(wave: str, rng: np.random.Generator) -> datetime:
    """A quarter on the first day, then ever fewer, more after each reminder, 12 % on the last day."""
    days = DAYS_OPEN[wave]
    weights = np.exp(-np.arange(days) / 6.0)
    weights[8] *= 3  # the day after the reminder of day 7
    weights[days - 4] *= 8  # the day after the reminder four days before the end
    weights *= (1 - FIRST_DAY - LAST_DAY) / weights[1:-1].sum()
    weights[0], weights[-1] = FIRST_DAY, LAST_DAY
    day = int(rng.choice(days, p=weights))
    return OPENS[wave] + timedelta(days=day, seconds=int(rng.integers(2 * 3600, 14 * 3600)))


def find(returns: Iterable[Return], person: Person) -> Return:
    """The return of a person."""
    return next(one for one in returns if one.person is person)
