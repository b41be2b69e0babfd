"""The RAND/UCLA method: exact at its thresholds, on its own scale only, half points in the higher class."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from delphi import statistics as ds
from tests.published.values.appropriateness import classed

RATINGS = st.lists(st.integers(1, 9), min_size=2, max_size=25)
HOW = {2: "averaged_inverted_cdf", 6: "weibull", 7: "linear"}


def counted(ratings: list[int]) -> list[int]:
    return [ratings.count(value) for value in range(1, 10)]


def exact_percentile(ratings: list[int], p: Fraction, quantile_type: int) -> Fraction:
    """Type 2, 6 or 7 in fractions, from the sorted ratings."""
    ordered, n = sorted(ratings), len(ratings)
    position = n * p + {2: 0, 6: p, 7: 1 - p}[quantile_type]
    below = int(position)
    rest = position - below
    if quantile_type == 2:
        rest = Fraction(1) if rest else Fraction(1, 2)
    first, second = (ordered[min(max(rank, 1), n) - 1] for rank in (below, below + 1))
    return first + rest * (second - first)


@settings(deadline=None, max_examples=200)
@given(RATINGS, st.sampled_from([2, 6, 7]))
def test_index_and_disagreement_equal_fractions(ratings: list[int], quantile_type: int) -> None:
    p30, p70 = (exact_percentile(ratings, Fraction(t, 10), quantile_type) for t in (3, 7))
    ipras = Fraction("2.35") + Fraction("1.5") * abs(5 - (p30 + p70) / 2)
    found = ds.rand_ucla(counted(ratings), quantile_type=quantile_type)
    expected = (p30, p70, p70 - p30, (p30 + p70) / 2, abs(5 - (p30 + p70) / 2), ipras, (p70 - p30) / ipras)
    np.testing.assert_allclose(
        [float(one) for one in found[:7]], [float(one) for one in expected], atol=1e-12
    )
    assert bool(found.has_disagreement) == (p70 - p30 > ipras)


@pytest.mark.parametrize("quantile_type", HOW)
def test_percentiles_are_those_of_numpy(quantile_type: int) -> None:
    rng = np.random.default_rng(2)
    for n in (2, 7, 9, 14):
        ratings = rng.integers(1, 10, n)
        found = ds.rand_ucla(counted(ratings.tolist()), quantile_type=quantile_type)
        expected = np.quantile(ratings, [0.3, 0.7], method=HOW[quantile_type])
        np.testing.assert_allclose([found.p30, found.p70], expected, atol=1e-12)


AT_THE_LIMIT = [
    ([3, 3, 3, 3, 6, 6, 6, 6, 7, 7, 7, 7], 7, 2.8),
    ([1, 1, 1, 1, 6, 6, 6, 6, 7, 8, 8, 8, 8], 7, 3.4),
    ([4, 4, 6, 7, 9, 9], 6, 4.6),
    ([3, 3, 3, 4, 4, 4, 4, 7, 7, 7], 6, 2.8),
]


@pytest.mark.parametrize(("ratings", "quantile_type", "spread"), AT_THE_LIMIT)
def test_a_range_equal_to_the_adjusted_range_is_no_disagreement(
    ratings: list[int], quantile_type: int, spread: float
) -> None:
    p30, p70 = np.quantile(ratings, [0.3, 0.7], method=HOW[quantile_type])
    assert p70 - p30 > 2.35 + 1.5 * abs(5 - (p30 + p70) / 2), "in floats the range is the larger"
    found = ds.rand_ucla(counted(ratings), quantile_type=quantile_type)
    assert (float(found.ipr), float(found.ipras)) == (spread, spread)
    assert float(found.disagreement_index) == 1.0
    assert float(found.has_disagreement) == 0.0


CASES: list[tuple[list[int], str, Any, str | None, str]] = [
    ([0] * 9, "rand_ucla", None, "no_valid_answers", "nobody answered"),
    ([0, 0, 0, 0, 0, 0, 1, 0, 0], "rand_ucla", None, "too_few", "one panelist always agrees"),
    ([0, 0, 0, 0, 0, 0, 9, 0, 0], "rand_ucla", 0.0, None, "all equal: no spread, no disagreement"),
    ([5, 0, 0, 0, 0, 0, 0, 0, 5], "rand_ucla", 8 / 2.35, None, "half at each end"),
    ([1, 2, 3, 2, 1], "rand_ucla", None, "scale_not_supported", "five points are another method"),
    ([0] * 5, "rand_ucla", None, "no_valid_answers", "nobody answered, on whatever scale"),
    ([0] * 9, "rand_ucla_classic_thresholds", None, "no_valid_answers", "nobody answered"),
    ([0, 0, 0, 0, 1, 0, 0, 0, 0], "rand_ucla_classic_thresholds", None, "too_few", "one panelist"),
    ([1, 2, 3, 2, 1], "rand_ucla_classic_thresholds", None, "scale_not_supported", "five points"),
    ([0, 0, 3, 0, 0, 3, 3, 0, 0], "rand_ucla_classic_thresholds", "disagreement", None, "3 of 9 at each end"),
    ([0, 0, 2, 0, 0, 4, 3, 0, 0], "rand_ucla_classic_thresholds", "neither", None, "5 outside 4-6, 2 at 1-3"),
    ([0, 0, 1, 0, 0, 7, 1, 0, 0], "rand_ucla_classic_thresholds", "agreement", None, "2 of 9 outside 4-6"),
    (
        [0, 0, 0, 0, 0, 5, 5, 0, 0],
        "rand_ucla_classic_thresholds",
        "neither",
        None,
        "median 6.5 in 7-9, 5 outside",
    ),
    ([0, 0, 0, 0, 0, 0, 2, 0, 0], "rand_ucla_classic_thresholds", "agreement", None, "two, alike"),
    ([1, 0, 0, 0, 0, 0, 0, 0, 1], "rand_ucla_classic_thresholds", "disagreement", None, "two, k is 1"),
    ([0] * 9, "rand_ucla_classification", None, "no_valid_answers", "nobody answered"),
    ([0, 0, 0, 0, 1, 0, 0, 0, 0], "rand_ucla_classification", None, "too_few", "one panelist"),
    ([1, 2, 3, 2], "rand_ucla_classification", None, "scale_not_supported", "four points"),
    ([0, 0, 0, 0, 0, 0, 9, 0, 0], "rand_ucla_classification", "appropriate", None, "median 7"),
    ([0, 0, 0, 0, 0, 9, 0, 0, 0], "rand_ucla_classification", "uncertain", None, "median 6"),
    ([0, 0, 9, 0, 0, 0, 0, 0, 0], "rand_ucla_classification", "inappropriate", None, "median 3"),
    (
        [0, 0, 4, 0, 0, 0, 5, 0, 0],
        "rand_ucla_classification",
        "uncertain",
        None,
        "median 7, but 4 and 5 at the ends",
    ),
]


@pytest.mark.parametrize(
    ("counts", "name", "expected", "reason", "why"), CASES, ids=[case[4] for case in CASES]
)
def test_degenerate_and_typical_panels(
    counts: list[int], name: str, expected: Any, reason: str | None, why: str
) -> None:
    found = ds.computed(name, counts)
    assert found.reason.item() == reason, why
    if isinstance(expected, float):
        assert found.value.item() == pytest.approx(expected, abs=1e-12), why
    elif found.label is None:
        assert np.isnan(found.value), why
    else:
        assert found.label.item() == expected, why


@pytest.mark.parametrize("name", ["rand_ucla", "rand_ucla_classic_thresholds", "rand_ucla_classification"])
def test_nine_points_from_0_to_8_are_not_the_scale_of_the_method(name: str) -> None:
    counts = [0, 0, 1, 0, 0, 3, 5, 2, 0]
    assert ds.computed(name, counts, values=range(9)).reason.item() == "scale_not_supported"
    assert ds.computed(name, counts, values=range(1, 10)).reason.item() is None


@pytest.mark.parametrize(
    ("n", "k", "flags"),
    [(2, 1, "n_below_minimum panel_below_rule_range"), (7, 2, "panel_below_rule_range"), (8, 3, ""), (10, 3, ""), (11, 4, ""),
     (13, 4, ""), (14, 5, ""), (16, 5, ""), (17, 6, "panel_above_rule_range"), (25, 8, "panel_above_rule_range")],
)  # fmt: skip
def test_k_by_size_of_the_panel_and_the_flag_outside_the_published_range(n: int, k: int, flags: str) -> None:
    counts = [0, 0, 0, 0, 0, 0, 0, 0, n]
    found = ds.computed("rand_ucla_classic_thresholds", counts)
    assert found.more is not None
    assert float(found.more["k"]) == k
    assert found.flags.item() == flags
    assert ds.computed("rand_ucla_classification", counts).flags.item() == flags
    by_range = ds.computed("rand_ucla_classification", counts, rule="ipras").flags.item()
    assert by_range == ("n_below_minimum" if n < 5 else "")


@settings(deadline=None, max_examples=150)
@given(RATINGS, st.sampled_from(["classic", "ipras"]))
def test_the_class_is_that_found_rating_by_rating(ratings: list[int], rule: str) -> None:
    found = ds.rand_ucla_classification(counted(ratings), rule=rule)
    limit = ds.rand_ucla(counted(ratings)).disagreement_index
    if rule == "classic" or abs(limit - 1) > 1e-9:
        assert found.classification.item() == classed(ratings, rule)
    assert float(found.median) == np.median(ratings)


@settings(deadline=None, max_examples=100)
@given(RATINGS)
def test_turning_the_scale_round_keeps_the_disagreement(ratings: list[int]) -> None:
    counts = counted(ratings)
    first, second = ds.rand_ucla(counts), ds.rand_ucla(counts[::-1])
    np.testing.assert_allclose(second.disagreement_index, first.disagreement_index, atol=1e-12)
    assert float(first.has_disagreement) == float(second.has_disagreement)
    is_disagreement = [
        ds.rand_ucla_classic_thresholds(one).agreement.item() == "disagreement"
        for one in (counts, counts[::-1])
    ]
    assert is_disagreement[0] == is_disagreement[1]


def test_the_order_of_panelists_and_doubling_them_under_type_2_change_no_index() -> None:
    counts: NDArray[np.int64] = np.random.default_rng(8).integers(0, 4, size=(50, 9))
    first, second = (ds.rand_ucla(one, quantile_type=2).disagreement_index for one in (counts, 2 * counts))
    np.testing.assert_allclose(first[counts.sum(axis=1) > 1], second[counts.sum(axis=1) > 1], atol=1e-12)


def test_trap_35_other_percentiles_another_constant_or_another_scale() -> None:
    """Trap: IPRAS on five points, P10 and P90 for P30 and P70, 2.5 for 2.35, 3.5 and 6.5 in the lower class."""
    counts = [1, 1, 1, 1, 1, 1, 1, 1, 1]
    found = ds.rand_ucla(counts)
    assert (float(found.p30), float(found.p70)) == pytest.approx((3.4, 6.6), abs=1e-12)
    assert float(found.ipras) == 2.35
    assert np.isnan(ds.rand_ucla([2, 2, 2, 2, 2]).ipras)
    for median, name in ((3.5, "uncertain"), (6.5, "appropriate")):
        below = [0] * 9
        below[int(median - 1.5)], below[int(median - 0.5)] = 5, 5
        assert float(ds.rand_ucla_classification(below, rule="ipras").median) == median
        assert ds.rand_ucla_classification(below, rule="ipras").classification.item() == name


def test_trap_18_the_type_of_the_percentiles_changes_a_verdict_and_is_an_option() -> None:
    ratings = [1, 1, 3, 6, 6, 6, 7, 7, 7]
    found = {t: ds.computed("rand_ucla", counted(ratings), quantile_type=t) for t in (2, 6, 7)}
    assert {t: one.options["quantile_type"] for t, one in found.items()} == {2: 2, 6: 6, 7: 7}
    assert {t: round(one.value.item(), 3) for t, one in found.items()} == {2: 1.702, 6: 1.702, 7: 0.814}


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match=r"^rule: is classic or ipras, got 'median'"):
        ds.rand_ucla_classification([0] * 9, rule="median")
    with pytest.raises(ValueError, match=r"^quantile_type:"):
        ds.rand_ucla([0] * 9, quantile_type=0)
    with pytest.raises(ValueError, match=r"^values:"):
        ds.rand_ucla([0] * 9, values=[1, 2])
    with pytest.raises(ValueError, match=r"^counts:"):
        ds.rand_ucla_classic_thresholds([-1] * 9)
