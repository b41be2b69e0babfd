"""One opinion from many: pooled probabilities, averaged quantiles, mixtures of distributions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats, divided
from delphi.statistics.numbers import as_numbers
from delphi.statistics.options import one_of
from delphi.statistics.quantile_fits import (
    QUARTILES,
    Fit,
    as_quantiles,
    quartiles_to_beta,
    quartiles_to_lognormal,
    quartiles_to_normal,
)

METHODS = ("arithmetic", "geometric", "log_odds", "probit")
FAMILIES = ("normal", "lognormal", "beta", "piecewise")
"""Distribution of each person: one of the fits, or straight lines between the stated quantiles and the bounds."""
HALVINGS = 200
"""Steps in which a quantile of the pool is closed in; 60 exhaust a double."""


def probability_pool(numbers: ArrayLike, method: str = "arithmetic", epsilon: float | None = None) -> Floats:
    """Pooled probability of a panel.

    Parameters
    ----------
    numbers : array_like of float, shape (..., M)
        Probabilities from 0 to 1, NaN for no answer.
    method : "arithmetic", "geometric", "log_odds" or "probit"
        Mean of the probabilities, their geometric mean, or the mean of their log-odds or probits turned back.
    epsilon : between 0 and one half
        Certain answers count as `epsilon` and 1 - `epsilon` in the last three; without it they leave the pool undefined,
        since one person who says 0 would decide it alone.

    Returns
    -------
    ndarray of float, shape (...)
        From 0 to 1; NaN without an answer; without `epsilon` also where one is 0 (geometric), or 0 or 1 (log-odds and
        probit).

    Notes
    -----
    The geometric mean is not divided by that of the complements; done so it would equal the log-odds pool. Source: Genest and
    Zidek (1986), Statistical Science 1, 114-135; Hanea et al. (2021), PLoS ONE 16, e0256919.

    Examples
    --------
    >>> [round(float(probability_pool([0.2, 0.5, 0.95], method)), 4) for method in METHODS]
    [0.55, 0.4563, 0.627, 0.6056]
    """
    one_of("method", method, METHODS)
    given = as_numbers(numbers)
    if ((given < 0) | (given > 1)).any():
        raise ValueError("numbers: probabilities lie between 0 and 1")
    if epsilon is not None and not 0 < epsilon < 0.5:
        raise ValueError(f"epsilon: lies between 0 and 0.5, got {epsilon}")
    if method == "arithmetic":
        return _mean(given, given)
    if epsilon is not None:
        given = np.clip(given, epsilon, 1 - epsilon)
    is_certain = (given == 0) | ((given == 1) & (method != "geometric"))
    inner = np.where(is_certain, 0.5, given)
    if method == "geometric":
        pooled = np.exp(_mean(np.log(inner), given))
    elif method == "log_odds":
        pooled = 1 / (1 + np.exp(-_mean(np.log(inner / (1 - inner)), given)))
    else:
        from scipy.special import ndtr, ndtri

        pooled = ndtr(_mean(ndtri(inner), given))
    return np.where(is_certain.any(axis=-1), np.nan, pooled)


def _mean(transformed: Floats, given: Floats) -> Floats:
    is_given = ~np.isnan(given)
    return divided(np.where(is_given, transformed, 0.0).sum(axis=-1), is_given.sum(axis=-1))


@dataclass(frozen=True)
class QuantileAverage:
    """Averaged quantiles, shape (..., P), and how many persons they rest on, shape (...)."""

    quantiles: Floats
    n: NDArray[np.int64]
    n_invalid: NDArray[np.int64]


def quantile_average(
    quantiles: ArrayLike, probabilities: ArrayLike = QUARTILES, weights: ArrayLike | None = None
) -> QuantileAverage:
    """Mean of the persons' quantiles at the same probability (Vincent averaging).

    Parameters
    ----------
    quantiles : array_like of float, shape (..., M, P)
        What each person stated, in the unit of the answers; NaN is no answer.
    probabilities : array_like of float, shape (P,)
        Chance to lie below each of them, rising.
    weights : array_like of float, shape (M,)
        Of the persons, from 0 on; all the same unless given.

    Returns
    -------
    QuantileAverage
        NaN without a person. Persons whose quantiles are not whole, or fall, are left out and counted in `n_invalid`.

    Notes
    -----
    Narrower than the linear pool: of two normal distributions it is a normal one with the mean of their means and of
    their standard deviations. Source: Vincent (1912); Lichtendahl, Grushka-Cockayne and Winkler (2013), Management Science
    59, 1594-1611.

    Examples
    --------
    >>> quantile_average([[10, 20, 30], [20, 40, 90]]).quantiles.tolist()
    [15.0, 30.0, 60.0]
    """
    given, _, usable = _persons(quantiles, probabilities)
    weight = np.where(usable, _weights(weights, given.shape[-2]), 0.0)
    total = (np.where(usable[..., None], given, 0.0) * weight[..., None]).sum(axis=-2)
    is_answered = ~np.isnan(given).all(axis=-1)
    return QuantileAverage(
        divided(total, weight.sum(axis=-1)[..., None]),
        (weight > 0).sum(axis=-1), (is_answered & ~usable).sum(axis=-1),
    )  # fmt: skip


@dataclass(frozen=True)
class LinearPool:
    """The mixture of the persons' distributions.

    Parameters
    ----------
    cdf : shape (..., X), chance to lie at or below each `x`
    quantiles : shape (..., A), at the probabilities `at`
    mean, variance : shape (...), of the mixture
    n, n_invalid : shape (...), persons pooled, and answered but left out
    """

    cdf: Floats
    quantiles: Floats
    mean: Floats
    variance: Floats
    n: NDArray[np.int64]
    n_invalid: NDArray[np.int64]


def linear_pool_cdf(
    quantiles: ArrayLike,
    x: ArrayLike,
    probabilities: ArrayLike = QUARTILES,
    at: ArrayLike = (0.05, 0.5, 0.95),
    family: str = "normal",
    low: float | None = None,
    high: float | None = None,
    weights: ArrayLike | None = None,
) -> LinearPool:
    """Linear opinion pool: the weighted mean of the persons' distributions.

    Parameters
    ----------
    quantiles : array_like of float, shape (..., M, P)
        What each person stated, in the unit of the answers; NaN is no answer.
    x : array_like of float, shape (X,)
        Where the pooled distribution function is wanted.
    probabilities : array_like of float, shape (P,)
        Chance to lie below each of the stated quantiles, rising.
    at : array_like of float, shape (A,)
        Probabilities whose pooled quantiles are wanted.
    family : "normal", "lognormal", "beta" or "piecewise"
        Each person's distribution: fitted as in `quartiles_to_normal`, `quartiles_to_lognormal` (above `low`),
        `quartiles_to_beta` (between `low` and `high`); or even between the stated quantiles and the bounds.
    low, high : bounds; needed for beta and piecewise; the lognormal begins at `low`, or at 0
    weights : array_like of float, shape (M,)
        Of the persons, from 0 on; all the same unless given.

    Returns
    -------
    LinearPool
        NaN without a person. Persons whose quantiles are not whole, fall, lie outside the bounds or admit no fit are left out
        and counted in `n_invalid`.

    Notes
    -----
    Quantiles by inversion of the pooled function; moments from those of the persons: the mean of the means, and the mean of
    variance plus squared mean, less the square of the pooled mean. Wider than the averaged quantiles, as disagreement adds to
    it. Source: Stone (1961), Annals of Mathematical Statistics 32, 1339-1342; Oakley and O'Hagan, SHELF.

    Examples
    --------
    >>> found = linear_pool_cdf([[-0.6745, 0, 0.6745], [9.3255, 10, 10.6745]], x=[5], at=[0.5])
    >>> found.cdf.round(4).tolist(), round(float(found.mean), 4), round(float(found.variance), 2)
    ([0.5], 5.0, 26.0)
    """
    one_of("family", family, FAMILIES)
    given, p, whole = _persons(quantiles, probabilities)
    places, wanted = np.asarray(x, dtype=np.float64), np.asarray(at, dtype=np.float64)
    if places.ndim != 1 or not np.isfinite(places).all():
        raise ValueError("x: is a list of numbers")
    if wanted.ndim != 1 or not ((wanted > 0) & (wanted < 1)).all():
        raise ValueError("at: is a list of probabilities between 0 and 1")
    own = (
        _piecewise(given, p, whole, low, high)
        if family == "piecewise"
        else _fits(given, p, family, low, high)
    )
    usable = np.isfinite(own.mean)
    weight = np.where(usable, _weights(weights, given.shape[-2]), 0.0)
    share = divided(weight, weight.sum(axis=-1, keepdims=True))
    mean = (share * np.nan_to_num(own.mean)).sum(axis=-1)
    spread = (share * np.nan_to_num(own.sd**2 + (own.mean - mean[..., None]) ** 2)).sum(axis=-1)
    is_answered = ~np.isnan(given).all(axis=-1)
    return LinearPool(
        _pooled(own, share, places), _inverted(own, share, wanted),
        mean, spread,
        (weight > 0).sum(axis=-1), (is_answered & ~usable).sum(axis=-1),
    )  # fmt: skip


@dataclass(frozen=True)
class _Persons:
    """Distributions of the persons, each (..., M): moments, and the functions (..., M) × (..., K) → (..., M, K)."""

    mean: Floats
    sd: Floats
    chance: Callable[[Floats], Floats]
    inverse: Callable[[Floats], Floats]


def _persons(quantiles: ArrayLike, probabilities: ArrayLike) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    given, p, in_order = as_quantiles(quantiles, probabilities)
    if given.ndim < 2:
        raise ValueError(
            f"quantiles: needs persons and quantiles as last dimensions, got shape {given.shape}"
        )
    return given, p, in_order


def _weights(weights: ArrayLike | None, persons: int) -> Floats:
    if weights is None:
        return np.ones(persons)
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (persons,) or not np.isfinite(given).all() or (given < 0).any() or not given.any():
        raise ValueError(f"weights: are {persons} numbers from 0 on, one per person, not all 0")
    return given


def _fits(given: Floats, p: Floats, family: str, low: float | None, high: float | None) -> _Persons:
    from scipy.special import betainc, betaincinv, ndtr, ndtri

    if family == "beta":
        if low is None or high is None:
            raise ValueError("low: and high are needed for the family beta")
        fit, width = quartiles_to_beta(given, p, low, high), high - low
        first, second = _filled(fit)
        return _Persons(
            fit.mean, fit.sd,
            lambda x: betainc(first, second, np.clip((x - low) / width, 0, 1)),
            lambda q: low + width * betaincinv(first, second, q),
        )  # fmt: skip
    if family == "lognormal":
        start = 0.0 if low is None else low
        fit = quartiles_to_lognormal(given, p, start)
        first, second = _filled(fit)
        return _Persons(
            fit.mean, fit.sd,
            lambda x: ndtr((np.log(np.maximum(x - start, 1e-300)) - first) / second),
            lambda q: start + np.exp(first + second * ndtri(q)),
        )  # fmt: skip
    fit = quartiles_to_normal(given, p)
    first, second = _filled(fit)
    return _Persons(
        fit.mean, fit.sd, lambda x: ndtr((x - first) / second), lambda q: first + second * ndtri(q)
    )


def _filled(fit: Fit) -> tuple[Floats, Floats]:
    """Both parameters with a last dimension of one; those without a fit are 1 and get no weight."""
    known = np.isfinite(fit.mean)
    return np.where(known, fit.first, 1.0)[..., None], np.where(known, fit.second, 1.0)[..., None]


def _piecewise(
    given: Floats, p: Floats, whole: NDArray[np.bool_], low: float | None, high: float | None
) -> _Persons:
    """Even chances between the bounds and the stated quantiles."""
    if low is None or high is None or not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError("low: and high, low below high, are needed for the family piecewise")
    usable = whole & ((np.nan_to_num(given) >= low) & (np.nan_to_num(given) <= high)).all(axis=-1)
    inner = np.where(usable[..., None], given, low + (high - low) * p)
    ends = np.broadcast_to(np.array([low, high]), (*inner.shape[:-1], 2))
    knots = np.concatenate([ends[..., :1], inner, ends[..., 1:]], axis=-1)
    levels = np.concatenate([[0.0], p, [1.0]])
    chances = np.diff(levels)
    first, last = knots[..., :-1], knots[..., 1:]
    mean = ((first + last) / 2 * chances).sum(axis=-1)
    around = ((first**2 + first * last + last**2) / 3 * chances).sum(axis=-1)
    sd = np.sqrt(np.maximum(around - mean**2, 0.0))

    def chance(x: Floats) -> Floats:
        """To lie at or below; where knots coincide it jumps."""
        place = np.clip((knots[..., None, :] <= x[..., None]).sum(axis=-1), 1, len(levels) - 1)
        start, end = (np.take_along_axis(knots, at, axis=-1) for at in (place - 1, place))
        width = end - start
        part = np.where(width > 0, (x - start) / np.where(width > 0, width, 1.0), 1.0)
        return levels[place - 1] + np.clip(part, 0.0, 1.0) * (levels[place] - levels[place - 1])

    def inverse(q: Floats) -> Floats:
        place = np.clip(np.searchsorted(levels, q), 1, len(levels) - 1)
        part = (q - levels[place - 1]) / (levels[place] - levels[place - 1])
        return knots[..., place - 1] + part * (knots[..., place] - knots[..., place - 1])

    return _Persons(np.where(usable, mean, np.nan), np.where(usable, sd, np.nan), chance, inverse)


def _pooled(own: _Persons, share: Floats, places: Floats) -> Floats:
    """Mixture (..., X) at `places`, of shape (X,) or, one list per case, (..., X)."""
    each = own.chance(places[..., None, :] if places.ndim > 1 else places)
    return np.minimum(
        (share[..., None] * each).sum(axis=-2), 1.0
    )  # rounding must not carry it past certainty


def _inverted(own: _Persons, share: Floats, wanted: Floats) -> Floats:
    """Quantiles of the mixture (..., A): between the lowest and the highest of the persons', closed in by halving."""
    each = own.inverse(wanted)
    counts = (share > 0)[..., None]
    below = np.where(counts, each, np.inf).min(axis=-2)
    above = np.where(counts, each, -np.inf).max(axis=-2)
    is_defined = np.isfinite(below) & np.isfinite(above)
    below, above = np.where(is_defined, below, 0.0), np.where(is_defined, above, 0.0)
    for _ in range(HALVINGS):
        middle = (below + above) / 2
        if ((middle == below) | (middle == above)).all():
            break
        reached = _pooled(own, share, middle)
        enough = reached >= wanted
        below, above = np.where(enough, below, middle), np.where(enough, middle, above)
    return np.where(is_defined, above, np.nan)
