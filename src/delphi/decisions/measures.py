"""What a measure of the catalogue comes to under the options of a rule: for one histogram, for many, for a pair of waves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.decisions import exact
from delphi.decisions.evidence import Ruler
from delphi.statistics.arrays import divided
from delphi.statistics.computing import value_of
from delphi.statistics.registry import Statistic
from delphi.study.measures import OF_RANKINGS, P, arguments, is_p, of_answers, of_change, of_rule
from delphi.study.model import MeasureClause, Option, StabilityRule, option_values

_HALF, _QUARTER = Fraction(1, 2), Fraction(1, 4)


@dataclass(frozen=True, slots=True)
class Measured:
    """Value of a measure, None where it is not defined; of a share also how many of all answers it counts."""

    value: Fraction | float | None
    numerator: int | None = None


def measured(clause: MeasureClause, counts: tuple[int, ...], ruler: Ruler, quantile_type: int) -> Measured:
    """A measure of one histogram, exactly where it has an exact form."""
    if clause.measure in OF_RANKINGS:
        return Measured(exact.concordance(ruler.orders, counts))
    entry, n = of_rule(clause.measure, of_answers()), sum(counts)
    name = entry.statistic_id
    given = _arguments(entry, clause.options, ruler, quantile_type)
    if name in _COUNTED:
        if n == 0:
            return Measured(None)
        x = _COUNTED[name](counts, given)
        return Measured(Fraction(x, n), x)
    if name in _EXACT:
        return Measured(_EXACT[name](counts, given))
    return Measured(_finite(value_of(entry, entry.function(np.array(counts), **given))))


def measured_of_many(
    clause: MeasureClause, counts: NDArray[np.int64], ruler: Ruler, quantile_type: int
) -> NDArray[np.float64]:
    """A measure of many histograms, shape (D, V) → (D,); NaN where it is not defined."""
    if clause.measure in OF_RANKINGS:
        return _concordance_of_many(counts, ruler)
    entry = of_rule(clause.measure, of_answers())
    given = _arguments(entry, clause.options, ruler, quantile_type)
    return value_of(entry, entry.function(counts, **given))


def measured_change(
    rule: StabilityRule, transitions: NDArray[np.int64], ruler: Ruler, quantile_type: int
) -> Fraction | float | None:
    """A measure of change, shape (V+1, V+1); None where it is not defined.

    Weighted kappa is exact, quadratic unless the rule says otherwise. What rests on two histograms gets those of the
    paired answers.
    """
    from delphi.statistics import margins

    if rule.measure == "weighted_kappa":
        return exact.weighted_kappa(transitions[:-1, :-1].tolist(), 1 if rule.weights == "linear" else 2)
    entry = of_rule(rule.measure, of_change())
    given = _arguments(entry, rule.options, ruler, quantile_type)
    data = (transitions,) if entry.takes == "transitions" else margins(transitions)
    found = entry.function(*data, **given)
    if is_p(rule.measure):
        return _finite(np.asarray(getattr(found, P.strip("_")), dtype=np.float64))
    return _finite(value_of(entry, found))


def measured_change_of_rankings(
    rule: StabilityRule, earlier: NDArray[np.float64], later: NDArray[np.float64]
) -> float | None:
    """A measure of change of rankings, each (M, N) with the same person in a row; None where it is not defined."""
    entry = of_rule(rule.measure, of_change())
    return _finite(value_of(entry, entry.function(earlier, later, **option_values(rule.options))))


def _concordance_of_many(counts: NDArray[np.int64], ruler: Ruler) -> NDArray[np.float64]:
    """`exact.concordance` of many panels, each given by how many gave each distinct ranking."""
    raters, objects = counts.sum(axis=1), len(ruler.orders[0]) if ruler.orders else 0
    if objects < 2:
        return np.full(len(counts), np.nan)
    sums = counts @ np.array(ruler.orders, dtype=np.int64)
    ties = counts @ np.array([exact.tied(one) for one in ruler.orders], dtype=np.int64)
    spread = objects * (sums.astype(np.float64) ** 2).sum(axis=1) - sums.sum(axis=1).astype(np.float64) ** 2
    bottom = objects * (
        raters.astype(np.float64) ** 2 * (objects**3 - objects) - raters.astype(np.float64) * ties
    )
    return np.where(raters >= 2, divided(3 * spread, bottom), np.nan)


def is_readable(entry: Statistic, options: tuple[Option, ...], ruler: Ruler) -> bool:
    """Whether a scale has every category that the options name."""
    return (
        arguments(entry, option_values(options), ruler.band_places, ruler.codes, ruler.values, 7) is not None
    )


def _arguments(
    entry: Statistic, options: tuple[Option, ...], ruler: Ruler, quantile_type: int
) -> dict[str, Any]:
    given = arguments(
        entry, option_values(options), ruler.band_places, ruler.codes, ruler.values, quantile_type
    )
    if given is None:
        raise ValueError(f"{entry.statistic_id}: the scale lacks a category that the rule names")
    return given


def _finite(value: NDArray[np.float64]) -> float | None:
    return float(value) if math.isfinite(value) else None


def _of(name: str) -> Callable[[tuple[int, ...], dict[str, Any]], int]:
    """Answers in the categories of an option."""
    return lambda counts, given: sum(n for n, is_in in zip(counts, given[name], strict=True) if is_in)


def _quantiles(
    *weights: tuple[Fraction, Fraction], least: int = 1
) -> Callable[[tuple[int, ...], dict[str, Any]], Fraction | None]:
    """A sum of quantiles, given as (share, weight); None below so many answers."""

    def value(counts: tuple[int, ...], given: dict[str, Any]) -> Fraction | None:
        if sum(counts) < least:
            return None
        kind, values = given["quantile_type"], given["values"]
        parts = [weight * exact.quantile(values, counts, share, kind) for share, weight in weights]
        return sum(parts, Fraction(0))

    return value


def _polarization(counts: tuple[int, ...], _: dict[str, Any]) -> Fraction | None:
    agreement = exact.agreement(counts)
    return None if agreement is None else (1 - agreement) / 2


_COUNTED: dict[str, Callable[[tuple[int, ...], dict[str, Any]], int]] = {
    "percent_agreement": _of("within"),
    "top_box": _of("top"),
    "bottom_box": _of("bottom"),
    "middle_box": _of("middle"),
    "mode_share": lambda counts, _: max(counts),
}
"""Measures that are a number of the valid answers."""
_EXACT: dict[str, Callable[[tuple[int, ...], dict[str, Any]], Fraction | None]] = {
    "van_der_eijk_agreement": lambda counts, _: exact.agreement(counts),
    "van_der_eijk_polarization": _polarization,
    "median": _quantiles((_HALF, Fraction(1))),
    "q1": _quantiles((_QUARTER, Fraction(1))),
    "q3": _quantiles((1 - _QUARTER, Fraction(1))),
    "iqr": _quantiles((1 - _QUARTER, Fraction(1)), (_QUARTER, Fraction(-1)), least=2),
    "interquartile_deviation": _quantiles((1 - _QUARTER, _HALF), (_QUARTER, -_HALF), least=2),
}
