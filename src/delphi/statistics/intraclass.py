"""Intraclass correlation of raters in its six forms, from the mean squares of an analysis of variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_counts, as_values, divided
from delphi.statistics.raters import as_answers

FORMS = {
    "ICC(1,1)": ("one-way", False), "ICC(1,k)": ("one-way", True),
    "ICC(A,1)": ("agreement", False), "ICC(A,k)": ("agreement", True),
    "ICC(C,1)": ("consistency", False), "ICC(C,k)": ("consistency", True),
    "ICC(2,1)": ("agreement", False), "ICC(2,k)": ("agreement", True),
    "ICC(3,1)": ("consistency", False), "ICC(3,k)": ("consistency", True),
}  # fmt: skip
"""Names of McGraw and Wong and of Shrout and Fleiss → what is meant, and whether it is that of the raters' mean."""
LIKE_ROUNDING = 1e-12
"""A sum of squares below this part of the whole is 0: it is rounding of values that are no whole numbers."""


@dataclass(frozen=True)
class Intraclass:
    """An intraclass correlation with its 95 % interval, the F test of 0, and on how many raters and units it rests."""

    value: Floats
    low: Floats
    high: Floats
    f: Floats
    df1: Floats
    df2: Floats
    p: Floats
    n: Counts
    n_units: Counts


@dataclass(frozen=True)
class _Squares:
    """Mean squares between units, within units, between raters and of the rest, of n units and k raters."""

    units: Floats
    within: Floats
    raters: Floats
    rest: Floats
    n: Floats
    k: Floats


def icc(
    ratings: ArrayLike,
    form: str = "ICC(A,1)",
    complete: str = "units",
    given: str = "answers",
    values: ArrayLike | None = None,
) -> Intraclass:
    """Intraclass correlation: the part of the variance of the ratings that lies between the units.

    Parameters
    ----------
    ratings : array_like, shape (M, N), or (..., U, V) where `given` is "units"
        Answers, rater × unit, NaN for none; or histograms of the units, which know no rater and are enough
        for ICC(1,1) and ICC(1,k).
    form : "ICC(1,1)", "ICC(A,1)", "ICC(C,1)" or, of the mean of all raters, "ICC(1,k)", "ICC(A,k)", "ICC(C,k)"
        Raters drawn anew for each unit; absolute agreement; consistency, which forgives a rater who is always
        higher. "ICC(2,·)" and "ICC(3,·)" are agreement and consistency in the words of Shrout and Fleiss.
    complete : "units" or "raters"
        What is left out where a rating lacks: the unit, or the rater.
    given : "answers" or "units"
    values : array_like of float, shape (V,)
        Scale values of histograms; without them the categories are one apart.

    Returns
    -------
    Intraclass
        Arrays of shape () or (...). `value` is at most 1, negative values are legitimate; `low` and `high` are
        the F-based 95 % interval, `f`, `df1`, `df2`, `p` test whether it is 0. NaN below two raters or two
        complete units, or where the ratings do not vary (for the mean of raters: not between units). F is NaN
        without an error variance, and the interval without that or a variance between units.

    Raises
    ------
    ValueError
        If an option is none of the named, the array has not its shape, or histograms are given for a form
        that needs to know who rated.

    Notes
    -----
    Missing: complete cases only, `n` raters and `n_units` units. Of histograms the units with fewer ratings
    than the one with most are left out. Source: Shrout and Fleiss (1979), Intraclass correlations: uses in
    assessing rater reliability, Psychological Bulletin 86, 420-428; McGraw and Wong (1996), Psychological
    Methods 1, 30-46, with the correction of 1996, 390.

    Examples
    --------
    >>> judges = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]
    >>> [round(float(icc(judges, form).value), 2) for form in ("ICC(1,1)", "ICC(A,1)", "ICC(C,1)")]
    [0.17, 0.29, 0.71]
    """
    if form not in FORMS:
        raise ValueError(f"form: is {' or '.join(FORMS)}, got {form!r}")
    if complete not in ("units", "raters"):
        raise ValueError(f"complete: is units or raters, got {complete!r}")
    if given not in ("answers", "units"):
        raise ValueError(f"given: is answers or units, got {given!r}")
    kind, of_mean = FORMS[form]
    if given == "units":
        if kind != "one-way":
            raise ValueError(f"form: {form} needs answers, for histograms do not know who rated")
        squares = _squares_of_units(ratings, values)
    else:
        squares = _squares_of_answers(complete_ratings(ratings, complete))
    return _intraclass(squares, kind, of_mean)


def complete_ratings(answers: ArrayLike, complete: str) -> Floats:
    """The raters and units without a gap, rater × unit; who rated nothing, and what nobody rated, is no gap."""
    given = as_answers(answers)
    is_given = ~np.isnan(given)
    given = given[is_given.any(axis=1)][:, is_given.any(axis=0)]
    is_given = ~np.isnan(given)
    return given[is_given.all(axis=1)] if complete == "raters" else given[:, is_given.all(axis=0)]


def _squares_of_answers(table: Floats) -> _Squares:
    """Mean squares of a complete table, rater × unit; in sums of whole numbers as long as the answers are such."""
    raters, units = table.shape
    k, n = np.asarray(float(raters)), np.asarray(float(units))
    x = table - (table[0, 0] if table.size else 0.0)
    whole = x.sum() ** 2
    all_of_them = n * k * (x**2).sum()
    of_units, of_raters = n * (x.sum(axis=0) ** 2).sum(), k * (x.sum(axis=1) ** 2).sum()
    total = all_of_them - whole
    sums = (
        of_units - whole,
        all_of_them - of_units,
        of_raters - whole,
        all_of_them - of_units - of_raters + whole,
    )
    between, within, judges, rest = (
        np.asarray(0.0 if one <= LIKE_ROUNDING * total else one / max(raters * units, 1)) for one in sums
    )
    return _Squares(
        divided(between, n - 1), divided(within, n * (k - 1)), divided(judges, k - 1),
        divided(rest, (n - 1) * (k - 1)), n, k,
    )  # fmt: skip


def _squares_of_units(counts: ArrayLike, values: ArrayLike | None) -> _Squares:
    """Mean squares between and within the units that have as many ratings as the one with most."""
    given = as_counts(counts)
    if given.ndim < 2:
        raise ValueError(f"counts: needs units and categories as last dimensions, got shape {given.shape}")
    scale = as_values(np.arange(given.shape[-1]) if values is None else values, given.shape[-1])
    ratings = given.sum(axis=-1)
    most = ratings.max(axis=-1, initial=0)
    used = np.where((ratings == most[..., None])[..., None], given, 0).astype(np.float64)
    k = most.astype(np.float64)
    n = np.where(most > 0, (ratings == most[..., None]).sum(axis=-1), 0).astype(np.float64)
    x = scale - scale[0]
    sums, squares = used @ x, (used @ x**2).sum(axis=-1)
    whole, all_of_them, of_units = sums.sum(axis=-1) ** 2, n * k * squares, n * (sums**2).sum(axis=-1)
    total = all_of_them - whole
    between, within = (
        divided(np.where(one <= LIKE_ROUNDING * total, 0.0, one), n * k)
        for one in (of_units - whole, all_of_them - of_units)
    )
    nothing = np.full(n.shape, np.nan)
    return _Squares(divided(between, n - 1), divided(within, n * (k - 1)), nothing, nothing, n, k)


def _intraclass(ms: _Squares, kind: str, of_mean: bool) -> Intraclass:
    from scipy.special import fdtrc

    n, k = ms.n, ms.k
    enough = (n >= 2) & (k >= 2)
    error = ms.within if kind == "one-way" else ms.rest
    bias = divided(ms.raters - ms.rest, n) if kind == "agreement" else np.zeros(n.shape)
    bottom = ms.units + bias if of_mean else ms.units + (k - 1) * error + k * bias
    # A variance of the mean that is estimated as negative has no part that lies between the units.
    value = np.where(enough & (bottom > 0), divided(ms.units - error, bottom), np.nan)
    f = np.where(enough, divided(ms.units, error), np.nan)
    df1 = np.where(enough, n - 1, np.nan)
    df2 = np.where(enough, n * (k - 1) if kind == "one-way" else (n - 1) * (k - 1), np.nan)
    p = np.where(
        np.isnan(f), np.nan, fdtrc(np.nan_to_num(df1, nan=1), np.nan_to_num(df2, nan=1), np.nan_to_num(f))
    )
    ends = (
        _agreement_interval(ms, of_mean) if kind == "agreement" else _ratio_interval(f, df1, df2, k, of_mean)
    )
    has_interval = ~np.isnan(value) & (f > 0)
    low, high = (np.where(has_interval, end, np.nan) for end in ends)
    return Intraclass(value, low, high, f, df1, df2, p, k.astype(np.int64), n.astype(np.int64))


def _quantile_of_f(df1: Floats, df2: Floats) -> Floats:
    """The 97.5 % quantile of F; NaN where a number of degrees of freedom is not positive."""
    from scipy.special import fdtri

    usable = (df1 > 0) & (df2 > 0)
    found = np.where(usable, fdtri(np.where(usable, df1, 1.0), np.where(usable, df2, 1.0), 0.975), np.nan)
    return np.where(np.isfinite(found), found, np.nan)


def _ratio_interval(f: Floats, df1: Floats, df2: Floats, k: Floats, of_mean: bool) -> tuple[Floats, Floats]:
    """Interval of the one-way and the consistency forms, which are functions of F alone."""
    low, high = divided(f, _quantile_of_f(df1, df2)), f * _quantile_of_f(df2, df1)
    if of_mean:
        return 1 - divided(1.0, low), 1 - divided(1.0, high)
    return divided(low - 1, low + k - 1), divided(high - 1, high + k - 1)


def _agreement_interval(ms: _Squares, of_mean: bool) -> tuple[Floats, Floats]:
    """Interval of the agreement forms, with the degrees of freedom after Satterthwaite."""
    n, k = ms.n, ms.k
    single = divided(ms.units - ms.rest, ms.units + (k - 1) * ms.rest + k * divided(ms.raters - ms.rest, n))
    share = divided(single, n * (1 - single))
    raters, rest = k * share * ms.raters, (1 + k * share * (n - 1)) * ms.rest
    df = divided((raters + rest) ** 2, divided(raters**2, k - 1) + divided(rest**2, (n - 1) * (k - 1)))
    below, above = _quantile_of_f(n - 1, df), _quantile_of_f(df, n - 1)
    if of_mean:
        bottoms = below * (ms.raters - ms.rest) + n * ms.units, ms.raters - ms.rest + n * above * ms.units
    else:
        other = k * ms.raters + (k * n - k - n) * ms.rest
        bottoms = below * other + n * ms.units, other + n * above * ms.units
    tops = n * (ms.units - below * ms.rest), n * (above * ms.units - ms.rest)
    low, high = (
        np.where(bottom > 0, divided(top, bottom), np.nan) for top, bottom in zip(tops, bottoms, strict=True)
    )
    return low, high
