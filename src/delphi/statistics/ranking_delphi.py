"""The ranking Delphi of Schmidt: narrow a list down, rank it in rounds, stop when the panel agrees or no longer moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Floats, divided
from delphi.statistics.placings import mean_rank
from delphi.statistics.rankings import as_rankings, in_the_top

STRONG, LEVELLED, LAST, AGAIN = (
    "stop_strong_agreement",
    "stop_levelled_off",
    "stop_last_round",
    "another_round",
)


@dataclass(frozen=True)
class RankingDelphi:
    """What to do after the last of the rounds, and what speaks for it, per round.

    Parameters
    ----------
    decision : one of "stop_strong_agreement", "stop_levelled_off", "stop_last_round", "another_round"; None without a W
    w : shape (R,), Kendall's W
    w_gain : shape (R,), W minus that of the round before
    mean_ranks, top_half_share : shape (R, N)
    n_rankings : shape (R,), complete rankings
    n : complete rankings of the last round
    """

    decision: str | None
    w: Floats
    w_gain: Floats
    mean_ranks: Floats
    top_half_share: Floats
    n_rankings: NDArray[np.int64]
    n: int


def schmidt_ranking_delphi(
    rounds: NDArray[np.float64] | Sequence[ArrayLike],
    strong: float = 0.7,
    least_gain: float = 0.05,
    max_rounds: int = 3,
    ties: str = "invalid",
    invalid: str = "left_out",
) -> RankingDelphi:
    """Whether a ranking Delphi may stop, by Kendall's W, its trend and the number of rounds.

    Parameters
    ----------
    rounds : array_like of float, shape (R, M, N), or a sequence of arrays (M, N)
        Rankings of the rounds so far, respondent × object, 1 is best, NaN unranked. An object that nobody ranked in a
        round was not in it; a ranking is complete when it ranks all that were. Panels may differ in size.
    strong : W from which on the panel agrees strongly
    least_gain : W has levelled off when it rose by less than this since the round before
    max_rounds : the last round
    ties, invalid : as in `as_rankings`

    Returns
    -------
    RankingDelphi
        The decision is the first that holds of: W of the last round at least `strong`; W levelled off; as many rounds as
        `max_rounds`. None where W of the last round is not defined: below two complete rankings or two objects, or where
        every ranking is one tie. Share in the top half: of the first N/2 places, rounded down, N the objects of the
        round.

    Notes
    -----
    W is compared in whole numbers. Schmidt names W of .7 as strong agreement and stops when it levels off, without a
    number for that: `least_gain` is this catalogue's. Source: Schmidt (1997), Decision Sciences 28, 763-774.

    Examples
    --------
    >>> found = schmidt_ranking_delphi([[[1, 2, 3], [3, 2, 1], [1, 3, 2]], [[1, 2, 3], [1, 2, 3], [1, 3, 2]]])
    >>> found.w.round(4).tolist(), found.decision
    ([0.1111, 0.7778], 'stop_strong_agreement')
    """
    for name, value in (("strong", strong), ("least_gain", least_gain)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name}: is a number from 0 to 1, got {value}")
    if max_rounds != int(max_rounds) or max_rounds < 1:
        raise ValueError(f"max_rounds: is a whole number from 1 on, got {max_rounds}")
    given = [np.asarray(one, dtype=np.float64) for one in rounds]
    if not given or any(one.ndim != 2 or one.shape[1] != given[0].shape[1] for one in given):
        raise ValueError("rounds: needs at least one round, each of respondents and the same objects")
    concordances = [_concordance(one, ties, invalid) for one in given]
    w = np.array([float(one) if one is not None else np.nan for one, _ in concordances])
    n_rankings = np.array([n for _, n in concordances])
    return RankingDelphi(
        _decision([one for one, _ in concordances], strong, least_gain, max_rounds),
        w, np.diff(w, prepend=np.nan),
        np.array([mean_rank(one, ties, invalid).mean for one in given]),
        np.array([_top_half(one, ties, invalid) for one in given]),
        n_rankings, int(n_rankings[-1]),
    )  # fmt: skip


def _decision(w: list[Fraction | None], strong: float, least_gain: float, max_rounds: int) -> str | None:
    last = w[-1]
    if last is None:
        return None
    if last >= _exactly(strong):
        return STRONG
    before = w[-2] if len(w) > 1 else None
    if before is not None and last - before < _exactly(least_gain):
        return LEVELLED
    return LAST if len(w) >= max_rounds else AGAIN


def _exactly(value: float) -> Fraction:
    return Fraction(value).limit_denominator(1_000_000)


def _concordance(ranks: Floats, ties: str, invalid: str) -> tuple[Fraction | None, int]:
    """Kendall's W corrected for ties, in whole numbers, and the number of complete rankings."""
    kept = complete_rankings(ranks, ties, invalid)
    raters, objects = kept.shape
    if raters < 2 or objects < 2:
        return None, raters
    doubled = np.round(2 * kept).astype(np.int64)
    sums = doubled.sum(axis=0)
    spread = objects * int((sums**2).sum()) - int(sums.sum()) ** 2  # 4 N times the sum of squares
    squares = objects * int((doubled**2).sum()) - raters * (objects * (objects + 1)) ** 2
    return (Fraction(spread, raters * squares), raters) if squares else (None, raters)


def complete_rankings(ranks: ArrayLike, ties: str = "invalid", invalid: str = "left_out") -> Floats:
    """Valid rankings of all objects that anybody ranked, without the columns of the others."""
    found = as_rankings(ranks, ties, invalid).ranks
    asked = found[:, ~np.isnan(found).all(axis=0)]
    return asked[~np.isnan(asked).any(axis=1)]


def _top_half(ranks: Floats, ties: str, invalid: str) -> Floats:
    found = as_rankings(ranks, ties, invalid).ranks
    was_asked = np.asarray(~np.isnan(found).all(axis=0))
    half = int(was_asked.sum()) // 2
    share = divided(np.nansum(in_the_top(found, half), axis=0), np.full(len(was_asked), len(found)))
    return np.where(was_asked, share, np.nan)


def narrowed(chosen: ArrayLike, share: float = 0.5) -> NDArray[np.bool_]:
    """Objects that stay on the list because more than this share of the panel chose them.

    Parameters
    ----------
    chosen : array_like, shape (M, N)
        Respondent × object, 1 chosen, 0 not, NaN throughout for who did not answer.
    share : from 0 to 1; the contract's is one half

    Returns
    -------
    ndarray of bool, shape (N,)

    Notes
    -----
    Compared in whole numbers; exactly half is not more than half. Source: Schmidt (1997), Decision Sciences 28, 763-774.

    Examples
    --------
    >>> narrowed([[1, 0, 1], [1, 1, 0]]).tolist()
    [True, False, False]
    """
    given = np.asarray(chosen, dtype=np.float64)
    if given.ndim != 2:
        raise ValueError(f"chosen: needs respondents and objects as dimensions, got shape {given.shape}")
    if not 0 <= share <= 1:
        raise ValueError(f"share: is a number from 0 to 1, got {share}")
    answered = given[~np.isnan(given).all(axis=1)]
    if not np.isin(answered, (0.0, 1.0)).all():
        raise ValueError("chosen: is 1 or 0 for each object, NaN throughout for who did not answer")
    limit = _exactly(share)
    more: NDArray[np.bool_] = answered.sum(axis=0).astype(
        np.int64
    ) * limit.denominator > limit.numerator * len(answered)
    return more
