"""Items that no rule judges: choices, rankings, numbers, and ratings outside the rules."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.outputs.facts import Cell, Facts
from delphi.outputs.ratings import Name, name_of
from delphi.outputs.wording import NONE, number, percent
from delphi.study.model import Item, Scale, Wave

Shown = tuple[str, float | None]
"""What a cell says, and the length of its bar in per cent; None: no bar."""
Row = tuple[str, tuple[Shown, ...]]
"""A label and a cell per wave."""


@dataclass(frozen=True)
class Described:
    """A table of one item: a row per choice or number, a column per wave."""

    name: Name
    theme: str | None
    kind: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str
    is_open: bool


def described_items(facts: Facts) -> list[Described]:
    """Every item × dimension without a standing verdict; of open questions only how many answered."""
    found = []
    for item in facts.study.items:
        for dimension in item.dims:
            cell = (item.item_id, dimension)
            waves = facts.waves_of(cell)
            if cell not in facts.standing and waves:
                found.append(_described(facts, item, dimension, waves))
    return found


def _described(facts: Facts, item: Item, dimension: str, waves: list[Wave]) -> Described:
    cell, scale = (item.item_id, dimension), facts.study.scale_of(item, dimension)
    rows: list[Row] = []
    note = ""
    if scale.kind in ("nominal", "multi"):
        kind = "Choose one" if scale.kind == "nominal" else _choose(scale)
        rows = _choices(facts, cell, scale, waves)
        note = "Share of those who answered the question." if scale.kind == "multi" else ""
    elif scale.kind == "rank":
        kind = "Ranking, 1 is first"
        rows = _ranks(facts, cell, scale, waves)
        note = "Mean rank of those who ranked the object; Kendall’s W, from complete rankings, is 1 when all rank alike."
    elif scale.kind == "text":
        kind = "Open question"
    elif scale.kind == "ordinal":
        kind = "Rating, not judged by a rule"
        rows = _numbers(facts, cell, scale, waves)
    else:
        kind = "Number" if scale.kind != "year" else "Year"
        kind += f" ({scale.units})" if scale.units else ""
        rows = _numbers(facts, cell, scale, waves)
    sizes = [_size(facts, cell, scale, wave) for wave in waves]
    size_row = ("Answers (n)", tuple((_sized(n, facts.min_n), None) for n in sizes))
    return Described(
        name=name_of(facts, item, dimension), theme=item.theme, kind=kind,
        columns=tuple(wave.wave_id for wave in waves), rows=(size_row, *rows), note=note,
        is_open=scale.kind == "text",
    )  # fmt: skip


def _choose(scale: Scale) -> str:
    choose = scale.choose
    if choose is None:
        return "Choose any"
    if choose.exactly is not None:
        return f"Choose exactly {choose.exactly}"
    parts = [f"at least {choose.at_least}"] if choose.at_least is not None else []
    parts += [f"at most {choose.at_most}"] if choose.at_most is not None else []
    return f"Choose {' and '.join(parts)}" if parts else "Choose any"


def _size(facts: Facts, cell: Cell, scale: Scale, wave: Wave) -> int:
    """Valid answers: of an item with parts, of the part that most answered."""
    sizes = [facts.value("n_valid", wave.wave_id, cell, part=part) for part in scale.parts]
    sizes += [sum(facts.counts(wave.wave_id, cell, part=part).values()) for part in scale.parts]
    return round(max((size for size in sizes if size is not None), default=0))


def _sized(n: int, min_n: int) -> str:
    return f"fewer than {min_n}" if 0 < n < min_n else str(n)


def _choices(facts: Facts, cell: Cell, scale: Scale, waves: list[Wave]) -> list[Row]:
    rows = []
    for category in scale.categories:
        cells: list[Shown] = []
        for wave in waves:
            part = category.code if scale.kind == "multi" else ""
            counts = facts.counts(wave.wave_id, cell, part=part)
            n, chosen = sum(counts.values()), counts.get(1 if scale.kind == "multi" else category.value, 0)
            is_shown = n >= facts.min_n
            cells.append((percent(chosen, n) if is_shown else NONE, 100 * chosen / n if is_shown else None))
        rows.append((category.label, tuple(cells)))
    return sorted(rows, key=lambda row: -(row[1][-1][1] or 0))


def _ranks(facts: Facts, cell: Cell, scale: Scale, waves: list[Wave]) -> list[Row]:
    rows = []
    for category in scale.categories:
        means = [facts.statistic("mean", wave.wave_id, cell, part=category.code) for wave in waves]
        shown = [None if one is None or (one.n or 0) < facts.min_n else one.value for one in means]
        rows.append((category.label, tuple((number(value, 2), None) for value in shown), shown[-1]))
    rows.sort(key=lambda row: row[2] if row[2] is not None else len(rows) + 1.0)
    listed: list[Row] = [(label, cells) for label, cells, _ in rows]
    agreement = [facts.statistic("kendall_w", wave.wave_id, cell) for wave in waves]
    told = tuple(
        (number(one.value, 2) if one is not None and (one.n or 0) >= facts.min_n else NONE, None)
        for one in agreement
    )
    return [*listed, ("Kendall’s W", told)]


def _numbers(facts: Facts, cell: Cell, scale: Scale, waves: list[Wave]) -> list[Row]:
    rows: list[Row] = []
    for part in scale.parts:
        prefix = f"{part}: " if part else ""
        for label, names in (("median", ("median",)), ("middle half (Q1–Q3)", ("q1", "q3"))):
            cells: list[Shown] = []
            for wave in waves:
                found = [facts.statistic(name, wave.wave_id, cell, part=part) for name in names]
                is_shown = all(
                    one is not None and one.value is not None and (one.n or 0) >= facts.min_n for one in found
                )
                text = (
                    "–".join(number(one.value, 2) for one in found if one is not None) if is_shown else NONE
                )
                cells.append((text, None))
            rows.append((f"{prefix}{label}"[:1].upper() + f"{prefix}{label}"[1:], tuple(cells)))
    return rows
