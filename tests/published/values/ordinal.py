"""Values of section 2.3 from outside."""

from __future__ import annotations

from delphi import statistics as ds
from tests.published.reference import Reference

VIGNETTE = "vignette of the R package agrmt"

REFERENCES = (
    Reference(
        "van_der_eijk_agreement", 0.6113333, VIGNETTE,
        lambda: ds.van_der_eijk_agreement([30, 40, 210, 130, 530, 50, 10]), 5e-8,
    ),
    Reference(
        "van_der_eijk_polarization", (1 - 0.6113333) / 2, VIGNETTE,
        lambda: ds.van_der_eijk_polarization([30, 40, 210, 130, 530, 50, 10]), 5e-8,
    ),
)  # fmt: skip
