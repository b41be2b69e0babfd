"""A file that others change while it is read: it is taken whole, as it was before or after, or refused."""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from delphi.errors import AnswersError
from delphi.ingest.received import discard, take
from tests.faults.tally import Tally

SIZE = 3_000_000
TAKES = 4
REFUSALS = {"changed_while_read", "missing_file"}


def whole(content: random.Random) -> bytes:
    """Bytes that carry their own checksum."""
    body = content.randbytes(SIZE)
    return hashlib.sha256(body).digest() + body


def is_whole(data: bytes) -> bool:
    """Whether these are all the bytes of one version."""
    return hashlib.sha256(data[32:]).digest() == data[:32]


def _in_place(path: Path, content: random.Random) -> None:
    """Same size, and the time of the file put back, as some copying tools do."""
    before = path.stat()
    with path.open("r+b") as file:
        file.write(whole(content))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _appended(path: Path, content: random.Random) -> None:
    data = whole(content)
    with path.open("wb") as file:
        for start in range(0, len(data), 500_000):
            file.write(data[start : start + 500_000])
            file.flush()


def _renamed(path: Path, content: random.Random) -> None:
    new = path.with_name("new")
    new.write_bytes(whole(content))
    new.replace(path)


def _removed(path: Path, content: random.Random) -> None:
    path.unlink()
    path.write_bytes(whole(content))


WAYS: dict[str, Callable[[Path, random.Random], None]] = {
    "in place, time kept": _in_place,
    "cut and appended": _appended,
    "renamed": _renamed,
    "removed": _removed,
}


def take_often(work: Path, seed: int, takes: int, until: float) -> Tally:
    """Take a file again and again, each way of changing it in turn."""
    tally = Tally("changing")
    path = work / "export.csv"
    number = 0
    while number < takes or time.monotonic() < until:
        for way, change in WAYS.items():
            path.write_bytes(whole(random.Random(seed)))
            child = os.fork()
            if not child:
                content = random.Random(seed + number)
                while True:
                    change(path, content)
                    time.sleep(content.uniform(0, 0.6))
            try:
                for _ in range(TAKES):
                    time.sleep(0.001)
                    tally.tried["take"] += 1
                    _take(path, way, tally, seed)
            finally:
                os.kill(child, 9)
                os.waitpid(child, 0)
            number += TAKES
    return tally


def _take(path: Path, way: str, tally: Tally, seed: int) -> None:
    before = _state(path)
    try:
        taken = take(path, path.parent / ".received")
    except AnswersError as error:
        tally.tried["refused"] += 1
        if codes := {problem.code for problem in error.problems} - REFUSALS:
            tally.violations.append(f"P18: {way}: refused as {codes} (seed {seed})")
        return
    tally.tried["taken"] += 1
    data = taken.path.read_bytes()
    discard(taken)
    if not data:
        tally.tried["taken empty, which every reader refuses"] += 1
    elif len(data) < SIZE and _state(path) == before:
        # The writer stood still half way, for longer than anybody waits: the file as it lay there was taken whole.
        tally.tried["taken half written, at rest"] += 1
    elif not is_whole(data) or hashlib.sha256(data).hexdigest() != taken.sha256:
        tally.violations.append(f"P18: {way}: a mixture of two versions was taken (seed {seed})")


def _state(path: Path) -> tuple[int, ...]:
    """What tells that a file changed in the meantime; nothing where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def soak(seconds: float, seed: int, work: Path) -> Tally:
    """As often as the time allows."""
    with TemporaryDirectory(dir=work) as place:
        tally = take_often(Path(place), seed, 0, time.monotonic() + seconds)
    tally.wanted["take"] = 100
    return tally
