"""Everything about groups of opinion in one result."""

from __future__ import annotations

import numpy as np
import pytest
from opinion_cases import planted

from delphi import statistics as ds
from delphi.opinions.opinion_groups import OpinionGroups, opinion_groups
from delphi.opinions.votes import Votes


@pytest.fixture(scope="module")
def found() -> OpinionGroups:
    votes, _ = planted()
    more = np.vstack([votes, np.full((3, 30), np.nan)])
    more[-2, :3] = 1
    return opinion_groups(more)


def test_who_is_in_which_group(found: OpinionGroups) -> None:
    assert (found.reason, found.flags, found.is_structured) == (None, (), True)
    assert (found.n_persons, found.n_voters, found.n_grouped) == (46, 44, 43)
    np.testing.assert_array_equal(found.group[:43], planted()[1])
    assert found.group[43:].tolist() == [-1, -1, -1]
    assert found.sizes.tolist() == [20, 14, 9]
    assert not found.is_small.any()
    assert np.flatnonzero(np.isnan(found.map.coordinates).any(axis=1)).tolist() == [43, 45]


def test_counts_are_those_of_the_persons(found: OpinionGroups) -> None:
    votes, camp = planted()
    for group in range(3):
        own = votes[camp == group]
        expected = np.stack([(own == one).sum(axis=0) for one in (-1, 0, 1)], axis=-1)
        np.testing.assert_array_equal(found.counts[:, group], expected)
    assert found.everybody.sum() == found.n_votes == np.isfinite(votes).sum() + 3
    assert found.everybody[:3, 2].sum() == found.counts[:3, :, 2].sum() + 3


def test_parts_are_what_their_functions_give(found: OpinionGroups) -> None:
    assert found.agree is not None
    assert found.disagree is not None
    np.testing.assert_array_equal(found.agree.ratio, ds.polis_comment_stats(found.counts).ratio)
    np.testing.assert_array_equal(found.disagree.z, ds.polis_comment_stats(found.counts, "disagree").z)
    np.testing.assert_array_equal(found.group_aware_agree, ds.group_aware_consensus(found.counts))
    overall = ds.consensus_statements(found.everybody[:, None]).position
    assert {(one.statement, one.position) for one in found.consensus} == {
        (place, one) for place, one in enumerate(overall) if one != "neither" and found.everybody[place].sum() >= 5
    }  # fmt: skip
    for group, ones in enumerate(found.representative):
        assert [one.score for one in ones] == sorted((one.score for one in ones), reverse=True)
        for one in ones:
            stats = found.agree if one.position == "agree" else found.disagree
            assert stats.is_representative[one.statement, group]


def test_votes_in_rows_give_what_the_table_gives() -> None:
    votes, _ = planted()
    person, statement = np.nonzero(np.isfinite(votes))
    rows = Votes.from_rows(person, statement, votes[person, statement], *votes.shape)
    one, other = opinion_groups(rows, resamples=3), opinion_groups(votes, resamples=3)
    np.testing.assert_array_equal(one.group, other.group)
    assert one.representative == other.representative
    np.testing.assert_array_equal(one.stability.rand, other.stability.rand)


def test_reversed_votes_keep_the_groups_and_reverse_the_positions() -> None:
    """Trap 4."""
    votes, _ = planted()
    one, other = opinion_groups(votes, resamples=0), opinion_groups(-votes, resamples=0)
    np.testing.assert_array_equal(one.group, other.group)
    turned = {"agree": "disagree", "disagree": "agree"}
    for ours, theirs in zip(one.representative, other.representative, strict=True):
        assert [(a.statement, turned[a.position]) for a in ours] == [
            (b.statement, b.position) for b in theirs
        ]
    np.testing.assert_array_equal(one.group_aware_agree, other.group_aware_disagree)


def test_a_small_group_is_marked() -> None:
    """Trap 43: three persons would know who dissents."""
    found = opinion_groups(planted(sizes=(20, 14, 3), noise=0.0)[0], resamples=0, minimum_cell=5)
    assert found.sizes.tolist() == [20, 14, 3]
    assert (found.flags, found.is_small.tolist()) == (("n_below_minimum",), [False, False, True])
    assert found.representative[2] == ()


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        (np.full((20, 8), np.nan), "no_valid_answers"),
        (np.zeros((0, 5)), "no_valid_answers"),
        (planted(sizes=(8, 6))[0], "too_few"),
        (np.ones((20, 8)), "no_variation"),
        (np.vstack([np.ones((20, 8)), [[-1.0] + [np.nan] * 7]]), "one_cluster"),
    ],
)
def test_without_groups_there_is_a_reason_and_what_all_agree_on(votes: np.ndarray, reason: str) -> None:
    found = opinion_groups(votes)
    assert (found.reason, found.grouping.k, found.n_grouped) == (reason, 0, 0)
    assert found.representative == ()
    assert found.common_ground == ()
    assert found.agree is None
    assert np.isnan(found.group_aware_agree).all()
    assert found.counts.shape == (votes.shape[1], 0, 3)
    if reason in ("no_variation", "one_cluster"):
        assert len(found.consensus) == 8


def test_all_options_in_effect_are_told() -> None:
    found = opinion_groups(planted()[0], seed=4, numbers=[2, 3], resamples=2, seeds=1)
    assert found.options == {
        "seed": 4, "numbers": [2, 3], "starts": 10, "resamples": 2, "seeds": 1, "least_votes": 7, "least_persons": 15,
        "minimum_cell": 5,
    }  # fmt: skip
    assert found.grouping.tried == (2, 3)


def test_a_minimum_cell_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^minimum_cell: at least 1, got 0"):
        opinion_groups(planted()[0], minimum_cell=0)
