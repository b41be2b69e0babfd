"""How a command ends: its exit code and its last words, also when the output cannot be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DELPHI = [sys.executable, "-m", "delphi"]


def test_the_exit_code_is_that_of_the_command() -> None:
    codes = {
        (): 0,
        ("--version",): 0,
        ("run", "--help"): 0,
        ("nonsense",): 2,
        ("check", "/there/is/no/study"): 10,
    }
    found = {
        given: subprocess.run([*DELPHI, *given], capture_output=True, check=False).returncode
        for given in codes
    }
    assert found == codes


def test_what_is_printed_last_arrives_although_the_program_leaves_at_once() -> None:
    code = (
        "import sys, atexit\n"
        "from delphi.cli import main\n"
        "sys.argv = ['delphi', '--version']\n"
        "atexit.register(print, 'asked before')\n"
        "def late(arguments):\n"
        "    atexit.register(print, 'asked later')\n"
        "    print('done', end='')\n"
        "    return 7\n"
        "main.exit_code_of = late\n"
        "main.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout) == (7, "doneasked later\n")


def test_an_unforeseen_error_gives_exit_code_1() -> None:
    code = "from delphi.cli import main\nmain.exit_code_of = lambda arguments: 1 // 0\nmain.main()\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_on_a_full_disk_is_said_in_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*DELPHI, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 12
    assert done.stderr.startswith("Output could not be read or written: no space left on device.")
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = "from delphi.cli import main\nmain.app = lambda arguments, **ways: print('a line')\nmain.main()\n"
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")
