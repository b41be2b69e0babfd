"""How the report writes numbers, days and the names of states: the only place that rounds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from delphi.decisions.numbers import number as exact_number
from delphi.decisions.numbers import percent as exact_percent

NONE = "–"
"""Stands where there is no number; the text beside it says why."""

# Controls, and the marks that turn the direction of the text around them. Joiners stay: scripts need them.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Word:
    """A state as people read it: its name, a sign that does not need colour, and a class for the style."""

    name: str
    sign: str
    style: str


VERDICTS = {
    "consensus_in": Word("Consensus: in", "●", "in"),
    "consensus_out": Word("Consensus: out", "▼", "out"),
    "no_consensus": Word("No consensus", "○", "none"),
    "split": Word("Split", "◆", "split"),
    "insufficient_n": Word("Too few answers", "△", "few"),
}
STABILITIES = {
    "stable": Word("Stable", "=", "stable"),
    "unstable": Word("Not yet stable", "≈", "unstable"),
    "not_assessable": Word("Not assessable", "·", "unknown"),
}
FIRMNESS = {
    "robust": Word("Robust", "■", "robust"),
    "sensitive": Word("Sensitive", "◧", "sensitive"),
    "fragile": Word("Fragile", "□", "fragile"),
}
ACTIONS = {
    "close": "Close",
    "drop": "Drop",
    "carry": "Ask again",
    "reword": "Reword",
    "split": "Split up",
    "merge": "Merge",
    "promote": "Promote",
    "report_dissent": "Report the dissent",
    "escalate": "Escalate",
}
RULES_OF_FINDINGS = {
    "unknown_column": "Column that the study file does not name",
    "no_records": "File without records",
    "repeated_header": "Header repeated among the records",
    "ragged": "Record with too many or too few cells",
    "lost_digits": "Key that lost digits",
    "reader_note": "Note of the reader",
    "missing_key": "Record without a key",
    "unknown_respondent": "Key that is not on the panel register",
    "withdrawn": "Record of somebody who withdrew",
    "rejoin": "Return against the rule on rejoining",
    "before_open": "Return before the opening",
    "after_close": "Return after the close",
    "wrong_wave": "Record that belongs to no wave",
    "bad_time": "Time that cannot be read",
    "duplicate_contradiction": "Returns that contradict each other",
    "unknown_item": "Item that the study file does not name",
    "unknown_dimension": "Dimension that the study file does not name",
    "unknown_part": "Part that the study file does not name",
    "group_changed": "Group that differs from the one first given",
    "two_groups": "Two groups within one wave",
    "unknown_group": "Group that the study file does not name",
    "wrong_choice_count": "Too many or too few options chosen",
    "bad_ranking": "Ranking that is none",
    "straightlining": "The same answer throughout",
    "speeding": "Return that was very fast",
    "superseded": "Return replaced by a later one",
    "unknown_state": "State of a return that the study file does not name",
    "off_scale": "Answer off the scale",
    "not_a_number": "Answer that is no number",
    "fraction": "Fraction where a whole number is asked",
    "not_a_choice": "Answer that is no choice of the scale",
    "not_an_ascii_digit": "Digits other than 0 to 9",
}


def clean(text: str) -> str:
    """Text without control characters, direction marks and lone surrogates.

    Examples
    --------
    >>> clean("a\\x07b\\u202ec")
    'abc'
    """
    return unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", _HARMFUL.sub("", text)))


def is_right_to_left(text: str) -> bool:
    """Whether the first strong letter is of a script written from right to left."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((one != "L" for one in strong if one in ("L", "R", "AL")), False)


def percent(numerator: int, denominator: int, bounds: Iterable[Fraction] = ()) -> str:
    r"""A share in per cent with one decimal, never rounded onto a threshold that it does not meet.

    Examples
    --------
    >>> percent(39, 56, [Fraction(7, 10)]), percent(0, 0)
    ('69.6\xa0%', '–')
    """
    if denominator == 0:
        return NONE
    share = Fraction(numerator, denominator)
    return exact_percent(share, _nearest(share, bounds)).replace(" ", "\u00a0")


def whole_percent(numerator: int, denominator: int, bounds: Iterable[Fraction] = ()) -> str:
    """A share in whole per cent for a bar, with decimals where it would look like a threshold that it is not.

    Examples
    --------
    >>> whole_percent(42, 60, [Fraction(7, 10)]), whole_percent(39, 56, [Fraction(7, 10)]), whole_percent(1, 3)
    ('70', '69.6', '33')
    """
    share = Fraction(numerator, denominator)
    rounded = int(share * 100 + Fraction(1, 2))
    known = list(bounds)
    if any(bound * 100 == rounded and bound != share for bound in known):
        return exact_percent(share, _nearest(share, known)).removesuffix(" %")
    return str(rounded)


def estimated_percent(share: float | None) -> str:
    """A share that is stored as a fraction, in whole per cent."""
    return NONE if share is None else f"{share * 100:.0f}\u00a0%"


def number(value: float | None, places: int = 1) -> str:
    """A value with up to so many decimals and a true minus sign.

    Examples
    --------
    >>> number(7.0), number(6.5), number(-0.04), number(-1.25, 2), number(None)
    ('7', '6.5', '0', '−1.25', '–')
    """
    if value is None:
        return NONE
    text = f"{value:.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text.replace("-", "−")


def thousands(count: int | None) -> str:
    """A count with thin spaces between thousands."""
    return NONE if count is None else f"{count:,}".replace(",", "\u202f")


def bound_number(value: Fraction) -> str:
    """A bound that is no share."""
    return exact_number(value)


def ends(low: float, high: float) -> str:
    """The ends of a band: ``7–9``, or ``3`` where they are one."""
    return number(low) if low == high else f"{number(low)}–{number(high)}"


def day(instant: datetime | None, zone: str | None) -> str | None:
    """The day of an instant in the study's time zone."""
    if instant is None:
        return None
    local = instant.astimezone(ZoneInfo(zone or "UTC"))
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def counted(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun.

    Examples
    --------
    >>> counted(1, "item"), counted(2, "item")
    ('1 item', '2 items')
    """
    return f"{thousands(count)} {one if count == 1 else many or one + 's'}"


CONDITIONS = {
    "max_rounds": "Planned number of rounds",
    "rounds_done": "Rounds done",
    "retention": "Retention",
    "stop": "Altogether",
}


def condition_name(condition: str) -> str:
    """Name of a condition of stopping.

    Examples
    --------
    >>> condition_name("max_rounds"), condition_name("share_of_items:closed")
    ('Planned number of rounds', 'Share of items: closed')
    """
    name, _, state = condition.partition(":")
    if not state:
        return CONDITIONS.get(name, plain(name))
    word = VERDICTS.get(state) or STABILITIES.get(state)
    return f"{plain(name)}: {(word.name if word else plain(state)).lower()}"


def typeset(sentence: str) -> str:
    """A sentence of the rules with dashes between numbers, true minus signs, and per cent signs that stay put.

    Examples
    --------
    >>> typeset("2 of 8 (25.0 %) lie in low (1-3); A is -0.2.")
    '2 of 8 (25.0\xa0%) lie in low (1–3); A is −0.2.'
    """
    text = re.sub(r"\((\d+)-(\d+)\)", r"(\1–\2)", sentence).replace(" %", "\u00a0%")
    return re.sub(r"(?<= )-(?=\d)", "−", text)


def plain(code: str) -> str:
    """An id made readable: underscores as blanks, the first letter large.

    Examples
    --------
    >>> plain("known_rule")
    'Known rule'
    """
    words = code.replace("_", " ").strip()
    return f"{words[:1].upper()}{words[1:]}"


def _nearest(share: Fraction, bounds: Iterable[Fraction]) -> Fraction | None:
    return min(bounds, key=lambda bound: (abs(bound - share), bound), default=None)
