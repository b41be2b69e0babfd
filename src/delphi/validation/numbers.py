"""Plain numbers as people type them: nothing else counts as a number, and nothing is repaired."""

from __future__ import annotations

import math
import re
from functools import lru_cache

_STORED = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[+-][0-9]{2,3})?")


@lru_cache(maxsize=2)
def _pattern(decimal: str) -> re.Pattern[str]:
    return re.compile(rf"-?[0-9]+(?:{re.escape(decimal)}[0-9]+)?")


def plain_number(text: str, decimal: str = ".") -> float | None:
    """The number a text stands for; None when it is none.

    Only a minus, the digits 0-9 and one decimal sign are read: no exponent, no plus, no grouping of
    thousands, no digits of other scripts, no infinity.

    Examples
    --------
    >>> [plain_number(text) for text in ("7.0", "-1", "4,5", "1e1", "1_0", "٧", "inf", "+7")]
    [7.0, -1.0, None, None, None, None, None, None]
    >>> plain_number("4,5", ",")
    4.5
    """
    if not _pattern(decimal).fullmatch(text):
        return None
    number = float(text.replace(decimal, "."))
    return number + 0.0 if math.isfinite(number) else None


def stored_number(text: str) -> float | None:
    """The number behind the text that the reader of a typed file (a workbook, SPSS) made of it.

    Such texts are the shortest that read back the same, whatever decimal sign people use.

    Examples
    --------
    >>> stored_number("1e-05"), stored_number("4.5"), stored_number("1.000"), stored_number("1e1")
    (1e-05, 4.5, None, None)
    """
    if not _STORED.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) and repr(number) == text else None


def whole(number: float) -> bool:
    """Whether a number has a zero fraction."""
    return number.is_integer()


def integer_text(text: str, decimal: str = ".") -> str | None:
    """How a whole number is written plainly: ``7.0`` as ``7``; None for everything else.

    Examples
    --------
    >>> integer_text("-90.0"), integer_text("007"), integer_text("4.5")
    ('-90', '7', None)
    """
    number = plain_number(text, decimal)
    if number is None or not number.is_integer() or abs(number) >= 2**53:
        return None
    return str(int(number))


def has_foreign_digit(text: str) -> bool:
    """Whether a text holds digits other than 0-9.

    Examples
    --------
    >>> has_foreign_digit("٧"), has_foreign_digit("7")
    (True, False)
    """
    return not text.isascii() and any(sign.isdigit() and not sign.isascii() for sign in text)
