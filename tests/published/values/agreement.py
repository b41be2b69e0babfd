"""Values of section 3 from outside."""

from __future__ import annotations

from delphi import statistics as ds
from tests.published.reference import Reference

OBSERVERS = ("123321412   ", "1233224125 3", " 3332342251 ", "12332441251 ")
KRIPPENDORFF = tuple(
    tuple(sum(one[unit] == str(value) for one in OBSERVERS) for value in range(1, 6)) for unit in range(12)
)
"""Four observers (a blank: no rating), twelve units, five categories, as histograms of the units."""

REFERENCES = (
    Reference("krippendorff_alpha", 0.815, "Krippendorff 2011, ordinal", lambda: ds.krippendorff_alpha(KRIPPENDORFF, "ordinal"), 5e-4),
    Reference("krippendorff_alpha", 0.743, "Krippendorff 2011, nominal", lambda: ds.krippendorff_alpha(KRIPPENDORFF, "nominal"), 5e-4),
)  # fmt: skip
