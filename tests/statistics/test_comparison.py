"""Groups and rounds compared: against SciPy, and where SciPy gives nan, raises or changes its method silently."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import friedmanchisquare, kruskal, mannwhitneyu
from statsmodels.stats.multitest import multipletests

from delphi import statistics as ds

N = np.nan
GROUPS = arrays(np.int64, (3, 5), elements=st.integers(0, 6))
HISTOGRAM = arrays(np.int64, (5,), elements=st.integers(0, 6))


def answers_of(counts: np.ndarray | list[int]) -> np.ndarray:
    return np.repeat(np.arange(1, len(counts) + 1), counts)


@settings(deadline=None, max_examples=60)
@given(GROUPS)
def test_h_and_p_are_those_of_scipy_with_ties(counts: np.ndarray) -> None:
    groups = [answers_of(one) for one in counts if one.sum()]
    found = ds.kruskal_wallis(counts)
    if len(groups) < 2 or len(np.unique(np.concatenate(groups))) < 2:
        assert np.isnan(found.statistic)
        assert np.isnan(found.p)
        return
    expected = kruskal(*groups)
    assert (found.statistic, found.p) == pytest.approx(tuple(expected), abs=1e-9)
    n = counts.sum()
    assert found.df == len(groups) - 1
    assert found.epsilon_squared == pytest.approx(expected.statistic * (n + 1) / (n**2 - 1), abs=1e-9)
    assert 0 <= found.epsilon_squared <= 1
    for changed in (counts[::-1], counts[:, ::-1]):
        assert ds.kruskal_wallis(changed).statistic == pytest.approx(float(found.statistic), abs=1e-9)


def test_groups_wholly_apart_have_an_effect_near_one() -> None:
    assert ds.kruskal_wallis([[9, 0, 0], [0, 9, 0], [0, 0, 9]]).epsilon_squared == pytest.approx(1.0)


@settings(deadline=None, max_examples=60)
@given(HISTOGRAM, HISTOGRAM)
def test_of_two_groups_h_is_the_square_of_the_normal_deviate(first: np.ndarray, second: np.ndarray) -> None:
    pair = ds.kruskal_wallis(np.stack([first, second]))
    np.testing.assert_allclose(pair.p, ds.mann_whitney(first, second, "normal").p, atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(HISTOGRAM, HISTOGRAM)
def test_u_is_that_of_scipy_and_turns_round_with_the_groups(first: np.ndarray, second: np.ndarray) -> None:
    found, back = ds.mann_whitney(first, second), ds.mann_whitney(second, first)
    if np.isnan(found.statistic):
        assert first.sum() * second.sum() == 0 or ((first + second) > 0).sum() == 1
        return
    tied = bool(((first + second) > 1).any())
    expected = mannwhitneyu(
        answers_of(first), answers_of(second), use_continuity=False, method="asymptotic" if tied else "exact"
    )
    assert (found.statistic, found.p) == pytest.approx(tuple(expected), abs=1e-9)
    assert bool(found.is_exact) is not tied
    assert found.statistic + back.statistic == first.sum() * second.sum()
    assert found.p == pytest.approx(float(back.p), abs=1e-12)
    delta = ds.cliffs_delta(first, second)
    assert 2 * found.statistic / (first.sum() * second.sum()) - 1 == pytest.approx(float(delta), abs=1e-12)


@pytest.mark.parametrize(("n_first", "n_second"), [(1, 1), (1, 25), (4, 7), (25, 25), (26, 3)])
def test_p_is_exact_for_small_groups_without_ties_only(n_first: int, n_second: int) -> None:
    """Trap 28: an exact p in the presence of ties is wrong, and SciPy changes its method with them."""
    places = np.random.default_rng(n_first).permutation(n_first + n_second)
    first, second = (np.zeros(n_first + n_second, dtype=int) for _ in range(2))
    first[places[:n_first]] = 1
    second[places[n_first:]] = 1
    found = ds.mann_whitney(first, second)
    method = "exact" if max(n_first, n_second) <= 25 else "asymptotic"
    expected = mannwhitneyu(answers_of(first), answers_of(second), use_continuity=False, method=method)
    assert found.p == pytest.approx(expected.pvalue, abs=1e-9)
    assert bool(found.is_exact) is (method == "exact")
    assert not ds.mann_whitney(first, second, "normal").is_exact
    first[int(np.flatnonzero(second)[0])] += 1
    assert not ds.mann_whitney(first, second).is_exact


@pytest.mark.parametrize("seed", range(4))
def test_friedman_is_that_of_scipy_over_complete_respondents(seed: int) -> None:
    rng = np.random.default_rng(seed)
    answers = rng.integers(1, 6, size=(12, 4)).astype(float)
    answers[[1, 5], [0, 3]] = N
    complete = answers[~np.isnan(answers).any(axis=1)]
    found, expected = ds.friedman(answers), friedmanchisquare(*complete.T)
    assert (found.statistic, found.p) == pytest.approx(tuple(expected), abs=1e-9)
    assert (found.df, found.n) == (3, 10)
    assert ds.computed("friedman", answers).n == 10
    assert found.statistic / (10 * 3) == pytest.approx(ds.kendall_w(complete).w, abs=1e-12)
    assert ds.friedman(6 - answers[::-1, ::-1]).statistic == pytest.approx(float(found.statistic), abs=1e-9)


def test_friedman_of_two_rounds_is_the_sign_test() -> None:
    answers = [[1, 2], [1, 3], [2, 1], [4, 5], [3, 3]]
    assert ds.friedman(answers).statistic == pytest.approx((3 - 1) ** 2 / 4)


CASES = [
    ("friedman", [[N, N], [N, N]], "no_valid_answers", "nobody answered"),
    ("friedman", [[1], [2]], "too_few_units", "one round"),
    ("friedman", [[1, 2, 3]], "too_few_raters", "one respondent"),
    ("friedman", [[1, 2, 3], [1, N, 3]], "too_few", "one complete respondent"),
    ("friedman", [[2, 2, 2], [3, 3, 3]], "all_ties", "nobody changed: SciPy gives nan"),
    ("kruskal_wallis", [[0, 0], [0, 0]], "no_valid_answers", "nobody answered"),
    ("kruskal_wallis", [[3, 1], [0, 0]], "too_few", "one group with answers"),
    ("kruskal_wallis", [[3, 0], [4, 0]], "no_variation", "all equal: SciPy gives nan"),
    ("mann_whitney", ([0, 0], [0, 0]), "no_valid_answers", "nobody answered"),
    ("mann_whitney", ([3, 1], [0, 0]), "too_few", "one group with answers"),
    ("mann_whitney", ([3, 0], [4, 0]), "no_variation", "all equal"),
    ("cliffs_delta", ([0, 0], [0, 0]), "no_valid_answers", "nobody answered"),
    ("cliffs_delta", ([3, 1], [0, 0]), "too_few", "one group with answers"),
]


@pytest.mark.parametrize(("name", "data", "reason", "why"), CASES)
def test_what_is_not_defined_is_null_with_its_reason(name: str, data: object, reason: str, why: str) -> None:
    found = ds.computed(name, data)
    assert np.isnan(found.value), why
    assert found.reason == reason, why


def test_equal_answers_of_two_groups_have_no_dominance_and_say_so() -> None:
    found = ds.computed("cliffs_delta", ([3, 0], [4, 0]))
    assert (found.value, found.flags, found.n) == (0, "no_variation", 7)


def test_approximate_p_values_are_marked() -> None:
    assert ds.computed("mann_whitney", ([3, 1], [1, 3])).flags == "approximate_p"
    assert ds.computed("mann_whitney", ([1, 0, 1, 0], [0, 1, 0, 1])).flags == "n_below_minimum"
    assert (
        ds.computed("mann_whitney", ([1, 0, 1, 0], [0, 1, 0, 1]), method="normal").flags
        == "approximate_p n_below_minimum"
    )
    assert ds.computed("kruskal_wallis", [[3, 1], [1, 3]]).flags == "approximate_p"


@pytest.mark.parametrize(("adjust", "method"), [("holm", "holm"), ("benjamini_hochberg", "fdr_bh")])
def test_pairs_of_groups_are_adjusted_over_all_items_and_pairs_together(adjust: str, method: str) -> None:
    """Trap 45: many p-values without a correction find what is not there."""
    counts = np.random.default_rng(5).integers(0, 6, size=(4, 3, 5))
    counts[2, 1] = 0
    found = ds.group_pairs(counts, adjust)
    assert (found.first.tolist(), found.second.tolist()) == ([0, 0, 1], [1, 2, 2])
    raw, known = [], []
    for item in counts:
        for one, other in combinations(item, 2):
            known.append(one.sum() * other.sum() > 0)
            raw.append(float(ds.mann_whitney(one, other).p))
    expected = np.full(12, N)
    expected[known] = multipletests(np.array(raw)[known], method=method)[1]
    np.testing.assert_allclose(found.p.ravel(), raw, atol=1e-12)
    np.testing.assert_allclose(found.p_adjusted.ravel(), expected, atol=1e-12)
    assert found.delta.shape == (4, 3)
    assert found.delta[0, 1] == pytest.approx(float(ds.cliffs_delta(counts[0, 0], counts[0, 2])))
    assert np.isnan(found.delta[2, 0])


def test_millions_of_answers_do_not_overflow() -> None:
    counts = np.array([[1_000_000, 2_000_000, 1_000_000], [1_000_000, 1_900_000, 1_100_000]])
    small = counts // 100_000
    assert ds.kruskal_wallis(counts).epsilon_squared == pytest.approx(
        float(ds.kruskal_wallis(small).epsilon_squared), rel=1e-9
    )
    assert ds.mann_whitney(*counts).statistic == float(ds.mann_whitney(*small).statistic) * 1e10


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match=r"^method: is auto or normal, got 'exact'"):
        ds.mann_whitney([1, 2], [2, 1], "exact")
    with pytest.raises(ValueError, match=r"^second: needs 2 categories"):
        ds.mann_whitney([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match=r"^adjust: is holm or benjamini_hochberg, got 'bonferroni'"):
        ds.group_pairs([[1, 2], [2, 1]], "bonferroni")
    for measure in (ds.kruskal_wallis, ds.group_pairs):
        with pytest.raises(ValueError, match=r"^counts: needs groups"):
            measure([1, 2])
    with pytest.raises(ValueError, match=r"^answers:"):
        ds.friedman([1, 2])
