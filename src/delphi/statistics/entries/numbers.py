"""Entries of section 6: numeric, interval and probability answers, allocations."""

from __future__ import annotations

from typing import Any

import numpy as np

from delphi.statistics.allocation import METHODS as MEANS
from delphi.statistics.allocation import as_allocations
from delphi.statistics.elicitation import as_estimates
from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.numbers import FRACTIONS, as_numbers
from delphi.statistics.options import INVALID
from delphi.statistics.pooling import FAMILIES, METHODS
from delphi.statistics.quantile_fits import QUARTILES, as_quantiles
from delphi.statistics.undefined import Options, Where, always

HEMMING = "Hemming et al. (2018), A practical guide to structured expert elicitation using the IDEA protocol, Methods in Ecology and Evolution 9, 169-180"
SHELF = "Oakley and O'Hagan, SHELF: the Sheffield Elicitation Framework"
HYNDMAN = (
    "Hyndman and Fan (1996), Sample quantiles in statistical packages, The American Statistician 50, 361-365"
)
AITCHISON = "Aitchison (1986), The Statistical Analysis of Compositional Data"

INVALID_RULE = Parameter(
    "invalid", "what happens to an answer that contradicts itself", "left_out", allowed=INVALID
)
PROBABILITIES = Parameter("probabilities", "chance to lie below each stated quantile, rising", QUARTILES)
WEIGHTS = Parameter("weights", "weights of the persons; all the same unless given", None)


def _nobody(numbers: Any, _: Options) -> Where:
    return np.asarray(np.isnan(as_numbers(numbers)).all(axis=-1))


def _one(numbers: Any, _: Options) -> Where:
    return (~np.isnan(as_numbers(numbers))).sum(axis=-1) < 2


def _equal(numbers: Any, _: Options) -> Where:
    given = as_numbers(numbers)
    first = np.where(np.isnan(given), np.inf, given).min(axis=-1, initial=np.inf)
    last = np.where(np.isnan(given), -np.inf, given).max(axis=-1, initial=-np.inf)
    return np.asarray(first == last)


def _no_estimate(estimates: Any, options: Options) -> Where:
    found = as_estimates(estimates, **{name: options[name] for name in ("confidence", "low", "high")})
    return np.asarray(not len(found.values))


def _no_interval(estimates: Any, _: Options) -> Where:
    return np.asarray(not len(as_estimates(np.asarray(estimates, dtype=float)[:, :3], 100).values))


def _no_allocation(allocations: Any, options: Options) -> Where:
    names = ("total", "tolerance", "blank_is_zero")
    found = as_allocations(allocations, **{name: options[name] for name in names})
    return np.asarray(not len(found.shares))


def _unusable(quantiles: Any, options: Options) -> Where:
    given, _, in_order = as_quantiles(quantiles, options["probabilities"])
    low, high = options.get("low"), options.get("high")
    if low is None or high is None:
        return ~in_order
    inside = (np.where(in_order[..., None], given, low) > low) & (
        np.where(in_order[..., None], given, high) < high
    )
    return ~in_order | ~inside.all(axis=-1)


def _not_above(quantiles: Any, options: Options) -> Where:
    given, _, in_order = as_quantiles(quantiles, options["probabilities"])
    return np.asarray((np.where(in_order[..., None], given, np.inf) <= options["low"]).any(axis=-1))


def _disordered(quantiles: Any, options: Options) -> Where:
    return ~as_quantiles(quantiles, options["probabilities"])[2]


def _one_value(quantiles: Any, _: Options) -> Where:
    given = np.asarray(quantiles, dtype=np.float64)
    return given[..., 0] == given[..., -1]


def _no_person(quantiles: Any, options: Options) -> Where:
    return np.asarray(_disordered(quantiles, options).all(axis=-1))


def _all_certain(quantiles: Any, options: Options) -> Where:
    return np.asarray((_disordered(quantiles, options) | _one_value(quantiles, options)).all(axis=-1))


def _no_interval_with_outcome(data: Any, _: Options) -> Where:
    low, high, outcome = (np.asarray(one, dtype=np.float64) for one in data)
    return np.asarray(~((low <= high) & ~np.isnan(outcome)).any(axis=-1))


def _no_outcome(data: Any, _: Options) -> Where:
    forecasts, outcomes = (np.asarray(one, dtype=np.float64) for one in data)
    return np.asarray(np.isnan(forecasts + outcomes).all(axis=-1))


NOBODY = Case("no_valid_answers", _nobody)
NOT_POSITIVE = Case("non_positive_values", always)

ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "quantile",
        "quantile, quartile, percentile of numbers",
        section="6", takes="numbers", level="interval",
        formula="value at the position that the named type gives to p among the answers in order",
        reading="Forecasting Delphis feed back the median and both quartiles. Types differ in small panels: name the type.",
        sources=(HYNDMAN,),
        place="delphi.statistics.numbers:quantile",
        parameters=(
            Parameter("p", "probability in [0, 1]", 0.5),
            Parameter("quantile_type", "type of Hyndman and Fan", 7, allowed=tuple(range(1, 10))),
        ),
        undefined=(NOBODY,),
    ),
    Statistic(
        "tukey_five_number",
        "five-number summary, hinges",
        section="6", takes="numbers", level="interval", gives="fields", main="median",
        formula="lowest answer, median of the lower half, median, median of the upper half, highest answer; the middle answer in both halves",
        reading="Hinges are no quartiles of type 7, though close.",
        sources=("Tukey (1977), Exploratory Data Analysis",),
        place="delphi.statistics.numbers:tukey_five_number",
        undefined=(NOBODY,),
    ),
    Statistic(
        "trimmed_mean",
        "trimmed mean, truncated mean",
        section="6", takes="numbers", level="interval",
        formula="mean without the lowest and the highest floor(n × trim) answers",
        reading="Say how many answers go and what becomes of fractions; nobody's answer is removed from the data.",
        sources=("Tukey and McLaughlin (1963), Sankhya A 25, 331-352", "Wilcox (2017), Introduction to Robust Estimation"),
        place="delphi.statistics.numbers:trimmed_mean",
        parameters=(
            Parameter("trim", "share left out at each end, from 0 to below 0.5", 0.1),
            Parameter("fractions", "what happens where that is no whole number", "dropped", allowed=FRACTIONS),
        ),
        undefined=(NOBODY,),
    ),
    Statistic(
        "geometric_mean",
        "geometric mean, mean on the log scale",
        section="6", takes="numbers", level="ratio", low=0,
        formula="exponential of the mean logarithm",
        reading="For amounts that differ by factors. One answer of 0 leaves it undefined.",
        sources=("Aitchison and Brown (1957), The Lognormal Distribution",),
        place="delphi.statistics.numbers:geometric_mean",
        undefined=(NOBODY, NOT_POSITIVE),
    ),
    Statistic(
        "gsd",
        "geometric standard deviation",
        section="6", takes="numbers", level="ratio", low=1, direction="less",
        formula="exponential of the standard deviation (n - 1) of the logarithms",
        reading="A factor: two thirds of a lognormal population lie within the geometric mean divided and multiplied by it.",
        sources=("Aitchison and Brown (1957), The Lognormal Distribution", "Kirkwood (1979), Biometrics 35, 908-909"),
        place="delphi.statistics.numbers:gsd",
        undefined=(NOBODY, Case("too_few", _one), NOT_POSITIVE),
        marks=(Case("no_variation", _equal),),
    ),
    Statistic(
        "probability_pool",
        "pooled probability: arithmetic, geometric, log-odds, probit mean",
        section="6", takes="numbers", level="ratio", low=0, high=1,
        formula="mean of the probabilities, or of their logarithms, log-odds or probits turned back",
        reading="The log-odds pool is more extreme than the arithmetic one. A certain answer needs a named epsilon.",
        sources=(
            "Genest and Zidek (1986), Combining probability distributions, Statistical Science 1, 114-135",
            "Hanea et al. (2021), Mathematically aggregating experts' predictions of possible futures, PLoS ONE 16, e0256919",
        ),
        place="delphi.statistics.pooling:probability_pool",
        parameters=(
            Parameter("method", "which mean", "arithmetic", allowed=METHODS),
            Parameter("epsilon", "what 0 counts as, and 1 less this what 1 counts as", None),
        ),
        undefined=(NOBODY, NOT_POSITIVE),
    ),
    Statistic(
        "idea_standardised_interval",
        "IDEA four-step interval, standardised to one confidence",
        section="6", takes="estimates", level="interval", gives="fields", main="best",
        formula="best - (best - lowest) × standard / confidence, and likewise above; arithmetic means over the persons",
        reading="Stretching supposes that the interval grows in proportion to the confidence. Cut intervals are marked (`is_truncated`).",
        sources=(HEMMING,),
        place="delphi.statistics.elicitation:idea_standardised_interval",
        parameters=(
            Parameter("standard", "confidence of all intervals afterwards, in per cent, mostly 80 or 90", 80.0),
            Parameter("confidence", "confidence of everybody, where it was not asked", None),
            Parameter("low", "lower natural bound", None),
            Parameter("high", "upper natural bound", None),
            INVALID_RULE,
        ),
        undefined=(Case("no_valid_answers", _no_estimate),),
    ),
    Statistic(
        "quantile_average",
        "quantile averaging, Vincent averaging",
        section="6", takes="quantiles", level="interval", gives="fields", main="quantiles",
        formula="mean of the persons' quantiles at the same probability",
        reading="Narrower than the linear pool.",
        sources=(
            "Vincent (1912), The functions of the vibrissae in the behavior of the white rat",
            "Lichtendahl, Grushka-Cockayne and Winkler (2013), Is it better to average probabilities or quantiles?, Management Science 59, 1594-1611",
        ),
        place="delphi.statistics.pooling:quantile_average",
        parameters=(PROBABILITIES, WEIGHTS),
        undefined=(Case("no_valid_answers", always),),
    ),
    Statistic(
        "linear_pool_cdf",
        "linear opinion pool",
        section="6", takes="quantiles", level="interval", gives="fields", main="cdf", low=0, high=1,
        formula="weighted mean of the persons' distribution functions; quantiles by inversion",
        reading="Wider than averaged quantiles: disagreement between persons adds to the variance.",
        sources=("Stone (1961), The opinion pool, Annals of Mathematical Statistics 32, 1339-1342", SHELF),
        place="delphi.statistics.pooling:linear_pool_cdf",
        parameters=(
            Parameter("x", "where the pooled distribution function is wanted", is_required=True),
            PROBABILITIES,
            Parameter("at", "probabilities whose pooled quantiles are wanted", (0.05, 0.5, 0.95)),
            Parameter("family", "distribution of each person", "normal", allowed=FAMILIES),
            Parameter("low", "lower bound", None),
            Parameter("high", "upper bound", None),
            WEIGHTS,
        ),
        undefined=(
            Case("no_valid_answers", _no_person),
            Case("no_variation", _all_certain),
            Case("no_valid_answers", always),
        ),
    ),
    Statistic(
        "quartiles_to_normal",
        "normal distribution fitted to stated quantiles",
        section="6", takes="quantiles", level="interval", gives="fields", main="mean",
        formula="least squares of the fitted minus the stated probabilities; mean and standard deviation of each person",
        reading="Look at the residuals: skew quartiles fit no normal distribution.",
        sources=(SHELF,),
        place="delphi.statistics.quantile_fits:quartiles_to_normal",
        parameters=(PROBABILITIES,),
        undefined=(
            Case("no_valid_answers", _unusable), Case("no_variation", _one_value), Case("not_converged", always),
        ),
    ),
    Statistic(
        "quartiles_to_lognormal",
        "lognormal distribution fitted to stated quantiles",
        section="6", takes="quantiles", level="ratio", gives="fields", main="mean",
        formula="least squares of the fitted minus the stated probabilities; of what exceeds `low`",
        reading="Look at the residuals.",
        sources=(SHELF,),
        place="delphi.statistics.quantile_fits:quartiles_to_lognormal",
        parameters=(PROBABILITIES, Parameter("low", "the distribution begins here", 0.0)),
        undefined=(
            Case("no_valid_answers", _disordered), Case("no_variation", _one_value),
            Case("non_positive_values", _not_above), Case("not_converged", always),
        ),
    ),
    Statistic(
        "quartiles_to_beta",
        "beta distribution between bounds fitted to stated quantiles",
        section="6", takes="quantiles", level="interval", gives="fields", main="mean",
        formula="least squares of the fitted minus the stated probabilities; of the place between `low` and `high`",
        reading="Look at the residuals.",
        sources=(SHELF,),
        place="delphi.statistics.quantile_fits:quartiles_to_beta",
        parameters=(PROBABILITIES, Parameter("low", "lower bound", 0.0), Parameter("high", "upper bound", 1.0)),
        undefined=(
            Case("no_valid_answers", _unusable), Case("no_variation", _one_value), Case("not_converged", always),
        ),
    ),
    Statistic(
        "interval_overlap",
        "consensus on intervals",
        section="6", takes="estimates", level="interval", gives="fields", main="share_containing", low=0, high=1, direction="more",
        formula="share of the intervals that contain the median of the best estimates; mean over pairs of overlap over union",
        reading="Wide intervals overlap easily: read it beside their width.",
        sources=("Jaccard (1912), The distribution of the flora in the alpine zone, New Phytologist 11, 37-50",),
        place="delphi.statistics.elicitation:interval_overlap",
        parameters=(INVALID_RULE,),
        undefined=(Case("no_valid_answers", _no_interval), Case("too_few", always)),
    ),
    Statistic(
        "allocation_mean",
        "mean allocation of a constant sum",
        section="6", takes="allocations", level="ratio", gives="per object", main="share", low=0, high=1,
        formula="mean share of the total per option; or geometric means made to add up to 1 (Aitchison)",
        reading="Shares of a total are not to be correlated as they are: where one rises another falls.",
        sources=(
            AITCHISON,
            "Martín-Fernández, Barceló-Vidal and Pawlowsky-Glahn (2003), Dealing with zeros, Mathematical Geology 35, 253-278",
        ),
        place="delphi.statistics.allocation:allocation_mean",
        parameters=(
            Parameter("total", "what an answer has to add up to", 100.0),
            Parameter("tolerance", "how far its sum may lie from that", 0.0),
            Parameter("method", "which mean", "arithmetic", allowed=MEANS),
            Parameter("zero_share", "what a share of 0 counts as in the Aitchison mean", None),
            Parameter("blank_is_zero", "whether an option left blank in an answer got nothing", False),
            INVALID_RULE,
        ),
        undefined=(Case("no_valid_answers", _no_allocation), NOT_POSITIVE),
    ),
    Statistic(
        "calibration",
        "calibration of intervals, hit rate",
        section="6", takes="intervals", level="interval", gives="fields", main="hit_rate", low=0, high=1,
        formula="share of the intervals that contain what came",
        reading="To be compared with the confidence that was stated (`excess`); only with known outcomes.",
        sources=("Lichtenstein, Fischhoff and Phillips (1982), in Judgment under Uncertainty, 306-334",),
        place="delphi.statistics.scoring:calibration",
        parameters=(Parameter("confidence", "share of hits that the intervals claim", 0.8),),
        undefined=(Case("no_valid_answers", _no_interval_with_outcome),),
    ),
    Statistic(
        "brier",
        "Brier score",
        section="6", takes="forecasts", level="ratio", low=0, high=1,
        formula="mean of (probability - outcome)², outcome 1 or 0",
        reading="0 always right and sure, 0.25 always one half; only with known outcomes.",
        sources=("Brier (1950), Verification of forecasts expressed in terms of probability, Monthly Weather Review 78, 1-3",),
        place="delphi.statistics.scoring:brier",
        undefined=(Case("no_valid_answers", _no_outcome),),
    ),
)  # fmt: skip
