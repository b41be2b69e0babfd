"""Entries of section 4: change between rounds of the persons and of the group, when to stop, and who left."""

from __future__ import annotations

from delphi.statistics.entries import stability_cases as when
from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.entries.stability_cases import ELSE_NO_VARIATION, NO_PAIR, NOBODY_MOVED, ONE_PAIR
from delphi.statistics.undefined import (
    always,
    one_category_throughout,
    one_wave_unanimous,
)

SCHEIBE = "Scheibe, Skutsch and Schofer (1975), in The Delphi Method, 262-287"
HOLEY = "Holey et al. (2007), BMC Medical Research Methodology 7, 52"
NO_PROOF = "A large p in a small panel is no sign of stability."

TOLERANCE = Parameter("tolerance", "categories that a pair may lie apart", 0)
WITHIN = Parameter("within", "which categories mean agree, one value per category", is_required=True)
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
    Statistic(
        "wilcoxon_signed_rank",
        "Wilcoxon's signed-rank test",
        section="4.1", takes="transitions", level="ordinal", low=0, gives="fields", main="statistic",
        formula="the smaller of the rank sums of moves up and down; zero differences dropped, ties mid-ranked; exact p up to 25 movers",
        reading=f"Shift of location; Holm over the items. {NO_PROOF}",
        sources=("Wilcoxon (1945), Biometrics Bulletin 1, 80-83",),
        place="delphi.statistics.movers:wilcoxon_signed_rank",
        undefined=(NO_PAIR, NOBODY_MOVED),
        marks=(Case("approximate_p", when.more_movers_than_exact),),
    ),
    Statistic(
        "sign_test",
        "sign test",
        section="4.1", takes="transitions", level="ordinal", low=0, gives="fields", main="statistic",
        formula="how many of the movers went up; exact two-sided p of the binomial distribution with one half",
        reading=f"Direction only, not how far. {NO_PROOF}",
        sources=("Conover (1999), Practical Nonparametric Statistics, section 3.4",),
        place="delphi.statistics.movers:sign_test",
        undefined=(NO_PAIR, NOBODY_MOVED),
    ),
    Statistic(
        "paired_t",
        "Student's paired t test",
        section="4.1", takes="transitions", level="interval", gives="fields", main="statistic",
        formula="mean difference / (standard deviation of the differences / root of n)",
        reading=f"For interval data only. {NO_PROOF}",
        sources=("Student (1908), Biometrika 6, 1-25",),
        place="delphi.statistics.movers:paired_t",
        undefined=(NO_PAIR, ONE_PAIR, ELSE_NO_VARIATION),
    ),
    Statistic(
        "mcnemar",
        "McNemar's test",
        section="4.1", takes="transitions", level="nominal", low=0, gives="fields", main="statistic",
        formula="b who left and c who joined those who agree: exact binomial p with the smaller of both, or (b-c)² / (b+c), or "
        "(|b-c|-1)² / (b+c)",
        reading=f"Shift of the share that agrees. {NO_PROOF}",
        sources=("McNemar (1947), Psychometrika 12, 153-157",),
        place="delphi.statistics.movers:mcnemar",
        parameters=(WITHIN, Parameter("method", "kind of p", "exact", allowed=("exact", "chi2", "corrected"))),
        undefined=(NO_PAIR, Case("no_discordant_pairs", when.nobody_crossed)),
        marks=(Case("approximate_p", when.is_approximate),),
    ),
    Statistic(
        "bowker",
        "Bowker's test of symmetry, McNemar-Bowker",
        section="4.1", takes="transitions", level="nominal", low=0, gives="fields", main="statistic",
        formula="sum of (n_ij - n_ji)² / (n_ij + n_ji) over pairs of categories with moves; df the number of such pairs",
        reading=f"Any movement that is not balanced. {NO_PROOF}",
        sources=(
            "Bowker (1948), Journal of the American Statistical Association 43, 572-574",
            "Hoenig, Morgan and Brown (1995), for the degrees of freedom",
        ),
        place="delphi.statistics.homogeneity:bowker",
        undefined=(NO_PAIR, NOBODY_MOVED),
    ),
    Statistic(
        "stuart_maxwell",
        "Stuart-Maxwell test of marginal homogeneity",
        section="4.1", takes="transitions", level="nominal", low=0, gives="fields", main="statistic",
        formula="d'S⁻d, d the differences of the margins, S their covariance under homogeneity; df the rank of S",
        reading=f"Change of the histogram of the same persons. {NO_PROOF}",
        sources=("Stuart (1955), Biometrika 42, 412-416", "Maxwell (1970), British Journal of Psychiatry 116, 651-655"),
        place="delphi.statistics.homogeneity:stuart_maxwell",
        undefined=(NO_PAIR, NOBODY_MOVED),
    ),
    Statistic(
        "bhapkar",
        "Bhapkar's test of marginal homogeneity",
        section="4.1", takes="transitions", level="nominal", low=0, gives="fields", main="statistic",
        formula="χ² / (1 - χ²/n), χ² of Stuart and Maxwell",
        reading=f"Change of the histogram of the same persons; a little more sensitive than Stuart-Maxwell. {NO_PROOF}",
        sources=("Bhapkar (1966), Journal of the American Statistical Association 61, 228-235", "Keefe (1982)"),
        place="delphi.statistics.homogeneity:bhapkar",
        undefined=(NO_PAIR, NOBODY_MOVED, Case("singular", always)),
    ),
    Statistic(
        "cochran_q",
        "Cochran's Q over rounds",
        section="4.1", takes="rounds", level="binary", low=0, gives="fields", main="statistic",
        formula="(R-1)(R·sum of squared round totals - T²) / (R·T - sum of squared person totals), over who answered every round",
        reading=f"Shift of the share that agrees over three or more rounds. {NO_PROOF}",
        sources=("Cochran (1950), Biometrika 37, 256-266",),
        place="delphi.statistics.homogeneity:cochran_q",
        parameters=(Parameter("agree", "values that mean agree; without them answers are 0 and 1"),),
        undefined=(Case("no_pairs", when.nobody_complete), Case("no_discordant_pairs", always)),
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
    Statistic(
        "towards_median",
        "conformity, movement towards the group",
        section="4.2", takes="transitions", level="interval", low=0, high=1, gives="fields", main="share",
        formula="share of the movers whose new answer lies nearer to the median of the earlier wave",
        reading="Movement that feedback causes; more than half is to be expected.",
        sources=(
            "Woudenberg (1991), Technological Forecasting and Social Change 40, 131-150",
            "Rowe, Wright and McColl (2005), Technological Forecasting and Social Change 72, 377-399",
        ),
        place="delphi.statistics.movers:towards_median",
        undefined=(NO_PAIR, NOBODY_MOVED),
    ),
)  # fmt: skip

ENTRIES: tuple[Statistic, ...] = (*OF_THE_PERSONS, *OF_THE_GROUP)
