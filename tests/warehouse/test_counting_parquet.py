"""Counts of a long Parquet file: equal to a loop over its rows, and to the tables of a warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from small_warehouse import put

from delphi.errors import AnswersError
from delphi.warehouse.counting import count_wave
from delphi.warehouse.counting_parquet import Counted, LongColumns, count_parquet, write_counted
from delphi.warehouse.digests import digest
from delphi.warehouse.long_file import open_long_file
from delphi.warehouse.warehouse import Warehouse

Row = tuple[Any, Any, Any, Any, Any]

NUMBERS: dict[str, Any] = {
    "types": ("tinyint", "bigint", "smallint", "utinyint", "smallint"),
    "waves": [1, 2, 4],
    "items": [3, 5, 6, 9],
    "groups": [0, 2],
    "values": [1, 2, 3],
    "missing": {99: "no_opinion", -1: "not_shown"},
    "key": lambda k: k + 7,
}
TEXTS: dict[str, Any] = {
    "types": ("varchar",) * 5,
    "waves": ["r1", "r2", "x"],
    "items": list("abcd"),
    "groups": ["g", "h"],
    "values": ["lo", "mid", "hi"],
    "missing": {"dk": "no_opinion"},
    "key": lambda k: f"p{k}",
}
SPARSE = {
    **NUMBERS,
    "types": ("integer", "bigint", "integer", "integer", "double"),
    "key": lambda k: k * 10**9,
}

WIDE = {
    **NUMBERS,
    "types": ("integer", "bigint", "integer", "integer", "integer"),
    "groups": [0, 400],
    "values": [1, 2, 500],
}


def write(path: Path, rows: Sequence[Row], types: Sequence[str]) -> Path:
    names = ("wave", "respondent", "item", '"group"', "value")
    with duckdb.connect() as connection:
        connection.execute(f"create table t ({', '.join(map(' '.join, zip(names, types, strict=True)))})")
        if rows:
            connection.executemany("insert into t values (?, ?, ?, ?, ?)", rows)
        connection.execute(f"copy t to '{path}' (format parquet, row_group_size 2048)")
    return path


def random_rows(kind: dict[str, Any], n_people: int = 60) -> list[Row]:
    rng = np.random.default_rng(4)
    outcomes = [*kind["values"], *kind["missing"], None]
    rows = []
    for number in range(n_people):
        group = [*kind["groups"], None][rng.integers(len(kind["groups"]) + 1)]
        for wave in kind["waves"]:
            if rng.random() < 0.7:
                rows += [
                    (wave, kind["key"](number), item, group, outcomes[rng.integers(len(outcomes))])
                    for item in kind["items"]
                    if rng.random() < 0.8
                ]
    return [rows[k] for k in rng.permutation(len(rows))]


def assert_is_a_loop(found: Counted, rows: Sequence[Row], missing: dict[Any, str]) -> None:
    answers = {(wave, person, item): value for wave, person, item, _, value in rows}
    group_of = {row[1]: row[3] for row in rows}
    returned = {row[:2] for row in rows}
    place = {value: number for number, value in enumerate(found.values)}
    none = len(place)
    counts, nonanswers = np.zeros_like(found.counts), np.zeros_like(found.nonanswers)
    moves = np.zeros_like(found.transitions)
    for person, group in group_of.items():
        for g in [0, *([found.groups.index(group)] if group is not None else [])]:
            for i, item in enumerate(found.items):
                for w, wave in enumerate(found.waves):
                    if (wave, person) not in returned:
                        continue
                    value = answers.get((wave, person, item), "absent")
                    if value in place:
                        counts[w, i, g, place[value]] += 1
                        continue
                    reason = {"absent": "not_shown", None: "unknown_empty", **missing}[value]
                    nonanswers[w, i, g, found.reasons.index(reason)] += 1
                for p, (before, after) in enumerate(found.pairs):
                    if {(before, person), (after, person)} & returned:
                        was, now = (
                            place.get(answers.get((wave, person, item)), none) for wave in (before, after)
                        )
                        moves[p, i, g, was, now] += 1
    assert np.array_equal(found.counts, counts)
    assert np.array_equal(found.nonanswers, nonanswers)
    assert np.array_equal(found.transitions, moves)


@pytest.mark.parametrize(
    "kind",
    [NUMBERS, TEXTS, SPARSE, WIDE],
    ids=["numbers", "texts", "far apart and fractional types", "more than a byte holds"],
)
@pytest.mark.parametrize("cube_bytes", [1 << 28, 200], ids=["at once", "in ranges of respondents"])
def test_counts_of_a_long_file_are_a_loop_over_its_rows(
    tmp_path: Path, kind: dict[str, Any], cube_bytes: int
) -> None:
    rows = random_rows(kind)
    declared = {name: kind[name] for name in ("waves", "items", "groups", "values", "missing")}
    first, second, third = kind["waves"]
    found = count_parquet(
        write(tmp_path / "long.parquet", rows, kind["types"]),
        **declared,
        cube_bytes=cube_bytes,
        rows_at_once=300,
        pairs=[(first, second), (first, third)],
    )
    assert_is_a_loop(found, rows, kind["missing"])


@pytest.mark.parametrize("types", [NUMBERS["types"], TEXTS["types"]], ids=["numbers", "texts"])
def test_of_a_range_of_respondents_the_rows_between_its_first_and_last_are_read(
    tmp_path: Path, types: Sequence[str]
) -> None:
    rows = [(1, person, item, 0, 1) for person in range(40, 60) for item in range(3)]
    path = write(tmp_path / "long.parquet", rows, types)
    with duckdb.connect() as connection:
        file = open_long_file(connection, path, "respondent", ())
        assert file.n_people == 20
        ranges = [file.rows_of(first, first + 5) for first in range(0, 20, 5)]
        if types == NUMBERS["types"]:
            assert ranges == [(0, 15), (15, 30), (30, 45), (45, 60)]
        for (first, last), (begin, end) in zip(((k, k + 5) for k in range(0, 20, 5)), ranges, strict=True):
            inside = connection.execute(
                f"select count(*), min(file_row_number), max(file_row_number) from {file.relation}"
                f" where {file.person} >= {first} and {file.person} < {last}",
                {"path": str(path)},
            ).fetchone()
            assert inside == (15, begin, end - 1)
        assert file.rows_of(20, 25) == (0, 0)


@pytest.mark.parametrize("pairs", [None, []], ids=["each wave with the next", "no pairs"])
def test_ids_that_are_not_declared_are_taken_from_the_file(
    tmp_path: Path, pairs: list[tuple[int, int]] | None
) -> None:
    rows = random_rows(NUMBERS)
    path = write(tmp_path / "long.parquet", rows, NUMBERS["types"])
    found = count_parquet(path, values=NUMBERS["values"], missing=NUMBERS["missing"], pairs=pairs)
    assert (found.waves, found.items, found.groups) == ((1, 2, 4), (3, 5, 6, 9), ("all", 0, 2))
    assert found.pairs == (((1, 2), (2, 4)) if pairs is None else ())
    assert_is_a_loop(found, rows, NUMBERS["missing"])


def test_a_long_file_leaves_the_tables_that_the_warehouse_counts(tmp_path: Path, filled: Warehouse) -> None:
    filled.execute("delete from answers where dimension <> 'importance' or missing is not null")
    put(filled, "asked", "wave_id item_id dimension wording",
        [(w, f"s{k}", "importance", 0) for w in ("r1", "r2", "r3") for k in range(4)])  # fmt: skip
    filled.execute("delete from groups where group_by <> 'sector'")
    filled.execute("update memberships set wave_id = null")
    # A return without any answer has no row in a long file.
    filled.execute(
        "delete from submissions"
        " where (wave_id, respondent_id) not in (select wave_id, respondent_id from answers)"
    )
    rows = filled.rows("""
        select answers.wave_id, respondent_id, item_id, memberships.group_value, cast(value as integer)
        from answers left join memberships using (respondent_id)
        where memberships.group_by is null or memberships.group_by = 'sector'
        union all
        select wave_id, respondent_id, item_id, null, cast(value as integer) from answers
        where respondent_id not in (select respondent_id from memberships where group_by = 'sector')
    """)
    for wave_id in ("r1", "r2", "r3"):
        count_wave(filled, wave_id)
    tables = ("counts", "nonanswers", "transitions")
    expected = [digest(filled, table) for table in tables]
    path = write(tmp_path / "long.parquet", rows, ("varchar", "varchar", "varchar", "varchar", "tinyint"))
    found = count_parquet(
        path, values=range(1, 6), items=["s0", "s1", "s2", "s3"], groups=["ngo", "state", "empty"],
        pairs=[("r1", "r2"), ("r1", "r3"), ("r2", "r3")],
    )  # fmt: skip
    for table in tables:
        filled.delete(table, {})
    write_counted(filled, found, dimension="importance", group_by="sector")
    assert [digest(filled, table) for table in tables] == expected


def test_a_file_without_rows_or_groups_has_zeros(tmp_path: Path) -> None:
    path = write(tmp_path / "long.parquet", [], NUMBERS["types"])
    found = count_parquet(path, LongColumns(group=None), values=[1, 2], waves=[1, 2], items=[1])
    assert found.counts.shape == (2, 1, 1, 2) and found.counts.sum() == 0
    assert found.transitions.shape == (1, 1, 1, 3, 3) and found.transitions.sum() == 0


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ((1, 8, 3, 0, 7), "off_scale"),
        ((1, 8, 3, 0, 98), "off_scale"),
        ((3, 8, 3, 0, 1), "undeclared"),
        ((5, 8, 3, 0, 1), "undeclared"),
        ((1, 8, 7, 0, 1), "undeclared"),
        ((1, 8, 3, 1, 1), "undeclared"),
        ((1, 8, 3, 9, 1), "undeclared"),
        ((None, 8, 3, 0, 1), "missing_key"),
        ((1, None, 3, 0, 1), "missing_key"),
        ((1, 7, 3, 2, 1), "duplicate_contradiction"),
        ((1, 7, 5, 0, 1), "two_groups"),
    ],
)
def test_what_is_not_declared_is_refused_and_not_left_out(tmp_path: Path, row: Row, code: str) -> None:
    path = write(tmp_path / "long.parquet", [(1, 7, 3, 2, 1), (2, 7, 3, 2, 99), row], NUMBERS["types"])
    declared = {name: NUMBERS[name] for name in ("waves", "items", "groups", "values", "missing")}
    with pytest.raises(AnswersError) as error:
        count_parquet(path, **declared)
    assert error.value.problems[0].code == code
    assert error.value.problems[0].file == "long.parquet"


def test_a_fraction_and_an_unknown_text_are_not_declared(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [(1, 0, 3, 0, 1.5)], SPARSE["types"])
    with pytest.raises(AnswersError, match="not declared"):
        count_parquet(path, values=[1, 2, 3])
    path = write(tmp_path / "b.parquet", [("r1", "p", "a", "g", "unheard")], TEXTS["types"])
    with pytest.raises(AnswersError) as error:
        count_parquet(path, values=["lo", "hi"])
    assert "unheard" not in str(error.value)


@pytest.mark.parametrize("column", ["wave", "item", "group"])
def test_a_fraction_is_no_wave_item_or_group(tmp_path: Path, column: str) -> None:
    types = ("double", "bigint", "double", "double", "integer")
    bad = {"wave": (1.5, 8, 3, 0, 1), "item": (1, 8, 3.5, 0, 1), "group": (1, 8, 3, 0.5, 1)}[column]
    path = write(tmp_path / "long.parquet", [(1, 7, 3, 0, 1), (2, 9, 4, 1, 1), bad], types)
    with pytest.raises(AnswersError) as error:
        count_parquet(path, waves=[1, 2], items=[3, 4], groups=[0, 1], values=[1, 2])
    assert error.value.problems[0].code == "undeclared"


def test_a_missing_file_and_a_pattern_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AnswersError, match="missing, or is no Parquet"):
        count_parquet(tmp_path / "long.parquet", values=[1])
    with pytest.raises(ValueError, match="must not hold"):
        count_parquet(tmp_path / "*.parquet", values=[1])


@pytest.mark.parametrize("size", ["tinyint", "smallint", "integer", "bigint"])
def test_whole_numbers_of_every_size_are_whole_numbers(tmp_path: Path, size: str) -> None:
    for kind in (size, f"u{size}"):
        path = write(tmp_path / f"{kind}.parquet", [(1, 7, 3, 2, 1)], (kind,) * 5)
        with duckdb.connect() as connection:
            file = open_long_file(connection, path, "respondent", ("item",))
        assert file.is_whole("item") and file.is_number("item") and file.person.startswith('("respondent"')


def test_a_column_that_is_not_there_or_holds_neither_numbers_nor_texts_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "long.parquet", [], ("date", "integer", "integer", "integer", "boolean"))
    with pytest.raises(AnswersError, match="neither numbers nor texts in column wave, value") as error:
        count_parquet(path, values=[1])
    assert error.value.problems[0].code == "wrong_type"
    with pytest.raises(AnswersError, match="the file has no column country, score") as error:
        count_parquet(path, LongColumns(group="country", value="score"), values=[1])
    assert error.value.problems[0].code == "missing_column"


@pytest.mark.parametrize("number", ["'inf'", "'nan'"])
def test_a_number_that_is_infinite_or_none_is_refused(tmp_path: Path, number: str) -> None:
    path = tmp_path / "long.parquet"
    duckdb.execute(
        f'copy (select unnest([1.0, {number}::double]) as wave, 1 as respondent, 2 as item, 0 as "group", 3 as value)'
        f" to '{path}' (format parquet)"
    )
    with pytest.raises(AnswersError, match="infinite or none"):
        count_parquet(path, values=[3])
