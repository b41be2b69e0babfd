"""Votes as rows and as a table, and ratings as votes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from delphi.opinions.votes import Votes, as_votes, votes_of_ratings

TABLES = arrays(np.float64, st.tuples(st.integers(0, 6), st.integers(0, 5)), elements=st.sampled_from([1.0, 0.0, -1.0, np.nan]))  # fmt: skip


@settings(deadline=None, max_examples=80)
@given(TABLES)
def test_a_table_comes_back_as_it_was(table: np.ndarray) -> None:
    votes = Votes.from_matrix(table)
    np.testing.assert_array_equal(votes.matrix(), table)
    np.testing.assert_array_equal(votes.answered, np.isfinite(table).sum(axis=1))
    np.testing.assert_array_equal(votes.seen, np.isfinite(table).sum(axis=0))


@settings(deadline=None, max_examples=80)
@given(TABLES, st.randoms(use_true_random=False))
def test_rows_in_any_order_of_persons_give_the_same_votes(table: np.ndarray, random: object) -> None:
    person, statement = np.nonzero(np.isfinite(table))
    order = list(range(len(person)))
    random.shuffle(order)  # type: ignore[attr-defined]
    found = Votes.from_rows(
        person[order], statement[order], table[person, statement][order], table.shape[0], table.shape[1]
    )
    np.testing.assert_array_equal(found.matrix(), table)


def test_of_two_votes_of_a_person_on_a_statement_the_last_counts() -> None:
    """Trap 8."""
    found = Votes.from_rows([1, 0, 1, 1], [2, 0, 2, 0], [1, 1, -1, 0], n_persons=3, n_statements=3)
    np.testing.assert_array_equal(found.matrix(), [[1, np.nan, np.nan], [0, np.nan, -1], [np.nan] * 3])


def test_the_sign_of_the_database_of_polis_can_be_said() -> None:
    """Trap 4: there -1 is agreement."""
    found = Votes.from_rows([0, 0, 0], [0, 1, 2], [-1, 0, 1], 1, 3, agree=-1)
    assert found.matrix().tolist() == [[1, 0, -1]]


@settings(deadline=None, max_examples=60)
@given(TABLES)
def test_the_centred_table_is_the_imputed_one(table: np.ndarray) -> None:
    seen = np.isfinite(table)
    means = [np.mean(column[ok]) if ok.any() else 0.0 for column, ok in zip(table.T, seen.T, strict=True)]
    imputed = np.where(seen, table, np.array(means).reshape(1, -1)) if table.size else np.zeros(table.shape)
    expected = imputed - imputed.mean(axis=0) if len(imputed) else imputed
    np.testing.assert_allclose(as_votes(table).centred().toarray(), expected, atol=1e-12)


def test_counts_per_group_leave_out_who_is_in_none() -> None:
    table = [[1, 0, np.nan], [-1, 1, 1], [1, 1, 1]]
    found = as_votes(table).per_group([0, 1, -1], 2)
    assert found.tolist() == [[[0, 0, 1], [1, 0, 0]], [[0, 1, 0], [0, 0, 1]], [[0, 0, 0], [0, 0, 1]]]


def test_persons_can_be_drawn_several_times() -> None:
    table = np.array([[1, 0, np.nan], [-1, 1, 1], [np.nan, np.nan, np.nan]])
    np.testing.assert_array_equal(as_votes(table).of([1, 2, 1, 0]).matrix(), table[[1, 2, 1, 0]])


def test_ratings_become_votes_by_the_bands() -> None:
    """The middle and "no opinion" passed; what was not shown is unseen; a value off both bands is the middle."""
    ratings = [[9, 7, 5], [1, 4, np.nan], [np.nan, 3, 6]]
    passed = [[False] * 3, [False] * 3, [True, False, False]]
    found = votes_of_ratings(ratings, agreeing=[7, 8, 9], disagreeing=[1, 2, 3], passed=passed)
    np.testing.assert_array_equal(found, [[1, 1, 0], [-1, 0, np.nan], [0, -1, 0]])


def test_a_reversed_scale_reverses_the_votes() -> None:
    ratings = np.array([[1.0, 2, 3, 4, 5, np.nan]])
    there = votes_of_ratings(ratings, [4, 5], [1, 2])
    back = votes_of_ratings(6 - ratings, [1, 2], [4, 5])
    np.testing.assert_array_equal(there, back)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Votes.from_matrix([1, 0]), r"votes: need persons and statements as dimensions, got shape \(2,\)"),
        (lambda: Votes.from_matrix([[2, 0.5]]), "votes: are 1, -1, 0 or unseen; 2 are something else"),
        (lambda: Votes.from_rows([0], [0], [3], 1, 1), "votes: are 1, -1, 0 or unseen; 1 are something else"),
        (lambda: Votes.from_rows([1], [0], [1], 1, 1), "person: numbers run from 0 to 0"),
        (lambda: Votes.from_rows([0], [-1], [1], 1, 1), "statement: numbers run from 0 to 0"),
        (lambda: Votes.from_rows([0.5], [0], [1], 1, 1), "person: needs whole numbers in one dimension"),
        (lambda: Votes.from_rows([0, 0], [0], [1], 1, 1), "vote: person, statement and vote need one entry per row, got 2, 1, 1"),
        (lambda: Votes.from_rows([0], [0], [1], 1, 1, agree=2), "agree: is 1 or -1, got 2"),
        (lambda: as_votes([[1.0]]).per_group([0, 1], 2), "group: needs one number per person"),
        (lambda: as_votes([[1.0]]).per_group([2], 2), "group: numbers are below 2, got 2"),
        (lambda: votes_of_ratings([[1]], [1, 2], [2, 3]), "disagreeing: shares a value with agreeing"),
        (lambda: votes_of_ratings([[1]], [1], [3], passed=[True]), "passed: needs the shape of ratings"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        call()  # type: ignore[operator]
