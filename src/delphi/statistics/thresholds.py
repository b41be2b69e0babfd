"""Shares compared with a threshold as whole numbers, so that no rounding decides."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.statistics.arrays import Counts

Where = NDArray[np.bool_]


def as_share(threshold: Any, name: str, least: Fraction = Fraction(0)) -> Fraction:
    """A threshold as the exact fraction that was meant: 0.7 is 7/10, not the float beside it.

    Raises
    ------
    ValueError
        If it is no number between `least` and 1.

    Examples
    --------
    >>> as_share(0.15, "less_than")
    Fraction(3, 20)
    """
    try:
        share = Fraction(threshold).limit_denominator(1_000_000)
    except (TypeError, ValueError, OverflowError):
        share = Fraction(-1)
    if not least <= share <= 1:
        raise ValueError(f"{name}: is a share from {least} to 1, got {threshold!r}")
    return share


def as_minimum(min_n: int) -> int:
    """How many answers a decision needs.

    Raises
    ------
    ValueError
        If it is not a whole number from 1 on.
    """
    if min_n < 1 or min_n != int(min_n):
        raise ValueError(f"min_n: is 1, 2, 3, ... answers, got {min_n}")
    return int(min_n)


def reaches(part: Counts, whole: Counts, share: Fraction) -> Where:
    """Where `part` is at least this share of `whole`.

    Examples
    --------
    >>> bool(reaches(7, 10, as_share(0.7, "at_least")))
    True
    """
    return np.asarray(share.denominator * part >= share.numerator * whole)


def exceeds(part: Counts, whole: Counts, share: Fraction) -> Where:
    """Where `part` is more than this share of `whole`.

    Examples
    --------
    >>> bool(exceeds(5, 10, as_share(0.5, "majority")))
    False
    """
    return np.asarray(share.denominator * part > share.numerator * whole)


def stays_under(part: Counts, whole: Counts, share: Fraction) -> Where:
    """Where `part` is less than this share of `whole`.

    Examples
    --------
    >>> bool(stays_under(3, 20, as_share(0.15, "less_than")))
    False
    """
    return ~reaches(part, whole, share)
