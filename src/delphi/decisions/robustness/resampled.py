"""Verdicts of panels that could have been: respondents drawn again, and respondents who answer at random."""

from __future__ import annotations

import numpy as np

from delphi.decisions.robustness.many import Codes, verdicts_of
from delphi.decisions.robustness.panel import Counts, States
from delphi.decisions.trials import RuleBook


def redrawn(states: States, draws: int, rng: np.random.Generator) -> States:
    """As many respondents drawn with replacement from those of one state, non-answers included; `draws` states.

    Respondents are drawn whole, so that their groups stay with their answers. Source: Efron and Tibshirani (1993).
    """
    own = np.concatenate([states.counts[0], states.blank[0][:, None]], axis=1)
    n = int(own.sum())
    cells = np.flatnonzero(own)
    drawn = np.zeros((draws, own.size), dtype=np.int64)
    if n:
        drawn[:, cells] = rng.multinomial(n, own.ravel()[cells] / n, size=draws)
    whole = drawn.reshape(draws, *own.shape)
    same = states.take(np.zeros(draws, dtype=np.intp))
    return States(states.ruler, states.kinds, whole[..., :-1], whole[..., -1], same.invited)


def at_random(
    states: States,
    chances: np.ndarray[tuple[int], np.dtype[np.float64]],
    draws: int,
    rng: np.random.Generator,
) -> States:
    """The respondents of one state with answers drawn at random; who left the item blank still does.

    Parameters
    ----------
    chances : of each category, summing to 1; on a scale as declared every category is as likely as any other
    """
    sizes = states.counts[0].sum(axis=1)
    drawn: Counts = np.stack(
        [rng.multinomial(int(size), chances, size=draws) for size in sizes], axis=1
    ).astype(np.int64)
    same = states.take(np.zeros(draws, dtype=np.intp))
    return same.with_counts(drawn)


def share_of(found: Codes, verdict: int) -> float:
    """Share of the states with this verdict."""
    return float((found == verdict).mean())


def probability(states: States, book: RuleBook, verdict: int, draws: int, rng: np.random.Generator) -> float:
    """Chance of the verdict if the respondents were drawn again."""
    return share_of(verdicts_of(redrawn(states, draws, rng), book), verdict)


def chance_baseline(
    states: States, book: RuleBook, verdict: int, chances: np.ndarray[tuple[int], np.dtype[np.float64]], draws: int,
    rng: np.random.Generator,
) -> float:  # fmt: skip
    """Chance of the verdict if everybody answered at random."""
    return share_of(verdicts_of(at_random(states, chances, draws, rng), book), verdict)
