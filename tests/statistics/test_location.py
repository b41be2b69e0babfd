"""Quantiles, median and mean of histograms against NumPy, and the binomial interval of the median."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import binom

from delphi.statistics import mean, median, median_interval, quantile

METHODS = {
    1: "inverted_cdf", 2: "averaged_inverted_cdf", 3: "closest_observation", 4: "interpolated_inverted_cdf", 5: "hazen",
    6: "weibull", 7: "linear", 8: "median_unbiased", 9: "normal_unbiased",
}  # fmt: skip
PROBABILITIES = (0.0, 0.1, 0.25, 0.3, 0.5, 0.7, 0.75, 0.9, 1.0)


def histograms() -> list[np.ndarray]:
    rng = np.random.default_rng(4)
    return [np.bincount(rng.integers(0, 9, size=n), minlength=9) for n in [*range(1, 26), 40, 41, 60, 101]]


@pytest.mark.parametrize("quantile_type", METHODS)
def test_every_type_equals_numpy_on_the_answers_themselves(quantile_type):
    values = np.arange(1, 10)
    for counts in histograms():
        answers = np.repeat(values, counts).astype(float)
        for p in PROBABILITIES:
            expected = np.quantile(answers, p, method=METHODS[quantile_type])
            assert quantile(counts, values, p, quantile_type) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("quantile_type", METHODS)
def test_scale_values_need_not_be_whole_or_evenly_spaced(quantile_type):
    values = np.array([-2.5, 0.0, 0.1, 7.0])
    counts = [3, 1, 0, 2]
    expected = np.quantile(np.repeat(values, counts), 0.25, method=METHODS[quantile_type])
    assert quantile(counts, values, Fraction(1, 4), quantile_type) == pytest.approx(expected, abs=1e-9)


def test_positions_are_exact_where_floats_would_slip():
    counts = [0, 7, 3]
    assert float(quantile(counts, [1, 2, 3], 0.7, 1)) == 2.0
    assert float(quantile(counts, [1, 2, 3], 0.7, 2)) == 2.5


def test_median_and_mean_equal_numpy():
    values = np.arange(1, 10)
    for counts in histograms():
        answers = np.repeat(values, counts)
        assert median(counts, values) == pytest.approx(np.median(answers), abs=1e-9)
        assert mean(counts, values) == pytest.approx(np.mean(answers), abs=1e-9)


def test_median_interval_takes_the_order_statistics_of_the_binomial():
    for n in range(1, 60):
        answers = np.arange(n)
        low, high = median_interval(np.ones(n, dtype=int), answers)
        k = int(binom.ppf(0.025, n, 0.5))
        while k and binom.cdf(k - 1, n, 0.5) > 0.025 + 1e-12:
            k -= 1
        if k == 0:
            assert np.isnan(low)
            assert np.isnan(high)
        else:
            assert (low, high) == (answers[k - 1], answers[n - k])


def test_without_answers_nothing_is_defined():
    nothing = np.zeros((2, 5), dtype=int)
    values = np.arange(5)
    for result in (quantile(nothing, values, 0.25), median(nothing, values), mean(nothing, values), *median_interval(nothing, values)):  # fmt: skip
        assert result.shape == (2,)
        assert np.isnan(result).all()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (([1, 2], [1, 2], 1.5), "p"),
        (([1, 2], [1, 2], 0.5, 10), "quantile_type"),
        (([1, 2], [2, 1], 0.5), "values"),
        (([1, 2], [1, 2, 3], 0.5), "values"),
        (([1, -2], [1, 2], 0.5), "counts"),
        (([1, 0.5], [1, 2], 0.5), "counts"),
        (([], [], 0.5), "counts"),
    ],
)
def test_wrong_arguments_are_named(arguments, named):
    with pytest.raises(ValueError, match=f"^{named}:"):
        quantile(*arguments)
