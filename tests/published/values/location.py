"""Values of section 2.2 from outside."""

from __future__ import annotations

import numpy as np

from delphi import statistics as ds
from tests.published.reference import Reference

REFERENCES = (
    Reference(
        "iqr", float(np.subtract(*np.quantile([1, 1, 2, 4, 5], [0.75, 0.25], method="weibull"))), "NumPy, weibull (type 6)",
        lambda: ds.iqr([2, 1, 0, 1, 1], [1, 2, 3, 4, 5], 6),
    ),
)  # fmt: skip
