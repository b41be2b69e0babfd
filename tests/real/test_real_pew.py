"""A weighted telephone survey of one wave: named choices, volunteered refusals, routed questions."""

import csv
from collections import Counter

import pytest
from real_studies import in_folder, no_problems


@pytest.fixture(scope="module")
def pew(shared_data, tmp_path_factory):
    return in_folder("pew_dec13_weighted", shared_data, tmp_path_factory)


def choices(pew, item_id):
    answers = pew.all_of("answers")
    own = answers[answers["item_id"] == item_id]
    return Counter(own["value"].dropna()) + Counter(own["missing"].dropna())


def test_every_record_is_accepted(pew):
    assert pew.tally() == (2001, 2001, 0, 0)
    assert no_problems(pew)


def test_choices_and_reasons_for_none(pew):
    assert choices(pew, "q1") == {1: 839, 2: 1042, "no_opinion": 120}
    assert choices(pew, "q45") == {1: 785, 2: 1118, "no_opinion": 98}
    q2 = choices(pew, "q2")
    assert (q2["not_shown"], q2["no_opinion"]) == (120, 70)


def test_weights_are_numbers_and_those_of_the_file(pew):
    with (pew.folder / "survey.csv").open(encoding="utf-8", newline="") as file:
        weights = {row["psraid"]: float(row["weight"]) for row in csv.DictReader(file)}
    answers = pew.all_of("answers")
    own = answers[answers["item_id"] == "weight"]
    assert dict(zip(own["respondent_id"], own["value"], strict=True)) == weights


def test_groups_are_those_of_the_file(pew):
    members = pew.all_of("memberships")
    with (pew.folder / "survey.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sexes = Counter(row["sex"].lower() for row in rows)
    assert Counter(members.loc[members["group_by"] == "sex", "group_value"]) == sexes
    n_ages = sum(row["recage"] != "DK/Ref" for row in rows)
    assert (members["group_by"] == "age").sum() == n_ages
