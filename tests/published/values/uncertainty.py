"""Values of section 8 from outside."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
from scipy.stats import beta, binom, binomtest, bootstrap
from statsmodels.stats.proportion import multinomial_proportions_confint, proportion_confint

from delphi import statistics as ds
from tests.published.reference import Reference

NEWCOMBE = "Newcombe 1998, Statistics in Medicine 17, table I"
SCORE = ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718))
EXACT = ((81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776))
"""Successes, n, low, high."""
CHOSEN = [56, 72, 73, 59, 62, 87, 58]
"""Seven categories, 467 answers."""
MOVES = [[6, 9, 0], [2, 13, 0], [0, 0, 0]]
"""Two categories: nine moved up, two down."""


def hypergeometric_ends(x: int, n: int, people: int) -> tuple[float, float]:
    """Numbers of successes in the population that neither tail rules out at 2.5 %, each tried in fractions."""
    kept = []
    for many in range(x, people - (n - x) + 1):
        ways = [comb(many, k) * comb(people - many, n - k) for k in range(n + 1)]
        tails = (sum(ways[x:]), sum(ways[: x + 1]))
        if all(Fraction(tail, comb(people, n)) > Fraction(25, 1000) for tail in tails):
            kept.append(many)
    return min(kept) / people, max(kept) / people


def net_change_by_swapping(moves: list[list[int]]) -> float:
    """p of the net change of two categories over all ways of turning single persons' answers round."""
    up, down = moves[0][1], moves[1][0]
    seen = abs(up - down)
    signs = product((1, -1), repeat=up + down)
    return float(np.mean([abs(sum(one)) >= seen for one in signs]))


COUNTS = [2, 5, 10, 20, 23]
ANSWERS = np.repeat([1, 2, 3, 4, 5], COUNTS)


def agreement(answers: np.ndarray, axis: int) -> np.ndarray:
    """Van der Eijk's A of answers that SciPy has drawn."""
    return np.asarray(
        ds.van_der_eijk_agreement(np.stack([(answers == v).sum(axis) for v in range(1, 6)], -1))
    )


def by_scipy(method: str) -> tuple[float, float]:
    """Interval of A with many draws of SciPy's own."""
    found = bootstrap((ANSWERS,), agreement, n_resamples=20_000, method=method, rng=np.random.default_rng(11))
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def _ends(found: object) -> tuple[float, float]:
    return float(found.low), float(found.high)  # type: ignore[attr-defined]


REFERENCES = (
    *(Reference("wilson_ci", (low, high), NEWCOMBE, lambda x=x, n=n: _ends(ds.wilson_ci(x, n)), 5.1e-5) for x, n, low, high in SCORE),
    Reference("wilson_ci", proportion_confint(42, 60, 0.1, "wilson"), "statsmodels proportion_confint, 90 %", lambda: _ends(ds.wilson_ci(42, 60, 0.9))),
    *(Reference("clopper_pearson_ci", (low, high), NEWCOMBE, lambda x=x, n=n: _ends(ds.clopper_pearson_ci(x, n)), 5.1e-5) for x, n, low, high in EXACT),
    Reference("clopper_pearson_ci", proportion_confint(42, 60, method="beta"), "statsmodels proportion_confint", lambda: _ends(ds.clopper_pearson_ci(42, 60))),
    Reference("clopper_pearson_ci", hypergeometric_ends(7, 12, 30), "every number of 30 tried in fractions", lambda: _ends(ds.clopper_pearson_ci(7, 12, population=30))),
    Reference("jeffreys_ci", proportion_confint(42, 60, method="jeffreys"), "statsmodels proportion_confint", lambda: _ends(ds.jeffreys_ci(42, 60))),
    Reference("fpc", 0.8 * 100**0.5 / 99**0.5, "by hand, 36 of 100", lambda: ds.fpc(36, 100)),
    *(
        Reference(
            "multinomial_ci", tuple(multinomial_proportions_confint(CHOSEN, method=theirs)[:, 0]), f"statsmodels, {theirs}",
            lambda m=ours: ds.multinomial_ci(CHOSEN, m).low,
        )
        for ours, theirs in (("goodman", "goodman"), ("sison_glaz", "sison-glaz"))
    ),
    Reference(
        "bootstrap_ci", (binom.ppf(0.025, 60, 0.7) / 60, binom.ppf(0.975, 60, 0.7) / 60), "SciPy binom: a drawn share is binomial",
        lambda: _ends(ds.bootstrap_ci((42, 60), "wilson_ci", draws=20_000)),
    ),
    *(
        Reference(
            "bootstrap_ci", by_scipy(method), f"SciPy bootstrap, {method}, 20,000 draws of its own: equal up to the draws",
            lambda i=interval: _ends(ds.bootstrap_ci(COUNTS, "van_der_eijk_agreement", draws=20_000, interval=i)), 0.01,
        )
        for interval, method in (("percentile", "percentile"), ("bca", "BCa"))
    ),
    Reference("permutation_p", 1 / 36, "Kendall and Gibbons 1990, S = 18 at m = n = 3", lambda: ds.permutation_p([[1, 2, 3]] * 3, "kendall_w").p),
    Reference("permutation_p", float(binomtest(9, 11).pvalue), "SciPy binomtest: two categories make it the exact McNemar test", lambda: ds.permutation_p(MOVES, "net_change").p),
    Reference("permutation_p", net_change_by_swapping(MOVES), "all signs written out", lambda: ds.permutation_p(MOVES, "net_change").p),
    Reference(
        "beta_posterior", (42.5 / 61, beta.median(42.5, 18.5), *beta.interval(0.95, 42.5, 18.5)), "SciPy beta",
        lambda: tuple(float(one) for one in ds.beta_posterior(42, 60)),
    ),
    Reference("prob_above_threshold", float(beta.sf(0.7, 42.5, 18.5)), "SciPy beta.sf", lambda: ds.prob_above_threshold(42, 60, 0.7)),
)  # fmt: skip
