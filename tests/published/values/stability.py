"""Values of section 4 from outside."""

from __future__ import annotations

from itertools import combinations
from statistics import mean, median, stdev

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.contingency_tables import SquareTable, cochrans_q
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.proportion import proportion_confint

from delphi import statistics as ds
from tests.published.reference import Example, Reference

BEFORE = np.array([1, 2, 2, 3, 3, 3, 4, 5, 5, 5, 4, 1])
AFTER = np.array([1, 2, 3, 3, 3, 4, 4, 5, 4, 5, 2, 1])
"""Twelve panelists on five points in two rounds."""
FIVE = [1, 2, 3, 4, 5]
AGREE = [False, False, False, True, True]


def tabulated(before: NDArray[np.int64], after: NDArray[np.int64], points: int) -> NDArray[np.int64]:
    """Transitions of persons with an answer from 1 to `points` in both rounds, no answer last."""
    moves = np.zeros((points + 1, points + 1), dtype=int)
    np.add.at(moves, (before - 1, after - 1), 1)
    return moves


def answered_twice(table: list[list[int]]) -> NDArray[np.int64]:
    """Transitions of a printed table of earlier × later answers: nobody lacks one."""
    return np.pad(np.array(table), (0, 1))


MOVES = tabulated(BEFORE, AFTER, 5)
HISTOGRAMS = [np.array([(given == v).sum() for v in FIVE]) for given in (BEFORE, AFTER)]
TABLE = MOVES[:-1, :-1]
USED = TABLE[:, TABLE.sum(axis=0) > 0]

VISION = answered_twice(
    [[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]]
)
"""Right against left eye of 7477 women (Stuart 1953)."""
SCREENING = answered_twice([[144, 33, 84, 126], [2, 4, 14, 29], [0, 2, 6, 25], [0, 0, 1, 5]])
CHANGES = answered_twice([[20, 10, 5], [3, 30, 15], [0, 5, 40]])
R_VALUES = "R, in the test results of statsmodels 0.15"
HAIR = answered_twice([[1768, 807, 189, 47], [946, 1387, 746, 53], [115, 438, 288, 16], [0, 0, 0, 0]])
"""Eyes against hair of 6800 men (Goodman and Kruskal 1954, p. 744)."""

SELF = np.array([139, 163, 160, 160, 147, 149, 149, 122, 132, 144, 130, 144, 102, 124, 144])
CROSS = np.array([188, 96, 168, 176, 153, 172, 177, 163, 146, 173, 186, 168, 177, 184, 96])
"""Heights of Darwin's maize in eighths of an inch (Fisher 1935, The Design of Experiments, p. 30)."""
HEIGHTS = np.unique([*SELF, *CROSS])
PLANTS = tabulated(np.searchsorted(HEIGHTS, SELF) + 1, np.searchsorted(HEIGHTS, CROSS) + 1, len(HEIGHTS))

DRUGS = np.repeat(
    [[1, 1, 1], [0, 1, 1], [1, 1, 0], [0, 1, 0], [1, 0, 1], [0, 0, 1], [1, 0, 0], [0, 0, 0]],
    [6, 2, 16, 4, 2, 6, 4, 6], axis=0,
)  # fmt: skip
"""Three drugs, 46 subjects, favorable or not (Agresti 2002)."""
LEFT = np.array([5, 5, 4, 3, 5, 2])
"""Earlier answers of six who left."""


def signed_ranks_by_permutation() -> tuple[float, float]:
    """Smaller rank sum and two-sided p of the moves, over all signs they could have had."""
    moved = (AFTER - BEFORE)[AFTER != BEFORE]
    ranks = stats.rankdata(np.abs(moved))
    signs = np.array(np.meshgrid(*[[-1, 1]] * len(moved))).reshape(len(moved), -1).T
    sums = (signs > 0) @ ranks
    seen = ranks[moved > 0].sum()
    tails = ((sums <= seen + 1e-9).mean(), (sums >= seen - 1e-9).mean())
    return float(min(seen, ranks.sum() - seen)), float(min(1, 2 * min(tails)))


def guesses_saved() -> float:
    """Errors in guessing the later answer, without and with the earlier one, counted person by person."""
    without = len(AFTER) - max((v == AFTER).sum() for v in FIVE)
    right = sum(max(((v == AFTER) & (w == BEFORE)).sum() for v in FIVE) for w in FIVE)
    return float((without - (len(AFTER) - right)) / without)


def nearer() -> float:
    """Of those who moved, who is nearer to the median of the first round."""
    middle = median(BEFORE.tolist())
    movers = [(a, b) for a, b in zip(BEFORE.tolist(), AFTER.tolist(), strict=True) if a != b]
    return sum(abs(b - middle) < abs(a - middle) for a, b in movers) / len(movers)


def w_of(rankings: list[list[int]]) -> float:
    """Kendall's W without ties from the mean Spearman correlation of all pairs of rankings."""
    pairs = [stats.spearmanr(a, b).statistic for a, b in combinations(rankings, 2)]
    m = len(rankings)
    return float((np.mean(pairs) * (m - 1) + 1) / m)


def fields(found: object, *names: str) -> tuple[float, ...]:
    """Some fields of a result."""
    return tuple(float(getattr(found, name)) for name in names)


FIRST_RANKS = [[1, 2, 3, 4], [2, 1, 4, 3], [4, 3, 2, 1], [1, 3, 2, 4]]
LATER_RANKS = [[1, 2, 3, 4], [2, 1, 3, 4], [1, 3, 2, 4], [1, 2, 4, 3]]
DIFFERENCE, TOTAL = BEFORE - AFTER, BEFORE + AFTER
CHANGED = SquareTable(CHANGES[:-1, :-1], shift_zeros=False)
CHI2_ROUNDS = stats.chi2_contingency(USED, correction=False)
CHI2_GROUP = stats.chi2_contingency(HISTOGRAMS, correction=False)
NORMAL_MW = stats.mannwhitneyu(AFTER, LEFT, method="asymptotic", use_continuity=False)
LEFT_COUNTS = [int((v == LEFT).sum()) for v in FIVE]
LEAVING = MOVES + np.pad(np.array(LEFT_COUNTS)[:, None], ((0, 1), (5, 0)))
"""The twelve and the six who left, whose earlier answers stand in the last column."""
CARRIED = [*AFTER.tolist(), *LEFT.tolist()]

REFERENCES = (
    Reference("share_unchanged", float((BEFORE == AFTER).mean()), "counted person by person", lambda: ds.share_unchanged(MOVES)),
    Reference("share_changed", float((BEFORE != AFTER).mean()), "counted person by person", lambda: ds.share_changed(MOVES)),
    Reference(
        "share_changed_gt1", float((np.abs(BEFORE - AFTER) > 1).mean()), "counted person by person",
        lambda: ds.share_changed_gt1(MOVES),
    ),
    Reference(
        "weighted_kappa", float(cohen_kappa_score(BEFORE, AFTER, weights="quadratic", labels=FIVE)),
        "scikit-learn cohen_kappa_score", lambda: ds.weighted_kappa(MOVES, FIVE),
    ),
    Reference(
        "individual_stability_chi2", (CHI2_ROUNDS.statistic, CHI2_ROUNDS.dof, CHI2_ROUNDS.pvalue),
        "SciPy chi2_contingency, correction=False",
        lambda: fields(ds.individual_stability_chi2(MOVES), "statistic", "df", "p"),
    ),
    Reference("individual_stability_chi2", "unstable", "p of SciPy is .054", lambda: ds.individual_stability_chi2(MOVES).reads),
    Reference("gk_lambda", 0.1924, "Goodman and Kruskal 1954, hair from eyes", lambda: ds.gk_lambda(HAIR), 5e-5),
    Reference(
        "gk_lambda", 0.2241, "Goodman and Kruskal 1954, eyes from hair", lambda: ds.gk_lambda(HAIR.T), 5e-5,
    ),
    Reference(
        "gk_lambda", 0.18333, "documentation of the R package rapportools, lambda.test",
        lambda: ds.gk_lambda(np.pad([[5, 4, 3], [9, 8, 7], [7, 11, 22], [1, 15, 8]], ((0, 1), (0, 2)))), 5e-6,
    ),
    Reference("gk_lambda", guesses_saved(), "errors counted person by person", lambda: ds.gk_lambda(MOVES)),
    Reference(
        "rank_correlation", float(stats.spearmanr(BEFORE, AFTER).statistic), "SciPy spearmanr", lambda: ds.rank_correlation(MOVES),
    ),
    Reference(
        "rank_correlation", float(stats.kendalltau(BEFORE, AFTER).statistic), "SciPy kendalltau",
        lambda: ds.rank_correlation(MOVES, "kendall"),
    ),
    Reference(
        "wilcoxon_signed_rank", signed_ranks_by_permutation(), "all signs of the moves, ranks by SciPy",
        lambda: fields(ds.wilcoxon_signed_rank(MOVES, FIVE), "statistic", "p"),
    ),
    Reference(
        "wilcoxon_signed_rank", (24.0, 0.0413), "Darwin's maize, exact p as printed by R",
        lambda: fields(ds.wilcoxon_signed_rank(PLANTS, HEIGHTS), "statistic", "p"), 5e-5,
    ),
    Reference(
        "sign_test", (13.0, float(stats.binomtest(13, 15).pvalue)), "SciPy binomtest, Darwin's maize",
        lambda: fields(ds.sign_test(PLANTS), "statistic", "p"),
    ),
    Reference("paired_t", 2.148, "Fisher 1935, Darwin's maize", lambda: ds.paired_t(PLANTS, HEIGHTS).statistic, 5e-4),
    Reference(
        "paired_t", tuple(stats.ttest_rel(AFTER, BEFORE)), "SciPy ttest_rel",
        lambda: fields(ds.paired_t(MOVES, FIVE), "statistic", "p"),
    ),
    Reference(
        "mcnemar", (17.3559, 3.099e-05), "Penn State STAT 504, approval of the President (Agresti 1990)",
        lambda: fields(ds.mcnemar(answered_twice([[794, 150], [86, 570]]), [True, False], "chi2"), "statistic", "p"), 5e-5,
    ),
    Reference(
        "mcnemar", fields(statsmodels_mcnemar([[23, 15], [19, 31]], exact=True), "statistic", "pvalue"),
        "statsmodels mcnemar, exact",
        lambda: fields(ds.mcnemar(answered_twice([[23, 15], [19, 31]]), [True, False]), "statistic", "p"),
    ),
    Reference(
        "mcnemar", float(statsmodels_mcnemar([[23, 15], [19, 31]], exact=False, correction=True).pvalue),
        "statsmodels mcnemar, corrected",
        lambda: ds.mcnemar(answered_twice([[23, 15], [19, 31]]), [True, False], "corrected").p,
    ),
    Reference(
        "bowker", (CHANGED.symmetry().statistic, CHANGED.symmetry().df, CHANGED.symmetry().pvalue),
        "statsmodels SquareTable(shift_zeros=False)", lambda: fields(ds.bowker(CHANGES), "statistic", "df", "p"),
    ),
    Reference(
        "bowker", (297.610989010989, 6.0), R_VALUES, lambda: fields(ds.bowker(SCREENING), "statistic", "df"),
    ),
    Reference(
        "stuart_maxwell", 11.96, "Stuart 1955, vision of 7477 women, as quoted by the R package coin",
        lambda: ds.stuart_maxwell(VISION).statistic, 5e-3,
    ),
    Reference("stuart_maxwell", (271.922246968262, 3.0), R_VALUES, lambda: fields(ds.stuart_maxwell(SCREENING), "statistic", "df")),
    Reference(
        "stuart_maxwell", (CHANGED.homogeneity().statistic, CHANGED.homogeneity().df, CHANGED.homogeneity().pvalue),
        "statsmodels SquareTable(shift_zeros=False)", lambda: fields(ds.stuart_maxwell(CHANGES), "statistic", "df", "p"),
    ),
    Reference(
        "bhapkar",
        fields(SquareTable(VISION[:-1, :-1], shift_zeros=False).homogeneity("bhapkar"), "statistic", "df", "pvalue"),
        "statsmodels SquareTable(shift_zeros=False)", lambda: fields(ds.bhapkar(VISION), "statistic", "df", "p"),
    ),
    Reference(
        "cochran_q", (8.4706, 2.0, 0.0145), "SAS/STAT, PROC FREQ, example Cochran's Q test",
        lambda: fields(ds.cochran_q(DRUGS), "statistic", "df", "p"), 5e-5,
    ),
    Reference("cochran_q", float(cochrans_q(DRUGS[:20]).pvalue), "statsmodels cochrans_q", lambda: ds.cochran_q(DRUGS[:20]).p),
    Reference(
        "net_change", sum(abs(int((v == AFTER).sum()) - int((v == BEFORE).sum())) for v in FIVE) / 24,
        "counted person by person", lambda: ds.net_change(MOVES),
    ),
    Reference(
        "net_change_between_panels", sum(abs((v == BEFORE).mean() - (v == LEFT).mean()) for v in FIVE) / 2,
        "counted person by person", lambda: ds.net_change_between_panels(HISTOGRAMS[0], LEFT_COUNTS),
    ),
    Reference(
        "group_stability_chi2", (CHI2_GROUP.statistic, CHI2_GROUP.dof, CHI2_GROUP.pvalue),
        "SciPy chi2_contingency, correction=False",
        lambda: fields(ds.group_stability_chi2(*HISTOGRAMS), "statistic", "df", "p"),
    ),
    Reference("group_stability_chi2", "stable", "p of SciPy over .05", lambda: ds.group_stability_chi2(*HISTOGRAMS).reads),
    Reference(
        "delta_median", median(AFTER.tolist()) - median(BEFORE.tolist()), "Python's statistics.median",
        lambda: ds.delta_median(MOVES, FIVE),
    ),
    Reference(
        "delta_iqr", float(stats.iqr(AFTER, interpolation="weibull") - stats.iqr(BEFORE, interpolation="weibull")),
        "SciPy iqr, weibull (type 6)", lambda: ds.delta_iqr(MOVES, FIVE, 6),
    ),
    Reference(
        "delta_iqr", float(stats.iqr(AFTER) / stats.iqr(BEFORE) - 1), "SciPy iqr, relative",
        lambda: ds.delta_iqr(MOVES, FIVE, relative=True),
    ),
    Reference(
        "delta_mean", mean(map(float, AFTER)) - mean(map(float, BEFORE)), "Python's statistics.mean", lambda: ds.delta_mean(MOVES, FIVE),
    ),
    Reference(
        "delta_sd", stdev(map(float, AFTER)) - stdev(map(float, BEFORE)), "Python's statistics.stdev",
        lambda: ds.delta_sd(MOVES, FIVE),
    ),
    Reference(
        "delta_cv", float(stats.variation(AFTER, ddof=1) - stats.variation(BEFORE, ddof=1)), "SciPy variation, ddof=1",
        lambda: ds.delta_cv(MOVES, FIVE),
    ),
    Reference(
        "f_test_variances",
        (
            float(BEFORE.var(ddof=1) / LEFT.var(ddof=1)),
            2 * float(min(stats.f(11, 5).cdf(BEFORE.var(ddof=1) / LEFT.var(ddof=1)), stats.f(11, 5).sf(BEFORE.var(ddof=1) / LEFT.var(ddof=1)))),
        ),
        "NumPy var and SciPy f", lambda: fields(ds.f_test_variances(HISTOGRAMS[0], LEFT_COUNTS, FIVE), "statistic", "p"),
    ),
    Reference(
        "pitman_morgan", tuple(map(float, stats.pearsonr(DIFFERENCE, TOTAL))), "SciPy pearsonr of differences and sums",
        lambda: fields(ds.pitman_morgan(MOVES, FIVE), "correlation", "p"),
    ),
    Reference(
        "pitman_morgan", float(stats.linregress(TOTAL, DIFFERENCE).slope / stats.linregress(TOTAL, DIFFERENCE).stderr),
        "t of the slope by SciPy linregress", lambda: ds.pitman_morgan(MOVES, FIVE).statistic,
    ),
    Reference("towards_median", nearer(), "counted person by person", lambda: ds.towards_median(MOVES, FIVE).share),
    Reference(
        "delta_w", w_of(LATER_RANKS) - w_of(FIRST_RANKS), "W from the mean of all Spearman correlations by SciPy",
        lambda: ds.delta_w(FIRST_RANKS, LATER_RANKS).delta,
    ),
    Reference(
        "comment_count", (3.0, -4.0), "counted by hand",
        lambda: fields(ds.comment_count([7, 5, 3]), "count", "change"),
    ),
    Reference(
        "hierarchical_stopping", "disagreement", "by hand: 1 of 12 would have to move, and two categories lead with 3 of 12",
        lambda: ds.hierarchical_stopping(MOVES).label,
    ),
    Reference(
        "consensus_and_stability", "ask again", "by hand: stable, 5 of 12 agree",
        lambda: ds.consensus_and_stability(MOVES, AGREE).label,
    ),
    Reference("stability_only", "stop", "by hand: stable", lambda: ds.stability_only(MOVES).label),
    Reference("consensus_only", "stop", "by hand: 5 of 12 reach .4", lambda: ds.consensus_only(MOVES, AGREE, at_least=0.4).label),
    Reference("max_rounds", "stop", "by hand: the third round of three", lambda: ds.max_rounds(MOVES, 3).label),
    Reference(
        "panel_retention", (0.7, *map(float, proportion_confint(42, 60, method="wilson"))), "statsmodels proportion_confint, wilson",
        lambda: fields(ds.panel_retention(42, 60), "share", "low", "high"),
    ),
    Reference(
        "dropout_bias", (2 * NORMAL_MW.statistic / 72 - 1, float(NORMAL_MW.pvalue)), "SciPy mannwhitneyu, asymptotic",
        lambda: fields(ds.dropout_bias(HISTOGRAMS[1], LEFT_COUNTS), "delta", "p"),
    ),
    Reference(
        "dropout_by_group", (7.5, float(stats.fisher_exact([[9, 3], [1, 7]]).pvalue)), "SciPy fisher_exact",
        lambda: fields(ds.dropout_by_group([9, 3], [1, 7]), "statistic", "p"),
    ),
    Reference(
        "last_value_sensitivity", sum(v >= 4 for v in CARRIED) / len(CARRIED) - float((AFTER >= 4).mean()),
        "counted person by person", lambda: ds.last_value_sensitivity(LEAVING, AGREE).difference,
    ),
)  # fmt: skip

EXAMPLES = {
    "mcnemar": Example({"within": AGREE}),
    "consensus_and_stability": Example({"within": AGREE}),
    "consensus_only": Example({"within": AGREE}),
    "max_rounds": Example({"round_number": 2}),
    "last_value_sensitivity": Example({"within": AGREE}),
}
