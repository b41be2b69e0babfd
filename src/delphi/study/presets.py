"""Rule presets, spelled out as ordinary rules for the scales of a study (study-file.md; statistics.md,
section 12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from delphi.study.model import (
    JUDGED_ROUNDS,
    AllClause,
    AppliesTo,
    Clause,
    ConsensusRule,
    EachGroupClause,
    Item,
    Rules,
    Scale,
    ShareClause,
    StabilityRule,
    StopCondition,
    Stopping,
    TransitionRule,
    VerdictName,
    Wave,
)

IMPLICIT_BANDS: dict[int, tuple[tuple[str, int, int], ...]] = {
    4: (("low", 1, 2), ("high", 3, 4)),
    5: (("low", 1, 2), ("middle", 3, 3), ("high", 4, 5)),
    7: (("low", 1, 2), ("middle", 3, 5), ("high", 6, 7)),
    9: (("low", 1, 3), ("middle", 4, 6), ("high", 7, 9)),
}
"""Ranges of statistics.md section 12, as places from 1, for scales without bands of their own."""


@dataclass(frozen=True)
class Preset:
    """Numbers of a preset; each may be written differently by ordinary rules."""

    name: str
    agreement: Fraction
    opposite: Fraction
    min_valid_share: Fraction | None
    is_stability_judged: bool
    points: int | None


PRESETS = {
    "default_75_15_stable": Preset(
        "default_75_15_stable", Fraction(3, 4), Fraction(3, 20), Fraction(1, 2), True, None
    ),
    "comet_70_15": Preset("comet_70_15", Fraction(7, 10), Fraction(3, 20), None, False, 9),
}


def rated_scales(items: Sequence[Item], scales: dict[str, Scale]) -> dict[tuple[str, str], list[str]]:
    """(scale, dimension) → ids of the items of kind rating on an ordinal scale."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in items:
        if item.kind == "rating":
            for dimension, scale_id in item.dims.items():
                if scales[scale_id].kind == "ordinal":
                    found.setdefault((scale_id, dimension), []).append(item.item_id)
    return found


def preset_rules(
    name: str,
    items: Sequence[Item],
    scales: dict[str, Scale],
    waves: Sequence[Wave],
    each_group: Sequence[str],
) -> Rules:
    """The rules of a preset for one study.

    Every pair of a scale and a dimension has rules of its own, since bands belong to scales.
    """
    preset = PRESETS[name]
    consensus: list[ConsensusRule] = []
    stability: list[StabilityRule] = []
    for (scale_id, dimension), item_ids in rated_scales(items, scales).items():
        scale = scales[scale_id]
        if preset.points is not None and len(scale.categories) != preset.points:
            continue
        applies = AppliesTo(kinds=("rating",), dims=(dimension,), items=tuple(item_ids))
        suffix = f"{scale_id}_{dimension}"
        verdicts: tuple[tuple[str, VerdictName, bool], ...] = (
            ("in", "consensus_in", False), ("out", "consensus_out", True),
        )  # fmt: skip
        for word, verdict, mirrored in verdicts:
            consensus.append(
                ConsensusRule(
                    rule_id=f"{word}_{suffix}",
                    applies_to=applies,
                    min_n=5,
                    min_valid_share=preset.min_valid_share,
                    verdict=verdict,
                    require=_both(scale, preset, mirrored, each_group),
                    rationale=f"preset {name}",
                )
            )
        if preset.is_stability_judged:
            stability.extend(_stability(scale, suffix, applies))
    rounds = [wave for wave in waves if wave.round_kind in JUDGED_ROUNDS]
    return Rules(
        preset=name,
        consensus=tuple(consensus),
        stability=tuple(stability),
        transitions=_transitions(rounds) if preset.is_stability_judged else (),
        stopping=_stopping() if preset.is_stability_judged else Stopping(),
    )


def _both(scale: Scale, preset: Preset, mirrored: bool, each_group: Sequence[str]) -> Clause:
    agreed, opposed = scale.agreement_band, scale.opposite_band
    if agreed is None or opposed is None:
        raise ValueError(f"scale {scale.scale_id} has no bands")
    if mirrored:
        agreed, opposed = opposed, agreed
    shares: tuple[Clause, ...] = (
        ShareClause(band=agreed.name, op="at_least", value=preset.agreement),
        ShareClause(band=opposed.name, op="less_than", value=preset.opposite),
    )
    groups = tuple(
        EachGroupClause(of=group_by, min_n=5, require=AllClause(of=shares)) for group_by in each_group
    )
    return AllClause(of=(*shares, *groups))


def _stability(scale: Scale, suffix: str, applies: AppliesTo) -> list[StabilityRule]:
    rules = [
        StabilityRule(
            rule_id=f"net_{suffix}",
            applies_to=applies,
            measure="net_change",
            op="less_than",
            value=Fraction(3, 20),
        )
    ]
    points = len(scale.categories)
    if points >= 5:
        rules.append(
            StabilityRule(
                rule_id=f"settled_{suffix}", applies_to=applies, measure="share_unchanged",
                tolerance=1 if points <= 8 else 2, op="at_least", value=Fraction(17, 20),
            )
        )  # fmt: skip
    return rules


def _transitions(rounds: Sequence[Wave]) -> tuple[TransitionRule, ...]:
    rules = []
    for wave in rounds:
        for verdict in ("consensus_in", "consensus_out"):
            rules.append(
                TransitionRule(after=wave.wave_id, verdict=verdict, stability="stable", action="close")
            )
        rules.append(
            TransitionRule(
                after=wave.wave_id, verdict="no_consensus", stability="stable", action="report_dissent"
            )
        )
        rules.append(TransitionRule(after=wave.wave_id, action="carry"))
    return tuple(rules)


def _stopping() -> Stopping:
    closed = StopCondition(state="closed", op="at_least", value=Fraction(1))
    return Stopping(max_rounds=3, conditions=(closed,))
