"""Groups of opinion, themes and statements that say nearly the same, as the report shows them: never a person, never a text of theirs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.outputs.disclosure import group_share
from delphi.outputs.facts import Facts
from delphi.outputs.opinion_map import GroupPlace, StatementPlace, opinion_map
from delphi.outputs.ratings import Name, name_of
from delphi.outputs.wording import NONE, number
from delphi.study.model import Wave

Row = Mapping[str, Any]
MOST_STATEMENTS = 8
"""Statements that are shown of each group; the warehouse has all."""
ON_THE_MAP = 3
STEP = 5
STRUCTURED_FROM = 0.25
POSITIONS = {"agree": "agree", "disagree": "disagree"}
REASONS = {
    "no_valid_answers": "nobody voted", "too_few": "too few people gave enough votes",
    "no_variation": "all votes are alike", "one_cluster": "everybody is in one place on the map",
}  # fmt: skip
LIKENESS = {
    "same": "the same words",
    "contained": "one is contained in the other",
    "alike": "nearly the same words",
}


@dataclass(frozen=True)
class StatementLine:
    """A statement that stands for a group, and what each group says to it."""

    name: Name
    position: str
    shares: tuple[str, ...]


@dataclass(frozen=True)
class OpinionGroup:
    """A group that is large enough to be shown; its size to the nearest five."""

    number: int
    size: str
    statements: tuple[StatementLine, ...]


@dataclass(frozen=True)
class OpinionPart:
    """The groups of opinion of one wave."""

    label: str
    key: str
    sentence: str
    cautions: tuple[str, ...]
    numbers: tuple[int, ...]
    groups: tuple[OpinionGroup, ...]
    shared: tuple[StatementLine, ...]
    svg: str
    """The drawing; every text in it has been escaped."""
    tried: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ThemeLine:
    """A theme found in open answers."""

    of: str
    language: str
    number: str
    terms: str
    n: str
    note: str


@dataclass(frozen=True)
class PairLine:
    """Two items that say nearly the same."""

    first: Name
    second: Name
    likeness: str


def opinion_parts(facts: Facts) -> list[OpinionPart]:
    """One part per wave in which groups were looked for, in order."""
    maps = {row["wave_id"]: row for row in facts.dictionaries("opinion_maps")}
    members: dict[str, list[Row]] = defaultdict(list)
    statements: dict[str, list[Row]] = defaultdict(list)
    for row in facts.dictionaries("opinion_members"):
        members[row["wave_id"]].append(row)
    for row in facts.dictionaries("opinion_statements"):
        statements[row["wave_id"]].append(row)
    return [
        _part(facts, wave, maps[wave.wave_id], members[wave.wave_id], statements[wave.wave_id])
        for wave in facts.waves
        if wave.wave_id in maps
    ]


def _part(facts: Facts, wave: Wave, found: Row, members: list[Row], statements: list[Row]) -> OpinionPart:
    tried = json.loads(found["params"]).get("silhouettes", {})
    listed = tuple((k, number(value, 2) if value is not None else NONE) for k, value in tried.items())
    if found["reason"] is not None:
        why = REASONS.get(found["reason"], str(found["reason"]))
        return OpinionPart(
            wave.wave_id,
            f"map-{wave.wave_id}",
            f"No groups of opinion were looked at: {why}.",
            (),
            (),
            (),
            (),
            "",
            listed,
        )
    sizes = {
        group: sum(one["group_number"] == group for one in members)
        for group in range(1, int(found["groups"]) + 1)
    }
    shown = [group for group, size in sizes.items() if size >= facts.min_n]
    by_group = {group: [row for row in statements if row["group_number"] == group] for group in [0, *sizes]}
    sentence = (
        f"People who answer alike fall into {found['groups']} groups (mean silhouette {number(found['silhouette'], 2)}; "
        f"adjusted Rand index {number(found['rand_of_resamples'], 2)} when people are drawn again)."
    )
    groups = tuple(_group(facts, wave, group, sizes[group], by_group, shown) for group in shown)
    return OpinionPart(
        wave.wave_id, f"map-{wave.wave_id}", sentence, _cautions(found, len(sizes) - len(shown), facts.min_n), tuple(shown), groups,
        tuple(_line(facts, wave, row, by_group, shown) for row in _standing(by_group[0])[:MOST_STATEMENTS]),
        _drawn(facts, wave, members, by_group, sizes, shown), listed,
    )  # fmt: skip


def _cautions(found: Row, hidden: int, min_n: int) -> tuple[str, ...]:
    """What has to be said beside the groups, lest somebody takes chance for camps."""
    cautions = []
    if not found["is_structured"]:
        cautions.append(f"The silhouette is under {STRUCTURED_FROM}: no groups should be spoken of.")
    if found["rand_of_resamples"] is not None and found["rand_of_resamples"] < 0.5:
        cautions.append(
            "Other people of the same kind would have fallen into other groups: take them for a way to read the answers, not for camps."
        )
    if found["same_groups_share"] is not None and found["same_groups_share"] < 0.5:
        cautions.append("In most draws another number of groups came out.")
    if hidden:
        cautions.append(f"Groups of fewer than {min_n} people are not shown.")
    return tuple(cautions)


def _standing(rows: list[Row]) -> list[Row]:
    return sorted(
        (row for row in rows if row["stands_for"] is not None), key=lambda row: int(row["stands_rank"])
    )


def _group(
    facts: Facts, wave: Wave, group: int, size: int, by_group: Mapping[int, list[Row]], shown: list[int]
) -> OpinionGroup:
    standing = [row for row in _standing(by_group[group]) if _seen(row) >= facts.min_n]
    lines = tuple(_line(facts, wave, row, by_group, shown) for row in standing[:MOST_STATEMENTS])
    return OpinionGroup(group, f"about {STEP * round(size / STEP)}", lines)


def _line(
    facts: Facts, wave: Wave, row: Row, by_group: Mapping[int, list[Row]], shown: list[int]
) -> StatementLine:
    """A statement and the share of each group that takes the position, rounded; few votes are not told."""
    cell, position = (row["item_id"], row["dimension"]), str(row["stands_for"])
    shares = []
    for group in shown:
        own = next(one for one in by_group[group] if (one["item_id"], one["dimension"]) == cell)
        seen = _seen(own)
        shares.append(group_share(int(own[f"n_{position}"]), seen) if seen >= facts.min_n else NONE)
    return StatementLine(
        name_of(facts, facts.items[cell[0]], cell[1], wave.wave_id), POSITIONS[position], tuple(shares)
    )


def _seen(row: Row) -> int:
    return int(row["n_agree"]) + int(row["n_disagree"]) + int(row["n_pass"])


def _drawn(
    facts: Facts,
    wave: Wave,
    members: list[Row],
    by_group: Mapping[int, list[Row]],
    sizes: Mapping[int, int],
    shown: list[int],
) -> str:
    """The map: where each group is and how far it spreads, and the directions of the statements that stand for one."""
    places = []
    for group in shown:
        own = np.array(
            [
                (one["x"], one["y"] or 0.0)
                for one in members
                if one["group_number"] == group and one["x"] is not None
            ]
        )
        places.append(
            GroupPlace(group, f"about {STEP * round(sizes[group] / STEP)}", own.mean(axis=0), _spread(own))
        )
    wanted: dict[tuple[str, str], str] = {}
    for group in shown:
        for row in _standing(by_group[group])[:ON_THE_MAP]:
            wanted.setdefault((row["item_id"], row["dimension"]), row["item_id"])
    arrows = tuple(
        StatementPlace(name, float(row["x"]), float(row["y"] or 0.0))
        for row in by_group[0]
        if row["x"] is not None and (name := wanted.get((row["item_id"], row["dimension"])))
    )
    return opinion_map(tuple(places), arrows, f"map-{wave.wave_id}")


def _spread(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Covariance of a group's places; only its shape is drawn."""
    return np.cov(points.T) if len(points) > 1 else np.zeros((2, 2))


def theme_lines(facts: Facts) -> list[ThemeLine]:
    """Themes of every open item and of the comments: terms that enough people used, and how many answers, if enough."""
    lines = []
    for row in facts.dictionaries("themes"):
        item = facts.items.get(row["item_id"])
        pools = {"all": "All open questions", "comments": "Comments on all items"}
        of = facts.text_of(item, row["wave_id"])[0] if item else pools.get(row["item_id"], row["item_id"])
        n = int(row["n_texts"])
        told = str(n) if n >= facts.min_n else f"fewer than {facts.min_n}"
        if row["reason"] is not None:
            lines.append(ThemeLine(of, row["language"], NONE, "", told, "too few answers for themes"))
            continue
        note = "" if row["is_stable"] else "not stable: other starts give other themes"
        terms = row["terms"] or "no term was used by enough people"
        lines.append(ThemeLine(of, row["language"], str(int(row["theme_number"])), terms, told, note))
    return lines


def pair_lines_of_items(facts: Facts) -> list[PairLine]:
    """Items that say nearly the same; pairs of answers stay with the team."""
    return [
        PairLine(
            name_of(facts, facts.items[row["item_id"]], "rating"), name_of(facts, facts.items[row["other_item_id"]], "rating"),
            LIKENESS[row["likeness"]],
        )
        for row in facts.dictionaries("near_duplicates")
        if row["kind"] == "items"
    ]  # fmt: skip
