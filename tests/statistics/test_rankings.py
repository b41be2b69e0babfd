"""What a ranking is, and what becomes of one that is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from delphi.statistics.rankings import as_rankings, in_the_top, tie_sizes

NAN = np.nan


@pytest.mark.parametrize(
    ("ranks", "without_ties", "with_ties"),
    [
        ([1, 2, 3], True, True),
        ([3, 1, 2], True, True),
        ([1, 2, NAN], True, True),
        ([NAN, NAN, 1], True, True),
        ([1, 1, 3], False, True),
        ([1, 1, 2], False, True),
        ([1, 2.5, 2.5], False, True),
        ([2, 2, 2], False, True),
        ([1, 3, NAN], False, True),
        ([2, 3, NAN], False, True),
        ([0, 1, 2], False, False),
        ([1, 2, 4], False, False),
        ([-1, 1, 2], False, False),
        ([1, 2, np.inf], False, False),
        ([1, 2, -np.inf], False, False),
    ],
)
def test_a_ranking_has_each_rank_from_one_on_once_or_ties_that_are_declared(ranks, without_ties, with_ties):
    for ties, is_ranking in (("invalid", without_ties), ("shared", with_ties)):
        found = as_rankings([ranks], ties)
        assert (found.n, found.n_invalid) == ((1, 0) if is_ranking else (0, 1))
        assert found.is_valid.tolist() == [is_ranking]


def test_who_ranked_nothing_gave_no_ranking_rather_than_a_wrong_one():
    found = as_rankings([[NAN, NAN], [1, 2]])
    assert (found.n, found.n_invalid) == (1, 0)


@pytest.mark.parametrize("given", [[1, 2, 2, 4], [1, 2, 2, 3], [1, 2.5, 2.5, 4], [1, 3, 3, 4]])
def test_however_ties_are_numbered_they_share_the_mean_of_their_places(given):
    assert as_rankings([given], "shared").ranks.tolist() == [[1, 2.5, 2.5, 4]]


def test_mid_ranks_are_those_of_scipy_among_the_ranked_objects():
    rng = np.random.default_rng(1)
    given = rng.integers(1, 7, (50, 6)).astype(float)
    np.testing.assert_array_equal(as_rankings(given, "shared").ranks, rankdata(given, axis=1))
    given[:, 2] = NAN
    np.testing.assert_array_equal(
        np.delete(as_rankings(given, "shared").ranks, 2, axis=1),
        rankdata(np.delete(given, 2, axis=1), axis=1),
    )


def test_ranks_are_averaged_over_complete_rankings_or_over_one_subset_that_all_ranked():
    some, other, whole = [1, 2, NAN], [2, NAN, 1], [3, 1, 2]
    for rows, used in ([[some, whole, other], [whole]], [[some, some], [some, some]], [[some, other], []]):
        np.testing.assert_array_equal(as_rankings(rows).of_the_same_objects(), np.reshape(used, (-1, 3)))


def test_places_given_away_within_the_top_add_up_whatever_the_ties():
    rng = np.random.default_rng(2)
    ranks = as_rankings(rng.integers(1, 6, (40, 5)), "shared").ranks
    for k in range(1, 6):
        np.testing.assert_allclose(in_the_top(ranks, k).sum(axis=1), k)
    assert (tie_sizes(ranks) >= 1).all()


@pytest.mark.parametrize(
    ("ranks", "options", "message"),
    [
        ([1, 2], {}, r"^ranks: needs respondents and objects"),
        (np.zeros((2, 0)), {}, r"^ranks: needs respondents and objects"),
        ([[1, 2]], {"ties": "mid"}, r"^ties: is invalid or shared, got 'mid'"),
        ([[1, 2]], {"invalid": "drop"}, r"^invalid: is left_out or refused, got 'drop'"),
        ([[1, 1], [1, 2]], {"invalid": "refused"}, r"^ranks: 1 of 2 rankings are none"),
    ],
)
def test_wrong_arguments_are_named(ranks, options, message):
    with pytest.raises(ValueError, match=message):
        as_rankings(ranks, **options)
