"""Values of section 4 from outside."""

from __future__ import annotations

from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from delphi import statistics as ds
from tests.published.reference import Reference

BEFORE = np.array([1, 2, 2, 3, 3, 3, 4, 5, 5, 5, 4, 1])
AFTER = np.array([1, 2, 3, 3, 3, 4, 4, 5, 4, 5, 2, 1])
"""Twelve panelists on five points in two rounds."""
FIVE = [1, 2, 3, 4, 5]


def tabulated(before: NDArray[np.int64], after: NDArray[np.int64], points: int) -> NDArray[np.int64]:
    """Transitions of persons with an answer from 1 to `points` in both rounds, no answer last."""
    moves = np.zeros((points + 1, points + 1), dtype=int)
    np.add.at(moves, (before - 1, after - 1), 1)
    return moves


def answered_twice(table: list[list[int]]) -> NDArray[np.int64]:
    """Transitions of a printed table of earlier × later answers: nobody lacks one."""
    return np.pad(np.array(table), (0, 1))


MOVES = tabulated(BEFORE, AFTER, 5)
TABLE = MOVES[:-1, :-1]
USED = TABLE[:, TABLE.sum(axis=0) > 0]

HAIR = answered_twice([[1768, 807, 189, 47], [946, 1387, 746, 53], [115, 438, 288, 16], [0, 0, 0, 0]])
"""Eyes against hair of 6800 men (Goodman and Kruskal 1954, p. 744)."""


def guesses_saved() -> float:
    """Errors in guessing the later answer, without and with the earlier one, counted person by person."""
    without = len(AFTER) - max((v == AFTER).sum() for v in FIVE)
    right = sum(max(((v == AFTER) & (w == BEFORE)).sum() for v in FIVE) for w in FIVE)
    return float((without - (len(AFTER) - right)) / without)


def nearer() -> float:
    """Of those who moved, who is nearer to the median of the first round."""
    middle = median(BEFORE.tolist())
    movers = [(a, b) for a, b in zip(BEFORE.tolist(), AFTER.tolist(), strict=True) if a != b]
    return sum(abs(b - middle) < abs(a - middle) for a, b in movers) / len(movers)


def fields(found: object, *names: str) -> tuple[float, ...]:
    """Some fields of a result."""
    return tuple(float(getattr(found, name)) for name in names)


DIFFERENCE, TOTAL = BEFORE - AFTER, BEFORE + AFTER
CHI2_ROUNDS = stats.chi2_contingency(USED, correction=False)

REFERENCES = (
    Reference("share_unchanged", float((BEFORE == AFTER).mean()), "counted person by person", lambda: ds.share_unchanged(MOVES)),
    Reference(
        "weighted_kappa", float(cohen_kappa_score(BEFORE, AFTER, weights="quadratic", labels=FIVE)),
        "scikit-learn cohen_kappa_score", lambda: ds.weighted_kappa(MOVES, FIVE),
    ),
    Reference(
        "individual_stability_chi2", (CHI2_ROUNDS.statistic, CHI2_ROUNDS.dof, CHI2_ROUNDS.pvalue),
        "SciPy chi2_contingency, correction=False",
        lambda: fields(ds.individual_stability_chi2(MOVES), "statistic", "df", "p"),
    ),
    Reference("individual_stability_chi2", "unstable", "p of SciPy is .054", lambda: ds.individual_stability_chi2(MOVES).reads),
    Reference("gk_lambda", 0.1924, "Goodman and Kruskal 1954, hair from eyes", lambda: ds.gk_lambda(HAIR), 5e-5),
    Reference(
        "gk_lambda", 0.2241, "Goodman and Kruskal 1954, eyes from hair", lambda: ds.gk_lambda(HAIR.T), 5e-5,
    ),
    Reference(
        "gk_lambda", 0.18333, "documentation of the R package rapportools, lambda.test",
        lambda: ds.gk_lambda(np.pad([[5, 4, 3], [9, 8, 7], [7, 11, 22], [1, 15, 8]], ((0, 1), (0, 2)))), 5e-6,
    ),
    Reference("gk_lambda", guesses_saved(), "errors counted person by person", lambda: ds.gk_lambda(MOVES)),
    Reference(
        "rank_correlation", float(stats.spearmanr(BEFORE, AFTER).statistic), "SciPy spearmanr", lambda: ds.rank_correlation(MOVES),
    ),
    Reference(
        "rank_correlation", float(stats.kendalltau(BEFORE, AFTER).statistic), "SciPy kendalltau",
        lambda: ds.rank_correlation(MOVES, "kendall"),
    ),
    Reference(
        "net_change", sum(abs(int((v == AFTER).sum()) - int((v == BEFORE).sum())) for v in FIVE) / 24,
        "counted person by person", lambda: ds.net_change(MOVES),
    ),
)  # fmt: skip
