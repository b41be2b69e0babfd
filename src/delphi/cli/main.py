"""The program `delphi`: finds the command, and turns errors into messages and exit codes."""

from __future__ import annotations

import gc
import os
import sys

from cyclopts import App, CycloptsError

from delphi import __version__
from delphi.errors import DelphiError

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


def main(arguments: list[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    os.umask(0o077)
    # A command makes many objects and ends soon: looking for cycles after each 700 new ones only takes time.
    gc.set_threshold(100_000, 20, 50)
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = app(given, exit_on_error=False, print_error=True)
    except CycloptsError:
        sys.exit(2)
    except DelphiError as error:
        report(error, as_json="--json" in given)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("Stopped. Nothing half-done was kept; run again to go on.", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


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
