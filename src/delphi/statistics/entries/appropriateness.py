"""Entries of sections 2.4 and 2.5: the RAND/UCLA method, content validity."""

from __future__ import annotations

from typing import Any

import numpy as np

from delphi.statistics.appropriateness import is_one_to_nine
from delphi.statistics.arrays import as_counts
from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.entries.location import ALONE, FLAT, NOBODY, QUANTILE_TYPE
from delphi.statistics.undefined import Options, Where


def other_scale(counts: Any, options: Options) -> Where:
    """The scale is not that of 1 to 9."""
    given = as_counts(counts)
    return np.full(given.shape[:-1], not is_one_to_nine(given.shape[-1], options.get("values")))


def panel_below_rule(counts: Any, options: Options) -> Where:
    """The panel is smaller than those the rule by counts of panelists was published for."""
    return (as_counts(counts).sum(axis=-1) < 8) & (options.get("rule", "classic") == "classic")


def panel_above_rule(counts: Any, options: Options) -> Where:
    """The panel is larger than those the rule by counts of panelists was published for."""
    return (as_counts(counts).sum(axis=-1) > 16) & (options.get("rule", "classic") == "classic")


FITCH = "Fitch et al. (2001), The RAND/UCLA Appropriateness Method User's Manual, RAND MR-1269"
OTHER_SCALE = Case("scale_not_supported", other_scale)
RULE_RANGE = (
    Case("panel_below_rule_range", panel_below_rule),
    Case("panel_above_rule_range", panel_above_rule),
)
ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "rand_ucla",
        "disagreement index, IPR and IPRAS",
        section="2.4", takes="counts", level="interval", low=0, direction="less", gives="fields", main="disagreement_index",
        formula="(P70 - P30) / (2.35 + 1.5 |5 - (P30 + P70) / 2|), on a scale of 1 to 9",
        reading="Above 1 (IPR above IPRAS, compared exactly) the panel disagrees. The type of the percentiles changes it on panels of nine: state it.",
        sources=(FITCH,),
        place="delphi.statistics.appropriateness:rand_ucla",
        parameters=(QUANTILE_TYPE,),
        undefined=(NOBODY, OTHER_SCALE, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "rand_ucla_classic_thresholds",
        "agreement and disagreement by numbers of panelists",
        section="2.4", takes="counts", level="ordinal", gives="label", main="agreement",
        formula="with k = floor((n + 1) / 3): disagreement when k or more rate 1-3 and k or more 7-9, agreement when fewer than k rate outside the third that holds the median, else neither",
        reading="Published for panels of 8 to 16; flagged outside, where the formula is an extension. Medians of 3.5 and 6.5 lie in the higher third.",
        sources=(FITCH,),
        place="delphi.statistics.appropriateness:rand_ucla_classic_thresholds",
        undefined=(NOBODY, OTHER_SCALE, ALONE),
        marks=RULE_RANGE,
    ),
    Statistic(
        "rand_ucla_classification",
        "appropriate, uncertain or inappropriate",
        section="2.4", takes="counts", level="ordinal", gives="label", main="classification",
        formula="uncertain when the panel disagrees, else by the median: 7-9 appropriate, 4-6 uncertain, 1-3 inappropriate",
        reading="Medians of 3.5 and 6.5 go to the higher class. State which rule of disagreement was used.",
        sources=(FITCH,),
        place="delphi.statistics.appropriateness:rand_ucla_classification",
        parameters=(
            Parameter("rule", "what disagreement is: numbers of panelists, or IPR above IPRAS", "classic", allowed=("classic", "ipras")),
            QUANTILE_TYPE,
        ),
        undefined=(NOBODY, OTHER_SCALE, ALONE),
        marks=RULE_RANGE,
    ),
)  # fmt: skip
