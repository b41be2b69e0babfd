"""Damage, one thing at a time, to a finished study: a byte, a file, the end of a file; `delphi verify` has to name it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from delphi.stages.plan import run
from delphi.stages.verifying import verify_study
from delphi.study import StudyFolder, locate
from tests.conftest import BARRIERS, barriers_rows, write_rows
from tests.faults.tally import Tally

LEAST = 200


@dataclass(frozen=True)
class Damage:
    """What is done, to which kind of thing, and the names of which one has to be in a problem."""

    kind: str
    what: str
    named: tuple[str, ...]
    do: Callable[[], None]


def finished_study(place: Path) -> StudyFolder:
    """The small study after a whole run, with a delivery in each of two runs."""
    root = place / "barriers"
    root.mkdir(parents=True)
    (root / "study.yaml").write_text(BARRIERS, encoding="utf-8")
    folder = locate(root)
    for wave in (1, 2):
        write_rows(root / f"r{wave}.csv", barriers_rows(wave))
        if folder.warehouse.exists():
            shutil.copy2(folder.warehouse, place / "older.duckdb")
        for _ in run(folder):
            pass
    return folder


def damages(folder: StudyFolder, older: Path, n_bytes: int, rng: random.Random) -> Iterator[Damage]:
    """`n_bytes` single bytes spread over all files, then every whole-file damage once."""
    received = sorted(folder.received.iterdir())
    files = [folder.warehouse, folder.journal, *received]
    for place in range(n_bytes):
        path = (folder.warehouse, folder.journal, received[place % len(received)])[place % 3]
        yield _changed_byte(path, rng, _named(folder, path))
    report = folder.outputs / "report.html"
    stamp = folder.warehouse.with_name(f"{folder.warehouse.name}.sha256")
    for path in (*files, folder.pseudonym_key, report, stamp):
        yield Damage("file", f"{path.name} is removed", _named(folder, path), path.unlink)
    for path in (*files, folder.pseudonym_key, report):
        yield Damage("file", f"{path.name} is emptied", _named(folder, path), lambda p=path: _put(p, b""))
        cut = rng.randrange(1, path.stat().st_size)
        yield Damage(
            "end", f"{path.name} ends after {cut} bytes", _named(folder, path),
            lambda p=path, n=cut: _put(p, p.read_bytes()[:n]),
        )  # fmt: skip
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    for n in range(len(lines)):
        yield Damage(
            "line", f"line {n + 1} of the journal is taken out", ("journal.jsonl", folder.warehouse.name),
            lambda n=n: _put(folder.journal, b"".join(lines[:n] + lines[n + 1 :])),
        )  # fmt: skip
        yield Damage(
            "end", f"the journal ends after line {n}", ("journal.jsonl", folder.warehouse.name),
            lambda n=n: _put(folder.journal, b"".join(lines[:n])),
        )  # fmt: skip
    name = (folder.warehouse.name,)
    yield Damage("file", "an older warehouse", name, lambda: _put(folder.warehouse, older.read_bytes()))
    log = folder.warehouse.with_name(f"{folder.warehouse.name}.wal")
    yield Damage("file", "a log beside the warehouse", name, lambda: _put(log, rng.randbytes(100)))
    key = f"{rng.getrandbits(256):064x}\n".encode()
    yield Damage("file", "another secret", ("pseudonym.key",), lambda: _put(folder.pseudonym_key, key))
    if len(received) > 1:
        one, other = received[:2]
        yield Damage("file", "two received files exchanged", (one.name[:12],), lambda: _exchange(one, other))


def is_named(folder: StudyFolder, damage: Damage) -> bool:
    """Whether `delphi verify` fails and names what was damaged."""
    problems = verify_study(folder).problems
    said = " ".join(f"{one.file} {one.path}" for one in problems)
    return bool(problems) and any(name in said for name in damage.named)


def try_damages(place: Path, n_bytes: int, seed: int) -> Tally:
    """Do every damage to a finished study, ask `verify`, and put everything back."""
    rng = random.Random(seed)
    folder, tally = finished_study(place), Tally("damaging")
    kept = place / "kept"
    shutil.copytree(folder.root, kept)
    if verify_study(folder).problems:
        tally.violations.append("P21: verify complains about an undamaged study")
    for damage in damages(folder, place / "older.duckdb", n_bytes, rng):
        damage.do()
        tally.tried[damage.kind] += 1
        if not is_named(folder, damage):
            tally.violations.append(f"P21: not named: {damage.what} (seed {seed})")
        _put_back(folder.root, kept)
    return tally


def soak(seconds: float, seed: int, work: Path) -> Tally:
    """Damage until the time is over, at least 200 times."""
    end, whole = monotonic() + seconds, Tally("damaging", wanted={"byte": LEAST})
    while monotonic() < end or whole.tried["byte"] < LEAST:
        with TemporaryDirectory(dir=work) as place:
            found = try_damages(Path(place), LEAST, seed)
        whole.tried.update(found.tried)
        whole.violations.extend(found.violations)
        seed += 1
    return whole


def _changed_byte(path: Path, rng: random.Random, named: tuple[str, ...]) -> Damage:
    at, bits = rng.randrange(path.stat().st_size), rng.randrange(1, 256)

    def do() -> None:
        data = bytearray(path.read_bytes())
        data[at] ^= bits
        _put(path, bytes(data))

    return Damage("byte", f"byte {at} of {path.name} changed by {bits:#04x}", named, do)


def _named(folder: StudyFolder, path: Path) -> tuple[str, ...]:
    if path.parent == folder.received:
        return (path.name[:12],)
    if path == folder.journal:  # a journal whose end is gone shows in what it says of the warehouse
        return (path.name, folder.warehouse.name)
    return (path.name.removesuffix(".sha256"),)


def _put(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def _exchange(one: Path, other: Path) -> None:
    first, second = one.read_bytes(), other.read_bytes()
    _put(one, second)
    _put(other, first)


def _put_back(root: Path, kept: Path) -> None:
    for path in sorted(kept.rglob("*")):
        here = root / path.relative_to(kept)
        if path.is_file() and (not here.is_file() or here.read_bytes() != path.read_bytes()):
            here.unlink(missing_ok=True)
            shutil.copy2(path, here)
    for here in sorted(root.rglob("*")):
        if here.is_file() and not (kept / here.relative_to(root)).exists():
            here.unlink()
