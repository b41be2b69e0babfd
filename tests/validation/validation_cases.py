"""Small studies and tables for the tests of validation, and a short way to run them."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from delphi.ingest.table import Aside, TextTable, column_of
from delphi.study.model import (
    Category,
    Choose,
    Dialect,
    Group,
    Item,
    Scale,
    Source,
    Study,
    Wave,
)
from delphi.validation.delivery import Delivery
from delphi.validation.wave import Earlier, WaveRecords, validate_wave


def points(low: int, high: int, labels: dict[int, str] | None = None) -> tuple[Category, ...]:
    names = labels or {}
    return tuple(Category(value=n, code=str(n), label=names.get(n, str(n))) for n in range(low, high + 1))


def choices(**labels: str) -> tuple[Category, ...]:
    return tuple(
        Category(value=n, code=code, label=label) for n, (code, label) in enumerate(labels.items(), 1)
    )


SCALES = {
    scale.scale_id: scale
    for scale in (
        Scale(
            scale_id="imp9",
            kind="ordinal",
            minimum=1,
            maximum=9,
            categories=points(1, 9, {1: "low", 9: "critical"}),
        ),
        Scale(scale_id="likert", kind="ordinal", minimum=-1, maximum=1, categories=points(-1, 1)),
        Scale(scale_id="size", kind="nominal", categories=choices(s="1-49", m="50-249")),
        Scale(
            scale_id="codes",
            kind="nominal",
            categories=(Category(value=-1, code="-1", label="no"), Category(value=1, code="1", label="yes")),
        ),
        Scale(
            scale_id="pick2",
            kind="multi",
            categories=choices(a="Apple", b="Bread", c="Corn"),
            choose=Choose(exactly=2),
        ),
        Scale(scale_id="any", kind="multi", categories=choices(a="Apple", b="Bread")),
        Scale(scale_id="top", kind="rank", categories=choices(x="X", y="Y", z="Z")),
        Scale(scale_id="toppart", kind="rank", categories=choices(x="X", y="Y", z="Z"), partial=True),
        Scale(scale_id="topties", kind="rank", categories=choices(x="X", y="Y", z="Z"), ties=True),
        Scale(scale_id="percent", kind="integer", minimum=0, maximum=100),
        Scale(scale_id="days", kind="number", minimum=0),
        Scale(scale_id="year", kind="year", minimum=2015, maximum=2030),
        Scale(scale_id="chance", kind="interval", minimum=0, maximum=100),
        Scale(scale_id="words", kind="text"),
    )
}

RECEIVED = datetime(2026, 4, 1, 12, tzinfo=UTC)


def item(item_id: str, scale: str = "imp9", **more: object) -> Item:
    return Item(item_id=item_id, dims={"rating": scale}, **more)  # type: ignore[arg-type]


def source(entry_id: str = "answers", waves: Sequence[str] = ("r1",), **more: object) -> Source:
    known: dict[str, object] = {
        "dialect": Dialect(platform="csv"), "file": "r1.csv", "key": "id", "key_is_pseudonym": True,
    }  # fmt: skip
    return Source(entry_id=entry_id, waves=tuple(waves), **(known | more))  # type: ignore[arg-type]


def wave(wave_id: str = "r1", sequence: int = 1, item_ids: Sequence[str] = (), **more: object) -> Wave:
    known: dict[str, object] = {"kind": "round", "round_kind": "rating"}
    facts = known | more | {"wave_id": wave_id, "sequence": sequence, "item_ids": tuple(item_ids)}
    return Wave(**facts)  # type: ignore[arg-type]


def study(
    items: Sequence[Item] = (item("s01"), item("s02")),
    sources: Sequence[Source] = (source(),),
    waves: Sequence[Wave] | None = None,
    groups: dict[str, dict[str, str]] | None = None,
    **more: object,
) -> Study:
    ids = [one.item_id for one in items]
    return Study(
        study_id="small",
        title="A small study",
        scales=SCALES,
        items=tuple(items),
        waves=tuple(waves or (wave(item_ids=ids),)),
        sources=tuple(sources),
        groups={
            name: Group(group_by=name, label=name, categories=categories)
            for name, categories in (groups or {}).items()
        },
        study_file_sha256="0" * 64,
        **more,  # type: ignore[arg-type]
    )


def table(text: str, file_name: str = "r1.csv", asides: Sequence[Aside] = (), **more: object) -> TextTable:
    """A table from comma-separated text; rows of `asides` are taken out of the row numbers."""
    rows = list(csv.reader(io.StringIO(text.strip("\n"))))
    headers, records = rows[0], rows[1:]
    gone = {aside.source_row for aside in asides}
    numbers = [n for n in range(2, 2 + len(records) + len(gone)) if n not in gone]
    columns = list(zip(*records, strict=True)) if records else [()] * len(headers)
    return TextTable(
        file_name=file_name,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        platform="csv",
        headers=tuple(headers),
        columns=tuple(column_of(cells) for cells in columns),
        source_rows=np.array(numbers, dtype=np.int64),
        records=len(records) + len(gone),
        asides=tuple(asides),
        **more,  # type: ignore[arg-type]
    )


def validated(
    of: Study,
    *tables: TextTable | tuple[Source, TextTable],
    wave_id: str | None = None,
    earlier: Earlier | None = None,
    register: TextTable | None = None,
) -> WaveRecords:
    """Validate a wave with these files, in this order; files of one entry and name are versions."""
    pairs = [one if isinstance(one, tuple) else (of.sources[0], one) for one in tables]
    versions: dict[tuple[str, str], int] = {}
    deliveries = []
    for entry, one in pairs:
        which = (entry.entry_id, one.file_name)
        versions[which] = versions.get(which, 0) + 1
        deliveries.append(Delivery(entry, one, versions[which], RECEIVED))
    chosen = of.wave(wave_id) if wave_id else of.waves[0]
    return validate_wave(of, chosen, deliveries, earlier or Earlier(), register, lambda key: f"P-{key}")


def tally(records: WaveRecords) -> list[tuple[int, int, int, int]]:
    """Per file: records, accepted, quarantined, ignored; in the order of their ids."""
    columns = ["records", "accepted", "quarantined", "ignored"]
    return [tuple(row) for row in records.sources[columns].to_numpy().tolist()]


def found(records: WaveRecords, *rules: str) -> list[tuple[str, int | None]]:
    """Rule and row of every finding (of these rules)."""
    frame = records.findings
    return [
        (rule, None if row != row or row is None else int(row))
        for rule, row in zip(
            frame["rule"],
            frame["source_row"].astype(object).where(frame["source_row"].notna(), None),
            strict=True,
        )
        if not rules or rule in rules
    ]


def answers(records: WaveRecords) -> dict[tuple[str, str, str], object]:
    """Respondent, item and part → value, text or the reason for none."""
    frame = records.answers
    return {
        (row.respondent_id, row.item_id, row.part): (
            row.value if row.value == row.value else row.text if isinstance(row.text, str) else row.missing
        )
        for row in frame.itertuples()
    }
