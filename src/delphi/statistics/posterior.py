"""A share as a Bayesian sees it: the beta posterior, and the chance that the share lies above a threshold."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Floats
from delphi.statistics.intervals import as_share, checked_confidence


class Posterior(NamedTuple):
    """Mean, median and equal-tailed interval of a beta posterior; each of shape (...)."""

    mean: Floats
    median: Floats
    low: Floats
    high: Floats


def beta_posterior(
    successes: ArrayLike,
    n: ArrayLike,
    prior_a: float = 0.5,
    prior_b: float = 0.5,
    confidence: float = 0.95,
) -> Posterior:
    """Posterior of a share: Beta(a + successes, b + n - successes).

    Parameters
    ----------
    successes, n : array_like of int, shape (...)
    prior_a, prior_b : above 0; 1/2 and 1/2 are Jeffreys' prior, 1 and 1 the uniform one
    confidence : posterior chance of the interval, between 0 and 1

    Returns
    -------
    Posterior
        Fractions in [0, 1]. NaN where n is 0: that would be the prior, not a result.

    Raises
    ------
    ValueError
        If successes exceed n, a prior is not above 0, or the confidence does not lie between 0 and 1.

    Notes
    -----
    Missing: non-answers are in neither number. Source: Brown, Cai and DasGupta (2001); Gelman et al. (2013), Bayesian
    Data Analysis, section 2.4.

    Examples
    --------
    >>> found = beta_posterior(42, 60)
    >>> round(float(found.mean), 4), round(float(found.low), 4), round(float(found.high), 4)
    (0.6967, 0.5767, 0.8045)
    """
    from scipy.special import betaincinv

    many, size = as_share(successes, n)
    tail = (1 - checked_confidence(confidence)) / 2
    first, second = _updated(many, size, prior_a, prior_b)
    found = (first / (first + second), *(betaincinv(first, second, p) for p in (0.5, tail, 1 - tail)))
    return Posterior(*(np.where(size > 0, one, np.nan) for one in found))


def prob_above_threshold(
    successes: ArrayLike,
    n: ArrayLike,
    threshold: float,
    prior_a: float = 0.5,
    prior_b: float = 0.5,
) -> Floats:
    """Posterior chance that a share is at least the threshold.

    Parameters
    ----------
    successes, n, prior_a, prior_b : as in `beta_posterior`
    threshold : a fraction in [0, 1]

    Returns
    -------
    ndarray of float, shape (...)
        A chance in [0, 1]; NaN where n is 0.

    Raises
    ------
    ValueError
        As in `beta_posterior`, or if the threshold does not lie between 0 and 1.

    Notes
    -----
    A share that only just passes its threshold is above it with about an even chance. Source: as in `beta_posterior`.

    Examples
    --------
    >>> round(float(prob_above_threshold(42, 60, 0.7)), 2)  # 70 % of 60 meet a rule of 70 %
    0.49
    """
    from scipy.special import betaincc

    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold: has to lie between 0 and 1, got {threshold}")
    many, size = as_share(successes, n)
    first, second = _updated(many, size, prior_a, prior_b)
    return np.where(size > 0, betaincc(first, second, threshold), np.nan)


def _updated(many: ArrayLike, size: ArrayLike, prior_a: float, prior_b: float) -> tuple[Floats, Floats]:
    for name, prior in (("prior_a", prior_a), ("prior_b", prior_b)):
        if not (np.isfinite(prior) and prior > 0):
            raise ValueError(f"{name}: is a number above 0, got {prior}")
    return np.asarray(many) + prior_a, np.asarray(size) - np.asarray(many) + prior_b
