"""Preferences in pairs: what counts as a comparison, and whether somebody beats all others."""

from __future__ import annotations

import numpy as np
import pytest

from delphi import statistics as ds
from delphi.statistics.paired_comparisons import condorcet_winner

NAN = np.nan


def test_each_pair_is_won_lost_or_tied_by_everybody():
    rng = np.random.default_rng(1)
    found = ds.pairwise_matrix(rng.integers(1, 5, (20, 4)), ties="shared")
    np.testing.assert_array_equal(found.wins + found.wins.T + found.ties, 20 * (1 - np.eye(4)))
    np.testing.assert_array_equal(found.ties, found.ties.T)


def test_pairs_with_an_unranked_object_are_no_comparison_unless_it_is_below():
    given = [[1, NAN, NAN], [2, 1, NAN]]
    assert ds.pairwise_matrix(given).wins.tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert ds.pairwise_matrix(given, "below").wins.tolist() == [[0, 1, 2], [1, 0, 1], [0, 0, 0]]
    assert ds.pairwise_matrix(given, "below").ties.sum() == 0


@pytest.mark.parametrize(
    ("ranks", "winner"),
    [
        ([[1, 2, 3]] * 2 + [[3, 2, 1]], 0),
        ([[1, 2, 3], [3, 1, 2], [2, 3, 1]], None),  # the paradox of Condorcet
        ([[1, 2, 3], [2, 1, 3]], None),  # two share the first place
        ([[1, 2, NAN]], None),  # the third was compared with nobody
        ([[1]], None),
    ],
)
def test_a_winner_beats_each_other_object_by_majority(ranks, winner):
    assert ds.pairwise_matrix(ranks).condorcet_winner == winner


def test_without_a_ranking_there_are_no_preferences():
    found = ds.computed("pairwise_matrix", [[NAN, NAN], [1, 1]])
    assert np.isnan(found.value).all()
    assert set(found.reason.ravel().tolist()) == {"no_valid_answers"}
    assert found.more["condorcet_winner"].item() is None


def test_winners_of_many_cases_at_once():
    wins = np.array([[[0, 2], [1, 0]], [[0, 1], [1, 0]], [[0, 0], [3, 0]]])
    np.testing.assert_array_equal(condorcet_winner(wins), [0, NAN, 1])


@pytest.mark.parametrize(
    ("wins", "message"),
    [
        ([[0, 1, 2], [1, 0, 2]], "^wins: needs two equal last dimensions"),
        ([0, 1], "^wins: needs two equal last dimensions"),
        ([[0, -1], [1, 0]], "^wins: are whole numbers from 0 on, or halves"),
        ([[0, 0.3], [1, 0]], "^wins: are whole numbers from 0 on, or halves"),
        ([[0, NAN], [1, 0]], "^wins: are whole numbers from 0 on, or halves"),
        ([[1, 0], [1, 0]], "^wins: no object is compared with itself"),
    ],
)
@pytest.mark.parametrize("function", [condorcet_winner, ds.kemeny, ds.bradley_terry])
def test_wins_that_make_no_sense_are_refused(function, wins, message):
    with pytest.raises(ValueError, match=message):
        function(wins)


def test_an_unknown_rule_for_the_unranked_is_refused():
    with pytest.raises(ValueError, match=r"^unranked: is missing or below, got 'last'"):
        ds.pairwise_matrix([[1, 2]], "last")
