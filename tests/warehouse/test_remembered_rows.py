"""Rows that a warehouse remembers are those it would read again."""

from __future__ import annotations

import pandas as pd
import pytest

from delphi.warehouse.warehouse import Warehouse

WAVES = ("r1",)


def stopping(*conditions: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"wave_id": "r1", "condition": list(conditions), "is_met": True, "reason": "as declared"}
    )


@pytest.fixture
def known(warehouse: Warehouse) -> Warehouse:
    warehouse.replace("stopping", stopping("rounds"), {"wave_id": "r1"})
    assert conditions(warehouse) == ["rounds"]
    return warehouse


def conditions(warehouse: Warehouse) -> list[str]:
    return sorted(warehouse.rows_of_waves("stopping", WAVES)["condition"])


def test_replaced_rows_are_read_anew(known: Warehouse) -> None:
    known.replace("stopping", stopping("rounds", "stability"), {"wave_id": "r1"})
    assert conditions(known) == ["rounds", "stability"]


def test_deleted_rows_are_gone(known: Warehouse) -> None:
    known.delete("stopping", {"wave_id": "r1"})
    assert conditions(known) == []


def test_rows_that_were_rolled_back_are_forgotten(known: Warehouse) -> None:
    def change_and_fail() -> None:
        with known.transaction():
            known.replace("stopping", stopping("stability"), {"wave_id": "r1"})
            assert conditions(known) == ["stability"]
            raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError, match="interrupted"):
        change_and_fail()
    assert conditions(known) == ["rounds"]


def test_a_reader_may_change_what_it_was_given(known: Warehouse) -> None:
    given = known.rows_of_waves("stopping", WAVES)
    given["condition"] = "spoilt"
    assert conditions(known) == ["rounds"]


def test_only_the_columns_that_are_asked_for_are_read_and_others_are_not_remembered_in_their_place(
    known: Warehouse,
) -> None:
    narrow = known.rows_of_waves("stopping", WAVES, ("condition", "is_met"))
    assert list(narrow.columns) == ["condition", "is_met"]
    assert set(known.rows_of_waves("stopping", WAVES).columns) > {"condition", "is_met", "reason"}
    with pytest.raises(ValueError, match="no such column"):
        known.rows_of_waves("stopping", WAVES, ("condition", 'reason" from runs --'))


def test_a_whole_table_is_read_anew_once_it_has_changed(known: Warehouse) -> None:
    assert known.table("stopping")["condition"].tolist() == ["rounds"]
    known.replace("stopping", stopping("rounds", "stability"), {"wave_id": "r1"})
    assert sorted(known.table("stopping")["condition"]) == ["rounds", "stability"]
