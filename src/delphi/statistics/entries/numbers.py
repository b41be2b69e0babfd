"""Entries of section 6: numeric, interval and probability answers, allocations."""

from __future__ import annotations

from typing import Any

import numpy as np

from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.numbers import FRACTIONS, as_numbers
from delphi.statistics.undefined import Options, Where, always

HYNDMAN = (
    "Hyndman and Fan (1996), Sample quantiles in statistical packages, The American Statistician 50, 361-365"
)


def _nobody(numbers: Any, _: Options) -> Where:
    return np.asarray(np.isnan(as_numbers(numbers)).all(axis=-1))


def _one(numbers: Any, _: Options) -> Where:
    return (~np.isnan(as_numbers(numbers))).sum(axis=-1) < 2


def _equal(numbers: Any, _: Options) -> Where:
    given = as_numbers(numbers)
    first = np.where(np.isnan(given), np.inf, given).min(axis=-1, initial=np.inf)
    last = np.where(np.isnan(given), -np.inf, given).max(axis=-1, initial=-np.inf)
    return np.asarray(first == last)


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
)  # fmt: skip
