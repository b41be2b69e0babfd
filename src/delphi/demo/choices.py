"""Answers that are numbers, choices and rankings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from delphi.demo.panel import Panel
from delphi.demo.people import Person
from delphi.demo.tables import BARRIERS, LEADERS, SERVICES, WAVES

__all__ = ["Cells", "draw_choices"]

Cells = dict[str, list[dict[str, str]]]
"""Wave → per person: column → cell."""

PERCENT = {"r1": (35, 22), "r2": (33, 14), "r3": (32, 9)}
DAYS = {"r1": (4.0, 0.9), "r2": (3.6, 0.6), "r3": (3.5, 0.4)}
YEARS = {"r1": (5.0, 0.7, 2015, 2030), "r2": (4.0, 0.5, 2015, 2026), "r3": (3.0, 0.3, 2016, 2020)}
LEADING = {"r1": (30, 20, 9, 7, 12), "r2": (33, 17, 6, 5, 9), "r3": (40, 9, 4, 3, 4)}
LEADING_BEFORE = (0.38, 0.26, 0.12, 0.09, 0.15)
SERVICE_SHARES = (0.71, 0.64, 0.25, 0.33, 0.34, 0.18, 0.43, 0.12)
LEGAL_CIVIL, LEGAL_OTHERS = 0.55, 0.12  # 18 % together
STRENGTHS = {
    "business": (0.22, 0.06, 0.04, 0.30, 0.08, 0.18, 0.12),
    "others": (0.12, 0.16, 0.30, 0.14, 0.10, 0.12, 0.06),
}
SHARPNESS = {"r1": 1.0, "r2": 1.3, "r3": 1.7}
KEEP = 0.7


def draw_choices(panel: Panel, people: Sequence[Person], rng: np.random.Generator) -> Cells:
    """Draw numbers, choices and rankings for everybody in all rounds."""
    cells: Cells = {wave: [{} for _ in people] for wave in WAVES}
    _numbers(cells, len(people), rng)
    _leaders(cells, panel, people, rng)
    _services(cells, people, rng)
    _rankings(cells, people, rng)
    return cells


def _numbers(cells: Cells, n: int, rng: np.random.Generator) -> None:
    own = {name: rng.standard_normal(n) for name in ("S9", "P7", "G11")}
    rounds_to_five = rng.random(n) < 0.7
    for wave in WAVES:
        z = {name: np.sqrt(0.7) * view + np.sqrt(0.3) * rng.standard_normal(n) for name, view in own.items()}
        mean, spread = PERCENT[wave]
        percent = np.clip(mean + spread * z["S9"], 0, 100)
        percent = np.where(rounds_to_five, 5 * np.round(percent / 5), np.round(percent))
        median, sigma = DAYS[wave]
        days = np.clip(np.round(2 * median * np.exp(sigma * z["P7"])) / 2, 0.5, 120)
        ahead, sigma, first, last = YEARS[wave]
        year = np.clip(2014 + np.round(ahead * np.exp(sigma * z["G11"])), first, last)
        for row in range(n):
            cells[wave][row].update(S9=f"{percent[row]:g}", P7=f"{days[row]:g}", G11=f"{year[row]:.0f}")


def _leaders(cells: Cells, panel: Panel, people: Sequence[Person], rng: np.random.Generator) -> None:
    """Deal the exact choices of C7; between rounds only as many change as the new counts ask for."""
    place_of = {person.token: row for row, person in enumerate(people)}
    chosen = [LEADERS[int(place)] for place in rng.choice(5, size=len(people), p=LEADING_BEFORE)]
    for number, wave in enumerate(WAVES, 1):
        rows = [place_of[panel.people[place].token] for place in panel.returned(number)]
        wanted = dict(zip(LEADERS, LEADING[wave], strict=True))
        free = []
        for row in (int(row) for row in rng.permutation(rows)):
            if wanted[chosen[row]]:
                wanted[chosen[row]] -= 1
            else:
                free.append(row)
        short = [leader for leader, n in wanted.items() for _ in range(n)]
        for row, leader in zip(free, short, strict=True):
            chosen[row] = leader
        for row, leader in enumerate(chosen):
            cells[wave][row]["C7"] = leader


def _services(cells: Cells, people: Sequence[Person], rng: np.random.Generator) -> None:
    """Three services per person, each with exactly its probability (systematic draw in random order)."""
    chosen: list[set[str]] = [set() for _ in people]
    for wave in WAVES:
        for row, person in enumerate(people):
            if not chosen[row] or rng.random() > KEEP:
                legal = LEGAL_CIVIL if person.bloc == "civil" else LEGAL_OTHERS
                shares = np.array(SERVICE_SHARES) * (3 - legal) / (3 - 0.18)
                shares[SERVICES.index("legal_advice")] = legal
                order = rng.permutation(len(SERVICES))
                sums = np.cumsum(shares[order]) - rng.random()
                passed = np.floor(sums) > np.floor(np.concatenate([[sums[0] - shares[order][0]], sums[:-1]]))
                chosen[row] = {SERVICES[place] for place in order[passed]}
            cells[wave][row].update({f"B7_{name}": str(int(name in chosen[row])) for name in SERVICES})


def _rankings(cells: Cells, people: Sequence[Person], rng: np.random.Generator) -> None:
    """Rank by weight (Plackett and Luce); some stop after three."""
    stops = rng.random(len(people)) < 0.15
    noise = rng.gumbel(size=(len(people), len(BARRIERS)))
    for wave in WAVES:
        fresh = rng.random(len(people)) > KEEP
        noise[fresh] = rng.gumbel(size=(int(fresh.sum()), len(BARRIERS)))
        for row, person in enumerate(people):
            strengths = STRENGTHS["business" if person.bloc == "business" else "others"]
            score = SHARPNESS[wave] * np.log(strengths) + noise[row]
            ranks = np.argsort(np.argsort(-score)) + 1
            shown = [str(rank) if rank <= 3 or not stops[row] else "" for rank in ranks]
            cells[wave][row].update({f"G8_{name}": rank for name, rank in zip(BARRIERS, shown, strict=True)})
