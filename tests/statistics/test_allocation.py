"""Constant-sum answers: which add up, blanks, zeros, and both means."""

from __future__ import annotations

import numpy as np
import pytest

from delphi import statistics as ds

NAN = np.nan


@pytest.mark.parametrize(
    ("row", "options", "is_valid"),
    [
        ([50, 30, 20], {}, True),
        ([100, 0, 0], {}, True),
        ([50, 30, 19], {}, False),
        ([50, 30, 19], {"tolerance": 1}, True),
        ([50, 30, 18], {"tolerance": 1}, False),
        ([33.3, 33.3, 33.4], {}, True),
        ([0.1, 0.2, 0.7], {"total": 1}, True),  # 0.1 + 0.2 + 0.7 is not exactly 1 in floats
        ([120, -20, 0], {}, False),
        ([60, 40, NAN], {}, False),
        ([60, 40, NAN], {"blank_is_zero": True}, True),
        ([60, 30, NAN], {"blank_is_zero": True}, False),
        ([np.inf, 0, 0], {}, False),
        ([0, 0, 0], {}, False),
    ],
)
def test_an_answer_adds_up_to_the_total(row, options, is_valid):
    found = ds.allocation_mean([row], **options)
    assert (found.n, found.n_invalid) == ((1, 0) if is_valid else (0, 1))
    assert np.isfinite(found.share).all() == is_valid
    if not is_valid:
        with pytest.raises(ValueError, match=r"^allocations: 1 of 1"):
            ds.allocation_mean([row], **options, invalid="refused")


def test_who_left_all_blank_did_not_answer():
    found = ds.computed("allocation_mean", [[NAN] * 3], blank_is_zero=True)
    assert found.reason.tolist() == ["no_valid_answers"] * 3
    assert found.more["n_invalid"] == 0


def test_shares_add_up_also_where_the_answers_nearly_do():
    found = ds.allocation_mean([[50, 30, 19], [20, 40, 41]], tolerance=1)
    assert found.share.sum() == pytest.approx(1)
    np.testing.assert_allclose(found.share, (np.array([50, 30, 19]) / 99 + np.array([20, 40, 41]) / 101) / 2)


def test_the_spread_needs_two():
    assert np.isnan(ds.allocation_mean([[50, 50]]).sd).all()
    np.testing.assert_allclose(ds.allocation_mean([[50, 50], [70, 30]]).sd, [0.02**0.5] * 2)


@pytest.mark.parametrize(
    ("rows", "zero_share", "share", "reason"),
    [
        ([[50, 50], [80, 20]], None, [2 / 3, 1 / 3], None),
        ([[100, 0], [50, 50]], None, [NAN, NAN], "non_positive_values"),
        (
            [[100, 0], [50, 50]],
            0.01,
            [0.99**0.5 / (0.99**0.5 + 0.01**0.5), 0.01**0.5 / (0.99**0.5 + 0.01**0.5)],
            None,
        ),
        ([[100, 0], [100, 0]], 0.2, [0.8, 0.2], None),
        ([[NAN, NAN]], 0.01, [NAN, NAN], "no_valid_answers"),
    ],
)
def test_the_aitchison_mean_needs_a_named_rule_for_zeros(rows, zero_share, share, reason):
    found = ds.computed(
        "allocation_mean", np.array(rows, dtype=float), method="aitchison", zero_share=zero_share
    )
    np.testing.assert_allclose(found.value, share)
    assert found.reason.tolist() == [reason] * 2


def test_the_aitchison_mean_does_not_depend_on_the_other_options():
    """The ratio of two options is the geometric mean of the persons' ratios, whatever the third got."""
    rows = np.array([[40, 20, 40], [30, 10, 60], [20, 40, 40]])
    share = ds.allocation_mean(rows, method="aitchison").share
    assert share[0] / share[1] == pytest.approx((2 * 3 * 0.5) ** (1 / 3))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.allocation_mean([50, 50]), "^allocations: needs respondents and options"),
        (lambda: ds.allocation_mean([[50, 50]], total=0), "^total: is a number above 0, got 0"),
        (
            lambda: ds.allocation_mean([[50, 50]], tolerance=-1),
            "^tolerance: is a number from 0 to below the total",
        ),
        (
            lambda: ds.allocation_mean([[50, 50]], tolerance=100),
            "^tolerance: is a number from 0 to below the total",
        ),
        (
            lambda: ds.allocation_mean([[50, 50]], method="median"),
            "^method: is arithmetic or aitchison, got 'median'",
        ),
        (
            lambda: ds.allocation_mean([[50, 50]], zero_share=0.1),
            "^zero_share: lies between 0 and 1 over the 2 options",
        ),
        (
            lambda: ds.allocation_mean([[50, 50]], method="aitchison", zero_share=0.5),
            "^zero_share: lies between",
        ),
    ],
)
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
