"""Entries of sections 2.4 and 2.5: appropriateness by RAND/UCLA, content validity."""

from __future__ import annotations

from delphi.statistics.entries.entry import Statistic

ENTRIES: tuple[Statistic, ...] = ()
