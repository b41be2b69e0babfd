"""Symmetry and marginal homogeneity against statsmodels, against each other, and where statsmodels has no answer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moves import SPARSE, close, moves, square
from scipy import stats
from statsmodels.stats.contingency_tables import SquareTable, cochrans_q

from delphi import statistics as ds

TESTS = ("bowker", "stuart_maxwell", "bhapkar")
FULL = arrays(np.int64, (4, 4), elements=st.integers(1, 9))
nan = np.nan
CASES = (
    *((name, moves((1, 0), (0, 2)), (nan, nan, nan), "no_pairs", "nobody answered both") for name in TESTS),
    *((name, 9 * moves((1, 1), (4, 4)), (nan, 0, 1), "no_discordant_pairs", "nobody moved") for name in TESTS),
    *((name, 6 * moves((1, 2), (2, 1)), (0, 1, 1), None, "as many went as came") for name in TESTS),
    ("bowker", moves((1, 2), (2, 3), (3, 1)), (3, 3, stats.chi2(3).sf(3)), None, "round in a circle: the margins stay"),
    ("stuart_maxwell", moves((1, 2), (2, 3), (3, 1)), (0, 2, 1), None, "round in a circle: the margins stay"),
    ("stuart_maxwell", moves((1, 2), (1, 2), (4, 5)), (3, 2, stats.chi2(2).sf(3)), None, "two groups of categories, each McNemar"),
    ("bhapkar", 8 * moves((1, 2)), (nan, nan, nan), "singular", "everybody one step up"),
    ("bhapkar", 4 * moves((1, 2), (2, 3)), (nan, nan, nan), "singular", "everybody one step up, from two places"),
    ("bhapkar", 7 * moves((1, 2)) + moves((3, 3)), (7 / (1 - 7 / 8), 1, stats.chi2(1).sf(56)), None, "all but one a step up"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "transitions", "values", "reason", "why"), CASES)
def test_degenerate_tables(name, transitions, values, reason, why):
    found = ds.computed(name, transitions)
    close([found.value, found.more["df"], found.more["p"]], values)
    assert found.reason.item() == reason, why


@settings(deadline=None, max_examples=60)
@given(FULL)
def test_full_tables_equal_statsmodels(table):
    peer = SquareTable(table, shift_zeros=False)
    for name, expected in (
        ("bowker", peer.symmetry()),
        ("stuart_maxwell", peer.homogeneity()),
        ("bhapkar", peer.homogeneity(method="bhapkar")),
    ):
        found = getattr(ds, name)(square(table))
        close([found.statistic, found.df, found.p], [expected.statistic, expected.df, expected.pvalue])


@settings(deadline=None, max_examples=100)
@given(SPARSE)
def test_sparse_tables_equal_the_pseudo_inverse_and_its_rank(transitions):
    both = transitions[:-1, :-1].astype(float)
    n = both.sum()
    apart = both.sum(axis=1) - both.sum(axis=0)
    covariance = np.diag(both.sum(axis=1) + both.sum(axis=0)) - both - both.T
    rank = np.linalg.matrix_rank(covariance)
    found, w = ds.stuart_maxwell(transitions), ds.bhapkar(transitions)
    if not n or not rank:
        assert np.isnan(found.statistic)
        return
    expected = apart @ np.linalg.pinv(covariance, hermitian=True) @ apart
    np.testing.assert_allclose(found.statistic, expected, atol=1e-9)
    assert found.df == rank
    if not np.isnan(w.statistic):
        # Bhapkar's own covariance, in the place of the relation that is computed.
        own = covariance - np.outer(apart, apart) / n
        direct = apart @ np.linalg.pinv(own, hermitian=True, rcond=1e-10) @ apart
        np.testing.assert_allclose(w.statistic, direct, rtol=1e-6, atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(arrays(np.int64, (2, 2), elements=st.integers(0, 9)))
def test_with_two_categories_all_are_mcnemars_chi_square(table):
    expected = ds.mcnemar(square(table), [True, False], "chi2")
    for name in ("bowker", "stuart_maxwell"):
        found = getattr(ds, name)(square(table))
        close([found.statistic, found.p], [expected.statistic, expected.p])


@pytest.mark.parametrize("name", TESTS)
def test_large_panels_lose_no_digits(name):
    table = square([[900_000, 1_200, 30], [1_000, 800_000, 500], [20, 700, 600_000]])
    peer = SquareTable(table[:-1, :-1], shift_zeros=False)
    expected = {
        "bowker": peer.symmetry(), "stuart_maxwell": peer.homogeneity(), "bhapkar": peer.homogeneity(method="bhapkar"),
    }[name]  # fmt: skip
    np.testing.assert_allclose(getattr(ds, name)(table).statistic, expected.statistic, rtol=1e-8)


def votes(*rows: str) -> np.ndarray:
    """One row per person: 1, 0, or a dot for no answer."""
    return np.array([[np.nan if one == "." else float(one) for one in row] for row in rows])


ROUNDS = (
    (votes("1.", ".0"), (nan, nan, nan), "no_pairs", "nobody answered both rounds"),
    (votes("000", "111", "111"), (nan, 2, 1), "no_discordant_pairs", "nobody changed"),
    (votes("001"), (2, 2, stats.chi2(2).sf(2)), None, "one person"),
    (votes("011", "101", "110"), (0, 2, 1), None, "as many in each round"),
)


@pytest.mark.parametrize(("rounds", "values", "reason", "why"), ROUNDS)
def test_degenerate_rounds(rounds, values, reason, why):
    found = ds.computed("cochran_q", rounds)
    close([found.value, found.more["df"], found.more["p"]], values)
    assert found.reason.item() == reason, why
    assert found.n == (~np.isnan(rounds).any(axis=1)).sum()


@settings(deadline=None, max_examples=60)
@given(arrays(np.float64, (9, 3), elements=st.sampled_from([0.0, 1.0, 1.0, np.nan])))
def test_q_equals_statsmodels_on_those_with_every_round(rounds):
    complete = rounds[~np.isnan(rounds).any(axis=1)]
    found = ds.cochran_q(rounds)
    assert found.n_complete == len(complete)
    changed = len(complete) and (complete != complete[:, :1]).any()
    if not changed:
        assert np.isnan(found.statistic)
        return
    expected = cochrans_q(complete)
    close([found.statistic, found.df, found.p], [expected.statistic, expected.df, expected.pvalue])


def test_q_of_two_rounds_is_mcnemars_chi_square():
    rounds = votes(*["10"] * 3, *["01"] * 8, *["11"] * 5)
    found, expected = ds.cochran_q(rounds), ds.mcnemar(square([[5, 3], [8, 0]]), [True, False], "chi2")
    close([found.statistic, found.p], [expected.statistic, expected.p])


def test_q_takes_the_values_that_mean_agree_and_stacks_of_items():
    rounds = np.array([[5, 2, 4], [1, 4, 4], [3, 3, 5], [4, 4, np.nan], [2, 5, 1]])
    as_votes = np.where(np.isnan(rounds), np.nan, rounds >= 4)
    found, expected = ds.cochran_q(rounds, agree=[4, 5]), ds.cochran_q(as_votes)
    close([found.statistic, found.p, found.n_complete], [expected.statistic, expected.p, 4])
    stacked = ds.cochran_q(np.stack([as_votes, 1 - as_votes, as_votes * 0]))
    close(stacked.statistic, [expected.statistic, expected.statistic, np.nan])


def test_wrong_arguments_are_named():
    for rounds in ([1, 0, 1], [[1], [0]]):
        with pytest.raises(ValueError, match=r"^rounds: needs"):
            ds.cochran_q(rounds)
    with pytest.raises(ValueError, match=r"^rounds: answers are 0 or 1"):
        ds.cochran_q([[1, 2], [1, 1]])
    with pytest.raises(ValueError, match=r"^rounds: answers are finite"):
        ds.cochran_q([[1, np.inf]])
    for name in TESTS:
        with pytest.raises(ValueError, match=r"^transitions:"):
            getattr(ds, name)(np.zeros((5, 4)))
