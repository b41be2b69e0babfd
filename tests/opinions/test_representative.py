"""The order of statements that stand for a group and for all."""

from __future__ import annotations

import pytest

from delphi.opinions.representative import representative_statements, statements_for_all
from tests.published.values.opinions import COUNTS


def test_order_and_scores_are_those_of_red_dwarf() -> None:
    """red-dwarf 0.4.0, `select_representative_statements` of the same votes, no limit, its first statement put in its place."""
    expected = [
        [(0, "agree", 36.88134), (3, "disagree", 36.369648), (4, "disagree", 10.500458), (1, "agree", 5.122408), (6, "disagree", 3.718344)],
        [(4, "agree", 30.042471), (3, "agree", 14.519283), (0, "disagree", 13.468701), (1, "disagree", 13.468701), (2, "disagree", 9.185587), (6, "agree", 3.230166)],
    ]  # fmt: skip
    found = representative_statements(COUNTS, least_seen=1)
    for ours, theirs in zip(found, expected, strict=True):
        assert [(one.statement, one.position) for one in ours] == [one[:2] for one in theirs]
        assert [one.score for one in ours] == pytest.approx([one[2] for one in theirs], abs=5e-7)


def test_what_few_of_a_group_saw_does_not_stand_for_it() -> None:
    """Statement 5 was seen by four of the second group, statement 4 by four of the first."""
    numbers = [{one.statement for one in group} for group in representative_statements(COUNTS, least_seen=5)]
    assert numbers == [{0, 1, 4, 6}, {0, 1, 2, 3}]


def test_one_vote_of_one_person_stands_for_nobody() -> None:
    """Its z is 1.41 by the formula of Polis."""
    counts = [[[0, 0, 1], [9, 0, 0]]]
    assert [len(group) for group in representative_statements(counts, least_seen=1)] == [1, 1]
    assert [len(group) for group in representative_statements(counts)] == [0, 1]


def test_equal_statements_stand_in_their_order() -> None:
    counts = [[[0, 0, 9], [9, 0, 0]]] * 3
    assert [one.statement for one in representative_statements(counts)[0]] == [0, 1, 2]


def test_consensus_is_ordered_by_share_and_z() -> None:
    counts = [[[2, 1, 20]], [[30, 0, 1]], [[5, 5, 6]], [[0, 0, 12]]]
    found = statements_for_all(counts)
    assert [(one.statement, one.position, one.taking, one.seen) for one in found] == [
        (1, "disagree", 30, 31), (3, "agree", 12, 12), (0, "agree", 20, 23),
    ]  # fmt: skip


def test_consensus_of_few_is_left_out() -> None:
    counts = [[[0, 0, 4], [0, 0, 9]]]
    assert len(statements_for_all(counts)) == 1
    assert len(statements_for_all(counts, "every_group")) == 0
    assert len(statements_for_all(counts, "every_group", least_seen=4)) == 1
    assert len(statements_for_all([[[0, 0, 4]]])) == 0
