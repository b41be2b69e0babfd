"""Cronbach's alpha from NumPy's covariances, with the gaps that tables of answers have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from delphi import statistics as ds

N = np.nan


def some_answers(seed: int, gaps: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    answers = (rng.normal(size=(30, 1)) + rng.normal(size=(30, 4))).round() + 3
    answers[rng.random(answers.shape) < gaps] = N
    return answers


def from_covariances(covariance: np.ndarray) -> float:
    k = len(covariance)
    return k / (k - 1) * (1 - np.trace(covariance) / covariance.sum())


@pytest.mark.parametrize("seed", range(5))
def test_listwise_is_numpys_covariance_and_pairwise_that_of_pandas(seed: int) -> None:
    answers = some_answers(seed, 0.1)
    complete = answers[~np.isnan(answers).any(axis=1)]
    listwise, pairwise = ds.cronbach_alpha(answers), ds.cronbach_alpha(answers, "pairwise")
    assert listwise.value == pytest.approx(from_covariances(np.cov(complete.T)), abs=1e-10)
    assert pairwise.value == pytest.approx(
        from_covariances(pd.DataFrame(answers).cov().to_numpy()), abs=1e-10
    )
    assert (listwise.n, pairwise.n, listwise.n_items) == (len(complete), 30, 4)


def test_listwise_and_pairwise_differ_and_the_options_say_which() -> None:
    """Trap 30."""
    answers = some_answers(3, 0.2)
    listwise, pairwise = (
        ds.computed("cronbach_alpha", answers),
        ds.computed("cronbach_alpha", answers, missing="pairwise"),
    )
    assert abs(float(listwise.value - pairwise.value)) > 0.005
    assert (listwise.options["missing"], pairwise.options["missing"]) == ("listwise", "pairwise")
    assert listwise.n < pairwise.n


def test_without_gaps_both_are_the_same() -> None:
    answers = some_answers(1)
    assert ds.cronbach_alpha(answers).value == pytest.approx(
        float(ds.cronbach_alpha(answers, "pairwise").value), abs=1e-12
    )


def test_an_item_coded_the_wrong_way_round_shows_as_a_negative_value() -> None:
    answers = np.array([[1, 5], [2, 4], [3, 4], [4, 1], [5, 2]])
    assert ds.cronbach_alpha(answers).value < -1
    answers[:, 1] = 6 - answers[:, 1]
    assert ds.cronbach_alpha(answers).value > 0.8


def test_copies_of_one_item_give_one() -> None:
    assert ds.cronbach_alpha(np.tile([[1], [2], [5]], (1, 3))).value == pytest.approx(1.0)


def test_order_and_start_of_the_scale_do_not_matter() -> None:
    answers, rng = some_answers(2, 0.1), np.random.default_rng(2)
    for missing in ("listwise", "pairwise"):
        changed = 10 - answers[rng.permutation(30)][:, rng.permutation(4)]
        assert ds.cronbach_alpha(changed, missing).value == pytest.approx(
            float(ds.cronbach_alpha(answers, missing).value), abs=1e-10
        )


CASES = [
    ([[N, N], [N, N]], "listwise", "no_valid_answers", "nobody answered"),
    ([[1, 2, 3]], "listwise", "too_few_raters", "one respondent"),
    ([[1, N], [2, N]], "listwise", "too_few_items", "one item with answers"),
    ([[1, 2], [2, N], [N, 3]], "listwise", "too_few", "one complete respondent"),
    ([[1, 2], [2, N], [N, 3]], "pairwise", "no_pairs", "the two items share one respondent"),
    ([[3, 3], [3, 3]], "listwise", "no_variation", "all equal"),
    ([[3, 3], [3, 3]], "pairwise", "no_variation", "all equal"),
    ([[1, 2], [2, 1]], "listwise", "no_variation", "the sums are equal"),
    ([[1, 2], [2, 1]], "pairwise", "singular", "the covariances sum to nothing"),
    (
        [[N, 5, 5], [4, 4, 4], [5, 5, 5]],
        "pairwise",
        "singular",
        "covariances larger than the variances allow",
    ),
]


@pytest.mark.parametrize(("answers", "missing", "reason", "why"), CASES)
def test_what_is_not_defined_is_null_with_its_reason(
    answers: list[list[float]], missing: str, reason: str, why: str
) -> None:
    found = ds.computed("cronbach_alpha", answers, missing=missing)
    assert np.isnan(found.value), why
    assert found.reason == reason, why


def test_items_that_nobody_answered_are_none() -> None:
    answers = some_answers(4)
    empty = np.concatenate([answers, np.full((30, 1), N)], axis=1)
    assert ds.cronbach_alpha(empty) == ds.cronbach_alpha(answers)


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match=r"^missing: is listwise or pairwise, got 'mean'"):
        ds.cronbach_alpha([[1, 2], [2, 1]], "mean")
    with pytest.raises(ValueError, match=r"^answers:"):
        ds.cronbach_alpha([1, 2])
