"""Entries of section 3: agreement between raters over several items, and comparison of groups."""

from __future__ import annotations

from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.entries.rater_cases import (
    RATED,
    RATERS,
    TWICE,
    UNITS,
    VARIED,
)
from delphi.statistics.undefined import (
    fewer_units_than,
    no_rating,
    one_category_of_units,
    one_rater,
)

OF_UNITS = (
    Case("no_valid_answers", no_rating),
    Case("too_few_raters", one_rater),
    Case("no_pairs", fewer_units_than(1)),
    Case("too_few_units", fewer_units_than(2)),
)
OF_UNITS_OR_ANSWERS = (
    Case("no_valid_answers", RATED),
    Case("too_few_raters", RATERS),
    Case("no_pairs", TWICE),
    Case("too_few_units", UNITS),
)
ALL_ALIKE = Case("no_variation", one_category_of_units)

GWET = "Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition"


ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "observed_agreement",
        "raw agreement, percent agreement of pairs of raters",
        section="3", takes="units", level="nominal", low=0, high=1, direction="more",
        formula="share of pairs of raters with the same answer, mean over the units with two ratings",
        reading="Not corrected for chance; belongs beside every coefficient that is.",
        sources=("Fleiss (1971), Psychological Bulletin 76, 378-382", GWET),
        place="delphi.statistics.agreement:observed_agreement",
        undefined=OF_UNITS,
        marks=(ALL_ALIKE,),
    ),
    Statistic(
        "krippendorff_alpha",
        "Krippendorff's alpha",
        section="3", takes="units", level="nominal", high=1, direction="more",
        formula="1 - observed / expected disagreement, from the matrix of coincidences",
        reading="At least .800 reliable, .667 to .800 tentative (Krippendorff 2018); beside it belongs the raw agreement.",
        sources=("Krippendorff (2011), Computing Krippendorff's alpha-reliability",),
        place="delphi.statistics.agreement:krippendorff_alpha",
        parameters=(
            Parameter("level", "metric of the distance", "ordinal", allowed=("nominal", "ordinal", "interval", "ratio")),
            Parameter("given", "histograms of the units, or the answers", "units", allowed=("units", "answers")),
        ),
        undefined=(*OF_UNITS_OR_ANSWERS, Case("no_variation", VARIED)),
    ),
)  # fmt: skip
