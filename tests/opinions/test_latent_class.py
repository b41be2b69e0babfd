"""Latent classes: planted ones, missing answers, degenerate cases."""

from __future__ import annotations

import numpy as np
import pytest

from delphi import statistics as ds
from delphi.opinions import latent_class as module
from delphi.opinions.latent_class import latent_class


def two_kinds(
    persons: int = 120, items: int = 6, missing: float = 0.0, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Answers 1 to 3 of persons of two kinds, the second rarer."""
    rng = np.random.default_rng(seed)
    kind = (np.arange(persons) % 3 == 0).astype(int)
    first, second = rng.choice([1, 2, 3], (persons, items), p=[0.8, 0.1, 0.1]), rng.choice([1, 2, 3], (persons, items), p=[0.1, 0.2, 0.7])  # fmt: skip
    answers = np.where(kind[:, None] == 0, first, second).astype(float)
    answers[rng.random(answers.shape) < missing] = np.nan
    return answers, kind


@pytest.mark.parametrize("missing", [0.0, 0.25])
def test_planted_classes_come_out_the_larger_first(missing: float) -> None:
    answers, kind = two_kinds(missing=missing)
    found = latent_class(answers)
    assert found.classes == 2
    assert found.shares == pytest.approx([2 / 3, 1 / 3], abs=0.05)
    assert (found.memberships.argmax(axis=1) == kind).mean() > 0.95
    assert found.probabilities[0, :, 0] == pytest.approx(np.full(6, 0.8), abs=0.15)
    assert found.entropy > 0.8
    assert found.n_best >= 2


def test_estimates_fit_together() -> None:
    answers, _ = two_kinds(missing=0.1)
    found = latent_class(answers)
    assert found.shares.sum() == pytest.approx(1)
    np.testing.assert_allclose(found.probabilities.sum(axis=2), 1)
    np.testing.assert_allclose(found.memberships.sum(axis=1), 1)
    # At the maximum the shares are the mean memberships.
    np.testing.assert_allclose(found.memberships.mean(axis=0), found.shares, atol=1e-4)
    assert found.n_parameters.tolist() == [k - 1 + k * 12 for k in range(1, 6)]
    np.testing.assert_allclose(found.bic, -2 * found.log_likelihood + found.n_parameters * np.log(120))
    assert (np.diff(found.log_likelihood) >= -1e-6).all()


def test_one_class_is_the_histogram_and_its_likelihood_that_of_independent_items() -> None:
    answers, _ = two_kinds(missing=0.2)
    found = latent_class(answers, numbers=[1])
    expected = 0.0
    for item, column in enumerate(answers.T):
        _, counts = np.unique(column[np.isfinite(column)], return_counts=True)
        np.testing.assert_allclose(found.probabilities[0, item], counts / counts.sum())
        expected += float((counts * np.log(counts / counts.sum())).sum())
    assert found.log_likelihood[0] == pytest.approx(expected)
    assert np.isnan(found.entropy)


def test_order_and_names_of_answers_do_not_matter() -> None:
    answers, _ = two_kinds()
    order = np.random.default_rng(3).permutation(len(answers))
    there, back = latent_class(answers), latent_class(10 - answers[order])
    # Of four and five classes of two kinds there are many hills of almost one height; which is found depends on the starts.
    np.testing.assert_allclose(there.bic[:3], back.bic[:3], rtol=1e-6)
    np.testing.assert_allclose(there.shares, back.shares, atol=1e-4)


def test_a_declared_category_that_nobody_chose_is_a_boundary_estimate_and_costs_a_parameter() -> None:
    """Trap 2: categories come from the declaration."""
    answers, _ = two_kinds()
    without, declared = latent_class(answers), latent_class(answers, categories=[1, 2, 3, 4])
    assert declared.n_parameters.tolist() == [k - 1 + k * 18 for k in range(1, 6)]
    assert (declared.probabilities[:, :, 3] < 1e-6).all()
    assert declared.n_boundary >= without.n_boundary + 12
    assert declared.log_likelihood[1] == pytest.approx(without.log_likelihood[1], abs=1e-4)


def test_who_answered_nothing_belongs_nowhere_and_changes_nothing() -> None:
    answers, _ = two_kinds()
    more = np.vstack([answers, np.full((3, 6), np.nan)])
    found = latent_class(more)
    assert found.n == 120
    assert np.isnan(found.memberships[-3:]).all()
    np.testing.assert_allclose(found.bic, latent_class(answers).bic)


@pytest.mark.parametrize(
    ("answers", "reason", "why"),
    [
        (np.full((30, 4), np.nan), "no_valid_answers", "no answer"),
        (two_kinds(14)[0], "too_few", "fourteen persons"),
        (np.ones((30, 4)), "no_variation", "all alike"),
        (
            np.tile([[1.0, 1], [1, 2], [2, 1], [2, 2]], (10, 1)),
            "not_identified",
            "two questions with two answers",
        ),
    ],
)
def test_where_there_are_no_classes(answers: np.ndarray, reason: str, why: str) -> None:
    found = ds.computed("latent_class", answers)
    assert (np.isnan(found.value), found.reason[()]) == (True, reason), why


def test_what_does_not_converge_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STEPS", 2)
    found = ds.computed("latent_class", two_kinds()[0], numbers=[2, 3])
    assert (np.isnan(found.value), found.reason[()]) == (True, "not_converged")


def test_three_classes_of_three_questions_are_not_tried() -> None:
    """Three questions with two answers have eight patterns: two classes need seven parameters, three need eleven."""
    rng = np.random.default_rng(1)
    found = latent_class(rng.integers(1, 3, (60, 3)).astype(float))
    assert np.isfinite(found.bic).tolist() == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: latent_class([1, 2]), "answers: need persons and items as dimensions"),
        (lambda: latent_class([[1.0]], numbers=[0]), "numbers: are numbers of classes from 1 on"),
        (lambda: latent_class([[1.0]], starts=19), "starts: at least 20"),
        (
            lambda: latent_class([[1.0, 5]], categories=[1, 2]),
            "answers: 1 values are not among the categories",
        ),
    ],
)
def test_wrong_arguments_are_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        call()  # type: ignore[operator]
