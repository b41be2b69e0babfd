"""Intervals of shares against statsmodels and exact fractions, at their ends, and in a finite population."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import beta, betabinom
from statsmodels.stats.proportion import multinomial_proportions_confint, proportion_confint

from delphi import statistics as ds
from tests.published.values.uncertainty import hypergeometric_ends

OF_SHARES = ("wilson_ci", "clopper_pearson_ci", "jeffreys_ci")
THEIRS = {"wilson_ci": "wilson", "clopper_pearson_ci": "beta", "jeffreys_ci": "jeffreys"}
SHARES = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize("name", OF_SHARES)
@settings(deadline=None, max_examples=60)
@given(share=SHARES, confidence=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_each_interval_equals_statsmodels(name: str, share: tuple[int, int], confidence: float) -> None:
    found = getattr(ds, name)(*share, confidence)
    expected = proportion_confint(*share, 1 - confidence, method=THEIRS[name])
    np.testing.assert_allclose([found.low, found.high], expected, atol=1e-9)
    assert float(found.share) == share[0] / share[1]


def test_wilson_by_its_id_is_the_interval_that_runs_use() -> None:
    x, n = np.array([0, 3, 42, 60]), np.array([5, 9, 60, 60])
    np.testing.assert_array_equal([ds.wilson_ci(x, n).low, ds.wilson_ci(x, n).high], ds.wilson_interval(x, n))


@pytest.mark.parametrize("name", OF_SHARES)
def test_the_interval_of_the_others_is_the_mirror_image(name: str) -> None:
    n = np.arange(1, 40)
    x = n // 3
    for options in ({}, {"population": 60}):
        first, second = getattr(ds, name)(x, n, **options), getattr(ds, name)(n - x, n, **options)
        np.testing.assert_allclose(first.low, 1 - second.high, atol=1e-9)
        np.testing.assert_allclose(first.high, 1 - second.low, atol=1e-9)


CASES: list[tuple[str, Any, dict[str, Any], tuple[float, float, float] | None, str | None, str]] = [
    ("wilson_ci", (0, 0), {}, None, "no_valid_answers", "nobody answered"),
    ("clopper_pearson_ci", (0, 0), {}, None, "no_valid_answers", "nobody answered"),
    ("jeffreys_ci", (0, 0), {}, None, "no_valid_answers", "nobody answered"),
    ("wilson_ci", (0, 0), {"population": 9}, None, "no_valid_answers", "nobody of nine answered"),
    ("clopper_pearson_ci", (0, 0), {"population": 9}, None, "no_valid_answers", "nobody of nine answered"),
    ("jeffreys_ci", (0, 0), {"population": 0}, None, "no_valid_answers", "nobody there"),
    ("wilson_ci", (3, 3), {}, (1, 0.438503, 1), None, "x = n gives exactly 1"),
    ("clopper_pearson_ci", (3, 3), {}, (1, 0.025 ** (1 / 3), 1), None, "x = n gives exactly 1"),
    ("clopper_pearson_ci", (0, 3), {}, (0, 0, 1 - 0.025 ** (1 / 3)), None, "x = 0 gives exactly 0"),
    ("wilson_ci", (7, 9), {"population": 9}, (7 / 9, 7 / 9, 7 / 9), None, "all were asked: nothing is uncertain"),
    ("clopper_pearson_ci", (7, 9), {"population": 9}, (7 / 9, 7 / 9, 7 / 9), None, "all were asked"),
    ("jeffreys_ci", (7, 9), {"population": 9}, (7 / 9, 7 / 9, 7 / 9), None, "all were asked"),
    ("wilson_ci", (1, 1), {"population": 1}, (1, 1, 1), None, "the only one was asked"),
    ("clopper_pearson_ci", (8, 8), {"population": 9}, (1, 8 / 9, 1), None, "one was not asked"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "options", "expected", "reason", "why"), CASES)
def test_ends_and_degenerate_cases(
    name: str, data: Any, options: dict[str, Any], expected: Any, reason: str | None, why: str
) -> None:
    found = ds.computed(name, data, **options)
    assert found.reason.item() == reason, why
    assert found.more is not None
    values = [found.value.item(), found.more["low"].item(), found.more["high"].item()]
    assert values == pytest.approx([np.nan] * 3 if expected is None else expected, abs=1e-6, nan_ok=True), why
    assert found.n.item() == data[1]


def test_an_exact_interval_in_a_population_is_that_of_every_number_tried() -> None:
    for x, n, people in ((0, 5, 8), (2, 5, 8), (5, 5, 8), (7, 12, 30), (1, 20, 21), (10, 20, 200)):
        found = ds.clopper_pearson_ci(x, n, population=people)
        assert (float(found.low), float(found.high)) == pytest.approx(hypergeometric_ends(x, n, people))


def test_a_bayesian_interval_in_a_population_adds_the_rest_to_what_was_seen() -> None:
    found = ds.jeffreys_ci(7, 12, population=30)
    rest = betabinom(18, 7.5, 5.5)
    assert float(found.low) == pytest.approx((7 + rest.ppf(0.025)) / 30)
    assert float(found.high) == pytest.approx((7 + rest.ppf(0.975)) / 30)


def test_a_population_narrows_the_interval_to_the_share_and_a_vast_one_leaves_it() -> None:
    for name in OF_SHARES:
        widths = []
        for people in (60, 70, 120, 1000, 10**6):
            found = getattr(ds, name)(42, 60, population=people)
            widths.append(float(found.high - found.low))
        assert widths == sorted(widths)
        assert widths[0] == 0
        whole = getattr(ds, name)(42, 60)
        assert widths[-1] == pytest.approx(float(whole.high - whole.low), abs=1e-3)


def test_the_factor_for_a_population() -> None:
    np.testing.assert_allclose(ds.fpc([1, 36, 99, 100], 100), [1, (64 / 99) ** 0.5, (1 / 99) ** 0.5, 0])
    assert float(ds.fpc(1, 1)) == 0.0
    found = ds.computed("fpc", ([0, 0], [5, 0]))
    assert found.reason.tolist() == ["no_data", "no_data"]
    squared = ds.wilson_ci(50, 100, population=200), ds.wilson_ci(50, 100)
    shrunk = float((squared[0].high - squared[0].low) / (squared[1].high - squared[1].low))
    assert shrunk == pytest.approx(float(ds.fpc(100, 200)), abs=0.01)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 40), min_size=2, max_size=9), st.sampled_from([0.9, 0.95]))
def test_simultaneous_intervals_equal_statsmodels(counts: list[int], confidence: float) -> None:
    assume(sum(counts) > 0)
    theirs = multinomial_proportions_confint(counts, 1 - confidence, "goodman")
    found = ds.multinomial_ci(counts, confidence=confidence)
    np.testing.assert_allclose(np.stack([found.low, found.high], -1), theirs, atol=1e-9)
    boxed = ds.multinomial_ci(counts, "sison_glaz", confidence)
    if np.isfinite(boxed.low).all():
        theirs = multinomial_proportions_confint(counts, 1 - confidence, "sison-glaz")
        np.testing.assert_allclose(np.stack([boxed.low, boxed.high], -1), theirs, atol=1e-9)
    else:
        assert np.isnan(boxed.share).all()


@pytest.mark.parametrize(
    ("counts", "method", "reason", "flags"),
    [
        ([0, 0, 0], "goodman", "no_valid_answers", ""),
        ([0, 0, 0], "sison_glaz", "no_valid_answers", ""),
        ([0, 9, 0], "goodman", None, "sparse_expected"),
        ([0, 9, 0], "sison_glaz", "no_variation", ""),
        ([1, 1, 0], "sison_glaz", "too_few", ""),
        ([9, 9, 9], "sison_glaz", None, ""),
        ([9, 9, 4], "goodman", None, "sparse_expected"),
        ([1, 1, 1], "goodman", None, "n_below_minimum sparse_expected"),
    ],
)
def test_simultaneous_intervals_of_few_and_of_equal_answers(
    counts: list[int], method: str, reason: str | None, flags: str
) -> None:
    found = ds.computed("multinomial_ci", counts, method=method)
    assert set(found.reason.tolist()) == {reason}
    assert set(found.flags.tolist()) == {flags}
    assert np.isfinite(found.value).all() == (reason is None)
    assert found.n.tolist() == [sum(counts)] * 3


def test_posteriors_are_those_of_the_beta_distribution() -> None:
    x, n = np.array([0, 3, 42, 9]), np.array([5, 9, 60, 9])
    for a, b in ((0.5, 0.5), (1, 1), (2, 5)):
        theirs = beta(a + x, b + n - x)
        found = ds.beta_posterior(x, n, a, b, confidence=0.9)
        expected = [theirs.mean(), theirs.median(), theirs.ppf(0.05), theirs.ppf(0.95)]
        np.testing.assert_allclose(found, expected, atol=1e-9)
        np.testing.assert_allclose(ds.prob_above_threshold(x, n, 0.7, a, b), theirs.sf(0.7), atol=1e-12)
    jeffreys = ds.jeffreys_ci(x, n)
    np.testing.assert_allclose(ds.beta_posterior(x, n)[2:], [jeffreys.low, jeffreys.high], atol=1e-12)


def test_the_chance_of_reaching_a_threshold_under_a_uniform_prior_is_a_binomial_sum() -> None:
    """P(p >= t) under Beta(1 + x, 1 + n - x) is P(X <= x), X binomial of n + 1 and t."""
    for x, n, t in ((7, 9, Fraction(7, 10)), (3, 12, Fraction(1, 2)), (20, 20, Fraction(9, 10))):
        expected = sum(comb(n + 1, k) * t**k * (1 - t) ** (n + 1 - k) for k in range(x + 1))
        assert float(ds.prob_above_threshold(x, n, float(t), 1, 1)) == pytest.approx(
            float(expected), abs=1e-12
        )


def test_without_an_answer_there_is_no_posterior_and_at_the_ends_of_the_threshold_it_is_certain() -> None:
    for name, options in (("beta_posterior", {}), ("prob_above_threshold", {"threshold": 0.7})):
        found = ds.computed(name, ([0, 1], [0, 1]), **options)
        assert found.reason.tolist() == ["no_valid_answers", None]
        assert found.flags.tolist() == ["", "n_below_minimum"]
    assert float(ds.prob_above_threshold(3, 9, 0)) == 1.0
    assert float(ds.prob_above_threshold(3, 9, 1)) == 0.0


def test_a_bare_pass_of_the_threshold_is_about_an_even_bet() -> None:
    for n in (10, 20, 100):
        assert float(ds.prob_above_threshold(7 * n // 10, n, 0.7)) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.wilson_ci(4, 3), "successes: have to lie between 0 and n"),
        (lambda: ds.wilson_ci(-1, 3), "successes: .* from 0 on"),
        (lambda: ds.clopper_pearson_ci(1, 2.5), "n: counts are whole numbers"),
        (lambda: ds.jeffreys_ci(1, 3, population=2), "population: has to be at least n, got 2"),
        (lambda: ds.clopper_pearson_ci(1, 3, population=2), "population: has to be at least n"),
        (lambda: ds.wilson_ci(1, 3, population=2), "population: has to be at least n"),
        (lambda: ds.wilson_ci(1, 3, confidence=95), "confidence: has to lie between 0 and 1, got 95"),
        (lambda: ds.clopper_pearson_ci(1, 3, confidence=0), "confidence: has to lie"),
        (lambda: ds.jeffreys_ci(1, 3, confidence=1), "confidence: has to lie"),
        (lambda: ds.multinomial_ci([1, 2], confidence=2), "confidence: has to lie"),
        (lambda: ds.multinomial_ci([1, 2], method="wald"), "method: is goodman or sison_glaz, got 'wald'"),
        (lambda: ds.fpc(4, 3), "sampled: have to lie between 0 and population"),
        (lambda: ds.beta_posterior(1, 3, prior_a=0), "prior_a: is a number above 0, got 0"),
        (lambda: ds.beta_posterior(1, 3, prior_b=float("nan")), "prior_b: is a number above 0"),
        (lambda: ds.beta_posterior(1, 3, confidence=1), "confidence: has to lie"),
        (lambda: ds.prob_above_threshold(1, 3, 70), "threshold: has to lie between 0 and 1, got 70"),
        (lambda: ds.computed("prob_above_threshold", (1, 3)), "prob_above_threshold needs threshold"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
