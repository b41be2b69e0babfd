"""Bootstrap intervals: reproducible, each cell by itself, and what resampling the persons gives."""

import numpy as np
import pytest

from delphi import statistics as ds
from delphi.statistics import resampling
from delphi.statistics.resampling import FEWEST, _below, _drawn_sums, _persons

VALUES = np.arange(1, 6)


def panel(n, seed=0):
    """Answers of n persons in two waves, and their transitions."""
    rng = np.random.default_rng(seed)
    before = rng.integers(0, 5, size=n)
    after = np.clip(before + rng.integers(-1, 2, size=n), 0, 4)
    transitions = np.zeros((6, 6), dtype=np.int64)
    np.add.at(transitions, (before, after), 1)
    return before, after, transitions


def test_the_same_seed_and_cell_give_the_same_interval():
    *_, transitions = panel(30)
    first, second = (
        ds.weighted_kappa_interval(transitions, VALUES, ds.stream(7, "r2|r1|s01")) for _ in range(2)
    )
    assert first == second
    other = ds.weighted_kappa_interval(transitions, VALUES, ds.stream(8, "r2|r1|s01"))
    assert other != first


def test_streams_of_different_cells_differ_and_do_not_depend_on_each_other():
    keys = ["a", "b", "c"]
    together = {key: ds.stream(0, key).random() for key in keys}
    assert len(set(together.values())) == 3
    assert {key: ds.stream(0, key).random() for key in reversed(keys)} == together
    assert ds.stream(0, "b").random() == together["b"]


@pytest.mark.parametrize("weights", ["quadratic", "linear"])
@pytest.mark.parametrize("n", [12, 60, 300])
def test_interval_is_that_of_persons_drawn_again_within_monte_carlo_error(weights, n):
    before, after, transitions = panel(n, seed=n)
    ours = ds.weighted_kappa_interval(transitions, VALUES, ds.stream(1, "cell"), 8000, weights)
    rng = np.random.default_rng(99)
    drawn = rng.integers(0, n, size=(8000, n))
    resampled = np.zeros((8000, 6, 6), dtype=np.int64)
    np.add.at(resampled, (np.arange(8000)[:, None], before[drawn], after[drawn]), 1)
    low, high = np.nanquantile(ds.weighted_kappa(resampled, VALUES, weights), [0.025, 0.975])
    width = high - low
    assert ours.low == pytest.approx(low, abs=0.06 * width)
    assert ours.high == pytest.approx(high, abs=0.06 * width)
    assert ours.low <= float(ds.weighted_kappa(transitions, VALUES, weights)) <= ours.high
    assert ours.unusable < 0.01


def test_small_panels_and_those_without_variation_have_no_interval():
    few = panel(FEWEST - 1)[2]
    assert np.isnan(ds.weighted_kappa_interval(few, VALUES, ds.stream(0, "x")).low)
    alike = np.zeros((6, 6), dtype=np.int64)
    alike[3, 3] = 20
    found = ds.weighted_kappa_interval(alike, VALUES, ds.stream(0, "x"))
    assert np.isnan(found.low)
    assert found.unusable == 1.0


def test_draws_that_cannot_be_used_are_counted():
    nearly_alike = np.zeros((6, 6), dtype=np.int64)
    nearly_alike[3, 3], nearly_alike[2, 2] = 11, 1
    found = ds.weighted_kappa_interval(nearly_alike, VALUES, ds.stream(0, "x"))
    assert found.unusable == pytest.approx((11 / 12) ** 12, abs=0.05)


def test_more_than_one_pair_of_waves_at_a_time_is_refused():
    with pytest.raises(ValueError, match=r"^transitions:"):
        ds.weighted_kappa_interval(np.zeros((2, 6, 6)), VALUES, ds.stream(0, "x"))


@pytest.mark.parametrize(
    "columns",
    [
        [np.array([1.0, 5.0, 0.0]), np.array([9.0, 2.0, 0.0])],
        [np.array([0.5, 1.0, 2.0]), np.array([1.0, 1.0, 3.0])],
        [np.array([-1.0, 0.0, 1.0]), np.array([1.0, 0.0, 1.0])],
        [np.array([2.0**30, 1.0, 3.0]), np.array([2.0**30, 2.0, 5.0])],
        [np.zeros(3), np.zeros(3)],
    ],
    ids=["whole", "fractions", "negative", "too large to share a float", "nothing"],
)
def test_sums_of_drawn_persons_are_those_of_each_column_alone(columns):
    drawn = np.random.default_rng(4).integers(0, 3, size=(50, 3))
    for values, sums in zip(columns, _drawn_sums(columns, [drawn[:20], drawn[20:]]), strict=True):
        np.testing.assert_array_equal(sums, [values[draw].sum() for draw in drawn])


@pytest.mark.parametrize(("n", "draws"), [(10, 2000), (53, 2000), (101, 999), (200, 61), (11, 1)])
def test_drawn_persons_are_those_of_numpy_and_come_a_block_at_a_time(n, draws):
    blocks = list(_persons(ds.stream(3, "cell"), n, draws))
    assert all(block.size <= 12_000 for block in blocks)
    wanted = ds.stream(3, "cell").integers(0, n, size=(draws, n))
    np.testing.assert_array_equal(np.concatenate(blocks), wanted)


def test_what_is_passed_over_within_a_block_is_drawn_afterwards(monkeypatch):
    monkeypatch.setattr(resampling, "_below", lambda rng, n, wanted: _below(rng, n, min(wanted, 1000)))
    blocks = list(_persons(ds.stream(3, "cell"), 53, 2000))
    wanted = ds.stream(3, "cell").integers(0, 53, size=(2000, 53))
    np.testing.assert_array_equal(np.concatenate(blocks), wanted)


@pytest.mark.parametrize("n", [3, 2**20 + 7, 2**30 + 1], ids=["hardly ever", "seldom", "a quarter"])
def test_numbers_that_would_come_up_too_often_are_passed_over_as_numpy_does(n):
    ours = _below(ds.stream(5, "cell"), n, 4000)
    assert len(ours) == 4000 or n > 3
    np.testing.assert_array_equal(ours, ds.stream(5, "cell").integers(0, n, size=len(ours)))
