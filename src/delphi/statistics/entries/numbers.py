"""Entries of section 6: numeric, interval and probability answers, allocations."""

from __future__ import annotations

from delphi.statistics.entries.entry import Statistic

ENTRIES: tuple[Statistic, ...] = ()
