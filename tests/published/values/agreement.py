"""Values of section 3 from outside."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray
from scipy.stats import friedmanchisquare, kruskal, mannwhitneyu, spearmanr
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as fleiss_of_statsmodels

from delphi import statistics as ds
from tests.published.reference import Reference

NOTHING = float("nan")
OBSERVERS = ("123321412   ", "1233224125 3", " 3332342251 ", "12332441251 ")
ANSWERS = np.array([[NOTHING if one == " " else float(one) for one in row] for row in OBSERVERS])
KRIPPENDORFF = tuple(
    tuple(sum(one[unit] == str(value) for one in OBSERVERS) for value in range(1, 6)) for unit in range(12)
)
"""Four observers (a blank: no rating), twelve units, five categories, as histograms of the units."""
FOUR_RATERS = ANSWERS.copy()
FOUR_RATERS[1, 11], FOUR_RATERS[2, 11] = NOTHING, 3
"""The same with the rating of the last unit from the third: the data `cac.raw4raters` of Gwet's package irrCAC."""
ABSTRACTORS = [[13, 0, 0, 0], [0, 20, 7, 0], [0, 4, 56, 0], [0, 0, 0, 0]]
"""Two abstractors, one hundred records: the data `cont3x3abstractors` of the same package."""

DIAGNOSES = (
    "444444", "222555", "233335", "555555", "222444", "113333", "333355", "113334", "114444", "555555",
    "144444", "124444", "222333", "144444", "224445", "333335", "111455", "111112", "224444", "133555",
    "555555", "244444", "224555", "114444", "144445", "222224", "111155", "224444", "133333", "555555",
)  # fmt: skip
FLEISS = tuple(tuple(one.count(str(value)) for value in range(1, 6)) for one in DIAGNOSES)
PSYCHIATRISTS = np.array([[float(digit) for digit in one] for one in DIAGNOSES]).T
"""Thirty patients with six diagnoses each (Fleiss 1971), as histograms, and in the order of `diagnoses` of the R package irr."""

JUDGES = np.array([[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]])
"""Four judges, six targets (Shrout and Fleiss 1979)."""
APPLICANTS = [[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]]
"""Three executives rank six applicants (Siegel 1956, chapter 9)."""
ASSEMBLY = np.array(
    [
        [3.2, 4.1, 3.8, 4.2], [3.1, 3.9, 3.4, 4.0], [4.3, 3.5, 4.6, 4.8], [3.5, 3.6, 3.9, 4.0], [3.6, 4.2, 3.7, 3.9],
        [4.5, 4.7, 3.7, NOTHING], [NOTHING, 4.2, 3.4, NOTHING], [4.3, 4.6, 4.4, 4.9], [3.5, NOTHING, 3.7, 3.9],
    ]
)  # fmt: skip
"""Assembly times of nine blocks under four methods, some lacking (Skillings and Mack 1981)."""
ITEMS = np.array(
    [[3, 4, 3, 3], [4, 4, 5, 5], [1, 2, 2, 3], [5, 5, 4, 5], [2, 3, 3, 2], [4, 3, 4, 4], [2, 2, 1, 3], [5, 4, 5, 4]],
    dtype=float,
)  # fmt: skip
"""Eight respondents, four items of one scale."""
GAPS = ITEMS.copy()
GAPS[1, 2] = GAPS[4, 0] = NOTHING
ONE, TWO, THREE = [5, 3, 2, 1, 0], [1, 2, 2, 4, 3], [0, 1, 4, 2, 2]
"""Three groups on five points."""


def listed(counts: list[int]) -> NDArray[np.int64]:
    """Answers of a histogram, one by one."""
    return np.repeat(np.arange(1, len(counts) + 1), counts)


def pairs_that_agree() -> float:
    """Raw agreement of Krippendorff's data, pair by pair of observers."""
    shares = []
    for unit in ANSWERS.T:
        given = unit[~np.isnan(unit)]
        if len(given) >= 2:
            shares.append(np.mean([one == other for one, other in combinations(given, 2)]))
    return float(np.mean(shares))


def light() -> float:
    """Mean over pairs of observers of scikit-learn's kappa on what both rated."""
    found = []
    for one, other in combinations(ANSWERS, 2):
        both = ~np.isnan(one) & ~np.isnan(other)
        found.append(cohen_kappa_score(one[both].astype(int), other[both].astype(int)))
    return float(np.mean(found))


def mean_rho(table: NDArray[np.float64]) -> float:
    """Mean of SciPy's rank correlations over pairs of rows, on the columns that both have."""
    found = []
    for one, other in combinations(table, 2):
        both = ~np.isnan(one) & ~np.isnan(other)
        found.append(spearmanr(one[both], other[both]).statistic)
    return float(np.mean(found))


def dominance() -> float:
    """Pairs of answers of two groups, counted one by one."""
    return float(np.mean([np.sign(one - other) for one, other in product(listed(ONE), listed(TWO))]))


def within(answers: NDArray[np.int64], null: float) -> float:
    """1 less NumPy's variance over that of the null."""
    return float(1 - np.var(answers, ddof=1) / null)


UNIFORM_5, SKEWED_5 = 2.0, 1.34
"""Variances of the nulls on five points (James, Demaree and Wolf 1984)."""
PART = float(np.mean([np.var(listed(one), ddof=1) for one in (TWO, THREE)])) / UNIFORM_5


def awg_of_two() -> float:
    """Brown and Hauenstein's index against the variance of answers at the two ends with the same mean."""
    answers = listed(TWO)
    n, mean = len(answers), answers.mean()
    high = (mean - 1) / 4  # share at 5, the rest at 1
    largest = (high * (5 - mean) ** 2 + (1 - high) * (1 - mean) ** 2) * n / (n - 1)
    return float(1 - 2 * np.var(answers, ddof=1) / largest)


KENDALL_OF_APPLICANTS = 12 * 25.5 / (9 * 210)
R_IRRCAC = "vignette of the R package irrCAC"
PYTHON_IRRCAC = "irrCAC 0.4.4 (Python) on Fleiss 1971"
PSYCH = "R package psych on Shrout and Fleiss 1979"
PINGOUIN = "pingouin 0.7.0"

REFERENCES = (
    Reference("observed_agreement", 0.81818, "irrCAC 0.4.4 (Python)", lambda: ds.observed_agreement(KRIPPENDORFF), 5e-6),
    Reference("observed_agreement", pairs_that_agree(), "counted pair by pair", lambda: ds.observed_agreement(KRIPPENDORFF)),
    Reference("cohen_kappa", 0.7964094, R_IRRCAC, lambda: ds.cohen_kappa(ABSTRACTORS), 5e-8),
    Reference(
        "cohen_kappa", float(cohens_kappa(np.array(ABSTRACTORS)[:3, :3]).kappa), "statsmodels cohens_kappa",
        lambda: ds.cohen_kappa(ABSTRACTORS),
    ),
    Reference("cohen_kappa", light(), "scikit-learn, mean over pairs", lambda: ds.cohen_kappa(ANSWERS, given="answers")),
    Reference("fleiss_kappa", 0.430, "Fleiss 1971", lambda: ds.fleiss_kappa(FLEISS), 5e-4),
    Reference("fleiss_kappa", 0.76117, R_IRRCAC, lambda: ds.fleiss_kappa(KRIPPENDORFF), 5e-6),
    Reference("fleiss_kappa", float(fleiss_of_statsmodels(np.array(FLEISS))), "statsmodels fleiss_kappa", lambda: ds.fleiss_kappa(FLEISS)),
    Reference(
        "fleiss_randolph_kappa", float(fleiss_of_statsmodels(np.array(FLEISS), method="randolph")), "statsmodels, randolph",
        lambda: ds.fleiss_randolph_kappa(FLEISS),
    ),
    *(
        Reference("brennan_prediger", expected, f"{PYTHON_IRRCAC}, {weights}", lambda w=weights: ds.brennan_prediger(FLEISS, w))
        for weights, expected in (("none", 0.444444444), ("linear", 0.3625), ("quadratic", 0.333888889), ("ordinal", 0.342063492))
    ),
    Reference("conger_kappa", 0.76282, R_IRRCAC, lambda: ds.conger_kappa(FOUR_RATERS), 5e-6),
    Reference("conger_kappa", 0.442, "R package irr, kappam.fleiss exact", lambda: ds.conger_kappa(PSYCHIATRISTS), 5e-4),
    Reference("gwet_ac1", 0.77544, R_IRRCAC, lambda: ds.gwet_ac1(KRIPPENDORFF), 5e-6),
    Reference("gwet_ac1", 0.447884516, PYTHON_IRRCAC, lambda: ds.gwet_ac1(FLEISS)),
    *(
        Reference("gwet_ac2", expected, f"{PYTHON_IRRCAC}, {weights}", lambda w=weights: ds.gwet_ac2(FLEISS, w))
        for weights, expected in (("linear", 0.385473614), ("quadratic", 0.380228301), ("ordinal", 0.381689353))
    ),
    *(
        Reference("krippendorff_alpha", expected, f"Krippendorff 2011, {level}", lambda one=level: ds.krippendorff_alpha(KRIPPENDORFF, one), 5e-4)
        for level, expected in (("ordinal", 0.815), ("nominal", 0.743), ("interval", 0.849), ("ratio", 0.797))
    ),
    Reference("krippendorff_alpha", 0.849, "Krippendorff 2011, from answers", lambda: ds.krippendorff_alpha(ANSWERS, "interval", given="answers"), 5e-4),
    *(
        Reference("icc", expected, f"Shrout and Fleiss 1979, {form}", lambda one=form: ds.icc(JUDGES, one).value, 5e-3)
        for form, expected in (
            ("ICC(1,1)", 0.17), ("ICC(2,1)", 0.29), ("ICC(3,1)", 0.71), ("ICC(1,k)", 0.44), ("ICC(2,k)", 0.62), ("ICC(3,k)", 0.91),
        )
    ),
    *(
        Reference("icc", ends, f"{PSYCH}, interval {form}", lambda one=form: (ds.icc(JUDGES, one).low, ds.icc(JUDGES, one).high), 5e-3)
        for form, ends in (
            ("ICC(1,1)", (-0.13, 0.72)), ("ICC(A,1)", (0.02, 0.76)), ("ICC(C,1)", (0.34, 0.95)),
            ("ICC(1,k)", (-0.88, 0.91)), ("ICC(A,k)", (0.07, 0.93)), ("ICC(C,k)", (0.68, 0.99)),
        )
    ),
    *(
        Reference("icc", expected, f"{PINGOUIN}, {form}: value, F, p", lambda one=form: tuple(getattr(ds.icc(JUDGES, one), name) for name in ("value", "f", "p")), 5e-7)
        for form, expected in (
            ("ICC(1,1)", (0.165742, 1.794678, 0.164769)), ("ICC(A,1)", (0.289764, 11.027248, 0.000135)),
            ("ICC(C,k)", (0.909316, 11.027248, 0.000135)),
        )
    ),
    Reference("rwg", within(listed(TWO), UNIFORM_5), "NumPy var, uniform null 2", lambda: ds.rwg(TWO).value),
    Reference("rwg", within(listed(TWO), SKEWED_5), "NumPy var, slightly skewed null 1.34", lambda: ds.rwg(TWO, null="slightly_skewed").raw),
    Reference("rwg_j", 2 * (1 - PART) / (2 * (1 - PART) + PART), "NumPy var of each item", lambda: ds.rwg_j([TWO, THREE]).value),
    Reference("rwg_lindell", 1 - PART, "NumPy var of each item", lambda: ds.rwg_lindell([TWO, THREE]).value),
    Reference("awg", awg_of_two(), "against answers at the two ends", lambda: ds.awg(TWO)),
    Reference("kendall_w", KENDALL_OF_APPLICANTS, "Siegel 1956, s = 25.5", lambda: ds.kendall_w(APPLICANTS).w),
    Reference(
        "kendall_w", float(friedmanchisquare(*JUDGES.T).statistic) / (4 * 5), "SciPy friedmanchisquare / (m (N - 1))",
        lambda: ds.kendall_w(JUDGES).w,
    ),
    Reference(
        "kendall_w", (15.493, 0.0014), "Skillings and Mack 1981, chi-square and p",
        lambda: (ds.kendall_w(ASSEMBLY, incomplete="friedman").w * 23, ds.kendall_w(ASSEMBLY, incomplete="friedman").p), 5e-4,
    ),
    Reference("mean_spearman", (3 * KENDALL_OF_APPLICANTS - 1) / 2, "Siegel 1956, (m W - 1) / (m - 1)", lambda: ds.mean_spearman(APPLICANTS).value),
    Reference("mean_spearman", mean_rho(ANSWERS), "SciPy spearmanr pair by pair", lambda: ds.mean_spearman(ANSWERS).value),
    Reference("cronbach_alpha", 0.9208797486, PINGOUIN, lambda: ds.cronbach_alpha(ITEMS).value),
    Reference("cronbach_alpha", 0.9241311796, f"{PINGOUIN}, listwise", lambda: ds.cronbach_alpha(GAPS).value),
    Reference("cronbach_alpha", 0.9282565739, f"{PINGOUIN}, pairwise", lambda: ds.cronbach_alpha(GAPS, "pairwise").value),
    Reference(
        "friedman", tuple(friedmanchisquare(*ITEMS.T)), "SciPy friedmanchisquare",
        lambda: (ds.friedman(ITEMS).statistic, ds.friedman(ITEMS).p),
    ),
    Reference(
        "kruskal_wallis", tuple(kruskal(listed(ONE), listed(TWO), listed(THREE))), "SciPy kruskal",
        lambda: (ds.kruskal_wallis([ONE, TWO, THREE]).statistic, ds.kruskal_wallis([ONE, TWO, THREE]).p),
    ),
    Reference(
        "mann_whitney", tuple(mannwhitneyu(listed(ONE), listed(TWO), method="asymptotic", use_continuity=False)), "SciPy mannwhitneyu, asymptotic",
        lambda: (ds.mann_whitney(ONE, TWO).statistic, ds.mann_whitney(ONE, TWO).p),
    ),
    Reference(
        "mann_whitney", tuple(mannwhitneyu([1, 4, 6, 7], [2, 3, 5, 8, 9], method="exact")), "SciPy mannwhitneyu, exact",
        lambda: tuple(getattr(ds.mann_whitney([1, 0, 0, 1, 0, 1, 1, 0, 0], [0, 1, 1, 0, 1, 0, 0, 1, 1]), name) for name in ("statistic", "p")),
    ),
    Reference("cliffs_delta", dominance(), "counted pair by pair", lambda: ds.cliffs_delta(ONE, TWO)),
)  # fmt: skip
