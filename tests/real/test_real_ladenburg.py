"""One vote of 19 experts with comments, as a REDCap export."""

import pytest
from real_studies import in_folder, is_valid, no_problems


@pytest.fixture(scope="module")
def ladenburg(shared_data, tmp_path_factory):
    return in_folder("ladenburg_statements", shared_data, tmp_path_factory)


def test_every_record_is_accepted(ladenburg):
    assert ladenburg.tally() == (19, 19, 0, 0)
    assert no_problems(ladenburg)


def test_votes_open_texts_empty_votes_and_comments(ladenburg):
    answers = ladenburg.all_of("answers")
    assert is_valid(answers).sum() == 530
    assert (answers["value"].notna().sum(), answers["text"].notna().sum()) == (527, 3)
    votes = answers[answers["item_id"] != "open_ended"]
    assert (votes["missing"] == "unknown_empty").sum() == 5
    assert answers["comment"].notna().sum() == 73
    assert len(answers) == 19 * 29


def test_all_but_two_statements_reach_three_quarters(ladenburg):
    answers = ladenburg.all_of("answers")
    votes = answers[answers["value"].notna()].groupby("item_id")["value"].agg(["sum", "count"])
    below = votes[votes["sum"] * 4 < votes["count"] * 3]
    assert below.to_dict("index") == {"s04": {"sum": 13, "count": 19}, "s22": {"sum": 14, "count": 19}}
