"""The tables beside this file: what is asked, and what is planted in the answers."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Question", "Truth", "exact_counts", "open_questions", "questions", "rows", "truths"]

WAVES = ("r1", "r2", "r3")


@dataclass(frozen=True)
class Question:
    """A closed item: its scale, its dimensions and the waves that ask it."""

    item_id: str
    theme: str
    scale: str
    dims: tuple[str, ...]
    waves: tuple[str, ...]
    text: str

    @property
    def is_rated(self) -> bool:
        """Whether it stands on one of the two ordered scales, which carry comments."""
        return self.scale in ("imp9", "agree5")

    def columns(self) -> tuple[str, ...]:
        """Names of its answer columns in the first and third export."""
        if self.scale == "multi":
            return tuple(f"{self.item_id}_{option}" for option in SERVICES)
        if self.scale == "rank7":
            return tuple(f"{self.item_id}_{barrier}" for barrier in BARRIERS)
        if not self.is_rated:
            return (self.item_id,)
        return tuple(f"{self.item_id}_{dim}" for dim in self.dims)


@dataclass(frozen=True)
class Truth:
    """What is planted in a rated item: means by group and round, spread, how much people keep to a view."""

    archetype: str
    means: dict[str, tuple[float, float, float]]
    spreads: tuple[float, float, float]
    rho: float
    no_opinion: dict[str, float]
    loads_on_factor: bool


SERVICES = (
    "housing", "language_course", "bank_account", "health_care",
    "school_childcare", "legal_advice", "job_counselling", "transport",
)  # fmt: skip
BARRIERS = tuple(f"G{number}" for number in range(1, 8))
LEADERS = ("city", "chamber", "large_employer", "association", "national_agency")


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of a table of the package."""
    text = (files("delphi.demo") / "tables" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def questions() -> tuple[Question, ...]:
    """All closed items, in the order of the form."""
    return tuple(
        Question(
            row["id"],
            row["topic"],
            row["kind"],
            tuple(row["dimensions"].split(";")),
            _waves(row["rounds_planned"]),
            row["text_en"],
        )
        for row in rows("items")
    )


@cache
def asked(wave: str) -> tuple[Question, ...]:
    """Closed items that a wave asks."""
    return tuple(question for question in questions() if wave in question.waves)


@cache
def open_questions() -> tuple[tuple[str, str], ...]:
    """Open questions of round 1 with the form (X or Y) that holds them."""
    return tuple((row["id"], row["form"]) for row in rows("open_questions"))


@cache
def truths() -> dict[str, Truth]:
    """Planted parameters of the items drawn from a mean and a spread."""
    return {row["id"]: _truth(row) for row in rows("truth") if row["mean_r1_r2_r3"]}


def exact_counts(item_id: str, wave: str, who: str = "all") -> tuple[int, ...]:
    """Answers to be dealt per category 1 to 9, where the study fixes them exactly."""
    for row in rows("exact_counts"):
        if row["id"] == item_id and f"r{row['round']}" == wave and row["who"].startswith(who):
            return tuple(int(row[str(value)]) for value in range(1, 10))
    raise KeyError((item_id, wave, who))


def _waves(planned: str) -> tuple[str, ...]:
    first, _, last = planned.partition("-")
    return WAVES[int(first) - 1 : int(last or first)]


def _truth(row: dict[str, str]) -> Truth:
    means = json.loads(row["mean_r1_r2_r3"])
    by_group = means if isinstance(means, dict) else {"else": means}
    refusing = json.loads(row["no_opinion"])
    spreads = json.loads(row["sd_r1_r2_r3"])
    return Truth(
        row["archetype"],
        {group: tuple(values) for group, values in by_group.items()},
        tuple(spreads),
        float(row["rho"]),
        refusing if isinstance(refusing, dict) else {"else": refusing},
        row["loads_on_F"] == "1",
    )
