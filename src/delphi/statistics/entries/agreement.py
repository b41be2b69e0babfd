"""Entries of section 3: agreement between raters over several items, and comparison of groups."""

from __future__ import annotations

from typing import Any

import numpy as np

from delphi.statistics.arrays import as_counts
from delphi.statistics.comparison import counts_all_orders
from delphi.statistics.concordance import EXACT_UP_TO_RANKINGS
from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.entries.location import ALONE, FLAT, NOBODY
from delphi.statistics.entries.rater_cases import (
    GIVEN_OF_PAIRS,
    ICC_RATERS,
    ICC_UNITS,
    PAIR_CONSTANT,
    PAIR_RATED,
    PAIR_RATERS,
    PAIR_TWICE,
    PAIR_UNITS,
    PAIR_VARIED,
    RATED,
    RATERS,
    TWICE,
    UNITS,
    VARIED,
    all_in_one_category,
    by_given,
    constant_rater,
    few_usable_rankings,
    fewer_answered_items_than,
    fewer_columns_than,
    fewer_common_than,
    fewer_rated_twice_than,
    fewer_raters_than,
    never,
    nobody_answered,
    one_point_scale,
    one_ranking,
    tie_within_a_rater,
)
from delphi.statistics.intraclass import FORMS
from delphi.statistics.raters import as_answers
from delphi.statistics.undefined import (
    Options,
    Where,
    always,
    fewer_categories_than,
    fewer_units_than,
    no_rating,
    one_category_of_units,
    one_rater,
)
from delphi.statistics.within_group import has_null

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
OF_ANSWERS = (
    Case("no_valid_answers", nobody_answered),
    Case("too_few_raters", fewer_raters_than(2)),
    Case("no_pairs", fewer_rated_twice_than(1)),
    Case("too_few_units", fewer_rated_twice_than(2)),
)
SHORT_UNITS = Case("scale_too_short", one_point_scale)
ALL_ALIKE = Case("no_variation", one_category_of_units)
ALIKE = Case("no_variation", always)
ONE_POINT = Case("scale_too_short", fewer_categories_than(2))
APPROXIMATE = Case("approximate_p", always)
TIES = Case("ties_present", tie_within_a_rater)

KAPPAS = (
    "Landis and Koch (1977): above .20 fair, .40 moderate, .60 substantial, .80 almost perfect; Altman (1991) the same marks; "
    "Fleiss (1981): .40 to .75 fair to good. None is a verdict: kappa falls when the shares are skewed (Feinstein and Cicchetti "
    "1990), where a Delphi wants to end; beside it belong the raw agreement and AC1 or Brennan and Prediger."
)
AGAINST_SKEW = (
    "Holds where shares are skewed and kappa falls. Marks of Landis and Koch (1977) were made for kappa."
)
WITHIN = (
    "At least .70 by custom; LeBreton and Senter (2008): above .30 weak, .50 moderate, .70 strong, .90 very strong. The null of "
    "another number of points, or an uncommon null, gives another number."
)
GWET = "Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition"
JAMES = "James, Demaree and Wolf (1984), Journal of Applied Psychology 69, 85-98"
LEBRETON = "LeBreton and Senter (2008), Organizational Research Methods 11, 815-852"
KENDALL = "Kendall and Gibbons (1990), Rank Correlation Methods, chapter 6"
NULL = Parameter(
    "null", "distribution of answers without agreement; slightly skewed for 5 to 11 points one apart", "uniform",
    allowed=("uniform", "slightly_skewed"),
)  # fmt: skip


def _without_null_of_item(counts: Any, options: Options) -> Where:
    given = as_counts(counts)
    unknown = not has_null(given.shape[-1], options.get("values"), options["null"])
    return np.full(given.shape[:-1], unknown)


def _without_null_of_items(counts: Any, options: Options) -> Where:
    given = as_counts(counts)
    unknown = not has_null(given.shape[-1], options.get("values"), options["null"])
    return np.full(given.shape[:-2], unknown)


def _empty_group(counts: Any, _: Options) -> Where:
    return np.asarray((as_counts(counts[0]).sum(axis=-1) == 0) | (as_counts(counts[1]).sum(axis=-1) == 0))


def _nobody_in_two(counts: Any, _: Options) -> Where:
    return as_counts(counts[0]).sum(axis=-1) + as_counts(counts[1]).sum(axis=-1) == 0


def _two_alike(counts: Any, _: Options) -> Where:
    return ((as_counts(counts[0]) + as_counts(counts[1])) > 0).sum(axis=-1) == 1


def _some_orders_only(counts: Any, options: Options) -> Where:
    return ~counts_all_orders(counts[0], counts[1], options["method"])


def _nobody_in_groups(counts: Any, _: Options) -> Where:
    return as_counts(counts).sum(axis=(-1, -2)) == 0


def _one_group(counts: Any, _: Options) -> Where:
    return (as_counts(counts).sum(axis=-1) > 0).sum(axis=-1) < 2


def _w_from_chi_square(ranks: Any, options: Options) -> Where:
    given = as_answers(ranks)
    complete = (~np.isnan(given)).all(axis=1)
    countable = 2 <= complete.sum() <= EXACT_UP_TO_RANKINGS.get(given.shape[1], 0)
    gaps_are_ranked = options["incomplete"] == "friedman" and not complete.all()
    return np.asarray(options["p_from"] != "orders" or not countable or gaps_are_ranked)


def _few_complete(answers: Any, _: Options) -> Where:
    return np.asarray((~np.isnan(as_answers(answers))).all(axis=1).sum() < 2)


def _few_of_answered_items(answers: Any, options: Options) -> Where:
    given = as_answers(answers)
    given = given[:, ~np.isnan(given).all(axis=0)]
    return np.asarray(options["missing"] == "listwise") & _few_complete(given, options)


def _few_of_a_pair_of_items(answers: Any, options: Options) -> Where:
    given = (~np.isnan(as_answers(answers))).astype(np.float64)
    given = given[:, given.any(axis=0)]
    return np.asarray(options["missing"] == "pairwise" and (given.T @ given).min(initial=2) < 2)


def _sums_alike(answers: Any, options: Options) -> Where:
    """The sums do not vary; pairwise, no item does."""
    given = as_answers(answers)
    given = given[:, ~np.isnan(given).all(axis=0)]
    is_flat = (np.nanmax(given, axis=0) == np.nanmin(given, axis=0)).all() if given.size else True
    return np.asarray(options["missing"] == "listwise" or is_flat)


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
        "cohen_kappa",
        "Cohen's kappa; of more than two raters Light's kappa, the mean over their pairs",
        section="3", takes="transitions", level="nominal", high=1, direction="more",
        formula="1 - seen / expected disagreement, chance from the shares of each of the two raters",
        reading=KAPPAS,
        sources=("Cohen (1960), Educational and Psychological Measurement 20, 37-46", "Light (1971), Psychological Bulletin 76, 365-377"),
        place="delphi.statistics.kappas:cohen_kappa",
        parameters=(GIVEN_OF_PAIRS,),
        undefined=(
            Case("no_valid_answers", PAIR_RATED), Case("too_few_raters", PAIR_RATERS), Case("no_pairs", PAIR_TWICE),
            Case("too_few_units", PAIR_UNITS), Case("no_variation", PAIR_VARIED),
        ),
        marks=(Case("restricted_range", PAIR_CONSTANT),),
    ),
    Statistic(
        "fleiss_kappa",
        "Fleiss' kappa, generalised pi of Scott",
        section="3", takes="units", level="nominal", high=1, direction="more",
        formula="(raw agreement - P) / (1 - P), P the sum of the squared mean shares of the categories",
        reading=KAPPAS,
        sources=("Fleiss (1971), Psychological Bulletin 76, 378-382", GWET),
        place="delphi.statistics.kappas:fleiss_kappa",
        undefined=(*OF_UNITS, Case("no_variation", all_in_one_category)),
    ),
    Statistic(
        "fleiss_randolph_kappa",
        "Randolph's free-marginal multirater kappa",
        section="3", takes="units", level="nominal", high=1, direction="more",
        formula="(raw agreement - 1/K) / (1 - 1/K), K the categories of the declared scale",
        reading=AGAINST_SKEW,
        sources=("Randolph (2005), Free-marginal multirater kappa",),
        place="delphi.statistics.kappas:fleiss_randolph_kappa",
        undefined=(*OF_UNITS, SHORT_UNITS),
        marks=(ALL_ALIKE,),
    ),
    Statistic(
        "brennan_prediger",
        "coefficient of Brennan and Prediger, Bennett's S, kappa n, free-marginal kappa",
        section="3", takes="units", level="nominal", high=1, direction="more",
        formula="(agreement - P) / (1 - P), P the mean weight of two categories of the declared scale: 1/K without weights",
        reading=AGAINST_SKEW,
        sources=("Brennan and Prediger (1981), Educational and Psychological Measurement 41, 687-699", GWET),
        place="delphi.statistics.kappas:brennan_prediger",
        parameters=(
            Parameter("weights", "how much near categories agree", "none", allowed=("none", "linear", "quadratic", "ordinal")),
        ),
        undefined=(*OF_UNITS, SHORT_UNITS),
        marks=(ALL_ALIKE,),
    ),
    Statistic(
        "conger_kappa",
        "Conger's kappa, exact kappa of many raters",
        section="3", takes="answers", level="nominal", high=1, direction="more",
        formula="(raw agreement - P) / (1 - P), P the chance that two raters agree by their own shares, mean over the pairs of raters",
        reading=KAPPAS,
        sources=("Conger (1980), Psychological Bulletin 88, 322-328", GWET),
        place="delphi.statistics.kappas:conger_kappa",
        undefined=(*OF_ANSWERS, ALIKE),
        marks=(Case("restricted_range", constant_rater),),
    ),
    Statistic(
        "gwet_ac1",
        "Gwet's AC1",
        section="3", takes="units", level="nominal", high=1, direction="more",
        formula="(raw agreement - P) / (1 - P), P the sum of p (1 - p) over the mean shares p of the categories, over K - 1",
        reading=AGAINST_SKEW,
        sources=("Gwet (2008), British Journal of Mathematical and Statistical Psychology 61, 29-48",),
        place="delphi.statistics.kappas:gwet_ac1",
        undefined=(*OF_UNITS, SHORT_UNITS),
        marks=(ALL_ALIKE,),
    ),
    Statistic(
        "gwet_ac2",
        "Gwet's AC2, weighted AC1",
        section="3", takes="units", level="ordinal", high=1, direction="more",
        formula="(weighted agreement - P) / (1 - P), P the sum of p (1 - p) times the sum of the weights over K (K - 1)",
        reading=AGAINST_SKEW + " Say which weights.",
        sources=(GWET,),
        place="delphi.statistics.kappas:gwet_ac2",
        parameters=(
            Parameter("weights", "how much near categories agree", "quadratic", allowed=("linear", "quadratic", "ordinal")),
        ),
        undefined=(*OF_UNITS, SHORT_UNITS),
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
    Statistic(
        "icc",
        "intraclass correlation, ICC(1,·), ICC(2,·) = ICC(A,·), ICC(3,·) = ICC(C,·)",
        section="3", takes="answers", gives="fields", main="value", level="interval", high=1, direction="more",
        formula="variance between the units over that and the error, from the mean squares of Shrout and Fleiss",
        reading="Koo and Li (2016): below .5 poor, to .75 moderate, to .9 good, above excellent, by the interval; Cicchetti (1994): "
        ".40, .60, .75. The form, single or mean, has to be named; a mean of many raters is high whatever they do.",
        sources=("Shrout and Fleiss (1979), Psychological Bulletin 86, 420-428", "McGraw and Wong (1996), Psychological Methods 1, 30-46"),
        place="delphi.statistics.intraclass:icc",
        parameters=(
            Parameter("form", "one-way, absolute agreement or consistency; of one rater or of the mean of all", "ICC(A,1)", allowed=tuple(FORMS)),
            Parameter("complete", "what is left out where a rating lacks: the unit or the rater", "units", allowed=("units", "raters")),
            Parameter("given", "the answers, or histograms of the units (one-way forms only)", "answers", allowed=("answers", "units")),
        ),
        undefined=(
            Case("no_valid_answers", RATED), Case("too_few_raters", ICC_RATERS),
            Case("no_pairs", by_given(never, fewer_rated_twice_than(1))), Case("too_few_units", ICC_UNITS), ALIKE,
        ),
    ),
    Statistic(
        "rwg",
        "within-group agreement of one item, r_wg",
        section="3", takes="counts", gives="fields", main="value", level="interval", low=0, high=1, direction="more",
        formula="1 - variance (n - 1) / variance of the null, 0 where negative; `raw` is not cut",
        reading=WITHIN,
        sources=(JAMES, LEBRETON),
        place="delphi.statistics.within_group:rwg",
        parameters=(NULL,),
        undefined=(NOBODY, ALONE, ONE_POINT, Case("scale_not_supported", _without_null_of_item)),
        marks=(FLAT,),
    ),
    Statistic(
        "rwg_j",
        "within-group agreement of several items, r_wg(j)",
        section="3", takes="units", gives="fields", main="value", level="interval", low=0, high=1, direction="more",
        formula="J (1 - x) / (J (1 - x) + x), x the mean variance of the J items over that of the null, 0 where x exceeds 1; `raw` is not cut",
        reading=WITHIN + " It rises with the number of items alone.",
        sources=(JAMES, LEBRETON),
        place="delphi.statistics.within_group:rwg_j",
        parameters=(NULL,),
        undefined=(*OF_UNITS, SHORT_UNITS, Case("scale_not_supported", _without_null_of_items)),
        marks=(ALL_ALIKE,),
    ),
    Statistic(
        "rwg_lindell",
        "r*_wg(j) of Lindell, Brandt and Whitney",
        section="3", takes="units", gives="fields", main="value", level="interval", low=0, high=1, direction="more",
        formula="1 - mean variance of the items / variance of the null, 0 where negative; `raw` is not cut",
        reading=WITHIN,
        sources=("Lindell, Brandt and Whitney (1999), Applied Psychological Measurement 23, 127-135", LEBRETON),
        place="delphi.statistics.within_group:rwg_lindell",
        parameters=(NULL,),
        undefined=(*OF_UNITS, SHORT_UNITS, Case("scale_not_supported", _without_null_of_items)),
        marks=(ALL_ALIKE,),
    ),
    Statistic(
        "awg",
        "within-group agreement against the largest variance at this mean, a_wg",
        section="3", takes="counts", level="interval", low=-1, high=1, direction="more",
        formula="1 - 2 s² / (((H + L) M - M² - H L) n / (n - 1)), L and H the ends of the scale, M the mean",
        reading="No null to choose. Not defined for a mean near an end of the scale, where a Delphi may well end; wants at least as "
        "many raters as points less one (Brown and Hauenstein 2005).",
        sources=("Brown and Hauenstein (2005), Organizational Research Methods 8, 165-184",),
        place="delphi.statistics.within_group:awg",
        undefined=(NOBODY, ALONE, ONE_POINT, Case("wrong_level", always)),
        marks=(FLAT,),
    ),
    Statistic(
        "kendall_w",
        "Kendall's coefficient of concordance W",
        section="3", takes="ranks", gives="fields", main="w", level="ranks", low=0, high=1, direction="more",
        formula="12 S / (m² (N³ - N) - m T), S the squared deviations of the rank sums, T the sum of t³ - t over ties",
        reading="Schmidt (1997): .1 very weak, .3 weak, .5 moderate, .7 strong, .9 unusually strong agreement.",
        sources=(KENDALL, "Skillings and Mack (1981), Technometrics 23, 171-177, for incomplete rankings"),
        place="delphi.statistics.agreement:kendall_w",
        parameters=(
            Parameter("incomplete", "leave rankings with a gap out, or rank each among the own objects", "leave_out", allowed=("leave_out", "friedman")),
            Parameter("p_from", "chi-square, or all orders where they are few enough", "chi_square", allowed=("chi_square", "orders")),
        ),
        undefined=(
            Case("no_valid_answers", nobody_answered), Case("too_few_units", fewer_columns_than(2)),
            Case("too_few_raters", one_ranking), Case("incomplete_rankings", few_usable_rankings), Case("all_ties", always),
        ),
        marks=(TIES, Case("approximate_p", _w_from_chi_square)),
    ),
    Statistic(
        "mean_spearman",
        "mean of Spearman's rank correlation over the pairs of raters",
        section="3", takes="ranks", gives="fields", main="value", level="ranks", low=-1, high=1, direction="more",
        formula="plain mean of the pairwise correlations of mid-ranks; (m W - 1) / (m - 1) without ties and gaps",
        reading="From -1 / (m - 1) on. Not the mean by Fisher's z. With ties it is not that function of W.",
        sources=(KENDALL, "Spearman (1904)"),
        place="delphi.statistics.rater_correlation:mean_spearman",
        undefined=(
            Case("no_valid_answers", nobody_answered), Case("too_few_units", fewer_columns_than(2)),
            Case("too_few_raters", fewer_raters_than(2)), Case("no_pairs", fewer_common_than(2)), ALIKE,
        ),
        marks=(TIES,),
    ),
    Statistic(
        "cronbach_alpha",
        "Cronbach's alpha, internal consistency",
        section="3", takes="answers", gives="fields", main="value", level="interval", high=1, direction="more",
        formula="k / (k - 1) (1 - sum of the variances of the items / variance of their sum)",
        reading=".70 for a start, .80 and more for established scales (Nunnally 1978). It grows with the number of items, and "
        "supposes equal loadings: omega is preferred where a factor model is fitted. Negative: an item is coded the wrong way.",
        sources=("Cronbach (1951), Psychometrika 16, 297-334",),
        place="delphi.statistics.reliability:cronbach_alpha",
        parameters=(
            Parameter("missing", "respondents with all answers, or covariances from who answered both items", "listwise", allowed=("listwise", "pairwise")),
        ),
        undefined=(
            Case("no_valid_answers", nobody_answered), Case("too_few_raters", fewer_raters_than(2)),
            Case("too_few_items", fewer_answered_items_than(2)), Case("too_few", _few_of_answered_items),
            Case("no_pairs", _few_of_a_pair_of_items), Case("no_variation", _sums_alike), Case("singular", always),
        ),
    ),
    Statistic(
        "friedman",
        "Friedman's test of related samples",
        section="3", takes="rounds", gives="fields", main="statistic", level="ranks", low=0,
        formula="chi-square of the rank sums of the columns over complete respondents, corrected for ties",
        reading="A small p says that the columns differ in location, a large one not that they are the same.",
        sources=("Friedman (1937), Journal of the American Statistical Association 32, 675-701",),
        place="delphi.statistics.related_samples:friedman",
        undefined=(
            Case("no_valid_answers", nobody_answered), Case("too_few_units", fewer_columns_than(2)),
            Case("too_few_raters", fewer_raters_than(2)), Case("too_few", _few_complete), Case("all_ties", always),
        ),
        marks=(TIES, APPROXIMATE),
    ),
    Statistic(
        "kruskal_wallis",
        "Kruskal-Wallis test of groups, with epsilon squared",
        section="3", takes="group_counts", gives="fields", main="statistic", level="ordinal", low=0,
        formula="H of the rank sums of the groups, corrected for ties; epsilon squared = H / (n - 1)",
        reading="A p over many items wants an adjustment (`holm`, `benjamini_hochberg`), and an effect size beside it.",
        sources=("Kruskal and Wallis (1952), Journal of the American Statistical Association 47, 583-621", "Tomczak and Tomczak (2014)"),
        place="delphi.statistics.comparison:kruskal_wallis",
        undefined=(Case("no_valid_answers", _nobody_in_groups), Case("too_few", _one_group), ALIKE),
        marks=(APPROXIMATE,),
    ),
    Statistic(
        "mann_whitney",
        "Mann-Whitney test, Wilcoxon rank sum test",
        section="3", takes="two_counts", gives="fields", main="statistic", level="ordinal", low=0,
        formula="U, the pairs in which the answer of the first group is higher, ties counting a half",
        reading="Cliff's delta is 2 U / (n1 n2) - 1. A p over many items wants an adjustment (`holm`, `benjamini_hochberg`).",
        sources=("Mann and Whitney (1947), Annals of Mathematical Statistics 18, 50-60",),
        place="delphi.statistics.comparison:mann_whitney",
        parameters=(
            Parameter("method", "all orders counted without ties and up to 25 answers a group, else normal; or always normal", "auto", allowed=("auto", "normal")),
        ),
        undefined=(Case("no_valid_answers", _nobody_in_two), Case("too_few", _empty_group), ALIKE),
        marks=(Case("approximate_p", _some_orders_only),),
    ),
    Statistic(
        "cliffs_delta",
        "Cliff's delta, dominance",
        section="3", takes="two_counts", level="ordinal", low=-1, high=1,
        formula="share of pairs in which the first group is higher minus share in which it is lower",
        reading="By amount .147 small, .33 medium, .474 large (Romano et al. 2006).",
        sources=("Cliff (1993), Psychological Bulletin 114, 494-509",),
        place="delphi.statistics.ranks:cliffs_delta",
        undefined=(Case("no_valid_answers", _nobody_in_two), Case("too_few", _empty_group)),
        marks=(Case("no_variation", _two_alike),),
    ),
)  # fmt: skip
