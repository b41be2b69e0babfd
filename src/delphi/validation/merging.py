"""The answers of a wave from all its sources: one per respondent, item, dimension and part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from delphi.study.model import Study, Wave
from delphi.validation.cells import INVALID, NONE, NOT_SHOWN, REASONS, RULES, UNKNOWN_EMPTY, factorise
from delphi.validation.columns import COMMENT, Target, asked_targets
from delphi.validation.notes import Notes
from delphi.validation.reading import Block
from delphi.validation.records import Batch
from delphi.validation.wholes import broken_wholes, needs_check


@dataclass(frozen=True)
class Merged:
    """Answers in parallel arrays, sorted by item, dimension, part and respondent.

    `targets` and `respondents` are what `target` and `respondent` point into; `batch` and `row` tell the
    record.
    """

    targets: tuple[Target, ...]
    respondents: tuple[str, ...]
    respondent: NDArray[np.int32]
    target: NDArray[np.int32]
    value: NDArray[np.float64]
    missing: NDArray[np.int8]
    text: NDArray[np.object_]
    comment: NDArray[np.object_]
    batch: NDArray[np.int32]
    row: NDArray[np.int64]


def note_cells(study: Study, batch: Batch, block: Block, notes: Notes) -> None:
    """A finding for every cell that holds something but no answer."""
    items = {item.item_id: item for item in study.items}
    for place in np.flatnonzero(block.rule != NONE):
        target = block.targets[block.target[place]]
        rule = RULES[block.rule[place]]
        reason = REASONS[rule].format(scale=items[target.item_id].dims[target.dimension])
        header = batch.header(int(block.column[place])) or ""
        record = int(block.record[place])
        raw = batch.cells(int(block.column[place]))[record]
        row = int(batch.rows[record])
        notes.cell(batch.source_id, rule, row, header, target.item_id, reason, raw)


def merge(
    study: Study, wave: Wave, batches: Sequence[Batch], blocks: Sequence[Block], notes: Notes
) -> Merged:
    """Bring the answers of all sources together and judge those that only make sense together."""
    merged = _resolved(_stacked(study, wave, batches, blocks), batches, notes)
    for one in _wholes(study, merged):
        _spoil(study, merged, *one, batches, notes)
    return merged


def _stacked(study: Study, wave: Wave, batches: Sequence[Batch], blocks: Sequence[Block]) -> Merged:
    """All answers in the order of the study file; comments on a whole item stand on its first dimension."""
    asked = list(asked_targets(study, wave.item_ids))
    first: dict[str, str] = {}
    for one in asked:
        first.setdefault(one.item_id, one.dimension)
    dimensions = dict.fromkeys((one.item_id, one.dimension) for one in asked)
    order = {one: n for n, one in enumerate(asked)}
    for item_id, dimension in dimensions:
        order[Target(item_id, dimension, COMMENT, True)] = len(order)
    sorted_targets = sorted(order, key=lambda one: (wave.item_ids.index(one.item_id), order[one]))
    numbers = {one: n for n, one in enumerate(sorted_targets)}
    for item_id, dimension in first.items():
        numbers[Target(item_id, "", COMMENT, True)] = numbers[Target(item_id, dimension, COMMENT, True)]
    names = [batch.respondents[block.record] for batch, block in zip(batches, blocks, strict=True)]
    empty = np.array([], dtype=object)
    codes, distinct = factorise(np.concatenate([*names, empty]))
    rank = np.empty(len(distinct) + 1, dtype=np.intp)
    ordered = sorted(range(len(distinct)), key=lambda n: distinct[n])
    rank[ordered] = np.arange(len(distinct))

    places = [np.array([numbers[one] for one in block.targets] or [0])[block.target] for block in blocks]
    owners = [np.full(len(block.record), n, dtype=np.int32) for n, block in enumerate(blocks)]
    rows = [batch.rows[block.record] for batch, block in zip(batches, blocks, strict=True)]
    respondent, target = rank[codes].astype(np.int32), _together(places, np.int32)
    batch, row = _together(owners, np.int32), _together(rows, np.int64)
    in_order = np.lexsort((row, batch, respondent, target))

    def of_blocks(name: str, kind: type) -> NDArray:  # type: ignore[type-arg]
        """One column in order; the next is made after it, so that few are held in two orders."""
        return _together([getattr(block, name) for block in blocks], kind)[in_order]

    return Merged(
        tuple(sorted_targets), tuple(distinct[n] for n in ordered), respondent[in_order], target[in_order],
        of_blocks("value", np.float64), of_blocks("missing", np.int8), of_blocks("text", np.object_),
        of_blocks("comment", np.object_), batch[in_order], row[in_order],
    )  # fmt: skip


def _together(parts: Sequence[NDArray], kind: type) -> NDArray:  # type: ignore[type-arg]
    return np.concatenate([part.astype(kind, copy=False) for part in parts] or [np.array([], dtype=kind)])


def _taken(merged: Merged, places: NDArray[np.intp]) -> Merged:
    names = ("respondent", "target", "value", "missing", "text", "comment", "batch", "row")
    return replace(merged, **{name: getattr(merged, name)[places] for name in names})


def _resolved(merged: Merged, batches: Sequence[Batch], notes: Notes) -> Merged:
    """One answer of each respondent on each target: what says most, and of several the latest."""
    key = merged.target.astype(np.int64) * (len(merged.respondents) + 1) + merged.respondent
    if not len(key) or not (key[1:] == key[:-1]).any():
        return merged
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    sizes = np.diff(np.r_[starts, len(key)])
    keep = starts.copy()
    value, missing = merged.value.copy(), merged.missing.copy()
    text, comment = merged.text.copy(), merged.comment.copy()
    weight = _weight(merged)
    for n in np.flatnonzero(sizes > 1):
        members = np.arange(starts[n], starts[n] + sizes[n])
        top = members[weight[members] == weight[members].max()]
        times = np.array([_time(batches[merged.batch[m]], int(merged.row[m])) for m in top])
        latest = top if (times == _UNKNOWN).any() else top[times == times.max()]
        keep[n] = min(latest, key=lambda m: (missing[m], m))
        if len({(value[m], merged.text[m]) for m in latest if missing[m] == NONE}) > 1:
            value[keep[n]], missing[keep[n]], text[keep[n]] = np.nan, INVALID, None
            _note_contradiction(merged, latest, batches, notes)
        words = dict.fromkeys(comment[m] for m in members if comment[m] is not None)
        comment[keep[n]] = "\n".join(words) or None
    return _taken(replace(merged, value=value, missing=missing, text=text, comment=comment), keep)


_UNKNOWN = -(2**62)


def _weight(merged: Merged) -> NDArray[np.int8]:
    """How much an answer says: a value most, then a reason, an empty cell, not having seen it."""
    weight = np.where(merged.missing == NONE, 3, 2).astype(np.int8)
    weight[merged.missing == UNKNOWN_EMPTY] = 1
    weight[merged.missing == NOT_SHOWN] = 0
    return weight


def _time(batch: Batch, row: int) -> int:
    place = int(np.searchsorted(batch.rows, row))
    instant = batch.submitted_at[place]
    return _UNKNOWN if np.isnat(instant) else int(instant.astype(np.int64))


def _note_contradiction(
    merged: Merged, members: NDArray[np.intp], batches: Sequence[Batch], notes: Notes
) -> None:
    rule = "duplicate_contradiction"
    target = merged.targets[merged.target[members[0]]]
    for member in members:
        source_id, row = batches[merged.batch[member]].source_id, int(merged.row[member])
        notes.records(source_id, rule, [row], REASONS[rule], items=[target.item_id])


def _wholes(study: Study, merged: Merged) -> Iterator[tuple[str, str, str, NDArray[np.intp]]]:
    """Answers of several parts that break a rule: item, dimension, rule, places of all their parts."""
    items = {item.item_id: item for item in study.items}
    wanted: dict[tuple[str, str], list[int]] = {}
    for number, target in enumerate(merged.targets):
        if not target.is_comment and needs_check(study.scale_of(items[target.item_id], target.dimension)):
            wanted.setdefault((target.item_id, target.dimension), []).append(number)
    for (item_id, dimension), numbers in wanted.items():
        first, last = np.searchsorted(merged.target, [numbers[0], numbers[-1] + 1])
        places = np.arange(first, last)
        if not len(places):
            continue
        who, local = np.unique(merged.respondent[places], return_inverse=True)
        shape = (len(who), len(numbers))
        values, missing = np.full(shape, np.nan), np.full(shape, NONE, dtype=np.int8)
        where = (local, merged.target[places] - numbers[0])
        values[where], missing[where] = merged.value[places], merged.missing[places]
        scale = study.scale_of(items[item_id], dimension)
        for rule, broken in broken_wholes(scale, values, missing):
            if broken.any():
                yield item_id, dimension, rule, places[broken[local]]


def _spoil(
    study: Study,
    merged: Merged,
    item_id: str,
    dimension: str,
    rule: str,
    places: NDArray[np.intp],
    batches: Sequence[Batch],
    notes: Notes,
) -> None:
    """Make all parts of broken answers invalid, with one finding each."""
    merged.value[places], merged.missing[places] = np.nan, INVALID
    reason = REASONS[rule].format(scale=study.item(item_id).dims[dimension])
    seen: set[int] = set()
    for place in places:
        who = int(merged.respondent[place])
        if who not in seen:
            seen.add(who)
            source_id = batches[merged.batch[place]].source_id
            notes.records(source_id, rule, [int(merged.row[place])], reason, items=[item_id])


def categorical(codes: NDArray[np.integer], names: Sequence[str]) -> pd.Series:
    """Texts from codes; -1 is null."""
    return pd.Series(np.array([*names, None], dtype=object)[codes], dtype="str")
