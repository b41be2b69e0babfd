"""Distributions through the quantiles that a person stated: normal, lognormal, beta between bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats, divided

QUARTILES = (0.25, 0.5, 0.75)
STEPS = 300
"""Most steps of a search; it needs about ten."""
SETTLED = 1e-7
"""A search has settled where the sum of squares changes by less than this with a parameter."""
NEAR = 1e-6
"""Step for the slopes; their error of its square is far below the residuals."""

Curve = Callable[[Floats, Floats], Floats]
"""Quantiles (B, P) and two free parameters (B, 2) → probabilities (B, P)."""


@dataclass(frozen=True)
class Fit:
    """A distribution fitted to quantiles.

    Parameters
    ----------
    mean, sd : of the distribution, shape (...)
    first, second : its parameters, shape (...); mean and sd of the normal, mean and sd of the logarithm of the lognormal,
        both shapes of the beta
    residuals : shape (..., P), fitted minus stated probability at each quantile
    sum_of_squares : shape (...), of the residuals
    n : shape (...), quantiles stated
    """

    mean: Floats
    sd: Floats
    first: Floats
    second: Floats
    residuals: Floats
    sum_of_squares: Floats
    n: NDArray[np.int64]


def as_quantiles(quantiles: ArrayLike, probabilities: ArrayLike) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Stated quantiles (..., P), their probabilities (P,), and which rows are whole and do not fall (...).

    Raises
    ------
    ValueError
        If the probabilities do not rise between 0 and 1, are fewer than two, or are not as many as the quantiles.
    """
    given = np.asarray(quantiles, dtype=np.float64)
    p = np.asarray(probabilities, dtype=np.float64)
    if p.ndim != 1 or len(p) < 2 or not ((p > 0) & (p < 1)).all() or (np.diff(p) <= 0).any():
        raise ValueError("probabilities: are two or more that rise between 0 and 1")
    if given.ndim == 0 or given.shape[-1] != len(p):
        raise ValueError(
            f"quantiles: needs {len(p)} in the last dimension, one per probability, got shape {given.shape}"
        )
    with np.errstate(invalid="ignore"):
        in_order = np.isfinite(given).all(axis=-1) & (np.diff(given, axis=-1) >= 0).all(axis=-1)
    return given, p, np.asarray(in_order)


def quartiles_to_normal(quantiles: ArrayLike, probabilities: ArrayLike = QUARTILES) -> Fit:
    """Normal distribution fitted to quantiles by least squares on the probabilities.

    Parameters
    ----------
    quantiles : array_like of float, shape (..., P)
        What each person stated, in the unit of the answers; NaN is no answer.
    probabilities : array_like of float, shape (P,)
        Chance to lie below each of them, rising; the quartiles unless others are named.

    Returns
    -------
    Fit
        NaN where a quantile is missing or below the one before, where all are equal, and where the search does not settle.

    Notes
    -----
    Symmetric quartiles are met exactly: the median, and half their distance over 0.6745. Source: Oakley and O'Hagan, SHELF: the Sheffield Elicitation Framework; O'Hagan et al. (2006), Uncertain
    Judgements.

    Examples
    --------
    >>> found = quartiles_to_normal([20, 30, 40])
    >>> float(found.mean), round(float(found.sd), 3), float(found.sum_of_squares) < 1e-12
    (30.0, 14.826, True)
    """
    given, p, in_order = as_quantiles(quantiles, probabilities)
    first, second, residuals, n = _fitted(given, p, in_order, _normal, _normal_start)
    return Fit(first, second, first, second, residuals, (residuals**2).sum(axis=-1), n)


def quartiles_to_lognormal(
    quantiles: ArrayLike, probabilities: ArrayLike = QUARTILES, low: float = 0.0
) -> Fit:
    """Lognormal distribution above `low`, fitted to quantiles by least squares on the probabilities.

    Parameters
    ----------
    quantiles, probabilities : as in `quartiles_to_normal`
    low : the distribution begins here

    Returns
    -------
    Fit
        `first` and `second` are mean and standard deviation of the logarithm of what exceeds `low`. NaN as in
        `quartiles_to_normal`, and where a quantile is not above `low`.

    Notes
    -----
    Source: Oakley and O'Hagan, SHELF: the Sheffield Elicitation Framework.

    Examples
    --------
    >>> found = quartiles_to_lognormal([5, 10, 20])
    >>> round(float(found.first), 4), round(float(found.second), 4)
    (2.3026, 1.0277)
    """
    given, p, in_order = as_quantiles(quantiles, probabilities)
    if not np.isfinite(low):
        raise ValueError(f"low: is a number, got {low}")
    above = in_order & (np.where(in_order[..., None], given, 0.0) > low).all(axis=-1)
    logs = np.log(np.where(above[..., None], given - low, 1.0))
    first, second, residuals, _ = _fitted(logs, p, above, _normal, _normal_start)
    n = np.isfinite(given).sum(axis=-1)
    with np.errstate(over="ignore"):
        mean = np.exp(first + second**2 / 2)
        sd = mean * np.sqrt(np.expm1(second**2))
    mean, sd = (np.where(np.isfinite(sd), one, np.nan) for one in (mean, sd))
    return Fit(low + mean, sd, first, second, residuals, (residuals**2).sum(axis=-1), n)


def quartiles_to_beta(
    quantiles: ArrayLike, probabilities: ArrayLike = QUARTILES, low: float = 0.0, high: float = 1.0
) -> Fit:
    """Beta distribution between `low` and `high`, fitted to quantiles by least squares on the probabilities.

    Parameters
    ----------
    quantiles, probabilities : as in `quartiles_to_normal`
    low, high : bounds of the distribution

    Returns
    -------
    Fit
        `first` and `second` are the shapes of the beta. NaN as in `quartiles_to_normal`, and where a quantile does not lie
        between the bounds.

    Notes
    -----
    Source: Oakley and O'Hagan, SHELF: the Sheffield Elicitation Framework.

    Examples
    --------
    >>> found = quartiles_to_beta([0.25, 0.5, 0.75])  # the uniform distribution
    >>> round(float(found.first), 6), round(float(found.second), 6)
    (1.0, 1.0)
    """
    given, p, in_order = as_quantiles(quantiles, probabilities)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"low: lies below high, got {low} and {high}")
    shares = (given - low) / (high - low)
    inside = in_order & ((np.nan_to_num(shares, nan=-1.0) > 0) & (np.nan_to_num(shares, nan=-1.0) < 1)).all(
        axis=-1
    )
    first, second, residuals, n = _fitted(shares, p, inside, _beta, _beta_start)
    mean = first / (first + second)
    sd = np.sqrt(mean * (1 - mean) / (first + second + 1))
    return Fit(
        low + (high - low) * mean, (high - low) * sd, first, second, residuals, (residuals**2).sum(axis=-1), n
    )


def _fitted(
    given: Floats,
    p: Floats,
    usable: NDArray[np.bool_],
    curve: Curve,
    start: Callable[[Floats, Floats], Floats],
) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    """Both parameters, the residuals, and how many quantiles each row states."""
    found, residuals = np.full((*given.shape[:-1], 2), np.nan), np.full(given.shape, np.nan)
    fits = usable & (given[..., 0] != given[..., -1])
    rows = given[fits]
    is_normal = curve is _normal
    # A normal distribution on its own scale, so that the search does not depend on the unit.
    centre = rows.mean(axis=-1, keepdims=True) if is_normal else np.zeros((len(rows), 1))
    width = np.ptp(rows, axis=-1)[:, None] if is_normal else np.ones((len(rows), 1))
    scaled = (rows - centre) / width
    free, left, is_settled = _least_squares(curve, scaled, p, start(scaled, p))
    if is_normal:
        own = np.column_stack([free[:, 0] * width[:, 0] + centre[:, 0], np.exp(free[:, 1]) * width[:, 0]])
    else:
        own = np.exp(free)
    found[fits] = np.where(is_settled[:, None], own, np.nan)
    residuals[fits] = np.where(is_settled[:, None], left, np.nan)
    return found[..., 0], found[..., 1], residuals, np.isfinite(given).sum(axis=-1)


def _least_squares(
    curve: Curve, quantiles: Floats, p: Floats, free: Floats
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Parameters (B, 2) with the least sum of squared residuals, these (B, P), and where the search settled.

    Levenberg and Marquardt's method on all rows at once: a step that does not help is tried again, damped more.
    """
    free = free.copy()
    residuals = curve(quantiles, free) - p
    damping = np.full(len(free), 1e-3)
    steepest = np.full(len(free), np.inf)
    for _ in range(STEPS):
        slopes = np.stack([_slope(curve, quantiles, free, one) for one in (0, 1)], axis=-1)
        gradient = np.einsum("bpk,bp->bk", slopes, residuals)
        steepest = np.abs(gradient).max(axis=-1, initial=0.0)
        if ((steepest < 1e-13) | (damping > 1e12)).all():
            break
        bend = np.einsum("bpk,bpl->bkl", slopes, slopes)
        diagonal = np.einsum("bkk->bk", bend)
        diagonal += damping[:, None] * (diagonal + 1e-12)
        determinant = bend[:, 0, 0] * bend[:, 1, 1] - bend[:, 0, 1] * bend[:, 1, 0]
        turned = np.column_stack([
            bend[:, 1, 1] * gradient[:, 0] - bend[:, 0, 1] * gradient[:, 1],
            bend[:, 0, 0] * gradient[:, 1] - bend[:, 1, 0] * gradient[:, 0],
        ])  # fmt: skip
        step = np.clip(np.nan_to_num(divided(turned, determinant[:, None])), -2.0, 2.0)
        tried = curve(quantiles, free - step) - p
        is_better = (tried**2).sum(axis=-1) < (residuals**2).sum(axis=-1)
        free[is_better] -= step[is_better]
        residuals[is_better] = tried[is_better]
        damping = np.where(is_better, np.maximum(damping / 10, 1e-12), np.minimum(damping * 10, 1e13))
    # Where the curve is flat at all quantiles there is no slope either, but no fit.
    rises = np.ptp(residuals + p, axis=-1) > 0.01 * (p[-1] - p[0])
    return free, residuals, (steepest < SETTLED) & rises


def _slope(curve: Curve, quantiles: Floats, free: Floats, one: int) -> Floats:
    """Change of the probabilities (B, P) with one parameter, from both sides."""
    apart = np.zeros(2)
    apart[one] = NEAR
    return (curve(quantiles, free + apart) - curve(quantiles, free - apart)) / (2 * NEAR)


def _normal(quantiles: Floats, free: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr((quantiles - free[:, :1]) * np.exp(-np.clip(free[:, 1:], -50, 50))))


def _normal_start(quantiles: Floats, p: Floats) -> Floats:
    """The line through the quantiles over those of the standard normal distribution."""
    from scipy.special import ndtri

    z = ndtri(p)
    middle = quantiles.mean(axis=-1)
    slope = ((z - z.mean()) * (quantiles - middle[:, None])).sum(axis=-1) / ((z - z.mean()) ** 2).sum()
    return np.column_stack([middle - slope * z.mean(), np.log(slope)])


def _beta(quantiles: Floats, free: Floats) -> Floats:
    from scipy.special import betainc

    shapes = np.exp(np.clip(free, -15, 15))
    return np.asarray(betainc(shapes[:, :1], shapes[:, 1:], quantiles))


def _beta_start(quantiles: Floats, p: Floats) -> Floats:
    """Shapes with the mean and the standard deviation of a normal distribution near the quantiles."""
    centre, log_sd = _normal_start(quantiles, p).T
    mean = np.clip(centre, 1e-6, 1 - 1e-6)
    total = np.maximum(mean * (1 - mean) * np.exp(-2 * log_sd) - 1, 0.1)
    return np.log(np.column_stack([mean * total, (1 - mean) * total]))
