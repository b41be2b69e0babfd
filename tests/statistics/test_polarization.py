"""Polarization between two camps: what raises it, and the options of Esteban and Ray."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from delphi import statistics as ds

VALUES = [1, 2, 3, 4, 5]
COUNTS = arrays(np.int64, (5,), elements=st.integers(0, 15))


def test_reynal_querol_is_blind_to_distance_and_the_others_are_not():
    near, far = [0, 5, 5, 0, 0], [5, 0, 0, 0, 5]
    assert float(ds.reynal_querol_polarization(near)) == float(ds.reynal_querol_polarization(far)) == 1
    assert float(ds.normalised_variance(near, VALUES)) < float(ds.normalised_variance(far, VALUES))
    assert float(ds.esteban_ray_polarization(near, VALUES)) < float(ds.esteban_ray_polarization(far, VALUES))


def test_reynal_querol_falls_with_the_number_of_equal_groups():
    found = [float(ds.reynal_querol_polarization([6] * groups)) for groups in (2, 3, 4, 6)]
    assert found == pytest.approx([1, 8 / 9, 3 / 4, 5 / 9])


@settings(deadline=None, max_examples=100)
@given(COUNTS, st.sampled_from([0.1, 0.5, 1.0, 1.6]))
def test_half_at_each_end_is_the_most_that_esteban_and_ray_can_give(counts, alpha):
    if counts.sum() < 2:
        return
    found = float(ds.esteban_ray_polarization(counts, VALUES, alpha=alpha, normalised=True))
    assert -1e-12 <= found <= 1 + 1e-12


def test_esteban_ray_at_a_small_alpha_is_ginis_mean_difference():
    counts = np.array([3, 0, 2, 5, 7])
    answers = np.repeat(VALUES, counts)
    gini = np.abs(answers[:, None] - answers[None, :]).mean()
    assert float(ds.esteban_ray_polarization(counts, VALUES, alpha=1e-9)) == pytest.approx(gini)


def test_esteban_ray_is_told_with_alpha_and_k():
    counts = [4, 1, 0, 2, 3]
    plain = float(ds.esteban_ray_polarization(counts, VALUES))
    assert float(ds.esteban_ray_polarization(counts, VALUES, k=1000)) == pytest.approx(1000 * plain)
    found = ds.computed("esteban_ray_polarization", counts)
    assert {name: found.options[name] for name in ("alpha", "k", "normalised")} == {
        "alpha": 1.6,
        "k": 1,
        "normalised": False,
    }
    once = ds.esteban_ray_polarization(counts, VALUES, k=7, normalised=True)
    np.testing.assert_allclose(once, ds.esteban_ray_polarization(counts, VALUES, normalised=True))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 0}, "alpha: is more than 0 and at most 1.6, got 0"),
        ({"alpha": 1.7}, "alpha: is more than 0 and at most 1.6, got 1.7"),
        ({"alpha": np.nan}, "alpha: is more than 0 and at most 1.6, got nan"),
        ({"k": 0}, "k: is more than 0, got 0"),
        ({"k": np.inf}, "k: is more than 0, got inf"),
    ],
)
def test_a_wrong_option_of_esteban_and_ray_is_named(options, message):
    with pytest.raises(ValueError) as error:
        ds.esteban_ray_polarization([1, 2, 3, 4, 5], VALUES, **options)
    assert str(error.value) == message
