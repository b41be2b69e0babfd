"""Constant-sum answers: how a total is shared out among options."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats, divided
from delphi.statistics.options import INVALID, one_of

METHODS = ("arithmetic", "aitchison")
"""Mean of the shares, or their geometric means made to add up to 1."""


@dataclass(frozen=True)
class Allocations:
    """Valid allocations as shares of the total, shape (m, N), which these are, and how many are invalid."""

    shares: Floats
    is_valid: NDArray[np.bool_]
    n_invalid: int


def as_allocations(
    allocations: ArrayLike,
    total: float = 100.0,
    tolerance: float = 0.0,
    blank_is_zero: bool = False,
    invalid: str = "left_out",
) -> Allocations:
    """Answers that share out the total, each as shares of its own sum.

    Parameters
    ----------
    allocations : array_like of float, shape (M, N)
        Respondent × option, from 0 on. A row of NaN is no answer.
    total : what an answer has to add up to
    tolerance : how far its sum may lie from that
    blank_is_zero : whether an option left blank in an answer got nothing; else the answer is invalid
    invalid : "left_out" or "refused"

    Raises
    ------
    ValueError
        If the array is no table, total or tolerance make no sense, or an answer is invalid and `invalid` is refused.
    """
    one_of("invalid", invalid, INVALID)
    given = np.asarray(allocations, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] == 0:
        raise ValueError(f"allocations: needs respondents and options as dimensions, got shape {given.shape}")
    if not 0 < total < np.inf:
        raise ValueError(f"total: is a number above 0, got {total}")
    if not 0 <= tolerance < total:
        raise ValueError(f"tolerance: is a number from 0 to below the total, got {tolerance}")
    is_answered = np.asarray(~np.isnan(given).all(axis=1))
    filled = np.nan_to_num(given, nan=0.0, posinf=np.inf) if blank_is_zero else given
    is_whole = np.asarray(np.isfinite(filled).all(axis=1))
    sums = np.where(is_whole[:, None], filled, 0.0).sum(axis=1)
    # Decimal fractions do not add up exactly in floats.
    near = np.abs(sums - total) <= tolerance + 1e-9 * total
    is_valid = np.asarray(is_answered & is_whole & near & (np.nan_to_num(filled) >= 0).all(axis=1))
    n_invalid = int((is_answered & ~is_valid).sum())
    if n_invalid and invalid == "refused":
        raise ValueError(
            f"allocations: {n_invalid} of {int(is_answered.sum())} are not whole numbers of parts from 0 on that add up to "
            f"{total:g}"
        )
    return Allocations(filled[is_valid] / sums[is_valid, None], is_valid, n_invalid)


@dataclass(frozen=True)
class AllocationMean:
    """Mean share and standard deviation (n - 1) per option, and how many answers they rest on."""

    share: Floats
    sd: Floats
    n: int
    n_invalid: int


def allocation_mean(
    allocations: ArrayLike,
    total: float = 100.0,
    tolerance: float = 0.0,
    method: str = "arithmetic",
    zero_share: float | None = None,
    blank_is_zero: bool = False,
    invalid: str = "left_out",
) -> AllocationMean:
    """Mean share of each option of a constant-sum question.

    Parameters
    ----------
    allocations : array_like of float, shape (M, N)
        Respondent × option, from 0 on. A row of NaN is no answer.
    total, tolerance : what an answer has to add up to, and how far its sum may lie from that
    method : "arithmetic" or "aitchison"
        Mean of the shares; or the geometric means of the options, made to add up to 1.
    zero_share : between 0 and 1 over the number of options
        With the Aitchison mean: a share of 0 counts as this much, the other shares of that answer shrink in proportion
        (multiplicative replacement). Without it an option that got nothing from somebody leaves the mean undefined.
    blank_is_zero : whether an option left blank in an answer got nothing; else the answer is invalid
    invalid : "left_out" or "refused"
        What happens to an answer that does not add up or has a negative part.

    Returns
    -------
    AllocationMean
        Arrays of shape (N,); the shares add up to 1, each answer divided by its own sum. NaN without a valid answer; `sd` also
        below two and with the Aitchison mean.

    Notes
    -----
    Shares of a total are not to be correlated as they are: where one rises another falls. Source: Aitchison (1986), The
    Statistical Analysis of Compositional Data; Martín-Fernández et al. (2003), Mathematical Geology 35, 253-278, for zeros.

    Examples
    --------
    >>> found = allocation_mean([[50, 50, 0], [70, 20, 10], [60, 60, 60]])
    >>> found.share.round(4).tolist(), found.n, found.n_invalid
    ([0.6, 0.35, 0.05], 2, 1)
    """
    one_of("method", method, METHODS)
    found = as_allocations(allocations, total, tolerance, blank_is_zero, invalid)
    n, options = found.shares.shape
    if zero_share is not None and (method != "aitchison" or not 0 < zero_share < 1 / options):
        raise ValueError(
            f"zero_share: lies between 0 and 1 over the {options} options, with the method aitchison, got {zero_share}"
        )
    if method == "aitchison":
        share = _aitchison(found.shares, zero_share)
        return AllocationMean(share, np.full(options, np.nan), n, found.n_invalid)
    share = divided(found.shares.sum(axis=0), np.full(options, n))
    squares = ((found.shares - share) ** 2).sum(axis=0)
    return AllocationMean(
        share, np.sqrt(divided(squares, np.full(options, max(n - 1, 0)))), n, found.n_invalid
    )


def _aitchison(shares: Floats, zero_share: float | None) -> Floats:
    """Geometric means, closed to 1."""
    nothing = np.full(shares.shape[1], np.nan)
    is_zero = shares == 0
    if not len(shares) or (is_zero.any() and zero_share is None):
        return nothing
    if zero_share is not None:
        kept = 1 - zero_share * is_zero.sum(axis=1, keepdims=True)
        shares = np.where(is_zero, zero_share, shares * kept)
    middle = np.exp(np.log(shares).mean(axis=0))
    return np.asarray(middle / middle.sum())
