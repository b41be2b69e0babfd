"""Shares of boxes: what they are of, where they are not defined, and what must not change them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from delphi import statistics as ds

TOP, MIDDLE, BOTTOM = [0, 0, 0, 1, 1], [0, 0, 1, 0, 0], [1, 1, 0, 0, 0]
COUNTS = arrays(np.int64, (5,), elements=st.integers(0, 15))
OPTIONS = {
    "percent_agreement": {"within": TOP}, "top_box": {"top": TOP}, "middle_box": {"middle": MIDDLE},
    "bottom_box": {"bottom": BOTTOM}, "net_agreement": {"top": TOP, "bottom": BOTTOM}, "mode_share": {},
    "within_one_of_median": {},
}  # fmt: skip
nothing = np.nan


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize(
    ("counts", "reason", "flags", "why"),
    [
        ([0, 0, 0, 0, 0], "no_valid_answers", "", "nobody answered"),
        ([0, 0, 0, 1, 0], None, "n_below_minimum", "a share of one person is given, with a caution"),
        ([0, 0, 0, 4, 0], None, "n_below_minimum", "four are under the minimum of a decision"),
        ([1, 1, 1, 1, 1], None, "", "five are not"),
    ],
)
def test_a_share_is_undefined_only_without_answers(name, counts, reason, flags, why):
    found = ds.computed(name, counts, **OPTIONS[name])
    assert (found.reason.item(), found.flags.item()) == (reason, flags), why
    assert np.isnan(found.value.item()) == (reason is not None)
    assert found.n.item() == sum(counts)


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        ([0, 0, 9, 0, 0], 1.0, "everybody at the median"),
        ([1, 2, 5, 1, 1], 0.8, "the median category and both neighbours"),
        ([5, 0, 0, 0, 5], 0.0, "the median of a split panel lies where nobody is"),
        ([0, 5, 5, 0, 0], 1.0, "half a category to either side"),
        ([2, 3, 3, 2, 0], 0.6, "a median between two categories leaves out those one and a half away"),
        ([4, 0, 0, 1, 0], 0.8, "the end of the scale has one neighbour"),
    ],
)
def test_within_one_of_median_counts_neighbours_of_the_median_category(counts, expected, why):
    assert float(ds.within_one_of_median(counts)) == pytest.approx(expected), why


def test_within_one_of_median_widens_with_its_distance():
    shares = [float(ds.within_one_of_median([1, 2, 4, 2, 1], distance)) for distance in range(4)]
    assert shares == [0.4, 0.8, 1.0, 1.0]


def test_net_agreement_cannot_tell_a_split_panel_from_a_neutral_one():
    assert ds.net_agreement([[5, 0, 0, 0, 5], [0, 0, 10, 0, 0]], TOP, BOTTOM).tolist() == [0.0, 0.0]


def test_trap_6_skipped_answers_are_in_no_denominator():
    """Seven of nine valid answers, in a panel of twelve of whom three did not answer."""
    assert float(ds.percent_agreement([1, 0, 1, 3, 4], TOP)) == pytest.approx(7 / 9)


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_the_boxes_of_a_scale_add_up_to_all_answers(counts):
    if counts.sum():
        parts = ds.top_box(counts, TOP) + ds.middle_box(counts, MIDDLE) + ds.bottom_box(counts, BOTTOM)
        assert float(parts) == pytest.approx(1)
        net = ds.top_box(counts, TOP) - ds.bottom_box(counts, BOTTOM)
        assert float(ds.net_agreement(counts, TOP, BOTTOM)) == pytest.approx(float(net))


@settings(deadline=None, max_examples=60)
@given(COUNTS, st.integers(2, 7))
def test_shares_do_not_depend_on_the_size_of_the_panel(counts, factor):
    for name, options in OPTIONS.items():
        once, more = ds.computed(name, counts, **options), ds.computed(name, counts * factor, **options)
        np.testing.assert_allclose(once.value, more.value, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_turning_the_scale_round_swaps_top_and_bottom(counts):
    turned = counts[::-1]
    np.testing.assert_allclose(ds.top_box(turned, TOP), ds.bottom_box(counts, BOTTOM))
    np.testing.assert_allclose(ds.net_agreement(turned, TOP, BOTTOM), -ds.net_agreement(counts, TOP, BOTTOM))
    np.testing.assert_allclose(ds.mode_share(turned), ds.mode_share(counts))
    np.testing.assert_allclose(ds.within_one_of_median(turned), ds.within_one_of_median(counts))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.percent_agreement([1, 2], [True]), "within: needs 2 values, one per category, got shape (1,)"),
        (lambda: ds.top_box([1, 2], [4, 5]), "top: is true or false for each category"),
        (lambda: ds.top_box([1, 2], ["yes", "no"]), "top: is true or false for each category"),
        (lambda: ds.middle_box([1, 2], None), "middle: needs 2 values, one per category, got shape ()"),
        (lambda: ds.bottom_box([1, 2], [nothing, 1]), "bottom: is true or false for each category"),
        (lambda: ds.net_agreement([1, 2], [1, 1], [1, 0]), "bottom: has a category that is also in top"),
        (lambda: ds.within_one_of_median([1, 2], -1), "distance: is 0, 1, 2, ... categories, got -1"),
        (lambda: ds.within_one_of_median([1, 2], 0.5), "distance: is 0, 1, 2, ... categories, got 0.5"),
        (lambda: ds.computed("top_box", [1, 2]), "top_box needs top"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named_with_what_is_allowed(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message
