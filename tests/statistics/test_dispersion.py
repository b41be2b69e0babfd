"""Interquartile range and standard deviation against NumPy."""

import numpy as np
import pytest

from delphi.statistics import iqr, mean, sd

VALUES = np.arange(1, 8)


@pytest.fixture
def counts():
    return np.random.default_rng(8).integers(0, 6, size=(40, 7))


def test_iqr_equals_numpy_for_the_types_that_programs_use(counts):
    for quantile_type, method in ((2, "averaged_inverted_cdf"), (6, "weibull"), (7, "linear")):
        for row, ours in zip(counts, iqr(counts, VALUES, quantile_type), strict=True):
            low, high = np.quantile(np.repeat(VALUES, row), [0.25, 0.75], method=method)
            assert ours == pytest.approx(high - low, abs=1e-9)


def test_sd_has_n_minus_one(counts):
    for row, ours in zip(counts, sd(counts, VALUES), strict=True):
        assert ours == pytest.approx(np.std(np.repeat(VALUES, row), ddof=1), abs=1e-9)


def test_nobody_or_one_person_has_no_spread():
    for few in ([0, 0, 0], [0, 1, 0]):
        assert np.isnan(iqr(few, [1, 2, 3]))
        assert np.isnan(sd(few, [1, 2, 3]))


def test_all_equal_is_no_spread_at_all():
    assert float(iqr([0, 4, 0], [1, 2, 3])) == 0.0
    assert float(sd([0, 4, 0], [1, 2, 3])) == 0.0


@pytest.mark.parametrize("value", [0.1, 2.7, 1 / 3])
@pytest.mark.parametrize("n", [3, 7, 49])
def test_equal_numbers_without_an_exact_float_have_their_own_mean_and_no_spread(value, n):
    assert float(mean([n], [value])) == value
    assert float(sd([n], [value])) == 0.0
