"""Numeric answers against NumPy, SciPy and the standard library, with gaps, and where nothing is defined."""

from __future__ import annotations

import statistics as stdlib
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import gmean, gstd, trim_mean

from delphi import statistics as ds
from delphi.statistics.numbers import outliers, quartile_ratio

NAN = np.nan
METHODS = {
    1: "inverted_cdf", 2: "averaged_inverted_cdf", 3: "closest_observation", 4: "interpolated_inverted_cdf", 5: "hazen",
    6: "weibull", 7: "linear", 8: "median_unbiased", 9: "normal_unbiased",
}  # fmt: skip


def samples() -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [np.round(rng.lognormal(2, 1, n), 1) + 0.1 for n in [*range(1, 16), 20, 33, 60]]


def quantile(numbers, p, kind=7):
    return ds.computed("quantile", numbers, p=p, quantile_type=kind).value


@pytest.mark.parametrize("kind", METHODS)
def test_quantiles_of_every_type_are_those_of_numpy(kind):
    for numbers in samples():
        for p in (0, 0.1, 0.25, 0.5, 0.7, 0.75, 1):
            assert quantile(numbers, p, kind) == pytest.approx(
                np.quantile(numbers, p, method=METHODS[kind]), abs=1e-9
            )


@pytest.mark.parametrize("kind", METHODS)
def test_quantiles_of_numbers_are_those_of_their_histogram(kind):
    numbers = np.random.default_rng(2).integers(1, 8, (20, 13)).astype(float)
    counts = np.array([np.bincount(row.astype(int), minlength=8)[1:] for row in numbers])
    for p in (Fraction(1, 4), 0.5, 0.9):
        np.testing.assert_array_equal(
            quantile(numbers, p, kind), ds.quantile(counts, np.arange(1, 8), p, kind)
        )
    np.testing.assert_array_equal(ds.quantile(numbers, p=0.3), quantile(numbers, 0.3))


def test_the_types_differ_in_a_small_panel():
    assert [float(quantile([1, 2, 3, 4], 0.25, kind)) for kind in (2, 6, 7)] == [1.5, 1.25, 1.75]


def test_gaps_are_no_answers():
    for numbers in samples():
        gaps = np.insert(numbers, [0, len(numbers) // 2, len(numbers)], NAN)
        for name, options in (
            ("quantile", {"p": 0.25}),
            ("trimmed_mean", {"trim": 0.2}),
            ("geometric_mean", {}),
            ("gsd", {}),
            ("tukey_five_number", {}),
        ):
            one, other = ds.computed(name, numbers, **options), ds.computed(name, gaps, **options)
            np.testing.assert_allclose(one.value, other.value, rtol=1e-12)
            assert other.n == len(numbers)


def test_hinges_are_the_medians_of_the_halves():
    for numbers in samples():
        ranked = sorted(numbers.tolist())
        half = (len(ranked) + 1) // 2
        expected = [
            ranked[0], stdlib.median(ranked[:half]), stdlib.median(ranked), stdlib.median(ranked[-half:]), ranked[-1]
        ]  # fmt: skip
        np.testing.assert_allclose(list(vars(ds.tukey_five_number(numbers)).values()), expected)


def weighted_by_hand(numbers: np.ndarray, trim: float) -> float:
    """Each answer is a bar of width 1; the bars are cut at n × trim from either end."""
    n = len(numbers)
    inside = [max(0.0, min(k + 1, n - n * trim) - max(k, n * trim)) for k in range(n)]
    return float(np.dot(inside, np.sort(numbers)) / sum(inside))


@pytest.mark.parametrize("trim", [0, 0.05, 0.1, 0.25, 0.4, 0.49])
def test_trimmed_means_of_both_rules(trim):
    for numbers in samples():
        assert ds.trimmed_mean(numbers, trim) == pytest.approx(trim_mean(numbers, trim))
        assert ds.trimmed_mean(numbers, trim, "weighted") == pytest.approx(weighted_by_hand(numbers, trim))


def test_how_many_are_trimmed_is_counted_in_whole_numbers():
    """0.29 × 100 is a little less than 29 in floats."""
    numbers = np.append(np.full(29, 1000.0), np.ones(71))
    assert ds.trimmed_mean(numbers, 0.29) == 1.0


def test_means_on_the_log_scale_are_those_of_scipy():
    for numbers in samples():
        assert ds.geometric_mean(numbers) == pytest.approx(gmean(numbers))
        if len(numbers) > 1:
            assert ds.gsd(numbers) == pytest.approx(gstd(numbers))


@pytest.mark.parametrize(
    ("name", "numbers", "value", "reason", "flags"),
    [
        ("quantile", [], NAN, "no_valid_answers", ""),
        ("quantile", [NAN, NAN], NAN, "no_valid_answers", ""),
        ("quantile", [3], 3, None, "n_below_minimum"),
        ("tukey_five_number", [NAN], NAN, "no_valid_answers", ""),
        ("tukey_five_number", [4], 4, None, "n_below_minimum"),
        ("trimmed_mean", [NAN], NAN, "no_valid_answers", ""),
        ("trimmed_mean", [4], 4, None, "n_below_minimum"),
        ("trimmed_mean", [0.1] * 6, 0.1, None, ""),
        ("geometric_mean", [NAN], NAN, "no_valid_answers", ""),
        ("geometric_mean", [4], 4, None, "n_below_minimum"),
        ("geometric_mean", [4, 0], NAN, "non_positive_values", ""),
        ("geometric_mean", [4, -1], NAN, "non_positive_values", ""),
        ("gsd", [NAN], NAN, "no_valid_answers", ""),
        ("gsd", [4], NAN, "too_few", ""),
        ("gsd", [-4], NAN, "too_few", ""),
        ("gsd", [4, 0], NAN, "non_positive_values", ""),
        ("gsd", [0.3] * 6, 1, None, "no_variation"),
    ],
)
def test_what_is_undefined_says_why(name, numbers, value, reason, flags):
    found = ds.computed(name, np.array(numbers, dtype=float))
    np.testing.assert_allclose(found.value, value, rtol=1e-12)
    assert found.reason.item() == reason
    assert found.flags.item() == flags


def test_a_factor_on_all_answers_is_a_factor_on_the_location_and_none_on_the_ratio():
    numbers = samples()[-1]
    for call in (lambda x: quantile(x, 0.25), ds.trimmed_mean, ds.geometric_mean):
        assert call(1000 * numbers) == pytest.approx(1000 * float(call(numbers)))
    assert ds.gsd(1000 * numbers) == pytest.approx(float(ds.gsd(numbers)))
    assert quartile_ratio(1000 * numbers) == pytest.approx(float(quartile_ratio(numbers)))


def test_answers_far_out_are_marked_and_stay():
    given = [[10, 11, 12, 13, 14, 40, -9], [NAN, 1, 1, 1, 1, 2, 1], [NAN] * 7]
    assert outliers(given).tolist() == [[False] * 5 + [True, True], [False] * 5 + [True, False], [False] * 7]
    assert not outliers([0, 1, 2, 3, 4, 9]).any()
    assert outliers([0, 1, 2, 3, 4, 9], reach=1).tolist() == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("numbers", "ratio"), [([1], NAN), ([0, 1, 2], NAN), ([2, 2], 1), ([1, 2, 4, 8, 16], 4)]
)
def test_the_quartile_ratio_of_few_answers(numbers, ratio):
    np.testing.assert_allclose(quartile_ratio(np.array(numbers, dtype=float)), ratio)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.quantile([1.0, 2.0], p=1.5), "^p: has to lie between 0 and 1, got 1.5"),
        (lambda: ds.quantile([1.0, 2.0], p=0.5, quantile_type=10), "^quantile_type: is 1 to 9, got 10"),
        (lambda: ds.computed("quantile", [1.0], quantile_type=0), "^quantile_type: is 1 or 2"),
        (lambda: ds.geometric_mean(3.0), "^numbers: needs a last dimension"),
        (lambda: ds.gsd([1, np.inf]), "^numbers: are finite"),
        (lambda: ds.trimmed_mean([1.0], 0.5), "^trim: is a share from 0 to below 0.5, got 0.5"),
        (lambda: ds.trimmed_mean([1.0], -0.1), "^trim: is a share"),
        (lambda: ds.trimmed_mean([1.0], 0.1, "rounded"), "^fractions: is dropped or weighted, got 'rounded'"),
        (lambda: outliers([1.0], reach=-1), "^reach: is a number from 0 on, got -1"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
