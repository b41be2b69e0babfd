"""Whether to ask an item again: stable first, then what it is, and the stopping rules that studies name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_transitions, divided
from delphi.statistics.association import individual_stability_chi2
from delphi.statistics.attrition import reaches
from delphi.statistics.group_change import group_stability_chi2
from delphi.statistics.labelling import labelled
from delphi.statistics.movers import as_set
from delphi.statistics.stability import margins, n_paired, net_change

Words = NDArray[np.object_]
CRITERIA = ("net_change", "group_stability_chi2", "individual_stability_chi2")
AGAIN, STOP = "ask again", "stop"


@dataclass(frozen=True)
class Hierarchical:
    """What to do with an item, how stable it is, what the later answers are, and their net change."""

    label: Words
    stability: Words
    shape: Words
    net_change: Floats


def hierarchical_stopping(
    transitions: ArrayLike,
    criterion: str = "net_change",
    below: float = 0.15,
    alpha: float = 0.05,
    min_pairs: int = 5,
    round_number: int | None = None,
    limit: int = 3,
) -> Hierarchical:
    """Ask again while answers are not stable; once they are, say what they are and stop.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    criterion : of stability, on those who answered both waves: "net_change", "group_stability_chi2" (large p) or
        "individual_stability_chi2" (small p)
    below : net change under which answers are stable
    alpha : level of the two chi-squares
    min_pairs : fewer who answered both waves decide nothing
    round_number : of the later wave, from 1 on; without it rounds remain
    limit : rounds after which nothing is asked again

    Returns
    -------
    Hierarchical
        Arrays of shape (...). `label` is "ask again", or what the stable answers are: "unanimity", "majority" (more
        than half in one category), "bipolarity" (two categories with half each), "plurality" (one category leads),
        "disagreement"; unstable answers of the last round are "stop unstable". None below `min_pairs`. `shape` is
        what the later answers are, stable or not.

    Notes
    -----
    Stability is judged whether there is consensus or not, and the shape is that of all answers of the later wave, also
    of those who had not answered before. A stable split is a result. Source: Dajani, Sincoff and Talley (1979),
    Technological Forecasting and Social Change 13, 83-90, whose criterion is `group_stability_chi2`; net change under
    15 % is that of Scheibe, Skutsch and Schofer (1975).

    Examples
    --------
    >>> hierarchical_stopping([[5, 0, 0], [0, 5, 0], [0, 0, 0]]).label.item()
    'bipolarity'
    >>> hierarchical_stopping([[5, 4, 0], [0, 1, 0], [0, 0, 0]]).label.item()
    'ask again'
    """
    if criterion not in CRITERIA:
        raise ValueError(f"criterion: is {', '.join(CRITERIA)}, got {criterion!r}")
    given = as_transitions(transitions)
    if criterion == "net_change":
        reads = _net_change_reads(given, below)
    elif criterion == "group_stability_chi2":
        reads = group_stability_chi2(*margins(given), alpha).reads
    else:
        reads = individual_stability_chi2(given, alpha).reads
    is_enough = n_paired(given) >= min_pairs
    stability = labelled(*((is_enough & (reads == word), word) for word in ("stable", "unstable")))
    shape = _shape_of(_later(given))
    label = np.where(
        stability == "stable", shape, labelled((stability == "unstable", _unstable(round_number, limit)))
    )
    return Hierarchical(label, stability, shape, net_change(given))


def _unstable(round_number: int | None, limit: int) -> str:
    return "stop unstable" if _is_over(round_number, limit) else AGAIN


def _is_over(round_number: int | None, limit: int) -> bool:
    """Whether no round remains.

    Raises
    ------
    ValueError
        If a number of rounds is below 1.
    """
    for name, number in (("round_number", round_number), ("limit", limit)):
        if number is not None and number < 1:
            raise ValueError(f"{name}: rounds are counted from 1 on, got {number}")
    return round_number is not None and round_number >= limit


def _later(given: Counts) -> Counts:
    """All answers of the later wave, shape (..., V)."""
    return given[..., :-1].sum(axis=-2)


def _net_change_reads(given: Counts, below: float) -> Words:
    """Net change under a bound, compared in whole numbers of persons."""
    before, after = margins(given)
    n = before.sum(axis=-1)
    moved = np.abs(after - before).sum(axis=-1) // 2
    is_unstable = reaches(moved, n, _as_share(below, "below"))
    return labelled(((n > 0) & is_unstable, "unstable"), (n > 0, "stable"))


def _as_share(bound: float, name: str) -> float:
    """A share.

    Raises
    ------
    ValueError
        If it does not lie between 0 and 1.
    """
    if not 0 <= bound <= 1:
        raise ValueError(f"{name}: lies between 0 and 1, got {bound}")
    return bound


def _shape_of(counts: Counts) -> Words:
    """The vocabulary of Dajani, Sincoff and Talley; None without answers."""
    n, most = counts.sum(axis=-1), counts.max(axis=-1)
    leaders, is_any = (counts == most[..., None]).sum(axis=-1), n > 0
    return labelled(
        (is_any & (most == n), "unanimity"),
        (is_any & (2 * most > n), "majority"),
        (is_any & (2 * most == n) & (leaders == 2), "bipolarity"),
        (is_any & (leaders == 1), "plurality"),
        (is_any, "disagreement"),
    )


@dataclass(frozen=True)
class Stopping:
    """Stop or ask again, and what it rests on: in words, and as share of the later answers and net change."""

    label: Words
    rests_on: Words
    share: Floats
    net_change: Floats
    n_later: Counts
    n_pairs: Counts


def consensus_and_stability(
    transitions: ArrayLike,
    within: ArrayLike,
    opposite: ArrayLike | None = None,
    at_least: float = 0.75,
    opposite_below: float = 0.15,
    below: float = 0.15,
    min_n: int = 5,
    min_pairs: int = 5,
    round_number: int | None = None,
    limit: int = 3,
    dissent: str = "ask again",
) -> Stopping:
    """Stop an item when there is consensus and the answers are stable.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    within : array_like of bool, shape (V,)
        Categories that mean "agree".
    opposite : array_like of bool, shape (V,)
        Categories that mean "disagree"; with them, agreement on either side is consensus, and the other side has to stay
        under `opposite_below`
    at_least : share of the later answers from which on there is consensus
    opposite_below : share under which the other side has to stay
    below : net change under which answers are stable
    min_n, min_pairs : fewer answers in the later wave, fewer who answered both, decide nothing
    round_number : of the later wave, from 1 on; without it rounds remain
    limit : rounds after which nothing is asked again
    dissent : what follows from stable answers without consensus: "ask again", or "stop" (stable dissent is a result)

    Returns
    -------
    Stopping
        Arrays of shape (...). `label` is "stop" or "ask again", None where the evidence lacks and rounds remain.
        `rests_on` says which: "consensus, stable", "no consensus, unstable", ..., "no round remains".

    Notes
    -----
    Consensus is of all answers of the later wave, stability of those who answered both. Thresholds are compared in
    whole numbers. Source: von der Gracht (2012), Technological Forecasting and Social Change 79, 1525-1536: consensus
    means nothing before answers are stable.

    Examples
    --------
    >>> found = consensus_and_stability([[1, 1, 0], [0, 8, 0], [0, 0, 0]], [False, True])
    >>> found.label.item(), found.rests_on.item(), float(found.share)
    ('stop', 'consensus, stable', 0.9)
    """
    if dissent not in (AGAIN, STOP):
        raise ValueError(f"dissent: is {AGAIN} or {STOP}, got {dissent!r}")
    seen = _evidence(transitions, within, opposite, at_least, opposite_below, below)
    is_known = (seen.n_later >= min_n) & (seen.n_pairs >= min_pairs)
    cases = [
        (is_known & seen.has_consensus & seen.is_stable, "consensus, stable", STOP),
        (is_known & seen.has_consensus, "consensus, unstable", AGAIN),
        (is_known & seen.is_stable, "no consensus, stable", dissent),
        (is_known, "no consensus, unstable", AGAIN),
    ]
    return _stopping(seen, cases, round_number, limit)


def stability_only(
    transitions: ArrayLike,
    below: float = 0.15,
    min_pairs: int = 5,
    round_number: int | None = None,
    limit: int = 3,
) -> Stopping:
    """Stop an item when the answers are stable, with consensus or without.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    below : net change under which answers are stable
    min_pairs : fewer who answered both waves decide nothing
    round_number, limit : as in `consensus_and_stability`

    Returns
    -------
    Stopping
        As in `consensus_and_stability`; `share` is NaN. `rests_on` is "stable", "unstable" or "no round remains".

    Notes
    -----
    Source: Scheibe, Skutsch and Schofer (1975), in The Delphi Method, pp. 262-287; Dajani, Sincoff and Talley (1979).

    Examples
    --------
    >>> found = stability_only([[5, 0, 0], [0, 5, 0], [0, 0, 0]])
    >>> found.label.item(), found.rests_on.item()
    ('stop', 'stable')
    """
    seen = _evidence(transitions, None, None, 0, 0, below)
    is_known = seen.n_pairs >= min_pairs
    cases = [(is_known & seen.is_stable, "stable", STOP), (is_known, "unstable", AGAIN)]
    return _stopping(seen, cases, round_number, limit)


def consensus_only(
    transitions: ArrayLike,
    within: ArrayLike,
    opposite: ArrayLike | None = None,
    at_least: float = 0.75,
    opposite_below: float = 0.15,
    min_n: int = 5,
    round_number: int | None = None,
    limit: int = 3,
) -> Stopping:
    """Stop an item as soon as there is consensus, whether answers still move or not; discouraged.

    Parameters
    ----------
    transitions, within, opposite, at_least, opposite_below, min_n, round_number, limit : as in
        `consensus_and_stability`

    Returns
    -------
    Stopping
        As in `consensus_and_stability`. `rests_on` is "consensus", "no consensus" or "no round remains".

    Notes
    -----
    Source: von der Gracht (2012), who warns of it: agreement that still moves is none.

    Examples
    --------
    >>> found = consensus_only([[1, 8, 0], [0, 1, 0], [0, 0, 0]], [False, True])
    >>> found.label.item(), float(found.net_change)
    ('stop', 0.8)
    """
    seen = _evidence(transitions, within, opposite, at_least, opposite_below, 0)
    is_known = seen.n_later >= min_n
    cases = [(is_known & seen.has_consensus, "consensus", STOP), (is_known, "no consensus", AGAIN)]
    return _stopping(seen, cases, round_number, limit)


def max_rounds(transitions: ArrayLike, round_number: int, limit: int = 3) -> Stopping:
    """Stop every item after a number of rounds, whatever the answers are.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    round_number : of the later wave, from 1 on
    limit : rounds after which nothing is asked again

    Returns
    -------
    Stopping
        As in `consensus_and_stability`; `share` is NaN. `rests_on` is "rounds remain" or "no round remains".

    Notes
    -----
    Three rounds are the usual number. Source: Hsu and Sandford (2007), Practical Assessment, Research and Evaluation
    12 (10).

    Examples
    --------
    >>> max_rounds([[5, 0, 0], [0, 5, 0], [0, 0, 0]], 2).label.item()
    'ask again'
    """
    seen = _evidence(transitions, None, None, 0, 0, 0)
    return _stopping(seen, [(seen.n_later > 0, "rounds remain", AGAIN)], round_number, limit)


@dataclass(frozen=True)
class _Evidence:
    """What the rules look at."""

    has_consensus: NDArray[np.bool_]
    is_stable: NDArray[np.bool_]
    share: Floats
    net_change: Floats
    n_later: Counts
    n_pairs: Counts


def _evidence(
    transitions: ArrayLike,
    within: ArrayLike | None,
    opposite: ArrayLike | None,
    at_least: float,
    opposite_below: float,
    below: float,
) -> _Evidence:
    given = as_transitions(transitions)
    later = _later(given)
    n = later.sum(axis=-1)
    share, has_consensus = np.full(n.shape, np.nan), np.zeros(n.shape, dtype=bool)
    if within is not None:
        agree = as_set(within, later.shape[-1])
        x, bound = later[..., agree].sum(axis=-1), _as_share(at_least, "at_least")
        share, has_consensus = divided(x, n), (n > 0) & reaches(x, n, bound)
        if opposite is not None:
            rest = _as_share(opposite_below, "opposite_below")
            y = later[..., _opposite_set(opposite, agree)].sum(axis=-1)
            has_consensus &= ~reaches(y, n, rest)
            has_consensus |= (n > 0) & reaches(y, n, bound) & ~reaches(x, n, rest)
    is_stable = _net_change_reads(given, below) == "stable"
    return _Evidence(has_consensus, is_stable, share, net_change(given), n, n_paired(given))


def _opposite_set(opposite: ArrayLike, agree: NDArray[np.bool_]) -> NDArray[np.bool_]:
    chosen = np.asarray(opposite, dtype=bool)
    if chosen.shape != agree.shape:
        raise ValueError(f"opposite: needs {len(agree)} values, one per category, got shape {chosen.shape}")
    if (chosen & agree).any():
        raise ValueError("opposite: has a category that is also in `within`")
    return chosen


def _stopping(
    seen: _Evidence, cases: list[tuple[NDArray[np.bool_], str, str]], round_number: int | None, limit: int
) -> Stopping:
    """The first case that holds; without a round left everything stops that was answered."""
    over = (seen.n_later > 0) & _is_over(round_number, limit)
    # What is stable or agreed stops by itself, and says so, also in the last round.
    told = [(held, words, what) for held, words, what in cases if what == STOP]
    told += [(over, "no round remains", STOP)]
    told += cases
    label = labelled(*((held, what) for held, _, what in told))
    rests_on = labelled(*((held, words) for held, words, _ in told))
    return Stopping(label, rests_on, seen.share, seen.net_change, seen.n_later, seen.n_pairs)
