"""The presets have the numbers of the contract, on every length of scale."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from study_texts import SMALL, check_text

from delphi.study import Study, resolved_yaml
from delphi.study.model import (
    AllClause,
    AppliesTo,
    ConsensusRule,
    EachGroupClause,
    Rules,
    ShareClause,
    StabilityRule,
    StopCondition,
    Stopping,
    TransitionRule,
)

BANDS = ", bands: {low: [1, 3], middle: [4, 6], high: [7, 9]}"


def study_of(folder: Path, text: str) -> Study:
    """The study of a text that is valid."""
    checked = check_text(folder, text)
    assert checked.problems == ()
    assert checked.study is not None
    return checked.study


def share(band: str, op: str, value: str) -> ShareClause:
    """A share clause."""
    return ShareClause.model_validate({"band": band, "op": op, "value": Fraction(value)})


def test_the_smallest_study_gets_the_default_preset_in_full(tmp_path: Path) -> None:
    applies = AppliesTo(kinds=("rating",), dims=("rating",), items=("s01", "s02"))
    consensus = [
        ConsensusRule(
            rule_id=f"{word}_imp9_rating",
            applies_to=applies,
            min_n=5,
            min_valid_share=Fraction(1, 2),
            base="valid",
            verdict=verdict,
            require=AllClause(of=(share(agreed, "at_least", "3/4"), share(opposed, "less_than", "3/20"))),
            rationale="preset default_75_15_stable",
        )
        for word, verdict, agreed, opposed in (
            ("in", "consensus_in", "high", "low"), ("out", "consensus_out", "low", "high"),
        )
    ]  # fmt: skip
    stability = (
        StabilityRule(
            rule_id="net_imp9_rating", applies_to=applies, measure="net_change", op="less_than", value=Fraction(3, 20),
        ),
        StabilityRule(
            rule_id="settled_imp9_rating", applies_to=applies, measure="share_unchanged", tolerance=2, op="at_least",
            value=Fraction(17, 20),
        ),
    )  # fmt: skip
    transitions = tuple(
        TransitionRule.model_validate({"after": wave} | rule)
        for wave in ("r1", "r2")
        for rule in (
            {"verdict": "consensus_in", "stability": "stable", "action": "close"},
            {"verdict": "consensus_out", "stability": "stable", "action": "close"},
            {"verdict": "no_consensus", "stability": "stable", "action": "report_dissent"},
            {"action": "carry"},
        )
    )
    assert study_of(tmp_path, SMALL).rules == Rules(
        preset="default_75_15_stable",
        quantile_type=7,
        consensus=tuple(consensus),
        stability=stability,
        transitions=transitions,
        stopping=Stopping(
            max_rounds=3, conditions=(StopCondition(state="closed", op="at_least", value=Fraction(1)),)
        ),
    )


@pytest.mark.parametrize(
    ("points", "low", "high", "tolerance"),
    [(4, (1, 2), (3, 4), None), (5, (1, 2), (4, 5), 1), (7, (1, 2), (6, 7), 1), (9, (1, 3), (7, 9), 2)],
)
def test_scales_without_bands_have_the_ranges_of_their_length(
    points: int, low: tuple[int, int], high: tuple[int, int], tolerance: int | None, tmp_path: Path
) -> None:
    study = study_of(tmp_path, SMALL.replace(f"max: 9{BANDS}", f"max: {points}"))
    bands = study.scales["imp9"].bands
    assert (bands[0].low, bands[0].high) == low
    assert (bands[-1].low, bands[-1].high) == high
    told = [(rule.measure, rule.tolerance) for rule in study.rules.stability]
    assert told == [("net_change", 0)] + ([("share_unchanged", tolerance)] if tolerance else [])


def test_ranges_begin_where_the_scale_begins(tmp_path: Path) -> None:
    study = study_of(tmp_path, SMALL.replace(f"min: 1, max: 9{BANDS}", "min: 0, max: 4"))
    assert [(band.low, band.high) for band in study.scales["imp9"].bands] == [(0, 1), (2, 2), (3, 4)]


def test_comet_70_15_has_its_numbers_and_no_stability_rule(tmp_path: Path) -> None:
    rules = study_of(tmp_path, SMALL + "rules: {preset: comet_70_15, each_group: [role]}\n").rules
    both = (share("high", "at_least", "7/10"), share("low", "less_than", "3/20"))
    assert rules.consensus[0].require == AllClause(
        of=(*both, EachGroupClause(of="role", min_n=5, require=AllClause(of=both)))
    )
    assert [rule.min_valid_share for rule in rules.consensus] == [None, None]
    assert rules.stability == ()
    assert rules.transitions == ()


def test_every_rule_of_the_preset_is_printed(tmp_path: Path) -> None:
    study = study_of(tmp_path, SMALL)
    printed = YAML(typ="safe", pure=True).load(resolved_yaml(study))
    rules = study.rules
    assert [one["rule_id"] for one in printed["rules"]["consensus"]] == [
        one.rule_id for one in rules.consensus
    ]
    assert [one["rule_id"] for one in printed["rules"]["stability"]] == [
        one.rule_id for one in rules.stability
    ]
    assert len(printed["rules"]["transitions"]) == len(rules.transitions)
    assert printed["rules"]["consensus"][0]["require"]["of"][0] == {
        "clause": "share",
        "band": "high",
        "op": "at_least",
        "value": "3/4 (0.75)",
    }
    assert printed["rules"]["consensus"][0]["min_valid_share"] == "1/2 (0.5)"
    assert json.loads(json.dumps(printed)) == printed
