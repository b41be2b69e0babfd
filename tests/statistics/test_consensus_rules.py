"""Rules of the field as tables of cases: given, expected, why."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from delphi import statistics as ds

TOP9, BOTTOM9 = [0] * 6 + [1] * 3, [1] * 3 + [0] * 6
TOP, BOTTOM, STRONG = [0, 0, 0, 1, 1], [1, 1, 0, 0, 0], [1, 0, 0, 0, 1]
YES = [0, 1]


def nine(low: int, middle: int, high: int) -> list[int]:
    """Answers on nine points: unimportant, between, critical."""
    return [low, 0, 0, 0, middle, 0, 0, 0, high]


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        (nine(2, 4, 14), "in", "70 % exactly and 10 %"),
        (nine(2, 5, 13), "no consensus", "65 %"),
        (nine(3, 3, 14), "no consensus", "15 % is not less than 15 %"),
        (nine(14, 4, 2), "out", "the mirror image"),
        (nine(14, 3, 3), "no consensus", "the mirror image of 15 %"),
        (nine(0, 20, 0), "no consensus", "all between"),
        (nine(0, 0, 4), None, "four answers decide nothing"),
        (nine(0, 0, 5), "in", "five do"),
        (nine(0, 0, 0), None, "nobody"),
    ],
)
def test_comet_70_15(counts, expected, why):
    assert ds.comet_70_15(counts, TOP9, BOTTOM9).label.item() == expected, why


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        (nine(0, 10, 10), "out", "50 % in the top box are not enough to stay"),
        (nine(0, 9, 11), "no consensus", "55 % are"),
        (nine(0, 6, 14), "in", "in as before"),
        (nine(14, 0, 6), "out", "few in the top box, wherever the others are"),
    ],
)
def test_comet_70_15_with_the_variant_that_looks_at_the_top_box_alone(counts, expected, why):
    assert ds.comet_70_15(counts, TOP9, BOTTOM9, out="top_at_most").label.item() == expected, why


def test_comet_70_15_gives_the_counts_behind_it():
    found = ds.computed("comet_70_15", nine(2, 4, 14), top=TOP9, bottom=BOTTOM9)
    assert {name: part.item() for name, part in found.more.items()} == {"n_top": 14, "n_bottom": 2}
    assert found.n.item() == 20
    assert found.label.item() == "in"
    assert np.isnan(found.value)


def test_trap_19_a_threshold_is_compared_in_whole_numbers():
    """Shares summed category by category, such as 0.1 + 0.2 + 0.4, are not 0.7 in floats."""
    for size in range(1, 60):
        counts = [0, 0, 0, 0, 3 * size, 0, size, 2 * size, 4 * size]
        assert ds.comet_70_15(counts, TOP9, BOTTOM9, min_n=1).label.item() == "in"
        assert ds.omeract_70([3 * size, 7 * size], YES, min_n=1).label.item() == "endorsed"
        at_the_edge = nine(3 * size, 0, 17 * size)
        assert ds.comet_70_15(at_the_edge, TOP9, BOTTOM9, min_n=1).label.item() == "no consensus"


def test_thresholds_can_be_fractions_or_other_numbers():
    two_thirds = Fraction(2, 3)
    assert ds.omeract_70([1, 2], YES, at_least=two_thirds, min_n=1).label.item() == "endorsed"
    assert ds.omeract_70([334, 666], YES, at_least=two_thirds).label.item() == "not endorsed"
    assert ds.comet_70_15(nine(4, 0, 16), TOP9, BOTTOM9, less_than=0.25).label.item() == "in"


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        ([30, 70], "endorsed", "70 % exactly"),
        ([31, 69], "not endorsed", "69 %"),
        ([5, 0], "not endorsed", "nobody for it"),
        ([0, 4], None, "four votes"),
        ([0, 0], None, "nobody voted"),
    ],
)
def test_omeract_70(counts, expected, why):
    assert ds.omeract_70(counts, YES).label.item() == expected, why


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        ([0, 0, 3, 0, 7], "strong for", "70 % strong"),
        ([0, 0, 0, 4, 6], "weak for", "all for it, 60 % strong"),
        ([1, 0, 4, 2, 3], "weak for", "50 % for, 10 % against"),
        ([1, 1, 3, 0, 5], "no recommendation", "20 % against is not less than 20 %"),
        ([1, 0, 5, 2, 2], "no recommendation", "40 % for"),
        ([7, 1, 2, 0, 0], "strong against", "70 % strong against"),
        ([2, 5, 2, 1, 0], "weak against", "70 % against, 20 % strong"),
        ([7, 0, 0, 0, 3], "no recommendation", "70 % strong against but 30 % for"),
        ([0, 0, 9, 0, 0], "no recommendation", "nobody on a side"),
        ([0, 0, 0, 0, 4], None, "four votes"),
        ([0, 0, 0, 0, 0], None, "nobody voted"),
    ],
)
def test_grade_grid(counts, expected, why):
    assert ds.grade_grid(counts, TOP, BOTTOM, STRONG).label.item() == expected, why


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        ([7, 1, 1, 1], "high", "70 % in one"),
        ([4, 4, 1, 1], "high", "80 % in two neighbours"),
        ([6, 0, 2, 2], "medium", "60 % in one"),
        ([0, 3, 4, 3], "medium", "70 % in two neighbours"),
        ([5, 0, 2, 3], "low", "50 % in one"),
        ([3, 3, 2, 2], "low", "60 % in two neighbours"),
        ([4, 1, 1, 4], "none", "50 % in two neighbours"),
        ([5, 5, 0, 0], "high", "all in two neighbours"),
        ([1, 0, 0, 0], None, "one person always agrees"),
        ([0, 0, 0, 0], None, "nobody"),
        ([3], "high", "a scale of one category has no neighbours"),
    ],
)
def test_deloe_consensus_level(counts, expected, why):
    assert ds.deloe_consensus_level(counts).label.item() == expected, why


def test_trap_36_two_related_categories_are_neighbours():
    """80 % in any two categories, and no more than half in one or in two neighbours."""
    assert ds.deloe_consensus_level([4, 1, 4, 1]).label.item() == "none"


@pytest.mark.parametrize("name", ["comet_70_15", "omeract_70", "grade_grid", "deloe_consensus_level"])
def test_below_its_minimum_a_rule_says_too_few(name):
    options = {
        "comet_70_15": {"top": TOP, "bottom": BOTTOM}, "omeract_70": {"within": TOP},
        "grade_grid": {"top": TOP, "bottom": BOTTOM, "strong": STRONG}, "deloe_consensus_level": {},
    }[name]  # fmt: skip
    found = ds.computed(name, [[0, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 1, 1, 0, 1]], **options, min_n=3)
    assert found.reason.tolist() == ["no_valid_answers", "too_few", None]
    assert found.flags.tolist() == ["", "", "n_below_minimum"]
    assert found.options["min_n"] == 3


@settings(deadline=None, max_examples=60)
@given(arrays(np.int64, (5,), elements=st.integers(0, 15)), st.integers(2, 6))
def test_labels_do_not_depend_on_the_size_of_the_panel_and_turn_with_the_scale(counts, factor):
    turned = {"in": "out", "out": "in", "strong for": "strong against", "weak for": "weak against"}
    turned |= {after: before for before, after in turned.items()}
    for rule in (
        lambda c: ds.comet_70_15(c, TOP, BOTTOM, min_n=1),
        lambda c: ds.grade_grid(c, TOP, BOTTOM, STRONG, min_n=1),
        lambda c: ds.deloe_consensus_level(c, min_n=1),
    ):
        label = rule(counts).label.item()
        assert rule(counts * factor).label.item() == label
        assert rule(counts[::-1]).label.item() == turned.get(label, label)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.comet_70_15([1, 1], [1, 0], [1, 0]), "bottom: has a category that is also in top"),
        (lambda: ds.comet_70_15([1, 1], [0, 1], [1, 0], at_least=70), "at_least: is a share from 0 to 1, got 70"),
        (lambda: ds.comet_70_15([1, 1], [0, 1], [1, 0], less_than=-0.1), "less_than: is a share from 0 to 1, got -0.1"),
        (lambda: ds.comet_70_15([1, 1], [0, 1], [1, 0], out_at_most="half"), "out_at_most: is a share from 0 to 1, got 'half'"),
        (lambda: ds.comet_70_15([1, 1], [0, 1], [1, 0], out="no"), "out: is mirror or top_at_most, got 'no'"),
        (lambda: ds.comet_70_15([1, 1], [0, 1], [1, 0], min_n=0), "min_n: is 1, 2, 3, ... answers, got 0"),
        (lambda: ds.omeract_70([1, 1], [0, 1, 1]), "within: needs 2 values, one per category, got shape (3,)"),
        (lambda: ds.omeract_70([1, 1], [0, 1], at_least=float("nan")), "at_least: is a share from 0 to 1, got nan"),
        (lambda: ds.grade_grid([1, 1], [0, 1], [1, 0], [3, 3]), "strong: is true or false for each category"),
        (lambda: ds.grade_grid([1, 1], [0, 1], [1, 0], [1, 1], strong_at_least=2), "strong_at_least: is a share from 0 to 1, got 2"),
        (
            lambda: ds.deloe_consensus_level([1, 1], one=(0.7, 0.6)),
            "one: is three falling shares, for high, medium and low, got (0.7, 0.6)",
        ),
        (
            lambda: ds.deloe_consensus_level([1, 1], two=(0.5, 0.6, 0.7)),
            "two: is three falling shares, for high, medium and low, got (0.5, 0.6, 0.7)",
        ),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named_with_what_is_allowed(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message
