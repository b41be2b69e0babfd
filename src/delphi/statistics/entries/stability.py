"""Entries of section 4: change between rounds of the persons and of the group, and who left."""

from __future__ import annotations

from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.undefined import fewer_pairs_than, no_pair, one_category_throughout, one_wave_unanimous

NO_PAIR = Case("no_pairs", no_pair)
ONE_PAIR = Case("too_few", fewer_pairs_than(2))

ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "share_unchanged",
        "percent of panelists who did not change, percent stability",
        section="4.1", takes="transitions", level="ordinal", low=0, high=1, direction="more",
        formula="share of the paired answers at most `tolerance` categories apart",
        reading="At tolerance 1 nearly 1 on five points whatever happens.",
        sources=("Holey et al. (2007)",),
        place="delphi.statistics.stability:share_unchanged",
        parameters=(Parameter("tolerance", "categories that a pair may lie apart", 0),),
        undefined=(NO_PAIR,),
    ),
    Statistic(
        "net_change",
        "net change of the distribution",
        section="4.2", takes="transitions", level="nominal", low=0, high=1, direction="less",
        formula="half the sum of the differences between the two histograms of the paired answers, over their number",
        reading="Under .15 is taken as stable. Blind to moves that cancel out; with ten persons one of them is .10.",
        sources=("Scheibe, Skutsch and Schofer (1975), in The Delphi Method, 262-287",),
        place="delphi.statistics.stability:net_change",
        undefined=(NO_PAIR,),
    ),
    Statistic(
        "weighted_kappa",
        "weighted kappa between rounds",
        section="4.1", takes="transitions", level="ordinal", high=1, direction="more",
        formula="1 - seen / expected disagreement, weighted by the distance of the scale values",
        reading="A trend, no cut-off: it falls when a panel converges (Holey et al. 2007).",
        sources=("Cohen (1968)",),
        place="delphi.statistics.stability:weighted_kappa",
        parameters=(Parameter("weights", "weights of disagreement", "quadratic", allowed=("linear", "quadratic")),),
        undefined=(NO_PAIR, ONE_PAIR, Case("no_variation", one_category_throughout)),
        marks=(Case("restricted_range", one_wave_unanimous),),
    ),
)  # fmt: skip
