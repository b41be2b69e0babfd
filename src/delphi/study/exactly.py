"""Small written values made exact: shares as fractions, days as instants, raw texts as text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from zoneinfo import ZoneInfo

_PERCENT = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*%\s*\Z")
_NUMBER = re.compile(r"\s*-?[0-9]+(?:\.[0-9]+)?\s*\Z")
_SPAN = re.compile(r"([0-9]+)\s*([dhm])\Z")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def fraction(value: str | int | float) -> Fraction:
    """`"70%"` and 0.7 alike are exactly 7/10.

    Raises
    ------
    ValueError
        If it is neither a percentage nor a number.
    """
    if isinstance(value, str):
        if found := _PERCENT.match(value):
            return Fraction(Decimal(found[1])) / 100
        if not _NUMBER.match(value):
            raise ValueError(f'{value!r} is neither a percentage such as "70%" nor a number')
        return Fraction(Decimal(value.strip()))
    if not isfinite(value):
        raise ValueError("the number is larger than any share or bound")
    return Fraction(Decimal(repr(value)))


def span(value: str) -> timedelta:
    """`3d`, `12h` or `30m` as a length of time.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    found = _SPAN.match(value.strip())
    if not found or len(found[1]) > 4:
        raise ValueError(f"{value!r} is no length of time: write days as 3d, hours as 12h")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def instant(value: str, zone: ZoneInfo | None, is_end: bool) -> datetime:
    """A day (its first or last moment) or an instant, in UTC.

    Raises
    ------
    ValueError
        If it is neither, or no zone is known.
    """
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
            day = date.fromisoformat(value.strip())
            moment = datetime.combine(day, time.max if is_end else time.min)
        else:
            moment = datetime.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(
            f"{value!r} is neither a day (2026-03-27) nor an instant (2026-03-27T18:00)"
        ) from None
    if moment.tzinfo is None:
        if zone is None:
            raise ValueError("the time zone is not known: add study.time_zone, such as Europe/Amsterdam")
        moment = moment.replace(tzinfo=zone)
    if not 1000 <= moment.year < 9000:
        raise ValueError(f"{value!r} is no year of any study")
    return moment.astimezone(UTC)


def raw_text(value: object) -> str:
    """A raw code as the text that stands in a file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
