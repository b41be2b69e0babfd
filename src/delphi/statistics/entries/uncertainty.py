"""Entries of section 8: intervals, resampling, posteriors."""

from __future__ import annotations

from delphi.statistics.entries.entry import Statistic

ENTRIES: tuple[Statistic, ...] = ()
