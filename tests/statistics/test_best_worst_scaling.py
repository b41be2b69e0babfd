"""Scores of best-worst scaling: extremes, objects never shown, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from delphi import statistics as ds

NAN = np.nan


@pytest.mark.parametrize(
    ("choices", "score", "standardised", "analytic", "ratio", "reason"),
    [
        ([0, 0, 0], NAN, NAN, NAN, NAN, "no_data"),
        ([0, 0, 4], 0, 0, 0, NAN, None),
        ([2, 2, 4], 0, 0, 0, 1, None),
        ([3, 0, 4], 3, 0.75, np.log(7), NAN, None),  # never worst: no ratio
        ([0, 3, 4], -3, -0.75, -np.log(7), 0, None),
        ([4, 0, 4], 4, 1, NAN, NAN, None),  # always best: the analytic score is infinite
        ([0, 4, 4], -4, -1, NAN, 0, None),
        ([8, 2, 12], 6, 0.5, np.log(3), 2, None),
    ],
)
def test_each_score_is_defined_where_it_is_finite(choices, score, standardised, analytic, ratio, reason):
    found = ds.best_worst([choices])
    for got, expected in zip(
        (found.score, found.standardised, found.analytic, found.sqrt_ratio),
        (score, standardised, analytic, ratio),
        strict=True,
    ):
        np.testing.assert_allclose(got, [expected], atol=1e-12)
    assert ds.computed("best_worst", [choices]).reason.tolist() == [reason]
    assert ds.computed("best_worst", [choices]).n.tolist() == [choices[2]]


def test_best_for_worst_changes_the_sign():
    rng = np.random.default_rng(1)
    best, worst = rng.integers(0, 5, (2, 3, 6))
    shown = best + worst + rng.integers(1, 4, (3, 6))
    one, other = (ds.best_worst(np.stack([*pair, shown], axis=-1)) for pair in ((best, worst), (worst, best)))
    np.testing.assert_allclose(one.score, -other.score)
    np.testing.assert_allclose(one.analytic, -other.analytic)


def test_where_everybody_chooses_once_per_set_the_scores_add_up_to_nothing():
    choices = [(0, 3), (0, 2), (1, 3), (2, 1)]
    counts = np.zeros((4, 3), dtype=int)
    counts[:, 2] = 4
    for best, worst in choices:
        counts[best, 0] += 1
        counts[worst, 1] += 1
    assert ds.best_worst(counts).score.sum() == 0


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ([1, 0, 1], "^choices: needs objects, and best, worst, shown"),
        ([[1, 0]], "^choices: needs objects, and best, worst, shown"),
        ([[2, 1, 2]], "^choices: an object is not chosen best or worst more often"),
        ([[-1, 0, 2]], "^choices: counts are whole numbers from 0 on"),
        ([[0.5, 0, 2]], "^choices: counts are whole numbers from 0 on"),
    ],
)
def test_choices_that_make_no_sense_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        ds.best_worst(choices)
