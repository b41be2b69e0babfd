"""Combinations of a long file against what is declared: which fail, how that is said, and what is never told."""

from __future__ import annotations

from typing import Any

import pytest

from delphi.validation.long_answers import (
    DeclaredAnswers,
    LongFinding,
    broken_combinations,
    combination_frame,
)

DECLARED = DeclaredAnswers(values=(1, 2, 3, 99), waves=(1, 2), items=(1, 2), groups=(0, 1))


def findings(
    keys: list[tuple[Any, ...]], declared: DeclaredAnswers = DECLARED, nobody: dict[int, int] | None = None
) -> list[tuple[Any, ...]]:
    n_nobody = [(nobody or {}).get(place, 0) for place in range(len(keys))]
    found = broken_combinations(
        combination_frame(keys, n_nobody, declared.has_groups),
        [10 * (k + 1) for k in range(len(keys))],
        declared,
    )
    return [
        (one.finding.rule, one.finding.column, one.finding.wave_id, one.finding.item_id, one.finding.n, one.places)
        for one in found
    ]  # fmt: skip


RIGHT = (1, 1, 0, 3)
CASES: list[tuple[tuple[Any, ...], list[tuple[Any, ...]], str]] = [
    (RIGHT, [], "as declared"),
    ((1, 1, None, None), [], "no group and no answer"),
    ((1.0, 2.0, 0, 99), [], "a code for no answer, ids as floats"),
    ((None, 1, 0, 3), [("missing_key", "wave", None, None, 10, (0,))], "no wave"),
    ((1, None, 0, 3), [("missing_key", "item", None, None, 10, (0,))], "no item"),
    ((3, 1, 0, 3), [("undeclared", "wave", None, None, 10, (0,))], "another wave"),
    ((1, 1, 2, 3), [("undeclared", "group", None, None, 10, (0,))], "another group"),
    ((2, 1, 0, 4), [("off_scale", "value", 2, 1, 10, (0,))], "another value"),
    ((2, 1, 0, 1.5), [("off_scale", "value", 2, 1, 10, (0,))], "a fraction"),
    ((2, 1, 0, float("nan")), [("off_scale", "value", 2, 1, 10, (0,))], "no number is no empty cell"),
    (
        (1, 7, 0, 4),
        [("undeclared", "item", None, None, 10, (0,)), ("off_scale", "value", 1, None, 10, (0,))],
        "an item that is not declared is not named",
    ),
]


@pytest.mark.parametrize(("key", "expected", "why"), CASES, ids=[case[2] for case in CASES])
def test_a_combination_is_judged_by_what_is_declared(
    key: tuple[Any, ...], expected: list[tuple[Any, ...]], why: str
) -> None:
    assert findings([key]) == expected, why


def test_what_is_wrong_alike_is_one_finding_per_wave_and_item_in_the_order_of_the_study() -> None:
    keys = [(2, 2, 0, 9), (2, 1, 0, 8), (1, 2, 1, 9), (2, 2, 1, 7), RIGHT, (2, 2, 5, 7)]
    assert findings(keys) == [
        ("undeclared", "group", None, None, 60, (5,)),
        ("off_scale", "value", 1, 2, 30, (2,)),
        ("off_scale", "value", 2, 1, 20, (1,)),
        ("off_scale", "value", 2, 2, 10 + 40 + 60, (0, 3, 5)),
    ]


def test_of_rows_without_a_respondent_only_those_are_counted() -> None:
    assert findings([RIGHT, (1, 2, 0, 3)], nobody={1: 4}) == [
        ("missing_key", "respondent", None, None, 4, (1,))
    ]


@pytest.mark.parametrize(
    ("wave", "is_wrong"),
    [("r1", False), (2, False), (2.0, False), (2.5, True), (float("inf"), True), (float("nan"), True)],
)
def test_without_declared_ids_a_text_and_a_whole_number_are_ids(wave: Any, is_wrong: bool) -> None:
    declared = DeclaredAnswers(values=(1, 2), has_groups=False)
    assert bool(findings([(wave, "a", 1)], declared)) == is_wrong


def test_no_combination_is_nothing_wrong() -> None:
    assert findings([]) == []


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (LongFinding("missing_key", "item", 1, (7,)), "1 row has no item (row 7)"),
        (LongFinding("missing_key", "wave", 2, (7, 9)), "2 rows have no wave (rows 7 and 9)"),
        (
            LongFinding("undeclared", "item", 3, (7, 8, 9)),
            "3 rows have an item that is not declared (rows 7, 8 and 9)",
        ),
        (LongFinding("undeclared", "wave", 1, (7,)), "1 row has a wave that is not declared (row 7)"),
        (
            LongFinding("off_scale", "value", 9, (7, 8)),
            "9 answers are not on the scale (the first are rows 7, 8)",
        ),
        (LongFinding("off_scale", "value", 1, (7,)), "1 answer is not on the scale (row 7)"),
        (LongFinding("two_groups", "group", 2), "2 respondents are in two groups"),
        (
            LongFinding("duplicate_contradiction", "respondent", 1, (7,)),
            "1 row answers an item of a wave again for the same respondent (row 7)",
        ),
    ],
)
def test_a_finding_is_said_in_words(finding: LongFinding, expected: str) -> None:
    assert finding.message == expected


def test_a_problem_names_file_wave_and_item() -> None:
    problem = LongFinding("off_scale", "value", 1, (7,), "r1", "s07").problem("long.parquet")
    assert str(problem) == (
        "long.parquet: wave r1, item s07: 1 answer is not on the scale (row 7)\n"
        "  Correct the file, or declare the value as a category or as a code for no answer."
    )
    assert problem.code == "off_scale"
