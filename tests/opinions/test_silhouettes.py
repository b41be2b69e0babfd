"""Silhouettes against scikit-learn, and where they are not defined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import silhouette_samples

from delphi import statistics as ds
from delphi.opinions import silhouettes


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(3, 40), st.integers(2, 5), st.integers(1, 3))
def test_silhouettes_are_those_of_scikit_learn(seed: int, persons: int, groups: int, dimensions: int) -> None:
    rng = np.random.default_rng(seed)
    points, own = rng.integers(0, 6, (persons, dimensions)), rng.integers(0, groups, persons)
    found = ds.silhouette(points, own)
    many = len(np.unique(own))
    if not 2 <= many < persons:
        assert np.isnan(found.mean)
        return
    expected = silhouette_samples(points, own)
    np.testing.assert_allclose(found.each, expected, atol=1e-12)
    assert found.mean == pytest.approx(expected.mean())


def test_blocks_of_rows_give_what_all_rows_give(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    points, own = rng.standard_normal((57, 2)), rng.integers(0, 3, 57)
    whole = ds.silhouette(points, own).each
    monkeypatch.setattr(silhouettes, "CELLS", 57 * 5)
    np.testing.assert_allclose(ds.silhouette(points, own).each, whole, rtol=1e-12)


@pytest.mark.parametrize(
    ("points", "groups", "reason", "why"),
    [
        (np.zeros((0, 2)), [], "no_valid_answers", "nobody"),
        ([[0.0], [1]], [-1, -1], "no_valid_answers", "nobody in a group"),
        ([[0.0], [1]], [0, -1], "too_few", "one person"),
        ([[0.0], [1], [2]], [1, 1, 1], "one_cluster", "one group; scikit-learn raises here"),
        ([[0.0], [1], [2]], [0, 1, 2], "one_cluster", "every group is one person"),
    ],
)
def test_where_there_is_no_silhouette(points: object, groups: list[int], reason: str, why: str) -> None:
    """Trap 29."""
    found = ds.computed("silhouette", (points, groups))
    assert (np.isnan(found.value), found.reason[()]) == (True, reason), why


def test_who_is_alone_in_a_group_has_0_and_who_is_in_none_has_nothing() -> None:
    found = ds.silhouette([[0.0], [1], [5], [9], [np.nan]], [0, 0, 1, -1, 1])
    assert found.each[2] == 0
    assert np.isnan(found.each[3:]).all()
    assert found.mean == pytest.approx((0.8 + 0.75 + 0) / 3)


def test_all_persons_in_one_place_have_0() -> None:
    assert ds.silhouette(np.ones((6, 2)), [0, 0, 0, 1, 1, 1]).mean == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.silhouette([1, 2], [0, 1]), "points: need persons and coordinates as dimensions"),
        (lambda: ds.silhouette([[1], [2]], [0]), "groups: needs one number per person"),
    ],
)
def test_wrong_arguments_are_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        call()  # type: ignore[operator]
