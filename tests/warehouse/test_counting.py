"""Counts, reasons and moves: equal in numpy, in SQL and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_warehouse import GROUPS, WAVES, fill, same_rows

from delphi.warehouse.counting import CountingEngine, count_wave
from delphi.warehouse.counting_numpy import NumpyEngine
from delphi.warehouse.counting_sql import SqlEngine
from delphi.warehouse.cube import pair_counts
from delphi.warehouse.digests import digest
from delphi.warehouse.warehouse import Warehouse

TABLES = ("counts", "nonanswers", "transitions")


@pytest.mark.parametrize("wave_id", WAVES)
@pytest.mark.parametrize("cells_at_once", [1 << 26, 60])
def test_counting_in_sql_equals_counting_in_numpy(
    filled: Warehouse, wave_id: str, cells_at_once: int
) -> None:
    in_numpy, in_sql = (
        NumpyEngine(cells_at_once).tallies(filled, wave_id),
        SqlEngine().tallies(filled, wave_id),
    )
    for table in TABLES:
        assert wave_id == "r1" or len(getattr(in_sql, table))
        if len(getattr(in_sql, table)):
            same_rows(getattr(in_numpy, table), getattr(in_sql, table))
        else:
            assert not len(getattr(in_numpy, table))


@pytest.mark.parametrize("engine", [NumpyEngine(), SqlEngine()], ids=["numpy", "sql"])
def test_both_engines_leave_the_same_tables(filled: Warehouse, engine: CountingEngine) -> None:
    for wave_id in WAVES:
        count_wave(filled, wave_id)
    before = [digest(filled, table) for table in TABLES]
    written = [count_wave(filled, wave_id, engine) for wave_id in WAVES]
    assert [digest(filled, table) for table in TABLES] == before
    assert sum(int(rows["counts"]) for rows in written) == before[0][0]


def test_counts_are_a_few_lines_of_pandas(filled: Warehouse) -> None:
    answers = filled.table("answers").merge(
        filled.table("memberships"), on="respondent_id", suffixes=("", "_told")
    )
    early = answers["wave_id_told"].isna() | (answers["wave_id_told"] <= answers["wave_id"])
    answers = answers[early & answers["dimension"].isin(["importance"]) & answers["value"].notna()]
    by = ["wave_id", "item_id", "group_by", "group_value", "value"]
    simple = answers.groupby(by).size().rename("n").reset_index()
    for wave_id in WAVES:
        count_wave(filled, wave_id)
    counted = filled.table("counts").query("dimension == 'importance' and group_by != 'all' and n > 0")
    same_rows(counted[[*by, "n"]], simple.astype({"value": int}))


def test_every_declared_category_and_group_has_a_row_also_with_nobody(filled: Warehouse) -> None:
    count_wave(filled, "r1")
    rows = filled.rows(
        "select group_by, group_value, count(*), sum(n)::int from counts where item_id = 's0' group by all"
    )
    found = {(by, value): (n_rows, n) for by, value, n_rows, n in rows}
    assert set(found) == {("all", "all")} | {(by, value) for by, values in GROUPS.items() for value in values}
    assert {n_rows for n_rows, _ in found.values()} == {2 * 5}
    assert found["sector", "empty"][1] == 0


def test_margins_of_transitions_are_the_counts_of_the_paired(filled: Warehouse) -> None:
    for wave_id in WAVES:
        count_wave(filled, wave_id)
    wide = filled.rows("""
        with paired as (
            select
                later.wave_id, earlier.wave_id as versus_wave_id, item_id, dimension, part, later.value,
                count(*) as n
            from answers as later
            join answers as earlier using (respondent_id, item_id, dimension, part)
            join items using (item_id, dimension)
            where earlier.wave_id < later.wave_id and later.value is not null and earlier.value is not null
                and items.scale_id in (select scale_id from counted_values)
            group by all
        ),
        margins as (
            select wave_id, versus_wave_id, item_id, dimension, part, value_after as value, sum(n) as n
            from transitions
            where group_by = 'all' and value_before is not null and value_after is not null
            group by all
        )
        select count(*), count(paired.n), count(margins.n), count(*) filter (where paired.n = margins.n)
        from paired full join margins using (wave_id, versus_wave_id, item_id, dimension, part, value)
    """)[0]
    assert wide[0] > 100
    assert len(set(wide)) == 1


def test_answers_and_reasons_add_up_to_the_returns_of_each_group(filled: Warehouse) -> None:
    for wave_id in WAVES:
        count_wave(filled, wave_id)
    off = filled.rows("""
        with together as (
            select wave_id, item_id, dimension, part, group_by, group_value, n from counts
            union all
            select wave_id, item_id, dimension, part, group_by, group_value, n from nonanswers
        )
        select wave_id, item_id, dimension, part, sum(n)
        from together
        join participation as p using (wave_id, group_by, group_value)
        where group_by = 'all' and item_id not in ('h1', 'i1')
        group by all
        having sum(n) <> max(p.n_returned)
    """)
    assert off == []


def test_a_group_told_later_does_not_change_an_earlier_wave(filled: Warehouse) -> None:
    count_wave(filled, "r1")
    before = digest(filled, "counts")
    person = filled.rows("""
        select min(respondent_id) from respondents
        where respondent_id not in (select respondent_id from memberships where group_by = 'sector')
    """)[0][0]
    told = pd.DataFrame(
        {"respondent_id": [person], "group_by": ["sector"], "group_value": ["ngo"], "wave_id": ["r3"]}
    )
    filled.replace("memberships", pd.concat([filled.table("memberships"), told]), {})
    count_wave(filled, "r1")
    assert digest(filled, "counts") == before


def test_a_wave_that_nobody_returned_has_zeros_and_no_moves(filled: Warehouse) -> None:
    for table in ("answers", "submissions"):
        filled.delete(table, {"wave_id": "r2"})
    assert count_wave(filled, "r2")["transitions"] > 0
    for table in ("answers", "submissions"):
        filled.delete(table, {"wave_id": "r1"})
    written = count_wave(filled, "r2")
    assert (written["nonanswers"], written["transitions"]) == (0, 0)
    assert filled.rows("select sum(n)::int from counts where wave_id = 'r2'") == [(0,)]
    assert count_wave(filled, "r3")["transitions"] == 0


def test_the_order_of_respondents_does_not_matter(filled: Warehouse) -> None:
    count_wave(filled, "r2")
    before = [digest(filled, table) for table in TABLES]
    for table in ("answers", "submissions", "memberships", "respondents"):
        filled.replace(table, filled.table(table).sample(frac=1, random_state=5), {})
    count_wave(filled, "r2")
    assert [digest(filled, table) for table in TABLES] == before


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), n_people=st.integers(0, 12), n_items=st.integers(2, 3))
def test_engines_agree_on_any_panel(warehouse: Warehouse, seed: int, n_people: int, n_items: int) -> None:
    fill(warehouse, np.random.default_rng(seed), n_people, n_items)
    in_numpy, in_sql = NumpyEngine().tallies(warehouse, "r3"), SqlEngine().tallies(warehouse, "r3")
    for table in TABLES:
        same_rows(getattr(in_numpy, table), getattr(in_sql, table))


@given(st.integers(0, 2**32), st.integers(0, 40), st.lists(st.integers(1, 5), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_pair_counts_are_a_loop_over_people(seed: int, n_people: int, widths: list[int]) -> None:
    rng = np.random.default_rng(seed)
    before, after = (np.stack([rng.integers(0, w, n_people) for w in widths]).astype("u1") for _ in range(2))
    group = rng.integers(0, 3, n_people)
    expected = [[np.zeros((w, w), int) for w in widths] for _ in range(3)]
    for person in range(n_people):
        for cell in range(len(widths)):
            expected[group[person]][cell][before[cell, person], after[cell, person]] += 1
    flat = [np.concatenate([table.ravel() for table in tables]) for tables in expected]
    assert np.array_equal(pair_counts(before, after, group, 3, np.array(widths)), flat)
