"""Entries of section 2.1: shares of answers in declared sets of categories, and the rules made of them."""

from __future__ import annotations

from delphi.statistics.entries.entry import Statistic

ENTRIES: tuple[Statistic, ...] = ()
