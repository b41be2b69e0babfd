"""Values of section 7 from outside."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.stats import gmean

from delphi import statistics as ds
from tests.published.reference import Example, Reference

CHEN = (
    (0, 0, 0.1),
    (0, 0.1, 0.3),
    (0.1, 0.3, 0.5),
    (0.3, 0.5, 0.7),
    (0.5, 0.7, 0.9),
    (0.7, 0.9, 1),
    (0.9, 1, 1),
)
"""Chen (2000), as printed again in BMJ Open, table 2 of a fuzzy Delphi on seven points."""
RATINGS = (7, 7, 6, 6, 5, 7, 3, 6, 7, 4)
COUNTS = [RATINGS.count(value) for value in range(1, 8)]
GUESSES = ((3, 7), (4, 8), (5, 9), (4, 6), (6, 7), (2, 5), (5, 6))
"""Pessimistic and optimistic values of seven experts; the triangles overlap."""


def expert_by_expert(ratings: tuple[int, ...], triangles: tuple[tuple[float, ...], ...]) -> tuple[float, ...]:
    """Distance, share near, group triangle and rating from a list of experts, in plain Python."""
    mine = [triangles[rating - 1] for rating in ratings]
    group = [sum(one[place] for one in mine) / len(mine) for place in range(3)]
    apart = [
        (sum((ours - theirs) ** 2 for ours, theirs in zip(group, one, strict=True)) / 3) ** 0.5
        for one in mine
    ]
    near = sum(distance <= 0.2 for distance in apart) / len(apart)
    rating = sum(group) / 3
    accepted = float(sum(apart) / len(apart) <= 0.2 and near >= 0.75 and rating >= 0.5)
    return (sum(apart) / len(apart), near, *group, rating, accepted)


def crossing(guesses: tuple[tuple[int, int], ...]) -> float:
    """Where the two membership functions are equal, found by halving; nobody is far enough out to be left out."""
    low, high = (np.array(one, dtype=float) for one in zip(*guesses, strict=True))
    falls = lambda x: np.interp(x, [gmean(low), low.max()], [1, 0])  # noqa: E731
    rises = lambda x: np.interp(x, [high.min(), gmean(high)], [0, 1])  # noqa: E731
    return float(brentq(lambda x: falls(x) - rises(x), gmean(low), gmean(high), xtol=1e-13))


REFERENCES = (
    Reference("fuzzy_delphi", expert_by_expert(RATINGS, CHEN), "expert by expert", lambda: tuple(float(one) for one in ds.fuzzy_delphi(COUNTS, "chen_7"))),
    Reference(
        "fuzzy_delphi_geometric", (0.1, float(gmean([CHEN[r - 1][1] for r in RATINGS])), 1.0), "SciPy gmean, least and greatest",
        lambda: tuple(float(one) for one in ds.fuzzy_delphi_geometric(COUNTS, "chen_7")[1:]),
    ),
    Reference("fuzzy_delphi_maxmin", crossing(GUESSES), "SciPy brentq on the two membership functions", lambda: ds.fuzzy_delphi_maxmin(GUESSES).consensus),
)  # fmt: skip

EXAMPLES = {
    "fuzzy_delphi": Example({"fuzzy_map": "habibi_5"}),
    "fuzzy_delphi_geometric": Example({"fuzzy_map": "alsalem_5"}),
}
