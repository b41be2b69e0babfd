"""Entries of section 10: open text."""

from __future__ import annotations

from delphi.statistics.entries.entry import Statistic

ENTRIES: tuple[Statistic, ...] = ()
