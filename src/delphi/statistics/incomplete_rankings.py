"""Concordance of rankings that may lack objects."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.agreement import Concordance, mid_ranks


def concordance_of_incomplete(ranks: ArrayLike) -> Concordance:
    """Concordance of rankings each of which may lack some objects, by a statistic of Friedman's type.

    Parameters
    ----------
    ranks : array_like of float, shape (M, N)
        Per rater the rank of each object, NaN for unranked: it says nothing, and least of all that the object
        comes last.

    Returns
    -------
    Concordance
        W in [0, 1]: the statistic of Skillings and Mack over its upper bound, the sum of (objects ranked - 1)
        over the rankings; on complete rankings it is Kendall's W, ties corrected. `n` counts the rankings of
        two objects or more. NaN below two such rankings, or where every one is one tie.

    Notes
    -----
    Each rater's mid-ranks among the own objects, less their mean, weigh the square root of 12 / (objects + 1);
    p by chi-square with as many degrees of freedom as the rank of their covariance (objects less groups of
    objects that no ranking joins). Source: Skillings and Mack (1981), On the use of a Friedman-type statistic
    in balanced and unbalanced block designs, Technometrics 23, 171-177.

    Examples
    --------
    >>> w, p, n = concordance_of_incomplete([[1, 2, 3], [1, 2, float("nan")], [1, 3, 2]])
    >>> round(w, 4), n
    (0.7973, 3)
    """
    given = np.asarray(ranks, dtype=np.float64)
    if given.ndim != 2:
        raise ValueError(f"ranks: needs raters and objects as dimensions, got shape {given.shape}")
    is_ranked = ~np.isnan(given)
    given, is_ranked = given[is_ranked.sum(axis=1) >= 2], is_ranked[is_ranked.sum(axis=1) >= 2]
    objects = given.shape[1]
    sums, covariance = np.zeros(objects), np.zeros((objects, objects))
    for row, own in zip(given, is_ranked, strict=True):
        k = int(own.sum())
        apart = np.zeros(objects)
        apart[own] = (mid_ranks(row[own]) - (k + 1) / 2) * np.sqrt(12 / (k + 1))
        sums += apart
        within = own.astype(np.float64)
        covariance += (apart @ apart) / (k - 1) * (np.diag(within) - np.outer(within, within) / k)
    if len(given) < 2 or not covariance.any():
        return Concordance(float("nan"), float("nan"), len(given))
    from scipy.special import chdtrc

    statistic = float(sums @ np.linalg.pinv(covariance, rcond=1e-10, hermitian=True) @ sums)
    freedom = int(np.linalg.matrix_rank(covariance, tol=1e-10 * covariance.max(), hermitian=True))
    w = statistic / float((is_ranked.sum(axis=1) - 1).sum())
    return Concordance(min(1.0, w), float(chdtrc(freedom, statistic)), len(given))
