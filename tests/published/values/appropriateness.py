"""Values of sections 2.4 and 2.5 from outside."""

from __future__ import annotations

import numpy as np

from delphi import statistics as ds
from tests.published.reference import Example, Reference

BASGER = "Basger, Chen and Moles 2012, BMJ Open 2:e001431, table 1"
CRITERION = [0, 0, 0, 1, 1, 1, 5, 5, 2]
"""Their criterion one, 15 panelists."""
SIZES = (8, 9, 10, 11, 12, 13, 14, 15, 16)
RATINGS = np.array([2, 3, 3, 5, 6, 6, 7, 8, 9])
NINE = [int((value == RATINGS).sum()) for value in range(1, 10)]


def by_numpy(ratings: np.ndarray, method: str) -> float:
    """The disagreement index from the persons' ratings."""
    p30, p70 = np.quantile(ratings, [0.3, 0.7], method=method)
    return float((p70 - p30) / (2.35 + 1.5 * abs(5 - (p30 + p70) / 2)))


def classed(ratings: list[int], rule: str) -> str:
    """The class of an indication, rating by rating."""
    ordered, n = sorted(ratings), len(ratings)
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    if rule == "classic":
        needed = (n + 1) // 3
        disagree = sum(r <= 3 for r in ratings) >= needed and sum(r >= 7 for r in ratings) >= needed
    else:
        disagree = by_numpy(np.array(ratings), "linear") > 1
    if disagree or 3.5 <= middle < 6.5:
        return "uncertain"
    return "appropriate" if middle >= 6.5 else "inappropriate"


SPLIT = [1, 1, 2, 7, 8, 8, 8, 9, 9]
REFERENCES = (
    Reference("rand_ucla", (7.0, 8.0, 1.0, 7.5, 2.5, 6.1), BASGER, lambda: tuple(float(one) for one in ds.rand_ucla(CRITERION)[:6]), 0.05),
    *(
        Reference("rand_ucla", by_numpy(RATINGS, method), f"NumPy quantiles, {method} (type {number})", lambda t=number: ds.rand_ucla(NINE, quantile_type=t).disagreement_index)
        for number, method in ((2, "averaged_inverted_cdf"), (6, "weibull"), (7, "linear"))
    ),
    Reference("rand_ucla_classic_thresholds", "agreement", BASGER, lambda: ds.rand_ucla_classic_thresholds(CRITERION).agreement),
    Reference(
        "rand_ucla_classic_thresholds", (3, 3, 3, 4, 4, 4, 5, 5, 5), "Fitch et al. 2001, panels of 8 to 16",
        lambda: ds.rand_ucla_classic_thresholds([[0] * 8 + [n] for n in SIZES]).k,
    ),
    Reference("rand_ucla_classification", "appropriate", BASGER, lambda: ds.rand_ucla_classification(CRITERION).classification),
    *(
        Reference(
            "rand_ucla_classification", classed(SPLIT, rule), f"rating by rating, {rule}",
            lambda r=rule: ds.rand_ucla_classification([SPLIT.count(v) for v in range(1, 10)], rule=r).classification,
        )
        for rule in ("classic", "ipras")
    ),
)  # fmt: skip

EXAMPLES = {
    "rand_ucla": Example({}, 9),
    "rand_ucla_classic_thresholds": Example({}, 9),
    "rand_ucla_classification": Example({"rule": "ipras"}, 9),
}
