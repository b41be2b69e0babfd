"""The planted defects of the raw files, each with the finding that a right run reports."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timedelta

import numpy as np

from delphi.demo.panel import Panel
from delphi.demo.people import Person
from delphi.demo.ratings import EXACT, NO_OPINION
from delphi.demo.returns import Planted, Return, find
from delphi.demo.tables import BARRIERS, asked
from delphi.demo.texts import PLANTED_COMMENTS

__all__ = ["LOST_PAGE", "plant_defects"]

Returns = dict[str, list[Return]]

LOST_PAGE = "P"  # holds none of the items with exact counts
LOST_BY = 8
TIES = 2  # per round
STRAIGHT = (9, 5, 3)
TESTED_ON = (datetime(2013, 9, 27, 10, 12), datetime(2013, 9, 30, 17, 40))

# Round, column, what stands there, and the rule that finds it ("" where it is read as declared).
ODD_CELLS = (
    ("r1", "S5_importance", "0", "off_scale"),
    ("r1", "B2_importance", "10", "off_scale"),
    ("r1", "C6_importance", "seven", "not_a_number"),
    ("r1", "B3_importance", "7 - important", "not_a_number"),
    ("r1", "S3_importance", " 8 ", ""),
    ("r1", "P3_importance", "n/a", ""),
    ("r1", "G5_agreement", "-", ""),
    ("r1", "S9", "0.3", "fraction"),
    ("r1", "P7", "2 weeks", "not_a_number"),
    ("r2", "S7_importance", "٧", "not_an_ascii_digit"),
    ("r2", "B8_importance", "N/A", ""),
    ("r2", "C1_importance", "sans opinion", ""),
    ("r2", "P7", "2 weeks", "not_a_number"),
    ("r3", "G11", "2107", "off_scale"),
)


def plant_defects(returns: Returns, panel: Panel, rng: np.random.Generator) -> tuple[Person, ...]:
    """Spoil the returns in place; hands back the eight who lost a page of round 3."""
    _wrong_time(returns, panel)
    _wrong_person(returns, panel)
    _careless(returns, panel)
    _recuse(returns, panel)
    spare = _spare(panel, rng)
    for wave, column, raw, rule in ODD_CELLS:
        one = find(returns[wave], next(spare))
        one.cells[column] = raw
        if rule:
            one.planted.append(Planted(6, "cell", rule, column.split("_")[0], column))
    _comments(returns, panel, rng)
    lost = tuple(next(spare) for _ in range(LOST_BY))
    for person in lost:
        _lose_page(find(returns["r3"], person))
    _ties(returns, spare)
    _twice(returns, panel)
    return lost


def _spare(panel: Panel, rng: np.random.Generator) -> Iterator[Person]:
    """People of all three rounds who play no other part, in random order.

    A group clause counts companies and governments: the companies come last, governments not at all.
    """
    parts = {panel.two_tokens, *panel.twice, *panel.straight, *panel.hasty, panel.late, *panel.recused}
    free = [place for place in panel.returned(3) if place not in parts]
    order = [int(place) for place in rng.permutation(free)]
    others = [place for place in order if panel.people[place].role not in ("company", "government")]
    companies = [place for place in order if panel.people[place].role == "company"]
    yield from (panel.people[place] for place in (*others, *companies))


def _wrong_time(returns: Returns, panel: Panel) -> None:
    for place, day in zip(panel.testing, TESTED_ON, strict=True):
        one = find(returns["r1"], panel.people[place])
        _move(one, day)
        one.planted.append(Planted(2, "record", "before_open", column="submitted"))
    for number, person in enumerate(panel.strangers):
        one = find(returns["r1"], person)
        # Carried over into the live form on its first morning, and stamped with that time.
        _move(one, datetime(2013, 10, 1, 8, 40 + number))
        one.planted.append(Planted(2, "record", "unknown_respondent", column="token"))
    _move(find(returns["r1"], panel.people[panel.late]), datetime(2013, 10, 23, 11, 5))
    too_late = find(returns["r1"], panel.people[panel.too_late])
    _move(too_late, datetime(2013, 10, 30, 16, 22))
    too_late.planted.append(Planted(3, "record", "after_close", column="submitted"))


def _move(one: Return, submitted: datetime) -> None:
    one.started, one.submitted = submitted - (one.submitted - one.started), submitted


def _wrong_person(returns: Returns, panel: Panel) -> None:
    for place in panel.rejoining:
        find(returns["r3"], panel.people[place]).planted.append(
            Planted(4, "record", "rejoin", column="token")
        )
    for wave in ("r1", "r2"):
        find(returns[wave], panel.withdrawn).planted.append(Planted(4, "record", "withdrawn", column="token"))
    moved = find(returns["r2"], panel.people[panel.changed_role])
    moved.role = "government"
    moved.planted.append(Planted(4, "record", "group_changed", column="role"))


def _careless(returns: Returns, panel: Panel) -> None:
    for place, value in zip(panel.straight, STRAIGHT, strict=True):
        one = find(returns["r1"], panel.people[place])
        for question in asked("r1"):
            if question.is_rated:
                top = 9 if question.scale == "imp9" else 5
                one.cells.update(dict.fromkeys(question.columns(), str(min(value, top))))
                one.cells[f"{question.item_id}_comment"] = ""
        one.planted.append(Planted(5, "record", "straightlining"))
    for place in panel.hasty:
        one = find(returns["r1"], panel.people[place])
        one.started = one.submitted - timedelta(seconds=70)
        one.cells.update({f"O{n}": "" for n in range(1, 13) if one.cells[f"O{n}"] != "-97"})
        one.planted.append(Planted(5, "record", "speeding"))


def _recuse(returns: Returns, panel: Panel) -> None:
    for place in panel.recused:
        find(returns["r1"], panel.people[place]).cells.update(P4_importance="recused", P4_comment="")


def _comments(returns: Returns, panel: Panel, rng: np.random.Generator) -> None:
    """Each planted comment goes to another person who writes English, on an item that they rated."""
    for wave, texts in PLANTED_COMMENTS.items():
        free = [one for one in returns[wave] if not one.planted and one.person.language == "en"]
        free = [one for one in free if one.person.status == "accepted"]
        parts = [panel.people[place] for place in (panel.two_tokens, *panel.twice)]
        free = [one for one in free if one.person not in parts]
        for text, place in zip(texts, rng.permutation(len(free)), strict=False):
            one = free[int(place)]
            rated = [
                question.item_id for question in asked(wave)
                if question.is_rated and question.theme != LOST_PAGE
                and one.cells[question.columns()[0]] not in ("", str(NO_OPINION))
            ]  # fmt: skip
            one.cells[f"{rated[int(rng.integers(len(rated)))]}_comment"] = text


def _lose_page(one: Return) -> None:
    for question in asked("r3"):
        if question.theme == LOST_PAGE:
            one.cells.update(dict.fromkeys((*question.columns(), f"{question.item_id}_comment"), ""))


def _ties(returns: Returns, spare: Iterator[Person]) -> None:
    """In each round two persons give the first rank twice, which the form forbids."""
    for wave in ("r1", "r2", "r3"):
        left = TIES
        while left:
            one = find(returns[wave], next(spare))
            second = next(name for name in BARRIERS if one.cells[f"G8_{name}"] == "2")
            one.cells[f"G8_{second}"] = "1"
            one.planted.append(Planted(6, "record", "bad_ranking", "G8"))
            left -= 1


def _twice(returns: Returns, panel: Panel) -> None:
    """Add the earlier returns of those who sent two; the later complete one counts."""
    for place in panel.twice:
        one = find(returns["r1"], panel.people[place])
        earlier = deepcopy(one)
        kept = 12 + 20
        for column in list(earlier.cells)[kept:]:
            earlier.cells[column] = ""
        earlier.status = "saved"
        earlier.planted = [Planted(1, "record", "superseded")]
        earlier.submitted = one.started - timedelta(minutes=20)
        earlier.started = earlier.submitted - timedelta(minutes=12)
        returns["r1"].append(earlier)
    one = find(returns["r2"], panel.people[panel.two_tokens])
    earlier = deepcopy(one)
    for question in asked("r2")[::6]:
        column = question.columns()[0]
        if question.is_rated and question.item_id not in EXACT and earlier.cells[column] not in ("", "-91"):
            earlier.cells[column] = "4"
    earlier.planted = [Planted(1, "record", "superseded")]
    _move(earlier, one.started - timedelta(minutes=35))
    one.token = panel.second_token
    returns["r2"].append(earlier)
