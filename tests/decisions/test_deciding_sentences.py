"""Reasons in full: what was counted, by which rule, and what would have been needed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from decision_cases import (
    AGREE,
    AGREEMENT,
    DEFAULT,
    IMPORTANCE,
    MAPPING,
    REQUIRED_ROLES,
    ROLES,
    choices,
    each_role,
    either,
    every,
    evidence,
    iqr,
    median,
    rule,
    rules,
    share,
    share_of,
    tally,
)

from delphi.decisions import judge, judge_group
from delphi.decisions.numbers import bound_percent, number, percent

C4 = (2, 3, 4, 2, 3, 4, 17, 17, 8)
COMPANY = (0, 1, 1, 1, 1, 1, 6, 6, 3)
GOVERNMENT = (1, 0, 1, 1, 2, 1, 5, 5, 3)
BOTH = {"company": COMPANY, "government": GOVERNMENT}
HIGH = share("high", "at_least", "0.7")
MIDDLE = rules(rule("mid", "consensus_in", every(median("high"), iqr("1"))))


@pytest.mark.parametrize(
    ("given", "by", "groups", "reason"),
    [
        (
            evidence(C4, **BOTH), MAPPING, ROLES,
            "42 of 60 valid answers (70.0 %) lie in high (7-9); rule c_in asks for at least 70 %, i.e. 42. "
            "9 of 60 (15.0 %) lie in low (1-3); at most 15 %, i.e. 9. "
            "Within role, at least 60 % in high (7-9) in each group: "
            "company 15 of 20 (75.0 %), government 13 of 19 (68.4 %).",
        ),
        (
            evidence((1, 2, 2, 3, 4, 5, 17, 15, 7), **BOTH), MAPPING, ROLES,
            "No rule is met; c_in comes closest: 39 of 56 valid answers (69.6 %) lie in high (7-9); "
            "it asks for at least 70 %, i.e. 40: 1 more was needed.",
        ),
        (
            evidence(C4, company=COMPANY, government=(5, 5, 1, 0, 0, 0, 3, 1, 1)), MAPPING, ROLES,
            "No rule is met; c_in comes closest: within role government, 5 of 16 valid answers "
            "(31.3 %) lie in "
            "high (7-9); it asks for at least 60 %, i.e. 10: 5 more were needed.",
        ),
        (
            evidence(C4, company=COMPANY, government=(0, 0, 0, 0, 0, 0, 0, 0, 3)), MAPPING, ROLES,
            "42 of 60 valid answers (70.0 %) lie in high (7-9); rule c_in asks for at least 70 %, i.e. 42. "
            "9 of 60 (15.0 %) lie in low (1-3); at most 15 %, i.e. 9. "
            "Within role, at least 60 % in high (7-9) in each group: company 15 of 20 (75.0 %). "
            "Left out of role with fewer than 8 valid answers: government.",
        ),
        (
            evidence((12, 2, 0, 0, 0, 0, 1, 0, 0)), MAPPING, ROLES,
            "14 of 15 valid answers (93.3 %) lie in low (1-3); rule c_out asks for at least 70 %, i.e. 11. "
            "1 of 15 (6.7 %) lie in high (7-9); at most 15 %, i.e. 2. "
            "Rule c_in cannot be decided: no group of role has 8 valid answers. "
            "Left out of role with fewer than 8 valid answers: company and government.",
        ),
        (
            evidence((5, 0, 0, 0, 0, 0, 0, 0, 6)), MAPPING, ROLES,
            "11 valid answers; rule c_in needs at least 12.",
        ),
        (
            evidence((30, 0, 0, 0, 0, 0, 0, 0, 30), **BOTH), MAPPING, ROLES,
            "Van der Eijk's agreement A of 60 valid answers is -1; rule c_split asks for at most 0.",
        ),
        (
            evidence((2, 50, 4, 2, 2), AGREEMENT, "agreement"), AGREE, {},
            "52 of 60 valid answers (86.7 %) lie in disagree (1-2); rule c_agree asks for at "
            "least 75 %, i.e. 45. "
            "The side is disagree (1-2).",
        ),
        (
            evidence(tally((6, 15, 2), 30), choices("no", "yes", "unsure"), "vote"),
            rules(rule("vote", "consensus_in", share_of("yes", "at_least", "0.7"))), {},
            "No rule is met; vote comes closest: 15 of 23 valid answers (65.2 %) are yes; "
            "it asks for at least 70 %, i.e. 17: 2 more were needed.",
        ),
        (
            evidence(tally((6, 15, 2), 30), choices("no", "yes", "unsure"), "vote"),
            rules(rule("vote", "split", either(share_of("no unsure", "at_least", "0.25"), share_of("yes", "at_least", "1")), base="shown")),
            {},
            "8 of 30 who were shown the item (26.7 %) answered no or unsure; rule vote asks for at least 25 %, i.e. 8. "
            "The side is no or unsure.",
        ),
        (
            evidence((0, 0, 0, 0, 0, 0, 0, 4, 6), company=(0, 0, 0, 0, 0, 0, 0, 4, 6)),
            rules(rule("g", "consensus_in", each_role(share_of("8 9", "at_least", "1"), only=("company",)))), ROLES,
            "Within role, rule g asks for at least 100 % for 8 or 9 in each group: company 10 of 10 (100.0 %).",
        ),
        (
            evidence((20, 5, 4, 5, 26), AGREEMENT, "agreement"), AGREE, {},
            "No rule is met; c_agree comes closest: 31 of 60 valid answers (51.7 %) lie in agree (4-5); "
            "it asks for at least 75 %, i.e. 45: 14 more were needed.",
        ),
        (
            evidence((0, 0, 3, 0, 0, 2, 0, 0, 15)), DEFAULT, {},
            "No rule is met; in comes closest: 3 of 20 valid answers (15.0 %) lie in low (1-3); "
            "it asks for less than 15 %, i.e. at most 2: 1 too many.",
        ),
        (
            evidence(tally((0, 0, 0, 0, 0, 0, 0, 0, 20), 41)), DEFAULT, {},
            "20 of 41 who were shown the item gave a valid answer (48.8 %); rule in needs at "
            "least 50 % valid answers.",
        ),
        (
            evidence(tally((1, 0, 0, 1, 1, 0, 10, 18, 10), 70)),
            rules(rule("base", "consensus_in", HIGH, base="shown")), {},
            "No rule is met; base comes closest: 38 of 70 who were shown the item (54.3 %) "
            "answered in high (7-9); "
            "it asks for at least 70 %, i.e. 49: 11 more were needed.",
        ),
        (
            evidence((0,) * 8 + (20,)), rules(rule("all_in", "consensus_in", HIGH, base="invited")), {},
            "Rule all_in cannot be decided: its base is invited and there is no panel register.",
        ),
        (
            evidence((0, 0, 0, 0, 0, 3, 3, 0, 0)), MIDDLE, {},
            "No rule is met; mid comes closest: the median of 6 valid answers, 6.5, does not lie "
            "in high (7-9); "
            "it asks for that.",
        ),
        (
            evidence((0, 0, 0, 0, 0, 0, 3, 3, 0)), MIDDLE, {},
            "The median of 6 valid answers, 7.5, lies in high (7-9); rule mid asks for that. "
            "The interquartile range is 1; at most 1.",
        ),
        (
            evidence(C4, company=COMPANY, ngo=(0, 0, 0, 0, 0, 0, 0, 0, 4)),
            rules(rule("req", "consensus_in", each_role(HIGH))), REQUIRED_ROLES,
            "Rule req cannot be decided: fewer than 5 valid answers in government and ngo, and "
            "every group of role "
            "is required. Left out of role with fewer than 5 valid answers: government and ngo.",
        ),
        (
            evidence(C4, company=COMPANY, ngo=(4, 0, 0, 0, 0, 0, 0, 0, 0)),
            rules(rule("low", "consensus_in", each_role(HIGH, min_n=3))), ROLES,
            "No rule is met; low comes closest: within role ngo, with fewer than 5 answers, the rule fails; "
            "it asks for at least 70 % in high (7-9) there. "
            "Left out of role with fewer than 3 valid answers: government.",
        ),
        (
            evidence(C4, company=COMPANY, ngo=(0, 0, 0, 0, 0, 0, 0, 0, 4)),
            rules(rule("low", "consensus_in", each_role(HIGH, min_n=3))), ROLES,
            "Within role, rule low asks for at least 70 % in high (7-9) in each group: "
            "company 15 of 20 (75.0 %), ngo (fewer than 5 answers). "
            "Left out of role with fewer than 3 valid answers: government.",
        ),
    ],
)  # fmt: skip
def test_the_reason_says_what_was_counted_and_what_was_needed(given, by, groups, reason) -> None:
    found = judge(given, by, groups)
    assert found is not None
    assert found.reason == reason


def test_a_small_group_is_told_without_its_counts() -> None:
    by = rules(rule("one", "consensus_in", HIGH, min_n=3))
    for counts, reason in [
        ((0, 0, 0, 0, 0, 0, 0, 1, 3), "Fewer than 5 valid answers: rule one is met."),
        ((4, 0, 0, 0, 0, 0, 0, 0, 0), "Fewer than 5 valid answers: no rule is met; one comes closest."),
        ((1, 0, 0, 0, 0, 0, 0, 0, 0), "Fewer than 5 valid answers; rule one needs at least 3."),
        ((0, 0, 0, 0, 0, 0, 0, 0, 0), "0 valid answers; rule one needs at least 3."),
    ]:
        found = judge_group(evidence(C4, ngo=counts), by, ("role", "ngo"))
        assert found is not None
        assert found.reason == reason


@pytest.mark.parametrize(
    ("x", "n", "bound", "text"),
    [
        (42, 60, "0.7", "70.0 %"),
        (39, 56, "0.7", "69.6 %"),
        (6996, 10000, "0.7", "69.96 %"),
        (69996, 100000, "0.7", "69.996 %"),
        (69999999, 100000000, "0.7", "69.999999 %"),
        (1501, 10000, "0.15", "15.01 %"),
        (1, 3, None, "33.3 %"),
    ],
)
def test_a_share_is_never_rounded_onto_its_threshold(x, n, bound, text) -> None:
    assert percent(Fraction(x, n), Fraction(bound) if bound else None) == text


def test_bounds_are_written_as_short_as_they_are() -> None:
    assert [bound_percent(Fraction(x)) for x in ("0.7", "0.125", "1", "2/3")] == [
        "70 %",
        "12.5 %",
        "100 %",
        "66.6667 %",
    ]
    assert [number(x) for x in (Fraction(13, 2), Fraction(-1), 0.25, Fraction(0))] == [
        "6.5",
        "-1",
        "0.25",
        "0",
    ]


def test_no_reason_depends_on_the_order_of_the_groups() -> None:
    one = evidence(C4, company=COMPANY, government=GOVERNMENT, ngo=(9,) + (0,) * 8)
    other = evidence(C4, ngo=(9,) + (0,) * 8, government=GOVERNMENT, company=COMPANY)
    by = rules(rule("g", "consensus_in", each_role(HIGH, only=("ngo", "company", "government"))))
    assert judge(one, by, ROLES) == judge(other, by, ROLES)
    assert IMPORTANCE.bands[-1].name == "high"
