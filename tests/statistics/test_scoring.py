"""Hits of intervals and squared errors of probabilities, where the truth is known and where not."""

from __future__ import annotations

import numpy as np
import pytest

from delphi import statistics as ds

NAN = np.nan


@pytest.mark.parametrize(
    ("low", "high", "outcome", "hit_rate", "n", "n_invalid"),
    [
        ([1, 1], [3, 3], [2, 4], 0.5, 2, 0),
        ([1, 1], [3, 3], [1, 3], 1, 2, 0),  # the ends are inside
        ([1, 1], [3, 3], [2, NAN], 1, 1, 0),
        ([1, NAN], [3, 3], [2, 2], 1, 1, 0),
        ([1, 3], [3, 1], [2, 2], 1, 1, 1),
        ([3], [1], [2], NAN, 0, 1),
        ([NAN], [NAN], [NAN], NAN, 0, 0),
    ],
)
def test_hits_count_where_interval_and_outcome_are_known(low, high, outcome, hit_rate, n, n_invalid):
    found = ds.computed("calibration", tuple(np.array(one, dtype=float) for one in (low, high, outcome)))
    np.testing.assert_allclose(found.value, hit_rate)
    np.testing.assert_allclose(found.more["excess"], hit_rate - 0.8)
    assert (found.n, found.more["n_invalid"]) == (n, n_invalid)
    assert found.reason.item() == ("no_valid_answers" if n == 0 else None)


@pytest.mark.parametrize(
    ("forecasts", "outcomes", "score"),
    [
        ([1, 0], [1, 0], 0),
        ([0, 1], [1, 0], 1),
        ([0.5, 0.5, 0.5], [1, 0, 0], 0.25),
        ([0.5, NAN, 0.9], [1, 1, NAN], 0.25),
        ([NAN], [1], NAN),
        ([0.5], [NAN], NAN),
    ],
)
def test_the_brier_score_counts_where_forecast_and_outcome_are_known(forecasts, outcomes, score):
    found = ds.computed("brier", (np.array(forecasts, dtype=float), np.array(outcomes, dtype=float)))
    np.testing.assert_allclose(found.value, score)
    assert found.reason.item() == ("no_valid_answers" if np.isnan(score) else None)


def test_the_chance_of_the_opposite_scores_the_same():
    rng = np.random.default_rng(1)
    chances, came = rng.random((4, 9)), rng.integers(0, 2, (4, 9))
    np.testing.assert_allclose(ds.brier(chances, came), ds.brier(1 - chances, 1 - came))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.brier([60.0], [1]), "^forecasts: probabilities lie between 0 and 1"),
        (lambda: ds.brier([0.6], [2]), "^outcomes: are 1 or 0, NaN where not known"),
        (lambda: ds.brier([0.6, 0.5], [1]), r"^outcomes: needs the shape of forecasts, \(2,\), got \(1,\)"),
        (lambda: ds.brier(0.6, 1), "^forecasts: needs a last dimension"),
        (lambda: ds.calibration([1], [2], [1, 2]), r"^outcome: needs the shape of low, \(1,\), got \(2,\)"),
        (lambda: ds.calibration([1], [np.inf], [1]), "^high: are finite"),
        (
            lambda: ds.calibration([1], [2], [1], confidence=80),
            "^confidence: is a share between 0 and 1, got 80",
        ),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
