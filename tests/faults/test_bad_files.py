"""Every bad file of the corpus ends as the contract says, promise by promise."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from delphi.errors import AnswersError
from delphi.ingest.journal import Journal
from delphi.stages.plan import run
from delphi.study import StudyFolder, locate
from delphi.warehouse import stamp
from tests.conftest import BARRIERS, barriers_rows, write_rows
from tests.faults.corpus import Case, corpus, outcome, wrong_with
from tests.faults.naive import judged_naively

CASES = corpus()
LEAST = 200


def serving(promise: str) -> pytest.MarkDecorator:
    """Every case that serves a promise."""
    found = [case for case in CASES if promise in case.promises]
    return pytest.mark.parametrize("case", found, ids=[ascii(case.name) for case in found])


@functools.cache
def wrong(name: str) -> tuple[str, ...]:
    """What is wrong with the outcome of a case; each is read once."""
    case = next(case for case in CASES if case.name == name)
    return tuple(wrong_with(case, outcome(case)))


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= LEAST
    assert sum(bool(case.refused) for case in CASES) >= 50


@serving("p01")
def test_p01_another_dress_of_the_same_answers_gives_the_same(case: Case) -> None:
    assert wrong(case.name) == ()


@serving("p02")
def test_p02_every_record_ends_in_one_place(case: Case) -> None:
    assert wrong(case.name) == ()


@serving("p04")
def test_p04_a_bad_cell_is_told_and_never_repaired(case: Case) -> None:
    assert wrong(case.name) == ()


@serving("p05")
def test_p05_no_size_or_container_breaks_a_reader(case: Case) -> None:
    assert wrong(case.name) == ()


@serving("p06")
def test_p06_keys_are_text_from_end_to_end(case: Case) -> None:
    assert wrong(case.name) == ()


@serving("p07")
def test_p07_encoding_separator_and_decimal_sign_are_declared_or_proved(case: Case) -> None:
    assert wrong(case.name) == ()


@serving("p08")
def test_p08_a_damaged_structure_shifts_and_swallows_nothing(case: Case) -> None:
    assert wrong(case.name) == ()


@serving("p09")
def test_p09_two_answers_of_one_person_are_not_settled_by_order(case: Case) -> None:
    assert wrong(case.name) == ()


@serving("p10")
def test_p10_a_poorer_file_removes_nothing(case: Case) -> None:
    assert wrong(case.name) == ()


@serving("p12")
def test_p12_who_does_not_belong_is_put_aside_under_a_reason_of_its_own(case: Case) -> None:
    assert wrong(case.name) == ()


def test_p03_every_refused_file_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delphi.ingest.received.STILL", 0)
    root = tmp_path / "barriers"
    root.mkdir()
    folder = new_study(root)
    for _ in run(folder, (), "validate"):
        pass
    before = stamp.stamp_of(folder.warehouse).read_bytes()
    refused = [case for case in CASES if case.refused and case.platform == "csv" and not case.declared]
    assert len(refused) >= 30
    kept = sorted(path.name for path in folder.received.iterdir())
    known = len(Journal(folder.journal).events())
    for case in refused:
        (root / "r2.csv").write_bytes(case.data)
        with pytest.raises(AnswersError):
            list(run(folder, (), "validate"))
        assert stamp.problems_of(folder.warehouse) == (), case.name
    assert stamp.stamp_of(folder.warehouse).read_bytes() == before
    assert sorted(path.name for path in folder.received.iterdir()) == kept
    assert {event.kind for event in Journal(folder.journal).events()[known:]} == {"refusal"}


def test_p03_a_first_file_that_is_refused_leaves_only_the_line_that_says_so(tmp_path: Path) -> None:
    folder = new_study(tmp_path)
    (tmp_path / "r1.csv").write_bytes(b"respondent_id;role\np1;city\n")
    with pytest.raises(AnswersError):
        list(run(folder, (), "validate"))
    assert not folder.received.exists()
    assert [event.kind for event in Journal(folder.journal).events()] == ["refusal"]


def new_study(root: Path) -> StudyFolder:
    """A new small study that has its first round."""
    (root / "study.yaml").write_text(BARRIERS, encoding="utf-8")
    write_rows(root / "r1.csv", barriers_rows(1))
    return locate(root)


def test_the_naive_way_is_silently_wrong_where_this_reader_is_right() -> None:
    found = [judged_naively(case) for case in CASES]
    assert found.count("silently wrong") > LEAST / 4
    assert not [case.name for case in CASES if wrong(case.name)]
