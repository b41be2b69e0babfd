"""Majorities of an item and of a round."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from delphi import statistics as ds

BOXES = ("no", "no", "neither", "yes", "yes")


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        ([0, 0, 9, 0], "unanimity", "all in one"),
        ([1, 1, 6, 2], "majority", "60 %"),
        ([5, 0, 0, 5], "bipolarity", "two equal halves"),
        ([0, 1, 1, 0], "bipolarity", "two persons, two opinions"),
        ([5, 3, 2, 0], "plurality", "half is not more than half"),
        ([4, 3, 3, 0], "plurality", "the largest without a majority"),
        ([2, 2, 2, 0], "disagreement", "three opinions, none larger"),
        ([1, 1, 1, 1], "disagreement", "everybody for himself"),
        ([4, 4, 2, 0], None, "two share the first place"),
        ([1, 0, 0, 0], None, "one person always agrees"),
        ([0, 0, 0, 0], None, "nobody"),
        ([6], "unanimity", "a scale of one category"),
    ],
)
def test_crude_majority(counts, expected, why):
    assert ds.crude_majority(counts).label.item() == expected, why


def test_crude_majority_says_why_it_has_no_word():
    found = ds.computed("crude_majority", [[0, 0, 0], [0, 1, 0], [4, 4, 2], [2, 1, 0]])
    assert found.reason.tolist() == ["no_valid_answers", "too_few", "all_ties", None]
    assert found.flags.tolist() == ["", "", "", "n_below_minimum"]
    assert found.more["n_first"].tolist() == [0, 1, 4, 2]
    assert found.more["n_second"].tolist() == [0, 0, 4, 1]


def test_categories_joined_to_boxes_make_a_majority_that_no_category_has():
    counts = [1, 1, 2, 3, 3]
    assert ds.crude_majority(counts).label.item() is None
    assert ds.crude_majority(counts, BOXES).label.item() == "majority"
    assert ds.crude_majority(counts, BOXES, majority=0.6).label.item() == "plurality"


def test_trap_36_a_plurality_is_no_majority_and_items_without_one_stay_in_the_denominator():
    units = [[8, 1, 1], [5, 3, 2], [4, 3, 3]]
    found = ds.apmo(units)
    assert float(found.cut_off) == pytest.approx(100 * 8 / 30)
    assert (int(found.n_majority), int(found.n_opinions)) == (8, 30)
    assert found.items.tolist() == ["consensus", "no consensus", "no consensus"]


@pytest.mark.parametrize(
    ("units", "cut_off", "items", "why"),
    [
        ([[10, 0], [0, 10]], 100, ["consensus", "consensus"], "unanimous either way"),
        ([[5, 5], [5, 5]], 0, ["no consensus", "no consensus"], "no item has a majority"),
        ([[6, 4], [9, 1]], 75, ["no consensus", "consensus"], "the smaller majority is under the average"),
        ([[7, 3], [0, 0]], 70, ["consensus", None], "an item without answers counts for nothing"),
        ([[7, 3], [14, 6]], 70, ["consensus", "consensus"], "exactly at the cut-off, in whole numbers"),
    ],
)
def test_apmo_and_the_items_that_reach_it(units, cut_off, items, why):
    found = ds.apmo(units)
    assert float(found.cut_off) == pytest.approx(cut_off), why
    assert found.items.tolist() == items, why


def test_apmo_without_opinions_is_undefined():
    found = ds.computed("apmo", [[[0, 0], [0, 0]], [[1, 0], [0, 0]]])
    assert found.reason.tolist() == ["no_valid_answers", None]
    assert found.flags.tolist() == ["", "n_below_minimum"]
    assert np.isnan(found.value[0]) and found.value[1] == 100


@settings(deadline=None, max_examples=60)
@given(arrays(np.int64, (4, 5), elements=st.integers(0, 12)), st.permutations(range(4)), st.integers(2, 5))
def test_majorities_do_not_depend_on_order_direction_or_size(units, order, factor):
    for boxes in (None, BOXES):
        turned = None if boxes is None else boxes[::-1]
        cut_off = ds.apmo(units, boxes).cut_off
        np.testing.assert_allclose(ds.apmo(units[list(order)], boxes).cut_off, cut_off)
        np.testing.assert_allclose(ds.apmo(units[:, ::-1], turned).cut_off, cut_off)
        np.testing.assert_allclose(ds.apmo(units * factor, boxes).cut_off, cut_off)
        words = ds.crude_majority(units, boxes, min_n=1).label.tolist()
        assert ds.crude_majority(units[:, ::-1], turned, min_n=1).label.tolist() == words
        assert ds.crude_majority(units * factor, boxes, min_n=1).label.tolist() == words


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.apmo([1, 2]), "units: needs items and categories as last dimensions, got shape (2,)"),
        (lambda: ds.apmo([[1, 2]], ["yes"]), "boxes: needs 2 names, one per category, got 1"),
        (lambda: ds.apmo([[1, 2]], majority=0.4), "majority: is a share from 1/2 to 1, got 0.4"),
        (lambda: ds.apmo([[1, -2]]), "units: counts are whole numbers from 0 on, the least given is -2"),
        (lambda: ds.crude_majority([1, 2], ["a", "b", "c"]), "boxes: needs 2 names, one per category, got 3"),
        (lambda: ds.crude_majority([1, 2], majority=51), "majority: is a share from 1/2 to 1, got 51"),
        (lambda: ds.crude_majority([1, 2], min_n=0), "min_n: is 1, 2, 3, ... answers, got 0"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named_with_what_is_allowed(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message
