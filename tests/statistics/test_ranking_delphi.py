"""When a ranking Delphi stops, and the list it begins with."""

from __future__ import annotations

import numpy as np
import pytest

from delphi import statistics as ds
from delphi.statistics.ranking_delphi import narrowed

NAN = np.nan
UP, MIXED, DOWN = [1, 2, 3, 4], [2, 1, 4, 3], [4, 3, 2, 1]
ALIKE = [UP] * 5
HALF_ALIKE = [UP, UP, UP, MIXED, DOWN]
APART = [UP, DOWN, UP, DOWN]
NOBODY = [[NAN] * 4] * 4


@pytest.mark.parametrize(
    ("rounds", "options", "decision"),
    [
        ([ALIKE], {}, "stop_strong_agreement"),
        ([APART], {}, "another_round"),
        ([APART, APART], {}, "stop_levelled_off"),
        ([HALF_ALIKE, APART], {}, "stop_levelled_off"),  # it fell
        ([APART, HALF_ALIKE], {}, "another_round"),
        ([APART, HALF_ALIKE], {"max_rounds": 2}, "stop_last_round"),
        ([APART], {"max_rounds": 1}, "stop_last_round"),
        ([APART, HALF_ALIKE], {"least_gain": 0.9}, "stop_levelled_off"),
        ([APART, HALF_ALIKE], {"strong": 0.1}, "stop_strong_agreement"),
        ([NOBODY, APART], {}, "another_round"),  # no W before, so no trend
    ],
)
def test_it_stops_on_agreement_then_on_a_level_trend_then_on_the_number_of_rounds(rounds, options, decision):
    assert ds.schmidt_ranking_delphi(rounds, **options).decision == decision


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (NOBODY, "no_valid_answers"),
        ([UP, [NAN] * 4], "too_few_raters"),
        ([[1, NAN], [1, NAN]], "too_few_units"),
        ([[1, 2, NAN], [NAN, 1, 2], [1, 2, NAN]], "incomplete_rankings"),
        ([[1, 1, 1], [2, 2, 2]], "all_ties"),
    ],
)
def test_without_a_concordance_there_is_no_decision(last, reason):
    found = ds.computed(
        "schmidt_ranking_delphi", [np.full_like(np.array(last, dtype=float), NAN), last], ties="shared"
    )
    assert found.label.item() is None
    assert found.reason.item() == reason
    assert np.isnan(found.more["w"]).all()


def test_the_threshold_is_met_exactly_where_a_float_might_miss_it():
    """Five rankings of three objects with W = 0.64, asked for as 0.64."""
    given = [[1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 3, 2], [2, 1, 3]]
    found = ds.schmidt_ranking_delphi([given], strong=0.64)
    assert found.w.tolist() == [0.64]
    assert found.decision == "stop_strong_agreement"
    assert ds.schmidt_ranking_delphi([given], strong=0.6401).decision == "another_round"


@pytest.mark.parametrize("ties", ["invalid", "shared"])
def test_w_is_kendalls_w_of_the_complete_rankings(ties):
    rng = np.random.default_rng(1)
    ranks = (
        rng.integers(1, 6, (9, 5)).astype(float)
        if ties == "shared"
        else rng.random((9, 5)).argsort(1).argsort(1) + 1.0
    )
    ranks[3, 2:] = NAN
    ranks[3, :2] = [1, 2]
    found = ds.schmidt_ranking_delphi([ranks], ties=ties)
    w, _, n = ds.kendall_w(ranks)
    assert found.w[0] == pytest.approx(w, abs=1e-12)
    assert found.n == n == 8


def test_the_evidence_lists_every_round_and_objects_that_were_dropped_have_none():
    first = np.array([[1, 2, 3, 4], [2, 1, 4, 3], [1, 2, 4, 3]], dtype=float)
    second = np.array([[1, 2, NAN, NAN], [1, 2, NAN, NAN], [2, 1, NAN, NAN]])
    found = ds.schmidt_ranking_delphi([first, second])
    np.testing.assert_allclose(found.mean_ranks, [[4 / 3, 5 / 3, 11 / 3, 10 / 3], [4 / 3, 5 / 3, NAN, NAN]])
    np.testing.assert_allclose(found.top_half_share, [[1, 1, 0, 0], [2 / 3, 1 / 3, NAN, NAN]])
    assert found.n_rankings.tolist() == [3, 3]
    np.testing.assert_allclose(found.w_gain, [NAN, found.w[1] - found.w[0]])


def test_panels_of_different_size_are_taken_as_a_list():
    found = ds.schmidt_ranking_delphi([APART, APART[:2]])
    assert found.n_rankings.tolist() == [4, 2]


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        ([[1, 0], [1, 1], [0, 1]], [True, True]),
        ([[1, 0], [0, 1]], [False, False]),  # exactly half is not more than half
        ([[1, 0], [NAN, NAN]], [True, False]),
        ([[NAN, NAN]], [False, False]),
    ],
)
def test_the_list_keeps_what_more_than_half_of_those_who_answered_chose(chosen, kept):
    assert narrowed(chosen).tolist() == kept


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.schmidt_ranking_delphi([]), "^rounds: needs at least one round"),
        (lambda: ds.schmidt_ranking_delphi([[[1, 2]], [[1, 2, 3]]]), "^rounds: needs at least one round"),
        (lambda: ds.schmidt_ranking_delphi([ALIKE], strong=70), "^strong: is a number from 0 to 1, got 70"),
        (lambda: ds.schmidt_ranking_delphi([ALIKE], least_gain=-1), "^least_gain: is a number from 0 to 1"),
        (
            lambda: ds.schmidt_ranking_delphi([ALIKE], max_rounds=0),
            "^max_rounds: is a whole number from 1 on",
        ),
        (lambda: narrowed([1, 0]), "^chosen: needs respondents and objects"),
        (lambda: narrowed([[1, 2]]), "^chosen: is 1 or 0 for each object"),
        (lambda: narrowed([[1, NAN]]), "^chosen: is 1 or 0 for each object"),
        (lambda: narrowed([[1, 0]], 2), "^share: is a number from 0 to 1"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
