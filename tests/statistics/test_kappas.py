"""Agreement beyond chance: every pair of raters counted one by one, and what the contract says where nothing varies."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import cohen_kappa_score

from delphi import statistics as ds
from delphi.statistics.raters import rater_transitions, units_of_answers
from delphi.statistics.weights import agreement_weights

N = np.nan
VALUES = [1, 2, 3, 4, 5]
OF_UNITS = {
    "observed_agreement": ds.observed_agreement,
    "fleiss_kappa": ds.fleiss_kappa,
    "fleiss_randolph_kappa": ds.fleiss_randolph_kappa,
    "brennan_prediger": ds.brennan_prediger,
    "linear_brennan_prediger": lambda c: ds.brennan_prediger(c, "linear"),
    "gwet_ac1": ds.gwet_ac1,
    "gwet_ac2": ds.gwet_ac2,
    "ordinal_ac2": lambda c: ds.gwet_ac2(c, "ordinal"),
}
UNITS = arrays(np.int64, (4, 5), elements=st.integers(0, 4))


def some_answers(seed: int, raters: int = 5, units: int = 8, gaps: float = 0.25) -> np.ndarray:
    rng = np.random.default_rng(seed)
    answers = rng.integers(1, 5, size=(raters, units)).astype(float)
    answers[rng.random(answers.shape) < gaps] = N
    return answers


def seen_by_pairs(answers: np.ndarray, weight: np.ndarray) -> float:
    """Mean over the units with two ratings of the mean weight of their pairs of ratings."""
    found = []
    for unit in answers.T:
        ratings = unit[~np.isnan(unit)].astype(int) - 1
        if len(ratings) >= 2:
            found.append(np.mean([weight[a, b] for a, b in combinations(ratings, 2)]))
    return float(np.mean(found))


def shares_over_units(answers: np.ndarray) -> np.ndarray:
    rated = [unit[~np.isnan(unit)] for unit in answers.T if not np.isnan(unit).all()]
    return np.array([np.mean([(unit == v).mean() for unit in rated]) for v in VALUES])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("weights", ["none", "linear", "quadratic", "ordinal"])
def test_coefficients_equal_those_from_every_pair_of_ratings(seed: int, weights: str) -> None:
    answers = some_answers(seed)
    counts, weight = units_of_answers(answers, VALUES), agreement_weights(5, weights)
    seen, shares = seen_by_pairs(answers, weight), shares_over_units(answers)

    def beyond(chance: float) -> float:
        return (seen - chance) / (1 - chance)

    uniform = float(np.mean([weight[a, b] for a, b in product(range(5), repeat=2)]))
    assert ds.brennan_prediger(counts, weights) == pytest.approx(beyond(uniform), abs=1e-12)
    uncertain = float(weight.sum() * sum(p * (1 - p) for p in shares) / 20)
    if weights == "none":
        assert ds.gwet_ac1(counts) == pytest.approx(beyond(uncertain), abs=1e-12)
        assert ds.fleiss_kappa(counts) == pytest.approx(beyond(float((shares**2).sum())), abs=1e-12)
        assert ds.fleiss_randolph_kappa(counts) == pytest.approx(beyond(0.2), abs=1e-12)
        assert ds.observed_agreement(counts) == pytest.approx(seen, abs=1e-12)
    else:
        assert ds.gwet_ac2(counts, weights) == pytest.approx(beyond(uncertain), abs=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_congers_chance_is_that_of_two_raters_by_their_own_shares(seed: int) -> None:
    answers = some_answers(seed)
    shares = [[(one[~np.isnan(one)] == v).mean() for v in VALUES] for one in answers]
    chance = float(np.mean([np.dot(one, other) for one, other in combinations(shares, 2)]))
    seen = seen_by_pairs(answers, np.eye(5))
    assert ds.conger_kappa(answers) == pytest.approx((seen - chance) / (1 - chance), abs=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_of_two_raters_who_rated_all_congers_kappa_is_cohens_and_scikit_learns(seed: int) -> None:
    answers = some_answers(seed, raters=2, gaps=0)
    expected = cohen_kappa_score(*answers.astype(int))
    (table,) = rater_transitions(answers, VALUES)
    assert ds.conger_kappa(answers) == pytest.approx(expected, abs=1e-12)
    assert ds.cohen_kappa(table) == pytest.approx(expected, abs=1e-12)
    assert ds.cohen_kappa(answers, given="answers") == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("weights", ["linear", "quadratic"])
@pytest.mark.parametrize("seed", range(4))
def test_weighted_kappa_of_raters_is_the_mean_of_scikit_learns(seed: int, weights: str) -> None:
    answers = some_answers(seed, gaps=0.1)
    found = []
    for one, other in combinations(answers, 2):
        both = ~np.isnan(one) & ~np.isnan(other)
        pair = one[both].astype(int), other[both].astype(int)
        found.append(cohen_kappa_score(*pair, weights=weights, labels=VALUES))
    ours = ds.weighted_kappa(answers, VALUES, weights, given="answers")
    assert ours == pytest.approx(np.mean(found), abs=1e-12)
    assert ds.weighted_kappa(answers, None, weights, given="answers") == pytest.approx(float(ours), abs=1e-12)
    each = ds.weighted_kappa(rater_transitions(answers, VALUES), VALUES, weights)
    np.testing.assert_allclose(each, found, atol=1e-12)


def test_weights_are_those_of_the_scale_and_not_of_the_answers_that_occur() -> None:
    """Trap 25: with answers 1, 2 and 9 only, scikit-learn without labels takes 9 for the neighbour of 2."""
    answers = np.array([[1, 2, 9, 9, 1, 2], [1, 9, 9, 2, 2, 2]], dtype=float)
    whole = cohen_kappa_score(*answers.astype(int), weights="linear", labels=range(1, 10))
    assert ds.weighted_kappa(answers, None, "linear", given="answers") == pytest.approx(whole, abs=1e-12)
    assert cohen_kappa_score(*answers.astype(int), weights="linear") != pytest.approx(whole, abs=1e-3)


def test_unused_categories_count_where_chance_comes_from_the_scale() -> None:
    """Trap 2: the number of categories is declared; on a longer scale the same agreement is further from chance."""
    short = np.array([[3, 0], [0, 3], [2, 1]])
    long = np.concatenate([short, np.zeros((3, 3), dtype=int)], axis=1)
    for name in ("fleiss_randolph_kappa", "brennan_prediger", "gwet_ac1"):
        assert OF_UNITS[name](long) > OF_UNITS[name](short) + 0.05
    for name in ("observed_agreement", "fleiss_kappa"):
        assert OF_UNITS[name](long) == pytest.approx(float(OF_UNITS[name](short)), abs=1e-12)


def test_numbers_of_raters_may_differ_between_units() -> None:
    """Trap 26: statsmodels wants equal numbers; the mean over units weighs a unit of three ratings like one of nine."""
    assert ds.observed_agreement([[3, 0], [5, 4]]) == pytest.approx((1 + 32 / 72) / 2, abs=1e-12)
    assert np.isfinite(ds.fleiss_kappa([[3, 0], [5, 4]]))


ALIKE = [[0, 4, 0], [0, 3, 0]]
ONE_UNIT = [[2, 1, 0]]
DEGENERATE = [
    # given, reason of the kappas, value of the coefficients whose chance comes from the scale, why
    ([[0, 0, 0], [0, 0, 0]], "no_valid_answers", None, "nobody answered"),
    ([[1, 0, 0], [0, 1, 0]], "too_few_raters", None, "one rating each: one person may have given them"),
    (ONE_UNIT, "too_few_units", None, "one unit"),
    ([[2, 1, 0], [1, 0, 0], [0, 0, 0]], "too_few_units", None, "two units, one of them with one rating"),
    (ALIKE, "no_variation", 1.0, "all ratings in one category"),
]


@pytest.mark.parametrize(("counts", "reason", "value", "why"), DEGENERATE)
@pytest.mark.parametrize(
    "name",
    ["observed_agreement", "fleiss_kappa", "fleiss_randolph_kappa", "brennan_prediger", "gwet_ac1", "gwet_ac2",
     "krippendorff_alpha"],
)  # fmt: skip
def test_of_histograms_what_is_not_defined_is_null_with_its_reason(
    name: str, counts: list[list[int]], reason: str, value: float | None, why: str
) -> None:
    found = ds.computed(name, counts)
    if reason == "no_variation" and name not in ("fleiss_kappa", "krippendorff_alpha"):
        assert (found.value, found.reason, found.flags) == (value, None, "n_below_minimum no_variation"), why
    else:
        assert np.isnan(found.value), why
        assert found.reason == reason, why


TABLES = [
    # given, value, reason, flags, why
    (np.zeros((3, 3)), None, "no_valid_answers", "", "nobody answered"),
    ([[0, 0, 0], [0, 0, 0], [0, 0, 9]], None, "no_valid_answers", "", "only non-answers"),
    ([[0, 0, 3], [0, 0, 1], [0, 0, 0]], None, "too_few_raters", "", "the second rated nothing"),
    ([[0, 0, 3], [0, 0, 0], [1, 0, 0]], None, "no_pairs", "", "nothing in common"),
    ([[1, 0, 3], [0, 0, 0], [1, 0, 0]], None, "too_few_units", "", "one unit in common"),
    ([[4, 0, 0], [0, 0, 0], [0, 0, 0]], None, "no_variation", "", "both in one category throughout"),
    ([[4, 0, 0], [4, 0, 0], [0, 0, 0]], 0.0, None, "restricted_range", "the second is constant"),
    ([[0, 5, 0], [0, 0, 0], [0, 0, 0]], 0.0, None, "restricted_range", "both constant, in two categories"),
    ([[0, 3, 0], [3, 0, 0], [0, 0, 0]], -1.0, None, "", "never alike: negative values are legitimate"),
]


@pytest.mark.parametrize(("table", "value", "reason", "flags", "why"), TABLES)
def test_kappa_of_a_table(
    table: list[list[int]], value: float | None, reason: str | None, flags: str, why: str
) -> None:
    found = ds.computed("cohen_kappa", table)
    assert (found.reason, found.flags) == (reason, flags), why
    assert np.isnan(found.value) if value is None else found.value == pytest.approx(value), why


TABLES_OF_ANSWERS = [
    ([[N, N], [N, N]], "no_valid_answers", "nobody answered"),
    ([[1, 2], [N, N]], "too_few_raters", "one rater"),
    ([[1, N], [N, 2]], "no_pairs", "no unit with two ratings"),
    ([[1, 2], [N, 2]], "too_few_units", "one unit with two ratings"),
    ([[2, 2], [2, 2]], "no_variation", "all in one category"),
]


@pytest.mark.parametrize(("answers", "reason", "why"), TABLES_OF_ANSWERS)
@pytest.mark.parametrize("name", ["cohen_kappa", "weighted_kappa", "conger_kappa", "krippendorff_alpha"])
def test_of_answers_what_is_not_defined_is_null_with_its_reason(
    name: str, answers: list[list[float]], reason: str, why: str
) -> None:
    options = {} if name == "conger_kappa" else {"given": "answers"}
    found = ds.computed(name, answers, **options)
    assert np.isnan(found.value), why
    assert found.reason == reason, why


@pytest.mark.parametrize("name", ["cohen_kappa", "weighted_kappa", "conger_kappa"])
def test_a_constant_rater_gives_zero_and_is_flagged(name: str) -> None:
    """Trap 15: kappa is 0 by construction where one of two is unanimous."""
    options = {} if name == "conger_kappa" else {"given": "answers"}
    found = ds.computed(name, [[1, 2, 1, 2], [2, 2, 2, 2]], **options)
    assert (found.value, found.flags, found.n) == (0.0, "n_below_minimum restricted_range", 2)


def test_pairs_without_a_kappa_are_left_out_of_the_mean() -> None:
    alike = [[2, 2, 2, 1], [2, 2, 2, N], [2, 2, 2, N]]
    assert np.isnan(ds.cohen_kappa(alike[1:], given="answers"))
    assert np.isnan(ds.cohen_kappa(np.array(alike)[:, :3], given="answers"))
    varied = [[1, 2, 2, 1], [1, 2, 1, 1], [N, N, N, 1]]
    (first, *_rest) = ds.cohen_kappa(rater_transitions(varied))
    assert ds.cohen_kappa(varied, given="answers") == pytest.approx(first, abs=1e-12)


def test_chance_of_a_scale_of_one_category_is_not_defined() -> None:
    for name in ("brennan_prediger", "fleiss_randolph_kappa", "gwet_ac1", "gwet_ac2"):
        found = ds.computed(name, [[3], [4]])
        assert np.isnan(found.value)
        assert found.reason == "scale_too_short"


def test_kappa_falls_with_skewed_shares_while_ac1_holds() -> None:
    """Feinstein and Cicchetti 1990: nine of ten units all alike in one category."""
    counts = [[4, 0]] * 9 + [[3, 1]]
    assert ds.observed_agreement(counts) == pytest.approx(0.95)
    assert ds.fleiss_kappa(counts) < 0
    assert ds.gwet_ac1(counts) > 0.9


@settings(deadline=None, max_examples=50)
@given(UNITS, st.permutations(range(4)))
def test_neither_the_order_of_units_nor_the_direction_of_the_scale_matters(
    counts: np.ndarray, order: list[int]
) -> None:
    for measure in OF_UNITS.values():
        for changed in (counts[order], counts[:, ::-1]):
            np.testing.assert_allclose(measure(changed), measure(counts), atol=1e-12)


@settings(deadline=None, max_examples=50)
@given(UNITS, st.permutations(range(5)))
def test_nominal_coefficients_do_not_know_the_order_of_the_categories(
    counts: np.ndarray, order: list[int]
) -> None:
    for name in ("fleiss_kappa", "fleiss_randolph_kappa", "brennan_prediger", "gwet_ac1"):
        np.testing.assert_allclose(OF_UNITS[name](counts[:, order]), OF_UNITS[name](counts), atol=1e-12)


@settings(deadline=None, max_examples=50)
@given(UNITS)
def test_units_that_come_twice_change_nothing(counts: np.ndarray) -> None:
    twice = np.concatenate([counts, counts])
    for measure in OF_UNITS.values():
        if not np.isnan(measure(counts)):
            np.testing.assert_allclose(measure(twice), measure(counts), atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_neither_the_order_of_raters_nor_of_units_matters_for_answers(seed: int) -> None:
    answers, rng = some_answers(seed), np.random.default_rng(seed)
    changed = answers[rng.permutation(5)][:, rng.permutation(8)]
    for measure in (
        ds.conger_kappa,
        lambda a: ds.cohen_kappa(a, given="answers"),
        lambda a: ds.weighted_kappa(a, VALUES, given="answers"),
    ):
        np.testing.assert_allclose(measure(changed), measure(answers), atol=1e-12)
        np.testing.assert_allclose(measure(6 - answers), measure(answers), atol=1e-12)


def test_who_rated_nothing_is_no_rater() -> None:
    answers = some_answers(3)
    silent = np.concatenate([answers, np.full((1, 8), N)])
    assert ds.conger_kappa(silent) == ds.conger_kappa(answers)
    assert ds.cohen_kappa(silent, given="answers") == ds.cohen_kappa(answers, given="answers")
    assert ds.computed("conger_kappa", silent).n == 5


def test_weights_of_agreement() -> None:
    assert agreement_weights(4, "ordinal")[0].tolist() == [1, pytest.approx(5 / 6), 0.5, 0]
    assert agreement_weights(3, "linear", [0, 1, 4])[0].tolist() == [1, 0.75, 0]
    assert agreement_weights(1, "quadratic").tolist() == [[1]]
    np.testing.assert_array_equal(agreement_weights(3), np.eye(3))


def test_wrong_arguments_are_named() -> None:
    for measure in OF_UNITS.values():
        with pytest.raises(ValueError, match=r"^counts:"):
            measure([1, 2, -1])
    for measure in (ds.fleiss_kappa, ds.gwet_ac1, ds.brennan_prediger):
        with pytest.raises(ValueError, match=r"^counts: needs units and categories"):
            measure([1, 2, 1])
    with pytest.raises(ValueError, match=r"^weights: is none or linear or quadratic or ordinal, got 'cubic'"):
        ds.brennan_prediger([[1, 2]], "cubic")
    with pytest.raises(ValueError, match=r"^weights: is linear or quadratic or ordinal, got 'none'"):
        ds.gwet_ac2([[1, 2]], "none")
    with pytest.raises(ValueError, match=r"^values: needs 2 values"):
        ds.gwet_ac2([[1, 2]], "linear", [1, 2, 3])
    for measure in (ds.cohen_kappa, ds.weighted_kappa):
        with pytest.raises(ValueError, match=r"^given: is transitions or answers, got 'units'"):
            measure([[1, 2], [2, 1]], given="units")
    with pytest.raises(ValueError, match=r"^answers:"):
        ds.conger_kappa([1, 2])
