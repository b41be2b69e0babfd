"""Entries of section 5: rankings and paired comparisons."""

from __future__ import annotations

from typing import Any

import numpy as np

from delphi.statistics.best_worst_scaling import as_choices
from delphi.statistics.consensus_order import kemeny
from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.hierarchy import as_comparisons
from delphi.statistics.options import INVALID
from delphi.statistics.paired_comparisons import UNRANKED, as_wins
from delphi.statistics.placings import DENOMINATORS, PARTIAL
from delphi.statistics.ranking_delphi import complete_rankings
from delphi.statistics.rankings import TIES, Rankings, as_rankings
from delphi.statistics.rankings_between_rounds import rank_stability
from delphi.statistics.undefined import Options, Where, always
from delphi.statistics.worth import PENALTIES, choices_between, is_strongly_connected

SCHMIDT = "Schmidt (1997), Managing Delphi surveys using nonparametric statistical techniques, Decision Sciences 28, 763-774"
HUNTER = "Hunter (2004), MM algorithms for generalized Bradley-Terry models, Annals of Statistics 32, 384-406"
KENDALL = "Kendall (1945), The treatment of ties in ranking problems, Biometrika 33, 239-251"

TIE_RULE = Parameter("ties", "what equal ranks in one ranking are", "invalid", allowed=TIES)
INVALID_RULE = Parameter("invalid", "what happens to a ranking that is none", "left_out", allowed=INVALID)
UNRANKED_RULE = Parameter(
    "unranked", "what an object is that a person did not rank", "missing", allowed=UNRANKED
)
PENALTY = (
    Parameter("penalty", "what keeps the worths finite where the data do not", None, allowed=PENALTIES),
    Parameter("strength", "weight of the penalty", 0.0),
    Parameter("reference", "object (from 0) whose log-worth is 0; None: their mean is 0", 0),
)


def _of(ranks: Any, options: Options) -> Rankings:
    ties = options["ties"] if options["ties"] in TIES else "invalid"
    return as_rankings(ranks, ties, options["invalid"])


def _no_ranking(ranks: Any, options: Options) -> Where:
    return np.asarray(_of(ranks, options).n == 0)


def _different_objects(ranks: Any, options: Options) -> Where:
    found = _of(ranks, options)
    return np.asarray(found.n > 0 and not len(found.of_the_same_objects()))


def _tied(ranks: Any, options: Options) -> Where:
    return np.asarray(_of(ranks, options).have_ties)


def _one_object(ranks: Any, _: Options) -> Where:
    return np.asarray(np.shape(ranks)[-1] < 2)


def _no_choice(ranks: Any, options: Options) -> Where:
    return np.asarray(not choices_between(_of(ranks, options).ranks, options["unranked"] == "below").any())


def _chain_is_open(ranks: Any, options: Options) -> Where:
    above = choices_between(_of(ranks, options).ranks, options["unranked"] == "below")
    return ~is_strongly_connected(above) & (options["penalty"] is None)


def _nothing_compared(wins: Any, _: Options) -> Where:
    return as_wins(wins).sum(axis=(-1, -2)) == 0


def _wins_are_open(wins: Any, options: Options) -> Where:
    return ~is_strongly_connected(as_wins(wins)) & (options["penalty"] is None)


def _several_orders(wins: Any, _: Options) -> Where:
    return kemeny(wins).n_optima > 1


def _never_shown(choices: Any, _: Options) -> Where:
    return np.asarray(as_choices(choices)[..., 2] == 0)


def _not_answered(comparisons: Any, options: Options) -> Where:
    return ~as_comparisons(comparisons, options["tolerance"])[1]


def _nobody_in_both(rounds: Any, options: Options) -> Where:
    earlier, later = (_of(one, options).is_valid for one in rounds)
    return np.asarray(not (earlier & later).any())


def _no_mean_ranks(rounds: Any, options: Options) -> Where:
    return np.asarray(rank_stability(*rounds, **options).n == 0)


def _one_object_in_both(rounds: Any, options: Options) -> Where:
    return np.asarray(rank_stability(*rounds, **options).n_objects < 2)


def _no_last_ranking(rounds: Any, options: Options) -> Where:
    return _no_ranking(rounds[-1], options)


def _one_last_ranking(rounds: Any, options: Options) -> Where:
    return np.asarray(_of(rounds[-1], options).n < 2)


def _one_last_object(rounds: Any, options: Options) -> Where:
    ranks = _of(rounds[-1], options).ranks
    return np.asarray((~np.isnan(ranks)).any(axis=0).sum() < 2)


def _few_last_complete(rounds: Any, options: Options) -> Where:
    return np.asarray(len(complete_rankings(rounds[-1], options["ties"], options["invalid"])) < 2)


NONE = Case("no_valid_answers", _no_ranking)
TIED = Case("ties_present", _tied)

ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "mean_rank",
        "mean rank, mean and standard deviation of the ranks",
        section="5", takes="ranks", level="ranks", gives="per object", main="mean", low=1,
        formula="sum of the ranks of an object over the number of rankings; over complete rankings, or rankings of one subset",
        reading="1 is best. A rank among five is none among twenty: persons who ranked different objects have no mean rank.",
        sources=(SCHMIDT,),
        place="delphi.statistics.placings:mean_rank",
        parameters=(TIE_RULE, INVALID_RULE),
        undefined=(NONE, Case("incomplete_rankings", _different_objects), Case("no_data", always)),
        marks=(TIED,),
    ),
    Statistic(
        "top_k_share",
        "share in the top k, top-half share",
        section="5", takes="ranks", level="ranks", gives="per object", main="share", low=0, high=1, direction="more",
        formula="rankings that place the object among the first k, over all rankings or over those that rank it",
        reading="State k, and whether everyone ranked the object (`everyone_ranked`).",
        sources=(SCHMIDT,),
        place="delphi.statistics.placings:top_k_share",
        parameters=(
            Parameter("k", "number of first places", is_required=True),
            Parameter("denominator", "of whom the share is", "rankings", allowed=DENOMINATORS),
            TIE_RULE, INVALID_RULE,
        ),
        undefined=(NONE, Case("no_data", always)),
        marks=(TIED,),
    ),
    Statistic(
        "borda",
        "Borda count, Borda points",
        section="5", takes="ranks", level="ranks", gives="per object", main="points", low=0,
        formula="sum over the rankings of N - r; tied objects share the mean of their points",
        reading="On complete rankings the order of the mean ranks. On partial ones the convention decides: state it.",
        sources=(
            "Borda (1781), Mémoire sur les élections au scrutin",
            "Terzopoulou and Endriss (2021), The Borda class, Journal of Mathematical Economics 92, 31-40",
        ),
        place="delphi.statistics.placings:borda",
        parameters=(
            Parameter("partial", "points of the objects that a person did not rank", "average", allowed=PARTIAL),
            TIE_RULE, INVALID_RULE,
        ),
        undefined=(NONE,),
        marks=(TIED,),
    ),
    Statistic(
        "pairwise_matrix",
        "pairwise preferences, Condorcet winner",
        section="5", takes="ranks", level="ranks", gives="matrix", main="wins", low=0,
        formula="rankings that place the object of the row above that of the column",
        reading="`condorcet_winner` beats each other object by majority; None where there is none, as in a circle.",
        sources=("Condorcet (1785), Essai sur l'application de l'analyse",),
        place="delphi.statistics.paired_comparisons:pairwise_matrix",
        parameters=(UNRANKED_RULE, TIE_RULE, INVALID_RULE),
        undefined=(NONE,),
        marks=(TIED,),
    ),
    Statistic(
        "kemeny",
        "Kemeny-Young consensus order",
        section="5", takes="wins", level="ranks", gives="per object", main="rank", low=1,
        formula="order with the largest number of pairwise preferences that agree with it; place of the object, the mean over all best orders",
        reading="Several best orders (`n_optima`, ties_present) are all equally good. Where `is_exact` is false a better one may exist.",
        sources=("Kemeny (1959), Mathematics without numbers", "Young (1988), Condorcet's theory of voting"),
        place="delphi.statistics.consensus_order:kemeny",
        undefined=(Case("no_valid_answers", _nothing_compared),),
        marks=(Case("ties_present", _several_orders),),
    ),
    Statistic(
        "bradley_terry",
        "Bradley-Terry log-worth, strength of preference",
        section="5", takes="wins", level="ranks", gives="per object", main="log_worth",
        formula="log-odds that one object is preferred to another = difference of their log-worths, by maximum likelihood",
        reading="Identified only if each object reaches each other along wins; a penalty makes it so by assumption: name it.",
        sources=("Bradley and Terry (1952), Rank analysis of incomplete block designs, Biometrika 39, 324-345", HUNTER),
        place="delphi.statistics.worth:bradley_terry",
        parameters=PENALTY,
        undefined=(
            Case("no_valid_answers", _nothing_compared),
            Case("not_identified", _wins_are_open),
            Case("not_converged", always),
        ),
    ),
    Statistic(
        "plackett_luce",
        "Plackett-Luce log-worth",
        section="5", takes="ranks", level="ranks", gives="per object", main="log_worth",
        formula="chance of a ranking = product over its places of the worth of the object over the worths that remain, by maximum likelihood",
        reading="Identified as Bradley-Terry is: an object that always comes last is to be dropped or penalised.",
        sources=("Plackett (1975), The analysis of permutations, Applied Statistics 24, 193-202", HUNTER),
        place="delphi.statistics.worth:plackett_luce",
        parameters=(
            UNRANKED_RULE, *PENALTY,
            Parameter("ties", "what happens to a ranking with a tie", "refused", allowed=("refused", "left_out")),
            INVALID_RULE,
        ),
        undefined=(
            NONE,
            Case("too_few_units", _one_object),
            Case("no_pairs", _no_choice),
            Case("not_identified", _chain_is_open),
            Case("not_converged", always),
        ),
    ),
    Statistic(
        "best_worst",
        "best-worst scaling (case 1), MaxDiff scores",
        section="5", takes="choices", level="ranks", gives="per object", main="standardised", low=-1, high=1,
        formula="(times best - times worst) / times shown; also the difference, ln((1 + s) / (1 - s)) and the square root of best over worst",
        reading="Of one person only with a design that shows all objects equally often.",
        sources=(
            "Louviere, Flynn and Marley (2015), Best-Worst Scaling",
            "Lipovetsky and Conklin (2014), Best-worst scaling in analytical closed-form solution, Journal of Choice Modelling",
        ),
        place="delphi.statistics.best_worst_scaling:best_worst",
        undefined=(Case("no_data", _never_shown),),
    ),
    Statistic(
        "ahp_weights",
        "weights of the analytic hierarchy process",
        section="5", takes="comparisons", level="ratio", gives="per object", main="weights", low=0, high=1,
        formula="principal eigenvector of the matrix of comparisons; CI = (λ - N) / (N - 1), CR = CI over that of random judgements",
        reading="A consistency ratio below .10 is taken as acceptable (Saaty 1980); else the comparisons are to be made again.",
        sources=("Saaty (1980), The Analytic Hierarchy Process",),
        place="delphi.statistics.hierarchy:ahp_weights",
        parameters=(Parameter("tolerance", "how far a comparison times its reverse may lie from 1", 0.05),),
        undefined=(Case("no_valid_answers", _not_answered),),
    ),
    Statistic(
        "schmidt_ranking_delphi",
        "ranking-type Delphi, stopping rule of Schmidt",
        section="5", takes="ranked_rounds", level="ranks", gives="label", main="decision",
        formula="stop where W reaches `strong`, else where it rose by less than `least_gain`, else after `max_rounds`; with mean ranks, W and top-half share per round",
        reading="W .1 very weak, .3 weak, .5 moderate, .7 strong, .9 unusually strong (Schmidt 1997). What counts as levelled off he leaves open.",
        sources=(SCHMIDT,),
        place="delphi.statistics.ranking_delphi:schmidt_ranking_delphi",
        parameters=(
            Parameter("strong", "W from which on the panel agrees strongly", 0.7),
            Parameter("least_gain", "rise of W below which it has levelled off", 0.05),
            Parameter("max_rounds", "the last round", 3),
            TIE_RULE, INVALID_RULE,
        ),
        undefined=(
            Case("no_valid_answers", _no_last_ranking),
            Case("too_few_raters", _one_last_ranking),
            Case("too_few_units", _one_last_object),
            Case("incomplete_rankings", _few_last_complete),
            Case("all_ties", always),
        ),
    ),
    Statistic(
        "rank_stability",
        "rank correlation between rounds",
        section="5", takes="two_ranks", level="ranks", main="spearman", low=-1, high=1, direction="more",
        formula="Spearman's and Kendall's correlation of the mean ranks of two rounds; tau-b of each panelist's two rankings",
        reading="Over objects: coarse with few of them, whatever the size of the panel.",
        sources=("Spearman (1904), American Journal of Psychology 15, 72-101", KENDALL),
        place="delphi.statistics.rankings_between_rounds:rank_stability",
        parameters=(TIE_RULE, INVALID_RULE),
        undefined=(
            Case("no_pairs", _nobody_in_both),
            Case("incomplete_rankings", _no_mean_ranks),
            Case("too_few_units", _one_object_in_both),
            Case("no_variation", always),
        ),
    ),
)  # fmt: skip
