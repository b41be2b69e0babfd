"""Agreement of groupings, and stability over resamples and seeds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opinion_cases import planted
from sklearn.metrics import adjusted_rand_score, jaccard_score

from delphi.opinions import stability
from delphi.opinions.groups import kmeans_silhouette
from delphi.opinions.pca import opinion_pca
from delphi.opinions.stability import adjusted_rand, group_stability, jaccard_of_groups
from delphi.opinions.votes import as_votes

GROUPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40)


@settings(deadline=None, max_examples=100)
@given(GROUPS)
def test_adjusted_rand_index_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    first, second = map(np.array, zip(*pairs, strict=True))
    assert adjusted_rand(first, second) == pytest.approx(adjusted_rand_score(first, second), abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(GROUPS)
def test_jaccard_is_the_best_of_all_groups(pairs: list[tuple[int, int]]) -> None:
    first, second = map(np.array, zip(*pairs, strict=True))
    found = jaccard_of_groups(first, second, 4)
    for group in range(4):
        if (first == group).any():
            best = max(jaccard_score(first == group, second == other) for other in np.unique(second))
            assert found[group] == pytest.approx(best)
        else:
            assert np.isnan(found[group])


@pytest.mark.parametrize(
    ("first", "second", "expected"), [([0], [0], np.nan), ([0, 0], [1, 1], 1.0), ([0, 1], [1, 0], 1.0)]
)
def test_groupings_at_the_edge(first: list[int], second: list[int], expected: float) -> None:
    assert adjusted_rand(first, second) == pytest.approx(expected, nan_ok=True)


def test_groupings_of_different_persons_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^second: needs one group per person like first"):
        adjusted_rand([0, 1], [0, 1, 1])


def stability_of(votes: np.ndarray, **options: int) -> stability.GroupStability:
    given = as_votes(votes)
    return group_stability(given, opinion_pca(given).coordinates, kmeans_silhouette(given), **options)


def test_planted_camps_come_out_again_and_votes_at_random_do_not() -> None:
    """The silhouette of votes at random is .3 to .4 all the same: only the resamples tell."""
    clear = stability_of(planted()[0])
    assert clear.n_resamples == 20
    assert clear.rand.mean() > 0.95
    assert (clear.jaccard > 0.9).all()
    assert clear.same_k > 0.8
    random = np.random.default_rng(1).integers(-1, 2, (200, 40)).astype(float)
    assert kmeans_silhouette(random).silhouette > 0.3
    noise = stability_of(random)
    assert noise.rand.mean() < 0.3
    assert (noise.jaccard < 0.6).all()


def test_the_same_seed_gives_the_same_stability_and_another_seed_another() -> None:
    votes, _ = planted(noise=0.9)
    first, second, third = (stability_of(votes, seed=seed, resamples=5) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.rand, second.rand)
    assert not np.array_equal(first.rand, third.rand)


def test_larger_panels_are_resampled_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stability, "MOST_PERSONS", 30)
    votes, _ = planted(sizes=(40, 35, 20))
    found = stability_of(votes, resamples=5)
    assert found.n_persons == 30
    assert found.rand.mean() > 0.8
    assert len(found.rand_of_seeds) == 5


def test_without_groups_there_is_no_stability() -> None:
    found = stability_of(np.ones((20, 8)))
    assert (found.n_resamples, len(found.rand), len(found.jaccard)) == (0, 0, 0)


def test_it_can_be_left_out() -> None:
    found = stability_of(planted()[0], resamples=0, seeds=0)
    assert (found.n_resamples, len(found.rand_of_seeds)) == (0, 0)
    assert np.isnan(found.jaccard).all()
