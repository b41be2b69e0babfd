"""Shares and their Wilson interval against statsmodels and the textbook ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi import statistics as ds


@settings(deadline=None, max_examples=60)
@given(n=st.integers(1, 500), data=st.data())
def test_wilson_interval_equals_statsmodels(n: int, data: st.DataObject) -> None:
    from statsmodels.stats.proportion import proportion_confint

    x = data.draw(st.integers(0, n))
    low, high = ds.wilson_interval(x, n)
    assert (float(low), float(high)) == pytest.approx(proportion_confint(x, n, method="wilson"), abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(n=st.integers(1, 10_000))
def test_wilson_interval_ends_exactly_at_nobody_and_everybody(n: int) -> None:
    assert ds.wilson_interval(0, n)[0] == 0.0
    assert ds.wilson_interval(n, n)[1] == 1.0


@settings(deadline=None, max_examples=60)
@given(n=st.integers(1, 200), data=st.data())
def test_the_interval_of_the_others_is_the_mirror_image(n: int, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, n))
    low, high = ds.wilson_interval(x, n)
    other_low, other_high = ds.wilson_interval(n - x, n)
    assert (float(low), float(high)) == pytest.approx(
        (1 - float(other_high), 1 - float(other_low)), abs=1e-12
    )


def test_share_counts_the_chosen_categories_and_is_undefined_without_answers() -> None:
    shares = ds.share([[1, 1, 2, 6], [0, 0, 0, 0]], [False, False, True, True])
    assert shares[0] == 0.8 and np.isnan(shares[1])
    low, high = ds.wilson_interval(0, 0)
    assert np.isnan(low) and np.isnan(high)


def test_a_wrong_argument_is_named() -> None:
    with pytest.raises(ValueError, match="within: needs 3 values"):
        ds.share([1, 2, 3], [True, False])
    with pytest.raises(ValueError, match="successes: have to lie between 0 and n"):
        ds.wilson_interval(4, 3)
