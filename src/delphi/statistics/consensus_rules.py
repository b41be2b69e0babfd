"""Rules of the field that turn a histogram into a word, with the counts behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, as_counts
from delphi.statistics.boxes import as_box, as_opposites, in_box
from delphi.statistics.labels import Labels, worded
from delphi.statistics.thresholds import Where, as_minimum, as_share, exceeds, reaches, stays_under

MIRROR, AT_MOST = "mirror", "top_at_most"


@dataclass(frozen=True)
class CoreOutcome:
    """Verdict on a core outcome, and how many chose the top and the bottom categories."""

    label: Labels
    n_top: Counts
    n_bottom: Counts
    n: Counts


@dataclass(frozen=True)
class Vote:
    """Verdict of a vote, and how many were for it."""

    label: Labels
    n_within: Counts
    n: Counts


@dataclass(frozen=True)
class Recommendation:
    """Direction and strength of a recommendation, and how many chose each side and its strong form."""

    label: Labels
    n_top: Counts
    n_bottom: Counts
    n_strong_top: Counts
    n_strong_bottom: Counts
    n: Counts


@dataclass(frozen=True)
class ConsensusLevel:
    """Level of consensus, and how many chose the most chosen category and the most chosen two neighbours."""

    label: Labels
    n_one: Counts
    n_two: Counts
    n: Counts


def comet_70_15(
    counts: ArrayLike,
    top: ArrayLike,
    bottom: ArrayLike,
    at_least: float = 0.7,
    less_than: float = 0.15,
    out: str = MIRROR,
    out_at_most: float = 0.5,
    min_n: int = 5,
) -> CoreOutcome:
    """Whether an outcome is in the core set, out of it, or without consensus.

    In: at least 70 % in the top box and less than 15 % in the bottom box. Out: the mirror image. All numbers
    are parameters.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    top, bottom : array_like of bool, shape (V,)
        The critical categories (7 to 9 of nine) and the unimportant ones (1 to 3).
    at_least, less_than : shares that one side reaches and the other stays under
    out : "mirror", or "top_at_most" for the variant that is out at `out_at_most` or less in the top box
    out_at_most : share of the variant
    min_n : answers below which nothing is decided

    Returns
    -------
    CoreOutcome
        `label` is "in", "out" or "no consensus", shape (...); None below `min_n` answers.

    Notes
    -----
    Counts are compared, not rounded shares. Several groups are decided each for itself; the rule then holds
    when it holds in all. Source: Williamson et al. (2017), The COMET Handbook; Harman et al. (2013).

    Examples
    --------
    >>> top, bottom = [False] * 6 + [True] * 3, [True] * 3 + [False] * 6
    >>> comet_70_15([1, 0, 0, 1, 0, 1, 2, 3, 2], top, bottom).label.item()
    'in'
    """
    given = as_counts(counts)
    upper, lower = as_opposites(top, bottom, given.shape[-1])
    enough, few = as_share(at_least, "at_least"), as_share(less_than, "less_than")
    little = as_share(out_at_most, "out_at_most")
    if out not in (MIRROR, AT_MOST):
        raise ValueError(f"out: is {MIRROR} or {AT_MOST}, got {out!r}")
    n_top, n_bottom, n = in_box(given, upper), in_box(given, lower), given.sum(axis=-1)
    is_out = _prevails(n_bottom, n_top, n, enough, few) if out == MIRROR else ~exceeds(n_top, n, little)
    conditions = {"in": _prevails(n_top, n_bottom, n, enough, few), "out": is_out}
    return CoreOutcome(worded(conditions, "no consensus", n >= as_minimum(min_n)), n_top, n_bottom, n)


def omeract_70(counts: ArrayLike, within: ArrayLike, at_least: float = 0.7, min_n: int = 5) -> Vote:
    """Whether a vote endorses an outcome or instrument: at least 70 % of those who vote.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Votes per category; whoever abstains is in none.
    within : array_like of bool, shape (V,)
        Which categories are a vote for it.
    at_least : share that endorses
    min_n : votes below which nothing is decided

    Returns
    -------
    Vote
        `label` is "endorsed" or "not endorsed", shape (...); None below `min_n` votes.

    Notes
    -----
    One vote of one group: patients and others are reported apart. Source: The OMERACT Handbook.

    Examples
    --------
    >>> omeract_70([3, 7], [False, True]).label.item()
    'endorsed'
    """
    given = as_counts(counts)
    n_within = in_box(given, as_box(within, given.shape[-1], "within"))
    enough, n = as_share(at_least, "at_least"), given.sum(axis=-1)
    label = worded({"endorsed": reaches(n_within, n, enough)}, "not endorsed", n >= as_minimum(min_n))
    return Vote(label, n_within, n)


def grade_grid(
    counts: ArrayLike,
    top: ArrayLike,
    bottom: ArrayLike,
    strong: ArrayLike,
    at_least: float = 0.5,
    less_than: float = 0.2,
    strong_at_least: float = 0.7,
    min_n: int = 5,
) -> Recommendation:
    """Direction and strength of a recommendation by the GRADE grid.

    A side carries it with at least 50 % while less than 20 % are for the other; it is strong when at least
    70 % chose the strong form of that side.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Votes per category, mostly: strong against, weak against, neither, weak for, strong for.
    top, bottom : array_like of bool, shape (V,)
        Which categories are for it and which against it.
    strong : array_like of bool, shape (V,)
        Which categories are the strong form, of both sides.
    at_least, less_than, strong_at_least : shares of the three conditions
    min_n : votes below which nothing is decided

    Returns
    -------
    Recommendation
        `label` is "strong for", "weak for", "strong against", "weak against" or "no recommendation", shape
        (...); None below `min_n` votes.

    Notes
    -----
    Who votes for neither side stays in the denominator. Source: Jaeschke et al. (2008), BMJ 337, a744.

    Examples
    --------
    >>> found = grade_grid([1, 0, 1, 3, 5], [0, 0, 0, 1, 1], [1, 1, 0, 0, 0], [1, 0, 0, 0, 1])
    >>> found.label.item()
    'weak for'
    """
    given = as_counts(counts)
    categories = given.shape[-1]
    upper, lower = as_opposites(top, bottom, categories)
    firm = as_box(strong, categories, "strong")
    enough, few = as_share(at_least, "at_least"), as_share(less_than, "less_than")
    most = as_share(strong_at_least, "strong_at_least")
    n_top, n_bottom, n = in_box(given, upper), in_box(given, lower), given.sum(axis=-1)
    strong_top, strong_bottom = in_box(given, upper & firm), in_box(given, lower & firm)
    is_for, is_against = (
        _prevails(n_top, n_bottom, n, enough, few),
        _prevails(n_bottom, n_top, n, enough, few),
    )
    conditions = {
        "strong for": is_for & reaches(strong_top, n, most),
        "weak for": is_for,
        "strong against": is_against & reaches(strong_bottom, n, most),
        "weak against": is_against,
    }
    label = worded(conditions, "no recommendation", n >= as_minimum(min_n))
    return Recommendation(label, n_top, n_bottom, strong_top, strong_bottom, n)


def deloe_consensus_level(
    counts: ArrayLike,
    one: Sequence[float] = (0.7, 0.6, 0.5),
    two: Sequence[float] = (0.8, 0.7, 0.6),
    min_n: int = 2,
) -> ConsensusLevel:
    """Level of consensus in a policy Delphi: high, medium, low or none.

    High: at least 70 % in one category, or 80 % in two neighbouring ones; medium 60 % or 70 %; low 50 % or
    60 %.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
        Answers per category in scale order.
    one, two : shares of one category and of two neighbours for high, medium and low
    min_n : answers below which there is no level; one person always agrees

    Returns
    -------
    ConsensusLevel
        `label` is "high", "medium", "low" or "none", shape (...); None below `min_n` answers.

    Notes
    -----
    The two categories are neighbours on the scale, not any two. Source: de Loë (1995).

    Examples
    --------
    >>> deloe_consensus_level([1, 4, 4, 1]).label.item(), deloe_consensus_level([4, 1, 1, 4]).label.item()
    ('high', 'none')
    """
    given = as_counts(counts)
    of_one, of_two = _falling(one, "one"), _falling(two, "two")
    n, n_one = given.sum(axis=-1), given.max(axis=-1)
    pairs = given[..., :-1] + given[..., 1:]
    n_two = np.maximum(n_one, pairs.max(axis=-1, initial=0))
    words = zip(("high", "medium", "low"), of_one, of_two, strict=True)
    conditions = {word: reaches(n_one, n, first) | reaches(n_two, n, second) for word, first, second in words}
    return ConsensusLevel(worded(conditions, "none", n >= as_minimum(min_n)), n_one, n_two, n)


def _prevails(side: Counts, other: Counts, n: Counts, enough: Fraction, few: Fraction) -> Where:
    """One side reaches its share and the other stays under."""
    return reaches(side, n, enough) & stays_under(other, n, few)


def _falling(shares: Sequence[float], name: str) -> list[Fraction]:
    """Three shares for high, medium and low."""
    found = [as_share(share, name) for share in shares]
    if len(found) != 3 or not found[0] > found[1] > found[2]:
        raise ValueError(f"{name}: is three falling shares, for high, medium and low, got {tuple(shares)}")
    return found
