"""Entries of section 3: agreement between raters over several items, and comparison of groups."""

from __future__ import annotations

from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.undefined import fewer_units_than, no_rating, one_category_of_units, one_rater

UNITS = (
    Case("no_valid_answers", no_rating),
    Case("too_few_raters", one_rater),
    Case("no_pairs", fewer_units_than(1)),
    Case("too_few_units", fewer_units_than(2)),
)
SAME = Case("no_variation", one_category_of_units)

ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "krippendorff_alpha",
        "Krippendorff's alpha",
        section="3", takes="units", level="nominal", high=1, direction="more",
        formula="1 - observed / expected disagreement, from the matrix of coincidences",
        reading="At least .800 reliable, .667 to .800 tentative (Krippendorff 2018); beside it belongs the raw agreement.",
        sources=("Krippendorff (2011), Computing Krippendorff's alpha-reliability",),
        place="delphi.statistics.agreement:krippendorff_alpha",
        parameters=(Parameter("level", "metric of the distance", "ordinal", allowed=("nominal", "ordinal")),),
        undefined=(*UNITS, SAME),
    ),
)  # fmt: skip
