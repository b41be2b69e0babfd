"""Answers on the two ordered scales, drawn from the planted means or dealt from fixed counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from delphi.demo.panel import Panel
from delphi.demo.people import Person
from delphi.demo.tables import WAVES, Question, Truth, exact_counts, questions, truths

__all__ = ["Ratings", "draw_ratings"]

NO_OPINION = -91
TOP = {"imp9": 9, "agree5": 5}
EXACT = ("C4", "B4", "G10")
SHARE_OF_FACTOR = 0.6
LOW_SECTOR = (2.4, 0.9)  # the recruitment companies on P4, all of whom answer
COMPLETE = (*EXACT, "P4")  # items that nobody skips by chance
HIGHER_REGIONS = {"africa", "middle_east"}
HIGHER_BY = 1.1  # on G7
FEASIBILITY_LOWER = 1.4
FEASIBILITY_CORRELATION = 0.4
HARDLY_FEASIBLE = 2.8  # C2 and P1 in the eyes of business

Ratings = dict[str, dict[str, NDArray[np.int64]]]
"""Wave → column → answer of each person (`NO_OPINION` for none), in the order of the people given."""


def draw_ratings(panel: Panel, people: Sequence[Person], rng: np.random.Generator) -> Ratings:
    """Draw every rated item for everybody in every round that asks it.

    A person has one tendency per item over all rounds; the item's correlation says how much of an answer
    it is. The counts of `EXACT` are dealt to those who answered the round, in the order of their tendency.
    """
    ratings: Ratings = {wave: {} for wave in WAVES}
    factor = rng.standard_normal(len(people))
    for question in questions():
        if not question.is_rated:
            continue
        if question.item_id in EXACT:
            _deal(question, panel, people, ratings, rng)
            continue
        truth = truths()[question.item_id]
        tendency = rng.standard_normal(len(people))
        if truth.loads_on_factor:
            tendency = np.sqrt(SHARE_OF_FACTOR) * factor + np.sqrt(1 - SHARE_OF_FACTOR) * tendency
        silent = rng.random(len(people)) < _by_group(truth.no_opinion, people, otherwise=0.03)
        if truth.archetype == "sectordissent":
            silent &= ~_dissenting(people)
        own = rng.standard_normal(len(people))
        feasible = FEASIBILITY_CORRELATION * tendency + np.sqrt(1 - FEASIBILITY_CORRELATION**2) * own
        steady, loose, top = np.sqrt(truth.rho), np.sqrt(1 - truth.rho), TOP[question.scale]
        for wave in question.waves:
            mean, spread = _moments(question, truth, people, WAVES.index(wave))
            noise = loose * rng.standard_normal(len(people))
            drawn = _rounded(mean + spread * (steady * tendency + noise), top)
            ratings[wave][question.columns()[0]] = np.where(silent, NO_OPINION, drawn)
            if "feasibility" in question.dims:
                noise = loose * rng.standard_normal(len(people))
                low = _feasible(question, mean, people)
                drawn = _rounded(low + spread * (steady * feasible + noise), top)
                ratings[wave][question.columns()[1]] = np.where(silent, NO_OPINION, drawn)
    _turn_round(panel, people, ratings["r2"])
    return ratings


def _rounded(leaning: NDArray[np.float64], top: int) -> NDArray[np.int64]:
    return np.clip(np.floor(leaning + 0.5), 1, top).astype(np.int64)


def _moments(
    question: Question, truth: Truth, people: Sequence[Person], round_: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    means = {group: values[round_] for group, values in truth.means.items()}
    mean = _by_group(means, people, otherwise=means["else"])
    spread = np.full(len(people), truth.spreads[round_])
    if truth.archetype == "sectordissent":
        mean[_dissenting(people)], spread[_dissenting(people)] = LOW_SECTOR
    if truth.archetype == "region5":
        mean += HIGHER_BY * np.array([person.region in HIGHER_REGIONS for person in people])
    return mean, spread


def _dissenting(people: Sequence[Person]) -> NDArray[np.bool_]:
    return np.array([person.sector == "recruitment" and person.role == "company" for person in people])


def _feasible(
    question: Question, importance: NDArray[np.float64], people: Sequence[Person]
) -> NDArray[np.float64]:
    mean = np.maximum(importance - FEASIBILITY_LOWER, 1.5)
    if question.item_id in ("C2", "P1"):
        mean[[person.bloc == "business" for person in people]] = HARDLY_FEASIBLE
    return mean


def _by_group(values: dict[str, float], people: Sequence[Person], otherwise: float) -> NDArray[np.float64]:
    """Value of each person's role, else of their bloc, else the common one."""
    return np.array(
        [values.get(person.role, values.get(person.bloc, values.get("else", otherwise))) for person in people]
    )


# How many of those who stay have no opinion on a dealt item; chance leaves it alone.
SILENT = {
    ("C4", "r2"): 1, ("C4", "r3"): 0, ("B4", "r2"): 1, ("B4", "r3"): 4, ("G10", "r2"): 2, ("G10", "r3"): 2,
}  # fmt: skip
ROUND_1 = (6.6, 1.8)


def _deal(
    question: Question, panel: Panel, people: Sequence[Person], ratings: Ratings, rng: np.random.Generator
) -> None:
    """Deal fixed counts, with tendencies by which companies and governments both lean high in round 3."""
    place_of = {person.token: row for row, person in enumerate(people)}
    column = question.columns()[0]
    rows = {
        wave: [place_of[panel.people[p].token] for p in panel.returned(n)] for n, wave in enumerate(WAVES, 1)
    }
    leaving = set(rows["r2"]) - set(rows["r3"])
    reader = place_of[panel.people[panel.reversed_scale].token]
    while True:
        tendency = rng.standard_normal(len(people))
        if question.item_id == "G10":  # the sceptics are those who leave
            tendency += np.array([-1.5 if row in leaving else 0.2 for row in range(len(people))])
        dealt = {wave: _generic(tendency, rng) for wave in WAVES}
        quiet = rng.permutation(rows["r3"])
        for wave in ("r2", "r3"):
            turned = np.where((np.arange(len(people)) == reader) & (wave == "r2"), -tendency, tendency)
            silent = quiet[: SILENT[question.item_id, wave]]
            answering = [row for row in rows[wave] if row not in silent]
            dealt[wave][silent] = NO_OPINION
            if question.item_id == "G10" and wave == "r2":
                parts = {"stay": [row for row in answering if row not in leaving], "leave": sorted(leaving)}
            else:
                parts = {"all": answering}
            for who, members in parts.items():
                values = np.repeat(np.arange(1, 10), exact_counts(question.item_id, wave, who))
                in_order = np.array(members)[np.argsort(turned[members])]
                dealt[wave][in_order] = values
        if _both_lean_high(dealt["r3"], rows["r3"], people):
            break
    for wave in question.waves:
        ratings[wave][column] = dealt[wave]


def _generic(tendency: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    mean, spread = ROUND_1
    noise = np.sqrt(0.2) * rng.standard_normal(len(tendency))
    return _rounded(mean + spread * (np.sqrt(0.8) * tendency + noise), 9)


def _both_lean_high(answers: NDArray[np.int64], rows: Sequence[int], people: Sequence[Person]) -> bool:
    for role in ("company", "government"):
        own = [answers[row] for row in rows if people[row].role == role and answers[row] != NO_OPINION]
        if sum(value >= 7 for value in own) < 0.6 * len(own):
            return False
    return True


def _turn_round(panel: Panel, people: Sequence[Person], ratings: dict[str, NDArray[np.int64]]) -> None:
    """Turn the answers of whoever read the scales the wrong way round; dealt items are so already."""
    row = [person.token for person in people].index(panel.people[panel.reversed_scale].token)
    for question in questions():
        if not question.is_rated or question.item_id in EXACT or "r2" not in question.waves:
            continue
        for column in question.columns():
            if ratings[column][row] != NO_OPINION:
                ratings[column][row] = TOP[question.scale] + 1 - ratings[column][row]
