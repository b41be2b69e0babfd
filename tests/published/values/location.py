"""Values of section 2.2 from outside."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np
from scipy import stats

from delphi import statistics as ds
from tests.published.reference import Reference

ANSWERS = (1, 1, 2, 4, 5)
ON_NINE = (2, 3, 5, 5, 6, 7, 7, 7, 8, 9, 9)
"""Eleven panelists on nine points."""
LIST = (1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5)
"""Numeric example in the documentation of the Python package stikpetP."""
FIVE, NINE = (1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7, 8, 9)


def counted(answers: Sequence[int], values: Sequence[int]) -> tuple[int, ...]:
    """Histogram of the answers."""
    return tuple(answers.count(value) for value in values)


OF_FIVE, OF_NINE, OF_LIST = counted(ANSWERS, FIVE), counted(ON_NINE, NINE), counted(LIST, FIVE)
MEAN, MEDIAN = statistics.fmean(ON_NINE), statistics.median(ON_NINE)
LOW, HIGH = (float(one) for one in np.quantile(ON_NINE, [0.25, 0.75]))
PYTHON = "Python statistics"

REFERENCES = (
    Reference("median", statistics.median(ON_NINE), f"{PYTHON}.median", lambda: ds.median(OF_NINE, NINE)),
    Reference("median", 4.0, f"documentation of {PYTHON}: 1, 3, 5, 7", lambda: ds.median(counted((1, 3, 5, 7), NINE), NINE)),
    Reference("q1", 2.0, "documentation of stikpetP, quartiles by the distribution function", lambda: ds.q1(OF_LIST, FIVE, 2)),
    Reference("q3", 5.0, "documentation of stikpetP, quartiles by the distribution function", lambda: ds.q3(OF_LIST, FIVE, 2)),
    Reference("q1", float(np.quantile(ANSWERS, 0.25, method="weibull")), "NumPy, weibull (type 6)", lambda: ds.q1(OF_FIVE, FIVE, 6)),
    Reference("q3", float(np.quantile(ANSWERS, 0.75, method="weibull")), "NumPy, weibull (type 6)", lambda: ds.q3(OF_FIVE, FIVE, 6)),
    Reference(
        "interpolated_median", 3.7, f"documentation of {PYTHON}: median_grouped",
        lambda: ds.interpolated_median(counted((1, 2, 2, 3, 4, 4, 4, 4, 4, 5), FIVE), FIVE),
    ),
    Reference(
        "interpolated_median", 3.5, f"documentation of {PYTHON}: median_grouped with interval 2",
        lambda: ds.interpolated_median((1, 2, 1, 1), (1, 3, 5, 7), width=2),
    ),
    Reference(
        "interpolated_median", 3.35, "Wikipedia, Median: 22 % below 3, 33 % at 3",
        lambda: ds.interpolated_median((0, 22, 33, 45, 0), FIVE), 5e-3,
    ),
    Reference("mean", statistics.fmean(ON_NINE), f"{PYTHON}.fmean", lambda: ds.mean(OF_NINE, NINE)),
    Reference(
        "mode", "1; 3; 6", "documentation of stikpetP: 1, 1, 2, 3, 3, 4, 5, 6, 6",
        lambda: ds.mode(counted((1, 1, 2, 3, 3, 4, 5, 6, 6), NINE), NINE),
    ),
    Reference(
        "mode", "; ".join(map(str, sorted(statistics.multimode(ON_NINE)))), f"{PYTHON}.multimode", lambda: ds.mode(OF_NINE, NINE),
    ),
    Reference("sd", statistics.stdev(ON_NINE), f"{PYTHON}.stdev", lambda: ds.sd(OF_NINE, NINE)),
    Reference("sd_population", float(np.std(ON_NINE)), "NumPy std", lambda: ds.sd_population(OF_NINE, NINE)),
    Reference("variance", statistics.variance(ON_NINE), f"{PYTHON}.variance", lambda: ds.variance(OF_NINE, NINE)),
    Reference("cv", float(stats.variation(ON_NINE, ddof=1)), "SciPy variation with ddof 1", lambda: ds.cv(OF_NINE, NINE)),
    Reference("iqr", float(stats.iqr(ON_NINE)), "SciPy iqr", lambda: ds.iqr(OF_NINE, NINE)),
    Reference("iqr", 3.0, "documentation of stikpetP, quartiles by the distribution function", lambda: ds.iqr(OF_LIST, FIVE, 2)),
    Reference(
        "iqr", float(np.subtract(*np.quantile([1, 1, 2, 4, 5], [0.75, 0.25], method="weibull"))), "NumPy, weibull (type 6)",
        lambda: ds.iqr([2, 1, 0, 1, 1], [1, 2, 3, 4, 5], 6),
    ),
    Reference("interquartile_deviation", float(stats.iqr(ON_NINE)) / 2, "SciPy iqr", lambda: ds.interquartile_deviation(OF_NINE, NINE)),
    Reference("relative_iqr", (HIGH - LOW) / MEDIAN, "NumPy quantile", lambda: ds.relative_iqr(OF_NINE, NINE)),
    Reference("quartile_coefficient", (HIGH - LOW) / (HIGH + LOW), "NumPy quantile", lambda: ds.quartile_coefficient(OF_NINE, NINE)),
    Reference("mad", float(stats.median_abs_deviation(ON_NINE)), "SciPy median_abs_deviation", lambda: ds.mad(OF_NINE, NINE)),
    Reference("mad", 2.0, "R, help of mad: 1 to 8 and 100", lambda: ds.mad([1] * 9, (1, 2, 3, 4, 5, 6, 7, 8, 100))),
    Reference(
        "average_deviation", sum(abs(person - MEAN) for person in ON_NINE) / len(ON_NINE), "summed person by person",
        lambda: ds.average_deviation(OF_NINE, NINE),
    ),
    Reference(
        "average_deviation", sum(abs(person - MEDIAN) for person in ON_NINE) / len(ON_NINE), "summed person by person, about the median",
        lambda: ds.average_deviation(OF_NINE, NINE, about="median"),
    ),
    Reference("range", float(np.ptp(ON_NINE)), "NumPy ptp", lambda: ds.range(OF_NINE, NINE)),
)  # fmt: skip
