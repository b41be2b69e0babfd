"""Permutation p-values: of the concordance of rankings, and of what two waves show beyond chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import comb, lgamma, prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.agreement import kendall_w, mid_ranks
from delphi.statistics.arrays import Counts, Floats, as_transitions
from delphi.statistics.computing import computed, options_of, value_of
from delphi.statistics.concordance import kendall_w_exact_p
from delphi.statistics.registry import Statistic, catalogue
from delphi.statistics.registry import statistic as entry_of
from delphi.statistics.resampling import stream

DRAWS = 9_999
EXACT_TABLES = 20_000
"""Up to so many tables all are counted; beyond, some are drawn."""
AT_ONCE = 2_000_000
"""So many numbers of permuted tables are held at a time."""
TOLERANCE = 1e-9
"""Values this close, by their size, count as equal: the same value may come out of different sums."""
CHANCES = ("usual", "independent", "exchangeable")
EXTREMES = ("usual", "greater", "less", "two_sided")
OF_ASSOCIATION = {
    "share_changed": "less", "share_changed_gt1": "less", "individual_stability_chi2": "greater", "gk_lambda": "greater",
}  # fmt: skip
"""Statistics of two waves that turning persons' answers round leaves alone or that measure association, although more of
them is no sign of stability: what is extreme when the later answers belong to anybody."""


@dataclass(frozen=True)
class PermutationP:
    """A p-value, the statistic it is of, and whether all permutations were counted.

    `p` is NaN where there is none, and then `reason` has a code of the catalogue; `n` is what the statistic rests on.
    """

    p: Floats
    observed: Floats
    is_exact: NDArray[np.bool_]
    n: Counts
    reason: NDArray[np.object_]


Weighed = Iterator[tuple[Counts, Floats]]
"""Tables (T, V, V) with their chances (T,), a part at a time."""


def permutation_p(
    data: Any,
    statistic: str,
    values: ArrayLike | None = None,
    by_chance: str = "usual",
    extreme: str = "usual",
    draws: int = DRAWS,
    seed: int = 0,
    rng: np.random.Generator | None = None,
    **options: Any,
) -> PermutationP:
    """Chance of a statistic at least as extreme if nothing but chance were at work.

    Of Kendall's W: every rater orders at random, each with the ties of their own. Of statistics of two waves (those that
    take transitions) one of two: "independent", the later answers belong to anybody, for those where more means more
    stability (kappa, share unchanged); or "exchangeable", each person might have given their two answers the other way
    round, for those of change of the group (net change, difference of medians).

    Parameters
    ----------
    data : array_like of float, shape (M, N), for "kendall_w"; else array_like of int, shape (..., V+1, V+1)
    statistic : "kendall_w", or the id of a statistic that takes transitions
    values : array_like of float, shape (V,), optional
        The values of the scale, for statistics that want them.
    by_chance : "usual", "independent" or "exchangeable"
    extreme : "usual", "greater", "less" or "two_sided" (of the size, as from 0)
        Usual: greater, but two-sided for differences, which may be negative.
    draws : permutations drawn where not all can be counted
    seed : of the draws
    rng : numpy Generator, optional
        Gives the seed instead.
    **options : of the statistic

    Returns
    -------
    PermutationP
        `p` in (0, 1], `observed`, `is_exact`, of the shape of the statistic. NaN where the statistic is not defined.

    Raises
    ------
    ValueError
        If the statistic has no permutation test here, or an option makes no sense.

    Notes
    -----
    All permutations are counted where that is feasible (W as in `kendall_w_exact_p`, two waves up to 20,000 tables), else p
    is (1 + as extreme) / (1 + drawn), which depends on the seed and the data alone. A permuted statistic that is undefined
    counts as extreme. Missing: raters without a complete ranking, and persons without an answer in both waves, are left
    out. Under "independent" a small p says that the answers hang together: association, not agreement. Source: Edgington
    and Onghena (2007), Randomization Tests; Phipson and Smyth (2010) for drawn permutations.

    Examples
    --------
    >>> found = permutation_p([[1, 2, 3], [1, 2, 3], [1, 2, 3]], "kendall_w")
    >>> round(float(found.p), 4), bool(found.is_exact)
    (0.0278, True)
    >>> float(permutation_p([[5, 6, 0], [0, 5, 0], [0, 0, 0]], "net_change").p)  # six moved up, nobody down
    0.03125
    """
    for name, given, allowed in (("by_chance", by_chance, CHANCES), ("extreme", extreme, EXTREMES)):
        if given not in allowed:
            raise ValueError(f"{name}: is {' or '.join(allowed)}, got {given!r}")
    if draws < 1:
        raise ValueError(f"draws: is a whole number from 1 on, got {draws}")
    if seed < 0:
        raise ValueError(f"seed: is a whole number from 0 on, got {seed}")
    start = seed if rng is None else int(rng.integers(2**63))
    if statistic == "kendall_w":
        _refuse_options(statistic, options, by_chance, extreme, values)
        return _of_concordance(data, draws, start)
    entry = entry_of(statistic)
    if entry.takes != "transitions":
        raise ValueError(
            f"statistic: is kendall_w or one of two waves (transitions), {statistic} takes {entry.arrays}"
        )
    chosen = options_of(entry, options)
    moves = as_transitions(data)
    if values is not None or entry.takes_values:
        chosen = chosen | {"values": np.arange(1, moves.shape[-1]) if values is None else values}
    seen = computed(statistic, moves, **chosen)
    if seen.label is not None or seen.value.shape != moves.shape[:-2]:
        raise ValueError(f"statistic: has to give one number per pair of waves, {statistic} does not")
    usual_chance, usual_extreme = _usual(entry)
    by_chance = usual_chance if by_chance == "usual" else by_chance
    extreme = usual_extreme if extreme == "usual" else extreme

    def evaluate(tables: Counts) -> Floats:
        padded = np.pad(tables, ((0, 0), (0, 1), (0, 1)))
        return value_of(entry, entry.function(padded, **chosen))

    p, is_exact = np.full(seen.value.shape, np.nan), np.ones(seen.value.shape, dtype=bool)
    for cell in np.ndindex(seen.value.shape):
        if np.isfinite(seen.value[cell]):
            holds = _as_extreme_as(float(seen.value[cell]), extreme)
            p[cell], is_exact[cell] = _of_moves(
                moves[cell][:-1, :-1], by_chance, evaluate, holds, draws, start
            )
    return PermutationP(p, seen.value, is_exact, seen.n, seen.reason)


def _usual(entry: Statistic) -> tuple[str, str]:
    """What chance does, and what is extreme, that suit a statistic of two waves."""
    if entry.statistic_id in OF_ASSOCIATION:
        return "independent", OF_ASSOCIATION[entry.statistic_id]
    if entry.direction == "more":
        return "independent", "greater"
    return "exchangeable", "two_sided" if entry.low is None or entry.low < 0 else "greater"


def _as_extreme_as(seen: float, extreme: str) -> Callable[[Floats], NDArray[np.bool_]]:
    """Whether permuted values are at least as extreme as the one seen; undefined ones are taken to be."""
    slack = TOLERANCE * max(1.0, abs(seen))

    def holds(found: Floats) -> NDArray[np.bool_]:
        if extreme == "greater":
            held = found >= seen - slack
        elif extreme == "less":
            held = found <= seen + slack
        else:
            held = np.abs(found) >= abs(seen) - slack
        return held | np.isnan(found)

    return holds


def _of_moves(
    both: Counts,
    by_chance: str,
    evaluate: Callable[[Counts], Floats],
    holds: Callable[[Floats], NDArray[np.bool_]],
    draws: int,
    seed: int,
) -> tuple[float, bool]:
    """p of one pair of waves, and whether all tables were counted."""
    every = _all_swapped(both) if by_chance == "exchangeable" else _all_shuffled(both)
    if every is not None:
        chance = sum(float(weights[holds(evaluate(tables))].sum()) for tables, weights in every)
        return min(1.0, chance), True
    some = _some_swapped if by_chance == "exchangeable" else _some_shuffled
    random = stream(seed, f"{by_chance} {','.join(map(str, both.ravel().tolist()))}")
    as_extreme = sum(int(holds(evaluate(tables)).sum()) for tables in some(both, draws, random))
    return (1 + as_extreme) / (1 + draws), False


def _pairs(both: Counts) -> tuple[NDArray[np.intp], NDArray[np.intp], Counts]:
    """Pairs of categories between which somebody moved, and how many did, either way."""
    first, second = np.triu_indices(len(both), 1)
    many = both[first, second] + both[second, first]
    moved = many > 0
    return first[moved], second[moved], many[moved]


def _parts(total: int, each: int) -> Iterator[tuple[int, int]]:
    """Runs from 0 to total that hold about `AT_ONCE` numbers."""
    many = max(1, AT_ONCE // each)
    for start in range(0, total, many):
        yield start, min(start + many, total)


def _all_swapped(both: Counts) -> Weighed | None:
    """Every table that turning persons' answers round may give, with its chance; None if they are too many."""
    first, second, many = _pairs(both)
    outcomes = prod(int(m) + 1 for m in many)
    if outcomes > EXACT_TABLES:
        return None

    def tables() -> Weighed:
        for start, end in _parts(outcomes, both.size):
            place = np.arange(start, end)
            found = np.repeat(np.diag(np.diag(both))[None], len(place), axis=0)
            chance = np.ones(len(place))
            for i, j, m in zip(first, second, many.tolist(), strict=True):
                place, up = np.divmod(place, m + 1)
                found[:, i, j], found[:, j, i] = up, m - up
                chance *= np.array([comb(m, k) / 2**m for k in range(m + 1)])[up]
            yield found, chance

    return tables()


def _some_swapped(both: Counts, draws: int, rng: np.random.Generator) -> Iterator[Counts]:
    """Tables of persons whose two answers are turned round or not, by the toss of a coin."""
    first, second, many = _pairs(both)
    for start, end in _parts(draws, both.size):
        found = np.repeat(np.diag(np.diag(both))[None], end - start, axis=0)
        up = rng.binomial(many, 0.5, size=(end - start, len(many)))
        found[:, first, second], found[:, second, first] = up, many - up
        yield found


def _all_shuffled(both: Counts) -> Weighed | None:
    """Every table with these margins, with its chance when the later answers belong to anybody; None if too many."""
    rows = np.flatnonzero(both.sum(axis=1))
    columns = np.flatnonzero(both.sum(axis=0))
    tables = _with_margins(both.sum(axis=1)[rows].tolist(), both.sum(axis=0)[columns].tolist())
    if tables is None:
        return None
    log_of = np.array([lgamma(k + 1) for k in range(int(both.sum()) + 1)])
    margins = log_of[both.sum(axis=1)].sum() + log_of[both.sum(axis=0)].sum() - log_of[-1]
    small = np.array(tables, dtype=np.int64).reshape(len(tables), len(rows), len(columns))
    whole = np.zeros((len(tables), *both.shape), dtype=np.int64)
    whole[np.ix_(np.arange(len(tables)), rows, columns)] = small
    chance = np.exp(margins - log_of[small].sum(axis=(1, 2)))
    return iter([(whole, chance)])


def _with_margins(rows: list[int], columns: list[int]) -> list[tuple[int, ...]] | None:
    """All tables with these sums of rows and columns, row after row; None when they are too many."""
    partial: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((), tuple(columns))]
    for number, row in enumerate(rows):
        if number == len(rows) - 1:
            return [(*filled, *left) for filled, left in partial]
        grown = []
        for filled, left in partial:
            for placed in _placed(row, left):
                rest = tuple(one - taken for one, taken in zip(left, placed, strict=True))
                grown.append(((*filled, *placed), rest))
                if len(grown) > EXACT_TABLES:
                    return None
        partial = grown
    return None


def _placed(many: int, room: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """All ways of placing so many in columns that have so much room."""
    if len(room) == 1:
        if many <= room[0]:
            yield (many,)
        return
    beyond = sum(room[1:])
    for first in range(max(0, many - beyond), min(many, room[0]) + 1):
        for others in _placed(many - first, room[1:]):
            yield (first, *others)


def _some_shuffled(both: Counts, draws: int, rng: np.random.Generator) -> Iterator[Counts]:
    """Tables of persons who are given each other's later answers."""
    points = len(both)
    before = np.repeat(np.arange(points), both.sum(axis=1))
    after = np.repeat(np.arange(points), both.sum(axis=0))
    for start, end in _parts(draws, max(len(after), both.size)):
        shuffled = rng.permuted(np.tile(after, (end - start, 1)), axis=1)
        cell = before * points + shuffled + np.arange(end - start)[:, None] * both.size
        yield np.bincount(cell.ravel(), minlength=(end - start) * both.size).reshape(-1, points, points)


def _of_concordance(ranks: ArrayLike, draws: int, seed: int) -> PermutationP:
    """p of Kendall's W over complete rankings."""
    given = np.asarray(ranks, dtype=np.float64)
    w, _, raters = kendall_w(given)
    if np.isnan(w):
        return _concordance(np.nan, np.nan, True, raters, _why_no_concordance(given, raters))
    exact = kendall_w_exact_p(given)
    if np.isfinite(exact):
        return _concordance(exact, w, True, raters, None)
    complete = given[~np.isnan(given).any(axis=1)]
    doubled = np.rint(2 * np.array([mid_ranks(row) for row in complete])).astype(np.int64)
    seen = int((doubled.sum(axis=0) ** 2).sum())
    # Neither the order of raters nor that of objects may change what is drawn.
    ordered = np.array(sorted(np.sort(doubled, axis=1).tolist()), dtype=np.int64)
    random = stream(seed, ",".join(map(str, ordered.ravel().tolist())))
    as_extreme = 0
    for start, end in _parts(draws, ordered.size):
        shuffled = random.permuted(np.tile(ordered, (end - start, 1, 1)), axis=2)
        as_extreme += int(((shuffled.sum(axis=1) ** 2).sum(axis=1) >= seen).sum())
    return _concordance((1 + as_extreme) / (1 + draws), w, False, raters, None)


def _concordance(p: float, w: float, is_exact: bool, raters: int, reason: str | None) -> PermutationP:
    told = np.full((), reason, dtype=object)
    return PermutationP(np.asarray(p), np.asarray(w), np.asarray(is_exact), np.asarray(raters), told)


def _why_no_concordance(given: Floats, complete: int) -> str:
    ranking = int(np.isfinite(given).any(axis=1).sum())
    if ranking == 0:
        return "no_valid_answers"
    if ranking == 1:
        return "too_few_raters"
    if complete < 2:
        return "incomplete_rankings"
    return "too_few_units" if given.shape[1] < 2 else "all_ties"


def _refuse_options(
    statistic: str, options: dict[str, Any], by_chance: str, extreme: str, values: ArrayLike | None
) -> None:
    """Only the usual W is permuted: with the ties of each rater, over complete rankings, large values being extreme."""
    entry = catalogue().get(statistic)
    usual = {} if entry is None else options_of(entry, {})
    other = {name: given for name, given in options.items() if name not in usual or given != usual[name]}
    other |= {} if values is None else {"values": values}
    chosen = {"by_chance": by_chance, "extreme": extreme}
    other |= {name: given for name, given in chosen.items() if given != "usual"}
    if other:
        raise ValueError(f"{next(iter(other))}: the permutation p of kendall_w knows no other than the usual")
