"""The program `delphi`: finds the command, and turns errors into messages and exit codes."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

# A study file is read by this package alone: nothing else that is installed looks on, or is searched for.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
# numpy's threads for large matrices spin through 2^28 rounds before they sleep, which they do from the first moment on;
# 2^4 rounds save a short command the time, and matrices hardly ever come.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")

from cyclopts import App, CycloptsError

from delphi import __version__
from delphi.cli.boundary import keep_quiet
from delphi.cli.leaving import Leaving
from delphi.errors import DelphiError, ServerLostError, WarehouseError

app = App(
    name="delphi",
    version=__version__,
    help="From one study file to a published mapping study: Delphi rounds and survey parts.",
    help_epilogue="Start with `delphi demo`, or `delphi new DIR` for a study of your own.",
)
# Commands are named by import path, so that `delphi --help` and each command load only what they need.
for _name, _place, _help, _example in (
    (
        "demo",
        "delphi.cli.demo:demo",
        "Write the demonstration study and take it all the way to the report.",
        "my-first-study",
    ),
    ("new", "delphi.cli.define:new", "Write a commented study file to start from.", "barriers"),
    ("check", "delphi.cli.define:check", "Name every error of a study file at once.", "barriers --resolved"),
    (
        "fetch",
        "delphi.cli.fetch:fetch",
        "Bring the responses that a server has into the study folder, complete or not at all.",
        "data/raw/barriers --wave r1",
    ),
    (
        "run",
        "delphi.cli.run:run",
        "Take a study through every stage, for what has arrived.",
        "data/raw/barriers --direct",
    ),
    (
        "status",
        "delphi.cli.look:status",
        "Waves, returns by group, what is due and what waits for a decision.",
        "data/raw/barriers",
    ),
    (
        "query",
        "delphi.cli.look:query",
        "Ask the warehouse a question in SQL, read only. Small groups are not suppressed here.",
        'data/raw/barriers "select item_id, verdict from standing_verdicts"',
    ),
    (
        "findings",
        "delphi.cli.look:findings",
        "What was refused, quarantined or odd, and how to mend it.",
        "data/raw/barriers --level cell",
    ),
    (
        "trace",
        "delphi.cli.trace:trace",
        "Follow a number to its counts, rows of files, study file and code.",
        "data/raw/barriers --wave r2 --item s01 --statistic median",
    ),
    (
        "release",
        "delphi.cli.release:release",
        "Write the file for analysts outside the team: released tables only, small groups withheld.",
        "data/raw/barriers --to handover",
    ),
    (
        "statistics",
        "delphi.cli.statistics:statistics",
        "The catalogue of statistics; explain one, or compute it on the spot from counts or a small file.",
        "van_der_eijk_agreement --counts 1,0,4,7 --scale 1..4",
    ),
    (
        "rebuild",
        "delphi.cli.keep:rebuild",
        "Make the warehouse again from received bytes and journal.",
        "data/raw/barriers",
    ),
    (
        "verify",
        "delphi.cli.keep:verify",
        "Name everything that differs from what was recorded.",
        "data/raw/barriers",
    ),
):
    app.command(_place, name=_name, help=f"{_help}\n\nExample: delphi {_name} {_example}", help_epilogue="")


def main() -> None:
    """The program: run the command that was given and leave with its exit code."""
    leaving = Leaving()
    keep_quiet()
    os.umask(0o077)
    # A command makes many objects and ends soon: looking for cycles after each 700 new ones only takes time. What the
    # libraries bring along alone is more than 100,000.
    gc.set_threshold(250_000, 20, 50)
    try:
        leaving.exit(exit_code_of(sys.argv[1:]))
    except ServerLostError as error:
        report(error, as_json="--json" in sys.argv[1:])
        leaving.exit_without_waiting(error.exit_code)


def exit_code_of(arguments: list[str]) -> int:
    """Run a command; its errors have become messages."""
    try:
        try:
            app(arguments, exit_on_error=False, print_error=True)
        finally:
            sys.stdout.flush()
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    except CycloptsError:
        return 2
    except ServerLostError:
        raise
    except DelphiError as error:
        report(error, as_json="--json" in arguments)
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped. Nothing half-done was kept; run again to go on.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _drop_output()
        return 0
    except OSError as error:
        _drop_output()
        return _not_written(error)
    return 0


def _not_written(error: OSError) -> int:
    """Say that the machine, not the study, is at fault: a full disk, a folder without rights, a broken medium."""
    what = (error.strerror or type(error).__name__).lower()
    where = Path(os.fsdecode(error.filename)).name if error.filename else "Output"
    hint = "Make room, or mend the folder, and run again: whatever was finished is kept."
    print(f"{where} could not be read or written: {what}. {hint}", file=sys.stderr)
    return WarehouseError.exit_code


def _drop_output() -> None:
    """Nobody takes the rest of the output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def report(error: DelphiError, as_json: bool) -> None:
    """Say what is wrong: as text on standard error, or as one JSON document on standard output."""
    if as_json:
        from delphi.cli.show import print_json, problem_rows

        print_json(
            {"error": type(error).__name__, "exit_code": error.exit_code, "problems": problem_rows(error)}
        )
        return
    for problem in error.problems:
        print(problem, file=sys.stderr)
    if len(error.problems) > 1:
        print(f"{len(error.problems)} problems.", file=sys.stderr)
