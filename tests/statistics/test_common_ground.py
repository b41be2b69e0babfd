"""Group-aware consensus and consensus statements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from delphi import statistics as ds

GROUPS = arrays(np.int64, (5, 3, 3), elements=st.integers(0, 9))


@pytest.mark.parametrize(
    ("counts", "options", "expected", "why"),
    [
        ([[0, 0, 0], [0, 0, 0]], {}, "no_valid_answers", "nobody saw it"),
        ([[0, 0, 1], [0, 0, 0]], {}, "too_few", "one person always agrees"),
        ([[0, 0, 4], [0, 0, 0]], {}, "no_valid_answers", "one group saw nothing"),
        ([[0, 0, 4], [0, 0, 0]], {"unseen": "half"}, 5 / 6 / 2, "as Polis: a group that saw nothing counts a half"),
        ([[0, 0, 1], [0, 0, 0]], {"unseen": "half"}, "too_few", "still one person"),
        ([[0, 0, 4], [0, 0, 6]], {}, 5 / 6 * 7 / 8, "all agree"),
        ([[0, 0, 4], [6, 0, 0]], {}, 5 / 6 * 1 / 8, "opposed groups"),
        ([[1, 1, 8]], {}, 9 / 12, "a single group"),
    ],
)  # fmt: skip
def test_group_aware_consensus(counts: object, options: dict[str, str], expected: object, why: str) -> None:
    found = ds.computed("group_aware_consensus", counts, **options)
    assert (found.reason[()] or pytest.approx(float(found.value))) == expected, why


def test_a_group_weighs_the_same_whatever_its_size() -> None:
    """The product of two groups in the middle is 1/4 however many they are."""
    assert float(ds.group_aware_consensus([[3, 0, 3], [5, 0, 5]])) == pytest.approx(0.25)
    assert float(ds.group_aware_consensus([[1000, 0, 1000], [5, 0, 5]])) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("counts", "rule", "expected", "why"),
    [
        ([[0, 0, 0], [0, 0, 0]], "overall", "no_valid_answers", "nobody saw it"),
        ([[0, 0, 1], [0, 0, 0]], "overall", "too_few", "z of one vote is 1.41, but one person is no consensus"),
        ([[0, 0, 2], [0, 0, 0]], "overall", "agree", "z of two of two is 1.73"),
        ([[0, 0, 2], [0, 0, 0]], "every_group", "no_valid_answers", "a group saw nothing"),
        ([[0, 0, 5], [0, 0, 6]], "every_group", "agree", "all agree"),
        ([[5, 0, 0], [6, 0, 0]], "every_group", "disagree", "all reject"),
        ([[4, 0, 6], [0, 0, 9]], "every_group", "agree", "exactly 60 % is enough"),
        ([[41, 0, 59], [0, 0, 9]], "every_group", "neither", "59 % is not"),
        ([[5, 0, 0], [0, 0, 6]], "every_group", "neither", "opposed groups"),
        ([[0, 0, 30], [4, 0, 6]], "overall", "agree", "the smaller group is outvoted"),
        ([[5, 0, 5], [5, 0, 5]], "overall", "neither", "split in half"),
    ],
)  # fmt: skip
def test_consensus_statements(counts: object, rule: str, expected: str, why: str) -> None:
    found = ds.computed("consensus_statements", counts, rule=rule)
    assert found.label is not None
    assert (found.reason[()] or found.label[()]) == expected, why


def test_sixty_per_cent_is_compared_in_whole_numbers() -> None:
    """Trap 19: exactly 60 % passes for every n that 5 divides, and one answer less does not."""
    n = np.arange(10, 5000, 5)
    exactly = np.stack([n * 2 // 5, 0 * n, n * 3 // 5], axis=-1)[:, None, :]
    below = np.stack([n * 2 // 5 + 1, 0 * n, n * 3 // 5 - 1], axis=-1)[:, None, :]
    assert (ds.consensus_statements(exactly, "every_group").position == "agree").all()
    assert (ds.consensus_statements(below, "every_group").position == "neither").all()


def test_a_small_group_is_marked_where_it_decides() -> None:
    counts = [[0, 0, 3], [0, 0, 30]]
    assert ds.computed("consensus_statements", counts, rule="every_group").flags[()] == "n_below_minimum"
    assert ds.computed("consensus_statements", counts).flags[()] == ""


@settings(deadline=None, max_examples=60)
@given(GROUPS)
def test_reversed_votes_reverse_the_position(counts: np.ndarray) -> None:
    other = {"agree": "disagree", "disagree": "agree", "neither": "neither", None: None}
    for rule in ("overall", "every_group"):
        there = ds.consensus_statements(counts, rule).position
        back = ds.consensus_statements(counts[..., ::-1], rule).position
        assert [other[one] for one in there] == back.tolist()


@settings(deadline=None, max_examples=60)
@given(GROUPS)
def test_common_ground_survives_joining_the_groups(counts: np.ndarray) -> None:
    """What every group agrees to by 60 %, all together agree to by 60 %."""
    apart = ds.consensus_statements(counts, "every_group").position
    joined = ds.consensus_statements(counts.sum(axis=1, keepdims=True), "every_group").position
    for one, other in zip(apart, joined, strict=True):
        assert one not in ("agree", "disagree") or one == other
