"""Rows of one wave on groups of opinion, themes and near-duplicate statements: proposals, with the evidence beside them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from delphi.opinions.near_duplicates import NearDuplicates, near_duplicates
from delphi.opinions.opinion_groups import OpinionGroups, opinion_groups
from delphi.opinions.terms import terms_of
from delphi.opinions.themes import Themes, nmf_themes
from delphi.opinions.votes import Votes
from delphi.stages.ingest import OPINION_TABLES
from delphi.study.model import Item, Scale, Study, Wave
from delphi.study.resolving_analysis import gives_votes
from delphi.warehouse.tables import columns_of
from delphi.warehouse.warehouse import Warehouse

COMMENTS, POOL = "comments", "all"
Cell = tuple[str, str]
Frames = dict[str, pd.DataFrame]
Rows = dict[str, list[tuple[Any, ...]]]


def opinion_rows(study: Study, wave_id: str, warehouse: Warehouse) -> Frames:
    """Rows of the six tables for one wave; a table for which nothing is declared has none."""
    wave, rows = study.wave(wave_id), {table: [] for table in OPINION_TABLES}  # type: Wave, Rows
    wanted = study.analysis
    if wanted.opinion_groups is not None and _is_meant(wave, wanted.opinion_groups.waves):
        _add_groups(study, wave, warehouse, rows)
    if wanted.themes is not None and _is_meant(wave, wanted.themes.waves):
        _add_themes(study, wave, warehouse, rows)
    if wanted.near_duplicates is not None:
        _add_pairs(study, wave, warehouse, rows)
    return {table: _frame(table, given) for table, given in rows.items()}


def _frame(table: str, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns_of(table)), dtype=object)


def _is_meant(wave: Wave, waves: tuple[str, ...] | None) -> bool:
    return waves is None or wave.wave_id in waves


def _add_groups(study: Study, wave: Wave, warehouse: Warehouse, rows: Rows) -> None:
    """The map of a wave, who is where on it, and what the groups agree on."""
    chosen = study.analysis.opinion_groups
    if chosen is None:
        return
    cells = [
        ((item.item_id, dimension), study.scales[scale_id])
        for item in study.items
        for dimension, scale_id in item.dims.items()
        if gives_votes(study.scales[scale_id])
        and item.item_id in wave.item_ids
        and (chosen.items is None or item.item_id in chosen.items)
        and (chosen.dims is None or dimension in chosen.dims)
    ]  # fmt: skip
    if len(cells) < 2:
        return
    people, votes = _votes(warehouse, wave, cells)
    if not people:
        return
    found = opinion_groups(
        votes, chosen.seed, chosen.numbers, least_votes=chosen.least_votes, least_persons=chosen.least_persons,
        minimum_cell=study.privacy.small_cells_min_n,
    )  # fmt: skip
    rows["opinion_maps"].append(_map_row(wave, found))
    places, own = found.map.coordinates, votes.answered
    for person, name in enumerate(people):
        group = int(found.group[person])
        rows["opinion_members"].append(
            (
                wave.wave_id,
                name,
                group + 1 if group >= 0 else None,
                *_numbers(*places[person]),
                int(own[person]),
            )
        )
    for statement, (cell, _) in enumerate(cells):
        rows["opinion_statements"] += _statement_rows(wave, cell, statement, found)


def _votes(warehouse: Warehouse, wave: Wave, cells: Sequence[tuple[Cell, Scale]]) -> tuple[list[str], Votes]:
    """Who voted, and the votes: 1 in the agreement band, -1 in the opposite one, 0 between or without an opinion."""
    frame = warehouse.read("votes_of_wave", wave_id=wave.wave_id)
    place = {cell: number for number, (cell, _) in enumerate(cells)}
    names = list(zip(frame["item_id"], frame["dimension"], strict=True))
    statement = np.array([place.get(name, -1) for name in names], dtype=np.int64)
    known = statement >= 0
    frame, statement = frame[known], statement[known]
    person, people = pd.factorize(frame["respondent_id"], sort=True)
    bounds = np.array([_bounds(scale) for _, scale in cells], dtype=np.float64).reshape(-1, 4)[statement]
    value = frame["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    vote = ((value >= bounds[:, 0]) & (value <= bounds[:, 1])).astype(np.int64)
    vote -= (value >= bounds[:, 2]) & (value <= bounds[:, 3])
    votes = Votes.from_rows(person, statement, vote, n_persons=len(people), n_statements=len(cells))
    return [str(name) for name in people], votes


def _bounds(scale: Scale) -> tuple[float, float, float, float]:
    """Ends of the band that agrees, and of the opposite one."""
    agreed, opposed = scale.agreement_band, scale.opposite_band
    if agreed is None or opposed is None:
        raise AssertionError("votes are read on scales with bands")
    return agreed.low, agreed.high, opposed.low, opposed.high


def _map_row(wave: Wave, found: OpinionGroups) -> tuple[Any, ...]:
    stable = found.stability
    tried = dict(zip(map(str, found.grouping.tried), _numbers(*found.grouping.silhouettes), strict=True))
    is_found = found.reason is None
    return (
        wave.wave_id, found.n_persons, found.n_voters, found.n_grouped, found.n_votes,
        found.grouping.k if is_found else None, *_numbers(found.grouping.silhouette),
        found.is_structured if is_found else None, *_numbers(*found.map.explained), *_numbers(_mean(stable.rand), _mean(stable.rand_of_seeds)),
        *_numbers(stable.same_k if len(stable.rand) else np.nan), found.reason, " ".join(found.flags) or None,
        json.dumps({**found.options, "silhouettes": tried}, sort_keys=True),
    )  # fmt: skip


def _statement_rows(
    wave: Wave, cell: Cell, statement: int, found: OpinionGroups
) -> Iterator[tuple[Any, ...]]:
    """One row for everybody, then one per group."""
    everybody = {one.statement: (one.position, rank) for rank, one in enumerate(found.consensus, 1)}
    against, passed, agreed = (int(n) for n in found.everybody[statement])
    x, y = found.map.loadings[:, statement]
    yield (
        wave.wave_id, *cell, 0, agreed, against, passed, None, None, None, None,
        *everybody.get(statement, (None, None)),
        *_numbers(found.group_aware_agree[statement], found.group_aware_disagree[statement], x, y),
    )  # fmt: skip
    for group in range(len(found.sizes)):
        stands = {
            one.statement: (one.position, rank) for rank, one in enumerate(found.representative[group], 1)
        }
        against, passed, agreed = (int(n) for n in found.counts[statement, group])
        stats = (found.agree, found.disagree)
        shares = [np.nan if one is None else one.probability[statement, group] for one in stats]
        times = [np.nan if one is None else one.ratio[statement, group] for one in stats]
        yield (
            wave.wave_id, *cell, group + 1, agreed, against, passed, *_numbers(*shares, *times),
            *stands.get(statement, (None, None)), None, None, None, None,
        )  # fmt: skip


def _numbers(*values: float) -> tuple[float | None, ...]:
    return tuple(float(value) if np.isfinite(value) else None for value in values)


def _mean(values: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _add_themes(study: Study, wave: Wave, warehouse: Warehouse, rows: Rows) -> None:
    """Themes of each open item, language by language, and of the comments."""
    chosen = study.analysis.themes
    if chosen is None:
        return
    wanted = {item.item_id for item in study.items if _is_open(study, item)} & set(
        chosen.items or wave.item_ids
    )
    open_answers = warehouse.read("texts_of_wave", wave_id=wave.wave_id, comments=False)
    open_answers = open_answers[open_answers["item_id"].isin(wanted)]
    frames = [open_answers.assign(pool=POOL if chosen.pool else open_answers["item_id"])]
    if chosen.comments:
        comments = warehouse.read("texts_of_wave", wave_id=wave.wave_id, comments=True)
        frames.append(comments.assign(pool=COMMENTS))
    for (pool, language), own in pd.concat(frames).groupby(["pool", "language"], sort=True):
        spoken = str(language) or (study.languages[0] if len(study.languages) == 1 else "")
        found = nmf_themes(
            own["text"].astype(str).tolist(),
            spoken,
            chosen.numbers,
            seed=chosen.seed,
            more_stop_words=chosen.stop_words,
        )
        _add_theme_rows(study, wave, (str(pool), spoken), own, found, rows)


def _add_theme_rows(
    study: Study, wave: Wave, of: tuple[str, str], own: pd.DataFrame, found: Themes, rows: Rows
) -> None:
    params = json.dumps(
        {"numbers": list(found.tried), "seed": study.analysis.themes.seed if study.analysis.themes else 1}
    )
    if found.reason is not None:
        rows["themes"].append((wave.wave_id, *of, None, None, len(own), None, None, found.reason, params))
        return
    people, items, texts = (own[name].astype(str).tolist() for name in ("respondent_id", "item_id", "text"))
    # A term that few people used could be a name that one of them typed.
    used = {
        (person, term) for person, text in zip(people, texts, strict=True) for term in terms_of(text, of[1])
    }
    users = Counter(term for _, term in used)
    for number, theme in enumerate(found.themes, 1):
        shown = [term for term in theme.terms if users[term] >= study.privacy.small_cells_min_n]
        told = (theme.n_texts, *_numbers(theme.coherence), found.is_stable, None, params)
        rows["themes"].append((wave.wave_id, *of, number, ", ".join(shown), *told))
        for place in np.flatnonzero(found.theme == number - 1).tolist():
            weight, is_example = float(found.weights[place, number - 1]), place in theme.examples
            rows["theme_texts"].append(
                (wave.wave_id, items[place], people[place], number, weight, is_example)
            )


def _is_open(study: Study, item: Item) -> bool:
    return any(study.scales[scale_id].kind == "text" for scale_id in item.dims.values())


def _add_pairs(study: Study, wave: Wave, warehouse: Warehouse, rows: Rows) -> None:
    """Pairs of open answers of the wave, each open item for itself; pairs of items stand with the first wave."""
    chosen = study.analysis.near_duplicates
    if chosen is None:
        return
    bounds = (float(chosen.token_set), float(chosen.cosine))
    if "items" in chosen.of and wave.sequence == min(one.sequence for one in study.waves):
        wordings = warehouse.table("wordings").sort_values(["language", "item_id", "from_wave_id"])
        for _, own in wordings.drop_duplicates(["language", "item_id"], keep="last").groupby(
            "language", sort=True
        ):
            names, texts = own["item_id"].tolist(), own["text"].astype(str).tolist()
            for pair in near_duplicates(texts, *bounds).pairs:
                told = (pair.kind, float(pair.token_set), float(pair.cosine))
                row = (wave.wave_id, "items", names[pair.first], names[pair.second], None, None, *told)
                if row[:4] not in {one[:4] for one in rows["near_duplicates"]}:
                    rows["near_duplicates"].append(row)
    if "answers" in chosen.of:
        frame = warehouse.read("texts_of_wave", wave_id=wave.wave_id, comments=False)
        given = zip(
            frame["item_id"],
            frame["respondent_id"],
            frame["text"].astype(str),
            frame["language"],
            strict=True,
        )
        for item_id, group in groupby(given, key=lambda one: one[0]):
            own_texts = list(group)
            found: NearDuplicates = near_duplicates(
                [text for _, _, text, _ in own_texts],
                *bounds,
                languages=[language for *_, language in own_texts],
            )
            for pair in found.pairs:
                first, second = own_texts[pair.first][1], own_texts[pair.second][1]
                told = (pair.kind, float(pair.token_set), float(pair.cosine))
                rows["near_duplicates"].append(
                    (wave.wave_id, "answers", item_id, item_id, first, second, *told)
                )
