"""The opinion map: against the decomposition of the full table, its conventions, and where it is not defined."""

from __future__ import annotations

import numpy as np
import pytest
from opinion_cases import planted
from sklearn.decomposition import PCA

from delphi import statistics as ds
from delphi.opinions.pca import opinion_pca
from delphi.opinions.votes import as_votes


def by_the_full_table(votes: np.ndarray) -> np.ndarray:
    """Impute, centre, decompose with scikit-learn, scale and fix the sign."""
    seen = np.isfinite(votes)
    imputed = np.where(seen, votes, np.nanmean(votes, axis=0))
    model = PCA(2, svd_solver="full").fit(imputed)
    turn = np.sign([one[np.abs(one).argmax()] for one in model.components_])
    return model.transform(imputed) * turn * np.sqrt(votes.shape[1] / seen.sum(axis=1))[:, None]


@pytest.mark.parametrize("statements", [12, 40])
def test_the_sparse_map_is_that_of_the_full_table(statements: int) -> None:
    """Below twenty statements by products, above by Lanczos steps; both are the decomposition of the table that is never made."""
    votes, _ = planted(statements=statements)
    np.testing.assert_allclose(opinion_pca(votes).coordinates, by_the_full_table(votes), atol=1e-8)


def test_more_statements_than_persons() -> None:
    votes, _ = planted(sizes=(6, 5), statements=60)
    np.testing.assert_allclose(opinion_pca(votes).coordinates, by_the_full_table(votes), atol=1e-8)


def test_explained_variance_is_that_of_scikit_learn() -> None:
    votes, _ = planted()
    imputed = np.where(np.isfinite(votes), votes, np.nanmean(votes, axis=0))
    np.testing.assert_allclose(opinion_pca(votes).explained, PCA(2).fit(imputed).explained_variance_ratio_)


def test_the_largest_loading_is_positive_and_reversed_votes_only_turn_the_map() -> None:
    votes, _ = planted()
    there, back = opinion_pca(votes), opinion_pca(-votes)
    for found in (there, back):
        assert (found.loadings[np.arange(2), np.abs(found.loadings).argmax(axis=1)] > 0).all()
    np.testing.assert_allclose(there.loadings, back.loadings, atol=1e-9)
    np.testing.assert_allclose(there.coordinates, -back.coordinates, atol=1e-9)


def test_order_of_persons_and_statements_does_not_matter() -> None:
    votes, _ = planted()
    rng = np.random.default_rng(8)
    persons, statements = rng.permutation(len(votes)), rng.permutation(votes.shape[1])
    there, back = opinion_pca(votes), opinion_pca(votes[persons][:, statements])
    np.testing.assert_allclose(there.coordinates[persons], back.coordinates, atol=1e-9)
    np.testing.assert_allclose(there.loadings[:, statements], back.loadings, atol=1e-9)


def test_who_saw_little_is_moved_outward_by_the_root() -> None:
    """Of two persons who voted alike where both voted, who saw a quarter of the statements lies at the root of 4 times as far."""
    votes, _ = planted(unseen=0.0, noise=0.3)
    few = votes.copy()
    few[0, 8:] = np.nan
    found = opinion_pca(few)
    pulled = (few[0, :8] - found.means[:8]) @ found.loadings[:, :8].T
    np.testing.assert_allclose(found.coordinates[0], pulled * np.sqrt(30 / 8))


NOTHING = np.full((4, 3), np.nan)


@pytest.mark.parametrize(
    ("votes", "reason", "why"),
    [
        (NOTHING, "no_valid_answers", "nobody voted"),
        ([[1, -1, 0], *NOTHING[:3]], "too_few", "one voter"),
        ([[1, -1, 0]] * 4, "no_variation", "all alike"),
        ([[1, np.nan, 0], [np.nan, 1, np.nan]], "no_variation", "no statement was seen by two who differ"),
    ],
)
def test_where_there_is_no_map(votes: np.ndarray, reason: str, why: str) -> None:
    found = ds.computed("opinion_pca", votes)
    assert np.isnan(found.value).all()
    voted = np.isfinite(np.asarray(votes, dtype=float)).any(axis=1)
    assert set(found.reason[voted].ravel().tolist()) <= {reason}, why
    assert set(found.reason[~voted].ravel().tolist()) <= {"no_valid_answers"}


def test_who_did_not_vote_has_no_place_and_moves_nobody() -> None:
    votes, _ = planted()
    more = np.vstack([votes, np.full((2, votes.shape[1]), np.nan)])
    found = ds.computed("opinion_pca", more)
    np.testing.assert_allclose(found.value[:-2], opinion_pca(votes).coordinates, atol=1e-9)
    assert found.reason[-2:].ravel().tolist() == ["no_valid_answers"] * 4


def test_votes_that_differ_in_one_direction_have_no_second_coordinate() -> None:
    for statements in (5, 50):
        found = opinion_pca([[1] * statements] * 8 + [[-1] * statements] * 7)
        assert found.coordinates[:, 1].tolist() == [0.0] * 15
        assert found.explained.tolist() == pytest.approx([1, 0])


def test_the_input_stays_as_it_is() -> None:
    votes, _ = planted()
    before = votes.copy()
    votes.flags.writeable = False
    given = as_votes(votes)
    opinion_pca(given)
    np.testing.assert_array_equal(votes, before)
    np.testing.assert_array_equal(given.matrix(), before)
