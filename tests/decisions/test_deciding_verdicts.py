"""Rules as tables of cases: given, expected, why."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from decision_cases import (
    AGREE,
    AGREEMENT,
    COMET,
    DEFAULT,
    IMPORTANCE,
    MAPPING,
    REQUIRED_ROLES,
    ROLES,
    each_role,
    either,
    every,
    evidence,
    iqr,
    median,
    polarised,
    rule,
    rules,
    scale,
    share,
    tally,
)

from delphi.decisions import Evidence, judge, judge_group
from delphi.study.model import AppliesTo, Category, Rules, Scale

COMPANY = (0, 1, 1, 1, 1, 1, 6, 6, 3)  # 15 of 20 high
GOVERNMENT = (1, 0, 1, 1, 2, 1, 5, 5, 3)  # 13 of 19 high
BOTH = {"company": COMPANY, "government": GOVERNMENT}


def verdict(given: Evidence, by: Rules, groups=ROLES) -> str | None:
    found = judge(given, by, groups)
    return found.verdict if found else None


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        (
            (2, 3, 4, 2, 3, 4, 17, 17, 8),
            "consensus_in",
            "C4 r3: 42 of 60 is 70 % and 9 of 60 is 15 %, both included",
        ),
        ((2, 3, 5, 4, 6, 5, 18, 17, 9), "no_consensus", "C4 r2: 44 of 69"),
        ((1, 2, 3, 4, 5, 6, 20, 19, 9), "no_consensus", "B4 r2: 48 of 69 is 69.57 %, not 70 %"),
        ((1, 2, 2, 3, 4, 5, 17, 15, 7), "no_consensus", "B4 r3: 39 of 56 is 69.64 %, not 70 %"),
        ((3, 3, 2, 2, 2, 3 + 6, 21, 18, 8), "no_consensus", "G10 r2: 47 of 68"),
        ((0, 0, 1, 1, 4, 6, 20, 18, 8), "consensus_in", "G10 r3: 46 of 58"),
        ((17, 17, 8, 3, 4, 2, 3, 3, 3), "consensus_out", "the mirror has no group clause"),
        ((9, 0, 0, 0, 0, 0, 0, 0, 9), "split", "two halves at the ends: A is -1"),
        ((2, 2, 2, 2, 2, 2, 2, 2, 2), "split", "a uniform histogram has A of exactly 0, which is at most 0"),
        ((1, 1, 1, 1, 1, 1, 1, 2, 2), "insufficient_n", "11 valid answers of the 12 that every rule needs"),
        ((0, 0, 0, 0, 0, 0, 0, 0, 0), "insufficient_n", "nobody answered"),
    ],
)
def test_counts_of_the_mapping_study_give_their_verdicts(counts, expected, why) -> None:
    assert verdict(evidence(counts, **BOTH), MAPPING) == expected, why


@pytest.mark.parametrize(
    ("op", "in_band", "expected"),
    [
        ("at_least", 42, True), ("at_least", 41, False), ("more_than", 42, False), ("more_than", 43, True),
        ("at_most", 42, True), ("at_most", 43, False), ("less_than", 42, False), ("less_than", 41, True),
    ],
)  # fmt: skip
def test_a_bound_at_exact_equality_is_kept_only_by_the_inclusive_operators(op, in_band, expected) -> None:
    by = rules(rule("one", "consensus_in", share("high", op, "0.7")))
    given = evidence((60 - in_band, 0, 0, 0, 0, 0, 0, 0, in_band))
    assert verdict(given, by) == ("consensus_in" if expected else "no_consensus")


@pytest.mark.parametrize(
    ("counts", "expected", "why"),
    [
        ((0, 0, 3, 0, 0, 2, 0, 0, 15), "no_consensus", "3 of 20 is 15 %, which is not less than 15 %"),
        ((0, 0, 2, 0, 0, 3, 0, 0, 15), "consensus_in", "75 % is at least 75 %, 10 % is less than 15 %"),
        ((0, 0, 15, 0, 0, 3, 0, 0, 2), "consensus_out", "the mirror"),
        ((0, 0, 2, 0, 0, 4, 0, 0, 14), "no_consensus", "70 % is under 75 %"),
        ((0, 0, 0, 0, 0, 0, 0, 0, 4), "insufficient_n", "four answers are under the default of five"),
        (tally((0, 0, 0, 0, 0, 0, 0, 0, 20), 41), "insufficient_n", "20 of 41 shown is under 50 %"),
        (tally((0, 0, 0, 0, 0, 0, 0, 0, 20), 40), "consensus_in", "20 of 40 shown is 50 % exactly"),
    ],
)
def test_the_default_preset_decides_by_75_and_15_per_cent(counts, expected, why) -> None:
    assert verdict(evidence(counts), DEFAULT) == expected, why


def test_the_comet_preset_takes_70_per_cent_included_and_15_excluded() -> None:
    assert verdict(evidence((0, 0, 2, 4, 0, 0, 0, 0, 14)), COMET) == "consensus_in"
    assert verdict(evidence((0, 0, 3, 3, 0, 0, 0, 0, 14)), COMET) == "no_consensus"
    assert verdict(evidence((14, 0, 0, 4, 0, 0, 0, 0, 2)), COMET) == "consensus_out"


def test_the_base_decides_who_is_in_the_denominator() -> None:
    counts = (1, 0, 0, 1, 1, 0, 10, 18, 10)  # B5: 38 of 41 valid answers, 70 shown
    for base, expected in (("valid", "consensus_in"), ("shown", "no_consensus"), ("invited", "no_consensus")):
        by = rules(rule("one", "consensus_in", share("high", "at_least", "0.7"), base=base))
        found = judge(evidence(tally(counts, 70, 78)), by)
        assert found is not None
        assert found.verdict == expected
        assert found.flags == ("denominator_sensitive",)


def test_the_base_invited_without_a_register_counts_as_too_few() -> None:
    by = rules(
        rule("first", "consensus_in", share("high", "at_least", "0.7"), base="invited"),
        rule("second", "consensus_out", share("low", "at_least", "0.7")),
    )
    given = evidence((0, 0, 0, 0, 0, 0, 0, 0, 10))
    assert verdict(given, by) == "no_consensus", "the second rule has enough answers and does not match"
    assert verdict(given, rules(by.consensus[0])) == "insufficient_n"


def test_the_base_makes_no_flag_where_everyone_shown_has_answered() -> None:
    found = judge(evidence((2, 3, 4, 2, 3, 4, 17, 17, 8), **BOTH), MAPPING, ROLES)
    assert found is not None
    assert found.flags == ()


def test_the_first_rule_that_matches_wins() -> None:
    high, low = share("high", "at_least", "0.4"), share("low", "at_least", "0.4")
    given = evidence((5, 0, 0, 0, 0, 0, 0, 0, 5))
    assert (
        verdict(given, rules(rule("a", "consensus_in", high), rule("b", "consensus_out", low)))
        == "consensus_in"
    )
    assert (
        verdict(given, rules(rule("b", "consensus_out", low), rule("a", "consensus_in", high)))
        == "consensus_out"
    )


def test_a_rule_with_too_few_is_passed_over_and_the_others_are_tried() -> None:
    high = share("high", "at_least", "0.4")
    by = rules(rule("a", "consensus_in", high, min_n=20), rule("b", "split", high, min_n=5))
    found = judge(evidence((0, 0, 0, 0, 0, 0, 0, 0, 10)), by)
    assert found is not None
    assert (found.verdict, found.rule_id) == ("split", "b")


@pytest.mark.parametrize(
    ("counts", "band", "expected"),
    [
        ((0, 0, 0, 0, 0, 3, 3, 0, 0), "high", "no_consensus"),
        ((0, 0, 0, 0, 0, 3, 3, 0, 0), "middle", "no_consensus"),
        ((0, 0, 0, 0, 0, 3, 4, 0, 0), "high", "consensus_in"),
        ((0, 0, 0, 3, 0, 0, 0, 3, 0), "middle", "consensus_in"),
    ],
)
def test_a_median_of_six_and_a_half_lies_in_no_band(counts, band, expected) -> None:
    assert verdict(evidence(counts), rules(rule("m", "consensus_in", median(band)))) == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [(2, "consensus_in"), (6, "no_consensus"), (7, "consensus_in"), (1, "consensus_in")]
)
def test_the_interquartile_range_uses_the_declared_quantile_type(kind, expected) -> None:
    # Ten answers: type 6 puts Q1 at place 2.75 and Q3 at 8.25; types 1, 2 and 7 stay within 4 and 5.
    by = rules(rule("i", "consensus_in", iqr("1")), quantile_type=kind)
    found = judge(evidence((0, 0, 2, 6, 2), AGREEMENT), by)
    assert found is not None
    assert found.verdict == "consensus_in"
    tight = rules(rule("i", "consensus_in", iqr("0")), quantile_type=kind)
    sharp = judge(evidence((0, 0, 2, 6, 2), AGREEMENT), tight)
    assert sharp is not None
    assert (sharp.verdict, sharp.flags) == (expected, ("quantile_sensitive",))


def test_a_range_of_one_answer_cannot_be_decided() -> None:
    by = rules(rule("i", "consensus_in", iqr("1"), min_n=1))
    assert verdict(evidence((0, 0, 1, 0, 0), AGREEMENT), by) == "insufficient_n"


@pytest.mark.parametrize(
    ("roles", "groups", "expected", "flags", "why"),
    [
        (BOTH, ROLES, "consensus_in", (), "both groups reach 60 %"),
        (BOTH, REQUIRED_ROLES, "consensus_in", (), "`only` names two; the third is not asked for"),
        (
            BOTH | {"government": (5, 4, 1, 0, 0, 0, 3, 4, 2)},
            ROLES, "no_consensus", (), "government has 9 of 19",
        ),
        (
            BOTH | {"government": (5, 1, 0, 0, 0, 0, 0, 0, 1)},
            ROLES, "consensus_in", ("group_missing",), "7 answers are under 8: left out",
        ),
        (
            BOTH | {"government": (5, 1, 0, 0, 0, 0, 0, 0, 1)},
            REQUIRED_ROLES, "no_consensus", ("group_missing",), "left out though required: c_in is not tried",
        ),
        ({"company": COMPANY}, ROLES, "consensus_in", ("group_missing",), "nobody from government"),
        ({}, ROLES, "no_consensus", ("group_missing",), "no group is left: c_in is not tried"),
    ],
)  # fmt: skip
def test_each_group_has_to_hold_within_every_large_enough_group(roles, groups, expected, flags, why) -> None:
    found = judge(evidence((2, 3, 4, 2, 3, 4, 17, 17, 8), **roles), MAPPING, groups)
    assert found is not None
    assert (found.verdict, found.flags) == (expected, flags), why


def test_a_rule_that_no_group_can_decide_alone_is_insufficient() -> None:
    only = rules(rule("g", "consensus_in", each_role(share("high", "at_least", "0.7"))))
    assert verdict(evidence((0, 0, 0, 0, 0, 0, 0, 0, 20)), only) == "insufficient_n"


def test_without_only_every_declared_group_is_looked_at() -> None:
    by = rules(rule("g", "consensus_in", each_role(share("high", "at_least", "0.6"))))
    low_ngo = (5, 0, 0, 0, 0, 0, 0, 0, 1)
    assert verdict(evidence((2, 3, 4, 2, 3, 4, 17, 17, 8), **BOTH), by) == "consensus_in"
    assert verdict(evidence((2, 3, 4, 2, 3, 4, 17, 17, 8), **BOTH, ngo=low_ngo), by) == "no_consensus"


def test_a_two_sided_rule_takes_either_side() -> None:
    assert verdict(evidence((2, 50, 4, 2, 2), AGREEMENT, "agreement"), AGREE) == "consensus_in"
    assert verdict(evidence((2, 2, 4, 50, 2), AGREEMENT, "agreement"), AGREE) == "consensus_in"
    assert verdict(evidence((20, 5, 4, 5, 20), AGREEMENT, "agreement"), AGREE) == "no_consensus"


def test_a_rule_applies_where_its_kind_dimension_item_and_wave_fit() -> None:
    counts = (0, 0, 0, 0, 0, 0, 0, 0, 20)
    for applies_to, expected in [
        (AppliesTo(), "consensus_in"),
        (AppliesTo(kinds=("rating",), dims=("importance",), items=("s01",), waves=("r3",)), "consensus_in"),
        (AppliesTo(kinds=("rank",)), None),
        (AppliesTo(dims=("feasibility",)), None),
        (AppliesTo(items=("s02",)), None),
        (AppliesTo(waves=("r1", "r2")), None),
    ]:
        by = rules(rule("one", "consensus_in", share("high", "at_least", "0.7"), applies_to=applies_to))
        assert verdict(evidence(counts), by) == expected


def test_items_and_scales_that_are_never_judged_have_no_verdict() -> None:
    counts = (0, 0, 0, 0, 0, 0, 0, 0, 20)
    by = rules(rule("one", "consensus_in", share("high", "at_least", "0.7")))
    assert verdict(evidence(counts, kind="survey"), by) is None
    assert verdict(evidence(counts, scale(9)), by) is None, "the scale has no such band"
    ranked = Scale(scale_id="k", kind="rank", bands=IMPORTANCE.bands, categories=IMPORTANCE.categories)
    assert verdict(evidence(counts, ranked), by) is None


def test_a_share_of_named_choices_is_judged_by_their_band() -> None:
    choices = Scale(
        scale_id="vote",
        kind="nominal",
        bands=(AGREEMENT.bands[1].model_copy(update={"low": 1, "high": 1}),),
        categories=(
            Category(value=1, code="yes", label="Yes", band="agree"),
            Category(value=2, code="no", label="No"),
        ),
    )
    by = rules(rule("v", "consensus_in", share("agree", "at_least", "0.7")))
    assert verdict(evidence((7, 3), choices), by) == "consensus_in"
    assert verdict(evidence((6, 4), choices), by) == "no_consensus"
    assert verdict(evidence((7, 3), choices), rules(rule("v", "consensus_in", iqr("1")))) is None


def test_one_group_is_judged_by_the_same_rules_without_their_group_clauses() -> None:
    given = evidence(
        (2, 3, 4, 2, 3, 4, 17, 17, 8), company=(0, 0, 0, 0, 0, 0, 5, 5, 2), government=(9, 3) + (0,) * 7
    )
    company = judge_group(given, MAPPING, ("role", "company"))
    government = judge_group(given, MAPPING, ("role", "government"))
    ngo = judge_group(given, MAPPING, ("role", "ngo"))
    assert company is not None and government is not None and ngo is not None
    assert (company.verdict, company.n) == ("consensus_in", 12)
    assert (government.verdict, government.rule_id) == ("consensus_out", "c_out")
    assert (ngo.verdict, ngo.n, ngo.flags) == ("insufficient_n", 0, ("n_below_minimum",))


def test_a_rule_of_nothing_but_groups_says_nothing_about_one_group() -> None:
    by = rules(rule("g", "consensus_in", each_role(share("high", "at_least", "0.7"))))
    assert judge_group(evidence((0,) * 8 + (20,), company=COMPANY), by, ("role", "company")) is None


def test_nested_groups_and_sides_combine() -> None:
    by = rules(
        rule(
            "x",
            "consensus_in",
            every(either(median("high"), iqr("0")), each_role(either(median("high"), iqr("1")))),
        )
    )
    assert verdict(evidence((2, 3, 4, 2, 3, 4, 17, 17, 8), **BOTH), by) == "consensus_in"
    assert verdict(evidence((20, 1, 1, 1, 1, 1, 1, 1, 1), **BOTH), by) == "no_consensus"


def test_the_bound_of_a_measure_is_exact() -> None:
    given = evidence((4, 4, 4, 0, 0, 0, 0, 0, 0))
    exactly = Fraction(3, 4)  # one layer of three of nine categories: 1 - 2/8
    assert verdict(given, rules(rule("p", "split", polarised(str(exactly))))) == "split"
    assert (
        verdict(given, rules(rule("p", "split", polarised(str(exactly - Fraction(1, 10**12))))))
        == "no_consensus"
    )


def test_two_categories_have_no_agreement_and_the_rule_is_not_tried() -> None:
    two = scale(2, disagree=(1, 1), agree=(2, 2))
    assert verdict(evidence((5, 5), two), rules(rule("p", "split", polarised()))) == "insufficient_n"


def test_other_measures_are_compared_up_to_the_tolerance(monkeypatch) -> None:
    from delphi.decisions import measures

    by = rules(rule("m", "split", polarised("1/2", measure="leik_dispersion")))
    given = evidence((5, 0, 0, 0, 5), AGREEMENT)
    for value, expected in [
        (0.5, "split"),
        (0.5 + 1e-12, "split"),
        (0.51, "no_consensus"),
        (np.nan, "insufficient_n"),
    ]:
        monkeypatch.setattr(measures, "value_of", lambda entry, found, v=value: np.float64(v))
        assert verdict(given, by) == expected


def test_a_measure_that_the_catalogue_does_not_have_is_refused_by_name() -> None:
    by = rules(rule("m", "split", polarised(measure="no_such_measure")))
    with pytest.raises(ValueError, match="the catalogue has no such measure"):
        judge(evidence((5, 0, 0, 0, 5), AGREEMENT), by)
