"""Three-point estimates of 25 experts on 25 claims in two rounds, in three sources of two long files."""

import pytest
from real_studies import in_folder, no_problems


@pytest.fixture(scope="module")
def replicats(shared_data, tmp_path_factory):
    return in_folder("replicats_idea_two_rounds", shared_data, tmp_path_factory)


def test_every_record_goes_to_its_source(replicats):
    assert replicats.tally("ratings") == (6880, 6880, 0, 0)
    assert replicats.tally("comments") == (5630, 4380, 0, 1250)
    assert replicats.tally("thoughts") == (5630, 1250, 0, 4380)
    assert no_problems(replicats)


def test_everybody_returned_both_rounds_in_the_same_group(replicats):
    first, second = (set(replicats.waves[wave].submissions["respondent_id"]) for wave in ("r1", "r2"))
    assert len(first & second) == len(first | second) == 25
    assert len(replicats.waves["r1"].memberships) == 25
    assert len(replicats.waves["r2"].memberships) == 0


def test_best_estimates_are_paired_and_lie_between_their_bounds(replicats):
    answers = replicats.all_of("answers")
    estimates = answers[(answers["dimension"] == "replication") & answers["value"].notna()]
    best = estimates[estimates["part"] == "best"].pivot(
        index=["respondent_id", "item_id"], columns="wave_id", values="value"
    )
    assert len(best.dropna()) == 625
    assert (best["r1"] != best["r2"]).sum() == 375
    points = estimates.pivot(index=["wave_id", "respondent_id", "item_id"], columns="part", values="value")
    assert ((points["low"] <= points["best"]) & (points["best"] <= points["high"])).all()


def test_comments_and_thoughts(replicats):
    answers = replicats.all_of("answers")
    assert answers["comment"].notna().sum() == 1443
    assert set(answers.loc[answers["comment"].notna(), "part"]) == {"comment"}
    thoughts = answers[(answers["dimension"] == "thoughts") & (answers["part"] == "")]
    assert thoughts["text"].notna().sum() == 448
    assert (thoughts["missing"] == "skipped").sum() == 1250 - 448
