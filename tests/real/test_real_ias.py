"""Experts score technologies in two rounds: a form per technology, the round hidden in the time stamp."""

import csv

import pytest
from real_studies import in_folder, is_valid, no_problems


@pytest.fixture(scope="module")
def ias(shared_data, tmp_path_factory):
    return in_folder("ias_technologies_subset", shared_data, tmp_path_factory)


def test_every_record_is_accepted_in_one_of_the_two_rounds(ias):
    assert ias.tally() == (144, 144, 0, 0)
    assert list(ias.all_of("sources")["accepted"]) == [124, 20]
    assert no_problems(ias)


def test_respondents_are_linked_over_the_rounds(ias):
    first, second = (set(ias.waves[wave].submissions["respondent_id"]) for wave in ("r1", "r2"))
    assert (len(first), len(second), len(first & second)) == (32, 9, 4)


def test_the_submission_that_filled_two_blocks_is_superseded(ias):
    with (ias.folder / "raw_export_wide.csv").open(encoding="utf-8", newline="") as file:
        (source_row,) = (n for n, row in enumerate(csv.DictReader(file), 2) if row["row"] == "139")
    submissions = ias.all_of("submissions")
    assert list(submissions.loc[~submissions["is_current"], "source_row"]) == [source_row]
    assert list(ias.all_of("findings")["source_row"]) == [source_row]
    assert submissions["is_current"].sum() == 32 + 9


def test_current_answers_and_non_answers(ias):
    expected = {"r1": (1070, 12, 25), "r2": (171, 5, 4)}
    for wave_id, (n_valid, n_no_opinion, n_not_applicable) in expected.items():
        answers = ias.waves[wave_id].answers
        assert is_valid(answers).sum() == n_valid
        assert (answers["missing"] == "no_opinion").sum() == n_no_opinion
        assert (answers["missing"] == "not_applicable").sum() == n_not_applicable
    assert ias.all_of("answers")["comment"].notna().sum() == 27


def test_no_technology_was_scored_by_one_person_in_both_rounds(ias):
    valid = [answers[is_valid(answers)] for answers in (ias.waves[wave].answers for wave in ("r1", "r2"))]
    pairs = [set(zip(one["respondent_id"], one["item_id"], one["dimension"], strict=True)) for one in valid]
    assert pairs[0] & pairs[1] == set()


def test_answers_are_those_counted_from_the_raw_file(ias):
    words = {
        "Strongly disagree": 1,
        "Disagree": 2,
        "Neither agree nor disagree": 3,
        "Agree": 4,
        "Strongly agree": 5,
    }
    with (ias.folder / "raw_export_wide.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["row"] != "139"]
    seen = [
        (row["coder"], words[cell.strip()])
        for row in rows
        for header, cell in row.items()
        if "potential to" in header and cell.strip() in words
    ]
    answers = ias.all_of("answers")
    ours = answers[is_valid(answers)]
    assert sorted(seen) == sorted(zip(ours["respondent_id"], ours["value"], strict=True))
