"""When a statistic is not defined, or needs a caution: conditions on the arrays of the core, named in the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.statistics.arrays import as_counts, paired

Options = dict[str, Any]
Where = NDArray[np.bool_]


def nobody(counts: Any, _: Options) -> Where:
    """No answer in the histogram."""
    return as_counts(counts).sum(axis=-1) == 0


def fewer_than(least: int) -> Callable[[Any, Options], Where]:
    """Fewer answers in the histogram than these."""

    def where(counts: Any, _: Options) -> Where:
        return as_counts(counts).sum(axis=-1) < least

    return where


def fewer_categories_than(least: int) -> Callable[[Any, Options], Where]:
    """The scale has fewer categories than these."""

    def where(counts: Any, _: Options) -> Where:
        given = as_counts(counts)
        return np.full(given.shape[:-1], given.shape[-1] < least)

    return where


def unanimous(counts: Any, _: Options) -> Where:
    """At least two answers, and all in one category."""
    given = as_counts(counts)
    return (given.sum(axis=-1) >= 2) & ((given > 0).sum(axis=-1) == 1)


def no_pair(transitions: Any, _: Options) -> Where:
    """Nobody answered both waves."""
    return paired(transitions).sum(axis=(-1, -2)) == 0


def fewer_pairs_than(least: int) -> Callable[[Any, Options], Where]:
    """Fewer people answered both waves than these."""

    def where(transitions: Any, _: Options) -> Where:
        return paired(transitions).sum(axis=(-1, -2)) < least

    return where


def nobody_moved(transitions: Any, _: Options) -> Where:
    """Everybody who answered both waves answered the same."""
    both = paired(transitions)
    return both.sum(axis=(-1, -2)) == np.einsum("...ii->...", both)


def one_category_throughout(transitions: Any, _: Options) -> Where:
    """All answers of both waves lie in one and the same category."""
    both = paired(transitions)
    return ((both > 0).sum(axis=(-1, -2)) == 1) & (np.einsum("...ii->...", both > 0) == 1)


def one_wave_unanimous(transitions: Any, _: Options) -> Where:
    """All answers of the earlier or of the later wave lie in one category."""
    both = paired(transitions)
    before, after = (both.sum(axis=-1) > 0).sum(axis=-1), (both.sum(axis=-2) > 0).sum(axis=-1)
    return (before == 1) | (after == 1)


def no_rating(units: Any, _: Options) -> Where:
    """No answer to any unit."""
    return as_counts(units).sum(axis=(-1, -2)) == 0


def one_rater(units: Any, _: Options) -> Where:
    """No unit has two ratings, and the ratings there are may come from one person."""
    return as_counts(units).sum(axis=-1).max(axis=-1, initial=0) <= 1


def fewer_units_than(least: int) -> Callable[[Any, Options], Where]:
    """Fewer units with two ratings or more than these."""

    def where(units: Any, _: Options) -> Where:
        return (as_counts(units).sum(axis=-1) >= 2).sum(axis=-1) < least

    return where


def one_category_of_units(units: Any, _: Options) -> Where:
    """All ratings of the units with two or more lie in one category."""
    given = as_counts(units)
    used = np.where((given.sum(axis=-1) >= 2)[..., None], given, 0)
    return (used.sum(axis=-2) > 0).sum(axis=-1) == 1


def always(_data: Any, _options: Options) -> Where:
    """Holds wherever nothing before it did."""
    return np.array(True)
