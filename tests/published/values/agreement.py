"""Values of section 3 from outside."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from delphi import statistics as ds
from tests.published.reference import Reference

NOTHING = float("nan")
OBSERVERS = ("123321412   ", "1233224125 3", " 3332342251 ", "12332441251 ")
ANSWERS = np.array([[NOTHING if one == " " else float(one) for one in row] for row in OBSERVERS])
KRIPPENDORFF = tuple(
    tuple(sum(one[unit] == str(value) for one in OBSERVERS) for value in range(1, 6)) for unit in range(12)
)
"""Four observers (a blank: no rating), twelve units, five categories, as histograms of the units."""


def pairs_that_agree() -> float:
    """Raw agreement of Krippendorff's data, pair by pair of observers."""
    shares = []
    for unit in ANSWERS.T:
        given = unit[~np.isnan(unit)]
        if len(given) >= 2:
            shares.append(np.mean([one == other for one, other in combinations(given, 2)]))
    return float(np.mean(shares))


REFERENCES = (
    Reference("observed_agreement", 0.81818, "irrCAC 0.4.4 (Python)", lambda: ds.observed_agreement(KRIPPENDORFF), 5e-6),
    Reference("observed_agreement", pairs_that_agree(), "counted pair by pair", lambda: ds.observed_agreement(KRIPPENDORFF)),
    *(
        Reference("krippendorff_alpha", expected, f"Krippendorff 2011, {level}", lambda one=level: ds.krippendorff_alpha(KRIPPENDORFF, one), 5e-4)
        for level, expected in (("ordinal", 0.815), ("nominal", 0.743), ("interval", 0.849), ("ratio", 0.797))
    ),
    Reference("krippendorff_alpha", 0.849, "Krippendorff 2011, from answers", lambda: ds.krippendorff_alpha(ANSWERS, "interval", given="answers"), 5e-4),
)  # fmt: skip
