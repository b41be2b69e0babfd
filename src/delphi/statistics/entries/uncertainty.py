"""Entries of section 8: intervals, resampling, posteriors."""

from __future__ import annotations

from typing import Any

import numpy as np

from delphi.statistics.arrays import as_counts
from delphi.statistics.entries.entry import REASONS, Case, Parameter, Statistic
from delphi.statistics.undefined import Options, Where, always, nobody, unanimous


def nobody_of(data: Any, _: Options) -> Where:
    """A share of nobody."""
    return np.asarray(data[1]) == 0


def nobody_sampled(data: Any, _: Options) -> Where:
    """Nobody of the population was asked."""
    return np.asarray(data[0]) == 0


def told(code: str) -> Case:
    """The reason that a statistic of another statistic brings with its result."""

    def where(found: Any, _: Options) -> Where:
        return np.asarray(found.reason == code)

    return Case(code, where, "result")


def many_unusable(found: Any, _: Options) -> Where:
    """In more than 5 % of the draws the statistic was undefined."""
    return np.asarray(found.unusable > 0.05)


def drawn(found: Any, _: Options) -> Where:
    """Permutations were drawn, not counted."""
    return ~np.asarray(found.is_exact)


def sparse(counts: Any, _: Options) -> Where:
    """A category has fewer than five answers."""
    return np.asarray((as_counts(counts) < 5).any(axis=-1))


CONFIDENCE = Parameter("confidence", "of the interval, between 0 and 1", 0.95)
POPULATION = Parameter(
    "population", "how many there are, of whom these are a sample; without it infinitely many"
)
PRIOR = (
    Parameter("prior_a", "first number of the beta prior; 1/2 and 1/2 are Jeffreys'", 0.5),
    Parameter("prior_b", "second number of the beta prior", 0.5),
)
NOBODY = Case("no_valid_answers", nobody_of)
SEED = (Parameter("seed", "of the draws", 0), Parameter("rng", "numpy Generator that gives the seed instead"))
OTHERS = tuple(told(code) for code in sorted(REASONS))
"""The reasons of the statistic that the interval or p-value is of, and those of drawing itself."""
BROWN = "Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133"

ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "wilson_ci",
        "Wilson's score interval",
        section="8", takes="share", level="any", low=0, high=1, gives="fields", main="share",
        formula="the shares that a score test of x of n does not reject",
        reading="The interval of a share by default. It treats the panel as a sample of experts; with `population` as part of so many.",
        sources=("Wilson (1927)", BROWN),
        place="delphi.statistics.intervals:wilson_ci",
        parameters=(CONFIDENCE, POPULATION),
        undefined=(NOBODY,),
    ),
    Statistic(
        "clopper_pearson_ci",
        "exact interval of a share",
        section="8", takes="share", level="any", low=0, high=1, gives="fields", main="share",
        formula="the shares that neither binomial tail of x of n rules out; of a population the hypergeometric tails",
        reading="Covers at least the stated confidence, mostly more.",
        sources=("Clopper and Pearson (1934)", "Wright (1991), Exact Confidence Bounds when Sampling from Small Finite Universes"),
        place="delphi.statistics.intervals:clopper_pearson_ci",
        parameters=(CONFIDENCE, POPULATION),
        undefined=(NOBODY,),
    ),
    Statistic(
        "jeffreys_ci",
        "Bayesian interval of a share under Jeffreys' prior",
        section="8", takes="share", level="any", low=0, high=1, gives="fields", main="share",
        formula="equal-tailed interval of Beta(x + 1/2, n - x + 1/2); of a population with a beta-binomial rest",
        reading="The ends are not moved to 0 and 1 at no success and n successes.",
        sources=(BROWN,),
        place="delphi.statistics.intervals:jeffreys_ci",
        parameters=(CONFIDENCE, POPULATION),
        undefined=(NOBODY,),
    ),
    Statistic(
        "fpc",
        "finite population correction",
        section="8", takes="share", level="any", low=0, high=1,
        formula="sqrt((N - n) / (N - 1)), n asked of a population of N",
        reading="Factor of a standard error. When the panel is its whole population there is no sampling error: say so, and print no interval.",
        sources=("Cochran (1977), Sampling Techniques, section 2.6",),
        place="delphi.statistics.intervals:fpc",
        undefined=(Case("no_data", nobody_sampled),),
    ),
    Statistic(
        "multinomial_ci",
        "simultaneous intervals of the shares of all categories",
        section="8", takes="counts", level="nominal", low=0, high=1, gives="per object", main="share",
        formula="Goodman: Wilson's interval at 1 - (1 - confidence) / K for each; Sison and Glaz: a box of one width round all counts",
        reading="Goodman wants counts of at least 5, Sison and Glaz seven categories or more besides; round a unanimous or tiny panel their box has no width, and there is none.",
        sources=("Goodman (1965), Technometrics 7, 247-254", "Sison and Glaz (1995), Journal of the American Statistical Association 90, 366-369"),
        place="delphi.statistics.intervals:multinomial_ci",
        parameters=(Parameter("method", "whose intervals", "goodman", allowed=("goodman", "sison_glaz")), CONFIDENCE),
        undefined=(Case("no_valid_answers", nobody), Case("no_variation", unanimous), Case("too_few", always)),
        marks=(Case("sparse_expected", sparse),),
    ),
    Statistic(
        "bootstrap_ci",
        "bootstrap interval of another statistic",
        section="8", takes="any", level="any", gives="fields", main="value",
        formula="quantiles of the statistic over draws with replacement of as many persons, all answers of a person together",
        reading="At least 2,000 draws; none below ten persons. For kappa with fewer than 40 persons the nominal 95 % covers less (Klar et al. 2002).",
        sources=("Efron and Tibshirani (1993), An Introduction to the Bootstrap", "Klar et al. (2002)"),
        place="delphi.statistics.bootstrap:bootstrap_ci",
        parameters=(
            Parameter("statistic", "id of the statistic; its own options may be given beside these", is_required=True),
            Parameter("draws", "how often the persons are drawn", 2000),
            Parameter("interval", "percentile, or bias-corrected and accelerated", "percentile", allowed=("percentile", "bca")),
            CONFIDENCE, *SEED,
        ),
        undefined=OTHERS,
        marks=(Case("boot_degenerate", many_unusable, "result"),),
    ),
    Statistic(
        "permutation_p",
        "permutation p of another statistic",
        section="8", takes="any", level="any", low=0, high=1, gives="fields", main="p",
        formula="chance of a statistic at least as extreme when raters order at random (kendall_w), when the later answers belong to anybody, or when each person's two answers change places",
        reading="All permutations where feasible, else drawn and flagged. When the later answers belong to anybody a small p says that answers hang together: association, not agreement.",
        sources=("Edgington and Onghena (2007), Randomization Tests", "Phipson and Smyth (2010)", "Kendall and Gibbons (1990)"),
        place="delphi.statistics.permutation:permutation_p",
        parameters=(
            Parameter("statistic", "kendall_w, or id of a statistic of two waves; its own options may be given beside these", is_required=True),
            Parameter("by_chance", "what chance does: by the statistic, anybody's later answers, or two answers that change places", "usual", allowed=("usual", "independent", "exchangeable")),
            Parameter("extreme", "what is extreme: by the statistic, or as named", "usual", allowed=("usual", "greater", "less", "two_sided")),
            Parameter("draws", "permutations drawn where not all can be counted", 9_999),
            *SEED,
        ),
        undefined=OTHERS,
        marks=(Case("approximate_p", drawn, "result"),),
    ),
    Statistic(
        "beta_posterior",
        "Bayesian posterior of a share",
        section="8", takes="share", level="any", low=0, high=1, gives="fields", main="mean",
        formula="mean, median and equal-tailed interval of Beta(a + x, b + n - x)",
        reading="With Jeffreys' prior close to Wilson's interval. Without an answer there is none: that would be the prior.",
        sources=(BROWN, "Gelman et al. (2013), Bayesian Data Analysis, section 2.4"),
        place="delphi.statistics.posterior:beta_posterior",
        parameters=(*PRIOR, CONFIDENCE),
        undefined=(NOBODY,),
    ),
    Statistic(
        "prob_above_threshold",
        "posterior chance that a share reaches a threshold",
        section="8", takes="share", level="any", low=0, high=1,
        formula="P(p >= t) under Beta(a + x, b + n - x)",
        reading="A bare pass of the threshold is only about an even bet.",
        sources=(BROWN, "Gelman et al. (2013), Bayesian Data Analysis, section 2.4"),
        place="delphi.statistics.posterior:prob_above_threshold",
        parameters=(Parameter("threshold", "a fraction in [0, 1]", is_required=True), *PRIOR),
        undefined=(NOBODY,),
    ),
)  # fmt: skip
