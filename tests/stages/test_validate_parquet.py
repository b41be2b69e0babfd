"""Validation of a long Parquet file finds what a loop over its rows finds, and counting refuses the same files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from delphi.errors import AnswersError
from delphi.stages.parquet import statistics_of_parquet, validate_parquet
from delphi.warehouse import long_rows
from delphi.warehouse.counting_parquet import LongColumns, count_parquet

Row = tuple[Any, ...]
Found = Counter[tuple[str, str, Any, Any]]

NAMES = ("wave", "respondent", "item", "group", "value")
NUMBERS: dict[str, Any] = {
    "types": ("tinyint", "bigint", "smallint", "utinyint", "smallint"),
    "waves": [1, 2, 4], "items": [3, 5, 9], "groups": [0, 2], "values": [1, 2, 3], "missing": [99],
    "other": {"wave": 3, "item": 4, "group": 7, "value": 98}, "key": lambda k: k + 7,
}  # fmt: skip
TEXTS: dict[str, Any] = {
    "types": ("varchar",) * 5,
    "waves": ["r1", "r2"], "items": list("abc"), "groups": ["g", "h"], "values": ["lo", "hi"], "missing": ["dk"],
    "other": {"wave": "Ada", "item": "Ada", "group": "Ada", "value": "Ada"}, "key": lambda k: f"p{k}",
}  # fmt: skip
FRACTIONS: dict[str, Any] = {
    **NUMBERS,
    "types": ("double", "uuid", "double", "double", "decimal(5, 2)"),
    "other": {"wave": 1.5, "item": float("nan"), "group": 0.5, "value": 2.25},
    "key": lambda k: f"00000000-0000-0000-0000-{k:012}",
}
KINDS = pytest.mark.parametrize(
    "kind", [NUMBERS, TEXTS, FRACTIONS], ids=["numbers", "texts", "fractional types"]
)


def written(path: Path, rows: Sequence[Row], types: Sequence[str]) -> Path:
    with duckdb.connect() as connection:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in zip(NAMES, types, strict=True))
        connection.execute(f"create table long ({columns})")
        if rows:
            connection.executemany("insert into long values (?, ?, ?, ?, ?)", rows)
        connection.execute(f"copy long to '{path}' (format parquet, row_group_size 2048)")
    return path


def clean(kind: dict[str, Any], n_people: int = 30) -> list[Row]:
    rng = np.random.default_rng(5)
    outcomes = [*kind["values"], *kind["missing"], None]
    rows = [
        (wave, kind["key"](k), item, [*kind["groups"], None][k % 3], outcomes[rng.integers(len(outcomes))])
        for k in range(n_people)
        for wave in kind["waves"]
        for item in kind["items"]
        if rng.random() < 0.8
    ]
    return [rows[k] for k in rng.permutation(len(rows))]


def damaged(kind: dict[str, Any], seed: int) -> list[Row]:
    """Up to four kinds of damage to some rows each, none for the seed 0."""
    rng = np.random.default_rng(seed)
    rows = clean(kind)
    for _ in range(min(seed, 4)):
        column = NAMES[rng.integers(5)]
        for place in rng.choice(len(rows), size=rng.integers(1, 8), replace=False):
            row = list(rows[place])
            if column == "respondent":
                if rng.random() < 0.5:
                    rows.append((*row[:4], kind["values"][0]))
                    continue
                row[1] = None
            elif column == "group" and rng.random() < 0.5:
                row[3] = kind["groups"][1] if row[3] == kind["groups"][0] else kind["groups"][0]
            elif column in ("wave", "item") and rng.random() < 0.5:
                row[NAMES.index(column)] = None
            else:
                row[NAMES.index(column)] = kind["other"][column]
            rows[place] = tuple(row)
    return rows


def looped(rows: Sequence[Row], kind: dict[str, Any]) -> tuple[Found, dict[Any, list[int]]]:
    """What is wrong, row by row, and in which rows."""
    found: Found = Counter()
    places: dict[Any, list[int]] = {}
    seen: set[Row] = set()
    groups: dict[Any, set[Any]] = {}

    def note(place: int, *what: Any) -> None:
        found[what] += 1  # type: ignore[index]
        places.setdefault(what, []).append(place)

    for place, row in enumerate(rows, start=1):
        wave, respondent, item, group, value = row
        for column, one in (("wave", wave), ("respondent", respondent), ("item", item)):
            if one is None:
                note(place, "missing_key", column, None, None)
        is_known = {
            name: dict(zip(NAMES, row, strict=True))[name] in kind[f"{name}s"] for name in ("wave", "item")
        }
        for column, one, allowed in (
            ("wave", wave, kind["waves"]),
            ("item", item, kind["items"]),
            ("group", group, kind["groups"]),
        ):
            if one is not None and one not in allowed:
                note(place, "undeclared", column, None, None)
        if value is not None and value not in (*kind["values"], *kind["missing"]):
            note(
                place, "off_scale", "value",
                wave if is_known["wave"] else None, item if is_known["item"] else None,
            )  # fmt: skip
        if respondent is not None and all(is_known.values()):
            if (respondent, wave, item) in seen:
                note(place, "duplicate_contradiction", "respondent", None, None)
            seen.add((respondent, wave, item))
            groups.setdefault(respondent, set()).add(group)
    in_two = sum(len(theirs) > 1 for theirs in groups.values())
    if in_two:
        found["two_groups", "group", None, None] = in_two
    return found, places


def declared(kind: dict[str, Any]) -> dict[str, Any]:
    return {name: kind[name] for name in ("waves", "items", "groups", "values", "missing")}


@KINDS
@pytest.mark.parametrize("seed", range(10))
def test_findings_are_those_of_a_loop_and_counting_refuses_the_same_files(
    tmp_path: Path, kind: dict[str, Any], seed: int
) -> None:
    rows = damaged(kind, seed)
    path = written(tmp_path / "long.parquet", rows, kind["types"])
    findings = validate_parquet(path, **declared(kind), rows_named=3)
    expected, places = looped(rows, kind)
    assert {(one.rule, one.column, one.wave_id, one.item_id): one.n for one in findings} == dict(expected)
    for one in findings:
        where = places.get((one.rule, one.column, one.wave_id, one.item_id), [])
        assert list(one.rows) == where[:3]
    assert bool(findings) == (seed > 0)
    missing = dict.fromkeys(kind["missing"], "no_opinion")
    if findings:
        with pytest.raises(AnswersError):
            count_parquet(path, **(declared(kind) | {"missing": missing}))
    else:
        count_parquet(path, **(declared(kind) | {"missing": missing}))


@KINDS
def test_ids_that_are_not_declared_have_to_be_texts_or_whole_numbers(
    tmp_path: Path, kind: dict[str, Any]
) -> None:
    path = written(tmp_path / "clean.parquet", clean(kind), kind["types"])
    loose = {"values": kind["values"], "missing": kind["missing"]}
    assert validate_parquet(path, **loose) == []
    rows = [(kind["other"]["wave"], kind["key"](0), kind["other"]["item"], None, None)]
    path = written(tmp_path / "other.parquet", [*clean(kind), *rows], kind["types"])
    found = [(one.rule, one.column, one.n) for one in validate_parquet(path, **loose)]
    is_odd = kind is FRACTIONS
    assert [one for one in found if one[0] == "undeclared"] == (
        [("undeclared", "item", 1), ("undeclared", "wave", 1)] if is_odd else []
    )


def test_an_error_names_everything_that_is_wrong_and_no_answer(tmp_path: Path) -> None:
    rows = [
        *clean(TEXTS), ("r1", "p90", "a", "g", "Secret"), ("r1", "p91", "a", "g", "Secret"), ("r2", "p90", "c", "h", "lo"),
        ("Secret", "p92", "b", "g", "lo"), ("r1", "p93", "b", "Secret", "lo"), ("r1", None, "b", None, "lo"),
        ("r1", "p91", "b", "g", "hi"), ("r1", "p91", "b", "g", "hi"), ("r1", "p94", None, "g", "lo"),
    ]  # fmt: skip
    path = written(tmp_path / "long.parquet", rows, TEXTS["types"])
    first = len(clean(TEXTS))
    with pytest.raises(AnswersError) as error:
        statistics_of_parquet(
            path, tmp_path / "results.duckdb",
            **(declared(TEXTS) | {"missing": {"dk": "no_opinion"}}),
        )  # fmt: skip
    assert not (tmp_path / "results.duckdb").exists()
    assert str(error.value) == "\n".join([
        f"long.parquet: 1 row has no item (row {first + 9})",
        "  Give every row its wave, respondent and item, or leave the row out.",
        f"long.parquet: 1 row has no respondent (row {first + 6})",
        "  Give every row its wave, respondent and item, or leave the row out.",
        f"long.parquet: 1 row has a group that is not declared (row {first + 5})",
        "  Correct the file, or declare the id.",
        f"long.parquet: 1 row has a wave that is not declared (row {first + 4})",
        "  Correct the file, or declare the id.",
        f"long.parquet: wave r1, item a: 2 answers are not on the scale (rows {first + 1} and {first + 2})",
        "  Correct the file, or declare the value as a category or as a code for no answer.",
        f"long.parquet: 1 row answers an item of a wave again for the same respondent (row {first + 8})",
        "  Keep one row per respondent, wave and item.",
        "long.parquet: 1 respondent is in two groups",
        "  Give every row of a respondent the same group, or leave the group out of all.",
    ])  # fmt: skip
    assert {one.code for one in error.value.problems} == {
        "missing_key", "undeclared", "off_scale", "duplicate_contradiction", "two_groups",
    }  # fmt: skip


def test_a_file_in_which_everything_is_wrong_is_answered_in_a_few_lines(tmp_path: Path) -> None:
    rows = [(wave, k, item, 0, 7) for wave in (1, 2) for k in range(400) for item in (3, 5)]
    path = written(tmp_path / "long.parquet", rows * 2, NUMBERS["types"])
    findings = validate_parquet(path, waves=[1, 2], items=[3, 5], groups=[0], values=[1, 2, 3])
    assert [(one.rule, one.wave_id, one.item_id, one.n) for one in findings] == [
        ("off_scale", 1, 3, 800), ("off_scale", 1, 5, 800), ("off_scale", 2, 3, 800), ("off_scale", 2, 5, 800),
        ("duplicate_contradiction", None, None, 1600),
    ]  # fmt: skip
    assert findings[0].rows == (1, 3, 5, 7, 9)
    assert findings[0].message == "800 answers are not on the scale (the first are rows 1, 3, 5, 7, 9)"
    assert len(findings[-1].rows) == 5 and min(findings[-1].rows) > 1600
    assert findings[-1].message.startswith("1600 rows answer an item of a wave again for the same respondent")


def test_where_memory_is_short_respondents_are_looked_at_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [*clean(NUMBERS), (1, 900, 3, 0, 1), (1, 900, 3, 0, 1), (1, 901, 3, 0, 1), (1, 901, 5, 2, 1)]
    path = written(tmp_path / "long.parquet", rows, NUMBERS["types"])
    at_once = validate_parquet(path, **declared(NUMBERS))
    counted, tried = long_rows.LongRows._part_counted_twice, []

    def short(self: Any, n_cells: int, part: int, parts: int) -> tuple[int, int]:
        tried.append(parts)
        if parts < 16:
            raise duckdb.OutOfMemoryException("as if")
        return counted(self, n_cells, part, parts)

    monkeypatch.setattr(long_rows.LongRows, "_part_counted_twice", short)
    assert validate_parquet(path, **declared(NUMBERS)) == at_once
    assert [one.rule for one in at_once] == ["duplicate_contradiction", "two_groups"]
    assert tried == [1, 4, *[16] * 16]
    monkeypatch.setattr(long_rows, "MOST_COMBINATIONS", 4)
    with pytest.raises(AnswersError, match="far more combinations"):
        validate_parquet(path, **declared(NUMBERS))


def test_repeated_answers_are_looked_for_only_when_wanted(tmp_path: Path) -> None:
    rows = [*clean(NUMBERS), clean(NUMBERS)[0]]
    path = written(tmp_path / "long.parquet", rows, NUMBERS["types"])
    assert validate_parquet(path, **declared(NUMBERS), looks_for_repeated=False) == []
    assert [one.rows for one in validate_parquet(path, **declared(NUMBERS))] == [(len(rows),)]


def test_a_file_without_groups_or_rows_is_right(tmp_path: Path) -> None:
    columns = LongColumns(group=None)
    path = written(tmp_path / "long.parquet", clean(NUMBERS), NUMBERS["types"])
    rest = {name: given for name, given in declared(NUMBERS).items() if name != "groups"}
    assert validate_parquet(path, columns, **rest) == []
    path = written(tmp_path / "empty.parquet", [], NUMBERS["types"])
    assert validate_parquet(path, **declared(NUMBERS)) == []


def test_a_file_that_is_no_long_file_is_refused_in_words(tmp_path: Path) -> None:
    path = written(tmp_path / "long.parquet", clean(NUMBERS), NUMBERS["types"])
    for check in (validate_parquet, count_parquet):
        with pytest.raises(AnswersError, match="no column country, score") as error:
            check(path, LongColumns(group="country", value="score"), values=[1])
        assert error.value.problems[0].code == "missing_column"
        with pytest.raises(AnswersError, match="missing, or is no Parquet file"):
            check(tmp_path / "other.parquet", values=[1])
    path = written(tmp_path / "dates.parquet", [], ("date", "integer", "integer", "integer", "boolean"))
    for check in (validate_parquet, count_parquet):
        with pytest.raises(AnswersError, match="neither numbers nor texts in column wave, value") as error:
            check(path, values=[1])
        assert error.value.problems[0].code == "wrong_type"
