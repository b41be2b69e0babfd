"""Which agreement and polarisation measures a rule may name, each for one histogram or one pair of waves."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from delphi.decisions import exact

NOMINAL_MEASURES = ("shannon_entropy", "reynal_querol_polarization", "mode_share")
"""Measures that need no order of the categories."""

_ALIASES = {"van_der_eijk": "van_der_eijk_agreement"}


def full_name(measure: str) -> str:
    """The id of the catalogue for a measure that may be written shorter."""
    return _ALIASES.get(measure, measure)


def measure_value(measure: str, counts: tuple[int, ...]) -> Fraction | float | None:
    """Value of a measure of the catalogue; None where it is not defined for these counts.

    Van der Eijk's A and its polarisation are exact.
    """
    name = full_name(measure)
    if name in ("van_der_eijk_agreement", "van_der_eijk_polarization"):
        agreement = exact.agreement(counts)
        if agreement is None or name == "van_der_eijk_agreement":
            return agreement
        return (1 - agreement) / 2
    return _finite(_catalogue(name)(np.array(counts)), name)


def pair_measure_value(
    measure: str, pairs: NDArray[np.int64], weights: Literal["linear", "quadratic"] | None
) -> Fraction | float | None:
    """Value of a measure of change for the paired answers, shape (V, V); None where it is not defined.

    Weighted kappa is exact, quadratic unless the rule says otherwise.
    """
    if measure == "weighted_kappa":
        return exact.weighted_kappa(pairs.tolist(), 1 if weights == "linear" else 2)
    with_nobody = np.pad(pairs, (0, 1))  # the catalogue's matrices have a last row and column for "no answer"
    return _finite(_catalogue(measure)(with_nobody), measure)


def _catalogue(name: str) -> Callable[[NDArray[np.int64]], object]:
    """The function of this name in `delphi.statistics`; ids of the catalogue are names of functions."""
    from delphi import statistics

    function = getattr(statistics, name, None)
    if not callable(function):
        raise ValueError(f"no rule can name {name}: delphi.statistics has no such measure")
    return cast(Callable[[NDArray[np.int64]], object], function)


def _finite(value: object, name: str) -> float | None:
    result = np.asarray(value, dtype=np.float64)
    if result.ndim:
        raise ValueError(f"{name} is not one number and cannot be bounded")
    return float(result) if math.isfinite(result) else None
