"""Shapes of histograms: letters of Galtung against one written out step by step, and Sarle's coefficient against SciPy."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from delphi import statistics as ds

VALUES = np.arange(1, 6)
COUNTS = arrays(np.int64, (5,), elements=st.integers(0, 15))


def letter(counts: list[int], tolerance: Fraction) -> str:
    """Galtung's letter, read from the text of ups and downs along the scale."""

    def told(change: int) -> str:
        return "" if abs(change) <= tolerance * sum(counts) else "u" if change > 0 else "d"

    walk = "".join(told(after - before) for before, after in pairwise(counts))
    short = "".join(step for step, _ in groupby(walk))
    if short:
        return {"u": "J", "d": "J", "ud": "A", "du": "U"}.get(short, "S")
    return "J" if told(counts[-1] - counts[0]) else "F"


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        ([0, 0, 9, 0, 0], "A", "all in the middle"),
        ([1, 2, 9, 2, 1], "A", "a peak between"),
        ([0, 9, 1, 0, 0], "A", "a peak beside the end"),
        ([0, 1, 2, 4, 9], "J", "a peak at the last category"),
        ([9, 4, 2, 1, 0], "J", "a peak at the first"),
        ([9, 2, 1, 2, 9], "U", "a peak at each end"),
        ([9, 0, 9, 0, 9], "S", "three peaks"),
        ([0, 9, 0, 9, 0], "S", "two peaks between"),
        ([4, 4, 4, 4, 4], "F", "flat"),
        ([4, 5, 4, 5, 4], "F", "flat within the tolerance"),
        ([1, 2, 4, 5, 7], "J", "no step exceeds the tolerance, but the slope does"),
        ([0, 0, 2, 0, 0], "A", "two who agree"),
        ([0, 0, 1, 0, 0], None, "one person has no shape"),
        ([0, 0, 0, 0, 0], None, "nobody"),
        ([9, 1], None, "two categories have no shape"),
    ],
)
def test_consensus_shape(counts, expected, why):
    assert ds.consensus_shape(counts).item() == expected, why


def test_consensus_shape_says_why_it_has_no_letter():
    found = ds.computed("consensus_shape", [[0, 0, 0], [1, 0, 0], [0, 3, 0], [2, 2, 2]])
    assert found.reason.tolist() == ["no_valid_answers", "too_few", None, None]
    assert found.flags.tolist() == ["", "", "n_below_minimum no_variation", ""]
    assert ds.computed("consensus_shape", [4, 4]).reason.item() == "scale_too_short"


def test_a_peak_at_the_first_category_is_l_when_asked_for():
    given_counts = [[9, 4, 2, 1, 0], [0, 1, 2, 4, 9], [7, 5, 4, 2, 1], [9, 2, 1, 2, 9]]
    assert ds.consensus_shape(given_counts).tolist() == ["J", "J", "J", "U"]
    assert ds.consensus_shape(given_counts, with_l=True).tolist() == ["L", "J", "L", "U"]


def test_the_tolerance_decides_and_its_edge_is_level():
    """The vignette of agrmt: 0, 0, 1, 2, 1 with a tolerance of one half and of one answer."""
    counts = [0, 0, 1, 2, 1]
    assert ds.consensus_shape(counts, tolerance=0.125).item() == "A"
    assert ds.consensus_shape(counts, tolerance=0.25).item() == "F"
    assert ds.consensus_shape(counts, tolerance=0.2499).item() == "A"


@settings(deadline=None, max_examples=150)
@given(COUNTS, st.sampled_from([0.0, 0.05, 0.1, 0.25]))
def test_consensus_shape_equals_the_walk_along_the_scale(counts, tolerance):
    if counts.sum() < 2:
        return
    expected = letter(counts.tolist(), Fraction(tolerance).limit_denominator(100))
    assert ds.consensus_shape(counts, tolerance).item() == expected
    assert ds.consensus_shape(counts[::-1], tolerance).item() == expected
    assert ds.consensus_shape(counts * 3, tolerance).item() == expected


@settings(deadline=None, max_examples=100)
@given(COUNTS)
def test_sarles_coefficient_equals_that_of_scipys_moments(counts):
    n = int(counts.sum())
    if n < 4 or (counts > 0).sum() < 2:
        return
    answers = np.repeat(VALUES, counts)
    skewness, kurtosis = stats.skew(answers, bias=False), stats.kurtosis(answers, bias=False)
    expected = (skewness**2 + 1) / (kurtosis + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))
    found = float(ds.sarle_bimodality(counts, VALUES))
    assert found == pytest.approx(expected, abs=1e-9)
    assert 0 < found <= 1
    assert float(ds.sarle_bimodality(counts[::-1], VALUES)) == pytest.approx(found)
    assert float(ds.sarle_bimodality(counts, VALUES * 10 - 3)) == pytest.approx(found)


@pytest.mark.parametrize(
    ("counts", "reason", "why"),
    [
        ([0, 0, 0, 0, 0], "no_valid_answers", "nobody"),
        ([1, 1, 1, 0, 0], "too_few", "three answers"),
        ([0, 3, 0, 0, 0], "too_few", "three who agree"),
        ([0, 4, 0, 0, 0], "no_variation", "four who agree"),
        ([1, 1, 1, 1, 0], None, "four who do not"),
    ],
)
def test_sarles_coefficient_needs_four_answers_that_differ(counts, reason, why):
    found = ds.computed("sarle_bimodality", counts)
    assert found.reason.item() == reason, why
    assert np.isnan(found.value.item()) == (reason is not None), why


def test_trap_38_a_skewed_single_peak_exceeds_five_ninths_too():
    skewed = [0, 0, 2, 6, 32]
    assert float(ds.sarle_bimodality(skewed, VALUES)) > 5 / 9
    assert ds.consensus_shape(skewed).item() == "J"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.consensus_shape([1, 2, 3], tolerance=-0.1), "tolerance: is a share from 0 to 1, got -0.1"),
        (lambda: ds.consensus_shape([1, 2, 3], tolerance=10), "tolerance: is a share from 0 to 1, got 10"),
        (lambda: ds.computed("consensus_shape", [1, 2, 3], with_l="L"), "with_l: is False or True, got 'L'"),
        (lambda: ds.sarle_bimodality([1, 2, 3], [1, 2]), "values: needs 3 values, one per category, got shape (2,)"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named_with_what_is_allowed(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message
