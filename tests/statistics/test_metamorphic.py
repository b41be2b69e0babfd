"""What must not change a statistic, or must change it in a known way; and that inputs stay as they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from delphi import statistics as ds

VALUES = np.arange(1, 6)
COUNTS = arrays(np.int64, (5,), elements=st.integers(0, 15))
WITHIN = [False, False, False, True, True]
OF_COUNTS = {
    "median": lambda c: ds.median(c, VALUES),
    "q1": lambda c: ds.quantile(c, VALUES, 0.25),
    "q3_type_6": lambda c: ds.quantile(c, VALUES, 0.75, 6),
    "iqr": lambda c: ds.iqr(c, VALUES),
    "mean": lambda c: ds.mean(c, VALUES),
    "sd": lambda c: ds.sd(c, VALUES),
    "share": lambda c: ds.share(c, WITHIN),
    "agreement": ds.van_der_eijk_agreement,
    "polarization": ds.van_der_eijk_polarization,
    "interval_low": lambda c: ds.median_interval(c, VALUES)[0],
    "interval_high": lambda c: ds.median_interval(c, VALUES)[1],
}
OF_TRANSITIONS = {
    "n_paired": ds.n_paired,
    "share_unchanged": ds.share_unchanged,
    "share_changed_gt1": ds.share_changed_gt1,
    "net_change": ds.net_change,
    "weighted_kappa": lambda t: ds.weighted_kappa(t, VALUES),
    "linear_kappa": lambda t: ds.weighted_kappa(t, VALUES, "linear"),
    "delta_median": lambda t: ds.delta_median(t, VALUES),
    "delta_iqr": lambda t: ds.delta_iqr(t, VALUES),
}


@pytest.mark.parametrize("name", OF_COUNTS)
def test_leading_dimensions_give_what_each_histogram_gives_alone(name):
    measure = OF_COUNTS[name]
    counts = np.random.default_rng(3).integers(0, 5, size=(3, 4, 5))
    counts[0, 0] = 0
    together = measure(counts)
    assert together.shape == (3, 4)
    np.testing.assert_allclose(together, [[measure(one) for one in row] for row in counts], atol=1e-12)


@pytest.mark.parametrize("name", OF_TRANSITIONS)
def test_leading_dimensions_give_what_each_pair_of_waves_gives_alone(name):
    measure = OF_TRANSITIONS[name]
    transitions = np.random.default_rng(3).integers(0, 3, size=(2, 3, 6, 6))
    transitions[0, 0] = 0
    together = measure(transitions)
    assert together.shape == (2, 3)
    np.testing.assert_allclose(together, [[measure(one) for one in row] for row in transitions], atol=1e-12)


@pytest.mark.parametrize("name", [*OF_COUNTS, *OF_TRANSITIONS])
def test_inputs_stay_as_they_are_even_when_they_cannot_be_written(name):
    is_pair = name in OF_TRANSITIONS
    given_counts = np.random.default_rng(9).integers(0, 6, size=(6, 6) if is_pair else (5,))
    before = given_counts.copy()
    given_counts.flags.writeable = False
    first = (OF_TRANSITIONS if is_pair else OF_COUNTS)[name](given_counts)
    second = (OF_TRANSITIONS if is_pair else OF_COUNTS)[name](given_counts.tolist())
    np.testing.assert_array_equal(given_counts, before)
    np.testing.assert_array_equal(first, second)


@settings(deadline=None, max_examples=60)
@given(COUNTS, st.integers(2, 7))
def test_multiplying_all_counts_keeps_shares_mean_and_agreement(counts, factor):
    if counts.sum() < 2:
        return
    for name in ("mean", "share", "agreement", "polarization"):
        np.testing.assert_allclose(OF_COUNTS[name](counts * factor), OF_COUNTS[name](counts), atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_turning_the_scale_round_mirrors_location_and_keeps_spread(counts):
    turned = counts[::-1]
    for name in ("iqr", "sd", "agreement"):
        np.testing.assert_allclose(OF_COUNTS[name](turned), OF_COUNTS[name](counts), atol=1e-9)
    for name in ("mean", "median"):
        np.testing.assert_allclose(OF_COUNTS[name](turned), 6 - OF_COUNTS[name](counts), atol=1e-9)
    np.testing.assert_allclose(
        ds.quantile(turned, VALUES, 0.75), 6 - ds.quantile(counts, VALUES, 0.25), atol=1e-9
    )


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_an_unused_category_at_the_end_moves_no_location(counts):
    longer, values = [*counts, 0], np.arange(1, 7)
    np.testing.assert_allclose(ds.median(longer, values), ds.median(counts, VALUES))
    np.testing.assert_allclose(ds.sd(longer, values), ds.sd(counts, VALUES))


@settings(deadline=None, max_examples=60)
@given(arrays(np.int64, (4, 5), elements=st.integers(0, 6)), st.permutations(range(4)))
def test_the_order_of_units_and_the_direction_of_the_scale_do_not_matter_for_agreement_over_items(
    counts, order
):
    for changed in (counts[list(order)], counts[:, ::-1]):
        np.testing.assert_allclose(ds.krippendorff_alpha(changed), ds.krippendorff_alpha(counts), atol=1e-9)
        np.testing.assert_allclose(ds.observed_agreement(changed), ds.observed_agreement(counts), atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(
    arrays(np.int64, (5, 4), elements=st.integers(1, 4)), st.permutations(range(5)), st.permutations(range(4))
)
def test_the_order_of_raters_and_objects_does_not_matter_for_w(ranks, raters, objects):
    changed = ranks[np.ix_(raters, objects)]
    np.testing.assert_allclose(ds.kendall_w(changed), ds.kendall_w(ranks), atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(arrays(np.int64, (6, 6), elements=st.integers(0, 5)))
def test_turning_the_scale_round_keeps_what_the_persons_did(transitions):
    turned = transitions.copy()
    turned[:-1, :-1] = transitions[-2::-1, -2::-1]
    for name in ("n_paired", "share_unchanged", "share_changed_gt1", "net_change", "weighted_kappa", "linear_kappa", "delta_iqr"):  # fmt: skip
        np.testing.assert_allclose(OF_TRANSITIONS[name](turned), OF_TRANSITIONS[name](transitions), atol=1e-9)
    np.testing.assert_allclose(
        ds.delta_median(turned, VALUES), -ds.delta_median(transitions, VALUES), atol=1e-9
    )
