"""Cells of accepted records → answers, one per record, item, dimension and part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from delphi.ingest.table import TextColumn
from delphi.study.model import LongColumn, Study
from delphi.validation.cells import NONE, Codebook, Codebooks, factorise, read_columns
from delphi.validation.columns import LongPlaces, Target, comment_target
from delphi.validation.notes import Notes
from delphi.validation.records import ACCEPTED, QUARANTINED, Batch


@dataclass(frozen=True)
class Block:
    """Answers of one batch, in parallel arrays; `targets` is what `target` points into.

    `record` is the place in the batch; `text`, `comment` are None where there is none; `column` is the place
    of the cell's column. A comment on its own has `missing` and `rule` NONE and no value.
    """

    targets: tuple[Target, ...]
    record: NDArray[np.intp]
    target: NDArray[np.intp]
    value: NDArray[np.float64]
    missing: NDArray[np.int8]
    rule: NDArray[np.int8]
    text: NDArray[np.object_]
    comment: NDArray[np.object_]
    column: NDArray[np.intp]


def read_wide(study: Study, batch: Batch, asked: frozenset[Target], records: NDArray[np.intp]) -> Block:
    """Answers of some records of a wide file: every asked column, also where there is no answer."""
    books = Codebooks(study, batch.source)
    answers = [(place, one) for place, one in batch.columns.targets if one in asked]
    comments = [(place, one) for place, one in batch.columns.targets if one.is_comment]
    order = {target: n for n, (_, target) in enumerate(answers)}
    places = [place for place, _ in answers]
    shape = (len(records), len(places))
    value, missing, rule, texts = read_columns(
        [batch.cells(place) for place in places],
        records,
        [books.of(t.item_id, t.dimension, t.part) for _, t in answers],
    )
    text = np.full(shape, None, dtype=object)
    for n, words in texts.items():
        text[:, n] = words
    comment = np.full(shape, None, dtype=object)
    loose: list[tuple[int, Target, NDArray[np.object_]]] = []
    asked_items = {one.item_id for one in asked}
    for place, target in comments:
        if target.item_id not in asked_items:
            continue
        words = comment_cells(batch.cells(place), records)
        answer = order.get(Target(target.item_id, target.dimension, ""))
        if answer is None:
            loose.append((place, target, words))
        else:
            comment[:, answer] = words
    block = Block(
        tuple(target for _, target in answers),
        np.repeat(records, len(places)), np.tile(np.arange(len(places)), len(records)),
        value.ravel(), missing.ravel(), rule.ravel(), text.ravel(), comment.ravel(),
        np.tile(np.array(places, dtype=np.intp), len(records)),
    )  # fmt: skip
    return joined([block, *(_comments_only(records, target, words, place) for place, target, words in loose)])


def _comments_only(
    records: NDArray[np.intp], target: Target, words: NDArray[np.object_], place: int
) -> Block:
    there = np.array([word is not None for word in words], dtype=bool)
    size = int(there.sum())
    nothing = np.full(size, NONE, dtype=np.int8)
    return Block(
        (target,), records[there], np.zeros(size, dtype=np.intp), np.full(size, np.nan), nothing, nothing,
        np.full(size, None, dtype=object), words[there],
        np.full(size, place, dtype=np.intp),
    )  # fmt: skip


def comment_cells(cells: TextColumn, records: NDArray[np.intp]) -> NDArray[np.object_]:
    """Comments of some records without surrounding blanks; None where there is none."""
    codes, distinct = factorise(cells)
    return np.array([*(text.strip() or None for text in distinct), None], dtype=object)[codes[records]]


@dataclass(frozen=True)
class LongRows:
    """What the rows of a long file are about; `target` is NONE for rows that are not accepted."""

    targets: tuple[Target, ...]
    target: NDArray[np.intp]


def aim_long(study: Study, batch: Batch, asked: frozenset[Target], notes: Notes) -> LongRows:
    """Find what every accepted row is about; rows about something unknown are quarantined."""
    long = batch.columns.long
    size = len(batch.rows)
    if long is None or long.item is None:
        return LongRows((), np.full(size, NONE, dtype=np.intp))
    names = ("item", "dimension", "part")
    columns = [_ids(batch, getattr(long, name)) for name in names]
    combined = np.zeros(size, dtype=np.int64)
    for codes, distinct in columns:
        combined = combined * len(distinct) + codes
    codes, first = _first_of_each(combined)
    aims: list[Target | str] = []
    for place in first:
        item, dimension, part = (distinct[codes_[place]] for codes_, distinct in columns)
        aims.append(_aim(study, item, dimension, part, long, asked))
    targets = tuple(dict.fromkeys(aim for aim in aims if isinstance(aim, Target)))
    numbers = {target: n for n, target in enumerate(targets)}
    target = np.array(
        [numbers[aim] if isinstance(aim, Target) else NONE for aim in aims] + [NONE], dtype=np.intp
    )[codes]
    faults = np.array([aim if isinstance(aim, str) else "" for aim in aims] + [""], dtype=object)[codes]
    for name in names:
        which = (faults == f"unknown_{name}") & (batch.outcome == ACCEPTED)
        if which.any():
            place = (getattr(long, name) or long.item)[0]
            reason = f"the wave asks no such {name}, or the study file lists no such text"
            notes.records(
                batch.source_id, f"unknown_{name}", batch.rows[which], reason, batch.header(place),
                raw=batch.cells(place)[which],
            )  # fmt: skip
            batch.outcome[which] = QUARANTINED
    target = np.where(batch.outcome == ACCEPTED, target, NONE)
    return LongRows(targets, target)


def _first_of_each(combined: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    codes, distinct = pd.factorize(combined)
    first = np.full(len(distinct), -1, dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, first


def _ids(batch: Batch, column: tuple[int, LongColumn] | None) -> tuple[NDArray[np.integer], list[str]]:
    """Codes and ids of a column that names items, dimensions or parts; the empty text where it says none."""
    if column is None:
        return np.zeros(len(batch.rows), dtype=np.intp), [""]
    codes, distinct = factorise(batch.cells(column[0]))
    listed = {raw.strip(): target for raw, target in column[1].codes.items()}
    return codes, [listed.get(text.strip(), text.strip()) for text in distinct] or [""]


def _aim(
    study: Study, item_id: str, dimension: str, part: str, long: LongPlaces, asked: frozenset[Target]
) -> Target | str:
    """What a row is about, or the rule that it breaks."""
    dimensions: dict[str, list[str]] = {}
    for one in asked:
        if one.item_id == item_id:
            dimensions.setdefault(one.dimension, []).append(one.part)
    if not dimensions:
        return "unknown_item"
    if dimension and dimension not in dimensions:
        return "unknown_dimension"
    if long.value is None:
        return comment_target(item_id, dimension, {name: tuple(parts) for name, parts in dimensions.items()})
    if not dimension:
        if len(dimensions) > 1:
            return "unknown_dimension"
        dimension = next(iter(dimensions))
    return Target(item_id, dimension, part) if part in dimensions[dimension] else "unknown_part"


def read_long(study: Study, batch: Batch, aimed: LongRows, records: NDArray[np.intp]) -> Block:
    """Answers of some rows of a long file."""
    long, size = batch.columns.long, len(records)
    target = aimed.target[records]
    value, text = np.full(size, np.nan), np.full(size, None, dtype=object)
    missing, rule = np.full(size, NONE, dtype=np.int8), np.full(size, NONE, dtype=np.int8)
    column = np.zeros(size, dtype=np.intp)
    comment = np.full(size, None, dtype=object)
    if long is not None and long.comment is not None:
        comment = comment_cells(batch.cells(long.comment[0]), records)
    keep = np.ones(size, dtype=bool)
    if long is not None and long.value is not None:
        books = Codebooks(study, batch.source)
        column = np.full(size, long.value[0], dtype=np.intp)
        all_codes, distinct = factorise(batch.cells(long.value[0]))
        codes = all_codes[records]
        shared: dict[int, tuple[Codebook, list[int]]] = {}
        for n, one in enumerate(aimed.targets):
            book = books.of(one.item_id, one.dimension, one.part)
            shared.setdefault(id(book), (book, []))[1].append(n)
        for book, numbers in shared.values():
            which = np.flatnonzero(np.isin(target, numbers))
            present, local = np.unique(codes[which], return_inverse=True)
            read = book.read([distinct[code] for code in present])
            value[which], missing[which], rule[which] = (
                read.values[local],
                read.missing[local],
                read.rules[local],
            )
            if read.texts is not None:
                text[which] = read.texts[local]
    else:
        keep = np.array([word is not None for word in comment], dtype=bool)
    return Block(
        aimed.targets, records[keep], target[keep], value[keep], missing[keep], rule[keep], text[keep],
        comment[keep], column[keep],
    )  # fmt: skip


def joined(blocks: Sequence[Block]) -> Block:
    """Several blocks of one batch as one."""
    if len(blocks) == 1:
        return blocks[0]
    targets = tuple(dict.fromkeys(target for block in blocks for target in block.targets))
    numbers = {target: n for n, target in enumerate(targets)}
    renumbered = [
        np.array([numbers[target] for target in block.targets] or [0], dtype=np.intp)[block.target]
        for block in blocks
    ]

    def all_of(name: str) -> NDArray:  # type: ignore[type-arg]
        return np.concatenate([getattr(block, name) for block in blocks])

    return Block(
        targets, all_of("record"), np.concatenate(renumbered), all_of("value"), all_of("missing"),
        all_of("rule"),
        all_of("text"), all_of("comment"), all_of("column"),
    )  # fmt: skip


def note_unasked(study: Study, batch: Batch, asked: frozenset[Target], notes: Notes) -> None:
    """A finding for every column with answers to what the wave does not ask; they are not loaded."""
    books = Codebooks(study, batch.source)
    current = np.flatnonzero(batch.is_current)
    for place, target in batch.columns.targets:
        if target in asked or target.is_comment:
            continue
        codes, distinct = factorise(batch.cells(place))
        read = books.of(target.item_id, target.dimension, target.part).read(distinct)
        n = int(((read.missing == NONE) | (read.rules != NONE))[codes[current]].sum())
        if n:
            reason = (
                f"the wave does not ask {target.item_id}, so that {n} cells of this column are not loaded"
            )
            notes.file(batch.source_id, "unknown_column", reason, batch.header(place))
