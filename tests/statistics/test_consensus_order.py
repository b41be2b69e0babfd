"""Kemeny orders against all orders written out, their number, and where good orders are sought instead."""

from __future__ import annotations

from itertools import permutations
from math import factorial

import numpy as np
import pytest

from delphi import statistics as ds
from delphi.statistics.consensus_order import EXACT_UP_TO, ORDERS_LISTED


def without_self(wins: np.ndarray) -> np.ndarray:
    return wins * (1 - np.eye(wins.shape[-1], dtype=int))


def all_best(wins: np.ndarray) -> tuple[float, list[tuple[int, ...]]]:
    """Largest agreement and every order that reaches it."""
    objects = len(wins)
    scores = {
        order: sum(wins[order[i], order[j]] for i in range(objects) for j in range(i + 1, objects))
        for order in permutations(range(objects))
    }
    best = max(scores.values())
    return best, [order for order, score in scores.items() if score == best]


@pytest.mark.parametrize("objects", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("most", [1, 2, 5])
def test_all_best_orders_are_found_counted_and_averaged(objects, most):
    rng = np.random.default_rng(objects + most)
    for _ in range(10):
        wins = without_self(rng.integers(0, most + 1, (objects, objects)))
        if not wins.any():
            continue
        agreement, orders = all_best(wins)
        found = ds.kemeny(wins)
        assert found.agreement == agreement
        assert found.n_optima == len(orders)
        assert found.is_exact
        assert set(map(tuple, found.orders.tolist())) <= set(orders)
        assert len(found.orders) == min(len(orders), ORDERS_LISTED)
        np.testing.assert_allclose(found.rank, np.mean([np.argsort(order) + 1 for order in orders], axis=0))


def test_a_circle_has_as_many_best_orders_as_objects_and_is_marked():
    found = ds.computed("kemeny", [[0, 2, 1], [1, 0, 2], [2, 1, 0]])
    assert found.value.tolist() == [2, 2, 2]
    assert found.flags.tolist() == ["ties_present"] * 3
    assert sorted(map(tuple, found.more["orders"].tolist())) == [(0, 1, 2), (1, 2, 0), (2, 0, 1)]


def test_the_order_of_mean_ranks_need_not_be_the_best():
    """Borda's order puts the second object first, Kemeny's the majority winner."""
    ranks = [[1, 2, 3]] * 3 + [[3, 1, 2]] * 2
    found = ds.kemeny(ds.pairwise_matrix(ranks).wins)
    assert found.orders.tolist() == [[0, 1, 2]]
    assert ds.borda(ranks).points.argmax() == 1


@pytest.mark.parametrize("objects", [9, EXACT_UP_TO])
def test_where_all_are_equal_every_order_is_best(objects):
    found = ds.kemeny(without_self(np.ones((objects, objects), dtype=int)))
    assert found.n_optima == factorial(objects)
    assert len(found.orders) == ORDERS_LISTED
    np.testing.assert_allclose(found.rank, (objects + 1) / 2)


def test_many_objects_are_ordered_exactly_where_majorities_separate_them():
    """Forty objects in a known order, with small circles of three in it."""
    rng = np.random.default_rng(7)
    objects = 39
    order = rng.permutation(objects)
    wins = np.zeros((objects, objects), dtype=int)
    wins[np.ix_(order, order)] = np.triu(rng.integers(6, 9, (objects, objects)), 1) + np.tril(
        rng.integers(0, 5, (objects, objects)), -1
    )
    for start in range(0, objects, 3):
        first, second, third = order[start : start + 3]
        for better, worse in ((first, second), (second, third), (third, first)):
            wins[better, worse], wins[worse, better] = 2, 1
    found = ds.kemeny(wins)
    assert found.is_exact
    assert found.n_optima == 3.0**13
    np.testing.assert_allclose(found.rank[order], np.repeat(np.arange(13) * 3 + 2, 3))


def test_beyond_the_exact_size_it_says_so_and_no_single_move_helps():
    rng = np.random.default_rng(8)
    objects = EXACT_UP_TO + 5
    wins = without_self(rng.integers(0, 4, (objects, objects)))
    found = ds.kemeny(wins)
    assert not found.is_exact
    assert np.isnan(found.n_optima)
    order = found.orders[0]
    assert found.agreement == np.triu(wins[np.ix_(order, order)]).sum()
    for one in order:
        rest = order[order != one]
        for place in range(objects):
            moved = np.insert(rest, place, one)
            assert np.triu(wins[np.ix_(moved, moved)]).sum() <= found.agreement
    assert ds.computed("kemeny", wins).more["is_exact"].item() is False


def test_a_unanimous_panel_of_many_objects_is_followed():
    order = np.random.default_rng(9).permutation(30)
    found = ds.kemeny(ds.pairwise_matrix([np.argsort(order) + 1] * 3).wins)
    assert found.is_exact
    assert found.share == 1
    assert found.orders.tolist() == [order.tolist()]


def test_turning_all_preferences_around_turns_the_order_around():
    wins = without_self(np.random.default_rng(10).integers(0, 9, (7, 7)))
    np.testing.assert_allclose(ds.kemeny(wins.T).rank, 8 - ds.kemeny(wins).rank)


def test_halves_for_ties_count_for_both():
    whole, halves = (
        ds.kemeny([[0, 4, 1], [2, 0, 3], [1, 1, 0]]),
        ds.kemeny([[0, 2, 0.5], [1, 0, 1.5], [0.5, 0.5, 0]]),
    )
    assert halves.agreement == whole.agreement / 2
    assert halves.rank.tolist() == whole.rank.tolist()


def test_without_a_comparison_there_is_no_order():
    found = ds.computed("kemeny", np.zeros((2, 3, 3)))
    assert np.isnan(found.value).all()
    assert set(found.reason.ravel().tolist()) == {"no_valid_answers"}
    assert [one.shape for one in found.more["orders"]] == [(0, 3), (0, 3)]
