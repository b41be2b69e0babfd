"""Builders for evidence and rules, so that a test shows only what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from delphi.decisions import EVERYONE, EarlierRating, Evidence, GroupKey, Tally
from delphi.study.model import (
    AllClause,
    AnyClause,
    Band,
    Category,
    Clause,
    ConsensusRule,
    CvrClause,
    EachGroupClause,
    FuzzyClause,
    Group,
    IqrClause,
    MeasureClause,
    MedianClause,
    RamClause,
    Rules,
    Scale,
    ShareClause,
    StabilityRule,
)


def scale(points: int, **bands: tuple[int, int]) -> Scale:
    return Scale(
        scale_id=f"scale{points}",
        kind="ordinal",
        minimum=1,
        maximum=points,
        bands=tuple(Band(name=name, low=low, high=high) for name, (low, high) in bands.items()),
        categories=tuple(Category(value=v, code=str(v), label=str(v)) for v in range(1, points + 1)),
    )


def choices(*codes: str) -> Scale:
    """A nominal scale."""
    categories = tuple(
        Category(value=place, code=code, label=code.title()) for place, code in enumerate(codes, 1)
    )
    return Scale(scale_id="choice", kind="nominal", categories=categories)


IMPORTANCE = scale(9, low=(1, 3), middle=(4, 6), high=(7, 9))
AGREEMENT = scale(5, disagree=(1, 2), agree=(4, 5))

ROLES = {
    "role": Group(group_by="role", label="Role", categories={"company": "C", "government": "G", "ngo": "N"})
}
REQUIRED_ROLES = {"role": ROLES["role"].model_copy(update={"required": True})}


def share(band: str, op: Any, value: str) -> ShareClause:
    return ShareClause(band=band, op=op, value=Fraction(value))


def share_of(codes: str, op: Any, value: str) -> ShareClause:
    """Share of the categories with these codes, which blanks separate."""
    return ShareClause(within=tuple(codes.split()), op=op, value=Fraction(value))


def median(band: str) -> MedianClause:
    return MedianClause(in_band=band)


def iqr(at_most: str) -> IqrClause:
    return IqrClause(at_most=Fraction(at_most))


def polarised(value: str = "0", measure: str = "van_der_eijk") -> MeasureClause:
    return MeasureClause(clause="polarised", measure=measure, op="at_most", value=Fraction(value))


def ram(band: str | None = None, disagreement: Any = "absent", rule: Any = "ipras") -> RamClause:
    return RamClause(median_band=band, disagreement=disagreement, rule=rule)


def cvr(band: str, at_least: Any = "critical") -> CvrClause:
    return CvrClause(band=band, at_least=at_least)


def fuzzy(chosen: Any = "habibi_5", d: str = "0.2", **more: Any) -> FuzzyClause:
    return FuzzyClause(map=chosen, d=Fraction(d), share=Fraction(3, 4), alpha_cut=Fraction(1, 2), **more)


def every(*clauses: Clause) -> AllClause:
    return AllClause(of=clauses)


def either(*clauses: Clause) -> AnyClause:
    return AnyClause(of=clauses)


def each_role(require: Clause, min_n: int = 5, only: tuple[str, ...] | None = None) -> EachGroupClause:
    return EachGroupClause(of="role", only=only, min_n=min_n, require=require)


def rule(rule_id: str, verdict: Any, require: Clause, **more: Any) -> ConsensusRule:
    return ConsensusRule(rule_id=rule_id, verdict=verdict, require=require, **more)


def rules(*consensus: ConsensusRule, stability: Sequence[StabilityRule] = (), **more: Any) -> Rules:
    return Rules(consensus=consensus, stability=tuple(stability), **more)


def tally(counts: Sequence[int], shown: int | None = None, invited: int | None = None) -> Tally:
    """Without `shown` everyone who saw the item answered it."""
    return Tally(tuple(counts), sum(counts) if shown is None else shown, invited)


def evidence(
    everyone: Sequence[int] | Tally,
    on: Scale = IMPORTANCE,
    dimension: str = "importance",
    wave_id: str = "r3",
    kind: Any = "rating",
    earlier: Sequence[EarlierRating] = (),
    **roles: Sequence[int] | Tally,
) -> Evidence:
    tallies: dict[GroupKey, Tally] = {EVERYONE: everyone if isinstance(everyone, Tally) else tally(everyone)}
    for role, counts in roles.items():
        tallies["role", role] = counts if isinstance(counts, Tally) else tally(counts)
    return Evidence(wave_id, "s01", dimension, kind, on, tallies, tuple(earlier))


def spread(size: int, moves: dict[tuple[int, int], int]) -> np.ndarray:
    """Matrix (V+1, V+1) from (before, after) → how many, categories from 1, 0 for no answer."""
    matrix = np.zeros((size + 1, size + 1), dtype=np.int64)
    for (before, after), n in moves.items():
        matrix[before - 1 if before else size, after - 1 if after else size] += n
    return matrix


def rated(
    wave_id: str, size: int, moves: dict[tuple[int, int], int], same: bool = True, group: GroupKey = EVERYONE
) -> EarlierRating:
    return EarlierRating(wave_id, same, {group: spread(size, moves)})


MAPPING = rules(
    rule(
        "c_in",
        "consensus_in",
        every(
            share("high", "at_least", "0.7"),
            share("low", "at_most", "0.15"),
            each_role(share("high", "at_least", "0.6"), 8, ("government", "company")),
        ),
        min_n=12,
    ),
    rule(
        "c_out",
        "consensus_out",
        every(share("low", "at_least", "0.7"), share("high", "at_most", "0.15")),
        min_n=12,
    ),
    rule("c_split", "split", polarised(), min_n=12),
)
"""Importance rules of the mapping study."""

AGREE = rules(
    rule(
        "c_agree",
        "consensus_in",
        either(share("agree", "at_least", "0.75"), share("disagree", "at_least", "0.75")),
        min_n=12,
    )
)

DEFAULT = rules(
    rule(
        "in",
        "consensus_in",
        every(share("high", "at_least", "0.75"), share("low", "less_than", "0.15")),
        min_valid_share=Fraction(1, 2),
    ),
    rule(
        "out",
        "consensus_out",
        every(share("low", "at_least", "0.75"), share("high", "less_than", "0.15")),
        min_valid_share=Fraction(1, 2),
    ),
    stability=[
        StabilityRule(rule_id="net", measure="net_change", op="less_than", value=Fraction(15, 100)),
        StabilityRule(
            rule_id="same", measure="share_unchanged", tolerance=2, op="at_least", value=Fraction(85, 100)
        ),
    ],
)
"""`default_75_15_stable` on nine points."""

COMET = rules(
    rule("in", "consensus_in", every(share("high", "at_least", "0.7"), share("low", "less_than", "0.15"))),
    rule("out", "consensus_out", every(share("low", "at_least", "0.7"), share("high", "less_than", "0.15"))),
)
"""`comet_70_15`."""
