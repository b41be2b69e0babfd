"""Entries of section 7: fuzzy Delphi."""

from __future__ import annotations

from delphi.statistics.entries.entry import Statistic

ENTRIES: tuple[Statistic, ...] = ()
