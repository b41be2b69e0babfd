"""Answers of raters as histograms and as tables of pairs, counted one answer at a time."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from delphi import statistics as ds
from delphi.statistics.raters import rater_transitions, scale_of, units_of_answers

N = np.nan


def some_answers(seed: int, raters: int = 5, units: int = 7) -> np.ndarray:
    rng = np.random.default_rng(seed)
    answers = rng.integers(1, 5, size=(raters, units)).astype(float)
    answers[rng.random(answers.shape) < 0.25] = N
    return answers


@pytest.mark.parametrize("seed", range(4))
def test_histograms_and_tables_count_every_answer_once(seed: int) -> None:
    answers, values = some_answers(seed), [1, 2, 3, 4, 5]
    units, tables = units_of_answers(answers, values), rater_transitions(answers, values)
    for place, unit in enumerate(answers.T):
        assert units[place].tolist() == [int((unit == v).sum()) for v in values]
    for table, (one, other) in zip(tables, combinations(answers, 2), strict=True):
        expected = np.zeros((6, 6), dtype=int)
        for a, b in zip(one, other, strict=True):
            expected[5 if np.isnan(a) else int(a) - 1, 5 if np.isnan(b) else int(b) - 1] += 1
        assert table.tolist() == expected.tolist()


def test_without_values_the_scale_is_what_occurs() -> None:
    assert scale_of([[3, N], [1, 3]]).tolist() == [1, 3]
    assert units_of_answers([[3, N], [1, 3]]).tolist() == [[1, 1], [0, 1]]
    assert units_of_answers([[N, N]]).tolist() == [[0], [0]]
    assert rater_transitions([[1, 2]]).shape == (0, 3, 3)


def test_statistics_of_transitions_serve_two_raters() -> None:
    answers = [[1, 2, 3, 3, N], [1, 3, 3, 2, 2]]
    (table,) = rater_transitions(answers, [1, 2, 3])
    assert ds.share_unchanged(table) == pytest.approx(0.5)
    assert ds.cohen_kappa(table) == pytest.approx(float(ds.cohen_kappa(answers, given="answers")), abs=1e-12)


def test_an_answer_off_the_scale_is_refused_without_naming_it() -> None:
    with pytest.raises(ValueError, match=r"^answers: 2 are none of the values of the scale$"):
        units_of_answers([[1, 77, 78]], [1, 2])
    with pytest.raises(ValueError, match=r"^answers: needs raters"):
        units_of_answers([1, 2])
    with pytest.raises(ValueError, match=r"^answers: are numbers"):
        units_of_answers([[1, np.inf]])
