"""The study's own tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from delphi.study.model import Category, Group, Item, Scale, Study, Version, Wave
from delphi.warehouse.counting import count_wave
from delphi.warehouse.definitions import study_frames
from delphi.warehouse.digests import DIGESTED, digest
from delphi.warehouse.tables import columns_of
from delphi.warehouse.warehouse import Warehouse


@pytest.fixture
def study() -> Study:
    points = tuple(
        Category(value=v, code=str(v), label=f"point {v}", band="high" if v == 3 else None) for v in (1, 2, 3)
    )
    waves = tuple(
        Wave(wave_id=f"r{k}", kind="round", round_kind="rating", sequence=k, item_ids=("a", "b"),
             opens_at=datetime(2026, k, 1, tzinfo=UTC))
        for k in (1, 2, 3)
    )  # fmt: skip
    versions = (
        Version(from_wave="r3", texts={"en": "third"}, equivalent=True),
        Version(from_wave="r2", texts={"en": "second"}),
    )
    return Study(
        study_id="demo",
        title="A study",
        about={"aim": "to know", "Team": ["a", "b"]},
        languages=("en", "de"),
        scales={"s": Scale(scale_id="s", kind="ordinal", minimum=1, maximum=3, categories=points)},
        items=(
            Item(
                item_id="a",
                texts={"de": "erste", "en": "first"},
                dims={"importance": "s", "urgency": "s"},
                versions=versions,
            ),
            Item(item_id="b", dims={"rating": "s"}, parents=("x", "y")),
        ),
        groups={
            "sector": Group(group_by="sector", label="Sector", categories={"ngo": "NGO", "state": "State"})
        },
        waves=waves,
        sources=(),
        study_file_sha256="0" * 64,
    )


def test_every_frame_has_the_columns_of_its_table(study: Study) -> None:
    for table, frame in study_frames(study, {}).items():
        assert list(frame.columns) == list(columns_of(table))


def test_a_wording_is_in_force_from_its_wave_and_an_equivalent_one_keeps_the_number(study: Study) -> None:
    asked = study_frames(study, {})["asked"].query("item_id == 'a' and dimension == 'urgency'")
    assert asked["wording"].tolist() == [0, 1, 1]
    wordings = study_frames(study, {})["wordings"]
    assert wordings["from_wave_id"].tolist() == ["r1", "r1", "r2", "r3"]
    assert wordings["is_equivalent"].tolist() == [True, True, False, True]


def test_items_and_waves_are_as_the_study_file_says(study: Study) -> None:
    frames = study_frames(study, {"r1": "received"})
    items = frames["items"].astype(object).where(frames["items"].notna(), None)
    assert items[
        ["item_id", "dimension", "text", "sequence", "dimension_sequence", "parents"]
    ].values.tolist() == [
        ["a", "importance", "first", 1, 1, None],
        ["a", "urgency", "first", 1, 2, None],
        ["b", "rating", None, 2, 1, "x y"],
    ]
    assert frames["waves"]["state"].tolist() == ["received", "awaited", "awaited"]
    assert frames["groups"]["sequence"].tolist() == [1, 2]
    assert frames["study"]["about"].tolist() == ['{"Team": ["a", "b"], "aim": "to know"}']


def test_writing_the_definitions_twice_changes_nothing_and_they_can_be_counted(
    study: Study, warehouse: Warehouse
) -> None:
    digests = []
    for _ in range(2):
        for table, frame in study_frames(study, {}).items():
            warehouse.replace(table, frame, {})
        digests.append([digest(warehouse, table) for table in DIGESTED])
    assert digests[0] == digests[1]
    # Three items with dimensions, three points, everyone and two groups: all zero.
    assert count_wave(warehouse, "r1") == {"counts": 27, "nonanswers": 0, "transitions": 0}
    assert warehouse.rows("select sum(n)::int, count(distinct group_value) from counts") == [(0, 3)]
