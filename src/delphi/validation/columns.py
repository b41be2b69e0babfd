"""What each column of a source's file means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from delphi.ingest.table import TextTable
from delphi.study.model import ColumnTarget, GroupColumn, LongColumn, LongLayout, Source, Study
from delphi.validation.headers import Headers, plain

COMMENT = "comment"
Place = Callable[[str, str | None], int | None]
"""Finds a column that the source names: key of the study file, header → place."""


@dataclass(frozen=True, order=True)
class Target:
    """Where the cells of a column belong. A comment on a whole item of several answers has no dimension."""

    item_id: str
    dimension: str
    part: str = ""
    is_comment: bool = False


@dataclass(frozen=True)
class LongPlaces:
    """Places of the columns of a long file, each with its codes; None where there is no such column."""

    item: tuple[int, LongColumn] | None
    value: tuple[int, LongColumn] | None
    dimension: tuple[int, LongColumn] | None
    part: tuple[int, LongColumn] | None
    comment: tuple[int, LongColumn] | None


@dataclass(frozen=True)
class Columns:
    """The columns of one file by their meaning; places count from 0.

    `doubled` are headers that map to one target, `unclear` headers that two rules of the study file claim,
    `absent` the columns (with their key in the study file) that the source names and the file lacks.
    """

    key: int | None
    targets: tuple[tuple[int, Target], ...]
    groups: tuple[tuple[str, int, GroupColumn], ...]
    long: LongPlaces | None
    wave: int | None
    pieces: int | None
    submitted_at: int | None
    started_at: int | None
    language: int | None
    state: int | None
    rows: tuple[int | None, ...]
    unknown: tuple[int, ...]
    doubled: tuple[tuple[str, str], ...]
    unclear: tuple[str, ...]
    absent: tuple[tuple[str, str], ...]


def columns_of(study: Study, source: Source, table: TextTable) -> Columns:
    """Give every column of a file its meaning."""
    headers = Headers(table.headers)
    ignored = {headers.find(name) for name in source.ignore}
    absent: list[tuple[str, str]] = []

    def place(path: str, name: str | None) -> int | None:
        if name is None:
            return None
        found = headers.find(name)
        if found is None:
            absent.append((path, name))
        return found

    key = headers.find(source.key)
    wave = place("wave", source.wave_from.column if source.wave_from else None)
    pieces = place("pieces", source.pieces)
    submitted = place("submitted_at", source.submitted_at)
    started = place("started_at", source.started_at)
    language = place("language", source.language)
    state = place("state", source.state.column if source.state else None)
    rows = tuple(place("rows", one.column) for one in source.rows)
    groups = tuple(_groups(study, source, headers, ignored, place))
    long = _long(source, headers, place) if source.layout == "long" else None
    single = (
        key,
        wave,
        pieces,
        submitted,
        started,
        language,
        state,
        *rows,
        *(where for _, where, _ in groups),
    )
    used = {where for where in single if where is not None}
    if long is not None:
        parts = (long.item, long.value, long.dimension, long.part, long.comment)
        used |= {one[0] for one in parts if one is not None}
    targets: list[tuple[int, Target]] = []
    unclear: list[str] = []
    if source.layout == "wide":
        targets, unclear = _targets(study, source, table.headers, {key, *ignored})
    used |= {where for where, _ in targets}
    unknown = tuple(p for p in range(len(table.headers)) if p not in used and p not in ignored)
    return Columns(
        key, tuple(targets), groups, long, wave, pieces, submitted, started, language, state, rows, unknown,
        tuple(_doubled(table.headers, targets)), tuple(unclear), tuple(absent),
    )  # fmt: skip


def asked_targets(study: Study, item_ids: tuple[str, ...]) -> Iterator[Target]:
    """Every item × dimension × part of these items, in the order of the study file."""
    items = {item.item_id: item for item in study.items}
    for item_id in item_ids:
        for dimension in items[item_id].dims:
            for part in study.scale_of(items[item_id], dimension).parts:
                yield Target(item_id, dimension, part)


def _groups(
    study: Study, source: Source, headers: Headers, ignored: set[int | None], place: Place
) -> Iterator[tuple[str, int, GroupColumn]]:
    for group_by in study.groups:
        declared = source.groups.get(group_by)
        if declared is not None:
            where = place(f"groups.{group_by}", declared.column)
        else:
            where, declared = headers.find(group_by), GroupColumn(column=group_by)
            where = None if where in ignored else where
        if where is not None:
            yield group_by, where, declared


def _long(source: Source, headers: Headers, place: Place) -> LongPlaces:
    """Places of a long file's columns: as declared, else those of the same name."""
    layout = source.long
    if layout is None:
        known = {name: LongColumn(column=name) for name in ("value", "dimension", "part", "comment")}
        there = {name: column for name, column in known.items() if headers.find(name) is not None}
        layout = LongLayout(item=LongColumn(column="item"), value=there.pop("value", None), **there)

    def find(name: str) -> tuple[int, LongColumn] | None:
        column = getattr(layout, name)
        where = place(f"long.{name}", column.column if column else None)
        return None if where is None else (where, column)

    return LongPlaces(*(find(name) for name in ("item", "value", "dimension", "part", "comment")))


def _targets(
    study: Study, source: Source, headers: tuple[str, ...], no_answers: set[int | None]
) -> tuple[list[tuple[int, Target]], list[str]]:
    """Columns that hold answers or comments, and headers that two rules claim."""
    shapes = _shapes(study)
    exact = {rule.pattern: rule.target for rule in source.columns if not rule.is_regex}
    by_plain = {plain(pattern): target for pattern, target in exact.items()}
    patterns = [(re.compile(rule.pattern), rule.target) for rule in source.columns if rule.is_regex]
    defaults: dict[str, Target] | None = None
    targets, unclear = [], []
    for place, header in enumerate(headers):
        if not header:
            continue
        compared = plain(header)
        claims = []
        target = exact.get(header) or by_plain.get(compared)
        if target is not None:
            claims.append(_resolve(target, {}, source.names, shapes))
        for pattern, rule_target in patterns:
            match = pattern.fullmatch(header) or pattern.fullmatch(compared)
            if match:
                claims.append(_resolve(rule_target, match.groupdict(), source.names, shapes))
        if len(claims) > 1:
            unclear.append(header)
        elif claims:
            targets += [(place, claims[0])] if claims[0] else []
        elif place not in no_answers:
            if defaults is None:
                defaults = _defaults(study)
            found = defaults.get(compared)
            targets += [(place, found)] if found else []
    return targets, unclear


def _shapes(study: Study) -> dict[str, dict[str, tuple[str, ...]]]:
    """Item → dimension → parts."""
    return {
        item.item_id: {dimension: study.scales[scale].parts for dimension, scale in item.dims.items()}
        for item in study.items
    }


def _resolve(
    target: ColumnTarget,
    caught: dict[str, str | None],
    names: dict[str, str],
    shapes: dict[str, dict[str, tuple[str, ...]]],
) -> Target | None:
    """A rule's target for one header; None when there is no such item, dimension or part."""
    values = {name: _named(text or "", names) for name, text in caught.items()}

    def fill(text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)

    item_id, dimension, part = fill(target.item), fill(target.dimension), fill(target.part)
    dimensions = shapes.get(item_id)
    if dimensions is None:
        return None
    if target.is_comment:
        return comment_target(item_id, dimension, dimensions) if dimension in ("", *dimensions) else None
    if not dimension and len(dimensions) == 1:
        dimension = next(iter(dimensions))
    known = dimension in dimensions and part in dimensions[dimension]
    return Target(item_id, dimension, part) if known else None


def _named(text: str, names: dict[str, str]) -> str:
    stripped = text.strip()
    return names.get(text, names.get(stripped, names.get(plain(text), stripped)))


def comment_target(item_id: str, dimension: str, dimensions: dict[str, tuple[str, ...]]) -> Target:
    """Where a comment belongs: to the one answer it can mean, else to the item as a whole."""
    if not dimension and len(dimensions) == 1:
        dimension = next(iter(dimensions))
    return Target(item_id, dimension, COMMENT, True)


def _defaults(study: Study) -> dict[str, Target]:
    """Headers that speak for themselves: `item`, `item_dimension`, `item_part`, `item_dimension_part`,
    `item_comment`.

    A header that could mean two of them means neither.
    """
    found: dict[str, Target | None] = {}

    def offer(header: str, target: Target) -> None:
        compared = plain(header)
        found[compared] = target if found.get(compared, target) == target else None

    for item_id, dimensions in _shapes(study).items():
        for dimension, parts in dimensions.items():
            stems = [f"{item_id}_{dimension}"] + ([item_id] if len(dimensions) == 1 else [])
            for stem, part in ((stem, part) for stem in stems for part in parts):
                offer(f"{stem}_{part}" if part else stem, Target(item_id, dimension, part))
        offer(f"{item_id}_comment", comment_target(item_id, "", dimensions))
    return {header: target for header, target in found.items() if target is not None}


def _doubled(headers: tuple[str, ...], targets: list[tuple[int, Target]]) -> Iterator[tuple[str, str]]:
    first: dict[Target, int] = {}
    for place, target in targets:
        if target in first:
            yield headers[first[target]], headers[place]
        first.setdefault(target, place)


def used_places(columns: Columns) -> tuple[int, ...]:
    """Places of all columns that say something about a record, without those nobody declared."""
    long = columns.long
    parts = (long.item, long.value, long.dimension, long.part, long.comment) if long else ()
    single = (columns.key, columns.wave, columns.pieces, columns.submitted_at, columns.started_at,
    columns.language,
              columns.state, *columns.rows)  # fmt: skip
    many = chain(
        (p for p in single if p is not None),
        (p for p, _ in columns.targets),
        (p for _, p, _ in columns.groups),
        (one[0] for one in parts if one),
    )
    return tuple(sorted(set(many)))
