"""Proposed actions and stopping conditions as tables of cases."""

from __future__ import annotations

from fractions import Fraction

import pytest
from decision_cases import COMET, DEFAULT, rules

from delphi.decisions import ItemState, Judged, deciding, propose, standing, stopping_memo
from delphi.study.model import Rules, StopCondition, Stopping, TransitionRule

MAPPING = rules(
    transitions=(
        TransitionRule(after="r1", verdict="consensus_out", action="drop"),
        TransitionRule(after="r1", action="carry"),
        TransitionRule(after="r2", verdict="consensus_in", action="close"),
        TransitionRule(after="r2", verdict="consensus_out", action="drop"),
        TransitionRule(after="r2", verdict="split", action="carry"),
        TransitionRule(after="r2", verdict="no_consensus", action="carry"),
        TransitionRule(after="r3", verdict="no_consensus", stability="stable", action="report_dissent"),
        TransitionRule(after="r3", stability="unstable", action="escalate", to="geneva"),
    )
)


def left(verdict, stability="not_assessable", wave_id="r2", dimension="importance", item_id="s01") -> Judged:
    return Judged(wave_id, item_id, dimension, verdict, stability)


@pytest.mark.parametrize(
    ("after", "verdict", "stability", "expected", "why"),
    [
        ("r1", "consensus_in", "not_assessable", "carry", "round 1 can only drop"),
        ("r1", "consensus_out", "not_assessable", "drop", "the first transition that fits"),
        ("r2", "consensus_in", "not_assessable", "close", "whatever its stability"),
        ("r2", "consensus_out", "unstable", "drop", "whatever its stability"),
        ("r2", "split", "stable", "carry", "a split is carried"),
        ("r2", "insufficient_n", "not_assessable", None, "no transition names it"),
        ("r3", "no_consensus", "stable", "report_dissent", "stable dissent"),
        ("r3", "no_consensus", "unstable", "escalate", "the first does not fit, the second does"),
        ("r3", "consensus_in", "unstable", "escalate", "whatever its verdict"),
        ("r3", "consensus_in", "stable", None, "nothing is left to do"),
        ("r4", "no_consensus", "stable", None, "no transition after this wave"),
    ],
)
def test_the_first_transition_that_fits_is_proposed(after, verdict, stability, expected, why) -> None:
    found = propose("s01", left(verdict, stability, after), MAPPING, after)
    assert (found.action if found else None) == expected, why


def test_a_proposal_says_what_it_follows_from() -> None:
    found = propose("s01", left("no_consensus", "unstable", "r3"), MAPPING, "r3")
    assert found is not None
    assert (found.target, found.verdict, found.stability) == ("geneva", "no_consensus", "unstable")
    assert found.reason == (
        "importance is no_consensus and unstable: "
        "the first transition after r3 that fits (unstable) says escalate to geneva."
    )


def test_an_item_that_no_rule_judges_is_carried() -> None:
    for by in (MAPPING, DEFAULT):
        found = propose("s09", None, by, "r2")
        assert found is not None
        assert (found.action, found.verdict, found.stability) == ("carry", None, None)
        assert found.reason == "No rule judges the item, so it is carried."


def test_dimensions_go_together_and_the_first_with_a_verdict_decides() -> None:
    importance, feasibility = left("consensus_in"), left("no_consensus", dimension="feasibility")
    dims = ("importance", "feasibility")
    assert deciding(dims, [feasibility, importance]) is importance
    assert deciding(dims, [feasibility]) is feasibility
    assert deciding(tuple(reversed(dims)), [importance, feasibility]) is feasibility
    assert deciding(dims, []) is None


@pytest.mark.parametrize(
    ("verdict", "stability", "is_last", "expected"),
    [
        ("consensus_in", "stable", False, "close"),
        ("consensus_out", "stable", False, "drop"),
        ("consensus_in", "unstable", False, "carry"),
        ("consensus_in", "not_assessable", False, "carry"),
        ("consensus_in", "unstable", True, "close"),
        ("no_consensus", "stable", False, "report_dissent"),
        ("no_consensus", "unstable", False, "carry"),
        ("no_consensus", "unstable", True, "escalate"),
        ("split", "stable", False, "report_dissent"),
        ("insufficient_n", "not_assessable", False, "carry"),
        ("insufficient_n", "not_assessable", True, "escalate"),
    ],
)
def test_without_transitions_consensus_and_stability_decide(verdict, stability, is_last, expected) -> None:
    found = propose("s01", left(verdict, stability), DEFAULT, "r2", is_last)
    assert found is not None
    assert found.action == expected


def test_without_stability_rules_consensus_alone_closes() -> None:
    found = propose("s01", left("consensus_in"), COMET, "r2")
    assert found is not None
    assert (found.action, found.reason) == (
        "close",
        "importance is consensus_in and not_assessable: consensus, and no stability is asked for.",
    )


def test_the_standing_verdict_is_that_of_the_last_wave_which_rated_the_item() -> None:
    history = [
        left("no_consensus", wave_id="r1"),
        left("no_consensus", wave_id="r1", item_id="s02"),
        left("consensus_in", wave_id="r2"),
    ]
    stands = standing(history)
    assert stands["s01", "importance"].verdict == "consensus_in"
    assert stands["s02", "importance"].wave_id == "r1"


def items(stable: int, of: int, closed: int = 0) -> list[ItemState]:
    now = [
        ItemState(f"n{i}", "no_consensus", "stable" if i < stable else "unstable", True, False)
        for i in range(of)
    ]
    return now + [ItemState(f"c{i}", "consensus_in", "not_assessable", False, True) for i in range(closed)]


SHARE = StopCondition(state="stable", op="at_least", value=Fraction(4, 5))
STOPPING = Stopping(max_rounds=3, conditions=(SHARE, StopCondition(rounds_done=3)))


@pytest.mark.parametrize(
    ("stopping", "rounds", "given", "expected", "why"),
    [
        (STOPPING, 2, items(8, 10), [False, True, False, True], "8 of 10 is 80 % exactly, and any is enough"),
        (STOPPING, 2, items(7, 10, closed=20), [False, False, False, False], "closed items may be unstable"),
        (STOPPING, 3, items(0, 10), [True, False, True, True], "the last round is done"),
        (
            STOPPING.model_copy(update={"max_rounds": None, "connective": "all"}),
            2, items(8, 10), [True, False, False], "all are asked for",
        ),
        (
            Stopping(conditions=(StopCondition(state="closed", op="at_least", value=Fraction(1)),)),
            2, items(0, 0, closed=5), [True, True], "everything is closed",
        ),
        (
            Stopping(conditions=(StopCondition(state="consensus_in", op="more_than", value=Fraction(1, 2)),)),
            2, items(0, 5, closed=5), [False, False], "5 of 10 is not more than half",
        ),
        (Stopping(max_rounds=3), 1, items(5, 5), [False, False], "rounds are left"),
    ],
)  # fmt: skip
def test_stopping_conditions_are_met_or_not(stopping, rounds, given, expected, why) -> None:
    assert [row.is_met for row in stopping_memo(stopping, rounds, given)] == expected, why


def test_the_stopping_memo_gives_every_count() -> None:
    rows = stopping_memo(STOPPING, 2, items(7, 10), retention=(38, 78))
    assert [(row.condition, row.is_met, row.numerator, row.denominator, row.reason) for row in rows] == [
        ("max_rounds", False, 2, 3, "2 of 3 rounds are done."),
        (
            "share_of_items:stable", False, 7, 10,
            "7 of 10 items that this wave judged (70.0 %) are stable; at least 80 % is asked for, i.e. 8.",
        ),
        ("rounds_done", False, 2, 3, "2 of 3 rounds are done."),
        (
            "retention", True, 38, 78,
            "38 of 78 who returned the first round returned this one (48.7 %); that is less than "
            "50 %: a human decides.",
        ),
        ("stop", False, 0, 2, "0 of 2 conditions met, any of them asked for: the study goes on."),
    ]  # fmt: skip


def test_half_of_the_first_round_is_not_below_half() -> None:
    (row,) = stopping_memo(Stopping(), 2, [], retention=(39, 78))
    assert not row.is_met
    assert row.reason == (
        "39 of 78 who returned the first round returned this one (50.0 %); a human decides below 50 %."
    )


def test_a_study_without_conditions_and_without_a_first_round_has_no_rows() -> None:
    assert stopping_memo(Rules().stopping, 1, items(1, 2)) == ()
