"""Mean ranks, shares in the first places and Borda points: degenerate cases, conventions and traps."""

from __future__ import annotations

import numpy as np
import pytest

from delphi import statistics as ds

NAN = np.nan
NO_ONE = [[NAN, NAN, NAN]]
FEW = [[1, 2, NAN, NAN], [2, 1, NAN, NAN]]


@pytest.mark.parametrize(
    ("ranks", "mean", "sd", "reasons", "n"),
    [
        (NO_ONE, [NAN] * 3, [NAN] * 3, ["no_valid_answers"] * 3, 0),
        ([[1, 1, 3]], [NAN] * 3, [NAN] * 3, ["no_valid_answers"] * 3, 0),
        ([[2, 1, 3]], [2, 1, 3], [NAN] * 3, [None] * 3, 1),
        ([[2, 1, 3], [2, 1, 3]], [2, 1, 3], [0, 0, 0], [None] * 3, 2),
        ([[1, 2, NAN], [2, 1, NAN]], [1.5, 1.5, NAN], [0.5**0.5] * 2 + [NAN], [None, None, "no_data"], 2),
        ([[1, 2, NAN], [NAN, 2, 1]], [NAN] * 3, [NAN] * 3, ["incomplete_rankings"] * 3, 0),
        ([[1, 2, NAN], [NAN, 2, 1], [1, 2, 3]], [1, 2, 3], [NAN] * 3, [None] * 3, 1),
    ],
)
def test_mean_ranks_are_defined_for_rankings_of_the_same_objects(ranks, mean, sd, reasons, n):
    found = ds.computed("mean_rank", ranks)
    np.testing.assert_allclose(found.value, mean)
    np.testing.assert_allclose(found.more["sd"], sd)
    assert found.reason.tolist() == reasons
    assert found.n.tolist() == [n] * 3


def test_unranked_is_missing_and_not_last():
    """A third object that nobody ranked has no mean rank; as last it would have 3."""
    assert np.isnan(ds.mean_rank([[1, 2, NAN]] * 4).mean[2])


def test_a_ranking_with_an_undeclared_tie_counts_for_nothing():
    given = [[1, 2, 3], [1, 1, 3], [2, 1, 3]]
    found = ds.mean_rank(given)
    assert (found.n, found.n_invalid) == (2, 1)
    assert found.mean.tolist() == [1.5, 1.5, 3]
    assert ds.mean_rank(given, ties="shared").mean.tolist() == [1.5, 1.5, 3]
    assert (
        ds.computed("mean_rank", given, ties="shared").flags.tolist() == ["n_below_minimum ties_present"] * 3
    )
    assert ds.computed("mean_rank", given).flags.tolist() == ["n_below_minimum"] * 3


@pytest.mark.parametrize(
    ("ranks", "options", "share", "n"),
    [
        (FEW, {"k": 1}, [0.5, 0.5, 0, 0], [2, 2, 2, 2]),
        (FEW, {"k": 1, "denominator": "ranked"}, [0.5, 0.5, NAN, NAN], [2, 2, 0, 0]),
        ([[1, 2, 2, 4]], {"k": 2, "ties": "shared"}, [1, 0.5, 0.5, 0], [1, 1, 1, 1]),
        ([[1, 1, 1, 1]], {"k": 1, "ties": "shared"}, [0.25] * 4, [1, 1, 1, 1]),
        (NO_ONE, {"k": 1}, [NAN] * 3, [0, 0, 0]),
    ],
)
def test_shares_in_the_first_places(ranks, options, share, n):
    found = ds.computed("top_k_share", ranks, **options)
    np.testing.assert_allclose(found.value, share)
    assert found.n.tolist() == n


def test_it_is_said_whether_everyone_ranked_the_object():
    found = ds.top_k_share([[1, 2, NAN], [1, 2, 3]], 2)
    assert found.everyone_ranked.tolist() == [True, True, False]
    assert ds.computed("top_k_share", FEW, k=1, denominator="ranked").reason.tolist() == [
        None,
        None,
        "no_data",
        "no_data",
    ]


def test_the_whole_list_is_the_top_of_itself():
    assert ds.top_k_share([[1, 2, 3], [3, 2, 1]], 3).share.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("partial", "of_two", "of_three"), [("average", 0.5, 1), ("optimistic", 1, 2), ("pessimistic", 0, 0)]
)
def test_the_convention_decides_what_unranked_objects_get(partial, of_two, of_three):
    """One ranks two of four objects, 1 point and 0 are left; another ranks one, 2, 1 and 0 are left."""
    found = ds.borda([[2, 1, NAN, NAN], [NAN, 1, NAN, NAN]], partial)
    assert found.points.tolist() == [2 + of_three, 6, of_two + of_three, of_two + of_three]


def test_each_ranking_gives_the_same_number_of_points_away():
    """N (N - 1) / 2, ties or not; with unranked objects only by the average convention."""
    rng = np.random.default_rng(3)
    tied = rng.integers(1, 6, (30, 5)).astype(float)
    assert ds.borda(tied, ties="shared").points.sum() == 30 * 10
    few = np.full((30, 5), NAN)
    few[:, :3] = np.argsort(np.argsort(rng.random((30, 3)))) + 1
    assert ds.borda(few).points.sum() == 30 * 10
    assert ds.borda(few, "optimistic").points.sum() == 30 * 11
    assert ds.borda(few, "pessimistic").points.sum() == 30 * 9


def test_borda_orders_as_the_mean_ranks_do_on_complete_rankings():
    rng = np.random.default_rng(4)
    ranks = np.argsort(np.argsort(rng.random((15, 6)), axis=1), axis=1) + 1
    np.testing.assert_allclose(ds.borda(ranks).mean_points, 6 - ds.mean_rank(ranks).mean)


def test_turning_every_ranking_around_turns_the_results_around():
    rng = np.random.default_rng(5)
    ranks = np.argsort(np.argsort(rng.random((9, 4)), axis=1), axis=1) + 1
    np.testing.assert_allclose(ds.mean_rank(5 - ranks).mean, 5 - ds.mean_rank(ranks).mean)
    np.testing.assert_allclose(ds.mean_rank(5 - ranks).sd, ds.mean_rank(ranks).sd)
    np.testing.assert_allclose(ds.borda(5 - ranks).points, 9 * 3 - ds.borda(ranks).points)
    np.testing.assert_allclose(ds.top_k_share(5 - ranks, 1).share, 1 - ds.top_k_share(ranks, 3).share)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.top_k_share([[1, 2]], 3), r"^k: is a whole number from 1 to 2, got 3"),
        (lambda: ds.top_k_share([[1, 2]], 0), r"^k: is a whole"),
        (lambda: ds.top_k_share([[1, 2]], 1.5), r"^k: is a whole"),
        (lambda: ds.top_k_share([[1, 2]], True), r"^k: is a whole"),
        (lambda: ds.top_k_share([[1, 2]], 1, "all"), r"^denominator: is rankings or ranked, got 'all'"),
        (
            lambda: ds.borda([[1, 2]], "worst"),
            r"^partial: is average or optimistic or pessimistic, got 'worst'",
        ),
        (lambda: ds.computed("top_k_share", [[1, 2]]), r"^top_k_share needs k"),
        (lambda: ds.computed("borda", [[1, 2]], partial="worst"), r"^partial: is average"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
