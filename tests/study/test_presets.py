"""The presets have the numbers of the contract, on every length of scale."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from study_texts import SMALL, check_text

from delphi.study import Study, resolved_yaml
from delphi.study.grammar import json_schema
from delphi.study.model import (
    AllClause,
    AnyClause,
    AppliesTo,
    ConsensusRule,
    EachGroupClause,
    FuzzyClause,
    MeasureClause,
    RamClause,
    Rules,
    ShareClause,
    StabilityRule,
    StopCondition,
    Stopping,
    TransitionRule,
)
from delphi.study.preset_methods import METHODS

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


def rules_of(folder: Path, text: str) -> Rules:
    """The rules of a study that is valid."""
    return study_of(folder, text).rules


@pytest.mark.parametrize(
    ("preset", "told"),
    [
        ("rand_ucla", [("appropriate", "consensus_in"), ("inappropriate", "consensus_out"), ("uncertain", "no_consensus")]),
        ("policy_delphi", [("in", "consensus_in"), ("out", "consensus_out")]),
        ("fuzzy_delphi", [("accepted", "consensus_in")]),
    ],
)  # fmt: skip
def test_each_method_has_its_rules_on_nine_points(
    preset: str, told: list[tuple[str, str]], tmp_path: Path
) -> None:
    rules = rules_of(tmp_path, SMALL + f"rules: {{preset: {preset}}}\n")
    assert rules.preset == preset
    assert [(one.rule_id, one.verdict) for one in rules.consensus] == [
        (f"{word}_imp9_rating", verdict) for word, verdict in told
    ]
    assert {(one.min_n, one.min_valid_share, one.base) for one in rules.consensus} == {(5, None, "valid")}
    assert {one.applies_to.items for one in rules.consensus} == {("s01", "s02")}


def test_rand_ucla_takes_disagreement_before_the_median_between(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, SMALL + "rules: {preset: rand_ucla, each_group: [role]}\n")
    appropriate, _, uncertain = rules.consensus
    high = RamClause(median_band="high", disagreement="absent", rule="ipras", ipr=(30, 70))
    assert appropriate.require == AllClause(of=(high, EachGroupClause(of="role", min_n=5, require=high)))
    # What fails in a group only is no consensus too: uncertain asks for nothing within groups.
    assert uncertain.require == AnyClause(
        of=(RamClause(disagreement="present"), RamClause(median_band="middle"))
    )
    assert rules.stability == rules.transitions == ()


def test_rand_ucla_names_the_bands_of_the_scale_by_their_ends(tmp_path: Path) -> None:
    text = SMALL.replace(
        "{low: [1, 3], middle: [4, 6], high: [7, 9]}", "{no: [1, 3], so: [4, 6], yes: [7, 9]}"
    )
    rules = rules_of(tmp_path, text + "rules: {preset: rand_ucla}\n")
    assert rules.consensus[0].require == RamClause(median_band="yes")


def test_policy_delphi_asks_for_one_category_or_two_neighbours_of_one_side(tmp_path: Path) -> None:
    text = SMALL.replace(f"max: 9{BANDS}", "max: 5")
    rules = rules_of(tmp_path, text + "rules: {preset: policy_delphi}\n")

    def some(codes: str, value: str) -> ShareClause:
        return ShareClause(within=tuple(codes.split()), op="at_least", value=Fraction(value))

    assert [one.require for one in rules.consensus] == [
        AnyClause(of=(some("4", "0.7"), some("5", "0.7"), some("4 5", "0.8"))),
        AnyClause(of=(some("1", "0.7"), some("2", "0.7"), some("1 2", "0.8"))),
    ]
    assert [(one.measure, one.op, one.value) for one in rules.stability] == [
        ("net_change", "less_than", Fraction(3, 20))
    ]
    assert [one.action for one in rules.transitions if one.after == "r2"] == [
        "close", "close", "report_dissent", "carry",
    ]  # fmt: skip
    assert rules.stopping.max_rounds == 3


@pytest.mark.parametrize(("points", "name"), [(5, "habibi_5"), (7, "herrera_7"), (9, "herrera_9")])
def test_fuzzy_delphi_takes_the_map_of_the_length(points: int, name: str, tmp_path: Path) -> None:
    text = SMALL.replace(f"max: 9{BANDS}", f"max: {points}")
    (rule,) = rules_of(tmp_path, text + "rules: {preset: fuzzy_delphi}\n").consensus
    assert rule.require == FuzzyClause(
        map=name, d=Fraction(1, 5), share=Fraction(3, 4), alpha_cut=Fraction(1, 2)
    )


VOTES = SMALL.replace('"Two", scale: imp9', '"Two", scale: {type: nominal, choices: [yes, no]}')


def test_omeract_70_counts_yes_and_leaves_other_items_alone(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, VOTES + "rules: {preset: omeract_70}\n")
    (rule,) = rules.consensus
    assert rule.applies_to == AppliesTo(kinds=("rating",), dims=("rating",), items=("s02",))
    assert rule.require == ShareClause(within=("yes",), op="at_least", value=Fraction(7, 10))
    assert rules.stability == ()


RANKING = SMALL.replace('"Two", scale: imp9', '"Two", kind: rank, scale: {type: rank, choices: [a, b, c]}')


def test_ranking_delphi_judges_concordance_and_its_levelling_off(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, RANKING + "rules: {preset: ranking_delphi}\n")
    (rule,) = rules.consensus
    assert rule.applies_to == AppliesTo(kinds=("rank",), dims=("rating",), items=("s02",))
    assert rule.require == MeasureClause(
        clause="agreement", measure="kendall_w", op="at_least", value=Fraction(7, 10)
    )
    written = RANKING + (
        "rules: {preset: ranking_delphi, stability: [{id: levelled_s02_scale_rating, applies_to: {kind: rank, dims: [rating], "
        "items: [s02]}, measure: delta_w, op: less_than, value: 0.05}]}\n"
    )
    assert rules.stability == rules_of(tmp_path, written).stability[:1]
    assert [(one.verdict, one.stability, one.action) for one in rules.transitions if one.after == "r1"] == [
        ("consensus_in", None, "close"), ("no_consensus", "stable", "report_dissent"), (None, None, "carry"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rounds", "most"),
    [
        ("  - {id: r1}\n  - {id: r2}\n", 3),
        ("  - {id: r1, kind: ideas}\n  - {id: r2, kind: ranking}\n", 4),
        ("  - {id: r1}\n  - {id: r2}\n  - {id: r3}\n  - {id: r4}\n", 3),
        ("  - {id: r1, kind: pilot}\n  - {id: r2, kind: ideas}\n  - {id: r3}\n", 4),
    ],
)
def test_ranking_delphi_counts_three_rounds_that_rank(rounds: str, most: int, tmp_path: Path) -> None:
    ids = [f"r{place}" for place in range(1, rounds.count("id:") + 1)]
    text = RANKING.replace("  - {id: r1}\n  - {id: r2}\n", rounds).replace("[r1, r2]", f"[{', '.join(ids)}]")
    assert rules_of(tmp_path, text + "rules: {preset: ranking_delphi}\n").stopping.max_rounds == most


FIVE = SMALL.replace("items:\n", "  five: {type: ordinal, min: 1, max: 6}\nitems:\n").replace(
    '"Two", scale: imp9', '"Two", scale: five'
)
OWN = "{id: own, applies_to: {items: [s02]}, verdict: split, require: {polarised: {measure: van_der_eijk, op: at_most, value: 0}}}"


def test_a_scale_that_does_not_suit_may_have_rules_of_the_study(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, FIVE + f"rules: {{preset: rand_ucla, consensus: [{OWN}]}}\n")
    assert [(one.rule_id, one.applies_to.items) for one in rules.consensus] == [
        ("own", ("s02",)), ("appropriate_imp9_rating", ("s01",)), ("inappropriate_imp9_rating", ("s01",)),
        ("uncertain_imp9_rating", ("s01",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FIVE + "rules: {preset: rand_ucla}\n", "rules.preset: rand_ucla judges scales of nine points from 1 to 9; five goes from 1 to 6"),
        (
            FIVE + f"rules: {{preset: rand_ucla, consensus: [{OWN.replace('items: [s02]', 'items: [s02], waves: [r1]')}]}}\n",
            "rules.preset: rand_ucla judges scales of nine points from 1 to 9; five goes from 1 to 6",
        ),
        (
            SMALL.replace("min: 1, max: 9", "min: 0, max: 8").replace(BANDS, "") + "rules: {preset: rand_ucla}\n",
            "rules.preset: rand_ucla judges scales of nine points from 1 to 9; imp9 goes from 0 to 8",
        ),
        (
            SMALL.replace("[4, 6], high: [7, 9]", "[4, 7], high: [8, 9]") + "rules: {preset: rand_ucla}\n",
            "scales.imp9: the classes of rand_ucla are 1-3, 4-6 and 7-9, and imp9 has other bands",
        ),
        (
            SMALL + "rules: {preset: omeract_70}\n",
            "rules.preset: omeract_70 judges items of kind rating on a nominal scale with the choices yes and no, and none of the "
            "items is one",
        ),
        (
            VOTES.replace("[yes, no]", "[yes, no, abstain]") + "rules: {preset: omeract_70}\n",
            "rules.preset: omeract_70 counts yes among the votes for yes and for no; the choices of s02_scale are yes, no, abstain",
        ),
        (FIVE + "rules: {preset: policy_delphi}\n", "scales.five: the preset policy_delphi needs bands: which points agree, which oppose?"),
        (FIVE + "rules: {preset: fuzzy_delphi}\n", "rules.preset: fuzzy_delphi has maps for scales of 5, 7 and 9 points; five has 6"),
        (
            SMALL + "rules: {preset: ranking_delphi}\n",
            "rules.preset: ranking_delphi judges items of kind rank on a scale of type rank, and none of the items is one",
        ),
        (
            SMALL.replace(f"type: ordinal, min: 1, max: 9{BANDS}", "type: nominal, choices: [a, b]") + "rules: {preset: comet_70_15}\n",
            "rules.preset: comet_70_15 judges items of kind rating on an ordinal scale, and none of the items is one",
        ),
    ],
)  # fmt: skip
def test_a_preset_that_does_not_suit_is_refused(text: str, message: str, tmp_path: Path) -> None:
    checked = check_text(tmp_path, text)
    assert [f"{one.path}: {one.message}" for one in checked.problems] == [message]
    assert all(one.hint for one in checked.problems)


@pytest.mark.parametrize("name", METHODS)
def test_every_preset_is_in_the_documents_and_in_the_grammar(name: str) -> None:
    docs = Path(__file__).resolve().parents[2] / "docs"
    assert f"| `{name}` |" in (docs / "choosing-a-rule.md").read_text(encoding="utf-8")
    assert name in (docs / "study-file.md").read_text(encoding="utf-8")
    assert name in json.dumps(json_schema())
