"""Three-point estimates: what is valid, how they are standardised, and how far they overlap."""

from __future__ import annotations

import numpy as np
import pytest

from delphi import statistics as ds

NAN = np.nan


@pytest.mark.parametrize(
    ("row", "is_valid"),
    [
        ([1, 2, 3, 80], True),
        ([2, 2, 2, 50], True),
        ([1, 2, 3, 100], True),
        ([2, 1, 3, 80], False),
        ([1, 4, 3, 80], False),
        ([1, 2, 3, 49], False),
        ([1, 2, 3, 101], False),
        ([1, 2, 3, 0.8], False),  # a fraction where per cent are asked
        ([1, 2, 3, NAN], False),
        ([1, NAN, 3, 80], False),
        ([1, 2, np.inf, 80], False),
    ],
)
def test_an_estimate_is_lowest_best_highest_with_fifty_to_a_hundred_per_cent(row, is_valid):
    found = ds.idea_standardised_interval([row])
    assert (found.n, found.n_invalid) == ((1, 0) if is_valid else (0, 1))
    assert np.isfinite(found.best) == is_valid
    assert np.isfinite(found.intervals).all() == is_valid
    if not is_valid:
        with pytest.raises(ValueError, match=r"^estimates: 1 of 1 are not"):
            ds.idea_standardised_interval([row], invalid="refused")


def test_no_answer_is_not_an_invalid_one():
    found = ds.computed("idea_standardised_interval", [[NAN] * 4])
    assert (found.n, found.more["n_invalid"], found.reason.item()) == (0, 0, "no_valid_answers")


@pytest.mark.parametrize(
    ("row", "options", "interval", "is_truncated"),
    [
        ([10, 20, 40, 80], {}, [10, 20, 40], False),
        ([10, 20, 40, 80], {"standard": 90}, [8.75, 20, 42.5], False),
        ([10, 20, 40, 100], {"standard": 80}, [12, 20, 36], False),  # narrower: less sure than stated
        ([10, 20, 40, 50], {"low": 0, "high": 100}, [4, 20, 52], False),
        ([5, 30, 90, 50], {"low": 0, "high": 100}, [0, 30, 100], True),
        ([5, 30, 40, 50], {"low": 0}, [0, 30, 46], True),
        ([20, 20, 20, 60], {}, [20, 20, 20], False),
    ],
)
def test_intervals_are_stretched_around_the_best_estimate_and_cut_at_the_bounds(
    row, options, interval, is_truncated
):
    found = ds.idea_standardised_interval([row], **options)
    np.testing.assert_allclose(found.intervals, [interval])
    assert found.is_truncated.tolist() == [is_truncated]
    np.testing.assert_allclose([found.lower, found.best, found.upper], interval)


def test_the_group_is_the_mean_of_the_cut_intervals_and_invalid_rows_keep_their_place():
    found = ds.idea_standardised_interval(
        [[0, 10, 20, 50], [3, 2, 1, 80], [NAN] * 4, [10, 30, 40, 80]], low=0
    )
    np.testing.assert_allclose(found.intervals, [[0, 10, 26], [NAN] * 3, [NAN] * 3, [10, 30, 40]])
    assert found.is_truncated.tolist() == [True, False, False, False]
    assert (found.lower, found.best, found.upper) == (5, 20, 33)
    assert (found.n, found.n_invalid) == (2, 1)


def test_one_confidence_for_all_stands_for_a_column_of_it():
    points = np.array([[1.0, 2, 5], [2, 3, 4]])
    one = ds.idea_standardised_interval(points, confidence=60)
    other = ds.idea_standardised_interval(np.column_stack([points, [60, 60]]))
    np.testing.assert_array_equal(one.intervals, other.intervals)


def test_a_best_estimate_outside_the_bounds_is_invalid():
    assert ds.idea_standardised_interval([[90, 105, 110, 80]], high=100).n_invalid == 1


def test_the_unit_does_not_matter():
    rng = np.random.default_rng(1)
    points = np.sort(rng.random((9, 3)), axis=1)
    sure = rng.integers(50, 101, 9)
    one, other = (
        ds.idea_standardised_interval(np.column_stack([factor * points, sure])) for factor in (1, 1000)
    )
    np.testing.assert_allclose(1000 * one.intervals, other.intervals)


@pytest.mark.parametrize(
    ("estimates", "share", "overlap", "reason"),
    [
        ([[NAN] * 3], NAN, NAN, "no_valid_answers"),
        ([[3, 2, 1]], NAN, NAN, "no_valid_answers"),
        ([[1, 2, 3]], NAN, NAN, "too_few"),  # one person always agrees
        ([[1, 2, 3], [3, 2, 1]], NAN, NAN, "too_few"),
        ([[1, 2, 3], [1, 2, 3]], 1, 1, None),
        ([[1, 2, 3], [4, 5, 6]], 0, 0, None),
        ([[1, 2, 3], [3, 4, 5]], 1, 0, None),  # they touch where the median lies
        ([[0, 2, 4], [1, 2, 3]], 1, 0.5, None),
        ([[2, 2, 2], [2, 2, 2]], 1, 1, None),  # the same point
        ([[2, 2, 2], [3, 3, 3]], 0, 0, None),
        ([[2, 2, 2], [1, 2, 3]], 1, 0, None),  # a point covers no length
    ],
)
def test_overlap_of_intervals(estimates, share, overlap, reason):
    found = ds.computed("interval_overlap", np.array(estimates, dtype=float))
    np.testing.assert_allclose(found.value, share)
    np.testing.assert_allclose(found.more["mean_overlap"], overlap)
    assert found.reason.item() == reason


def test_thousands_of_intervals_are_compared_in_parts():
    rng = np.random.default_rng(2)
    points = np.sort(rng.random((1500, 3)), axis=1)
    few = ds.interval_overlap(points[:3])
    twice = ds.interval_overlap(np.repeat(points[:3], 500, axis=0))
    pairs = 1500 * 1499 / 2
    same = 3 * 500 * 499 / 2
    assert twice.mean_overlap == pytest.approx((same + (pairs - same) * few.mean_overlap) / pairs)


def test_the_confidence_counts_for_nothing_in_the_overlap():
    points = np.array([[0.0, 2, 4], [1, 2, 3]])
    assert ds.interval_overlap(np.column_stack([points, [10, NAN]])) == ds.interval_overlap(points)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: ds.idea_standardised_interval([[1, 2, 3]]),
            "^confidence: is given in the fourth column, or as one",
        ),
        (
            lambda: ds.idea_standardised_interval([[1, 2, 3, 80]], confidence=80),
            "^confidence: is given in the fourth",
        ),
        (
            lambda: ds.idea_standardised_interval([[1, 2, 3]], confidence=0.8),
            "^confidence: lies between 50 and 100",
        ),
        (
            lambda: ds.idea_standardised_interval([[1, 2, 3, 80]], 40),
            "^standard: lies between 50 and below 100",
        ),
        (
            lambda: ds.idea_standardised_interval([[1, 2, 3, 80]], 100),
            "^standard: lies between 50 and below 100",
        ),
        (lambda: ds.idea_standardised_interval([[1, 2, 3, 80]], low=5, high=5), "^low: lies below high"),
        (lambda: ds.idea_standardised_interval([1, 2, 3, 80]), "^estimates: needs respondents, and lowest"),
        (lambda: ds.idea_standardised_interval([[1, 2]]), "^estimates: needs respondents, and lowest"),
        (lambda: ds.interval_overlap([[1, 2]]), "^estimates: needs respondents, and lowest"),
        (lambda: ds.interval_overlap([[3, 2, 1]], "refused"), "^estimates: 1 of 1 are not"),
        (lambda: ds.interval_overlap([[3, 2, 1]], "kept"), "^invalid: is left_out or refused, got 'kept'"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
