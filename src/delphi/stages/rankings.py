"""Rankings person by person, as verdicts and what is tried on them need them: how many gave which order of the objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from delphi import statistics as ds
from delphi.decisions import EVERYONE, EarlierRating, Evidence, GroupKey, Tally
from delphi.study.model import SHOWN_STATES, Item, Scale, Wave

Ranks = NDArray[np.float64]
Orders = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Ranked:
    """Who saw an item in a wave and how each ranked its objects, shape (M, N); NaN where an object has no rank."""

    people: NDArray[np.object_]
    ranks: Ranks

    @property
    def is_complete(self) -> NDArray[np.bool_]:
        """Who ranked every object."""
        return np.asarray(np.isfinite(self.ranks).all(axis=1))

    def take(self, chosen: NDArray[np.bool_]) -> Ranked:
        """Some of the people."""
        return Ranked(self.people[chosen], self.ranks[chosen])


def ranked(answers: pd.DataFrame, wave_id: str, item_id: str, dimension: str, scale: Scale) -> Ranked:
    """Rankings of one item in one wave, out of all answers, people in the order of their pseudonyms."""
    own = answers[
        (answers["wave_id"] == wave_id)
        & (answers["item_id"] == item_id)
        & (answers["dimension"] == dimension)
        & answers["part"].isin(scale.parts)
    ]
    own = own[own["value"].notna() | own["missing"].isin(SHOWN_STATES)]
    person, people = pd.factorize(own["respondent_id"], sort=True)
    place = pd.Index(scale.parts).get_indexer(pd.Index(own["part"]))
    ranks = np.full((len(people), len(scale.parts)), np.nan)
    ranks[person, place] = own["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    return Ranked(np.asarray(people, dtype=object), ranks)


def orders_of(tables: Sequence[Ranked]) -> Orders:
    """The distinct complete rankings of several tables, each as twice the mid-ranks of its objects."""
    found = {tuple(one) for table in tables for one in _doubled(table.ranks[table.is_complete]).tolist()}
    return tuple(sorted(found))


def places_in(orders: Orders, table: Ranked) -> NDArray[np.int64]:
    """Which order each person of a table gave; -1: no complete ranking."""
    at = {order: place for place, order in enumerate(orders)}
    places = np.full(len(table.people), -1, dtype=np.int64)
    complete = np.flatnonzero(table.is_complete)
    places[complete] = [at[tuple(one)] for one in _doubled(table.ranks[complete]).tolist()]
    return places


def _doubled(ranks: Ranks) -> NDArray[np.int64]:
    if not len(ranks):
        return np.zeros((0, ranks.shape[1]), dtype=np.int64)
    return np.rint(2 * np.apply_along_axis(ds.mid_ranks, 1, ranks)).astype(np.int64)


class Members:
    """Who belongs to which group; everybody to everyone."""

    def __init__(self, memberships: pd.DataFrame) -> None:
        pairs = memberships.groupby(["group_by", "group_value"], observed=True)["respondent_id"]
        self._people: dict[GroupKey, set[str]] = {key: set(part) for key, part in pairs}  # type: ignore[misc]

    def of(self, group: GroupKey, people: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Which of the people belong to a group."""
        if group == EVERYONE:
            return np.ones(len(people), dtype=bool)
        own = self._people.get(group, set())
        return np.array([one in own for one in people], dtype=bool)


def ranking_evidence(
    wave: Wave, item: Item, dimension: str, scale: Scale, answers: pd.DataFrame, memberships: pd.DataFrame,
    groups: Sequence[GroupKey], earlier: Mapping[str, bool],
) -> Evidence:  # fmt: skip
    """What a verdict on a ranking rests on.

    Parameters
    ----------
    answers : those of this wave and the ones before
    groups : everyone and every declared group
    earlier : earlier rounds that asked the item, in the order of time, and whether in the same wording
    """
    members = Members(memberships)
    here = ranked(answers, wave.wave_id, item.item_id, dimension, scale)
    orders = orders_of([here])
    places = places_in(orders, here)
    tallies: dict[GroupKey, Tally] = {}
    for group in groups:
        own = members.of(group, here.people)
        chosen = places[own & (places >= 0)]
        tallies[group] = Tally(tuple(np.bincount(chosen, minlength=len(orders)).tolist()), int(own.sum()))
    before = tuple(
        EarlierRating(wave_id, same, {}, _paired(ranked(answers, wave_id, item.item_id, dimension, scale), here, members, groups))
        for wave_id, same in earlier.items()
    )  # fmt: skip
    return Evidence(wave.wave_id, item.item_id, dimension, item.kind, scale, tallies, before, orders)


def _paired(
    before: Ranked, after: Ranked, members: Members, groups: Sequence[GroupKey]
) -> dict[GroupKey, tuple[Ranks, Ranks]]:
    """Both tables with the same people in the same rows, for each group."""
    people = np.array(sorted({*before.people, *after.people}), dtype=object)
    tables = tuple(_aligned(one, people) for one in (before, after))
    return {
        group: (tables[0][own], tables[1][own])
        for group in groups
        for own in [members.of(group, people)]
    }  # fmt: skip


def _aligned(table: Ranked, people: NDArray[np.object_]) -> Ranks:
    at = {one: place for place, one in enumerate(people)}
    ranks = np.full((len(people), table.ranks.shape[1]), np.nan)
    ranks[[at[one] for one in table.people]] = table.ranks
    return ranks
