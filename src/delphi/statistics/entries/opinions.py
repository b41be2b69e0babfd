"""Entries of section 9: opinion groups."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.statistics.arrays import as_counts
from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.undefined import Options, Where, always

POLIS = "Small, Bjorkegren, Erkkilä, Shaw and Megill (2021), Polis: scaling deliberation by mapping high dimensional opinion spaces, Recerca 26"
ROUSSEEUW = "Rousseeuw (1987), Silhouettes, Journal of Computational and Applied Mathematics 20, 53-65"
STRUCTURE = (
    "Below .25 no substantial structure (Kaufman and Rousseeuw 1990). A shapeless cloud on a map of two dimensions cut in two to five "
    "has .3 to .4: believe groups only with their stability."
)


def _votes(votes: Any) -> NDArray[np.float64]:
    return np.asarray(votes, dtype=np.float64)


def _no_vote(votes: Any, _: Options) -> Where:
    return np.array(not np.isfinite(_votes(votes)).any())


def _person_without_vote(votes: Any, _: Options) -> Where:
    return np.isfinite(_votes(votes)).sum(axis=1) == 0


def _one_voter(votes: Any, _: Options) -> Where:
    return np.array(np.isfinite(_votes(votes)).any(axis=1).sum() < 2)


def _too_few_voters(votes: Any, options: Options) -> Where:
    answered = np.isfinite(_votes(votes)).sum(axis=1)
    return np.array((answered >= options["least_votes"]).sum() < max(options["least_persons"], 2))


def _votes_alike(votes: Any, _: Options) -> Where:
    """On no item do two persons differ."""
    given = _votes(votes)
    seen = np.isfinite(given)
    low, high = np.where(seen, given, np.inf).min(axis=0), np.where(seen, given, -np.inf).max(axis=0)
    return np.array(not (low < high).any())


def _too_few_persons(answers: Any, options: Options) -> Where:
    return np.array(np.isfinite(_votes(answers)).any(axis=1).sum() < max(options["least_persons"], 2))


def _not_identified(answers: Any, options: Options) -> Where:
    """More parameters than patterns of answers, already with the fewest classes above one."""
    given, declared = _votes(answers), options["categories"]
    widths = [
        len(np.unique(item[np.isfinite(item)])) if declared is None else len(declared) for item in given.T
    ]
    classes = min((k for k in options["numbers"] if k > 1), default=1)
    parameters = classes - 1 + classes * sum(width - 1 for width in widths)
    return np.array(parameters > np.prod([float(width) for width in widths if width]) - 1)


def _nobody_grouped(data: Any, _: Options) -> Where:
    return np.array(not (np.asarray(data[1]) >= 0).any())


def _one_grouped(data: Any, _: Options) -> Where:
    return np.array((np.asarray(data[1]) >= 0).sum() < 2)


def _none_of(data: Any, _: Options) -> Where:
    return np.asarray(data[1]) == 0


def _none_inside_or_outside(data: Any, _: Options) -> Where:
    return (np.asarray(data[2]) == 0) | (np.asarray(data[3]) == 0)


def _group_saw_nothing(counts: Any, _: Options) -> Where:
    return as_counts(counts).sum(axis=-1) == 0


def _one_group(counts: Any, _: Options) -> Where:
    return np.array(as_counts(counts).shape[-2] < 2)


def _nobody_outside(counts: Any, _: Options) -> Where:
    n = as_counts(counts).sum(axis=-1)
    return n == n.sum(axis=-1, keepdims=True)


def _nobody_at_all(counts: Any, _: Options) -> Where:
    return as_counts(counts).sum(axis=(-1, -2)) == 0


def _one_vote(counts: Any, _: Options) -> Where:
    return as_counts(counts).sum(axis=(-1, -2)) < 2


def _some_group_saw_nothing(counts: Any, options: Options) -> Where:
    is_asked = options.get("unseen") != "half" and options.get("rule") != "overall"
    return is_asked & (as_counts(counts).sum(axis=-1) == 0).any(axis=-1)


def _small_group(counts: Any, options: Options) -> Where:
    return np.asarray(options.get("rule") != "overall") & (as_counts(counts).sum(axis=-1) < 5).any(axis=-1)


LEAST_VOTES = Parameter("least_votes", "who votes less is not grouped", 7)
LEAST_PERSONS = Parameter("least_persons", "with fewer persons left nobody is grouped", 15)
NUMBERS = Parameter("numbers", "numbers of groups to try", (2, 3, 4, 5))
ABOVE = Parameter("above", "threshold of the z values, one-sided 90 %", 1.2816)
POSITION = Parameter("position", "what the persons do", "agree", allowed=("agree", "disagree"))
NOT_GROUPED = (
    Case("no_valid_answers", _no_vote),
    Case("too_few", _too_few_voters),
    Case("no_variation", _votes_alike),
    Case("one_cluster", always),
)

ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "opinion_pca",
        "principal components of votes, opinion map",
        section="9", takes="votes", gives="matrix", main="coordinates", level="ordinal",
        formula="two principal components of the centred votes, unseen ones imputed by the mean of the statement, each person moved outward by sqrt(statements / answered), the largest loading of each positive",
        reading="Distances show alikeness, axes have no meaning of their own; read the explained variance beside the map.",
        sources=(POLIS,),
        place="delphi.opinions.pca:opinion_pca",
        undefined=(
            Case("no_valid_answers", _person_without_vote), Case("too_few", _one_voter), Case("no_variation", _votes_alike),
        ),
    ),
    Statistic(
        "kmeans_silhouette",
        "opinion groups by k-means, number by silhouette",
        section="9", takes="votes", gives="fields", main="silhouette", level="ordinal", low=-1, high=1,
        formula="k-means on the opinion map for k = 2 to 5, at least ten starts each; the k with the largest mean silhouette",
        reading=STRUCTURE,
        sources=(POLIS, ROUSSEEUW),
        place="delphi.opinions.groups:kmeans_silhouette",
        parameters=(
            NUMBERS, Parameter("starts", "starts of k-means for each number, at least 10", 10), Parameter("seed", "of the starts", 1),
            LEAST_VOTES, LEAST_PERSONS,
        ),
        undefined=NOT_GROUPED,
    ),
    Statistic(
        "silhouette",
        "mean silhouette width",
        section="9", takes="points", gives="fields", main="mean", level="interval", low=-1, high=1,
        formula="mean of (b - a) / max(a, b): a the mean distance to the own group, b to the nearest other group; 0 for who is alone in a group",
        reading=STRUCTURE,
        sources=(ROUSSEEUW,),
        place="delphi.opinions.silhouettes:silhouette",
        undefined=(Case("no_valid_answers", _nobody_grouped), Case("too_few", _one_grouped), Case("one_cluster", always)),
    ),
    Statistic(
        "hierarchical_clustering",
        "opinion groups by a tree, average linkage or Ward",
        section="9", takes="votes", gives="fields", main="silhouette", level="ordinal", low=-1, high=1,
        formula="average linkage of half the mean difference on statements that both saw, or Ward's on the opinion map; cut at the number with the largest mean silhouette",
        reading=f"{STRUCTURE} For at most 5,000 persons.",
        sources=("Ward (1963), JASA 58, 236-244", "Sokal and Michener (1958)", ROUSSEEUW),
        place="delphi.opinions.hierarchy:hierarchical_clustering",
        parameters=(
            Parameter("method", "linkage", "average", allowed=("average", "ward")), NUMBERS, LEAST_VOTES, LEAST_PERSONS,
        ),
        undefined=NOT_GROUPED,
    ),
    Statistic(
        "latent_class",
        "latent class analysis",
        section="9", takes="answers", gives="fields", main="classes", level="nominal", low=1,
        formula="mixture of classes within which the items are independent, by EM from at least 20 starts; the number of classes with the smallest BIC",
        reading="Entropy of .8 and more: persons belong clearly. Chances at 0 or 1, or a best likelihood that few starts reach, are warnings.",
        sources=("Lazarsfeld and Henry (1968), Latent Structure Analysis", "Goodman (1974), Biometrika 61, 215-231", "Schwarz (1978)"),
        place="delphi.opinions.latent_class:latent_class",
        parameters=(
            Parameter("numbers", "numbers of classes to try", (1, 2, 3, 4, 5)), Parameter("starts", "random starts, at least 20", 20),
            Parameter("seed", "of the starts", 1), Parameter("categories", "declared answers of all items; none: those given"),
            LEAST_PERSONS,
        ),
        undefined=(
            Case("no_valid_answers", _no_vote), Case("too_few", _too_few_persons), Case("no_variation", _votes_alike),
            Case("not_identified", _not_identified), Case("not_converged", always),
        ),
    ),
    Statistic(
        "polis_one_prop_z",
        "z of a share against a half, as in Polis",
        section="9", takes="share", level="binary",
        formula="2 sqrt(n + 1) ((successes + 1) / (n + 1) - 1/2)",
        reading="Above 1.2816 significant, one-sided 90 %; one agreement out of one vote already is, so read n beside it.",
        sources=(POLIS,),
        place="delphi.statistics.representativeness:polis_one_prop_z",
        undefined=(Case("no_valid_answers", _none_of),),
    ),
    Statistic(
        "polis_two_prop_z",
        "z of a share in a group against that outside, as in Polis",
        section="9", takes="two_shares", level="binary",
        formula="difference of the two shares over its pooled standard error, one added to successes and totals; 0 where the pooled share is 1",
        reading="Above 1.2816 significant, one-sided 90 %.",
        sources=(POLIS,),
        place="delphi.statistics.representativeness:polis_two_prop_z",
        undefined=(Case("no_valid_answers", _none_inside_or_outside),),
    ),
    Statistic(
        "polis_comment_stats",
        "representativeness of a statement for a group",
        section="9", takes="group_counts", gives="per object", main="ratio", level="nominal", low=0,
        formula="R = P in the group / P outside with P = (x + 1) / (n + 2)",
        reading="Representative where the z of P and that of R both exceed 1.2816; ordered by R z_R P z_P.",
        sources=(POLIS,),
        place="delphi.statistics.representativeness:polis_comment_stats",
        parameters=(POSITION, ABOVE),
        undefined=(
            Case("no_valid_answers", _group_saw_nothing), Case("one_cluster", _one_group), Case("no_valid_answers", _nobody_outside),
        ),
    ),
    Statistic(
        "group_aware_consensus",
        "group-aware consensus, group-informed consensus",
        section="9", takes="group_counts", level="nominal", low=0, high=1, direction="more",
        formula="product over the groups of P = (x + 1) / (n + 2)",
        reading="No cut-off: it orders the statements of one grouping and falls with the number of groups.",
        sources=(POLIS,),
        place="delphi.statistics.common_ground:group_aware_consensus",
        parameters=(
            POSITION,
            Parameter("unseen", "what a group counts for of whom nobody saw it", "undefined", allowed=("undefined", "half")),
        ),
        undefined=(
            Case("no_valid_answers", _nobody_at_all), Case("too_few", _one_vote), Case("no_valid_answers", _some_group_saw_nothing),
        ),
    ),
    Statistic(
        "consensus_statements",
        "consensus statements, common ground",
        section="9", takes="group_counts", gives="label", main="position", level="nominal",
        formula="agree where overall P > 1/2 and its z exceeds 1.2816, disagree likewise; or where in every group at least 60 % of those who saw it do",
        reading="With hundreds of votes a bare majority passes the first rule; the common ground does not depend on n.",
        sources=(POLIS,),
        place="delphi.statistics.common_ground:consensus_statements",
        parameters=(
            Parameter("rule", "over everybody, or within every group", "overall", allowed=("overall", "every_group")),
            ABOVE, Parameter("at_least", "share in every group", 0.6),
        ),
        undefined=(
            Case("no_valid_answers", _nobody_at_all), Case("too_few", _one_vote), Case("no_valid_answers", _some_group_saw_nothing),
        ),
        marks=(Case("n_below_minimum", _small_group),),
    ),
)  # fmt: skip
