"""Content validity: ratios and indices from counts, what chance gives, and the printed tables' traps."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from delphi import statistics as ds

ESSENTIAL = [False, False, True]
CASES: list[tuple[str, Any, dict[str, Any], float | None, str | None, str]] = [
    ("cvr", [0, 0, 0], {"within": ESSENTIAL}, None, "no_valid_answers", "nobody answered"),
    ("cvr", [0, 0, 1], {"within": ESSENTIAL}, 1.0, None, "one expert: a share, marked as of few"),
    ("cvr", [5, 0, 0], {"within": ESSENTIAL}, -1.0, None, "nobody says essential"),
    ("cvr", [2, 3, 5], {"within": ESSENTIAL}, 0.0, None, "half"),
    ("cvr_critical", [0, 0, 0], {}, None, "no_valid_answers", "nobody answered"),
    ("cvr_critical", [1, 1, 2], {}, None, "too_few", "four of four happen by chance in 6 %"),
    ("cvr_critical", [1, 1, 3], {}, 5.0, None, "five of five in 3 %"),
    ("cvr_critical", [1, 0, 0], {"level": 0.5}, 1.0, None, "one of one in exactly 50 %"),
    ("cvi", [0, 0, 0, 0], {}, None, "no_valid_answers", "nobody answered"),
    ("cvi", [0, 0, 1, 0], {}, 1.0, None, "one expert"),
    ("cvi", [2, 2, 0, 0], {}, 0.0, None, "nobody finds it relevant"),
    ("scvi_average", [[0, 0, 0, 0]], {}, None, "no_valid_answers", "nobody answered"),
    ("scvi_average", [[0, 0, 0, 0], [0, 1, 1, 0]], {}, 0.5, None, "an item nobody answered is left out"),
    ("scvi_universal", [[0, 0, 0, 0]], {}, None, "no_valid_answers", "nobody answered"),
    (
        "scvi_universal",
        [[0, 0, 0, 0], [0, 1, 1, 0]],
        {},
        0.0,
        None,
        "an item nobody answered is not agreed on",
    ),
    ("scvi_universal", [[0, 0, 3, 0], [0, 0, 0, 7]], {}, 1.0, None, "all, though of different numbers"),
    ("cvi_modified_kappa", [0, 0, 0, 0], {}, None, "no_valid_answers", "nobody answered"),
    ("cvi_modified_kappa", [0, 0, 0, 1], {}, None, "too_few", "one expert always agrees"),
    ("cvi_modified_kappa", [0, 0, 0, 6], {}, 1.0, None, "all agree: chance is one half, not their share"),
    ("cvi_modified_kappa", [0, 6, 0, 0], {}, -(0.5**6) / (1 - 0.5**6), None, "nobody finds it relevant"),
    ("aiken_v", [0, 0, 0], {}, None, "no_valid_answers", "nobody answered"),
    ("aiken_v", [4], {}, None, "scale_too_short", "one category"),
    ("aiken_v", [0, 0, 4], {}, 1.0, None, "all at the top"),
    ("aiken_v", [4, 0, 0], {}, 0.0, None, "all at the bottom"),
    ("aiken_v", [0, 1, 0], {}, 0.5, None, "one expert in the middle"),
]


@pytest.mark.parametrize(("name", "counts", "options", "expected", "reason", "why"), CASES)
def test_degenerate_and_typical_cases(
    name: str, counts: Any, options: dict[str, Any], expected: float | None, reason: str | None, why: str
) -> None:
    found = ds.computed(name, counts, **options)
    assert found.reason.item() == reason, why
    assert found.value.item() == pytest.approx(np.nan if expected is None else expected, nan_ok=True), why


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 200), st.sampled_from([0.01, 0.05, 0.1]))
def test_the_critical_number_is_the_first_that_chance_seldom_gives(n: int, level: float) -> None:
    found = ds.cvr_critical(n, level)
    if np.isnan(found.n_essential):
        assert 0.5**n > level
    else:
        needed = int(found.n_essential)
        assert binom.sf(needed - 1, n, 0.5) <= level < binom.sf(needed - 2, n, 0.5)
        assert found.cvr == pytest.approx((needed - n / 2) / (n / 2))


def test_the_critical_number_of_many_experts_is_that_of_the_exact_sum() -> None:
    for n in (1001, 1500, 4000):
        tail, k = 0, n + 1
        while 20 * (tail + comb(n, k - 1)) <= 2**n:
            k -= 1
            tail += comb(n, k)
        assert float(ds.cvr_critical(n).n_essential) == k


def test_the_critical_number_of_a_histogram_is_that_of_its_size() -> None:
    np.testing.assert_array_equal(
        ds.cvr_critical([[1, 2, 9], [0, 0, 8]]).n_essential,
        [float(ds.cvr_critical(n).n_essential) for n in (12, 8)],
    )


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 9), min_size=4, max_size=4))
def test_kappa_is_the_index_beyond_the_binomial_chance(counts: list[int]) -> None:
    n, agree = sum(counts), counts[2] + counts[3]
    if n >= 2:
        chance = comb(n, agree) / 2**n
        expected = (agree / n - chance) / (1 - chance)
        assert float(ds.cvi_modified_kappa(counts)) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 9), min_size=5, max_size=5), st.sampled_from([0.9, 0.95, 0.99]))
def test_v_and_its_interval_are_those_of_as_many_trials_as_steps(
    counts: list[int], confidence: float
) -> None:
    n = sum(counts)
    if n:
        reached = sum(step * many for step, many in enumerate(counts))
        low, high = proportion_confint(reached, 4 * n, 1 - confidence, method="wilson")
        found = ds.aiken_v(counts, confidence=confidence)
        np.testing.assert_allclose(found, [reached / (4 * n), low, high], atol=1e-12)
        turned = ds.aiken_v(counts[::-1], confidence=confidence)
        np.testing.assert_allclose(turned, [1 - found.v, 1 - found.high, 1 - found.low], atol=1e-12)


def test_the_unit_of_the_scale_makes_no_more_trials() -> None:
    counts = [1, 2, 3, 2, 4]
    np.testing.assert_allclose(ds.aiken_v(counts, [0, 25, 50, 75, 100]), ds.aiken_v(counts), atol=1e-12)
    np.testing.assert_allclose(ds.aiken_v(counts, [0.0, 0.1, 0.2, 0.3, 0.4]), ds.aiken_v(counts), atol=1e-12)


def test_doubling_the_experts_keeps_shares_and_the_order_of_items_the_scale_indices() -> None:
    counts = np.random.default_rng(4).integers(0, 5, size=(12, 4))
    for name in ("cvi",):
        np.testing.assert_allclose(ds.computed(name, 2 * counts).value, ds.computed(name, counts).value)
    np.testing.assert_allclose(ds.cvr(2 * counts, [0, 0, 0, 1]), ds.cvr(counts, [0, 0, 0, 1]))
    for name in ("scvi_average", "scvi_universal"):
        np.testing.assert_allclose(ds.computed(name, counts[::-1]).value, ds.computed(name, counts).value)
        np.testing.assert_allclose(ds.computed(name, 3 * counts).value, ds.computed(name, counts).value)


def test_on_other_than_four_points_somebody_has_to_say_what_is_relevant() -> None:
    five = [1, 1, 2, 3, 3]
    assert float(ds.cvi(five, [False, False, False, True, True])) == 0.6
    for name in ("cvi", "cvi_modified_kappa"):
        with pytest.raises(ValueError, match=r"^within: has to say which of 5 categories mean relevant"):
            ds.computed(name, five)
    with pytest.raises(ValueError, match=r"^within: has to say"):
        ds.scvi_average([five])
    with pytest.raises(ValueError, match=r"^within: needs 5 values"):
        ds.cvi(five, [True])
    with pytest.raises(ValueError, match=r"^within: needs 3 values"):
        ds.cvr([1, 2, 3], [True])
    with pytest.raises(ValueError, match="cvr needs within"):
        ds.computed("cvr", [1, 2, 3])


def test_trap_37_the_table_of_1975_and_seven_of_nine() -> None:
    """Trap: the table of 1975 prints .62 for ten experts, a ratio that no ten experts give; .78 is not 7 of 9."""
    ratios = ds.cvr([[0, 10 - e, e] for e in range(11)], ESSENTIAL)
    assert not np.isclose(ratios, 0.62, atol=0.005).any()
    assert float(ds.cvr_critical(10).cvr) == 0.8
    seven_of_nine = float(ds.cvi([0, 2, 3, 4]))
    assert seven_of_nine < 0.78
    assert round(seven_of_nine, 2) == 0.78
    assert "7 of 9" in ds.statistic("cvi").reading


def test_wrong_arguments_are_named() -> None:
    for level in (0.0, 1.0, -1):
        with pytest.raises(ValueError, match=r"^level: has to lie between 0 and 1"):
            ds.cvr_critical(9, level)
    with pytest.raises(ValueError, match=r"^confidence:"):
        ds.aiken_v([1, 2], confidence=95)
    with pytest.raises(ValueError, match=r"^values:"):
        ds.aiken_v([1, 2], values=[2, 1])
    with pytest.raises(ValueError, match=r"^counts: needs items and categories"):
        ds.scvi_universal([1, 2, 3, 4])
    with pytest.raises(ValueError, match=r"^counts:"):
        ds.cvr_critical(-3)
