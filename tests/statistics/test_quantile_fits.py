"""Distributions through quantiles: exact where one fits, least squares where none does, undefined where nothing is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares
from scipy.special import betainc, ndtr
from scipy.stats import beta, lognorm, norm

from delphi import statistics as ds

NAN = np.nan
QUARTILES = np.array([0.25, 0.5, 0.75])
FAMILIES = ("normal", "lognormal", "beta")


def fitted(family, quantiles, **options):
    return getattr(ds, f"quartiles_to_{family}")(quantiles, **options)


@pytest.mark.parametrize(
    "probabilities", [(0.25, 0.5, 0.75), (0.05, 0.5, 0.95), (0.1, 0.3, 0.5, 0.7, 0.9), (0.33, 0.66)]
)
def test_a_distribution_is_found_again_from_its_quantiles(probabilities):
    for family, one, parameters in (
        ("normal", norm(-3, 0.5), (-3, 0.5)),
        ("lognormal", lognorm(0.7, scale=np.exp(2)), (2, 0.7)),
        ("beta", beta(3, 1.5), (3, 1.5)),
    ):
        found = fitted(family, one.ppf(probabilities), probabilities=probabilities)
        np.testing.assert_allclose([found.first, found.second], parameters, rtol=1e-6)
        np.testing.assert_allclose([found.mean, found.sd], [one.mean(), one.std()], rtol=1e-6)
        np.testing.assert_allclose(found.residuals, 0, atol=1e-8)
        assert found.n == len(probabilities)


def test_symmetric_quartiles_give_the_median_and_half_their_distance():
    found = ds.quartiles_to_normal([10, 30, 50])
    assert float(found.mean) == pytest.approx(30)
    assert float(found.sd) == pytest.approx(20 / 0.6744897501960817)


@pytest.mark.parametrize("family", ["normal", "beta"])
def test_skew_quartiles_meet_the_least_squares_of_scipy(family):
    rows = np.sort(np.random.default_rng(1).random((30, 3)), axis=1)
    found = fitted(family, rows)

    def chance(free, row):
        return ndtr((row - free[0]) / np.exp(free[1])) if family == "normal" else betainc(*np.exp(free), row)

    for row, squares, residuals in zip(rows, found.sum_of_squares, found.residuals, strict=True):
        start = [row.mean(), np.log(row.std())] if family == "normal" else [0.5, 0.5]
        other = least_squares(
            lambda free, row=row: chance(free, row) - QUARTILES, start, xtol=1e-15, ftol=1e-15, gtol=1e-15
        )
        assert squares <= 2 * other.cost + 1e-9
        assert squares == pytest.approx((residuals**2).sum())


@pytest.mark.parametrize(
    ("family", "quantiles", "options", "reason"),
    [
        *((family, [NAN, NAN, NAN], {}, "no_valid_answers") for family in FAMILIES),
        *((family, [0.1, NAN, 0.3], {}, "no_valid_answers") for family in FAMILIES),
        *((family, [0.3, 0.2, 0.4], {}, "no_valid_answers") for family in FAMILIES),
        *((family, [0.3, 0.3, 0.3], {}, "no_variation") for family in FAMILIES),
        *((family, [0.3, 0.3, 0.4], {}, None) for family in FAMILIES),
        ("normal", [-1, 0, 1], {}, None),
        ("lognormal", [-1, 0, 1], {}, "non_positive_values"),
        ("lognormal", [0, 1, 2], {}, "non_positive_values"),
        ("lognormal", [-1, 0, 1], {"low": -2.0}, None),
        ("beta", [0, 0.5, 0.7], {}, "no_valid_answers"),
        ("beta", [0.2, 0.5, 1.2], {}, "no_valid_answers"),
        ("beta", [0.2, 0.5, 1.2], {"high": 2.0}, None),
        ("beta", [0.2, 0.2, 0.20000001], {}, "not_converged"),
        ("lognormal", [1e-300, 1, 1e300], {}, "not_converged"),
    ],
)
def test_what_has_no_fit_says_why(family, quantiles, options, reason):
    found = ds.computed(f"quartiles_to_{family}", np.array(quantiles, dtype=float), **options)
    assert found.reason.item() == reason
    assert np.isnan(found.value) == (reason is not None)
    assert found.n == np.isfinite(quantiles).sum()


@pytest.mark.parametrize("factor", [1e-9, 1, 1e9])
def test_the_unit_and_the_origin_do_not_matter(factor):
    one = ds.quartiles_to_normal([3, 5, 9])
    other = ds.quartiles_to_normal(factor * (np.array([3, 5, 9]) + 100))
    assert float(other.mean) == pytest.approx(factor * (float(one.mean) + 100))
    assert float(other.sd) == pytest.approx(factor * float(one.sd))
    moved = ds.quartiles_to_beta(2 + 10 * np.array([0.2, 0.3, 0.6]), low=2, high=12)
    still = ds.quartiles_to_beta([0.2, 0.3, 0.6])
    assert float(moved.mean) == pytest.approx(2 + 10 * float(still.mean))
    assert float(moved.first) == pytest.approx(float(still.first))


def test_reflected_quartiles_give_the_reflected_distribution():
    one, other = ds.quartiles_to_beta([0.2, 0.3, 0.6]), ds.quartiles_to_beta([0.4, 0.7, 0.8])
    np.testing.assert_allclose([one.first, one.second], [other.second, other.first], rtol=1e-5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.quartiles_to_normal([1, 2]), "^quantiles: needs 3 in the last dimension"),
        (lambda: ds.quartiles_to_normal([1, 2], [0.5, 1]), "^probabilities: are two or more that rise"),
        (lambda: ds.quartiles_to_lognormal([1, 2, 3], low=-np.inf), "^low: is a number, got -inf"),
        (lambda: ds.quartiles_to_beta([1, 2, 3], low=3, high=1), "^low: lies below high, got 3 and 1"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
