"""Fuzzy Delphi: distances, limits that are met exactly, maps with their authors, and the two other methods."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi import statistics as ds
from delphi.statistics.fuzzy_maps import MAPS
from tests.published.values.fuzzy import CHEN, expert_by_expert

HABIBI = MAPS["habibi_5"].triangles
CASES: list[tuple[str, list[int], float | None, str | None, str, str]] = [
    ("fuzzy_delphi", [0, 0, 0, 0, 0], None, "no_valid_answers", "", "nobody answered"),
    ("fuzzy_delphi", [0, 0, 0, 1, 0], None, "too_few", "", "one expert is always at the group's"),
    ("fuzzy_delphi", [0, 0, 0, 9, 0], 0.0, None, "no_variation", "all equal"),
    ("fuzzy_delphi", [5, 0, 0, 0, 5], (0.53125 / 3) ** 0.5, None, "", "half at each end"),
    ("fuzzy_delphi_geometric", [0, 0, 0, 0, 0], None, "no_valid_answers", "", "nobody answered"),
    (
        "fuzzy_delphi_geometric",
        [1, 0, 0, 5, 5],
        None,
        "non_positive_values",
        "",
        "a middle of 0 has no geometric mean",
    ),
    (
        "fuzzy_delphi_geometric",
        [0, 0, 0, 0, 1],
        11 / 12,
        None,
        "n_below_minimum",
        "one expert: their own triangle",
    ),
    ("fuzzy_delphi_geometric", [0, 0, 0, 9, 0], 0.75, None, "", "all equal: their triangle"),
]


@pytest.mark.parametrize(("name", "counts", "expected", "reason", "flags", "why"), CASES)
def test_degenerate_and_typical_cases(
    name: str, counts: list[int], expected: float | None, reason: str | None, flags: str, why: str
) -> None:
    found = ds.computed(name, counts, fuzzy_map="habibi_5")
    assert found.reason.item() == reason, why
    assert found.flags.item() == flags, why
    assert found.value.item() == pytest.approx(
        np.nan if expected is None else expected, abs=1e-12, nan_ok=True
    ), why


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(1, 7), min_size=2, max_size=30))
def test_it_is_what_experts_give_one_by_one(ratings: list[int]) -> None:
    found = ds.fuzzy_delphi([ratings.count(v) for v in range(1, 8)], "chen_7")
    expected = expert_by_expert(tuple(ratings), CHEN)
    ours = [float(one) for one in found]
    np.testing.assert_allclose([ours[0], *ours[2:6]], [expected[0], *expected[2:6]], atol=1e-12)
    # At the limit the list of experts, compared in floats, may fall on the wrong side.
    group, triangles = np.array(expected[2:5]), np.array(CHEN)
    apart = np.sqrt(((triangles - group) ** 2).mean(axis=1))[[rating - 1 for rating in ratings]]
    if (abs(np.array([*apart, expected[0]]) - 0.2) > 1e-9).all() and abs(expected[5] - 0.5) > 1e-9:
        assert (ours[1], ours[6]) == (pytest.approx(expected[1]), expected[6])


def test_one_expert_has_a_triangle_and_a_rating_but_no_distance() -> None:
    found = ds.fuzzy_delphi([0, 0, 1, 0, 0], "habibi_5")
    assert (float(found.lower), float(found.middle), float(found.upper)) == (0.25, 0.5, 0.75)
    assert float(found.defuzzified) == 0.5
    assert np.isnan([found.distance, found.consensus_share, found.accepted]).all()


@pytest.mark.parametrize(
    ("way", "expected"), [("centroid", 0.8 / 3), ("signed_distance", 1.0 / 4), ("graded_mean", 1.4 / 6)]
)
def test_ways_of_making_one_number_of_a_triangle(way: str, expected: float) -> None:
    """Of (0.1, 0.2, 0.5)."""
    own = [[0.1, 0.2, 0.5], [0.5, 0.6, 0.9]]
    for name in ("fuzzy_delphi", "fuzzy_delphi_geometric"):
        found = getattr(ds, name)([4, 0], own, defuzzify=way)
        assert float(found.defuzzified) == pytest.approx(expected, abs=1e-12)


def test_trap_40_a_distance_of_exactly_the_limit_is_near() -> None:
    """Trap: 0.2 compared on floats. Two categories 0.4 apart, half of the experts in each: everybody is 0.2 away."""
    own = [[0.1, 0.3, 0.5], [0.5, 0.7, 0.9]]
    found = ds.fuzzy_delphi([10, 10], own)
    assert float(found.distance) == pytest.approx(0.2, abs=1e-15)
    assert float(found.consensus_share) == 1.0
    assert float(found.accepted) == 1.0
    above = ds.fuzzy_delphi([10, 10], own, distance_limit=0.2 - 1e-9)
    assert float(above.consensus_share) == 0.0
    in_floats = [
        float(
            ds.fuzzy_delphi(
                [many, many], [[low, low + 0.1, low + 0.2], [low + 0.4, low + 0.5, low + 0.6]]
            ).distance
        )
        for many in range(1, 9)
        for low in np.arange(5) / 10
    ]
    assert max(in_floats) > 0.2, "some of them lie above the limit in floats"


def test_trap_40_maps_differ_and_the_item_and_the_experts_are_told_apart() -> None:
    counts = [0, 0, 4, 3, 3]
    first, second = (ds.fuzzy_delphi(counts, name) for name in ("habibi_5", "alsalem_5"))
    assert abs(float(first.distance - second.distance)) > 0.01
    apart = ds.fuzzy_delphi([1, 0, 0, 0, 9], "habibi_5")
    assert float(apart.consensus_share) == 0.9
    assert float(apart.distance) == pytest.approx(0.18 * (2.125 / 3) ** 0.5, abs=1e-12)


def test_a_split_between_neighbouring_categories_passes_and_the_reading_says_so() -> None:
    assert float(ds.fuzzy_delphi([0, 0, 0, 10, 10], "habibi_5").accepted) == 1.0
    assert "neighbouring" in ds.statistic("fuzzy_delphi").reading


@pytest.mark.parametrize(
    ("counts", "options", "accepted", "why"),
    [
        ([0, 0, 0, 5, 15], {}, 1.0, "near, many, high"),
        ([15, 5, 0, 0, 0], {}, 0.0, "near and many, but low"),
        ([15, 5, 0, 0, 0], {"alpha_cut": 0.1}, 1.0, "low is enough"),
        ([5, 0, 0, 0, 15], {}, 0.0, "far apart"),
        ([5, 0, 0, 0, 15], {"distance_limit": 0.7}, 1.0, "far is near enough"),
        ([0, 0, 10, 0, 0], {}, 1.0, "a rating of exactly 0.5"),
        ([0, 0, 0, 6, 2], {"share_limit": 1.0}, 1.0, "all are near"),
        ([0, 1, 0, 0, 3], {"distance_limit": 0.3, "share_limit": 0.75}, 1.0, "exactly 75 % are near"),
        ([0, 1, 0, 0, 3], {"distance_limit": 0.3, "share_limit": 0.751}, 0.0, "a little more is asked"),
    ],
)
def test_what_is_accepted(counts: list[int], options: dict[str, Any], accepted: float, why: str) -> None:
    assert float(ds.fuzzy_delphi(counts, "habibi_5", **options).accepted) == accepted, why


def test_doubling_the_experts_changes_nothing_and_turning_a_symmetric_map_round_mirrors_the_rating() -> None:
    counts = np.random.default_rng(6).integers(0, 5, size=(30, 5))
    for name in ("fuzzy_delphi", "fuzzy_delphi_geometric"):
        first, second = (
            getattr(ds, name)(one, "alsalem_5" if "geo" in name else "habibi_5")
            for one in (counts, 2 * counts)
        )
        many = counts.sum(axis=1) > 1
        np.testing.assert_allclose(np.array(first)[:, many], np.array(second)[:, many], atol=1e-12)
    first, second = (ds.fuzzy_delphi(one, "habibi_5") for one in (counts, counts[:, ::-1]))
    np.testing.assert_allclose(first.distance, second.distance, atol=1e-12)
    np.testing.assert_allclose(first.defuzzified, 1 - second.defuzzified, atol=1e-12)


def test_every_stored_map_is_whole_names_its_author_and_stands_in_the_catalogue() -> None:
    assert {len(one.triangles) for one in MAPS.values()} == {5, 7, 9}
    told = next(one.meaning for one in ds.statistic("fuzzy_delphi").parameters if one.name == "fuzzy_map")
    for name, one in MAPS.items():
        table = np.array(one.triangles)
        assert name in told
        assert int(name.rpartition("_")[2]) == len(table)
        assert any(character.isdigit() for character in one.source), "no year"
        assert (np.diff(table, axis=1) >= 0).all()
        assert (np.diff(table[:, 1]) > 0).all()
        assert table.min() == 0
        assert table.max() == 1
        assert np.isfinite(ds.fuzzy_delphi(np.full(len(table), 2), name).distance)


MAXMIN: list[tuple[Any, dict[str, Any], float | None, str | None, str]] = [
    ([[np.nan, 5], [3, np.nan]], {}, None, "no_valid_answers", "nobody gave both"),
    ([[3, 7], [3, np.nan]], {}, None, "too_few", "one expert gave both"),
    ([[0, 7], [3, 8]], {}, None, "non_positive_values", "a geometric mean of 0"),
    ([[3, 7], [3, 7]], {}, (3 + 7) / 2, None, "alike, apart: the middle between them"),
    ([[5, 5], [5, 5]], {}, 5.0, None, "alike, all the same"),
    ([[1, 2], [9, 10]], {}, None, "not_converged", "the overlap is longer than the way between the middles"),
    ([[2, 4], [4, 8]], {}, (8**0.5 + 32**0.5) / 2, None, "the triangles touch at 4"),
]


@pytest.mark.parametrize(("estimates", "options", "expected", "reason", "why"), MAXMIN)
def test_pessimistic_and_optimistic_values(
    estimates: Any, options: dict[str, Any], expected: float | None, reason: str | None, why: str
) -> None:
    found = ds.computed("fuzzy_delphi_maxmin", estimates, **options)
    assert found.reason.item() == reason, why
    assert found.value.item() == pytest.approx(np.nan if expected is None else expected, nan_ok=True), why


def test_values_far_from_the_mean_are_left_out_once() -> None:
    pessimistic, optimistic = [4, 4, 5, 5, 4, 5, 4, 5, 4, 1], [8, 8, 9, 9, 8, 9, 8, 9, 8, 9]
    both = np.column_stack([pessimistic, optimistic])
    found = ds.fuzzy_delphi_maxmin(both)
    assert found.pessimistic[0] == 4
    assert ds.fuzzy_delphi_maxmin(both, deviations=4).pessimistic[0] == 1
    with_best = np.column_stack([pessimistic, [6] * 10, optimistic, [80] * 10])
    assert ds.fuzzy_delphi_maxmin(with_best).consensus == found.consensus
    assert ds.fuzzy_delphi_maxmin(both[::-1]).consensus == pytest.approx(found.consensus, abs=1e-12)
    assert ds.fuzzy_delphi_maxmin(both * 3).consensus == pytest.approx(3 * found.consensus, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.fuzzy_delphi([1, 2], "zadeh_5"), r"fuzzy_map: is habibi_5, .* got 'zadeh_5'"),
        (lambda: ds.fuzzy_delphi([1, 2], "habibi_5"), r"fuzzy_map: needs 2 triangles, one per category, got shape \(5, 3\)"),
        (lambda: ds.fuzzy_delphi([1, 2], [[1, 2], [3, 4]]), "fuzzy_map: needs 2 triangles"),
        (lambda: ds.fuzzy_delphi([1], [[3, 2, 1]]), "fuzzy_map: needs numbers lower <= middle <= upper"),
        (lambda: ds.fuzzy_delphi_geometric([1], [[1, 2, np.nan]]), "fuzzy_map: needs numbers"),
        (lambda: ds.fuzzy_delphi([1], [[1, 2, 3]], defuzzify="bnp"), "defuzzify: is centroid or signed_distance or graded_mean, got 'bnp'"),
        (lambda: ds.fuzzy_delphi_geometric([1], [[1, 2, 3]], defuzzify="bnp"), "defuzzify: is centroid"),
        (lambda: ds.fuzzy_delphi([1], [[1, 2, 3]], share_limit=75), "share_limit: has to lie between 0 and 1, got 75"),
        (lambda: ds.fuzzy_delphi([1], [[1, 2, 3]], distance_limit=float("nan")), "distance_limit: is a number"),
        (lambda: ds.fuzzy_delphi([1], [[1, 2, 3]], alpha_cut=float("inf")), "alpha_cut: is a number"),
        (lambda: ds.fuzzy_delphi_maxmin([1, 2]), "estimates: needs experts and 2 to 4 values"),
        (lambda: ds.fuzzy_delphi_maxmin([[7, 3], [2, 5]]), "estimates: the pessimistic value may not exceed"),
        (lambda: ds.fuzzy_delphi_maxmin([[3, 7], [2, 5]], deviations=0), "deviations: is a number above 0, got 0"),
        (lambda: ds.computed("fuzzy_delphi", [1, 2, 3]), "fuzzy_delphi needs fuzzy_map"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
