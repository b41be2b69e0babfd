"""Entries of sections 2.4 and 2.5: the RAND/UCLA method, content validity."""

from __future__ import annotations

from typing import Any

import numpy as np

from delphi.statistics.appropriateness import is_one_to_nine
from delphi.statistics.arrays import as_counts
from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.entries.location import ALONE, FLAT, NOBODY, QUANTILE_TYPE
from delphi.statistics.undefined import Options, Where, always, fewer_categories_than, no_rating


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
WITHIN = Parameter(
    "within", "which categories mean relevant, a boolean each; of four the upper two by default"
)
CHANCE_AT_HALF = "at least .78 for six experts or more, 1.00 for fewer (Lynn 1986; Polit and Beck 2006)"

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
    Statistic(
        "cvr",
        "content validity ratio, Lawshe's CVR",
        section="2.5", takes="counts", level="nominal", low=-1, high=1, direction="more",
        formula="(E - n/2) / (n/2), E the answers that say essential",
        reading="Judge it by cvr_critical, not by the table of 1975, which has errors (Ayre and Scally 2014).",
        sources=("Lawshe (1975), Personnel Psychology 28, 563-575", "Ayre and Scally (2014)"),
        place="delphi.statistics.content_validity:cvr",
        parameters=(Parameter("within", "which categories say essential, a boolean each", is_required=True),),
        undefined=(NOBODY,),
    ),
    Statistic(
        "cvr_critical",
        "critical number of experts for CVR",
        section="2.5", takes="counts", level="nominal", low=1, gives="fields", main="n_essential",
        formula="the least E with P(X >= E) <= level, X binomial of n and 1/2, one-sided and exact",
        reading="Fewer say essential than chance might. The tables of Lawshe (1975) and Wilson et al. (2012) differ.",
        sources=("Ayre and Scally (2014), Measurement and Evaluation in Counseling and Development 47, 79-86",),
        place="delphi.statistics.content_validity:cvr_critical",
        parameters=(Parameter("level", "one-sided chance, between 0 and 1", 0.05),),
        undefined=(NOBODY, Case("too_few", always)),
    ),
    Statistic(
        "cvi",
        "item content validity index, I-CVI",
        section="2.5", takes="counts", level="ordinal", low=0, high=1, direction="more",
        formula="share of the experts who rate the item relevant (3 or 4 of 4)",
        reading=f"I-CVI {CHANCE_AT_HALF}; .78 is 7 of 9 rounded, and 7/9 fails it: publish the rule as a count.",
        sources=("Lynn (1986), Nursing Research 35, 382-385", "Polit and Beck (2006)"),
        place="delphi.statistics.content_validity:cvi",
        parameters=(WITHIN,),
        undefined=(NOBODY,),
    ),
    Statistic(
        "scvi_average",
        "scale content validity index by averaging, S-CVI/Ave",
        section="2.5", takes="units", level="ordinal", low=0, high=1, direction="more",
        formula="mean of the items' I-CVI, over items with an answer",
        reading="At least .90 (Polit and Beck 2006). The number of experts may differ by item.",
        sources=("Polit and Beck (2006), Research in Nursing and Health 29, 489-497",),
        place="delphi.statistics.content_validity:scvi_average",
        parameters=(WITHIN,),
        undefined=(Case("no_valid_answers", no_rating),),
    ),
    Statistic(
        "scvi_universal",
        "scale content validity index by universal agreement, S-CVI/UA",
        section="2.5", takes="units", level="ordinal", low=0, high=1, direction="more",
        formula="share of the items with an I-CVI of 1, of those with an answer",
        reading="At least .80 (Polit and Beck 2006). It falls with the number of experts.",
        sources=("Polit and Beck (2006), Research in Nursing and Health 29, 489-497",),
        place="delphi.statistics.content_validity:scvi_universal",
        parameters=(WITHIN,),
        undefined=(Case("no_valid_answers", no_rating),),
    ),
    Statistic(
        "cvi_modified_kappa",
        "modified kappa of an item",
        section="2.5", takes="counts", level="ordinal", high=1, direction="more",
        formula="(I-CVI - pc) / (1 - pc), pc = C(n, A) / 2^n, A the experts who rate the item relevant",
        reading=".40-.59 fair, .60-.74 good, above .74 excellent (Polit, Beck and Owen 2007, after Fleiss, and Cicchetti). Defined for a unanimous panel, for chance is one half.",
        sources=("Polit, Beck and Owen (2007), Research in Nursing and Health 30, 459-467",),
        place="delphi.statistics.content_validity:cvi_modified_kappa",
        parameters=(WITHIN,),
        undefined=(NOBODY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "aiken_v",
        "Aiken's V",
        section="2.5", takes="counts", level="interval", low=0, high=1, direction="more", gives="fields", main="v",
        formula="sum of (x - lowest) / (n (highest - lowest)), with Wilson's interval of n (highest - lowest) trials",
        reading="Lower limit above .5 or above .7. The ends are those of the scale, not of the data.",
        sources=("Aiken (1985)", "Penfield and Giacobbi (2004)"),
        place="delphi.statistics.content_validity:aiken_v",
        parameters=(Parameter("confidence", "of the interval, between 0 and 1", 0.95, is_of_value=False),),
        undefined=(NOBODY, Case("scale_too_short", fewer_categories_than(2))),
    ),
)  # fmt: skip
