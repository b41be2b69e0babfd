"""Counts in a table become the array that counting row by row gives."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.stages.statistic_pivot import Pivot

ROW = st.tuples(st.sampled_from("abcd"), st.sampled_from(["", "x"]), st.integers(1, 4), st.integers(1, 9))


@settings(deadline=None, max_examples=60)
@given(st.lists(ROW, max_size=30))
def test_sums_equal_counting_row_by_row_and_unlisted_combinations_drop_out(
    rows: list[tuple[str, str, int, int]],
) -> None:
    frame = pd.DataFrame(rows, columns=["item", "part", "value", "n"])
    cells, values = [("b", "x"), ("a", ""), ("z", "")], [3, 1]
    expected: Counter[tuple] = Counter()
    for item, part, value, n in rows:
        expected[(item, part, value)] += n
    table = Pivot(frame).array([(["item", "part"], cells), (["value"], values)])
    assert table.tolist() == [[expected[(*cell, value)] for value in values] for cell in cells]


def test_one_table_is_summed_along_different_axes() -> None:
    pivot = Pivot(pd.DataFrame({"item": ["a", "b", "a"], "value": [1.0, 2.0, 2.0], "n": [5, 7, 9]}))
    assert pivot.array([(["item"], ["a", "b"])]).tolist() == [14, 7]
    assert pivot.array([(["value"], [2.0, 1.0])]).tolist() == [16, 5]
    assert pivot.array([(["item"], [])]).shape == (0,)


def test_categorical_and_text_columns_give_the_same() -> None:
    frame = pd.DataFrame({"item": ["a", "b", "a"], "part": ["", "", "x"], "n": [1, 2, 3]})
    axes = [(["item", "part"], [("a", "x"), ("b", "")])]
    coded = frame.astype({"item": "category", "part": "category"})
    np.testing.assert_array_equal(Pivot(frame).array(axes), Pivot(coded).array(axes))
