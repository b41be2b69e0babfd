import itertools

import pytest

from delphi.validation.settling import Candidate, settle


def one(content="a", time=None, rank=2, version=1, file="f", groups=()):
    return Candidate(
        file, version, time, rank, tuple(content.replace(".", "")) if content != "." else ("",), tuple(groups)
    )


CURRENT, OLD, SAME, CLASH = "current", "superseded", "repeat", "contradiction"

CASES = [
    ("alone", [one()], [CURRENT]),
    ("the later of two", [one("a", 1), one("b", 2)], [OLD, CURRENT]),
    ("the complete one although it is earlier", [one("a", 1), one("b", 2, rank=1)], [CURRENT, OLD]),
    ("the later of two partial ones", [one("a", 1, rank=1), one("b", 2, rank=1)], [OLD, CURRENT]),
    ("a blank one after one with answers", [one("a", 1, rank=1), one(".", 2, rank=0)], [CURRENT, OLD]),
    ("other answers at the same time", [one("a", 1), one("b", 1)], [CLASH, CLASH]),
    ("other answers without times", [one("a"), one("b")], [CLASH, CLASH]),
    ("other groups without times", [one("a", groups="x"), one("a", groups="y")], [CLASH, CLASH]),
    ("the same once more", [one("a", 1), one("a", 1)], [CURRENT, SAME]),
    ("the same once more without times", [one("a"), one("a")], [CURRENT, SAME]),
    ("the same, but complete", [one("a", 1, rank=1), one("a", 1)], [SAME, CURRENT]),
    ("the complete one of two without times", [one("a", rank=1), one("b")], [OLD, CURRENT]),
    ("contradicting losers do no harm", [one("a", 1), one("b", 1), one("c", 2)], [OLD, OLD, CURRENT]),
    ("with and without a time", [one("a", 1), one("b")], [CLASH, CLASH]),
    ("a corrected version without times", [one("a"), one("b", version=2)], [OLD, CURRENT]),
    ("a corrected version at the same time", [one("a", 1), one("b", 1, version=2)], [OLD, CURRENT]),
    ("the same in the next version", [one("a", 1), one("a", 1, version=2)], [CURRENT, SAME]),
    ("an older return in the next version", [one("a", 2), one("b", 1, version=2)], [CURRENT, OLD]),
    ("an emptied cell corrects nothing", [one("ab"), Candidate("f", 2, None, 2, ("a", ""))], [CURRENT, OLD]),
    ("settled by the next version", [one("a"), one("b"), one("a", version=2)], [CLASH, CLASH, CURRENT]),
    ("torn next time", [one("a"), one("b", version=2), one("c", version=2)], [CURRENT, CLASH, CLASH]),
    ("two files without times", [one("a"), one("b", file="g")], [CLASH, CLASH]),
    ("the later of two files", [one("a", 1), one("b", 2, file="g")], [OLD, CURRENT]),
    ("the same in two files", [one("a"), one("a", file="g")], [CURRENT, SAME]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("candidates", "fates"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_p09_which_return_counts(candidates, fates):
    assert settle(candidates) == fates


@pytest.mark.parametrize("candidates", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_p09_the_order_of_rows_decides_nothing(candidates):
    expected = settle(candidates)
    said = {candidates[n].content for n, fate in enumerate(expected) if fate == CURRENT}
    for order in itertools.permutations(range(len(candidates))):
        fates = settle([candidates[n] for n in order])
        assert {
            candidates[n].content for n, fate in zip(order, fates, strict=True) if fate == CURRENT
        } == said
        clashes = {n for n, fate in zip(order, fates, strict=True) if fate == CLASH}
        assert clashes == {n for n, fate in enumerate(expected) if fate == CLASH}


def test_keep_first_takes_the_earliest_with_answers():
    assert settle([one("a", 2), one("b", 1, rank=1)], "first") == [OLD, CURRENT]
    assert settle([one("a", 2), one(".", 1, rank=0)], "first") == [CURRENT, OLD]
    assert settle([one("a"), one("b")], "first") == [CLASH, CLASH]
    assert settle([one("a"), one("b", version=2)], "first") == [CURRENT, OLD]


def test_keep_error_lets_no_two_returns_stand():
    assert settle([one("a", 1), one("b", 2)], "error") == [CLASH, CLASH]
    assert settle([one("a", 1), one("a", 1)], "error") == [CURRENT, SAME]
