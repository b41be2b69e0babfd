"""Agreement against SciPy, second implementations and the values that define the ends of each scale."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare

from delphi import statistics as ds
from delphi.decisions import exact
from delphi.statistics import agreement

COUNTS = st.lists(st.integers(0, 12), min_size=5, max_size=5)


def peeled(counts):
    """Van der Eijk's A, layer by layer as the paper describes it."""
    rest, total, n, k = np.array(counts, dtype=float), 0.0, sum(counts), len(counts)
    while rest.any():
        height = rest[rest > 0].min()
        layer = (rest > 0).astype(int)
        occupied = layer.sum()
        triples = ["".join(str(bit) for bit in layer[list(places)]) for places in combinations(range(k), 3)]
        unimodal, bimodal = triples.count("110") + triples.count("011"), triples.count("101")
        if occupied == 1:
            agreement = 1.0
        elif unimodal + bimodal == 0:
            agreement = 0.0
        else:
            shape = ((k - 2) * unimodal - (k - 1) * bimodal) / ((k - 2) * (unimodal + bimodal))
            agreement = shape * (1 - (occupied - 1) / (k - 1))
        total += agreement * occupied * height / n
        rest = np.where(layer == 1, rest - height, 0)
    return total


def alpha_from_matrix(answers, level):
    """Krippendorff's alpha pair by pair of answers; unit × rater, NaN for none."""
    units = [row[~np.isnan(row)] for row in answers]
    units = [row for row in units if len(row) >= 2]
    pooled = np.concatenate(units)
    sizes = {v: (pooled == v).sum() for v in np.unique(pooled)}

    def distance(a, b):
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return (a - b) ** 2
        if level == "ratio":
            return ((a - b) / (a + b)) ** 2
        low, high = min(a, b), max(a, b)
        return (sum(n for v, n in sizes.items() if low <= v <= high) - (sizes[a] + sizes[b]) / 2) ** 2

    seen = sum(
        sum(distance(a, b) for i, a in enumerate(row) for j, b in enumerate(row) if i != j) / (len(row) - 1)
        for row in units
    ) / len(pooled)
    expected = sum(distance(a, b) for i, a in enumerate(pooled) for j, b in enumerate(pooled) if i != j)
    return 1 - seen / (expected / (len(pooled) * (len(pooled) - 1)))


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_agreement_equals_a_second_implementation(counts):
    ours = ds.van_der_eijk_agreement(counts)
    if sum(counts) < 2:
        assert np.isnan(ours)
    else:
        assert ours == pytest.approx(peeled(counts), abs=1e-9)
        assert -1 <= ours <= 1
        assert ds.van_der_eijk_polarization(counts) == pytest.approx((1 - ours) / 2, abs=1e-12)


def test_agreement_at_the_ends_of_its_scale():
    for k in range(3, 10):
        halves = [5, *[0] * (k - 2), 5]
        assert ds.van_der_eijk_agreement(halves) == pytest.approx(-1, abs=1e-12)
        assert ds.van_der_eijk_agreement([4] * k) == pytest.approx(0, abs=1e-12)
        assert ds.van_der_eijk_agreement([7, *[0] * (k - 1)]) == pytest.approx(1, abs=1e-12)
    assert np.isnan(ds.van_der_eijk_agreement([3, 3]))


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("seed", range(6))
def test_alpha_equals_a_second_implementation_over_pairs_of_answers(level, seed):
    rng = np.random.default_rng(seed)
    answers = rng.integers(1, 6, size=(7, 6)).astype(float)
    answers[rng.random(answers.shape) < 0.3] = np.nan
    counts = np.array([[(row == v).sum() for v in range(1, 6)] for row in answers])
    expected = alpha_from_matrix(answers, level)
    assert ds.krippendorff_alpha(counts, level) == pytest.approx(expected, abs=1e-9)
    assert ds.krippendorff_alpha(answers.T, level, given="answers") == pytest.approx(expected, abs=1e-9)


def test_alpha_at_the_interval_level_looks_at_the_values_of_the_scale():
    counts, values = [[2, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 2]], [1, 2, 10]
    answers = [[1, 1], [1, 2], [2, 10], [10, 10]]
    expected = alpha_from_matrix(np.array(answers, dtype=float), "interval")
    assert ds.krippendorff_alpha(counts, "interval", values) == pytest.approx(expected, abs=1e-9)
    assert ds.krippendorff_alpha(counts, "interval") != pytest.approx(expected, abs=1e-3)
    assert ds.krippendorff_alpha(counts, "ordinal", values) == ds.krippendorff_alpha(counts, "ordinal")


def test_a_value_of_zero_has_no_ratio_to_itself_and_is_no_disagreement():
    counts = [[2, 0, 0], [0, 2, 0], [1, 0, 1]]
    shifted = [[2, 0, 0, 0], [0, 2, 0, 0], [1, 0, 1, 0]]
    ours = ds.krippendorff_alpha(counts, "ratio", [0, 1, 3])
    assert ours == pytest.approx(ds.krippendorff_alpha(shifted, "ratio", [0, 1, 3, 9]), abs=1e-12)
    assert np.isfinite(ours)


def test_raw_agreement_is_the_mean_over_units_with_two_answers():
    rng = np.random.default_rng(2)
    answers = [rng.integers(0, 4, size=n) for n in (0, 1, 2, 5, 9)]
    counts = [np.bincount(row, minlength=4) for row in answers]
    expected = [np.mean([a == b for a, b in combinations(row, 2)]) for row in answers if len(row) >= 2]
    assert ds.observed_agreement(counts) == pytest.approx(np.mean(expected), abs=1e-9)


@pytest.mark.parametrize("single", [[[3, 1, 0]], [[0, 4, 0]], [[3, 1, 0], [1, 0, 0], [0, 0, 0]]])
def test_agreement_on_one_item_is_undefined(single):
    """Trap 33: on a single item the coefficients are constants, and belong to no item."""
    assert np.isnan(ds.observed_agreement(single))
    for level in ("nominal", "ordinal", "interval", "ratio"):
        assert np.isnan(ds.krippendorff_alpha(single, level))
    both = np.stack([single, single])
    both[1, :, 0] += 2
    both = np.concatenate([both, [[[2, 2, 0]]] * 2], axis=1)
    assert np.isfinite(ds.observed_agreement(both)).all()


def test_alpha_of_answers_rests_on_their_raters_and_says_why_it_has_no_value():
    nothing = np.nan
    found = ds.computed("krippendorff_alpha", [[1, 2, 3], [1, 2, 2], [nothing] * 3], given="answers")
    assert (found.n, found.reason) == (2, None)
    for answers, reason in (
        ([[1, 2], [nothing] * 2], "too_few_raters"),
        ([[1, nothing], [nothing, 2]], "no_pairs"),
    ):
        assert ds.computed("krippendorff_alpha", answers, given="answers").reason == reason


def test_alpha_without_variation_is_undefined_while_raw_agreement_is_one():
    alike = [[0, 4, 0], [0, 3, 0]]
    assert np.isnan(ds.krippendorff_alpha(alike))
    assert float(ds.observed_agreement(alike)) == 1.0
    alone = [[0, 1, 0], [1, 0, 0]]
    assert np.isnan(ds.krippendorff_alpha(alone))
    assert np.isnan(ds.observed_agreement(alone))


@pytest.mark.parametrize("has_ties", [False, True])
def test_kendalls_w_is_friedmans_chi_square_by_its_maximum(has_ties):
    rng = np.random.default_rng(5)
    for raters, objects in ((3, 4), (8, 5), (15, 3)):
        scores = rng.integers(1, 5, size=(raters, objects)) if has_ties else rng.random((raters, objects)).argsort(axis=1)  # fmt: skip
        expected = friedmanchisquare(*scores.T)
        w, p, n = ds.kendall_w(scores)
        assert w == pytest.approx(expected.statistic / (raters * (objects - 1)), abs=1e-9)
        assert p == pytest.approx(expected.pvalue, abs=1e-9)
        assert n == raters


def test_kendalls_w_leaves_incomplete_rankings_out():
    complete = [[1, 2, 3], [2, 1, 3], [1, 3, 2]]
    assert ds.kendall_w([*complete, [1, np.nan, 2]]) == ds.kendall_w(complete)


@pytest.mark.parametrize("p_from", ["chi_square", "orders"])
def test_w_of_complete_rankings_does_not_depend_on_what_becomes_of_incomplete_ones(p_from):
    ranks = [[1, 2, 3], [2, 1, 3], [1, 2, 3]]
    assert ds.kendall_w(ranks, "leave_out", p_from) == ds.kendall_w(ranks, "friedman", p_from)


def test_p_of_w_from_all_orders_is_the_exact_one_where_they_are_few_and_chi_square_beyond():
    few, many = [[1, 2, 3]] * 3, [[1, 2, 3, 4, 5, 6]] * 3
    assert ds.kendall_w(few, p_from="orders").p == pytest.approx(1 / 36, abs=1e-9)
    assert ds.kendall_w(few).p == pytest.approx(0.0498, abs=5e-5)
    assert ds.kendall_w(many, p_from="orders") == ds.kendall_w(many)


def test_ratings_are_ranked_within_the_rater_before_w():
    """Trap 31: a rater who uses the upper half of the scale agrees with one who uses the lower."""
    low, high = [1, 2, 2, 3, 5], [6, 7, 7, 8, 9]
    assert ds.kendall_w([low, high]).w == pytest.approx(1.0, abs=1e-12)


def test_w_of_the_transposed_table_is_another_number():
    """Trap 31: raters are rows."""
    ranks = np.array([[1, 2, 3, 4], [1, 2, 4, 3], [2, 1, 3, 4]])
    assert ds.kendall_w(ranks).w > 0.7
    assert ds.kendall_w(ranks.T).w < 0.2


@pytest.mark.parametrize("ranks", [[[1, 2, 3]], [[1], [1]], [[2, 2, 2], [2, 2, 2]], [[1, np.nan], [2, 1]]])
def test_kendalls_w_is_undefined_for_one_ranking_one_object_or_one_tie(ranks):
    w, p, _ = ds.kendall_w(ranks)
    assert np.isnan(w)
    assert np.isnan(p)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match=r"^level:"):
        ds.krippendorff_alpha([[1, 2]], "cubic")
    with pytest.raises(ValueError, match=r"^given:"):
        ds.krippendorff_alpha([[1, 2]], given="counts")
    with pytest.raises(ValueError, match=r"^values: are 0 or more at the level ratio"):
        ds.krippendorff_alpha([[1, 2], [2, 1]], "ratio", [-1, 1])
    with pytest.raises(ValueError, match=r"^incomplete:"):
        ds.kendall_w([[1, 2]], incomplete="last")
    with pytest.raises(ValueError, match=r"^p_from:"):
        ds.kendall_w([[1, 2]], p_from="normal")
    with pytest.raises(ValueError, match=r"^counts:"):
        ds.krippendorff_alpha([1, 2])
    with pytest.raises(ValueError, match=r"^ranks:"):
        ds.kendall_w([1, 2])


def test_agreement_of_long_scales_equals_the_exact_fraction():
    rng = np.random.default_rng(4)
    for points in (3, 11, 101):
        for most in (1, 2, 6):
            counts = rng.integers(0, most + 1, size=points)
            assert ds.van_der_eijk_agreement(counts) == pytest.approx(
                float(exact.agreement(tuple(counts.tolist()))), abs=1e-9
            )


def test_layers_from_the_table_and_one_by_one_give_the_same_to_the_last_digit():
    rng = np.random.default_rng(6)
    for points in (3, 5, 9, agreement.TABLE_UP_TO):
        for most in (1, 3, 50, agreement.SMALL - 1, agreement.SMALL, 10**12):
            for many in (1, agreement.MANY + 7):
                counts = rng.integers(0, most + 1, size=(many, points))
                np.testing.assert_array_equal(
                    agreement._peeled_by_table(counts), agreement._peeled_one_by_one(counts)
                )


def test_comparisons_put_any_numbers_in_order():
    for many in range(1, agreement.TABLE_UP_TO + 1):
        # What sorts every row of zeros and ones sorts everything.
        numbers = (np.arange(2**many)[:, None] >> np.arange(many)) & 1
        for lower, upper in agreement._comparisons(many):
            numbers[:, [lower, upper]] = np.sort(numbers[:, [lower, upper]], axis=1)
        assert (np.diff(numbers, axis=1) >= 0).all()
