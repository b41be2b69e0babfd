"""The order of objects that agrees with most pairwise preferences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats
from delphi.statistics.paired_comparisons import as_wins

EXACT_UP_TO = 15
"""Up to so many objects that no majority separates, all orders are weighed; beyond, good ones are sought."""
ORDERS_LISTED = 100
"""At most so many best orders are listed; `n_optima` says how many there are."""

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Kemeny:
    """The best orders.

    Parameters
    ----------
    rank : shape (..., N), place of each object from 1 on, the mean over all best orders
    agreement : shape (...), pairwise preferences that a best order agrees with
    share : shape (...), these of all preferences
    n_optima : shape (...), how many orders are best; NaN where not all were weighed
    is_exact : shape (...), whether all orders were weighed, so that no better one exists
    orders : shape (K, N), the best orders, objects (from 0) from the first to the last, at most `ORDERS_LISTED`; with
        leading dimensions an array of such arrays
    """

    rank: Floats
    agreement: Floats
    share: Floats
    n_optima: Floats
    is_exact: NDArray[np.bool_]
    orders: NDArray[Any]


def kemeny(wins: ArrayLike) -> Kemeny:
    """Order of the objects that agrees with most pairwise preferences (Kemeny-Young).

    Parameters
    ----------
    wins : array_like of float, shape (..., N, N)
        How often the object of the row was preferred to that of the column; see `pairwise_matrix`.

    Returns
    -------
    Kemeny
        NaN and no order where nothing was compared, and below two objects.

    Notes
    -----
    Objects fall into groups such that each object of a group beats each of the later groups by majority; every best order
    keeps the groups in this order. Within a group of up to `EXACT_UP_TO` objects the best orders are found, counted and
    averaged exactly, by dynamic programming over its subsets. In a larger one (rare, as it needs a cycle of majorities
    through all of it) objects are moved as long as that helps, from two starts, and `is_exact` is false. Slow by nature:
    15 objects in one group take about a tenth of a second. Source: Kemeny (1959); Young (1988).

    Examples
    --------
    >>> found = kemeny([[0, 2, 1], [1, 0, 2], [2, 1, 0]])  # a circle: three orders are equally good
    >>> float(found.agreement), float(found.n_optima), found.rank.tolist()
    (5.0, 3.0, [2.0, 2.0, 2.0])
    """
    given = as_wins(wins)
    shape, objects = given.shape[:-2], given.shape[-1]
    doubled = np.round(given * 2).astype(np.int64)
    rank = np.full((*shape, objects), np.nan)
    agreement, n_optima = np.full(shape, np.nan), np.full(shape, np.nan)
    is_exact = np.ones(shape, dtype=bool)
    orders = np.empty(shape, dtype=object)
    for spot in np.ndindex(shape):
        orders[spot] = np.empty((0, objects), dtype=np.int64)
        if doubled[spot].any():
            rank[spot], n_optima[spot], is_exact[spot], orders[spot] = _best(doubled[spot])
            agreement[spot] = _agreement(doubled[spot], orders[spot][0]) / 2
    total = given.sum(axis=(-1, -2))
    share = np.divide(agreement, total, out=np.full(shape, np.nan), where=total > 0)
    return Kemeny(rank, agreement, share, n_optima, is_exact, orders if shape else orders[()])


def _agreement(wins: Whole, order: Whole) -> int:
    return int(np.triu(wins[np.ix_(order, order)]).sum())


def _best(wins: Whole) -> tuple[Floats, float, bool, Whole]:
    """Mean places, number of best orders, whether that is exact, and some of the orders."""
    places: Floats = np.zeros(len(wins))
    many, is_exact, parts = 1.0, True, []
    before = 0
    for group in _separated(wins):
        inner = wins[np.ix_(group, group)]
        if len(group) <= EXACT_UP_TO:
            own, number, orders = _exact(inner)
            many *= number
        else:
            orders = [_sought(inner)]
            own = np.argsort(orders[0]).astype(np.float64) + 1
            is_exact = False
        places[group] = before + own
        before += len(group)
        parts.append([group[np.array(order)] for order in orders])
    whole = [np.concatenate(one) for one in islice(product(*parts), ORDERS_LISTED)]
    return places, many if is_exact else float("nan"), is_exact, np.array(whole)


def _separated(wins: Whole) -> list[Whole]:
    """Groups of objects, each object beating those of all later groups by majority."""
    reach = (wins >= wins.T) | np.eye(len(wins), dtype=bool)
    for middle in range(len(wins)):
        reach |= reach[:, [middle]] & reach[[middle], :]
    together = reach & reach.T
    firsts = sorted({int(row.argmax()) for row in together}, key=lambda one: -int(reach[one].sum()))
    return [np.flatnonzero(together[one]) for one in firsts]


def _exact(wins: Whole) -> tuple[Floats, float, list[tuple[int, ...]]]:
    """Mean places, number of best orders and the first of them, over all subsets that an order may begin with."""
    objects = len(wins)
    subsets = np.arange(1 << objects)
    layers = [np.flatnonzero(np.bitwise_count(subsets) == size) for size in range(objects + 1)]
    gain = np.zeros((objects, 1), dtype=np.int64)  # what placing an object after all of a subset agrees with
    for one in range(objects):
        gain = np.concatenate([gain, gain + wins[one][:, None]], axis=1)
    best, ways = np.full(len(subsets), -1, dtype=np.int64), np.zeros(len(subsets), dtype=np.int64)
    best[0], ways[0] = 0, 1
    for layer in layers[1:]:
        for last in range(objects):
            here = layer[layer >> last & 1 == 1]
            best[here] = np.maximum(best[here], best[here ^ 1 << last] + gain[last][here ^ 1 << last])
        for _, here, earlier in _steps(layer, best, gain):
            ways[here] += ways[earlier]
    onward = np.zeros(len(subsets), dtype=np.int64)
    onward[-1] = 1
    sums = np.zeros(objects)
    for size in range(objects, 0, -1):
        for last, here, earlier in _steps(layers[size], best, gain):
            onward[earlier] += onward[here]
            sums[last] += size * float((ways[earlier] * onward[here]).sum())
    total = int(ways[-1])
    return sums / total, float(total), list(islice(_listed(best, gain, onward), ORDERS_LISTED))


def _steps(layer: Whole, best: Whole, gain: Whole) -> Iterator[tuple[int, Whole, Whole]]:
    """Last object, subsets and the subsets without it, wherever a best order of the subset ends with the object."""
    for last in range(len(gain)):
        here = layer[layer >> last & 1 == 1]
        earlier = here ^ 1 << last
        is_best = best[earlier] + gain[last][earlier] == best[here]
        yield last, here[is_best], earlier[is_best]


def _listed(best: Whole, gain: Whole, onward: Whole) -> Iterator[tuple[int, ...]]:
    """Best orders one by one, the one that begins with the earliest objects first."""
    objects = len(gain)

    def after(subset: int, begun: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(begun) == objects:
            yield begun
            return
        for one in range(objects):
            larger = subset | 1 << one
            if larger != subset and onward[larger] and best[subset] + gain[one][subset] == best[larger]:
                yield from after(larger, (*begun, one))

    return after(0, ())


def _sought(wins: Whole) -> tuple[int, ...]:
    """A good order: objects are moved one at a time, from the order by net wins and from that by majorities won."""
    net = wins - wins.T
    starts = [np.argsort(-score, kind="stable") for score in (net.sum(axis=1), np.sign(net).sum(axis=1))]
    found = [_moved(net, start) for start in starts]
    best = max(found, key=lambda order: _agreement(wins, order))
    return tuple(int(one) for one in best)


def _moved(net: Whole, order: Whole) -> Whole:
    """The order after moving one object at a time to its best place, until none gains."""
    improved = True
    while improved:
        improved = False
        for one in order.copy():
            rest = order[order != one]
            own = net[one][rest]
            # Agreement of each place: net losses to those before, net wins over those after.
            scores = np.concatenate(([0], np.cumsum(-own))) + np.concatenate(
                (np.cumsum(own[::-1])[::-1], [0])
            )
            here = int(np.flatnonzero(order == one)[0])
            best = int(scores.argmax())
            if scores[best] > scores[here]:
                order = np.insert(rest, best, one)
                improved = True
    return order
