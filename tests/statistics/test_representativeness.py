"""Z values and representativeness as in Polis: degenerate cases, properties, wrong arguments."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from delphi import statistics as ds

GROUPS = arrays(np.int64, (3, 4, 3), elements=st.integers(0, 12))


@pytest.mark.parametrize(
    ("successes", "n", "expected", "why"),
    [
        (0, 0, np.nan, "nobody saw it"),
        (1, 1, 2**0.5, "one vote counts as two of two"),
        (5, 10, 2 * 11**0.5 * (6 / 11 - 0.5), "half agree, and one more is added"),
        (0, 3, 2 * 4**0.5 * (1 / 4 - 0.5), "nobody agrees"),
        (
            10**9,
            2 * 10**9,
            2 * (2 * 10**9 + 1) ** 0.5 * ((10**9 + 1) / (2 * 10**9 + 1) - 0.5),
            "large counts",
        ),
    ],
)
def test_one_share(successes: int, n: int, expected: float, why: str) -> None:
    assert float(ds.polis_one_prop_z(successes, n)) == pytest.approx(expected, nan_ok=True), why


@pytest.mark.parametrize(
    ("arguments", "expected", "why"),
    [
        ((4, 6, 4, 6), 0.0, "everybody agrees: the pooled share is 1"),
        ((0, 3, 0, 5), np.nan, "nobody in the group saw it"),
        ((3, 0, 5, 0), np.nan, "nobody outside saw it"),
        ((3, 3, 7, 7), 0.0, "equal shares of equal groups"),
        ((0, 0, 5, 9), (1 / 6 - 1 / 10) / (2 / 16 * 14 / 16 * (1 / 6 + 1 / 10)) ** 0.5, "nobody agrees"),
    ],
)
def test_two_shares(arguments: tuple[int, ...], expected: float, why: str) -> None:
    assert float(ds.polis_two_prop_z(*arguments)) == pytest.approx(expected, nan_ok=True), why


def test_totals_come_last_in_the_order_of_polis() -> None:
    """Trap of section 9: (in, out, n_in, n_out)."""
    assert float(ds.polis_two_prop_z(8, 3, 10, 12)) > 0 > float(ds.polis_two_prop_z(3, 8, 12, 10))
    with pytest.raises(ValueError, match="successes_out: cannot be more than n_out"):
        ds.polis_two_prop_z(8, 10, 10, 3)


@settings(deadline=None, max_examples=60)
@given(GROUPS)
def test_swapping_two_groups_swaps_the_sign(counts: np.ndarray) -> None:
    x, n = counts[..., 2], counts.sum(axis=-1)
    there = ds.polis_two_prop_z(x[:, 0], x[:, 1], n[:, 0], n[:, 1])
    back = ds.polis_two_prop_z(x[:, 1], x[:, 0], n[:, 1], n[:, 0])
    np.testing.assert_allclose(there, -back, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(GROUPS)
def test_reversing_agreement_gives_disagreement(counts: np.ndarray) -> None:
    """Trap 4: with the sign of the Polis database agreement and disagreement change places."""
    turned = counts[..., ::-1]
    for name in ("ratio", "probability", "z", "z_ratio", "score", "is_representative"):
        np.testing.assert_array_equal(
            getattr(ds.polis_comment_stats(turned, "agree"), name),
            getattr(ds.polis_comment_stats(counts, "disagree"), name),
        )


@settings(deadline=None, max_examples=60)
@given(GROUPS, st.permutations(range(4)))
def test_the_order_of_groups_does_not_matter(counts: np.ndarray, order: list[int]) -> None:
    np.testing.assert_allclose(
        ds.polis_comment_stats(counts[:, order]).ratio, ds.polis_comment_stats(counts).ratio[:, order]
    )
    for position in ("agree", "disagree"):
        np.testing.assert_allclose(
            ds.group_aware_consensus(counts[:, order], position), ds.group_aware_consensus(counts, position)
        )


@pytest.mark.parametrize(
    ("counts", "reasons", "why"),
    [
        ([[0, 0, 0], [1, 1, 1]], ["no_valid_answers", "no_valid_answers"], "one group saw nothing: there is no outside either"),
        ([[1, 1, 1]], ["one_cluster"], "a single group has no outside"),
        ([[1, 0, 0], [0, 0, 1], [0, 0, 0]], [None, None, "no_valid_answers"], "the third saw nothing"),
    ],
)  # fmt: skip
def test_what_nobody_saw_represents_nobody(
    counts: list[list[int]], reasons: list[str | None], why: str
) -> None:
    found = ds.computed("polis_comment_stats", counts)
    assert found.reason.tolist() == reasons, why
    assert found.n.tolist() == [sum(group) for group in counts]
    assert not ds.polis_comment_stats(counts).is_representative[[one is not None for one in reasons]].any()


def test_passing_counts_as_seen() -> None:
    without, with_passes = [[2, 0, 8], [5, 0, 5]], [[2, 10, 8], [5, 0, 5]]
    assert ds.polis_comment_stats(without).probability[0] == pytest.approx(9 / 12)
    assert ds.polis_comment_stats(with_passes).probability[0] == pytest.approx(9 / 22)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.polis_one_prop_z(3, 2), "successes: cannot be more than n"),
        (lambda: ds.polis_one_prop_z(-1, 2), "successes: counts are whole numbers from 0 on, the least given is -1"),
        (lambda: ds.polis_one_prop_z(1, 2.5), "n: counts are whole numbers from 0 on"),
        (lambda: ds.polis_two_prop_z(1, 1, 0, 4), "successes_in: cannot be more than n_in"),
        (lambda: ds.polis_comment_stats([[1, 2], [3, 4]]), "counts: need groups and then how many disagree"),
        (lambda: ds.polis_comment_stats([1, 2, 3]), "counts: need groups and then how many disagree"),
        (lambda: ds.polis_comment_stats([[1, 2, 3]], "pass"), "position: is agree or disagree, got 'pass'"),
        (lambda: ds.group_aware_consensus([[1, 2, 3]], unseen="zero"), "unseen: is undefined or half, got 'zero'"),
        (lambda: ds.consensus_statements([[1, 2, 3]], "all"), "rule: is overall or every_group, got 'all'"),
        (lambda: ds.consensus_statements([[1, 2, 3]], at_least=0.5), "at_least: is a share above 0.5 and at most 1, got 0.5"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        call()  # type: ignore[operator]
