"""Change between two waves against scikit-learn and against the persons' own pairs of answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import cohen_kappa_score

from delphi import statistics as ds

VALUES = np.arange(1, 6)
TRANSITIONS = arrays(np.int64, (6, 6), elements=st.integers(0, 6))


def pairs_of(transitions):
    both = transitions[:-1, :-1]
    before, after = np.nonzero(both)
    many = both[before, after]
    return np.repeat(VALUES[before], many), np.repeat(VALUES[after], many)


@settings(deadline=None, max_examples=60)
@given(TRANSITIONS)
def test_every_measure_equals_the_one_from_the_pairs_themselves(transitions):
    before, after = pairs_of(transitions)
    assert ds.n_paired(transitions) == len(before)
    if not len(before):
        for name in ("share_unchanged", "share_changed_gt1", "net_change"):
            assert np.isnan(getattr(ds, name)(transitions))
        assert np.isnan(ds.delta_median(transitions, VALUES))
        return
    histograms = [np.bincount(x, minlength=6) for x in (before, after)]
    expected = {
        "share_unchanged": (before == after).mean(),
        "share_changed_gt1": (np.abs(before - after) > 1).mean(),
        "net_change": np.abs(histograms[1] - histograms[0]).sum() / 2 / len(before),
    }
    for name, value in expected.items():
        assert getattr(ds, name)(transitions) == pytest.approx(value, abs=1e-9)
    assert ds.share_unchanged(transitions, 2) == pytest.approx((np.abs(before - after) <= 2).mean(), abs=1e-9)
    assert ds.delta_median(transitions, VALUES) == pytest.approx(
        np.median(after) - np.median(before), abs=1e-9
    )
    if len(before) >= 2:
        spread = [np.subtract(*np.quantile(x, [0.75, 0.25])) for x in (before, after)]
        assert ds.delta_iqr(transitions, VALUES) == pytest.approx(spread[1] - spread[0], abs=1e-9)
    else:
        assert np.isnan(ds.delta_iqr(transitions, VALUES))


@pytest.mark.parametrize("weights", ["quadratic", "linear"])
@pytest.mark.parametrize("seed", range(10))
def test_kappa_equals_scikit_learn_with_all_scale_points_as_labels(weights, seed):
    rng = np.random.default_rng(seed)
    transitions = rng.poisson(0.4, size=(6, 6))
    transitions[2] = 0
    before, after = pairs_of(transitions)
    expected = cohen_kappa_score(before, after, labels=VALUES, weights=weights)
    assert ds.weighted_kappa(transitions, VALUES, weights) == pytest.approx(expected, abs=1e-9)


def test_kappa_of_a_unanimous_wave_is_zero_and_of_two_alike_undefined():
    one_unanimous = np.zeros((6, 6), dtype=int)
    one_unanimous[0, 2] = one_unanimous[1, 2] = 4
    assert float(ds.weighted_kappa(one_unanimous, VALUES)) == 0.0
    both = np.zeros((6, 6), dtype=int)
    both[2, 2] = 8
    assert np.isnan(ds.weighted_kappa(both, VALUES))
    assert float(ds.share_unchanged(both)) == 1.0
    single = np.zeros((6, 6), dtype=int)
    single[1, 3] = 1
    assert np.isnan(ds.weighted_kappa(single, VALUES))


@settings(deadline=None, max_examples=60)
@given(TRANSITIONS)
def test_who_answered_only_one_wave_changes_nothing(transitions):
    without = transitions.copy()
    without[-1], without[:, -1] = 0, 0
    for name in ("share_unchanged", "net_change", "share_changed_gt1", "n_paired"):
        np.testing.assert_equal(getattr(ds, name)(transitions), getattr(ds, name)(without))
    np.testing.assert_equal(ds.weighted_kappa(transitions, VALUES), ds.weighted_kappa(without, VALUES))


@settings(deadline=None, max_examples=60)
@given(TRANSITIONS)
def test_margins_are_the_histograms_of_the_pairs(transitions):
    before, after = ds.margins(transitions)
    ours = pairs_of(transitions)
    assert before.tolist() == [(ours[0] == v).sum() for v in VALUES]
    assert after.tolist() == [(ours[1] == v).sum() for v in VALUES]


@settings(deadline=None, max_examples=60)
@given(TRANSITIONS)
def test_exchanging_the_waves_turns_the_differences_round(transitions):
    swapped = transitions.T
    for name in ("share_unchanged", "net_change", "share_changed_gt1"):
        np.testing.assert_allclose(getattr(ds, name)(transitions), getattr(ds, name)(swapped), atol=1e-12)
    np.testing.assert_allclose(
        ds.weighted_kappa(transitions, VALUES), ds.weighted_kappa(swapped, VALUES), atol=1e-9
    )
    np.testing.assert_allclose(
        ds.delta_median(transitions, VALUES), -ds.delta_median(swapped, VALUES), atol=1e-12
    )
    np.testing.assert_allclose(ds.delta_iqr(transitions, VALUES), -ds.delta_iqr(swapped, VALUES), atol=1e-12)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match=r"^tolerance:"):
        ds.share_unchanged(np.zeros((3, 3)), -1)
    with pytest.raises(ValueError, match=r"^weights:"):
        ds.weighted_kappa(np.zeros((3, 3)), [1, 2], "cubic")
    for shape in ((3, 4), (1, 1), (3,)):
        with pytest.raises(ValueError, match=r"^transitions:"):
            ds.n_paired(np.zeros(shape))


@pytest.mark.parametrize("name", ["delta_median", "delta_iqr", "wilcoxon_signed_rank_p"])
def test_without_values_the_categories_are_one_apart(name):
    transitions = np.random.default_rng(2).integers(0, 3, size=(3, 6, 6))
    np.testing.assert_array_equal(getattr(ds, name)(transitions), getattr(ds, name)(transitions, VALUES))


@given(TRANSITIONS)
def test_p_of_the_moves_equals_the_test_on_the_differences_themselves(transitions):
    before, after = pairs_of(transitions)
    found = ds.wilcoxon_signed_rank_p(transitions, VALUES)
    if not len(before):
        assert np.isnan(found)
        return
    differences, counts = np.unique(after - before, return_counts=True)
    assert found == pytest.approx(ds.wilcoxon_signed_rank(differences, counts).p, abs=1e-12)
