"""What the indices of consensus, dispersion and polarization have in common: where they are not defined, their ends, what does not change them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from delphi import statistics as ds

OPTIONS: dict[str, dict[str, object]] = {
    "van_der_eijk_agreement": {}, "van_der_eijk_polarization": {}, "leik_dispersion": {}, "tastle_wierman_consensus": {},
    "tastle_wierman_dissention": {}, "tastle_wierman_agreement": {"target": 3}, "blair_lacy_l2": {}, "blair_lacy_l": {},
    "blair_lacy_d2": {}, "berry_mielke_iov": {}, "kvalseth_cov": {}, "shannon_entropy": {"normalised": True},
    "normalised_variance": {}, "reynal_querol_polarization": {}, "esteban_ray_polarization": {"normalised": True},
}  # fmt: skip
UNANIMOUS = {
    "van_der_eijk_agreement": 1, "tastle_wierman_consensus": 1, "tastle_wierman_agreement": 1, "blair_lacy_l2": 1,
    "blair_lacy_l": 1, "blair_lacy_d2": 1,
}  # fmt: skip
"""Where all agree on the middle of five points; 0 for the others."""
HALVES = {
    "van_der_eijk_agreement": -1, "van_der_eijk_polarization": 1, "leik_dispersion": 1, "tastle_wierman_consensus": 0,
    "tastle_wierman_dissention": 1, "tastle_wierman_agreement": 1 + np.log2(0.75), "blair_lacy_l2": 0, "blair_lacy_l": 0,
    "blair_lacy_d2": 0, "berry_mielke_iov": 1, "kvalseth_cov": 1, "shannon_entropy": np.log(2) / np.log(5),
    "normalised_variance": 1, "reynal_querol_polarization": 1, "esteban_ray_polarization": 1,
}  # fmt: skip
"""Where half of the panel is at each end of five points."""
COUNTS = arrays(np.int64, (5,), elements=st.integers(0, 15))


def value(name: str, counts: object, **options: object) -> float:
    return float(ds.computed(name, counts, **OPTIONS[name], **options).value)


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize(
    ("counts", "reason", "flags", "why"),
    [
        ([0, 0, 0, 0, 0], "no_valid_answers", "", "nobody answered"),
        ([0, 0, 0, 1, 0], "too_few", "", "one person always agrees"),
        ([0, 0, 2, 0, 0], None, "n_below_minimum no_variation", "two who agree"),
        ([0, 0, 9, 0, 0], None, "no_variation", "all equal"),
        ([1, 0, 0, 0, 1], None, "n_below_minimum", "two who disagree"),
        ([5, 0, 0, 0, 5], None, "", "half at each end"),
    ],
)
def test_an_index_needs_two_answers_and_says_where_all_are_equal(name, counts, reason, flags, why):
    found = ds.computed(name, counts, **OPTIONS[name])
    assert (found.reason.item(), found.flags.item()) == (reason, flags), why
    assert np.isnan(found.value.item()) == (reason is not None), why


@pytest.mark.parametrize("name", OPTIONS)
def test_an_index_has_its_ends_where_all_agree_and_where_half_is_at_each_end(name):
    for size in (2, 5, 9, 1_000_000):
        assert value(name, [0, 0, size, 0, 0]) == UNANIMOUS.get(name, 0), size
        assert value(name, [size, 0, 0, 0, size]) == pytest.approx(HALVES[name], abs=1e-12), size


@pytest.mark.parametrize("name", [name for name in OPTIONS if name != "tastle_wierman_agreement"])
def test_where_all_agree_does_not_matter(name):
    for place in range(5):
        counts = np.zeros(5, dtype=int)
        counts[place] = 7
        assert value(name, counts) == UNANIMOUS.get(name, 0)


@pytest.mark.parametrize(
    ("name", "categories", "reason"),
    [
        ("van_der_eijk_agreement", 2, "scale_too_short"), ("van_der_eijk_polarization", 2, "scale_too_short"),
        ("leik_dispersion", 1, "scale_too_short"), ("tastle_wierman_consensus", 1, "scale_too_short"),
        ("tastle_wierman_dissention", 1, "scale_too_short"), ("blair_lacy_l2", 1, "scale_too_short"),
        ("blair_lacy_l", 1, "scale_too_short"), ("blair_lacy_d2", 1, "scale_too_short"),
        ("berry_mielke_iov", 1, "scale_too_short"), ("kvalseth_cov", 1, "scale_too_short"),
        ("shannon_entropy", 1, "scale_too_short"), ("normalised_variance", 1, "scale_too_short"),
        ("esteban_ray_polarization", 1, "scale_too_short"), ("reynal_querol_polarization", 1, None),
    ],
)  # fmt: skip
def test_a_scale_may_be_too_short(name, categories, reason):
    assert ds.computed(name, [9] * categories, **OPTIONS[name]).reason.item() == reason
    assert ds.computed(name, [9] * 3, **OPTIONS[name]).reason.item() is None


def test_a_target_on_a_scale_of_one_category():
    assert ds.computed("tastle_wierman_agreement", [9], target=1).reason.item() == "scale_too_short"


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_turning_the_scale_round_changes_no_index(counts):
    for name in OPTIONS:
        np.testing.assert_allclose(value(name, counts[::-1]), value(name, counts), atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(COUNTS, st.integers(2, 7))
def test_a_panel_several_times_as_large_has_the_same_index(counts, factor):
    if counts.sum() < 2:
        return
    for name in set(OPTIONS) - {"berry_mielke_iov", "kvalseth_cov"}:
        np.testing.assert_allclose(value(name, counts * factor), value(name, counts), atol=1e-9)
    if counts.sum() % 2 == 0:
        for name in ("berry_mielke_iov", "kvalseth_cov"):
            np.testing.assert_allclose(value(name, counts * factor), value(name, counts), atol=1e-7)


@settings(deadline=None, max_examples=60)
@given(COUNTS, st.floats(-3, 3), st.sampled_from([0.5, 3.0, 10.0]))
def test_shifting_or_stretching_the_scale_values_changes_no_index(counts, shift, unit):
    values = np.arange(1, 6)
    for name in ("tastle_wierman_consensus", "tastle_wierman_dissention", "normalised_variance", "esteban_ray_polarization"):  # fmt: skip
        here = value(name, counts, values=values)
        np.testing.assert_allclose(value(name, counts, values=values * unit + shift), here, atol=1e-7)


@settings(deadline=None, max_examples=60)
@given(arrays(np.int64, (7,), elements=st.integers(0, 15)))
def test_indices_that_are_made_of_one_another(counts):
    if counts.sum() < 2:
        return
    l2, iov = ds.blair_lacy_l2(counts), ds.berry_mielke_iov(counts)
    np.testing.assert_allclose(ds.blair_lacy_d2(counts) * 4 / 6, l2, atol=1e-12)
    np.testing.assert_allclose(ds.blair_lacy_l(counts) ** 2, l2, atol=1e-12)
    np.testing.assert_allclose(ds.kvalseth_cov(counts), 1 - np.sqrt(1 - iov), atol=1e-12)
    if counts.sum() % 2 == 0:
        np.testing.assert_allclose(iov, 1 - l2, atol=1e-12)
    cns = ds.tastle_wierman_consensus(counts, range(7))
    np.testing.assert_allclose(ds.tastle_wierman_dissention(counts, range(7)), 1 - cns)


@pytest.mark.parametrize("n", [3, 5, 7, 99])
def test_an_odd_panel_can_reach_the_end_of_the_index_of_ordinal_variation(n):
    assert float(ds.berry_mielke_iov([n // 2, 0, 0, n - n // 2])) == 1
    assert float(ds.kvalseth_cov([n // 2, 0, 0, n - n // 2])) == 1


def test_trap_2_a_category_that_nobody_chose_belongs_to_the_scale():
    """Half at 2 and half at 4 is as far apart as can be on three points, and not on five."""
    for name in OPTIONS:
        if name in ("reynal_querol_polarization", "tastle_wierman_agreement"):
            continue
        wide, narrow = value(name, [0, 5, 0, 5, 0]), value(name, [5, 0, 5])
        assert narrow != pytest.approx(wide), name


def test_trap_3_the_ends_are_those_of_the_scale_and_not_of_the_answers():
    counts = [0, 5, 0, 5, 0]
    assert value("normalised_variance", counts) == 0.25
    assert value("tastle_wierman_consensus", counts) == pytest.approx(1 + np.log2(0.75))


def test_a_uniform_histogram_reads_differently_from_index_to_index():
    found = {name: round(value(name, [4, 4, 4, 4, 4]), 3) for name in OPTIONS}
    assert found["van_der_eijk_agreement"] == 0
    assert found["van_der_eijk_polarization"] == 0.5
    assert found["leik_dispersion"] == 0.6
    assert found["tastle_wierman_consensus"] == 0.434
    assert found["blair_lacy_l2"] == 0.2
    assert found["shannon_entropy"] == 1
    assert found["normalised_variance"] == 0.5


def test_leiks_dispersion_of_a_uniform_histogram_tends_to_one_half():
    found = [float(ds.leik_dispersion([2] * categories)) for categories in (3, 5, 9, 101)]
    assert found == sorted(found, reverse=True)
    assert found[-1] == pytest.approx(0.5, abs=0.006)


@pytest.mark.parametrize(
    ("target", "counts", "expected", "why"),
    [
        (5, [0, 0, 0, 0, 8], 1, "all at the target"),
        (5, [8, 0, 0, 0, 0], 0, "all at the other end"),
        (1, [0, 0, 0, 0, 8], 0, "the mirror image"),
        (3, [8, 0, 0, 0, 0], 1 + np.log2(0.75), "half the scale away"),
        (4.5, [0, 0, 0, 4, 4], 1 + np.log2(1 - 0.5 / 8), "a target between two points"),
    ],
)
def test_agreement_with_a_target(target, counts, expected, why):
    found = ds.tastle_wierman_agreement(counts, [1, 2, 3, 4, 5], target)
    assert float(found) == pytest.approx(expected), why


def test_trap_22_the_entropy_of_nobody_is_not_0():
    assert np.isnan(ds.shannon_entropy([0, 0, 0]))
    assert float(ds.shannon_entropy([0, 4, 0])) == 0
    assert not np.signbit(ds.shannon_entropy([0, 4, 0]))


def test_entropy_counts_in_the_unit_of_its_base_and_is_blind_to_order():
    assert float(ds.shannon_entropy([5, 5, 0, 0])) == 1
    assert float(ds.shannon_entropy([5, 5, 0, 0], base=np.e)) == pytest.approx(np.log(2))
    assert float(ds.shannon_entropy([5, 0, 0, 5])) == float(ds.shannon_entropy([5, 5, 0, 0]))
    assert float(ds.shannon_entropy([5, 5, 5, 5], normalised=True, base=10)) == 1
    assert float(ds.shannon_entropy([9])) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.tastle_wierman_agreement([1, 2], [1, 2], 3), "target: lies on the scale, from 1 to 2, got 3"),
        (lambda: ds.tastle_wierman_agreement([1, 2], [1, 2], np.nan), "target: lies on the scale, from 1 to 2, got nan"),
        (lambda: ds.computed("tastle_wierman_agreement", [1, 2]), "tastle_wierman_agreement needs target"),
        (lambda: ds.tastle_wierman_consensus([1, 2], [2, 1]), "values: have to rise from category to category"),
        (lambda: ds.shannon_entropy([1, 2], base=1), "base: is more than 1, got 1"),
        (lambda: ds.shannon_entropy([1, 2], base=np.nan), "base: is more than 1, got nan"),
        (lambda: ds.leik_dispersion([1, -2]), "counts: counts are whole numbers from 0 on, the least given is -2"),
        (lambda: ds.blair_lacy_d2([]), "counts: needs a last dimension with at least one category, got shape (0,)"),
        (lambda: ds.computed("leik_dispersion", [1, 2], values=[1, 2]), "leik_dispersion has no parameter values; allowed: none"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named_with_what_is_allowed(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message
