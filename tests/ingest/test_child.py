"""A reader that crashes, fails or grows without end is a refusal that tells nothing of its file."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pytest

from delphi.errors import AnswersError
from delphi.ingest.child import read_in_child

READERS = """
import os, signal, sys, time
from delphi.ingest.records import begin
from delphi.ingest.refusing import refusal

def crash(data, file_name, options):
    os.kill(os.getpid(), signal.SIGSEGV)

def leave(data, file_name, options):
    os._exit(3)

def fail(data, file_name, options):
    raise RuntimeError(data.decode())

def chatter(data, file_name, options):
    print(data.decode())
    os.write(1, data)
    return good(data, file_name, options)

def eat(data, file_name, options):
    return bytearray(1 << 40)

def spin(data, file_name, options):
    while True:
        pass

def wait(data, file_name, options):
    time.sleep(60)

def fill(data, file_name, options):
    with open("big", "wb") as file:
        for _ in range(600):
            file.write(bytes(1 << 20))

def refuse(data, file_name, options):
    raise refusal(file_name, "html", "this is a web page", "Export it again.", line=3, path="sheet A")

def good(data, file_name, options):
    extract = begin(["id", "c"], file_name, 3)
    extract.add([["p", "Zo\\u00eb \\ud800"], ["", ""], ["q"]], 2)
    extract.epoch, extract.notes = "1899-12-30", ["a note"]
    return extract

def surroundings(data, file_name, options):
    secret = os.environ.get("DELPHI_TEST_SECRET", "none")
    extract = begin([secret, os.path.basename(os.getcwd())[:7], str(sorted(options))], file_name, 0)
    return extract
"""


@pytest.fixture(autouse=True)
def readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd_readers.py").write_text(textwrap.dedent(READERS))
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])


def failure(reader: str, **limits: float) -> str:
    with pytest.raises(AnswersError) as caught:
        read_in_child(f"odd_readers:{reader}", b"SECRET-7f3a", "r1.xlsx", {}, **limits)  # type: ignore[arg-type]
    (problem,) = caught.value.problems
    assert (problem.file, problem.code) == ("r1.xlsx", "reader_failed")
    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None
    return problem.message.removeprefix("the file cannot be read safely: its reader ")


def test_a_crash_is_a_refusal():
    assert failure("crash") == "was stopped by signal 11"


def test_an_end_without_result_is_a_refusal():
    assert failure("leave") == "ended with code 3 and no result"


def test_a_failure_tells_its_kind_and_not_its_text():
    assert failure("fail") == "failed (RuntimeError)"


def test_a_reader_that_does_not_exist_is_a_refusal():
    assert failure("nobody") == "failed (AttributeError)"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems may not limit memory")
def test_memory_is_limited():
    assert failure("eat") == "needs more memory than it may have"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit processor time")
def test_processor_time_is_limited():
    assert failure("spin", cpu_seconds=1).startswith("was stopped by signal")


def test_the_wall_clock_is_limited():
    assert failure("wait", wall_seconds=0.5) == "took longer than 0.5 seconds"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems may not limit files")
def test_what_it_writes_is_limited():
    assert failure("fill") == "failed (OSError)"


def test_a_refusal_of_the_reader_is_passed_on_as_it_is():
    with pytest.raises(AnswersError) as caught:
        read_in_child("odd_readers:refuse", b"", "r1.xlsx", {})
    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.path) == ("html", 3, "sheet A")


@pytest.mark.parametrize("reader", ["good", "chatter"])
def test_what_it_takes_arrives_unchanged_whatever_it_prints(reader: str):
    extract = read_in_child(f"odd_readers:{reader}", b"{}", "r1.xlsx", {})
    assert extract.columns == [["p"], ["Zo\u00eb \ud800"]]
    assert [(aside.source_row, aside.rule) for aside in extract.asides] == [(3, "blank"), (4, "ragged")]
    assert (extract.epoch, extract.notes, extract.counted) == ("1899-12-30", ["a note"], 3)


def test_it_sees_no_environment_and_works_in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DELPHI_TEST_SECRET", "hunter2")
    extract = read_in_child("odd_readers:surroundings", b"", "r1.xlsx", {"sheet": "A"})
    assert extract.headers == ["none", "delphi-", "['sheet']"]


def test_the_package_needs_no_foreign_reader_to_be_imported():
    import subprocess

    code = (
        "import sys; sys.path[:0] = ['src']; import delphi.ingest.reading, delphi.ingest.child, "
        "delphi.ingest.delimited, delphi.ingest.journal, delphi.ingest.pseudonym; "
        "print({'pandas', 'duckdb', 'python_calamine', 'pyreadstat'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
