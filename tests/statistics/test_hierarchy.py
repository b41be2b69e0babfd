"""Weights of the analytic hierarchy process: consistent matrices, Saaty's index, rounded reciprocals."""

from __future__ import annotations

import numpy as np
import pytest

from delphi import statistics as ds

NAN = np.nan
SCHOOLS = [
    [1, 4, 3, 1, 3, 4], [1 / 4, 1, 7, 3, 1 / 5, 1], [1 / 3, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 6], [1, 1 / 3, 5, 1, 1, 1 / 3],
    [1 / 3, 5, 5, 1, 1, 3], [1 / 4, 1, 6, 3, 1 / 3, 1],
]  # fmt: skip
"""Saaty's choice of a school: learning, friends, school life, vocational training, college preparation, music."""


def test_saatys_choice_of_a_school():
    """Weights as printed (Saaty 1990); the ratio is well above .10."""
    found = ds.ahp_weights(SCHOOLS)
    np.testing.assert_allclose(found.weights, [0.32, 0.14, 0.03, 0.13, 0.24, 0.14], atol=5e-3)
    assert float(found.consistency_ratio) > 0.2


@pytest.mark.parametrize("weights", [[1], [0.25, 0.75], [0.5, 0.3, 0.2], [0.4, 0.3, 0.1, 0.15, 0.05]])
def test_consistent_comparisons_give_the_weights_back(weights):
    weights = np.array(weights)
    found = ds.ahp_weights(weights[:, None] / weights)
    np.testing.assert_allclose(found.weights, weights, atol=1e-9)
    assert float(found.lambda_max) == pytest.approx(len(weights))
    assert float(found.consistency_index) == pytest.approx(0, abs=1e-9)
    assert float(found.consistency_ratio) == pytest.approx(0, abs=1e-9)


def test_the_eigenvector_is_where_repeated_weighting_ends():
    matrix = np.array(SCHOOLS)
    weights = np.ones(6)
    for _ in range(500):
        weights = matrix @ weights
        weights /= weights.sum()
    found = ds.ahp_weights(matrix)
    np.testing.assert_allclose(found.weights, weights, atol=1e-12)
    assert float(found.lambda_max) == pytest.approx(float((matrix @ weights).sum()))
    assert float(found.consistency_index) == pytest.approx((float(found.lambda_max) - 6) / 5)
    assert float(found.consistency_ratio) == pytest.approx(float(found.consistency_index) / 1.24)


def test_below_three_objects_nothing_contradicts_itself_and_beyond_fifteen_there_is_no_index():
    assert ds.ahp_weights([[1, 9], [1 / 9, 1]]).consistency_ratio == 0
    assert ds.ahp_weights([[1]]).weights.tolist() == [1]
    large = ds.ahp_weights(np.ones((16, 16)))
    assert np.isnan(large.consistency_ratio)
    assert float(large.consistency_index) == pytest.approx(0, abs=1e-9)


def test_a_matrix_with_a_gap_is_not_answered():
    given = np.array([[[1, 3], [1 / 3, 1]], [[1, NAN], [1 / 3, 1]]])
    found = ds.computed("ahp_weights", given)
    np.testing.assert_allclose(found.value, [[0.75, 0.25], [NAN, NAN]])
    assert found.reason.tolist() == [[None, None], ["no_valid_answers"] * 2]
    assert found.n.tolist() == [[1, 1], [0, 0]]


def test_rounded_reciprocals_are_taken_within_the_tolerance():
    assert np.isfinite(ds.ahp_weights([[1, 7], [0.14, 1]]).weights).all()
    assert np.isfinite(ds.ahp_weights([[1, 9], [0.11, 1]]).weights).all()
    with pytest.raises(ValueError, match=r"^comparisons: of a pair one is 1 over the other"):
        ds.ahp_weights([[1, 7], [0.14, 1]], tolerance=0.001)


@pytest.mark.parametrize(
    ("comparisons", "options", "message"),
    [
        ([[1, 2]], {}, "^comparisons: needs two equal last dimensions"),
        ([[1, 2], [2, 1]], {}, "^comparisons: of a pair one is 1 over the other"),
        ([[1, 12], [1 / 12, 1]], {}, "^comparisons: lie between 1/9 and 9"),
        ([[1, -2], [-0.5, 1]], {}, "^comparisons: lie between 1/9 and 9"),
        ([[2, 2], [0.5, 2]], {}, "^comparisons: an object is 1 times as important"),
        ([[1, 2], [0.5, 1]], {"tolerance": 1}, "^tolerance: is a number from 0 to below 1"),
    ],
)
def test_comparisons_that_make_no_sense_are_refused(comparisons, options, message):
    with pytest.raises(ValueError, match=message):
        ds.ahp_weights(comparisons, **options)
