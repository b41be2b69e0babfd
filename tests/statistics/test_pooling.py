"""Pools of probabilities, quantiles and distributions: order among them, certain answers, bounds, weights."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta, lognorm, norm, uniform

from delphi import statistics as ds
from delphi.statistics.pooling import METHODS

NAN = np.nan
CHANCES = [0.1, 0.25, 0.4, 0.6, 0.35, 0.8]
THIRDS = (0.25, 0.5, 0.75)


@pytest.mark.parametrize(
    ("numbers", "options", "value", "reason"),
    [
        ([NAN], {}, NAN, "no_valid_answers"),
        ([NAN], {"method": "probit"}, NAN, "no_valid_answers"),
        ([0.3], {"method": "log_odds"}, 0.3, None),
        ([0.3, NAN, 0.3], {"method": "probit"}, 0.3, None),
        ([0, 1], {}, 0.5, None),
        ([0, 0.5], {"method": "geometric"}, NAN, "non_positive_values"),
        ([1, 0.25], {"method": "geometric"}, 0.5, None),
        ([0, 0.5], {"method": "log_odds"}, NAN, "non_positive_values"),
        ([1, 0.5], {"method": "log_odds"}, NAN, "non_positive_values"),
        ([1, 0.5], {"method": "probit"}, NAN, "non_positive_values"),
        ([0, 1], {"method": "log_odds", "epsilon": 0.01}, 0.5, None),
        ([0, 0.25], {"method": "geometric", "epsilon": 0.01}, 0.05, None),
        ([0, 0], {"method": "probit", "epsilon": 0.01}, 0.01, None),
        ([0, 0], {"epsilon": 0.01}, 0, None),  # the arithmetic mean needs no clipping
    ],
)
def test_certain_answers_need_a_named_epsilon(numbers, options, value, reason):
    found = ds.computed("probability_pool", np.array(numbers, dtype=float), **options)
    np.testing.assert_allclose(found.value, value, atol=1e-12)
    assert found.reason.item() == reason


@pytest.mark.parametrize("method", [method for method in METHODS if method != "geometric"])
def test_the_chance_of_the_opposite_is_the_opposite_chance(method):
    pooled, opposite = (float(ds.probability_pool(one, method)) for one in (CHANCES, 1 - np.array(CHANCES)))
    assert pooled + opposite == pytest.approx(1)


def test_the_log_odds_pool_is_the_geometric_pool_of_both_chances():
    chances = np.array(CHANCES)
    yes, no = (float(ds.probability_pool(one, "geometric")) for one in (chances, 1 - chances))
    assert ds.probability_pool(chances, "log_odds") == pytest.approx(yes / (yes + no))


def test_agreeing_persons_are_pooled_to_what_they_say():
    for method in METHODS:
        assert ds.probability_pool([0.3] * 7, method) == pytest.approx(0.3)
    assert ds.quantile_average([[1, 2, 4]] * 3).quantiles.tolist() == [1, 2, 4]
    alone, many = (ds.linear_pool_cdf([[1, 2, 4]] * k, [1, 3]) for k in (1, 5))
    np.testing.assert_allclose(alone.cdf, many.cdf)
    np.testing.assert_allclose(alone.quantiles, many.quantiles)
    assert alone.variance == pytest.approx(float(many.variance))


def test_averaged_quantiles_are_narrower_than_the_linear_pool():
    stated = [norm(10, 2).ppf(THIRDS), norm(20, 2).ppf(THIRDS)]
    average = ds.quantile_average(stated).quantiles
    pool = ds.linear_pool_cdf(stated, [15], at=THIRDS)
    assert average[2] - average[0] < pool.quantiles[2] - pool.quantiles[0]
    assert average[1] == pytest.approx(float(pool.quantiles[1])) == pytest.approx(15)
    assert pool.variance == pytest.approx(4 + 25)


MIXTURES = {
    "normal": ([norm(10, 2), norm(14, 5), norm(20, 1)], {}),
    "lognormal": ([lognorm(0.5, scale=10), lognorm(1, scale=20), lognorm(0.2, scale=5)], {}),
    "beta": ([beta(2, 5, scale=50), beta(4, 4, scale=50), beta(1, 3, scale=50)], {"low": 0, "high": 50}),
    "piecewise": ([uniform(0, 50)] * 3, {"low": 0, "high": 50}),
}


@pytest.mark.parametrize("family", MIXTURES)
@pytest.mark.parametrize("weights", [None, [3, 1, 0], [0.2, 0.3, 0.5]])
def test_the_linear_pool_is_the_mixture_that_scipy_makes(family, weights):
    persons, bounds = MIXTURES[family]
    x = np.array([3.0, 9.0, 15.0, 30.0])
    found = ds.linear_pool_cdf(
        [one.ppf(THIRDS) for one in persons], x, family=family, weights=weights, **bounds
    )
    share = np.full(3, 1 / 3) if weights is None else np.array(weights) / np.sum(weights)
    means, variances = (np.array([getattr(one, name)() for one in persons]) for name in ("mean", "var"))
    np.testing.assert_allclose(found.cdf, share @ np.array([one.cdf(x) for one in persons]), atol=1e-7)
    assert found.mean == pytest.approx(share @ means, rel=1e-6)
    assert found.variance == pytest.approx(share @ (variances + means**2) - (share @ means) ** 2, rel=1e-5)
    back = share @ np.array([one.cdf(found.quantiles) for one in persons])
    np.testing.assert_allclose(back, [0.05, 0.5, 0.95], atol=1e-7)
    assert found.n == np.count_nonzero(share)


def test_straight_lines_run_through_what_was_stated_and_jump_where_quantiles_coincide():
    found = ds.linear_pool_cdf([[2, 2, 6]], [0, 1, 2, 4, 6, 8, 10, 11], family="piecewise", low=0, high=10)
    np.testing.assert_allclose(found.cdf, [0, 0.125, 0.5, 0.625, 0.75, 0.875, 1, 1])
    assert found.mean == pytest.approx(0.25 * 1 + 0.25 * 2 + 0.25 * 4 + 0.25 * 8)
    np.testing.assert_allclose(
        ds.linear_pool_cdf(
            [[2, 2, 6]], [0], family="piecewise", low=0, high=10, at=[0.1, 0.4, 0.75]
        ).quantiles,
        [0.8, 2, 6],
    )


@pytest.mark.parametrize(
    ("quantiles", "options", "n", "n_invalid", "reason"),
    [
        ([[NAN] * 3], {}, 0, 0, "no_valid_answers"),
        ([[3, 2, 1]], {}, 0, 1, "no_valid_answers"),
        ([[1, NAN, 3]], {}, 0, 1, "no_valid_answers"),
        ([[2, 2, 2]], {}, 0, 1, "no_variation"),
        ([[2, 2, 2], [1, 2, 3], [3, 2, 1]], {}, 1, 2, None),
        ([[-1, 2, 3]], {"family": "lognormal"}, 0, 1, "no_valid_answers"),
        ([[1, 2, 11]], {"family": "beta", "low": 0, "high": 10}, 0, 1, "no_valid_answers"),
        ([[1, 2, 11]], {"family": "piecewise", "low": 0, "high": 10}, 0, 1, "no_valid_answers"),
        ([[2, 2, 2]], {"family": "piecewise", "low": 0, "high": 10}, 1, 0, None),
    ],
)
def test_persons_without_a_distribution_are_left_out_and_counted(quantiles, options, n, n_invalid, reason):
    found = ds.computed("linear_pool_cdf", np.array(quantiles, dtype=float), x=[1, 2], **options)
    assert found.n.tolist() == [n, n]
    assert found.more["n_invalid"] == n_invalid
    assert found.reason.tolist() == [reason] * 2
    for part in (found.value, *(found.more[name] for name in ("quantiles", "mean", "variance"))):
        assert np.isnan(part).all() == (reason is not None)


@pytest.mark.parametrize(
    ("quantiles", "weights", "value", "n", "n_invalid"),
    [
        ([[1, 2, 3], [3, 4, 8]], None, [2, 3, 5.5], 2, 0),
        ([[1, 2, 3], [3, 4, 8]], [3, 1], [1.5, 2.5, 4.25], 2, 0),
        ([[1, 2, 3], [3, 4, 8]], [1, 0], [1, 2, 3], 1, 0),
        ([[1, 2, 3], [3, 2, 1], [NAN] * 3, [1, 2, NAN]], None, [1, 2, 3], 1, 2),
        ([[NAN] * 3], None, [NAN] * 3, 0, 0),
        ([[5, 5, 5]], None, [5, 5, 5], 1, 0),
    ],
)
def test_averaged_quantiles(quantiles, weights, value, n, n_invalid):
    found = ds.computed("quantile_average", np.array(quantiles, dtype=float), weights=weights)
    np.testing.assert_allclose(found.value, value)
    assert found.n.tolist() == [n] * 3
    assert found.more["n_invalid"] == n_invalid
    assert found.reason.tolist() == ["no_valid_answers" if np.isnan(one) else None for one in value]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.probability_pool([0.5], "harmonic"), "^method: is arithmetic or geometric"),
        (lambda: ds.probability_pool([30.0, 60.0]), "^numbers: probabilities lie between 0 and 1"),
        (lambda: ds.probability_pool([-0.1]), "^numbers: probabilities lie between 0 and 1"),
        (lambda: ds.probability_pool([0.5], "probit", 0.5), "^epsilon: lies between 0 and 0.5, got 0.5"),
        (lambda: ds.probability_pool([0.5], "probit", 0), "^epsilon: lies between 0 and 0.5, got 0"),
        (lambda: ds.quantile_average([1, 2, 3]), "^quantiles: needs persons and quantiles"),
        (lambda: ds.quantile_average([[1, 2]]), "^quantiles: needs 3 in the last dimension"),
        (lambda: ds.quantile_average([[1, 2]], [0.5, 0.2]), "^probabilities: are two or more that rise"),
        (lambda: ds.quantile_average([[1, 2]], [0, 0.5]), "^probabilities: are two or more that rise"),
        (lambda: ds.quantile_average([[1]], [0.5]), "^probabilities: are two or more that rise"),
        (lambda: ds.quantile_average([[1, 2, 3]], weights=[1, 2]), "^weights: are 1 numbers from 0 on"),
        (lambda: ds.quantile_average([[1, 2, 3]], weights=[-1]), "^weights: are 1 numbers"),
        (lambda: ds.quantile_average([[1, 2, 3]], weights=[0]), "^weights: are 1 numbers"),
        (lambda: ds.linear_pool_cdf([[1, 2, 3]], [1], family="gamma"), "^family: is normal or lognormal"),
        (lambda: ds.linear_pool_cdf([[1, 2, 3]], 1), "^x: is a list of numbers"),
        (lambda: ds.linear_pool_cdf([[1, 2, 3]], [NAN]), "^x: is a list of numbers"),
        (lambda: ds.linear_pool_cdf([[1, 2, 3]], [1], at=[1]), "^at: is a list of probabilities"),
        (lambda: ds.linear_pool_cdf([[1, 2, 3]], [1], family="beta"), "^low: and high are needed"),
        (
            lambda: ds.linear_pool_cdf([[1, 2, 3]], [1], family="piecewise", low=0),
            "^low: and high, low below high",
        ),
        (
            lambda: ds.linear_pool_cdf([[1, 2, 3]], [1], family="piecewise", low=5, high=1),
            "^low: and high, low below",
        ),
        (lambda: ds.computed("linear_pool_cdf", [[1, 2, 3]]), "^linear_pool_cdf needs x"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
