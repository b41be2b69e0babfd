"""Values of section 6 from outside."""

from __future__ import annotations

import statistics as stdlib

import numpy as np
from scipy.stats import gmean, gstd, trim_mean

from delphi import statistics as ds
from tests.published.reference import Reference

COSTS = [12.0, 3.5, 7.0, 7.0, 41.0, 9.0, 15.5, 5.0, 28.0, 11.0, 6.0]
"""Eleven estimates of a cost."""


def halves(numbers: list[float]) -> tuple[float, ...]:
    """The five numbers by medians of the two halves, the middle answer in both."""
    ranked = sorted(numbers)
    half = (len(ranked) + 1) // 2
    lower, upper = ranked[:half], ranked[-half:]
    return ranked[0], stdlib.median(lower), stdlib.median(ranked), stdlib.median(upper), ranked[-1]


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
)  # fmt: skip
