"""Values of sections 2.4 and 2.5 from outside."""

from __future__ import annotations

import numpy as np
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from delphi import statistics as ds
from tests.published.reference import Example, Reference

BASGER = "Basger, Chen and Moles 2012, BMJ Open 2:e001431, table 1"
CRITERION = [0, 0, 0, 1, 1, 1, 5, 5, 2]
"""Their criterion one, 15 panelists."""
SIZES = (8, 9, 10, 11, 12, 13, 14, 15, 16)
RATINGS = np.array([2, 3, 3, 5, 6, 6, 7, 8, 9])
NINE = [int((value == RATINGS).sum()) for value in range(1, 10)]
RELEVANCE = np.array([[4, 4, 3, 4, 2], [3, 4, 4, 4, 4], [1, 2, 4, 4, 3]])
"""Items by experts, on four points."""
RELEVANT = [[int((value == item).sum()) for value in range(1, 5)] for item in RELEVANCE]


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
POLIT = (
    (3, 3, 1.00),
    (3, 2, 0.47),
    (4, 3, 0.67),
    (5, 4, 0.76),
    (7, 6, 0.85),
    (8, 6, 0.72),
    (9, 7, 0.76),
)
"""Experts, how many agree, modified kappa. Five of six is left out: .81 there comes from a share rounded before."""
AYRE = {
    5: 1.0, 6: 1.0, 7: 1.0, 8: 0.75, 9: 0.778, 10: 0.8, 11: 0.636, 12: 0.667, 13: 0.538, 14: 0.571, 15: 0.6, 16: 0.5, 17: 0.529,
    18: 0.444, 19: 0.474, 20: 0.5, 40: 0.3,
}  # fmt: skip
"""Experts → critical CVR."""

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
    Reference("cvr", 0.75, "Ayre and Scally 2014, 7 of 8", lambda: ds.cvr([1, 0, 7], [False, False, True])),
    Reference("cvr_critical", tuple(AYRE.values()), "Ayre and Scally 2014, 5 to 20 and 40 experts", lambda: ds.cvr_critical(np.array([*AYRE])[:, None]).cvr, 5e-4),
    Reference("cvr_critical", float(binom.isf(0.05, 33, 0.5)) + 1, "SciPy binom.isf", lambda: ds.cvr_critical(33).n_essential),
    Reference("cvi", tuple(float(np.mean([r >= 3 for r in item])) for item in RELEVANCE), "expert by expert", lambda: ds.cvi(RELEVANT)),
    Reference("scvi_average", float(np.mean([np.mean([r >= 3 for r in item]) for item in RELEVANCE])), "expert by expert", lambda: ds.scvi_average(RELEVANT)),
    Reference("scvi_universal", float(np.mean([all(r >= 3 for r in item) for item in RELEVANCE])), "expert by expert", lambda: ds.scvi_universal(RELEVANT)),
    Reference(
        "cvi_modified_kappa", tuple(kappa for *_, kappa in POLIT), "Polit, Beck and Owen 2007, table of modified kappa",
        lambda: ds.cvi_modified_kappa([[0, n - agree, agree, 0] for n, agree, _ in POLIT]), 0.0051,
    ),
    Reference(
        "aiken_v", (37 / 45, *proportion_confint(37, 45, method="wilson")), "by hand, and statsmodels proportion_confint (wilson) of 15 x 3 trials",
        lambda: tuple(float(one) for one in ds.aiken_v([1, 1, 3, 10])),
    ),
)  # fmt: skip

EXAMPLES = {
    "rand_ucla": Example({}, 9),
    "rand_ucla_classic_thresholds": Example({}, 9),
    "rand_ucla_classification": Example({"rule": "ipras"}, 9),
    "cvr": Example({"within": [False, False, True]}, 3),
    "cvi": Example({}, 4),
    "scvi_average": Example({}, 4),
    "scvi_universal": Example({}, 4),
    "cvi_modified_kappa": Example({}, 4),
}
