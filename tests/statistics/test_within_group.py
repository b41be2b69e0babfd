"""Agreement within a group against the variances of its answers one by one, and where it is cut or not defined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from delphi import statistics as ds

COUNTS = arrays(np.int64, (5,), elements=st.integers(0, 9))
ITEMS = arrays(np.int64, (3, 5), elements=st.integers(0, 9))


def answers_of(counts: np.ndarray | list[int]) -> np.ndarray:
    return np.repeat(np.arange(1, len(counts) + 1), counts)


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_rwg_is_one_less_the_variance_over_that_of_the_null(counts: np.ndarray) -> None:
    found = ds.rwg(counts)
    if counts.sum() < 2:
        assert np.isnan(found.value)
        return
    variance = np.var(answers_of(counts), ddof=1)
    assert found.raw == pytest.approx(1 - variance / 2, abs=1e-12)
    assert found.value == pytest.approx(max(0.0, 1 - variance / 2), abs=1e-12)
    assert found.slightly_skewed == pytest.approx(max(0.0, 1 - variance / 1.34), abs=1e-12)
    assert found.uniform == found.value


@settings(deadline=None, max_examples=60)
@given(ITEMS)
def test_indices_of_several_items_rest_on_their_mean_variance(counts: np.ndarray) -> None:
    variances = [np.var(answers_of(one), ddof=1) for one in counts if one.sum() >= 2]
    raised, plain = ds.rwg_j(counts), ds.rwg_lindell(counts)
    if len(variances) < 2:
        assert np.isnan(raised.value)
        assert np.isnan(plain.value)
        return
    part, many = np.mean(variances) / 2, len(variances)
    assert plain.raw == pytest.approx(1 - part, abs=1e-12)
    assert plain.value == pytest.approx(max(0.0, 1 - part), abs=1e-12)
    bottom = many * (1 - part) + part
    if abs(bottom) > 1e-9:
        assert raised.raw == pytest.approx(many * (1 - part) / bottom, rel=1e-9)
    assert raised.value == pytest.approx(0.0 if part > 1 else many * (1 - part) / bottom, abs=1e-12)
    assert 0 <= raised.value <= 1


@pytest.mark.parametrize(("points", "variance"), [(5, 2), (7, 4), (9, 20 / 3)])
def test_the_null_is_that_of_the_points_of_the_scale(points: int, variance: float) -> None:
    """Trap 34: the null of five points on seven or nine gives another number."""
    counts = np.zeros(points, dtype=int)
    counts[[1, 2, 3]] = 2, 5, 3
    expected = 1 - np.var(answers_of(counts), ddof=1) / variance
    assert ds.rwg(counts).value == pytest.approx(expected, abs=1e-12)


def test_the_variance_has_n_minus_one() -> None:
    """Trap 20: with n the same answers look more agreed."""
    assert ds.rwg([0, 5, 0, 5, 0]).raw == pytest.approx(1 - (10 / 9) / 2, abs=1e-12)


def test_a_scale_of_other_steps_has_its_own_null() -> None:
    counts, tens = [0, 2, 5, 3, 0], [0, 10, 20, 30, 40]
    for null in ("uniform", "slightly_skewed"):
        assert ds.rwg(counts, tens, null).value == pytest.approx(
            float(ds.rwg(counts, None, null).value), abs=1e-12
        )
    assert np.isnan(ds.rwg(counts, [0, 1, 2, 3, 5], "slightly_skewed").value)
    assert np.isfinite(ds.rwg(counts, [0, 1, 2, 3, 5]).value)


@pytest.mark.parametrize("points", [4, 12])
@pytest.mark.parametrize("name", ["rwg", "rwg_j", "rwg_lindell"])
def test_a_null_that_nobody_published_for_the_scale_is_not_supported(name: str, points: int) -> None:
    counts = np.zeros((2, points), dtype=int)
    counts[:, :2] = 3
    given_counts = counts[0] if name == "rwg" else counts
    found = ds.computed(name, given_counts, null="slightly_skewed")
    assert np.isnan(found.value)
    assert found.reason == "scale_not_supported"
    assert np.isfinite(ds.computed(name, given_counts).value)


def test_more_spread_than_the_null_is_zero_and_the_raw_value_is_kept() -> None:
    split = [5, 0, 0, 0, 5]
    assert ds.rwg(split).value == 0
    assert ds.rwg(split).raw < -1
    both = ds.rwg_j([split, split])
    assert both.value == 0
    assert both.raw > 1  # the formula turns round past its pole: senseless, and therefore cut
    assert ds.rwg_lindell([split, split]).raw == pytest.approx(float(ds.rwg(split).raw))


DEGENERATE = [
    ("rwg", [0, 0, 0, 0, 0], None, "no_valid_answers", "", "nobody answered"),
    ("rwg", [0, 0, 1, 0, 0], None, "too_few", "", "one person always agrees"),
    ("rwg", [7], None, "scale_too_short", "", "one category"),
    ("rwg", [0, 0, 7, 0, 0], 1.0, None, "no_variation", "all equal"),
    ("awg", [0, 0, 0, 0, 0], None, "no_valid_answers", "", "nobody answered"),
    ("awg", [0, 0, 1, 0, 0], None, "too_few", "", "one person"),
    ("awg", [7], None, "scale_too_short", "", "one category"),
    ("awg", [0, 0, 7, 0, 0], 1.0, None, "no_variation", "all equal within the scale"),
    ("awg", [7, 0, 0, 0, 0], None, "wrong_level", "", "all at one end"),
    ("awg", [9, 1, 0, 0, 0], None, "wrong_level", "", "mean 1.1, below (1 * 9 + 5) / 10 = 1.4"),
    ("awg", [9, 0, 0, 0, 1], -1.0, None, "", "mean 1.4, as far apart as it allows"),
    ("awg", [5, 0, 0, 0, 5], -1.0, None, "", "half at each end"),
    ("rwg_j", [[0, 0, 0], [0, 0, 0]], None, "no_valid_answers", "", "nobody answered"),
    ("rwg_j", [[0, 1, 0], [1, 0, 0]], None, "too_few_raters", "", "one answer each"),
    ("rwg_j", [[3, 1, 0]], None, "too_few_units", "", "one item"),
    ("rwg_j", [[3, 1, 0], [1, 0, 0]], None, "too_few_units", "", "one item with two answers"),
    ("rwg_j", [[3], [5]], None, "scale_too_short", "", "one category"),
    ("rwg_j", [[0, 6, 0], [0, 6, 0]], 1.0, None, "no_variation", "all equal"),
    ("rwg_lindell", [[3, 1, 0]], None, "too_few_units", "", "one item"),
    ("rwg_lindell", [[0, 6, 0], [0, 6, 0]], 1.0, None, "no_variation", "all equal"),
]


@pytest.mark.parametrize(("name", "counts", "value", "reason", "flags", "why"), DEGENERATE)
def test_what_is_not_defined_is_null_with_its_reason(
    name: str, counts: list[int], value: float | None, reason: str | None, flags: str, why: str
) -> None:
    found = ds.computed(name, counts)
    assert (found.reason, found.flags) == (reason, flags), why
    assert np.isnan(found.value) if value is None else found.value == pytest.approx(value, abs=1e-12), why


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_turning_the_scale_round_changes_no_index_of_one_item(counts: np.ndarray) -> None:
    np.testing.assert_allclose(ds.rwg(counts[::-1]).raw, ds.rwg(counts).raw, atol=1e-12)
    np.testing.assert_allclose(ds.awg(counts[::-1]), ds.awg(counts), atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_awg_lies_between_minus_one_and_one_and_does_not_know_where_the_scale_starts(
    counts: np.ndarray,
) -> None:
    found = ds.awg(counts)
    assert np.isnan(found) or -1 - 1e-12 <= found <= 1
    np.testing.assert_allclose(ds.awg(counts, [-4, -2, 0, 2, 4]), found, atol=1e-9)


def test_many_cells_at_once_give_what_each_gives() -> None:
    counts = np.random.default_rng(2).integers(0, 4, size=(4, 3, 5))
    for measure in (ds.rwg_j, ds.rwg_lindell):
        together = measure(counts)
        for place in range(4):
            np.testing.assert_allclose(together.value[place], measure(counts[place]).value, atol=1e-12)
    np.testing.assert_allclose(ds.rwg(counts).raw[2, 1], ds.rwg(counts[2, 1]).raw, atol=1e-12)


def test_wrong_arguments_are_named() -> None:
    for measure in (ds.rwg, ds.rwg_j, ds.rwg_lindell):
        with pytest.raises(ValueError, match=r"^null: is uniform or slightly_skewed, got 'normal'"):
            measure([[1, 2], [2, 1]], null="normal")
        with pytest.raises(ValueError, match=r"^values:"):
            measure([[1, 2], [2, 1]], [1, 2, 3])
    for measure in (ds.rwg_j, ds.rwg_lindell):
        with pytest.raises(ValueError, match=r"^counts: needs items"):
            measure([1, 2])
    with pytest.raises(ValueError, match=r"^counts:"):
        ds.awg([1, -2])
