"""Values of section 6 from outside."""

from __future__ import annotations

import statistics as stdlib

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit, ndtr, ndtri
from scipy.stats import beta, gmean, gstd, lognorm, norm, trim_mean
from sklearn.metrics import brier_score_loss

from delphi import statistics as ds
from tests.published.reference import Example, Reference

COSTS = [12.0, 3.5, 7.0, 7.0, 41.0, 9.0, 15.5, 5.0, 28.0, 11.0, 6.0]
"""Eleven estimates of a cost."""
CHANCES = [0.1, 0.25, 0.4, 0.6, 0.35, 0.8]
LOW, BEST, HIGH, SURE = [10, 5, 20, 0], [20, 15, 30, 10], [35, 40, 45, 60], [60, 75, 90, 100]
ESTIMATES = np.column_stack([LOW, BEST, HIGH, SURE])
"""Four persons: lowest, best and highest estimate, and how sure they are."""
SHELF = "SHELF, tests/testthat/test-normal.R"
QUARTILES = np.array([[20.0, 30.0, 45.0], [25.0, 30.0, 40.0], [40.0, 55.0, 60.0]])
"""Three persons' quartiles, none of them symmetric."""


def halves(numbers: list[float]) -> tuple[float, ...]:
    """The five numbers by medians of the two halves, the middle answer in both."""
    ranked = sorted(numbers)
    half = (len(ranked) + 1) // 2
    lower, upper = ranked[:half], ranked[-half:]
    return ranked[0], stdlib.median(lower), stdlib.median(ranked), stdlib.median(upper), ranked[-1]


def by_nelder_mead(row: np.ndarray) -> list[float]:
    """Mean and standard deviation with the least squares of the probabilities, by another search."""
    start = [row[1], (row[2] - row[0]) / 1.349]
    found = minimize(
        lambda free: ((norm.cdf(row, free[0], abs(free[1])) - [0.25, 0.5, 0.75]) ** 2).sum(), start, method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-16, "maxiter": 5000},
    )  # fmt: skip
    return found.x.tolist()


def overlaps() -> tuple[float, float]:
    """Share of intervals around the median, and mean overlap over union, pair by pair."""
    middle = stdlib.median(BEST)
    inside = sum(low <= middle <= high for low, high in zip(LOW, HIGH, strict=True)) / 4
    pairs = []
    for one in range(4):
        for other in range(one):
            shared = max(0, min(HIGH[one], HIGH[other]) - max(LOW[one], LOW[other]))
            pairs.append(shared / (HIGH[one] - LOW[one] + HIGH[other] - LOW[other] - shared))
    return inside, stdlib.fmean(pairs)


NORMALS = [by_nelder_mead(row) for row in QUARTILES]
EXACT = [norm(10, 2), norm(14, 5), norm(20, 1)]
"""Normal distributions; their quartiles are met exactly."""
STATED = [one.ppf([0.25, 0.5, 0.75]) for one in EXACT]

EXAMPLES = {"linear_pool_cdf": Example({"x": [20.0, 40.0]}), "idea_standardised_interval": Example({})}

REFERENCES = (
    *(
        Reference(
            "quantile", float(np.quantile(COSTS, 0.3, method=method)), f"NumPy, {method} (type {kind})",
            lambda kind=kind: ds.computed("quantile", COSTS, p=0.3, quantile_type=kind).value,
        )
        for kind, method in ((2, "averaged_inverted_cdf"), (6, "weibull"), (7, "linear"), (8, "median_unbiased"))
    ),
    Reference(
        "tukey_five_number", (1.0, 3.0, 5.5, 8.0, 10.0), "R fivenum(1:10)",
        lambda: list(vars(ds.tukey_five_number(np.arange(1, 11))).values()),
    ),
    Reference(
        "tukey_five_number", halves(COSTS), "standard library, medians of the halves",
        lambda: list(vars(ds.tukey_five_number(COSTS)).values()),
    ),
    Reference("trimmed_mean", trim_mean(COSTS, 0.2), "SciPy trim_mean", lambda: ds.trimmed_mean(COSTS, 0.2)),
    Reference("geometric_mean", gmean(COSTS), "SciPy gmean", lambda: ds.geometric_mean(COSTS)),
    Reference("gsd", gstd(COSTS), "SciPy gstd", lambda: ds.gsd(COSTS)),
    Reference("probability_pool", stdlib.fmean(CHANCES), "standard library", lambda: ds.probability_pool(CHANCES)),
    Reference("probability_pool", gmean(CHANCES), "SciPy gmean", lambda: ds.probability_pool(CHANCES, "geometric")),
    Reference(
        "probability_pool", float(expit(logit(CHANCES).mean())), "SciPy expit of the mean logit",
        lambda: ds.probability_pool(CHANCES, "log_odds"),
    ),
    Reference(
        "probability_pool", float(ndtr(ndtri(CHANCES).mean())), "SciPy ndtr of the mean ndtri",
        lambda: ds.probability_pool(CHANCES, "probit"),
    ),
    Reference(
        "idea_standardised_interval",
        tuple(
            stdlib.fmean(best + (end - best) * 90 / sure for best, end, sure in zip(BEST, ends, SURE, strict=True))
            for ends in (LOW, BEST, HIGH)
        ),
        "person by person, to 90 per cent",
        lambda: [getattr(ds.idea_standardised_interval(ESTIMATES, 90), one) for one in ("lower", "best", "upper")],
    ),
    Reference(
        "quantile_average", tuple(norm(44 / 3, 8 / 3).ppf([0.25, 0.5, 0.75])),
        "SciPy norm with the mean of means and of standard deviations", lambda: ds.quantile_average(STATED).quantiles,
    ),
    Reference(
        "linear_pool_cdf", tuple(np.mean([one.cdf([11, 16]) for one in EXACT], axis=0)), "SciPy norm.cdf, averaged",
        lambda: ds.linear_pool_cdf(STATED, [11, 16]).cdf, 1e-8,
    ),
    Reference(
        "linear_pool_cdf", (44 / 3, 30 / 3 + (100 + 196 + 400) / 3 - (44 / 3) ** 2), "moments of the mixture by hand",
        lambda: [getattr(ds.linear_pool_cdf(STATED, [11]), one) for one in ("mean", "variance")], 1e-6,
    ),
    Reference(
        "quartiles_to_normal", (10.0, 20.0), SHELF,
        lambda: [getattr(ds.quartiles_to_normal([-10, 10, 50], ndtr([-1, 0, 2])), one) for one in ("mean", "sd")], 1e-7,
    ),
    Reference(
        "quartiles_to_normal", tuple(np.ravel(NORMALS)), "SciPy minimize, Nelder-Mead, of the squares",
        lambda: np.column_stack([getattr(ds.quartiles_to_normal(QUARTILES), one) for one in ("mean", "sd")]), 1e-5,
    ),
    Reference(
        "quartiles_to_lognormal", (0.8, float(np.exp(1.5)), float(lognorm(0.8, scale=np.exp(1.5)).mean())), "SciPy lognorm",
        lambda: [
            (found := ds.quartiles_to_lognormal(lognorm(0.8, scale=np.exp(1.5)).ppf([0.25, 0.5, 0.75]))).second,
            np.exp(found.first), found.mean,
        ], 1e-6,
    ),
    Reference(
        "quartiles_to_beta", (2.0, 5.0, float(beta(2, 5).std())), "SciPy beta",
        lambda: [getattr(ds.quartiles_to_beta(beta(2, 5).ppf([0.25, 0.5, 0.75])), one) for one in ("first", "second", "sd")], 1e-6,
    ),
    Reference(
        "interval_overlap", overlaps(), "pair by pair",
        lambda: [getattr(ds.interval_overlap(ESTIMATES), one) for one in ("share_containing", "mean_overlap")],
    ),
    Reference(
        "allocation_mean", (0.4, 0.35, 0.25), "by hand: 40, 35 and 25 of 100",
        lambda: ds.allocation_mean([[50, 30, 20], [30, 40, 30]]).share,
    ),
    Reference(
        "allocation_mean", tuple(gmean([[0.5, 0.3, 0.2], [0.3, 0.4, 0.3]]) / gmean([[0.5, 0.3, 0.2], [0.3, 0.4, 0.3]]).sum()),
        "SciPy gmean, closed", lambda: ds.allocation_mean([[50, 30, 20], [30, 40, 30]], method="aitchison").share,
    ),
    Reference(
        "calibration", 3 / 4, "by hand: 18, 40 and 22 lie inside, 61 does not", lambda: ds.calibration(LOW, HIGH, [18, 40, 22, 61]).hit_rate,
    ),
    Reference(
        "brier", float(brier_score_loss([0, 0, 1, 1, 0, 1], CHANCES)), "scikit-learn brier_score_loss",
        lambda: ds.brier(CHANCES, [0, 0, 1, 1, 0, 1]),
    ),
)  # fmt: skip
