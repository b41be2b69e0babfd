"""Frames of one wave in, rows of `verdicts`, `actions` and `stopping` out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from decision_cases import IMPORTANCE, MAPPING, ROLES, scale

from delphi.stages.verdict_rows import ACTION_COLUMNS, STOPPING_COLUMNS, VERDICT_COLUMNS, verdict_rows
from delphi.study.model import (
    AppliesTo,
    Dialect,
    Item,
    Panel,
    Register,
    Rules,
    Scale,
    StabilityRule,
    StopCondition,
    Stopping,
    Study,
    TransitionRule,
    Version,
    Wave,
)

C4 = (2, 3, 4, 2, 3, 4, 17, 17, 8)
COMPANY = (0, 1, 1, 1, 1, 1, 6, 6, 3)
GOVERNMENT = (1, 0, 1, 1, 2, 1, 5, 5, 3)

NUMBER = Scale(scale_id="days", kind="number")
IMPORTANCE_ONLY = AppliesTo(kinds=("rating",), dims=("importance",))
RULES = Rules(
    consensus=tuple(rule.model_copy(update={"applies_to": IMPORTANCE_ONLY}) for rule in MAPPING.consensus),
    stability=(
        StabilityRule(
            rule_id="s_ind", between=("r2", "r3"), measure="share_unchanged", tolerance=1, op="at_least",
            value=Fraction(7, 10), min_pairs=10,
        ),
    ),
    transitions=(
        TransitionRule(after="r2", verdict="consensus_in", action="close"),
        TransitionRule(after="r2", action="carry"),
        TransitionRule(after="r3", verdict="no_consensus", stability="stable", action="report_dissent"),
        TransitionRule(after="r3", stability="unstable", action="escalate", to="geneva"),
    ),
    stopping=Stopping(
        max_rounds=3,
        conditions=(
            StopCondition(state="stable", op="at_least", value=Fraction(4, 5)), StopCondition(rounds_done=3),
        ),
    ),
)  # fmt: skip

REGISTER = Register(file="panel.csv", dialect=Dialect(platform="csv"), key="id")


def a_study(panel: Panel = Panel(), rules: Rules = RULES) -> Study:  # noqa: B008
    kinds = {"r0": "pilot", "r1": "rating", "r2": "rating", "r3": "rating", "meeting": "consultation"}
    waves = [
        Wave(wave_id=wave_id, kind="round", round_kind=kind, sequence=place)
        for place, (wave_id, kind) in enumerate(kinds.items(), start=1)
    ]
    return Study(
        study_id="s", title="S", scales={IMPORTANCE.scale_id: IMPORTANCE, "days": NUMBER},
        items=(
            Item(item_id="C4", dims={"importance": IMPORTANCE.scale_id, "feasibility": IMPORTANCE.scale_id}),
            Item(item_id="P7", dims={"rating": "days"}),
            Item(
                item_id="C1", dims={"importance": IMPORTANCE.scale_id},
                versions=(Version(from_wave="r3", texts={"": "New wording"}),),
            ),
            Item(item_id="open", kind="open", dims={"rating": "days"}),
        ),
        groups=ROLES, panel=panel,
        waves=(*waves, Wave(wave_id="part_a", kind="survey", round_kind=None, sequence=9)),
        sources=(), rules=rules, study_file_sha256="0",
    )  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    counts: pd.DataFrame
    nonanswers: pd.DataFrame
    transitions: pd.DataFrame
    asked: pd.DataFrame
    invitations: pd.DataFrame
    submissions: pd.DataFrame
    memberships: pd.DataFrame


def frame(columns: str, rows) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


def counts_of(wave_id: str, item_id: str, dimension: str, **groups):
    for name, counts in groups.items():
        key = ("all", "all") if name == "everyone" else ("role", name)
        for value, n in enumerate(counts, start=1):
            yield wave_id, item_id, dimension, "", *key, value, n


def inputs(wave_id: str = "r3", nonanswers=(), transitions=(), invited=(), memberships=()) -> Inputs:
    cells = [
        ("C4", "importance", C4, COMPANY, GOVERNMENT),
        ("C4", "feasibility", C4, COMPANY, GOVERNMENT),
        ("C1", "importance", (1, 2, 2, 3, 4, 5, 17, 15, 7), COMPANY, GOVERNMENT),
    ]
    rows = [
        row
        for item, dimension, everyone, company, government in cells
        for row in counts_of(
            wave_id, item, dimension, everyone=everyone, company=company, government=government, ngo=(0,) * 9
        )
    ]
    asked = [
        (wave, item, dimension, int(item == "C1" and wave == "r3"))
        for wave in ("r0", "r1", "r2", "r3")
        for item, dimension in [
            ("C4", "importance"), ("C4", "feasibility"), ("P7", "rating"), ("C1", "importance"),
            ("open", "rating"),
        ]
    ]  # fmt: skip
    submissions = [("r1", f"p{i}", True) for i in range(78)]
    submissions += [("r2", f"p{i}", True) for i in range(70)] + [("r3", f"p{i}", True) for i in range(38)]
    submissions += [("r3", "newcomer", True), ("r3", "p77", False)]
    return Inputs(
        frame("wave_id item_id dimension part group_by group_value value n", rows),
        frame("wave_id item_id dimension part group_by group_value missing n", nonanswers),
        frame(
            "wave_id versus_wave_id item_id dimension part group_by group_value value_before value_after n",
            transitions,
        ),
        frame("wave_id item_id dimension wording", asked),
        frame("wave_id respondent_id", invited),
        frame("wave_id respondent_id is_current", submissions),
        frame("respondent_id group_by group_value wave_id", memberships),
    )


def moved(item_id: str, moves, versus: str = "r2", group=("all", "all"), wave_id: str = "r3"):
    return [
        (wave_id, versus, item_id, "importance", "", *group, before, after, n) for before, after, n in moves
    ]


PAIRS = moved("C4", [(7, 8, 40), (9, 5, 5), (None, 7, 8), (8, None, 3)]) + moved("C1", [(7, 7, 40)])


def everyone(rows: pd.DataFrame, item_id: str) -> pd.Series:
    return rows[(rows["item_id"] == item_id) & (rows["group_by"] == "all")].iloc[0]


def test_a_judged_round_gives_a_row_per_item_dimension_and_group_that_a_rule_is_for() -> None:
    tables = verdict_rows(a_study(), "r3", inputs(transitions=PAIRS))
    assert list(tables.verdicts.columns) == VERDICT_COLUMNS
    assert list(tables.actions.columns) == ACTION_COLUMNS
    assert list(tables.stopping.columns) == STOPPING_COLUMNS
    found = tables.verdicts[["item_id", "dimension", "group_by", "group_value", "verdict", "n"]]
    assert found.values.tolist() == [
        ["C4", "importance", "all", "all", "consensus_in", 60],
        ["C4", "importance", "role", "company", "consensus_in", 20],
        ["C4", "importance", "role", "government", "no_consensus", 19],
        ["C4", "importance", "role", "ngo", "insufficient_n", 0],
        ["C1", "importance", "all", "all", "no_consensus", 56],
        ["C1", "importance", "role", "company", "consensus_in", 20],
        ["C1", "importance", "role", "government", "no_consensus", 19],
        ["C1", "importance", "role", "ngo", "insufficient_n", 0],
    ]


def test_stability_rests_on_paired_answers_under_one_wording() -> None:
    rows = verdict_rows(a_study(), "r3", inputs(transitions=PAIRS)).verdicts
    assert everyone(rows, "C4")[["stability", "stability_reason"]].tolist() == [
        "stable",
        "40 of 45 paired answers (88.9 %) are within 1 point of those in r2; rule s_ind asks "
        "for at least 70 %, i.e. 32.",
    ]
    assert everyone(rows, "C1")[["stability", "stability_reason"]].tolist() == [
        "not_assessable",
        "Not assessable: the wording changed after r2.",
    ]


def test_the_pilot_is_no_earlier_rating_and_has_no_rows_itself() -> None:
    study = a_study()
    first = verdict_rows(study, "r1", inputs("r1"))
    assert everyone(first.verdicts, "C4")["stability_reason"] == (
        "Not assessable: r1 is the first round that rated the item."
    )
    for wave_id in ("r0", "meeting", "part_a"):
        nothing = verdict_rows(study, wave_id, inputs(wave_id))
        assert [len(table) for table in (nothing.verdicts, nothing.actions, nothing.stopping)] == [0, 0, 0]
        assert list(nothing.verdicts.columns) == VERDICT_COLUMNS


def test_actions_follow_the_first_dimension_and_carry_what_is_not_judged() -> None:
    second = verdict_rows(a_study(), "r2", inputs("r2")).actions
    assert second[["item_id", "action", "verdict"]].values.tolist() == [
        ["C4", "close", "consensus_in"],
        ["P7", "carry", None],
        ["C1", "carry", "no_consensus"],
    ]
    moves = moved("C4", [(1, 9, 40)])
    third = verdict_rows(a_study(), "r3", inputs(transitions=moves)).actions
    assert third[["item_id", "action", "target"]].values.tolist() == [
        ["C4", "escalate", "geneva"],
        ["P7", "carry", None],
    ]


def test_stopping_counts_rounds_items_and_who_stayed() -> None:
    rows = verdict_rows(a_study(), "r3", inputs(transitions=PAIRS)).stopping
    assert rows[["condition", "is_met", "numerator", "denominator"]].values.tolist() == [
        ["max_rounds", True, 3, 3],
        ["share_of_items:stable", False, 1, 2],
        ["rounds_done", True, 3, 3],
        ["retention", True, 38, 78],
        ["stop", True, 1, 2],
    ]
    assert str(rows["numerator"].dtype) == "Int64"


def test_items_closed_earlier_stand_as_they_were_left() -> None:
    rules = RULES.model_copy(
        update={
            "stopping": Stopping(
                conditions=(
                    StopCondition(state="closed", op="at_least", value=Fraction(1, 2)),
                    StopCondition(state="consensus_in", op="at_least", value=Fraction(1, 2)),
                )
            )
        }
    )
    study = a_study(rules=rules)
    before = verdict_rows(study, "r2", inputs("r2")).verdicts
    now = inputs()
    left_out = Inputs(
        now.counts[now.counts["item_id"] == "C1"], now.nonanswers, now.transitions,
        now.asked[(now.asked["wave_id"] != "r3") | (now.asked["item_id"] == "C1")],
        now.invitations, now.submissions, now.memberships,
    )  # fmt: skip
    rows = verdict_rows(study, "r3", left_out, before)
    assert rows.stopping[["condition", "is_met", "numerator", "denominator"]].values.tolist()[:2] == [
        ["share_of_items:closed", True, 1, 2],
        ["share_of_items:consensus_in", True, 1, 2],
    ]


def test_the_shown_are_those_who_answered_or_were_asked_in_vain() -> None:
    states = {
        "no_opinion": 20, "skipped": 3, "unknown_empty": 2, "invalid": 1, "declined": 2, "not_applicable": 2,
        "dropped_out": 100, "not_reached": 100, "not_shown": 100, "recused": 100,
    }  # fmt: skip
    nonanswers = [("r3", "C4", "importance", "", "all", "all", state, n) for state, n in states.items()]
    shown = [rule.model_copy(update={"base": "shown"}) for rule in RULES.consensus]
    study = a_study(rules=RULES.model_copy(update={"consensus": tuple(shown)}))
    found = everyone(verdict_rows(study, "r3", inputs(nonanswers=nonanswers)).verdicts, "C4")
    assert found["reason"].startswith(
        "No rule is met; c_in comes closest: 42 of 90 who were shown the item (46.7 %) "
        "answered in high (7-9);"
    )
    assert found["flags"] == "denominator_sensitive"


@pytest.mark.parametrize(
    ("panel", "n_invited", "expected"),
    [
        (Panel(), 70, "Rule c_in cannot be decided: its base is invited and there is no panel register."),
        (
            Panel(register=REGISTER),
            90,
            "No rule is met; c_in comes closest: 42 of 80 who were invited (52.5 %)",
        ),
    ],
)
def test_the_invited_come_from_the_register_less_those_not_to_be_shown(panel, n_invited, expected) -> None:
    everybody = [f"p{i}" for i in range(n_invited)]
    belongs = [(person, "role", ("company", "government")[i % 2], None) for i, person in enumerate(everybody)]
    given = inputs(
        nonanswers=[("r3", "C4", "importance", "", "all", "all", "not_shown", 10)],
        invited=[("r3", person) for person in everybody] + [("r2", "somebody")],
        memberships=belongs,
    )
    invited = [rule.model_copy(update={"base": "invited"}) for rule in RULES.consensus[:2]]
    study = a_study(panel, RULES.model_copy(update={"consensus": tuple(invited)}))
    found = everyone(verdict_rows(study, "r3", given).verdicts, "C4")
    assert found["reason"].startswith(expected)
    assert found["verdict"] == ("no_consensus" if panel.register_ else "insufficient_n")


def test_missing_values_of_any_integer_type_mean_no_answer() -> None:
    for dtype in ("float64", "Int32", "object"):
        given = inputs(transitions=PAIRS)
        typed = given.transitions.astype({"value_before": dtype, "value_after": dtype})
        again = Inputs(**{**given.__dict__, "transitions": typed})
        assert everyone(verdict_rows(a_study(), "r3", again).verdicts, "C4")["stability"] == "stable"


def test_the_order_of_the_rows_changes_nothing() -> None:
    given = inputs(transitions=PAIRS)
    order = np.random.default_rng(1)
    shuffled = Inputs(**{
        name: table.iloc[order.permutation(len(table))] for name, table in given.__dict__.items()
    })  # fmt: skip
    one, other = verdict_rows(a_study(), "r3", given), verdict_rows(a_study(), "r3", shuffled)
    pd.testing.assert_frame_equal(one.verdicts, other.verdicts)
    pd.testing.assert_frame_equal(one.actions, other.actions)
    pd.testing.assert_frame_equal(one.stopping, other.stopping)


def test_scales_of_different_length_stand_beside_each_other() -> None:
    short = scale(5, low=(1, 2), high=(4, 5)).model_copy(update={"scale_id": "five"})
    study = a_study()
    items = (*study.items, Item(item_id="G1", dims={"importance": "five"}))
    study = study.model_copy(update={"items": items, "scales": {**study.scales, "five": short}})
    given = inputs(transitions=PAIRS + moved("G1", [(5, 5, 10), (None, 4, 2), (1, 5, 2)]))
    extra = list(counts_of("r3", "G1", "importance", everyone=(1, 1, 1, 7, 10), company=COMPANY[:5]))
    asked = [("r2", "G1", "importance", 0), ("r3", "G1", "importance", 0)]
    more = Inputs(**{
        **given.__dict__,
        "counts": pd.concat([given.counts, frame(" ".join(given.counts.columns), extra)]),
        "asked": pd.concat([given.asked, frame("wave_id item_id dimension wording", asked)]),
    })  # fmt: skip
    found = everyone(verdict_rows(study, "r3", more).verdicts, "G1")
    assert found[["n", "stability"]].tolist() == [20, "stable"]
    assert found["stability_reason"].startswith("10 of 12 paired answers")
