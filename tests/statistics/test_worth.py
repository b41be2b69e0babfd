"""Bradley-Terry and Plackett-Luce: second implementations, what makes them identified, penalties, ties."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from statsmodels.api import GLM
from statsmodels.genmod.families import Binomial

from delphi import statistics as ds
from delphi.statistics.worth import is_strongly_connected

NAN = np.nan
ALWAYS_LAST = [[1, 2, 3], [2, 1, 3], [1, 2, 3]]


def random_wins(seed: int, objects: int = 5) -> np.ndarray:
    wins = np.random.default_rng(seed).integers(1, 9, (objects, objects))
    return wins * (1 - np.eye(objects, dtype=int))


def random_rankings(seed: int, persons: int = 12, objects: int = 4) -> np.ndarray:
    return np.argsort(np.random.default_rng(seed).random((persons, objects)), axis=1).argsort(axis=1) + 1.0


@pytest.mark.parametrize("seed", range(4))
def test_bradley_terry_is_the_logistic_regression_of_statsmodels(seed):
    wins = random_wins(seed)
    pairs = [(a, b) for a in range(5) for b in range(a)]
    design = np.array([[(o == a) * 1.0 - (o == b) for o in range(5)] for a, b in pairs])[:, 1:]
    fit = GLM([(wins[a, b], wins[b, a]) for a, b in pairs], design, family=Binomial()).fit(tol=1e-14)
    found = ds.bradley_terry(wins)
    np.testing.assert_allclose(found.log_worth[1:], fit.params, atol=1e-8)
    np.testing.assert_allclose(found.se[1:], fit.bse, rtol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_bradley_terry_meets_hunters_fixed_point(seed):
    """At the maximum each worth is its wins over the sum of comparisons / (own + other worth)."""
    wins = random_wins(seed)
    worth = ds.bradley_terry(wins).worth
    together = wins + wins.T
    np.testing.assert_allclose(
        worth, wins.sum(axis=1) / (together / (worth[:, None] + worth)).sum(axis=1), rtol=1e-9
    )


def log_likelihood(free: np.ndarray, ranks: np.ndarray, below: bool) -> float:
    """Of rankings, person by person and choice by choice."""
    total = 0.0
    for row in ranks:
        remaining = [o for o in range(len(row)) if below or not np.isnan(row[o])]
        for place in range(1, int(np.nanmax(row)) + 1):
            chosen = row.tolist().index(place)
            total += free[chosen] - np.log(sum(np.exp(free[o]) for o in remaining))
            remaining.remove(chosen)
    return total


@pytest.mark.parametrize("unranked", ["missing", "below"])
@pytest.mark.parametrize("penalty", [None, "ridge"])
def test_plackett_luce_is_the_maximum_that_another_search_finds(unranked, penalty):
    ranks = random_rankings(3)
    ranks[:6][ranks[:6] > 2] = NAN
    strength = 0.0 if penalty is None else 0.4
    start = np.zeros(4)
    found = minimize(
        lambda free: strength * (free**2).sum() - log_likelihood(free, ranks, unranked == "below"),
        start,
        tol=1e-12,
    )
    ours = ds.plackett_luce(ranks, unranked, penalty, strength, reference=None).log_worth
    np.testing.assert_allclose(ours, found.x - found.x.mean(), atol=2e-5)


def test_rankings_of_pairs_are_paired_comparisons():
    rng = np.random.default_rng(5)
    ranks = np.full((60, 4), NAN)
    for row in ranks:
        row[rng.permutation(4)[:2]] = [1, 2]
    np.testing.assert_allclose(
        ds.plackett_luce(ranks).log_worth,
        ds.bradley_terry(ds.pairwise_matrix(ranks).wins).log_worth,
        atol=1e-9,
    )
    np.testing.assert_allclose(
        ds.plackett_luce(ranks).se, ds.bradley_terry(ds.pairwise_matrix(ranks).wins).se, atol=1e-9
    )


@pytest.mark.parametrize(
    ("wins", "reason"),
    [
        (np.zeros((3, 3)), "no_valid_answers"),
        ([[0]], "no_valid_answers"),
        ([[0, 3], [0, 0]], "not_identified"),
        ([[0, 1, 1], [1, 0, 1], [0, 0, 0]], "not_identified"),  # the third never wins
        (
            [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]],
            "not_identified",
        ),  # two circles that never met
        ([[0, 1, 0], [0, 0, 1], [1, 0, 0]], None),
    ],
)
def test_bradley_terry_on_disconnected_data_is_undefined_rather_than_huge(wins, reason):
    found = ds.computed("bradley_terry", wins)
    assert found.reason.tolist() == [reason] * len(wins)
    assert np.isnan(found.value).all() == (reason is not None)
    assert np.isnan(found.more["worth"]).all() == (reason is not None)
    assert np.isnan(found.more["se"]).all() == (reason is not None)


@pytest.mark.parametrize(
    ("ranks", "options", "reason"),
    [
        ([[NAN, NAN]], {}, "no_valid_answers"),
        ([[2, 2]], {"ties": "left_out"}, "no_valid_answers"),
        ([[1], [1]], {}, "too_few_units"),
        ([[1, NAN], [NAN, 1]], {}, "no_pairs"),
        ([[1, NAN], [NAN, 1]], {"unranked": "below"}, None),
        (ALWAYS_LAST, {}, "not_identified"),
        (ALWAYS_LAST, {"penalty": "ridge", "strength": 0.1}, None),
        (ALWAYS_LAST, {"penalty": "pseudo_wins", "strength": 0.5}, None),
        ([[1, 2, NAN, NAN], [2, 1, NAN, NAN], [NAN, NAN, 1, 2], [NAN, NAN, 2, 1]], {}, "not_identified"),
    ],
)
def test_plackett_luce_on_disconnected_data_is_undefined_rather_than_huge(ranks, options, reason):
    found = ds.computed("plackett_luce", ranks, **options)
    assert set(found.reason.tolist()) == {reason}
    assert np.isfinite(found.value).all() == (reason is None)


def test_connection_is_looked_for_along_chains():
    chain = np.zeros((70, 70), dtype=int)
    chain[np.arange(69), np.arange(1, 70)] = 1
    assert not is_strongly_connected(chain)
    chain[69, 0] = 1
    assert is_strongly_connected(chain)


def test_seventy_objects_are_told_apart():
    """Sets of more than 64 objects are compared in two words."""
    ranks = random_rankings(6, persons=200, objects=70)
    found = ds.plackett_luce(ranks, reference=None).log_worth
    most = log_likelihood(found, ranks, below=False)
    for moved in np.random.default_rng(7).normal(0, 0.05, (5, 70)):
        assert log_likelihood(found + moved, ranks, below=False) < most


def test_a_penalty_pulls_the_worths_together_and_gives_no_standard_error():
    wins = random_wins(1)
    free = ds.bradley_terry(wins, reference=None).log_worth
    for penalty in ("ridge", "pseudo_wins"):
        weak, strong = (ds.bradley_terry(wins, penalty, strength, reference=None) for strength in (0.1, 10))
        assert np.abs(strong.log_worth).max() < np.abs(weak.log_worth).max() < np.abs(free).max()
        assert np.isnan(strong.se).all()
    np.testing.assert_allclose(
        ds.bradley_terry(wins, "pseudo_wins", 2.0).log_worth,
        ds.bradley_terry(wins + 2 * (1 - np.eye(5))).log_worth,
    )


def test_the_reference_only_moves_the_scale():
    wins = random_wins(2)
    zero, second, mean = (ds.bradley_terry(wins, reference=one) for one in (0, 1, None))
    np.testing.assert_allclose(zero.log_worth - zero.log_worth[1], second.log_worth, atol=1e-12)
    assert zero.log_worth[0] == zero.se[0] == 0
    assert mean.log_worth.mean() == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(zero.worth, mean.worth)
    np.testing.assert_allclose(zero.worth.sum(), 1)


def test_all_counts_doubled_leave_the_worth_and_narrow_the_error():
    wins = random_wins(3)
    one, two = ds.bradley_terry(wins), ds.bradley_terry(2 * wins)
    np.testing.assert_allclose(one.log_worth, two.log_worth, atol=1e-10)
    np.testing.assert_allclose(one.se, two.se * 2**0.5, atol=1e-10)


def test_turning_all_preferences_around_changes_the_sign():
    wins = random_wins(4)
    np.testing.assert_allclose(
        ds.bradley_terry(wins.T).log_worth, -ds.bradley_terry(wins).log_worth, atol=1e-9
    )


def test_millions_of_comparisons_settle():
    wins = np.array([[0, 9_000_000, 5_000_000], [1, 0, 1_000_000], [2, 7_000_000, 0]])
    found = ds.bradley_terry(wins)
    assert np.isfinite(found.log_worth).all()
    expected = wins.sum(axis=1)
    chance = found.worth[:, None] / (found.worth[:, None] + found.worth)
    np.testing.assert_allclose(((wins + wins.T) * chance * (1 - np.eye(3))).sum(axis=1), expected, rtol=1e-9)


def test_counts_that_differ_by_eight_powers_of_ten_settle_at_what_rounding_leaves():
    """The object that won once against hundreds of millions pins a worth that floats barely resolve."""
    wins = np.array([[0, 0, 413], [191_868_642, 0, 0], [0, 44, 0]])
    found = ds.bradley_terry(wins)
    chance = found.worth[:, None] / (found.worth[:, None] + found.worth)
    np.testing.assert_allclose(
        ((wins + wins.T) * chance * (1 - np.eye(3))).sum(axis=1), wins.sum(axis=1), rtol=1e-6
    )


def test_ties_are_refused_since_the_model_has_none():
    given = [[1, 2, 2], [1, 2, 3], [3, 2, 1], [2, 1, 3], [2, 3, 1]]
    with pytest.raises(ValueError, match=r"^ranks: have ties, and Plackett-Luce has no model of them"):
        ds.plackett_luce(given)
    np.testing.assert_array_equal(
        ds.plackett_luce(given, ties="left_out").log_worth, ds.plackett_luce(given[1:]).log_worth
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"penalty": "lasso"}, r"^penalty: is None or ridge or pseudo_wins, got 'lasso'"),
        ({"penalty": "ridge"}, r"^strength: is a number above 0 with a penalty, got 0.0"),
        ({"strength": 1.0}, r"^strength: is 0 without a penalty, got 1.0"),
        ({"reference": 2}, r"^reference: is one of the objects 0 to 1 or None, got 2"),
    ],
)
def test_wrong_options_are_named(options, message):
    for call in (
        lambda: ds.bradley_terry([[0, 1], [1, 0]], **options),
        lambda: ds.plackett_luce([[1, 2]], **options),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(ValueError, match=r"^ties: is refused or left_out"):
        ds.plackett_luce([[1, 2]], ties="shared")
    with pytest.raises(ValueError, match=r"^unranked: is missing or below"):
        ds.plackett_luce([[1, 2]], "last")
