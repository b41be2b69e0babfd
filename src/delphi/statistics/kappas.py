"""Agreement of raters beyond chance: the kappas, and the coefficients that estimate chance otherwise."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_counts, divided, paired
from delphi.statistics.raters import as_answers, mean_over_pairs, units_of_answers
from delphi.statistics.weights import agreement_weights

GIVEN_OF_PAIRS = ("transitions", "answers")


def cohen_kappa(ratings: ArrayLike, given: str = "transitions") -> Floats:
    """Cohen's kappa of two raters; of more the mean over their pairs.

    Parameters
    ----------
    ratings : array_like, shape (..., V+1, V+1), or (M, N) where `given` is "answers"
        How many units got which two categories from the first and the second rater, the last row and column
        no answer; or the answers, rater × unit, NaN for none.
    given : "transitions" or "answers"

    Returns
    -------
    ndarray of float, shape (...), or () from answers
        At most 1; 0 where one rater is constant. NaN below two units that both rated, or where all ratings of
        both lie in one category. From answers: the mean over the pairs of raters that have a kappa, NaN
        without such a pair.

    Raises
    ------
    ValueError
        If `given` is none of the two, or the array has not its shape.

    Notes
    -----
    Missing: each pair rests on the units that both rated. Source: Cohen (1960), A coefficient of agreement for
    nominal scales, Educational and Psychological Measurement 20, 37-46; the mean over pairs: Light (1971).

    Examples
    --------
    >>> round(float(cohen_kappa([[20, 5, 0], [10, 15, 0], [0, 0, 0]])), 4)
    0.4
    >>> round(float(cohen_kappa([[1, 1, 2, 2], [1, 2, 2, 2]], given="answers")), 4)
    0.5
    """
    if given not in GIVEN_OF_PAIRS:
        raise ValueError(f"given: is {' or '.join(GIVEN_OF_PAIRS)}, got {given!r}")
    if given == "answers":
        return mean_over_pairs(ratings, None, cohen_kappa)
    both = paired(ratings).astype(np.float64)
    n = both.sum(axis=(-1, -2))
    alike = np.einsum("...ii->...", both)
    by_chance = (both.sum(axis=-1) * both.sum(axis=-2)).sum(axis=-1)
    return np.where(n >= 2, divided(alike * n - by_chance, n * n - by_chance), np.nan)


def fleiss_kappa(counts: ArrayLike) -> Floats:
    """Fleiss' kappa of many raters over several units, chance from the shares of all ratings.

    Parameters
    ----------
    counts : array_like of int, shape (..., U, V)
        Per unit (item) how many raters chose each category; the numbers of raters may differ.

    Returns
    -------
    ndarray of float, shape (...)
        At most 1. NaN below two units with two ratings, or where all ratings lie in one category.

    Notes
    -----
    Missing: agreement rests on the units with two ratings or more; the share of a category is the mean of its
    shares over all units that anybody rated (Gwet's convention). Source: Fleiss (1971), Measuring nominal
    scale agreement among many raters, Psychological Bulletin 76, 378-382; Gwet (2014) for unequal numbers.

    Examples
    --------
    >>> round(float(fleiss_kappa([[3, 0], [0, 3], [2, 1]])), 4)
    0.55
    """
    given = _units(counts)
    seen = _agreement(given, np.eye(given.shape[-1]))
    expected = (_category_shares(given) ** 2).sum(axis=-1)
    return _beyond_chance(seen, expected)


def brennan_prediger(counts: ArrayLike, weights: str = "none", values: ArrayLike | None = None) -> Floats:
    """Brennan and Prediger's coefficient: chance as if all categories of the scale were equally likely.

    Parameters
    ----------
    counts : array_like of int, shape (..., U, V)
        Per unit (item) how many raters chose each category. Every category of the declared scale has its
        place, also if nobody chose it: their number is the chance.
    weights : "none", "linear", "quadratic" or "ordinal"
        See `agreement_weights`.
    values : array_like of float, shape (V,); without them the categories are one apart

    Returns
    -------
    ndarray of float, shape (...)
        At most 1, and 1 where all ratings lie in one category. NaN below two units with two ratings, or on a
        scale of one category.

    Notes
    -----
    Missing: units with fewer than two ratings are left out. Source: Brennan and Prediger (1981), Coefficient
    kappa: some uses, misuses, and alternatives, Educational and Psychological Measurement 41, 687-699.

    Examples
    --------
    >>> round(float(brennan_prediger([[3, 0], [0, 3], [2, 1]])), 4)
    0.5556
    """
    given = _units(counts)
    table = agreement_weights(given.shape[-1], weights, values)
    seen = _agreement(given, table)
    return _beyond_chance(seen, np.full(seen.shape, table.mean()))


def fleiss_randolph_kappa(counts: ArrayLike) -> Floats:
    """Free-marginal kappa of many raters: `brennan_prediger` without weights, under Randolph's name.

    Parameters, result and missing answers as there. Source: Randolph (2005), Free-marginal multirater kappa.

    Examples
    --------
    >>> round(float(fleiss_randolph_kappa([[3, 0], [0, 3], [2, 1]])), 4)
    0.5556
    """
    return brennan_prediger(counts)


def gwet_ac1(counts: ArrayLike) -> Floats:
    """Gwet's AC1: chance from how uncertain the categories are, so that skewed shares do not pull it down.

    Parameters
    ----------
    counts : array_like of int, shape (..., U, V)
        Per unit (item) how many raters chose each category of the declared scale, unused ones included.

    Returns
    -------
    ndarray of float, shape (...)
        At most 1, and 1 where all ratings lie in one category. NaN below two units with two ratings, or on a
        scale of one category.

    Notes
    -----
    Missing as in `fleiss_kappa`. Source: Gwet (2008), Computing inter-rater reliability and its variance in
    the presence of high agreement, British Journal of Mathematical and Statistical Psychology 61, 29-48.

    Examples
    --------
    >>> round(float(gwet_ac1([[3, 0], [0, 3], [2, 1]])), 4)
    0.561
    """
    return _gwet(counts, "none", None)


def gwet_ac2(counts: ArrayLike, weights: str = "quadratic", values: ArrayLike | None = None) -> Floats:
    """Gwet's AC2: AC1 in which near categories agree in part.

    Parameters
    ----------
    counts : array_like of int, shape (..., U, V)
        As in `gwet_ac1`, in scale order.
    weights : "linear", "quadratic" or "ordinal"
        See `agreement_weights`.
    values : array_like of float, shape (V,); without them the categories are one apart

    Returns
    -------
    ndarray of float, shape (...)
        As `gwet_ac1`.

    Notes
    -----
    Missing as in `fleiss_kappa`. Source: Gwet (2014), Handbook of Inter-Rater Reliability, chapter 3.

    Examples
    --------
    >>> round(float(gwet_ac2([[3, 0, 0], [0, 0, 3], [2, 1, 0]], "linear")), 4)
    0.7891
    """
    if weights not in ("linear", "quadratic", "ordinal"):
        raise ValueError(f"weights: is linear or quadratic or ordinal, got {weights!r}")
    return _gwet(counts, weights, values)


def conger_kappa(answers: ArrayLike) -> Floats:
    """Conger's kappa of many raters, chance from the shares of each rater; of two raters who rated all, Cohen's.

    Parameters
    ----------
    answers : array_like of float, shape (M, N)
        Rater × unit, NaN for no answer.

    Returns
    -------
    ndarray of float, shape ()
        At most 1. NaN below two raters, below two units with two ratings, or where all ratings lie in one
        category.

    Notes
    -----
    Missing: agreement rests on the units with two ratings or more, the shares of a rater on all that this
    rater rated. Source: Conger (1980), Integration and generalization of kappas for multiple raters,
    Psychological Bulletin 88, 322-328; Gwet (2014) for missing ratings.

    Examples
    --------
    >>> round(float(conger_kappa([[1, 1, 2, 2], [1, 2, 2, 2], [1, 1, 2, 2]])), 4)
    0.6667
    """
    given = as_answers(answers)
    given = given[~np.isnan(given).all(axis=1)]
    raters = len(given)
    if raters < 2:
        return np.asarray(np.nan)
    counts = units_of_answers(given)
    scale = np.unique(given[~np.isnan(given)])
    shares = divided(
        (given[:, :, None] == scale).sum(axis=1), (~np.isnan(given)).sum(axis=1)[:, None]
    )  # of each rater in each category
    expected = (shares.sum(axis=0) ** 2 - (shares**2).sum(axis=0)).sum() / (raters * (raters - 1))
    return _beyond_chance(_agreement(counts, np.eye(len(scale))), np.asarray(expected))


def _gwet(counts: ArrayLike, weights: str, values: ArrayLike | None) -> Floats:
    given = _units(counts)
    categories = given.shape[-1]
    table = agreement_weights(categories, weights, values)
    shares = _category_shares(given)
    spread = (shares * (1 - shares)).sum(axis=-1)
    expected = divided(table.sum() * spread, categories * (categories - 1))
    return _beyond_chance(_agreement(given, table), expected)


def _units(counts: ArrayLike) -> Counts:
    given = as_counts(counts)
    if given.ndim < 2:
        raise ValueError(f"counts: needs units and categories as last dimensions, got shape {given.shape}")
    return given


def _agreement(counts: Counts, weights: Floats) -> Floats:
    """Weighted agreement of pairs of raters, mean over the units with two ratings; NaN below two such units."""
    given = counts.astype(np.float64)
    raters = given.sum(axis=-1)
    pairs = (given * (given @ weights)).sum(axis=-1) - raters
    usable = raters >= 2
    per_unit = np.where(usable, divided(pairs, raters * (raters - 1)), 0.0)
    n_units = usable.sum(axis=-1)
    return np.where(n_units >= 2, divided(per_unit.sum(axis=-1), n_units), np.nan)


def _category_shares(counts: Counts) -> Floats:
    """Mean over the rated units of each category's share, (..., V)."""
    raters = counts.sum(axis=-1, keepdims=True)
    shares = np.where(raters > 0, divided(counts, raters), 0.0)
    return divided(shares.sum(axis=-2), (raters > 0).sum(axis=-2))


def _beyond_chance(seen: Floats, expected: Floats) -> Floats:
    return divided(seen - expected, 1 - expected)
