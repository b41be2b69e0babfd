"""Values of section 5 from outside."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from scipy.stats import friedmanchisquare, kendalltau, rankdata, spearmanr

from delphi import statistics as ds
from tests.published.reference import Example, Reference

NAN = float("nan")
TENNESSEE = np.repeat([[1, 2, 3, 4], [4, 1, 2, 3], [4, 3, 1, 2], [4, 3, 2, 1]], [42, 26, 15, 17], axis=0)
"""The textbook vote on a capital: 100 voters rank Memphis, Nashville, Chattanooga and Knoxville by distance."""
VOTE = "textbook example of the capital of Tennessee"
TENNESSEE_WINS = [[0, 42, 42, 42], [58, 0, 68, 68], [58, 32, 0, 83], [58, 32, 17, 0]]

PANEL = np.array([
    [1, 2, 3, 4, 5], [2, 1, 3, 5, 4], [1, 3, 2, 4, 5], [3, 1, 2, 5, 4], [1, 2, 4, 3, 5], [2, 3, 1, 5, 4], [5, 1, 2, 3, 4],
    [1, 4, 3, 2, 5],
])  # fmt: skip
"""Eight rankings of five objects."""
LATER = np.array([
    [2, 1, 3, 4, 5], [3, 1, 2, 5, 4], [1, 3, 2, 4, 5], [4, 1, 3, 5, 2], [3, 2, 1, 4, 5], [2, 1, 3, 5, 4], [5, 1, 2, 3, 4],
    [1, 2, 4, 3, 5],
])  # fmt: skip
"""The same panel in the next round."""
SUBSETS = [
    [1, 2, 3, NAN], [NAN, 1, 2, 3], [2, NAN, 1, NAN], [3, 1, NAN, 2], [NAN, 2, NAN, 1], [1, NAN, NAN, 2], [2, 1, NAN, NAN],
    [NAN, NAN, 2, 1],
]  # fmt: skip
FIRST_TWO = [
    [1, 2, NAN, NAN], [2, 1, NAN, NAN], [1, NAN, 2, NAN], [NAN, NAN, 1, 2], [NAN, 1, NAN, 2], [2, NAN, NAN, 1],
    [NAN, 2, 1, NAN], [1, NAN, NAN, 2],
]  # fmt: skip

CITATIONS = [[0, 730, 498, 221], [33, 0, 68, 17], [320, 813, 0, 142], [284, 276, 325, 0]]
"""Stigler (1994): citations among Biometrika, Communications in Statistics, JASA and JRSS-B."""
BRADLEY_TERRY_2 = "tests of the R package BradleyTerry2 (BTabilities.Rout.save), citations of Stigler 1994"

DRINKS = [
    [1, 9, 5, 2, 1, 1, 1 / 2], [1 / 9, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9], [1 / 5, 3, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
    [1 / 2, 9, 3, 1, 1 / 2, 1, 1 / 3], [1, 9, 4, 2, 1, 2, 1 / 2], [1, 9, 3, 1, 1 / 2, 1, 1 / 3], [2, 9, 9, 3, 2, 3, 1],
]  # fmt: skip
"""Saaty: how much more is drunk of coffee, wine, tea, beer, sodas, milk and water in the United States."""

CHOICES = ["ad", "ac", "bd", "ba", "cd", "ab", "ad", "bc"]
"""Best and worst of all four objects a to d, eight persons."""


def pairs_won(ranks: np.ndarray) -> list[float]:
    """Persons who place one object above another, counted one by one."""
    objects = range(ranks.shape[1])
    return [float(sum(bool(row[a] < row[b]) for row in ranks)) for a in objects for b in objects]


def best_orders(wins: np.ndarray) -> tuple[float, list[float]]:
    """Agreement and mean places of the best orders, all orders written out."""
    objects = len(wins)
    scores = {
        order: sum(wins[order[i]][order[j]] for i in range(objects) for j in range(i + 1, objects))
        for order in permutations(range(objects))
    }
    best = [order for order, score in scores.items() if score == max(scores.values())]
    return float(max(scores.values())), np.mean([np.argsort(order) + 1 for order in best], axis=0).tolist()


PANEL_WINS = np.reshape(pairs_won(PANEL), (5, 5))
W = friedmanchisquare(*PANEL.T).statistic / (8 * 4)
B_MINUS_W = [(sum(one[0] == o for one in CHOICES) - sum(one[1] == o for one in CHOICES)) / 8 for o in "abcd"]

EXAMPLES = {"top_k_share": Example({"k": 2})}

REFERENCES = (
    Reference("mean_rank", tuple(np.mean(PANEL, axis=0)), "NumPy mean", lambda: ds.mean_rank(PANEL).mean),
    Reference("mean_rank", tuple(np.std(PANEL, axis=0, ddof=1)), "NumPy std, ddof=1", lambda: ds.mean_rank(PANEL).sd),
    Reference(
        "top_k_share", tuple(sum(row[o] <= 2 for row in PANEL.tolist()) / 8 for o in range(5)), "counted person by person",
        lambda: ds.top_k_share(PANEL, 2).share,
    ),
    Reference("borda", (126.0, 194.0, 173.0, 107.0), VOTE, lambda: ds.borda(TENNESSEE).points),
    Reference(
        "borda", tuple(float(sum(sum(other > one for other in row) for row in PANEL.tolist() for one in [row[o]])) for o in range(5)),
        "objects below, counted person by person", lambda: ds.borda(PANEL).points,
    ),
    Reference("pairwise_matrix", tuple(np.ravel(TENNESSEE_WINS)), VOTE, lambda: ds.pairwise_matrix(TENNESSEE).wins),
    Reference("pairwise_matrix", 1, VOTE + ": Nashville wins", lambda: ds.pairwise_matrix(TENNESSEE).condorcet_winner),
    Reference("pairwise_matrix", tuple(pairs_won(PANEL)), "counted pair by pair", lambda: ds.pairwise_matrix(PANEL).wins),
    Reference("kemeny", (4.0, 1.0, 2.0, 3.0), VOTE, lambda: ds.kemeny(TENNESSEE_WINS).rank),
    Reference("kemeny", 393.0, VOTE, lambda: ds.kemeny(TENNESSEE_WINS).agreement),
    Reference("kemeny", tuple(best_orders(PANEL_WINS)[1]), "all 120 orders", lambda: ds.kemeny(PANEL_WINS).rank),
    Reference(
        "bradley_terry", (0.0, -2.9490725, -0.4795698, 0.2689541), BRADLEY_TERRY_2,
        lambda: ds.bradley_terry(CITATIONS).log_worth, 6e-8,
    ),
    Reference(
        "bradley_terry", (0.0, 0.10254534, 0.06058873, 0.07082997), BRADLEY_TERRY_2 + ", standard errors",
        lambda: ds.bradley_terry(CITATIONS).se, 6e-9,
    ),
    Reference(
        "bradley_terry", (0.7899221, -2.1591504, 0.3103523, 1.0588761), BRADLEY_TERRY_2 + ", sum to zero",
        lambda: ds.bradley_terry(CITATIONS, reference=None).log_worth, 6e-8,
    ),
    Reference(
        "bradley_terry", (0.04333047, 0.07257974, 0.04164102, 0.05304699), BRADLEY_TERRY_2 + ", sum to zero, standard errors",
        lambda: ds.bradley_terry(CITATIONS, reference=None).se, 6e-9,
    ),
    Reference(
        "bradley_terry", (0.646269801051, -0.646269801051), "choix 0.4.1 opt_pairwise, three wins of one, alpha 0.5",
        lambda: ds.bradley_terry([[0, 3], [0, 0]], "ridge", 0.5, reference=None).log_worth, 1e-9,
    ),
    Reference(
        "plackett_luce", (0.0, -0.00546167635, -0.287475090288, -1.792277571903, -2.12504087565), "choix 0.4.1 ilsr_rankings",
        lambda: ds.plackett_luce(PANEL).log_worth, 1e-9,
    ),
    Reference(
        "plackett_luce", (0.0, 1.144913023440, 0.0, 0.2422171817060), "choix 0.4.1 ilsr_rankings, subsets",
        lambda: ds.plackett_luce(SUBSETS).log_worth, 1e-9,
    ),
    Reference(
        "plackett_luce", (0.0, -0.350267000918, -0.65044995488, -0.430043750372), "choix 0.4.1 ilsr_top1, the first two of four",
        lambda: ds.plackett_luce(FIRST_TWO, unranked="below").log_worth, 1e-9,
    ),
    Reference(
        "plackett_luce", (0.631436762, 0.642306826, 0.420118522, -0.711448260, -0.982413850), "choix 0.4.1 opt_rankings, alpha 0.5",
        lambda: ds.plackett_luce(PANEL, penalty="ridge", strength=0.5, reference=None).log_worth, 1e-8,
    ),
    Reference(
        "best_worst", tuple(B_MINUS_W), "counted person by person",
        lambda: ds.best_worst([[sum(one[k] == o for one in CHOICES) for k in (0, 1)] + [8] for o in "abcd"]).standardised,
    ),
    Reference(
        "best_worst", tuple(float(np.log((1 + s) / (1 - s))) for s in B_MINUS_W), "logarithm of the formula",
        lambda: ds.best_worst([[sum(one[k] == o for one in CHOICES) for k in (0, 1)] + [8] for o in "abcd"]).analytic,
    ),
    Reference(
        "ahp_weights", (0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327), "Saaty, consumption of drinks in the United States",
        lambda: ds.ahp_weights(DRINKS).weights, 5e-4,
    ),
    Reference(
        "ahp_weights", 0.022, "Saaty, consumption of drinks, consistency ratio", lambda: ds.ahp_weights(DRINKS).consistency_ratio,
        5e-4,
    ),
    Reference(
        "schmidt_ranking_delphi", "another_round" if W < 0.7 else "stop_strong_agreement", "W of SciPy friedmanchisquare",
        lambda: ds.schmidt_ranking_delphi([PANEL]).decision,
    ),
    Reference("schmidt_ranking_delphi", W, "SciPy friedmanchisquare / (m (N - 1))", lambda: ds.schmidt_ranking_delphi([PANEL]).w),
    Reference(
        "rank_stability", spearmanr(PANEL.mean(axis=0), LATER.mean(axis=0)).statistic, "SciPy spearmanr",
        lambda: ds.rank_stability(PANEL, LATER).spearman,
    ),
    Reference(
        "rank_stability", kendalltau(rankdata(PANEL.sum(axis=0)), rankdata(LATER.sum(axis=0))).statistic, "SciPy kendalltau",
        lambda: ds.rank_stability(PANEL, LATER).kendall_tau,
    ),
    Reference(
        "rank_stability", tuple(kendalltau(*pair).statistic for pair in zip(PANEL, LATER, strict=True)),
        "SciPy kendalltau of each panelist", lambda: ds.rank_stability(PANEL, LATER).panelist_tau,
    ),
)  # fmt: skip
