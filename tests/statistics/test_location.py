"""Quantiles, median, mean and modes of histograms against NumPy, and the binomial interval of the median."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import binom

from delphi import statistics as ds
from delphi.statistics import (
    interpolated_median,
    location,
    mean,
    median,
    median_interval,
    mode,
    q1,
    q3,
    quantile,
)

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


@pytest.mark.parametrize("points", [1, 2, 9, 300])
def test_many_histograms_at_once_have_the_quantiles_of_each_alone(points):
    rng = np.random.default_rng(points)
    counts = rng.integers(0, 9, size=(40, 30, points)) * (rng.random((40, 30, points)) < 0.4)
    counts[3, 4] = 0
    assert counts[..., 0].size >= location.MANY
    values = np.arange(points) * 0.5
    many, spread = location.quantiles(counts, values, (0, 0.25, 0.7, 1)), ds.iqr(counts, values)
    for place, alone in np.ndenumerate(counts.sum(axis=-1)):
        for found, p in zip(many, (0, 0.25, 0.7, 1), strict=True):
            answers = np.repeat(values, counts[place])
            expected = np.quantile(answers, p) if alone else np.nan
            assert found[place] == pytest.approx(expected, abs=1e-9, nan_ok=True)
        assert np.array_equal(spread[place], ds.iqr(counts[place], values), equal_nan=True)


@pytest.mark.parametrize("histograms_of", [2, 900])
def test_draws_of_the_same_cells_have_the_quantiles_of_each_alone(histograms_of):
    rng = np.random.default_rng(7)
    cells = np.array([[5, 0, 2, 1], [0, 0, 0, 0], [0, 1, 0, 0], [30, 1, 8, 2]])
    draws = np.stack([rng.permuted(cells, axis=-1) for _ in range(histograms_of)])
    values = [1.0, 2.0, 4.0, 8.0]
    in_memory_by_category = np.moveaxis(np.moveaxis(draws, 2, 0).copy(), 0, 2)
    for given in (draws, in_memory_by_category):
        found = location.quantiles(given, values, (0.25, 0.5))
        for p, one in zip((0.25, 0.5), found, strict=True):
            assert one.shape == draws.shape[:-1]
            alone = [[quantile(histogram, values, p) for histogram in draw] for draw in draws]
            assert np.array_equal(one, alone, equal_nan=True)


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


LOCATIONS = ("median", "q1", "q3", "interpolated_median", "mean", "mode")


@pytest.mark.parametrize("name", LOCATIONS)
@pytest.mark.parametrize(
    ("counts", "expected", "reason", "flags", "why"),
    [
        ([0, 0, 0, 0, 0], None, "no_valid_answers", "", "nobody answered"),
        ([0, 0, 0, 1, 0], 4, None, "n_below_minimum", "one person has a place, with a caution"),
        ([0, 6, 0, 0, 0], 2, None, "", "all equal"),
    ],
)
def test_a_location_is_undefined_only_without_answers(name, counts, expected, reason, flags, why):
    found = ds.computed(name, counts, values=[1, 2, 3, 4, 5])
    assert (found.reason.item(), found.flags.item()) == (reason, flags), why
    if name == "mode":
        assert found.label.item() == (None if expected is None else str(expected))
    else:
        np.testing.assert_equal(found.value.item(), np.nan if expected is None else float(expected))


def test_quartiles_and_median_are_quantiles_of_the_named_type():
    values = np.arange(1, 10)
    for counts in histograms():
        for quantile_type in METHODS:
            for measure, p in ((q1, 0.25), (median, 0.5), (q3, 0.75)):
                assert measure(counts, values, quantile_type) == quantile(counts, values, p, quantile_type)


def test_trap_18_the_type_of_a_quartile_is_said_and_changes_it():
    found = {t: ds.computed("q3", [2, 1, 0, 1, 1], quantile_type=t) for t in (2, 6, 7)}
    assert {t: one.value.item() for t, one in found.items()} == {2: 4.0, 6: 4.5, 7: 4.0}
    assert all(one.options["quantile_type"] == t for t, one in found.items())


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        ([0, 0, 9, 0, 0], 3.0, "all in one class"),
        ([1, 1, 3, 0, 0], 2.5 + 0.5 / 3, "half an answer of three into the class"),
        ([2, 2, 0, 0, 0], 1.5, "at the boundary of two classes"),
        ([2, 0, 0, 0, 2], 3.0, "between two classes far apart, where nobody is"),
        ([0, 3, 4, 3, 0], 3.0, "symmetrical"),
        ([0, 0, 1, 0, 0], 3.0, "one person"),
    ],
)
def test_interpolated_median(counts, expected, why):
    assert float(interpolated_median(counts, [1, 2, 3, 4, 5])) == pytest.approx(expected), why


def test_interpolated_median_lies_within_half_a_class_of_the_median_and_turns_with_the_scale():
    values = np.arange(1, 10)
    for counts in histograms():
        found = float(interpolated_median(counts, values))
        assert abs(found - float(median(counts, values))) <= 0.5
        assert float(interpolated_median(counts[::-1], values)) == pytest.approx(10 - found)
        assert float(interpolated_median(counts * 3, values)) == pytest.approx(found)


def test_trap_21_every_mode_is_told():
    found = ds.computed("mode", [[3, 0, 3, 1], [1, 1, 1, 1], [0, 2, 9, 2], [0, 0, 0, 0]])
    assert found.label.tolist() == ["1; 3", "1; 2; 3; 4", "3", None]
    assert found.flags.tolist() == ["multimodal", "multimodal n_below_minimum", "", ""]


def test_modes_are_told_as_the_scale_writes_them():
    assert mode([2, 2, 0], [-1.5, 0, 10]).item() == "-1.5; 0"
    assert mode([[[0, 1], [1, 0]]], [1000000, 2000000]).tolist() == [["2000000", "1000000"]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: interpolated_median([1, 2], [1, 2], 0), "width: is more than 0 and at most the distance of two values, 1, got 0"),
        (
            lambda: interpolated_median([1, 2], [0, 0.5], 1),
            "width: is more than 0 and at most the distance of two values, 0.5, got 1",
        ),
        (lambda: mode([1, 2], [2, 1]), "values: have to rise from category to category"),
        (lambda: q1([1, 2], [1, 2], 0), "quantile_type: is 1 to 9, got 0"),
        (lambda: median([1, 2], [1, 2], 10), "quantile_type: is 1 to 9, got 10"),
        (lambda: ds.computed("q3", [1, 2], quantile_type="R"), "quantile_type: is 1 or 2 or 3 or 4 or 5 or 6 or 7 or 8 or 9, got 'R'"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named_with_what_is_allowed(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message
