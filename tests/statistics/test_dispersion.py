"""Measures of spread against NumPy and SciPy, where they are not defined, and what must not change them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from delphi import statistics as ds
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


SPREADS = {
    "sd": {}, "sd_population": {}, "variance": {}, "cv": {}, "iqr": {}, "interquartile_deviation": {}, "relative_iqr": {},
    "quartile_coefficient": {}, "mad": {}, "average_deviation": {}, "range": {},
}  # fmt: skip
COUNTS = arrays(np.int64, (5,), elements=st.integers(0, 15))


@pytest.mark.parametrize("name", SPREADS)
@pytest.mark.parametrize(
    ("counts", "expected", "reason", "flags", "why"),
    [
        ([0, 0, 0, 0, 0], np.nan, "no_valid_answers", "", "nobody answered"),
        ([0, 0, 0, 1, 0], np.nan, "too_few", "", "one person never disagrees"),
        ([0, 2, 0, 0, 0], 0.0, None, "n_below_minimum no_variation", "two who agree"),
        ([0, 0, 9, 0, 0], 0.0, None, "no_variation", "all equal"),
    ],
)
def test_a_spread_needs_two_and_is_0_where_all_are_equal(name, counts, expected, reason, flags, why):
    found = ds.computed(name, counts, values=[1, 2, 3, 4, 5])
    np.testing.assert_equal(found.value.item(), expected, why)
    assert (found.reason.item(), found.flags.item()) == (reason, flags), why


@pytest.mark.parametrize(
    ("name", "counts", "reason", "why"),
    [
        ("cv", [3, 0, 4, 0, 3], "zero_mean", "the mean of a symmetrical panel is 0"),
        ("cv", [0, 0, 4, 0, 0], "zero_mean", "all at 0"),
        ("cv", [0, 0, 1, 0, 0], "too_few", "one person comes first"),
        ("relative_iqr", [1, 1, 4, 1, 2], "zero_median", "the median is 0"),
        ("relative_iqr", [0, 2, 0, 2, 0], "zero_median", "the mean of the two middle answers is 0"),
        ("quartile_coefficient", [0, 5, 0, 5, 0], "zero_mean", "the quartiles are -1 and 1"),
        ("quartile_coefficient", [0, 0, 9, 0, 0], "zero_mean", "both are 0"),
    ],
)
def test_a_quotient_with_0_below_is_undefined(name, counts, reason, why):
    for values in ([-2, -1, 0, 1, 2], [-0.3, -0.1, 0.0, 0.1, 0.3]):
        found = ds.computed(name, counts, values=values)
        assert np.isnan(found.value.item()), why
        assert found.reason.item() == reason, why


def test_a_mean_of_decimal_values_that_is_0_but_for_rounding_is_0():
    values = [-0.3, 0.1, 0.2]
    assert sum(values) != 0
    assert np.isnan(ds.cv([1, 1, 1], values))
    assert float(ds.cv([1, 1, 2], values)) == pytest.approx(stats.variation([-0.3, 0.1, 0.2, 0.2], ddof=1))


def test_every_measure_equals_numpy_and_scipy_on_the_answers_themselves(counts):
    for row in counts[counts.sum(axis=1) > 1]:
        answers = np.repeat(VALUES, row).astype(float)
        low, middle, high = np.quantile(answers, [0.25, 0.5, 0.75])
        expected = {
            "sd": answers.std(ddof=1), "sd_population": answers.std(), "variance": answers.var(ddof=1),
            "cv": stats.variation(answers, ddof=1), "iqr": high - low, "interquartile_deviation": (high - low) / 2,
            "relative_iqr": (high - low) / middle, "quartile_coefficient": (high - low) / (high + low),
            "mad": stats.median_abs_deviation(answers), "average_deviation": np.abs(answers - answers.mean()).mean(),
            "range": np.ptp(answers),
        }  # fmt: skip
        for name, value in expected.items():
            assert ds.computed(name, row, values=VALUES).value == pytest.approx(value, abs=1e-9), name
        about_median = ds.average_deviation(row, VALUES, about="median")
        assert about_median == pytest.approx(np.abs(answers - middle).mean(), abs=1e-9)


def test_trap_20_the_population_form_has_a_name_of_its_own():
    """NumPy divides by n, pandas and DuckDB by n - 1: two persons one point apart."""
    assert float(ds.sd([1, 1], [1, 2])) == pytest.approx(0.5**0.5)
    assert float(ds.sd_population([1, 1], [1, 2])) == 0.5


def test_trap_22_the_median_absolute_deviation_is_raw_unless_asked_for():
    counts, values = [1, 1, 1, 1, 1], [1, 2, 3, 4, 5]
    assert float(ds.mad(counts, values)) == 1.0
    assert float(ds.mad(counts, values, scaled=True)) == 1.4826
    assert ds.computed("mad", counts).options["scaled"] is False


def test_trap_46_the_coefficient_of_variation_depends_on_where_the_scale_starts():
    counts = [1, 2, 4, 2, 1]
    assert float(ds.cv(counts, [0, 1, 2, 3, 4])) > 1.4 * float(ds.cv(counts, [1, 2, 3, 4, 5]))
    assert float(ds.sd(counts, [0, 1, 2, 3, 4])) == float(ds.sd(counts, [1, 2, 3, 4, 5]))


def test_half_and_whole_interquartile_range_have_names_of_their_own():
    counts, values = [3, 2, 1, 2, 3], [1, 2, 3, 4, 5]
    assert float(ds.interquartile_deviation(counts, values)) == float(ds.iqr(counts, values)) / 2


@settings(deadline=None, max_examples=60)
@given(COUNTS, st.integers(-5, 5))
def test_spread_does_not_depend_on_direction_or_place_of_the_scale(counts, shift):
    values = np.arange(1, 6)
    for name in ("sd", "sd_population", "variance", "iqr", "interquartile_deviation", "mad", "average_deviation", "range"):  # fmt: skip
        here = ds.computed(name, counts, values=values).value
        np.testing.assert_allclose(ds.computed(name, counts[::-1], values=values).value, here, atol=1e-9)
        np.testing.assert_allclose(ds.computed(name, counts, values=values + shift).value, here, atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(COUNTS, st.sampled_from([0.5, 2.0, 10.0]))
def test_relative_spread_does_not_depend_on_the_unit(counts, unit):
    values = np.arange(1, 6)
    for name in ("cv", "relative_iqr", "quartile_coefficient"):
        here = ds.computed(name, counts, values=values).value
        np.testing.assert_allclose(ds.computed(name, counts, values=values * unit).value, here, atol=1e-9)
    for name in ("sd", "mad", "average_deviation", "range", "iqr"):
        here = ds.computed(name, counts, values=values).value
        np.testing.assert_allclose(
            ds.computed(name, counts, values=values * unit).value, here * unit, atol=1e-9
        )


@settings(deadline=None, max_examples=60)
@given(COUNTS, st.integers(2, 7))
def test_spread_without_quantiles_or_correction_does_not_depend_on_the_size_of_the_panel(counts, factor):
    if counts.sum() < 2:
        return
    for name in ("sd_population", "mad", "average_deviation", "range"):
        once, more = ds.computed(name, counts).value, ds.computed(name, counts * factor).value
        np.testing.assert_allclose(once, more, atol=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.average_deviation([1, 1], [1, 2], about="mode"), "about: is mean or median, got 'mode'"),
        (lambda: ds.range([1, 1], [2, 1]), "values: have to rise from category to category"),
        (lambda: ds.mad([1, 1], [1]), "values: needs 2 values, one per category, got shape (1,)"),
        (lambda: ds.variance([1, -1], [1, 2]), "counts: counts are whole numbers from 0 on, the least given is -1"),
        (lambda: ds.relative_iqr([1, 1], [1, 2], 11), "quantile_type: is 1 to 9, got 11"),
        (lambda: ds.computed("mad", [1, 1], scaled="yes"), "scaled: is False or True, got 'yes'"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named_with_what_is_allowed(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message
