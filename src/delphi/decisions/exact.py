"""Comparisons without rounding: bounds, quantiles, A and weighted kappa as integers and fractions.

`delphi.statistics` computes the same for many histograms at once in floating point. A verdict must not hang
on the last bit of such a number, so rules decide with the values from here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from delphi.study.model import Operator

_TOLERANCE = (
    1e-9  # measures without an exact form come as floats; a bound met up to this counts as met exactly
)
_HALF = Fraction(1, 2)


def meets(value: Fraction | int | float, op: Operator, bound: Fraction) -> bool:
    """Whether a value keeps to a bound; `at_least` and `at_most` include it.

    Examples
    --------
    >>> meets(Fraction(42, 60), "at_least", Fraction(7, 10))
    True
    >>> meets(Fraction(9, 60), "less_than", Fraction(15, 100))
    False
    """
    if isinstance(value, float):
        if abs(value - float(bound)) <= _TOLERANCE:
            return op in ("at_least", "at_most")
    elif value == bound:
        return op in ("at_least", "at_most")
    return (value > bound) == (op in ("at_least", "more_than"))


def share_meets(numerator: int, denominator: int, op: Operator, bound: Fraction) -> bool:
    """Whether `numerator` of `denominator` keeps to a bound, compared in whole numbers."""
    left, right = numerator * bound.denominator, bound.numerator * denominator
    if op == "at_least":
        return left >= right
    if op == "at_most":
        return left <= right
    return left > right if op == "more_than" else left < right


def needed(denominator: int, op: Operator, bound: Fraction) -> int:
    """Fewest (`at_least`, `more_than`) or most (`at_most`, `less_than`) answers that keep to a bound.

    Examples
    --------
    >>> needed(56, "at_least", Fraction(70, 100)), needed(60, "less_than", Fraction(15, 100))
    (40, 8)
    """
    below, rest = divmod(bound.numerator * denominator, bound.denominator)
    above = below + (rest > 0)
    if op == "at_least":
        return above
    if op == "at_most":
        return below
    return below + 1 if op == "more_than" else above - 1


def quantile(values: Sequence[float], counts: Sequence[int], share: Fraction, kind: int) -> Fraction:
    """Exact quantile of a histogram, by Hyndman-Fan type 1 to 9.

    Parameters
    ----------
    values : the categories in rising order
    counts : answers per category, at least one in all
    share : between 0 and 1
    kind : the type

    Examples
    --------
    >>> quantile([6, 7], [1, 1], Fraction(1, 2), 7)
    Fraction(13, 2)
    """
    n = sum(counts)
    if n < 1:
        raise ValueError("a quantile needs at least one answer")
    position = n * share
    if kind == 1:
        return _ordered(values, counts, math.ceil(position), n)
    if kind == 2:
        low, high = math.ceil(position), math.floor(position) + 1
        return (_ordered(values, counts, low, n) + _ordered(values, counts, high, n)) / 2
    if kind == 3:
        below = math.floor(position - _HALF)
        is_exact = position - _HALF == below
        return _ordered(values, counts, below if is_exact and below % 2 == 0 else below + 1, n)
    shift = {
        4: Fraction(0), 5: _HALF, 6: share, 7: 1 - share, 8: (share + 1) / 3, 9: share / 4 + Fraction(3, 8),
    }.get(kind)  # fmt: skip
    if shift is None:
        raise ValueError(f"quantile types are 1 to 9, not {kind}")
    position += shift
    below = math.floor(position)
    low_value = _ordered(values, counts, below, n)
    if position == below:
        return low_value
    return low_value + (position - below) * (_ordered(values, counts, below + 1, n) - low_value)


def _ordered(values: Sequence[float], counts: Sequence[int], place: int, n: int) -> Fraction:
    """The value at a place from 1 of all answers in order; places beyond the ends are the ends."""
    place = min(max(place, 1), n)
    for value, count in zip(values, counts, strict=True):
        place -= count
        if place <= 0:
            return Fraction(value)
    raise ValueError("negative counts")


@lru_cache(maxsize=4096)
def median(values: tuple[float, ...], counts: tuple[int, ...], kind: int) -> Fraction | None:
    """The middle of the answers, which may lie between two categories; None without answers."""
    return quantile(values, counts, _HALF, kind) if any(counts) else None


@lru_cache(maxsize=4096)
def interquartile_range(values: tuple[float, ...], counts: tuple[int, ...], kind: int) -> Fraction | None:
    """Q3 - Q1; None for fewer than two answers."""
    if sum(counts) < 2:
        return None
    return quantile(values, counts, Fraction(3, 4), kind) - quantile(values, counts, Fraction(1, 4), kind)


@lru_cache(maxsize=4096)
def agreement(counts: tuple[int, ...]) -> Fraction | None:
    """Van der Eijk's A, exactly; None for fewer than two answers or three categories.

    Layers are peeled off the histogram until nothing is left; each is a pattern of occupied categories whose
    agreement is weighted by the answers in it (van der Eijk 2001).

    Examples
    --------
    >>> agreement((5, 0, 0, 0, 5)), agreement((2, 2, 2, 2, 2)), agreement((0, 0, 7, 0, 0))
    (Fraction(-1, 1), Fraction(0, 1), Fraction(1, 1))
    """
    n = sum(counts)
    if n < 2 or len(counts) < 3:
        return None
    top, bottom = 0, n  # summed as a plain fraction: reducing it at every step is what would take the time
    peeled = 0
    for height in sorted(set(counts) - {0}):
        pattern = tuple([count >= height for count in counts])
        layer_top, layer_bottom = _layer(pattern)
        top = top * layer_bottom + (height - peeled) * sum(pattern) * layer_top * (bottom // n)
        bottom *= layer_bottom
        peeled = height
    return Fraction(top, bottom)


def concordance(orders: Sequence[Sequence[int]], counts: Sequence[int]) -> Fraction | None:
    """Kendall's W of complete rankings, exactly and corrected for ties; None below two rankings or objects, or all ties.

    Parameters
    ----------
    orders : distinct rankings, each twice the mid-ranks of the objects
    counts : how many gave each

    Examples
    --------
    >>> concordance([(2, 4, 6), (2, 6, 4)], [2, 1])
    Fraction(7, 9)
    """
    raters = sum(counts)
    objects = len(orders[0]) if orders else 0
    if raters < 2 or objects < 2:
        return None
    sums = [
        sum(n * ranks[place] for n, ranks in zip(counts, orders, strict=True)) for place in range(objects)
    ]
    spread = objects * sum(one * one for one in sums) - sum(sums) ** 2
    ties = sum(n * tied(ranks) for n, ranks in zip(counts, orders, strict=True) if n)
    bottom = objects * (raters**2 * (objects**3 - objects) - raters * ties)
    return Fraction(3 * spread, bottom) if bottom else None


def tied(ranks: Sequence[int]) -> int:
    """The sum of t^3 - t over groups of t equal ranks of one ranking."""
    return sum(one**3 - one for one in Counter(ranks).values())


@lru_cache(maxsize=4096)
def _layer(pattern: tuple[bool, ...]) -> tuple[int, int]:
    """Agreement of one layer: U (1 - (S-1)/(K-1)), U from the ordered triples 110 and 011 against 101."""
    size, occupied = len(pattern), sum(pattern)
    if occupied == 1:
        return 1, 1
    unimodal = bimodal = 0
    for middle in range(1, size - 1):
        left, right = sum(pattern[:middle]), sum(pattern[middle + 1 :])
        if pattern[middle]:
            unimodal += left * (size - 1 - middle - right) + (middle - left) * right
        else:
            bimodal += left * right
    if unimodal + bimodal == 0:
        return 0, 1
    shape = Fraction((size - 2) * unimodal - (size - 1) * bimodal, (size - 2) * (unimodal + bimodal))
    return (shape * (1 - Fraction(occupied - 1, size - 1))).as_integer_ratio()


def weighted_kappa(pairs: Sequence[Sequence[int]], power: int) -> Fraction | None:
    """Chance-corrected agreement of two waves, disagreement weighted by distance to a power (1 or 2).

    One less Σ w n_ij n / Σ w n_i. n_.j with w = |i - j|^power. None without pairs, or where both waves
    have one and the same category: then no disagreement can be expected.

    Examples
    --------
    >>> weighted_kappa([[5, 0], [0, 5]], 2), weighted_kappa([[0, 5], [5, 0]], 2)
    (Fraction(1, 1), Fraction(-1, 1))
    """
    before = [sum(row) for row in pairs]
    after = [sum(column) for column in zip(*pairs, strict=True)]
    places = range(len(pairs))
    expected = sum(abs(i - j) ** power * before[i] * after[j] for i in places for j in places)
    if expected == 0:
        return None
    observed = sum(abs(i - j) ** power * pairs[i][j] for i in places for j in places)
    return 1 - Fraction(observed * sum(before), expected)
