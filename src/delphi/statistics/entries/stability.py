"""Entries of section 4: change between rounds of the persons and of the group, when to stop, and who left."""

from __future__ import annotations

from delphi.statistics.entries import stability_cases as when
from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.entries.stability_cases import NO_PAIR, ONE_PAIR
from delphi.statistics.undefined import (
    one_category_throughout,
    one_wave_unanimous,
)

SCHEIBE = "Scheibe, Skutsch and Schofer (1975), in The Delphi Method, 262-287"
HOLEY = "Holey et al. (2007), BMC Medical Research Methodology 7, 52"

TOLERANCE = Parameter("tolerance", "categories that a pair may lie apart", 0)
ALPHA = Parameter("alpha", "level of the test, between 0 and 1", 0.05)

OF_THE_PERSONS = (
    Statistic(
        "share_unchanged",
        "percent of panelists who did not change, percent stability",
        section="4.1", takes="transitions", level="ordinal", low=0, high=1, direction="more",
        formula="share of the paired answers at most `tolerance` categories apart",
        reading="At tolerance 1 nearly 1 on five points whatever happens.",
        sources=(HOLEY,),
        place="delphi.statistics.stability:share_unchanged",
        parameters=(TOLERANCE,),
        undefined=(NO_PAIR,),
    ),
    Statistic(
        "weighted_kappa",
        "weighted kappa between rounds",
        section="4.1", takes="transitions", level="ordinal", high=1, direction="more",
        formula="1 - seen / expected disagreement, weighted by the distance of the scale values",
        reading="A trend, no cut-off, and no labels of Landis and Koch: it falls when a panel converges (Holey et al. 2007).",
        sources=("Cohen (1968)", HOLEY),
        place="delphi.statistics.stability:weighted_kappa",
        parameters=(Parameter("weights", "weights of disagreement", "quadratic", allowed=("linear", "quadratic")),),
        undefined=(NO_PAIR, ONE_PAIR, Case("no_variation", one_category_throughout)),
        marks=(Case("restricted_range", one_wave_unanimous),),
    ),
    Statistic(
        "individual_stability_chi2",
        "chi-square of individual stability, Chaffin and Talley",
        section="4.1", takes="transitions", level="nominal", low=0, gives="fields", main="statistic",
        formula="chi-square of independence of the table of moves, empty rows and columns left out, no continuity correction",
        reading="p below alpha is read as stable: answers depend on the earlier ones. Association, not agreement: a panel that "
        "shifts as a whole passes. The opposite direction of group_stability_chi2.",
        sources=("Chaffin and Talley (1980), Technological Forecasting and Social Change 16, 67-73",),
        place="delphi.statistics.association:individual_stability_chi2",
        parameters=(ALPHA,),
        undefined=(NO_PAIR, Case("one_category", one_wave_unanimous)),
        marks=(Case("sparse_expected", when.sparse_moves),),
    ),
    Statistic(
        "gk_lambda",
        "Goodman and Kruskal's lambda, predictive association",
        section="4.1", takes="transitions", level="nominal", low=0, high=1, direction="more",
        formula="(sum of the largest count of each row - largest column total) / (n - largest column total)",
        reading="Predictability, not agreement: 1 also where all swapped sides. No accepted cut-off.",
        sources=("Goodman and Kruskal (1954), Journal of the American Statistical Association 49, 732-764",),
        place="delphi.statistics.association:gk_lambda",
        undefined=(NO_PAIR, Case("one_category", when.later_unanimous)),
        marks=(Case("restricted_range", when.earlier_unanimous),),
    ),
    Statistic(
        "rank_correlation",
        "Spearman's rho or Kendall's tau-b between rounds",
        section="4.1", takes="transitions", level="ordinal", low=-1, high=1, direction="more",
        formula="correlation of the mid-ranks (spearman), or concordant less discordant pairs of persons, corrected for ties (kendall)",
        reading="Blind to a shift of the whole panel. No accepted cut-off.",
        sources=("Spearman (1904)", "Kendall (1945)"),
        place="delphi.statistics.association:rank_correlation",
        parameters=(Parameter("method", "which coefficient", "spearman", allowed=("spearman", "kendall")),),
        undefined=(NO_PAIR, ONE_PAIR, Case("no_variation", one_wave_unanimous)),
    ),
)  # fmt: skip

OF_THE_GROUP = (
    Statistic(
        "net_change",
        "net change of the distribution",
        section="4.2", takes="transitions", level="nominal", low=0, high=1, direction="less",
        formula="half the sum of the differences between the two histograms of the paired answers, over their number",
        reading="Under .15 is taken as stable. Blind to moves that cancel out; with ten persons one of them is .10.",
        sources=(SCHEIBE,),
        place="delphi.statistics.stability:net_change",
        undefined=(NO_PAIR,),
    ),
)  # fmt: skip

ENTRIES: tuple[Statistic, ...] = (*OF_THE_PERSONS, *OF_THE_GROUP)
