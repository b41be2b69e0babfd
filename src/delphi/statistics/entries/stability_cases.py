"""When a statistic of two waves is not defined, or needs a caution."""

from __future__ import annotations

from typing import Any

import numpy as np

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


def nobody_crossed(transitions: Any, options: Options) -> Where:
    """Nobody moved into the set of categories or out of it."""
    both, agree = paired(transitions), np.asarray(options["within"], dtype=bool)
    return (both * (agree[:, None] != agree)).sum(axis=(-1, -2)) == 0


def sparse_moves(transitions: Any, _: Options) -> Where:
    """A count under 5 is expected among the moves."""
    from delphi.statistics.independence import is_sparse

    return is_sparse(paired(transitions))


def more_movers_than_exact(transitions: Any, _: Options) -> Where:
    """More people moved than the exact signed-rank test counts out."""
    from delphi.statistics.ranks import EXACT_UP_TO

    both = paired(transitions)
    return both.sum(axis=(-1, -2)) - np.einsum("...ii->...", both) > EXACT_UP_TO


def is_approximate(_: Any, options: Options) -> Where:
    """A chi-square was asked for in the place of the exact p."""
    return np.array(options["method"] != "exact")


def nobody_complete(rounds: Any, _: Options) -> Where:
    """Nobody answered every round."""
    is_complete = ~np.isnan(np.asarray(rounds, dtype=np.float64)).any(axis=-1)
    return np.asarray(~np.any(is_complete, axis=-1))
