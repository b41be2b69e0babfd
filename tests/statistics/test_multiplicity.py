"""Adjustments of p-values against statsmodels, and as printed by those who proposed them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from delphi.statistics import benjamini_hochberg, holm
from delphi.statistics.multiplicity import adjusted_p


@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_equals_statsmodels(p):
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-9)
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-9)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_no_adjusted_p_is_smaller_and_holms_are_the_larger(p):
    first, second = holm(p), benjamini_hochberg(p)
    assert (np.array(p) <= second + 1e-12).all()
    assert (second <= first + 1e-12).all()
    assert (first <= 1).all()


def test_fifteen_comparisons_as_benjamini_and_hochberg_decided_them():
    """Benjamini and Hochberg (1995), section 4: at .05 the Bonferroni-type procedure finds three, theirs four."""
    p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ]  # fmt: skip
    assert (holm(p) <= 0.05).sum() == 3
    assert (benjamini_hochberg(p) <= 0.05).sum() == 4
    assert benjamini_hochberg(p)[3] == pytest.approx(0.0095 * 15 / 4, abs=1e-12)


def test_undefined_p_values_stay_undefined_and_do_not_count():
    adjusted = holm([0.01, np.nan, 0.04])
    assert adjusted[[0, 2]].tolist() == pytest.approx([0.02, 0.04])
    assert np.isnan(adjusted[1])
    assert holm([]).tolist() == []
    assert benjamini_hochberg([np.nan, 0.04, 0.03]).tolist()[1:] == pytest.approx([0.04, 0.04])
    assert benjamini_hochberg([]).tolist() == []


def test_a_table_of_p_values_is_one_family():
    table = np.array([[0.01, 0.02], [np.nan, 0.04]])
    for name, adjust in (("holm", holm), ("benjamini_hochberg", benjamini_hochberg)):
        np.testing.assert_array_equal(adjusted_p(table, name), adjust(table.ravel()).reshape(2, 2))


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@pytest.mark.parametrize("p", [[[0.1]], [1.5], [-0.1]])
def test_only_a_list_of_probabilities_is_taken(adjust, p):
    with pytest.raises(ValueError, match=r"^p:"):
        adjust(p)
