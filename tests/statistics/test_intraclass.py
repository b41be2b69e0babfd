"""Intraclass correlation: from the sums of squares of a loop over the ratings, and where it is not defined."""

from __future__ import annotations

import numpy as np
import pytest

from delphi import statistics as ds

N = np.nan
FORMS = ("ICC(1,1)", "ICC(1,k)", "ICC(A,1)", "ICC(A,k)", "ICC(C,1)", "ICC(C,k)")
JUDGES = np.array(
    [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]], dtype=float
)


def from_sums(table: np.ndarray) -> dict[str, float]:
    """All forms from variance components, each mean square summed rating by rating."""
    k, n = table.shape
    grand, unit, judge = table.mean(), table.mean(axis=0), table.mean(axis=1)
    between = sum(k * (unit[j] - grand) ** 2 for j in range(n)) / (n - 1)
    raters = sum(n * (judge[i] - grand) ** 2 for i in range(k)) / (k - 1)
    within = sum((table[i, j] - unit[j]) ** 2 for i in range(k) for j in range(n)) / (n * (k - 1))
    rest = sum((table[i, j] - unit[j] - judge[i] + grand) ** 2 for i in range(k) for j in range(n))
    rest /= (n - 1) * (k - 1)
    one_way, two_way, of_raters = (between - within) / k, (between - rest) / k, (raters - rest) / n
    return {
        "ICC(1,1)": one_way / (one_way + within), "ICC(1,k)": one_way / (one_way + within / k),
        "ICC(A,1)": two_way / (two_way + of_raters + rest), "ICC(A,k)": two_way / (two_way + (of_raters + rest) / k),
        "ICC(C,1)": two_way / (two_way + rest), "ICC(C,k)": two_way / (two_way + rest / k),
    }  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(5))
def test_forms_equal_variance_components(form: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(1, 8, size=(4, 9)) + rng.integers(0, 4, size=9) + 0.25
    found = ds.icc(table, form)
    assert found.value == pytest.approx(from_sums(table)[form], abs=1e-10)
    assert found.low <= found.value <= found.high
    assert (found.n, found.n_units) == (4, 9)


@pytest.mark.parametrize(
    ("one", "other"), [("ICC(A,1)", "ICC(2,1)"), ("ICC(C,k)", "ICC(3,k)"), ("ICC(A,k)", "ICC(2,k)")]
)
def test_both_names_mean_the_same(one: str, other: str) -> None:
    assert ds.icc(JUDGES, one) == ds.icc(JUDGES, other)


@pytest.mark.parametrize("form", ["ICC(1,1)", "ICC(1,k)"])
def test_the_one_way_forms_need_no_more_than_histograms(form: str) -> None:
    values = np.arange(1, 11)
    counts = (JUDGES[:, :, None] == values).sum(axis=0)
    ours, expected = ds.icc(counts, form, given="units", values=values), ds.icc(JUDGES, form)
    for name in ("value", "low", "high", "f", "df1", "df2", "p", "n", "n_units"):
        assert getattr(ours, name) == pytest.approx(getattr(expected, name), abs=1e-12)
    incomplete = np.concatenate([counts, counts[:1] // 2])
    assert ds.icc(incomplete, form, given="units", values=values).value == ours.value


def test_histograms_of_many_cells_at_once() -> None:
    counts = np.random.default_rng(1).multinomial(6, [0.2] * 5, size=(3, 2, 8))
    together = ds.icc(counts, "ICC(1,1)", given="units")
    assert together.value.shape == (3, 2)
    for spot in np.ndindex(3, 2):
        assert together.value[spot] == pytest.approx(ds.icc(counts[spot], "ICC(1,1)", given="units").value)


def test_a_missing_rating_leaves_out_the_unit_or_the_rater() -> None:
    gap = JUDGES.copy()
    gap[1, 2] = N
    by_unit, by_rater = ds.icc(gap), ds.icc(gap, complete="raters")
    assert (by_unit.n, by_unit.n_units) == (4, 5)
    assert by_unit.value == ds.icc(np.delete(JUDGES, 2, axis=1)).value
    assert (by_rater.n, by_rater.n_units) == (3, 6)
    assert by_rater.value == ds.icc(np.delete(JUDGES, 1, axis=0)).value
    silent = np.concatenate([JUDGES, np.full((1, 6), N)])
    assert ds.icc(silent).value == ds.icc(JUDGES).value
    assert ds.computed("icc", silent).n == 4


def test_a_rater_who_is_always_higher_is_forgiven_by_consistency_alone() -> None:
    table = np.array([[1, 2, 3, 5], [3, 4, 5, 7]])
    assert ds.icc(table, "ICC(C,1)").value == pytest.approx(1.0)
    assert ds.icc(table, "ICC(A,1)").value < 0.7
    for form in FORMS[2:]:
        shifted, plain = JUDGES + 2.5, JUDGES
        assert ds.icc(shifted, form).value == pytest.approx(float(ds.icc(plain, form).value), abs=1e-12)


def test_order_and_direction_do_not_matter() -> None:
    rng = np.random.default_rng(4)
    changed = 11 - JUDGES[rng.permutation(4)][:, rng.permutation(6)]
    for form in FORMS:
        for name in ("value", "low", "high", "p"):
            assert getattr(ds.icc(changed, form), name) == pytest.approx(
                getattr(ds.icc(JUDGES, form), name), abs=1e-9
            )


DEGENERATE = [
    ([[N, N], [N, N]], "no_valid_answers", "nobody answered"),
    ([[1, 2, 3]], "too_few_raters", "one rater"),
    ([[1, 2, 3], [N, N, N]], "too_few_raters", "one who answered"),
    ([[1, N], [N, 2]], "no_pairs", "no unit with two ratings"),
    ([[1], [2]], "too_few_units", "one unit"),
    ([[1, 2, N], [2, N, 3]], "too_few_units", "one complete unit"),
    ([[3, 3], [3, 3]], "no_variation", "all in one category"),
]


@pytest.mark.parametrize(("answers", "reason", "why"), DEGENERATE)
@pytest.mark.parametrize("form", FORMS)
def test_what_is_not_defined_is_null_with_its_reason(
    form: str, answers: list[list[float]], reason: str, why: str
) -> None:
    found = ds.computed("icc", answers, form=form)
    assert np.isnan(found.value), why
    assert found.reason == reason, why
    assert found.more is not None
    assert np.isnan(found.more["low"])


def test_of_histograms_what_is_not_defined_is_null_with_its_reason() -> None:
    cases = {
        "no_valid_answers": [[0, 0], [0, 0]],
        "too_few_raters": [[1, 0], [0, 1]],
        "too_few_units": [[2, 0], [0, 1]],
        "no_variation": [[2, 0], [2, 0]],
    }
    for reason, counts in cases.items():
        found = ds.computed("icc", counts, form="ICC(1,1)", given="units")
        assert np.isnan(found.value)
        assert found.reason == reason


def test_no_complete_rater_but_one() -> None:
    found = ds.computed("icc", [[1, 2], [2, N]], complete="raters")
    assert found.reason == "too_few_raters"


def test_negative_values_stay_and_a_mean_that_cannot_be_estimated_is_none() -> None:
    """Two raters who contradict each other: no variance between units is left for the mean of both."""
    opposed = [[1, 2, 3], [3, 2, 1]]
    assert ds.icc(opposed, "ICC(1,1)").value == pytest.approx(-1.0)
    assert ds.icc(opposed, "ICC(C,1)").value == pytest.approx(-1.0)
    for form in ("ICC(1,k)", "ICC(C,k)", "ICC(A,k)"):
        found = ds.computed("icc", opposed, form=form)
        assert np.isnan(found.value)
        assert found.reason == "no_variation"


def test_perfect_agreement_is_one_without_an_interval() -> None:
    for form in FORMS:
        found = ds.icc([[1, 2, 4], [1, 2, 4]], form)
        assert found.value == 1
        assert np.isnan(found.low)
        assert np.isnan(found.f)
        assert np.isnan(found.p)


def test_no_value_leaves_its_range_and_no_interval_its_value() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        table = rng.integers(1, 4, size=(rng.integers(2, 5), rng.integers(2, 6)))
        for form in FORMS:
            found = ds.icc(table, form)
            assert np.isnan(found.value) or found.value <= 1 + 1e-12
            if form in ("ICC(1,1)", "ICC(C,1)", "ICC(1,k)", "ICC(C,k)") and not np.isnan(found.low):
                assert found.low - 1e-9 <= found.value <= found.high + 1e-9


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match=r"^form: is ICC\(1,1\)"):
        ds.icc(JUDGES, "ICC(4,1)")
    with pytest.raises(ValueError, match=r"^form: ICC\(A,1\) needs answers"):
        ds.icc([[1, 2], [2, 1]], given="units")
    with pytest.raises(ValueError, match=r"^complete:"):
        ds.icc(JUDGES, complete="both")
    with pytest.raises(ValueError, match=r"^given:"):
        ds.icc(JUDGES, given="counts")
    with pytest.raises(ValueError, match=r"^counts: needs units"):
        ds.icc([1, 2], "ICC(1,1)", given="units")
    with pytest.raises(ValueError, match=r"^answers:"):
        ds.icc([1, 2])
