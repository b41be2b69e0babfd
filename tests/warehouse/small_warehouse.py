"""A small study in a warehouse, made of random answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from delphi.warehouse.warehouse import Warehouse

SCALES = {"imp": "ordinal", "many": "multi", "order": "rank", "hours": "number", "range": "interval"}
PARTS = {
    "imp": [""],
    "many": ["x", "y", "z"],
    "order": ["p", "q"],
    "hours": [""],
    "range": ["low", "best", "high"],
}
VALUES = {"imp": (1, 2, 3, 4, 5), "many": (0, 1), "order": (1, 2), "hours": (1.5, 2, 7), "range": (1, 2, 3)}
GROUPS = {"sector": ("ngo", "state", "empty"), "role": ("a", "b")}
REASONS = ("not_shown", "skipped", "no_opinion", "invalid")
WAVES = ("r1", "r2", "r3")


def fill(warehouse: Warehouse, rng: np.random.Generator, n_people: int = 25, n_items: int = 4) -> None:
    """Definitions, people and answers of three rounds; some respondents, items and rows are absent."""
    categories = [("imp", v, str(v)) for v in range(1, 6)]
    categories += [("many", k + 1, code) for k, code in enumerate("xyz")]
    categories += [("order", k + 1, code) for k, code in enumerate("pq")]
    items = [(f"s{k}", dimension, "imp") for k in range(n_items) for dimension in ("importance", "urgency")]
    items += [
        ("m1", "rating", "many"),
        ("o1", "rating", "order"),
        ("h1", "rating", "hours"),
        ("i1", "rating", "range"),
    ]
    people = [f"p{k:03}" for k in rng.permutation(n_people)]
    asked = [(w, i, d) for w in WAVES for i, d, _ in items if w == "r1" or i != "s1"]
    scale_of = {(i, d): s for i, d, s in items}
    memberships, submissions, answers = [], [], []
    for person in people:
        told = [None, "r1", "r2"][rng.integers(3)]
        if rng.random() < 0.8:
            memberships.append((person, "sector", ("ngo", "state")[rng.integers(2)], told))
        memberships.append((person, "role", "ab"[rng.integers(2)], None))
        for wave in WAVES:
            if rng.random() < 0.25:
                continue
            submissions.append((wave, person, "complete", f"s.{wave}", len(submissions) + 2, "", True))
            if rng.random() < 0.2:
                submissions.append((wave, person, "partial", f"s.{wave}", len(submissions) + 2, "", False))
            for w, item, dimension in asked:
                for part in PARTS[scale_of[item, dimension]] if w == wave else ():
                    fate = rng.random()
                    if fate < 0.1:
                        continue
                    values = VALUES[scale_of[item, dimension]]
                    value = float(values[rng.integers(len(values))]) if fate > 0.3 else None
                    missing = None if value is not None else REASONS[rng.integers(len(REASONS))]
                    answers.append((wave, person, item, dimension, part, value, missing, f"s.{wave}", 2))
    put(warehouse, "study", "study_id title study_file_sha256 schema_version small_cells_min_n quantile_type",
        [("demo", "A study", "0" * 64, 1, 5, 7)])  # fmt: skip
    put(warehouse, "scales", "scale_id kind has_no_opinion", [(s, kind, True) for s, kind in SCALES.items()])
    put(
        warehouse,
        "categories",
        "scale_id value code label sequence",
        [(s, v, c, c, v) for s, v, c in categories],
    )
    put(warehouse, "items", "item_id dimension kind scale_id sequence dimension_sequence",
        [(i, d, "rating", s, k + 1, 1) for k, (i, d, s) in enumerate(items)])  # fmt: skip
    put(warehouse, "waves", "wave_id kind round_kind sequence state",
        [(w, "round", "rating", k + 1, "received") for k, w in enumerate(WAVES)])  # fmt: skip
    put(warehouse, "asked", "wave_id item_id dimension wording", [(*row, 0) for row in asked])
    groups = [(by, value) for by, values in GROUPS.items() for value in values]
    put(
        warehouse,
        "groups",
        "group_by group_value label sequence",
        [(*g, g[1], k + 1) for k, g in enumerate(groups)],
    )
    put(warehouse, "respondents", "respondent_id status", [(person, "active") for person in people])
    put(warehouse, "memberships", "respondent_id group_by group_value wave_id", memberships)
    put(
        warehouse,
        "sources",
        "source_id entry_id wave_id file_name sha256 platform version records accepted quarantined ignored "
        "loaded_at",
        [
            (
                f"s.{w}",
                "s",
                w,
                f"{w}.csv",
                "0" * 64,
                "csv",
                1,
                30,
                25,
                2,
                3,
                pd.Timestamp("2026-03-01", tz="UTC"),
            )
            for w in WAVES
        ],
    )
    put(
        warehouse,
        "submissions",
        "wave_id respondent_id state source_id source_row piece is_current",
        submissions,
    )
    put(
        warehouse,
        "answers",
        "wave_id respondent_id item_id dimension part value missing source_id source_row",
        answers,
    )


def put(warehouse: Warehouse, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    """Replace all rows of a table."""
    warehouse.replace(table, pd.DataFrame(rows, columns=columns.split()), {})


def same_rows(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Assert that two frames hold the same rows, whatever their order and types."""
    columns = sorted(set(left.columns) | set(right.columns))
    texts = [
        sorted(tuple("-" if pd.isna(cell) else str(cell) for cell in row) for row in rows)
        for rows in (
            frame.reindex(columns=columns).astype(object).itertuples(index=False, name=None)
            for frame in (left, right)
        )
    ]
    assert texts[0] == texts[1]
