"""Stability between rounds as tables of cases: given, expected, why."""

from __future__ import annotations

from fractions import Fraction

import pytest
from decision_cases import AGREEMENT, COMET, DEFAULT, evidence, rated, rules, spread

from delphi.decisions import EVERYONE, EarlierRating, stability_of
from delphi.decisions.exact import weighted_kappa
from delphi.decisions.stability import COUNTED_MEASURES, counted
from delphi.study.measures import CATEGORY_OPTIONS, of_change
from delphi.study.model import AppliesTo, StabilityRule

NINE = (0, 0, 0, 0, 0, 0, 0, 0, 20)


def stable(rule_id: str, measure: str, op: str, value: str, **more) -> StabilityRule:
    return StabilityRule(rule_id=rule_id, measure=measure, op=op, value=Fraction(value), **more)


WITHIN_ONE = stable(
    "s_ind", "share_unchanged", "at_least", "0.7", tolerance=1, between=("r2", "r3"), min_pairs=10
)


@pytest.mark.parametrize(
    ("moves", "by", "expected", "why"),
    [
        ({(7, 7): 7, (7, 9): 3}, WITHIN_ONE, "stable", "7 of 10 is 70 % exactly"),
        ({(7, 8): 6, (7, 9): 4}, WITHIN_ONE, "unstable", "6 of 10 within one point"),
        ({(7, 7): 6, (7, 9): 3}, WITHIN_ONE, "not_assessable", "nine pairs of the ten asked for"),
        (
            {(7, 7): 7, (7, 9): 2, (7, 0): 9, (0, 7): 9},
            WITHIN_ONE,
            "not_assessable",
            "who answered once is no pair",
        ),
        (
            {(7, 8): 10},
            WITHIN_ONE.model_copy(update={"tolerance": 0}),
            "unstable",
            "no tolerance: nobody stayed",
        ),
        ({(7, 9): 10}, WITHIN_ONE.model_copy(update={"tolerance": 2}), "stable", "two points are tolerated"),
        ({(1, 9): 5, (9, 1): 5}, stable("n", "net_change", "less_than", "0.15"), "stable", "swaps cancel"),
        (
            {(8, 8): 17, (8, 9): 3},
            stable("n", "net_change", "less_than", "0.15"),
            "unstable",
            "3 of 20 is 15 %",
        ),
        ({(8, 8): 17, (8, 9): 3}, stable("n", "net_change", "at_most", "0.15"), "stable", "15 % included"),
        ({(8, 8): 17, (8, 9): 3}, stable("c", "share_changed", "at_most", "0.15"), "stable", "3 of 20 moved"),
        (
            {(8, 8): 17, (8, 9): 3},
            stable("g", "share_changed_gt1", "at_most", "0"),
            "stable",
            "none beyond a point",
        ),
        (
            {(9, 9): 5},
            stable("d", "net_change", "at_most", "0"),
            "stable",
            "five pairs are the default minimum",
        ),
        ({(9, 9): 4}, stable("d", "net_change", "at_most", "0"), "not_assessable", "four are too few"),
    ],
)
def test_paired_answers_are_stable_or_not(moves, by, expected, why) -> None:
    given = evidence(NINE, earlier=[rated("r2", 9, moves)])
    assert stability_of(given, rules(stability=[by])).state == expected, why


def test_every_rule_has_to_hold() -> None:
    steady = {(8, 8): 20}
    swaps = {(1, 9): 10, (9, 1): 10}
    drift = {(7, 8): 20}
    for moves, expected, rule_id in [
        (steady, "stable", "net"),
        (swaps, "unstable", "same"),
        (drift, "unstable", "net"),
    ]:
        found = stability_of(evidence(NINE, earlier=[rated("r2", 9, moves)]), DEFAULT)
        assert (found.state, found.rule_id) == (expected, rule_id)


def test_one_rule_that_fails_outweighs_one_that_cannot_be_assessed() -> None:
    by = [
        stable("a", "net_change", "at_most", "0.1", min_pairs=50),
        stable("b", "share_unchanged", "at_least", "0.9"),
    ]
    moved = evidence(NINE, earlier=[rated("r2", 9, {(1, 9): 10})])
    still = evidence(NINE, earlier=[rated("r2", 9, {(9, 9): 10})])
    assert stability_of(moved, rules(stability=by)).state == "unstable"
    assert stability_of(still, rules(stability=by)).state == "not_assessable"


def test_previous_is_the_latest_earlier_wave_with_the_same_wording() -> None:
    steady, moved = {(9, 9): 10}, {(1, 9): 10}
    by = rules(stability=[stable("s", "share_unchanged", "at_least", "0.7")])
    skipped = evidence(
        NINE, wave_id="r4", earlier=[rated("r1", 9, steady), rated("r3", 9, moved, same=False)]
    )
    latest = evidence(NINE, wave_id="r4", earlier=[rated("r1", 9, steady), rated("r3", 9, moved)])
    assert stability_of(skipped, by).state == "stable"
    assert stability_of(latest, by).state == "unstable"


@pytest.mark.parametrize(
    ("earlier", "by", "reason"),
    [
        ([], WITHIN_ONE, "Not assessable: r3 is the first round that rated the item."),
        (
            [rated("r2", 9, {(9, 9): 20}, same=False)], WITHIN_ONE,
            "Not assessable: the wording changed after r2.",
        ),
        (
            [rated("r2", 9, {(9, 9): 20}, same=False)], stable("s", "net_change", "at_most", "0.1"),
            "Not assessable: the wording changed after r2.",
        ),
        (
            [rated("r1", 9, {(9, 9): 20})], WITHIN_ONE,
            "Not assessable: r2 did not rate the item, and rule s_ind compares with it.",
        ),
        (
            [rated("r2", 9, {(9, 9): 3})], WITHIN_ONE,
            "Not assessable: 3 paired answers between r2 and r3; rule s_ind needs at least 10.",
        ),
        (
            [rated("r2", 9, {(9, 9): 20})], WITHIN_ONE.model_copy(update={"between": ("r1", "r2")}),
            "Not assessable: no stability rule applies to a pair of rounds that ends with r3.",
        ),
        (
            [rated("r2", 9, {(9, 9): 20})], WITHIN_ONE.model_copy(update={"report_only": True}),
            "Not assessable: no stability rule applies to a pair of rounds that ends with r3.",
        ),
        (
            [rated("r2", 9, {(9, 9): 20})],
            WITHIN_ONE.model_copy(update={"applies_to": AppliesTo(dims=("other",))}),
            "Not assessable: no stability rule applies to a pair of rounds that ends with r3.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_assessed_says_why(earlier, by, reason) -> None:
    found = stability_of(evidence(NINE, earlier=earlier), rules(stability=[by]))
    assert (found.state, found.reason) == ("not_assessable", reason)


def test_a_study_without_stability_rules_has_none_to_assess() -> None:
    found = stability_of(evidence(NINE, earlier=[rated("r2", 9, {(9, 9): 20})]), COMET)
    assert (found.state, found.rule_id) == ("not_assessable", None)


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        (
            WITHIN_ONE,
            "51 of 58 paired answers (87.9 %) are within 1 point of those in r2; "
            "rule s_ind asks for at least 70 %, i.e. 41.",
        ),
        (
            stable("exact", "share_unchanged", "at_least", "0.8"),
            "40 of 58 paired answers (69.0 %) are the same as those in r2; "
            "rule exact asks for at least 80 %, i.e. 47: 7 more were needed.",
        ),
        (
            stable("net", "net_change", "less_than", "0.15"),
            "17 of 58 paired answers (29.3 %) would have to move to turn the distribution of r2 "
            "into that of r3; "
            "rule net asks for less than 15 %, i.e. at most 8: 9 too many.",
        ),
        (
            stable("far", "share_changed_gt1", "at_most", "0.15"),
            "7 of 58 paired answers (12.1 %) are more than 1 point from those in r2; "
            "rule far asks for at most 15 %, i.e. 8.",
        ),
    ],
)
def test_the_reason_gives_the_paired_counts(by, reason) -> None:
    moves = {(8, 8): 40, (7, 8): 11, (5, 8): 6, (8, 3): 1}
    found = stability_of(evidence(NINE, earlier=[rated("r2", 9, moves)]), rules(stability=[by]))
    assert found.reason == reason


def test_a_small_group_keeps_its_paired_counts_to_itself() -> None:
    group = ("role", "ngo")
    earlier = EarlierRating("r2", True, {EVERYONE: spread(9, {(9, 9): 20}), group: spread(9, {(9, 9): 3})})
    given = evidence(NINE, earlier=[earlier])
    asked = stability_of(given, rules(stability=[stable("s", "net_change", "at_most", "0.1")]), group)
    assert asked.reason == (
        "Not assessable: fewer than 5 paired answers between r2 and r3; rule s needs at least 5."
    )
    lenient = stability_of(
        given, rules(stability=[stable("s", "net_change", "at_most", "0.1", min_pairs=2)]), group
    )
    assert lenient.reason == "Fewer than 5 paired answers between r2 and r3: rule s is met."


def test_net_change_counts_people_and_is_blind_to_swaps() -> None:
    pairs = spread(5, {(1, 5): 4, (5, 1): 4, (2, 3): 3})[:5, :5]
    assert counted("net_change", 0, pairs) == 3
    assert counted("share_changed", 0, pairs) == 11
    assert counted("share_unchanged", 1, pairs) == 3


def test_kappa_between_rounds_may_decide() -> None:
    by = rules(stability=[stable("k", "weighted_kappa", "at_least", "0.6", weights="quadratic")])
    steady = {(1, 1): 5, (3, 3): 5, (5, 5): 5}
    shuffled = {(1, 5): 5, (5, 1): 5, (3, 3): 5}
    constant = {(5, 5): 15}
    for moves, expected in [(steady, "stable"), (shuffled, "unstable"), (constant, "not_assessable")]:
        given = evidence((0, 0, 0, 0, 15), AGREEMENT, earlier=[rated("r2", 5, moves)])
        assert stability_of(given, by).state == expected


def test_kappa_takes_the_declared_weights() -> None:
    pairs = [[3, 2, 0], [0, 4, 1], [1, 0, 4]]
    before, after = (5, 5, 5), (4, 6, 5)  # the margins
    expected = sum(abs(i - j) * b * a for i, b in enumerate(before) for j, a in enumerate(after))
    linear = 1 - Fraction((2 + 1 + 2) * 15, expected)
    assert weighted_kappa(pairs, 1) == linear
    assert weighted_kappa(pairs, 2) != linear
    assert weighted_kappa([[0, 0], [5, 5]], 2) == 0


@pytest.mark.parametrize("measure", COUNTED_MEASURES)
def test_measures_that_count_people_take_moves_and_name_no_categories(measure) -> None:
    """They are read without the catalogue, so it has to say the same of them."""
    entry = of_change()[measure]
    assert entry.takes == "transitions"
    assert not {one.name for one in entry.parameters} & set(CATEGORY_OPTIONS)


@pytest.mark.parametrize("measure", COUNTED_MEASURES)
def test_measures_that_count_people_are_read_without_the_catalogue(measure, monkeypatch) -> None:
    def load(*_: object) -> None:
        raise AssertionError("the catalogue takes long to load")

    for name in ("of_change", "takes_rankings"):
        monkeypatch.setattr(f"delphi.decisions.stability.{name}", load)
    given = evidence(NINE, earlier=[rated("r2", 9, {(7, 7): 9, (7, 8): 3})])
    found = stability_of(given, rules(stability=[stable("s", measure, "at_most", "1")]))
    assert (found.state, found.rule_id) == ("stable", "s")
