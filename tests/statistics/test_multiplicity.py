"""Holm's adjustment against statsmodels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from delphi.statistics import holm


@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_equals_statsmodels(p):
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-9)


def test_undefined_p_values_stay_undefined_and_do_not_count():
    adjusted = holm([0.01, np.nan, 0.04])
    assert adjusted[[0, 2]].tolist() == pytest.approx([0.02, 0.04])
    assert np.isnan(adjusted[1])
    assert holm([]).tolist() == []


@pytest.mark.parametrize("p", [[[0.1]], [1.5], [-0.1]])
def test_only_a_list_of_probabilities_is_taken(p):
    with pytest.raises(ValueError, match=r"^p:"):
        holm(p)
