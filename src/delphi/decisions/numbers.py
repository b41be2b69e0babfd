"""Numbers, bounds and bands in sentences: never rounded onto the other side of a bound."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

from delphi.decisions import exact
from delphi.study.model import Band, Operator

OPERATORS: dict[Operator, str] = {
    "at_least": "at least", "at_most": "at most", "more_than": "more than", "less_than": "less than",
}  # fmt: skip
_MOST_DECIMALS = 6


def percent(value: Fraction, bound: Fraction | None = None) -> str:
    """A share in per cent with one decimal, or as many as it takes not to look like the bound that it is not.

    Examples
    --------
    >>> percent(Fraction(42, 60), Fraction(7, 10)), percent(Fraction(39, 56), Fraction(7, 10))
    ('70.0 %', '69.6 %')
    >>> percent(Fraction(6999, 10000), Fraction(7, 10))
    '69.99 %'
    """
    return percent_of(value.numerator, value.denominator, bound)


def percent_of(numerator: int, denominator: int, bound: Fraction | None = None) -> str:
    """The same of two whole numbers, without making a fraction of them first.

    Examples
    --------
    >>> percent_of(42, 60, Fraction(7, 10)), percent_of(39, 56, Fraction(7, 10))
    ('70.0 %', '69.6 %')
    """
    return f"{_shown(numerator, denominator, bound, 1, 100)} %"


def number(value: Fraction | float, bound: Fraction | None = None) -> str:
    """A value with up to two decimals, or as many as it takes not to look like the bound that it is not.

    Examples
    --------
    >>> number(Fraction(13, 2)), number(Fraction(2)), number(Fraction(1, 3000), Fraction(0))
    ('6.5', '2', '0.0003')
    """
    exact = Fraction(value)
    if isinstance(value, float) and bound is not None and math.isclose(value, float(bound), abs_tol=1e-9):
        exact = bound
    text = _shown(exact.numerator, exact.denominator, bound, 2)
    return text.rstrip("0").rstrip(".") if "." in text else text


def probability(value: Fraction | float, bound: Fraction | None = None) -> str:
    """A p-value with up to three decimals, or as many as it takes not to look like the bound that it is not.

    Examples
    --------
    >>> probability(0.0213, Fraction(1, 20)), probability(0.0002, Fraction(1, 20)), probability(0.04999, Fraction(1, 20))
    ('0.021', 'below 0.001', '0.04999')
    """
    if value < Fraction(1, 1000) and (bound is None or bound >= Fraction(1, 1000)):
        return "below 0.001"
    shown = Fraction(value)
    text = _shown(shown.numerator, shown.denominator, bound, 3)
    return text.rstrip("0").rstrip(".")


def bound_percent(bound: Fraction) -> str:
    """A threshold in per cent, as short as it can be: ``70 %``, ``66.67 %``."""
    # Two whole numbers are looked up in a fraction of the time of a fraction.
    return _bound_percent(bound.numerator, bound.denominator)


@lru_cache(maxsize=256)
def _bound_percent(numerator: int, denominator: int) -> str:
    bound = Fraction(numerator, denominator)
    return f"{number(bound * 100)} %" if (bound * 10000).denominator == 1 else f"{float(bound * 100):.6g} %"


def bound_text(op: Operator, bound: Fraction) -> str:
    """A bound of a share: ``at least 70 %``."""
    return f"{OPERATORS[op]} {bound_percent(bound)}"


def band_text(band: Band) -> str:
    """A band with its ends: ``high (7-9)``."""
    return f"{band.name} ({_end(band.low)}-{_end(band.high)})"


@lru_cache(maxsize=256)
def _end(value: float) -> str:
    return number(Fraction(value))


def missing_text(op: Operator, count: int) -> str:
    """How many more, or fewer, it would have taken."""
    if op in ("at_least", "more_than"):
        return f": {count} more {'was' if count == 1 else 'were'} needed"
    return f": {count} too many"


def needed_text(op: Operator, bound: Fraction, x: int, n: int, holds: bool | None) -> str:
    """How many of n a bound comes to, and how many more or fewer it would have taken."""
    needed = exact.needed(n, op, bound)
    if not 0 <= needed <= n:
        return f", which {n} answers cannot give" if holds is False else ""
    strict = {"more_than": "at least ", "less_than": "at most "}.get(op, "")
    lack = missing_text(op, abs(needed - x)) if holds is False else ""
    return f", i.e. {strict}{needed}{lack}"


def _shown(top: int, bottom: int, bound: Fraction | None, places: int, times: int = 1) -> str:
    """Decimal text with so many places, or as many more as it takes to stay on the value's side of the bound.

    In whole numbers throughout: a report has thousands of these.
    """
    top *= times
    if bound is None:
        return _fixed((2 * top * 10**places + bottom) // (2 * bottom), places)
    bound_top, bound_bottom = bound.numerator * times, bound.denominator
    side = _sign(top * bound_bottom - bound_top * bottom)
    while places < _MOST_DECIMALS:
        rounded = (2 * top * 10**places + bottom) // (2 * bottom)
        if _sign(rounded * bound_bottom - bound_top * 10**places) == side:
            return _fixed(rounded, places)
        places += 1
    return _fixed(top * 10**places // bottom, places)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _fixed(scaled: int, places: int) -> str:
    """A whole number of units of the last place, written as a decimal."""
    digits = str(abs(scaled)).rjust(places + 1, "0")
    return f"{'-' if scaled < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def listed(names: tuple[str, ...] | list[str], word: str = "and") -> str:
    """Names as a sentence lists them.

    Examples
    --------
    >>> listed(["company", "government", "ngo"])
    'company, government and ngo'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"
