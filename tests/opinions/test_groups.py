"""k-means with the number of groups by silhouettes, and the tree: planted camps, degenerate cases, numbering."""

from __future__ import annotations

import numpy as np
import pytest
from opinion_cases import planted

from delphi import statistics as ds
from delphi.opinions import groups, hierarchy
from delphi.opinions.groups import grouped, kmeans_silhouette, numbered
from delphi.opinions.hierarchy import hierarchical_clustering, vote_distances
from delphi.opinions.stability import adjusted_rand
from delphi.opinions.votes import as_votes

WAYS = {
    "kmeans_silhouette": kmeans_silhouette,
    "average": lambda votes, **options: hierarchical_clustering(votes, "average", **options),
    "ward": lambda votes, **options: hierarchical_clustering(votes, "ward", **options),
}


@pytest.mark.parametrize("way", WAYS)
def test_planted_camps_come_out_the_largest_first(way: str) -> None:
    votes, camp = planted()
    found = WAYS[way](votes)
    assert found.k == 3
    np.testing.assert_array_equal(found.group, camp)
    assert found.silhouette == np.nanmax(found.silhouettes) > 0.5
    assert found.tried == (2, 3, 4, 5)
    assert found.is_structured


@pytest.mark.parametrize("way", WAYS)
def test_the_order_of_persons_does_not_matter(way: str) -> None:
    votes, _ = planted(noise=0.5)
    order = np.random.default_rng(2).permutation(len(votes))
    there, back = WAYS[way](votes), WAYS[way](votes[order])
    np.testing.assert_array_equal(there.group[order], back.group)
    np.testing.assert_allclose(there.silhouettes, back.silhouettes, atol=1e-9)


@pytest.mark.parametrize("way", WAYS)
def test_reversed_votes_give_the_same_groups(way: str) -> None:
    votes, _ = planted()
    np.testing.assert_array_equal(WAYS[way](votes).group, WAYS[way](-votes).group)


def test_the_same_seed_gives_the_same_groups_and_the_input_stays() -> None:
    votes, _ = planted(noise=0.8)
    before = votes.copy()
    first, second = kmeans_silhouette(votes, seed=5), kmeans_silhouette(as_votes(votes), seed=5)
    np.testing.assert_array_equal(first.group, second.group)
    np.testing.assert_array_equal(votes, before)


ALIKE = np.ones((20, 8))
CASES = [
    (np.full((20, 8), np.nan), "no_valid_answers", "nobody voted"),
    (planted(sizes=(8, 6))[0], "too_few", "fourteen persons"),
    (planted(sizes=(20, 20), statements=6, unseen=0.0)[0], "too_few", "nobody can have seven votes"),
    (ALIKE, "no_variation", "all alike"),
    (np.vstack([ALIKE, [[-1.0] + [np.nan] * 7]]), "one_cluster", "all who voted enough lie in one place"),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("votes", "reason", "why"), CASES)
def test_where_nobody_is_grouped(way: str, votes: np.ndarray, reason: str, why: str) -> None:
    name, options = (way, {}) if way in ds.catalogue() else ("hierarchical_clustering", {"method": way})
    found = ds.computed(name, votes, **options)
    assert (np.isnan(found.value), found.reason[()]) == (True, reason), why
    assert found.more is not None
    assert (found.more["k"], set(found.more["group"].tolist())) == (0, {-1})


def test_who_votes_little_is_not_grouped() -> None:
    votes, _ = planted()
    votes[4] = np.nan
    votes[4, :6] = 1
    assert kmeans_silhouette(votes).group[4] == -1
    assert kmeans_silhouette(votes, least_votes=6).group[4] >= 0


def test_passing_counts_as_a_vote() -> None:
    votes, _ = planted()
    votes[4] = np.nan
    votes[4, :7] = 0
    assert kmeans_silhouette(votes).group[4] >= 0


def test_no_more_groups_than_different_places() -> None:
    """Two kinds of persons: three groups and more are not defined, and nothing warns."""
    found = kmeans_silhouette([[1] * 8] * 9 + [[-1] * 8] * 7)
    assert (found.k, found.silhouette) == (2, 1.0)
    assert np.isnan(found.silhouettes[1:]).all()


def test_many_persons_are_started_and_judged_on_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    votes, camp = planted(sizes=(200, 150, 100))
    monkeypatch.setattr(groups, "STARTS_ON_ALL_UP_TO", 100)
    monkeypatch.setattr(groups, "SAMPLE", 60)
    found = grouped(groups.opinion_pca(votes).coordinates, np.ones(450, dtype=bool), sample=60)
    assert (found.k, found.n_grouped, found.n_sampled) == (3, 450, 60)
    np.testing.assert_array_equal(found.group, camp)


def test_groups_of_one_size_are_numbered_from_the_left() -> None:
    points = np.array([[5.0, 0], [5, 1], [-5, 0], [-5, 1], [0, 0], [0, 1], [0, 2]])
    assert numbered(np.array([0, 0, 1, 1, 2, 2, 2]), points).tolist() == [2, 2, 1, 1, 0, 0, 0]


def test_distances_by_what_both_saw() -> None:
    apart, lacking = vote_distances([[1, np.nan, 1], [np.nan, 1, np.nan], [-1, 1, 0]])
    assert lacking == 1
    # The pair without a common statement has the mean of the others: 3/4 and 0.
    np.testing.assert_allclose(apart, [[0, 0.375, 0.75], [0.375, 0, 0], [0.75, 0, 0]])


def test_the_tree_is_that_of_scipy_and_has_one_step_less_than_persons() -> None:
    votes, _ = planted()
    found = hierarchical_clustering(votes)
    assert found.tree.shape == (len(votes) - 1, 4)
    assert found.tree[-1, 3] == len(votes) == len(found.persons)
    assert adjusted_rand(found.group, kmeans_silhouette(votes).group) == 1


def test_a_tree_of_too_many_persons_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hierarchy, "MOST_PERSONS", 40)
    with pytest.raises(
        ValueError, match=r"^votes: a tree compares every pair of persons and is for at most 40, got 43"
    ):
        hierarchical_clustering(planted()[0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: kmeans_silhouette([[2.0]]), "votes: are 1, -1, 0 or unseen; 1 are something else"),
        (lambda: kmeans_silhouette(planted()[0], numbers=[1, 2]), "numbers: are numbers of groups from 2 on"),
        (lambda: kmeans_silhouette(planted()[0], numbers=[]), "numbers: are numbers of groups from 2 on"),
        (lambda: kmeans_silhouette(planted()[0], starts=9), "starts: at least 10"),
        (lambda: hierarchical_clustering(planted()[0], "single"), "method: is average or ward, got 'single'"),
    ],
)
def test_wrong_arguments_are_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        call()  # type: ignore[operator]
