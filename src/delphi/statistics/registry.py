"""The catalogue: every statistic by its id, with its function, arrays, range, reasons, parameters and sources."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import MappingProxyType

from delphi.statistics.entries.entry import ARRAYS, FLAGS, REASONS, Case, Parameter, Statistic

__all__ = ["ARRAYS", "FLAGS", "REASONS", "Case", "Parameter", "Statistic", "catalogue", "statistic"]

SECTIONS = (
    "shares", "location", "ordinal", "appropriateness", "agreement", "stability", "rankings", "numbers", "fuzzy",
    "uncertainty", "opinions", "texts",
)  # fmt: skip
"""Modules with entries, in the order of the catalogue."""


@cache
def catalogue() -> MappingProxyType[str, Statistic]:
    """Every statistic by its id, in the order of the catalogue."""
    found: dict[str, Statistic] = {}
    for section in SECTIONS:
        for entry in import_module(f"delphi.statistics.entries.{section}").ENTRIES:
            if entry.statistic_id in found:
                raise AssertionError(f"{entry.statistic_id} stands twice in the catalogue")
            found[entry.statistic_id] = entry
    return MappingProxyType(found)


def statistic(statistic_id: str) -> Statistic:
    """The entry of this id.

    Raises
    ------
    ValueError
        If there is none; names those that are spelt alike.
    """
    known = catalogue()
    if statistic_id not in known:
        near = get_close_matches(statistic_id, known, n=3)
        hint = f"; did you mean {' or '.join(near)}" if near else ""
        raise ValueError(f"statistic: there is no {statistic_id!r} in the catalogue{hint}")
    return known[statistic_id]
