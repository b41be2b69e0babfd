"""Runs that interleave, and studies that change and change back: what the tables hold is what the last run would compute."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from delphi.ingest.journal import Journal
from delphi.stages.plan import Step, perform, run, steps_after_ingest
from delphi.stages.seal import seal
from delphi.study import StudyFolder, locate
from delphi.warehouse.digests import digests_of, write_digests
from delphi.warehouse.warehouse import Warehouse
from tests.conftest import barriers_rows, write_rows
from tests.faults.forked import put_study

TIMES = {"sources", "submissions"}
"""Tables that say when a file came."""


def put(root: Path, waves: tuple[int, ...]) -> StudyFolder:
    """The small study with a known secret."""
    return locate(put_study(root, waves))


def correct(folder: StudyFolder) -> None:
    """A later export of the first round in which everybody is against the first statement."""
    rows = [[*row[:2], "1", *row[3:]] for row in barriers_rows(1)[1:]]
    write_rows(folder.root / "r1.csv", [barriers_rows(1)[0], *rows])


def held(folder: StudyFolder) -> tuple[dict[str, tuple[object, object]], str]:
    """Rows and digest of every table, and the page."""
    with Warehouse.open_for_writing(folder.warehouse) as warehouse:
        write_digests(warehouse)
        tables = {
            str(row["table"]): (row["rows"], row["digest"])
            for row in digests_of(warehouse)
            if row["table"] not in TIMES
        }
    return tables, (folder.outputs / "report.html").read_text(encoding="utf-8")


def performed(folder: StudyFolder) -> Iterator[None]:
    """The stages of one run, one at a time, as a flow does them: others may come between."""
    perform(folder, Step("ingest"))
    yield
    for step in steps_after_ingest(folder, (), "report"):
        perform(folder, step)
        yield


def whole(folder: StudyFolder, **options: str) -> list[str]:
    """A run from beginning to end; the states of its steps."""
    return [result.state for result in run(folder, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(6))
def test_p16_two_runs_between_which_files_come_end_as_one_run(tmp_path: Path, seed: int) -> None:
    expected = put(tmp_path / "undisturbed" / "barriers", (1,))
    whole(expected)
    correct(expected)
    write_rows(expected.root / "r2.csv", barriers_rows(2))
    whole(expected)

    folder, rng = put(tmp_path / "disturbed" / "barriers", (1,)), random.Random(seed)
    first = performed(folder)
    for _ in range(rng.randrange(1, 6)):
        next(first)
    correct(folder)
    write_rows(folder.root / "r2.csv", barriers_rows(2))
    at_work = [first, performed(folder)]
    next(at_work[1])
    while at_work:
        one = rng.choice(at_work)
        if next(one, "ended") == "ended":
            at_work.remove(one)
    assert held(folder) == held(expected)
    assert set(whole(folder)) == {"unchanged"}


def test_p16_a_page_made_before_a_file_came_does_not_pass_for_one_with_it(tmp_path: Path) -> None:
    """Somebody takes the second round in while another run, which does not know it, is about to write the report."""
    expected = put(tmp_path / "undisturbed" / "barriers", (1,))
    whole(expected)
    write_rows(expected.root / "r2.csv", barriers_rows(2))
    whole(expected)
    folder = put(tmp_path / "barriers", (1,))
    stages = performed(folder)
    for _ in range(6):
        next(stages)
    write_rows(folder.root / "r2.csv", barriers_rows(2))
    perform(folder, Step("ingest"))
    assert list(stages) == [None]
    states = [result.state for result in run(folder)]
    assert states[-1] == "done"
    assert held(folder) == held(expected)
    assert set(whole(folder)) == {"unchanged"}


def test_p16_what_was_taken_in_since_is_not_sealed_as_published(tmp_path: Path) -> None:
    folder = put(tmp_path / "barriers", (1,))
    for _ in performed(folder):
        pass
    write_rows(folder.root / "r2.csv", barriers_rows(2))
    perform(folder, Step("ingest"))
    assert seal(folder, is_whole=True).facts["is_whole"] is False
    whole(folder)
    assert [
        event.facts["is_whole"] for event in Journal(folder.journal).events() if event.kind == "seal"
    ] == [
        False,
        True,
    ]


def test_a_page_of_another_warehouse_is_not_taken_for_ones_own(tmp_path: Path) -> None:
    """Two warehouses that write to one folder: each run leaves its own page."""
    folder = put(tmp_path / "barriers", (1, 2))
    other = locate(folder.root, tmp_path / "elsewhere" / "other.duckdb")
    whole(folder)
    page = (folder.outputs / "report.html").read_bytes()
    assert whole(other)[-1] == "done"
    (folder.outputs / "report.html").write_bytes(page)
    assert whole(folder)[:-1] == ["unchanged"] * 11
    assert (folder.outputs / "report.html").read_bytes() == page


def test_a_wave_that_is_taken_out_and_put_back_has_its_rows_again(tmp_path: Path) -> None:
    folder = put(tmp_path / "barriers", (1, 2))
    whole(folder)
    before = held(folder)
    file = folder.study_file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("  - {id: r2}\n", "").replace("[r1, r2]", "[r1]"), encoding="utf-8")
    whole(folder)
    assert held(folder) != before
    file.write_text(text, encoding="utf-8")
    whole(folder)
    assert held(folder) == before


@pytest.mark.parametrize("until", ["validate", "count", "statistics", "verdicts"])
def test_a_study_that_is_changed_back_ends_as_it_was(tmp_path: Path, until: str) -> None:
    """Also where a run in between went only so far: a later stage's rows stand in the tables of an earlier one."""
    folder = put(tmp_path / "barriers", (1, 2))
    whole(folder)
    before = held(folder)
    file = folder.study_file
    text = file.read_text(encoding="utf-8")
    changed = re.sub(r"high: \[7, 9\]", "high: [8, 9]", text).replace("middle: [4, 6]", "middle: [4, 7]")
    file.write_text(changed, encoding="utf-8")
    whole(folder, until=until)
    file.write_text(text, encoding="utf-8")
    whole(folder)
    assert held(folder) == before


def test_a_wave_run_for_itself_under_a_changed_study_loses_no_later_member(tmp_path: Path) -> None:
    folder = put(tmp_path / "barriers", (1, 2))
    whole(folder)
    before = held(folder)
    file = folder.study_file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('borders"', 'all borders"'), encoding="utf-8")
    list(run(folder, ("r1",)))
    file.write_text(text, encoding="utf-8")
    whole(folder)
    assert held(folder) == before


def test_opinions_that_are_no_longer_wanted_and_then_wanted_again_are_there_again(tmp_path: Path) -> None:
    folder = put(tmp_path / "barriers", (1, 2))
    file = folder.study_file
    text = file.read_text(encoding="utf-8")
    wanted = text + "analysis: {near_duplicates: {of: [items], token_set: 10, cosine: 0.05}}\n"
    file.write_text(wanted, encoding="utf-8")
    whole(folder)
    before = held(folder)
    assert before[0]["near_duplicates"][0] != 0
    file.write_text(text, encoding="utf-8")
    whole(folder)
    assert held(folder)[0]["near_duplicates"][0] == 0
    file.write_text(wanted, encoding="utf-8")
    whole(folder)
    assert held(folder) == before
