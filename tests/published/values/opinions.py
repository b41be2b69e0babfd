"""Values of section 9 from outside.

Numbers of red-dwarf are those that red-dwarf 0.4.0 (MPL-2.0) gives for `VOTES`: its `calculate_comment_statistics`,
`select_representative_statements` with no limit, and `run_reducer`. The answers to the questions on role conflict are those of Stouffer
and Toby (1951) as Goodman (1974) analyses them.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from delphi import statistics as ds
from tests.published.reference import Example, Reference

ROWS = (
    "11-..0-", "1.1--1-", "111-0.-", "101--1.", ".11---1", "110.-1-", "-.-11-1", "--01.-1", "-1-110.", "---1.1.",
    "0--11--", ".--01.1",
)  # fmt: skip
VOTES = np.array([[{"1": 1.0, "-": -1.0, "0": 0.0, ".": np.nan}[cell] for cell in row] for row in ROWS])
"""Twelve persons on seven statements; the first six are one group, the others the other."""
COUNTS = np.array(
    [
        [[sum(row[s] == cell for row in part) for cell in "-01"] for part in (ROWS[:6], ROWS[6:])]
        for s in range(7)
    ]
)
RED_DWARF = "red-dwarf 0.4.0"

ROLE_CONFLICT = np.repeat(
    np.array(list(product((1.0, 2.0), repeat=4))),
    [42, 23, 6, 25, 6, 24, 7, 38, 1, 4, 1, 6, 2, 9, 2, 20],
    axis=0,
)
"""216 students on four questions, 1 universalistic, 2 particularistic."""

RNG = np.random.default_rng(11)
PLANTED = np.where(RNG.random((36, 9)) < 0.15, RNG.integers(-1, 2, (36, 9)), 1) * np.where(
    np.arange(36)[:, None] % 3 == 0, [1] * 3 + [-1] * 6, np.where(np.arange(36)[:, None] % 3 == 1, [-1] * 6 + [1] * 3, [1, -1] * 4 + [1])
)  # fmt: skip
"""Thirty-six persons in three camps of twelve, with a vote in ten or so of their own."""
POINTS = RNG.standard_normal((40, 2)) + 3 * (np.arange(40)[:, None] % 3)


def _scikit_silhouettes() -> tuple[float, ...]:
    """The same map by the full decomposition, k-means and silhouettes of scikit-learn."""
    centred = PLANTED - PLANTED.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    places = left[:, :2] * sizes[:2]
    return tuple(
        float(silhouette_score(places, KMeans(k, n_init=50, random_state=0).fit_predict(places)))
        for k in range(2, 6)
    )


def _tree_by_pairs() -> float:
    """Distances pair by pair, average linkage of SciPy, silhouette of scikit-learn."""
    apart = np.zeros((12, 12))
    for one, other in product(range(12), repeat=2):
        both = ~np.isnan(VOTES[one] + VOTES[other])
        apart[one, other] = np.abs(VOTES[one] - VOTES[other])[both].mean() / 2 if one != other else 0.0
    tree = linkage(squareform(apart, checks=False), "average")
    scores = [
        silhouette_score(apart, fcluster(tree, k, "maxclust"), metric="precomputed") for k in range(2, 6)
    ]
    return float(max(scores))


def _consensus_person_by_person(rule: str) -> tuple[str, ...]:
    """The definition, statement by statement."""
    found = []
    for statement in AGREED:
        taking = {"agree": 2, "disagree": 0}
        name = "neither"
        for position, place in taking.items():
            if rule == "every_group":
                holds = all(10 * group[place] >= 6 * sum(group) for group in statement)
            else:
                x, n = sum(group[place] for group in statement), sum(map(sum, statement))
                z = 2 * (n + 1) ** 0.5 * ((x + 1) / (n + 1) - 0.5)
                holds = (x + 1) / (n + 2) > 0.5 and z > 1.2816
            name = position if holds else name
        found.append(name)
    return tuple(found)


AGREED = (
    ((1, 1, 8), (0, 2, 10)), ((8, 0, 2), (1, 0, 9)), ((6, 2, 2), (9, 0, 1)), ((2, 2, 6), (4, 1, 5)), ((4, 0, 6), (2, 2, 6)),
    ((1, 0, 30), (3, 2, 4)),
)  # fmt: skip
"""Six statements, two groups; disagree, pass, agree."""

REFERENCES = (
    Reference(
        "opinion_pca",
        (-0.6340693389206902, -1.4301692385238802, 2.428222125405943, 0.6408930638180614, 1.586373838255437, 0.33937494061117907),
        f"{RED_DWARF}, persons 1, 7 and 12", lambda: ds.opinion_pca(VOTES).coordinates[[0, 6, 11]],
    ),
    Reference(
        "opinion_pca", (0.5517369528018867, 0.1827320695727786), f"{RED_DWARF}, explained variance",
        lambda: ds.opinion_pca(VOTES).explained,
    ),
    Reference(
        "kmeans_silhouette", _scikit_silhouettes(), "scikit-learn, k = 2 to 5",
        lambda: ds.kmeans_silhouette(PLANTED).silhouettes,
    ),
    Reference(
        "silhouette", float(silhouette_score(POINTS, np.arange(40) % 3)), "scikit-learn silhouette_score",
        lambda: ds.silhouette(POINTS, np.arange(40) % 3).mean,
    ),
    Reference(
        "hierarchical_clustering", _tree_by_pairs(), "distances pair by pair, SciPy and scikit-learn",
        lambda: ds.hierarchical_clustering(VOTES, least_votes=1, least_persons=2).silhouette,
    ),
    Reference(
        "latent_class", (0.721, 0.279), "Goodman 1974, two classes of role conflict",
        lambda: ds.latent_class(ROLE_CONFLICT).shares, 5e-4,
    ),
    Reference(
        "latent_class", (1108.8007631935, 1057.3128460380, 1081.8561722721), "stepmix 3.0.0, BIC of 1 to 3 classes, 50 starts",
        lambda: ds.latent_class(ROLE_CONFLICT, numbers=[1, 2, 3]).bic, 1e-4,
    ),
    Reference("polis_one_prop_z", 2.1105794120443457, RED_DWARF, lambda: ds.polis_one_prop_z(8, 10)),
    Reference(
        "polis_one_prop_z",
        (2.449489742783178, -1.632993161855452, 1.632993161855452, -0.816496580927726), f"{RED_DWARF}, statements 1 and 2",
        lambda: ds.polis_one_prop_z(COUNTS[:2, :, 2], COUNTS[:2].sum(axis=-1)),
    ),
    Reference("polis_two_prop_z", 2.5008776394849233, RED_DWARF, lambda: ds.polis_two_prop_z(8, 3, 10, 12)),
    Reference(
        "polis_two_prop_z",
        (2.9277002188455996, 1.7566201313073595, 2.160246899469287, -2.27640963280481, -2.7638539919628333, 1.1547005383792515, -1.5477582354991868),
        f"{RED_DWARF}, agreement of the first group",
        lambda: ds.polis_two_prop_z(COUNTS[:, 0, 2], COUNTS[:, 1, 2], COUNTS[:, 0].sum(axis=-1), COUNTS[:, 1].sum(axis=-1)),
    ),
    Reference(
        "polis_comment_stats",
        (6.0, 1 / 6, 2.5, 0.4, 5.0, 0.2, 2 / 9, 4.5, 0.1714285714285714, 5.833333333333334, 2.0, 0.5, 3 / 7, 7 / 3),
        f"{RED_DWARF}, R of agreement", lambda: ds.polis_comment_stats(COUNTS).ratio,
    ),
    Reference(
        "polis_comment_stats", (36.369648, 10.500458, 3.718344),
        f"{RED_DWARF}, R z P z of the first group's disagreement", lambda: ds.polis_comment_stats(COUNTS, "disagree").score[[3, 4, 6], 0], 5e-7,
    ),
    Reference(
        "group_aware_consensus",
        (0.12244897959183672, 0.20408163265306123, 0.078125, 0.125, 0.11904761904761904, 0.16326530612244897, 0.19047619047619047),
        RED_DWARF, lambda: ds.group_aware_consensus(COUNTS),
    ),
    Reference(
        "group_aware_consensus",
        (0.10204081632653061, 0.10204081632653061, 0.1875, 0.10416666666666667, 0.11904761904761904, 0.16326530612244897, 0.23809523809523808),
        f"{RED_DWARF}, disagreement", lambda: ds.group_aware_consensus(COUNTS, "disagree"),
    ),
    Reference(
        "consensus_statements", _consensus_person_by_person("overall"), "the definition in fractions of floats, statement by statement",
        lambda: ds.consensus_statements(AGREED).position,
    ),
    Reference(
        "consensus_statements", _consensus_person_by_person("every_group"), "the definition, group by group",
        lambda: ds.consensus_statements(AGREED, "every_group").position,
    ),
)  # fmt: skip

EXAMPLES = {
    name: Example({}, categories=3)
    for name in ("polis_comment_stats", "group_aware_consensus", "consensus_statements")
}
