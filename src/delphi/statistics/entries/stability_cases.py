"""When a statistic of two waves is not defined, or needs a caution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from delphi.statistics.arrays import as_counts, as_transitions, paired
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


def no_spread(transitions: Any, options: Options) -> Where:
    """Answers of a wave, differences or sums do not differ between persons."""
    from delphi.statistics.variances import has_two_spreads

    return ~has_two_spreads(paired(transitions), np.asarray(options["values"], dtype=np.float64))


def nobody_later(transitions: Any, _: Options) -> Where:
    """Nobody answered the later wave."""
    return _later(transitions) == 0


def fewer_later(transitions: Any, options: Options) -> Where:
    """Fewer answers in the later wave than the rule asks for."""
    return _later(transitions) < options["min_n"]


def fewer_pairs(transitions: Any, options: Options) -> Where:
    """Fewer people answered both waves than the rule asks for."""
    return paired(transitions).sum(axis=(-1, -2)) < options["min_pairs"]


def _later(transitions: Any) -> Any:
    return as_transitions(transitions)[..., :-1].sum(axis=(-1, -2))


def nobody_in_one(data: Any, _: Options) -> Where:
    """One of two histograms is empty."""
    return _smaller(data) == 0


def fewer_in_one_than(least: int) -> Callable[[Any, Options], Where]:
    """One of two histograms has fewer answers than these."""

    def where(data: Any, _: Options) -> Where:
        return _smaller(data) < least

    return where


def _smaller(data: Any) -> Any:
    first, second = (as_counts(one).sum(axis=-1) for one in data)
    return np.minimum(first, second)


def sizes_differ(data: Any, _: Options) -> Where:
    """Two histograms have different numbers of answers: not the same persons gave them."""
    first, second = (as_counts(one).sum(axis=-1) for one in data)
    return np.asarray(first != second)


def sparse_histograms(data: Any, _: Options) -> Where:
    """A count under 5 is expected in one of two histograms."""
    from delphi.statistics.independence import is_sparse

    return is_sparse(np.stack(np.broadcast_arrays(*(as_counts(one) for one in data)), axis=-2))


def no_base(data: Any, _: Options) -> Where:
    """Nobody to be kept."""
    return np.asarray(data[1]) == 0


def nobody_complete(rounds: Any, _: Options) -> Where:
    """Nobody answered every round."""
    is_complete = ~np.isnan(np.asarray(rounds, dtype=np.float64)).any(axis=-1)
    return np.asarray(~np.any(is_complete, axis=-1))


def fewer_objects_than_two(tables: Any, _: Options) -> Where:
    """Nothing to order."""
    return np.array(np.shape(tables[0])[-1] < 2)


def one_ranking(tables: Any, _: Options) -> Where:
    """A round has fewer than two rankings, complete or not."""
    return np.array(
        min(int(np.isfinite(np.asarray(one, dtype=np.float64)).any(axis=-1).sum()) for one in tables) < 2
    )


def one_complete_ranking(tables: Any, options: Options) -> Where:
    """A round has fewer than two complete rankings, of the same persons where the rows are paired."""
    from delphi.statistics.group_change import two_rankings

    earlier, later = tables
    used = two_rankings(earlier, later, options["paired"])
    return np.array(min(int((~np.isnan(one).any(axis=-1)).sum()) for one in used) < 2)
