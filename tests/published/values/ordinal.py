"""Values of section 2.3 from outside."""

from __future__ import annotations

from itertools import combinations
from math import e, log2

import numpy as np
from scipy import stats

from delphi import statistics as ds
from tests.published.reference import Example, Reference

VIGNETTE = "vignette of the R package agrmt"
HELP = "help pages of the R package agrmt 1.42.12"
EXAMPLE = (30, 40, 210, 130, 530, 50, 10)
"""The example of van der Eijk 2001, p. 331, that the vignette and the help pages of agrmt use."""
SEVEN = (1, 2, 3, 4, 5, 6, 7)
PVDA, D66 = (24, 28, 32, 62, 135, 304, 416), (16, 26, 82, 210, 293, 270, 103)
"""Placements of two Dutch parties in per mille, van der Eijk 2001."""

COUNTS = (3, 0, 2, 5, 7)
"""Seventeen panelists on five points, one of which nobody chose."""
FIVE = (1, 2, 3, 4, 5)
PERSONS = tuple(value for value, count in zip(FIVE, COUNTS, strict=True) for _ in range(count))
PAIRS = tuple(combinations(PERSONS, 2))
MARITAL = (6, 7, 2, 4)
"""Nineteen answers in four categories, from the documentation of the Python package stikpetP."""
PFISTER_A, PFISTER_B = (3, 5, 5, 10, 17, 20, 17, 10, 5, 5, 3), (2, 26, 14, 6, 2, 0, 2, 6, 14, 26, 2)
ELEVEN = tuple(range(1, 12))

EXAMPLES = {"tastle_wierman_agreement": Example({"target": 5})}


def _share(value: int) -> float:
    return PERSONS.count(value) / len(PERSONS)


def _up_to(value: int) -> float:
    """Share of the persons at or below a value."""
    return sum(person <= value for person in PERSONS) / len(PERSONS)


def _iov() -> float:
    """Distances of all pairs, by those of the persons as evenly as possible at both ends."""
    half = len(PERSONS) // 2
    ends = (1,) * half + (5,) * (len(PERSONS) - half)
    return sum(abs(a - b) for a, b in PAIRS) / sum(abs(a - b) for a, b in combinations(ends, 2))


def _leik() -> float:
    """Mean distance from the median, by that of half at each end."""
    return float(np.abs(np.array(PERSONS) - np.median(PERSONS)).mean()) / 2


def _esteban_ray(alpha: float) -> float:
    """Person by person: each weighs the distance of every other by the share of his own group to the power of alpha."""
    total = sum(_share(a) ** alpha * abs(a - b) for a in PERSONS for b in PERSONS)
    return total / len(PERSONS) ** 2


def _bimodality(answers: tuple[int, ...]) -> float:
    n = len(answers)
    skewness, kurtosis = stats.skew(answers, bias=False), stats.kurtosis(answers, bias=False)
    return float((skewness**2 + 1) / (kurtosis + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))))


D2 = sum((_up_to(value) - 0.5) ** 2 for value in (1, 2, 3, 4))
MEAN = float(np.mean(PERSONS))
CNS = 1 + float(np.mean([log2(1 - abs(person - MEAN) / 4) for person in PERSONS]))
AGR = 1 + float(np.mean([log2(1 - abs(person - 5) / 8) for person in PERSONS]))
BY_PERSON = "computed person by person"

REFERENCES = (
    Reference("van_der_eijk_agreement", 0.6113333, VIGNETTE, lambda: ds.van_der_eijk_agreement(EXAMPLE), 5e-8),
    Reference("van_der_eijk_agreement", 0.6097236, f"{VIGNETTE}, PvdA", lambda: ds.van_der_eijk_agreement(PVDA), 5e-8),
    Reference("van_der_eijk_agreement", 0.4823333, f"{VIGNETTE}, D66", lambda: ds.van_der_eijk_agreement(D66), 5e-8),
    Reference("van_der_eijk_polarization", (1 - 0.6113333) / 2, VIGNETTE, lambda: ds.van_der_eijk_polarization(EXAMPLE), 5e-8),
    Reference("van_der_eijk_polarization", 0.1951382, f"{VIGNETTE}, PvdA", lambda: ds.van_der_eijk_polarization(PVDA), 5e-8),
    Reference("van_der_eijk_polarization", 0.2588333, f"{VIGNETTE}, D66", lambda: ds.van_der_eijk_polarization(D66), 5e-8),
    Reference("van_der_eijk_polarization", 0.3038462, f"{VIGNETTE}, nobody at 6", lambda: ds.van_der_eijk_polarization([6, 8, 5, 3, 2, 0, 2]), 5e-8),
    Reference("leik_dispersion", 0.287, HELP, lambda: ds.leik_dispersion(EXAMPLE), 5e-4),
    Reference("leik_dispersion", _leik(), f"{BY_PERSON}, distances from the median", lambda: ds.leik_dispersion(COUNTS)),
    Reference("tastle_wierman_consensus", 0.7256876, HELP, lambda: ds.tastle_wierman_consensus(EXAMPLE, SEVEN), 5e-8),
    Reference(
        "tastle_wierman_consensus", 0.3340394927779964, "documentation of the Python package stikpetP",
        lambda: ds.tastle_wierman_consensus([3, 3, 2, 3, 7], FIVE),
    ),
    Reference("tastle_wierman_consensus", CNS, BY_PERSON, lambda: ds.tastle_wierman_consensus(COUNTS, FIVE)),
    Reference("tastle_wierman_dissention", 1 - 0.7256876, HELP, lambda: ds.tastle_wierman_dissention(EXAMPLE, SEVEN), 5e-8),
    Reference("tastle_wierman_agreement", AGR, BY_PERSON, lambda: ds.tastle_wierman_agreement(COUNTS, FIVE, 5)),
    Reference("blair_lacy_d2", D2, BY_PERSON, lambda: ds.blair_lacy_d2(COUNTS)),
    Reference("blair_lacy_l2", D2, BY_PERSON, lambda: ds.blair_lacy_l2(COUNTS)),
    Reference("blair_lacy_l", D2**0.5, BY_PERSON, lambda: ds.blair_lacy_l(COUNTS)),
    Reference("berry_mielke_iov", _iov(), f"{BY_PERSON}, all pairs", lambda: ds.berry_mielke_iov(COUNTS)),
    Reference("kvalseth_cov", 1 - (1 - _iov()) ** 0.5, f"{BY_PERSON}, all pairs", lambda: ds.kvalseth_cov(COUNTS)),
    Reference(
        "shannon_entropy", 1.296892, "documentation of the Python package stikpetP, nats",
        lambda: ds.shannon_entropy(MARITAL, base=e), 5e-7,
    ),
    Reference("shannon_entropy", float(stats.entropy(COUNTS, base=2)), "SciPy entropy, base 2", lambda: ds.shannon_entropy(COUNTS)),
    Reference(
        "shannon_entropy", float(stats.entropy(COUNTS, base=5)), "SciPy entropy, base 5 of five categories",
        lambda: ds.shannon_entropy(COUNTS, normalised=True),
    ),
    Reference("normalised_variance", float(np.var(PERSONS)) / 4, "NumPy var", lambda: ds.normalised_variance(COUNTS, FIVE)),
    Reference(
        "reynal_querol_polarization", 4 * sum(_share(person) * (1 - _share(person)) for person in PERSONS) / len(PERSONS), BY_PERSON,
        lambda: ds.reynal_querol_polarization(COUNTS),
    ),
    Reference("reynal_querol_polarization", 1.0, "Reynal-Querol 2002: two equal groups", lambda: ds.reynal_querol_polarization([0, 4, 0, 4])),
    Reference("esteban_ray_polarization", _esteban_ray(1.6), BY_PERSON, lambda: ds.esteban_ray_polarization(COUNTS, FIVE)),
    Reference(
        "esteban_ray_polarization", 10 * _esteban_ray(0.5), f"{BY_PERSON}, alpha 0.5, k 10",
        lambda: ds.esteban_ray_polarization(COUNTS, FIVE, alpha=0.5, k=10),
    ),
    Reference("sarle_bimodality", 0.34, "help of the R package mousetrap, data of Pfister et al. 2013", lambda: ds.sarle_bimodality(PFISTER_A, ELEVEN), 5e-3),
    Reference("sarle_bimodality", 0.79, "help of the R package mousetrap, data of Pfister et al. 2013", lambda: ds.sarle_bimodality(PFISTER_B, ELEVEN), 5e-3),
    Reference("sarle_bimodality", _bimodality(PERSONS), "SciPy skew and kurtosis, bias=False", lambda: ds.sarle_bimodality(COUNTS, FIVE)),
    Reference(
        "consensus_shape", ("A", "J", "U", "J"), f"{VIGNETTE}, examples of types, strict",
        lambda: ds.consensus_shape([[0, 9, 0], [0, 0, 9], [9, 0, 9], [9, 0, 0]]),
    ),
    Reference("consensus_shape", "S", f"{VIGNETTE}, example of a type", lambda: ds.consensus_shape([9, 0, 9, 0])),
    Reference("consensus_shape", "L", f"{VIGNETTE}, example of a type, modified", lambda: ds.consensus_shape([9, 0, 0], with_l=True)),
)  # fmt: skip
