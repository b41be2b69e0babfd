"""Entries of section 2.3: consensus, dispersion and polarization of one item on an ordered scale."""

from __future__ import annotations

from delphi.statistics.entries.entry import Case, Statistic
from delphi.statistics.entries.location import ALONE, FLAT, NOBODY
from delphi.statistics.undefined import fewer_categories_than

SHORT = Case("scale_too_short", fewer_categories_than(3))
VAN_DER_EIJK = (
    "van der Eijk (2001), Measuring agreement in ordered rating scales, Quality and Quantity 35, 325-341"
)

ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "van_der_eijk_agreement",
        "agreement A",
        section="2.3", takes="counts", level="ordinal", low=-1, high=1, direction="more",
        formula="the histogram peeled into layers of equal height, A the mean of the layers' agreement by their share of the answers",
        reading="-1 half at each end, 0 uniform, 1 unanimous. There is no accepted cut-off.",
        sources=(VAN_DER_EIJK,),
        place="delphi.statistics.agreement:van_der_eijk_agreement",
        undefined=(NOBODY, SHORT, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "van_der_eijk_polarization",
        "polarization",
        section="2.3", takes="counts", level="ordinal", low=0, high=1, direction="less",
        formula="(1 - A) / 2",
        reading="0 unanimous, 1/2 uniform, 1 half at each end.",
        sources=(VAN_DER_EIJK,),
        place="delphi.statistics.agreement:van_der_eijk_polarization",
        undefined=(NOBODY, SHORT, ALONE),
        marks=(FLAT,),
    ),
)  # fmt: skip
