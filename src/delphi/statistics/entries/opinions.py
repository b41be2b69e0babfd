"""Entries of section 9: opinion groups."""

from __future__ import annotations

from delphi.statistics.entries.entry import Statistic

ENTRIES: tuple[Statistic, ...] = ()
