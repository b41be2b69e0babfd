"""Text of typed cells (workbooks, Parquet, SPSS, Stata), as the researcher would have typed it."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from delphi.ingest.records import clean

EXACT = 2**53
"""Whole numbers from here on do not all exist as floating-point numbers."""


def text_of(value: object) -> str:
    """Text of one cell.

    A number with a zero fraction is written without it, others in the shortest form that reads back the same;
    truth is TRUE or FALSE; times are ISO; nothing and "not a number" are the empty text.

    Examples
    --------
    >>> [text_of(value) for value in (7.0, 0.1, True, None, "00042", date(2026, 3, 1))]
    ['7', '0.1', 'TRUE', '', '00042', '2026-03-01']
    """
    if isinstance(value, str):
        return clean(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, datetime):
        return _to_second(value).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return float_text(value.total_seconds())
    if isinstance(value, (int, Decimal)):
        return str(value)
    return clean(str(value))


def float_text(value: float) -> str:
    """Text of a floating-point number.

    Examples
    --------
    >>> float_text(1e22), float_text(2.5), float_text(float("nan"))
    ('1e+22', '2.5', '')
    """
    if math.isnan(value):
        return ""
    if value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    return repr(value)


def _to_second(moment: datetime) -> datetime:
    """Serial dates of workbooks miss whole seconds by some microseconds."""
    off = (moment.microsecond + 500_000) % 1_000_000 - 500_000
    return moment - timedelta(microseconds=off) if abs(off) <= 500 else moment
