"""A whole demonstration study with failures provoked at every point, then a scan of all it left: `python -m tests.faults.provoking`.

Register data (names, addresses, organisations, tokens) may be nowhere but in the exports and the received bytes; comments and the
markers planted in wrong files also in `answers` and in the raw cells of `findings`, which are the team's.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from delphi.demo import PLANTED_STRINGS, write_demo
from tests.faults import forked
from tests.faults.scanning import Hit, Scanner
from tests.faults.tally import Tally

MARKER = "Qzx-marker-Wvy"
BAR = 50
OURS = {"answers.text", "answers.comment", "findings.raw_value", "bytes", "deflate"}
"""Where in the warehouse a comment or a raw cell may stand; its pages hold both as they are."""
BROKEN_STAGES = {
    "ingest": "delphi.stages.ingest.define", "validate": "delphi.stages.waves._records", "count": "delphi.stages.waves.count_wave",
    "statistics": "delphi.stages.waves.statistic_rows", "verdicts": "delphi.stages.waves.verdict_rows",
    "report": "delphi.stages.report.write_report",
}  # fmt: skip
FOREIGN = {
    "pandas": "import pandas as pd; pd.Series([text]).astype('int64')",
    "pandera": "import pandas as pd, pandera.pandas as pa; pa.SeriesSchema(str, pa.Check.isin(['b'])).validate(pd.Series([text]))",
    "duckdb": "import duckdb; duckdb.execute('select cast($1 as integer)', [text]).fetchall()",
    "python": "{}[text]",
}


@dataclass(frozen=True)
class Failure:
    """What is done to the study's folder, and the command that then fails."""

    name: str
    do: Callable[[Path], None]
    command: tuple[str, ...] = ("run", "{root}", "--direct")
    code: str = ""


def failures() -> Iterator[Failure]:
    """More than fifty of them, the quick ones first and the kinds mixed."""
    yield from _wrong_files()
    yield from _wrong_calls()
    yield from _damaged()
    for stage, place in BROKEN_STAGES.items():
        for library, how in FOREIGN.items():
            code = (
                f"import sys\nfrom unittest import mock\nfrom delphi.cli import main\ntext = {MARKER!r}\n"
                f"def broken(*given, **ways):\n    {how}\n"
                f"import {place.rsplit('.', 1)[0]}\n"
                "sys.argv = ['delphi', 'run', sys.argv[1], '--direct']\n"
                f"with mock.patch({place!r}, broken):\n    main.main()\n"
            )
            yield Failure(f"{library} fails in {stage}", _touched, code=code)


def _touched(root: Path) -> None:
    """Something new, so that every stage has to work."""
    text = (root / "study.yaml").read_text(encoding="utf-8")
    (root / "study.yaml").write_text(text + "\n# again\n", encoding="utf-8")
    warehouse = root / f"{root.name}.duckdb"
    warehouse.unlink(missing_ok=True)


def _edited(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def do(root: Path) -> None:
        path = root / name
        path.write_text(change(path.read_text(encoding="utf-8-sig")), encoding="utf-8")

    return do


def _bytes(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda root: (root / name).write_bytes(data) and None  # type: ignore[return-value]


def _wrong_files() -> Iterator[Failure]:
    m = MARKER
    edits: dict[str, Callable[[str], str]] = {
        "a header twice": lambda t: t.replace("O1,O2", "O1,O1", 1).replace("Netherlands", m),
        "a header that is a marker": lambda t: t.replace("token", m, 1),
        "a marker for an item": lambda t: t.replace("S1_importance", m, 1),
        "an open quote": lambda t: t + f'"{m}',
        "a stray quote": lambda t: t + f'"{m}"x,1\n',
        "one column": lambda t: t.replace(",", ";") + m,
        "HTML": lambda t: f"<html>{m}</html>",
        "JSON": lambda t: f'{{"answer": "{m}"}}',
        "a sentence": lambda t: f"{m} could not be exported",
        "no header": lambda t: t.split("\n", 1)[1] + m,
    }
    for name, change in edits.items():
        yield Failure(f"r1.csv: {name}", _edited("r1.csv", change))
    other = {
        "r1.csv": {"cp1252": f"id,token,{m}é".encode("cp1252"), "UTF-16": m.encode("utf-16"), "zeros": m.encode() + bytes(9), "PDF": f"%PDF-1.7 {m}".encode(), "empty": b""},
        "r3.xlsx": {"text": m.encode(), "cut": b"PK\x03\x04" + m.encode(), "HTML": f"<html>{m}".encode(), "OLE": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + m.encode() * 99},
        "register.csv": {"no key": f"name,{m}\nA,B\n".encode(), "cp1252": f"token,é{m}".encode("cp1252"), "empty": b"", "open quote": f'token,name\na,"{m}'.encode()},
    }  # fmt: skip
    for file, kinds in other.items():
        for name, data in kinds.items():
            yield Failure(f"{file}: {name}", _bytes(file, data))


def _wrong_calls() -> Iterator[Failure]:
    def nothing(root: Path) -> None:
        pass

    query = "select cast(comment as integer) from answers where comment is not null"
    calls = {
        "a cast that fails": ("query", "{root}", query),
        "an error of its own": (
            "query",
            "{root}",
            "select error(comment) from answers where comment is not null",
        ),
        "a file that is asked for": ("query", "{root}", "select * from read_csv('elsewhere.csv')"),
        "a table that is not there": ("query", "{root}", 'select * from "elsewhere"'),
        "a syntax error": ("query", "{root}", "selct 'elsewhere'"),
        "an unknown stage": ("run", "{root}", "--until", "elsewhere"),
        "an unknown wave": ("run", "{root}", "--wave", "r9"),
        "an unknown publication": ("run", "{root}", "--as-of", "999"),
        "an unknown level": ("findings", "{root}", "--level", "person"),
    }
    for name, command in calls.items():
        yield Failure(name, nothing, command)


def _damaged() -> Iterator[Failure]:
    def cut(name: str) -> Callable[[Path], None]:
        def do(root: Path) -> None:
            path = root / name.replace("{root}", root.name)
            path.chmod(0o600)
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

        return do

    yield Failure("a warehouse cut short", cut("{root}.duckdb"))
    yield Failure("a journal cut short", cut("journal.jsonl"), ("verify", "{root}"))
    yield Failure("a secret cut short", cut("pseudonym.key"), ("verify", "{root}"))
    yield Failure("a study file cut short", cut("study.yaml"))
    yield Failure(
        "a warehouse of something else", _bytes("gfmd.duckdb", MARKER.encode() * 500), ("verify", "{root}")
    )


def provoke(work: Path, most: int | None, with_flow: bool = False) -> Tally:
    """A whole run, then up to `most` failures, each in a copy of it, then the scan of everything that was left."""
    tally = Tally("provoking", wanted={"failure": BAR} if most is None else {})
    root = work / "study" / "gfmd"
    folders = {name: work / name for name in ("study", "prefect", "temporary", "said")}
    for folder in folders.values():
        folder.mkdir(mode=0o700)
    write_demo(root)
    environment = os.environ | {"PREFECT_HOME": str(folders["prefect"]), "TMPDIR": str(folders["temporary"])}
    forked.warm_up()
    _command(("run", str(root), "--direct"), folders["said"] / "first", environment)
    if with_flow:
        _flows(root, folders["said"], environment, tally)
    roster = _roster(root)
    everything = Scanner([MARKER, *PLANTED_STRINGS, *roster])
    for number, failure in enumerate(failures()):
        if number == most:
            break
        place = work / "study" / f"failure{number}" / "gfmd"
        shutil.copytree(root, place)
        failure.do(place)
        said = folders["said"] / f"{number}"
        command = tuple(part.format(root=place) if part == "{root}" else part for part in failure.command)
        code = (
            _script(failure.code, place, said, environment)
            if failure.code
            else _command(command, said, environment)
        )
        tally.tried["failure"] += 1
        tally.tried[f"exit code {code}"] += 1
        if code == 0:
            tally.violations.append(f"{failure.name}: did not fail")
        tally.violations += [f"P28: {failure.name}: {_where(hit, work)}" for hit in everything.scan([said])]
        _forget_copies(place, root)
    tally.violations += [
        f"P26: {_where(hit, work)}" for hit in Scanner(roster).scan(folders.values(), _is_export)
    ]
    tally.violations += [
        f"P28: {_where(hit, work)}"
        for hit in Scanner([MARKER, *PLANTED_STRINGS]).scan(folders.values(), _is_the_teams)
    ]
    return tally


def _forget_copies(place: Path, root: Path) -> None:
    """Take away what is as it was in the study itself, which is scanned once."""
    for path in place.rglob("*"):
        original = root / path.relative_to(place)
        if path.is_file() and original.is_file() and path.read_bytes() == original.read_bytes():
            path.unlink()


def _where(hit: Hit, work: Path) -> str:
    return f"string {hit.string} in {Path(hit.place).relative_to(work)} ({hit.inside})"


def _is_export(path: Path, inside: str) -> bool:
    """Exports and their received bytes, which hold what they were given."""
    return inside != "name" and (path.suffix in (".csv", ".xlsx") or path.parent.name == ".received")


def _is_the_teams(path: Path, inside: str) -> bool:
    is_own_damage = path.name == "gfmd.duckdb" and path.stat().st_size < 10_000
    return _is_export(path, inside) or is_own_damage or (path.suffix == ".duckdb" and inside in OURS)


def _roster(root: Path) -> list[str]:
    """Who is on the register: tokens, names, addresses and organisations."""
    found: set[str] = set()
    for name in ("register.csv", "reserve.csv"):
        with (root / name).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                found |= {row[column] for column in ("token", "name", "email", "organisation") if row[column]}
    return sorted(found)


def _command(command: tuple[str, ...], said: Path, environment: dict[str, str]) -> int:
    """A command in a child of this process, its output in a folder; returns the exit code."""
    said.mkdir()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        for descriptor, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(said / name, os.O_WRONLY | os.O_CREAT, 0o600), descriptor)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        os.environ.update(environment)
        tempfile.tempdir = None
        from delphi.cli.boundary import told
        from delphi.cli.main import exit_code_of

        os.umask(0o077)
        try:
            code = exit_code_of(list(command))
        except BaseException as error:
            print(told(error), file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _script(code: str, place: Path, said: Path, environment: dict[str, str]) -> int:
    said.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code, str(place)], capture_output=True, check=False, env=environment
    )
    (said / "out").write_bytes(done.stdout)
    (said / "err").write_bytes(done.stderr)
    return done.returncode


def _flows(root: Path, said: Path, environment: dict[str, str], tally: Tally) -> None:
    """The flow with its server, once whole and once with a stage that fails."""
    done = subprocess.run(
        [sys.executable, "-m", "delphi", "run", str(root)], capture_output=True, check=False, env=environment
    )
    (said / "flow").write_bytes(done.stdout + done.stderr)
    if done.returncode:
        tally.violations.append(f"the flow ended with {done.returncode}")
    code = (
        f"import sys\nfrom unittest import mock\nfrom delphi.cli import main\ntext = {MARKER!r}\n"
        f"def broken(*given, **ways):\n    {FOREIGN['pandera']}\n"
        "import delphi.stages.waves\nsys.argv = ['delphi', 'run', sys.argv[1]]\n"
        "with mock.patch('delphi.stages.waves._records', broken):\n    main.main()\n"
    )
    copy = root.parent / "flow" / "gfmd"
    shutil.copytree(root, copy)
    _touched(copy)
    if _script(code, copy, said / "failing-flow", environment) == 0:
        tally.violations.append("a flow whose stage fails ended with 0")
    tally.tried["flow"] += 2


def main() -> int:
    """The whole form, with the flow."""
    with tempfile.TemporaryDirectory(prefix="provoking-") as place:
        tally = provoke(Path(place), None, with_flow=True)
    for kind, number in sorted(tally.tried.items()):
        print(f"{kind:<16} {number:>4}")
    print(*tally.violations[:200], sep="\n")
    print(f"{len(tally.violations)} violations.")
    return 1 if tally.violations or not tally.is_complete else 0


if __name__ == "__main__":
    sys.exit(main())
