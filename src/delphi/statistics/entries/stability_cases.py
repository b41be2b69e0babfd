"""When a statistic of two waves is not defined, or needs a caution."""

from __future__ import annotations

from typing import Any

from delphi.statistics.arrays import paired
from delphi.statistics.entries.entry import Case
from delphi.statistics.undefined import Options, Where, always, fewer_pairs_than, no_pair, nobody_moved

NO_PAIR = Case("no_pairs", no_pair)
ONE_PAIR = Case("too_few", fewer_pairs_than(2))
NOBODY_MOVED = Case("no_discordant_pairs", nobody_moved)
ELSE_NO_VARIATION = Case("no_variation", always)


def later_unanimous(transitions: Any, _: Options) -> Where:
    """All later answers of those with two lie in one category."""
    return (paired(transitions).sum(axis=-2) > 0).sum(axis=-1) == 1


def earlier_unanimous(transitions: Any, _: Options) -> Where:
    """All earlier answers of those with two lie in one category."""
    return (paired(transitions).sum(axis=-1) > 0).sum(axis=-1) == 1


def sparse_moves(transitions: Any, _: Options) -> Where:
    """A count under 5 is expected among the moves."""
    from delphi.statistics.independence import is_sparse

    return is_sparse(paired(transitions))
