"""Records of a wave: where each ends, under which rule, and what is left of the answers."""

import itertools
import re
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from validation_cases import answers, found, item, source, study, table, tally, validated, wave

from delphi.errors import AnswersError
from delphi.ingest.table import Aside
from delphi.study.model import (
    ColumnRule,
    ColumnTarget,
    GroupColumn,
    LongColumn,
    LongLayout,
    Panel,
    Quality,
    Register,
    RowFilter,
    StateColumn,
    Validation,
    WaveFrom,
)
from delphi.validation.wave import Earlier

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_smallest_study_gives_a_row_per_answer():
    records = validated(study(), table("id,s01,s02\na,7,\nb,3,9\n"))
    assert tally(records) == [(2, 2, 0, 0)]
    assert answers(records) == {
        ("a", "s01", ""): 7, ("a", "s02", ""): "unknown_empty", ("b", "s01", ""): 3, ("b", "s02", ""): 9,
    }  # fmt: skip
    assert list(records.submissions["state"]) == ["complete", "complete"]
    assert list(records.respondents.itertuples(index=False, name=None)) == [
        ("a", "answered"),
        ("b", "answered"),
    ]
    assert found(records) == []


def test_a_bad_cell_is_invalid_with_a_finding_and_its_record_stays():
    records = validated(study(), table("id,s01,s02\na,99,8\n"))
    finding = records.findings.iloc[0]
    assert answers(records)["a", "s01", ""] == "invalid"
    assert tuple(finding[["level", "rule", "source_row", "column_name", "item_id", "raw_value"]]) == (
        "cell", "off_scale", 2, "s01", "s01", "99",
    )  # fmt: skip
    assert finding["reason"] == "the value is not on the scale imp9"


def test_p06_keys_are_text_from_end_to_end():
    keys = ["00042", "42", "1E5", "NA", "12.10", "1234567890123456789", "Zoe\u0308"]
    records = validated(study(), table("id,s01,s02\n" + "".join(f" {key} ,1,2\n" for key in keys)))
    assert sorted(records.respondents["respondent_id"]) == sorted([*keys[:-1], "Zo\u00eb"])


def test_keys_become_pseudonyms_unless_they_already_are():
    of = study(sources=[source(key_is_pseudonym=False)])
    assert list(validated(of, table("id,s01,s02\na,1,2\n")).answers["respondent_id"]) == ["P-a", "P-a"]


def test_p08_damaged_records_are_put_aside_and_shift_nothing():
    asides = [Aside(3, "ragged", "4 cells where the header has 3", False),
              Aside(4, "blank", "the row is blank", True),
              Aside(5, "repeated_header", "the header stands here once more", True)]  # fmt: skip
    records = validated(study(), table("id,s01,s02\na,1,2\nb,3,4\n", asides=asides))
    assert tally(records) == [(5, 2, 1, 2)]
    assert found(records) == [("ragged", 3), ("repeated_header", 5)]
    assert list(records.submissions["source_row"]) == [2, 6]


def test_a_file_without_records_is_accepted_with_a_finding():
    records = validated(study(), table("id,s01,s02\n"))
    assert tally(records) == [(0, 0, 0, 0)]
    assert found(records) == [("no_records", None)]
    assert len(records.answers) == 0


def test_an_unknown_column_is_a_finding_unless_it_is_to_be_ignored():
    text = "id,s01,s02,name,extra,\na,1,2,x,y,z\n"
    records = validated(study(sources=[source(ignore=("name",))]), table(text))
    assert found(records) == [("unknown_column", None), ("unknown_column", None)]
    assert sorted(records.findings["reason"]) == [
        "column 6 has no name", "nothing in the study file says what this column is",
    ]  # fmt: skip


def test_answers_to_what_the_wave_does_not_ask_are_named_and_not_loaded():
    of = study(items=[item("s01"), item("s02")], waves=[wave(item_ids=["s01"])])
    records = validated(of, table("id,s01,s02\na,1,2\nb,1,\n"))
    assert len(records.answers) == 2
    assert list(records.findings["reason"]) == [
        "the wave does not ask s02, so that 1 cells of this column are not loaded"
    ]


def test_a_record_without_a_key_is_quarantined():
    records = validated(study(), table("id,s01,s02\n ,1,2\nb,3,4\n"))
    assert tally(records) == [(2, 1, 1, 0)]
    assert found(records) == [("missing_key", 2)]


DATED = wave(
    item_ids=["s01", "s02"],
    opens_at=datetime(2026, 1, 1, tzinfo=UTC),
    closes_at=datetime(2026, 1, 31, 23, 59, 59, 999999, tzinfo=UTC),
    grace_until=datetime(2026, 2, 3, 23, 59, 59, 999999, tzinfo=UTC),
)


def test_early_and_late_records_are_quarantined_under_their_own_rule():
    of = study(sources=[source(submitted_at="t")], waves=[DATED])
    text = (
        "id,t,s01,s02\na,2025-12-31T23:59:59,1,1\nb,2026-01-01T00:00:00,1,1\nc,2026-02-03T12:00:00,1,1\n"
        "d,2026-02-04T00:00:00,1,1\ne,soon,1,1\nf,,1,1\n"
    )
    records = validated(of, table(text))
    assert found(records) == [("before_open", 2), ("after_close", 5), ("bad_time", 6)]
    assert tally(records) == [(6, 3, 3, 0)]
    assert dict(zip(records.submissions["respondent_id"], records.submissions["state"], strict=True)) == {
        "b": "complete", "c": "complete", "f": "partial",
    }  # fmt: skip


def test_a_bad_time_that_nothing_needs_is_a_finding_only():
    records = validated(study(sources=[source(submitted_at="t")]), table("id,t,s01,s02\na,soon,1,1\n"))
    assert tally(records) == [(1, 1, 0, 0)]
    assert found(records) == [("bad_time", 2)]
    assert records.submissions["submitted_at"].isna().all()


def test_rows_give_records_to_a_source_and_the_others_are_ignored():
    filters = (
        RowFilter(column="kind", equals=("main", "extra")),
        RowFilter(column="n", after="2", before="10"),
    )
    of = study(sources=[source(rows=filters)])
    text = "id,kind,n,s01,s02\na,main,2,1,1\nb,test,3,1,1\nc,extra,9.5,1,1\nd,main,10,1,1\ne,main,,1,1\n"
    records = validated(of, table(text))
    assert tally(records) == [(5, 2, 0, 3)]
    assert list(records.submissions["respondent_id"]) == ["a", "c"]


def test_rows_may_be_bounded_by_times():
    of = study(sources=[source(rows=(RowFilter(column="t", after="2026-01-02", before="2026-01-03"),))])
    text = "id,t,s01,s02\na,2026-01-01T23:59:59,1,1\nb,2026-01-02,1,1\nc,2026-01-03,1,1\n"
    records = validated(of, table(text))
    assert list(records.submissions["respondent_id"]) == ["b"]


TWO = [wave("r1", 1, ["s01", "s02"]), wave("r2", 2, ["s01", "s02"])]


def test_p12_a_column_tells_the_wave_and_unlisted_texts_are_quarantined_once():
    by_column = WaveFrom(column="round", codes={"one": "r1", "two": "r2"})
    of = study(sources=[source(waves=("r1", "r2"), wave_from=by_column)], waves=TWO)
    one = table("id,round,s01,s02\na,one,1,1\na,two,2,2\nb,three,1,1\n")
    first, second = validated(of, one, wave_id="r1"), validated(of, one, wave_id="r2")
    assert (tally(first), tally(second)) == ([(3, 1, 1, 1)], [(3, 1, 0, 2)])
    assert (found(first), found(second)) == ([("wrong_wave", 4)], [])
    assert answers(second)["a", "s01", ""] == 2


def test_the_submission_time_tells_the_wave_open_then_or_in_its_grace():
    def day(n, hour=0):
        return datetime(2026, 1, n, hour, tzinfo=UTC)

    waves = [
        wave("r1", 1, ["s01", "s02"], opens_at=day(2), closes_at=day(5), grace_until=day(8)),
        wave("r2", 2, ["s01", "s02"], opens_at=day(7), closes_at=day(9)),
    ]
    of = study(
        sources=[source(waves=("r1", "r2"), submitted_at="t", wave_from=WaveFrom(by_submitted_at=True))],
        waves=waves,
    )
    days = [1, 3, 6, 7, 10]
    text = "id,t,s01,s02\n" + "".join(f"p{n},2026-01-{n:02}T12:00:00,1,1\n" for n in days) + "q,,1,1\n"
    first, second = validated(of, table(text), wave_id="r1"), validated(of, table(text), wave_id="r2")
    assert list(first.submissions["respondent_id"]) == ["p3", "p6"]
    assert list(second.submissions["respondent_id"]) == ["p7"]
    assert found(first) == [("before_open", 2), ("after_close", 6), ("bad_time", 7)]
    assert (tally(first), tally(second)) == ([(6, 2, 3, 1)], [(6, 1, 0, 5)])


def test_p09_a_later_complete_return_supersedes_a_partial_one():
    states = StateColumn(column="done", complete=("yes",), partial=("no",))
    of = study(sources=[source(submitted_at="t", state=states)])
    text = (
        "id,t,done,s01,s02\na,2026-01-02,yes,1,1\na,2026-01-03,no,2,2\na,2026-01-01,yes,3,3\n"
        "b,2026-01-01,maybe,1,1\n"
    )
    records = validated(of, table(text))
    assert tally(records) == [(4, 4, 0, 0)]
    assert answers(records)["a", "s01", ""] == 1
    assert found(records) == [("superseded", 3), ("superseded", 4), ("unknown_state", 5)]
    assert list(records.submissions["is_current"]) == [True, False, False, True]


def test_p09_contradicting_returns_without_times_are_quarantined_and_equal_ones_ignored():
    records = validated(study(), table("id,s01,s02\na,1,1\na,2,2\nb,5,5\nb,5,5\n"))
    assert tally(records) == [(4, 1, 2, 1)]
    assert found(records) == [("duplicate_contradiction", 2), ("duplicate_contradiction", 3)]
    assert {who for who, _, _ in answers(records)} == {"b"}


def test_p09_a_corrected_delivery_is_a_new_version_and_the_old_one_stays():
    records = validated(study(), table("id,s01,s02\na,1,1\nb,2,2\n"), table("id,s01,s02\na,9,1\nb,2,2\n"))
    assert sorted(tally(records)) == [(2, 1, 0, 1), (2, 2, 0, 0)]
    assert answers(records)["a", "s01", ""] == 9
    assert len(records.submissions) == 3
    assert records.submissions["is_current"].sum() == 2


@pytest.mark.parametrize(
    "later", ["id,s01,s02\nb,2,2\n", "id,s01,s02\n", "id,s01,s02\na,,\nb,2,2\n", "id,s01,s02\na,1,\nb,2,2\n"],
    ids=["shorter", "empty", "blanked", "emptier"],
)  # fmt: skip
def test_p10_a_poorer_delivery_removes_nobody_and_nothing(later):
    first = table("id,s01,s02\na,1,1\nb,2,2\n")
    before, after = validated(study(), first), validated(study(), first, table(later))
    pd.testing.assert_frame_equal(before.answers, after.answers)
    assert found(after, "duplicate_contradiction") == []


PANEL = {
    "panel": Panel(
        register=Register(
            file="register.csv", dialect={"platform": "csv"}, key="key", status="status", same_as="same_as",
            joined_at="joined", left_at="left", groups={"role": GroupColumn(column="role")},
        )
    ),
    "validation": Validation(unknown_respondents="quarantine"),
    "groups": {"role": {"city": "City", "firm": "Firm"}},
    "time_zone": "UTC",
}  # fmt: skip

REGISTER = table(
    "key,status,same_as,joined,left,role\n"
    "a,accepted,,,,city\nb,accepted,,,,firm\nb2,accepted,b,,,firm\nw,withdrawn,,,,city\nd,declined,,,,city\n"
    "x,replaced,,,2026-01-15,firm\ny,accepted,,2026-01-20,,\ni,identified,,,,\n",
    "register.csv",
)


def test_p12_unknown_and_withdrawn_respondents_are_quarantined_and_two_keys_are_one_person():
    of = study(sources=[source(submitted_at="t", key_is_pseudonym=False)], **PANEL)
    text = (
        "id,t,s01,s02\na,2026-01-01,1,1\nb,2026-01-01,2,2\nb2,2026-01-02,3,3\nw,2026-01-01,4,99\n"
        "z,2026-01-01,5,5\n"
    )
    records = validated(of, table(text), register=REGISTER)
    assert found(records) == [("superseded", 3), ("withdrawn", 5), ("unknown_respondent", 6)]
    assert records.findings["raw_value"].isna().all()
    assert answers(records)["P-b", "s01", ""] == 3
    assert tally(records) == [(5, 3, 2, 0)]
    statuses = dict(records.respondents.itertuples(index=False, name=None))
    assert statuses == {
        "P-a": "accepted", "P-b": "accepted", "P-d": "declined", "P-i": "identified", "P-w": "withdrawn",
        "P-x": "replaced", "P-y": "accepted",
    }  # fmt: skip
    assert "P-w" not in set(records.memberships["respondent_id"])


def test_a_wave_invites_who_had_accepted_and_not_left_when_it_opened():
    waves = [
        wave("r1", 1, ["s01", "s02"], opens_at=datetime(2026, 1, 10, tzinfo=UTC)),
        wave("r2", 2, ["s01", "s02"], opens_at=datetime(2026, 2, 10, tzinfo=UTC)),
    ]
    panel = PANEL["panel"].model_copy(update={"must_complete_previous_round": True})
    of = study(
        sources=[source(waves=("r1",)), source("second", ("r2",))], waves=waves, **(PANEL | {"panel": panel})
    )
    one = table("id,s01,s02\n")
    first = validated(of, one, wave_id="r1", register=REGISTER)
    assert list(first.invitations["respondent_id"]) == ["P-a", "P-b", "P-x"]
    gone = Earlier(
        submissions=pd.DataFrame({"wave_id": ["r1"], "respondent_id": ["P-b"], "state": ["complete"]})
    )
    second = validated(of, (of.sources[1], one), wave_id="r2", register=REGISTER, earlier=gone)
    assert list(second.invitations["respondent_id"]) == ["P-b", "P-y"]


def test_who_did_not_return_the_round_before_may_not_rejoin():
    of = study(
        sources=[source(waves=("r2",))],
        waves=[wave("r0", 0, ["s01"], round_kind="pilot"), *TWO],
        panel=Panel(must_complete_previous_round=True),
    )
    text = table("id,s01,s02\na,1,1\nb,1,1\n")
    returned = Earlier(
        submissions=pd.DataFrame({"wave_id": ["r1"], "respondent_id": ["a"], "state": ["partial"]})
    )
    records = validated(of, text, wave_id="r2", earlier=returned)
    assert found(records) == [("rejoin", 3)]
    assert found(validated(of, text, wave_id="r2")) == []


def test_groups_are_the_registers_or_those_first_given():
    groups = {"role": {"city": "City", "firm": "Firm"}}
    of = study(groups=groups)
    known = Earlier(
        memberships=pd.DataFrame({"respondent_id": ["b"], "group_by": ["role"], "group_value": ["city"]})
    )
    text = "id,role,s01,s02\na,city,1,1\nb,Firm,1,1\nc,,1,1\nd,island,1,1\n"
    records = validated(of, table(text), earlier=known)
    assert found(records) == [("group_changed", 3), ("unknown_group", 5)]
    assert list(records.memberships.itertuples(index=False, name=None)) == [("a", "role", "city", "r1")]


def test_two_groups_within_one_wave_are_quarantined():
    of = study(sources=[source(pieces="topic")], groups={"role": {"city": "City", "firm": "Firm"}})
    text = "id,topic,role,s01,s02\na,one,city,1,\na,two,firm,,1\nb,one,city,1,1\n"
    records = validated(of, table(text))
    assert found(records) == [("two_groups", 2), ("two_groups", 3)]
    assert tally(records) == [(3, 1, 2, 0)]


def test_pieces_of_one_respondent_are_one_submission():
    of = study(sources=[source(pieces="topic", submitted_at="t")])
    text = (
        "id,topic,t,s01,s02\na,two,2026-01-02,,4\na,one,2026-01-01,3,\na,two,2026-01-03,,5\n"
        "b,one,2026-01-01,1,1\n"
    )
    records = validated(of, table(text))
    assert answers(records)["a", "s01", ""] == 3
    assert answers(records)["a", "s02", ""] == 5
    rows = records.submissions[["respondent_id", "source_row", "piece", "is_current"]]
    assert list(rows.itertuples(index=False, name=None)) == [
        ("a", 2, "two", False), ("a", 3, "", True), ("b", 5, "", True),
    ]  # fmt: skip
    assert tally(records) == [(4, 4, 0, 0)]


def test_pieces_that_contradict_each_other_on_an_answer_leave_none():
    of = study(sources=[source(pieces="topic")])
    records = validated(of, table("id,topic,s01,s02\na,one,3,\na,two,4,5\n"))
    assert answers(records) == {("a", "s01", ""): "invalid", ("a", "s02", ""): 5}
    assert found(records) == [("duplicate_contradiction", 2), ("duplicate_contradiction", 3)]


LONG = LongLayout(
    item=LongColumn(column="item"), value=LongColumn(column="value"), dimension=None,
    part=LongColumn(column="part", codes={"lower": "low", "upper": "high", "-": ""}),
    comment=LongColumn(column="note"),
)  # fmt: skip


def test_a_long_file_has_a_row_per_answer_and_none_for_what_was_not_shown():
    of = study(
        items=[item("s01"), item("c", "chance")], sources=[source(layout="long", long=LONG, submitted_at="t")]
    )
    text = (
        "id,item,part,value,note,t\na,s01,-,7, why ,2026-01-01\n"
        "a,c,lower,10,,2026-01-02\na,c,best,20,,2026-01-03\n"
        "a,c,upper,,,2026-01-04\nb,s01,-,x,,2026-01-01\nb,s99,-,1,,2026-01-01\nb,c,middle,1,,2026-01-01\n"
    )
    records = validated(of, table(text))
    assert answers(records) == {
        ("a", "s01", ""): 7, ("a", "c", "low"): 10, ("a", "c", "best"): 20,
        ("a", "c", "high"): "unknown_empty",
        ("b", "s01", ""): "invalid",
    }  # fmt: skip
    assert found(records) == [("not_a_number", 6), ("unknown_item", 7), ("unknown_part", 8)]
    assert tally(records) == [(7, 5, 2, 0)]
    assert list(records.answers["comment"].dropna()) == ["why"]
    first = records.submissions.iloc[0]
    assert (first["source_row"], str(first["submitted_at"])) == (2, "2026-01-04 00:00:00+00:00")


def test_p09_in_a_long_file_the_latest_row_of_an_answer_counts():
    of = study(sources=[source(layout="long", submitted_at="t")])
    text = "id,item,value,t\na,s01,7,2026-01-02\na,s01,8,2026-01-01\nb,s01,1,2026-01-01\nb,s01,2,2026-01-01\n"
    records = validated(of, table(text))
    assert answers(records) == {("a", "s01", ""): 7}
    assert found(records) == [
        ("superseded", 3),
        ("duplicate_contradiction", 4),
        ("duplicate_contradiction", 5),
    ]
    assert tally(records) == [(4, 2, 2, 0)]


def test_an_item_of_several_dimensions_needs_one_in_a_long_file():
    two = item("s01").model_copy(update={"dims": {"importance": "imp9", "feasibility": "imp9"}})
    of = study(items=[two], sources=[source(layout="long")])
    records = validated(of, table("id,item,dimension,value\na,s01,importance,1\na,s01,,2\na,s01,beauty,3\n"))
    assert found(records) == [("unknown_dimension", 3), ("unknown_dimension", 4)]


def test_a_comment_stands_with_its_answer_or_on_its_own():
    two = item("s02").model_copy(update={"dims": {"importance": "imp9", "feasibility": "imp9"}})
    of = study(items=[item("s01"), two])
    text = (
        "id,s01,s01_comment,s02_importance,s02_feasibility,s02_comment\na,7,because,1,2,both\nb,,why,3,4,\n"
    )
    records = validated(of, table(text))
    frame = records.answers[records.answers["comment"].notna()]
    columns = ["respondent_id", "item_id", "dimension", "part", "comment"]
    assert [tuple(row) for row in frame[columns].to_numpy()] == [
        ("a", "s01", "rating", "", "because"), ("b", "s01", "rating", "", "why"),
        ("a", "s02", "importance", "comment", "both"),
    ]  # fmt: skip
    alone = frame[frame["part"] == "comment"]
    assert alone[["value", "text", "missing"]].isna().all(axis=None)
    assert len(records.answers) == 7


def test_comments_from_another_source_are_rows_of_their_own():
    layout = LongLayout(item=LongColumn(column="item"), value=None, comment=LongColumn(column="note"))
    second = source("notes", layout="long", long=layout, file="notes.csv")
    of = study(sources=[source(), second])
    notes = table("id,item,note\na,s01,because\na,s02,\n", "notes.csv")
    records = validated(of, table("id,s01,s02\na,1,2\n"), (second, notes))
    assert len(records.answers) == 3
    assert len(records.submissions) == 2
    assert sorted(tally(records)) == [(1, 1, 0, 0), (2, 2, 0, 0)]


@pytest.mark.parametrize(
    ("scale", "cells", "expected", "rule"),
    [
        ("pick2", "1,1,0", (1, 1, 0), None),
        ("pick2", "1,1,1", ("invalid",) * 3, "wrong_choice_count"),
        ("pick2", "1,0,0", ("invalid",) * 3, "wrong_choice_count"),
        ("pick2", ",,", ("unknown_empty",) * 3, None),
        ("top", "3,1,2", (3, 1, 2), None),
        ("top", "1,1,2", ("invalid",) * 3, "bad_ranking"),
        ("top", "1,2,", ("invalid",) * 3, "bad_ranking"),
        ("toppart", "1,2,", (1, 2, "unknown_empty"), None),
        ("toppart", "2,3,", ("invalid",) * 3, "bad_ranking"),
        ("topties", "1,1,3", (1, 1, 3), None),
        ("top", ",,", ("unknown_empty",) * 3, None),
        ("chance", "10,20,30", (10, 20, 30), None),
        ("chance", "20,10,30", ("invalid",) * 3, "bad_interval"),
        ("chance", "10,,30", (10, "unknown_empty", 30), None),
        ("chance", "40,,30", ("invalid",) * 3, "bad_interval"),
    ],
)  # fmt: skip
def test_parts_are_judged_together(scale, cells, expected, rule):
    of = study(items=[item("q", scale)])
    parts = of.scales[scale].parts
    records = validated(of, table("id," + ",".join(f"q_{part}" for part in parts) + f"\na,{cells}\n"))
    assert tuple(answers(records)["a", "q", part] for part in parts) == expected
    assert found(records) == ([(rule, 2)] if rule else [])


def test_careless_returns_are_named_and_stay():
    ids = [f"s{n:02}" for n in range(1, 7)]
    quality = Quality(min_seconds_per_item=2, straightline_share="9/10")
    of = study(
        items=[item(name) for name in ids],
        sources=[source(started_at="b", submitted_at="e")],
        validation=Validation(quality=quality),
    )
    text = (
        f"id,b,e,{','.join(ids)}\na,2026-01-01T10:00:00,2026-01-01T10:01:00,9,9,9,9,9,9\n"
        "b,2026-01-01T10:00:00,2026-01-01T10:00:11,1,2,3,4,5,6\n"
        "c,2026-01-01T10:00:00,2026-01-01T10:00:12,9,9,9,9,9,1\n"
        "d,,2026-01-01T10:00:12,9,9,9,9,,\n"
    )
    records = validated(of, table(text))
    assert found(records) == [("straightlining", 2), ("speeding", 3)]
    assert tally(records) == [(4, 4, 0, 0)]


def test_columns_are_mapped_by_name_and_by_pattern():
    rules = (
        ColumnRule(pattern="Opinion on “housing”", is_regex=False, target=ColumnTarget(item="s01")),
        ColumnRule(
            pattern=r"G0?(?P<n>\d+) \[(?P<d>.+)\]",
            is_regex=True,
            target=ColumnTarget(item="{n}", dimension="{d}"),
        ),
        ColumnRule(pattern=r"why (?P<n>.+)", is_regex=True, target=ColumnTarget(item="{n}", is_comment=True)),
    )
    of = study(
        items=[item("s01"), item("g1").model_copy(update={"dims": {"imp": "imp9"}})],
        sources=[source(columns=rules, names={"1": "g1", "Importance": "imp", "a": "s01"})],
    )
    text = "id,<b>Opinion on &quot;housing&quot;</b>,G01 [Importance],why a,why z\nx,1,2,so,no\n".replace(
        "<b>Opinion on &quot;housing&quot;</b>", "<b>Opinion on &ldquo;housing&rdquo;</b>"
    )
    records = validated(of, table(text))
    assert answers(records) == {("x", "s01", ""): 1, ("x", "g1", ""): 2}
    assert list(records.answers["comment"].dropna()) == ["so"]
    assert list(records.findings["column_name"]) == ["why z"]


def test_two_sources_may_share_the_items_of_a_wave():
    first, second = source("first"), source("second", file="more.csv")
    of = study(sources=[first, second])
    records = validated(
        of, (first, table("id,s01\na,1\nb,2\n")), (second, table("id,s02\na,3\n", "more.csv"))
    )
    assert answers(records) == {("a", "s01", ""): 1, ("b", "s01", ""): 2, ("a", "s02", ""): 3}
    assert list(records.submissions["is_current"]) == [True, True, True]


def test_a_version_that_the_study_file_no_longer_describes_is_left_out_for_a_later_one():
    first, second = table("person,s01,s02\na,1,1\n"), table("id,s01,s02\na,2,2\nb,3,3\n")
    records = validated(study(), first, second)
    assert sorted(tally(records)) == [(1, 0, 0, 1), (2, 2, 0, 0)]
    assert found(records) == [("missing_key_column", None)]
    assert answers(records)["a", "s01", ""] == 2


def test_a_last_version_that_the_study_file_no_longer_describes_stops_the_stage():
    with pytest.raises(AnswersError) as error:
        validated(study(), table("person,s01\na,1\n"))
    assert [problem.code for problem in error.value.problems] == ["missing_key_column", "missing_item_column"]


def test_a_wave_without_items_or_without_files_gives_empty_frames():
    of = study(waves=[wave(item_ids=[])])
    records = validated(of, table("id,note\na,1\n"))
    assert (tally(records), len(records.answers), len(records.submissions)) == ([(1, 1, 0, 0)], 0, 1)
    nothing = validated(of)
    assert [len(getattr(nothing, name)) for name in ("sources", "submissions", "answers", "findings")] == [
        0
    ] * 4


def test_p11_the_order_of_deliveries_changes_no_answer_where_times_tell_the_later():
    of = study(sources=[source(submitted_at="t", file="*.csv")])
    files = [
        table("id,t,s01,s02\na,2026-01-01,1,1\nb,2026-01-01,1,1\n", "one.csv"),
        table("id,t,s01,s02\na,2026-01-03,3,3\n", "two.csv"),
        table("id,t,s01,s02\na,2026-01-02,2,2\nb,2026-01-01,1,1\nc,2026-01-01,5,\n", "three.csv"),
        table("id,t,s01,s02\nc,2026-01-02,,\n", "four.csv"),
    ]
    columns = ["respondent_id", "item_id", "value", "missing"]
    results = [validated(of, *order).answers[columns] for order in itertools.permutations(files)]
    for result in results[1:]:
        pd.testing.assert_frame_equal(results[0], result)
    assert list(results[0]["value"].fillna(0)) == [3, 1, 5, 3, 1, 0]


def test_the_frames_have_the_columns_and_types_of_the_warehouse():
    records = validated(study(), table("id,s01,s02\na,7,\n"))
    schema = (ROOT / "src/delphi/warehouse/sql/schema.sql").read_text(encoding="utf-8")
    for name in (
        "sources",
        "submissions",
        "answers",
        "findings",
        "memberships",
        "respondents",
        "invitations",
    ):
        body = re.search(rf"create table {name} \((.*?)\);", schema, flags=re.DOTALL)[1]
        assert list(getattr(records, name).columns) == [column.split()[0] for column in body.split(",")]
    assert str(records.submissions["submitted_at"].dtype) == "datetime64[us, UTC]"
    assert str(records.answers["source_row"].dtype) == "int64"


def test_a_column_to_be_ignored_is_neither_an_answer_nor_a_comment_nor_a_group():
    of = study(sources=[source(ignore=("s01_comment", "role"))], groups={"role": {"city": "City"}})
    records = validated(of, table("id,s01,s02,s01_comment,role\na,1,2,hush,city\n"))
    assert found(records) == []
    assert records.answers["comment"].isna().all()
    assert len(records.memberships) == 0
