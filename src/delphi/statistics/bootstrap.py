"""The bootstrap interval of any statistic of the catalogue: respondents are drawn again, and it is computed anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_counts, as_transitions, as_values, divided
from delphi.statistics.computing import Computed, computed, options_of, value_of
from delphi.statistics.drawing import Draws
from delphi.statistics.drawn_kappa import NUMBERS, drawn_weighted_kappa, is_exact_from_sums
from delphi.statistics.intervals import as_share, checked_confidence, normal_deviate
from delphi.statistics.registry import Statistic
from delphi.statistics.registry import statistic as entry_of
from delphi.statistics.resampling import DRAWS, FEWEST

AT_ONCE = 200_000
"""So many numbers of drawn histograms are held at a time, which a processor keeps near; the draws of one cell if they are more."""
TOLERANCE = 1e-12
"""Numbers this close, by their size, count as equal: the same value may come out of different sums."""
HISTOGRAMS = ("counts", "share", "two_counts", "group_counts", "transitions")
ROWS = ("units", "ranks", "answers", "rounds", "votes", "estimates")
INTERVALS = ("percentile", "bca")

Evaluate = Callable[[Any], Floats]
"""The statistic of many sets of persons at once, the sets first: (D, ...) → (D, ...)."""


@dataclass(frozen=True)
class BootstrapInterval:
    """A statistic with its interval.

    `value`, `low`, `high` are NaN where there is no interval, and then `reason` has a code of the catalogue. `unusable` is
    the share of draws in which the statistic was undefined; `n` is what the statistic rests on.
    """

    value: Floats
    low: Floats
    high: Floats
    unusable: Floats
    n: Counts
    reason: NDArray[np.object_]


@dataclass(frozen=True)
class _LeftOut:
    """The statistic without one person of a sample (P, ...), for how many persons that one stands, and the sample's size."""

    values: Floats
    persons: Floats
    n: Floats


@dataclass(frozen=True)
class _How:
    """How intervals are made of draws."""

    interval: str
    confidence: float

    def ends(self, draws: Floats, seen: Floats, left_out: list[_LeftOut]) -> tuple[Floats, Floats, Floats]:
        """Low, high and share of unusable draws (...), of draws (D, ...)."""
        by_cell = np.moveaxis(draws, 0, -1)
        is_usable = np.isfinite(by_cell)
        usable = np.asarray(np.count_nonzero(is_usable, axis=-1))
        many = len(draws)
        tail = (1 - self.confidence) / 2
        chances = [np.full(seen.shape, tail), np.full(seen.shape, 1 - tail)]
        if self.interval == "percentile" and bool((usable == many).all()):
            # The two ends rest on four draws, which take less time to find than to put all in order.
            below = [int(np.floor((many - 1) * chance)) for chance in (tail, 1 - tail)]
            places = {min(place + more, many - 1) for place in below for more in (0, 1)}
            ordered = np.partition(by_cell, sorted(places), axis=-1)
        else:
            ordered = np.sort(np.where(is_usable, by_cell, np.nan), axis=-1)
        if self.interval == "bca":
            chances = self._corrected(ordered, usable, seen, left_out)
        low, high = (_quantile_of(ordered, usable, chance) for chance in chances)
        return low, high, 1 - usable / many

    def _corrected(
        self, ordered: Floats, usable: Counts, seen: Floats, left_out: list[_LeftOut]
    ) -> list[Floats]:
        """The two chances of BCa; NaN where bias or acceleration is not defined."""
        from scipy.special import ndtr, ndtri

        near = TOLERANCE * np.maximum(1.0, np.abs(seen))[..., None]
        apart = ordered - seen[..., None]
        below = (apart < -near).sum(axis=-1) + ((apart >= -near) & (apart <= near)).sum(axis=-1) / 2
        share = divided(below, usable)
        bias = ndtri(np.where((share > 0) & (share < 1), share, np.nan))
        acceleration = _acceleration(left_out, seen)
        deviate = normal_deviate(self.confidence)
        moved = [bias + sign * deviate for sign in (-1, 1)]
        stretched = [1 - acceleration * one for one in moved]
        is_defined = (stretched[0] > 0) & (stretched[1] > 0)
        return [
            np.where(is_defined, ndtr(bias + divided(one, by)), np.nan)
            for one, by in zip(moved, stretched, strict=True)
        ]


def bootstrap_ci(
    data: Any,
    statistic: str,
    values: ArrayLike | None = None,
    draws: int = DRAWS,
    interval: str = "percentile",
    confidence: float = 0.95,
    seed: int = 0,
    rng: np.random.Generator | None = None,
    **options: Any,
) -> BootstrapInterval:
    """Interval of a statistic by drawing respondents again.

    Parameters
    ----------
    data : what the statistic takes
        Counts, transitions, shares (a tuple), two or several groups: with any leading dimensions. Groups are drawn apart;
        of transitions those are drawn who answered both waves. A statistic over items (`units`) wants the answers (M, N)
        themselves, NaN for none: all answers of a person are drawn together.
    statistic : id of the catalogue
    values : array_like of float, shape (V,), optional
        The values of the scale; over items they are required, for the categories come from the scale.
    draws : how often as many persons are drawn as there are
    interval : "percentile" or "bca" (bias-corrected and accelerated)
    confidence : between 0 and 1
    seed : of the draws
    rng : numpy Generator, optional
        Gives the seed instead.
    **options : of the statistic

    Returns
    -------
    BootstrapInterval
        Arrays of the shape of the statistic. NaN where the statistic is not defined, below ten persons (in the smallest
        group), where no draw is usable, and by BCa where its corrections are not defined.

    Raises
    ------
    ValueError
        If the statistic is unknown, gives words or rests on no persons, or an option makes no sense.

    Notes
    -----
    Draws in which the statistic is undefined are left out and counted. Which persons are drawn depends on the seed and
    their number alone, so that the order and the choice of items change nothing. Quantiles of the draws are of type 7.
    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap; for kappa with fewer than 40 persons the
    nominal 95 % covers less (Klar et al. 2002).

    Examples
    --------
    >>> found = bootstrap_ci([2, 5, 10, 20, 23], "iqr", values=[1, 2, 3, 4, 5], seed=1)
    >>> float(found.value), float(found.low), float(found.high)
    (2.0, 1.0, 2.0)
    """
    entry = entry_of(statistic)
    chosen = options_of(entry, options)
    if entry.takes not in (*HISTOGRAMS, *ROWS, "numbers"):
        raise ValueError(
            f"statistic: has to rest on the answers of persons, {statistic} takes {entry.arrays}"
        )
    if any(one.name == "seed" for one in entry.parameters):
        raise ValueError(f"statistic: {statistic} draws by itself and is not drawn again")
    if draws < 1:
        raise ValueError(f"draws: is a whole number from 1 on, got {draws}")
    if interval not in INTERVALS:
        raise ValueError(f"interval: is {' or '.join(INTERVALS)}, got {interval!r}")
    if seed < 0:
        raise ValueError(f"seed: is a whole number from 0 on, got {seed}")
    how = _How(interval, checked_confidence(confidence))
    drawing = Draws(seed if rng is None else int(rng.integers(2**63)), draws)
    if entry.takes in HISTOGRAMS:
        return _of_histograms(entry, data, values, chosen, drawing, how)
    if entry.takes in ROWS:
        return _of_rows(entry, data, values, chosen, drawing, how)
    return _of_numbers(entry, data, chosen, drawing, how)


def _of_histograms(
    entry: Statistic, data: Any, values: ArrayLike | None, chosen: dict[str, Any], drawing: Draws, how: _How
) -> BootstrapInterval:
    """Intervals of statistics of histograms, several cells at a time."""
    samples, back = _samples(entry.takes, data)
    if values is not None or entry.takes_values:
        points = np.shape(back(samples)[0])[-1] - (entry.takes == "transitions")
        chosen = chosen | {"values": np.arange(1, points + 1) if values is None else values}
    seen = computed(entry.statistic_id, data, **chosen)

    def evaluate(some: Counts) -> Floats:
        return value_of(entry, entry.function(*back(some), **chosen))

    cells = samples.shape[:-2]
    flat: Counts = samples.reshape(-1, *samples.shape[-2:])
    sizes = flat.sum(axis=-1)
    smallest = np.where(sizes > 0, sizes, sizes.max(axis=-1, initial=0)[:, None]).min(axis=-1)
    known = _value(seen).reshape(len(flat), *seen.value.shape[len(cells) :])
    low, high, unusable = (np.full(known.shape, np.nan) for _ in range(3))
    is_drawn = (smallest >= FEWEST) & np.isfinite(known).reshape(len(flat), -1).any(axis=-1)
    each = samples.shape[-1] * samples.shape[-2]
    by_size = np.flatnonzero(is_drawn)[np.argsort(sizes.max(axis=-1, initial=0)[is_drawn], kind="stable")]
    is_from_sums = entry.statistic_id == "weighted_kappa" and is_exact_from_sums(
        chosen["values"], chosen["weights"], int(sizes.max(initial=0))
    )
    # What a statistic makes of a histogram takes room as well, however few its categories.
    room = max(NUMBERS if is_from_sums else each, 8)
    for some in _portions(by_size, max(room * drawing.draws, each * each if how.interval == "bca" else 0)):
        left_out = _left_out_of(flat[some], evaluate) if how.interval == "bca" else []
        drawn = (
            drawn_weighted_kappa(drawing, flat[some, 0], chosen["values"])
            if is_from_sums
            else evaluate(drawing.histograms(flat[some]))
        )
        low[some], high[some], unusable[some] = how.ends(drawn, known[some], left_out)
    beyond = (1,) * (seen.value.ndim - len(cells))
    few = np.broadcast_to((smallest < FEWEST).reshape((*cells, *beyond)), seen.value.shape)
    return _told(seen, few, *(one.reshape(seen.value.shape) for one in (low, high, unusable)))


def _samples(takes: str, data: Any) -> tuple[Counts, Callable[[Counts], tuple[Any, ...]]]:
    """Histograms (..., S, V) of persons who are drawn apart, and the way from those back to what the function takes."""
    if takes == "counts":
        return as_counts(data)[..., None, :], lambda some: (some[..., 0, :],)
    if takes == "share":
        many, size = as_share(*data)
        both = np.stack([many, size - many], axis=-1)[..., None, :]
        return both, lambda some: (some[..., 0, 0], some[..., 0, :].sum(axis=-1))
    if takes == "two_counts":
        first, second = (as_counts(one, name) for one, name in zip(data, ("first", "second"), strict=True))
        if first.shape[-1] != second.shape[-1]:
            raise ValueError(f"second: needs {first.shape[-1]} categories like first, got {second.shape[-1]}")
        together = np.stack(np.broadcast_arrays(first, second), axis=-2)
        return together, lambda some: (some[..., 0, :], some[..., 1, :])
    if takes == "group_counts":
        return as_counts(data), lambda some: (some,)
    both = as_transitions(data)[..., :-1, :-1]
    points = both.shape[-1]

    def back(some: Counts) -> tuple[Counts]:
        moves = np.zeros((*some.shape[:-2], points + 1, points + 1), dtype=np.int64)
        moves[..., :-1, :-1] = some.reshape(*some.shape[:-2], points, points)
        return (moves,)

    return both.reshape(*both.shape[:-2], 1, points * points), back


def _portions(places: NDArray[np.intp], each: int) -> Iterator[NDArray[np.intp]]:
    """Places in runs that hold about `AT_ONCE` numbers."""
    many = max(1, AT_ONCE // max(each, 1))
    for start in range(0, len(places), many):
        yield places[start : start + many]


def _left_out_of(cells: Counts, evaluate: Evaluate) -> list[_LeftOut]:
    """The statistic of cells (C, S, V) without one person, category by category of each sample."""
    _, samples, points = cells.shape
    one = np.eye(samples * points, dtype=np.int64).reshape(-1, 1, samples, points)
    values = evaluate(cells - one * (cells > 0))
    return [
        _LeftOut(
            values[s * points : (s + 1) * points],
            cells[:, s].T.astype(np.float64),
            cells[:, s].sum(axis=-1).astype(np.float64),
        )
        for s in range(samples)
    ]


def _of_rows(
    entry: Statistic, data: Any, values: ArrayLike | None, chosen: dict[str, Any], drawing: Draws, how: _How
) -> BootstrapInterval:
    """The interval of a statistic of a table with a row per person."""
    table = np.asarray(data, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"data: needs a row per person and a column per item, got shape {table.shape}")
    table = table[np.isfinite(table).any(axis=1)]
    persons = len(table)
    if entry.takes == "units":
        evaluate, seen = _over_items(entry, table, values, chosen)
    else:
        if values is not None:
            chosen = chosen | {"values": values}
        seen = computed(entry.statistic_id, table, **chosen)

        def evaluate(drawn: Counts) -> Floats:
            return np.stack([value_of(entry, entry.function(table[rows], **chosen)) for rows in drawn])

    known = _value(seen)
    few = np.broadcast_to(np.minimum(persons, seen.n) < FEWEST, known.shape)
    ends = tuple(np.full(known.shape, np.nan) for _ in range(3))
    if np.isfinite(known).any() and not few.all():
        left_out = []
        if how.interval == "bca":
            others = np.array([np.delete(np.arange(persons), one) for one in range(persons)])
            left_out = [_LeftOut(evaluate(others), np.ones(persons), np.array(float(persons)))]
        ends = how.ends(evaluate(drawing.rows(persons)), known, left_out)
    return _told(seen, few, *ends)


def _over_items(
    entry: Statistic, table: Floats, values: ArrayLike | None, chosen: dict[str, Any]
) -> tuple[Evaluate, Computed]:
    """The statistic of several items from their answers, as histograms of the drawn persons."""
    if values is None:
        raise ValueError(f"values: {entry.statistic_id} needs those of the scale to count answers over items")
    scale = as_values(values, np.size(values))
    hits = table[..., None] == scale
    if (np.isfinite(table) & ~hits.any(axis=-1)).any():
        raise ValueError("data: has answers that are no values of the scale")
    chosen = chosen | ({"values": scale} if entry.takes_values else {})
    chose: Floats = hits.reshape(len(table), hits.shape[1] * hits.shape[2]).astype(np.float64)

    def evaluate(drawn: Counts) -> Floats:
        found = []
        for some in _portions(np.arange(len(drawn)), chose.shape[1]):
            part = drawn[some]
            places = part + np.arange(len(part))[:, None] * len(table)
            often = np.bincount(places.ravel(), minlength=len(part) * len(table)).reshape(len(part), -1)
            counts = np.rint(often @ chose).astype(np.int64).reshape(len(part), *hits.shape[1:])
            found.append(value_of(entry, entry.function(counts, **chosen)))
        return np.concatenate(found)

    return evaluate, computed(entry.statistic_id, hits.sum(axis=0), **chosen)


def _of_numbers(
    entry: Statistic, data: Any, chosen: dict[str, Any], drawing: Draws, how: _How
) -> BootstrapInterval:
    """Intervals of a statistic of numeric answers, cell by cell."""
    table = np.asarray(data, dtype=np.float64)
    seen = computed(entry.statistic_id, table, **chosen)
    cells = table.shape[:-1]
    known = _value(seen)
    few = np.zeros(known.shape, dtype=bool)
    low, high, unusable = (np.full(known.shape, np.nan) for _ in range(3))
    for cell in np.ndindex(cells):
        given = table[cell][np.isfinite(table[cell])]
        few[cell] = len(given) < FEWEST
        if len(given) < FEWEST or not np.isfinite(known[cell]).any():
            continue

        def evaluate(drawn: Counts, given: Floats = given) -> Floats:
            return value_of(entry, entry.function(given[drawn], **chosen))

        left_out = []
        if how.interval == "bca":
            others = np.array([np.delete(np.arange(len(given)), one) for one in range(len(given))])
            left_out = [_LeftOut(evaluate(others), np.ones(len(given)), np.array(float(len(given))))]
        low[cell], high[cell], unusable[cell] = how.ends(
            evaluate(drawing.rows(len(given))), known[cell], left_out
        )
    return _told(seen, few, low, high, unusable)


def _value(seen: Computed) -> Floats:
    if seen.label is not None:
        raise ValueError(f"statistic: has to give a number, {seen.statistic_id} gives words")
    return seen.value


def _told(
    seen: Computed, few: NDArray[np.bool_], low: Floats, high: Floats, unusable: Floats
) -> BootstrapInterval:
    """The interval with the reason where there is none."""
    reason = seen.reason.copy()
    is_open = np.isfinite(seen.value)
    reason[is_open & ~(np.isfinite(low) & np.isfinite(high))] = "not_identified"
    reason[is_open & few] = "too_few"
    is_whole = is_open & (reason == None)  # noqa: E711  (element by element)
    low, high, value = (np.where(is_whole, one, np.nan) for one in (low, high, seen.value))
    return BootstrapInterval(value, low, high, np.asarray(unusable), seen.n, reason)


def _quantile_of(ordered: Floats, usable: Counts, chance: Floats) -> Floats:
    """Quantile of type 7 of the first `usable` of ordered draws (..., D); NaN where there is none."""
    is_open = (usable > 0) & np.isfinite(chance)
    place = np.maximum(usable - 1, 0) * np.where(is_open, chance, 0.0)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(usable - 1, 0))
    first, second = (np.take_along_axis(ordered, at[..., None], axis=-1)[..., 0] for at in (below, above))
    return np.where(is_open, first + (place - below) * (second - first), np.nan)


def _acceleration(left_out: list[_LeftOut], seen: Floats) -> Floats:
    """A sixth of the skewness of what single persons do to the statistic; NaN where they do nothing."""
    cubes, squares = np.zeros(seen.shape), np.zeros(seen.shape)
    for sample in left_out:
        beyond = (1,) * (sample.values.ndim - sample.persons.ndim)
        persons = sample.persons.reshape(*sample.persons.shape, *beyond)
        n = np.reshape(sample.n, (*np.shape(sample.n), *beyond))
        values = np.where(persons > 0, sample.values, 0.0)
        size = np.where(n > 0, n, 1.0)
        effect = (n - 1) * ((persons * values).sum(axis=0) / size - values)
        cubes += (persons * effect**3).sum(axis=0) / size**3
        squares += (persons * effect**2).sum(axis=0) / size**2
    is_moved = squares > (TOLERANCE * np.maximum(1.0, np.abs(seen))) ** 2
    return np.where(is_moved, divided(cubes, 6 * np.where(is_moved, squares, 1.0) ** 1.5), np.nan)
