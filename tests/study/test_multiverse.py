"""`rules.multiverse`, `rules.robustness` and `analysis.weights`: what is written, what is the default, what is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from delphi.study import check_study
from delphi.study.model import Multiverse, Robustness
from tests.conftest import BARRIERS

RULES = """\
rules:
  consensus:
    - {id: a, verdict: consensus_in, require: {share: {band: high, op: at_least, value: "70%"}}}
    - {id: other, verdict: consensus_in, multiverse_only: true, require: {median: {in_band: high}}}
"""


def checked(folder: Path, more: str):
    (folder / "study.yaml").write_text(BARRIERS.partition("rules:")[0] + more, encoding="utf-8")
    return check_study(folder / "study.yaml")


def test_without_a_word_the_field_s_own_choices_are_tried(tmp_path: Path) -> None:
    rules = checked(tmp_path, "").study.rules
    assert (rules.multiverse, rules.robustness) == (Multiverse(), Robustness())
    assert rules.multiverse.share_shift == (Fraction(-1, 20), Fraction(1, 20))


def test_choices_are_read_and_a_rule_of_the_multiverse_does_not_decide(tmp_path: Path) -> None:
    more = """\
  multiverse:
    {share_threshold: ["65%", "70%"], opposite_limit: [0.1], base: [valid], quantile: [hyndman_fan_2], weights: [none, even],
     cases: [available, complete], rounding: [exact], include_rules: [other]}
  robustness: {leave_one_out: panellist, fragility: false, chance_baseline: false, seed: 7}
analysis: {weights: {even: {equalise: role}}}
"""
    found = checked(tmp_path, RULES + more)
    assert found.problems == ()
    rules = found.study.rules
    assert [rule.rule_id for rule in rules.consensus] == ["a"]
    chosen = rules.multiverse
    assert chosen.share_threshold == (Fraction(13, 20), Fraction(7, 10))
    assert (chosen.weights, chosen.cases, chosen.quantile) == (("role",), ("available", "complete"), (2,))
    assert [rule.rule_id for rule in chosen.rules] == ["other"]
    assert rules.robustness == Robustness(leave_out_group=False, fragility=False, chance_baseline=False)


@pytest.mark.parametrize(
    ("more", "path", "message"),
    [
        ("  multiverse: {weights: [even]}\n", "rules.multiverse.weights.0", "no weighting 'even'"),
        ("analysis: {weights: {even: {equalise: town}}}\n", "analysis.weights.even.equalise", "no group 'town'"),
        ("  multiverse: {include_rules: [a]}\n", "rules.multiverse.include_rules.0", "decides already"),
        ("  multiverse: {include_rules: [b]}\n", "rules.multiverse.include_rules.0", "no rule for the multiverse only 'b'"),
        ("  multiverse: {share_threshold: [\"170%\"]}\n", "rules.multiverse.share_threshold.0", "between 0 and 1"),
        ("  multiverse: {base: [all]}\n", "rules.multiverse.base.0", "expected"),
        ("  multiverse: {treshold: []}\n", "rules.multiverse.treshold", "unknown key"),
        ("analysis: {subgroups: [role]}\n", "analysis.subgroups", "not supported yet"),
    ],
)  # fmt: skip
def test_what_names_nothing_is_refused_at_its_place(
    more: str, path: str, message: str, tmp_path: Path
) -> None:
    problems = checked(tmp_path, RULES + more).problems
    assert [(one.path, message in one.message) for one in problems] == [(path, True)]
