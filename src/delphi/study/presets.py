"""Rule presets, spelled out as ordinary rules for the scales of a study (study-file.md; statistics.md,
section 12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from delphi.study.model import (
    JUDGED_ROUNDS,
    PANEL_ROUNDS,
    AllClause,
    AppliesTo,
    Clause,
    ConsensusRule,
    EachGroupClause,
    Item,
    Rules,
    Scale,
    StabilityRule,
    StopCondition,
    Stopping,
    TransitionRule,
    Wave,
)
from delphi.study.preset_methods import METHODS, Method, Step

IMPLICIT_BANDS: dict[int, tuple[tuple[str, int, int], ...]] = {
    4: (("low", 1, 2), ("high", 3, 4)),
    5: (("low", 1, 2), ("middle", 3, 3), ("high", 4, 5)),
    7: (("low", 1, 2), ("middle", 3, 5), ("high", 6, 7)),
    9: (("low", 1, 3), ("middle", 4, 6), ("high", 7, 9)),
}
"""Ranges of statistics.md section 12, as places from 1, for scales without bands of their own."""
MOST_ROUNDS = 3


def judged_scales(
    name: str, items: Sequence[Item], scales: Mapping[str, Scale]
) -> dict[tuple[str, str], list[str]]:
    """(scale, dimension) → ids of the items that a preset is for, whether or not the scale suits it."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in items:
        for dimension, scale_id in item.dims.items():
            if METHODS[name].is_for(item, scales[scale_id]):
                found.setdefault((scale_id, dimension), []).append(item.item_id)
    return found


def preset_rules(
    name: str,
    items: Sequence[Item],
    scales: Mapping[str, Scale],
    waves: Sequence[Wave],
    each_group: Sequence[str],
) -> Rules:
    """The rules of a preset for one study.

    Every pair of a scale and a dimension has rules of its own, since bands belong to scales; a scale that does not suit has
    none.
    """
    method = METHODS[name]
    consensus: list[ConsensusRule] = []
    stability: list[StabilityRule] = []
    judged: set[str] = set()
    for (scale_id, dimension), item_ids in judged_scales(name, items, scales).items():
        scale = scales[scale_id]
        if method.obstacle(scale) is not None:
            continue
        judged |= set(item_ids)
        kinds = tuple(dict.fromkeys(item.kind for item in items if item.item_id in item_ids))
        applies = AppliesTo(kinds=kinds, dims=(dimension,), items=tuple(item_ids))
        suffix = f"{scale_id}_{dimension}"
        consensus += [
            ConsensusRule(
                rule_id=f"{one.word}_{suffix}",
                applies_to=applies,
                min_n=5,
                min_valid_share=method.min_valid_share,
                verdict=one.verdict,
                require=_also_within(each_group, one.require) if one.is_within_groups else one.require,
                rationale=f"preset {name}",
            )
            for one in method.rules(scale)
        ]
        stability += [
            StabilityRule(
                rule_id=f"{one.word}_{suffix}", applies_to=applies, measure=one.measure, tolerance=one.tolerance,
                options=one.options, op=one.op, value=one.value,
            )
            for one in method.stability(scale)
        ]  # fmt: skip
    return Rules(
        preset=name,
        consensus=tuple(consensus),
        stability=tuple(stability),
        transitions=_transitions(method.steps, waves),
        stopping=_stopping(method, waves, judged),
    )


def _also_within(each_group: Sequence[str], clause: Clause) -> Clause:
    """The clause for everybody, and within each group of some dimensions."""
    groups = tuple(EachGroupClause(of=group_by, min_n=5, require=clause) for group_by in each_group)
    whole = clause.of if isinstance(clause, AllClause) else (clause,)
    return AllClause(of=(*whole, *groups)) if groups else clause


def _transitions(steps: Sequence[Step], waves: Sequence[Wave]) -> tuple[TransitionRule, ...]:
    rules: list[TransitionRule] = []
    for wave in waves:
        if steps and wave.round_kind in JUDGED_ROUNDS:
            rules += [
                TransitionRule.model_validate(
                    {"after": wave.wave_id, "verdict": verdict, "stability": stability, "action": action}
                )
                for verdict, stability, action in steps
            ]
            rules.append(TransitionRule(after=wave.wave_id, action="carry"))
    return tuple(rules)


def _stopping(method: Method, waves: Sequence[Wave], judged: set[str]) -> Stopping:
    """Stop when every item is closed, and at the latest after three rounds that judge; methods without steps do not say."""
    if not method.steps:
        return Stopping()
    closed = StopCondition(state="closed", op="at_least", value=Fraction(1))
    return Stopping(max_rounds=_most_rounds(method, waves, judged), conditions=(closed,))


def _most_rounds(method: Method, waves: Sequence[Wave], judged: set[str]) -> int:
    """Three rounds; of rankings the third that ranks, since ideas are collected and narrowed down before (Schmidt 1997)."""
    if method is not METHODS["ranking_delphi"]:
        return MOST_ROUNDS
    done = ranking = 0
    for wave in waves:
        if wave.round_kind in PANEL_ROUNDS and ranking < MOST_ROUNDS:
            done += 1
            ranking += wave.round_kind in JUDGED_ROUNDS and not judged.isdisjoint(wave.item_ids)
    return done + MOST_ROUNDS - ranking
