"""An opinion conversation as a log of votes, of which the last one of a person on a comment counts."""

import csv

import pytest
from real_studies import in_folder, no_problems


@pytest.fixture(scope="module")
def polis(shared_data, tmp_path_factory):
    return in_folder("polis_brexit_consensus", shared_data, tmp_path_factory)


def test_every_vote_is_accepted_and_nine_are_superseded(polis):
    assert polis.tally() == (5312, 5312, 0, 0)
    assert no_problems(polis)
    assert len(polis.all_of("findings")) == 9
    submissions = polis.all_of("submissions")
    assert (submissions["is_current"].sum(), (~submissions["is_current"]).sum()) == (204, 9)


def test_current_votes_equal_the_platforms_own_matrix_in_every_cell(polis):
    answers = polis.all_of("answers")
    ours = dict(
        zip(zip(answers["respondent_id"], answers["item_id"], strict=True), answers["value"], strict=True)
    )
    with (polis.folder / "participants-votes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    theirs = {
        (row["participant"], item_id): float(row[item_id])
        for row in rows
        for item_id in map(str, range(50))
        if row[item_id]
    }
    assert len(ours) == 5303
    assert ours == theirs
