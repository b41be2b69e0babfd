"""A publication comes out again as it was, whatever came later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from delphi.errors import UsageError, WarehouseError
from delphi.ingest.journal import Journal
from delphi.stages.as_of import run_as_of
from delphi.stages.plan import run
from delphi.stages.rebuilding import rebuild_warehouse
from delphi.stages.seal import publications
from delphi.stages.verifying import verify_study
from delphi.study import StudyFolder, locate
from delphi.warehouse.digests import recorded_digests
from tests.conftest import BARRIERS, barriers_rows, write_rows

STATISTICS = "select * exclude (params), params::varchar from statistics order by all"


def _run(folder: StudyFolder, until: str = "report") -> None:
    for _ in run(folder, (), until):
        pass


def _published(folder: StudyFolder) -> list[int]:
    return [event.seq for event in publications(Journal(folder.journal).events())]


def _statistics(warehouse: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(STATISTICS).fetchall()


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyFolder, list[tuple[object, ...]], bytes]:
    """A study that was published with one round, and since has a second one, a correction and another title."""
    barriers = tmp_path_factory.mktemp("grown") / "barriers"
    barriers.mkdir()
    (barriers / "study.yaml").write_text(BARRIERS, encoding="utf-8")
    write_rows(barriers / "r1.csv", barriers_rows(1))
    folder = locate(barriers)
    _run(folder)
    then, page = _statistics(folder.warehouse), (folder.outputs / "report.html").read_bytes()
    write_rows(barriers / "r2.csv", barriers_rows(2))
    rows = barriers_rows(1)
    write_rows(barriers / "r1.csv", [*rows, ["late@example.org", "city", "1", "1", "1"]])
    study = (barriers / "study.yaml").read_text(encoding="utf-8")
    (barriers / "study.yaml").write_text(study.replace("Barriers to", "Obstacles to"), encoding="utf-8")
    _run(folder)
    return folder, then, page


def test_p23_an_early_publication_comes_out_as_it_was(
    grown: tuple[StudyFolder, list[tuple[object, ...]], bytes],
) -> None:
    folder, then, page = grown
    first, second = _published(folder)
    now = recorded_digests(folder.warehouse)
    journal = folder.journal.read_bytes()
    made = run_as_of(folder, str(first))
    assert _statistics(made.warehouse) == then != _statistics(folder.warehouse)
    assert made.report.read_bytes() == page
    assert run_as_of(folder, str(second)).tables == {
        str(row["table"]): f"{row['rows']}:{row['digest']}" for row in now
    }
    assert recorded_digests(folder.warehouse) == now
    assert folder.journal.read_bytes() == journal
    assert not list(folder.warehouse.parent.glob(".as-of-*"))


def test_p23_other_threads_time_zone_and_language_change_nothing(
    grown: tuple[StudyFolder, list[tuple[object, ...]], bytes],
) -> None:
    folder, then, _ = grown
    first, _ = _published(folder)
    other = {"TZ": "Asia/Kathmandu", "LC_ALL": "de_DE.UTF-8", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-m", "delphi", "run", str(folder.root), "--as-of", str(first), "--json"],
        capture_output=True, text=True, check=False, env=os.environ | other,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert _statistics(Path(json.loads(done.stdout)["warehouse"])) == then


def test_p23_a_day_means_the_last_publication_until_its_end(
    grown: tuple[StudyFolder, list[tuple[object, ...]], bytes],
) -> None:
    folder, *_ = grown
    last = publications(Journal(folder.journal).events())[-1]
    assert run_as_of(folder, last.at[:10]).publication == last.seq


@pytest.mark.parametrize("wanted", ["1", "999", "2020-01-01", "yesterday", "²"])
def test_what_was_never_published_is_refused_with_the_publications_there_are(
    wanted: str, grown: tuple[StudyFolder, list[tuple[object, ...]], bytes]
) -> None:
    folder, *_ = grown
    with pytest.raises(UsageError, match=str(_published(folder)[-1])):
        run_as_of(folder, wanted)


def test_a_run_of_a_part_is_no_publication(barriers: Path) -> None:
    folder = locate(barriers)
    _run(folder, "statistics")
    with pytest.raises(UsageError, match="delphi run"):
        run_as_of(folder, "1")


def test_p23_a_publication_that_comes_out_otherwise_is_said(
    grown: tuple[StudyFolder, list[tuple[object, ...]], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, *_ = grown
    first, _ = _published(folder)
    monkeypatch.setattr("delphi.stages.waves.count_wave", lambda *_args, **_ways: {})
    with pytest.raises(WarehouseError) as caught:
        run_as_of(folder, str(first))
    assert {"table counts", "report.html"} <= {one.path for one in caught.value.problems}
    assert {one.code for one in caught.value.problems} == {"not_reproduced"}


def test_p23_the_item_bank_of_that_day_is_used(barriers: Path) -> None:
    folder = locate(barriers)
    study = (barriers / "study.yaml").read_text(encoding="utf-8")
    start, end = study.index("items:"), study.index("groups:")
    (barriers / "study.yaml").write_text(study[:start] + "items: {file: bank.csv}\n" + study[end:], "utf-8")
    bank = "id,scale,text\n" + "".join(f"s0{n},imp9,Statement {n}\n" for n in (1, 2, 3))
    (barriers / "bank.csv").write_text(bank, encoding="utf-8")
    _run(folder)
    (barriers / "bank.csv").write_text(bank.replace("Statement 2", "Another text"), encoding="utf-8")
    _run(folder)
    first, _ = _published(folder)
    made = run_as_of(folder, str(first))
    with duckdb.connect(str(made.warehouse), read_only=True) as connection:
        texts = connection.execute("select text from items order by item_id").fetchall()
    assert texts == [("Statement 1",), ("Statement 2",), ("Statement 3",)]


def test_a_rebuild_under_a_changed_study_file_is_a_publication_that_can_be_made_again(barriers: Path) -> None:
    folder = locate(barriers)
    for _ in run(folder):
        pass
    text = folder.study_file.read_text(encoding="utf-8")
    folder.study_file.write_text(
        text.replace("high: [7, 9]", "high: [8, 9]").replace("[4, 6]", "[4, 7]"), encoding="utf-8"
    )
    rebuild_warehouse(folder)
    last = publications(Journal(folder.journal).events())[-1]
    assert run_as_of(folder, str(last.seq)).publication == last.seq
    assert verify_study(folder).problems == ()
