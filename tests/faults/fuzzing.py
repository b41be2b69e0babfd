"""Mutated files for every reader: each is read or refused in words, without a crash, a hang, a leak or too much memory.

Foreign parsers run here as in production: in a process of their own with limits. What crashes there is `reader_failed` to
the user and counts as contained; what comes back is then judged by the code of the main process, where nothing may break.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import json
import os
import random
import resource
import signal
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from delphi.errors import DelphiError
from delphi.ingest.child import READERS
from delphi.ingest.column import ColumnBuilder
from delphi.ingest.delimited import read_delimited
from delphi.ingest.journal import Journal
from delphi.ingest.passing import extract_from, lines_of
from delphi.ingest.records import Extract
from delphi.ingest.table import TextTable, table_of
from delphi.study import Study, check_study
from delphi.validation.delivery import Delivery
from delphi.validation.refusal import refusals
from delphi.validation.wave import Earlier, validate_wave
from tests.faults.good_files import MARKER, good_file, platforms, study
from tests.faults.tally import Tally

BAR = 3000
MEMORY = 1_500_000_000
HANG = 60
BATCH = 100
TURN = 500
ZIPPED = ("xlsx", "ods")
TOKENS = tuple(
    b'" "" , ; \t \r \n \r\n \x00 \xef\xbb\xbf \xff\xfe \xc3 NaN inf -inf 1e400 1e309 4,5 4.5 99 NA N/A #REF! =1+1 =cmd|x'
    b" +7 @a 1_0 \xef\xbc\x94 \xe2\x80\xa8 \xc2\x85 \x0b \x1b[2J <html> <!DOCTYPE <!ENTITY ]]> &a; PK\x03\x04 true 2026-01-01"
    b" -0 0007 18446744073709551616 {{ *a &a !!python s01 respondent_id r1".split(b" ")
)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Some bytes flipped, cut, doubled, moved or replaced by tokens."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
        at = rng.randrange(len(changed) + 1)
        kind = rng.randrange(7)
        if kind == 0 and at < len(changed):
            changed[at] ^= 1 << rng.randrange(8)
        elif kind == 1 and at < len(changed):
            changed[at] = rng.randrange(256)
        elif kind == 2:
            del changed[at : at + rng.choice((1, 2, 7, 100))]
        elif kind == 3:
            changed[at:at] = rng.choice(TOKENS)
        elif kind == 4:
            token = rng.choice(TOKENS)
            changed[at : at + len(token)] = token
        elif kind == 5:
            length = rng.choice((1, 10, 300))
            changed[at:at] = changed[at : at + length] * rng.choice((1, 2, 50))
        elif rng.random() < 0.2:
            del changed[at:]
    return bytes(changed)


def mutated_archive(data: bytes, rng: random.Random) -> bytes:
    """A mutation inside one member, in an archive that is whole again."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        members = old.namelist()
        chosen = rng.choice(members)
        for name in members:
            content = old.read(name)
            new.writestr(name, mutated(content, rng) if name == chosen else content)
    return held.getvalue()


def judged(platform: str, of: Study, data: bytes) -> str:
    """What becomes of a file: the code of its first problem, `contained` or `accepted`. Whatever else it raises is a bug."""
    source = of.sources[0]
    name, sha256 = f"r1.{platform}", hashlib.sha256(data).hexdigest()
    try:
        if platform in ("csv", "long"):
            table = read_delimited(data, source.dialect, name, sha256)
        else:
            options = {
                "platform": platform,
                "header_rows": source.dialect.header_rows,
                "sheet": source.dialect.sheet,
            }
            if not data:
                return "empty_file"
            table = table_of(_by_foreign_code(platform, data, name, options), name, sha256, platform)
        if problems := refusals(of, source, table, ["r1"]):
            _no_marker(" ".join(f"{one}" for one in problems))
            return problems[0].code
        _validated(of, table)
    except DelphiError as error:
        _no_marker(" ".join(f"{one}" for one in error.problems))
        return error.problems[0].code
    except _ContainedError:
        return "contained"
    return "accepted"


class _ContainedError(Exception):
    """Foreign code failed in its own process."""


def _by_foreign_code(platform: str, data: bytes, name: str, options: dict[str, object]) -> Extract:
    """What a reader gives back through JSON; its own failures do not leave its process."""
    module, function = READERS[platform].split(":")
    try:
        said = list(lines_of(getattr(importlib.import_module(module), function)(data, name, options)))
    except DelphiError:
        raise
    except Exception:
        raise _ContainedError from None
    return extract_from(said, ColumnBuilder)


def _validated(of: Study, table: TextTable) -> None:
    delivery = Delivery(of.sources[0], table, 1, datetime(2026, 1, 1, tzinfo=UTC))
    found = validate_wave(
        of,
        of.wave("r1"),
        [delivery],
        Earlier(),
        None,
        lambda key: hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16],
    )
    for row in found.sources.to_dict("records"):
        if row["records"] != row["accepted"] + row["quarantined"] + row["ignored"]:
            raise AssertionError("records do not add up")
    _no_marker(" ".join(found.findings["reason"]))


def _no_marker(text: str) -> None:
    if MARKER in text:
        raise AssertionError("a message repeats an answer")


def judged_study(_: str, of: Study | None, data: bytes) -> str:
    """What becomes of a study file."""
    with TemporaryDirectory() as place:
        (Path(place) / "study.yaml").write_bytes(data)
        found = check_study(Path(place))
        return found.problems[0].code or "problem" if found.problems else "accepted"


def judged_journal(_: str, of: Study | None, data: bytes) -> str:
    """What becomes of a journal."""
    with TemporaryDirectory() as place:
        path = Path(place) / "journal.jsonl"
        path.write_bytes(data)
        try:
            events = Journal(path).events()
        except DelphiError as error:
            return error.problems[0].code
        return f"{len(events)} events"


def good_journal() -> bytes:
    """Twenty chained events."""
    with TemporaryDirectory() as place:
        journal = Journal(Path(place) / "journal.jsonl")
        for number in range(20):
            journal.append(
                "delivery", {"file": f"r{number}.csv", "waves": ["r1"]}, datetime(2026, 1, 1, tzinfo=UTC)
            )
        return journal.path.read_bytes()


def fuzz(reader: str, number: int, seed: int, work: Path, until: float | None = None) -> Tally:
    """Mutate a good file of one reader so often, in batches that each have a process with limits."""
    tally = Tally("fuzzing")
    of: Study | None = None
    judge: Callable[[str, Study, bytes], str]
    if reader == "study.yaml":
        study("csv", work)
        good, judge = (work / "study.yaml").read_bytes(), judged_study  # type: ignore[assignment]
    elif reader == "journal":
        good, judge = good_journal(), judged_journal  # type: ignore[assignment]
    else:
        of, good, judge = study(reader, work), good_file(reader), judged
        if judged(reader, of, good) != "accepted":
            tally.violations.append(f"P5: the good {reader} file is not accepted")
    is_foreign = reader in READERS
    done = 0
    while done < number and (until is None or time.monotonic() < until):
        last, broken = _batch(reader, judge, of, good, seed, done, min(done + BATCH, number), work, tally)
        if broken and not (is_foreign and broken.startswith("signal")):
            tally.violations.append(f"P5: {reader}, mutation {last} of seed {seed}: {broken}")
        elif broken:
            tally.tried[f"{reader}: contained"] += 1
        tally.tried[reader] += last + 1 - done
        done = last + 1
    return tally


def mutation(reader: str, good: bytes, seed: int, number: int) -> bytes:
    """The same again from reader, seed and number."""
    rng = random.Random(f"{reader} {seed} {number}")
    if reader in ZIPPED and rng.random() < 0.7:
        with contextlib.suppress(zipfile.BadZipFile):
            return mutated_archive(good, rng)
    return mutated(good, rng)


def _batch(
    reader: str, judge: Callable[[str, Study, bytes], str], of: Study | None, good: bytes, seed: int,
    first: int, end: int, work: Path, tally: Tally,
) -> tuple[int, str]:  # fmt: skip
    """Mutations in a child with limits; returns the last one tried and what broke there."""
    log = work / "log"
    log.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        with log.open("w", encoding="utf-8") as said:
            for number in range(first, end):
                signal.alarm(HANG)
                try:
                    outcome = judge(reader, of, mutation(reader, good, seed, number))  # type: ignore[arg-type]
                except BaseException:
                    outcome = f"broken {json.dumps(traceback.format_exc()[-1500:])}"
                said.write(f"{number} {outcome}\n")
                said.flush()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    last = first - 1
    for line in log.read_text(encoding="utf-8").splitlines():
        number, outcome = line.split(" ", 1)
        last = int(number)
        if outcome.startswith("broken "):
            tally.violations.append(
                f"P5: {reader}, mutation {last} of seed {seed}: {json.loads(outcome[7:])}"
            )
        else:
            tally.tried[f"{reader}: {'accepted' if outcome == 'accepted' else 'refused'}"] += 1
    if os.WIFSIGNALED(status):
        number_of_signal = os.WTERMSIG(status)
        what = "a hang" if number_of_signal == signal.SIGALRM else f"signal {number_of_signal}"
        return last + 1, what
    return last, ""


def readers() -> tuple[str, ...]:
    """Everything that reads a file from outside."""
    return (*platforms(), "study.yaml", "journal")


def soak(seconds: float, seed: int, work: Path) -> Tally:
    """At least 3,000 mutations for each reader: the one with the fewest has the next turn, so that no slow one falls behind."""
    whole = Tally("fuzzing", wanted=dict.fromkeys(readers(), BAR))
    end, turns = time.monotonic() + seconds, Counter[str]()
    while time.monotonic() < end:
        reader = min(readers(), key=lambda one: whole.tried[one])
        with TemporaryDirectory(dir=work) as folder:
            found = fuzz(reader, TURN, seed + turns[reader], Path(folder), end)
        turns[reader] += 1
        whole.tried.update(found.tried)
        whole.violations.extend(found.violations)
    return whole
