"""Agreement on one item from its histogram, and over several items from their histograms."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_counts, as_values, divided
from delphi.statistics.raters import scale_of, units_of_answers


def _layer_agreement(occupied: NDArray[np.bool_]) -> Floats:
    """Agreement of layers (L, V) that say which categories are occupied, at least one in each.

    Triples of categories in order are unimodal when occupied 110 or 011 and bimodal when 101; they are
    counted from the numbers of occupied categories on either side of each empty one.
    """
    points = occupied.shape[1]
    size = occupied.sum(axis=1)
    left: Counts = np.cumsum(occupied, axis=1) - occupied
    right = size[:, None] - left - occupied
    unimodal = np.where(occupied, 0, left * (left - 1) // 2 + right * (right - 1) // 2).sum(axis=1)
    bimodal = np.where(occupied, 0, left * right).sum(axis=1)
    shape = divided((points - 2) * unimodal - (points - 1) * bimodal, (points - 2) * (unimodal + bimodal))
    agreement = np.where(unimodal + bimodal == 0, 0.0, shape * (1 - (size - 1) / (points - 1)))
    return np.where(size == 1, 1.0, agreement)


def van_der_eijk_agreement(counts: ArrayLike) -> Floats:
    """Agreement A in an ordered scale.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category in scale order; unused categories are zeros, not left out.

    Returns
    -------
    ndarray of float, shape (...)
        From -1 (half at each end) over 0 (uniform) to 1 (unanimous). NaN below two answers or three
        categories.

    Notes
    -----
    The histogram is peeled into layers of equal height; A is the mean of the layers' agreement, weighted by
    their share of the answers. Source: van der Eijk (2001), Measuring agreement in ordered rating scales,
    Quality and Quantity 35, 325-341. There is no accepted cut-off.

    Examples
    --------
    >>> round(float(van_der_eijk_agreement([30, 40, 210, 130, 530, 50, 10])), 7)
    0.6113333
    """
    given = as_counts(counts)
    points = given.shape[-1]
    n = given.sum(axis=-1)
    if points < 3:
        return np.full(n.shape, np.nan)
    if points <= TABLE_UP_TO:
        total = _peeled_by_table(given)
    else:
        total = _peeled_one_by_one(given.reshape(-1, points)).reshape(n.shape)
    return np.where(n >= 2, divided(total, n), np.nan)


TABLE_UP_TO = 12
"""Up to so many categories the agreement of every possible layer is kept in a table."""


@cache
def _agreement_of_every_layer(points: int) -> Floats:
    """Agreement of the layer whose occupied categories are the bits of the place."""
    occupied = (np.arange(1, 2**points)[:, None] >> np.arange(points)) & 1
    return np.concatenate([[0.0], _layer_agreement(occupied.astype(bool))])


TAG = 4
"""Bits that hold a category's place behind its answers, so that sorting brings it along."""
SMALL = 1 << 11
"""Fewer answers than that fit 16 bits with their category, which numpy sorts and adds several at a time."""
MANY = 256
"""From so many histograms on the categories are sorted for all of them at once, pair by pair."""


def _peeled_by_table(given: Counts) -> Floats:
    """Sum of the layers' agreement, weighted by their answers, (...) of (..., V): a category leaves the layers when its
    answers are used up."""
    points = given.shape[-1]
    kind: Any = np.int16 if given.max(initial=0) < SMALL else np.int64
    rows = _rising([(given[..., place].astype(kind) << TAG) | kind(place) for place in range(points)])
    agreement = _agreement_of_every_layer(points)
    layer = np.full_like(rows[0], 2**points - 1)
    total, below = np.zeros_like(rows[0], dtype=np.float64), np.zeros_like(rows[0])
    for gone, row in enumerate(rows):
        height = row >> TAG
        total += (height - below) * kind(points - gone) * agreement[layer]
        layer -= kind(1) << (row & kind((1 << TAG) - 1))
        below = height
    return total


def _rising(rows: list[NDArray[Any]]) -> list[NDArray[Any]]:
    """Arrays of one shape, sorted across them."""
    if rows[0].size < MANY:
        return list(np.sort(np.stack(rows), axis=0))
    spare = np.empty_like(rows[0])
    for lower, upper in _comparisons(len(rows)):
        np.minimum(rows[lower], rows[upper], out=spare)
        np.maximum(rows[lower], rows[upper], out=rows[upper])
        rows[lower], spare = spare, rows[lower]
    return rows


@cache
def _comparisons(many: int) -> tuple[tuple[int, int], ...]:
    """Pairs of places that put any so many numbers in rising order when the lower of each pair goes first.

    Batcher's odd-even merge sort (1968): the pairs do not depend on the numbers.
    """
    found = []
    run = 1
    while run < many:
        apart = run
        while apart:
            for start in range(apart % run, many - apart, 2 * apart):
                found += [
                    (lower, lower + apart)
                    for lower in range(start, min(start + apart, many - apart))
                    if lower // (2 * run) == (lower + apart) // (2 * run)
                ]
            apart //= 2
        run *= 2
    return tuple(found)


def _peeled_one_by_one(flat: Counts) -> Floats:
    """The same for long scales, of which not every layer can be kept."""
    rest = flat.copy()
    total = np.zeros(len(rest))
    open_rows = np.flatnonzero(rest.any(axis=1))
    while len(open_rows):
        part = rest[open_rows]
        occupied = part > 0
        height = np.where(occupied, part, np.iinfo(np.int64).max).min(axis=1)
        total[open_rows] += height * occupied.sum(axis=1) * _layer_agreement(occupied)
        rest[open_rows] = part - height[:, None] * occupied
        open_rows = open_rows[rest[open_rows].any(axis=1)]
    return total


def van_der_eijk_polarization(counts: ArrayLike) -> Floats:
    """Polarization (1 - A) / 2: 0 unanimous, 1/2 uniform, 1 half at each end.

    Parameters, missing answers and source as in `van_der_eijk_agreement`.

    Examples
    --------
    >>> float(van_der_eijk_polarization([5, 0, 0, 0, 5]))
    1.0
    """
    return (1 - van_der_eijk_agreement(counts)) / 2


def observed_agreement(counts: ArrayLike) -> Floats:
    """Raw agreement of pairs of raters, averaged over units.

    Parameters
    ----------
    counts : array_like of int, shape (..., U, V)
        Per unit (item) how many raters chose each category; the numbers of raters may differ.

    Returns
    -------
    ndarray of float, shape (...)
        Mean over the units with two ratings or more; NaN below two such units.

    Notes
    -----
    Source: Fleiss (1971); Gwet (2014) for unequal numbers of raters.

    Examples
    --------
    >>> float(observed_agreement([[2, 0], [1, 1]]))
    0.5
    """
    given = as_counts(counts).astype(np.float64)
    raters = given.sum(axis=-1)
    per_unit = divided((given * (given - 1)).sum(axis=-1), raters * (raters - 1))
    usable = raters >= 2
    n_units = usable.sum(axis=-1)
    return np.where(n_units >= 2, divided(np.where(usable, per_unit, 0.0).sum(axis=-1), n_units), np.nan)


LEVELS = ("nominal", "ordinal", "interval", "ratio")


def krippendorff_alpha(
    counts: ArrayLike, level: str = "ordinal", values: ArrayLike | None = None, given: str = "units"
) -> Floats:
    """Krippendorff's alpha over units, from the histogram of each or from the answers.

    Parameters
    ----------
    counts : array_like, shape (..., U, V), or (M, N) where `given` is "answers"
        Per unit (item) how many raters chose each category, in scale order; or the answers, rater × unit, NaN
        for none.
    level : "nominal", "ordinal", "interval" or "ratio"
        Distance of two categories, squared: 1 between any two; how many ratings lie from one to the other, of
        their own half; the difference of their values; that difference over their sum.
    values : array_like of float, shape (V,)
        Scale values, for interval and ratio; without them 1, 2, 3, ..., or the answers themselves.
    given : "units" or "answers"

    Returns
    -------
    ndarray of float, shape (...), or () from answers
        At most 1; negative values are legitimate. NaN below two units with two ratings, or where all their
        ratings are equal.

    Raises
    ------
    ValueError
        If an option is none of the named, the array has not its shape, or a value is below 0 at the level
        ratio.

    Notes
    -----
    Missing: units with fewer than two ratings are left out. Source: Krippendorff (2011), Computing
    Krippendorff's alpha-reliability.

    Examples
    --------
    >>> round(float(krippendorff_alpha([[3, 0], [0, 3], [2, 1]], level="nominal")), 4)
    0.6
    """
    if level not in LEVELS:
        raise ValueError(f"level: is {' or '.join(LEVELS)}, got {level!r}")
    if given not in ("units", "answers"):
        raise ValueError(f"given: is units or answers, got {given!r}")
    if given == "answers":
        values = scale_of(counts, values)
        counts = units_of_answers(counts, values)
    ratings = as_counts(counts)
    if ratings.ndim < 2:
        raise ValueError(f"counts: needs units and categories as last dimensions, got shape {ratings.shape}")
    points = ratings.shape[-1]
    scale = as_values(np.arange(1, points + 1) if values is None else values, points)
    raters = ratings.sum(axis=-1)
    used = np.where((raters >= 2)[..., None], ratings, 0).astype(np.float64)
    weight = np.where(raters >= 2, 1.0 / np.maximum(raters - 1, 1), 0.0)
    together = np.einsum("...uc,...uk,...u->...ck", used, used, weight)
    own = np.einsum("...uc,...u->...c", used, weight)
    together = together - own[..., :, None] * np.eye(points)
    margins = together.sum(axis=-1)
    total = margins.sum(axis=-1)
    distance = _distances(level, margins, scale)
    seen = (together * distance).sum(axis=(-1, -2))
    expected = (margins[..., :, None] * margins[..., None, :] * distance).sum(axis=(-1, -2))
    alpha = 1 - (total - 1) * divided(seen, expected)
    return np.where((raters >= 2).sum(axis=-1) >= 2, alpha, np.nan)


def _distances(level: str, margins: Floats, scale: Floats) -> Floats:
    """Krippendorff's metric between every two categories, (V, V) or (..., V, V)."""
    if level == "nominal":
        return 1 - np.eye(len(scale))
    if level == "ordinal":
        cumulated = np.cumsum(margins, axis=-1) - margins / 2
        return (cumulated[..., :, None] - cumulated[..., None, :]) ** 2
    apart: Floats = scale[:, None] - scale[None, :]
    if level == "interval":
        return apart**2
    if scale[0] < 0:
        raise ValueError("values: are 0 or more at the level ratio")
    return np.where(apart == 0, 0.0, divided(apart, scale[:, None] + scale[None, :])) ** 2


class Concordance(NamedTuple):
    """Kendall's W, its p-value, and on how many rankings both rest."""

    w: float
    p: float
    n: int


def kendall_w(ranks: ArrayLike, incomplete: str = "leave_out", p_from: str = "chi_square") -> Concordance:
    """Kendall's coefficient of concordance, corrected for ties.

    Parameters
    ----------
    ranks : array_like of float, shape (M, N)
        Per rater the rank of each object, NaN for unranked. Ratings are ranked within each rater.
    incomplete : "leave_out" or "friedman"
        What becomes of a ranking that lacks an object: it is left out, or ranked among the objects that it
        has (`concordance_of_incomplete`).
    p_from : "chi_square" or "orders"
        Chi-square with N - 1 degrees of freedom; or all orders of few rankings of few objects counted
        (`kendall_w_exact_p`), and chi-square where they are too many.

    Returns
    -------
    w, p, n : W in [0, 1], its p-value, and the number of rankings
        NaN below two complete rankings or two objects, or where every ranking is one tie.

    Raises
    ------
    ValueError
        If an option is none of the named, or the ranks are no table.

    Notes
    -----
    Source: Kendall and Gibbons (1990).

    Examples
    --------
    >>> w, p, n = kendall_w([[1, 2, 3], [1, 2, 3], [1, 3, 2]])
    >>> round(w, 4), n
    (0.7778, 3)
    """
    if incomplete not in ("leave_out", "friedman"):
        raise ValueError(f"incomplete: is leave_out or friedman, got {incomplete!r}")
    if p_from not in ("chi_square", "orders"):
        raise ValueError(f"p_from: is chi_square or orders, got {p_from!r}")
    given = np.asarray(ranks, dtype=np.float64)
    if given.ndim != 2:
        raise ValueError(f"ranks: needs raters and objects as dimensions, got shape {given.shape}")
    complete = given[~np.isnan(given).any(axis=1)]
    if incomplete == "friedman" and len(complete) < len(given):
        from delphi.statistics.incomplete_rankings import concordance_of_incomplete

        return concordance_of_incomplete(given)
    found = _of_complete_rankings(complete)
    if p_from == "orders":
        from delphi.statistics.concordance import kendall_w_exact_p

        exact_p = kendall_w_exact_p(complete)
        return found if np.isnan(exact_p) else found._replace(p=exact_p)
    return found


def _of_complete_rankings(complete: NDArray[np.float64]) -> Concordance:
    raters, objects = complete.shape
    if raters < 2 or objects < 2:
        return Concordance(float("nan"), float("nan"), raters)
    tied = np.column_stack([(complete == complete[:, [j]]).sum(axis=1) for j in range(objects)])
    lower = np.column_stack([(complete < complete[:, [j]]).sum(axis=1) for j in range(objects)])
    middle = lower + (tied + 1) / 2
    sums = middle.sum(axis=0)
    spread = ((sums - sums.mean()) ** 2).sum()
    ties = int((tied**2 - 1).sum())  # the sum of t^3 - t over groups of t equal ranks
    bottom = raters**2 * (objects**3 - objects) - raters * ties
    if bottom == 0:
        return Concordance(float("nan"), float("nan"), raters)
    from scipy.special import chdtrc

    w = float(12 * spread / bottom)
    return Concordance(w, float(chdtrc(objects - 1, raters * (objects - 1) * w)), raters)


def mid_ranks(values: ArrayLike) -> NDArray[np.float64]:
    """Ranks from 1, ties sharing the mean of theirs.

    Examples
    --------
    >>> mid_ranks([10, 20, 20, 30]).tolist()
    [1.0, 2.5, 2.5, 4.0]
    """
    given = np.asarray(values, dtype=np.float64)
    _, inverse, sizes = np.unique(given, return_inverse=True, return_counts=True)
    ends: Counts = np.cumsum(sizes)
    return (ends - (sizes - 1) / 2)[inverse]
